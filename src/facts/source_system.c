/* The system: what runs, on which architecture; and files, verbatim. */
#include "facts/cpus.h"
#include "facts/sources.h"

/* The kernel's and other tools' names for the architectures, as uname -m spells them on Linux. */
static struct str arch_spelling(struct str word) {
        static const struct {
                struct str other, ours;
        } rows[] = {
                { STR("amd64"), STR("x86_64") },  { STR("x64"), STR("x86_64") },    { STR("arm64"), STR("aarch64") },
                { STR("ppc64le"), STR("ppc64") }, { STR("ppc64el"), STR("ppc64") }, { STR("i386"), STR("i686") },
                { STR("i586"), STR("i686") },     { STR("i486"), STR("i686") },     { STR("armv5tel"), STR("arm") },
                { STR("armv6l"), STR("arm") },    { STR("armv7l"), STR("arm") },    { STR("armv8l"), STR("arm") },
                { STR("s390"), STR("s390x") },    { STR("armhf"), STR("arm") },     { STR("armel"), STR("arm") },
                { STR("mips64"), STR("mips") },   { STR("mipsel"), STR("mips") },   { STR("mips64el"), STR("mips") },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(word, rows[i].other))
                        return rows[i].ours;
        return word;
}

static bool field_starts(struct facts *f, struct str name, struct str beginning) {
        struct str value;

        return cpu_list_field(f->cpus, name, &value) && str_starts(value, beginning);
}

/* Arm's 64-bit kernels show 8, those of 32 bits 7 or less; to a program of 32 bits a 64-bit kernel shows 8 and the words of old. */
static struct str arm_of_cpuinfo(struct facts *f, const struct cpuinfo_block *info) {
        struct str value;

        if (str_has_word(info->flags, S("fastmult")))
                return S("arm");
        if (!cpu_list_field(f->cpus, S("CPU architecture"), &value))
                return S("");
        if (str_eq(value, S("AArch64")) || str_eq(value, S("8")))
                return S("aarch64");
        return value.len > 0 && value.p[0] >= '4' && value.p[0] <= '7' ? S("arm") : S("");
}

/* One that was not seen is of the same architecture as its neighbours. */
static const struct cpuinfo_block *any_block(struct facts *f) {
        for (ptrdiff_t i = 0; !f->cpu->info && i < f->cpus->count; i++)
                if (f->cpus->items[i].info)
                        return f->cpus->items[i].info;
        return f->cpu->info;
}

/* What only one architecture's kernel writes. A flag that is missing proves nothing: the line may be cut, or made up. */
static struct str arch_of_cpuinfo(struct facts *f) {
        static const struct {
                struct str name, beginning, arch;
        } rows[] = {
                { STR("vendor_id"), STR("IBM/S390"), STR("s390x") }, { STR("cpu"), STR("POWER"), STR("ppc64") },
                { STR("isa"), STR("rv64"), STR("riscv64") },         { STR("CPU Family"), STR("Loongson-64bit"), STR("loongarch64") },
                { STR("cpu"), STR("TI UltraSparc"), STR("sparc64") }, { STR("type"), STR("sun4"), STR("sparc64") },
                { STR("cpu model"), STR("MIPS"), STR("mips") },      { STR("arch"), STR("IA-64"), STR("ia64") },
                { STR("cpu"), STR("Cell"), STR("ppc64") },           { STR("cpu"), STR("PPC970"), STR("ppc64") },
                { STR("cpu"), STR("Alpha"), STR("alpha") },          { STR("cpu family"), STR("PA-RISC"), STR("parisc") },
                { STR("cpu family"), STR("sh"), STR("sh4") },        { STR("cpu"), STR("e500"), STR("ppc") },
                { STR("cpu"), STR("74"), STR("ppc") },               { STR("cpu"), STR("75"), STR("ppc") },
                { STR("cpu"), STR("60"), STR("ppc") },               { STR("CPU"), STR("68"), STR("m68k") },
        };

        const struct cpuinfo_block *info = any_block(f);

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (field_starts(f, rows[i].name, rows[i].beginning))
                        return rows[i].arch;
        if (info && info->implementer.len > 0)
                return arm_of_cpuinfo(f, info);
        return info && str_has_word(info->flags, S("lm")) ? S("x86_64") : S("");
}

/* Kernels of 32 bits run on processors of 64. */
static char kind_of_arch(struct str arch) {
        static const struct {
                struct str begins;
                char kind;
        } rows[] = { { STR("x86_64"), 'x' }, { STR("i686"), 'x' },  { STR("aarch64"), 'a' }, { STR("arm"), 'a' },         { STR("ppc"), 'p' },
                     { STR("s390"), 's' },   { STR("riscv"), 'r' }, { STR("mips"), 'm' },    { STR("loongarch"), 'l' },  { STR("sparc"), 'c' },
                     { STR("alpha"), 'h' },  { STR("ia64"), 'i' },  { STR("parisc"), 'q' } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_starts(arch, rows[i].begins))
                        return rows[i].kind;
        return 0;
}

/* Whether it is one: a word that was cut ("aar…") names none, and no flaw is another architecture's for it. */
static bool is_arch(struct str word) {
        static const struct str others[] = { STR("m68k"), STR("sh4"), STR("sh4a"), STR("hppa"), STR("arc"), STR("csky"), STR("e2k"), STR("hexagon"),
                                             STR("microblaze"), STR("nios2"), STR("openrisc"), STR("or1k"), STR("xtensa"), STR("loongarch64"),
                                             STR("loongarch32"), STR("riscv64"), STR("riscv32"), STR("x86_64"), STR("i686"), STR("aarch64"),
                                             STR("aarch64_be"), STR("arm"), STR("armv4l"), STR("armv4tl"), STR("armv5l"), STR("armv7"), STR("armv8"),
                                             STR("ppc"), STR("ppcle"), STR("ppc64"), STR("s390x"), STR("mips"), STR("sparc"), STR("sparc64"),
                                             STR("alpha"), STR("ia64"), STR("parisc"), STR("parisc64") };

        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                if (str_eq(word, others[i]))
                        return true;
        return false;
}

