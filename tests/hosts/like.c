/* A fixture may say how it differs from a machine, and no more:
 *
 *      -- like ../../machines/windows/zen2.bare.10.0.19045.host
 *      -- without registry HKLM\\…|FeatureSettingsOverride absent
 *
 * It then has that machine's records, expectations too, but those that it answers itself and those that it is without. The path is
 * seen from the fixture's folder; behind `without` stands the beginning of a record. Only the tests know these two kinds. */
#include "hosts.h"

static const struct record *other(const struct evidence *e, struct str kind) {
        return evidence_line(e, RECORD_OTHER, kind);
}

/* Both say something about the same thing: the register of whatever CPU, the path, the name. */
static bool same_question(const struct record *x, const struct record *y) {
        return x->kind == y->kind && x->leaf == y->leaf && x->subleaf == y->subleaf &&
               (x->kind == RECORD_UNAME || str_eq_nocase(x->key, y->key));
}

bool slurp(struct arena *a, const char *path, struct str *ret) {
        FILE *f = fopen(path, "rb");
        OUT_AUTO struct out all = { 0 };
        char piece[4096];
        size_t n;

        if (!f)
                return false;
        while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
                out_bytes(&all, piece, (ptrdiff_t)n);
        (void)fclose(f);
        *ret = str_dup(a, out_text(&all));
        return true;
}

/* The record whose first line stands behind `without`. */
static int parse_without(struct evidence *ret, struct arena *a, const struct record *r, struct diag *d) {
        return evidence_parse(ret, a, S("without"), str_fmt(a, "# sidelight evidence 1\n-- %.*s\n", STR_ARG(str_trim(r->text))), d);
}

static bool is_answered(const struct evidence *by, const struct record *r) {
        for (ptrdiff_t i = 0; i < by->count; i++)
                if (same_question(&by->items[i], r))
                        return true;
        return false;
}

/* Everything that the fixture answers itself or is without. Each `without` must take something away. */
static int answers(struct evidence *ret, const struct fixture *f, struct arena *a, struct diag *d) {
        for (ptrdiff_t i = 0; i < f->own.count; i++) {
                const struct record *r = &f->own.items[i];
                struct evidence without = { 0 };

                if (r->kind != RECORD_OTHER) {
                        *arena_append(a, ret) = *r;
                        continue;
                }
                if (str_eq(r->key, S("like")))
                        continue;
                if (!str_eq(r->key, S("without")))
                        return diag_fail(d, "line %u: '%.*s' is no record of a fixture", r->line, STR_ARG(r->key));
                if (parse_without(&without, a, r, d) < 0)
                        return -1;
                if (without.count != 1 || !is_answered(&f->like, &without.items[0]))
                        return diag_fail(d, "line %u: the machine has no such record", r->line);
                *arena_append(a, ret) = without.items[0];
        }
        return 0;
}

static int read_like(struct fixture *f, struct arena *a, struct str path, struct diag *d) {
        struct str text, folder = f->path;

        while (folder.len > 0 && folder.p[folder.len - 1] != '/')
                folder.len--;
        path = str_fmt(a, "%.*s%.*s", STR_ARG(folder), STR_ARG(str_trim(path)));
        if (!slurp(a, str_to_c(a, path), &text))
                return diag_fail(d, "cannot read '%s'", str_to_c(a, path));
        if (evidence_parse(&f->like, a, path, text, d) < 0)
                return -1;
        return other(&f->like, S("like")) ? diag_fail(d, "'%s' is itself like another", str_to_c(a, path)) : 0;
}

int fixture_read(struct fixture *f, struct arena *a, struct diag *d) {
        struct evidence answered = { 0 };
        const struct record *like;

        if (!slurp(a, str_to_c(a, f->path), &f->text))
                return diag_fail(d, "cannot read it");
        if (evidence_parse(&f->own, a, f->path, f->text, d) < 0)
                return -1;
        f->evidence = f->own;
        like = other(&f->own, S("like"));
        if (!like)
                return 0;
        if (read_like(f, a, like->text, d) < 0 || answers(&answered, f, a, d) < 0)
                return -1;
        evidence_init(&f->evidence, a, f->path);
        for (ptrdiff_t i = 0; i < f->like.count; i++)
                if (!is_answered(&answered, &f->like.items[i]))
                        *arena_append(a, &f->evidence) = f->like.items[i];
        for (ptrdiff_t i = 0; i < f->own.count; i++)
                if (f->own.items[i].kind != RECORD_OTHER)
                        *arena_append(a, &f->evidence) = f->own.items[i];
        evidence_index(&f->evidence);
        return 0;
}
