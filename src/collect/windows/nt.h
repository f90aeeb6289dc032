/* NtQuerySystemInformation: what the Windows kernel itself says about speculation control.
 *
 * The one seam between the collector and the system, so that recorded answers can be fed in. */
#ifndef SIDELIGHT_COLLECT_WINDOWS_NT_H
#define SIDELIGHT_COLLECT_WINDOWS_NT_H

#include "catalog/catalog.h"
#include "evidence/evidence.h"

/* NTSTATUS values that decide something ([MS-ERREF] 2.3.1). */
enum nt_status {
        NT_SUCCESS = 0,
        NT_NOT_IMPLEMENTED = (int)0xc0000002,
        NT_INVALID_INFO_CLASS = (int)0xc0000003,
        NT_INFO_LENGTH_MISMATCH = (int)0xc0000004,
};

struct nt_api {
        void *arg;
        /* As the system call: writes at most `size` bytes to `buffer` and the wanted length to *ret_length. */
        uint32_t (*query_system_information)(void *arg, uint32_t class, void *buffer, uint32_t size,
                                             uint32_t *ret_length);
};

/* Asks every class that the catalog's facts name and records the dwords it returned, or its status. */
void nt_collect(const struct nt_api *api, const struct catalog *c, struct evidence *e);

#endif
