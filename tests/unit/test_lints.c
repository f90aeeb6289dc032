/* cloud: lints.txt holds services and everything that the linter says of each, no more and no less.
 *
 *      ATTRIBUTES OF THE CONFIGURATION | DAY | CODE THAT IS NOT TRUSTED: yes, no, unknown | INSIDE THE ROLE
 *      > a line of the script that its task runs
 *              rule level line:column message
 *
 * `test_lints fix` writes what is said, for review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cloud/lint.h"
#include "near.h"
#include "table.h"

static const char cscfg_text[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ServiceConfiguration serviceName=\"Shop\" "
                                 "xmlns=\"http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration\" %.*s>\n"
                                 "  <Role name=\"Front\">\n    <Instances count=\"2\" />\n  </Role>\n</ServiceConfiguration>\n";
static const char csdef_text[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ServiceDefinition name=\"Shop\" "
                                 "xmlns=\"http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition\">\n"
                                 "  <WebRole name=\"Front\" vmsize=\"Small\">\n%.*s\n  </WebRole>\n</ServiceDefinition>\n";

static bool read_script(void *arg, struct arena *a, const char *path, struct str *ret) {
        (void)a;
        (void)path;
        *ret = *(struct str *)arg;
        return ret->len > 0;
}

static void say(struct out *o, struct arena *a, struct str row, struct str script) {
        struct str attributes = table_cell(&row), day = table_cell(&row), trust = table_cell(&row), inside = table_cell(&row);
        struct lint_options how = { .catalog = &catalog_builtin, .as_of = day, .read = read_script, .read_arg = &script,
                                    .untrusted = str_eq(trust, S("yes")) ? TRI_TRUE : str_eq(trust, S("no")) ? TRI_FALSE : TRI_UNKNOWN };
        struct cscfg c;
        struct csdef d;
        struct lint_input in = { .cscfgs = &c, .cscfg_count = 1, .csdefs = &d, .csdef_count = 1 };
        struct remarks found = { 0 };
        struct diag failed = { 0 };

        if (cscfg_parse(&c, a, "a.cscfg", str_fmt(a, cscfg_text, STR_ARG(attributes)), false, &failed) < 0 ||
            csdef_parse(&d, a, "a.csdef", str_fmt(a, csdef_text, STR_ARG(inside)), &failed) < 0) {
                out_fmt(o, "        refused: %s\n", failed.text);
                return;
        }
        lint_services(&found, a, &in, &how);
        for (ptrdiff_t i = 0; i < found.count; i++) {
                const struct remark *f = &found.items[i];

                out_fmt(o, "        %s %s %s:%ld:%ld %.*s: %.*s\n", f->rule->id, remark_level_word(f->level), f->file, f->line, f->column,
                        STR_ARG(f->element), STR_ARG(f->message));
        }
}

static int should_be(struct out *o, struct arena *unused, struct str text) {
        struct str line;
        int count = 0;

        (void)unused;
        while (str_line(&text, &line)) {
                ARENA_AUTO struct arena a = { 0 };
                struct str script = { .p = "" }, rest = text, next;

                if (str_starts(line, S("        ")))
                        continue; /* what was said */
                out_fmt(o, "%.*s\n", STR_ARG(line));
                if (line.len == 0 || line.p[0] == '#')
                        continue;
                while (str_line(&rest, &next) && str_starts(next, S("> "))) {
                        out_fmt(o, "%.*s\n", STR_ARG(next));
                        script = str_fmt(&a, "%.*s%.*s\r\n", STR_ARG(script), STR_ARG(str_from(next, 2)));
                        text = rest;
                }
                say(o, &a, line, script);
                count++;
        }
        return count;
}

static const struct table table = { SOURCE_ROOT "/tests/unit/lints.txt", 40, should_be };

static void test_lints(void **state) {
        (void)state;
        table_hold(&table);
}

static void put_lint(struct out *o, struct arena *a, struct str row) {
        say(o, a, row, S(""));
}

static int near_should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return near_rows(o, text, table.path, 0, put_lint);
}

int main(int argc, char **argv) {
        static const struct table near = { SOURCE_ROOT "/tests/unit/lints-near.txt", 40, near_should_be };
        int ret;
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_lints) };

        if (near_main(argc, argv, &near, &ret))
                return ret;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("lints", tests, NULL, NULL);
}
