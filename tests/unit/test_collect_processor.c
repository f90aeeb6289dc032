/* collect: processors through the seam: which CPUs are asked what, and what becomes one record for all. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/linux/collect.h"
#include "collect/linux/reader.h"
#include "fakeroot.h"

enum { CPUS = 4, ODD = 3 /* the CPU that is unlike the others, where one is */ };

/* A made-up machine of four CPUs. */
struct machine {
        const char *name;
        bool hypervisor, hybrid, odd_leaf, odd_msr;
        uint32_t unreachable;       /* bit for each CPU that this thread may not move to */
        int open_error[CPUS];       /* of its registers */
        int register_8b;            /* the error of reading the microcode's register */

        int here;
        uint32_t opened, moved, asked; /* a bit for each CPU */
};

static int here(void *arg) {
        return ((struct machine *)arg)->here;
}

static bool move_to(void *arg, uint32_t cpu) {
        struct machine *m = arg;

        if (cpu >= CPUS || (m->unreachable >> cpu & 1))
                return false;
        m->here = (int)cpu;
        m->moved |= 1u << cpu;
        return true;
}

static void move_home(void *arg) {
        ((struct machine *)arg)->here = 0;
}

static void cpuid(void *arg, uint32_t leaf, uint32_t subleaf, uint32_t regs[4]) {
        struct machine *m = arg;
        bool odd = m->here == ODD;

        memset(regs, 0, 4 * sizeof(*regs));
        m->asked |= 1u << m->here;
        if (leaf == 0)
                memcpy(regs, (uint32_t[4]){ 0x1a, 0x756e6547, 0x6c65746e, 0x49656e69 }, 16);
        else if (leaf == 1)
                memcpy(regs, (uint32_t[4]){ 0x000906a3, (uint32_t)m->here << 24 | 0x20800, m->hypervisor ? UINT32_C(1) << 31 : 0, 0 }, 16);
        else if (leaf == 7 && subleaf == 0)
                memcpy(regs, (uint32_t[4]){ 1, odd && m->odd_leaf ? 1 : 0, 0, m->hybrid ? 1 << 15 : 0 }, 16);
        else if (leaf == 0x1a)
                regs[0] = odd && m->hybrid ? 0x20000001 : 0x40000001;
        else if (leaf == 0x40000000)
                regs[0] = 0x40000001;
        else if (leaf == 0x80000000)
                regs[0] = 0x80000008;
        else
                regs[0] = leaf ^ subleaf; /* so that a leaf that was asked for without being there shows */
}

static int open_msrs(void *arg, uint32_t cpu) {
        struct machine *m = arg;

        m->here = -1 - (int)cpu; /* wherever the thread is: registers are read of the CPU that was opened */
        m->opened |= 1u << cpu;
        return m->open_error[cpu];
}

static int read_msr(void *arg, uint32_t reg, uint64_t *ret) {
        const struct machine *m = arg;

        *ret = m->odd_msr && m->here == -1 - ODD && reg == 0x8b ? 2 : 1;
        return reg == 0x8b ? m->register_8b : 0;
}

static void close_msrs(void *arg) {
        ((struct machine *)arg)->here = 0;
}

static char root[FAKEROOT_PATH];

static int setup(void **state) {
        (void)state;
        fakeroot_make(root);
        return 0;
}

static int teardown(void **state) {
        (void)state;
        fakeroot_remove(root);
        return 0;
}

#define BLOCK(number, microcode) \
        "processor\t: " number "\nvendor_id\t: GenuineIntel\nmodel\t\t: 154\nmicrocode\t: " microcode "\nflags\t\t: fpu\n\n"

static const char alike[] = BLOCK("0", "0x1") BLOCK("1", "0x1") BLOCK("2", "0x1") BLOCK("3", "0x1");

