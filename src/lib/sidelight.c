#include "lib/sidelight.h"

#include <stdlib.h>
#include <time.h>

#include "collect/collect.h"
#include "collect/import/import.h"
#include "guidance/guidance.h"
#include "lib/guard.h"
#include "lib/handle.h"

static const char out_of_memory[] = "out of memory";

int sidelight_api(void) {
        return SIDELIGHT_API;
}

const char *sidelight_version(void) {
        return SIDELIGHT_VERSION;
}

const char *sidelight_data_version(void) {
        return catalog_version(&catalog_builtin).len ? catalog_version(&catalog_builtin).p : "";
}

sidelight *sidelight_new(void) {
        return calloc(1, sizeof(struct sidelight));
}

void sidelight_free(sidelight *s) {
        if (!s)
                return;
        out_free(&s->text);
        arena_free(&s->results);
        arena_free(&s->machine);
        arena_free(&s->settings);
        free(s);
}

const char *sidelight_error(const sidelight *s) {
        return s->dead ? out_of_memory : s->diag.text;
}

static int fail(sidelight *s, enum sidelight_result result, const char *what, const char *name) {
        (void)diag_fail(&s->diag, "%s%s%s%s", what, name ? " '" : "", name ? name : "", name ? "'" : "");
        return (int)result;
}

static int result_of(const sidelight *s) {
        static const enum sidelight_result results[] = {
                [DIAG_FAILURE] = SIDELIGHT_FAILED,
                [DIAG_INPUT] = SIDELIGHT_BAD_INPUT,
                [DIAG_NO_INPUT] = SIDELIGHT_NO_INPUT,
                [DIAG_USAGE] = SIDELIGHT_BAD_USE,
        };

        return (int)results[s->diag.class];
}

/* Every call that can need memory: `work` under a guard. What `arg` points at is its affair. */
static int guarded(sidelight *s, int (*work)(sidelight *s, void *arg), void *arg) {
        struct guard g;
        int status;

        if (s->dead)
                return SIDELIGHT_NO_MEMORY;
        s->diag = (struct diag){ 0 };
        if (GUARD(&g)) {
                guard_leave(&g);
                s->dead = true;
                s->judged = false;
                return SIDELIGHT_NO_MEMORY;
        }
        status = work(s, arg);
        guard_leave(&g);
        return status;
}

/* ---- Options ---- */

static int yes_no(sidelight *s, const char *value, bool *ret) {
        *ret = strcmp(value, "yes") == 0;
        return *ret || strcmp(value, "no") == 0 || !*value ? SIDELIGHT_OK : fail(s, SIDELIGHT_BAD_USE, "expected yes or no, not", value);
}

static int set_boundaries(sidelight *s, const char *value) {
        struct str rest = str_of(value), word;
        boundary_set wanted = 0;
        enum boundary b;

        while (rest.len && str_cut(&rest, ',', &word)) {
                if (!boundary_parse(str_trim(word), &b))
                        return fail(s, SIDELIGHT_BAD_USE, "no such boundary:", value);
                wanted |= (boundary_set)(1 << b);
        }
        s->options.boundaries = wanted;
        return SIDELIGHT_OK;
}

static int set_only(sidelight *s, const char *value) {
        bool *among = arena_array(&s->settings, bool, catalog_builtin.flaw_count);
        struct str rest = str_of(value), word;

        while (rest.len && str_cut(&rest, ',', &word)) {
                const struct flaw *f = catalog_flaw(&catalog_builtin, str_trim(word));

                if (!f)
                        return fail(s, SIDELIGHT_BAD_USE, "no such flaw:", value);
                among[f - catalog_builtin.flaws] = true;
        }
        s->options.among = *value ? among : NULL;
        return SIDELIGHT_OK;
}

static int set_untrusted(sidelight *s, const char *value) {
        bool yes;

        if (yes_no(s, value, &yes) != SIDELIGHT_OK)
                return SIDELIGHT_BAD_USE;
        s->untrusted = (struct declared){ .name = S("untrusted"), .value = yes ? S("yes") : S("no") };
        s->options.facts.declared = &s->untrusted;
        s->options.facts.declared_count = *value ? 1 : 0;
        return SIDELIGHT_OK;
}

struct setting {
        const char *option, *value;
};

static int set(sidelight *s, void *arg) {
        const struct setting *o = arg;

        s->judged = false;
        if (!o->option || !o->value)
                return fail(s, SIDELIGHT_BAD_USE, "an option and its value are needed", NULL);
        if (strcmp(o->option, "untrusted") == 0)
                return set_untrusted(s, o->value);
        if (strcmp(o->option, "boundary") == 0)
                return set_boundaries(s, o->value);
        if (strcmp(o->option, "only") == 0)
                return set_only(s, o->value);
        if (strcmp(o->option, "ignore-os-claims") == 0)
                return yes_no(s, o->value, &s->options.facts.ignore_os_claims);
        if (strcmp(o->option, "fingerprint") == 0)
                return yes_no(s, o->value, &s->options.fingerprint);
        return fail(s, SIDELIGHT_BAD_USE, "no such option:", o->option);
}

int sidelight_set(sidelight *s, const char *option, const char *value) {
        return guarded(s, set, &(struct setting){ option, value });
}

