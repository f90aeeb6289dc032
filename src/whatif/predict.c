#include "whatif/predict.h"

#include "facts/cpus.h"
#include "whatif/change.h"

/* All sentences, of the first class of CPUs: the kernel prints one for the machine. */
static struct parsed_sentence *sentences_of(struct arena *a, const struct catalog *c, const struct evidence *e, bool predict,
                                                  bool other_kernel) {
        const struct facts_options options = { .predict = predict, .other_kernel = other_kernel };
        struct cpu_list *cpus = arena_new(a, struct cpu_list);
        struct facts *f = arena_new(a, struct facts);

        cpu_list_read(cpus, a, c, e);
        facts_init(f, a, c, e, cpus, &options, 0);
        for (uint32_t i = 0; i < c->file_count; i++)
                (void)facts_sentence(f, i);
        return f->sentences;
}

void baseline_take(struct baseline *ret, struct arena *a, const struct catalog *c, const struct evidence *e) {
        *ret = (struct baseline){ .catalog = c, .evidence = e };
        ret->said = sentences_of(a, c, e, false, false);
        ret->predicted = sentences_of(a, c, e, true, false);
}

static bool same_parts(const struct sentence_file *file, const struct parsed_sentence *x, const struct parsed_sentence *y) {
        for (uint16_t part = 1; part < file->parts.count; part++)
                if (x->parts && y->parts && x->parts[part] != y->parts[part])
                        return false;
        return true;
}

static bool same_sentence(const struct sentence_file *file, const struct parsed_sentence *x, const struct parsed_sentence *y) {
        return x->base == y->base && str_eq(x->unknown, y->unknown) && same_parts(file, x, y);
}

/* Does this kernel say now what is predicted of it? What cannot be predicted, or was not read, contradicts nothing. */
static bool behaves(const struct sentence_file *file, const struct parsed_sentence *said, const struct parsed_sentence *predicted) {
        enum status now = sentence_status(said, 0, file->parts.count), expected = sentence_status(predicted, 0, file->parts.count);

        if (said->state == FACT_ABSENT) /* it does not know the flaw, and a change does not teach it */
                return false;
        return said->state != FACT_KNOWN || expected == STATUS_COUNT || now == expected;
}

bool baseline_speaks(const struct baseline *b, const struct flaw *f) {
        const struct parsed_sentence *then = f->sentence_file ? &b->predicted[f->sentence_file - 1] : NULL;

        return then && then->base && !then->unknown.len &&
               behaves(&b->catalog->files[f->sentence_file - 1], &b->said[f->sentence_file - 1], then);
}

static void forget(struct evidence *e, struct str path) {
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (e->items[i].kind == RECORD_FILE && str_eq(e->items[i].key, path))
                        e->items[i].kind = RECORD_META;
        evidence_index(e);
}

static bool is_same(const struct record *x, const struct record *y) {
        bool same = x->kind == y->kind && x->state == y->state && x->value == y->value && x->unknown == y->unknown &&
                    str_eq(x->text, y->text);

        for (size_t i = 0; i < sizeof(x->words) / sizeof(x->words[0]); i++)
                same &= x->words[i] == y->words[i];
        return same;
}

/* Nothing else is changed: records keep their places, and new ones stand behind them. */
static bool only_sysctls(const struct evidence *before, const struct evidence *after) {
        for (ptrdiff_t i = 0; i < after->count; i++)
                if ((i >= before->count || !is_same(&before->items[i], &after->items[i])) && !str_starts(after->items[i].key, S("/proc/sys/")))
                        return false;
        return true;
}

/* The sentence as a kernel would print it; a part that cannot be predicted stands in it as a piece that no table knows. */
static void write_sentence(struct evidence *e, const struct sentence_file *file, const struct parsed_sentence *s) {
        if (!s->base)
                forget(e, T(file->path));
        else if (s->unknown.len)
                evidence_add_file(e, T(file->path), str_fmt(e->arena, "%.*s; %.*s", STR_ARG(s->text), STR_ARG(s->unknown)));
        else
                evidence_add_file(e, T(file->path), s->text);
}

static struct str release_of(const struct evidence *e) {
        const struct record *r = evidence_line(e, RECORD_UNAME, S(""));

        return r ? r->text : S("");
}

/* ---- What a change asks for ---- */

static struct facts *facts_of(struct arena *a, const struct catalog *c, const struct evidence *e) {
        static const struct facts_options options = { 0 };
        struct cpu_list *cpus = arena_new(a, struct cpu_list);
        struct facts *f = arena_new(a, struct facts);

        cpu_list_read(cpus, a, c, e);
        facts_init(f, a, c, e, cpus, &options, 0);
        return f;
}

static bool same_parameter(struct facts *x, struct facts *y, struct str name) {
        struct str fact = str_fmt(x->arena, "cmdline.%.*s", STR_ARG(name));
        const struct fact *v = facts_named(x, fact), *w = facts_named(y, fact);

        return !v || !w || (v->state == w->state && str_eq(v->text, w->text));
}

