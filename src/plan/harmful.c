#include "plan/harmful.h"

enum { X86 = 1, ARM = 2, POWER = 4, S390 = 8, ANY = 15 };

/* name, harmful values with blanks between (empty: any), where. Source: the kernel's admin-guide/kernel-parameters.txt. */
static const struct {
        const char *name, *values;
        int arches;
} words[] = {
        { "mitigations", "off", ANY },
        { "nopti", "", X86 | POWER },
        { "pti", "off", X86 },
        { "nospectre_v1", "", X86 | POWER },
        { "nospectre_v2", "", ANY },
        { "nospectre_bhb", "", ARM },
        { "spectre_v2", "off", X86 | S390 },
        { "spectre_v2_user", "off", X86 },
        { "spectre_bhi", "off", X86 },
        { "nospec_store_bypass_disable", "", X86 | POWER },
        { "spec_store_bypass_disable", "off", X86 | POWER },
        { "l1tf", "off", X86 },
        { "mds", "off", X86 },
        { "tsx_async_abort", "off", X86 },
        { "tsx", "on", X86 },
        { "mmio_stale_data", "off", X86 },
        { "srbds", "off", X86 },
        { "retbleed", "off", X86 },
        { "gather_data_sampling", "off", X86 },
        { "reg_file_data_sampling", "off", X86 },
        { "spec_rstack_overflow", "off microcode", X86 },
        { "indirect_target_selection", "off", X86 },
        { "tsa", "off user vm", X86 },
        { "vmscape", "off", X86 },
        { "dis_ucode_ldr", "", X86 },
        { "microcode", "dis_ucode_ldr", X86 },
        { "kvm-intel.vmentry_l1d_flush", "never", X86 },
        { "kvm_intel.vmentry_l1d_flush", "never", X86 },
        { "kvm.nx_huge_pages", "off never", X86 },
        { "kvm.mitigate_smt_rsb", "0", X86 },
        { "noibrs", "", X86 },
        { "noibpb", "", X86 },
        { "kpti", "0 off n", ARM },
        { "ssbd", "force-off", ARM },
        { "no_rfi_flush", "", POWER },
        { "no_entry_flush", "", POWER },
        { "no_uaccess_flush", "", POWER },
        { "no_stf_barrier", "", POWER },
        { "nospec", "", S390 },
        { "nobp", "0", S390 },
};

static int arch_of(struct str arch) {
        if (str_eq(arch, S("x86_64")) || str_eq(arch, S("i686")) || str_eq(arch, S("i386")))
                return X86;
        if (str_eq(arch, S("aarch64")))
                return ARM;
        if (str_starts(arch, S("ppc")))
                return POWER;
        return str_starts(arch, S("s390")) ? S390 : ANY;
}

/* Each value is a word of its own. */
bool harmful_word(int n, struct str arch, struct harmful *ret) {
        int here = arch_of(arch);

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                struct str values = str_of(words[i].values), value = S("");
                bool more = str_word(&values, &value) || words[i].values[0] == '\0';

                for (; more && words[i].arches & here; more = str_word(&values, &value))
                        if (n-- == 0) {
                                *ret = (struct harmful){ .name = str_of(words[i].name), .value = value };
                                return true;
                        }
        }
        return false;
}
