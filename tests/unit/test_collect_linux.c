/* collect: a captured tree and the live machine as evidence; nothing of the one in the other. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "collect/collect.h"
#include "collect/linux/sources.h"
#include "report/report.h"
#include "fakeroot.h"
#include "platform/tree.h"

static char root[FAKEROOT_PATH];

static int setup(void **state) {
        (void)state;
        fakeroot_make(root);
        return 0;
}

static int teardown(void **state) {
        (void)state;
        fakeroot_remove(root);
        return 0;
}

static void collect_root(struct evidence *e, struct arena *a, bool redact) {
        struct collect_options o = { .catalog = &catalog_builtin, .redact = redact };
        struct diag d = { 0 };

        evidence_init(e, a, str_of(root));
        assert_int_equal(collect_linux_tree(e, root, &o, &d), 0);
}

static enum fact_state state_of(const struct evidence *e, const char *path) {
        const struct record *r = evidence_file(e, str_of(path));

        return r ? r->state : FACT_UNREAD;
}

static struct str text_of(const struct evidence *e, const char *path) {
        const struct record *r = evidence_file(e, str_of(path));

        return r && r->state == FACT_KNOWN ? r->text : S("(none)");
}

/* What was collected, written and read back is the same. */
static void check_round_trip(const struct evidence *e) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out once = { 0 }, twice = { 0 };
        struct evidence again;
        struct diag d = { 0 };

        evidence_write(e, &once);
        if (evidence_parse(&again, &a, S("again"), out_text(&once), &d) < 0)
                fail_msg("%s", d.text);
        assert_int_equal(again.count, e->count);
        evidence_write(&again, &twice);
        assert_true(str_eq(out_text(&once), out_text(&twice)));
}

