#include "whatif/predict.h"

#include "facts/cpus.h"
#include "whatif/change.h"

/* All sentences, of the first class of CPUs: the kernel prints one for the machine. */
static const struct parsed_sentence *sentences_of(struct arena *a, const struct catalog *c, const struct evidence *e, bool predict) {
        const struct facts_options options = { .predict = predict };
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
        ret->said = sentences_of(a, c, e, false);
        ret->predicted = sentences_of(a, c, e, true);
}

static bool same_parts(const struct sentence_file *file, const struct parsed_sentence *x, const struct parsed_sentence *y) {
        for (uint16_t part = 1; part < file->part_count; part++)
                if (x->parts && y->parts && x->parts[part] != y->parts[part])
                        return false;
        return true;
}

static bool same_sentence(const struct sentence_file *file, const struct parsed_sentence *x, const struct parsed_sentence *y) {
        return x->base == y->base && str_eq(x->unknown, y->unknown) && same_parts(file, x, y);
}

/* Does this kernel say now what is predicted of it? What cannot be predicted, or was not read, contradicts nothing. */
static bool behaves(const struct sentence_file *file, const struct parsed_sentence *said, const struct parsed_sentence *predicted) {
        enum status now = sentence_status(said, 0, file->part_count), expected = sentence_status(predicted, 0, file->part_count);

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

/* The sentence as a kernel would print it; a part that cannot be predicted stands in it as a piece that no table knows. */
static void write_sentence(struct evidence *e, const struct sentence_file *file, const struct parsed_sentence *s) {
        if (!s->base)
                forget(e, file->path);
        else if (s->unknown.len)
                evidence_add_file(e, file->path, str_fmt(e->arena, "%.*s; %.*s", STR_ARG(s->text), STR_ARG(s->unknown)));
        else
                evidence_add_file(e, file->path, s->text);
}

static struct str release_of(const struct evidence *e) {
        const struct record *r = evidence_line(e, RECORD_UNAME, S(""));

        return r ? r->text : S("");
}

void predict_judge(struct verdict *ret, struct arena *a, const struct baseline *b, const struct evidence *changed,
                   const struct verdict_options *o) {
        const struct catalog *c = b->catalog;
        bool new_kernel = !str_eq(release_of(b->evidence), release_of(changed)), *touched = arena_array(a, bool, c->file_count + 1);
        struct evidence *result = arena_new(a, struct evidence);
        const struct parsed_sentence *then = sentences_of(a, c, changed, true);

        change_copy(result, a, changed);
        for (uint32_t i = 0; i < c->file_count; i++) {
                const struct sentence_file *file = &c->files[i];
                const struct parsed_sentence *now = &b->said[i], *expected = &b->predicted[i], *predicted = &then[i];

                touched[i] = new_kernel || !same_sentence(file, expected, predicted);
                if (touched[i] && (new_kernel || behaves(file, now, expected)))
                        write_sentence(result, file, predicted);
                else if (touched[i] && now->state == FACT_KNOWN)
                        forget(result, file->path);
        }
        verdict_judge(ret, a, c, result, o);
        for (uint32_t i = 0; i < ret->finding_count; i++)
                ret->findings[i].predicted = ret->findings[i].flaw->sentence_file && touched[ret->findings[i].flaw->sentence_file - 1];
}