/* A parameter of a flaw whose sentence stands in the file is another one than before, or mitigations=. */
static bool asks_otherwise(struct facts *before, struct facts *after, const struct catalog *c, uint32_t file) {
        if (!same_parameter(before, after, S("mitigations")))
                return true;
        for (uint32_t i = 0; i < c->flaw_count; i++)
                for (uint32_t k = 0; c->flaws[i].sentence_file == file + 1 && k < c->flaws[i].parameters.count; k++)
                        if (!same_parameter(before, after, T_AT(c->flaws[i].parameters, k)))
                                return true;
        return false;
}

/* ---- What a condition hangs on ---- */

struct changed_facts {
        const struct catalog *c;
        struct facts *before, *after;
        bool *seen; /* of derived facts */
        bool taken; /* only what was taken away counts: what the kernel calls safe stays so when the processor shows more */
};

static bool hangs_on_change(struct changed_facts *x, condition asked);

static bool fact_changed(struct changed_facts *x, uint32_t fact) {
        const struct fact_def *def = &x->c->facts[fact];
        const struct fact *v, *w;

        if (def->kind == FACT_KIND_VERDICT || def->kind == FACT_KIND_FLAG || def->os_claim) /* flags also show which words a kernel knows */
                return false;
        if (def->gate != NO_CONDITION && !x->seen[fact]) {
                x->seen[fact] = true;
                if (hangs_on_change(x, def->gate))
                        return true;
        }
        if (def->kind == FACT_KIND_DERIVED)
                return false;
        v = facts_get(x->before, fact);
        w = facts_get(x->after, fact);
        if (x->taken)
                return def->kind != FACT_KIND_COMPUTED && v->state == FACT_KNOWN && v->number != 0 && w->number == 0;
        if (v->state != w->state && def->kind != FACT_KIND_COMPUTED) /* that a list now denies more of them is nobody's change */
                return w->state == FACT_KNOWN && w->number != 0;
        return v->state != w->state || v->number != w->number || !str_eq(v->text, w->text);
}

static bool hangs_on_change(struct changed_facts *x, condition asked) {
        const struct node *n = asked == NO_CONDITION ? NULL : &x->c->nodes[asked];

        if (!n || n->op == NODE_TRUE || n->op == NODE_CPU_IN)
                return false;
        if (n->op == NODE_NOT || n->op == NODE_AND || n->op == NODE_OR)
                return hangs_on_change(x, n->a) || (n->op != NODE_NOT && hangs_on_change(x, n->b));
        return fact_changed(x, n->fact);
}

/* Something that the file's sentence hangs on is otherwise: a bit of the processor, its microcode, its threads. */
static bool hangs_otherwise(struct changed_facts *x, uint32_t file) {
        for (uint32_t i = 0; i < x->c->flaw_count; i++) {
                const struct flaw *f = &x->c->flaws[i];

                for (uint32_t k = 0; f->sentence_file == file + 1 && k < f->prediction_count; k++)
                        if (hangs_on_change(x, f->predictions[k].condition))
                                return true;
        }
        return false;
}

/* ---- Parts that stay ---- */

/* What decides the part is as before: its flaw's parameters, and what its predictions hang on. */
static bool decided_as_before(struct changed_facts *x, uint32_t file, uint16_t part) {
        x->taken = false;
        x->seen = arena_array(x->after->arena, bool, x->c->fact_count);
        for (uint32_t i = 0; i < x->c->flaw_count; i++) {
                const struct flaw *f = &x->c->flaws[i];

                if (f->sentence_file != file + 1)
                        continue;
                for (uint32_t k = 0; f->sentence_part == part && k < f->parameters.count; k++)
                        if (!same_parameter(x->before, x->after, T_AT(f->parameters, k)))
                                return false;
                for (uint32_t k = 0; k < f->prediction_count; k++)
                        if (f->predictions[k].part == part && hangs_on_change(x, f->predictions[k].condition))
                                return false;
        }
        return true;
}

/* Parts that can be predicted neither before nor after stay: what the kernel decided when it started, a sysctl does not change, nor does
 * a parameter of another part. */
static void keep_parts(struct parsed_sentence *s, struct arena *a, struct changed_facts *x, uint32_t number, bool sysctls,
                       const struct parsed_sentence *now, const struct parsed_sentence *expected) {
        const struct sentence_file *file = &x->c->files[number];

        if (!s->base || now->state != FACT_KNOWN || !now->parts || !expected->unclear || (!sysctls && now->base != s->base))
                return;
        for (uint16_t part = 1; part < file->parts.count; part++) {
                if (s->unclear[part] && expected->unclear[part] && now->parts[part] && (sysctls || decided_as_before(x, number, part))) {
                        s->unclear[part] = false;
                        s->parts[part] = now->parts[part];
                        s->text = str_fmt(a, "%.*s; %.*s", STR_ARG(s->text), STR_ARG(T(now->parts[part]->says)));
                }
        }
        s->unknown = sentence_left_open(a, file, s);
}

