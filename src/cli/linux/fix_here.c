#include "cli/fix.h"

#include "apply/carry.h"
#include "apply/realise.h"
#include "apply/render.h"
#include "apply/status.h"
#include "base/plain.h"
#include "plan/edit/udiff.h"
#include "platform/process.h"
#include "report/layout.h"

#include <errno.h>
#include <unistd.h>

struct fix_here {
        struct tree tree;
        struct layout layout;
        struct deeds deeds;
};

static int open_tree(struct cli *c, const char *root, struct tree *ret) {
        if (root)
                return tree_open(ret, root, &c->diag);
        tree_open_live(ret);
        return 0;
}

/* ---- The plan on this machine ---- */

static bool refused(const struct deeds *d, ptrdiff_t step) {
        for (ptrdiff_t i = 0; i < d->refusals.count; i++)
                if (d->refusals.items[i].step == step)
                        return true;
        return false;
}

int fix_here_look(struct fix_run *r, const char *root, struct changes *ret_harmful) {
        struct arena *a = &r->cli->arena;
        struct fix_here *h = arena_new(a, struct fix_here);

        if (open_tree(r->cli, root, &h->tree) < 0)
                return -1;
        r->here = h;
        layout_find(&h->layout, a, &h->tree, r->verdict.facts);
        *ret_harmful = realise_harmful(a, &h->tree, &h->layout, r->verdict.facts, &h->deeds);
        return 0;
}

int fix_here_make(struct fix_run *r) {
        struct arena *a = &r->cli->arena;
        struct fix_here *h = r->here;

        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++) {
                realise_step(&h->deeds, a, &h->tree, &h->layout, r->verdict.facts, &r->plan.steps.items[i].step, i);
                r->waits |= !refused(&h->deeds, i) && !deeds_for_step(&h->deeds, i);
        }
        r->doable = h->deeds.files.count + h->deeds.commands.count > 0;
        if (r->doable)
                deeds_hash(&h->deeds, r->hash);
        return 0;
}

static void line(struct fix_run *r, int indent, const char *label, struct str text) {
        out_repeat(&r->cli->out, ' ', indent);
        out_c(&r->cli->out, label);
        layout_wrap(&r->cli->out, text, indent + (int)strlen(label), indent + 2, r->style.columns < 40 ? 40 : r->style.columns);
}

void fix_here_head_text(struct fix_run *r) {
        const struct layout *l = &r->here->layout;

        if (r->plan.steps.count == 0)
                return;
        out_fmt(&r->cli->out, "Boot loader: %.*s (%.*s)\n\n", STR_ARG(loader_title(l->loader)), STR_ARG(plain(&r->cli->arena, l->why)));
}

static bool removes_words(const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].edit == EDIT_REMOVE_WORD)
                        return true;
        return false;
}

void fix_here_step_text(struct fix_run *r, ptrdiff_t n, int indent) {
        const struct deeds *d = &r->here->deeds;
        struct arena *a = &r->cli->arena;
        bool live = r->here->tree.live;

        for (ptrdiff_t i = 0; i < d->files.count; i++) {
                const struct deed *one = &d->files.items[i];

                if (!deed_is_for(one, n))
                        continue;
                if (one->kind == DEED_VALUE)
                        line(r, indent, "set now: ", str_fmt(a, "%.*s from %.*s to %.*s", STR_ARG(one->path), STR_ARG(one->old), STR_ARG(one->new)));
                else
                        line(r, indent, one->was.exists ? "edit: " : "make: ", one->path);
        }
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (d->commands.items[i].step == n)
                        line(r, indent, live ? "run: " : "then run, in the image: ", errand_text(a, &d->commands.items[i]));
        for (ptrdiff_t i = 0; i < d->refusals.count; i++) {
                const struct refusal *one = &d->refusals.items[i];

                if (one->step != n)
                        continue;
                line(r, indent, "left alone: ", plain(a, str_fmt(a, "%.*s: %.*s", STR_ARG(one->what), STR_ARG(one->why))));
                line(r, indent, "instead: ", plain(a, one->instead));
        }
        if (!refused(d, n) && !deeds_for_step(d, n))
                line(r, indent, "", removes_words(&r->plan.steps.items[n].step)
                                            ? S("no file that was looked at holds it any more: a restart takes it away, unless it comes from "
                                                "elsewhere (the firmware, PXE, the hypervisor, CONFIG_CMDLINE)")
                                            : S("the configuration asks for it already: restart"));
}

