/* Where it runs: below which hypervisor, in which cloud, in which container; by the signs of data/where.yaml and by the processor. */
#include "facts/cpus.h"
#include "facts/sources.h"
#include "facts/where.h"

/* ---- Signs ---- */

static bool fits(const struct where_sign *s, const struct fact *v) {
        if (s->begins.count || s->is.count || s->has.count)
                return catalog_sign_piece(s, v->text).p != NULL;
        return v->type != VALUE_BOOL || v->number;
}

/* `--redact` would have kept what speaks against a sign. */
static bool is_redacted(struct facts *f, uint32_t fact) {
        const struct fact_def *def = &f->catalog->facts[fact];
        const struct record *r = def->kind == FACT_KIND_FILE ? read_file(f, T(def->text)) : NULL;

        return r && answer_is_redacted(str_trim(r->text));
}

/* What would speak against a sign must have been looked at; but a container is rather seen than not. */
static bool spoken_against(struct facts *f, const struct where_sign *s) {
        const struct fact *v = s->excluding ? facts_get(f, s->excluding - 1u) : NULL;

        if (!v || v->state == FACT_ABSENT || is_redacted(f, s->excluding - 1u))
                return false;
        for (uint32_t i = 0; v->state == FACT_KNOWN && i < s->unless_has.count; i++)
                if (str_find_nocase(v->text, T_AT(s->unless_has, i)) >= 0)
                        return true;
        return v->state != FACT_KNOWN && s->container.len == 0;
}

bool where_shown(struct facts *f, const struct where_sign *s) {
        const struct fact *v = facts_get(f, s->fact);

        return v->state == FACT_KNOWN && fits(s, v) && !spoken_against(f, s) &&
               (s->when == NO_CONDITION || condition_eval(f, s->when) == TRI_TRUE);
}

/* Signs in the order of the catalog: the first of its kind stays. */
static void note_sign(const struct where_sign *s, struct where *ret) {
        if ((s->guest.len || s->owner.len) && (!ret->guest || s < ret->guest))
                ret->guest = s;
        if (!ret->owner && s->owner.len)
                ret->owner = s;
        if (!ret->bare && s->bare)
                ret->bare = s;
        if (!ret->cloud && s->cloud.len)
                ret->cloud = s;
        if (!ret->container && s->container.len)
                ret->container = s;
}

static bool in_log(struct facts *f, const struct where_sign *s) {
        return f->catalog->facts[s->fact].kind == FACT_KIND_LOG;
}

static void look(struct facts *f, bool log, struct where *ret) {
        for (uint32_t i = 0; i < f->catalog->where_sign_count; i++) {
                const struct where_sign *s = &f->catalog->where_signs[i];

                if (in_log(f, s) == log && where_shown(f, s))
                        note_sign(s, ret);
        }
}

/* The running machine's log is dear to read: it is asked only where nothing else tells. */
static bool log_may_wait(struct facts *f, const struct where *w) {
        const struct fact *bit = facts_get(f, COMPUTED_HYPERVISOR_BIT);

        return f->evidence->later && (w->guest || (bit->state == FACT_KNOWN && bit->number) || facts_tri(f, S("bare_metal")) == TRI_TRUE);
}

/* Looked for once, like a fact: several facts and sentences rest on it. */
void where_look(struct facts *f, struct where *ret) {
        facet_set before = f->seen->set;
        uint32_t loops = f->loops;

        if (f->where) {
                f->seen->set |= f->where_facets;
                *ret = *f->where;
                return;
        }
        f->seen->set = 0;
        *ret = (struct where){ 0 };
        look(f, false, ret);
        if (!log_may_wait(f, ret))
                look(f, true, ret);
        if (f->loops == loops) {
                struct where *kept = arena_new(f->arena, struct where);

                *kept = *ret;
                f->where = kept;
                f->where_facets = f->seen->set;
        }
        f->seen->set |= before;
}

struct str where_source(struct facts *f, const struct where_sign *s) {
        return facts_get(f, s->fact)->source;
}

const struct where_sign *where_other_name(struct facts *f, const struct where_sign *named, uint32_t *next) {
        struct str name = named->guest.len ? T(named->guest) : T(named->owner);

        while (*next < f->catalog->where_sign_count) {
                const struct where_sign *s = &f->catalog->where_signs[(*next)++];

                if (f->evidence->later && in_log(f, s))
                        continue;
                if (s->guest.len && !s->vague && !named->vague && !str_eq(T(s->guest), name) && !texts_have(named->shows, T(s->guest)) &&
                    !texts_have(s->shows, name) && where_shown(f, s))
                        return s;
        }
        return NULL;
}

