#include "facts/computed.h"

#include "base/version.h"
#include "facts/cpus.h"

/* Another source of the same answer. Sources that contradict each other make it not known: to believe one of them would let a
 * verdict hang on which of the two was read. */
static bool contradicts(struct fact *ret, struct str text, uint64_t n, struct str source) {
        bool same = ret->type == VALUE_TEXT || ret->type == VALUE_VERSION ? str_eq(ret->text, text) : ret->number == n;

        if (ret->state == FACT_FAILED || (ret->state == FACT_KNOWN && !same)) {
                *ret = (struct fact){ .state = FACT_FAILED, .type = ret->type, .source = source,
                                      .text = S("sources contradict each other") };
                return true;
        }
        return false;
}

static void set_text(struct fact *ret, struct str text, struct str source) {
        if (!contradicts(ret, text, 0, source) && ret->state != FACT_KNOWN)
                *ret = (struct fact){ .state = FACT_KNOWN, .type = ret->type, .text = text, .source = source };
}

static void set_number(struct fact *ret, uint64_t n, struct str source) {
        if (!contradicts(ret, (struct str){ 0 }, n, source) && ret->state != FACT_KNOWN)
                *ret = (struct fact){ .state = FACT_KNOWN, .type = ret->type, .number = n, .source = source };
}

static void set_state(struct fact *ret, uint8_t state, struct str source) {
        *ret = (struct fact){ .state = state, .type = ret->type, .source = source };
}

static const struct record *cpuid(struct facts *f, uint32_t leaf, uint32_t subleaf) {
        const struct record *r = evidence_cpuid(f->evidence, f->cpu->number, leaf, subleaf);

        return r && r->state == FACT_KNOWN ? r : NULL;
}

/* ---- The system ---- */

static struct str word_of(struct str text, int which) {
        struct str word = { 0 };

        for (int i = 0; i <= which; i++)
                if (!str_word(&text, &word))
                        return (struct str){ 0 };
        return word;
}

static struct str uname_word(struct facts *f, int which) {
        const struct record *r = evidence_line(f->evidence, RECORD_UNAME, (struct str){ 0 });

        return r && r->state == FACT_KNOWN ? word_of(r->text, which) : (struct str){ 0 };
}

/* The kernel's and other tools' names for the architectures, as uname -m spells them on Linux. */
static struct str arch_spelling(struct str word) {
        static const struct {
                struct str other, ours;
        } rows[] = {
                { STR("amd64"), STR("x86_64") },  { STR("x64"), STR("x86_64") },    { STR("arm64"), STR("aarch64") },
                { STR("ppc64le"), STR("ppc64") }, { STR("ppc64el"), STR("ppc64") }, { STR("i386"), STR("i686") },
                { STR("i586"), STR("i686") },     { STR("i486"), STR("i686") },     { STR("armv5tel"), STR("arm") },
                { STR("armv6l"), STR("arm") },    { STR("armv7l"), STR("arm") },    { STR("armv8l"), STR("arm") },
                { STR("s390"), STR("s390x") },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(word, rows[i].other))
                        return rows[i].ours;
        return word;
}

static void arch(struct facts *f, struct fact *ret) {
        struct str machine = uname_word(f, 2);

        if (machine.len > 0)
                set_text(ret, arch_spelling(machine), S("uname"));
        else if (f->cpu->info && f->cpu->info->vendor.len > 0)
                set_text(ret, str_has_word(f->cpu->info->flags, S("lm")) ? S("x86_64") : S("i686"), S("/proc/cpuinfo"));
        else if (f->cpu->info && f->cpu->info->implementer.len > 0)
                set_text(ret, S("aarch64"), S("/proc/cpuinfo"));
        else if (f->cpu->leaf1)
                set_text(ret, S("x86_64"), S("CPUID"));
}

static void system_name(struct facts *f, struct fact *ret) {
        struct str name = uname_word(f, 0);

        if (str_eq_nocase(name, S("Linux")))
                set_text(ret, S("linux"), S("uname"));
        else if (str_eq_nocase(name, S("Windows")))
                set_text(ret, S("windows"), S("uname"));
        else if (name.len > 0)
                set_text(ret, name, S("uname"));
        else if (f->cpus->cpuinfo_read)
                set_text(ret, S("linux"), S("/proc/cpuinfo"));
        for (uint32_t i = 0; ret->state != FACT_KNOWN && i < f->catalog->file_count; i++)
                if (evidence_file(f->evidence, f->catalog->files[i].path)) /* no other system has that folder */
                        set_text(ret, S("linux"), f->catalog->files[i].path);
}

