/* bits.txt: where each bit of processors and of Windows stands, in the notation of the vendors' manuals, written from those and not
 * from the data folder; and what the fact is when its bits alone are set, when all others are, when all are, and when its register
 * was not read, on a processor of each vendor, bare and in a guest. `test_bits fix` writes what stands behind the colon, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "facts/facts.h"
#include "table.h"
#include "verdict/verdict.h"

static const char path[] = SOURCE_ROOT "/tests/unit/bits.txt";

static const struct vendor {
        const char *name;
        uint32_t id[4], signature; /* leaf 0; leaf 1 */
        uint32_t hypervisor;       /* leaf 1, ECX[31] */
} vendors[] = {
        { "intel", { 0xd, 0x756e6547, 0x6c65746e, 0x49656e69 }, 0x00050654, 0 },
        { "guest", { 0xd, 0x756e6547, 0x6c65746e, 0x49656e69 }, 0x00050654, 0x80000000 },
        { "amd", { 0x10, 0x68747541, 0x444d4163, 0x69746e65 }, 0x00a00f11, 0 },
        { "guest", { 0x10, 0x68747541, 0x444d4163, 0x69746e65 }, 0x00a00f11, 0x80000000 },
        { "zhaoxin", { 0xd, 0x68532020, 0x20206961, 0x68676e61 }, 0x000307b1, 0 },
};

enum pattern { ALONE, OTHERS, ALL, UNREAD, PATTERN_COUNT };

static bool is_bits(const struct fact_def *f) {
        return f->kind == FACT_KIND_CPUID || f->kind == FACT_KIND_MSR || f->kind == FACT_KIND_IDREG || f->kind == FACT_KIND_NT ||
               (f->kind == FACT_KIND_REGISTRY && f->high < 63);
}

static uint64_t mask_of(const struct fact_def *f) {
        return f->high - f->low == 63 ? UINT64_MAX : ((UINT64_C(1) << (f->high - f->low + 1)) - 1) << f->low;
}

/* ---- Evidence in which bits stand in a pattern ---- */

/* What a register holds: of the fact's own place its bits, or all others; of every other place nothing, or all. */
static uint64_t word_in(enum pattern p, const struct fact_def *own, bool is_own) {
        if (p == ALL || p == UNREAD)
                return UINT64_MAX;
        if (p == ALONE)
                return is_own ? mask_of(own) : 0;
        return is_own ? ~mask_of(own) : UINT64_MAX;
}

static bool same_leaf(const struct fact_def *x, const struct fact_def *y) {
        return x->kind == y->kind && x->leaf == y->leaf && x->subleaf == y->subleaf && (x->kind == FACT_KIND_CPUID || str_eq(T(x->text), T(y->text)));
}

static void add_cpuid(struct evidence *e, enum pattern p, const struct fact_def *own, const struct fact_def *f, const struct vendor *v) {
        uint32_t words[4];

        for (uint8_t i = 0; i < 4; i++)
                words[i] = (uint32_t)word_in(p, own, same_leaf(own, f) && own->word == i);
        if (f->leaf == 1) {
                words[0] = v->signature;
                words[2] = (words[2] & 0x7fffffff) | v->hypervisor;
        }
        evidence_add_cpuid(e, 0, f->leaf, f->subleaf, words);
}

static void add_nt(struct evidence *e, enum pattern p, const struct fact_def *own, const struct fact_def *f) {
        uint32_t words[2];

        for (uint8_t i = 0; i < 2; i++)
                words[i] = (uint32_t)word_in(p, own, same_leaf(own, f) && own->word == i);
        evidence_add_nt(e, f->leaf, words, 2);
}

static void add_place(struct evidence *e, enum pattern p, const struct fact_def *own, const struct fact_def *f, const struct vendor *v) {
        bool is_own = f->kind == own->kind && f->leaf == own->leaf && f->subleaf == own->subleaf &&
                      (f->kind == FACT_KIND_CPUID || f->kind == FACT_KIND_MSR || str_eq(T(f->text), T(own->text)));

        if (p == UNREAD && is_own)
                return;
        if (f->kind == FACT_KIND_CPUID)
                add_cpuid(e, p, own, f, v);
        else if (f->kind == FACT_KIND_MSR)
                evidence_add_msr(e, 0, f->leaf, FACT_KNOWN, word_in(p, own, is_own));
        else if (f->kind == FACT_KIND_IDREG)
                evidence_add_idreg(e, 0, T(f->text), word_in(p, own, is_own));
        else if (f->kind == FACT_KIND_NT)
                add_nt(e, p, own, f);
        else
                evidence_add_registry_dword(e, T(f->text), (uint32_t)word_in(p, own, is_own));
}

