/* Machines with known answers: every fixture is an evidence file with `-- expect FLAW STATUS rule=RULE …` lines.
 *
 *   test_hosts expect FOLDER…      each verdict is the expected one: status, rule, owner, boundaries, fixes, question
 *   test_hosts fix FOLDER…         rewrites the expectations (review the diff)
 *   test_hosts coverage FOLDER…    every rule of every flaw decides at least one fixture
 *   test_hosts agree TABLE FOLDER… what the hardware tables say without the kernel is what that kernel said; the differences are
 *                                 exactly those of the table (machines,flaw,kernel,hardware,reason), each with its reason
 *   test_hosts predict FOLDER…     what a kernel of today is predicted to say is what Linux 7.2.13 said
 *   test_hosts torture FOLDER…     without any one record a verdict stays, or becomes unknown: never anything else
 *
 * Prints TAP. */
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/out.h"
#include "verdict/verdict.h"

struct fixture {
        struct str path, text;
        struct evidence evidence;
};

struct fixtures {
        struct fixture *items;
        ptrdiff_t count, capacity;
};

static int tests, failures;

static void result(bool ok, const char *name, struct str of) {
        (void)printf("%s %d - %s %.*s\n", ok ? "ok" : "not ok", ++tests, name, STR_ARG(of));
        failures += !ok;
}

/* ---- Reading ---- */

static bool read_file(struct arena *a, const char *path, struct str *ret) {
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

static void gather(struct arena *a, const char *folder, struct fixtures *ret) {
        struct dirent **names;
        int n = scandir(folder, &names, NULL, alphasort);

        for (int i = 0; i < n; i++) {
                struct str path = str_fmt(a, "%s/%s", folder, names[i]->d_name);
                struct diag d = { 0 };
                struct stat st;

                if (names[i]->d_name[0] != '.' && stat(str_to_c(a, path), &st) == 0 && S_ISDIR(st.st_mode))
                        gather(a, str_to_c(a, path), ret);
                if (str_ends(path, S(".host"))) {
                        struct fixture *f = arena_append(a, ret);

                        f->path = path;
                        if (!read_file(a, str_to_c(a, path), &f->text) ||
                            evidence_parse(&f->evidence, a, path, f->text, &d) < 0) {
                                (void)printf("Bail out! %s: %s\n", str_to_c(a, path), d.text);
                                exit(1);
                        }
                }
                free(names[i]);
        }
        if (n >= 0)
                free(names);
}

static void judge(struct verdict *r, struct arena *a, const struct evidence *e) {
        const struct verdict_options options = { 0 };

        verdict_judge(r, a, &catalog_builtin, e, &options);
}

static struct str rule_id(const struct finding *f) {
        return f->rule ? f->rule->id : S("undecided");
}

static const struct finding *finding_of(const struct verdict *r, struct str id) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (str_eq(r->findings[i].flaw->id, id))
                        return &r->findings[i];
        return NULL;
}

/* ---- expect ---- */

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
                out_fmt(&o, "%s%.*s", i ? "," : " fixes=", STR_ARG(f->fixes.items[i]));
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

/* A file rules/FLAW/RULE.host, or rules/FLAW/RULE.VARIANT.host, is there for that rule. */
static bool shows_its_rule(const struct fixture *f, const struct verdict *r) {
        ptrdiff_t at = str_find(f->path, S("hosts/rules/"));
        struct str rest = str_from(f->path, at + 12), flaw = { 0 }, rule = { 0 };
        const struct finding *found;

        if (at < 0)
                return true;
        (void)str_cut(&rest, '/', &flaw);
        (void)str_cut(&rest, '.', &rule);
        found = finding_of(r, flaw);
        if (found && str_eq(rule_id(found), rule) && evidence_line(&f->evidence, RECORD_EXPECT, flaw))
                return true;
        (void)printf("# %.*s: rule '%.*s' of %.*s does not decide here, or is not expected to\n", STR_ARG(f->path),
                     STR_ARG(rule), STR_ARG(flaw));
        return false;
}