static void kernel_release(struct facts *f, struct fact *ret) {
        const struct record *r = evidence_file(f->evidence, S("/proc/version"));
        struct str release = uname_word(f, 1);

        if (release.len > 0)
                set_text(ret, release, S("uname"));
        if (r && r->state == FACT_KNOWN && str_starts(r->text, S("Linux version ")))
                set_text(ret, word_of(r->text, 2), r->key);
        if (ret->type == VALUE_VERSION && ret->state == FACT_KNOWN && !version_valid(ret->text))
                set_state(ret, FACT_FAILED, ret->source);
}

/* False where its word is not to count, and in evidence that by its nature holds none (`-- meta kernel-answers none`: /proc/cpuinfo
 * alone, say). Where records are only missing, nobody knows what they would have said. */
static void kernel_answers(struct facts *f, struct fact *ret) {
        const struct record *none = evidence_line(f->evidence, RECORD_META, S("kernel-answers"));
        bool asked = f->options.predict;

        for (uint32_t i = 0; i < f->catalog->file_count; i++)
                asked |= evidence_file(f->evidence, f->catalog->files[i].path) != NULL;
        if (f->options.ignore_os_claims || (none && none->state == FACT_KNOWN && str_eq(none->text, S("none"))))
                set_number(ret, false, S("evidence"));
        else if (asked)
                set_number(ret, true, S("/sys/devices/system/cpu/vulnerabilities"));
}

/* The same for the processor: `-- meta processor none` stands in evidence that by its nature does not show it (a copy of the
 * vulnerabilities folder). */
static void cpu_was_seen(struct facts *f, struct fact *ret) {
        const struct record *none = evidence_line(f->evidence, RECORD_META, S("processor"));

        if (f->cpus->count > 0)
                set_number(ret, true, S("/proc/cpuinfo, CPUID"));
        else if (none && none->state == FACT_KNOWN && str_eq(none->text, S("none")))
                set_number(ret, false, S("evidence"));
}

/* ---- The hypervisor ---- */

/* A Hyper-V host's own Windows runs above the hypervisor, too, but it owns the machine: its partition may make others and manages
 * the processors (Hypervisor Top Level Functional Specification, 2.4: CPUID 0x40000003:EBX[0], [12]; [22] is set in guests that
 * are isolated from their host). */
static enum tri is_root_partition(struct facts *f) {
        const struct record *vendor = cpuid(f, 0x40000000, 0), *rights = cpuid(f, 0x40000003, 0);

        if (!vendor || (vendor->words[0] >= 0x40000003 && !rights))
                return str_eq_nocase(uname_word(f, 0), S("Windows")) ? TRI_UNKNOWN : TRI_FALSE;
        return tri_of(rights && vendor->words[1] == 0x7263694d && vendor->words[2] == 0x666f736f &&
                      vendor->words[3] == 0x76482074 && (rights->words[1] & 1) && (rights->words[1] >> 12 & 1) &&
                      !(rights->words[1] >> 22 & 1));
}

static void hypervisor(struct facts *f, struct fact *ret) {
        const struct record *leaf1 = f->cpu->leaf1;
        enum tri root = leaf1 && leaf1->words[2] >> 31 ? is_root_partition(f) : TRI_FALSE;

        if (root != TRI_FALSE)
                set_state(ret, FACT_UNREAD, S("CPUID 0x40000003.0:EBX (Hyper-V's root partition)"));
        if (root == TRI_TRUE)
                set_number(ret, 0, ret->source);
        else if (leaf1 && root == TRI_FALSE)
                set_number(ret, leaf1->words[2] >> 31, S("CPUID 0x1.0:ECX[31]"));
        if (f->cpu->info && f->cpu->info->flags.len > 0 && root == TRI_FALSE)
                /* The one flag that every kernel shows when the bit is there. */
                set_number(ret, str_has_word(f->cpu->info->flags, S("hypervisor")), S("/proc/cpuinfo"));
}