static bool is_windows(const struct fact_def *f) {
        return f->kind == FACT_KIND_NT || f->kind == FACT_KIND_REGISTRY;
}

static void make(struct evidence *e, struct arena *a, enum pattern p, const struct fact_def *own, const struct vendor *v) {
        const struct catalog *c = &catalog_builtin;

        evidence_init(e, a, S("x"));
        evidence_add_line(e, RECORD_UNAME, S(""), is_windows(own) ? S("Windows 10.0.26100 x86_64") : own->kind == FACT_KIND_IDREG ? S("Linux 6.1.0 aarch64") : S("Linux 6.1.0 x86_64"));
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (is_bits(&c->facts[i]))
                        add_place(e, p, own, &c->facts[i], v);
        evidence_add_cpuid(e, 0, 0, 0, v->id);
}

static void put_value(struct out *o, const struct fact *v) {
        if (v->state == FACT_KNOWN)
                out_fmt(o, "%llx", (unsigned long long)v->number);
        else
                out_c(o, v->state == FACT_UNREAD ? "?" : v->state == FACT_ABSENT ? "-" : fact_state_word((enum fact_state)v->state));
}

/* ---- The table ---- */

static void put_behaviour(struct out *o, uint32_t fact) {
        static const struct verdict_options plain;
        const struct fact_def *own = &catalog_builtin.facts[fact];

        for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
                if (i > 0 && own->kind != FACT_KIND_CPUID && own->kind != FACT_KIND_MSR)
                        break; /* who made the processor plays no part */
                out_fmt(o, " %s", own->kind != FACT_KIND_CPUID && own->kind != FACT_KIND_MSR ? "any" : vendors[i].name);
                for (enum pattern p = ALONE; p < PATTERN_COUNT; p++) {
                        ARENA_AUTO struct arena a = { 0 };
                        struct evidence e;
                        struct verdict r;

                        make(&e, &a, p, own, &vendors[i]);
                        verdict_judge(&r, &a, &catalog_builtin, &e, &plain);
                        out_char(o, p == ALONE ? ' ' : '/');
                        put_value(o, facts_get(r.facts, fact));
                }
        }
}

/* "CPUID 0x7.0:EDX[10]", "HKLM\KEY|VALUE[3]". */
static struct str place_of(struct arena *a, const struct fact_def *f) {
        return f->kind == FACT_KIND_REGISTRY ? str_fmt(a, "%.*s[%u]", STR_ARG(T(f->text)), f->low) : T(f->where);
}

static int should_be(struct out *o, struct arena *unused, struct str text) {
        struct str line;
        int count = 0;

        (void)unused;
        while (str_line(&text, &line)) {
                ARENA_AUTO struct arena a = { 0 };
                ptrdiff_t equals = str_find(line, S(" = ")), colon = str_find(line, S(" : "));
                struct str name = str_sub(line, 0, equals), place;
                int32_t fact;

                if (line.len == 0 || line.p[0] == '#') {
                        out_fmt(o, "%.*s\n", STR_ARG(line));
                        continue;
                }
                place = str_sub(line, equals + 3, (colon < 0 ? line.len : colon) - equals - 3);
                fact = catalog_fact(&catalog_builtin, name);
                if (equals < 0 || fact < 0)
                        fail_msg("%s: no fact is called '%.*s'", path, STR_ARG(name));
                if (!str_eq(place, place_of(&a, &catalog_builtin.facts[fact])))
                        fail_msg("%s: %.*s is %.*s, and the catalog has it at %.*s", path, STR_ARG(name), STR_ARG(place),
                                 STR_ARG(place_of(&a, &catalog_builtin.facts[fact])));
                out_fmt(o, "%.*s = %.*s :", STR_ARG(name), STR_ARG(place));
                put_behaviour(o, (uint32_t)fact);
                out_char(o, '\n');
                count++;
        }
        return count;
}

static const struct table table = { path, 150, should_be };

static void test_bits(void **state) {
        (void)state;
        table_hold(&table);
}

/* Each bit that the catalog reads stands in the table. */
static void test_complete(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = table_read(&a, path);
        int count = 0;

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.fact_count; i++) {
                const struct fact_def *f = &catalog_builtin.facts[i];

                if (!is_bits(f))
                        continue;
                if (str_find(text, str_fmt(&a, "\n%.*s = ", STR_ARG(T(f->name)))) < 0)
                        fail_msg("%s has no line for %.*s", path, STR_ARG(T(f->name)));
                count++;
        }
        assert_true(count > 150);
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_complete), cmocka_unit_test(test_bits) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("bits", tests, NULL, NULL);
}
