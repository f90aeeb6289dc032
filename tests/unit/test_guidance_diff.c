/* guidance: what changed between two revisions: actions that came, went, or read otherwise; not those that only stand there anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guidance/guidance.h"

static const struct str all[] = { STR("all") }, one_fix[] = { STR("a") }, other_fix[] = { STR("b") }, two_fixes[] = { STR("a"), STR("b") };
static const struct fix_step one_step[] = { { .text = STR("do") } }, other_step[] = { { .text = STR("do not") } },
                             two_steps[] = { { .text = STR("do") }, { .text = STR("do") } };
static const struct revision revisions[] = { { .id = STR("r1"), .document = STR("d") }, { .id = STR("r2"), .document = STR("d") } };

/* How many changes there are between the revisions when the first has one action and the second the other. */
static ptrdiff_t changes(struct action was, struct action is) {
        ARENA_AUTO struct arena a = { 0 };
        struct action *actions = arena_array(&a, struct action, 2);
        const struct guidance g = { .revisions = revisions, .revision_count = 2, .actions = actions, .action_count = 2 };
        struct guidance_changes found;

        was.until = is.from = 1;
        is.until = 2;
        actions[0] = was;
        actions[1] = is;
        guidance_diff(&found, &a, &g, &revisions[0], &revisions[1], NULL);
        for (ptrdiff_t i = 0; i < found.count; i++)
                assert_ptr_equal(found.items[i].shown, found.items[i].after ? found.items[i].after : found.items[i].before);
        return found.count;
}

static struct action plain(void) {
        return (struct action){ .id = STR("x"), .title = STR("t"), .why = STR("w"), .offerings = { all, 1 }, .fixes = { one_fix, 1 },
                                .steps = one_step, .step_count = 1 };
}

static void test_alike(void **state) {
        struct action other = plain();

        (void)state;
        assert_int_equal(changes(plain(), other), 0);
        other.needs = 7; /* how it is seen to be done is no matter of the text */
        assert_int_equal(changes(plain(), other), 0);
}

static void test_reads_otherwise(void **state) {
        struct action other = plain();

        (void)state;
        other.title = S("T");
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.why = S("W");
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.trust = TRUST_UNTRUSTED;
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.fixes = (struct str_list){ other_fix, 1 };
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.fixes = (struct str_list){ two_fixes, 2 };
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.steps = other_step;
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.steps = two_steps, other.step_count = 2;
        assert_int_equal(changes(plain(), other), 1);
}

/* Another id: one went, one came. */
static void test_came_and_went(void **state) {
        struct action other = plain();

        (void)state;
        other.id = S("y");
        assert_int_equal(changes(plain(), other), 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_alike),
                cmocka_unit_test(test_reads_otherwise),
                cmocka_unit_test(test_came_and_went),
        };

        return cmocka_run_group_tests_name("guidance_diff", tests, NULL, NULL);
}
