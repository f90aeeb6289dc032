/* Fixes and the guidance's actions: whose job a fix is follows from what it touches, and an action names fixes that help against
 * the flaws that it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/guidance.h"

/* Who can touch what: a machine's user neither writes microcode nor changes the hypervisor below. */
static void test_owners(void **state) {
        static const struct {
                enum target_kind target;
                enum layer owner;
        } rows[] = { { TARGET_PROVIDER, LAYER_HYPERVISOR }, { TARGET_MICROCODE, LAYER_MICROCODE }, { TARGET_WORKLOAD, LAYER_APPLICATION } };

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.fix_count; i++) {
                const struct fix *fix = &catalog_builtin.fixes[i];
                enum layer owner = LAYER_KERNEL;

                for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
                        if (fix->target == rows[k].target)
                                owner = rows[k].owner;
                if (fix->owner != owner)
                        fail_msg("%.*s is %.*s's, and touches what is %.*s's", STR_ARG(T(fix->id)), STR_ARG(layer_word((enum layer)fix->owner)),
                                 STR_ARG(layer_word(owner)));
        }
        assert_true(catalog_builtin.fix_count > 15);
}

/* ---- Actions ---- */

/* Marks the flaws whose sentence, bit or verdict a condition asks for. */
static void mark(bool *flaws, condition c) {
        const struct node *n = &catalog_builtin.nodes[c];
        const struct fact_def *f = &catalog_builtin.facts[n->fact];

        switch ((enum node_op)n->op) {
        case NODE_TRUE:
        case NODE_CPU_IN:
                return;
        case NODE_AND:
        case NODE_OR:
                mark(flaws, n->b);
                mark(flaws, n->a);
                return;
        case NODE_NOT:
                mark(flaws, n->a);
                return;
        default:
                break;
        }
        if (f->kind == FACT_KIND_DERIVED && f->gate != NO_CONDITION)
                mark(flaws, f->gate);
        if (f->kind == FACT_KIND_AFFECTED || f->kind == FACT_KIND_VERDICT)
                flaws[f->source] = true;
        for (uint32_t i = 0; f->kind == FACT_KIND_SENTENCE && i < catalog_builtin.flaw_count; i++)
                flaws[i] |= catalog_builtin.flaws[i].sentence_file == f->source + 1;
}

static bool helps(const struct flaw *flaw, struct str fix) {
        for (uint32_t i = 0; i < flaw->rule_count; i++)
                if (texts_have(flaw->rules[i].fixes, fix))
                        return true;
        return texts_have(flaw->fixes, fix);
}

static void test_actions(void **state) {
        const struct guidance *g = catalog_builtin.guidance;
        int seen = 0;

        (void)state;
        for (uint32_t i = 0; i < g->action_count; i++) {
                const struct action *a = &g->actions[i];
                bool flaws[256] = { false }, any = false;

                assert_true(catalog_builtin.flaw_count <= 256);
                if (a->needs != NO_CONDITION)
                        mark(flaws, a->needs);
                for (uint32_t k = 0; k < a->done_count; k++)
                        mark(flaws, a->done[k].when);
                for (uint32_t k = 0; k < catalog_builtin.flaw_count; k++)
                        any |= flaws[k];
                for (uint32_t k = 0; any && k < a->fixes.count; k++, seen++) {
                        bool found = false;

                        for (uint32_t m = 0; m < catalog_builtin.flaw_count; m++)
                                found |= flaws[m] && helps(&catalog_builtin.flaws[m], T_AT(a->fixes, k));
                        if (!found)
                                fail_msg("%.*s: '%.*s' helps against none of the flaws that it asks for", STR_ARG(T(a->id)), STR_ARG(T_AT(a->fixes, k)));
                }
        }
        print_message("# %d fixes of actions\n", seen);
        assert_true(seen > 5);
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_owners), cmocka_unit_test(test_actions) };

        return cmocka_run_group_tests_name("fixes", tests, NULL, NULL);
}