void fix_here_tail_text(struct fix_run *r) {
        OUT_AUTO struct out diff = { 0 };
        const struct deeds *d = &r->here->deeds;

        for (ptrdiff_t i = 0; i < d->remarks.count; i++)
                line(r, 0, "note: ", plain(&r->cli->arena, d->remarks.items[i]));
        if (d->remarks.count)
                out_char(&r->cli->out, '\n');
        fix_here_diff(r, &diff);
        if (diff.len) {
                out_str(&r->cli->out, out_text(&diff));
                out_char(&r->cli->out, '\n');
        }
}

void fix_here_step_json(struct fix_run *r, ptrdiff_t n, struct json *j) {
        const struct deeds *d = &r->here->deeds;

        json_begin_array(j, "files");
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (deed_is_for(&d->files.items[i], n) && d->files.items[i].kind == DEED_FILE)
                        json_str(j, NULL, d->files.items[i].path);
        json_end_array(j);
        json_begin_array(j, "commands");
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (d->commands.items[i].step == n)
                        json_str(j, NULL, errand_text(&r->cli->arena, &d->commands.items[i]));
        json_end_array(j);
        json_begin_array(j, "refused");
        for (ptrdiff_t i = 0; i < d->refusals.count; i++) {
                if (d->refusals.items[i].step != n)
                        continue;
                json_begin_object(j, NULL);
                json_str(j, "what", d->refusals.items[i].what);
                json_str(j, "why", d->refusals.items[i].why);
                json_str(j, "instead", d->refusals.items[i].instead);
                json_end_object(j);
        }
        json_end_array(j);
        json_bool(j, "waits_for_restart", !refused(d, n) && !deeds_for_step(d, n));
}

void fix_here_json(struct fix_run *r, struct json *j) {
        OUT_AUTO struct out diff = { 0 };

        json_begin_object(j, "loader");
        json_str(j, "id", loader_word(r->here->layout.loader));
        json_str(j, "why", r->here->layout.why);
        json_end_object(j);
        json_begin_array(j, "notes");
        for (ptrdiff_t i = 0; i < r->here->deeds.remarks.count; i++)
                json_str(j, NULL, r->here->deeds.remarks.items[i]);
        json_end_array(j);
        fix_here_diff(r, &diff);
        json_str(j, "diff", out_text(&diff));
}

void fix_here_diff(struct fix_run *r, struct out *o) {
        const struct deeds *d = &r->here->deeds;

        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        udiff(o, &(struct udiff_file){ .path = d->files.items[i].path, .new = d->files.items[i].new,
                                                       .old = d->files.items[i].was.exists ? d->files.items[i].old : (struct str){ 0 } });
}

int fix_here_emit(struct fix_run *r, int rendering) {
        if (!r->here)
                return diag_fail_class(&r->cli->diag, DIAG_USAGE, "an evidence file holds no files: --emit takes this machine, or --root");
        if (r->doable)
                render(&r->cli->out, &r->cli->arena, (enum rendering)rendering, &r->here->deeds, str_of(r->hash));
        return (int)fix_exit(r);
}

/* ---- Carrying out ---- */

static struct entry_step entry_step_of(struct arena *a, const struct planned_step *s) {
        struct str *ids = arena_array(a, struct str, s->step.resolves.count + 1);
        struct entry_step ret = { .id = s->step.id, .title = s->step.title, .restart = s->step.restart, .changes = s->step.changes };

        for (ptrdiff_t i = 0; i < s->step.resolves.count; i++)
                ids[ret.resolves.count++] = s->step.resolves.items[i]->id;
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
                                 .boot = status_boot(a, &r->here->tree), .kernels = status_kernels(a, &r->here->tree) };
}

static bool edits(const struct entry *e, ptrdiff_t step) {
        for (ptrdiff_t i = 0; i < e->files.count; i++)
                if (e->files.items[i].step == step)
                        return true;
        return false;
}

