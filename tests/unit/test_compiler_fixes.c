/* compiler: remedies and guidance; phases, promised order, words and commands told apart, changes as data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/guidance.h"
#include "little_data.h"

#define UPDATE "- {id: update-kernel, title: \"Update the kernel\", owner: kernel, phase: update, target: package, restart: yes,\n" \
               "   done: \"cmdline.pti == 'on'\", steps: [{on: any, run: \"make install\"}, {on: any, do: \"wait\"}]}\n"
#define SWITCH "- {id: pti, title: \"PTI\", changes: [{on: linux, target: command-line, key: pti, to: \"on\"},\n" \
               "   {on: windows, target: registry-value, place: \"HKLM\\\\X\", key: Y, to: absent}]}\n"
#define REVISIONS "- {id: r1, document: d, date: 2018-01-01, title: \"t\", source: \"s\"}\n"
#define OFFERINGS "- {id: box, title: \"a box\", document: d, groups: [all]}\n"
#define ACTION(id, rest) "- {id: " id ", title: \"t\", offerings: [all], from: r1, who: you, why: \"w\", " rest "}\n"
#define ACTIONS ACTION("last", "phase: later") ACTION("first", "phase: update") ACTION("second", "phase: update, after: [first]")

enum { COUNT = LITTLE_COUNT + 3 };

static int compile(struct catalog *c, struct arena *a, const char *fixes, const char *actions, struct diag *d) {
        struct data_file files[COUNT];

        little_data(files, "fixes.yaml", str_of(fixes));
        files[LITTLE_COUNT] = (struct data_file){ STR("guidance/revisions.yaml"), STR(REVISIONS) };
        files[LITTLE_COUNT + 1] = (struct data_file){ STR("guidance/offerings.yaml"), STR(OFFERINGS) };
        files[LITTLE_COUNT + 2] = (struct data_file){ STR("guidance/d.yaml"), str_of(actions) };
        return catalog_compile(c, a, files, COUNT, d);
}

static void test_fixes(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct catalog c;
        const struct fix *update, *pti;

        (void)state;
        assert_int_equal(compile(&c, &a, UPDATE SWITCH, ACTIONS, &d), 0);
        update = catalog_fix(&c, S("update-kernel"));
        pti = catalog_fix(&c, S("pti"));
        assert_int_equal(update->phase, PHASE_UPDATE);
        assert_int_equal(update->target, TARGET_PACKAGE);
        assert_true(update->restart && update->done != NO_CONDITION);
        assert_true(update->steps[0].command && !update->steps[1].command && str_eq(T(update->steps[1].text), S("wait")));
        assert_true(pti->phase == PHASE_SETTING && pti->done == NO_CONDITION && pti->change_count == 2);
        assert_true(!pti->changes[0].gone && pti->changes[1].gone && str_eq(T(pti->changes[1].place), S("HKLM\\X")));
}

/* When a remedy helps, what is left where it does not, whom to ask, and steps for some machines only. */
static void test_helps(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct catalog c;
        const struct fix *newer;

        (void)state;
        assert_int_equal(compile(&c, &a, UPDATE "- {id: newer, title: \"n\", helps: \"not cmdline.pti == 'off'\", because: \"so ({cmdline.pti})\",\n"
                                 "   instead: [update-kernel], ask: \"May I?\", steps: [{on: any, if: \"cmdline.pti == 'on'\", do: x}, {on: any, do: y}]}\n",
                                 ACTIONS, &d), 0);
        newer = catalog_fix(&c, S("newer"));
        assert_true(newer->helps != NO_CONDITION && newer->instead.count == 1 && str_eq(T_AT(newer->instead, 0), S("update-kernel")));
        assert_true(str_eq(T(newer->ask), S("May I?")) && str_starts(T(newer->because), S("so ({")) && !str_eq(T(newer->because), S("so ({cmdline.pti})")));
        assert_true(newer->steps[0].when != NO_CONDITION && newer->steps[1].when == NO_CONDITION);
        assert_int_equal(catalog_fix(&c, S("update-kernel"))->helps, NO_CONDITION);
}

/* Phase by phase, and in a phase as the file has them. */
static void test_order(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct catalog c;

        (void)state;
        assert_int_equal(compile(&c, &a, UPDATE, ACTIONS, &d), 0);
        assert_int_equal(c.guidance->action_count, 3);
        assert_true(str_eq(T(c.guidance->actions[0].id), S("first")));
        assert_true(str_eq(T(c.guidance->actions[1].id), S("second")));
        assert_true(str_eq(T(c.guidance->actions[2].id), S("last")));
}

