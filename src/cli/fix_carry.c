/* Carrying a plan out, and taking it back. */
#include "cli/fix.h"

#include "base/plain.h"
#include "cli/fix_here.h"
#include "platform/process.h"
#include "platform/replace.h"

/* ---- Forward ---- */

/* Whole files stand in the journal as files, below the place's root. */
static struct changes without_texts(struct arena *a, const struct changes *all) {
        struct changes ret = { 0 };

        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct change *c = arena_append(a, &ret);

                *c = all->items[i];
                c->old = c->new = S("");
                c->target.place = str_starts(c->target.place, S("/")) ? c->target.place : str_fmt(a, "/%.*s", STR_ARG(c->target.place));
        }
        return ret;
}

static struct entry_step entry_step_of(struct arena *a, const struct planned_step *s) {
        struct str *ids = arena_array(a, struct str, s->step.resolves.count + 1);
        struct entry_step ret = { .id = s->step.id, .title = s->step.title, .restart = s->step.restart, .changes = s->step.changes };

        if (s->step.target.kind == TARGET_SERVICE_FILE)
                ret.changes = without_texts(a, &s->step.changes);
        for (ptrdiff_t i = 0; i < s->step.resolves.count; i++)
                ids[ret.resolves.count++] = T(s->step.resolves.items[i]->id);
        ret.resolves.items = ids;
        return ret;
}

/* Steps that come to something; deeds get their numbers. */
static void fill(struct fix_run *r, struct carried *ret) {
        struct arena *a = &r->cli->arena;
        struct entry_step *steps = arena_array(a, struct entry_step, r->plan.steps.count + 1);
        struct deeds *d = &r->here->deeds;
        ptrdiff_t n = 0;
        char date[11], time[9];

        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++) {
                if (!deeds_for_step(d, i))
                        continue;
                deeds_renumber(d, i, n);
                steps[n++] = entry_step_of(a, &r->plan.steps.items[i]);
        }
        program_date(date, time);
        *ret = (struct carried){ .deeds = d, .steps = steps, .step_count = n, .when = str_fmt(a, "%sT%sZ", date, time),
                                 .boot = fix_boot(a, &r->here->ground.tree), .kernels = fix_kernels(a, &r->here->ground.tree) };
}

static bool edits(const struct entry *e, ptrdiff_t step) {
        for (ptrdiff_t i = 0; i < e->files.count; i++)
                if (e->files.items[i].step == step)
                        return true;
        return false;
}

static void tell_next(struct fix_run *r, const struct entry *e, bool restart) {
        struct str place = fix_place_words(&r->cli->arena, &r->place);
        const char *next = r->place.where == FIX_CLOUD_SERVICE  ? " Deploy the service."
                           : r->place.where == FIX_WINDOWS_DISK ? ""
                           : !restart                           ? ""
                           : r->place.where == FIX_TREE         ? " Once it has been started, `sidelight fix --verify` there tells whether it took effect."
                                                                : " Restart, then see `sidelight fix --verify`.";

        out_fmt(&r->cli->out, "This is fix %llu.%s `sidelight fix --rollback%.*s` takes it back.\n", (unsigned long long)e->id, next, STR_ARG(place));
}

/* What was not done stands beside what was: nobody takes the rest for the whole. */
static void tell_refused(struct fix_run *r) {
        const struct deeds *d = &r->here->deeds;

        for (ptrdiff_t i = 0; i < d->refusals.count; i++) {
                const struct refusal *one = &d->refusals.items[i];
                struct str title = r->plan.steps.items[one->step].step.title;

                out_fmt(&r->cli->out, "not done: %.*s\n", STR_ARG(title));
                fix_left_alone_text(r, one, 3);
        }
}

/* What fix cannot do stands in the exit code, too; the plan tells it in full. */
static void tell_left(struct fix_run *r) {
        ptrdiff_t open = fix_left_open(r);

        if (open)
                out_fmt(&r->cli->out, "Left to do by you or others: %td thing%s, see `sidelight fix%.*s`.\n", open, open == 1 ? "" : "s",
                        STR_ARG(fix_place_words(&r->cli->arena, &r->place)));
}

