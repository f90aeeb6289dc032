/* collect: how texts are shortened, what redaction takes away, which CPUs there are. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zlib.h>

#include "collect/linux/cpu_numbers.h"
#include "collect/linux/filter.h"
#include "collect/linux/kernel.h"
#include "collect/linux/log.h"
#include "collect/linux/redact.h"
#include "collect/processor/processor.h"

static struct str config(struct arena *a, struct str text) {
        static const struct str wanted[] = { STR("EXOTIC") };

        return filter_config(a, text, (struct words){ wanted, 1 });
}

static struct str log_lines(struct arena *a, struct str text) {
        struct log_words words;

        filter_log_words(&words, a, &catalog_builtin);
        return filter_log(a, text, &words);
}

/* As at the path that has it. */
#define REDACTION(name, path) \
        static struct str name##_(struct arena *a, struct str text) { return name(a, &catalog_builtin, S(path), text); }
REDACTION(redact_cmdline, "/proc/cmdline")
REDACTION(redact_version, "/proc/version")
REDACTION(redact_cpuinfo, "/proc/cpuinfo")
REDACTION(redact_os_release, "/etc/os-release")
REDACTION(redact_value, "/sys/class/dmi/id/sys_vendor")
REDACTION(redact_log, "/dev/kmsg")
REDACTION(redact_config, "/proc/config.gz")

struct row {
        const char *name;
        struct str (*filter)(struct arena *a, struct str text);
        const char *text, *expected;
};