static void collect(struct evidence *e, struct arena *a, struct machine *m) {
        static const struct collect_options options = { .catalog = &catalog_builtin };
        const struct processor_api api = { .arg = m, .here = here, .move_to = move_to, .move_home = move_home, .cpuid = cpuid,
                                           .open_msrs = open_msrs, .read_msr = read_msr, .close_msrs = close_msrs };
        TREE_AUTO struct tree tree = { .fd = -1 };
        struct diag d = { 0 };

        assert_int_equal(tree_open(&tree, root, &d), 0);
        evidence_init(e, a, S("x"));
        linux_collect(e, &tree, &api, &options);
}

static void collect_four(struct evidence *e, struct arena *a, struct machine *m, const char *cpuinfo) {
        fakeroot_file(root, "proc/cpuinfo", cpuinfo);
        fakeroot_file(root, "sys/devices/system/cpu/online", "0-3\n");
        collect(e, a, m);
}

/* The record that this CPU has for itself, not the one for all. */
static const struct record *own(const struct evidence *e, enum record_kind kind, uint32_t cpu, uint32_t leaf) {
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (e->items[i].kind == kind && e->items[i].cpu == cpu && e->items[i].leaf == leaf && e->items[i].subleaf == 0)
                        return &e->items[i];
        return NULL;
}

/* Four CPUs that the kernel shows alike: CPUID of one, which speaks for all; the registers of each. */
static void test_one_is_asked(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct machine m = { .name = "alike" };
        struct evidence e;

        (void)state;
        collect_four(&e, &a, &m, alike);
        assert_int_equal(m.asked, 1);
        assert_int_equal(m.opened, 15);
        assert_non_null(own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 7));
        assert_null(own(&e, RECORD_CPUID, 0, 7));
        assert_non_null(own(&e, RECORD_MSR, EVIDENCE_ALL_CPUS, 0x8b));
        assert_null(own(&e, RECORD_MSR, 0, 0x8b));
        assert_int_equal(own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 1)->words[1], 0x20800); /* without the number of the CPU */
}

/* Each is asked where the kernel does not show them all, and alike. */
static void test_each_is_asked(void **state) {
        static const struct {
                const char *what, *cpuinfo, *online, *core_cpus;
                struct machine machine;
                uint32_t asked;
        } rows[] = {
                { "unlike microcode", BLOCK("0", "0x1") BLOCK("1", "0x1") BLOCK("2", "0x1") BLOCK("3", "0x2"), "0-3", NULL, { 0 }, 15 },
                { "one is not shown", BLOCK("0", "0x1") BLOCK("1", "0x1") BLOCK("2", "0x1"), "0-3", NULL, { 0 }, 15 },
                { "no list", NULL, "0-3", NULL, { 0 }, 15 },
                { "hybrid, as the kernel says", alike, "0-3", "0-1", { 0 }, 15 },
                { "hybrid, as the processor says", alike, "0-3", NULL, { .hybrid = true }, 15 },
                { "two that are alike", BLOCK("0", "0x1") BLOCK("1", "0x1"), "0-1", NULL, { 0 }, 1 },
                { "the one that it runs on", alike, "0-3", NULL, { .here = 2, .unreachable = 3 }, 4 },
                { "it runs on one that the list lacks", alike, "0-3", NULL, { .here = 7 }, 15 },
                { "it need not stay where it runs", alike, "0-3", NULL, { .unreachable = 3 }, 1 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct machine m = rows[i].machine;
                struct evidence e;

                fakeroot_remove(root);
                fakeroot_make(root);
                if (rows[i].cpuinfo)
                        fakeroot_file(root, "proc/cpuinfo", rows[i].cpuinfo);
                if (rows[i].core_cpus)
                        fakeroot_file(root, "sys/devices/cpu_core/cpus", rows[i].core_cpus);
                fakeroot_file(root, "sys/devices/system/cpu/online", rows[i].online);
                collect(&e, &a, &m);
                if (m.asked != rows[i].asked)
                        fail_msg("%s: asked %x, expected %x", rows[i].what, m.asked, rows[i].asked);
        }
}

/* One record for all only where each was read and all agree. */
static void test_what_is_merged(void **state) {
        static const char unlike[] = BLOCK("0", "0x1") BLOCK("1", "0x1") BLOCK("2", "0x1") BLOCK("3", "0x2");
        static const struct {
                struct machine machine;
                bool leaf0, leaf7, msr; /* is there one for all? */
        } rows[] = {
                { { .name = "agree" }, true, true, true },
                { { .name = "one says otherwise", .odd_leaf = true, .odd_msr = true }, true, false, false },
                { { .name = "one cannot be reached", .unreachable = 1u << 2 }, false, false, true },
                { { .name = "the odd one cannot be opened", .open_error = { [ODD] = EIO } }, true, true, false },
                { { .name = "one has no such registers", .open_error = { [1] = ENXIO } }, true, true, false },
                { { .name = "one is denied", .open_error = { [1] = EPERM } }, true, true, false },
                { { .name = "all are denied", .open_error = { EPERM, EPERM, EPERM, EPERM } }, true, true, true },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct machine m = rows[i].machine;
                struct evidence e;

                collect_four(&e, &a, &m, unlike);
                if (!own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 0) == rows[i].leaf0 ||
                    !own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 7) == rows[i].leaf7 ||
                    !own(&e, RECORD_MSR, EVIDENCE_ALL_CPUS, 0x8b) == rows[i].msr)
                        fail_msg("%s", m.name);
                if (!rows[i].leaf7 && (!own(&e, RECORD_CPUID, 0, 7) || !own(&e, RECORD_CPUID, ODD, 7) || own(&e, RECORD_CPUID, 2, 7) == NULL) &&
                    !m.unreachable)
                        fail_msg("%s: a CPU's own record is missing", m.name);
        }
}

