#include "verdict/machine.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/plain.h"
#include "base/version.h"
#include "catalog/computed.h"
#include "facts/cpus.h"
#include "facts/where.h"

enum { EVIDENCE_FRESH = 31 /* days */ };

struct notes {
        struct str *items;
        ptrdiff_t count, capacity;
};

static void note(struct facts *f, struct notes *notes, struct str text) {
        *arena_append(f->arena, notes) = text;
}

static bool known(const struct fact *v) {
        return v->state == FACT_KNOWN;
}

static struct str text_of(struct facts *f, enum computed_fact which) {
        const struct fact *v = facts_get(f, which);

        return known(v) ? v->text : (struct str){ 0 };
}

bool machine_is_named(struct str hostname) {
        return hostname.len > 0 && !str_eq(hostname, S("(none)"));
}

struct str machine_name(struct str hostname, struct str source) {
        struct str rest = source, piece, last = rest;

        if (machine_is_named(hostname))
                return hostname;
        while (str_cut(&rest, '/', &piece))
                last = piece.len ? piece : last;
        return str_ends(last, S(".host")) ? str_sub(last, 0, last.len - 5) : last;
}

static struct str name_of(struct facts *f) {
        const struct record *r = evidence_line(f->evidence, RECORD_IDENTITY, S("hostname"));

        return machine_name(r && r->state == FACT_KNOWN ? str_trim(r->text) : (struct str){ 0 }, f->evidence->source);
}

static struct str vendor_title(struct str word) {
        static const struct {
                struct str word, title;
        } rows[] = { { STR("intel"), STR("Intel") }, { STR("amd"), STR("AMD") },     { STR("hygon"), STR("Hygon") },
                     { STR("arm"), STR("Arm") },     { STR("zhaoxin"), STR("Zhaoxin") }, { STR("centaur"), STR("Centaur") } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(rows[i].word, word))
                        return rows[i].title;
        return word;
}

/* `title`: with the title of cpus.yaml ("Zen 4") for people, else with its name ("zen4"). */
static struct str cpu_of(struct facts *f, bool title) {
        const struct fact *family = facts_get(f, COMPUTED_CPU_FAMILY), *model = facts_get(f, COMPUTED_CPU_MODEL),
                          *stepping = facts_get(f, COMPUTED_CPU_STEPPING);
        struct str vendor = text_of(f, COMPUTED_CPU_VENDOR), name = text_of(f, COMPUTED_CPU_NAME), number = { 0 };
        const struct cpu_range *range = NULL;
        struct str kind = { 0 };

        if (known(family) && known(model)) {
                range = catalog_cpu(f->catalog, vendor, (uint32_t)family->number, (uint32_t)model->number,
                                    known(stepping) ? (uint32_t)stepping->number : 0);
                number = str_fmt(f->arena, " (%02llxh/%02llxh/%llx)", (unsigned long long)family->number,
                                 (unsigned long long)model->number,
                                 known(stepping) ? (unsigned long long)stepping->number : 0);
        }
        if (name.len == 0)
                name = vendor.len ? vendor_title(vendor) : S("unknown processor");
        if (range)
                kind = title && range->title.len ? T(range->title) : T(range->name);
        if (kind.len && str_find(name, kind) < 0)
                return str_fmt(f->arena, "%.*s, %.*s%.*s", STR_ARG(name), STR_ARG(kind), STR_ARG(number));
        return str_fmt(f->arena, "%.*s%.*s", STR_ARG(name), STR_ARG(number));
}

static struct str os_of(struct facts *f) {
        struct str name = text_of(f, COMPUTED_SYSTEM), release = text_of(f, COMPUTED_KERNEL_RELEASE);

        if (str_eq(name, S("linux")) && !version_valid(release))
                return S("Linux of an unknown version");
        if (str_eq(name, S("linux")))
                return str_fmt(f->arena, "Linux %.*s", STR_ARG(release));
        if (str_eq(name, S("windows")))
                return str_fmt(f->arena, "Windows%s%.*s", release.len ? " " : "", STR_ARG(release));
        return name.len ? name : S("unknown system");
}

