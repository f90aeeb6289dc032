#include "collect/windows/nt.h"

enum { DWORDS_MAX = 4 };

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

/* The bytes that the facts of a class look at: what the newest known Windows answers with. */
static uint32_t size_of(const struct catalog *c, uint32_t class) {
        uint32_t dwords = 1;

        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_NT && c->facts[i].leaf == class && c->facts[i].word + 1u > dwords)
                        dwords = c->facts[i].word + 1u;
        return 4 * (dwords < DWORDS_MAX ? dwords : DWORDS_MAX);
}

void nt_collect(const struct nt_api *api, const struct catalog *c, struct evidence *e) {
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_NT && !evidence_nt(e, c->facts[i].leaf))
                        collect_class(api, e, c->facts[i].leaf, size_of(c, c->facts[i].leaf));
}