static const struct row rows[] = {
        { "config", config,
          "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.1.192 Kernel Configuration\n#\n"
          "CONFIG_RETPOLINE=y\n# CONFIG_SLS is not set\nCONFIG_MITIGATION_RETPOLINE=y\nCONFIG_DRM=m\n# CONFIG_DRM_I915 is not set\n"
          "CONFIG_DEFAULT_HOSTNAME=\"secret\"\nCONFIG_KVM_INTEL=m\nxCONFIG_RETPOLINE=y\n"
          "CONFIG_EXOTIC=y\nCONFIG_EXOTIC_OTHER=y\n# CONFIG_EXOTIC is not set\n",
          "# Linux/x86 6.1.192 Kernel Configuration\nCONFIG_RETPOLINE=y\n# CONFIG_SLS is not set\n"
          "CONFIG_MITIGATION_RETPOLINE=y\nCONFIG_KVM_INTEL=m\nCONFIG_EXOTIC=y\n# CONFIG_EXOTIC is not set\n" },
        { "config without a final newline", config, "CONFIG_KVM=y", "CONFIG_KVM=y\n" },
        { "empty config", config, "", "" },
        { "log of syslog(2)", log_lines,
          "<6>[    0.000000] Linux version 6.1.0\n<5>[    0.000000] Command line: root=UUID=1 mds=off\n"
          "<6>[    0.041234] Spectre V1 : Mitigation: usercopy/swapgs barriers and __user pointer sanitization\n"
          "<4>[    0.050000][    T0] MDS CPU bug present and SMT on, data leak possible.\n"
          "<6>Zenbleed: please update your microcode for the most optimal fix\n<6>[ 9] eth0: Spectre V2 : not at the beginning\n",
          "Spectre V1 : Mitigation: usercopy/swapgs barriers and __user pointer sanitization\n"
          "MDS CPU bug present and SMT on, data leak possible.\n"
          "Zenbleed: please update your microcode for the most optimal fix\n" },
        { "log without time stamps", log_lines, "RETBleed: Mitigation: IBRS\n[broken\n<\nwarning: SMT on, data leak possible. See\n",
          "RETBleed: Mitigation: IBRS\nwarning: SMT on, data leak possible. See\n" },
        { "status", filter_status,
          "Name:\tx\nSeccomp:\t0\nSpeculation_Store_Bypass:\tthread vulnerable\nSpeculationIndirectBranch:\tconditional enabled\n",
          "Seccomp:\t0\nSpeculation_Store_Bypass:\tthread vulnerable\nSpeculationIndirectBranch:\tconditional enabled\n" },
        { "os-release", filter_os_release, "NAME=\"Debian\"\nID=debian\nHOME_URL=\"https://www.debian.org/\"\nVERSION_ID=\"12\"\n",
          "NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n" },
        { "dpkg", filter_dpkg,
          "Package: zlib1g\nStatus: install ok installed\nVersion: 1\n\nPackage: intel-microcode\nStatus: install ok installed\n"
          "Maintainer: X <x@y>\nVersion: 3.20251111.1\nDescription: x\n Version: no\n\nPackage: x\nVersion: 2\n\n"
          "Package: linux-image-6.1.0-56-amd64\nVersion: 6.1.192-2\n",
          "Package: intel-microcode\nStatus: install ok installed\nVersion: 3.20251111.1\n"
          "Package: linux-image-6.1.0-56-amd64\nVersion: 6.1.192-2\n" },
        { "dpkg, packages that stand elsewhere", filter_dpkg,
          "Status: install ok installed\nPackage: intel-microcode\nVersion: 1\n\nX-Package: intel-microcode\nVersion: 2\n\n"
          "Description: x\n Package: intel-microcode\nVersion: 3\n",
          "Package: intel-microcode\nVersion: 1\n" },
        { "cpuinfo", filter_cpuinfo, "processor\t: 0\nSerial\t\t: 10000000abcd\nmodel\t: 1\n", "processor\t: 0\nmodel\t: 1\n" },
        { "an owner's asset tag", filter_asset_tag, "INV-0017\n", "" },
        { "a cloud's asset tag", filter_asset_tag, "7783-7084-3265-9085-8269-3286-77\n", "7783-7084-3265-9085-8269-3286-77\n" },
        { "kernel images", filter_kernel_images, "System.map-6.1\nconfig-6.1\ninitrd.img-6.1\nvmlinuz-6.1\n", "vmlinuz-6.1\n" },
        { "module", filter_module, "coresize\ninitstate\nparameters\nrefcnt\n", "initstate\nparameters\n" },
        { "redacted command line", redact_cmdline_,
          "BOOT_IMAGE=/vmlinuz-6.1 root=UUID=0a1b-22 ro quiet mitigations=auto,nosmt nosmt=force ip=10.0.0.7::10.0.0.1 "
          "hostname=web-17 spectre_v2=retpoline kvm.nx_huge_pages=off nopti secret.example.org 52:54:00:12:34:56 /dev/sda1\n",
          "BOOT_IMAGE=redacted root=redacted redacted redacted mitigations=auto,nosmt nosmt=force ip=redacted "
          "hostname=redacted spectre_v2=retpoline kvm.nx_huge_pages=off nopti redacted redacted redacted" },
        { "parameters by their whole name", redact_cmdline_, "mds_host=web-17 smtp=mail tsx=on kvm=web-17 kvm_intel.ept=1 mds=off2 mds=off",
          "mds_host=redacted smtp=redacted tsx=on kvm=redacted kvm_intel.ept=1 mds=redacted mds=off" },
        { "attack vectors", redact_cmdline_, "mitigations=auto,no_guest_host,no_user_user mitigations=no_web_17",
          "mitigations=auto,no_guest_host,no_user_user mitigations=redacted" },
        { "quotes", redact_cmdline_, "\"mds=off\" tsx=\"on\" \"mds=web 17\" x=\"a mds=off b\" \"web 17\" -- nopti /x \"web 17",
          "\"mds=off\" tsx=\"on\" mds=redacted x=redacted mds=redacted redacted -- nopti redacted redacted" },
        { "a lone quote", redact_cmdline_, "mds=off \"", "mds=off redacted" },
        { "nothing between quotes", redact_cmdline_, "\"\" mds=\"\" =x", "redacted mds=\"\" redacted" },
        { "redacted version", redact_version_, "Linux version 6.1.0 (joe@laptop) (gcc-12 (Debian) 12.2.0) #1 SMP joe@laptop 2026\n",
          "Linux version 6.1.0 (redacted) (gcc-12 (Debian) 12.2.0) #1 SMP redacted 2026\n" },
        { "nothing to redact", redact_version_, "Linux version 6.1.0 (gcc-12) #1\n", "Linux version 6.1.0 (gcc-12) #1\n" },
        { "half a version", redact_version_, "Linux version 6.1.0 (joe@lap", "Linux version 6.1.0 (redacted)" },
        { "redacted s390", redact_cpuinfo_,
          "processor 0: version = FF,  identification = 2733E8,  machine = 8561\nprocessor 1: identification = 2733E9\n",
          "processor 0: version = FF,  identification = 000000,  machine = 8561\nprocessor 1: identification = 000000\n" },
        { "redacted cpuinfo", redact_cpuinfo_, "processor\t: 0\nSerial\t\t: 10000000abcd\nowner\t: web-17\nmodel\t\t: 1\n\n",
          "processor\t: 0\nmodel\t\t: 1\n\n" },
        { "redacted os-release", redact_os_release_, "NAME=\"Web-17 Linux\"\nID=debian\nID_LIKE=\"web17 ubuntu\"\nVERSION_ID=\"12\"\nVERSION_ID=web17\n",
          "ID=\"debian\"\nID_LIKE=\"redacted ubuntu\"\nVERSION_ID=\"12\"\n" },
        { "a maker that rules know", redact_value_, "Microsoft Corporation\n", "Microsoft Corporation\n" },
        { "a maker that they do not", redact_value_, "Web-17 Inc.\n", "redacted" },
        { "an inventory's number", redact_value_, "4711\n", "redacted" },
        { "redacted log", redact_log_, "kvm: web-17\nfrom web-17: SMT on, data leak possible. web-17\n", "SMT on, data leak possible\n" },
        { "redacted config", redact_config_, "# Linux/x86 6.1.0-web17 Kernel Configuration\nCONFIG_KVM=m\nCONFIG_CC_VERSION_TEXT=\"web-17\"\n# CONFIG_SLS is not set\n",
          "CONFIG_KVM=m\n# CONFIG_SLS is not set\n" },
};

