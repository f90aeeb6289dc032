/* cloud: the start-up task's script, and the edit that puts the task into a definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/lint.h"
#include "cloud/script.h"
#include "plan/startup_task.h"

#define NS " xmlns=\"http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition\""

static const struct startup_settings settings = { .override = 0, .mask = 3 };

/* The definition with the task in it. */
static struct str edited(struct arena *a, struct str before, struct str role, int expected) {
        OUT_AUTO struct out o = { 0 };
        struct diag d = { 0 };
        struct csdef c;
        int added;

        assert_int_equal(csdef_parse(&c, a, "s.csdef", before, &d), 0);
        assert_int_equal(startup_task_add(&o, &c, role, &added), 0);
        assert_int_equal(added, expected);
        return str_dup(a, out_text(&o));
}

static void expect_edit(const char *before, const char *after) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = edited(&a, str_of(before), S(""), 1);

        assert_string_equal(str_to_c(&a, text), after);
        assert_true(str_eq(edited(&a, text, S(""), 0), text)); /* a second time changes nothing */
}

#define TASK(nl, in)                                                                                     \
        "<Task commandLine=\"EnableKvaShadow.cmd\" executionContext=\"elevated\" taskType=\"simple\">" nl in \
        "  <Environment>" nl in "    <Variable name=\"ComputeEmulatorRunning\">" nl in                     \
        "      <RoleInstanceValue xpath=\"/RoleEnvironment/Deployment/@emulated\" />" nl in                \
        "    </Variable>" nl in "  </Environment>" nl in "</Task>"

static void test_role_with_children(void **state) {
        (void)state;
        expect_edit("<ServiceDefinition name=\"S\"" NS ">\r\n"
                    "  <WebRole name='A'  vmsize=\"Small\" >\r\n"
                    "    <!-- keep -->\r\n"
                    "    <Endpoints />\r\n"
                    "    <Contents>\r\n    </Contents>\r\n"
                    "  </WebRole>\r\n"
                    "</ServiceDefinition>",
                    "<ServiceDefinition name=\"S\"" NS ">\r\n"
                    "  <WebRole name='A'  vmsize=\"Small\" >\r\n"
                    "    <!-- keep -->\r\n"
                    "    <Endpoints />\r\n"
                    "    <Startup>\r\n      " TASK("\r\n", "      ") "\r\n    </Startup>\r\n"
                    "    <Contents>\r\n    </Contents>\r\n"
                    "  </WebRole>\r\n"
                    "</ServiceDefinition>");
}

static void test_startup_with_tasks(void **state) {
        (void)state;
        expect_edit("<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\">\n    <Startup priority=\"1\">\n"
                    "      <Task commandLine=\"a.cmd\" />\n    </Startup>\n  </WorkerRole>\n</ServiceDefinition>\n",
                    "<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\">\n    <Startup priority=\"1\">\n"
                    "      " TASK("\n", "      ") "\n"
                    "      <Task commandLine=\"a.cmd\" />\n    </Startup>\n  </WorkerRole>\n</ServiceDefinition>\n");
}

static void test_empty_elements(void **state) {
        (void)state;
        expect_edit("<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\" />\n</ServiceDefinition>",
                    "<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\">\n    <Startup>\n      " TASK("\n", "      ")
                    "\n    </Startup>\n  </WorkerRole>\n</ServiceDefinition>");
        expect_edit("<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\"></WorkerRole>\n</ServiceDefinition>",
                    "<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\">\n    <Startup>\n      " TASK("\n", "      ")
                    "\n    </Startup>\n  </WorkerRole>\n</ServiceDefinition>");
        expect_edit("<ServiceDefinition" NS
                    ">\n  <WorkerRole name=\"A\">\n    <Startup/>\n  </WorkerRole>\n</ServiceDefinition>",
                    "<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\">\n    <Startup>\n      " TASK(
                            "\n", "      ") "\n    </Startup>\n  </WorkerRole>\n</ServiceDefinition>");
        expect_edit("<ServiceDefinition" NS
                    ">\n  <WorkerRole name=\"A\">\n    <Startup>\n    </Startup>\n  </WorkerRole>\n"
                    "</ServiceDefinition>",
                    "<ServiceDefinition" NS ">\n  <WorkerRole name=\"A\">\n    <Startup>\n      " TASK(
                            "\n", "      ") "\n    </Startup>\n  </WorkerRole>\n</ServiceDefinition>");
}