static struct str hypervisor_name(struct str signature) {
        static const struct {
                struct str signature, name;
        } rows[] = {
                { STR("KVMKVMKVM\0\0\0"), STR("KVM") },        { STR("Linux KVM Hv"), STR("KVM") },
                { STR("Microsoft Hv"), STR("Hyper-V") },       { STR("VMwareVMware"), STR("VMware") },
                { STR("XenVMMXenVMM"), STR("Xen") },           { STR("TCGTCGTCGTCG"), STR("QEMU (software)") },
                { STR("bhyve bhyve "), STR("bhyve") },         { STR("prl hyperv  "), STR("Parallels") },
                { STR("VBoxVBoxVBox"), STR("VirtualBox") },    { STR("ACRNACRNACRN"), STR("ACRN") },
                { STR("QNXQVMBSQG\0\0"), STR("QNX") },         { STR("NVMMNVMMNVMM"), STR("NVMM") },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(signature, rows[i].signature))
                        return rows[i].name;
        return str_trim(signature);
}

static void hypervisor_vendor(struct facts *f, struct fact *ret) {
        const struct record *r = cpuid(f, 0x40000000, 0);
        struct fact below = { .type = VALUE_BOOL };
        char *bytes;

        hypervisor(f, &below);
        if (below.state == FACT_KNOWN && !below.number) {
                set_state(ret, FACT_ABSENT, below.source);
        } else if (r) {
                bytes = arena_bytes(f->arena, 12);
                for (int i = 0; i < 12; i++) {
                        char c = (char)(r->words[1 + i / 4] >> (8 * (i % 4)));

                        bytes[i] = c == 0 || (c >= 0x20 && c < 0x7f) ? c : '?';
                }
                set_text(ret, hypervisor_name(str_n(bytes, 12)), S("CPUID 0x40000000"));
        }
}

/* ---- The processor ---- */

/* Windows writes "Intel64 Family 6 Model 85 Stepping 7, GenuineIntel" (Session Manager\Environment, PROCESSOR_IDENTIFIER, and
 * HARDWARE\DESCRIPTION\System\CentralProcessor\0, Identifier and VendorIdentifier). */
static struct str windows_identifier(struct facts *f) {
        static const struct str keys[] = {
                STR("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|PROCESSOR_IDENTIFIER"),
                STR("HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0|Identifier"),
        };

        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                const struct record *r = evidence_registry(f->evidence, keys[i]);

                if (r && r->state == FACT_KNOWN && str_starts(r->text, S("sz ")))
                        return str_from(r->text, 3);
        }
        return (struct str){ 0 };
}

static bool windows_number(struct facts *f, struct str word, uint64_t *ret) {
        struct str text = windows_identifier(f), number;
        ptrdiff_t at = str_find(text, word);

        text = str_from(text, at + word.len);
        return at >= 0 && str_word(&text, &number) && (number = str_n(number.p, number.len - (str_ends(number, S(",")))),
                                                       str_to_u64(number, ret));
}

static struct str vendor_word(struct str id) {
        static const struct {
                struct str id, word;
        } rows[] = {
                { STR("GenuineIntel"), STR("intel") },   { STR("AuthenticAMD"), STR("amd") },
                { STR("HygonGenuine"), STR("hygon") },   { STR("CentaurHauls"), STR("centaur") },
                { STR("  Shanghai  "), STR("zhaoxin") }, { STR("Shanghai"), STR("zhaoxin") },
                { STR("Geode by NSC"), STR("nsc") },     { STR("Vortex86 SoC"), STR("vortex") },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(id, rows[i].id))
                        return rows[i].word;
        return str_trim(id);
}

static void cpu_vendor(struct facts *f, struct fact *ret) {
        const struct record *r = cpuid(f, 0, 0);
        struct str windows = windows_identifier(f);
        ptrdiff_t comma = str_find(windows, S(", "));
        char *id;

        if (r) {
                const uint32_t order[] = { r->words[1], r->words[3], r->words[2] };

                id = arena_bytes(f->arena, 12);
                for (int i = 0; i < 12; i++)
                        id[i] = (char)(order[i / 4] >> (8 * (i % 4)));
                set_text(ret, vendor_word(str_n(id, 12)), S("CPUID 0x0"));
        }
        if (f->cpu->info && f->cpu->info->vendor.len > 0)
                set_text(ret, vendor_word(f->cpu->info->vendor), S("/proc/cpuinfo"));
        if (f->cpu->info && f->cpu->info->implementer.len > 0)
                set_text(ret, S("arm"), S("/proc/cpuinfo"));
        if (comma > 0)
                set_text(ret, vendor_word(str_from(windows, comma + 2)), S("PROCESSOR_IDENTIFIER"));
        if (ret->state == FACT_UNREAD && f->cpus->cpuinfo_read)
                set_state(ret, FACT_ABSENT, S("/proc/cpuinfo"));
}