static void test_filters(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str got = rows[i].filter(&a, str_of(rows[i].text));

                if (!str_eq(got, str_of(rows[i].expected)))
                        fail_msg("%s: got\n%.*s\nexpected\n%s", rows[i].name, STR_ARG(got), rows[i].expected);
        }
}

/* Cut off after every byte: never a crash (the sanitizer build watches), never longer than it was but for the
 * redaction. */
static void test_filters_truncated(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (ptrdiff_t n = 0; n <= (ptrdiff_t)strlen(rows[i].text); n++) {
                        ARENA_AUTO struct arena a = { 0 };
                        char *copy = arena_bytes(&a, n);
                        struct str got;

                        memcpy(copy, rows[i].text, (size_t)n);
                        got = rows[i].filter(&a, str_n(copy, n));
                        assert_true(got.len <= 2 * (ptrdiff_t)strlen(rows[i].text));
                }
}

static struct str pack(struct arena *a, struct str text) {
        z_stream z = { .next_in = (Bytef *)(uintptr_t)text.p, .avail_in = (uInt)text.len };
        char *p = arena_bytes(a, text.len + 128);

        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_out = (Bytef *)p;
        z.avail_out = (uInt)text.len + 128;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        deflateEnd(&z);
        return str_n(p, (ptrdiff_t)z.total_out);
}

static void test_gunzip(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = S("CONFIG_KVM=y\nCONFIG_KVM=y\n"), packed = pack(&a, text), got;

        (void)state;
        assert_int_equal(kernel_gunzip(&a, packed, 1000, false, &got), 0);
        assert_true(str_eq(got, text));
        assert_int_equal(kernel_gunzip(&a, packed, text.len, false, &got), 0);
        assert_int_equal(kernel_gunzip(&a, packed, text.len - 1, false, &got), EFBIG);
        assert_int_equal(kernel_gunzip(&a, text, 1000, false, &got), EBADMSG);
        for (ptrdiff_t n = 0; n < packed.len; n++)
                assert_int_equal(kernel_gunzip(&a, str_sub(packed, 0, n), 1000, false, &got), EBADMSG);
        memset((char *)packed.p + packed.len - 8, 0, 4); /* the checksum */
        assert_int_equal(kernel_gunzip(&a, packed, 1000, false, &got), EBADMSG);
        assert_int_equal(kernel_gunzip(&a, packed, 1000, true, &got), 0);
        assert_true(str_eq(got, text));
}

static bool has_line(struct str text, const void *wanted) {
        struct str line;

        while (str_line(&text, &line))
                if (str_eq(line, *(const struct str *)wanted))
                        return true;
        return false;
}

static bool read_until(struct arena *a, struct str packed, struct str wanted, struct str *ret) {
        return kernel_gunzip_until(a, packed, &(struct evidence_question){ .is_answered = has_line, .arg = &wanted }, ret);
}

