#include "fleet/ask/ask_json.h"

#include "fleet/store/moment.h"

static void moment(struct json *j, struct arena *a, const char *key, int64_t t) {
        json_str(j, key, moment_text(a, t));
}

static void list(struct json *j, const char *key, struct str words) {
        struct str word;

        json_begin_array(j, key);
        while (str_word(&words, &word))
                json_str(j, NULL, word);
        json_end_array(j);
}

static void counts(struct json *j, const int64_t *hosts) {
        json_begin_object(j, NULL);
        for (int i = 0; i < STATUS_COUNT; i++) {
                json_key(j, status_word((enum status)i));
                json_i64(j, NULL, hosts[i]);
        }
        json_end_object(j);
}

static void open_counts(struct json *j, int64_t vulnerable, int64_t partial, int64_t unknown) {
        json_begin_object(j, "open");
        json_i64(j, "vulnerable", vulnerable);
        json_i64(j, "partial", partial);
        json_i64(j, "unknown", unknown);
        json_end_object(j);
}

static void begin(struct json *j) {
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
}

static void write_kinds(struct json *j, const struct ask_kinds *kinds) {
        json_begin_array(j, "worst_kinds");
        for (ptrdiff_t i = 0; i < kinds->count; i++) {
                const struct ask_kind *k = &kinds->items[i];

                json_begin_object(j, NULL);
                json_str(j, "fingerprint", k->fingerprint);
                json_i64(j, "hosts", k->hosts);
                json_str(j, "example", k->example);
                json_str(j, "processor", k->processor);
                json_str(j, "kernel", k->kernel);
                json_str(j, "where", k->place);
                open_counts(j, k->vulnerable, k->partial, k->unknown);
                json_end_object(j);
        }
        json_end_array(j);
}

static void write_owners(struct json *j, const struct ask_owners *owners) {
        json_begin_array(j, "owners");
        for (ptrdiff_t i = 0; i < owners->count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "who", owners->items[i].who);
                json_i64(j, "findings", owners->items[i].hosts);
                json_i64(j, "flaws", owners->items[i].flaws);
                json_end_object(j);
        }
        json_end_array(j);
}

void ask_json_status(struct json *j, struct arena *a, const struct ask_status *s, const struct accepted_risks *accepted) {
        begin(j);
        json_i64(j, "hosts", s->hosts);
        json_i64(j, "fingerprints", s->fingerprints);
        json_i64(j, "kept_aside", s->kept_aside);
        json_i64(j, "resources", s->resources);
        json_i64(j, "not_judged", s->not_judged);
        json_i64(j, "damaged", s->damaged);
        json_i64(j, "judged_before", s->judged_before);
        json_str(j, "catalog", s->catalog);
        json_key(j, S("worst"));
        counts(j, s->worst);
        json_begin_object(j, "flaws");
        for (ptrdiff_t i = 0; i < s->flaws.count; i++) {
                json_key(j, s->flaws.items[i].id);
                counts(j, s->flaws.items[i].hosts);
        }
        json_end_object(j);
        write_owners(j, &s->owners);
        write_kinds(j, &s->kinds);
        ask_json_accepted(j, a, "accepted", accepted);
        json_end_object(j);
}

void ask_json_host(struct json *j, struct arena *a, const struct ask_host *h) {
        json_str(j, "host", h->name);
        json_str(j, "ident", h->ident);
        json_str(j, "fingerprint", h->fingerprint);
        json_str(j, "worst", h->outcome ? h->worst : S("not-judged"));
        open_counts(j, h->vulnerable, h->partial, h->unknown);
        json_str(j, "processor", h->processor);
        json_str(j, "kernel", h->kernel);
        json_str(j, "where", h->place);
        json_str(j, "cloud", h->cloud);
        list(j, "tags", h->tags);
        json_str(j, "source", h->origin);
        json_bool(j, "redacted", h->redacted);
        moment(j, a, "first", h->first);
        moment(j, a, "since", h->since);
        moment(j, a, "last", h->last);
}

void ask_json_hosts(struct json *j, struct arena *a, const struct ask_hosts *hosts, bool more) {
        begin(j);
        json_begin_array(j, "hosts");
        for (ptrdiff_t i = 0; i < hosts->count; i++) {
                json_begin_object(j, NULL);
                ask_json_host(j, a, &hosts->items[i]);
                json_end_object(j);
        }
        json_end_array(j);
        json_bool(j, "more", more);
        json_end_object(j);
}

void ask_json_runs(struct json *j, struct arena *a, const char *key, const struct ask_runs *runs) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; i < runs->count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "fingerprint", runs->items[i].fingerprint);
                json_str(j, "worst", runs->items[i].outcome ? runs->items[i].worst : S("not-judged"));
                moment(j, a, "first", runs->items[i].first);
                moment(j, a, "last", runs->items[i].last);
                json_end_object(j);
        }
        json_end_array(j);
}