static void test_hybrid(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct machine m = { .hybrid = true };
        struct evidence e;

        (void)state;
        collect_four(&e, &a, &m, alike);
        assert_int_equal(own(&e, RECORD_CPUID, 0, 0x1a)->words[0], 0x40000001);
        assert_int_equal(own(&e, RECORD_CPUID, ODD, 0x1a)->words[0], 0x20000001);
        assert_null(own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 0x1a));
}

/* A register that the processor lacks is absent, one that may not be read denied, another failure a failure; none of them has a
 * value. */
static void test_register_states(void **state) {
        static const struct {
                int error;
                enum fact_state state;
        } rows[] = { { EIO, FACT_ABSENT }, { EPERM, FACT_DENIED }, { EACCES, FACT_DENIED }, { EINVAL, FACT_FAILED }, { ENXIO, FACT_FAILED } };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct machine m = { .register_8b = rows[i].error };
                struct evidence e;

                collect_four(&e, &a, &m, alike);
                assert_int_equal(own(&e, RECORD_MSR, EVIDENCE_ALL_CPUS, 0x8b)->state, rows[i].state);
                assert_int_equal(own(&e, RECORD_MSR, EVIDENCE_ALL_CPUS, 0x8b)->value, 0);
                assert_int_equal(own(&e, RECORD_MSR, EVIDENCE_ALL_CPUS, 0x10a)->state, FACT_KNOWN);
        }
}

/* Without the driver nothing is recorded of the registers but that; without the right each is denied. The device is told of once. */
static void test_device_states(void **state) {
        static const struct {
                int error;
                enum fact_state device, reg;
        } rows[] = { { ENOENT, FACT_ABSENT, FACT_UNREAD }, { EACCES, FACT_DENIED, FACT_DENIED }, { EIO, FACT_FAILED, FACT_UNREAD } };

        (void)state;
        fakeroot_file(root, "dev/null", ""); /* what is not there in /dev is absent only where there is a /dev */
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct machine m = { .open_error = { rows[i].error, rows[i].error, rows[i].error, rows[i].error } };
                const struct record *device, *reg;
                struct evidence e;

                collect_four(&e, &a, &m, alike);
                device = evidence_file(&e, S("/dev/cpu/0/msr"));
                reg = evidence_msr(&e, 0, 0x8b);
                if (rows[i].error != ENOENT) /* a captured tree's /dev is never complete */
                        assert_int_equal(device->state, rows[i].device);
                assert_int_equal(reg ? reg->state : FACT_UNREAD, rows[i].reg);
                assert_null(evidence_file(&e, S("/dev/cpu/1/msr")));
        }
}