/* Every option of a long configuration, asked for: whole lines, the wanted one among them, and no more than a piece behind it. */
static void test_gunzip_until(void **state) {
        enum { OPTIONS = 6000, PIECE_SIZE = 4096, LOOKED_AT = 65536 };
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct str text, packed, got, wanted;
        int found = 0;

        (void)state;
        for (int i = 0; i < OPTIONS; i++)
                out_fmt(&o, "CONFIG_%d=%d\n", i, i * 7919 % 10007);
        text = out_text(&o);
        packed = pack(&a, text);
        for (int i = 0; i < OPTIONS; i += 61) {
                struct arena_mark mark = arena_mark(&a);
                ptrdiff_t at;

                wanted = str_fmt(&a, "CONFIG_%d=%d", i, i * 7919 % 10007);
                at = str_find(text, str_fmt(&a, "%.*s\n", STR_ARG(wanted)));
                if (read_until(&a, packed, wanted, &got)) {
                        found++;
                        assert_true(str_starts(text, got) && str_ends(got, S("\n")));
                        assert_true(has_line(got, &wanted) && got.len <= at + wanted.len + 1 + PIECE_SIZE);
                } else {
                        assert_true(at + wanted.len + 1 > LOOKED_AT - 100);
                }
                arena_release(&a, mark);
        }
        assert_true(found > 50);
        assert_false(read_until(&a, packed, S("CONFIG_6001=1"), &got));
        assert_false(read_until(&a, text, S("CONFIG_0=0"), &got));
        assert_true(read_until(&a, packed, S("CONFIG_0=0"), &got));
        assert_false(read_until(&a, str_sub(packed, 0, 12), S("CONFIG_0=0"), &got));
}

