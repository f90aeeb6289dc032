/* One hive, read by libhivex: the part that runs confined, for what libhivex does with a hostile file is not known. */
#ifndef SIDELIGHT_COLLECT_HIVE_READER_H
#define SIDELIGHT_COLLECT_HIVE_READER_H

#include "base/diag.h"
#include "evidence/evidence.h"

/* Adds the records of registry_collect that this hive can answer: HKLM\SYSTEM's or HKLM\SOFTWARE's, which is told by what stands in
 * it. CurrentControlSet is the set that Select\Current names. -1 when the hive is damaged or neither of the two; `name` is for
 * the message, `path` is what libhivex opens. */
int hive_read(struct evidence *e, const char *path, const char *name, struct diag *d);

#endif