static void test_refuses(void **state) {
        static const struct {
                const char *fixes, *actions, *message;
        } rows[] = {
                { "- {id: update-kernel, title: \"x\", phase: soon}\n", ACTIONS, "fixes.yaml:1: 'soon' is not a phase" },
                { "- {id: update-kernel, title: \"x\", target: moon}\n", ACTIONS, "fixes.yaml:1: 'moon' is not a target" },
                { "- {id: update-kernel, title: \"x\", computes: pi}\n", ACTIONS, "fixes.yaml:1: 'pi' is not something that can be computed" },
                { "- {id: update-kernel, title: \"x\", restart: perhaps}\n", ACTIONS, "fixes.yaml:1: 'restart' must be yes or no" },
                { "- {id: update-kernel, title: \"x\", done: \"moon\"}\n", ACTIONS, "fixes.yaml:1: unknown fact 'moon'" },
                { "- {id: update-kernel, title: \"x\", steps: [{on: any}]}\n", ACTIONS, "fixes.yaml:1: a step needs either 'do'" },
                { "- {id: update-kernel, title: \"x\", steps: [{on: any, do: \"x\", run: \"y\"}]}\n", ACTIONS, "fixes.yaml:1: a step needs either 'do'" },
                { "- {id: update-kernel, title: \"x\", because: \"y\"}\n", ACTIONS, "fixes.yaml:1: 'update-kernel' says why it cannot help" },
                { "- {id: update-kernel, title: \"x\", instead: [update-kernel]}\n", ACTIONS, "fixes.yaml:1: 'update-kernel' says why it cannot" },
                { "- {id: update-kernel, title: \"x\", helps: \"moon\"}\n", ACTIONS, "fixes.yaml:1: unknown fact 'moon'" },
                { "- {id: update-kernel, title: \"x\", helps: \"true\", instead: [moon]}\n", ACTIONS, "fixes.yaml:1: unknown fix 'moon'" },
                { "- {id: update-kernel, title: \"x\", helps: \"true\", because: \"{cmdline.pti}\"}\n", ACTIONS, "fixes.yaml:1: 'cmdline.pti' may be unknown here" },
                { "- {id: update-kernel, title: \"x\", steps: [{on: any, if: \"moon\", do: \"x\"}]}\n", ACTIONS, "fixes.yaml:1: unknown fact 'moon'" },
                { UPDATE UPDATE, ACTIONS, "fixes.yaml:1: fix 'update-kernel' is defined twice" },
                { UPDATE "- {id: x, title: \"x\", changes: [{on: any, target: provider, key: qq, to: z}]}\n", ACTIONS,
                  "fixes.yaml:3: a change can only touch the command line" },
                { UPDATE "- {id: x, title: \"x\", changes: [{on: any, target: registry-value, key: qq, to: z}]}\n", ACTIONS,
                  "fixes.yaml:3: 'qq' needs 'place'" },
                { UPDATE "- {id: x, title: \"x\", changes: [{on: any, target: sysctl, place: p, key: qq, to: z}]}\n", ACTIONS,
                  "fixes.yaml:3: 'qq' takes no 'place'" },
                { UPDATE "- {id: x, title: \"x\", changes: [{on: any, target: sysctl, key: qq}]}\n", ACTIONS,
                  "fixes.yaml:3: 'qq' needs a value" },
                { UPDATE "- {id: x, title: \"x\", changes: [{on: any, target: command-line, key: ptj}]}\n", ACTIONS,
                  "fixes.yaml:3: unknown parameter 'ptj'" },
                { UPDATE, ACTION("one", "phase: soon"), "guidance/d.yaml:1: 'soon' is not a phase" },
                { UPDATE, ACTION("one", "phase: update, after: [two]") ACTION("two", "phase: update"),
                  "guidance/d.yaml:1: 'one' must come after 'two', which does not come before it" },
                { UPDATE, ACTION("two", "phase: later") ACTION("one", "phase: update, after: [two]"),
                  "guidance/d.yaml:1: 'one' must come after 'two', which does not come before it" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct diag d = { 0 };
                struct catalog c;

                assert_int_equal(compile(&c, &a, rows[i].fixes, rows[i].actions, &d), -1);
                if (strncmp(d.text, rows[i].message, strlen(rows[i].message)) != 0)
                        fail_msg("row %zu: expected '%s', found '%s'", i, rows[i].message, d.text);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fixes),
                cmocka_unit_test(test_helps),
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_refuses),
        };

        return cmocka_run_group_tests_name("compiler_fixes", tests, NULL, NULL);
}