static void expect(const struct fixture *f, struct arena *a) {
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

/* ---- fix ---- */

/* The file without its expectations, and then those that hold now: of the flaws that it named, or of all. */
static void fix(const struct fixture *f, struct arena *a) {
        OUT_AUTO struct out o = { 0 };
        struct str rest = f->text, line;
        struct verdict r;
        bool named = false;
        FILE *file;

        judge(&r, a, &f->evidence);
        for (ptrdiff_t i = 0; i < f->evidence.count; i++)
                named |= f->evidence.items[i].kind == RECORD_EXPECT;
        while (str_cut(&rest, '\n', &line))
                if (!str_starts(line, S("-- expect "))) {
                        out_str(&o, line);
                        out_char(&o, '\n');
                }
        for (uint32_t i = 0; i < r.finding_count; i++) {
                const struct finding *found = &r.findings[i];
                const struct record *old = evidence_line(&f->evidence, RECORD_EXPECT, found->flaw->id);

                if (!named || old)
                        out_fmt(&o, "-- expect %.*s %.*s\n", STR_ARG(found->flaw->id), STR_ARG(promise(a, found)));
        }
        if (str_eq(out_text(&o), f->text))
                return;
        file = fopen(str_to_c(a, f->path), "wb");
        if (!file || fwrite(o.p, 1, (size_t)o.len, file) != (size_t)o.len || fclose(file) != 0)
                result(false, "cannot write", f->path);
}

/* ---- coverage ---- */

struct covered {
        uint32_t *flaw_rules; /* [flaw * 64 + rule]: fixtures that it decides */
};

static void mark(const struct fixture *f, struct arena *a, struct covered *c) {
        struct verdict r;

        judge(&r, a, &f->evidence);
        for (uint32_t i = 0; i < r.finding_count; i++)
                if (r.findings[i].rule)
                        c->flaw_rules[(r.findings[i].flaw - catalog_builtin.flaws) * 64 +
                                      (r.findings[i].rule - r.findings[i].flaw->rules)]++;
}

/* A rule of a rule set is one rule, wherever it is used. */
static bool is_covered(const struct covered *c, const struct rule *rule, uint32_t flaw, uint32_t number) {
        if (c->flaw_rules[flaw * 64 + number])
                return true;
        if (!rule->shared)
                return false;
        for (uint32_t i = 0; i < catalog_builtin.flaw_count; i++)
                for (uint32_t k = 0; k < catalog_builtin.flaws[i].rule_count; k++)
                        if (c->flaw_rules[i * 64 + k] && catalog_builtin.flaws[i].rules[k].shared &&
                            str_eq(catalog_builtin.flaws[i].rules[k].id, rule->id))
                                return true;
        return false;
}

static void coverage(const struct fixtures *all, struct arena *scratch) {
        ARENA_AUTO struct arena a = { 0 };
        struct covered c = { .flaw_rules = arena_array(&a, uint32_t, (ptrdiff_t)catalog_builtin.flaw_count * 64) };

        for (ptrdiff_t i = 0; i < all->count; i++) {
                mark(&all->items[i], scratch, &c);
                arena_reset(scratch);
        }
        for (uint32_t i = 0; i < catalog_builtin.flaw_count; i++) {
                const struct flaw *flaw = &catalog_builtin.flaws[i];
                bool ok = true;

                for (uint32_t k = 0; k < flaw->rule_count; k++)
                        if (!is_covered(&c, &flaw->rules[k], i, k)) {
                                (void)printf("# no fixture is decided by rule '%.*s' of %.*s (when: %.*s)\n",
                                             STR_ARG(flaw->rules[k].id), STR_ARG(flaw->id), STR_ARG(flaw->rules[k].when));
                                ok = false;
                        }
                result(ok, "coverage", flaw->id);
        }
}

/* ---- torture ---- */

static bool survives(struct arena *a, const struct verdict *whole, const struct evidence *e, ptrdiff_t without,
                     const char *how) {
        struct verdict r;
        bool ok = true;

        judge(&r, a, e);
        for (uint32_t i = 0; i < whole->finding_count; i++) {
                enum status before = whole->findings[i].status, after = r.findings[i].status;

                if (after == before || after == STATUS_UNKNOWN)
                        continue;
                (void)printf("# %.*s: with record %td (line %u) %s, %.*s changes from %.*s to %.*s (rule %.*s)\n",
                             STR_ARG(e->source), without, e->items[without < e->count ? without : 0].line, how,
                             STR_ARG(whole->findings[i].flaw->id), STR_ARG(status_word(before)), STR_ARG(status_word(after)),
                             STR_ARG(rule_id(&r.findings[i])));
                ok = false;
        }
        return ok;
}

static void torture(const struct fixture *f, struct arena *a) {
        ARENA_AUTO struct arena kept = { 0 };
        struct verdict whole;
        bool ok = true;

        judge(&whole, &kept, &f->evidence);
        for (ptrdiff_t i = 0; i < f->evidence.count; i++) {
                struct evidence e = f->evidence;

                arena_reset(a);
                e.arena = a;
                e.items = arena_array(a, struct record, e.count);
                memcpy(e.items, f->evidence.items, (size_t)e.count * sizeof(*e.items));
                evidence_index(&e);
                e.items[i].state = FACT_DENIED;
                ok &= survives(a, &whole, &e, i, "denied");
                e.items[i].kind = RECORD_META;
                evidence_index(&e);
                ok &= survives(a, &whole, &e, i, "unread");
        }
        result(ok, "torture", f->path);
}

/* ---- predict ---- */

static bool says_the_same(const struct sentence_file *file, const struct parsed_sentence *x, const struct parsed_sentence *y) {
        bool same = x->base == y->base;

        for (uint32_t i = 1; same && i < file->part_count; i++)
                same = x->parts[i] == y->parts[i];
        return same;
}

/* A kernel that knows less than the hardware tables says something else, and rightly so. */
static bool kernel_knows_less(const struct verdict *r, uint32_t file) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (r->findings[i].flaw->sentence_file == file + 1 && r->findings[i].affected_os == TRI_FALSE &&
                    r->findings[i].affected_hardware == TRI_TRUE)
                        return true;
        return false;
}

