/* One hive, taken apart: cells, keys (nk), lists of keys (lf, lh, li, ri), values (vk), long data (db). A hive may be hostile: no
 * offset and no count is believed before it was held against the file's length. */
#ifndef SIDELIGHT_COLLECT_HIVE_READER_H
#define SIDELIGHT_COLLECT_HIVE_READER_H

#include "base/diag.h"
#include "evidence/evidence.h"

/* Adds the records of registry_collect that this hive can answer: HKLM\SYSTEM's or HKLM\SOFTWARE's, which is told by what stands in
 * it. CurrentControlSet is the set that Select\Current names. -1 (DIAG_INPUT) when the hive is damaged or neither of the two; `name`
 * is for the message, `bytes` the whole file, which hive_header has passed. */
int hive_read(struct evidence *e, struct str bytes, const char *name, struct diag *d);

#endif
