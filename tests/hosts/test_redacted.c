/* What `collect --redact` leaves decides as all does: each fixture is redacted record by record, as the collector does it while it reads,
 * and judged. Findings, owners, boundaries, what they ask for, and the plan's steps are the same. Usage: test_redacted FOLDER…; prints TAP. */
#include <dirent.h>
#include <stdlib.h>

#include "collect/collect.h"
#include "collect/linux/redact.h"
#include "collect/linux/sources.h"
#include "evidence/places.h"
#include "hosts.h"
#include "plan/plan.h"

static int tests, failures, changed;

void result(bool ok, const char *name, struct str of) {
        (void)printf("%s %d - %s %.*s\n", ok ? "ok" : "not ok", ++tests, name, STR_ARG(of));
        failures += !ok;
}

/* ---- As the collector ---- */

static const struct source *source_of(struct str path) {
        for (size_t i = 0; i < linux_source_count; i++)
                if (str_eq(str_of(linux_sources[i].path), path) || (linux_sources[i].otherwise && str_eq(str_of(linux_sources[i].otherwise), path)))
                        return &linux_sources[i];
        return NULL;
}

static bool is_of_catalog(struct str path) {
        for (uint32_t i = 0; i < catalog_builtin.fact_count; i++)
                if (catalog_builtin.facts[i].kind == FACT_KIND_FILE && str_eq(T(catalog_builtin.facts[i].text), path))
                        return true;
        return false;
}

static redaction redaction_of(struct str path, const struct source *s) {
        if (s)
                return s->redacted;
        if (place_is_log(path))
                return redact_log;
        if (place_is_config(path))
                return redact_config;
        if (str_ends(path, S("/midr_el1")) || str_ends(path, S("/revidr_el1")))
                return redact_setting;
        return is_of_catalog(path) && !str_starts(path, S(PLACE_VULNERABILITIES)) ? redact_value : NULL;
}

static void redact(struct evidence *ret, struct arena *a, const struct evidence *e) {
        evidence_init(ret, a, e->source);
        for (ptrdiff_t i = 0; i < e->count; i++) {
                const struct record *r = &e->items[i];
                const struct source *s = r->kind == RECORD_FILE ? source_of(r->key) : NULL;
                redaction redacted = r->kind == RECORD_FILE && r->state == FACT_KNOWN ? redaction_of(r->key, s) : NULL;

                if (r->kind == RECORD_IDENTITY || r->kind == RECORD_EXPECT || (s && s->personal))
                        continue;
                *arena_append(a, ret) = *r;
                if (redacted)
                        ret->items[ret->count - 1].text = str_trim(redacted(a, &catalog_builtin, r->key, r->text));
                changed += redacted && !str_eq(ret->items[ret->count - 1].text, str_trim(r->text));
        }
        evidence_index(ret);
        collect_redact_registry(ret, &catalog_builtin);
}

/* ---- The same answers ---- */

static struct str answers(struct arena *a, const struct evidence *e) {
        const struct verdict_options options = { 0 };
        struct verdict v;
        struct plan plan;
        OUT_AUTO struct out o = { 0 };

        verdict_judge(&v, a, &catalog_builtin, e, &options);
        for (uint32_t i = 0; i < v.finding_count; i++) {
                const struct finding *f = &v.findings[i];

                out_fmt(&o, "%.*s %s rule=%.*s owner=%s boundaries=%x", STR_ARG(T(f->flaw->id)), status_word(f->status).p,
                        STR_ARG(f->rule ? T(f->rule->id) : S("undecided")), layer_word(f->owner).p, (unsigned)f->boundaries);
                for (uint32_t k = 0; k < f->fixes.count; k++)
                        out_fmt(&o, " %.*s", STR_ARG(T_AT(f->fixes, k)));
                out_char(&o, '\n');
        }
        plan_of_verdict(&plan, a, &v);
        for (ptrdiff_t i = 0; i < plan.count; i++)
                out_fmt(&o, "step %.*s (%.*s)\n", STR_ARG(plan.items[i].id), STR_ARG(doer_word(plan.items[i].who)));
        return str_dup(a, out_text(&o));
}