/* Leaves that are not there are not asked for: the processor would answer with those of another. */
static void test_which_leaves(void **state) {
        ARENA_AUTO struct arena a = { 0 }, b = { 0 };
        struct machine bare = { 0 }, guest = { .hypervisor = true };
        struct evidence e, g;

        (void)state;
        collect_four(&e, &a, &bare, alike);
        collect_four(&g, &b, &guest, alike);
        assert_null(own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 0x40000000));
        assert_non_null(own(&g, RECORD_CPUID, EVIDENCE_ALL_CPUS, 0x40000000));
        assert_null(own(&g, RECORD_CPUID, EVIDENCE_ALL_CPUS, 0x40000003)); /* above the range's highest leaf */
        assert_non_null(own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 0x80000008)); /* the highest itself */
        assert_null(own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 0x80000021));
        assert_non_null(evidence_cpuid(&e, 0, 7, 1));
        assert_null(evidence_cpuid(&e, 0, 7, 2)); /* above the highest subleaf */
}

/* A container without /sys: one CPU is seen, and speaks for itself. */
static void test_others_unknown(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct machine m = { .here = 2, .hybrid = true };
        struct evidence e;

        (void)state;
        collect(&e, &a, &m);
        assert_int_equal(m.asked, 4);
        assert_non_null(own(&e, RECORD_CPUID, 2, 7));
        assert_non_null(own(&e, RECORD_MSR, 2, 0x8b));
        assert_null(own(&e, RECORD_CPUID, EVIDENCE_ALL_CPUS, 7));
        assert_null(own(&e, RECORD_MSR, EVIDENCE_ALL_CPUS, 0x8b));
}

/* A register that one CPU lacks and another one may not show is no answer of all, though neither has a value. */
static void test_states_differ(void **state) {
        static const uint32_t numbers[] = { 0, 1 };
        ARENA_AUTO struct arena a = { 0 };
        struct evidence from, to;

        (void)state;
        evidence_init(&from, &a, S("x"));
        evidence_init(&to, &a, S("x"));
        evidence_add_msr(&from, 0, 0x8b, FACT_ABSENT, 0);
        evidence_add_msr(&from, 1, 0x8b, FACT_DENIED, 0);
        processor_merge(&to, &from, &a, numbers, 2);
        assert_int_equal(own(&to, RECORD_MSR, 0, 0x8b)->state, FACT_ABSENT);
        assert_int_equal(own(&to, RECORD_MSR, 1, 0x8b)->state, FACT_DENIED);
}

/* As many CPUs as a kernel can have, each with a microcode of its own: the cost grows with their number, or this does not end. */
static void test_many(void **state) {
        enum { MANY = 8192 };
        ARENA_AUTO struct arena a = { 0 };
        uint32_t *numbers = arena_array(&a, uint32_t, MANY);
        struct evidence from, to;

        (void)state;
        evidence_init(&from, &a, S("x"));
        evidence_init(&to, &a, S("x"));
        for (uint32_t i = 0; i < MANY; i++) {
                numbers[i] = i;
                for (uint32_t leaf = 0; leaf < 8; leaf++)
                        evidence_add_cpuid(&from, i, leaf, 0, (uint32_t[4]){ leaf });
                evidence_add_msr(&from, i, 0x8b, FACT_KNOWN, i);
        }
        processor_merge(&to, &from, &a, numbers, MANY);
        assert_int_equal(to.count, 8 + MANY);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_one_is_asked, setup, teardown),
                cmocka_unit_test_setup_teardown(test_each_is_asked, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_is_merged, setup, teardown),
                cmocka_unit_test_setup_teardown(test_hybrid, setup, teardown),
                cmocka_unit_test_setup_teardown(test_register_states, setup, teardown),
                cmocka_unit_test_setup_teardown(test_device_states, setup, teardown),
                cmocka_unit_test_setup_teardown(test_which_leaves, setup, teardown),
                cmocka_unit_test_setup_teardown(test_others_unknown, setup, teardown),
                cmocka_unit_test(test_states_differ),
                cmocka_unit_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
