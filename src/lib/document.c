/* What is told: reports of one machine, and documents of several. */
#include <stdlib.h>

#include "base/plain.h"
#include "lib/guard.h"
#include "lib/handle.h"
#include "platform/spool.h"

struct sidelight_document {
        struct report_writer writer;
        struct report_style style;
        struct arena kept;
        struct out out;
        struct spool bodies; /* pages of several machines, until all are known */
        int (*write)(void *arg, const char *bytes, size_t length);
        void *arg;
        bool dead; /* memory ran out */
};

/* ---- One machine ---- */

struct telling {
        const char *format;
        const char **ret_text;
        size_t *ret_length;
};

static const char nowhere[] = "there is no place for the text (ret_text)";

static void give(sidelight *s, const struct telling *t) {
        out_char(&s->text, '\0');
        *t->ret_text = s->text.p;
        if (t->ret_length)
                *t->ret_length = (size_t)s->text.len - 1;
}

static bool keep(void *arg, const char *p, ptrdiff_t len) {
        out_bytes(arg, p, len);
        return true;
}

static int report(sidelight *s, void *arg) {
        struct out out = { .sink = keep, .sink_arg = &s->text, .guarded = true };
        const struct telling *t = arg;
        enum report_format format = s->format;
        struct report_style style;
        struct verdict room;

        if (!t->ret_text)
                return handle_fail(s, SIDELIGHT_BAD_USE, nowhere, NULL);
        if (!s->judged)
                return handle_fail(s, SIDELIGHT_BAD_USE, "nothing was judged", NULL);
        if (t->format && !handle_format(t->format, &format))
                return handle_fail(s, SIDELIGHT_BAD_USE, "no such format:", t->format);
        s->text.len = 0;
        style = s->style;
        style.now = s->moment;
        report_write(handle_verdict_for(s, format, &room), format, &style, &out);
        (void)out_flush(&out);
        out_free(&out);
        give(s, t);
        return SIDELIGHT_OK;
}

int sidelight_report(sidelight *s, const char *format, const char **ret_text, size_t *ret_length) {
        return handle_guarded(s, report, &(struct telling){ format, ret_text, ret_length });
}

static int write_evidence(sidelight *s, void *arg) {
        if (!((const struct telling *)arg)->ret_text)
                return handle_fail(s, SIDELIGHT_BAD_USE, nowhere, NULL);
        if (!s->evidence)
                return handle_fail(s, SIDELIGHT_BAD_USE, "there is no evidence: collect or parse it first", NULL);
        s->text.len = 0;
        evidence_write(s->evidence, &s->text);
        give(s, arg);
        return SIDELIGHT_OK;
}

int sidelight_evidence(sidelight *s, const char **ret_text, size_t *ret_length) {
        return handle_guarded(s, write_evidence, &(struct telling){ NULL, ret_text, ret_length });
}

int sidelight_exit_code(const sidelight *s) {
        if (!s || !s->judged)
                return EXIT_UNKNOWN;
        if (s->format == REPORT_FACTS) /* Ansible takes any other code for a failure */
                return EXIT_CLEAN;
        return s->format == REPORT_NAGIOS ? report_nagios_exit(&s->verdict, s->style.fail_on) : (int)summary_exit(&s->verdict, s->style.fail_on);
}

/* ---- Several ---- */

static bool hand_over(void *arg, const char *p, ptrdiff_t len) {
        struct sidelight_document *d = arg;

        return d->write(d->arg, p, (size_t)len) == 0;
}

static void release(void *arg, struct out *to) {
        struct diag why = { 0 };

        if (spool_release(arg, to, &why) < 0)
                to->failed = true;
}

static int begin(struct sidelight_document *d, void *arg) {
        const sidelight *like = arg;

        spool_start(&d->bodies);
        d->writer.bodies = &d->bodies.out;
        d->writer.release = release;
        d->writer.release_arg = &d->bodies;

        d->style = like->style;
        d->style.now = handle_now(like, &d->kept);
        return SIDELIGHT_OK;
}