bool microcode_is_made_up(struct facts *f) {
        const struct fact *revision = facts_peek(f, COMPUTED_CPU_MICROCODE), *family = facts_get(f, COMPUTED_CPU_FAMILY),
                          *model = facts_get(f, COMPUTED_CPU_MODEL), *below = facts_get(f, COMPUTED_HYPERVISOR);
        uint64_t r = revision->number;

        if (!known(revision) || !known(below) || !below->number)
                return false;
        facts_compared(f, COMPUTED_CPU_MICROCODE, 1);
        facts_compared(f, COMPUTED_CPU_MICROCODE, UINT32_MAX);
        if (r <= 1 || r == UINT32_MAX)
                return true;
        if (!str_eq(text_of(f, COMPUTED_CPU_VENDOR), S("amd")) || !known(family) || !known(model) || family->number < 0x17)
                return false;
        facts_compared(f, COMPUTED_CPU_MICROCODE, (r | 0xfff) + 1); /* the last digits say nothing here */
        facts_compared(f, COMPUTED_CPU_MICROCODE, (r & ~UINT64_C(0xfff)) - (r > 0xfff));
        return r >> 24 != family->number - 15 || (r >> 20 & 15) != model->number >> 4 ||
               (r >> 12 & 15) != (model->number & 15);
}

static uint32_t count_state(const struct evidence *e, enum fact_state state) {
        uint32_t n = 0;

        if (e->asked)
                e->asked->set |= FACET_STATES;
        for (ptrdiff_t i = 0; i < e->count; i++)
                n += e->items[i].state == state;
        return n;
}

static struct str unread_name(struct facts *f, const struct record *r) {
        if (r->kind == RECORD_MSR)
                return str_fmt(f->arena, "MSR 0x%x", (unsigned)r->leaf);
        if (r->kind == RECORD_NT)
                return str_fmt(f->arena, "NtQuerySystemInformation(%u)", (unsigned)r->leaf);
        return r->key.len ? r->key : r->text;
}

static int by_name(const void *x, const void *y) {
        const struct quoted_fact *a = x, *b = y;
        int order = str_cmp(a->value, b->value);

        order = order ? order : str_cmp(a->name, b->name);
        return order ? order : str_cmp(a->source, b->source);
}

/* In order of their names, whatever the order of the records; what one processor after the other denied is one thing. */
static void describe_unread(struct machine *ret, struct facts *f) {
        const struct evidence *e = f->evidence;
        struct quoted_fact *all = arena_array(f->arena, struct quoted_fact, ret->denied + ret->failed);
        uint32_t n = 0, kept = 0;

        for (ptrdiff_t i = 0; i < e->count && n < ret->denied + ret->failed; i++) {
                const struct record *r = &e->items[i];

                if (r->state != FACT_DENIED && r->state != FACT_FAILED)
                        continue;
                evidence_note(e, r);
                all[n++] = (struct quoted_fact){ .name = unread_name(f, r), .value = str_of(fact_state_word((enum fact_state)r->state)),
                                                 .source = r->kind == RECORD_FILE && r->state == FACT_FAILED ? r->text : S("") };
        }
        if (n > 0)
                qsort(all, n, sizeof(*all), by_name);
        for (uint32_t i = 0; i < n; i++)
                if (i == 0 || by_name(&all[kept - 1], &all[i]) != 0)
                        all[kept++] = all[i];
        ret->unread = all;
        ret->unread_count = kept;
}

static void describe_classes(struct machine *ret, struct facts *f, struct notes *notes) {
        if (f->cpus->class_count < 2)
                return;
        ret->classes = f->cpus->class_count;
        if (f->cpus->supposed && f->cpus->class_count == 2)
                note(f, notes, S("one kind of logical CPU was seen, and another one may be there; each flaw is judged by the worst of both"));
        else
                note(f, notes, str_fmt(f->arena, "this machine has %u kinds of logical CPUs, unlike or not read alike; each "
                                                 "flaw is judged by the worst of them", (unsigned)ret->classes));
}

