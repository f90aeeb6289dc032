/* The processor: who made it, which one it is, which microcode it runs, how many logical CPUs there are and whether they share cores. */
#include "catalog/makers.h"
#include "evidence/places.h"
#include "evidence/signature.h"
#include "facts/cpus.h"
#include "facts/sources.h"

/* ---- What was seen at all ---- */

/* False only in evidence that by its nature does not show the processor (`-- meta processor none`: a copy of the vulnerabilities
 * folder), never because records are missing. */
void source_cpu_seen(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *none = evidence_line(f->evidence, RECORD_META, S("processor"));

        (void)def;
        if (f->cpus->count > 0)
                answer_number(ret, true, S("/proc/cpuinfo, CPUID"));
        else if (none && none->state == FACT_KNOWN && str_eq(none->text, S("none")))
                answer_number(ret, false, S("evidence"));
}

void source_cpu_count(struct facts *f, const struct fact_def *def, struct fact *ret) {
        (void)def;
        if (f->cpus->count)
                answer_number(ret, (uint64_t)f->cpus->count, S("/proc/cpuinfo"));
}

void source_cpu_same(struct facts *f, const struct fact_def *def, struct fact *ret) {
        (void)def;
        if (f->cpus->count)
                answer_number(ret, f->cpus->class_count == 1, S("/proc/cpuinfo, CPUID"));
}

/* ---- Who made it ---- */

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

static const struct {
        struct str id, word;
} makers[] = {
#define X(id, word) { STR(id), STR(word) },
        CPU_MAKERS(X)
#undef X
};

/* Makers of PCs' processors that no rule names: what they made is theirs, and nobody else's. */
static const struct str others[] = { STR("TransmetaCPU"), STR("GenuineTMx86"), STR("CyrixInstead"), STR("NexGenDriven"), STR("RiseRiseRise"),
                                     STR("SiS SiS SiS"), STR("UMC UMC UMC"), STR("VIA VIA VIA"), STR("Genuine  RDC"), STR("E2K MACHINE") };

/* Empty for a name on a PC that nobody has: it says nothing, least of all that the processor is not Intel's or AMD's. */
static struct str vendor_word(struct str id, const struct fact *arch) {
        bool pc = arch->state != FACT_KNOWN || str_eq(arch->text, S("x86_64")) || str_eq(arch->text, S("i686"));
        struct str trimmed = str_trim(id);

        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                if (str_eq_nocase(trimmed, str_trim(makers[i].id)))
                        return makers[i].word;
        for (size_t i = 0; pc && i < sizeof(others) / sizeof(others[0]); i++)
                if (str_eq(trimmed, others[i]))
                        return trimmed;
        return pc ? S("") : trimmed;
}

bool names_maker_of_pcs(struct str vendor) {
        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                if (str_eq(str_trim(vendor), str_trim(makers[i].id)))
                        return !str_eq(makers[i].word, S("arm"));
        return false;
}

static void answer_vendor(struct fact *ret, struct str word, struct str source) {
        if (word.len > 0)
                answer_text(ret, word, source);
}

/* A maker's name whose end is lost is not another maker's. */
static bool is_cut_vendor(struct str id) {
        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                if (id.len < makers[i].id.len && str_starts(makers[i].id, id))
                        return true;
        return false;
}

/* All of Arm's architecture are one maker's here, whoever built them: one that was not seen beside others is no Intel's or AMD's. */
static bool is_arm(const struct fact *arch) {
        return arch->state == FACT_KNOWN && (str_eq(arch->text, S("aarch64")) || str_eq(arch->text, S("arm")));
}

/* Processors that do not tell who made them, as those of PCs and of Arm do. There a line that is missing was only not read. */
static bool has_no_vendor(const struct fact *arch) {
        static const struct str with_vendor[] = { STR("x86_64"), STR("i686"), STR("aarch64"), STR("arm") };

        for (size_t i = 0; i < sizeof(with_vendor) / sizeof(with_vendor[0]); i++)
                if (str_eq(arch->text, with_vendor[i]))
                        return false;
        return arch->state == FACT_KNOWN;
}

/* Nothing shows the maker, but flaws that only one of them has are said of this processor. What speaks for Intel is settled whatever speaks for AMD,
 * and the other way round only where nothing does: so a word that is lost makes nobody's processor another's. Where CPUs are unlike, the words may be
 * about another one. */