static void tell_differences(struct str open, struct str redacted) {
        struct str x, y;

        for (;;) {
                bool more = str_line(&open, &x), others = str_line(&redacted, &y);

                if (!more && !others)
                        return;
                if (!str_eq(x, y))
                        (void)printf("# %.*s\n#   redacted: %.*s\n", STR_ARG(x), STR_ARG(y));
        }
}

/* Which kernels are installed decides who has to act; recorded machines do not tell it. */
enum installed { AS_RECORDED, NOTHING, ITS_OWN, NEWER, UNNAMED, INSTALLED_COUNT };
static const char *const installed_words[] = { "", " with no kernel installed", " with its own kernel installed", " with a newer kernel installed",
                                               " with a kernel without a number" };

static void install(struct evidence *e, enum installed what) {
        static const struct {
                const char *boot, *modules;
        } rows[] = { [NOTHING] = { "", NULL }, [ITS_OWN] = { "vmlinuz-6.1.0-56-amd64", "6.1.0-56-amd64" },
                     [NEWER] = { "vmlinuz-6.1.0-56-amd64\nvmlinuz-99.1.0-6-of-joe", "6.1.0-56-amd64\n99.1.0-6-of-joe" }, [UNNAMED] = { "vmlinuz", NULL } };

        if (what == AS_RECORDED)
                return;
        evidence_add_file(e, S(PLACE_BOOT), str_of(rows[what].boot));
        if (rows[what].modules)
                evidence_add_file(e, S(PLACE_MODULES), str_of(rows[what].modules));
        else
                evidence_add_missing(e, S(PLACE_MODULES), FACT_ABSENT, S(""));
        evidence_add_missing(e, S(PLACE_MODULES_OTHERWISE), FACT_ABSENT, S(""));
        for (size_t i = 0; i < linux_source_count && what != ITS_OWN; i++)
                if (linux_sources[i].exists && (str_starts(str_of(linux_sources[i].path), S("/boot/")) || str_starts(str_of(linux_sources[i].path), S("/etc/"))))
                        evidence_add_missing(e, str_of(linux_sources[i].path), FACT_ABSENT, S(""));
}

static bool check_with(const struct fixture *f, struct arena *a, enum installed what, const char *told) {
        struct evidence plain, redacted;
        struct str open, kept;

        evidence_init(&plain, a, f->evidence.source);
        for (ptrdiff_t i = 0; i < f->evidence.count; i++)
                *arena_append(a, &plain) = f->evidence.items[i];
        evidence_index(&plain);
        install(&plain, what);
        redact(&redacted, a, &plain);
        open = answers(a, &plain);
        kept = answers(a, &redacted);
        if (!str_eq(open, kept)) {
                (void)printf("# %s%s\n", told, installed_words[what]);
                tell_differences(open, kept);
        }
        return str_eq(open, kept);
}

static void check(const char *path) {
        ARENA_AUTO struct arena a = { 0 };
        struct fixture f = { .path = str_of(path) };
        struct diag d = { 0 };
        const struct record *uname;
        bool good = true;

        if (fixture_read(&f, &a, &d) < 0) {
                result(false, d.text, f.path);
                return;
        }
        uname = evidence_line(&f.evidence, RECORD_UNAME, S(""));
        for (int i = 0; i < INSTALLED_COUNT; i++)
                if (i == AS_RECORDED || !uname || str_starts(uname->text, S("Linux")))
                        good = check_with(&f, &a, (enum installed)i, path) && good;
        result(good, "the same answers from what --redact leaves of", f.path);
}

static void all_below(const char *path) {
        struct dirent **names;
        ARENA_AUTO struct arena a = { 0 };
        int n = scandir(path, &names, NULL, alphasort);

        if (n < 0 && str_ends(str_of(path), S(".host")))
                check(path);
        for (int i = 0; i < n; i++) {
                if (names[i]->d_name[0] != '.')
                        all_below(str_to_c(&a, str_fmt(&a, "%s/%s", path, names[i]->d_name)));
                free(names[i]);
        }
        if (n >= 0)
                free(names);
}

int main(int argc, char **argv) {
        for (int i = 1; i < argc; i++)
                all_below(argv[i]);
        result(changed > 1000, "there was much to redact", S(""));
        (void)printf("1..%d\n", tests);
        return failures > 0;
}