static void tell_applied(struct fix_run *r, const struct fix_done *d) {
        const struct entry *e = d->entry;
        struct out *o = &r->cli->out;

        for (ptrdiff_t i = 0; i < e->steps.count; i++) {
                if (e->commands_wait && !edits(e, i))
                        continue;
                out_fmt(o, "done: %.*s%s\n", STR_ARG(e->steps.items[i].title), e->steps.items[i].restart ? " (from the next start on)" : "");
        }
        for (ptrdiff_t i = 0; e->commands_wait && i < e->commands.count; i++)
                out_fmt(o, "still to be run, in the image: %.*s\n", STR_ARG(errand_text(&r->cli->arena, &e->commands.items[i])));
        tell_refused(r);
        (void)fix_here_notes_text(r);
        tell_next(r, e, d->restart);
        tell_left(r);
}

/* Of each step whether something of it is to be done: before deeds get other numbers. */
static void begin(struct fix_run *r, struct fix_done *ret, const char *word) {
        *ret = (struct fix_done){ .word = word, .begun = arena_array(&r->cli->arena, bool, r->plan.steps.count + 1),
                                  .to_be_run = arena_array(&r->cli->arena, bool, r->plan.steps.count + 1) };
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                ret->begun[i] = deeds_for_step(&r->here->deeds, i);
}

static void tell_done(struct fix_run *r, struct fix_done *d, const struct entry *e) {
        ptrdiff_t n = 0;

        d->entry = e;
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++) {
                if (!d->begun[i])
                        continue;
                d->to_be_run[i] = e->commands_wait && !edits(e, n);
                d->restart |= e->steps.items[n].restart && !d->to_be_run[i];
                n++;
        }
        if (fix_as_json(r->cli))
                fix_applied_json(r, d);
        else
                tell_applied(r, d);
}

/* Signals wait while files are half-way. */
static int apply(struct fix_run *r, struct journal *j) {
        struct carried what;
        struct fix_done done;
        struct entry *e = NULL;
        int status;

        begin(r, &done, "applied");
        fill(r, &what);
        process_hold();
        status = carry_out(j, &what, &e, &r->cli->diag);
        process_release();
        if (status < 0)
                return -1;
        tell_done(r, &done, e);
        return (int)fix_applied_exit(r);
}

/* Copies of the changed hives; the disk stays as it is. */
static int write_copies(struct fix_run *r) {
        struct cli *c = r->cli;
        struct fix_done done;

        begin(r, &done, "copied");
        if (replace_folder(cli_value(c, "to"), &c->arena, &c->diag) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < r->here->deeds.files.count; i++) {
                const struct deed *one = &r->here->deeds.files.items[i];
                struct str name = one->path, part, path = one->path;

                while (str_cut(&name, '/', &part))
                        path = part;
                path = str_fmt(&c->arena, "%s/%.*s", cli_value(c, "to"), STR_ARG(path));
                if (replace_file(str_to_c(&c->arena, path), one->new, &c->arena, &c->diag) < 0)
                        return -1;
                *arena_append(&c->arena, &done.written) = path;
                if (!fix_as_json(c))
                        out_fmt(&c->out, "wrote %.*s: put it in place of %.*s\n", STR_ARG(path), STR_ARG(one->path));
        }
        if (fix_as_json(c)) {
                fix_applied_json(r, &done);
                return (int)fix_applied_exit(r);
        }
        tell_refused(r);
        (void)fix_here_notes_text(r);
        out_c(&c->out, "The disk itself was not changed.\n");
        tell_left(r);
        return (int)fix_applied_exit(r);
}

static bool is_hash(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (!strchr("0123456789abcdef", s.p[i]))
                        return false;
        return s.len >= 12 && s.len <= 64;
}

static int check_hash(struct fix_run *r) {
        struct str given = cli_text(r->cli, "plan");

        if (cli_given(r->cli, "plan") && !is_hash(given))
                return diag_fail_class(&r->cli->diag, DIAG_USAGE, "--plan takes the number that `sidelight fix` shows, of at least 12 digits (0-9, a-f)");
        if (given.len == 0 || str_starts(str_of(r->hash), given))
                return 0;
        return diag_fail(&r->cli->diag, "the plan is another one now (%.12s): something that it rests on was changed since it was shown; nothing "
                                        "was done. See `sidelight fix`", r->hash);
}

