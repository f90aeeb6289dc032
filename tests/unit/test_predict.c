/* whatif/predict: what kernels of other processors would say after a change of the command line. There only what the kernel said before
 * tells what processor and firmware offer; nothing is promised that it does not tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "evidence/places.h"
#include "whatif/change.h"
#include "whatif/predict.h"

static const char start[] = "# sidelight evidence 1\n-- uname Linux %s %s\n-- file /proc/cmdline\n%s\n";

struct row {
        const char *arch, *file;
        const char *said;          /* of that file */
        const char *before, *after; /* the command line */
        const char *then;          /* what it says after the change; "?": not known */
        const char *more;          /* records; "v2: …": another file's sentence */
};

#define FOLDER "/sys/devices/system/cpu/vulnerabilities/"
#define ALSO(file, says) "-- file " FOLDER file "\n" says "\n"
#define EIBRS "Mitigation: Enhanced / Automatic IBRS; IBPB: conditional"
#define ICE_LAKE "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\nstepping\t: 6\n" \
                 "flags\t\t: fpu sse2 lm avx hypervisor ssbd ibrs ibpb stibp ibrs_enhanced fsgsbase md_clear arch_capabilities\n"
#define LOG(line) "-- file /var/log/dmesg\n" line "\n"
#define CONFIG(options) "-- file /proc/config.gz\n" options "\n"
#define CORE(part) "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: fp\nCPU implementer\t: 0x41\nCPU variant\t: 0x0\nCPU part\t: " part "\nCPU revision\t: 0\n"
#define THUNDERX "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: fp\nCPU implementer\t: 0x43\nCPU variant\t: 0x1\nCPU part\t: 0x0a1\nCPU revision\t: 1\n"
#define V1 "Mitigation: __user pointer sanitization"
#define FLUSH "Mitigation: RFI Flush"
#define PRIVATE "L1D private per thread"
#define COUNT "Mitigation: Software count cache flush"
#define LINK "Software link stack flush"
#define BARRIER "Mitigation: Kernel entry/exit barrier"
#define EXPOLINE "Mitigation: execute trampolines"
#define PRCTL "Mitigation: Speculative Store Bypass disabled via prctl"
#define OFF "Vulnerable"