static void vendor_by_flaws(struct facts *f, struct fact *ret) {
        enum tri intel = facts_tri(f, S("only_intel"));

        if (intel == TRI_TRUE)
                answer_text(ret, S("intel"), S("what is said of flaws"));
        else if (intel == TRI_FALSE && facts_tri(f, S("only_amd")) == TRI_TRUE)
                answer_text(ret, S("amd"), S("what is said of flaws"));
}

/* The name in leaf 0, or in leaf 0x80000000, where AMD and Hygon repeat it (AMD APM volume 3, section E.4.1) and Intel has zeros. */
static void vendor_of_leaf(struct facts *f, uint32_t leaf, struct str source, struct fact *ret) {
        const struct record *r = read_cpuid(f, leaf, 0);
        char *id;

        if (r) {
                const uint32_t order[] = { r->words[1], r->words[3], r->words[2] };

                id = arena_bytes(f->arena, 12);
                for (int i = 0; i < 12; i++)
                        id[i] = (char)(order[i / 4] >> (8 * (i % 4)));
                answer_vendor(ret, vendor_word(str_n(id, 12), facts_get(f, COMPUTED_ARCH)), source);
        }
}

void source_cpu_vendor(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);
        struct str windows = windows_identifier(f);
        ptrdiff_t comma = str_find(windows, S(", "));

        (void)def;
        vendor_of_leaf(f, 0, S("CPUID 0x0"), ret);
        if (f->cpu->info && f->cpu->info->vendor.len > 0 && !is_cut_vendor(f->cpu->info->vendor))
                answer_vendor(ret, vendor_word(f->cpu->info->vendor, arch), S("/proc/cpuinfo"));
        if (f->cpu->info && f->cpu->info->implementer.len > 0)
                answer_text(ret, S("arm"), S("/proc/cpuinfo"));
        if (comma > 0)
                answer_vendor(ret, vendor_word(str_from(windows, comma + 2), arch), S("PROCESSOR_IDENTIFIER"));
        if (ret->state == FACT_UNREAD)
                vendor_of_leaf(f, 0x80000000, S("CPUID 0x80000000"), ret);
        if (ret->state == FACT_UNREAD && is_arm(arch))
                answer_text(ret, S("arm"), arch->source);
        if (ret->state == FACT_UNREAD && has_no_vendor(arch))
                answer_state(ret, FACT_ABSENT, arch->source);
        if (ret->state == FACT_UNREAD && !f->options.predict && !f->options.ignore_os_claims && f->cpus->class_count <= 1)
                vendor_by_flaws(f, ret);
}

/* ---- Which one it is ---- */

/* Arm: implementer, part, and variant with revision (Arm ARM, MIDR_EL1). */
static uint64_t midr_implementer(uint64_t midr) {
        return midr >> 24 & 255;
}

static uint64_t midr_part(uint64_t midr) {
        return midr >> 4 & 4095;
}

static uint64_t midr_variant(uint64_t midr) {
        return (midr >> 20 & 15) << 4 | (midr & 15);
}

/* The same from a block of /proc/cpuinfo, x86 or Arm. */
static bool block_family(const struct cpuinfo_block *b, uint64_t *ret) {
        return str_to_u64(b->implementer.len > 0 ? b->implementer : b->family, ret);
}

static bool block_model(const struct cpuinfo_block *b, uint64_t *ret) {
        return str_to_u64(b->implementer.len > 0 ? b->part : b->model, ret);
}

static bool block_stepping(const struct cpuinfo_block *b, uint64_t *ret) {
        uint64_t variant, revision;

        if (b->implementer.len == 0)
                return str_to_u64(b->stepping, ret);
        if (!str_to_u64(b->variant, &variant) || !str_to_u64(b->revision, &revision))
                return false;
        *ret = variant << 4 | revision;
        return true;
}

static bool windows_number(struct facts *f, struct str word, uint64_t *ret) {
        struct str text = windows_identifier(f), number;
        ptrdiff_t at = str_find(text, word);

        text = str_from(text, at + word.len);
        return at >= 0 && str_word(&text, &number) && (number = str_n(number.p, number.len - (str_ends(number, S(",")))),
                                                       str_to_u64(number, ret));
}

/* Where one of the three numbers stands. */
struct number_places {
        uint32_t (*of_leaf1)(uint32_t eax);
        uint64_t (*of_midr)(uint64_t midr);
        bool (*of_block)(const struct cpuinfo_block *b, uint64_t *ret);
        struct str windows; /* the word before it in Windows' identifier */
};