/* ---- What the processor says ---- */

/* Words of cpuinfo's flags that stand behind "hypervisor", so that it is not cut off (Linux arch/x86/include/asm/cpufeatures.h:
 * the words are written in the order of their bits, and every PC since 2005 has one of these). */
static bool reaches_hypervisor(struct str flags) {
        static const struct str behind[] = { STR("lahf_lm"), STR("cmp_legacy"), STR("abm"), STR("3dnowprefetch"), STR("pti"),
                                             STR("ssbd"), STR("ibrs"), STR("ibpb"), STR("kaiser"), STR("fsgsbase") };

        flags = flags_until_left_out(flags);
        for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
                if (str_has_word(flags, behind[i]))
                        return true;
        return false;
}

/* Xen's paravirtualised kernels, its dom0 among them, ask Xen about the processor; a program asks the processor itself, where that cannot
 * fault (CPUID faulting: Intel's since Ivy Bridge, few of AMD's), and it knows of no hypervisor. */
static bool is_on_xen(struct facts *f) {
        const struct record *type = read_file(f, S("/sys/hypervisor/type")), *dom0 = read_file(f, S("/proc/xen/capabilities"));

        return (type && type->state == FACT_KNOWN && str_eq(str_trim(type->text), S("xen"))) || (dom0 && dom0->state == FACT_KNOWN);
}

/* A kernel of a PC has a vendor line; other architectures' lists have no such word. */
static void hypervisor_bit_of(struct facts *f, const struct cpu_seen *cpu, struct fact *ret) {
        const struct record *leaf1 = evidence_cpuid(f->evidence, cpu->number, 1, 0);
        const struct cpuinfo_block *info = cpu->info;

        if (leaf1 && leaf1->state == FACT_KNOWN && (leaf1->words[2] >> 31 || !is_on_xen(f)))
                answer_number(ret, leaf1->words[2] >> 31, S("CPUID 0x1.0:ECX[31]"));
        if (info && str_has_word(info->flags, S("hypervisor")))
                answer_number(ret, 1, S("/proc/cpuinfo"));
        else if (info && info->vendor.len > 0 && reaches_hypervisor(cpu_flags_listed(info)))
                answer_number(ret, 0, S("/proc/cpuinfo"));
}

/* All CPUs of a machine are a guest's, or none is: each kind of them is asked, whichever is judged. */
void source_hypervisor_bit(struct facts *f, const struct fact_def *def, struct fact *ret) {
        (void)def;
        if (f->cpus->count == 0)
                hypervisor_bit_of(f, f->cpu, ret);
        for (uint32_t i = 0; f->cpus->count && i < f->cpus->class_count; i++)
                hypervisor_bit_of(f, f->cpus->classes[i], ret);
}

static struct str signature_at(struct facts *f, uint32_t leaf) {
        const struct record *r = read_cpuid(f, leaf, 0);
        char *bytes = arena_bytes(f->arena, 12);

        if (!r)
                return (struct str){ 0 };
        for (int i = 0; i < 12; i++) {
                char c = (char)(r->words[1 + i / 4] >> (8 * (i % 4)));

                bytes[i] = c == 0 ? ' ' : c >= 0x20 && c < 0x7f ? c : '?';
        }
        return str_trim(str_n(bytes, 12));
}

/* Where two hypervisors show themselves (Hyper-V's face in front of KVM or Xen), one stands at 0x40000100. */
void source_hypervisor_signature(struct facts *f, const struct fact_def *def, struct fact *ret) {
        struct str first = signature_at(f, 0x40000000), second = signature_at(f, 0x40000100);
        const struct fact *bit = facts_get(f, COMPUTED_HYPERVISOR_BIT);

        (void)def;
        if (bit->state != FACT_KNOWN || !bit->number)
                return; /* without a hypervisor the leaves of that range mirror others */
        if (first.len > 0)
                answer_text(ret, second.len > 0 ? str_fmt(f->arena, "%.*s %.*s", STR_ARG(first), STR_ARG(second)) : first,
                            S("CPUID 0x40000000"));
}

