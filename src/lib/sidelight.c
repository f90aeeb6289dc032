/* The handle: evidence in, verdicts out. */
#include "lib/sidelight.h"

#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "lib/guard.h"
#include "lib/handle.h"
#include "lib/here.h"

static const char out_of_memory[] = "out of memory";

_Thread_local struct guard *guard_current;

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
        struct sidelight *s = calloc(1, sizeof(*s));

        if (!s)
                return NULL;
        s->catalog = &catalog_builtin;
        s->style = (struct report_style){ .columns = 80, .fail_on = (status_set)(1 << STATUS_UNKNOWN | 1 << STATUS_PARTIAL | 1 << STATUS_VULNERABLE) };
        return s;
}

void sidelight_free(sidelight *s) {
        if (!s)
                return;
        out_free(&s->text);
        arena_free(&s->results);
        arena_free(&s->machine);
        arena_free(&s->host);
        arena_free(&s->settings);
        free(s);
}

const char *sidelight_error(const sidelight *s) {
        return !s || s->dead ? out_of_memory : s->diag.text;
}

int handle_fail(sidelight *s, enum sidelight_result result, const char *what, const char *name) {
        static const enum diag_class classes[] = {
                [SIDELIGHT_BAD_INPUT] = DIAG_INPUT, [SIDELIGHT_NO_INPUT] = DIAG_NO_INPUT, [SIDELIGHT_BAD_USE] = DIAG_USAGE, [SIDELIGHT_NO_MEMORY] = 0,
        };

        (void)diag_fail_class(&s->diag, classes[result], "%s%s%s%s", what, name ? " '" : "", name ? name : "", name ? "'" : "");
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

int handle_guarded(sidelight *s, int (*work)(sidelight *s, void *arg), void *arg) {
        struct guard g;
        int status;

        if (!s || s->dead)
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

int sidelight_set(sidelight *s, const char *option, const char *value) {
        return handle_guarded(s, handle_set, &(struct setting){ option, value });
}

/* ---- Evidence ---- */

static void forget(sidelight *s) {
        s->judged = false;
        s->evidence = NULL;
        s->several = (struct import_machines){ 0 };
        arena_reset(&s->results);
        arena_reset(&s->machine);
}

static int collect(sidelight *s, void *arg) {
        const char *root = arg;
        const struct collect_options o = { .catalog = s->catalog, .for_verdicts = s->needed && !s->options.fingerprint && !report_is_document(s->format) };

        forget(s);
        if (here_collect(&s->own, &s->machine, root ? str_to_c(&s->machine, str_of(root)) : NULL, &o, &s->diag) < 0)
                return result_of(s);
        if (root && !evidence_tells(&s->own, true)) {
                (void)diag_fail_class(&s->diag, DIAG_INPUT, "'%s' holds no system: nothing was found there that a verdict could rest on", root);
                return SIDELIGHT_BAD_INPUT;
        }
        s->evidence = &s->own;
        return SIDELIGHT_OK;
}

int sidelight_collect(sidelight *s, const char *root) {
        return handle_guarded(s, collect, (void *)(size_t)root);
}

struct input {
        const char *name, *text;
        size_t length, *ret_count;
};

/* The machine, or the machines, of a text that is there. */
static int read_text(sidelight *s, struct arena *a, const struct input *in, struct evidence *one, struct import_machines *all) {
        struct str text = str_n(in->text, (ptrdiff_t)in->length), name = str_dup(a, str_of(in->name ? in->name : "evidence"));
        int status;

        text = s->borrow ? text : str_dup(a, text);
        if (evidence_looks_like(text) && !import_holds_several(text))
                return evidence_parse(all ? arena_append(a, all) : one, a, name, text, &s->diag);
        if (all) {
                status = import_machines(all, a, name, s->catalog, text, &s->diag);
        } else {
                evidence_init(one, a, name);
                status = import_text(one, s->catalog, text, &s->diag);
        }
        return status == IMPORT_UNKNOWN ? import_refuse(&s->diag, a, name, text) : status;
}

static int tells(sidelight *s, const struct evidence *e) {
        return evidence_tells(e, false) ? 0 : diag_fail_class(&s->diag, DIAG_INPUT, EVIDENCE_NOTHING, STR_ARG(e->source));
}

static int parse(sidelight *s, void *arg) {
        const struct input *in = arg;
        struct import_machines *all = in->ret_count ? &s->several : NULL;
        int status;

        forget(s);
        if (!in->text || in->length > PTRDIFF_MAX / 2)
                return handle_fail(s, SIDELIGHT_BAD_USE, "a text is needed", NULL);
        status = read_text(s, &s->machine, in, &s->own, all);
        for (ptrdiff_t i = 0; status == 0 && i < (all ? all->count : 1); i++)
                status = tells(s, all ? &all->items[i] : &s->own);
        if (status < 0) {
                s->several.count = 0;
                return result_of(s);
        }
        s->evidence = all ? all->items : &s->own;
        if (all)
                *in->ret_count = (size_t)all->count;
        return SIDELIGHT_OK;
}

int sidelight_parse(sidelight *s, const char *name, const char *text, size_t length) {
        return handle_guarded(s, parse, &(struct input){ name, text, length, NULL });
}

int sidelight_parse_all(sidelight *s, const char *name, const char *text, size_t length, size_t *ret_count) {
        size_t count = 0;
        int status = handle_guarded(s, parse, &(struct input){ name, text, length, &count });

        if (ret_count)
                *ret_count = count;
        return status;
}

static int choose(sidelight *s, void *arg) {
        const size_t *number = arg;

        if (*number >= (size_t)s->several.count)
                return handle_fail(s, SIDELIGHT_BAD_USE, "there is no machine of that number", NULL);
        s->judged = false;
        s->evidence = &s->several.items[*number];
        return SIDELIGHT_OK;
}

int sidelight_choose(sidelight *s, size_t number) {
        return handle_guarded(s, choose, &number);
}

static int host(sidelight *s, void *arg) {
        const struct input *in = arg;
        bool borrow = s->borrow;
        int status;

        s->judged = false;
        s->options.host = NULL;
        arena_reset(&s->host);
        if (!in->text)
                return SIDELIGHT_OK;
        if (in->length > PTRDIFF_MAX / 2)
                return handle_fail(s, SIDELIGHT_BAD_USE, "a text is needed", NULL);
        s->borrow = false;
        status = read_text(s, &s->host, in, &s->host_evidence, NULL);
        s->borrow = borrow;
        if (status < 0)
                return result_of(s);
        s->options.host = &s->host_evidence;
        return SIDELIGHT_OK;
}

int sidelight_host(sidelight *s, const char *name, const char *text, size_t length) {
        return handle_guarded(s, host, &(struct input){ name, text, length, NULL });
}

/* ---- Verdicts ---- */

struct str handle_now(const sidelight *s, struct arena *a) {
        char moment[21];

        if (s->style.now.len)
                return str_dup(a, s->style.now);
        date_of_seconds((int64_t)time(NULL), moment);
        return str_dup(a, str_of(moment));
}

/* What was asked about never narrows what is said of a CVE as a whole (plan/vex.h). */
static const bool *flaws_for(sidelight *s, enum report_format format) {
        bool *all;

        if (!s->options.among || !report_is_vex(format))
                return s->options.among;
        all = arena_array(&s->results, bool, s->catalog->flaw_count);
        memcpy(all, s->options.among, s->catalog->flaw_count * sizeof(*all));
        vex_complete(s->catalog, all);
        return all;
}

static void judge_for(sidelight *s, enum report_format format, struct verdict *ret) {
        struct verdict_options o = s->options;

        o.today = str_sub(s->moment, 0, 10);
        o.fingerprint |= report_is_document(format);
        o.among = flaws_for(s, format);
        verdict_judge(ret, &s->results, s->catalog, s->evidence, &o);
}

const struct verdict *handle_verdict_for(sidelight *s, enum report_format format, struct verdict *room) {
        bool lacks = report_is_document(format) && !s->verdict.fingerprint[0];

        if (!lacks && (!s->options.among || report_is_vex(format) == report_is_vex(s->format)))
                return &s->verdict;
        judge_for(s, format, room);
        return room;
}

/* The judge itself says what follows from no evidence at all; only the reason is another. */
void handle_judge_nothing(sidelight *s, enum report_format format, struct str name, struct str why, struct verdict *ret) {
        const struct evidence *host = s->options.host;
        struct arena *a = &s->results;
        struct quoted_fact *unread;
        struct str *note;

        forget(s);
        s->moment = handle_now(s, a);
        evidence_init(&s->own, &s->machine, name);
        s->evidence = &s->own;
        s->options.host = NULL;
        judge_for(s, format, ret);
        s->options.host = host;
        s->evidence = NULL;
        unread = arena_new(a, struct quoted_fact);
        *unread = (struct quoted_fact){ name, S("failed"), why };
        note = arena_new(a, struct str);
        *note = str_fmt(a, "could not be judged: %.*s", STR_ARG(why));
        ret->failure = why;
        ret->fingerprint[0] = 0; /* of nothing */
        ret->machine.name = name;
        ret->machine.unread = unread;
        ret->machine.unread_count = ret->machine.failed = 1;
        ret->machine.notes = (struct str_list){ .items = note, .count = 1 };
        for (uint32_t i = 0; i < ret->finding_count; i++) {
                struct finding *f = &ret->findings[i];

                *f = (struct finding){ .flaw = f->flaw, .status = f->status, .affected_hardware = f->affected_hardware, .affected_os = f->affected_os,
                                       .owner = LAYER_NONE, .boundaries = f->boundaries, .at_stake = f->at_stake, .reason = *note,
                                       .ask = S("Can the evidence of this machine be taken anew?"), .facts = f->facts };
        }
}

static int judge(sidelight *s, void *arg) {
        (void)arg;
        s->judged = false;
        arena_reset(&s->results);
        if (!s->evidence)
                return handle_fail(s, SIDELIGHT_BAD_USE, "there is no evidence: collect or parse it first", NULL);
        s->moment = handle_now(s, &s->results);
        judge_for(s, s->format, &s->verdict);
        if (!s->textless) {
                plan_of_verdict(&s->plan, &s->results, &s->verdict);
                handle_fill(s);
        }
        s->judged = true;
        return SIDELIGHT_OK;
}

int sidelight_judge(sidelight *s) {
        return handle_guarded(s, judge, NULL);
}