static const struct row rows[] = {
        /* Arm: page-table isolation */
        { "aarch64", "meltdown", "Not affected", "", "kpti=off mitigations=off", "Not affected", "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "", "kpti=off", OFF, "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "", "kpti=0", OFF, "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "", "mitigations=off", "?", "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "", "mitigations=off kpti=1", "Mitigation: PTI", "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "", "mitigations=off nokaslr", OFF, "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "", "mitigations=off", "Mitigation: PTI", LOG("CPU features: kernel page table isolation forced ON by KASLR") },
        { "aarch64", "meltdown", "Mitigation: PTI", "", "mitigations=off nokaslr", OFF, LOG("CPU features: kernel page table isolation forced ON by KASLR") },
        { "aarch64", "meltdown", "Mitigation: PTI", "mitigations=off", "quiet", "Mitigation: PTI", "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "mitigations=off", "mitigations=off kpti=n", OFF, "" },
        { "aarch64", "meltdown", "Mitigation: PTI", "kpti=on mitigations=off", "mitigations=off", "?", "" },
        { "aarch64", "meltdown", OFF, "kpti=off", "", "?", "" },
        { "aarch64", "meltdown", OFF, "kpti=off", "", "Mitigation: PTI", LOG("CPU features: kernel page table isolation forced OFF by kpti command line option") },
        { "aarch64", "meltdown", OFF, "mitigations=off", "", "Mitigation: PTI", LOG("CPU features: kernel page table isolation forced OFF by mitigations=off") },
        { "aarch64", "meltdown", OFF, "kpti=off", "mitigations=off", "?", LOG("CPU features: kernel page table isolation forced OFF by kpti command line option") },
        { "aarch64", "meltdown", OFF, "kpti=off", "", "Mitigation: PTI", CORE("0xd0b") CONFIG("CONFIG_UNMAP_KERNEL_AT_EL0=y") },
        { "aarch64", "meltdown", OFF, "kpti=off", "", "?", CORE("0xd0b") CONFIG("# CONFIG_UNMAP_KERNEL_AT_EL0 is not set") },
        { "aarch64", "meltdown", OFF, "kpti=off", "", "?", THUNDERX CONFIG("CONFIG_UNMAP_KERNEL_AT_EL0=y") },
        { "aarch64", "meltdown", OFF, "", "kpti=on", OFF, CORE("0xd0b") CONFIG("CONFIG_UNMAP_KERNEL_AT_EL0=y") },
        /* Arm: Spectre v2 and branch histories */
        { "aarch64", "spectre_v2", "Not affected", "", "nospectre_v2", "Not affected", "" },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, BHB", "", "nospectre_v2", "Mitigation: CSV2, BHB", "" },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, BHB", "", "nospectre_bhb", "Mitigation: CSV2; but not BHB", "" },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, BHB", "", "mitigations=off", "Mitigation: CSV2; but not BHB", "" },
        { "aarch64", "spectre_v2", "Mitigation: CSV2", "", "mitigations=off", "Mitigation: CSV2", "" },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, but not BHB", "quiet", "nospectre_bhb", "Mitigation: CSV2, but not BHB", "" },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, but not BHB", "nospectre_bhb", "", "Mitigation: CSV2; (cannot be predicted: bhi)", "" },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, but not BHB", "nospectre_bhb", "", "Mitigation: CSV2; BHB",
          CORE("0xd0c") LOG("spectre-bhb mitigation disabled by command line option") },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, but not BHB", "mitigations=off", "", "Mitigation: CSV2; BHB",
          CORE("0xd0c") CONFIG("CONFIG_MITIGATE_SPECTRE_BRANCH_HISTORY=y") },
        { "aarch64", "spectre_v2", "Mitigation: CSV2, but not BHB", "mitigations=off", "", "Mitigation: CSV2; (cannot be predicted: bhi)",
          CORE("0xd0a") CONFIG("CONFIG_MITIGATE_SPECTRE_BRANCH_HISTORY=y") },
        { "aarch64", "spectre_v2", "Mitigation: Branch predictor hardening, BHB", "", "nospectre_v2", OFF, "" },
        { "aarch64", "spectre_v2", "Mitigation: Branch predictor hardening, BHB", "", "nospectre_bhb", "Mitigation: Branch predictor hardening; but not BHB", "" },
        { "aarch64", "spectre_v2", OFF, "", "nospectre_v2", OFF, "" },
        { "aarch64", "spectre_v2", OFF, "", "nospectre_bhb", OFF, "" },
        { "aarch64", "spectre_v2", OFF, "nospectre_bhb", "", OFF, "" },
        { "aarch64", "spectre_v2", OFF, "nospectre_v2", "", "?", "" },
        { "aarch64", "spectre_v2", OFF, "mitigations=off nospectre_v2", "nospectre_v2", OFF, "" },
        { "aarch64", "spectre_v2", "Vulnerable: Unprivileged eBPF enabled", "", "quiet", "Vulnerable: Unprivileged eBPF enabled", "" },
        /* PCs: parts that cannot be told before and after stay; any word for the same will do */
        { "x86_64", "spectre_v2", EIBRS "; PBRSB-eIBRS: SW sequence; BHI: Vulnerable", "", "spectre_bhi=on",
          "Mitigation: Enhanced / Automatic IBRS; BHI: SW loop, KVM: SW loop; IBPB: conditional; PBRSB-eIBRS: SW sequence",
          ICE_LAKE CONFIG("CONFIG_ARCH_HAS_CPU_ATTACK_VECTORS=y\n# CONFIG_KVM is not set") },
        { "x86_64", "spectre_v2", EIBRS "; PBRSB-eIBRS: SW sequence; BHI: SW loop, KVM: SW loop", "", "spectre_bhi=vmexit",
          "Mitigation: Enhanced / Automatic IBRS; BHI: Vulnerable, KVM: SW loop; IBPB: conditional; PBRSB-eIBRS: SW sequence", ICE_LAKE "-- cpuid 0 7.2 0 0 0 0\n" },
        { "x86_64", "spectre_v2", EIBRS "; PBRSB-eIBRS: SW sequence; BHI: SW loop, KVM: SW loop", "", "spectre_bhi=vmexit",
          EIBRS "; PBRSB-eIBRS: SW sequence; (cannot be predicted: bhi)", ICE_LAKE },
        /* Arm: speculative store bypass */
        { "aarch64", "spec_store_bypass", "Not affected", "", "ssbd=force-off", "Not affected", "" },
        { "aarch64", "spec_store_bypass", PRCTL, "", "ssbd=force-off", OFF, "" },
        { "aarch64", "spec_store_bypass", PRCTL, "", "mitigations=off", OFF, "" },
        { "aarch64", "spec_store_bypass", PRCTL, "", "ssbd=force-on", PRCTL, "" },
        { "aarch64", "spec_store_bypass", OFF, "", "ssbd=force-on", OFF, "" },
        { "aarch64", "spec_store_bypass", OFF, "ssbd=force-off", "", "?", "" },
        { "aarch64", "spec_store_bypass", OFF, "ssbd=force-off", "", PRCTL, "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: fp ssbs\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n" },
        { "aarch64", "spec_store_bypass", OFF, "ssbd=force-off", "mitigations=off", OFF, "" },
        /* POWER: the flush of the first-level cache */
        { "ppc64le", "meltdown", "Not affected", "", "no_rfi_flush", "Not affected", "" },
        { "ppc64le", "meltdown", FLUSH ", " PRIVATE, "", "no_rfi_flush", "Vulnerable: " PRIVATE, "" },
        { "ppc64le", "meltdown", FLUSH, "", "no_rfi_flush", OFF, "" },
        { "ppc64le", "meltdown", FLUSH, "", "nopti", OFF, "" },
        { "ppc64le", "l1tf", FLUSH, "", "mitigations=off", OFF, "" },
        { "ppc64le", "l1tf", FLUSH ", " PRIVATE, "", "nospectre_v2", FLUSH ", " PRIVATE, "" },
        { "ppc64le", "meltdown", OFF, "no_rfi_flush", "", "?", "" },
        { "ppc64le", "meltdown", OFF, "no_rfi_flush", "", FLUSH, ALSO("spectre_v1", V1) },
        { "ppc64le", "meltdown", OFF, "no_rfi_flush", "", FLUSH, ALSO("spec_store_bypass", BARRIER " (eieio)") },
        { "ppc64le", "meltdown", OFF, "no_rfi_flush nopti", "nopti", OFF, ALSO("spectre_v1", V1) },
        { "ppc64le", "meltdown", OFF, "", "nopti", OFF, ALSO("spectre_v1", V1) },
        { "ppc64le", "meltdown", "Vulnerable: " PRIVATE, "nopti", "", "?", ALSO("spectre_v1", V1) },
        { "ppc64le", "meltdown", "Vulnerable: " PRIVATE, "", "nopti", "Vulnerable: " PRIVATE, "" },
        /* POWER: Spectre v1 and v2 */
        { "ppc64le", "spectre_v1", "Not affected", "", "nospectre_v1", "Not affected", "" },
        { "ppc64le", "spectre_v1", V1, "", "nospectre_v1", OFF, "" },
        { "ppc64le", "spectre_v1", V1 ", ori31 speculation barrier enabled", "", "mitigations=off", OFF "; ori31 speculation barrier enabled", "" },
        { "ppc64le", "spectre_v1", OFF, "nospectre_v1", "", "?", "" },
        { "ppc64le", "spectre_v1", OFF, "nospectre_v1", "", V1, ALSO("meltdown", FLUSH) },
        { "ppc64le", "spectre_v1", OFF ", ori31 speculation barrier enabled", "nospectre_v1", "", V1 "; ori31 speculation barrier enabled", ALSO("l1tf", FLUSH) },
        { "ppc64le", "spectre_v1", OFF, "", "nospectre_v1", OFF, ALSO("meltdown", FLUSH) },
        { "ppc64le", "spectre_v2", COUNT " (hardware accelerated), " LINK, "", "nospectre_v2", OFF, "" },
        { "ppc64le", "spectre_v2", COUNT, "", "mitigations=off", OFF, "" },
        { "ppc64le", "spectre_v2", COUNT, "", "no_rfi_flush", COUNT, "" },
        { "ppc64le", "spectre_v2", "Mitigation: Branch predictor state flush", "", "nospectre_v2", OFF, "" },
        { "ppc64le", "spectre_v2", "Mitigation: Indirect branch cache disabled, " LINK, "", "nospectre_v2", "Mitigation: Indirect branch cache disabled", "" },
        { "ppc64le", "spectre_v2", "Mitigation: Indirect branch serialisation (kernel only), Indirect branch cache disabled", "", "nospectre_v2",
          "Mitigation: Indirect branch serialisation (kernel only), Indirect branch cache disabled", "" },
        { "ppc64le", "spectre_v2", OFF, "nospectre_v2", "", "?", "" },
        { "ppc64le", "spectre_v2", OFF, "", "nospectre_v2", OFF, "" },
        /* POWER: the barrier */
        { "ppc64le", "spec_store_bypass", BARRIER " (eieio)", "", "no_stf_barrier", "?", "" },
        { "ppc64le", "spec_store_bypass", BARRIER " (eieio)", "", "no_stf_barrier", OFF, ALSO("meltdown", FLUSH) },
        { "ppc64le", "spec_store_bypass", BARRIER " (hwsync)", "", "nospec_store_bypass_disable", OFF, ALSO("meltdown", FLUSH) },
        { "ppc64le", "spec_store_bypass", BARRIER " (fallback)", "", "spec_store_bypass_disable=off", OFF, ALSO("meltdown", FLUSH) },
        { "ppc64le", "spec_store_bypass", BARRIER " (eieio)", "", "mitigations=off", "Not affected", ALSO("meltdown", "Not affected") },
        { "ppc64le", "spec_store_bypass", BARRIER " (eieio)", "", "mitigations=off", "?", ALSO("meltdown", "Vulnerable: " PRIVATE) },
        { "ppc64le", "spec_store_bypass", BARRIER " (unknown)", "", "spec_store_bypass_disable=on", BARRIER " (unknown)", "" },
        { "ppc64le", "spec_store_bypass", BARRIER " (hwsync)", "", "spec_store_bypass_disable=auto", BARRIER " (hwsync)", "" },
        { "ppc64le", "spec_store_bypass", BARRIER " (fallback)", "", "spec_store_bypass_disable=on", BARRIER " (fallback)", "" },
        { "ppc64le", "spec_store_bypass", OFF, "no_stf_barrier", "", "?", ALSO("meltdown", FLUSH) },
        { "ppc64le", "spec_store_bypass", OFF, "", "spec_store_bypass_disable=on", OFF, "" },
        { "ppc64le", "spec_store_bypass", "Not affected", "no_stf_barrier", "", "?", "" },
        { "ppc64le", "spec_store_bypass", "Not affected", "", "no_stf_barrier", "Not affected", "" },
        /* s390 */
        { "s390x", "spectre_v2", "Mitigation: etokens", "", "nospectre_v2 nobp=1", "Mitigation: etokens", "" },
        { "s390x", "spectre_v2", EXPOLINE, "", "nospectre_v2", OFF, "" },
        { "s390x", "spectre_v2", EXPOLINE, "", "spectre_v2=off", OFF, "" },
        { "s390x", "spectre_v2", EXPOLINE, "", "nobp=0", EXPOLINE, "" },
        { "s390x", "spectre_v2", EXPOLINE, "", "nospec", EXPOLINE, "" },
        { "s390x", "spectre_v2", EXPOLINE, "", "nobp=1", "?", "" },
        { "s390x", "spectre_v2", EXPOLINE, "", "mitigations=off", "?", "" },
        { "s390x", "spectre_v2", EXPOLINE, "mitigations=off", "", EXPOLINE, "" },
        { "s390x", "spectre_v2", "Mitigation: limited branch prediction", "nobp=1", "", "?", "" },
        { "s390x", "spectre_v2", OFF, "nospectre_v2", "", "?", "" },
        { "s390x", "spectre_v2", OFF, "nospectre_v2", "", EXPOLINE, CONFIG("CONFIG_EXPOLINE=y\n# CONFIG_EXPOLINE_OFF is not set") },
        { "s390x", "spectre_v2", OFF, "spectre_v2=off", "", "?", CONFIG("CONFIG_EXPOLINE=y\nCONFIG_EXPOLINE_OFF=y") },
        { "s390x", "spectre_v2", OFF, "nobp=0", "", OFF, CONFIG("# CONFIG_EXPOLINE is not set\n# CONFIG_KERNEL_NOBP is not set") },
        { "s390x", "spectre_v2", OFF, "nobp=0", "", "?", CONFIG("# CONFIG_EXPOLINE is not set\nCONFIG_KERNEL_NOBP=y") },
        { "s390x", "spectre_v2", OFF, "", "nospectre_v2", OFF, "" },
        { "s390x", "spectre_v2", OFF, "", "nobp=1", "?", "" },
        { "s390x", "spectre_v2", OFF, "nobp=1", "", OFF, "" },
        { "s390x", "spectre_v2", OFF, "", "spectre_v2=on", "?", "" },
        /* x86: BPF */
        { "x86_64", "spectre_v2", "Vulnerable: eIBRS with unprivileged eBPF", "", "quiet", "Vulnerable: eIBRS with unprivileged eBPF", "" },
};

