/* What --apply and --rollback did, as JSON: docs/fix.schema.json, "done". */
#include "cli/fix_here.h"
#include "plan/summary.h"

bool fix_as_json(const struct cli *c) {
        return cli_word(c, "format", 0) == FIX_FORMAT_JSON;
}

static void strings(struct json *j, const char *key, const struct carry_remarks *all) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; all && i < all->count; i++)
                json_str(j, NULL, all->items[i]);
        json_end_array(j);
}

/* Members that all of these have; without a catalog nothing was judged. */
static void head(struct json *j, const struct catalog *k, struct str source, const char *done, enum exit_result exit, uint64_t fix) {
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
        json_str(j, "source", source);
        if (k)
                summary_json_program(j, k);
        json_c(j, "done", done);
        json_u64(j, "exit", exit);
        if (fix)
                json_u64(j, "fix", fix);
        else
                json_put_null(j, "fix");
}

void fix_taken_back_json(struct cli *c, const struct fix_place *place, const struct fix_taken *taken) {
        struct json j = { .out = &c->out };

        head(&j, NULL, place->root ? str_of(place->root) : S("live"), taken->fix ? "rolled-back" : "nothing", EXIT_CLEAN, taken->fix);
        strings(&j, "notes", &taken->remarks);
        json_end_object(&j);
        out_char(&c->out, '\n');
}

static const char *state(const struct fix_run *r, const struct fix_done *d, ptrdiff_t i) {
        bool refused = fix_here_refused(&r->here->deeds, i);

        if (!d->begun[i])
                return refused ? "left-alone" : "waits";
        return d->to_be_run[i] ? "to-be-run" : refused ? "in-part" : "done";
}

static void step(struct fix_run *r, struct json *j, const struct fix_done *d, ptrdiff_t i) {
        const struct step *s = &r->plan.steps.items[i].step;

        json_begin_object(j, NULL);
        json_str(j, "id", s->id);
        json_str(j, "title", s->title);
        json_c(j, "state", state(r, d, i));
        json_bool(j, "restart", s->restart);
        json_begin_array(j, "resolves");
        for (ptrdiff_t k = 0; k < s->resolves.count; k++)
                json_str(j, NULL, T(s->resolves.items[k]->id));
        json_end_array(j);
        fix_refused_json(r, i, j);
        json_end_object(j);
}

/* Of all that is done, was done before, or is to be run, whether the next start brings it. */
static bool needs_restart(const struct fix_run *r, const struct fix_done *d) {
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                if (r->plan.steps.items[i].step.restart && strcmp(state(r, d, i), "left-alone") != 0)
                        return true;
        return false;
}

void fix_applied_json(struct fix_run *r, const struct fix_done *d) {
        struct json j = { .out = &r->cli->out };

        head(&j, r->catalog, r->verdict.source, d->word, fix_applied_exit(r), d->entry ? d->entry->id : 0);
        json_begin_array(&j, "notes");
        for (ptrdiff_t i = 0; i < r->here->deeds.remarks.count; i++)
                json_str(&j, NULL, r->here->deeds.remarks.items[i]);
        json_end_array(&j);
        if (r->hash[0])
                json_str(&j, "plan", str_of(r->hash));
        else
                json_put_null(&j, "plan");
        json_begin_array(&j, "steps");
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                step(r, &j, d, i);
        json_end_array(&j);
        json_begin_array(&j, "to_run");
        for (ptrdiff_t i = 0; d->entry && d->entry->commands_wait && i < d->entry->commands.count; i++)
                json_str(&j, NULL, errand_text(&r->cli->arena, &d->entry->commands.items[i]));
        json_end_array(&j);
        strings(&j, "written", &d->written);
        json_bool(&j, "restart", needs_restart(r, d));
        json_u64(&j, "left_open", (uint64_t)fix_left_open(r));
        if (r->taken.fix)
                json_u64(&j, "taken_back", r->taken.fix);
        else
                json_put_null(&j, "taken_back");
        json_end_object(&j);
        out_char(&r->cli->out, '\n');
}
