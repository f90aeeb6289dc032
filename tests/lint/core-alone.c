/* The whole core, linked with the C library and nothing else. */
#include <stdlib.h>

#include "evidence/evidence.h"

int main(void) {
        return evidence_looks_like(S("# sidelight evidence 1\n")) ? EXIT_SUCCESS : EXIT_FAILURE;
}