/* Lines of a PC's block beside Arm's name, or a stepping that is written as Arm's are ("r0p0"), are no numbers of Arm's: a "model: 0" there is
 * no part that nobody makes. */
static bool has_numbers(struct facts *f) {
        const struct fact *vendor = facts_get(f, COMPUTED_CPU_VENDOR);
        const struct cpuinfo_block *b = f->cpu->info;
        uint64_t n;

        if (!b || b->implementer.len > 0)
                return b != NULL;
        return (vendor->state != FACT_KNOWN || !str_eq(vendor->text, S("arm"))) && (b->stepping.len == 0 || str_to_u64(b->stepping, &n));
}

static void cpu_number(struct facts *f, const struct number_places *p, struct fact *ret) {
        const struct record *midr = evidence_idreg(f->evidence, f->cpu->number, S("MIDR_EL1")), *leaf1 = read_cpuid(f, 1, 0);
        uint64_t n;

        if (leaf1)
                answer_number(ret, p->of_leaf1(leaf1->words[0]), S("CPUID 0x1:EAX"));
        if (midr && midr->state == FACT_KNOWN)
                answer_number(ret, p->of_midr(midr->value), S("MIDR_EL1"));
        if (has_numbers(f) && p->of_block(f->cpu->info, &n))
                answer_number(ret, n, S("/proc/cpuinfo"));
        if (windows_number(f, p->windows, &n))
                answer_number(ret, n, S("PROCESSOR_IDENTIFIER"));
}

void source_cpu_family(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct number_places places = { signature_family, midr_implementer, block_family, STR("Family ") };

        (void)def;
        cpu_number(f, &places, ret);
}

void source_cpu_model(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct number_places places = { signature_model, midr_part, block_model, STR("Model ") };

        (void)def;
        cpu_number(f, &places, ret);
}

void source_cpu_stepping(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct number_places places = { signature_stepping, midr_variant, block_stepping, STR("Stepping ") };

        (void)def;
        cpu_number(f, &places, ret);
}

void source_cpu_signature(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct fact *family = facts_get(f, COMPUTED_CPU_FAMILY), *model = facts_get(f, COMPUTED_CPU_MODEL),
                          *stepping = facts_get(f, COMPUTED_CPU_STEPPING), *vendor = facts_get(f, COMPUTED_CPU_VENDOR);
        const struct record *leaf1 = read_cpuid(f, 1, 0);

        (void)def;
        if (leaf1) {
                answer_number(ret, leaf1->words[0] & 0x0fff3fff, S("CPUID 0x1:EAX"));
        } else if (vendor->state == FACT_KNOWN && !str_eq(vendor->text, S("arm")) && family->state == FACT_KNOWN &&
                   model->state == FACT_KNOWN && stepping->state == FACT_KNOWN) {
                uint64_t base = family->number > 15 ? 15 : family->number, extended = family->number - base;

                answer_number(ret, extended << 20 | (model->number >> 4) << 16 | base << 8 | (model->number & 15) << 4 |
                                           stepping->number, family->source);
        }
}

void source_cpu_platform(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *r = evidence_msr(f->evidence, f->cpu->number, 0x17);
        const struct record *flags = evidence_file(f->evidence, S("/sys/devices/system/cpu/cpu0/microcode/processor_flags"));
        uint64_t mask, id = 0;

        (void)def;
        if (r && r->state == FACT_KNOWN && !(r->unknown >> 50 & 7)) {
                answer_number(ret, r->value >> 50 & 7, S("MSR 0x17[52:50]"));
        } else if (flags && flags->state == FACT_KNOWN && str_hex_to_u64(str_trim(flags->text), &mask) && mask) {
                while (!(mask >> id & 1))
                        id++;
                answer_number(ret, id, flags->key);
        }
}

