/* What the processor can do: registers, the words that /proc/cpuinfo shows of them, and the tables of microcode. */
#include "facts/cpus.h"
#include "facts/sources.h"

static void of_state(struct fact *v, uint8_t state) {
        v->state = state == FACT_KNOWN ? FACT_FAILED : state;
}

/* A leaf above the processor's highest one reads as zero (Intel SDM volume 2A, CPUID: such leaves are reserved). */
static bool beyond_highest_leaf(struct facts *f, uint32_t leaf) {
        const struct record *r = evidence_cpuid(f->evidence, f->cpu->number, leaf & 0x80000000, 0);

        if (r && r->state != FACT_KNOWN)
                return false;
        if ((leaf & 0x80000000) && r && !(r->words[0] & 0x80000000))
                return true;
        return r && leaf > r->words[0];
}

/* Leaf 7 tells in EAX how many subleaves it has. */
static bool beyond_highest_subleaf(struct facts *f, const struct fact_def *def) {
        const struct record *r = def->subleaf ? evidence_cpuid(f->evidence, f->cpu->number, def->leaf, 0) : NULL;

        return r && r->state == FACT_KNOWN && def->leaf == 7 && def->subleaf > r->words[0];
}

/* The words that end the kernel's list (Linux arch/x86/include/asm/cpufeatures.h, words 14 to 18). */
static const struct str last_words[] = {
        STR("dtherm"), STR("arat"), STR("hwp_notify"), STR("hwp_act_window"), STR("hwp_epp"), STR("hwp_pkg_req"), STR("avx512vbmi"), STR("umip"), STR("ospke"),
        STR("waitpkg"), STR("avx512_vbmi2"), STR("gfni"), STR("vaes"), STR("vpclmulqdq"), STR("avx512_vnni"), STR("avx512_bitalg"), STR("avx512_vpopcntdq"),
        STR("la57"), STR("rdpid"), STR("bus_lock_detect"), STR("cldemote"), STR("movdiri"), STR("movdir64b"), STR("enqcmd"), STR("fsrm"), STR("avx512_4vnniw"),
        STR("avx512_4fmaps"), STR("avx512_vp2intersect"), STR("md_clear"), STR("serialize"), STR("tsxldtrk"), STR("pconfig"), STR("arch_lbr"), STR("amx_bf16"),
        STR("avx512_fp16"), STR("amx_tile"), STR("amx_int8"), STR("flush_l1d"), STR("arch_capabilities"),
};

static bool is_last_word(struct str word) {
        for (size_t i = 0; i < sizeof(last_words) / sizeof(last_words[0]); i++)
                if (str_eq(word, last_words[i]))
                        return true;
        return false;
}

/* The line of flags ends within this word or one of the last, as a line does that was cut, or goes on where nobody saw it: whether the bit is set is
 * not known. */
static bool is_cut_within(struct str flags, struct str word) {
        struct str seen = flags_until_left_out(flags), last;
        bool within = false;
        ptrdiff_t at;

        if (seen.len < flags.len && (word.len == 0 || is_last_word(word) || flags_left_out_within(flags)))
                return true;
        for (at = seen.len; at > 0 && seen.p[at - 1] != ' ';)
                at--;
        last = str_from(seen, at);
        if (is_last_word(last))
                return false;
        for (size_t i = 0; i < sizeof(last_words) / sizeof(last_words[0]); i++)
                within |= str_starts(last_words[i], last);
        return last.len > 0 && (within || (last.len < word.len && str_starts(word, last)));
}

/* CPUID and the kernel's list of flags are both there, and one of them denies what the other shows. Where the list must hold the
 * word of a bit that is set, the bit's `if` says so. */
static bool flags_contradict(struct facts *f, const struct fact_def *def, bool set) {
        const struct cpuinfo_block *info = f->cpu->info;

        if (def->text.len == 0 || !info || info->flags.len == 0 || str_has_word(info->flags, T(def->text)) == set)
                return false;
        if (!set)
                return !def->flag_made;
        return def->gate != NO_CONDITION && !is_cut_within(cpu_flags_listed(info), T(def->text)) && condition_eval(f, def->gate) == TRI_FALSE;
}

