#include "base/hive_header.h"

#include "base/hive_layout.h"

static uint32_t dword_at(struct str bytes, ptrdiff_t at) {
        const unsigned char *p = (const unsigned char *)bytes.p + at;

        return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* 0 and all ones are kept for "no checksum": Windows writes 1 and all ones but one instead. */
uint32_t hive_checksum(struct str bytes) {
        uint32_t sum = 0;

        for (ptrdiff_t at = 0; at < CHECKSUM; at += 4)
                sum ^= dword_at(bytes, at);
        return sum == 0 ? 1 : sum == UINT32_MAX ? UINT32_MAX - 1 : sum;
}

int hive_header(struct str bytes, const char *name, bool *ret_dirty, struct diag *d) {
        if (str_starts(bytes, S("CREG")))
                return diag_fail_class(d, DIAG_INPUT, "'%s' is a registry file of Windows 95, 98 or ME (CREG), not of Windows NT",
                                       name);
        if (!str_starts(bytes, S("regf")))
                return diag_fail_class(d, DIAG_INPUT, "'%s' is not a registry hive: expected 'regf' at its beginning", name);
        if (bytes.len < BASE_BLOCK || dword_at(bytes, DATA_LENGTH) > bytes.len - BASE_BLOCK)
                return diag_fail_class(d, DIAG_INPUT, "registry hive '%s' is cut off: it is %td bytes long, and says %u", name,
                                       bytes.len, bytes.len < BASE_BLOCK ? (unsigned)BASE_BLOCK :
                                       (unsigned)BASE_BLOCK + dword_at(bytes, DATA_LENGTH));
        if (dword_at(bytes, CHECKSUM) != hive_checksum(bytes))
                return diag_fail_class(d, DIAG_INPUT, "registry hive '%s' is damaged: the checksum of its header is wrong", name);
        *ret_dirty = dword_at(bytes, SEQUENCE_1) != dword_at(bytes, SEQUENCE_2);
        return 0;
}