static const char *processor_of(const char *arch) {
        switch (arch[0]) {
        case 'a':
                return "processor\t: 0\nFeatures\t: fp\nCPU implementer\t: 0x41\nCPU variant\t: 0x0\nCPU part\t: 0xfff\nCPU revision\t: 0\n";
        case 'p':
                return "processor\t: 0\ncpu\t\t: POWER9 (architected), altivec supported\nrevision\t: 2.2 (pvr 004e 1202)\n";
        case 's':
                return "vendor_id       : IBM/S390\n# processors    : 1\n";
        default:
                return "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\nstepping\t: 6\nflags\t\t: fpu ibrs_enhanced\n";
        }
}

static void evidence_of(struct evidence *ret, struct arena *a, const struct row *r, const char *release) {
        struct str text = str_fmt(a, start, release, r->arch, r->before);
        struct diag d = { 0 };

        text = str_fmt(a, "%.*s-- file " FOLDER "%s\n%s\n%s", STR_ARG(text), r->file, r->said, r->more);
        if (str_find(text, S("/proc/cpuinfo")) < 0)
                text = str_fmt(a, "%.*s-- file /proc/cpuinfo\n%s", STR_ARG(text), processor_of(r->arch));
        assert_int_equal(evidence_parse(ret, a, S("test"), text, &d), 0);
}