int fix_here_apply(struct fix_run *r) {
        struct fix_done nothing;
        struct journal j;
        int status;

        if (!r->doable && fix_as_json(r->cli)) {
                begin(r, &nothing, "nothing");
                fix_applied_json(r, &nothing);
        } else if (!r->doable) {
                fix_write_text(r); /* why */
        }
        if (!r->doable)
                return (int)fix_applied_exit(r);
        if (r->here->ground.tree.live && fix_machine_may_change(r->cli) < 0)
                return -1;
        if (cli_given(r->cli, "to"))
                return check_hash(r) < 0 ? -1 : write_copies(r);
        if (check_hash(r) < 0 || fix_journal_open(r->cli, &r->here->ground, &j) < 0)
                return -1;
        status = apply(r, &j);
        journal_close(&j);
        return status;
}

/* ---- Back ---- */

static int take_back(struct cli *c, struct journal *j, struct entry *e, struct fix_taken *ret) {
        int status;

        process_hold();
        status = carry_back(j, e, fix_kernels(&c->arena, j->tree), &ret->remarks, &c->diag);
        process_release();
        if (status < 0)
                return -1;
        ret->fix = e->id;
        if (fix_as_json(c))
                return 0;
        for (ptrdiff_t i = 0; i < ret->remarks.count; i++)
                out_fmt(&c->out, "%.*s\n", STR_ARG(ret->remarks.items[i]));
        out_fmt(&c->out, "Fix %llu is taken back.\n", (unsigned long long)e->id);
        return 0;
}

/* Half of a plan is nothing to plan on. */
int fix_here_recover(struct fix_run *r) {
        const struct fix_place *place = &r->place;
        struct cli *c = r->cli;
        FIX_GROUND_AUTO struct fix_ground g = { .tree = { .fd = -1 } };
        struct journal j;
        struct entry *e;
        int status;

        if (fix_ground_open(c, place, &g) < 0 || fix_journal_read(&c->arena, &g, &j, &c->diag) < 0)
                return -1;
        e = journal_interrupted(&j);
        if (!e)
                return 0;
        if (!cli_given(c, "apply"))
                return diag_fail(&c->diag, "fix %llu was interrupted, and what it left is no ground for a plan: `sidelight fix --rollback%.*s` "
                                           "takes it back", (unsigned long long)e->id, STR_ARG(fix_place_words(&c->arena, place)));
        if (fix_journal_open(c, &g, &j) < 0)
                return -1;
        e = journal_interrupted(&j);
        status = e ? take_back(c, &j, e, &r->taken) : 0;
        journal_close(&j);
        return status;
}

static int nothing_to_take_back(struct cli *c) {
        if (!fix_as_json(c))
                out_c(&c->out, "There is nothing to be taken back.\n");
        return 0;
}

int fix_here_rollback(struct cli *c, const struct fix_place *place, uint64_t id) {
        FIX_GROUND_AUTO struct fix_ground g = { .tree = { .fd = -1 } };
        struct fix_taken taken = { 0 };
        struct journal j;
        struct entry *e;
        int status;

        if (fix_ground_open(c, place, &g) < 0 || fix_journal_read(&c->arena, &g, &j, &c->diag) < 0)
                return -1;
        if (j.entries.count && fix_journal_open(c, &g, &j) < 0)
                return -1;
        e = journal_interrupted(&j) ? journal_interrupted(&j) : journal_entry(&j, id);
        if (e && e->state != ENTRY_ROLLED_BACK)
                status = take_back(c, &j, e, &taken);
        else if (id)
                status = diag_fail_class(&c->diag, DIAG_USAGE, "there is no fix %llu to be taken back", (unsigned long long)id);
        else
                status = nothing_to_take_back(c);
        if (status == 0 && fix_as_json(c))
                fix_taken_back_json(c, place, &taken);
        journal_close(&j);
        return status;
}