/* CPUID.1:EAX taken apart (Intel SDM volume 2A, CPUID, figure 3-6; AMD APM volume 3, section E.3.2). */
static uint32_t family_of(uint32_t eax) {
        uint32_t family = eax >> 8 & 15;

        return family == 15 ? family + (eax >> 20 & 255) : family;
}

static uint32_t model_of(uint32_t eax) {
        uint32_t family = eax >> 8 & 15;

        return (eax >> 4 & 15) | (family == 6 || family == 15 ? (eax >> 16 & 15) << 4 : 0);
}

static const struct record *midr(struct facts *f) {
        return evidence_idreg(f->evidence, f->cpu->number, S("MIDR_EL1"));
}

/* Arm: implementer, part, and variant with revision (Arm ARM, MIDR_EL1). */
static bool arm_number(struct facts *f, enum computed_fact which, uint64_t *ret) {
        const struct cpuinfo_block *b = f->cpu->info;
        const struct record *r = midr(f);
        uint64_t variant, revision;

        if (r && r->state == FACT_KNOWN) {
                *ret = which == COMPUTED_CPU_FAMILY ? r->value >> 24 & 255
                        : which == COMPUTED_CPU_MODEL ? r->value >> 4 & 4095
                                                     : (r->value >> 20 & 15) << 4 | (r->value & 15);
                return true;
        }
        if (!b || b->implementer.len == 0)
                return false;
        if (which == COMPUTED_CPU_FAMILY)
                return str_to_u64(b->implementer, ret);
        if (which == COMPUTED_CPU_MODEL)
                return str_to_u64(b->part, ret);
        if (!str_to_u64(b->variant, &variant) || !str_to_u64(b->revision, &revision))
                return false;
        *ret = variant << 4 | revision;
        return true;
}

static void cpu_number(struct facts *f, enum computed_fact which, struct fact *ret) {
        const struct cpuinfo_block *b = f->cpu->info;
        struct str text = !b ? (struct str){ 0 }
                : which == COMPUTED_CPU_FAMILY ? b->family
                : which == COMPUTED_CPU_MODEL  ? b->model
                                              : b->stepping;
        struct str word = which == COMPUTED_CPU_FAMILY ? S("Family ")
                : which == COMPUTED_CPU_MODEL          ? S("Model ")
                                                      : S("Stepping ");
        uint64_t n;

        if (f->cpu->leaf1) {
                uint32_t eax = f->cpu->leaf1->words[0];

                set_number(ret, which == COMPUTED_CPU_FAMILY ? family_of(eax)
                                : which == COMPUTED_CPU_MODEL ? model_of(eax) : eax & 15, S("CPUID 0x1:EAX"));
        }
        if (str_to_u64(text, &n))
                set_number(ret, n, S("/proc/cpuinfo"));
        if (arm_number(f, which, &n))
                set_number(ret, n, midr(f) ? S("MIDR_EL1") : S("/proc/cpuinfo"));
        if (windows_number(f, word, &n))
                set_number(ret, n, S("PROCESSOR_IDENTIFIER"));
}

static void cpu_signature(struct facts *f, struct fact *ret) {
        const struct fact *family = facts_get(f, COMPUTED_CPU_FAMILY), *model = facts_get(f, COMPUTED_CPU_MODEL),
                          *stepping = facts_get(f, COMPUTED_CPU_STEPPING), *vendor = facts_get(f, COMPUTED_CPU_VENDOR);

        if (f->cpu->leaf1) {
                set_number(ret, f->cpu->leaf1->words[0] & 0x0fff3fff, S("CPUID 0x1:EAX"));
        } else if (vendor->state == FACT_KNOWN && !str_eq(vendor->text, S("arm")) && family->state == FACT_KNOWN &&
                   model->state == FACT_KNOWN && stepping->state == FACT_KNOWN) {
                uint64_t f_ = family->number, base = f_ > 15 ? 15 : f_;

                set_number(ret, (f_ - base) << 20 | (model->number >> 4) << 16 | base << 8 | (model->number & 15) << 4 |
                                        stepping->number, family->source);
        } else if (family->state == FACT_ABSENT) {
                set_state(ret, FACT_ABSENT, family->source);
        }
}