/* /proc/cpuinfo names a maker of PCs' processors. */
static bool has_maker_of_pcs(const struct cpuinfo_block *info) {
        static const struct str makers[] = { STR("GenuineIntel"), STR("AuthenticAMD"), STR("HygonGenuine"), STR("CentaurHauls"), STR("Shanghai") };

        for (size_t i = 0; info && i < sizeof(makers) / sizeof(makers[0]); i++)
                if (str_eq(str_trim(info->vendor), makers[i]))
                        return true;
        return false;
}

/* What uname says beside a processor of another kind: two machines in one, or a program that is emulated. */
static void deny_arch(struct facts *f, struct fact *ret, struct str said) {
        struct str shown = f->cpus->cpuinfo_read ? arch_of_cpuinfo(f) : S("");
        struct str source = S("/proc/cpuinfo");

        if (shown.len == 0 && has_maker_of_pcs(any_block(f)))
                shown = S("x86_64");
        if (shown.len == 0 && read_cpuid(f, 1, 0)) {
                shown = S("x86_64");
                source = S("CPUID");
        }
        if (shown.len > 0 && kind_of_arch(said) && kind_of_arch(shown) && kind_of_arch(said) != kind_of_arch(shown))
                answer_text(ret, shown, source);
}

void source_arch(struct facts *f, const struct fact_def *def, struct fact *ret) {
        struct str machine = arch_spelling(read_uname(f, 2));

        (void)def;
        if (is_arch(machine)) {
                answer_text(ret, machine, S("uname"));
                deny_arch(f, ret, machine);
        } else if (f->cpus->cpuinfo_read && (machine = arch_of_cpuinfo(f)).len > 0) {
                answer_text(ret, machine, S("/proc/cpuinfo"));
        } else if (read_cpuid(f, 1, 0)) {
                answer_text(ret, S("x86_64"), S("CPUID"));
        }
}

void source_system_name(struct facts *f, const struct fact_def *def, struct fact *ret) {
        struct str name = read_uname(f, 0);

        (void)def;
        if (str_eq_nocase(name, S("Linux")))
                answer_text(ret, S("linux"), S("uname"));
        else if (str_eq_nocase(name, S("Windows")))
                answer_text(ret, S("windows"), S("uname"));
        else if (name.len > 0)
                answer_text(ret, name, S("uname"));
        else if (f->cpus->cpuinfo_read)
                answer_text(ret, S("linux"), S("/proc/cpuinfo"));
        for (uint32_t i = 0; ret->state != FACT_KNOWN && i < f->catalog->file_count; i++)
                if (evidence_file(f->evidence, T(f->catalog->files[i].path))) /* no other system has that folder */
                        answer_text(ret, S("linux"), T(f->catalog->files[i].path));
}

/* A value of os-release(5), without its quotes; empty when the file has no such line. */
static struct str os_release_value(struct str text, struct str key) {
        struct str line;

        while (str_line(&text, &line))
                if (str_starts(line, key) && line.len > key.len && line.p[key.len] == '=') {
                        line = str_trim(str_from(line, key.len + 1));
                        if (line.len >= 2 && (line.p[0] == '"' || line.p[0] == '\'') && line.p[line.len - 1] == line.p[0])
                                line = str_sub(line, 1, line.len - 2);
                        return line;
                }
        return S("");
}

static struct str distribution_names(struct arena *a, struct str id, struct str like) {
        id = id.len ? id : S("linux");
        return like.len ? str_fmt(a, "%.*s %.*s", STR_ARG(id), STR_ARG(like)) : id;
}

/* Nothing of the names was kept: then which it is was not read. Of a hidden ID with a kept ID_LIKE this much is known, and that it is
 * none that steps or conditions name, for those are never hidden. */
static bool all_redacted(struct str names) {
        struct str word;

        while (str_word(&names, &word))
                if (!answer_is_redacted(word))
                        return false;
        return true;
}

/* ID and ID_LIKE, "ubuntu debian"; a file without ID means "linux" (os-release(5)). */
void source_distribution(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct str places[] = { STR("/etc/os-release"), STR("/usr/lib/os-release") };

        (void)def;
        for (size_t i = 0; ret->state != FACT_KNOWN && i < sizeof(places) / sizeof(places[0]); i++) {
                const struct record *r = evidence_file(f->evidence, places[i]);

                if (!r)
                        continue;
                answer_state(ret, (uint8_t)r->state, places[i]);
                if (r->state == FACT_KNOWN)
                        ret->text = distribution_names(f->arena, os_release_value(r->text, S("ID")), os_release_value(r->text, S("ID_LIKE")));
                if (r->state == FACT_KNOWN && all_redacted(ret->text))
                        answer_state(ret, FACT_UNREAD, places[i]);
        }
}

/* ---- Files ---- */

void source_file(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_file(f->evidence, T(def->text));

        uint64_t number;

        v->source = T(def->text);
        if (r && r->state == FACT_KNOWN && def->high < 63) { /* bits of a number that the kernel prints with or without 0x */
                if (str_hex_to_u64(str_trim(r->text), &number))
                        answer_bits(v, number, def);
                else
                        v->state = FACT_FAILED;
        } else if (r && r->state == FACT_KNOWN)
                answer_value(v, str_trim(r->text));
        else if (r)
                v->state = (uint8_t)r->state;
}
