/* Prints what one CPUID instruction costs here, in nanoseconds: a hypervisor catches each. */
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
static void cpuid_once(void) {
        unsigned a, b, c, d;
        __cpuid_count(7, 0, a, b, c, d);
}
#else
static void cpuid_once(void) {
}
#endif

int main(void) {
        enum { ROUNDS = 2000 };
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (int i = 0; i < ROUNDS; i++)
                cpuid_once();
        clock_gettime(CLOCK_MONOTONIC, &to);
        double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
        printf("%.0f\n", ns / ROUNDS);
        return 0;
}