static void test_one_line(void **state) {
        (void)state;
        expect_edit("<ServiceDefinition" NS "><WebRole name=\"A\"><Sites/></WebRole></ServiceDefinition>",
                    "<ServiceDefinition" NS "><WebRole name=\"A\"><Sites/><Startup>"
                    "<Task commandLine=\"EnableKvaShadow.cmd\" executionContext=\"elevated\" taskType=\"simple\"><Environment>"
                    "<Variable name=\"ComputeEmulatorRunning\"><RoleInstanceValue "
                    "xpath=\"/RoleEnvironment/Deployment/@emulated\" /></Variable></Environment></Task></Startup></WebRole>"
                    "</ServiceDefinition>");
}

static void test_tabs_and_prefix(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = edited(&a,
                                 S("\xef\xbb\xbf<d:ServiceDefinition xmlns:d=\"urn:x\">\n\t<d:WebRole name=\"A\">\n\t\t"
                                   "<d:Sites/>\n\t</d:WebRole>\n</d:ServiceDefinition>"),
                                 S("a"), 1);

        (void)state;
        assert_true(str_starts(text, S("\xef\xbb\xbf<d:Service")));
        assert_true(str_find(text, S("<d:Sites/>\n\t\t<d:Startup>\n\t\t\t<d:Task command")) > 0);
        assert_true(str_find(text, S("\n\t\t\t\t\t\t<d:RoleInstanceValue")) > 0);
        assert_true(str_find(text, S("\n\t\t</d:Startup>\n\t</d:WebRole>")) > 0);
}

/* Each role, or the one that is named. */
static void test_roles(void **state) {
        static const struct str two =
                STR("<ServiceDefinition" NS ">\n  <WebRole name=\"A\" />\n  <WorkerRole name=\"B\">\n"
                    "    <Runtime />\n  </WorkerRole>\n</ServiceDefinition>\n");
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct diag d = { 0 };
        struct csdef c;
        int added;

        (void)state;
        assert_true(str_starts(edited(&a, two, S("B"), 1),
                               S("<ServiceDefinition" NS ">\n  <WebRole name=\"A\" />\n  <Worker")));
        assert_int_equal(csdef_parse(&c, &a, "s", edited(&a, two, S(""), 2), &d), 0);
        assert_int_equal(c.roles[0].task_count, 1);
        assert_int_equal(c.roles[1].task_count, 1);
        assert_true(c.roles[1].tasks[0].knows_emulator);
        assert_int_equal(startup_task_add(&o, &c, S("C"), &added), 1);
}

static struct str widen(struct arena *a, struct str s, bool big) {
        char *p = arena_bytes(a, 2 * s.len + 2);

        memcpy(p, big ? "\xfe\xff" : "\xff\xfe", 2);
        for (ptrdiff_t i = 0; i < s.len; i++) {
                p[2 + 2 * i + big] = s.p[i];
                p[2 + 2 * i + !big] = 0;
        }
        return str_n(p, 2 * s.len + 2);
}

static void test_utf16(void **state) {
        static const struct str text =
                STR("<ServiceDefinition" NS ">\r\n  <WebRole name=\"A\">\r\n    <Sites />\r\n  </WebRole>\r\n"
                    "  <WebRole name=\"B\" />\r\n</ServiceDefinition>");
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (int big = 0; big < 2; big++)
                assert_true(
                        str_eq(edited(&a, widen(&a, text, big), S(""), 2), widen(&a, edited(&a, text, S(""), 2), big)));
}

