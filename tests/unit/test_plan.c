/* plan: changes told, made by commands and taken back; remedies on the system at hand; the order of steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/change.h"
#include "plan/remedy.h"

#define MEMORY "HKLM\\Memory"

static const struct row {
        struct change change;
        const char *text, *commands; /* joined by '|' */
        bool undone;
        struct change undo; /* edit, was, old, new */
} rows[] = {
        { .change = { .target = { .kind = TARGET_COMMAND_LINE, .key = STR("pti") }, .edit = EDIT_REMOVE_WORD, .was = FACT_KNOWN, .old = STR("pti=off") },
          .text = "remove pti=off from the kernel's command line", .commands = "", .undone = true,
          .undo = { .edit = EDIT_ADD_WORD, .was = FACT_ABSENT, .new = STR("pti=off") } },
        { .change = { .target = { .kind = TARGET_COMMAND_LINE, .key = STR("tsx") }, .edit = EDIT_ADD_WORD, .was = FACT_ABSENT, .new = STR("tsx=off") },
          .text = "add tsx=off to the kernel's command line", .commands = "", .undone = true,
          .undo = { .edit = EDIT_REMOVE_WORD, .was = FACT_KNOWN, .old = STR("tsx=off") } },
        { .change = { .target = { .kind = TARGET_SYSCTL, .key = STR("kernel.x") }, .edit = EDIT_SET, .was = FACT_KNOWN, .old = STR("0"), .new = STR("2") },
          .text = "set the sysctl kernel.x to 2 (now 0)",
          .commands = "sysctl -w kernel.x=2|echo kernel.x=2 > /etc/sysctl.d/90-kernel.x.conf", .undone = true,
          .undo = { .edit = EDIT_SET, .was = FACT_KNOWN, .old = STR("2"), .new = STR("0") } },
        { .change = { .target = { .kind = TARGET_SETTING, .key = STR("/sys/smt") }, .edit = EDIT_SET, .was = FACT_DENIED, .new = STR("off") },
          .text = "set /sys/smt to off", .commands = "echo off > /sys/smt", .undone = false },
        { .change = { .target = { .kind = TARGET_MODULE_OPTION, .place = STR("kvm"), .key = STR("x") }, .edit = EDIT_SET, .was = FACT_UNREAD, .new = STR("Y") },
          .text = "set the option x of the module kvm to Y", .commands = "echo 'options kvm x=Y' > /etc/modprobe.d/kvm-x.conf", .undone = false },
        { .change = { .target = { .kind = TARGET_REGISTRY_VALUE, .place = STR(MEMORY), .key = STR("Override") }, .edit = EDIT_SET, .was = FACT_ABSENT, .new = STR("0x48") },
          .text = "set the registry value HKLM\\Memory\\Override to 0x48 (now not there)",
          .commands = "reg add \"HKLM\\Memory\" /v Override /t REG_DWORD /d 0x48 /f", .undone = true,
          .undo = { .edit = EDIT_REMOVE, .was = FACT_KNOWN, .old = STR("0x48") } },
        { .change = { .target = { .kind = TARGET_REGISTRY_VALUE, .place = STR(MEMORY), .key = STR("Min") }, .edit = EDIT_SET, .was = FACT_UNREAD, .new = STR("1.0") },
          .text = "set the registry value HKLM\\Memory\\Min to 1.0", .commands = "reg add \"HKLM\\Memory\" /v Min /t REG_SZ /d 1.0 /f", .undone = false },
        { .change = { .target = { .kind = TARGET_REGISTRY_VALUE, .place = STR(MEMORY), .key = STR("Off") }, .edit = EDIT_REMOVE, .was = FACT_KNOWN, .old = STR("3") },
          .text = "remove the registry value HKLM\\Memory\\Off", .commands = "reg delete \"HKLM\\Memory\" /v Off /f", .undone = true,
          .undo = { .edit = EDIT_SET, .was = FACT_ABSENT, .new = STR("3") } },
        { .change = { .target = { .kind = TARGET_REGISTRY_VALUE, .place = STR(MEMORY), .key = STR("Off") }, .edit = EDIT_REMOVE, .was = FACT_UNREAD },
          .text = "remove the registry value HKLM\\Memory\\Off", .commands = "reg delete \"HKLM\\Memory\" /v Off /f", .undone = false },
        { .change = { .target = { .kind = TARGET_SERVICE_FILE, .place = STR("a.csdef") }, .edit = EDIT_WRITE_FILE, .was = FACT_KNOWN, .old = STR("x"), .new = STR("y") },
          .text = "rewrite a.csdef", .commands = "", .undone = true, .undo = { .edit = EDIT_WRITE_FILE, .was = FACT_KNOWN, .old = STR("y"), .new = STR("x") } },
        { .change = { .target = { .kind = TARGET_SERVICE_FILE, .place = STR("a.cmd") }, .edit = EDIT_WRITE_FILE, .was = FACT_ABSENT, .new = STR("y") },
          .text = "write a.cmd", .commands = "", .undone = true, .undo = { .edit = EDIT_REMOVE, .was = FACT_KNOWN, .old = STR("y") } },
};