/* The word's place in the kernel's list of bugs; -1 for a word that kernels are not known to write. */
static ptrdiff_t bug_number(const struct catalog *c, struct str word) {
        for (uint32_t i = 0; i < c->bug_count; i++)
                if (str_eq(word, T(c->bugs[i].word)))
                        return (ptrdiff_t)i;
        return -1;
}

/* The kernel knows the bug and does not count the processor as affected: its list goes on behind the word's place, and has only words
 * that kernels write, in their order. */
static bool left_out_of_bugs(const struct facts *f, const struct fact_def *def) {
        const struct cpuinfo_block *info = f->cpu->info;
        struct str rest = info ? info->bugs : (struct str){ 0 }, word;
        ptrdiff_t number = def->bug - 1, last = -1, one;

        if (number < 0)
                return false;
        while (str_word(&rest, &word)) {
                one = bug_number(f->catalog, word);
                if (one == number || (one >= 0 && one < last) || (one < 0 && last >= 0))
                        return false;
                last = one > last ? one : last;
        }
        return last > number;
}

/* The kernel read the bit, and counts the processor as affected as it does only where the bit is not set. */
static bool denied_by_bugs(const struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct cpuinfo_block *info = f->cpu->info;
        struct str word;

        if (def->bug_denies == 0 || !info || f->options.ignore_os_claims)
                return false;
        word = T(f->catalog->bugs[def->bug_denies - 1].word);
        if (!str_has_word(info->bugs, word))
                return false;
        answer_bits(v, 0, def);
        v->source = str_fmt(f->arena, "/proc/cpuinfo, bugs with %.*s", STR_ARG(word));
        return true;
}

/* A register, or what stands in it, that is there only where the bit is set. */
static bool register_was_read(struct facts *f, const struct fact_def *bit, struct str *ret_source) {
        for (uint32_t i = 0; i < f->catalog->fact_count; i++) {
                const struct fact_def *def = &f->catalog->facts[i];
                const struct node *n = def->kind == FACT_KIND_MSR && def->gate != NO_CONDITION ? &f->catalog->nodes[def->gate] : NULL;
                const struct record *r;

                if (!n || n->op != NODE_FACT || &f->catalog->facts[n->fact] != bit)
                        continue;
                r = evidence_msr(f->evidence, f->cpu->number, def->leaf);
                if (r && r->state == FACT_KNOWN && answer_bits_of(r->value, def)) {
                        *ret_source = T(def->where);
                        return true;
                }
        }
        return false;
}

void source_cpuid(struct facts *f, const struct fact_def *def, struct fact *v) {
        struct str read_from;
        const struct record *r = evidence_cpuid(f->evidence, f->cpu->number, def->leaf, def->subleaf);
        const struct cpuinfo_block *info = f->cpu->info;
        const struct fact *arch = facts_get(f, COMPUTED_ARCH);

        v->source = T(def->where);
        if (arch->state == FACT_KNOWN && !str_eq(arch->text, S("x86_64")) && !str_eq(arch->text, S("i686"))) {
                v->state = FACT_ABSENT;
        } else if (r && r->state == FACT_KNOWN) {
                answer_bits(v, r->words[def->word], def);
                if (flags_contradict(f, def, v->number != 0)) {
                        answer_number(v, !v->number, S("/proc/cpuinfo"));
                        v->source = str_fmt(f->arena, "%.*s; /proc/cpuinfo, flag %.*s", STR_ARG(T(def->where)), STR_ARG(T(def->text)));
                }
        } else if (beyond_highest_leaf(f, def->leaf) || beyond_highest_subleaf(f, def)) {
                answer_bits(v, 0, def);
        } else if (def->text.len && info && str_has_word(info->flags, T(def->text))) {
                answer_bits(v, UINT64_MAX, def);
                v->source = str_fmt(f->arena, "/proc/cpuinfo, flag %.*s", STR_ARG(T(def->text)));
        } else if (shown_in_log(f, def, v)) {
                answer_bits(v, UINT64_MAX, def);
        } else if (!r && denied_by_bugs(f, def, v)) {
                ;
        } else if (!r && def->gate != NO_CONDITION && !(info && is_cut_within(cpu_flags_listed(info), T(def->text))) && condition_eval(f, def->gate) == TRI_FALSE) {
                answer_bits(v, 0, def); /* nothing shows the bit, and something would */
                v->source = (struct str){ 0 };
                if (register_was_read(f, def, &read_from))
                        answer_number(v, 1, read_from);
        }
}

