/* The facts of catalog/builtin.h, computed. */
#ifndef SIDELIGHT_FACTS_COMPUTED_H
#define SIDELIGHT_FACTS_COMPUTED_H

#include "catalog/computed.h"
#include "facts/facts.h"

void computed_fact(struct facts *f, enum computed_fact which, struct fact *ret);
/* One of the vector.… facts (vectors.c). */
void vector_compute(struct facts *f, enum computed_fact which, struct fact *ret);

#endif