/* What two sources tell differently is believed of neither. Only what a verdict asked for is told. */
static void describe_contradictions(struct facts *f, struct notes *notes) {
        struct str all = { 0 };

        for (uint32_t i = 0; i < f->catalog->fact_count; i++) {
                if (facts_contradicted(f, i))
                        all = str_fmt(f->arena, "%.*s%s%.*s (%.*s)", STR_ARG(all), all.len ? ", " : "",
                                      STR_ARG(T(f->catalog->facts[i].name)), STR_ARG(f->values[i].source));
        }
        if (all.len)
                note(f, notes, str_fmt(f->arena, "sources contradict each other, so it counts as not known: %.*s", STR_ARG(all)));
}

/* The oldest of the lists of microcode that verdicts about this processor hang on, where it ended long before the day. */
static const struct dated_file *oldest_list(struct facts *f, struct str day) {
        const struct dated_file *oldest = NULL;

        for (uint32_t i = 0; i < f->catalog->fact_count && day.len > 0; i++) {
                const struct fact_def *def = &f->catalog->facts[i];
                const struct dated_file *list;
                struct str path;

                if (def->kind != FACT_KIND_TABLE || !known(facts_get(f, i)))
                        continue;
                path = str_fmt(f->arena, "microcode/%.*s.csv", STR_ARG(T(f->catalog->tables[def->source].name)));
                list = catalog_stale(f->catalog, path, day);
                if (list && (!oldest || str_cmp(T(list->date), T(oldest->date)) < 0))
                        oldest = list;
        }
        return oldest;
}

/* Lists that end long before the day of the evidence, or before today. */
static void describe_lists(struct facts *f, struct str today, struct notes *notes) {
        struct str day = evidence_captured(f->evidence);
        const struct dated_file *before = oldest_list(f, day), *now = before ? NULL : oldest_list(f, today);

        if (before)
                note(f, notes, str_fmt(f->arena, "%.*s ends on %.*s, more than half a year before the evidence (%.*s): a newer release may "
                                                 "know newer microcode", STR_ARG(T(before->path)), STR_ARG(T(before->date)), STR_ARG(day)));
        if (now)
                note(f, notes, str_fmt(f->arena, "%.*s ends on %.*s, more than half a year ago: a newer release may know newer microcode",
                                       STR_ARG(T(now->path)), STR_ARG(T(now->date))));
}

/* Evidence that is old, or of a day that has not come anywhere on Earth; and a release that knows nothing of what came out since. */
static void describe_age(struct machine *m, struct facts *f, struct str today, struct notes *notes) {
        struct str day = evidence_captured(f->evidence);
        int32_t then, now;
        bool dated = date_days(day, &then) && date_days(today, &now);

        m->old_evidence = dated && now - then > EVIDENCE_FRESH;
        if (dated && then - now > 1)
                note(f, notes, str_fmt(f->arena, "this evidence says that it is of %.*s, and today is %.*s: a clock is wrong, and its age is not known",
                                       STR_ARG(day), STR_ARG(today)));
        m->old_data = date_stale(T(f->catalog->date), today);
        if (m->old_evidence)
                note(f, notes, str_fmt(f->arena, "this evidence is old (%.*s): the machine may be otherwise by now", STR_ARG(day)));
        if (m->old_data)
                note(f, notes, catalog_age(f->arena, f->catalog, today));
}

