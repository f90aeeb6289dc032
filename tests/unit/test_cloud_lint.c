/* cloud: reading .cscfg and .csdef, and what the linter says of them. The files are made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/lint_report.h"

#define CSCFG_NS " xmlns=\"http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceConfiguration\""
#define CSDEF_NS " xmlns=\"http://schemas.microsoft.com/ServiceHosting/2008/10/ServiceDefinition\""
#define DECLARATION "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
#define CSCFG(attributes)                                                                  \
        DECLARATION "<ServiceConfiguration serviceName=\"Shop\"" CSCFG_NS " " attributes ">\n" \
                    "  <Role name=\"Front\">\n    <Instances count=\"2\" />\n  </Role>\n</ServiceConfiguration>\n"
#define CSDEF(inside)                                                 \
        DECLARATION "<ServiceDefinition name=\"Shop\"" CSDEF_NS ">\n" \
                    "  <WebRole name=\"Front\" vmsize=\"Small\">\n" inside "  </WebRole>\n</ServiceDefinition>\n"
#define STARTUP(task) "    <Startup>\n      " task "\n    </Startup>\n"
#define KEY "\"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\""
#define ADD_BOTH                                                                       \
        "reg add " KEY " /v FeatureSettingsOverride /t REG_DWORD /d 0 /f\r\n"          \
        "reg add " KEY " /v FeatureSettingsOverrideMask /t REG_DWORD /d 3 /f\r\n"
#define GOOD_SCRIPT                                                                    \
        "if \"%EMULATED%\"==\"true\" exit /b 0\r\n" ADD_BOTH                           \
        "if not exist c:\\done shutdown /r /t 0\r\nexit /b 0\r\n"
#define GOOD_TASK "<Task commandLine=\"kva.cmd\" executionContext=\"elevated\" taskType=\"simple\" />"

/* One linter run over a configuration, a definition and a script, each of which may be NULL. */
struct run {
        struct arena a;
        struct remarks f;
        struct cscfg c;
        struct csdef d;
        const char *script;
        const char *script_path; /* the only path under which the script is found; NULL: any */
        struct out *asked;       /* for which paths it was looked, a line each; may be NULL */
};

static bool read_script(void *arg, struct arena *a, const char *path, struct str *ret) {
        struct run *r = arg;

        (void)a;
        if (r->asked)
                out_fmt(r->asked, "%s\n", path);
        if (!r->script || (r->script_path && strcmp(path, r->script_path) != 0))
                return false;
        *ret = str_of(r->script);
        return true;
}

static void lint_at(struct run *r, const char *cscfg, const char *csdef, const char *as_of, enum tri untrusted) {
        struct lint_options o = { .catalog = &catalog_builtin, .as_of = str_of(as_of), .untrusted = untrusted, .read = read_script, .read_arg = r };
        struct lint_input in = { .cscfgs = &r->c, .csdefs = &r->d };
        struct diag d = { 0 };

        arena_free(&r->a);
        r->f = (struct remarks){ 0 };
        if (cscfg) {
                assert_int_equal(
                        cscfg_parse(&r->c, &r->a, "shop/ServiceConfiguration.Cloud.cscfg", str_of(cscfg), false, &d),
                        0);
                in.cscfg_count = 1;
        }
        if (csdef) {
                assert_int_equal(csdef_parse(&r->d, &r->a, "shop/ServiceDefinition.csdef", str_of(csdef), &d), 0);
                in.csdef_count = 1;
        }
        lint_services(&r->f, &r->a, &in, &o);
}

static const struct remark *find(const struct run *r, const char *rule) {
        for (ptrdiff_t i = 0; i < r->f.count; i++)
                if (strcmp(r->f.items[i].rule->id, rule) == 0)
                        return &r->f.items[i];
        return NULL;
}

