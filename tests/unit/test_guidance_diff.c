/* guidance: what changed between two revisions: actions that came, went, or read otherwise; not those that only stand there anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guidance/guidance.h"

static struct text all[1], one_fix[1], other_fix[1], two_fixes[2];
static struct fix_step one_step[1], other_step[1], two_steps[2];
static struct revision revisions[2];

static int setup(void **state) {
        (void)state;
        all[0] = as_text(S("all"));
        one_fix[0] = two_fixes[0] = as_text(S("a"));
        other_fix[0] = two_fixes[1] = as_text(S("b"));
        one_step[0].text = two_steps[0].text = two_steps[1].text = as_text(S("do"));
        other_step[0].text = as_text(S("do not"));
        revisions[0].id = as_text(S("r1"));
        revisions[1].id = as_text(S("r2"));
        revisions[0].document = revisions[1].document = as_text(S("d"));
        return 0;
}

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
        return (struct action){ .id = as_text(S("x")), .title = as_text(S("t")), .why = as_text(S("w")), .offerings = as_texts(all, 1),
                                .fixes = as_texts(one_fix, 1), .steps = one_step, .step_count = 1 };
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
        other.title = as_text(S("T"));
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.why = as_text(S("W"));
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.trust = TRUST_UNTRUSTED;
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.fixes = as_texts(other_fix, 1);
        assert_int_equal(changes(plain(), other), 1);
        other = plain(), other.fixes = as_texts(two_fixes, 2);
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
        other.id = as_text(S("y"));
        assert_int_equal(changes(plain(), other), 2);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_alike),
                cmocka_unit_test(test_reads_otherwise),
                cmocka_unit_test(test_came_and_went),
        };

        return cmocka_run_group_tests_name("guidance_diff", tests, setup, NULL);
}
