/* Expectations: held against the verdicts, and written. */
#include "hosts.h"

static void put_boundaries(struct out *o, boundary_set set) {
        const char *before = " boundaries=";

        for (enum boundary b = 0; b < BOUNDARY_COUNT; b++)
                if (set >> b & 1) {
                        out_fmt(o, "%s%.*s", before, STR_ARG(boundary_word(b)));
                        before = ",";
                }
}

/* All that a verdict promises, as an expectation has it behind the flaw's id. */
static struct str promise(struct arena *a, const struct finding *f) {
        OUT_AUTO struct out o = { 0 };

        out_fmt(&o, "%.*s rule=%.*s owner=%.*s", STR_ARG(status_word(f->status)), STR_ARG(rule_id(f)),
                STR_ARG(layer_word(f->owner)));
        put_boundaries(&o, f->boundaries);
        for (uint32_t i = 0; i < f->fixes.count; i++)
                out_fmt(&o, "%s%.*s", i ? "," : " fixes=", STR_ARG(T_AT(f->fixes, i)));
        if (!str_empty(f->contradiction))
                out_fmt(&o, " contradiction=\"%.*s\"", STR_ARG(f->contradiction));
        if (!str_empty(f->ask))
                out_fmt(&o, " ask=\"%.*s\"", STR_ARG(f->ask));
        return str_dup(a, out_text(&o));
}

static bool meets(struct arena *a, const struct verdict *r, const struct record *expected) {
        const struct finding *f = finding_of(r, expected->key);
        struct str got = f ? promise(a, f) : S("no such flaw");
        bool ok = str_eq(got, str_trim(expected->text));

        if (!ok)
                (void)printf("# %.*s:%u: %.*s: expected '%.*s', found '%.*s'\n", STR_ARG(r->source), expected->line,
                             STR_ARG(expected->key), STR_ARG(expected->text), STR_ARG(got));
        return ok;
}

/* Of rules/FLAW/RULE.host, or rules/FLAW/RULE.VARIANT.host, what it is there for; empty for another file. */
static void purpose(const struct fixture *f, struct str *ret_flaw, struct str *ret_rule) {
        ptrdiff_t at = str_find(f->path, S("hosts/rules/"));
        struct str rest = at < 0 ? S("") : str_from(f->path, at + 12);

        *ret_flaw = *ret_rule = S("");
        (void)str_cut(&rest, '/', ret_flaw);
        (void)str_cut(&rest, '.', ret_rule);
}

static bool shows_its_rule(const struct fixture *f, const struct verdict *r) {
        const struct finding *found;
        struct str flaw, rule;

        purpose(f, &flaw, &rule);
        if (str_empty(flaw))
                return true;
        found = finding_of(r, flaw);
        if (found && str_eq(rule_id(found), rule) && evidence_line(&f->evidence, RECORD_EXPECT, flaw))
                return true;
        (void)printf("# %.*s: rule '%.*s' of %.*s does not decide here, or is not expected to\n", STR_ARG(f->path),
                     STR_ARG(rule), STR_ARG(flaw));
        return false;
}

void expect(const struct fixture *f, struct arena *a) {
        struct verdict r;
        bool ok, any = false;

        judge(&r, a, &f->evidence);
        ok = shows_its_rule(f, &r);
        for (ptrdiff_t i = 0; i < f->evidence.count; i++)
                if (f->evidence.items[i].kind == RECORD_EXPECT) {
                        ok &= meets(a, &r, &f->evidence.items[i]);
                        any = true;
                }
        if (!any)
                (void)printf("# %.*s expects nothing: './dev fixtures' writes what is found\n", STR_ARG(f->path));
        result(ok && any, "expect", f->path);
}

static bool expects_something(const struct evidence *e) {
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (e->items[i].kind == RECORD_EXPECT)
                        return true;
        return false;
}

/* Writes what holds now: in a machine all of it, in a rule's file what it named, or all when it named nothing. What holds for
 * the machine that the file is like holds on, and is not repeated; but the flaw that the file is there for always stands. */
static void put_expectations(struct out *o, const struct fixture *f, struct arena *a) {
        bool is_like = f->like.count > 0;
        bool all = is_like || str_find(f->path, S("hosts/machines/")) >= 0 || !expects_something(&f->evidence);
        struct verdict r, like;
        struct str flaw, rule;

        judge(&r, a, &f->evidence);
        judge(&like, a, &f->like);
        purpose(f, &flaw, &rule);
        for (uint32_t i = 0; i < r.finding_count; i++) {
                struct str id = T(r.findings[i].flaw->id), now = promise(a, &r.findings[i]);
                bool holds_on = is_like && str_eq(now, promise(a, &like.findings[i])) && !str_eq(id, flaw);

                if (!holds_on && (all || evidence_line(&f->evidence, RECORD_EXPECT, id)))
                        out_fmt(o, "-- expect %.*s %.*s\n", STR_ARG(id), STR_ARG(now));
        }
}

void fix(const struct fixture *f, struct arena *a) {
        OUT_AUTO struct out o = { 0 };
        struct str rest = f->text, line;
        FILE *file;

        while (str_cut(&rest, '\n', &line))
                if (!str_starts(line, S("-- expect "))) {
                        out_str(&o, line);
                        out_char(&o, '\n');
                }
        put_expectations(&o, f, a);
        if (str_eq(out_text(&o), f->text))
                return;
        file = fopen(str_to_c(a, f->path), "wb");
        if (!file || fwrite(o.p, 1, (size_t)o.len, file) != (size_t)o.len || fclose(file) != 0)
                result(false, "cannot write", f->path);
}