#define EXPECT(r, rule, its_level) \
        do { \
                assert_non_null(find(r, rule)); \
                assert_int_equal(find(r, rule)->level, REMARK_##its_level); \
        } while (0)
#define EXPECT_NOT(r, rule) assert_null(find(r, rule))

static void lint_cscfg(struct run *r, const char *cscfg, const char *as_of) {
        lint_at(r, cscfg, NULL, as_of, TRI_FALSE);
}

static void lint_task(struct run *r, const char *task, const char *script) {
        OUT_AUTO struct out csdef = { 0 };

        r->script = script;
        out_fmt(&csdef, CSDEF(STARTUP("%s")), task);
        out_char(&csdef, 0);
        lint_at(r, CSCFG("osFamily=\"5\" osVersion=\"*\""), csdef.p, "2018-01-12", TRI_TRUE);
}

static void test_guest_os_good(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_at(&r, CSCFG("osFamily=\"5\" osVersion=\"*\" schemaVersion=\"2015-04.2.6\""), CSDEF(""), "2018-01-12",
                TRI_FALSE);
        assert_int_equal(r.f.count, 0);
        lint_at(&r, CSCFG("osFamily=\"4\""), CSDEF(""), "2018-01-12", TRI_FALSE);
        assert_int_equal(r.f.count, 0);
        arena_free(&r.a);
}

static void test_guest_os_pinned(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.14_201712-01\""), "2018-01-12");
        EXPECT(&r, "guest-os-unfixed", ERROR);
        EXPECT(&r, "guest-os-pinned", NOTE);
        EXPECT(&r, "guest-os-old", WARNING);
        assert_int_equal(find(&r, "guest-os-unfixed")->line, 2);
        assert_true(str_eq(find(&r, "guest-os-unfixed")->element, S("ServiceConfiguration")));
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.15_201801-01\""), "2018-01-12");
        EXPECT_NOT(&r, "guest-os-unfixed");
        EXPECT_NOT(&r, "guest-os-old");
        EXPECT(&r, "guest-os-pinned", NOTE);
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.15_201801-01\""), "2018-05-01");
        EXPECT(&r, "guest-os-disabled", WARNING);
        EXPECT(&r, "guest-os-old", WARNING);
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.20_201806-01\""), "2018-01-12");
        EXPECT(&r, "guest-os-early", WARNING);
        arena_free(&r.a);
}

static void test_guest_os_names(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"5.15\""), "2018-01-12");
        EXPECT(&r, "guest-os-name", ERROR);
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-4.50_201801-01\""), "2018-01-12");
        EXPECT(&r, "guest-os-family", ERROR);
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.15_201801-02\""), "2018-01-12");
        EXPECT(&r, "guest-os-unlisted", WARNING);
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.115_202602-01\""), "2026-04-01");
        EXPECT(&r, "guest-os-list-old", NOTE); /* newer than the list: no fault */
        EXPECT_NOT(&r, "guest-os-unlisted");
        EXPECT_NOT(&r, "guest-os-old");
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.115_202602-01\""), "2026-07-01");
        EXPECT(&r, "guest-os-old", WARNING); /* its updates are older than three months, listed or not */
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.112_202511-01\""), "2026-07-17");
        EXPECT(&r, "guest-os-old", WARNING);
        EXPECT(&r, "guest-os-list-old", NOTE);
        lint_cscfg(&r, CSCFG("osFamily=\"5\" osVersion=\"WA-GUEST-OS-5.112_202511-01\""), "2026-02-01");
        EXPECT_NOT(&r, "guest-os-old"); /* the newest then, by a list that was fresh */
        EXPECT_NOT(&r, "guest-os-list-old");
        lint_cscfg(&r, CSCFG("osFamily=\"7\" osVersion=\"WA-GUEST-OS-7.32_202309-01\""), "2024-01-01");
        EXPECT(&r, "guest-os-disabled", WARNING); /* withdrawn on 8 December 2023 */
        lint_cscfg(&r, CSCFG("osVersion=\"WA-GUEST-OS-4.49_201712-01\""), "2018-01-12");
        EXPECT(&r, "os-family-missing", ERROR);
        EXPECT(&r, "guest-os-unfixed", ERROR);
        arena_free(&r.a);
}

