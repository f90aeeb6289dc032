#include "plan/summary.h"

#include "plan/plan.h"

struct str summary_who(const struct verdict *r, const struct finding *f) {
        if (f->status == STATUS_UNKNOWN && f->owner == LAYER_NONE)
                return S("not known");
        if (verdict_finding_is_theirs(r, f))
                return layer_who(LAYER_HYPERVISOR);
        /* A hypervisor that is the machine's own (Xen's dom0, Hyper-V's root) has no provider. */
        return f->owner == LAYER_HYPERVISOR && r->machine.guest == TRI_FALSE ? layer_word(LAYER_HYPERVISOR) : layer_who(f->owner);
}

static bool is_open(enum status s) {
        return s == STATUS_VULNERABLE || s == STATUS_PARTIAL;
}

uint32_t summary_failed_steps(const struct verdict *r) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < r->machine.applied_count; i++)
                n += r->machine.applied[i].failed;
        return n;
}

enum exit_result summary_exit(const struct verdict *r, status_set fail_on) {
        enum exit_result code = EXIT_CLEAN;

        if (fail_on && summary_failed_steps(r))
                return EXIT_OPEN;

        for (int s = STATUS_UNKNOWN; s < STATUS_COUNT; s++) {
                if (r->counts[s] == 0 || !(fail_on & 1 << s))
                        continue;
                if (is_open((enum status)s))
                        return EXIT_OPEN;
                code = EXIT_UNKNOWN;
        }
        return code;
}

struct tally summary_tally(const struct verdict *r) {
        struct tally t = { 0 };

        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];
                bool theirs = verdict_finding_is_theirs(r, f);

                if (!f->at_stake)
                        continue;
                if (is_open(f->status))
                        (*(theirs ? &t.open_theirs : &t.open_mine))++;
                else if (f->status == STATUS_UNKNOWN)
                        (*(theirs ? &t.unknown_theirs : &t.unknown_mine))++;
                else
                        (*(f->status == STATUS_MITIGATED ? &t.mitigated : &t.not_affected))++;
        }
        return t;
}

struct str summary_count(struct arena *a, uint32_t n, const char *noun) {
        return str_fmt(a, "%u %s%s", (unsigned)n, noun, n == 1 ? "" : "s");
}

static struct str declared_untrusted(const struct verdict *r) {
        const struct facts_options *o = r->facts ? &r->facts->options : NULL;

        for (uint32_t i = 0; o && i < o->declared_count; i++)
                if (str_eq(o->declared[i].name, S("untrusted")))
                        return o->declared[i].value;
        return S("");
}

/* What is open, whose job that is, and how much it matters. */
static struct str answer_open(const struct verdict *r, const struct tally *t, struct arena *a) {
        struct str untrusted = declared_untrusted(r);
        const char *when = str_eq(untrusted, S("yes")) ? "Yes."
                           : str_eq(untrusted, S("no")) ? "A little: no code you do not trust runs here."
                                                        : "Yes, if code you do not trust runs here.";
        struct str mine = summary_count(a, t->open_mine, "flaw"), theirs = summary_count(a, t->open_theirs, "flaw");

        if (t->open_theirs == 0)
                return str_fmt(a, "%s %.*s %s open, and yours to close.", when, STR_ARG(mine),
                               t->open_mine == 1 ? "is" : "are");
        if (t->open_mine == 0)
                return str_fmt(a, "%s %.*s %s open, and only your provider can close %s.", when, STR_ARG(theirs),
                               t->open_theirs == 1 ? "is" : "are", t->open_theirs == 1 ? "it" : "them");
        return str_fmt(a, "%s %.*s %s open and yours to close, %u more only your provider can close.", when,
                       STR_ARG(mine), t->open_mine == 1 ? "is" : "are", (unsigned)t->open_theirs);
}

static struct str answer_unknown(const struct tally *t, struct arena *a) {
        uint32_t all = t->unknown_mine + t->unknown_theirs;
        struct str n = summary_count(a, all, "answer");

        if (all == 0)
                return S("");
        if (t->unknown_mine == 0)
                return str_fmt(a, " %.*s only your provider can give.", STR_ARG(n));
        if (t->unknown_theirs == 0)
                return str_fmt(a, " %.*s %s missing.", STR_ARG(n), all == 1 ? "is" : "are");
        return str_fmt(a, " %.*s are missing; %u of them only your provider can give.", STR_ARG(n),
                       (unsigned)t->unknown_theirs);
}

/* Enough for "probably": this machine has answered all that it can, and what only others know is little beside it. */
static bool seen_enough(const struct tally *t) {
        return t->unknown_mine == 0 && 8 * t->unknown_theirs <= t->mitigated + t->not_affected;
}

static struct str answer_flaws(const struct verdict *r, struct arena *a) {
        struct tally t = summary_tally(r);
        struct str unknown = answer_unknown(&t, a);
        struct str open = answer_open(r, &t, a);