/* An ordinary program cannot read the register on Windows, but Windows tells what stands in it. */
static void from_stand_in(struct facts *f, uint16_t fact, struct fact *v) {
        const struct fact *told = facts_get(f, fact);

        if (told->state != FACT_KNOWN)
                return;
        v->state = FACT_KNOWN;
        v->number = told->number;
        v->source = told->source;
}

void source_msr(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_msr(f->evidence, f->cpu->number, def->leaf);
        enum tri exists = def->gate == NO_CONDITION ? TRI_TRUE : condition_eval(f, def->gate);
        bool shown = false;

        v->source = T(def->where);
        if (exists == TRI_FALSE)
                answer_bits(v, 0, def);
        else if (r && r->state == FACT_KNOWN && answer_bits_of(r->unknown, def) == 0)
                answer_bits(v, r->value, def);
        else if ((shown = shown_in_log(f, def, v)))
                answer_bits(v, UINT64_MAX, def);
        else if (r && r->state != FACT_KNOWN)
                of_state(v, (uint8_t)r->state);
        if (v->state != FACT_KNOWN && def->source > 0)
                from_stand_in(f, def->source, v);
        if (v->state != FACT_KNOWN && !denied_by_bugs(f, def, v) && left_out_of_bugs(f, def)) {
                answer_bits(v, def->bug_sets ? UINT64_MAX : 0, def);
                v->source = str_fmt(f->arena, "/proc/cpuinfo, bugs without %.*s", STR_ARG(T(f->catalog->bugs[def->bug - 1].word)));
        }
        /* Whether the register exists is not known: only a zero is the same either way, or what the kernel found in it. */
        if (exists == TRI_UNKNOWN && !shown && !(v->state == FACT_KNOWN && v->number == 0))
                v->state = FACT_UNREAD;
}

void source_idreg(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct record *r = evidence_idreg(f->evidence, f->cpu->number, T(def->text));

        v->source = T(def->where);
        if (r && r->state == FACT_KNOWN)
                answer_bits(v, r->value, def);
        else if (r)
                of_state(v, (uint8_t)r->state);
}

void source_table(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct microcode_table *t = &f->catalog->tables[def->source];
        const struct fact *signature = facts_get(f, COMPUTED_CPU_SIGNATURE), *platform = facts_get(f, COMPUTED_CPU_PLATFORM);
        uint32_t revision = 0;
        bool row = false;

        v->source = T(def->where);
        if (signature->state != FACT_KNOWN)
                return;
        for (uint32_t i = 0; i < t->count; i++)
                row |= t->rows[i].signature == signature->number;
        if (catalog_microcode(t, (uint32_t)signature->number,
                              platform->state == FACT_KNOWN ? (int)platform->number : -1, &revision)) {
                v->state = FACT_KNOWN;
                v->number = revision;
        } else if (!row || platform->state == FACT_KNOWN) {
                v->state = FACT_ABSENT;
        }
}

void source_cpuinfo(struct facts *f, const struct fact_def *def, struct fact *v) {
        struct str text;

        v->source = S("/proc/cpuinfo");
        if (str_eq(T(def->text), S("microcode")))
                f->seen->set |= FACET_REVISION;
        if (cpu_field(f->cpus, f->cpu, T(def->text), &text))
                answer_value(v, text);
        else if (f->cpus->cpuinfo_state != FACT_KNOWN) /* a line that is not there may be lost, or unknown to an old kernel */
                v->state = f->cpus->cpuinfo_state;
}

void source_flag(struct facts *f, const struct fact_def *def, struct fact *v) {
        const struct cpuinfo_block *info = f->cpu->info;
        struct str list = !info ? (struct str){ 0 } : def->kind == FACT_KIND_FLAG ? info->flags : def->kind == FACT_KIND_LISTED ? cpu_flags_listed(info) : info->bugs;

        v->source = S("/proc/cpuinfo");
        if (str_has_word(list, T(def->text))) {
                v->state = FACT_KNOWN;
                v->number = 1;
        } else if (def->kind == FACT_KIND_FLAG && left_out_of_bugs(f, def)) { /* what the kernel does against a bug */
                v->state = FACT_KNOWN;
        }
}
