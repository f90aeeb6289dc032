/* What a plan comes to, shown: files, values, programs, and what is left alone. */
#include "cli/fix_here.h"

#include "apply/realise_hives.h"
#include "base/plain.h"
#include "cli/world.h"
#include "collect/collect.h"
#include "plan/edit/registry.h"
#include "plan/edit/udiff.h"
#include "report/layout.h"

/* Where Windows' programs keep their data, as its disk spells it. */
static const char *program_data(struct arena *a, const struct tree *t) {
        struct str folder;

        if (!windows_path(t, a, S("ProgramData"), &folder))
                folder = S("/ProgramData");
        return str_fmt(a, "%.*s/sidelight/fix", STR_ARG(folder)).p;
}

int fix_ground_open(struct cli *c, const struct fix_place *p, struct fix_ground *ret) {
        if (p->where == FIX_MACHINE)
                return fix_machine_open(c, ret);
        *ret = (struct fix_ground){ .journal = p->where == FIX_CLOUD_SERVICE ? "/.sidelight/fix" : JOURNAL_PLACE };
        if (tree_open(&ret->tree, p->root, &c->diag) < 0)
                return -1;
        if (p->where == FIX_WINDOWS_DISK) {
                ret->journal = program_data(&c->arena, &ret->tree);
                ret->file_max = DEED_HIVE_MAX;
        }
        return 0;
}

struct str fix_place_words(struct arena *a, const struct fix_place *p) {
        static const char *const options[] = { [FIX_TREE] = "--root", [FIX_WINDOWS_DISK] = "--windows-root",
                                               [FIX_CLOUD_SERVICE] = "--cloud-service" };

        return p->where == FIX_MACHINE ? S("") : str_fmt(a, " %s %.*s", options[p->where], STR_ARG(world_word(a, str_of(p->root))));
}

int fix_evidence(struct cli *c, const struct catalog *k, const struct fix_place *p, struct evidence *ret) {
        if (p->where == FIX_MACHINE || p->where == FIX_TREE)
                return input_live(c, k, p->root, &c->arena, ret);
        evidence_init(ret, &c->arena, str_of(p->root));
        return p->where == FIX_WINDOWS_DISK ? collect_windows_tree(ret, p->root, &c->diag) : 0;
}

/* ---- By the place ---- */

int fix_here_look(struct fix_run *r, struct changes *ret_harmful) {
        struct fix_here *h = arena_new(&r->cli->arena, struct fix_here);

        if (fix_ground_open(r->cli, &r->place, &h->ground) < 0)
                return -1;
        r->here = h;
        return r->place.where == FIX_MACHINE || r->place.where == FIX_TREE ? fix_system_look(r, ret_harmful) : 0;
}

static int make(struct fix_run *r) {
        if (r->place.where == FIX_CLOUD_SERVICE)
                return fix_cloud_plan(r);
        if (r->place.where != FIX_WINDOWS_DISK)
                return fix_system_make(r);
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                realise_hives(&r->here->deeds, &r->cli->arena, &r->here->ground.tree, &r->plan.steps.items[i].step, i);
        return 0;
}

/* A plan that was made without all of the machine says so. */
static void tell_failed(struct fix_run *r) {
        enum { NAMED = 3 };
        const struct machine *m = &r->verdict.machine;
        struct arena *a = &r->cli->arena;
        struct str names = S(""), failed = str_of(fact_state_word(FACT_FAILED));
        uint32_t n = 0;

        for (uint32_t i = 0; i < m->unread_count; i++)
                if (str_eq(m->unread[i].value, failed) && n++ < NAMED)
                        names = str_fmt(a, m->unread[i].source.len ? "%.*s%s%.*s (%.*s)" : "%.*s%s%.*s%.*s", STR_ARG(names), n > 1 ? ", " : "",
                                        STR_ARG(m->unread[i].name), STR_ARG(m->unread[i].source));
        if (n > NAMED)
                names = str_fmt(a, "%.*s and %u more", STR_ARG(names), (unsigned)(n - NAMED));
        if (n)
                *arena_append(a, &r->here->deeds.remarks) = str_fmt(a, "could not be read: %.*s; what rests on it is not planned", STR_ARG(names));
}

int fix_here_make(struct fix_run *r) {
        struct fix_here *h = r->here;

        if (make(r) < 0)
                return -1;
        tell_failed(r);
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                r->waits |= !fix_here_refused(&h->deeds, i) && !deeds_for_step(&h->deeds, i);
        r->doable = h->deeds.files.count + h->deeds.commands.count > 0;
        if (r->doable)
                deeds_hash(&h->deeds, r->hash);
        return 0;
}

static bool has_system(const struct fix_run *r) {
        return r->place.where == FIX_MACHINE || r->place.where == FIX_TREE;
}

void fix_here_head_text(struct fix_run *r) {
        if (has_system(r))
                fix_system_head_text(r);
}

static void head_json(struct fix_run *r, struct json *j) {
        if (has_system(r))
                fix_system_head_json(r, j);
}