/* What weakens everything that Windows evidence says. */
static void describe_windows(struct facts *f, struct notes *notes) {
        static const struct {
                struct str key, text, note;
        } rows[] = {
                { .key = STR("hive.SYSTEM"), .text = STR("dirty"),
                  .note = STR("the SYSTEM hive was being written when it was copied: its newest changes may be missing") },
                { .key = STR("hive.SOFTWARE"), .text = STR("dirty"),
                  .note = STR("the SOFTWARE hive was being written when it was copied: its newest changes may be missing") },
                { .key = STR("hive.SYSTEM.LOG1"), .text = STR("not-replayed"),
                  .note = STR("a transaction log stands beside the SYSTEM hive and was not replayed") },
                { .key = STR("hive.SYSTEM.LOG2"), .text = STR("not-replayed"),
                  .note = STR("a second transaction log stands beside the SYSTEM hive and was not replayed") },
                { .key = STR("hive.SOFTWARE.LOG1"), .text = STR("not-replayed"),
                  .note = STR("a transaction log stands beside the SOFTWARE hive and was not replayed") },
                { .key = STR("hive.SOFTWARE.LOG2"), .text = STR("not-replayed"),
                  .note = STR("a second transaction log stands beside the SOFTWARE hive and was not replayed") },
        };
        const struct record *wine = evidence_line(f->evidence, RECORD_WIN32, S("wine"));

        if (wine)
                note(f, notes, str_fmt(f->arena, "this is Wine %.*s, not Windows: what it says holds only for Wine",
                                                 STR_ARG(wine->text)));
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const struct record *r = evidence_line(f->evidence, RECORD_WIN32, rows[i].key);

                if (r && str_eq(r->text, rows[i].text))
                        note(f, notes, rows[i].note);
        }
}

/* Is each word of the value, between commas, one that kernels take? */
static bool made_of(struct texts words, struct str value) {
        struct str one;

        while (str_cut(&value, ',', &one))
                if (!texts_have(words, one))
                        return false;
        return true;
}

static const struct fact *asked_for(struct facts *f, struct str parameter) {
        const struct fact *asked = facts_named(f, str_fmt(f->arena, "cmdline.%.*s", STR_ARG(parameter)));

        return asked && known(asked) ? asked : NULL;
}

/* Words that people write for a parameter, and that no kernel takes. */
static void describe_misses(struct facts *f, struct notes *notes) {
        for (uint32_t i = 0; i < f->catalog->parameter_count; i++) {
                struct str instead = T(f->catalog->parameters[i].instead), name = T(f->catalog->parameters[i].name);

                if (instead.len && facts_line_names(f, name) && asked_for(f, name))
                        note(f, notes, str_fmt(f->arena, "%.*s on the kernel command line is no parameter that kernels take: they ignore it; "
                                                         "%.*s is the parameter", STR_ARG(name), STR_ARG(instead)));
        }
}

/* A parameter with a word that no kernel takes, or on a kernel that is older than it. */
static void describe_command_line(struct facts *f, struct notes *notes) {
        for (uint32_t i = 0; i < f->catalog->parameter_count; i++) {
                const struct parameter *p = &f->catalog->parameters[i];
                const struct fact *asked = p->words.count || p->known != NO_CONDITION ? asked_for(f, T(p->name)) : NULL;

                if (!asked)
                        continue;
                if (p->words.count && !made_of(p->words, asked->text))
                        note(f, notes, str_fmt(f->arena, "%.*s=%.*s on the kernel command line is no value that kernels are known to take: they ignore it",
                                               STR_ARG(T(p->name)), STR_ARG(asked->text)));
                if (p->known != NO_CONDITION && condition_eval(f, p->known) == TRI_FALSE)
                        note(f, notes, str_fmt(f->arena, "%.*s=%.*s on the kernel command line does nothing: this kernel is older than the parameter, "
                                                         "which came with %.*s", STR_ARG(T(p->name)), STR_ARG(asked->text), STR_ARG(T(p->since))));
        }
}

/* What a live machine or a tree lacks as a whole. */
static void describe_collection(struct facts *f, struct notes *notes) {
        const struct record *r = evidence_line(f->evidence, RECORD_META, S("not-seen"));

        if (r && r->text.len > 0)
                note(f, notes, str_fmt(f->arena, "not seen: %.*s", STR_ARG(r->text)));
}

