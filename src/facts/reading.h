/* How a fact's value is put together from evidence; shared by the readers of facts.c and windows.c. */
#ifndef SIDELIGHT_FACTS_READING_H
#define SIDELIGHT_FACTS_READING_H

#include "facts/facts.h"

uint64_t fact_bits_of(uint64_t value, const struct fact_def *def);
void fact_set_bits(struct fact *v, uint64_t value, const struct fact_def *def);
/* A text as the fact's type wants it. */
void fact_set_value(struct fact *v, struct str text);

/* windows.c */
void fact_from_nt(struct facts *f, const struct fact_def *def, struct fact *v);
void fact_from_registry(struct facts *f, const struct fact_def *def, struct fact *v);
void fact_from_win32(struct facts *f, const struct fact_def *def, struct fact *v);
void fact_from_update(struct facts *f, const struct fact_def *def, struct fact *v);

#endif