int fix_here_emit(struct fix_run *r, int rendering) {
        if (!r->here)
                return diag_fail_class(&r->cli->diag, DIAG_USAGE, "an evidence file holds no files: --emit takes this machine, or --root");
        if (!has_system(r))
                return diag_fail_class(&r->cli->diag, DIAG_USAGE, "--emit takes this machine, or --root; a Windows disk's plan is written with "
                                                                  "--emit powershell or --emit reg");
        return fix_system_emit(r, rendering);
}

void fix_ground_close(struct fix_ground *g) {
        tree_close(&g->tree);
}

int fix_journal_read(struct arena *a, struct fix_ground *g, struct journal *ret, struct diag *d) {
        int status = journal_read(ret, a, &g->tree, g->journal, d);

        ret->registry = g->registry;
        ret->file_max = g->file_max ? g->file_max : ret->file_max;
        return status;
}

int fix_journal_open(struct cli *c, struct fix_ground *g, struct journal *ret) {
        int status = journal_open(ret, &c->arena, &g->tree, g->journal, &c->diag);

        ret->registry = g->registry;
        ret->file_max = g->file_max ? g->file_max : ret->file_max;
        return status;
}

bool fix_here_refused(const struct deeds *d, ptrdiff_t step) {
        for (ptrdiff_t i = 0; i < d->refusals.count; i++)
                if (d->refusals.items[i].step == step)
                        return true;
        return false;
}

enum exit_result fix_applied_exit(const struct fix_run *r) {
        bool undone = !r->doable && !r->waits && fix_exit(r) != EXIT_CLEAN;

        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                undone |= fix_here_refused(&r->here->deeds, i);
        return undone ? EXIT_UNKNOWN : EXIT_CLEAN;
}

static bool removes_words(const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].edit == EDIT_REMOVE_WORD)
                        return true;
        return false;
}

struct str fix_shown_path(const struct fix_run *r, struct str path) {
        return r->place.where == FIX_CLOUD_SERVICE && str_starts(path, S("/")) ? str_from(path, 1) : path;
}

/* What was left alone; of a cloud service's files the whole path may be known already. */
static struct str shown_refused(const struct fix_run *r, const struct refusal *one) {
        return str_starts(one->what, str_of(r->place.root)) ? one->what : fix_shown_path(r, one->what);
}

/* Why there is nothing to edit for a step, and what then. */
static struct str why_nothing(const struct fix_run *r, ptrdiff_t n) {
        if (!removes_words(&r->plan.steps.items[n].step))
                return S("the configuration asks for it already: restart");
        if (!r->here->ground.tree.live && fix_system_generates(r))
                return S("no file that is edited holds it any more; what the boot loader reads is generated from these, in the image, and may be "
                         "older");
        return S("no file that was looked at holds it any more: a restart takes it away, unless it comes from elsewhere (the firmware, PXE, the "
                 "hypervisor, CONFIG_CMDLINE)");
}

void fix_left_alone_text(struct fix_run *r, const struct refusal *one, int indent) {
        struct arena *a = &r->cli->arena;

        fix_line(r, indent, "left alone: ", plain(a, str_fmt(a, "%.*s: %.*s", STR_ARG(shown_refused(r, one)), STR_ARG(one->why))));
        fix_line(r, indent, "instead: ", plain(a, one->instead));
}

void fix_here_step_text(struct fix_run *r, ptrdiff_t n, int indent) {
        const struct deeds *d = &r->here->deeds;
        struct arena *a = &r->cli->arena;
        bool live = r->here->ground.tree.live;

        for (ptrdiff_t i = 0; i < d->files.count; i++) {
                const struct deed *one = &d->files.items[i];

                if (!deed_is_for(one, n) || one->kind == DEED_REGISTRY) /* the change says it all */
                        continue;
                if (one->kind == DEED_VALUE)
                        fix_line(r, indent, "set now: ", str_fmt(a, "%.*s from %.*s to %.*s", STR_ARG(one->path), STR_ARG(one->old), STR_ARG(one->new)));
                else
                        fix_line(r, indent, one->was.exists ? "edit: " : "make: ", fix_shown_path(r, one->path));
        }
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (d->commands.items[i].step == n)
                        fix_line(r, indent, live ? "run: " : "then run, in the image: ", errand_text(a, &d->commands.items[i]));
        for (ptrdiff_t i = 0; i < d->refusals.count; i++) {
                const struct refusal *one = &d->refusals.items[i];

                if (one->step != n)
                        continue;
                fix_left_alone_text(r, one, indent);
        }
        if (!fix_here_refused(d, n) && !deeds_for_step(d, n))
                fix_line(r, indent, "", why_nothing(r, n));
}

/* A step was left alone for the same reason. */
static bool stands_above(struct arena *a, const struct deeds *d, struct str remark) {
        for (ptrdiff_t i = 0; i < d->refusals.count; i++)
                if (str_ends(remark, str_fmt(a, "%.*s: %.*s", STR_ARG(d->refusals.items[i].what), STR_ARG(d->refusals.items[i].why))))
                        return true;
        return false;
}

