/* The program's way to end without memory; the library (src/lib) has another. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

void memory_ended(void) {
        (void)fputs("sidelight: out of memory\n", stderr);
        exit(EXIT_NO_MEMORY);
}
