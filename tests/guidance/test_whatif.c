/* Verdicts under a change, over every recorded machine: without a change they are check's; a predicted sentence is read back as
 * what was predicted; what --why-not proposes can be done there, and what-if confirms it.
 *
 *   test_whatif FOLDER…     prints TAP */
#include "fixtures.h"
#include "near_kinds.h"

#include "whatif/change.h"
#include "whatif/compare.h"
#include "whatif/predict.h"
#include "whatif/search.h"

enum { SAFE = 1 << STATUS_MITIGATED | 1 << STATUS_NOT_AFFECTED };

static int tests, failures, ways_seen, own_seen, own_safe;

struct trial {
        struct str path;
        struct arena *a;
        const struct evidence *e;
        struct verdict v;
        struct plan plan;
        struct baseline base;
        bool ok;
};

static void complain(struct trial *t, const char *what, struct str which) {
        (void)printf("# %.*s: %s: %.*s\n", STR_ARG(t->path), what, STR_ARG(which));
        t->ok = false;
}

static void without_a_change(struct trial *t) {
        const struct verdict_options o = { 0 };
        struct verdict then;

        predict_judge(&then, t->a, &t->base, t->e, &o);
        for (uint32_t i = 0; i < t->v.finding_count; i++) {
                const struct finding *was = &t->v.findings[i], *is = &then.findings[i];

                if (was->status != is->status || was->rule != is->rule || !str_eq(was->reason, is->reason) || is->predicted)
                        complain(t, "what-if differs from check in", T(was->flaw->id));
        }
}

/* "base; part; part" in the kernel's order is what the reader of sentences takes apart again. */
static void sentences_survive(struct trial *t) {
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct sentence_file *file = &catalog_builtin.files[i];
                const struct parsed_sentence *p = &t->base.predicted[i];
                struct parsed_sentence again;

                if (!p->base)
                        continue;
                sentence_parse(file, p->text, t->a, &again);
                if (again.base != p->base)
                        complain(t, "read back as another sentence", p->text);
                for (uint16_t part = 1; part < file->parts.count; part++)
                        if (again.parts[part] != p->parts[part])
                                complain(t, "a part is lost in", p->text);
        }
}

static bool names_a_fact(struct str text) {
        return str_find(text, S("cap.")) >= 0 || str_find(text, S("cmdline.")) >= 0 || str_find(text, S("=yes")) >= 0;
}

/* The machine's own step is to make it better, not worse; where it does not suffice, another one has to. */
static void own_steps(struct trial *t, const struct finding *f, const struct way *w) {
        own_seen++;
        own_safe += SAFE >> w->status & 1;
        if (w->status > f->status)
                complain(t, "the plan's own step makes it worse", w->step.title);
}

static void confirm(struct trial *t, const struct finding *f, const struct way *w) {
        const struct verdict_options o = { .only = f->flaw, .facts = { .restarted = true } };
        struct evidence changed;
        struct verdict then;
        struct diag d = { 0 };

        if (w->count == 0 || w->status == STATUS_COUNT) /* a step of the plan that cannot be predicted */
                return;
        ways_seen++;
        if (search_apply(&changed, t->a, &t->v, w, &d) < 0) {
                complain(t, "cannot be done", w->step.title);
                return;
        }
        predict_judge(&then, t->a, &t->base, &changed, &o);
        if (then.findings[0].status != w->status)
                complain(t, "what-if does not confirm", w->step.title);
        if (step_is_for(&w->step, f->flaw))
                own_steps(t, f, w);
        else if (!(SAFE >> w->status & 1))
                complain(t, "proposed, and would not help", w->step.title);
        if (w->step.title.len == 0 || names_a_fact(w->step.title))
                complain(t, "told as a fact, not as an act", w->step.title);
        if (w->step.instructions.count == 0 && w->step.ask.len == 0 && w->step.who == DOER_YOU)
                complain(t, "says nothing about how", w->step.title);
}

static void why_not(struct trial *t, const struct finding *f) {
        const struct verdict_options o = { 0 };
        struct ways ways;

        search_ways(&ways, t->a, &(struct search_question){ &t->v, &t->plan, f, &o, SAFE, 1 });
        for (ptrdiff_t i = 0; i < ways.count; i++)
                confirm(t, f, &ways.items[i]);
}