static void predict(const struct fixture *f, struct arena *a) {
        const struct verdict_options predicted = { .facts = { .predict = true } };
        struct verdict said, r;
        uint32_t compared = 0;
        bool ok = true;

        if (str_find(f->path, S("7.2.13")) < 0)
                return;
        judge(&said, a, &f->evidence);
        verdict_judge(&r, a, &catalog_builtin, &f->evidence, &predicted);
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct parsed_sentence *x = facts_sentence(said.facts, i), *y = facts_sentence(r.facts, i);

                if (x->state != FACT_KNOWN || y->state != FACT_KNOWN || kernel_knows_less(&said, i))
                        continue;
                compared++;
                if (says_the_same(&catalog_builtin.files[i], x, y))
                        continue;
                (void)printf("# %.*s: %.*s: said '%.*s', predicted '%.*s'\n", STR_ARG(f->path),
                             STR_ARG(catalog_builtin.files[i].file), STR_ARG(x->text), STR_ARG(y->text));
                ok = false;
        }
        result(ok && compared > 15, "predict", f->path);
}

/* ---- agree ---- */

struct difference {
        struct str machines, flaw, kernel, hardware;
        uint32_t line, used;
};

struct differences {
        struct difference *items;
        ptrdiff_t count, capacity;
};

static bool read_differences(struct arena *a, const char *path, struct differences *ret) {
        struct str text, line;
        uint32_t number = 0;

        if (!read_file(a, path, &text))
                return false;
        while (str_line(&text, &line)) {
                struct difference row = { .line = ++number };

                if (line.len == 0 || line.p[0] == '#' || number == 1)
                        continue;
                if (!str_cut(&line, ',', &row.machines) || !str_cut(&line, ',', &row.flaw) ||
                    !str_cut(&line, ',', &row.kernel) || !str_cut(&line, ',', &row.hardware) || line.len == 0) {
                        (void)printf("Bail out! %s:%u: expected 'machines,flaw,kernel,hardware,reason'\n", path, number);
                        return false;
                }
                *arena_append(a, ret) = row;
        }
        return true;
}