/* As handle_guarded, where the document alone is at stake. */
static int guarded(struct sidelight_document *d, int (*work)(struct sidelight_document *d, void *arg), void *arg) {
        struct guard g;
        int status;

        if (!d || d->dead)
                return SIDELIGHT_NO_MEMORY;
        if (GUARD(&g)) {
                guard_leave(&g);
                d->dead = true;
                return SIDELIGHT_NO_MEMORY;
        }
        status = work(d, arg);
        guard_leave(&g);
        return status != SIDELIGHT_OK || d->out.failed ? SIDELIGHT_FAILED : SIDELIGHT_OK;
}

static void drop(struct sidelight_document *d) {
        spool_free(&d->bodies);
        out_free(&d->out);
        arena_free(&d->kept);
        free(d);
}

sidelight_document *sidelight_document_new(const sidelight *like, int (*write)(void *arg, const char *bytes, size_t length), void *arg) {
        struct sidelight_document *d = !like || like->dead || !write ? NULL : calloc(1, sizeof(*d));

        if (!d)
                return NULL;
        d->write = write;
        d->arg = arg;
        d->out = (struct out){ .sink = hand_over, .sink_arg = d, .guarded = true };
        d->writer = (struct report_writer){ .format = like->format, .style = &d->style, .out = &d->out };
        if (guarded(d, begin, (void *)(size_t)like) == SIDELIGHT_OK)
                return d;
        drop(d);
        return NULL;
}

static int add(sidelight *s, void *arg) {
        struct sidelight_document *d = arg;
        struct verdict room;

        if (!s->judged)
                return handle_fail(s, SIDELIGHT_BAD_USE, "nothing was judged", NULL);
        report_add(&d->writer, handle_verdict_for(s, d->writer.format, &room));
        return d->out.failed ? handle_fail(s, SIDELIGHT_FAILED, "what was written could not be taken", NULL) : SIDELIGHT_OK;
}

int sidelight_document_add(sidelight_document *d, sidelight *s) {
        int status = !d || d->dead ? SIDELIGHT_NO_MEMORY : handle_guarded(s, add, d);

        if (d)
                d->dead |= status == SIDELIGHT_NO_MEMORY;
        return status;
}

/* What could not be judged. */
struct failure {
        struct sidelight_document *document;
        const char *name, *why;
        struct str kept_name, kept_why; /* in the document: what is given may be the handle's own sentence */
};

static int keep_failure(struct sidelight_document *d, void *arg) {
        struct failure *f = arg;

        f->kept_name = str_dup(&d->kept, plain(&d->kept, str_of(f->name && f->name[0] ? f->name : "evidence")));
        f->kept_why = str_dup(&d->kept, plain(&d->kept, str_of(f->why && f->why[0] ? f->why : "it could not be read")));
        return SIDELIGHT_OK;
}

static int add_failure(sidelight *s, void *arg) {
        struct failure *f = arg;
        struct verdict v;

        handle_judge_nothing(s, f->document->writer.format, f->kept_name, f->kept_why, &v);
        report_add(&f->document->writer, &v);
        return f->document->out.failed ? handle_fail(s, SIDELIGHT_FAILED, "what was written could not be taken", NULL) : SIDELIGHT_OK;
}

int sidelight_document_failed(sidelight_document *d, sidelight *s, const char *name, const char *why) {
        struct failure f = { .document = d, .name = name, .why = why };
        int status = guarded(d, keep_failure, &f);

        if (status == SIDELIGHT_OK)
                status = handle_guarded(s, add_failure, &f);
        if (d)
                d->dead |= status == SIDELIGHT_NO_MEMORY;
        return status;
}

static int flush(struct sidelight_document *d, void *arg) {
        (void)arg;
        return out_flush(&d->out) ? SIDELIGHT_OK : SIDELIGHT_FAILED;
}

int sidelight_document_flush(sidelight_document *d) {
        return guarded(d, flush, NULL);
}

static int end(struct sidelight_document *d, void *arg) {
        report_end(&d->writer);
        return flush(d, arg);
}

int sidelight_document_end(sidelight_document *d) {
        int status = guarded(d, end, NULL);

        if (!d)
                return status;
        if (d->dead) { /* what stands there is given back; nothing is written */
                d->writer.count = d->writer.failed = 0;
                report_end(&d->writer);
        }
        drop(d);
        return status;
}