static void test_families(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_cscfg(&r, CSCFG(""), "2018-01-12");
        EXPECT(&r, "os-family-missing", ERROR);
        lint_cscfg(&r, CSCFG("osFamily=\"1\" osVersion=\"*\""), "2018-01-12");
        EXPECT(&r, "os-family-retired", ERROR);
        lint_cscfg(&r, CSCFG("osFamily=\"4\" osVersion=\"*\""), "2026-01-01");
        EXPECT(&r, "os-family-retired", ERROR);
        lint_cscfg(&r, CSCFG("osFamily=\"9\" osVersion=\"*\""), "2026-01-01");
        EXPECT(&r, "os-family-unknown", WARNING);
        lint_cscfg(&r, CSCFG("osFamily=\"five\" osVersion=\"*\""), "2026-01-01");
        EXPECT(&r, "os-family-unknown", WARNING);
        arena_free(&r.a);
}

/* Windows Server 2012 had no KVA shadowing in January 2018. */
static void test_family_3(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_at(&r, CSCFG("osFamily=\"3\" osVersion=\"*\""), NULL, "2018-01-12", TRI_TRUE);
        EXPECT(&r, "kva-impossible", ERROR);
        lint_at(&r, CSCFG("osFamily=\"3\" osVersion=\"*\""), NULL, "2018-01-12", TRI_UNKNOWN);
        EXPECT(&r, "kva-impossible", NOTE);
        lint_at(&r, CSCFG("osFamily=\"3\" osVersion=\"*\""), NULL, "2018-01-12", TRI_FALSE);
        EXPECT_NOT(&r, "kva-impossible");
        lint_at(&r, CSCFG("osFamily=\"3\" osVersion=\"WA-GUEST-OS-3.57_201801-01\""), NULL, "2018-02-01", TRI_TRUE);
        EXPECT(&r, "guest-os-unfixed", ERROR);
        EXPECT(&r, "kva-impossible", ERROR);
        lint_at(&r, CSCFG("osFamily=\"3\" osVersion=\"*\""), NULL, "2020-01-01", TRI_TRUE);
        EXPECT(&r, "guest-os-unproved", WARNING);
        EXPECT_NOT(&r, "kva-impossible");
        arena_free(&r.a);
}

/* Before January 2018 no family had it: nobody is told to move to another one. */
static void test_not_yet(void **state) {
        static const char *const families[] = { CSCFG("osFamily=\"2\" osVersion=\"*\""), CSCFG("osFamily=\"3\" osVersion=\"*\""),
                                                CSCFG("osFamily=\"4\" osVersion=\"*\""), CSCFG("osFamily=\"5\" osVersion=\"*\"") };
        struct run r = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
                lint_at(&r, families[i], NULL, "2017-12-01", TRI_TRUE);
                EXPECT(&r, "kva-not-yet", ERROR);
                EXPECT_NOT(&r, "kva-impossible");
                lint_at(&r, families[i], NULL, "2017-12-01", TRI_FALSE);
                EXPECT_NOT(&r, "kva-not-yet");
                lint_at(&r, families[i], NULL, "2018-02-12", TRI_TRUE);
                EXPECT_NOT(&r, "kva-not-yet");
        }
        arena_free(&r.a);
}

static void test_names_and_roles(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_at(&r, "<ServiceConfiguration serviceName=\"Stop\" osFamily=\"5\"" CSCFG_NS ">"
                    "<Role name=\"Back\"><Instances count=\"2\"/></Role></ServiceConfiguration>",
                CSDEF(""), "2018-01-12", TRI_FALSE);
        EXPECT(&r, "service-name", ERROR);
        EXPECT(&r, "role-undefined", ERROR);
        EXPECT(&r, "role-unconfigured", ERROR);
        lint_at(&r, "<ServiceConfiguration serviceName=\"Shop\" osFamily=\"5\">"
                    "<Role name=\"Front\"><Instances count=\"1\"/></Role><Role name=\"Front\"/><Role/></ServiceConfiguration>",
                CSDEF(""), "2018-01-12", TRI_FALSE);
        EXPECT(&r, "xml-namespace", WARNING);
        EXPECT(&r, "role-duplicate", ERROR);
        EXPECT(&r, "role-instances", WARNING);
        EXPECT(&r, "role-nameless", ERROR);
        EXPECT(&r, "single-instance", NOTE);
        lint_at(&r, NULL, CSDEF(""), "2018-01-12", TRI_FALSE);
        EXPECT(&r, "no-configuration", WARNING);
        lint_at(&r, CSCFG("osFamily=\"5\""), NULL, "2018-01-12", TRI_FALSE);
        EXPECT(&r, "no-definition", NOTE);
        arena_free(&r.a);
}