static struct str joined(struct arena *a, const struct instructions *all) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < all->count; i++) {
                assert_int_equal(all->items[i].kind, INSTRUCTION_COMMAND);
                text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), i ? "|" : "", STR_ARG(all->items[i].text));
        }
        return text;
}

static void test_changes(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct row *r = &rows[i];
                ARENA_AUTO struct arena a = { 0 };
                struct instructions commands = { 0 };
                struct change undo;

                assert_string_equal(str_to_c(&a, change_text(&a, &r->change)), r->text);
                change_commands(&commands, &a, &r->change);
                assert_string_equal(str_to_c(&a, joined(&a, &commands)), r->commands);
                assert_int_equal(change_undo(&undo, &r->change), r->undone);
                if (!r->undone)
                        continue;
                assert_int_equal(undo.edit, r->undo.edit);
                assert_int_equal(undo.was, r->undo.was);
                assert_true(str_eq(undo.old, r->undo.old) && str_eq(undo.new, r->undo.new));
                assert_true(str_eq(undo.target.key, r->change.target.key));
        }
}

/* ---- Machines ---- */

static const char evidence_head[] = "# sidelight evidence 1\n-- uname Linux 6.1.0-56-amd64 x86_64\n";

static void judge(struct verdict *v, struct arena *a, const char *rest) {
        const struct verdict_options o = { 0 };
        struct evidence *e = arena_new(a, struct evidence);
        struct diag d = { 0 };

        assert_int_equal(evidence_parse(e, a, S("x"), str_fmt(a, "%s%s", evidence_head, rest), &d), 0);
        verdict_judge(v, a, &catalog_builtin, e, &o);
}

/* What a fix says on a machine: its instructions, one a line. */
static struct str told(struct arena *a, const char *fix, const char *evidence) {
        struct str text = S("\n");
        struct verdict v;
        struct step step;

        judge(&v, a, evidence);
        plan_fix(&step, a, &v, catalog_fix(&catalog_builtin, str_of(fix)));
        for (ptrdiff_t i = 0; i < step.instructions.count; i++)
                text = str_fmt(a, "%.*s%.*s: %.*s%s%.*s\n", STR_ARG(text), STR_ARG(instruction_word(step.instructions.items[i].kind)),
                               STR_ARG(step.instructions.items[i].on), step.instructions.items[i].on.len ? ": " : "",
                               STR_ARG(step.instructions.items[i].text));
        return text;
}

static bool says(struct str text, const char *line) {
        return str_find(text, str_of(line)) >= 0;
}