/* ---- Evidence ---- */

static void forget(sidelight *s) {
        s->judged = s->has_evidence = false;
        arena_reset(&s->results);
        arena_reset(&s->machine);
}

static int taken(sidelight *s, int status) {
        if (status < 0)
                return result_of(s);
        if (!evidence_tells(&s->evidence, false))
                return fail(s, SIDELIGHT_BAD_INPUT, "the evidence tells nothing of a machine", NULL);
        s->has_evidence = true;
        return SIDELIGHT_OK;
}

static int collect(sidelight *s, void *arg) {
        const char *root = arg;
        const struct collect_options o = { .catalog = &catalog_builtin };

        forget(s);
        evidence_init(&s->evidence, &s->machine, root ? str_dup(&s->machine, str_of(root)) : S("live"));
        return taken(s, root ? collect_linux_tree(&s->evidence, root, &o, &s->diag) : collect_linux_live(&s->evidence, &o, &s->diag));
}

int sidelight_collect(sidelight *s, const char *root) {
        return guarded(s, collect, (void *)(size_t)root);
}

struct input {
        const char *name, *text;
        size_t length;
};

static int parse(sidelight *s, void *arg) {
        const struct input *in = arg;
        struct str text, name;
        int status;

        forget(s);
        if (!in->text || in->length > PTRDIFF_MAX / 2)
                return fail(s, SIDELIGHT_BAD_USE, "a text is needed", NULL);
        text = str_dup(&s->machine, str_n(in->text, (ptrdiff_t)in->length));
        name = str_dup(&s->machine, str_of(in->name ? in->name : "evidence"));
        if (evidence_looks_like(text))
                return taken(s, evidence_parse(&s->evidence, &s->machine, name, text, &s->diag));
        evidence_init(&s->evidence, &s->machine, name);
        status = import_text(&s->evidence, &catalog_builtin, text, &s->diag);
        return status == IMPORT_UNKNOWN ? fail(s, SIDELIGHT_BAD_INPUT, "neither an evidence file nor a known tool's output", NULL) : taken(s, status);
}

int sidelight_parse(sidelight *s, const char *name, const char *text, size_t length) {
        return guarded(s, parse, &(struct input){ name, text, length });
}

/* ---- Verdicts ---- */

/* "2026-11-26T18:00:00Z" */
static struct str now(sidelight *s) {
        time_t t = time(NULL);
        struct tm tm = { 0 };
        char text[32] = "";

        (void)gmtime_r(&t, &tm);
        (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
        return str_dup(&s->results, str_of(text));
}

static int judge(sidelight *s, void *arg) {
        (void)arg;
        s->judged = false;
        arena_reset(&s->results);
        if (!s->has_evidence)
                return fail(s, SIDELIGHT_BAD_USE, "there is no evidence: collect or parse it first", NULL);
        s->style = (struct report_style){ .columns = 80, .fail_on = (status_set)(1 << STATUS_UNKNOWN | 1 << STATUS_PARTIAL | 1 << STATUS_VULNERABLE),
                                          .now = now(s) };
        s->options.today = str_sub(s->style.now, 0, 10);
        verdict_judge(&s->verdict, &s->results, &catalog_builtin, &s->evidence, &s->options);
        plan_of_verdict(&s->plan, &s->results, &s->verdict);
        handle_fill(s);
        s->judged = true;
        return SIDELIGHT_OK;
}

int sidelight_judge(sidelight *s) {
        return guarded(s, judge, NULL);
}

/* ---- What is told as a text ---- */

struct telling {
        const char *format;
        const char **ret_text;
        size_t *ret_length;
};

static void give(sidelight *s, const struct telling *t) {
        out_char(&s->text, '\0');
        *t->ret_text = s->text.p;
        if (t->ret_length)
                *t->ret_length = (size_t)s->text.len - 1;
}

static int report(sidelight *s, void *arg) {
        static const struct str words[] = {
#define X(name, word, title) STR(word),
                REPORT_FORMATS(X)
#undef X
        };
        const struct telling *t = arg;

        if (!s->judged)
                return fail(s, SIDELIGHT_BAD_USE, "nothing was judged", NULL);
        for (int i = 0; i < REPORT_FORMAT_COUNT; i++)
                if (str_eq(words[i], str_of(t->format))) {
                        s->text.len = 0;
                        report_write(&s->verdict, (enum report_format)i, &s->style, &s->text);
                        give(s, t);
                        return SIDELIGHT_OK;
                }
        return fail(s, SIDELIGHT_BAD_USE, "no such format:", t->format ? t->format : "");
}

int sidelight_report(sidelight *s, const char *format, const char **ret_text, size_t *ret_length) {
        return guarded(s, report, &(struct telling){ format, ret_text, ret_length });
}

static int write_evidence(sidelight *s, void *arg) {
        if (!s->has_evidence)
                return fail(s, SIDELIGHT_BAD_USE, "there is no evidence: collect or parse it first", NULL);
        s->text.len = 0;
        evidence_write(&s->evidence, &s->text);
        give(s, arg);
        return SIDELIGHT_OK;
}

int sidelight_evidence(sidelight *s, const char **ret_text, size_t *ret_length) {
        return guarded(s, write_evidence, &(struct telling){ NULL, ret_text, ret_length });
}