static struct str said(const struct verdict *v, const char *file) {
        for (uint32_t i = 0; i < v->catalog->file_count; i++)
                if (str_ends(T(v->catalog->files[i].path), str_fmt(v->facts->arena, "/%s", file)))
                        return facts_sentence(v->facts, i)->state == FACT_KNOWN ? facts_sentence(v->facts, i)->text : S("?");
        return S("(no such file)");
}

static void then(struct verdict *ret, struct arena *a, const struct evidence *e, const struct evidence *changed) {
        const struct verdict_options o = { 0 };
        struct baseline base;

        baseline_take(&base, a, &catalog_builtin, e);
        predict_judge(ret, a, &base, changed, &o);
}

static void test_rows(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e, changed;
                struct verdict v;

                evidence_of(&e, &a, &rows[i], "6.12.1");
                change_copy(&changed, &a, &e);
                evidence_add_file(&changed, S(PLACE_CMDLINE), str_of(rows[i].after));
                then(&v, &a, &e, &changed);
                if (!str_eq(said(&v, rows[i].file), str_of(rows[i].then)))
                        fail_msg("%s %s '%s', '%s' -> '%s': expected '%s', got '%s'", rows[i].arch, rows[i].file, rows[i].said, rows[i].before,
                                 rows[i].after, rows[i].then, str_to_c(&a, said(&v, rows[i].file)));
        }
}