/* A Hyper-V host's own Windows runs above the hypervisor, too, but it owns the machine: its partition may make others and manages
 * the processors (Hypervisor Top Level Functional Specification, 2.4: CPUID 0x40000003:EBX[0], [12]; [22] is set in guests that
 * are isolated from their host). */
static enum tri is_root_partition(struct facts *f) {
        const struct record *vendor = read_cpuid(f, 0x40000000, 0), *rights = read_cpuid(f, 0x40000003, 0);

        if (!vendor || (vendor->words[0] >= 0x40000003 && !rights))
                return str_eq_nocase(read_uname(f, 0), S("Windows")) ? TRI_UNKNOWN : TRI_FALSE;
        return tri_of(rights && vendor->words[1] == 0x7263694d && vendor->words[2] == 0x666f736f &&
                      vendor->words[3] == 0x76482074 && (rights->words[1] & 1) && (rights->words[1] >> 12 & 1) &&
                      !(rights->words[1] >> 22 & 1));
}

/* ---- Guest or bare metal ---- */

/* Another tool's word: a name, of a guest's hypervisor also "yes" or "no"; empty when none was read. */
static struct str claimed(struct facts *f, struct str what) {
        const struct record *claim = evidence_line(f->evidence, RECORD_CLAIM, what);

        return claim && claim->state == FACT_KNOWN ? str_trim(claim->text) : (struct str){ 0 };
}

static bool is_firmware(struct str path) {
        static const struct str areas[] = { STR("/sys/class/dmi/"), STR("/proc/device-tree/"), STR("/sys/hypervisor/") };

        for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
                if (str_starts(path, areas[i]))
                        return true;
        return false;
}

/* Somebody looked at what the firmware calls the machine. */
static bool firmware_was_read(struct facts *f) {
        for (uint32_t i = 0; i < f->catalog->where_sign_count; i++) {
                const struct fact_def *def = &f->catalog->facts[f->catalog->where_signs[i].fact];

                if (def->kind == FACT_KIND_FILE && is_firmware(T(def->text)) && evidence_file(f->evidence, T(def->text)))
                        return true;
        }
        return false;
}

static struct str why_bare(struct facts *f, const struct where *w) {
        const struct fact *bit = facts_get(f, COMPUTED_HYPERVISOR_BIT);

        if (facts_tri(f, S("bare_metal")) == TRI_TRUE)
                return bit->state == FACT_KNOWN ? bit->source : S("firmware");
        return w->bare ? where_source(f, w->bare) : str_eq(claimed(f, S("guest")), S("no")) ? S("another tool's report") : (struct str){ 0 };
}

bool where_is_bare(struct facts *f) {
        struct where w;

        where_look(f, &w);
        return why_bare(f, &w).len > 0;
}

void source_hypervisor(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct fact *bit = facts_get(f, COMPUTED_HYPERVISOR_BIT);
        bool reported = bit->state == FACT_KNOWN && bit->number;
        enum tri root = reported ? is_root_partition(f) : TRI_FALSE;
        struct str claim = claimed(f, S("guest")), bare;
        struct where w;

        (void)def;
        if (root != TRI_FALSE) {
                answer_state(ret, FACT_UNREAD, S("CPUID 0x40000003.0:EBX (Hyper-V's root partition)"));
                if (root == TRI_TRUE)
                        answer_number(ret, 0, ret->source);
                return;
        }
        if (bit->state == FACT_FAILED) {
                *ret = *bit;
                return;
        }
        where_look(f, &w);
        if (reported)
                answer_number(ret, 1, bit->source);
        if (w.guest)
                answer_number(ret, 1, where_source(f, w.guest));
        if (claim.len > 0 && !str_eq(claim, S("no")))
                answer_number(ret, 1, S("another tool's report"));
        bare = w.owner ? S("") : why_bare(f, &w); /* nothing is below a hypervisor that is the machine's own */
        if (bare.len > 0)
                answer_number(ret, 0, bare);
        else if (ret->state == FACT_UNREAD && bit->state == FACT_KNOWN && !firmware_was_read(f))
                answer_number(ret, 0, bit->source); /* a pasted list of flags: rules take it for what it says (the machine's line does not) */
}

