/* Rows of facts, each with evidence and the answer that comes of it. */
#ifndef SIDELIGHT_TEST_FACTS_ROWS_H
#define SIDELIGHT_TEST_FACTS_ROWS_H

#include "base/out.h"
#include "verdict/verdict.h"

#define HEAD "# sidelight evidence 1\n"
#define X86 HEAD "-- uname Linux 6.1.0 x86_64\n"
#define INTEL "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n"
#define AMD "-- cpuid 0 0.0 10 68747541 444d4163 69746e65\n"
#define HYPER_V "-- cpuid 0 40000000.0 4000000a 7263694d 666f736f 76482074\n"
#define INFO(lines) "-- file /proc/cpuinfo\nprocessor\t: 0\n" lines
#define GUEST_BIT "-- cpuid 0 1.0 00050654 0 fed8320b 0\n"
#define BUILD(machine) HEAD "-- uname Windows 10.0.17763 " machine "\n"
#define OVERRIDE "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management|FeatureSettingsOverride"

/* "?" not read, "-" absent, "denied", "failed"; numbers in hexadecimal, texts as they are. */
static inline struct str answer(struct arena *a, const struct fact *v) {
        switch ((enum fact_state)v->state) {
        case FACT_UNREAD:
                return S("?");
        case FACT_ABSENT:
                return S("-");
        case FACT_KNOWN:
                return v->type == VALUE_TEXT || v->type == VALUE_VERSION ? v->text : str_fmt(a, "%llx", (unsigned long long)v->number);
        default:
                return str_of(fact_state_word((enum fact_state)v->state));
        }
}

static inline void judge(struct arena *a, struct str text, const struct verdict_options *o, struct verdict *ret) {
        static const struct verdict_options plain;
        struct evidence *e = arena_new(a, struct evidence);
        struct diag d = { 0 };

        if (evidence_parse(e, a, S("x.host"), text, &d) < 0)
                fail_msg("%s\n%.*s", d.text, STR_ARG(text));
        verdict_judge(ret, a, &catalog_builtin, e, o ? o : &plain);
}

struct row {
        const char *fact, *evidence, *answer;
};

static inline void check(const struct row *rows, size_t count) {
        for (size_t i = 0; i < count; i++) {
                ARENA_AUTO struct arena a = { 0 };
                const struct fact *v;
                struct verdict r;

                judge(&a, str_of(rows[i].evidence), NULL, &r);
                v = facts_named(r.facts, str_of(rows[i].fact));
                if (!v || !str_eq(answer(&a, v), str_of(rows[i].answer)))
                        fail_msg("row %zu: %s is '%.*s', expected '%s', of\n%s", i, rows[i].fact, STR_ARG(v ? answer(&a, v) : S("no fact")),
                                 rows[i].answer, rows[i].evidence);
        }
}
#define CHECK(rows) check((rows), sizeof(rows) / sizeof((rows)[0]))

#endif