static void test_file(struct arena *a, struct str path, const struct evidence *e) {
        const struct verdict_options o = { 0 };
        struct trial t = { .path = path, .a = a, .e = e, .ok = true };

        verdict_judge(&t.v, a, &catalog_builtin, e, &o);
        plan_of_verdict(&t.plan, a, &t.v);
        baseline_take(&t.base, a, &catalog_builtin, e);
        without_a_change(&t);
        sentences_survive(&t);
        for (uint32_t i = 0; i < t.v.finding_count; i++)
                if (t.v.findings[i].status > STATUS_UNKNOWN)
                        why_not(&t, &t.v.findings[i]);
        (void)printf("%s %d - %.*s\n", t.ok ? "ok" : "not ok", ++tests, STR_ARG(path));
        failures += !t.ok;
}

static void test_near(struct arena *a, struct str path, const struct evidence *e) {
        for (int i = 0; i < NEAR_KINDS; i++) {
                struct evidence other;

                if (near_make(&other, a, e, &near_kinds[i]))
                        test_file(a, str_fmt(a, "%.*s %s", STR_ARG(path), near_kinds[i].name), &other);
        }
}

/* ---- diff: a machine beside the same machine with another parameter ---- */

static int turns_seen, turns_named;

/* "…/epyc.guest.6.1.0-56.retbleed=off.host" without its last piece but one; empty when it has no parameter there. */
static struct str without_parameter(struct arena *a, struct str path) {
        struct str stem = str_sub(path, 0, path.len - 5);
        ptrdiff_t dot = stem.len;

        while (dot > 0 && stem.p[dot - 1] != '.')
                dot--;
        return str_find_char(str_from(stem, dot), '=') < 0 ? S("") : str_fmt(a, "%.*s.host", STR_ARG(str_sub(stem, 0, dot - 1)));
}

static void test_pair(struct arena *a, struct str path, const struct evidence *e) {
        const struct verdict_options o = { 0 };
        struct str other = without_parameter(a, path), text = other.len ? fixture_text(a, str_to_c(a, other)) : S("");
        struct verdict before, after;
        struct evidence plain;
        struct diag d = { 0 };
        struct turns turns;
        struct differences differences;

        if (text.len == 0 || evidence_parse(&plain, a, other, text, &d) < 0)
                return;
        verdict_judge(&before, a, &catalog_builtin, &plain, &o);
        verdict_judge(&after, a, &catalog_builtin, e, &o);
        differences = compare_evidence(a, &plain, e);
        turns = compare_verdicts(a, &before, &after, &differences, &o);
        for (ptrdiff_t i = 0; i < turns.count; i++) {
                turns_seen++;
                turns_named += turns.items[i].settings.count > 0;
                if (turns.items[i].settings.count == 0)
                        (void)printf("# %.*s: no setting is named for %.*s (%.*s, then %.*s)\n", STR_ARG(path),
                                     STR_ARG(T(turns.items[i].a->flaw->id)), STR_ARG(status_word(turns.items[i].a->status)),
                                     STR_ARG(status_word(turns.items[i].b->status)));
        }
}

/* ---- what-if: a machine with the command line of the same machine that was started otherwise, held against what that one said ---- */

static int foretold, foretold_unknown, foretold_wrong;

/* The machine's evidence with this command line. */
static bool started_with(struct evidence *ret, struct arena *a, const struct evidence *e, const struct evidence *other) {
        const struct record *line = evidence_parameter(other, S("")), *own = evidence_parameter(e, S(""));

        if (!line || !own || line->state != FACT_KNOWN || own->state != FACT_KNOWN || str_eq(line->text, own->text))
                return false;
        change_copy(ret, a, e);
        evidence_add_file(ret, S("/proc/cmdline"), line->text);
        evidence_index(ret);
        return true;
}