/* Where nothing can be predicted, what the kernel said is not known to stay when its parameters change; but for a processor that it
 * counts as free of the flaw, unless the data says that it cannot be predicted. */
static bool loses_its_word(const struct parsed_sentence *now, const struct parsed_sentence *predicted, uint32_t parts) {
        return now->state == FACT_KNOWN && (!predicted->base || predicted->unknown.len) &&
               (sentence_status(now, 0, (uint16_t)parts) != STATUS_NOT_AFFECTED || predicted->why.len);
}

static const struct record *command_line(const struct evidence *e) {
        return evidence_parameter(e, S(""));
}

static bool same_command_line(const struct evidence *x, const struct evidence *y) {
        const struct record *v = command_line(x), *w = command_line(y);

        return (!v && !w) || (v && w && v->state == w->state && str_eq(v->text, w->text));
}

/* A sysctl takes effect at once. */
static struct str why_lost(struct arena *a, struct str why, bool sysctls) {
        return str_fmt(a, "what the kernel would say after this change cannot be predicted here%s%.*s%s: make it,%s and look", why.len ? " (" : "",
                       STR_ARG(why), why.len ? ")" : "", sysctls ? "" : " restart,");
}

/* Of flaws whose sentence was lost: those that the processor is free of stay so, and the others are not known because of that. */
static void tell_lost(struct verdict *ret, struct arena *a, const struct baseline *b, const struct parsed_sentence *then, const bool *lost,
                      bool sysctls, const struct verdict_options *o) {
        struct verdict as_it_is;

        verdict_judge(&as_it_is, a, b->catalog, b->evidence, o);
        for (uint32_t i = 0; i < ret->finding_count; i++) {
                struct finding *f = &ret->findings[i];
                const struct finding *was = &as_it_is.findings[i];

                if (!f->flaw->sentence_file || !lost[f->flaw->sentence_file - 1] || f->status != STATUS_UNKNOWN)
                        continue;
                if (was->status == STATUS_NOT_AFFECTED && was->affected_hardware == TRI_FALSE && f->affected_hardware == TRI_FALSE) {
                        ret->counts[STATUS_UNKNOWN] -= f->at_stake;
                        ret->counts[STATUS_NOT_AFFECTED] += f->at_stake;
                        *f = *was;
                } else if (!f->rule || f->rule == &f->flaw->rules[f->flaw->rule_count - 1]) {
                        f->doubt = then[f->flaw->sentence_file - 1].why;
                        f->reason = why_lost(a, f->doubt, sysctls);
                }
        }
}

void predict_judge(struct verdict *ret, struct arena *a, const struct baseline *b, const struct evidence *changed,
                   const struct verdict_options *o) {
        const struct catalog *c = b->catalog;
        bool new_kernel = !str_eq(release_of(b->evidence), release_of(changed)), *touched = arena_array(a, bool, c->file_count + 1);
        struct evidence *result = arena_new(a, struct evidence);
        struct parsed_sentence *then = sentences_of(a, c, changed, true, new_kernel);
        bool sysctls = !new_kernel && only_sysctls(b->evidence, changed);
        bool same = same_command_line(b->evidence, changed), *lost = arena_array(a, bool, c->file_count + 1), any = false;
        struct facts *before = facts_of(a, c, b->evidence), *after = facts_of(a, c, changed);
        struct changed_facts x = { .c = c, .before = before, .after = after };

        change_copy(result, a, changed);
        for (uint32_t i = 0; i < c->file_count; i++) {
                const struct sentence_file *file = &c->files[i];
                const struct parsed_sentence *now = &b->said[i], *expected = &b->predicted[i];
                struct parsed_sentence *predicted = &then[i];

                touched[i] = new_kernel || !same_sentence(file, expected, predicted);
                x.seen = arena_array(a, bool, c->fact_count);
                x.taken = now->state == FACT_KNOWN && sentence_status(now, 0, (uint16_t)file->parts.count) < STATUS_UNKNOWN;
                if (!touched[i] && loses_its_word(now, predicted, file->parts.count) &&
                    ((!same && asks_otherwise(before, after, c, i)) || (same && !sysctls && hangs_otherwise(&x, i)))) {
                        touched[i] = lost[i] = any = true;
                        forget(result, T(file->path));
                } else if (touched[i] && (new_kernel || behaves(file, now, expected))) {
                        if (!new_kernel)
                                keep_parts(predicted, a, &x, i, sysctls, now, expected);
                        lost[i] = !predicted->base || predicted->unknown.len;
                        any |= lost[i];
                        write_sentence(result, file, predicted);
                } else if (touched[i] && now->state == FACT_KNOWN)
                        forget(result, T(file->path));
        }
        verdict_judge(ret, a, c, result, o);
        if (any)
                tell_lost(ret, a, b, then, lost, sysctls, o);
        for (uint32_t i = 0; i < ret->finding_count; i++)
                ret->findings[i].predicted = ret->findings[i].flaw->sentence_file && touched[ret->findings[i].flaw->sentence_file - 1];
}