/* Evidence that another tool's output was made into: how far it carries. */
static void describe_origin(struct facts *f, struct notes *notes) {
        const struct record *r = evidence_line(f->evidence, RECORD_META, S("imported")),
                            *rest = evidence_line(f->evidence, RECORD_META, S("not-used"));

        if (r && r->text.len > 0)
                note(f, notes, str_fmt(f->arena, "from %.*s", STR_ARG(r->text)));
        if (rest && rest->text.len > 0)
                note(f, notes, str_fmt(f->arena, "in the input: %.*s", STR_ARG(rest->text)));
}

/* Records of a kind that this program does not know: a slip of the pen, or a newer sidelight's. Each kind once, as it stands first. */
static void describe_passed_over(struct facts *f, struct notes *notes) {
        enum { TOLD_MAX = 5 };
        const struct evidence *e = f->evidence;
        struct str told[TOLD_MAX], all = { 0 };
        int kinds = 0;

        for (ptrdiff_t i = 0; i < e->count && kinds < TOLD_MAX; i++) {
                const struct record *r = &e->items[i];
                bool known = r->kind != RECORD_OTHER;

                for (int k = 0; k < kinds && !known; k++)
                        known = str_eq(told[k], r->key);
                if (known)
                        continue;
                told[kinds++] = r->key;
                all = str_fmt(f->arena, "%.*s%s'-- %.*s'", STR_ARG(all), all.len > 0 ? ", " : "", STR_ARG(plain(f->arena, r->key)));
        }
        if (kinds > 0)
                note(f, notes, str_fmt(f->arena, "records of a kind that is not known here were passed over: %.*s", STR_ARG(all)));
}

/* ---- Where it runs ---- */

/* Hyper-V's own partition: the processor reports a hypervisor, and no guest. */
static bool root_partition(struct facts *f) {
        return facts_tri(f, S("hypervisor.bit")) == TRI_TRUE;
}

static struct str place_of(struct facts *f, const struct machine *m, bool rules_it) {
        struct str place;

        if (rules_it)
                place = S("Xen's control domain (dom0)");
        else if (m->guest == TRI_FALSE && root_partition(f))
                place = S("Hyper-V's own partition, the host");
        else if (m->guest == TRI_UNKNOWN)
                place = S("not known whether it is a guest");
        else if (m->guest == TRI_FALSE)
                place = S("bare metal");
        else if (m->hypervisor.len == 0 || str_eq(m->hypervisor, S("?")))
                place = S("guest of an unnamed hypervisor");
        else
                place = str_fmt(f->arena, "guest under %.*s", STR_ARG(m->hypervisor));
        if (m->cloud.len)
                place = str_fmt(f->arena, "%.*s (%.*s)", STR_ARG(place), STR_ARG(m->cloud));
        if (m->container.len)
                place = str_fmt(f->arena, "in a container (%.*s), %.*s", STR_ARG(m->container), STR_ARG(place));
        return place;
}

/* A hypervisor of its own: the domain that rules it is a guest by its processor's word only. */
static bool rules_its_hypervisor(struct facts *f) {
        struct where w;

        where_look(f, &w);
        return w.owner != NULL;
}

static void describe_where(struct machine *ret, struct facts *f) {
        facet_set before = f->seen->set;
        bool rules_it;

        f->seen->set = 0;
        (void)facts_get(f, COMPUTED_HYPERVISOR);
        rules_it = rules_its_hypervisor(f);
        ret->cloud = text_of(f, COMPUTED_CLOUD);
        ret->container = text_of(f, COMPUTED_CONTAINER);
        if (rules_it && ret->guest == TRI_TRUE)
                ret->guest = TRI_FALSE;
        else if (ret->guest == TRI_FALSE && !rules_it && !where_is_bare(f) && !root_partition(f))
                ret->guest = TRI_UNKNOWN;
        ret->where = place_of(f, ret, rules_it);
        ret->guest_facets = f->seen->set;
        f->seen->set |= before;
}