static void foretell(struct arena *a, struct str path, const struct evidence *from, const struct evidence *to) {
        const struct verdict_options o = { 0 };
        struct evidence changed;
        struct baseline base;
        struct verdict then, real;

        if (!started_with(&changed, a, from, to))
                return;
        baseline_take(&base, a, &catalog_builtin, from);
        predict_judge(&then, a, &base, &changed, &o);
        verdict_judge(&real, a, &catalog_builtin, to, &o);
        for (uint32_t i = 0; i < real.finding_count; i++) {
                const struct finding *x = &then.findings[i], *y = &real.findings[i];

                if (!x->flaw->sentence_file)
                        continue;
                foretold++;
                foretold_unknown += x->status == STATUS_UNKNOWN && y->status != STATUS_UNKNOWN;
                if (x->status != y->status && x->status != STATUS_UNKNOWN) {
                        foretold_wrong++;
                        (void)printf("# %.*s: %.*s was to be %.*s, and is %.*s\n", STR_ARG(path), STR_ARG(T(x->flaw->id)),
                                     STR_ARG(status_word(x->status)), STR_ARG(status_word(y->status)));
                }
        }
}

/* The machine without its last one or two words, whichever was recorded; capabilities of the firmware are no words. */
static void test_started_otherwise(struct arena *a, struct str path, const struct evidence *e) {
        struct str stem = str_sub(path, 0, path.len - 5);

        for (int cut = 0; cut < 2; cut++) {
                struct evidence plain;
                struct diag d = { 0 };
                struct str text;

                while (stem.len > 0 && stem.p[stem.len - 1] != '.')
                        stem.len--;
                if (stem.len == 0 || str_find_char(stem, '.') == stem.len - 1)
                        return;
                stem.len--;
                text = fixture_text(a, str_to_c(a, str_fmt(a, "%.*s.host", STR_ARG(stem))));
                if (text.len == 0 || str_find(path, S(".cap")) >= 0 || evidence_parse(&plain, a, path, text, &d) < 0)
                        continue;
                foretell(a, path, &plain, e);
                foretell(a, path, e, &plain);
                return;
        }
}

/* ---- what-if --flag: a word that is supposed tells of the processor, never of the kernel that would have listed it ---- */

static int supposed_seen, supposed_safer, supposed_wrong;

static bool names(const struct catalog *c, condition asked, struct str word, bool direct, bool *seen);

/* The processor's bit of that word, or what hangs on it. A word of the list itself counts only where the flaw's own rules ask for it: behind another
 * fact's name stands what such a list says of the kernel. */
static bool fact_names(const struct catalog *c, uint32_t fact, struct str word, bool direct, bool *seen) {
        const struct fact_def *def = &c->facts[fact];

        if (def->kind == FACT_KIND_FLAG)
                return direct && str_eq(T(def->text), word);
        if (seen[fact])
                return false;
        seen[fact] = true;
        if ((def->kind == FACT_KIND_CPUID || def->kind == FACT_KIND_MSR) && str_eq(T(def->text), word))
                return true;
        return def->gate != NO_CONDITION && names(c, def->gate, word, direct && def->kind == FACT_KIND_AFFECTED, seen);
}

static bool names(const struct catalog *c, condition asked, struct str word, bool direct, bool *seen) {
        const struct node *n = asked == NO_CONDITION ? NULL : &c->nodes[asked];

        if (!n || n->op == NODE_TRUE || n->op == NODE_CPU_IN)
                return false;
        if (n->op == NODE_NOT || n->op == NODE_AND || n->op == NODE_OR)
                return names(c, n->a, word, direct, seen) || (n->op != NODE_NOT && names(c, n->b, word, direct, seen));
        return fact_names(c, n->fact, word, direct, seen);
}

static bool flaw_names(struct arena *a, const struct flaw *f, struct str word) {
        const struct catalog *c = &catalog_builtin;
        bool *seen = arena_array(a, bool, c->fact_count), found = false;

        for (uint32_t i = 0; i < f->rule_count && !found; i++)
                found = names(c, f->rules[i].condition, word, true, seen);
        for (uint32_t i = 0; i < f->prediction_count && !found; i++)
                found = names(c, f->predictions[i].condition, word, true, seen);
        return found;
}

static void suppose(struct arena *a, struct str path, const struct evidence *e, struct str word) {
        const struct verdict_options o = { 0 };
        struct evidence changed;
        struct verdict now, then;
        struct baseline base;
        struct diag d = { 0 };

        change_copy(&changed, a, e);
        if (change_flag(&changed, &catalog_builtin, word, true, &d) < 0) /* a register that was not read */
                return;
        evidence_index(&changed);
        verdict_judge(&now, a, &catalog_builtin, e, &o);
        baseline_take(&base, a, &catalog_builtin, e);
        predict_judge(&then, a, &base, &changed, &o);
        for (uint32_t i = 0; i < now.finding_count; i++) {
                supposed_seen++;
                if (now.findings[i].status < STATUS_UNKNOWN || !(SAFE >> then.findings[i].status & 1))
                        continue;
                supposed_safer++;
                if (flaw_names(a, now.findings[i].flaw, word))
                        continue;
                supposed_wrong++;
                (void)printf("# %.*s: %.*s becomes %.*s by +%.*s\n", STR_ARG(path), STR_ARG(T(now.findings[i].flaw->id)),
                             STR_ARG(status_word(then.findings[i].status)), STR_ARG(word));
        }
}

