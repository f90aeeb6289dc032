#include "collect/windows/nt.h"

enum { DWORDS_MAX = 4 };

/* Information classes, and the bytes that the newest known Windows answers with. */
static const struct {
        uint32_t class, size;
} classes[] = {
        { .class = 201, .size = 8 }, /* SystemSpeculationControlInformation; 4 bytes before 2022's updates */
        { .class = 196, .size = 4 }, /* SystemKernelVaShadowInformation */
        { .class = 213, .size = 4 }, /* SystemSecureSpeculationControlInformation: the secure kernel's own */
};

static void collect_class(const struct nt_api *api, struct evidence *e, uint32_t class, uint32_t size) {
        unsigned char bytes[4 * DWORDS_MAX] = { 0 };
        uint32_t dwords[DWORDS_MAX], length = 0;
        uint32_t status = api->query_system_information(api->arg, class, bytes, size, &length);

        /* A Windows that knows more, or less, than the table says which length it wants. */
        if (status == (uint32_t)NT_INFO_LENGTH_MISMATCH && length > 0 && length <= sizeof(bytes) && length != size) {
                size = length;
                status = api->query_system_information(api->arg, class, bytes, size, &length);
        }
        if (status != NT_SUCCESS) {
                evidence_add_nt_status(e, class, status);
                return;
        }
        if (length > size)
                length = size;
        for (uint32_t i = 0; i < DWORDS_MAX; i++)
                dwords[i] = (uint32_t)bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 | (uint32_t)bytes[4 * i + 2] << 16 |
                            (uint32_t)bytes[4 * i + 3] << 24;
        if (length >= 4)
                evidence_add_nt(e, class, dwords, length / 4);
}

void nt_collect(const struct nt_api *api, struct evidence *e) {
        for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
                collect_class(api, e, classes[i].class, classes[i].size);
}
