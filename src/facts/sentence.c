/* Kernel sentences taken apart by the catalog's tables: a base, and parts behind it. Nothing is guessed from a substring. */
#include "facts/facts.h"

/* True where a base or a part may end. */
static bool ends(struct str rest) {
        return rest.len == 0 || rest.p[0] == ';' || rest.p[0] == ',' || str_starts(rest, S(" - "));
}

static struct str skip_separator(struct str rest) {
        if (str_starts(rest, S(" - ")))
                return str_from(rest, 3);
        while (rest.len > 0 && (rest.p[0] == ';' || rest.p[0] == ',' || rest.p[0] == ' '))
                rest = str_from(rest, 1);
        return rest;
}

/* The longest sentence of the table that stands at the beginning of `rest`. The table is in order of length. */
static const struct sentence *match(const struct sentence_file *f, struct str rest, bool base) {
        for (uint32_t i = 0; i < f->sentence_count; i++) {
                const struct sentence *s = &f->sentences[i];

                if ((s->part == 0) == base && str_starts(rest, s->says) && ends(str_from(rest, s->says.len)))
                        return s;
        }
        return NULL;
}

static struct str piece_of(struct str rest) {
        ptrdiff_t n = 0;

        while (n < rest.len && !ends(str_from(rest, n)))
                n++;
        return str_sub(rest, 0, n ? n : 1);
}

void sentence_parse(const struct sentence_file *file, struct str text, struct arena *a, struct parsed_sentence *ret) {
        struct str rest = str_trim(text);

        *ret = (struct parsed_sentence){ .parsed = true, .state = FACT_KNOWN, .text = rest };
        ret->parts = arena_array(a, const struct sentence *, file->part_count);
        ret->base = match(file, rest, true);
        if (!ret->base) {
                ret->unknown = rest.len ? rest : S("(nothing)");
                return;
        }
        rest = skip_separator(str_from(rest, ret->base->says.len));
        while (rest.len > 0) {
                const struct sentence *s = match(file, rest, false);
                struct str piece = s ? s->says : piece_of(rest);

                if (s && (!ret->parts[s->part] || ret->parts[s->part] == s))
                        ret->parts[s->part] = s;
                else if (ret->unknown.len == 0)
                        ret->unknown = piece;
                rest = skip_separator(str_from(rest, piece.len));
        }
}

enum status sentence_status(const struct parsed_sentence *s, uint16_t part, uint32_t part_count) {
        enum status worst;

        if (part)
                return s->parts && s->parts[part] ? (enum status)s->parts[part]->status : STATUS_COUNT;
        if (!s->base || s->base->status == STATUS_COUNT)
                return STATUS_COUNT;
        worst = (enum status)s->base->status;
        for (uint32_t i = 1; i < part_count; i++) {
                const struct sentence *p = s->parts[i];

                if (p && p->counts && p->status != STATUS_COUNT && p->status > worst)
                        worst = (enum status)p->status;
        }
        /* A piece that is not understood could be anything, but not make a vulnerable machine safer. */
        return s->unknown.len && worst != STATUS_VULNERABLE ? STATUS_COUNT : worst;
}

static const struct sentence *sentence_called(const struct sentence_file *f, uint16_t part, struct str is) {
        for (uint32_t i = 0; i < f->sentence_count; i++)
                if (f->sentences[i].part == part && str_eq(f->sentences[i].is, is))
                        return &f->sentences[i];
        return NULL;
}

/* The first prediction of a part that holds; 1 when it cannot be told. */
static int predict_part(struct facts *f, const struct sentence_file *file, uint32_t number, uint16_t part,
                        const struct sentence **ret) {
        *ret = NULL;
        for (uint32_t i = 0; i < f->catalog->flaw_count; i++) {
                const struct flaw *flaw = &f->catalog->flaws[i];

                if (flaw->sentence_file != number + 1)
                        continue;
                for (uint32_t k = 0; k < flaw->prediction_count; k++) {
                        const struct prediction *p = &flaw->predictions[k];
                        enum tri holds = p->part == part ? condition_eval(f, p->condition) : TRI_FALSE;

                        if (holds == TRI_UNKNOWN)
                                return 1;
                        if (holds == TRI_TRUE) {
                                *ret = sentence_called(file, part, p->is);
                                return 0;
                        }
                }
        }
        return part ? 0 : 1;
}

static void predict(struct facts *f, uint32_t number, struct parsed_sentence *ret) {
        const struct sentence_file *file = &f->catalog->files[number];
        struct str text;

        *ret = (struct parsed_sentence){ .parsed = true, .state = FACT_UNREAD };
        ret->parts = arena_array(f->arena, const struct sentence *, file->part_count);
        if (predict_part(f, file, number, 0, &ret->base) || !ret->base)
                return;
        ret->state = FACT_KNOWN;
        text = ret->base->says;
        for (uint16_t part = 1; part < file->part_count; part++) {
                if (predict_part(f, file, number, part, &ret->parts[part]))
                        ret->unknown = str_fmt(f->arena, "(cannot be predicted: %.*s)", STR_ARG(file->parts[part]));
                else if (ret->parts[part])
                        text = str_fmt(f->arena, "%.*s; %.*s", STR_ARG(text), STR_ARG(ret->parts[part]->says));
        }
        ret->text = text;
}

const struct parsed_sentence *facts_sentence(struct facts *f, uint32_t number) {
        struct parsed_sentence *s = &f->sentences[number];
        const struct record *r;

        if (s->parsed)
                return s;
        if (f->options.predict) {
                s->parsed = true; /* while it is being predicted it is not known */
                predict(f, number, s);
                return s;
        }
        r = evidence_file(f->evidence, f->catalog->files[number].path);
        if (r && r->state == FACT_KNOWN)
                sentence_parse(&f->catalog->files[number], r->text, f->arena, s);
        s->parsed = true;
        s->state = r ? (uint8_t)r->state : FACT_UNREAD;
        return s;
}