static void tell_applied(struct fix_run *r, const struct entry *e) {
        struct out *o = &r->cli->out;
        bool restart = false;

        for (ptrdiff_t i = 0; i < e->steps.count; i++) {
                if (e->commands_wait && !edits(e, i))
                        continue;
                restart |= e->steps.items[i].restart;
                out_fmt(o, "done: %.*s%s\n", STR_ARG(e->steps.items[i].title), e->steps.items[i].restart ? " (from the next start on)" : "");
        }
        for (ptrdiff_t i = 0; e->commands_wait && i < e->commands.count; i++)
                out_fmt(o, "still to be run, in the image: %.*s\n", STR_ARG(errand_text(&r->cli->arena, &e->commands.items[i])));
        out_fmt(o, "This is fix %llu.%s `sidelight fix --rollback` takes it back.\n", (unsigned long long)e->id,
                restart ? " Restart, then see `sidelight fix --verify`." : "");
}

/* Signals wait while files are half-way. */
static int apply(struct fix_run *r, struct journal *j) {
        struct carried what;
        struct entry *e = NULL;
        int status;

        fill(r, &what);
        process_hold();
        status = carry_out(j, &what, &e, &r->cli->diag);
        process_release();
        if (status < 0)
                return -1;
        tell_applied(r, e);
        return 0;
}

static int check_hash(struct fix_run *r) {
        struct str given = cli_text(r->cli, "plan");

        if (given.len == 0 || (given.len >= 12 && str_starts(str_of(r->hash), given)))
                return 0;
        return diag_fail(&r->cli->diag, "the plan is another one now (%.12s): something that it rests on was changed since it was shown; nothing "
                                        "was done. See `sidelight fix`", r->hash);
}

int fix_here_apply(struct fix_run *r) {
        struct journal j;
        int status;

        if (!r->doable) {
                fix_write_text(r); /* why */
                return fix_exit(r) == FIX_STEPS ? FIX_NOTHING : (int)fix_exit(r);
        }
        if (r->here->tree.live && geteuid() != 0)
                return diag_fail(&r->cli->diag, "this changes the machine: run it as root");
        if (check_hash(r) < 0 || journal_open(&j, &r->cli->arena, &r->here->tree, &r->cli->diag) < 0)
                return -1;
        status = apply(r, &j);
        journal_close(&j);
        return status;
}

/* ---- Back, and looking ---- */

static int take_back(struct cli *c, struct journal *j, struct entry *e) {
        struct remarks remarks = { 0 };
        int status;

        process_hold();
        status = carry_back(j, e, status_kernels(&c->arena, j->tree), &remarks, &c->diag);
        process_release();
        if (status < 0)
                return -1;
        for (ptrdiff_t i = 0; i < remarks.count; i++)
                out_fmt(&c->out, "%.*s\n", STR_ARG(remarks.items[i]));
        out_fmt(&c->out, "Fix %llu is taken back.\n", (unsigned long long)e->id);
        return 0;
}

/* Half of a plan is nothing to plan on. */
int fix_here_recover(struct cli *c, const char *root) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct journal j;
        struct entry *e;
        int status;

        if (open_tree(c, root, &t) < 0 || journal_read(&j, &c->arena, &t, &c->diag) < 0)
                return -1;
        e = journal_interrupted(&j);
        if (!e)
                return 0;
        if (!cli_given(c, "apply"))
                return diag_fail(&c->diag, "fix %llu was interrupted, and what it left is no ground for a plan: `sidelight fix --rollback` takes "
                                           "it back", (unsigned long long)e->id);
        if (journal_open(&j, &c->arena, &t, &c->diag) < 0)
                return -1;
        e = journal_interrupted(&j);
        status = e ? take_back(c, &j, e) : 0;
        journal_close(&j);
        return status;
}

static int nothing_to_take_back(struct cli *c) {
        out_c(&c->out, "There is nothing to be taken back.\n");
        return 0;
}

int fix_here_rollback(struct cli *c, const char *root, uint64_t id) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct journal j;
        struct entry *e;
        int status;

        if (open_tree(c, root, &t) < 0 || journal_read(&j, &c->arena, &t, &c->diag) < 0)
                return -1;
        if (j.entries.count && journal_open(&j, &c->arena, &t, &c->diag) < 0)
                return -1;
        e = journal_interrupted(&j) ? journal_interrupted(&j) : journal_entry(&j, id);
        if (e && e->state != ENTRY_ROLLED_BACK)
                status = take_back(c, &j, e);
        else if (id)
                status = diag_fail_class(&c->diag, DIAG_USAGE, "there is no fix %llu to be taken back", (unsigned long long)id);
        else
                status = nothing_to_take_back(c);
        journal_close(&j);
        return status;
}