/* Several configurations and services in one folder find their definitions; each role is judged by itself. */
static void test_many(void **state) {
        struct run r = { 0 };
        struct cscfg c[3];
        struct csdef d[2];
        struct lint_input in = { .cscfgs = c, .cscfg_count = 3, .csdefs = d, .csdef_count = 2 };
        struct lint_options o = { .catalog = &catalog_builtin, .as_of = S("2018-01-12"), .untrusted = TRI_TRUE };
        struct diag diag = { 0 };
        static const char other[] = "<ServiceDefinition name=\"Other\"" CSDEF_NS "><WorkerRole name=\"A\"/>\n"
                                    "<WebRole name=\"B\"><Startup>" GOOD_TASK "</Startup></WebRole>\n"
                                    "<WorkerRole name=\"Stopped\"/></ServiceDefinition>";
        static const char other_cfg[] = "<ServiceConfiguration serviceName=\"Other\" osFamily=\"6\"" CSCFG_NS ">"
                                        "<Role name=\"A\"><Instances count=\"2\"/></Role><Role name=\"B\"><Instances count=\"2\"/>"
                                        "</Role><Role name=\"Stopped\"><Instances count=\"0\"/></Role></ServiceConfiguration>";

        (void)state;
        assert_int_equal(cscfg_parse(&c[0], &r.a, "ServiceConfiguration.Cloud.cscfg", str_of(CSCFG("osFamily=\"5\"")),
                                     false, &diag),
                         0);
        assert_int_equal(cscfg_parse(&c[1], &r.a, "ServiceConfiguration.Local.cscfg", str_of(CSCFG("osFamily=\"5\"")),
                                     false, &diag),
                         0);
        assert_int_equal(cscfg_parse(&c[2], &r.a, "Other.cscfg", str_of(other_cfg), false, &diag), 0);
        assert_int_equal(csdef_parse(&d[0], &r.a, "Other.csdef", str_of(other), &diag), 0);
        assert_int_equal(csdef_parse(&d[1], &r.a, "Shop.csdef", str_of(CSDEF("")), &diag), 0);
        lint_services(&r.f, &r.a, &in, &o);
        EXPECT_NOT(&r, "service-name");
        EXPECT_NOT(&r, "role-undefined");
        EXPECT(&r, "kva-task-missing", ERROR);
        assert_string_equal(find(&r, "kva-task-missing")->file, "Shop.csdef");
        EXPECT(&r, "bti-task-missing", WARNING); /* family 6 has KVA shadowing on by itself */
        assert_true(str_eq(find(&r, "bti-task-missing")->element, S("ServiceDefinition/WorkerRole[@name='A']")));
        EXPECT(&r, "kva-task-unseen", WARNING);
        assert_int_equal(find(&r, "kva-task-unseen")->line, 2);
        EXPECT(&r, "role-stopped", NOTE);
        assert_int_equal(remarks_count(&r.f, REMARK_ERROR), 1);
        arena_free(&r.a);
}

static void test_untrusted(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_at(&r, CSCFG("osFamily=\"5\""), CSDEF("<Runtime executionContext=\"elevated\" />"), "2018-01-12",
                TRI_TRUE);
        EXPECT(&r, "kva-task-missing", ERROR);
        EXPECT(&r, "runtime-elevated", WARNING);
        lint_at(&r, CSCFG("osFamily=\"5\""), CSDEF("<Runtime executionContext=\"elevated\" />"), "2018-01-12",
                TRI_UNKNOWN);
        EXPECT(&r, "kva-task-missing", NOTE);
        EXPECT(&r, "runtime-elevated", NOTE);
        lint_at(&r, CSCFG("osFamily=\"5\""), CSDEF("<Runtime executionContext=\"elevated\" />"), "2018-01-12",
                TRI_FALSE);
        assert_int_equal(r.f.count, 0);
        lint_at(&r, CSCFG("osFamily=\"5\""), CSDEF("<Imports><Import moduleName=\"RemoteAccess\"/></Imports>"),
                "2019-01-01", TRI_UNKNOWN);
        EXPECT(&r, "remote-access", NOTE);
        arena_free(&r.a);
}