static void test_distributions(void **state) {
        static const struct {
                const char *os_release, *there, *missing;
        } cases[] = {
                { "ID=debian\n", "\ncommand: apt-get update && apt-get dist-upgrade", "dnf" },
                { "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "\ncommand: dnf upgrade kernel", "apt-get" },
                { "ID=ubuntu\nID_LIKE=debian\n", "\ncommand: apt-get update", "zypper" },
                { "ID=mine\n", "\nprose: compare the kernel that runs", "apt-get" },
                { NULL, "\ncommand: fedora: dnf upgrade --refresh kernel", "softwareupdate" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                const char *evidence = cases[i].os_release ? str_to_c(&a, str_fmt(&a, "-- file /etc/os-release\n%s", cases[i].os_release)) : "";
                struct str text = told(&a, "update-kernel", evidence);

                if (!says(text, cases[i].there) || says(text, cases[i].missing))
                        fail_msg("row %zu: %s", i, str_to_c(&a, text));
        }
}

/* The second place of os-release counts where the first is not there. */
static void test_distribution_elsewhere(void **state) {
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        assert_true(says(told(&a, "update-kernel", "-- absent /etc/os-release\n-- file /usr/lib/os-release\nID='alpine'\n"),
                         "\ncommand: apk update"));
        assert_true(says(told(&a, "update-kernel", "-- denied /etc/os-release\n"), "debian: apt-get"));
}

static void test_old_values(void **state) {
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        assert_true(says(told(&a, "disable-unprivileged-bpf", "-- file /proc/sys/kernel/unprivileged_bpf_disabled\n0\n"),
                         "\nchange: set the sysctl kernel.unprivileged_bpf_disabled to 2 (now 0)\n"));
        /* What is so already is no change. */
        assert_false(says(told(&a, "disable-unprivileged-bpf", "-- file /proc/sys/kernel/unprivileged_bpf_disabled\n2\n"), "change:"));
        assert_true(says(told(&a, "disable-unprivileged-bpf", ""), "\nchange: set the sysctl kernel.unprivileged_bpf_disabled to 2\n"));
}

/* A parameter with another value gives way; how the command line is kept depends on the distribution. */
static void test_parameters(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = told(&a, "disable-tsx", "-- file /proc/cmdline\nquiet tsx=on\n-- file /etc/os-release\nID=fedora\n");

        (void)state;
        assert_true(says(text, "\nchange: remove tsx=on from the kernel's command line\nchange: add tsx=off to the kernel's command line\n"));
        assert_true(says(text, "\ncommand: grubby --update-kernel=ALL --remove-args=tsx=on && reboot\n"));
        assert_true(says(text, "\ncommand: grubby --update-kernel=ALL --args=tsx=off && reboot\n"));
        assert_false(says(told(&a, "disable-tsx", "-- file /proc/cmdline\nquiet tsx=off\n"), "change:"));
        assert_false(says(told(&a, "disable-tsx", "-- file /proc/cmdline\nquiet\n"), "PARAMETER"));
}

/* Nothing of another system. */
static void test_other_systems(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct surroundings linux_around, windows_around = { .distribution = STR("windows"), .general = STR("any"), .all = STR("windows any") };
        struct verdict v;

        (void)state;
        judge(&v, &a, "");
        surroundings_see(&linux_around, &a, &catalog_builtin, NULL, &v);
        assert_false(says(told(&a, "update-microcode", ""), "Windows Update"));
        assert_true(says(told(&a, "update-microcode", ""), "fwupdmgr"));
        assert_false(remedy_is_for(&linux_around, catalog_fix(&catalog_builtin, S("update-windows"))));
        assert_true(remedy_is_for(&linux_around, catalog_fix(&catalog_builtin, S("update-kernel"))));
        assert_false(remedy_is_for(&windows_around, catalog_fix(&catalog_builtin, S("update-kernel"))));
        assert_true(remedy_is_for(&windows_around, catalog_fix(&catalog_builtin, S("disable-tsx"))));
}

/* ---- The order ---- */

static void test_order(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct verdict v;
        struct plan plan;
        int steps = 0;

        (void)state;
        judge(&v, &a, "-- file /proc/cmdline\nmitigations=off\n-- file /sys/devices/system/cpu/vulnerabilities/meltdown\nVulnerable\n"
                      "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nVulnerable\n");
        plan_of_verdict(&plan, &a, &v);
        for (ptrdiff_t i = 0; i < plan.count; i++) {
                const struct step *s = &plan.items[i], *before = i ? s - 1 : NULL;

                if (before) {
                        assert_true(before->phase <= s->phase);
                        assert_false(before->phase == s->phase && !before->guided && s->guided);
                        if (before->phase == s->phase && !before->guided)
                                assert_true(before->worst > s->worst ||
                                            (before->worst == s->worst && before->resolves.count >= s->resolves.count));
                }
                for (ptrdiff_t k = 0; k < s->changes.count; k++)
                        steps += str_eq(s->changes.items[k].old, S("mitigations=off"));
        }
        assert_int_equal(steps, 1); /* one step takes it away, for both flaws */
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_changes),    cmocka_unit_test(test_distributions), cmocka_unit_test(test_distribution_elsewhere),
                cmocka_unit_test(test_old_values), cmocka_unit_test(test_parameters),    cmocka_unit_test(test_other_systems),
                cmocka_unit_test(test_order),
        };

        return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