static bool is_explained(struct arena *a, struct differences *table, struct str machine, struct str flaw, enum tri kernel,
                         enum tri hardware) {
        for (ptrdiff_t i = 0; i < table->count; i++) {
                struct difference *row = &table->items[i];

                if (str_eq(row->flaw, flaw) && str_eq(row->kernel, str_of(tri_word(kernel))) &&
                    str_eq(row->hardware, str_of(tri_word(hardware))) &&
                    fnmatch(str_to_c(a, row->machines), str_to_c(a, machine), 0) == 0) {
                        row->used++;
                        return true;
                }
        }
        return false;
}

static void agree_one(const struct fixture *f, struct arena *a, struct differences *table) {
        const struct verdict_options without = { .facts = { .ignore_os_claims = true } };
        struct verdict all, hardware;
        struct str name = str_from(f->path, str_find(f->path, S("/machines/")) + 10);
        bool ok = true;

        judge(&all, a, &f->evidence);
        verdict_judge(&hardware, a, &catalog_builtin, &f->evidence, &without);
        for (uint32_t i = 0; i < all.finding_count; i++) {
                enum tri kernel = all.findings[i].affected_os, tables = hardware.findings[i].affected_hardware;

                if (tables == TRI_UNKNOWN && str_starts(name, S("windows/")))
                        continue; /* what stands in for registers that no program may read there is Windows' own word */
                if (!all.findings[i].flaw->sentence_file || kernel == TRI_UNKNOWN || kernel == tables ||
                    is_explained(a, table, name, all.findings[i].flaw->id, kernel, tables))
                        continue;
                (void)printf("# %.*s: %.*s: affected? the kernel says %s, the hardware tables say %s\n", STR_ARG(name),
                             STR_ARG(all.findings[i].flaw->id), tri_word(kernel), tri_word(tables));
                ok = false;
        }
        result(ok, "agree", name);
}

static void agree(const struct fixtures *all, struct arena *a, const char *path) {
        struct differences table = { 0 };
        ARENA_AUTO struct arena scratch = { 0 };

        if (!read_differences(a, path, &table)) {
                result(false, "cannot read", str_of(path));
                return;
        }
        for (ptrdiff_t i = 0; i < all->count; i++) {
                agree_one(&all->items[i], &scratch, &table);
                arena_reset(&scratch);
        }
        for (ptrdiff_t i = 0; i < table.count; i++)
                if (!table.items[i].used) {
                        (void)printf("# %s:%u: no machine shows this difference\n", path, table.items[i].line);
                        result(false, "difference is seen", table.items[i].flaw);
                }
}

int main(int argc, char **argv) {
        ARENA_AUTO struct arena a = { 0 };
        ARENA_AUTO struct arena scratch = { 0 };
        struct fixtures all = { 0 };
        struct str mode = argc > 2 ? str_of(argv[1]) : S("");
        bool agreeing = str_eq(mode, S("agree"));

        for (int i = agreeing ? 3 : 2; i < argc; i++)
                gather(&a, argv[i], &all);
        if (all.count == 0) {
                (void)fprintf(stderr, "usage: test_hosts expect|fix|coverage|predict|torture FOLDER… | agree TABLE FOLDER…\n");
                return 64;
        }
        if (str_eq(mode, S("coverage")))
                coverage(&all, &scratch);
        if (agreeing)
                agree(&all, &a, argv[2]);
        for (ptrdiff_t i = 0; i < all.count; i++) {
                if (str_eq(mode, S("expect")))
                        expect(&all.items[i], &scratch);
                else if (str_eq(mode, S("fix")))
                        fix(&all.items[i], &scratch);
                else if (str_eq(mode, S("predict")))
                        predict(&all.items[i], &scratch);
                else if (str_eq(mode, S("torture")))
                        torture(&all.items[i], &scratch);
                arena_reset(&scratch);
        }
        (void)printf("1..%d\n", tests);
        return failures ? 1 : 0;
}