static void make_machine(void) {
        fakeroot_file(root, "proc/version", "Linux version 6.1.0-56-cloud-amd64 (joe@laptop) (gcc-12) #1 SMP\n");
        fakeroot_file(root, "proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=77 mds=off\n");
        fakeroot_file(root, "proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 85\n");
        fakeroot_file(root, "proc/1/comm", "systemd\n");
        fakeroot_file(root, "proc/4711/comm", "qemu-system-x86\n");
        fakeroot_file(root, "proc/4712/comm", "bash\n");
        fakeroot_file(root, "sys/devices/system/cpu/online", "0-1\n");
        fakeroot_file(root, "sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI\n");
        fakeroot_file(root, "sys/devices/system/cpu/vulnerabilities/new_one", "Vulnerable");
        fakeroot_file(root, "sys/devices/system/cpu/vulnerabilities/bytes", "\xff\xfe\n--\n\\-- x\n");
        fakeroot_file(root, "sys/devices/system/cpu/vulnerabilities/evil\n-- file /proc/cmdline", "x");
        fakeroot_file(root, "sys/module/kernel/parameters/panic", "0\n");
        fakeroot_file(root, "sys/module/kvm_intel/initstate", "live\n");
        fakeroot_file(root, "sys/module/kvm_intel/parameters/ept", "Y\n");
        fakeroot_file(root, "sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
        fakeroot_file(root, "sys/class/dmi/id/product_serial", "ABC123\n");
        fakeroot_file(root, "sys/class/dmi/id/chassis_asset_tag", "INV-0017\n");
        fakeroot_file(root, "usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
        fakeroot_file(root, "usr/lib/modules/6.1.0-57-cloud-amd64/kernel/x", "");
        fakeroot_file(root, "etc/hostname", "web-17\n");
        fakeroot_link(root, "etc/os-release", "../usr/lib/os-release");
        fakeroot_file(root, "boot/vmlinuz-6.1.0-57-cloud-amd64", "");
        fakeroot_file(root, "boot/config-6.1.0-56-cloud-amd64", "CONFIG_RETPOLINE=y\nCONFIG_DRM=m\n");
        fakeroot_file(root, "var/log/dmesg", "[    0.1] MDS: Vulnerable\n[    0.2] eth0: up\n");
        fakeroot_bytes(root, "usr/bin/sh", "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0", 20);
}

static void test_captured_machine(void **state) {
        static const char cpu[] = "/sys/devices/system/cpu/vulnerabilities/";
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;

        (void)state;
        make_machine();
        collect_root(&e, &a, false);
        assert_true(str_eq(evidence_line(&e, RECORD_UNAME, S(""))->text, S("Linux 6.1.0-56-cloud-amd64 x86_64")));
        assert_true(str_eq(evidence_line(&e, RECORD_IDENTITY, S("hostname"))->text, S("web-17")));
        assert_true(str_eq(text_of(&e, "/proc/cmdline"), S("BOOT_IMAGE=/vmlinuz root=UUID=77 mds=off")));
        assert_true(str_eq(text_of(&e, str_fmt(&a, "%smeltdown", cpu).p), S("Mitigation: PTI")));
        assert_true(str_eq(text_of(&e, str_fmt(&a, "%snew_one", cpu).p), S("Vulnerable")));
        assert_true(str_eq(text_of(&e, str_fmt(&a, "%sbytes", cpu).p), S("\xff\xfe\n--\n\\-- x")));
        assert_int_equal(state_of(&e, str_fmt(&a, "%stsa", cpu).p), FACT_ABSENT);
        assert_int_equal(state_of(&e, "/sys/devices/system/cpu/smt/active"), FACT_ABSENT);
        assert_true(str_eq(text_of(&e, "/sys/module/kvm_intel/"), S("initstate\nparameters")));
        assert_int_equal(state_of(&e, "/sys/module/kvm_amd/"), FACT_ABSENT);
        assert_true(str_eq(text_of(&e, "/sys/class/dmi/id/sys_vendor"), S("Dell Inc.")));
        assert_int_equal(state_of(&e, "/sys/class/dmi/id/product_serial"), FACT_UNREAD);
        assert_true(str_eq(text_of(&e, "/sys/class/dmi/id/chassis_asset_tag"), S("")));
        assert_true(str_eq(text_of(&e, "/etc/os-release"), S("ID=debian\nVERSION_ID=\"12\"")));
        assert_true(str_eq(text_of(&e, "/usr/lib/modules/"), S("6.1.0-57-cloud-amd64")));
        assert_true(str_eq(text_of(&e, "/boot/"), S("vmlinuz-6.1.0-57-cloud-amd64")));
        assert_true(str_eq(text_of(&e, "/boot/config-6.1.0-56-cloud-amd64"), S("CONFIG_RETPOLINE=y")));
        assert_true(str_eq(text_of(&e, "/var/log/dmesg"), S("MDS: Vulnerable")));
        assert_true(str_eq(text_of(&e, "/proc/*/comm"), S("qemu-system")));
        check_round_trip(&e);
}

static void test_redacted(void **state) {
        static const char *const secrets[] = { "web-17", "joe", "laptop", "UUID", "INV-0017", "vmlinuz " };
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct evidence e;

        (void)state;
        make_machine();
        collect_root(&e, &a, true);
        evidence_write(&e, &o);
        for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
                if (str_find(out_text(&o), str_of(secrets[i])) >= 0)
                        fail_msg("'%s' was not redacted", secrets[i]);
        assert_null(evidence_line(&e, RECORD_IDENTITY, S("hostname")));
        assert_true(str_eq(text_of(&e, "/proc/cmdline"), S("BOOT_IMAGE=redacted root=redacted mds=off")));
        assert_true(str_eq(text_of(&e, "/sys/class/dmi/id/sys_vendor"), S("redacted")));
        check_round_trip(&e);
}

/* Only what verdicts rest on: the lists are left out, and what is told of the machine is the same. */
static void test_for_verdicts(void **state) {
        static const char *const lists[] = { "/var/lib/dpkg/status", "/proc/*/comm" };
        const struct collect_options o = { .catalog = &catalog_builtin, .for_verdicts = true };
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out all = { 0 }, brief = { 0 };
        const struct report_style style = { 0 };
        struct diag d = { 0 };
        struct evidence e;
        struct verdict r;

        (void)state;
        make_machine();
        collect_root(&e, &a, false);
        assert_int_equal(state_of(&e, "/boot/"), FACT_KNOWN);
        verdict_judge(&r, &a, &catalog_builtin, &e, &(struct verdict_options){ 0 });
        report_json_tail(&(struct json){ .out = &all, .depth = 2 }, &r, &style);
        evidence_init(&e, &a, str_of(root));
        assert_int_equal(collect_linux_tree(&e, root, &o, &d), 0);
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
                assert_int_equal(state_of(&e, lists[i]), FACT_UNREAD);
        verdict_judge(&r, &a, &catalog_builtin, &e, &(struct verdict_options){ 0 });
        report_json_tail(&(struct json){ .out = &brief, .depth = 2 }, &r, &style);
        assert_true(str_eq(out_text(&all), out_text(&brief)));
}

/* A flaw of tomorrow: what its data file names is read without a line changed here. */
static struct catalog tomorrow(struct arena *a) {
        const struct fact_def named[] = {
                { .kind = FACT_KIND_FILE, .text = as_text(S("/proc/sys/kernel/new_switch")) },
                { .kind = FACT_KIND_FILE, .text = as_text(S("/proc/cmdline")) },
                { .kind = FACT_KIND_CONFIG, .text = as_text(S("NEW_OPTION OLD_OPTION")) },
                { .kind = FACT_KIND_LOG, .text = as_text(S("new sentence")) },
                { .kind = FACT_KIND_CPUID, .leaf = 0x80000002 },
                { .kind = FACT_KIND_REGISTRY, .text = as_text(S("HKLM\\X|Y")) },
        };
        struct fact_def *facts = arena_array(a, struct fact_def, sizeof(named) / sizeof(named[0]));
        struct sentence_file *file = arena_new(a, struct sentence_file);
        struct parameter *mds = arena_new(a, struct parameter);
        struct text *off = arena_new(a, struct text);

        memcpy(facts, named, sizeof(named));
        file->path = as_text(S("/sys/devices/system/cpu/vulnerabilities/tomorrow"));
        *off = as_text(S("off"));
        *mds = (struct parameter){ .name = as_text(S("mds")), .values = as_texts(off, 1) };
        return (struct catalog){ .facts = facts, .fact_count = sizeof(named) / sizeof(named[0]), .files = file, .file_count = 1,
                                 .parameters = mds, .parameter_count = 1 };
}

static void test_reads_what_the_catalog_names(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        const struct catalog of_tomorrow = tomorrow(&a);
        struct collect_options o = { .catalog = &of_tomorrow, .redact = true };
        struct diag d = { 0 };
        struct evidence e;

        (void)state;
        make_machine();
        fakeroot_file(root, "proc/sys/kernel/new_switch", "1\n");
        fakeroot_file(root, "boot/config-6.1.0-56-cloud-amd64", "CONFIG_OLD_OPTION=y\nCONFIG_OTHER=y\n");
        fakeroot_file(root, "var/log/dmesg", "[    0.1] a new sentence\n[    0.2] eth0: up\n");
        evidence_init(&e, &a, str_of(root));
        assert_int_equal(collect_linux_tree(&e, root, &o, &d), 0);
        assert_true(str_eq(text_of(&e, "/proc/sys/kernel/new_switch"), S("1")));
        assert_true(str_eq(text_of(&e, "/proc/cmdline"), S("BOOT_IMAGE=redacted root=redacted mds=off")));
        assert_true(str_eq(text_of(&e, "/boot/config-6.1.0-56-cloud-amd64"), S("CONFIG_OLD_OPTION=y")));
        assert_true(str_eq(text_of(&e, "/var/log/dmesg"), S("new sentence")));
        assert_int_equal(state_of(&e, "/sys/devices/system/cpu/vulnerabilities/tomorrow"), FACT_ABSENT);
        assert_null(evidence_cpuid(&e, 0, 0x80000002, 0));
        check_round_trip(&e);
}

/* An empty folder knows nothing: in particular nothing of the machine that this test runs on, and nothing is
 * "absent". */
static void test_nothing_leaks_in(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;

        (void)state;
        collect_root(&e, &a, false);
        for (ptrdiff_t i = 0; i < e.count; i++)
                if (e.items[i].kind != RECORD_META)
                        fail_msg("an empty folder says '%.*s'", STR_ARG(e.items[i].key));
        check_round_trip(&e);
}

/* A tree that was captured in part: what the kernel says was left out, which is not the same as absent. */
static void test_partial_tree(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;

        (void)state;
        fakeroot_file(root, "proc/version", "Linux version 6.1.0-13-amd64 (b@example) (gcc-12) #1 SMP\n");
        fakeroot_file(root, "sys/devices/system/cpu/online", "0-3\n");
        collect_root(&e, &a, false);
        assert_int_equal(state_of(&e, "/sys/devices/system/cpu/vulnerabilities/spectre_v1"), FACT_UNREAD);
        assert_int_equal(state_of(&e, "/sys/devices/system/cpu/smt/active"), FACT_ABSENT);
        fakeroot_file(root, "sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI\n");
        collect_root(&e, &a, false);
        assert_int_equal(state_of(&e, "/sys/devices/system/cpu/vulnerabilities/tsa"), FACT_ABSENT);
}

/* A disk has empty /proc, /sys and /dev: they say nothing, also not that something is absent. The kernel is the
 * newest one. */
static void test_disk(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;

        (void)state;
        fakeroot_file(root, "usr/lib/modules/6.1.0-9-amd64/x", "");
        fakeroot_file(root, "usr/lib/modules/6.1.0-56-amd64/config", "CONFIG_KVM=m\n");
        fakeroot_file(root, "usr/lib/modules/extra/x", "");
        fakeroot_link(root, "lib", "/usr/lib");
        fakeroot_link(root, "bin", "/usr/bin");
        fakeroot_bytes(root, "usr/bin/sh", "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\xb7\0", 20);
        assert_int_equal(mkdir(fakeroot_path(root, "proc"), 0755) | mkdir(fakeroot_path(root, "sys"), 0755) |
                         mkdir(fakeroot_path(root, "dev"), 0755), 0);
        collect_root(&e, &a, false);
        assert_true(str_eq(evidence_line(&e, RECORD_UNAME, S(""))->text, S("Linux 6.1.0-56-amd64 aarch64")));
        assert_non_null(evidence_line(&e, RECORD_META, S("kernel")));
        assert_true(str_eq(text_of(&e, "/usr/lib/modules/6.1.0-56-amd64/config"), S("CONFIG_KVM=m")));
        assert_int_equal(state_of(&e, "/boot/config-6.1.0-56-amd64"), FACT_ABSENT);
        for (ptrdiff_t i = 0; i < e.count; i++)
                if (str_starts(e.items[i].key, S("/proc")) || str_starts(e.items[i].key, S("/sys")) ||
                    str_starts(e.items[i].key, S("/dev")))
                        fail_msg("a disk says something of '%.*s'", STR_ARG(e.items[i].key));
}

/* A tree with the running machine's /proc and /sys in it, as for chroot: this machine's root. */
static void test_live_mounts(void **state) {
        const struct collect_options o = { .catalog = &catalog_builtin };
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        evidence_init(&e, &a, S("x"));
        assert_int_equal(collect_linux_tree(&e, "/", &o, &d), 0);
        assert_non_null(evidence_line(&e, RECORD_META, S("not-seen")));
        for (ptrdiff_t i = 0; i < e.count; i++)
                if (str_starts(e.items[i].key, S("/proc/")) || str_starts(e.items[i].key, S("/sys/")) || str_starts(e.items[i].key, S("/dev/")))
                        fail_msg("what this machine runs is told of the tree: '%.*s'", STR_ARG(e.items[i].key));
        evidence_init(&e, &a, S("x"));
        fakeroot_file(root, "dev/kvm", "");
        assert_int_equal(collect_linux_tree(&e, root, &o, &d), 0);
        assert_null(evidence_line(&e, RECORD_META, S("not-seen")));
        assert_int_equal(state_of(&e, "/dev/kvm"), FACT_UNREAD);
}

/* What stands in for another file is read only where that one is not there: a file that cannot be read may say something else. */
static void test_otherwise(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence without, broken;

        (void)state;
        fakeroot_file(root, "usr/lib/os-release", "ID=debian\n");
        fakeroot_file(root, "etc/hostname", "x\n");
        collect_root(&without, &a, false);
        assert_true(str_eq(text_of(&without, "/usr/lib/os-release"), S("ID=debian")));
        assert_int_equal(state_of(&without, "/etc/os-release"), FACT_ABSENT);
        assert_int_equal(mkfifo(fakeroot_path(root, "etc/os-release"), 0644), 0);
        collect_root(&broken, &a, false);
        assert_int_equal(state_of(&broken, "/etc/os-release"), FACT_FAILED);
        assert_int_equal(state_of(&broken, "/usr/lib/os-release"), FACT_UNREAD);
}

static void test_hostile_tree(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        char *big = arena_bytes(&a, 100001);

        (void)state;
        memset(big, 'x', 100000);
        big[100000] = '\0';
        fakeroot_file(root, "proc/version", "Linux version ../../../../etc/passwd (x)\n");
        fakeroot_file(root, "sys/devices/system/cpu/online", "0-99999999\n");
        fakeroot_file(root, "sys/devices/system/cpu/vulnerabilities/mds", big);
        fakeroot_link(root, "sys/devices/system/cpu/vulnerabilities/l1tf", "../../../../../../../../../proc/version");
        fakeroot_link(root, "sys/devices/system/cpu/vulnerabilities/tsa", "tsa");
        fakeroot_link(root, "etc/os-release", "/etc/passwd");
        assert_int_equal(mkfifo(fakeroot_path(root, "proc/cmdline"), 0644), 0);
        collect_root(&e, &a, false);
        assert_int_equal(state_of(&e, "/sys/devices/system/cpu/vulnerabilities/mds"), FACT_FAILED);
        assert_true(str_eq(evidence_file(&e, S("/sys/devices/system/cpu/vulnerabilities/mds"))->text, S("EFBIG")));
        assert_true(str_eq(text_of(&e, "/sys/devices/system/cpu/vulnerabilities/l1tf"),
                           S("Linux version ../../../../etc/passwd (x)")));
        assert_true(str_eq(evidence_file(&e, S("/sys/devices/system/cpu/vulnerabilities/tsa"))->text, S("ELOOP")));
        assert_true(str_eq(evidence_file(&e, S("/proc/cmdline"))->text, S("EINVAL")));
        assert_int_equal(state_of(&e, "/etc/os-release"), FACT_UNREAD);
        check_round_trip(&e);
}

/* A kernel's name that would be another record in the file. */
static void test_hostile_names(void **state) {
        static const char *const versions[] = { "Linux version 6.1\x01-- x", "Linux version \x1b[31m6.1 x",
                                                "Linux version 6.1\x7f x",   "Linux version ",
                                                "Linux version",             "Linux version \n-- file" };

        (void)state;
        fakeroot_file(root, "usr/lib/modules/6.1 x/x", "");
        fakeroot_file(root, "etc/hostname", "a\n-- uname Linux 6.1 x86_64\n");
        for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;

                fakeroot_file(root, "proc/version", versions[i]);
                collect_root(&e, &a, false);
                assert_null(evidence_line(&e, RECORD_UNAME, S("")));
                assert_true(str_eq(evidence_line(&e, RECORD_IDENTITY, S("hostname"))->text, S("a")));
                check_round_trip(&e);
        }
}

static void test_no_tree(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct collect_options o = { .catalog = &catalog_builtin };
        struct diag d = { 0 };
        struct evidence e;

        (void)state;
        evidence_init(&e, &a, S("x"));
        assert_int_equal(collect_linux_tree(&e, fakeroot_path(root, "nothing"), &o, &d), -1);
        assert_int_equal(d.class, DIAG_NO_INPUT);
}

/* What must hold on any Linux machine: the kernel says its name, each known flaw's file was looked for, all of it
 * reads back. */
static void test_live(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct collect_options o = { .catalog = &catalog_builtin };
        struct diag d = { 0 };
        struct evidence e;
        struct utsname u;

        (void)state;
        evidence_init(&e, &a, S("live"));
        assert_int_equal(collect_linux_live(&e, &o, &d), 0);
        assert_int_equal(uname(&u), 0);
        assert_true(str_eq(evidence_line(&e, RECORD_UNAME, S(""))->text,
                           str_fmt(&a, "Linux %s %s", u.release, u.machine)));
        if (access("/sys/devices", R_OK) == 0)
                for (uint32_t i = 0; i < catalog_builtin.file_count; i++)
                        assert_int_not_equal(state_of(&e, T(catalog_builtin.files[i].path).p), FACT_UNREAD);
        check_round_trip(&e);
}

/* The instruction's answer for vendor and signature is there, for all CPUs or for the first. */
static void test_live_processor(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        const struct catalog of_tomorrow = tomorrow(&a);
        struct collect_options o = { .catalog = &of_tomorrow };
        struct diag d = { 0 };
        struct evidence e;
        const struct record *leaf;

        (void)state;
#if !defined(__x86_64__)
        skip();
#endif
        evidence_init(&e, &a, S("live"));
        assert_int_equal(collect_linux_live(&e, &o, &d), 0);
        if (state_of(&e, "/sys/devices/system/cpu/online") != FACT_KNOWN)
                skip();
        if (evidence_cpuid(&e, 0, 0x80000000, 0))
                assert_non_null(evidence_cpuid(&e, 0, 0x80000002, 0));
        leaf = evidence_cpuid(&e, 0, 1, 0);
        if (!leaf)
                skip(); /* not allowed to run on CPU 0 */
        assert_int_not_equal(leaf->words[0], 0);
        assert_int_equal(leaf->words[1] >> 24, 0);
}

/* docs/evidence-format.md: its example is an evidence file, and it tells of each path that is not recorded whole. */
static void test_documentation(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out example = { 0 };
        TREE_AUTO struct tree source;
        struct str text, line, rest;
        struct evidence e;
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(tree_open(&source, SOURCE_ROOT, &d), 0);
        assert_int_equal(tree_read(&source, "/docs/evidence-format.md", 1 << 20, &a, &text), 0);
        for (rest = text; str_line(&rest, &line);)
                if (str_starts(line, S("    "))) {
                        out_str(&example, str_from(line, 4));
                        out_char(&example, '\n');
                }
        if (evidence_parse(&e, &a, S("docs/evidence-format.md"), out_text(&example), &d) < 0)
                fail_msg("%s", d.text);
        assert_true(e.count >= 9);
        for (size_t i = 0; i < linux_source_count; i++) {
                const struct source *s = &linux_sources[i];

                if ((s->filter || s->exists || str_ends(str_of(s->path), S("/"))) &&
                    str_find(text, str_of(s->path)) < 0)
                        fail_msg("docs/evidence-format.md does not tell of %s", s->path);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_captured_machine, setup, teardown),
                cmocka_unit_test_setup_teardown(test_partial_tree, setup, teardown),
                cmocka_unit_test_setup_teardown(test_for_verdicts, setup, teardown),
                cmocka_unit_test_setup_teardown(test_redacted, setup, teardown),
                cmocka_unit_test_setup_teardown(test_reads_what_the_catalog_names, setup, teardown),
                cmocka_unit_test_setup_teardown(test_nothing_leaks_in, setup, teardown),
                cmocka_unit_test_setup_teardown(test_disk, setup, teardown),
                cmocka_unit_test_setup_teardown(test_live_mounts, setup, teardown),
                cmocka_unit_test_setup_teardown(test_otherwise, setup, teardown),
                cmocka_unit_test_setup_teardown(test_hostile_tree, setup, teardown),
                cmocka_unit_test_setup_teardown(test_hostile_names, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_tree, setup, teardown),
                cmocka_unit_test(test_documentation),
                cmocka_unit_test(test_live),
                cmocka_unit_test(test_live_processor),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
