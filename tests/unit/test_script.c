/* cloud/script: what start-up scripts do, told in a line; each row is a script and that line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/out.h"
#include "cloud/script.h"
#include "near.h"
#include "table.h"

#define KEY "\"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\""
#define OVERRIDE "reg add " KEY " /v FeatureSettingsOverride /t REG_DWORD "
#define MASK "reg add " KEY " /v FeatureSettingsOverrideMask /t REG_DWORD "

static void put_value(struct out *o, const char *name, const struct script_value *v) {
        if (v->set && v->known)
                out_fmt(o, "%s %llx@%ld; ", name, (unsigned long long)v->value, v->line);
        else if (v->set)
                out_fmt(o, "%s ?@%ld; ", name, v->line);
}

static void put_line(struct out *o, const char *what, long line) {
        if (line)
                out_fmt(o, "%s@%ld; ", what, line);
}

static void put_word(struct out *o, const char *what, bool is) {
        if (is)
                out_fmt(o, "%s; ", what);
}

static struct str told(struct arena *a, const struct script *s) {
        OUT_AUTO struct out o = { 0 };

        put_value(&o, "override", &s->override);
        put_value(&o, "mask", &s->mask);
        put_word(&o, "wrong key", s->wrong_key);
        put_line(&o, "asks", s->asks_line);
        put_line(&o, s->reboot_guarded ? "reboots, guarded" : "reboots", s->reboot_line);
        put_word(&o, "ends zero", s->ends_zero);
        put_word(&o, "ends failing", s->ends_failing);
        put_line(&o, "fails", s->fails_line);
        put_word(&o, "marked", s->marked);
        put_word(&o, "emulated", s->reads_emulated);
        for (int i = 0; i < s->call_count; i++)
                out_fmt(&o, "calls %.*s; ", STR_ARG(s->calls[i]));
        put_word(&o, "on", script_turns_on(s));
        put_word(&o, "off", script_turns_off(s));
        return str_trim(str_dup(a, out_text(&o)));
}

static const struct row {
        const char *script, *told;
} rows[] = {
        { "", "" },
        /* reg add */
        { OVERRIDE "/d 0 /f\n" MASK "/d 3 /f\nexit /b 0\n", "override 0@1; mask 3@2; ends zero; on;" },
        { OVERRIDE "/d 0x802048 /f & " MASK "/d 0x3 /f & exit 0", "override 802048@1; mask 3@1; ends zero; on;" },
        { OVERRIDE "/d 3 /f\n" MASK "/d 3 /f\n", "override 3@1; mask 3@2; off;" },
        { OVERRIDE "/d 2 /f\n" MASK "/d 1 /f\n", "override 2@1; mask 1@2;" },
        { OVERRIDE "/d 1 /f\n", "override 1@1; off;" },
        { OVERRIDE "/d 4 /f\n", "override 4@1;" },
        { OVERRIDE "/d 4 /f\n" MASK "/d 7 /f", "override 4@1; mask 7@2; on;" },
        { OVERRIDE "/d 0 /f\n" MASK "/d 2 /f", "override 0@1; mask 2@2;" },
        { OVERRIDE "/d 0 /f\n" MASK "/d 1 /f", "override 0@1; mask 1@2;" },
        { OVERRIDE "/d 3 /f\n" MASK "/d 4 /f", "override 3@1; mask 4@2;" },
        { OVERRIDE "/d 2 /f\n" MASK "/d 2 /f", "override 2@1; mask 2@2; off;" },
        { MASK "/d 3 /f", "mask 3@1;" },
        { OVERRIDE "/d 0\n" MASK "/d 3 /f\n", "override 0@1; mask 3@2; asks@1; on;" },
        { OVERRIDE "/f\n", "override ?@1;" },
        { "%windir%\\system32\\reg.exe ADD " KEY " /V featuresettingsoverride /T REG_DWORD /d 0 /F", "override 0@1;" },
        { "@reg add " KEY " /v FeatureSettingsOverride /t REG_DWORD /d 0 /f", "override 0@1;" },
        { "xreg add " KEY " /v FeatureSettingsOverride /t REG_DWORD /d 0 /f", "override ?@1;" },
        { "reg add", "" },
        { "reg add " KEY, "asks@1;" },
        { "reg add /v FeatureSettingsOverride", "wrong key; asks@1;" },
        { "reg add HKLM\\Software\\X /v FeatureSettingsOverride /t REG_DWORD /d 0 /f", "wrong key;" },
        { "reg add HKLM\\Software\\X /v Other /d 0 /f", "" },
        { "reg query " KEY " /v FeatureSettingsOverride", "" },
        { "reg delete " KEY " /v FeatureSettingsOverride /f", "override ?@1;" },
        { "tool.exe FeatureSettingsOverrideMask", "mask ?@1;" },
        /* variables */
        { "set V=0\nset \"M=3\"\n" OVERRIDE "/d %V% /f\n" MASK "/d %M% /f\n", "override 0@3; mask 3@4; on;" },
        { "set V=\n" OVERRIDE "/d %V% /f\n", "override ?@2;" },
        { OVERRIDE "/d %NONE% /f\n", "override ?@1;" },
        { "set K=" KEY "\nreg add %K% /v FeatureSettingsOverride /t REG_DWORD /d 0 /f\n", "override 0@2;" },
        { "reg add %K% /v FeatureSettingsOverride /t REG_DWORD /d 0 /f\n", "override 0@1;" },
        { "$v = 3\nSet-ItemProperty -Path X -Name FeatureSettingsOverride -Value $v\n", "override 3@2; off;" },
        { "set /a V=3\n" OVERRIDE "/d %V% /f\n", "override ?@2;" },
        { "set %=0\nset ab=3\n" OVERRIDE "/d %ab% /f\n", "override 3@3; off;" },
        { "$a = 0\n$ab = 3\nSet-ItemProperty -Name FeatureSettingsOverride -Value $a\nSet-ItemProperty -Name FeatureSettingsOverrideMask -Value $ab\n",
          "override 0@3; mask 3@4; on;" },
        { "echo 100%\n" OVERRIDE "/d 0 /f\n", "override 0@2;" },
        /* PowerShell and .reg text */
        { "New-ItemProperty -Value 3 -Name 'FeatureSettingsOverrideMask' -Path X", "mask 3@1;" },
        { "Set-ItemProperty -Path X -Name Other -Value 0", "" },
        { "\"FeatureSettingsOverride\"=dword:00000000\n\"FeatureSettingsOverrideMask\"=dword:00000003\n", "override 0@1; mask 3@2; on;" },
        { "\"FeatureSettingsOverride\"=dword:0000000g", "override ?@1;" },
        { "(Get-ItemProperty X).FeatureSettingsOverride", "override ?@1;" }, /* what is not known to read alone may set it */
        { "if ($x -eq FeatureSettingsOverride) { }", "" },
        { "write-host FeatureSettingsOverride", "" },
        { "echo FeatureSettingsOverride > x.log", "" },
        /* comments and lines that go on */
        { "rem " OVERRIDE "/d 3 /f\n:: " OVERRIDE "/d 3 /f\n# " OVERRIDE "/d 3 /f\n:label\nrem\n", "" },
        { "@rem " OVERRIDE "/d 3 /f\n@:: x\n@\n", "" },
        { "reg add " KEY " ^\n  /v FeatureSettingsOverride ^\n  /t REG_DWORD /d 0 /f\nexit /b 0", "override 0@3; ends zero;" },
        { "New-ItemProperty -Path X `\n -Name FeatureSettingsOverride `\n -Value 0", "override 0@3;" },
        { "reg add " KEY " /v FeatureSettingsOverride /t REG_DWORD /d 0 /f ^", "override 0@1;" },
        /* restarts */
        { "shutdown /r /t 0", "reboots@1;" },
        { "shutdown -r", "reboots@1;" },
        { "shutdown.exe /g", "reboots@1;" },
        { "shutdown /s", "" },
        { "echo shutdown /r", "" },
        { "Restart-Computer -Force", "reboots@1;" },
        { "if not exist x shutdown /r", "reboots, guarded@1;" },
        { "if exist x goto end\nshutdown /r", "reboots, guarded@2;" },
        { "check.exe && shutdown /r", "reboots, guarded@1; " },
        { "check.exe || shutdown /r", "reboots, guarded@1; " },
        { "check.exe & shutdown /r", "reboots@1;" },
        { "shutdown /r\nif exist x shutdown /r", "reboots@2;" },
        { "if exist x shutdown /r\nif exist y shutdown /r", "reboots, guarded@2;" },
        /* exits */
        { "exit /b 0\n", "ends zero;" },
        { "exit 0\nrem the end\n", "ends zero;" },
        { "exit /b 0\ndir\n", "ends zero;" }, /* what follows is not reached */
        { "exit", "" },
        { "exit /b 1", "ends failing; fails@1;" },
        { "exit 5\nexit 6", "ends failing; fails@1;" },
        { "if x exit 1\nexit /b 0", "ends zero; fails@1;" },
        { "if x (\nexit 1\n)", "fails@2;" },
        { "( exit 1 )", "fails@1;" },
        { "exit /b %errorlevel%", "fails@1;" },
        { "if ($x) { exit 0 }", "ends zero;" },
        /* calls */
        { "call other.cmd\npowershell -File .\\set.ps1\n\"%~dp0third.bat\" x", "calls other.cmd; calls set.ps1; calls third.bat;" },
        { "echo call other.cmd", "" },
        { "powershell -Command \"& \\a.ps1\"", "calls a.ps1;" },
        { "a.cmd b.cmd c.cmd d.cmd e.cmd f.cmd g.cmd h.cmd i.cmd",
          "calls a.cmd; calls b.cmd; calls c.cmd; calls d.cmd; calls e.cmd; calls f.cmd; calls g.cmd; calls h.cmd;" },
        /* how it is written */
        { "\xef\xbb\xbf" "exit /b 0", "ends zero; marked;" },
        { "if \"%ComputeEmulatorRunning%\"==\"true\" exit /b 0", "ends zero; emulated;" },
        { "echo \"a & b\" & exit /b 0", "ends zero;" },
};