static bool is_filling(struct str line) {
        ptrdiff_t i = 1;

        while (i < line.len && line.p[i] == '#')
                i++;
        return i == line.len && line.len > 120;
}

/* For people: the signs that fill GRUB's environment block to its size are not written out. */
static void write_diff(struct out *o, struct str diff) {
        struct str line;

        while (str_line(&diff, &line))
                if (is_filling(line))
                        out_fmt(o, "%c#… (%td signs that fill the block)\n", line.p[0], line.len - 1);
                else
                        out_fmt(o, "%.*s\n", STR_ARG(line));
}

bool fix_here_notes_text(struct fix_run *r) {
        const struct deeds *d = &r->here->deeds;
        bool any = false;

        for (ptrdiff_t i = 0; i < d->remarks.count; i++)
                if (!stands_above(&r->cli->arena, d, d->remarks.items[i])) {
                        fix_line(r, 0, "note: ", plain(&r->cli->arena, d->remarks.items[i]));
                        any = true;
                }
        return any;
}

void fix_here_tail_text(struct fix_run *r) {
        OUT_AUTO struct out diff = { 0 };

        if (fix_here_notes_text(r))
                out_char(&r->cli->out, '\n');
        fix_here_diff(r, &diff);
        if (diff.len) {
                write_diff(&r->cli->out, out_text(&diff));
                out_char(&r->cli->out, '\n');
        }
}

void fix_refused_json(struct fix_run *r, ptrdiff_t n, struct json *j) {
        const struct deeds *d = &r->here->deeds;

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
}

void fix_here_step_json(struct fix_run *r, ptrdiff_t n, struct json *j) {
        const struct deeds *d = &r->here->deeds;

        json_begin_array(j, "files");
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (deed_is_for(&d->files.items[i], n) && deed_is_file(&d->files.items[i]))
                        json_str(j, NULL, fix_shown_path(r, d->files.items[i].path));
        json_end_array(j);
        json_begin_array(j, "commands");
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (d->commands.items[i].step == n)
                        json_str(j, NULL, errand_text(&r->cli->arena, &d->commands.items[i]));
        json_end_array(j);
        fix_refused_json(r, n, j);
        json_bool(j, "waits_for_restart", !fix_here_refused(d, n) && !deeds_for_step(d, n));
}

void fix_here_json(struct fix_run *r, struct json *j) {
        OUT_AUTO struct out diff = { 0 };

        head_json(r, j);
        json_begin_array(j, "notes");
        for (ptrdiff_t i = 0; i < r->here->deeds.remarks.count; i++)
                json_str(j, NULL, r->here->deeds.remarks.items[i]);
        json_end_array(j);
        fix_here_diff(r, &diff);
        json_str(j, "diff", out_text(&diff));
}

/* A registry value as a .reg file has it; nothing where there is none. */
static void reg_line(struct out *o, struct arena *a, const struct change *c, bool old) {
        const struct change one = { .target = c->target, .edit = EDIT_SET, .was = c->was, .old = c->old, .new = old ? c->old : c->new };
        OUT_AUTO struct out text = { 0 };
        struct changes all = { 0 };
        struct str rest, line;

        *arena_append(a, &all) = one;
        if ((old && c->was != FACT_KNOWN) || (!old && c->edit == EDIT_REMOVE) ||
            registry_reg_text(&text, a, &all, false, &(struct diag){ 0 }) < 0)
                return;
        for (rest = out_text(&text); str_line(&rest, &line);)
                if (str_starts(line, S("\"")))
                        out_fmt(o, "%.*s\n", STR_ARG(str_trim(line)));
}

/* The values of one key that the plan changes, before and after. */
static void diff_key(struct fix_run *r, struct out *o, const struct step *s, struct str key) {
        OUT_AUTO struct out old = { 0 };
        OUT_AUTO struct out new = { 0 };

        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (str_eq(s->changes.items[i].target.place, key)) {
                        reg_line(&old, &r->cli->arena, &s->changes.items[i], true);
                        reg_line(&new, &r->cli->arena, &s->changes.items[i], false);
                }
        udiff(o, &(struct udiff_file){ .path = key, .old = out_text(&old), .new = out_text(&new) });
}

static void diff_registry(struct fix_run *r, struct out *o, ptrdiff_t n) {
        const struct step *s = &r->plan.steps.items[n].step;

        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct target *t = &s->changes.items[i].target;
                bool known = t->kind != TARGET_REGISTRY_VALUE;

                for (ptrdiff_t k = 0; k < i; k++)
                        known |= str_eq(s->changes.items[k].target.place, t->place);
                if (!known)
                        diff_key(r, o, s, t->place);
        }
}

void fix_here_diff(struct fix_run *r, struct out *o) {
        const struct deeds *d = &r->here->deeds;

        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        udiff(o, &(struct udiff_file){ .path = d->files.items[i].path, .new = d->files.items[i].new,
                                                       .old = d->files.items[i].was.exists ? d->files.items[i].old : (struct str){ 0 } });
        for (ptrdiff_t i = 0; i < r->plan.steps.count; i++)
                if (deeds_for_step(d, i))
                        diff_registry(r, o, i);
}
