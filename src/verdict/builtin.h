/* The facts of catalog/builtin.h, computed. */
#ifndef SIDELIGHT_VERDICT_BUILTIN_H
#define SIDELIGHT_VERDICT_BUILTIN_H

#include "catalog/builtin.h"
#include "verdict/facts.h"

void builtin_compute(struct facts *f, enum builtin_fact which, struct fact *ret);
/* One of the vector.… facts (vectors.c). */
void vector_compute(struct facts *f, enum builtin_fact which, struct fact *ret);

#endif