/* Beside the definition, in the role's project, in its content, by its bare name; and nowhere above. In small letters: Windows does not tell
 * them apart. */
static void test_places(void **state) {
        static const struct {
                const char *command, *asked;
        } rows[] = {
                { "..\\Startup\\kva.cmd", "shop/startup/kva.cmd\nshop/Front/startup/kva.cmd\nshop/../Front/startup/kva.cmd\n"
                                          "shop/FrontContent/startup/kva.cmd\nshop/Front/bin/startup/kva.cmd\nkva.cmd\n" },
                { "bin\\kva.cmd", "shop/kva.cmd\nshop/Front/kva.cmd\nshop/../Front/kva.cmd\nshop/FrontContent/kva.cmd\nshop/Front/bin/kva.cmd\nkva.cmd\n" },
                { "..\\..\\kva.cmd", "" },
                { "c:\\kva.cmd", "" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                OUT_AUTO struct out asked = { 0 };
                struct run r = { .asked = &asked };

                lint_task(&r, str_to_c(&a, str_fmt(&a, "<Task commandLine=\"%s\" executionContext=\"elevated\" taskType=\"simple\" />", rows[i].command)),
                          NULL);
                if (!str_eq(out_text(&asked), str_of(rows[i].asked)))
                        fail_msg("%s: asked for\n%.*s", rows[i].command, STR_ARG(out_text(&asked)));
                arena_free(&r.a);
        }
}

static void test_task_good(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_task(&r, GOOD_TASK, GOOD_SCRIPT);
        assert_int_equal(r.f.count, 0);
        lint_task(&r, "<Task commandLine=\"kva.cmd &gt; log.txt\" executionContext=\"elevated\" />", GOOD_SCRIPT);
        assert_int_equal(r.f.count, 0); /* simple is the default; redirects are escaped */
        lint_task(&r, GOOD_TASK, "set K=" KEY "\r\nset V=FeatureSettingsOverride\r\n"
                                 "REG.EXE ADD %K% /V %V% /T REG_DWORD /D 0x48 /F\r\n"
                                 "%windir%\\system32\\reg.exe add %K% /f /v FeatureSettingsOverrideMask /t REG_DWORD /d 3\r\n"
                                 "if defined emulated exit 0\r\nif errorlevel 1 shutdown -r -t 0\r\nexit /b 0");
        assert_int_equal(r.f.count, 0);
        lint_task(&r, GOOD_TASK, "if defined emulated exit 0\r\nreg add " KEY " ^\r\n  /v FeatureSettingsOverride ^\r\n  /t REG_DWORD /d 0 /f\r\n"
                                 "reg add " KEY "`\r\n/v FeatureSettingsOverrideMask /t REG_DWORD /d 3 /f\r\n"
                                 "if errorlevel 1 shutdown -r -t 0\r\nexit /b 0");
        assert_int_equal(r.f.count, 0); /* lines that go on in the next one */
        arena_free(&r.a);
}

static void test_task_wrong(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_task(&r, "<Task commandLine=\"kva.cmd\" />", GOOD_SCRIPT);
        EXPECT(&r, "kva-task-limited", ERROR);
        assert_int_equal(find(&r, "kva-task-limited")->line, 5);
        assert_true(str_eq(find(&r, "kva-task-limited")->element,
                           S("ServiceDefinition/WebRole[@name='Front']/Startup/Task")));
        lint_task(&r, "<Task commandLine=\"kva.cmd\" executionContext=\"elevated\" taskType=\"background\" />",
                  GOOD_SCRIPT);
        EXPECT(&r, "kva-task-async", ERROR);
        lint_task(&r, "<Task commandLine=\"kva.cmd\" executionContext=\"elevated\" taskType=\"foreground\" />",
                  GOOD_SCRIPT);
        EXPECT(&r, "kva-task-async", ERROR);
        r.script = GOOD_SCRIPT; /* no untrusted code: how the task runs is a choice */
        lint_at(&r, NULL, CSDEF(STARTUP("<Task commandLine=\"kva.cmd\" executionContext=\"limited\" taskType=\"background\" />")), "2018-01-12", TRI_FALSE);
        EXPECT(&r, "kva-task-async", NOTE);
        EXPECT(&r, "kva-task-limited", NOTE);
        lint_task(&r, "<Task commandLine=\"kva.cmd\" executionContext=\"admin\" taskType=\"easy\" />", GOOD_SCRIPT);
        EXPECT(&r, "task-type", ERROR);
        EXPECT(&r, "execution-context", ERROR);
        lint_task(&r, "<Task executionContext=\"elevated\" />", NULL);
        EXPECT(&r, "task-command", ERROR);
        EXPECT(&r, "kva-task-missing", ERROR);
        arena_free(&r.a);
}

static void test_script_wrong(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_task(&r, GOOD_TASK, "reg add " KEY " /v FeatureSettingsOverride /t REG_DWORD /d 0 /f\nexit /b 0\n");
        EXPECT(&r, "kva-task-half", ERROR);
        EXPECT(&r, "kva-task-no-reboot", WARNING);
        EXPECT(&r, "task-emulator", NOTE);
        lint_task(&r, GOOD_TASK, "reg add " KEY " /v FeatureSettingsOverride /t REG_DWORD /d 3 /f\n"
                                 "reg add " KEY " /v FeatureSettingsOverrideMask /t REG_DWORD /d 3 /f\n");
        EXPECT(&r, "kva-task-off", ERROR);
        EXPECT(&r, "task-exit-code", WARNING);
        lint_task(&r, GOOD_TASK, "reg add HKLM\\SOFTWARE\\X /v FeatureSettingsOverride /t REG_DWORD /d 0 /f\n");
        EXPECT(&r, "kva-task-key", ERROR);
        lint_task(&r, GOOD_TASK, ADD_BOTH "shutdown /r /t 0\nexit /b 0\n");
        EXPECT(&r, "task-reboot-loop", ERROR);
        lint_task(&r, GOOD_TASK, "reg add " KEY " /v FeatureSettingsOverride /t REG_DWORD /d 0\n"
                                 "reg add " KEY " /v FeatureSettingsOverrideMask /t REG_DWORD /d 3\nexit /b 1\n");
        EXPECT(&r, "task-reg-asks", ERROR);
        EXPECT(&r, "task-fails", ERROR);
        lint_task(&r, GOOD_TASK, "\xef\xbb\xbf" GOOD_SCRIPT);
        EXPECT(&r, "task-script-mark", ERROR);
        lint_task(&r, GOOD_TASK, "rem " ADD_BOTH "echo FeatureSettingsOverride\nexit /b 0\n");
        EXPECT(&r, "kva-task-half", ERROR); /* the second `reg add` of ADD_BOTH is not in the comment */
        lint_task(&r, GOOD_TASK, ":: FeatureSettingsOverride\necho FeatureSettingsOverrideMask\nexit /b 0\n");
        EXPECT(&r, "kva-task-missing", ERROR);
        arena_free(&r.a);
}

/* Scripts that have nothing to do with the values can still keep the role from starting. */
static void test_any_script(void **state) {
        static const char task[] = "<Task commandLine=\"install.cmd\" executionContext=\"elevated\" />";
        struct run r = { 0 };

        (void)state;
        lint_task(&r, task, "net start x\nexit /b 1\n");
        EXPECT(&r, "task-fails", ERROR);
        lint_task(&r, task, "net start x\nif errorlevel 1 (\nexit /b 1\n)\n");
        EXPECT_NOT(&r, "task-fails");
        lint_task(&r, task, "net start x || exit /b 0\nif errorlevel 1 exit /b 1\n");
        EXPECT_NOT(&r, "task-fails");
        lint_task(&r, task, "reg add HKLM\\SOFTWARE\\X /v Y /d 1\nshutdown /r /t 0\n");
        EXPECT(&r, "task-reg-asks", ERROR);
        EXPECT(&r, "task-reboot-loop", ERROR);
        EXPECT(&r, "kva-task-missing", ERROR);
        lint_task(&r, "<Task commandLine=\"reg add HKLM\\SOFTWARE\\X /v Y /d 1 &amp; kva.cmd\" executionContext=\"elevated\" />", GOOD_SCRIPT);
        EXPECT(&r, "task-reg-asks", ERROR); /* the line asks, the script that it calls does not */
        lint_task(&r, "<Task commandLine=\"install.cmd\" executionContext=\"elevated\" taskType=\"background\" />",
                  "exit 1");
        EXPECT_NOT(&r, "task-fails");
        arena_free(&r.a);
}

static void test_script_kinds(void **state) {
        struct run r = { 0 };

        (void)state;
        lint_task(
                &r,
                "<Task commandLine=\"powershell -ExecutionPolicy Unrestricted .\\kva.ps1\" executionContext=\"elevated\" />",
                "$key = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management'\n"
                "Set-ItemProperty -Path $key -Name FeatureSettingsOverride -Value 0 -Type DWord\n"
                "Set-ItemProperty -Path $key -Name 'FeatureSettingsOverrideMask' -Value 3\n"
                "if ($emulated) { exit 0 }\nif ($changed) { Restart-Computer -Force }\nexit 0\n");
        assert_int_equal(r.f.count, 0);
        lint_task(
                &r,
                "<Task commandLine=\"cmd /c reg add &quot;HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory "
                "Management&quot; /v FeatureSettingsOverride /d 0\" executionContext=\"elevated\" />",
                NULL);
        EXPECT(&r, "kva-task-half", ERROR);
        EXPECT(&r, "task-reg-asks", ERROR);
        lint_task(&r, "<Task commandLine=\"Setup.exe\" executionContext=\"elevated\" />", NULL);
        EXPECT(&r, "kva-task-unseen", WARNING);
        lint_task(&r, "<Task commandLine=\"Setup.exe\" />", NULL);
        EXPECT(&r, "kva-task-missing", ERROR); /* a limited task cannot have done it */
        arena_free(&r.a);
}

/* The places where Visual Studio keeps a role's files; nothing outside of them is read. */
static void test_script_places(void **state) {
        static const char *const places[] = {
                "shop/s/kva.cmd", "shop/Front/s/kva.cmd", "shop/../Front/s/kva.cmd", "shop/FrontContent/s/kva.cmd",
        };
        struct run r = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
                r.script_path = places[i];
                lint_task(&r, "<Task commandLine=\"..\\s\\kva.cmd\" executionContext=\"elevated\" />", GOOD_SCRIPT);
                assert_int_equal(r.f.count, 0);
        }
        r.script_path = NULL;
        lint_task(&r, "<Task commandLine=\"..\\..\\..\\etc\\kva.cmd\" executionContext=\"elevated\" />", GOOD_SCRIPT);
        EXPECT(&r, "kva-task-unseen", WARNING);
        lint_task(&r, "<Task commandLine=\"C:\\kva.cmd\" executionContext=\"elevated\" />", GOOD_SCRIPT);
        EXPECT(&r, "kva-task-unseen", WARNING);
        arena_free(&r.a);
}