void ask_json_finding(struct json *j, const struct ask_finding *f) {
        json_begin_object(j, NULL);
        json_str(j, "id", f->flaw);
        json_str(j, "status", f->status);
        json_str(j, "owner", f->owner);
        json_str(j, "who", f->who);
        json_bool(j, "at_stake", f->at_stake);
        json_str(j, "rule", f->rule);
        json_str(j, "reason", f->reason);
        list(j, "boundaries", f->boundaries);
        list(j, "fixes", f->fixes);
        json_str(j, "ask", f->ask);
        if (f->hosts > 0)
                json_i64(j, "hosts", f->hosts);
        json_end_object(j);
}

void ask_json_flaws(struct json *j, const struct ask_findings *findings) {
        begin(j);
        json_begin_array(j, "findings");
        for (ptrdiff_t i = 0; i < findings->count; i++)
                ask_json_finding(j, &findings->items[i]);
        json_end_array(j);
        json_end_object(j);
}

void ask_json_history(struct json *j, const struct history *h) {
        begin(j);
        json_begin_array(j, "days");
        for (ptrdiff_t i = 0; i < h->count; i++) {
                bool first = i == 0 || !str_eq(h->items[i].day, h->items[i - 1].day),
                     last = i + 1 == h->count || !str_eq(h->items[i].day, h->items[i + 1].day);

                if (first) {
                        json_begin_object(j, NULL);
                        json_str(j, "day", h->items[i].day);
                }
                json_key(j, h->items[i].status);
                json_i64(j, NULL, h->items[i].hosts);
                if (last)
                        json_end_object(j);
        }
        json_end_array(j);
        json_end_object(j);
}

void ask_json_accepted(struct json *j, struct arena *a, const char *key, const struct accepted_risks *accepted) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; i < accepted->count; i++) {
                const struct accepted_risk *r = &accepted->items[i];

                json_begin_object(j, NULL);
                json_i64(j, "number", r->id);
                json_str(j, "flaw", r->filter.flaw);
                json_str(j, "about", accept_filter_text(a, &r->filter));
                json_str(j, "reason", r->reason);
                json_str(j, "who", r->who);
                moment(j, a, "since", r->since);
                moment(j, a, "until", r->until);
                json_bool(j, "ended", r->ended);
                json_i64(j, "hosts", r->hosts);
                json_end_object(j);
        }
        json_end_array(j);
}

static void ask_json_turns(struct json *j, const char *key, const struct flaw_turns *turns) {
        json_begin_array(j, key);
        for (ptrdiff_t i = 0; i < turns->count; i++) {
                const struct flaw_turn *t = &turns->items[i];

                json_begin_object(j, NULL);
                json_str(j, "id", t->flaw);
                json_str(j, "before", t->before);
                json_str(j, "after", t->after);
                json_bool(j, "worse", t->worse);
                json_str(j, "reason", t->reason);
                json_i64(j, "hosts", t->hosts);
                json_end_object(j);
        }
        json_end_array(j);
}

void ask_json_rejudged(struct json *j, int64_t judged, int64_t turned, const struct flaw_turns *turns) {
        begin(j);
        json_i64(j, "judged", judged);
        json_i64(j, "turned", turned);
        ask_json_turns(j, "verdicts", turns);
        json_end_object(j);
}

static void write_audited(struct json *j, struct arena *a, const struct audit *audit) {
        json_begin_array(j, "changes");
        for (ptrdiff_t i = 0; i < audit->count; i++) {
                json_begin_object(j, NULL);
                moment(j, a, "time", audit->items[i].time);
                json_str(j, "who", audit->items[i].who);
                json_str(j, "what", audit->items[i].what);
                json_str(j, "about", audit->items[i].about);
                json_end_object(j);
        }
        json_end_array(j);
}

static void write_sent(struct json *j, struct arena *a, const struct audit *audit) {
        json_begin_array(j, "sent");
        for (ptrdiff_t i = 0; i < audit->sent.count; i++) {
                const struct sent *s = &audit->sent.items[i];

                json_begin_object(j, NULL);
                json_str(j, "day", s->day);
                json_str(j, "who", s->who);
                json_str(j, "address", s->address);
                json_i64(j, "requests", s->requests);
                json_i64(j, "reports", s->reports);
                json_i64(j, "kept_aside", s->kept_aside);
                moment(j, a, "first", s->first);
                moment(j, a, "last", s->last);
                json_end_object(j);
        }
        json_end_array(j);
}

void ask_json_audit(struct json *j, struct arena *a, const struct audit *audit) {
        begin(j);
        write_audited(j, a, audit);
        write_sent(j, a, audit);
        json_end_object(j);
}
