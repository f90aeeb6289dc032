#include "evidence/facets.h"

facet_set facet_of_parameter(struct str name) {
        uint32_t h = 2166136261u;

        for (ptrdiff_t i = 0; i < name.len; i++)
                h = (h ^ (unsigned char)(name.p[i] == '-' ? '_' : name.p[i])) * 16777619u;
        return (facet_set)1 << (FACETS_OF_PARAMETERS + (h ^ h >> 15) % PARAMETER_FACETS);
}
