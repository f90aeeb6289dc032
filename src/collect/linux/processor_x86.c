/* The CPUID instruction, and the driver of model specific registers (msr(4)). */
#include <cpuid.h>
#include <errno.h>
#include <unistd.h>

#include "collect/linux/processor.h"

static void cpuid(void *arg, uint32_t leaf, uint32_t subleaf, uint32_t regs[4]) {
        (void)arg;
        __cpuid_count(leaf, subleaf, regs[0], regs[1], regs[2], regs[3]);
}

static int open_msrs(void *arg, uint32_t cpu) {
        struct processor_live *p = arg;
        char path[64];

        (void)snprintf(path, sizeof(path), "/dev/cpu/%u/msr", (unsigned)cpu);
        return tree_open_device(p->tree, path, &p->fd);
}

static int read_msr(void *arg, uint32_t reg, uint64_t *ret) {
        const struct processor_live *p = arg;
        ssize_t n = pread(p->fd, ret, sizeof(*ret), (off_t)reg);

        if (n == (ssize_t)sizeof(*ret))
                return 0;
        return n < 0 ? errno : EINVAL;
}

static void close_msrs(void *arg) {
        struct processor_live *p = arg;

        close(p->fd);
        p->fd = -1;
}

void processor_open_kind(struct processor_live *p) {
        p->api.cpuid = cpuid;
        p->api.open_msrs = open_msrs;
        p->api.read_msr = read_msr;
        p->api.close_msrs = close_msrs;
}
