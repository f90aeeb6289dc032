/* guidance: advice.txt holds each offering, and what is to be done there, from the day before each revision of its guidance on, for each
 * answer about untrusted code, before anything is known of the machine:
 *
 *      OFFERING
 *              DAY REVISION, then REVISION
 *              ANSWER,ANSWER: +ACTION=STATUS -ACTION …
 *
 *      machine PATH
 *              OFFERING: SURENESS, REASON, and what its facts make of the actions, as above
 *
 * which is what is otherwise than before. `test_advice fix` writes what is to be done, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/date.h"
#include "guidance/guidance.h"
#include "table.h"

static const struct guidance *guidance(void) {
        return catalog_builtin.guidance;
}

/* What an action is in a list: its status's word, or nothing. */
static struct str status_in(const struct advice *advice, struct str id) {
        for (ptrdiff_t i = 0; advice && i < advice->count; i++)
                if (str_eq(T(advice->items[i].action->id), id))
                        return action_status_word(advice->items[i].status);
        return S("");
}

/* " +ACTION=STATUS" where one is new or another, " -ACTION" where one is gone. */
static struct str difference(struct arena *a, const struct advice *before, const struct advice *after) {
        struct str ret = S("");

        for (ptrdiff_t i = 0; i < after->count; i++) {
                struct str id = T(after->items[i].action->id), now = status_in(after, id);

                if (!str_eq(now, status_in(before, id)))
                        ret = str_fmt(a, "%.*s +%.*s=%.*s", STR_ARG(ret), STR_ARG(id), STR_ARG(now));
        }
        for (ptrdiff_t i = 0; i < before->count; i++)
                if (str_empty(status_in(after, T(before->items[i].action->id))))
                        ret = str_fmt(a, "%.*s -%.*s", STR_ARG(ret), STR_ARG(T(before->items[i].action->id)));
        return ret;
}

/* One line for all answers for which the same is different. */
static void put_differences(struct out *o, const struct str *differs) {
        for (enum untrusted u = 0; u < UNTRUSTED_COUNT; u++) {
                bool told = differs[u].len == 0;

                for (enum untrusted before = 0; before < u; before++)
                        told |= str_eq(differs[before], differs[u]);
                if (told)
                        continue;
                out_fmt(o, "        %.*s", STR_ARG(untrusted_word(u)));
                for (enum untrusted later = u + 1; later < UNTRUSTED_COUNT; later++)
                        if (str_eq(differs[later], differs[u]))
                                out_fmt(o, ",%.*s", STR_ARG(untrusted_word(later)));
                out_fmt(o, ":%.*s\n", STR_ARG(differs[u]));
        }
}

static void put_day(struct out *o, struct arena *a, const struct offering *offering, struct str day, struct advice *before) {
        struct str differs[UNTRUSTED_COUNT], words = day.len ? day : S("without a day");

        for (enum untrusted u = 0; u < UNTRUSTED_COUNT; u++) {
                const struct advice_request request = { .offering = offering, .untrusted = u, .as_of = day };
                struct advice advice;

                guidance_advise(&advice, a, guidance(), &request);
                differs[u] = difference(a, &before[u], &advice);
                before[u] = advice;
        }
        if (before[0].revision)
                out_fmt(o, "        %.*s %.*s%s%.*s\n", STR_ARG(words), STR_ARG(T(before[0].revision->id)), before[0].next ? ", then " : "",
                        STR_ARG(before[0].next ? T(before[0].next->id) : S("")));
        else
                out_fmt(o, "        %.*s none\n", STR_ARG(words));
        put_differences(o, differs);
}

/* The day before, of a date that is not the first of January. */
static struct str day_before(struct arena *a, struct str day) {
        uint64_t month, number;

        assert_true(str_to_u64(str_sub(day, 8, 2), &number) && str_to_u64(str_sub(day, 5, 2), &month));
        return number > 1 ? str_fmt(a, "%.*s%02u", STR_ARG(str_sub(day, 0, 8)), (unsigned)number - 1)
                          : str_fmt(a, "%.*s%02u-28", STR_ARG(str_sub(day, 0, 5)), (unsigned)month - 1);
}