static void test_scripts(void **state) {
        int wrong = 0;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct script s;
                struct str found;

                script_read(&s, &a, str_of(rows[i].script));
                found = told(&a, &s);
                if (!str_eq(found, str_trim(str_of(rows[i].told)))) {
                        print_error("%s\n  right: %s\n  found: %.*s\n", rows[i].script, rows[i].told, STR_ARG(found));
                        wrong++;
                }
        }
        assert_int_equal(wrong, 0);
}

/* A line that is too long is not read; one byte less is. */
static void test_long_line(void **state) {
        for (int extra = 0; extra < 2; extra++) {
                ARENA_AUTO struct arena a = { 0 };
                char line[9000];
                struct script s;
                size_t n = 0;

                (void)state;
                n += (size_t)snprintf(line, sizeof(line), "exit /b 0 ");
                while (n < 8191 + (size_t)extra)
                        line[n++] = '\\';
                script_read(&s, &a, str_n(line, (ptrdiff_t)n));
                assert_int_equal(s.ends_zero, extra == 0);
        }
}

static void test_merge(void **state) {
        static const struct {
                const char *caller, *called, *told;
        } merged[] = {
                { "call b.cmd", OVERRIDE "/d 0 /f\n" MASK "/d 3\nshutdown /r\nrem emulated\n", "override 0@1; mask 3@2; asks@2; reboots@3; calls b.cmd; on;" },
                { OVERRIDE "/d 3\ncall b.cmd", OVERRIDE "/d 0", "override 0@1; asks@1; calls b.cmd;" },
                { "if exist x shutdown /r\ncall b.cmd", "shutdown /r", "reboots@1; calls b.cmd;" },
                { "shutdown /r\ncall b.cmd", "if exist x shutdown /r", "reboots@1; calls b.cmd;" },
                { "call b.cmd", "if exist x shutdown /r", "reboots, guarded@1; calls b.cmd;" },
                { "shutdown /r", "dir", "reboots@1;" },
                { "dir", "reg add HKLM\\X /v FeatureSettingsOverride /t REG_DWORD /d 0 /f", "wrong key;" },
                { "exit /b 0", "exit /b 1", "ends zero;" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(merged) / sizeof(merged[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct script caller, called;
                struct str found;

                script_read(&caller, &a, str_of(merged[i].caller));
                script_read(&called, &a, str_of(merged[i].called));
                script_merge(&caller, &called);
                found = told(&a, &caller);
                if (!str_eq(found, str_of(merged[i].told)))
                        fail_msg("%s + %s\n  right: %s\n  found: %.*s", merged[i].caller, merged[i].called, merged[i].told, STR_ARG(found));
        }
}

/* A byte order mark, and UTF-16 of the little end: read, and told. */
static void test_marks(void **state) {
        static const struct {
                struct str script;
                const char *told;
        } marks[] = {
                { STR("exit 0"), "ends zero;" },
                { STR("\xef\xbb\xbf" "exit 0"), "ends zero; marked;" },
                { STR("\xff\xfe" "e\0x\0i\0t\0 \0000\0"), "ends zero; marked;" },
                { STR("\xff\xfe"), "marked;" },
                { STR("\xff" "exit 0"), "" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct script s;
                struct str found;

                script_read(&s, &a, marks[i].script);
                found = told(&a, &s);
                if (!str_eq(found, str_of(marks[i].told)))
                        fail_msg("%zu is '%.*s'", i, STR_ARG(found));
        }
}

static void test_command(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct script s;

        (void)state;
        script_read_command(&s, &a, S("cmd /c setup.cmd"));
        assert_true(s.ends_zero && s.call_count == 1 && str_eq(s.calls[0], S("setup.cmd")));
}

/* scripts.txt: more of them, in their own spelling; "KEY", "OVERRIDE" and "MASK" stand for the long words that they must hold. */
static struct str spelled(struct arena *a, struct str row) {
        static const struct {
                struct str word, text;
        } words[] = {
                { STR("KEY"), STR(KEY) }, { STR("OVERRIDE"), STR("FeatureSettingsOverride") }, { STR("MASK"), STR("FeatureSettingsOverrideMask") },
        };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                ptrdiff_t at, from = 0;

                while ((at = str_find(str_from(row, from), words[i].word)) >= 0) {
                        at += from;
                        row = str_fmt(a, "%.*s%.*s%.*s", STR_ARG(str_sub(row, 0, at)), STR_ARG(words[i].text), STR_ARG(str_from(row, at + words[i].word.len)));
                        from = at + words[i].text.len;
                }
        }
        return table_with_lines(a, row);
}

static void put_script(struct out *o, struct arena *a, struct str row) {
        struct script s;
        struct str all;

        script_read(&s, a, spelled(a, row));
        all = told(a, &s);
        out_fmt(o, "        %.*s\n", STR_ARG(all.len ? all : S("nothing")));
}

static int should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return table_rows(o, text, put_script);
}

static const struct table table = { SOURCE_ROOT "/tests/unit/scripts.txt", 60, should_be };

static void test_spellings(void **state) {
        (void)state;
        table_hold(&table);
}

static int near_should_be(struct out *o, struct arena *a, struct str text) {
        (void)a;
        return near_rows(o, text, table.path, 0, put_script);
}

int main(int argc, char **argv) {
        static const struct table near = { SOURCE_ROOT "/tests/unit/scripts-near.txt", 60, near_should_be };
        int ret;
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_scripts), cmocka_unit_test(test_long_line), cmocka_unit_test(test_merge),
                                            cmocka_unit_test(test_command), cmocka_unit_test(test_marks), cmocka_unit_test(test_spellings) };

        if (near_main(argc, argv, &near, &ret))
                return ret;
        return argc > 1 ? table_fix(&table) : cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
