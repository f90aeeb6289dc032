#include "evidence/facets.h"

facet_set facet_of_parameter(struct str name) {
        uint32_t h = PARAMETER_HASH;

        for (ptrdiff_t i = 0; i < name.len; i++)
                h = parameter_hash(h, name.p[i]);
        return facet_of_hash(h);
}
