/* A fuzz target: one function that takes any bytes and must neither crash nor break a promise of the code under test. */
#ifndef SIDELIGHT_TESTS_FUZZ_H
#define SIDELIGHT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry point (https://llvm.org/docs/LibFuzzer.html, "Fuzz Target"); returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that was broken ends the program, also where assert() is compiled out. */
#define FUZZ_PROMISE(condition)            \
        do {                               \
                if (!(condition))          \
                        __builtin_trap();  \
        } while (0)

#endif