static void cpu_platform(struct facts *f, struct fact *ret) {
        const struct record *r = evidence_msr(f->evidence, f->cpu->number, 0x17);
        const struct record *flags = evidence_file(f->evidence, S("/sys/devices/system/cpu/cpu0/microcode/processor_flags"));
        uint64_t mask, id = 0;

        if (r && r->state == FACT_KNOWN) {
                set_number(ret, r->value >> 50 & 7, S("MSR 0x17[52:50]"));
        } else if (flags && flags->state == FACT_KNOWN && str_hex_to_u64(str_trim(flags->text), &mask) && mask) {
                while (!(mask >> id & 1))
                        id++;
                set_number(ret, id, flags->key);
        }
}

static void cpu_microcode(struct facts *f, struct fact *ret) {
        static const struct str update = STR("HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0|Update Revision");
        const struct record *r = evidence_msr(f->evidence, f->cpu->number, 0x8b), *w = evidence_registry(f->evidence, update);
        const struct fact *vendor;
        uint64_t n;

        if (f->cpu->info && str_to_u64(f->cpu->info->microcode, &n))
                set_number(ret, n, S("/proc/cpuinfo"));
        if (w && w->state == FACT_KNOWN)
                set_number(ret, w->value > UINT32_MAX ? w->value >> 32 : w->value, S("CentralProcessor\\0|Update Revision"));
        if (r && r->state == FACT_KNOWN) {
                vendor = facts_get(f, COMPUTED_CPU_VENDOR);
                if (vendor->state != FACT_KNOWN)
                        return;
                /* IA32_BIOS_SIGN_ID: Intel keeps the revision in the upper half; AMD's patch level is the lower one. */
                n = str_eq(vendor->text, S("intel")) && r->value >> 32 ? r->value >> 32 : r->value & UINT32_MAX;
                set_number(ret, n, S("MSR 0x8b"));
        } else if (r && ret->state == FACT_UNREAD) {
                set_state(ret, (uint8_t)r->state, S("MSR 0x8b"));
        }
}

static void cpu_name(struct facts *f, struct fact *ret) {
        static const struct str key = STR("HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0|ProcessorNameString");
        const struct record *info = evidence_file(f->evidence, S("/proc/cpuinfo")), *w = evidence_registry(f->evidence, key);
        struct str name;

        if (f->cpu->info && f->cpu->info->name.len > 0)
                set_text(ret, f->cpu->info->name, S("/proc/cpuinfo"));
        else if (w && w->state == FACT_KNOWN && str_starts(w->text, S("sz ")))
                set_text(ret, str_trim(str_from(w->text, 3)), S("ProcessorNameString"));
        else if (info && info->state == FACT_KNOWN && (cpuinfo_field(info->text, S("cpu"), &name) ||
                                                       cpuinfo_field(info->text, S("uarch"), &name) ||
                                                       cpuinfo_field(info->text, S("vendor_id"), &name)))
                set_text(ret, name, S("/proc/cpuinfo"));
}

static void core_type(struct facts *f, struct fact *ret) {
        const struct record *r = f->cpu->leaf1a, *max = cpuid(f, 0, 0);

        if (r)
                set_number(ret, r->words[0] >> 24, S("CPUID 0x1a:EAX[31:24]"));
        else if (max && max->words[0] < 0x1a)
                set_number(ret, 0, S("CPUID 0x0"));
}

/* ---- Windows ---- */

/* A system that answered was running; otherwise the collector says what it looked at. */
static void windows_disk(struct facts *f, struct fact *ret) {
        static const uint32_t classes[] = { 201, 196, 213 };
        const struct record *source = evidence_line(f->evidence, RECORD_WIN32, S("source"));

        for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
                if (evidence_nt(f->evidence, classes[i])) {
                        set_number(ret, 0, S("NtQuerySystemInformation"));
                        return;
                }
        if (source && source->state == FACT_KNOWN)
                set_number(ret, str_eq(str_trim(source->text), S("disk")), S("win32 source"));
}

/* ---- SMT ---- */