/* "machine PATH": where it seems to be, and what is to be done there now that its facts are known. */
static void put_machine(struct out *o, struct arena *a, struct str path) {
        static const struct verdict_options plain;
        const char *file = str_to_c(a, str_fmt(a, SOURCE_ROOT "/tests/%.*s.host", STR_ARG(path)));
        struct str all[UNTRUSTED_COUNT] = { 0 };
        struct advice first = { 0 };
        struct evidence e;
        struct verdict v;
        struct diag d = { 0 };

        if (evidence_parse(&e, a, path, table_read(a, file), &d) < 0)
                fail_msg("%s", d.text);
        verdict_judge(&v, a, &catalog_builtin, &e, &plain);
        for (enum untrusted u = 0; u < UNTRUSTED_COUNT; u++) {
                const struct advice_request request = { .untrusted = u, .facts = v.facts };
                const struct advice none = { 0 };
                struct advice advice;

                guidance_advise(&advice, a, guidance(), &request);
                all[u] = difference(a, &none, &advice);
                first = u ? first : advice;
        }
        out_fmt(o, "        %.*s: %.*s, %.*s\n", STR_ARG(first.where.offering ? T(first.where.offering->id) : S("nowhere")),
                STR_ARG(sureness_word(first.where.sure)), STR_ARG(first.where.because));
        put_differences(o, all);
}

static void put_offering(struct out *o, struct arena *a, struct str row) {
        const struct offering *offering = guidance_offering(guidance(), row);
        struct advice before[UNTRUSTED_COUNT] = { 0 };

        if (str_starts(row, S("machine "))) {
                put_machine(o, a, str_from(row, 8));
                return;
        }
        if (!offering)
                fail_msg("no offering is called '%.*s'", STR_ARG(row));
        for (uint32_t i = 0; i < guidance()->revision_count; i++)
                if (str_eq(T(guidance()->revisions[i].document), T(offering->document))) {
                        put_day(o, a, offering, day_before(a, T(guidance()->revisions[i].date)), before);
                        put_day(o, a, offering, T(guidance()->revisions[i].date), before);
                }
        put_day(o, a, offering, S(""), before);
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_offering);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/advice.txt", 10, should_be };

static void test_advice(void **state) {
        (void)state;
        table_hold(&table);
}

static void test_complete(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = table_read(&a, table.path);

        (void)state;
        for (uint32_t i = 0; i < guidance()->offering_count; i++)
                if (str_find(text, str_fmt(&a, "\n%.*s\n", STR_ARG(T(guidance()->offerings[i].id)))) < 0)
                        fail_msg("%s lacks %.*s", table.path, STR_ARG(T(guidance()->offerings[i].id)));
}

/* The id of a revision ends in its day, or in its month. */
static void test_days(void **state) {
        (void)state;
        for (uint32_t i = 0; i < guidance()->revision_count; i++) {
                const struct revision *r = &guidance()->revisions[i];
                ptrdiff_t at = str_find(T(r->id), S("-20")) + 1;
                struct str day = str_sub(T(r->id), at, 10);

                if (at > 0 && !str_ends(day, S("-a")) && !str_starts(T(r->date), day))
                        fail_msg("%.*s is of %.*s", STR_ARG(T(r->id)), STR_ARG(T(r->date)));
        }
}

/* What KVM writes of the first-level cache, and whether a host of guests has anything left to do. */
static void test_flush(void **state) {
        static const struct {
                const char *text, *status;
        } rows[] = { { "cond", "done" }, { "always", "done" }, { "not required", "done" }, { "EPT disabled", "done" }, { "never", "todo" } };
        static const struct verdict_options plain;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct verdict v;
                struct advice advice;
                struct advice_request request = { .offering = guidance_offering(guidance(), S("virtualisation-host")), .untrusted = UNTRUSTED_GUESTS };
                struct diag d = { 0 };

                assert_non_null(request.offering);
                assert_int_equal(evidence_parse(&e, &a, S("x"),
                                                str_fmt(&a, "# sidelight evidence 1\n-- uname Linux 6.1.0 x86_64\n"
                                                            "-- file /sys/module/kvm_intel/parameters/vmentry_l1d_flush\n%s\n", rows[i].text),
                                                &d), 0);
                verdict_judge(&v, &a, &catalog_builtin, &e, &plain);
                request.facts = v.facts;
                guidance_advise(&advice, &a, guidance(), &request);
                if (!str_eq(status_in(&advice, S("flush-before-guests")), str_of(rows[i].status)))
                        fail_msg("%s: %.*s", rows[i].text, STR_ARG(status_in(&advice, S("flush-before-guests"))));
        }
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_advice), cmocka_unit_test(test_complete), cmocka_unit_test(test_days),
                                            cmocka_unit_test(test_flush) };

        (void)argv;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