static void note_disagreement(struct facts *f, struct notes *notes) {
        const struct fact *below = facts_get(f, COMPUTED_HYPERVISOR);
        const struct where_sign *other;
        uint32_t next = 0;
        struct where w;

        where_look(f, &w);
        if (below->state == FACT_FAILED && w.guest)
                note(f, notes, str_fmt(f->arena, "it is not clear whether this is a guest: %.*s is a sign of %.*s, and the processor or "
                                                 "another tool shows no hypervisor", STR_ARG(where_source(f, w.guest)),
                                                 STR_ARG(str_eq(T(w.guest->guest), S("?")) ? S("a hypervisor")
                                                         : w.guest->guest.len          ? T(w.guest->guest)
                                                                                       : T(w.guest->owner))));
        other = w.guest ? where_other_name(f, w.guest, &next) : NULL;
        if (other)
                note(f, notes, str_fmt(f->arena, "the signs of the hypervisor disagree: %.*s says %.*s, %.*s says %.*s",
                                                 STR_ARG(where_source(f, w.guest)), STR_ARG(w.guest->guest.len ? T(w.guest->guest) : T(w.guest->owner)),
                                                 STR_ARG(where_source(f, other)), STR_ARG(T(other->guest))));
}

/* What follows from where it runs. */
static void note_where(const struct machine *m, struct facts *f, struct notes *notes) {
        note_disagreement(f, notes);
        if (m->container.len)
                note(f, notes, S("this was seen inside a container: its kernel and the protections are the host's, and what is to be done is to be done there"));
        if (m->guest == TRI_TRUE && evidence_file(f->evidence, S("/dev/kvm")) && evidence_file(f->evidence, S("/dev/kvm"))->state == FACT_KNOWN)
                note(f, notes, S("this guest can run guests of its own (nested virtualisation)"));
}

void machine_place(struct machine *ret, struct facts *f) {
        const struct fact *below = facts_get(f, COMPUTED_HYPERVISOR);

        *ret = (struct machine){ .guest = known(below) ? tri_of(below->number != 0) : TRI_UNKNOWN };
        describe_where(ret, f);
}

/* In hexadecimal however small it is. */
static struct str revision_of(struct facts *f, const struct fact *v) {
        if (!known(v))
                return (struct str){ 0 };
        return v->number < 10 ? str_0x(f->arena, v->number) : facts_tell(f, COMPUTED_CPU_MICROCODE);
}

void machine_describe(struct machine *ret, struct facts *f, struct str host_refused, struct str today) {
        const struct fact *microcode = facts_peek(f, COMPUTED_CPU_MICROCODE), *below = facts_get(f, COMPUTED_HYPERVISOR);
        struct notes notes = { 0 };

        *ret = (struct machine){
                .name = name_of(f),
                .cpu = cpu_of(f, false),
                .processor = cpu_of(f, true),
                .os = os_of(f),
                .arch = text_of(f, COMPUTED_ARCH),
                .guest = known(below) ? tri_of(below->number != 0) : TRI_UNKNOWN,
                .hypervisor = text_of(f, COMPUTED_HYPERVISOR_VENDOR),
                .microcode = revision_of(f, microcode),
                .microcode_made_up = microcode_is_made_up(f),
                .classes = 1,
                .denied = count_state(f->evidence, FACT_DENIED),
                .failed = count_state(f->evidence, FACT_FAILED),
        };
        describe_where(ret, f);
        describe_classes(ret, f, &notes);
        note_where(ret, f, &notes);
        describe_contradictions(f, &notes);
        describe_windows(f, &notes);
        describe_command_line(f, &notes);
        describe_misses(f, &notes);
        describe_collection(f, &notes);
        describe_origin(f, &notes);
        describe_passed_over(f, &notes);
        if (host_refused.len > 0)
                note(f, &notes, str_fmt(f->arena, "the host's evidence was not used: %.*s", STR_ARG(host_refused)));
        if (ret->microcode_made_up)
                note(f, &notes, str_fmt(f->arena, "microcode revision %.*s is made up by the hypervisor; only your "
                                                  "provider knows it", STR_ARG(ret->microcode)));
        describe_lists(f, today, &notes);
        describe_age(ret, f, today, &notes);
        describe_unread(ret, f);
        ret->notes = (struct str_list){ .items = notes.items, .count = (uint32_t)notes.count };
}