static void tell_status(struct cli *c, const struct step_status *s) {
        out_fmt(&c->out, "     %.*s: %.*s%s%.*s\n", STR_ARG(s->step->title), STR_ARG(took_text(s->took)), s->why.len ? ": " : "",
                STR_ARG(plain(&c->arena, s->why)));
}

static int verified(const struct statuses *all) {
        bool waits = false;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                if (all->items[i].took == TOOK_NOT)
                        return FIX_STEPS;
                waits |= all->items[i].took != TOOK_EFFECT && all->items[i].step->changes.count > 0;
        }
        return waits ? FIX_OTHERS : FIX_NOTHING;
}

int fix_here_status(struct cli *c, const char *root, bool verify) {
        TREE_AUTO struct tree t = { .fd = -1 };
        const struct catalog *k;
        struct statuses all;
        struct evidence e;
        struct journal j;

        if (input_catalog(c, &k) < 0 || open_tree(c, root, &t) < 0 || journal_read(&j, &c->arena, &t, &c->diag) < 0 ||
            input_live(c, k, root, &c->arena, &e) < 0)
                return -1;
        if (j.entries.count == 0)
                out_c(&c->out, "Nothing was applied here.\n");
        status_see(&all, &j, &e);
        for (ptrdiff_t i = 0; i < j.entries.count; i++) {
                const struct entry *one = &j.entries.items[i];

                out_fmt(&c->out, "fix %llu of %.*s: %.*s%s\n", (unsigned long long)one->id, STR_ARG(plain(&c->arena, one->when)),
                        STR_ARG(entry_state_word(one->state)),
                        one->state == ENTRY_APPLYING || one->state == ENTRY_ROLLING_BACK ? ", interrupted: sidelight fix --rollback" : "");
                for (ptrdiff_t n = 0; n < all.count; n++)
                        if (all.items[n].entry == one)
                                tell_status(c, &all.items[n]);
        }
        return verify ? verified(&all) : FIX_NOTHING;
}

static struct str note_of(struct arena *a, const struct step_status *s) {
        struct str why = s->took == TOOK_NOT ? str_fmt(a, ": %.*s", STR_ARG(s->why)) : S("");

        return str_fmt(a, "fix %llu, \"%.*s\", %.*s%.*s", (unsigned long long)s->entry->id, STR_ARG(s->step->title), STR_ARG(took_text(s->took)),
                       STR_ARG(why));
}

/* Entries that are half done, then steps that do not hold. */
static struct str_list notes_of(struct arena *a, struct journal *j, const struct evidence *e) {
        struct { struct str *items; ptrdiff_t count, capacity; } notes = { 0 };
        const struct entry *half = journal_interrupted(j);
        struct statuses all;

        if (half)
                *arena_append(a, &notes) = str_fmt(a, "fix %llu was interrupted: `sidelight fix --rollback` takes it back",
                                                   (unsigned long long)half->id);
        status_see(&all, j, e);
        for (ptrdiff_t i = 0; i < all.count; i++)
                if (all.items[i].took == TOOK_NOT || all.items[i].took == TOOK_WAITS)
                        *arena_append(a, &notes) = note_of(a, &all.items[i]);
        return (struct str_list){ .items = notes.items, .count = (uint32_t)notes.count };
}

struct str_list fix_here_notes(struct cli *c, const char *root, struct arena *a, const struct evidence *e) {
        TREE_AUTO struct tree t = { .fd = -1 };
        struct str *note = arena_new(a, struct str);
        struct diag d = { 0 };
        struct journal j;

        (void)c;
        if (root ? tree_open(&t, root, &d) < 0 : (tree_open_live(&t), false))
                return (struct str_list){ 0 };
        if (journal_read(&j, a, &t, &d) == 0)
                return notes_of(a, &j, e);
        *note = str_fmt(a, "what fix applied here is not known: %s", d.text);
        return (struct str_list){ .items = note, .count = 1 };
}