static const struct record *sysfs(struct facts *f, struct str path) {
        const struct record *r = evidence_file(f->evidence, path);

        return r && r->state == FACT_KNOWN ? r : NULL;
}

static void smt_active(struct facts *f, struct fact *ret) {
        const struct record *r = sysfs(f, S("/sys/devices/system/cpu/smt/active"));
        const struct record *info = sysfs(f, S("/proc/cpuinfo"));
        const struct record *win32 = evidence_line(f->evidence, RECORD_WIN32, S("smt"));
        struct str siblings, cores;
        uint64_t s, c;

        if (r)
                set_number(ret, str_eq(str_trim(r->text), S("1")), r->key);
        else if (win32 && win32->state == FACT_KNOWN)
                set_number(ret, str_eq(str_trim(win32->text), S("1")), S("GetLogicalProcessorInformationEx"));
        else if (info && cpuinfo_field(info->text, S("siblings"), &siblings) &&
                 cpuinfo_field(info->text, S("cpu cores"), &cores) && str_to_u64(siblings, &s) && str_to_u64(cores, &c))
                set_number(ret, s > c, info->key);
}

static void smt_control(struct facts *f, struct fact *ret) {
        const struct record *r = sysfs(f, S("/sys/devices/system/cpu/smt/control"));

        if (!r)
                return;
        if (ret->type == VALUE_TEXT)
                set_text(ret, str_trim(r->text), r->key);
        else if (str_eq(str_trim(r->text), S("notsupported")) || str_eq(str_trim(r->text), S("forceoff")))
                set_number(ret, 0, r->key);
        else if (!str_eq(str_trim(r->text), S("notimplemented")))
                set_number(ret, 1, r->key);
}

void computed_fact(struct facts *f, enum computed_fact which, struct fact *ret) {
        switch (which) {
        case COMPUTED_ARCH:
                arch(f, ret);
                break;
        case COMPUTED_SYSTEM:
                system_name(f, ret);
                break;
        case COMPUTED_KERNEL_RELEASE:
        case COMPUTED_KERNEL_VERSION:
                kernel_release(f, ret);
                break;
        case COMPUTED_KERNEL_ANSWERS:
                kernel_answers(f, ret);
                break;
        case COMPUTED_HYPERVISOR:
                hypervisor(f, ret);
                break;
        case COMPUTED_HYPERVISOR_VENDOR:
                hypervisor_vendor(f, ret);
                break;
        case COMPUTED_CPU_SEEN:
                cpu_was_seen(f, ret);
                break;
        case COMPUTED_CPU_VENDOR:
                cpu_vendor(f, ret);
                break;
        case COMPUTED_CPU_FAMILY:
        case COMPUTED_CPU_MODEL:
        case COMPUTED_CPU_STEPPING:
                cpu_number(f, which, ret);
                break;
        case COMPUTED_CPU_SIGNATURE:
                cpu_signature(f, ret);
                break;
        case COMPUTED_CPU_PLATFORM:
                cpu_platform(f, ret);
                break;
        case COMPUTED_CPU_MICROCODE:
                cpu_microcode(f, ret);
                break;
        case COMPUTED_CPU_NAME:
                cpu_name(f, ret);
                break;
        case COMPUTED_CPU_COUNT:
                if (f->cpus->count)
                        set_number(ret, (uint64_t)f->cpus->count, S("/proc/cpuinfo"));
                break;
        case COMPUTED_CPU_SAME:
                if (f->cpus->count)
                        set_number(ret, f->cpus->class_count == 1, S("/proc/cpuinfo, CPUID"));
                break;
        case COMPUTED_CPU_CORE_TYPE:
                core_type(f, ret);
                break;
        case COMPUTED_SMT_ACTIVE:
                smt_active(f, ret);
                break;
        case COMPUTED_SMT_POSSIBLE:
        case COMPUTED_SMT_CONTROL:
                smt_control(f, ret);
                break;
        case COMPUTED_VECTOR_USER_KERNEL:
        case COMPUTED_VECTOR_USER_USER:
        case COMPUTED_VECTOR_GUEST_HOST:
        case COMPUTED_VECTOR_GUEST_GUEST:
        case COMPUTED_VECTOR_CROSS_THREAD:
                vector_compute(f, which, ret);
                break;
        case COMPUTED_WINDOWS_DISK:
                windows_disk(f, ret);
                break;
        case COMPUTED_COUNT:
                break;
        }
}