static void test_encodings(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct cscfg c;
        static const char text[] = "<?xml version=\"1.0\" encoding=\"utf-16\"?><ServiceConfiguration osFamily=\"5\"/>";
        char wide[2 + 2 * sizeof(text)] = "\xff\xfe";

        (void)state;
        assert_int_equal(cscfg_parse(&c, &a, "x", S("\xef\xbb\xbf<ServiceConfiguration osFamily='5'/>"), false, &d), 0);
        for (size_t i = 0; i < sizeof(text) - 1; i++)
                wide[2 + 2 * i] = text[i];
        assert_int_equal(cscfg_parse(&c, &a, "x", str_n(wide, 2 * (ptrdiff_t)sizeof(text)), false, &d), 0);
        assert_true(str_eq(c.os_family, S("5")));
        assert_int_equal(cscfg_parse(&c, &a, "x", S("<?xml version='1.0' encoding='Windows-1252'?><ServiceConfiguration "
                                                    "serviceName='caf\xe9' osFamily='4'/>"), false, &d), 0);
        assert_true(str_eq(c.os_family, S("4")));
        /* Out of a JSON string it is UTF-8, whatever it says of itself. */
        assert_int_equal(cscfg_parse(&c, &a, "x", str_of(text), true, &d), 0);
        assert_int_equal(cscfg_parse(&c, &a, "x", S("<?xml version='1.0' encoding='x-none'?><ServiceConfiguration/>"),
                                     false, &d),
                         -1);
}