static bool is_of(const struct flaw *f, const char *file) {
        return f->sentence_file && str_ends(T(catalog_builtin.files[f->sentence_file - 1].path), str_of(file));
}

/* Without the command line, or without what the kernel said, nothing is safe that is not known to be. */
static void test_less(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (int what = 0; what < 2; what++) {
                        ARENA_AUTO struct arena a = { 0 };
                        struct evidence e, changed;
                        struct verdict with, v;
                        struct str path = what ? str_fmt(&a, FOLDER "%s", rows[i].file) : S(PLACE_CMDLINE);

                        evidence_of(&e, &a, &rows[i], "6.12.1");
                        change_copy(&changed, &a, &e);
                        evidence_add_file(&changed, S(PLACE_CMDLINE), str_of(rows[i].after));
                        then(&with, &a, &e, &changed);
                        for (ptrdiff_t k = 0; k < e.count; k++)
                                if (e.items[k].kind == RECORD_FILE && str_eq(e.items[k].key, path))
                                        e.items[k].state = FACT_DENIED;
                        change_copy(&changed, &a, &e);
                        evidence_add_file(&changed, S(PLACE_CMDLINE), str_of(rows[i].after));
                        then(&v, &a, &e, &changed);
                        for (uint32_t k = 0; k < v.finding_count; k++)
                                if (is_of(v.findings[k].flaw, rows[i].file) && v.findings[k].status != with.findings[k].status && v.findings[k].status != STATUS_UNKNOWN &&
                                    v.findings[k].status < with.findings[k].status)
                                        fail_msg("%s %s '%s', '%s' -> '%s': %s is safer without %s", rows[i].arch, rows[i].file, rows[i].said,
                                                 rows[i].before, rows[i].after, str_to_c(&a, T(v.findings[k].flaw->id)), str_to_c(&a, path));
                }
}