void source_cpu_microcode(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct str update = STR("HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0|Update Revision");
        const struct record *r = evidence_msr(f->evidence, f->cpu->number, 0x8b), *w = evidence_registry(f->evidence, update);
        const struct record *file = evidence_file(f->evidence, S(PLACE_MICROCODE_VERSION)); /* of the first CPU, which stands for all where none is listed */
        const struct fact *vendor;
        uint64_t n;

        (void)def;
        f->seen->set |= FACET_REVISION;
        if (w && w->state == FACT_KNOWN)
                f->seen->set |= FACET_UNSHARED; /* held against the other two: no range tells what comes out */
        if (f->cpu->info && str_to_u64(f->cpu->info->microcode, &n))
                answer_number(ret, n, S("/proc/cpuinfo"));
        else if (f->cpus->count == 0 && file && file->state == FACT_KNOWN && str_to_u64(str_trim(file->text), &n))
                answer_number(ret, n, file->key);
        if (w && w->state == FACT_KNOWN)
                answer_number(ret, w->value > UINT32_MAX ? w->value >> 32 : w->value, S("CentralProcessor\\0|Update Revision"));
        if (r && r->state == FACT_KNOWN && !r->unknown) {
                vendor = facts_get(f, COMPUTED_CPU_VENDOR);
                if (vendor->state != FACT_KNOWN)
                        return;
                /* IA32_BIOS_SIGN_ID: Intel keeps the revision in the upper half; AMD's patch level is the lower one. */
                n = str_eq(vendor->text, S("intel")) && r->value >> 32 ? r->value >> 32 : r->value & UINT32_MAX;
                if (ret->state == FACT_UNREAD && n == 0 && r->value >> 32 == f->options.revision)
                        f->seen->set &= ~FACET_REVISION; /* in the half that counts is none, whatever stands open in the other one */
                answer_number(ret, n, S("MSR 0x8b"));
        } else if (r && r->state != FACT_KNOWN && ret->state == FACT_UNREAD) {
                answer_state(ret, (uint8_t)r->state, S("MSR 0x8b"));
        }
}

void source_cpu_name(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct str key = STR("HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0|ProcessorNameString");
        const struct record *w = evidence_registry(f->evidence, key);
        struct str name;

        (void)def;
        if (f->cpu->info && f->cpu->info->name.len > 0)
                answer_text(ret, f->cpu->info->name, S("/proc/cpuinfo"));
        else if (w && w->state == FACT_KNOWN && str_starts(w->text, S("sz ")))
                answer_text(ret, str_trim(str_from(w->text, 3)), S("ProcessorNameString"));
        else if (cpu_list_field(f->cpus, S("cpu"), &name) || cpu_list_field(f->cpus, S("uarch"), &name) ||
                 cpu_list_field(f->cpus, S("vendor_id"), &name))
                answer_text(ret, name, S("/proc/cpuinfo"));
}

void source_cpu_core_type(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *r = read_cpuid(f, 0x1a, 0), *max = read_cpuid(f, 0, 0);

        (void)def;
        if (r)
                answer_number(ret, r->words[0] >> 24, S("CPUID 0x1a:EAX[31:24]"));
        else if (max && max->words[0] < 0x1a)
                answer_number(ret, 0, S("CPUID 0x0"));
}

/* ---- Threads that share a core ---- */

/* A placeholder says nothing. */
static bool is_switch(struct str text) {
        text = str_trim(text);
        return str_eq(text, S("0")) || str_eq(text, S("1"));
}

void source_smt_active(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *r = read_file(f, S("/sys/devices/system/cpu/smt/active"));
        const struct record *win32 = evidence_line(f->evidence, RECORD_WIN32, S("smt"));
        bool shared;

        (void)def;
        if (r && is_switch(r->text))
                answer_number(ret, str_eq(str_trim(r->text), S("1")), r->key);
        else if (win32 && win32->state == FACT_KNOWN && is_switch(win32->text))
                answer_number(ret, str_eq(str_trim(win32->text), S("1")), S("GetLogicalProcessorInformationEx"));
        if (!f->options.predict && !f->options.ignore_os_claims && facts_tri(f, S("kernel_says_smt_disabled")) == TRI_TRUE)
                answer_number(ret, 0, S("what the kernel says of flaws"));
        if (ret->state == FACT_KNOWN && ret->number)
                return; /* CPUs that are offline have no siblings in the list */
        if (cpu_list_shares_cores(f->cpus, &shared))
                answer_number(ret, shared, S("/proc/cpuinfo"));
}

void source_smt_possible(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *r = read_file(f, S("/sys/devices/system/cpu/smt/control"));

        (void)def;
        if (!r)
                return;
        if (str_eq(str_trim(r->text), S("notsupported")) || str_eq(str_trim(r->text), S("forceoff")))
                answer_number(ret, 0, r->key);
        else if (!str_eq(str_trim(r->text), S("notimplemented")))
                answer_number(ret, 1, r->key);
}

void source_smt_control(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *r = read_file(f, S("/sys/devices/system/cpu/smt/control"));

        (void)def;
        if (r)
                answer_text(ret, str_trim(r->text), r->key);
}