        if (t.open_mine + t.open_theirs > 0)
                return str_fmt(a, "%.*s%.*s", STR_ARG(open), STR_ARG(unknown));
        if (2 * t.unknown_mine > r->finding_count)
                return str_fmt(a, "That cannot be decided: too little was seen of this machine.%.*s", STR_ARG(unknown));
        if (unknown.len > 0 && seen_enough(&t))
                return str_fmt(a, "Probably not: everything that this machine can tell is closed.%.*s", STR_ARG(unknown));
        if (unknown.len > 0)
                return str_fmt(a, "That is not known: nothing that was seen is open, but not everything was seen.%.*s", STR_ARG(unknown));
        if (t.mitigated + t.not_affected < r->finding_count)
                return S("No. Nothing is open across the boundaries that you asked about.");
        if (r->finding_count == 1)
                return t.mitigated ? S("No. This flaw is mitigated here.") : S("No. This flaw does not occur here.");
        if (t.mitigated == 0)
                return S("No. None of the known flaws occurs on this processor.");
        return str_fmt(a, "No. %s known to occur on this processor is mitigated.",
                       t.mitigated == 1 ? "The one flaw" : "Every flaw");
}

struct str summary_answer(const struct verdict *r, struct arena *a) {
        struct str flaws = answer_flaws(r, a);
        uint32_t failed = summary_failed_steps(r);

        if (failed == 0)
                return flaws;
        return str_fmt(a, "%.*s %.*s that fix applied here did not take effect, or will not.", STR_ARG(flaws),
                       STR_ARG(summary_count(a, failed, "step")));
}

const struct finding **summary_order(const struct verdict *r, struct arena *a) {
        const struct finding **order = arena_array(a, const struct finding *, r->finding_count + 1);
        ptrdiff_t n = 0;

        for (int stake = 1; stake >= 0; stake--)
                for (int s = STATUS_COUNT - 1; s >= 0; s--)
                        for (uint32_t i = 0; i < r->finding_count; i++)
                                if (r->findings[i].status == (enum status)s && r->findings[i].at_stake == stake)
                                        order[n++] = &r->findings[i];
        return order;
}

struct str summary_data(const struct catalog *c) {
        struct str version = catalog_version(c);

        return version.len ? version : T(c->date);
}

struct str summary_program(const struct catalog *c, struct arena *a) {
        struct str data = summary_data(c);

        return str_fmt(a, "sidelight " SIDELIGHT_VERSION "%s%.*s", data.len ? ", data of " : "", STR_ARG(data));
}

void summary_json_program(struct json *j, const struct catalog *c) {
        json_raw(j, "tool", S("{\"name\":\"sidelight\",\"version\":\"" SIDELIGHT_VERSION "\"}"));
        json_begin_object(j, "data");
        json_str_or_null(j, "version", c->version_count ? T(c->versions[0].version) : S(""));
        json_str_or_null(j, "date", T(c->date));
        json_str(j, "hash", T(c->hash));
        json_end_object(j);
}

struct str summary_origin(const struct verdict *r, struct arena *a) {
        uint32_t unread = r->machine.denied + r->machine.failed;
        struct str own = summary_program(r->catalog, a);

        own = str_fmt(a, "%.*s; evidence %s%.*s", STR_ARG(own), r->captured.len ? "of " : "without a date", STR_ARG(r->captured));
        return unread ? str_fmt(a, "%.*s, %u unread", STR_ARG(own), (unsigned)unread) : own;
}

bool summary_applies(const struct verdict *r, const struct finding *f) {
        struct texts arches = f->flaw->arches;

        return texts_have(arches, r->machine.arch) || arches.count == 0 || r->machine.arch.len == 0 || f->status != STATUS_NOT_AFFECTED;
}

struct str summary_names(const struct verdict *r, struct arena *a, bool at_stake, enum status status, uint32_t *ret_count) {
        struct str list = S("");
        uint32_t elsewhere = 0;

        *ret_count = 0;
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                if (f->at_stake != at_stake || (at_stake && f->status != status))
                        continue;
                ++*ret_count;
                if (summary_applies(r, f))
                        list = str_fmt(a, "%.*s%s%.*s", STR_ARG(list), list.len ? ", " : "", STR_ARG(T(f->flaw->id)));
                else
                        elsewhere++;
        }
        if (elsewhere)
                list = str_fmt(a, "%.*s%s%u of other architectures", STR_ARG(list), list.len ? ", and " : "", (unsigned)elsewhere);
        return list;
}

/* The first of "/proc/cpuinfo, CPUID" when it is a file. */
static struct str file_of(struct str sources) {
        ptrdiff_t comma = str_find(sources, S(", "));
        struct str first = comma < 0 ? sources : str_sub(sources, 0, comma);

        return str_starts(first, S("/")) ? first : S("");
}

struct place summary_place(const struct verdict *r, const struct finding *f) {
        bool recorded = r->facts->evidence->count > 0 && r->facts->evidence->items[0].line > 0;

        for (uint32_t i = 0; i < f->evidence_count; i++) {
                struct str file = file_of(f->evidence[i].source);
                const struct record *read = file.len ? evidence_file(r->facts->evidence, file) : NULL;

                if (read && recorded)
                        return (struct place){ r->source, read->line };
                if (file.len && !recorded)
                        return (struct place){ file, 1 };
        }
        return (struct place){ recorded || !str_eq(r->source, S("live")) ? r->source : S("/proc/cpuinfo"), 1 };
}