static void expect_refused(const char *text, const char *message) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct cscfg c;

        assert_int_equal(cscfg_parse(&c, &a, "f.cscfg", str_of(text), false, &d), -1);
        assert_int_equal(d.class, DIAG_INPUT);
        if (!strstr(d.text, message))
                assert_string_equal(d.text, message);
}

static void test_refused(void **state) {
        OUT_AUTO struct out deep = { 0 };

        (void)state;
        expect_refused("", "f.cscfg:1:");
        expect_refused("<ServiceConfiguration>\n<Role>\n</ServiceConfiguration>", "f.cscfg:3:");
        expect_refused("<ServiceConfiguration", "f.cscfg:1:");
        expect_refused("<ServiceDefinition/>",
                       "f.cscfg:1: expected the root element ServiceConfiguration, found 'ServiceDefinition'");
        expect_refused(
                "<?xml version='1.0'?>\n<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><ServiceConfiguration/>",
                "document type declaration");
        expect_refused("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><ServiceConfiguration/>", "document type declaration");
        expect_refused("<ServiceConfiguration a='&x;'/>", "f.cscfg:1:");
        expect_refused("{\"a\": 1}", "f.cscfg:1:");
        for (int i = 0; i < 100; i++)
                out_c(&deep, "<ServiceConfiguration>");
        out_char(&deep, 0);
        expect_refused(deep.p, "nested too deeply");
}

