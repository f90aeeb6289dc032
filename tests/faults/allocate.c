/* Preloaded into a program: the allocation whose number is in FAULTS_ALLOCATION fails. 0: none does, and their number is written to
 * the file FAULTS_REPORT. Counted from the program's start on; what libraries did before is not the program's. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

static long calls, wanted = -1;

static bool fails(void) {
        if (wanted < 0 || ++calls != wanted)
                return false;
        errno = ENOMEM;
        return true;
}

void *malloc(size_t size) {
        return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
        return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t size) {
        return fails() ? NULL : __libc_realloc(p, size);
}

void *aligned_alloc(size_t align, size_t size) {
        return fails() ? NULL : __libc_memalign(align, size);
}

int posix_memalign(void **ret, size_t align, size_t size) {
        if (fails())
                return ENOMEM;
        *ret = __libc_memalign(align, size);
        return *ret ? 0 : ENOMEM;
}

__attribute__((constructor)) static void begin(void) {
        const char *number = getenv("FAULTS_ALLOCATION");

        wanted = number ? strtol(number, NULL, 10) : -1;
}

__attribute__((destructor)) static void end(void) {
        const char *path = getenv("FAULTS_REPORT");
        long total = calls;
        FILE *f;

        if (wanted != 0 || !path)
                return;
        wanted = -1;
        f = fopen(path, "we");
        if (f) {
                fprintf(f, "%ld\n", total);
                fclose(f);
        }
}
