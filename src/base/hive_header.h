/* The first bytes of a registry hive file, looked at before anything else is done with it.
 *
 * regf base block: magic "regf", primary and secondary sequence number at 0x4 and 0x8 (they differ while a write is under way),
 * data length at 0x28, XOR of the first 508 bytes at 0x1fc (M. Suhanov, "Windows registry file format specification"). */
#ifndef SIDELIGHT_BASE_HIVE_HEADER_H
#define SIDELIGHT_BASE_HIVE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/str.h"

/* -1 (DIAG_INPUT) when `bytes`, a whole file called `name`, is no hive, or a damaged one; *ret_dirty: its last write was not
 * completed, so that the newest changes may stand in the transaction logs only. */
int hive_header(struct str bytes, const char *name, bool *ret_dirty, struct diag *d);
/* The checksum that the first block of such a file is to have. */
uint32_t hive_checksum(struct str bytes);

#endif
