#include "fleet/send/send.h"

#include <time.h>

#include "base/json.h"
#include "base/json_value.h"
#include "base/plain.h"
#include "fleet/send/send_http.h"
#include "platform/files.h"

enum { SEEN_BATCH = 1000, EVIDENCE_BATCH = 1 << 20, FIRST_WAIT = 500, LONGEST_WAIT = 60000 };

struct sending {
        const struct send_options *options;
        struct send_client *client;
        struct send_answer answer;
        struct send_counts *counts;
        struct out body;
        struct arena scratch;
};

static void wait_ms(int64_t ms) {
        struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

        while (nanosleep(&t, &t) < 0)
                ;
}

/* A fleet that was refused at once must not come again at once: half of the time is left to chance. */
static int64_t pause_of(uint32_t attempt, long told) {
        int64_t ms = told > 0 ? told * INT64_C(1000) : (int64_t)FIRST_WAIT << (attempt < 8 ? attempt : 8);
        struct diag ignored = { 0 };
        uint32_t chance = 0;

        ms = ms > LONGEST_WAIT ? LONGEST_WAIT : ms;
        (void)random_bytes(&chance, sizeof(chance), &ignored);
        return ms / (told > 0 ? 1 : 2) + chance % (ms / 2 + 1);
}

/* What the server says of its refusal. */
static int refused(struct sending *s, struct diag *d) {
        struct json_value v = { 0 };
        struct diag ignored = { 0 };
        struct str why = S("");

        if (json_read(&s->scratch, "answer", out_text(&s->answer.text), &v, &ignored) == 0)
                why = plain(&s->scratch, json_member_text(&v, S("error")));
        return diag_fail_class(d, s->answer.status < 500 ? DIAG_INPUT : DIAG_FAILURE, "'%s' refused what was sent (HTTP status %ld)%s%.*s",
                               s->options->url, s->answer.status, why.len ? ": " : "", STR_ARG(why));
}

/* One request, as often as it takes. */
static int post(struct sending *s, struct str path, struct str type, struct diag *d) {
        for (uint32_t attempt = 0;; attempt++) {
                struct diag why = { 0 };
                int status = send_post(s->client, path, type, out_text(&s->body), &s->answer, &why);

                s->counts->up += s->answer.up;
                s->counts->down += s->answer.down;
                if (status == 0 && s->answer.status >= 200 && s->answer.status < 300)
                        return 0;
                if (status == 0 && s->answer.status != 429 && s->answer.status != 503)
                        return refused(s, d);
                if (status < 0 || attempt + 1 >= s->options->tries)
                        return status == 0 ? refused(s, d) : diag_fail_class(d, DIAG_FAILURE, "%s", why.text);
                s->counts->again++;
                wait_ms(pause_of(attempt, status == 0 ? s->answer.retry_after : 0));
        }
}

/* 64 digits as 43 characters (RFC 4648, base64url). */
static void write_fingerprint(struct out *o, struct str digits) {
        static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

        for (ptrdiff_t i = 0; i < digits.len; i += 3) { /* three digits are two letters; the last one alone begins another two bytes */
                struct str three = str_sub(digits, i, 3);
                uint64_t v = 0;

                (void)str_hex_to_u64(three, &v);
                v <<= 4 * (3 - three.len);
                out_char(o, letters[v >> 6 & 63]);
                if (three.len > 1)
                        out_char(o, letters[v & 63]);
        }
}

/* "FINGERPRINT TIME IDENT HOST"; without a time and an ident "FINGERPRINT=HOST". */
static void write_seen(struct out *o, const struct send_report *r) {
        write_fingerprint(o, r->fingerprint);
        if (!r->time && !r->ident.len) {
                out_fmt(o, "=%.*s", STR_ARG(r->host));
                return;
        }
        out_char(o, ' ');
        if (r->time)
                out_u64(o, (uint64_t)r->time);
        else
                out_char(o, '-');
        out_char(o, ' ');
        out_str(o, r->ident.len ? r->ident : S("-"));
        out_char(o, ' ');
        out_str(o, r->host);
}

/* Marks the reports whose evidence the server asked for: the first of each fingerprint; the others can follow by their fingerprint. */
static int take_wanted(struct sending *s, struct send_report *r, ptrdiff_t count, struct diag *d) {
        struct str rest = out_text(&s->answer.text), line;

        while (str_line(&rest, &line)) {
                bool found = false;

                for (ptrdiff_t i = 0; i < count; i++)
                        if (str_eq(r[i].fingerprint, line))
                                found = r[i].wanted = true;
                if (!found)
                        return diag_fail(d, "'%s' does not answer like a server of this kind", s->options->url);
        }
        return 0;
}

static int ask(struct sending *s, struct send_report *r, ptrdiff_t count, struct diag *d) {
        s->body.len = 0;
        for (ptrdiff_t i = 0; i < count; i++) {
                out_c(&s->body, i ? "\n" : ""); /* between lines alone: a heartbeat should cost little */
                write_seen(&s->body, &r[i]);
        }
        if (post(s, S("/v1/seen"), S(""), d) < 0 || take_wanted(s, r, count, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < count; i++)
                s->counts->known += !r[i].wanted;
        return 0;
}

static void write_evidence(struct out *o, const struct send_report *r) {
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_str(&j, "host", r->host);
        if (r->time)
                json_i64(&j, "time", r->time);
        json_str(&j, "evidence", r->evidence);
        json_end_object(&j);
        out_char(o, '\n');
}

static int flush(struct sending *s, ptrdiff_t reports, struct diag *d) {
        if (reports == 0)
                return 0;
        if (post(s, S("/v1/evidence"), S("application/x-ndjson"), d) < 0)
                return -1;
        s->counts->sent += reports;
        s->body.len = 0;
        return 0;
}

static int give(struct sending *s, const struct send_report *r, ptrdiff_t count, struct diag *d) {
        ptrdiff_t waiting = 0;

        s->body.len = 0;
        for (ptrdiff_t i = 0; i < count; i++) {
                if (!r[i].wanted)
                        continue;
                write_evidence(&s->body, &r[i]);
                waiting++;
                if (s->body.len < EVIDENCE_BATCH)
                        continue;
                if (flush(s, waiting, d) < 0)
                        return -1;
                waiting = 0;
        }
        return flush(s, waiting, d);
}

int send_reports(const struct send_options *o, struct send_report *reports, ptrdiff_t count, struct send_counts *counts, struct diag *d) {
        struct sending s = { .options = o, .counts = counts };
        int status = send_client_open(&s.client, o, d);

        for (ptrdiff_t at = 0; at < count && status == 0; at += SEEN_BATCH) {
                ptrdiff_t n = count - at < SEEN_BATCH ? count - at : SEEN_BATCH;

                status = ask(&s, reports + at, n, d) < 0 || give(&s, reports + at, n, d) < 0 ? -1 : 0;
        }
        send_client_close(s.client);
        out_free(&s.body);
        out_free(&s.answer.text);
        arena_free(&s.scratch);
        return status;
}