/* False where the evidence by its nature tells nothing of it (`-- meta where none`), and nothing else did. */
void source_where_seen(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct record *none = evidence_line(f->evidence, RECORD_META, S("where"));
        const struct fact *below = facts_get(f, COMPUTED_HYPERVISOR);

        (void)def;
        if (below->state == FACT_KNOWN)
                answer_number(ret, true, below->source);
        else if (none && none->state == FACT_KNOWN && str_eq(none->text, S("none")))
                answer_number(ret, false, S("evidence"));
}

void source_hypervisor_vendor(struct facts *f, const struct fact_def *def, struct fact *ret) {
        const struct fact *below = facts_get(f, COMPUTED_HYPERVISOR), *signature = facts_get(f, COMPUTED_HYPERVISOR_SIGNATURE);
        struct str claim = claimed(f, S("guest"));
        bool named = claim.len > 0 && !str_eq(claim, S("yes")) && !str_eq(claim, S("no"));
        struct where w;

        (void)def;
        if (below->state == FACT_KNOWN && !below->number) {
                answer_state(ret, FACT_ABSENT, below->source);
                return;
        }
        where_look(f, &w);
        if (w.guest && !(w.guest->vague && (signature->state == FACT_KNOWN || (named && str_eq(T(w.guest->guest), S("?"))))))
                answer_text(ret, w.guest->guest.len ? T(w.guest->guest) : T(w.guest->owner), where_source(f, w.guest));
        else if (signature->state == FACT_KNOWN)
                answer_text(ret, signature->text, signature->source);
        else if (named)
                answer_text(ret, claim, S("another tool's report"));
        else if (w.guest)
                answer_text(ret, T(w.guest->guest), where_source(f, w.guest));
}

/* ---- What the firmware calls the machine, where it is nobody's sign ---- */

static bool is_sign_of(struct facts *f, uint32_t fact) {
        for (uint32_t i = 0; i < f->catalog->where_sign_count; i++) {
                const struct where_sign *s = &f->catalog->where_signs[i];

                if (s->fact == fact && !s->bare && where_shown(f, s))
                        return true;
        }
        return false;
}

/* All of `names` were read, something was found, and no sign in it. */
static void say_ordinary(struct facts *f, const struct str *names, size_t count, struct fact *ret) {
        bool found = false, all = true;

        for (size_t i = 0; i < count; i++) {
                int32_t number = catalog_fact(f->catalog, names[i]);
                const struct fact *v = number < 0 ? NULL : facts_get(f, (uint32_t)number);

                if (v && v->state == FACT_KNOWN && is_sign_of(f, (uint32_t)number)) {
                        answer_number(ret, 0, v->source);
                        return;
                }
                all &= v && (v->state == FACT_KNOWN || v->state == FACT_ABSENT);
                found |= v && v->state == FACT_KNOWN && v->text.len > 0;
        }
        if (all && found)
                answer_number(ret, 1, names == NULL ? S("") : facts_named(f, names[0])->source);
}

void source_ordinary(struct facts *f, const struct fact_def *def, struct fact *ret) {
        static const struct str dmi[] = { STR("dmi.product_name"), STR("dmi.sys_vendor"), STR("dmi.board_vendor"), STR("dmi.bios_vendor") },
                                tree[] = { STR("dt.compatible"), STR("dt.hypervisor") };

        if (def->source == COMPUTED_DMI_ORDINARY)
                say_ordinary(f, dmi, sizeof(dmi) / sizeof(dmi[0]), ret);
        else
                say_ordinary(f, tree, sizeof(tree) / sizeof(tree[0]), ret);
}

/* ---- Whose cloud, which container ---- */

void source_cloud(struct facts *f, const struct fact_def *def, struct fact *ret) {
        struct where w;

        (void)def;
        where_look(f, &w);
        if (w.cloud)
                answer_text(ret, T(w.cloud->cloud), where_source(f, w.cloud));
        else if (claimed(f, S("cloud")).len > 0)
                answer_text(ret, claimed(f, S("cloud")), S("another tool's report"));
}

void source_container(struct facts *f, const struct fact_def *def, struct fact *ret) {
        struct where w;

        (void)def;
        where_look(f, &w);
        if (w.container)
                answer_text(ret, T(w.container->container), where_source(f, w.container));
        else if (claimed(f, S("container")).len > 0)
                answer_text(ret, claimed(f, S("container")), S("another tool's report"));
}