static void test_log_records(void **state) {
        static const struct {
                const char *record, *message;
        } records[] = {
                { "5,0,0,-;Linux version 6.18.44 (a@b)\n", "Linux version 6.18.44 (a@b)\n" },
                { "6,339,5140900,-;NET: Registered\n SUBSYSTEM=net\n DEVICE=n1\n", "NET: Registered\n" },
                { "6,340,5690716,c,caller=T1;a;b\n", "a;b\n" },
                { "4,1,2,-;one\\x0atwo\\x5cx\\x0A\\xz1\\x1\n", "one\ntwo\\x\n\\xz1\\x1\n" },
                { "4,1,2,-;\\x1b[31m\\", "\x1b[31m\\\n" },
                { "4,1,2,-;\n", "\n" },
                { "4,1,2,-", "" },
                { "", "" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
                OUT_AUTO struct out o = { 0 };

                log_message_of(str_of(records[i].record), &o);
                assert_true(str_eq(out_text(&o), str_of(records[i].message)));
        }
}

static void test_cpu_numbers(void **state) {
        static const struct {
                const char *text;
                bool valid;
                ptrdiff_t count;
                uint32_t last;
        } lists[] = {
                { "0\n", true, 1, 0 },        { "0-3\n", true, 4, 3 },   { "0,2-3,8\n", true, 4, 8 },
                { "0-8191", true, 8192, 8191 }, { "", false, 0, 0 },       { "\n", false, 0, 0 },
                { "0-8192", false, 0, 0 },    { "3-1", false, 0, 0 },    { "a", false, 0, 0 },
                { "0-x", false, 0, 0 },       { "-1", false, 0, 0 },     { "1,,2", false, 0, 0 },
                { "0-99999999999999999999", false, 0, 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct cpu_numbers list;

                if (cpu_numbers_parse(&a, str_of(lists[i].text), &list) != lists[i].valid)
                        fail_msg("'%s'", lists[i].text);
                if (lists[i].valid) {
                        assert_int_equal(list.count, lists[i].count);
                        assert_int_equal(list.items[list.count - 1], lists[i].last);
                }
        }
}

static void test_alike_cpus(void **state) {
        static const struct str alike = STR("processor\t: 0\nmodel\t\t: 1\ncpu MHz\t: 1\n\nprocessor\t: 1\nmodel\t\t: 1\ncpu MHz\t: 2\n");

        (void)state;
        assert_true(cpuinfo_alike(alike, 2));
        assert_false(cpuinfo_alike(alike, 3)); /* a third one is not shown */
        assert_false(cpuinfo_alike(alike, 1));
        assert_false(cpuinfo_alike(S(""), 1));
        assert_false(cpuinfo_alike(S("processor\t: 0\nmicrocode\t: 0x1\n\nprocessor\t: 1\nmicrocode\t: 0x2\n"), 2));
        assert_false(cpuinfo_alike(S("processor\t: 0\nmicrocode\t: 0x1\n\nprocessor\t: 1\n"), 2)); /* nor is the second's microcode */
        assert_false(cpuinfo_alike(S("processor: 0\nCPU part\t: 0xd05\n\nprocessor: 1\nCPU part\t: 0xd0a\n"), 2));
}

/* Hybrid parts, CPUs that disagree, registers that only some have: told apart; what all say is said once. */
static void test_merge(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        static uint32_t numbers[] = { 0, 2 };
        struct evidence from, to, apart;

        (void)state;
        evidence_init(&from, &a, S("live"));
        evidence_init(&to, &a, S("live"));
        evidence_init(&apart, &a, S("live"));
        for (uint32_t i = 0; i < 2; i++) {
                evidence_add_cpuid(&from, numbers[i], 0, 0, (uint32_t[4]){ 1, 2, 3, 4 });
                evidence_add_cpuid(&from, numbers[i], 0x1a, 0, (uint32_t[4]){ i ? 0x20000001 : 0x40000001 });
                evidence_add_msr(&from, numbers[i], 0x10a, FACT_DENIED, 0);
                evidence_add_msr(&from, numbers[i], 0x8b, FACT_KNOWN, i);
                evidence_add_missing(&from, str_fmt(&a, "/dev/cpu/%u/msr", numbers[i]), FACT_DENIED, S(""));
        }
        evidence_add_msr(&from, 2, 0x123, FACT_ABSENT, 0);
        processor_merge(&to, &from, &a, numbers, 2);
        processor_merge(&apart, &from, &a, numbers, 0);
        evidence_write(&to, &o);
        assert_true(str_eq(out_text(&o), S("# sidelight evidence 1\n"
                                           "-- cpuid * 00000000.0 00000001 00000002 00000003 00000004\n"
                                           "-- cpuid 0 0000001a.0 40000001 00000000 00000000 00000000\n"
                                           "-- msr * 0000010a denied\n"
                                           "-- msr 0 0000008b 0000000000000000\n"
                                           "-- denied /dev/cpu/0/msr\n"
                                           "-- cpuid 2 0000001a.0 20000001 00000000 00000000 00000000\n"
                                           "-- msr 2 0000008b 0000000000000001\n"
                                           "-- denied /dev/cpu/2/msr\n"
                                           "-- msr 2 00000123 absent\n")));
        assert_int_equal(apart.count, from.count);
}

/* Signs of where a machine runs are kept each once, whatever stands around them, and nothing else is. */
static void test_signs(void **state) {
        int seen = 0;

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.where_sign_count; i++) {
                ARENA_AUTO struct arena a = { 0 };
                const struct where_sign *s = &catalog_builtin.where_signs[i];
                const struct fact_def *def = &catalog_builtin.facts[s->fact];
                struct str sign, kept, line;
                int count = 0;

                if (def->kind != FACT_KIND_FILE || s->has.count == 0)
                        continue;
                sign = T_AT(s->has, 0);
                kept = filter_signs(&a, &catalog_builtin, T(def->text), str_fmt(&a, "before %.*s, and %.*s again", STR_ARG(sign), STR_ARG(sign)));
                while (str_cut(&kept, '\n', &line))
                        count += str_eq(line, sign);
                assert_int_equal(count, 1);
                kept = filter_signs(&a, &catalog_builtin, T(def->text), S("-"));
                assert_int_equal(kept.len, 0);
                seen++;
        }
        assert_true(seen > 0);
}

static void test_strings(void **state) {
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        assert_true(str_eq(filter_strings(&a, str_n("a\0b\nc\0", 6)), S("a\nb\nc\n")));
        assert_int_equal(filter_strings(&a, S("")).len, 0);
}

/* The characteristics' second extension byte counts where the structure is of the firmware, long enough, and whole. */
static void test_smbios(void **state) {
        static const struct {
                unsigned char type, length, bits;
                ptrdiff_t bytes;
                bool virtual_machine;
        } structures[] = {
                { 0, 0x14, 0x10, 0x14, true },  { 0, 0x18, 0xff, 0x18, true },  { 0, 0x14, 0xef, 0x14, false }, { 0, 0x14, 0x08, 0x14, false },
                { 0, 0x14, 0x20, 0x14, false }, { 0, 0x13, 0x10, 0x14, false }, { 1, 0x14, 0x10, 0x14, false }, { 0, 0x14, 0x10, 0x13, false },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                char *raw = arena_bytes(&a, structures[i].bytes);
                struct str got;

                memset(raw, 0, (size_t)structures[i].bytes);
                raw[0] = (char)structures[i].type;
                raw[1] = (char)structures[i].length;
                if (structures[i].bytes > 0x13)
                        raw[0x13] = (char)structures[i].bits;
                got = filter_smbios_bios(&a, str_n(raw, structures[i].bytes));
                assert_true(str_eq(got, structures[i].virtual_machine ? S("virtual machine") : S("")));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_filters),   cmocka_unit_test(test_filters_truncated), cmocka_unit_test(test_gunzip),
                cmocka_unit_test(test_gunzip_until), cmocka_unit_test(test_log_records),
                cmocka_unit_test(test_cpu_numbers), cmocka_unit_test(test_alike_cpus),
                cmocka_unit_test(test_merge),     cmocka_unit_test(test_signs),             cmocka_unit_test(test_strings),
                cmocka_unit_test(test_smbios),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
