/* `fleet status`: who should worry, and about what. */
#include "fleet/ask.h"

#include "cli/fleet.h"

static void write_counts(struct json *j, const char *key, const int64_t *hosts) {
        if (key)
                json_begin_object(j, key);
        for (int i = 0; i < STATUS_COUNT; i++) {
                json_key(j, status_word((enum status)i));
                json_i64(j, NULL, hosts[i]);
        }
        if (key)
                json_end_object(j);
}

static void write_json(struct out *o, const struct ask_status *s) {
        struct json j = { .out = o };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_i64(&j, "hosts", s->hosts);
        json_i64(&j, "fingerprints", s->fingerprints);
        json_i64(&j, "kept_aside", s->kept_aside);
        json_i64(&j, "resources", s->resources);
        json_i64(&j, "not_judged", s->not_judged);
        write_counts(&j, "worst", s->worst);
        json_begin_object(&j, "flaws");
        for (ptrdiff_t i = 0; i < s->flaws.count; i++) {
                json_key(&j, s->flaws.items[i].id);
                json_begin_object(&j, NULL);
                write_counts(&j, NULL, s->flaws.items[i].hosts);
                json_end_object(&j);
        }
        json_end_object(&j);
        json_end_object(&j);
        out_char(o, '\n');
}

static void write_text(struct out *o, const struct ask_status *s) {
        out_fmt(o, "%lld machines of %lld kinds\n", (long long)s->hosts, (long long)s->fingerprints);
        for (ptrdiff_t i = 0; i < s->flaws.count; i++) {
                out_str(o, s->flaws.items[i].id);
                for (int n = 0; n < STATUS_COUNT; n++)
                        out_fmt(o, " %lld", (long long)s->flaws.items[i].hosts[n]);
                out_char(o, '\n');
        }
}

static int exit_of(const struct ask_status *s) {
        if (s->worst[STATUS_VULNERABLE] + s->worst[STATUS_PARTIAL] > 0)
                return EXIT_OPEN;
        return s->worst[STATUS_UNKNOWN] + s->not_judged + s->kept_aside > 0 ? EXIT_UNKNOWN : EXIT_CLEAN;
}

int fleet_status(struct cli *c) {
        struct ask_status answer;
        struct store s;
        int64_t tenant;
        int status;

        if (fleet_open(c, DB_EXISTING, &s, &tenant) < 0)
                return -1;
        status = ask_status(&s, tenant, &c->arena, &answer, &c->diag);
        store_close(&s);
        if (status < 0)
                return -1;
        if (cli_word(c, "format", 0) == 1)
                write_json(&c->out, &answer);
        else
                write_text(&c->out, &answer);
        return exit_of(&answer);
}
