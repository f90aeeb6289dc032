/* `fleet history` and `fleet rejudge`. */
#include "cli/fleet_parts.h"
#include "fleet/ask/ask_json.h"
#include "fleet/intake/judge.h"
#include "fleet/serve/alert.h"
#include "fleet/store/moment.h"

/* ---- History ---- */

static void history_table(struct fleet *f, const struct history *h) {
        static const char *const titles[] = { "DAY", "VULNERABLE", "PARTIAL", "UNKNOWN", "MITIGATED", "NOT AFFECTED" };
        static const struct str shown[] = { STR("vulnerable"), STR("partial"), STR("unknown"), STR("mitigated"), STR("not-affected") };
        struct table t = { .titles = titles, .column_count = 6, .columns = f->style.columns, .indent = 2, .last_min = 1, .color = f->style.color };

        for (ptrdiff_t i = 0; i < h->count;) {
                struct str day = h->items[i].day;
                int64_t hosts[5] = { 0 };

                for (; i < h->count && str_eq(h->items[i].day, day); i++)
                        for (int n = 0; n < 5; n++)
                                if (str_eq(h->items[i].status, shown[n]))
                                        hosts[n] = h->items[i].hosts;
                fleet_cell(f, &t, day, NULL);
                for (int n = 0; n < 5; n++)
                        fleet_cell(f, &t, hosts[n] ? fleet_number(&f->cli->arena, hosts[n]) : S("-"), n < 3 && hosts[n] ? fleet_color(shown[n]) : NULL);
        }
        if (t.count > 0)
                table_write(&t, &f->cli->out);
        else
                out_c(&f->cli->out, "no history yet\n");
}

static void history_csv(struct fleet *f, const struct history *h) {
        out_c(&f->cli->out, "day,flaw,status,machines\r\n");
        for (ptrdiff_t i = 0; i < h->count; i++) {
                const struct history_row *r = &h->items[i];

                fleet_csv(f, (const struct str[]){ r->day, r->flaw, r->status, str_decimal(&f->cli->arena, (uint64_t)r->hosts) }, 4);
        }
}

static int show_history(struct fleet *f) {
        struct arena *a = &f->cli->arena;
        struct history h = { 0 };
        int64_t since = 0;

        if (cli_given(f->cli, "since") && fleet_moment(f, "since", false, &since) < 0)
                return -1;
        if (history_read(&f->store, f->tenant, moment_day(a, since), moment_day(a, f->now), f->filter.flaw, a, &h, &f->cli->diag) < 0)
                return -1;
        if (f->json) {
                struct json j = { .out = &f->cli->out };

                ask_json_history(&j, &h);
                out_char(&f->cli->out, '\n');
        } else if (f->csv) {
                history_csv(f, &h);
        } else {
                history_table(f, &h);
        }
        return EXIT_CLEAN;
}

int fleet_history(struct cli *c) {
        return fleet_do(c, DB_EXISTING, show_history);
}

/* ---- Rejudge ---- */

static void tell_text(struct fleet *f, const struct judged *judged, const struct flaw_turns *turns) {
        struct arena *a = &f->cli->arena;
        struct out *o = &f->cli->out;

        out_fmt(o, "%.*s judged, %.*s came out otherwise than before.\n", STR_ARG(fleet_count(a, judged->fingerprints, "kind")),
                STR_ARG(fleet_number(a, judged->turned)));
        if (judged->damaged > 0)
                out_fmt(o, "The evidence of %.*s is damaged: it is kept aside, and asked for again.\n", STR_ARG(fleet_count(a, judged->damaged, "kind")));
        for (ptrdiff_t i = 0; i < turns->count; i++) {
                const struct flaw_turn *t = &turns->items[i];

                out_fmt(o, "  %.*s: %.*s %s %.*s on %.*s\n", STR_ARG(t->flaw), STR_ARG(t->before), layout_mark(f->style.ascii), STR_ARG(t->after),
                        STR_ARG(fleet_count(a, t->hosts, "machine")));
        }
}

static void tell_json(struct fleet *f, const struct judged *judged, const struct flaw_turns *turns) {
        struct json j = { .out = &f->cli->out };

        ask_json_rejudged(&j, judged->fingerprints, judged->turned, turns);
        out_char(&f->cli->out, '\n');
}

/* Here, or by a server or worker that has the option, too: by one of them, once. */
static int alert(struct fleet *f, struct alerts *alerts) {
        struct diag d = { 0 };

        if (alerts_gather_rules(alerts, &f->store, f->now, &d) == 0 && alerts_tell(alerts, f->now, &d) == 0)
                return 0;
        alerts->waiting.len = 0;
        return diag_fail(&f->cli->diag, "what became worse could not be told: %s", d.text);
}

static int judge_anew(struct fleet *f, struct alerts *alerts) {
        struct arena *a = &f->cli->arena;
        struct flaw_turns turns = { 0 };
        struct judged judged;
        bool worse = false;

        if (alerts_gather_rules(alerts, &f->store, f->now, &f->cli->diag) < 0 || /* from here on */
            judge_store(&f->store, f->catalog, JUDGE_ALL, f->now, &judged, &f->cli->diag) < 0 ||
            changes_of_rejudge(&f->store, f->tenant, a, &turns, &f->cli->diag) < 0 ||
            history_note(&f->store, f->tenant, moment_day(a, f->now), &f->cli->diag) < 0 ||
            judge_note(&f->store, f->catalog, f->tenant, f->now, fleet_user(f), &judged, &f->cli->diag) < 0)
                return -1;
        (f->json ? tell_json : tell_text)(f, &judged, &turns);
        for (ptrdiff_t i = 0; i < turns.count; i++)
                worse |= turns.items[i].worse;
        if (alert(f, alerts) < 0)
                return -1;
        return worse ? EXIT_OPEN : EXIT_CLEAN;
}

static int rejudge(struct fleet *f) {
        struct alerts alerts = { .program = cli_value(f->cli, "on-change") };
        int status = judge_anew(f, &alerts);

        alerts_free(&alerts);
        return status;
}

int fleet_rejudge(struct cli *c) {
        return fleet_do(c, DB_EXISTING, rejudge);
}
