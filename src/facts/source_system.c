/* The system: what runs, on which architecture; and files, verbatim. */
#include "catalog/arches.h"
#include "facts/cpus.h"
#include "facts/sources.h"

/* `ours`: the word that data uses; `kind`: kernels of 32 bits run on processors of 64. */
static const struct arch {
        struct str word, ours;
        char kind;
} arches[] = {
#define X(word, ours, kind) { STR(word), STR(ours), kind },
        ARCHES(X)
#undef X
};

static const struct arch *arch_called(struct str word) {
        for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
                if (str_eq(word, arches[i].word))
                        return &arches[i];
        return NULL;
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

static bool tells_kind(const struct cpuinfo_block *info) {
        return info && (info->implementer.len > 0 || info->vendor.len > 0 || info->flags.len > 0);
}

/* One that was not seen, or of which only the beginning was, is of the same architecture as its neighbours. */
static const struct cpuinfo_block *any_block(struct facts *f) {
        for (ptrdiff_t i = 0; !tells_kind(f->cpu->info) && i < f->cpus->count; i++)
                if (tells_kind(f->cpus->items[i].info))
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
                { STR("cpu family"), STR("Loongson-64bit"), STR("loongarch64") }, { STR("isa"), STR("mips"), STR("mips") },
                { STR("cpu"), STR("74"), STR("ppc") },               { STR("cpu"), STR("75"), STR("ppc") },
                { STR("cpu"), STR("60"), STR("ppc") },               { STR("CPU"), STR("68"), STR("m68k") },
                { STR("wait instruction"), STR(""), STR("mips") },   { STR("ASEs implemented"), STR(""), STR("mips") },
                { STR("cpu model"), STR("Cavium"), STR("mips") },    { STR("cpu model"), STR("Ingenic"), STR("mips") },
                { STR("cpu model"), STR("Broadcom BMIPS"), STR("mips") }, { STR("cpu model"), STR("Loongson-"), STR("mips") },
                { STR("cpu model"), STR("ICT Loongson-"), STR("mips") },
        };

        const struct cpuinfo_block *info = any_block(f);

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (field_starts(f, rows[i].name, rows[i].beginning))
                        return rows[i].arch;
        if (info && info->implementer.len > 0)
                return arm_of_cpuinfo(f, info);
        return info && str_has_word(info->flags, S("lm")) ? S("x86_64") : S("");
}

/* What uname says beside a processor of another kind: two machines in one, or a program that is emulated. */
static void deny_arch(struct facts *f, struct fact *ret, const struct arch *said) {
        struct str source = S("/proc/cpuinfo"), name = f->cpus->cpuinfo_read ? arch_of_cpuinfo(f) : S("");
        const struct cpuinfo_block *info = any_block(f);
        const struct arch *shown;

        if (name.len == 0 && info && names_maker_of_pcs(info->vendor))
                name = S("x86_64");
        if (name.len == 0 && read_cpuid(f, 1, 0)) {
                name = S("x86_64");
                source = S("CPUID");
        }
        shown = arch_called(name);
        if (shown && shown->kind != said->kind)
                answer_text(ret, shown->ours, source);
}

void source_arch(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct arch *said = arch_called(read_uname(f, 2));
        struct str shown;

        (void)def;
        if (said) {
                answer_text(ret, said->ours, S("uname"));
                deny_arch(f, ret, said);
        } else if (f->cpus->cpuinfo_read && (shown = arch_of_cpuinfo(f)).len > 0) {
                answer_text(ret, shown, S("/proc/cpuinfo"));
        } else if (read_cpuid(f, 1, 0)) {
                answer_text(ret, S("x86_64"), S("CPUID"));
        }
}

/* What was read shows a processor, and exists on other systems, too. */
static bool is_any_system(const struct facts *f) {
        const struct record *r = evidence_system(f->evidence);

        return r && r->state == FACT_KNOWN && str_starts(r->text, S("? "));
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
        else if (!is_any_system(f) && f->cpus->cpuinfo_read)
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