/* The script does what the linter asks for. */
static void test_script(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct str line, rest;
        struct script s;

        (void)state;
        startup_task_script(&o, &settings);
        script_read(&s, &a, out_text(&o));
        assert_true(script_turns_on(&s));
        assert_false(script_turns_off(&s) || s.wrong_key || s.marked);
        assert_true(s.reboot_line > 0 && s.reboot_guarded && s.ends_zero && s.reads_emulated);
        assert_int_equal(s.asks_line, 0);
        assert_int_equal(s.fails_line, 0);
        for (rest = out_text(&o); str_cut(&rest, '\n', &line);)
                assert_true(str_ends(line, S("\r")));
        for (ptrdiff_t i = 0; i < o.len; i++)
                assert_true((unsigned char)o.p[i] < 0x80);
}

static void test_values(void **state) {
        OUT_AUTO struct out o = { 0 };

        (void)state;
        startup_task_script(&o, &(struct startup_settings){ .override = 0x800048, .mask = 3 });
        assert_true(str_find(out_text(&o), S("/v FeatureSettingsOverride /t REG_DWORD /d 0x800048 /f")) > 0);
        assert_true(str_find(out_text(&o), S("WANTED=0x800048/0x3")) > 0);
        assert_int_equal(str_find(out_text(&o), S("_HEX")), -1);
}

/* As a step of a plan: scripts first, the definition behind them, in the guidance's words; taken back byte for byte. */
static void test_step(void **state) {
        static const char before[] = "<ServiceDefinition name=\"S\"" NS ">\n  <WorkerRole name=\"A\"/>\n  <WorkerRole name=\"B\"/>\n"
                                     "</ServiceDefinition>\n";
        static const struct str scripts[] = { STR("A/run.cmd"), STR("A/run.cmd") };
        ARENA_AUTO struct arena a = { 0 };
        struct startup_request request = { .scripts = scripts, .settings = settings };
        struct diag d = { 0 };
        struct change undo;
        struct csdef c;
        struct step step;

        (void)state;
        assert_int_equal(csdef_parse(&c, &a, "s.csdef", S(before), &d), 0);
        request.definition = &c;
        assert_int_equal(startup_task_step(&step, &a, &catalog_builtin, &request), 0);
        assert_int_equal(step.status, ACTION_TODO);
        assert_int_equal(step.changes.count, 2); /* one script for two roles */
        assert_true(str_eq(step.changes.items[0].target.place, S("A/run.cmd")) && step.changes.items[0].was == FACT_UNREAD);
        assert_true(str_eq(step.changes.items[1].target.place, S("s.csdef")) && step.changes.items[1].edit == EDIT_WRITE_FILE);
        assert_false(change_undo(&undo, &step.changes.items[0])); /* what stood there was not read */
        assert_true(change_undo(&undo, &step.changes.items[1]));
        assert_true(str_eq(undo.new, S(before)) && str_eq(undo.old, step.changes.items[1].new));
        assert_true(str_find(step.title, S("startup task")) >= 0);
        assert_int_equal(csdef_parse(&c, &a, "s.csdef", step.changes.items[1].new, &d), 0);
        assert_int_equal(startup_task_step(&step, &a, &catalog_builtin, &request), 0);
        assert_int_equal(step.status, ACTION_DONE);
        assert_int_equal(step.changes.count, 1);
        request.role = S("C");
        assert_int_equal(startup_task_step(&step, &a, &catalog_builtin, &request), 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_step), cmocka_unit_test(test_role_with_children), cmocka_unit_test(test_startup_with_tasks),
                cmocka_unit_test(test_empty_elements), cmocka_unit_test(test_one_line),
                cmocka_unit_test(test_tabs_and_prefix), cmocka_unit_test(test_roles), cmocka_unit_test(test_utf16),
                cmocka_unit_test(test_script), cmocka_unit_test(test_values),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