/* What lscpu would show without the kernel's sentences, its flags cut behind some word or whole: `keep` of each eight characters. */
static bool as_listed(struct evidence *ret, struct arena *a, const struct evidence *e, ptrdiff_t keep) {
        const struct record *r = evidence_file(e, S("/proc/cpuinfo"));
        struct str rest = r && r->state == FACT_KNOWN ? r->text : S(""), line, text = S("");

        while (str_cut(&rest, '\n', &line)) {
                if (str_trim(line).len == 0) /* one CPU stands for all */
                        break;
                if (str_starts(line, S("bugs")))
                        continue;
                if (str_starts(line, S("flags"))) {
                        line = str_sub(line, 0, line.len * keep / 8);
                        while (keep < 8 && line.len > 0 && line.p[line.len - 1] != ' ')
                                line.len--;
                }
                text = str_fmt(a, "%.*s%.*s\n", STR_ARG(text), STR_ARG(line));
        }
        if (str_find(text, S("\nflags")) < 0)
                return false;
        evidence_init(ret, a, e->source);
        evidence_add_line(ret, RECORD_UNAME, S(""), S("Linux ? x86_64"));
        evidence_add_file(ret, S("/proc/cpuinfo"), text);
        evidence_index(ret);
        return true;
}

static bool is_new_word(struct str word, uint32_t fact) {
        for (uint32_t i = 0; i < fact; i++)
                if (str_eq(T(catalog_builtin.facts[i].text), word))
                        return false;
        return word.len > 0;
}

static void test_supposed(struct arena *a, struct str path, const struct evidence *e) {
        static int machines;
        struct evidence listed;

        if (machines++ % 4 && !getenv("SIDELIGHT_FULL"))
                return;
        for (ptrdiff_t keep = 5; keep <= 8; keep++)
                for (uint32_t i = 0; as_listed(&listed, a, e, keep) && i < catalog_builtin.fact_count; i++) {
                        const struct fact_def *def = &catalog_builtin.facts[i];

                        if ((def->kind == FACT_KIND_CPUID || def->kind == FACT_KIND_FLAG || def->kind == FACT_KIND_MSR) && is_new_word(T(def->text), i))
                                suppose(a, path, keep == 5 ? e : &listed, T(def->text));
                }
}

int main(int argc, char **argv) {
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_file);
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_near);
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_started_otherwise);
        (void)printf("%s %d - what-if foretells other command lines: %d verdicts, %d not known, %d wrong\n",
                     foretold > 500 / share_one_in() && foretold_wrong == 0 ? "ok" : "not ok", ++tests, foretold, foretold_unknown, foretold_wrong);
        failures += foretold <= 500 / share_one_in() || foretold_wrong > 0;
        fixtures_read(argv[1], test_supposed);
        (void)printf("%s %d - a supposed flag makes no other flaw safe: %d verdicts, %d safer, %d without a rule that names it\n",
                     supposed_safer > 0 && supposed_wrong == 0 ? "ok" : "not ok", ++tests, supposed_seen, supposed_safer, supposed_wrong);
        failures += supposed_safer == 0 || supposed_wrong > 0;
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_pair);
        (void)printf("%s %d - diff names the parameter: %d of %d verdicts that a parameter turned\n",
                     turns_named * 10 >= turns_seen * 9 && turns_seen > 0 ? "ok" : "not ok", ++tests, turns_named, turns_seen);
        failures += turns_named * 10 < turns_seen * 9 || turns_seen == 0;
        (void)printf("1..%d\n# %d ways confirmed; %d of %d of the plans' own steps suffice by themselves\n", tests, ways_seen, own_safe, own_seen);
        return tests == 0 || ways_seen == 0 || failures > 0;
}
