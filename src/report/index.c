#include "report/index.h"

void index_add(struct report_writer *w, const struct verdict *r) {
        struct index_machine *m;
        ptrdiff_t kind;

        w->groups.arena = &w->kept;
        w->groups.seen = &w->told;
        kind = groups_add(&w->groups, r);
        m = arena_append(&w->kept, &w->machines);
        *m = (struct index_machine){ .name = str_dup(&w->kept, r->machine.name), .kind = kind, .number = w->groups.machines };
}

void index_fail(struct report_writer *w, const struct verdict *r) {
        *arena_append(&w->kept, &w->failures) = str_dup(&w->kept, r->failure);
}

bool index_is_needed(const struct report_writer *w) {
        return w->groups.machines > 1 || w->failures.count > 0;
}

void index_sort(struct report_writer *w) {
        w->firsts = arena_array(&w->kept, struct index_machine *, w->groups.kinds.count);
        for (ptrdiff_t i = w->machines.count - 1; i >= 0; i--) {
                struct index_machine *m = &w->machines.items[i];

                m->next = w->firsts[m->kind];
                w->firsts[m->kind] = m;
        }
        groups_sort(&w->groups);
}

const struct index_machine *index_first(const struct report_writer *w, const struct group *kind) {
        return w->firsts[kind->number];
}

struct str index_title(struct report_writer *w) {
        const struct groups *g = &w->groups;

        return str_fmt(&w->kept, "%.*s of %.*s", STR_ARG(summary_count(&w->kept, g->machines, "machine")),
                       STR_ARG(summary_count(&w->kept, (uint32_t)g->kinds.count, "kind")));
}

/* "Of 8 more, something is not known. 12 have nothing open." */
static struct str answer_rest(struct arena *a, uint32_t unknown, uint32_t closed) {
        struct str text = unknown ? str_fmt(a, " Of %u more, something is not known.", (unsigned)unknown) : S("");

        return closed ? str_fmt(a, "%.*s %u %s nothing open.", STR_ARG(text), (unsigned)closed, closed == 1 ? "has" : "have") : text;
}

static struct str answer_machines(struct arena *a, const struct groups *g, uint32_t open, uint32_t unknown) {
        struct str all = summary_count(a, g->machines, "machine");

        if (open)
                return str_fmt(a, "Yes, if code you do not trust runs there: %u of %.*s %s something open.%.*s", (unsigned)open, STR_ARG(all),
                               open == 1 ? "has" : "have", STR_ARG(answer_rest(a, unknown, g->machines - open - unknown)));
        if (unknown)
                return str_fmt(a, "That is not known: nothing that was seen is open, but of %u of %.*s not everything was seen.", (unsigned)unknown,
                               STR_ARG(all));
        return g->machines == 1 ? S("No. Nothing is open on this machine.")
                                : str_fmt(a, "No. Nothing is open on any of these %.*s.", STR_ARG(all));
}

struct str index_answer(struct report_writer *w, enum status *ret_worst) {
        const struct groups *g = &w->groups;
        uint32_t open = g->by_worst[STATUS_VULNERABLE] + g->by_worst[STATUS_PARTIAL], unknown = g->by_worst[STATUS_UNKNOWN];

        *ret_worst = open ? STATUS_VULNERABLE : unknown || w->failures.count ? STATUS_UNKNOWN : STATUS_MITIGATED;
        if (!open && !unknown && w->failures.count)
                return str_fmt(&w->kept, "That is not known: nothing is open on what could be judged, but %.*s could not.",
                               STR_ARG(summary_count(&w->kept, (uint32_t)w->failures.count, "file")));
        return answer_machines(&w->kept, g, open, unknown);
}

struct str index_kind(struct report_writer *w, const struct group *kind, const char *between) {
        return str_fmt(&w->kept, "%.*s%s%.*s%s%.*s", STR_ARG(kind->processor), between, STR_ARG(kind->where), between, STR_ARG(kind->os));
}

struct str index_failures(struct report_writer *w) {
        OUT_AUTO struct out o = { 0 };

        out_fmt(&o, "%.*s could not be judged", STR_ARG(summary_count(&w->kept, (uint32_t)w->failures.count, "file")));
        for (ptrdiff_t i = 0; i < w->failures.count; i++)
                out_fmt(&o, "%s%.*s", i ? "; " : ": ", STR_ARG(w->failures.items[i]));
        return str_dup(&w->kept, out_text(&o));
}

struct str index_origin(struct report_writer *w) {
        const struct groups *g = &w->groups;
        struct arena *a = &w->kept;
        struct str data = summary_data(g->catalog);
        struct str text = summary_program(g->catalog, a);

        text = g->oldest.len ? str_fmt(a, "%.*s; oldest evidence of %.*s", STR_ARG(text), STR_ARG(g->oldest))
                             : str_fmt(a, "%.*s; evidence without a date", STR_ARG(text));
        if (g->oldest.len && g->undated)
                text = str_fmt(a, "%.*s; that of %.*s has no date", STR_ARG(text), STR_ARG(summary_count(a, g->undated, "machine")));
        if (g->old)
                text = str_fmt(a, "%.*s; the evidence of %.*s is old", STR_ARG(text), STR_ARG(summary_count(a, g->old, "machine")));
        if (g->old_data)
                text = str_fmt(a, "%.*s; what sidelight knows is old (%.*s): a newer release may know more flaws and fixes", STR_ARG(text),
                               STR_ARG(data));
        if (g->denied)
                text = str_fmt(a, "%.*s; something was denied on %.*s", STR_ARG(text), STR_ARG(summary_count(a, g->denied, "machine")));
        if (g->failed)
                text = str_fmt(a, "%.*s; something could not be read on %.*s", STR_ARG(text), STR_ARG(summary_count(a, g->failed, "machine")));
        return text;
}