static void test_truncated(void **state) {
        static const char text[] = CSDEF(STARTUP(GOOD_TASK));
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (ptrdiff_t i = 0; i < (ptrdiff_t)sizeof(text) - 2; i++) {
                struct diag d = { 0 };
                struct csdef c;

                assert_int_equal(csdef_parse(&c, &a, "f", str_n(text, i), &d), -1);
                assert_true(d.text[0]);
        }
}

static void test_json(void **state) {
        struct run r = { 0 };
        struct lint_input in = { .cscfgs = &r.c, .cscfg_count = 1 };
        struct lint_options o = { .catalog = &catalog_builtin, .as_of = S("2018-01-12"), .untrusted = TRI_UNKNOWN };
        OUT_AUTO struct out text = { 0 };

        (void)state;
        lint_at(&r, CSCFG("osFamily=\"1\""), NULL, "2018-01-12", TRI_UNKNOWN);
        lint_write_json(&text, &r.f, &in, &o);
        assert_true(str_find(out_text(&text), S("\"rule\": \"os-family-retired\"")) > 0);
        assert_true(str_find(out_text(&text), S("\"line\": 2")) > 0);
        assert_true(str_find(out_text(&text), S("\"untrusted\": \"unknown\"")) > 0);
        arena_free(&r.a);
}

/* The table: ids are unique, and every rule says all that it must. */
static void test_table(void **state) {
        (void)state;
        for (int i = 0; i < LINT_RULE_COUNT; i++) {
                const struct remark_rule *rule = &lint_rules[i];

                assert_true(rule->id[0] && rule->title[0] && rule->why[0] && rule->source[0]);
                for (int j = 0; j < i; j++)
                        assert_string_not_equal(rule->id, lint_rules[j].id);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_guest_os_good),  cmocka_unit_test(test_guest_os_pinned),
                cmocka_unit_test(test_guest_os_names), cmocka_unit_test(test_families),
                cmocka_unit_test(test_family_3),       cmocka_unit_test(test_names_and_roles),
                cmocka_unit_test(test_many),           cmocka_unit_test(test_untrusted),
                cmocka_unit_test(test_not_yet),
                cmocka_unit_test(test_places), cmocka_unit_test(test_task_good),      cmocka_unit_test(test_task_wrong),
                cmocka_unit_test(test_script_wrong),   cmocka_unit_test(test_script_kinds), cmocka_unit_test(test_any_script),
                cmocka_unit_test(test_script_places),  cmocka_unit_test(test_encodings),
                cmocka_unit_test(test_refused),        cmocka_unit_test(test_truncated),
                cmocka_unit_test(test_json),           cmocka_unit_test(test_table),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
