/* An entry of the journal as JSON, and back. Between the files of this folder. */
#ifndef SIDELIGHT_APPLY_JOURNAL_TEXT_H
#define SIDELIGHT_APPLY_JOURNAL_TEXT_H

#include "apply/journal.h"

void entry_write(const struct entry *e, struct out *o);
int entry_parse(struct entry *ret, struct arena *a, const char *file, struct str text, struct diag *d);

#endif
