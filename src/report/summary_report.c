/* Many machines on one screen: how many are how, flaw by flaw, and kind by kind. */
#include "report/formats.h"
#include "report/index.h"
#include "report/layout.h"

enum { NARROWEST = 40, NAME_MIN = 30, KINDS_SHOWN = 20 };

void summary_add(struct report_writer *w, const struct verdict *r) {
        index_add(w, r);
}

static int columns(const struct report_writer *w) {
        return w->style->columns < NARROWEST ? NARROWEST : w->style->columns;
}

/* "40 vulnerable, 3 partial, 12 unknown, 5 mitigated": machines by the worst of their flaws at stake. */
static void headline(struct report_writer *w) {
        const struct groups *g = &w->groups;
        struct str text = index_title(w);
        const char *between = ": ";

        for (int s = STATUS_COUNT - 1; s >= 0; s--) {
                if (!g->by_worst[s])
                        continue;
                text = str_fmt(&w->kept, "%.*s%s%u %.*s", STR_ARG(text), between, (unsigned)g->by_worst[s], STR_ARG(status_word((enum status)s)));
                between = ", ";
        }
        layout_wrap(w->out, text, 0, 2, columns(w));
}

static struct str machine_names(struct arena *a, const struct group *k) {
        struct str text = k->names[0];

        for (uint32_t i = 1; i < k->machines && i < GROUP_NAMES; i++)
                text = str_fmt(a, "%.*s, %.*s", STR_ARG(text), STR_ARG(k->names[i]));
        return k->machines > GROUP_NAMES ? str_fmt(a, "%.*s and %u more", STR_ARG(text), (unsigned)(k->machines - GROUP_NAMES)) : text;
}

static struct str open_words(struct arena *a, const struct group *k) {
        struct str text = k->open.len ? str_fmt(a, "open: %.*s", STR_ARG(k->open)) : S("nothing is open");

        return k->unknown.len ? str_fmt(a, "%.*s; unknown: %.*s", STR_ARG(text), STR_ARG(k->unknown)) : text;
}

/* "12 machines, 9 fingerprints". */
static struct str how_many(struct arena *a, const struct group *k) {
        struct str n = summary_count(a, k->machines, "machine");

        if (k->machines == 1)
                return n;
        if (k->fingerprints == 1)
                return str_fmt(a, "%.*s, alike in all that was seen", STR_ARG(n));
        return str_fmt(a, "%.*s, %u fingerprints", STR_ARG(n), (unsigned)k->fingerprints);
}

static void kind(struct report_writer *w, const struct group *k) {
        const char *dot = w->style->ascii ? " - " : " · ";
        struct arena *a = &w->kept;

        out_char(w->out, '\n');
        layout_wrap(w->out, index_kind(w, k, dot), 0, 2, columns(w));
        out_c(w->out, "  ");
        layout_wrap(w->out, open_words(a, k), 2, 4, columns(w));
        out_c(w->out, "  ");
        layout_wrap(w->out, str_fmt(a, "%.*s: %.*s", STR_ARG(how_many(a, k)), STR_ARG(machine_names(a, k))), 2, 4, columns(w));
        if (k->fingerprints == 1)
                out_fmt(w->out, "  fingerprint %.*s\n", STR_ARG(k->fingerprint));
}

static void flaw_table(struct report_writer *w) {
        static const char *const titles[] = { "FLAW", "OPEN ON", "UNKNOWN ON", "NAME" };
        struct table t = { .titles = titles, .column_count = 4, .columns = columns(w), .indent = 4, .last_min = NAME_MIN,
                           .color = w->style->color };
        struct arena *a = &w->kept;

        for (const struct flaw_total *f = groups_flaws(&w->groups, a); f->flaw; f++) {
                const struct str row[] = { T(f->flaw->id), str_decimal(a, f->machines[STATUS_VULNERABLE] + f->machines[STATUS_PARTIAL]),
                                           str_decimal(a, f->machines[STATUS_UNKNOWN]), T(f->flaw->name) };

                for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
                        arena_append(a, &t)->text = row[i];
        }
        if (t.count == 0)
                return;
        out_char(w->out, '\n');
        table_write(&t, w->out);
}

static void origin(struct report_writer *w) {
        out_char(w->out, '\n');
        layout_wrap(w->out, index_origin(w), 0, 2, columns(w));
        if (w->failures.count)
                layout_wrap(w->out, index_failures(w), 0, 2, columns(w));
}

/* The worst kinds; the others are told by number, for ten thousand machines are hundreds of kinds. */
static void kinds(struct report_writer *w) {
        const struct groups *g = &w->groups;
        ptrdiff_t shown = w->style->wide || g->kinds.count <= KINDS_SHOWN + 1 ? g->kinds.count : KINDS_SHOWN;
        uint32_t machines = 0;

        for (ptrdiff_t i = 0; i < shown; i++)
                kind(w, &g->kinds.items[i]);
        for (ptrdiff_t i = shown; i < g->kinds.count; i++)
                machines += g->kinds.items[i].machines;
        if (machines == 0)
                return;
        out_char(w->out, '\n');
        layout_wrap(w->out, str_fmt(&w->kept, "%td kinds more, none of which is worse, of %.*s: -v shows all", g->kinds.count - shown,
                                    STR_ARG(summary_count(&w->kept, machines, "machine"))), 0, 2, columns(w));
}

void summary_end(struct report_writer *w) {
        if (w->count == 0)
                return;
        groups_sort(&w->groups);
        headline(w);
        flaw_table(w);
        kinds(w);
        origin(w);
}