/* BPF is closed to unprivileged users. */
static void test_bpf(void **state) {
        static const struct row open[] = {
                { "aarch64", "spectre_v2", "Vulnerable: Unprivileged eBPF enabled", "", "", "Mitigation: CSV2; BHB", CORE("0xd0c") },
                { "aarch64", "spectre_v2", "Vulnerable: Unprivileged eBPF enabled", "", "nospectre_bhb", "Mitigation: CSV2; but not BHB", CORE("0xd0c") },
                { "aarch64", "spectre_v2", "Vulnerable: Unprivileged eBPF enabled", "", "", "Mitigation: Branch predictor hardening; BHB", CORE("0xd08") },
                { "aarch64", "spectre_v2", "Vulnerable: Unprivileged eBPF enabled", "", "nospectre_v2", OFF, CORE("0xd08") },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e, changed;
                struct verdict v;

                evidence_of(&e, &a, &open[i], "6.12.1");
                evidence_add_file(&e, S("/proc/sys/kernel/unprivileged_bpf_disabled"), S("0"));
                change_copy(&changed, &a, &e);
                evidence_add_file(&changed, S(PLACE_CMDLINE), str_of(open[i].after));
                evidence_add_file(&changed, S("/proc/sys/kernel/unprivileged_bpf_disabled"), S("2"));
                then(&v, &a, &e, &changed);
                if (!str_eq(said(&v, open[i].file), str_of(open[i].then)))
                        fail_msg("%s '%s': expected '%s', got '%s'", open[i].arch, open[i].after, open[i].then, str_to_c(&a, said(&v, open[i].file)));
        }
}

/* Another kernel has not said anything: of the firmware, too, only it will tell. */
static void test_other_kernel(void **state) {
        static const struct row old[] = {
                { "aarch64", "spectre_v2", "Not affected", "", "", "?", CORE("0xd0c") }, /* before Spectre-BHB was known */
                { "aarch64", "meltdown", "Mitigation: PTI", "", "", "?", "" },
                { "ppc64le", "meltdown", FLUSH, "", "", "?", "" },
                { "ppc64le", "spec_store_bypass", BARRIER " (eieio)", "", "", "?", "" },
                { "s390x", "spectre_v2", "Mitigation: etokens", "", "", "?", "" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e, changed;
                struct verdict v;

                evidence_of(&e, &a, &old[i], "4.19.1");
                change_copy(&changed, &a, &e);
                change_kernel(&changed, S("6.12.1"));
                then(&v, &a, &e, &changed);
                if (!str_eq(said(&v, old[i].file), str_of(old[i].then)))
                        fail_msg("%s %s '%s': expected '%s', got '%s'", old[i].arch, old[i].file, old[i].said, old[i].then,
                                 str_to_c(&a, said(&v, old[i].file)));
        }
}

/* Why it is not known is told. */
static void test_reason(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        const struct row one = { "ppc64le", "meltdown", OFF, "no_rfi_flush", "", "?", "" };
        struct evidence e, changed;
        struct verdict v;
        bool told = false;

        (void)state;
        evidence_of(&e, &a, &one, "6.12.1");
        change_copy(&changed, &a, &e);
        evidence_add_file(&changed, S(PLACE_CMDLINE), S(""));
        then(&v, &a, &e, &changed);
        for (uint32_t i = 0; i < v.finding_count; i++)
                told |= str_eq(T(v.findings[i].flaw->id), S("meltdown")) && v.findings[i].status == STATUS_UNKNOWN &&
                        str_find(v.findings[i].reason, S("(only the firmware knows whether it asks for the flush")) > 0 &&
                        str_starts(v.findings[i].doubt, S("only the firmware"));
        assert_true(told);
}

int main(void) {
        static const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_less), cmocka_unit_test(test_bpf),
                                                   cmocka_unit_test(test_other_kernel),
                                                   cmocka_unit_test(test_reason) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
