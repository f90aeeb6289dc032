/* A kernel's log as log stores and shippers export it: objects, anywhere in JSON, that hold a line each ("message", "_raw",
 * "textPayload"). Elasticsearch, Splunk, Google's and Amazon's logs, Loki, fluentd and vector write so. Any program can log: only lines count
 * of which the object says that the kernel wrote them, or that show it themselves. */
#include "collect/import/kernel_log.h"

enum { LEVELS_MAX = 12 };

struct log_entry {
        struct str host, text;
        bool kernel; /* the object says that the kernel wrote it */
};

struct log_entries {
        struct log_entry *items;
        ptrdiff_t count, capacity;
        ptrdiff_t others; /* of other programs */
};

/* Names of a line's text, of the program that wrote it, and of the machine; the first that is there counts. */
static const struct str texts[] = { STR("message"), STR("msg"), STR("_raw"), STR("textPayload"), STR("log"), STR("line"), STR("event.original"),
                                    STR("content"), STR("body"), STR("body.stringValue"), STR("jsonPayload.message"), STR("short_message"), STR("text"),
                                    STR("event") };
static const struct str programs[] = { STR("program"), STR("ident"), STR("appname"), STR("app_name"), STR("SYSLOG_IDENTIFIER"),
                                       STR("process.name"), STR("syslog.appname"), STR("sourcetype_program") };
static const struct str hosts[] = { STR("host"), STR("host.name"), STR("hostname"), STR("_HOSTNAME"), STR("kubernetes.pod_name"),
                                    STR("resource.labels.instance_id") };

static struct str first_of(const struct json_value *v, const struct str *names, size_t count) {
        struct str text = { 0 };

        for (size_t i = 0; i < count && text.len == 0; i++) {
                const struct json_value *flat = json_member(v, names[i]);

                text = flat && flat->type == JSON_STRING ? flat->text : json_text(v, names[i]);
        }
        return text;
}

static void add_entry(struct import *im, struct log_entries *all, struct str host, struct str program, struct str text) {
        bool kernel = str_eq(program, S("kernel"));

        if (program.len > 0 && !kernel && !import_placeholder(program))
                all->others++;
        else
                *arena_append(im->arena, all) = (struct log_entry){ .host = host, .text = str_trim(text), .kernel = kernel };
}

/* Loki's answer: [["1732269600000000000", "LINE"], …] below the labels of their stream. */
static void add_values(struct import *im, struct log_entries *all, const struct json_value *labels, const struct json_value *values) {
        for (ptrdiff_t i = 0; i < json_count(values); i++) {
                const struct json_value *line = json_item(json_item(values, i), 1);

                if (line && line->type == JSON_STRING)
                        add_entry(im, all, first_of(labels, hosts, sizeof(hosts) / sizeof(hosts[0])), S(""), line->text);
        }
}

static void gather(struct import *im, struct log_entries *all, const struct json_value *v, int level) {
        struct str text;

        if (level > LEVELS_MAX)
                return;
        for (ptrdiff_t i = 0; v->type == JSON_ARRAY && i < v->count; i++)
                gather(im, all, &v->items[i], level + 1);
        if (v->type != JSON_OBJECT)
                return;
        text = first_of(v, texts, sizeof(texts) / sizeof(texts[0]));
        if (text.len > 0) {
                add_entry(im, all, first_of(v, hosts, sizeof(hosts) / sizeof(hosts[0])), first_of(v, programs, sizeof(programs) / sizeof(programs[0])),
                          text);
        } else if (json_member(v, S("stream")) && json_member(v, S("values"))) {
                add_values(im, all, json_member(v, S("stream")), json_member(v, S("values")));
        } else {
                for (ptrdiff_t i = 0; i < v->count; i++)
                        gather(im, all, &v->members[i].value, level + 1);
        }
}

static bool is_kernels(const struct log_entry *e) {
        return e->kernel || log_shows_kernel(e->text);
}

static bool is_start(const struct log_entry *e) {
        return is_kernels(e) && str_starts(log_message(e->text), S("Linux version "));
}

static bool is_logs(struct import *im, const struct json_value *root) {
        struct log_entries all = { 0 };
        int marks = 0;

        if (root->type != JSON_ARRAY && root->type != JSON_OBJECT)
                return false;
        gather(im, &all, root, 0);
        for (ptrdiff_t i = 0; i < all.count && marks < 2; i++)
                marks += is_start(&all.items[i]) ? 2 : is_kernels(&all.items[i]) && log_is_mark(im->catalog, log_message(all.items[i].text));
        return marks >= 2;
}

/* The number in the kernel's stamp, as a text of one length; empty: there is none. */
static struct str stamp_of(struct str text) {
        struct str s = log_stamped(text);
        ptrdiff_t end = str_starts(s, S("[")) ? str_find_char(s, ']') : -1;

        return end > 0 ? str_trim(str_sub(s, 1, end - 1)) : S("");
}

static bool is_later(struct str a, struct str b) {
        return a.len != b.len ? a.len > b.len : str_cmp(a, b) > 0;
}

/* Stores show the newest line first. Where one start is there, and the stamps fall, it is turned round. */
static void turn(struct log_entries *all) {
        struct str first = { 0 }, last = { 0 };
        ptrdiff_t starts = 0;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct str stamp = stamp_of(all->items[i].text);

                starts += is_start(&all->items[i]);
                if (stamp.len > 0) {
                        first = first.len ? first : stamp;
                        last = stamp;
                }
        }
        for (ptrdiff_t i = 0, k = all->count - 1; starts < 2 && is_later(first, last) && i < k; i++, k--) {
                struct log_entry swap = all->items[i];

                all->items[i] = all->items[k];
                all->items[k] = swap;
        }
}

/* The machines that show a start each. */
struct started {
        struct str *items;
        ptrdiff_t count, capacity;
};

static void find_started(struct import *im, const struct log_entries *all, struct started *ret) {
        for (ptrdiff_t i = 0; i < all->count; i++) {
                bool known = false;

                for (ptrdiff_t k = 0; k < ret->count && !known; k++)
                        known = str_eq(ret->items[k], all->items[i].host);
                if (!known && is_start(&all->items[i]))
                        *arena_append(im->arena, ret) = all->items[i].host;
        }
}

static void read_host(struct import *im, const struct log_entries *all, struct str host, bool many) {
        struct log log = { .import = im, .host = import_host(im, many ? host : S("")) };
        ptrdiff_t others = all->others;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                if (many && !str_eq(all->items[i].host, host))
                        continue;
                if (is_kernels(&all->items[i]))
                        log_line(&log, log_message(all->items[i].text));
                else
                        others++;
        }
        if (others > 0)
                import_note(log.host, "%td lines of programs other than the kernel were left out", others);
        log_end(&log);
}

static int read_logs(struct import *im, const struct json_value *root) {
        struct log_entries all = { 0 };
        struct started started = { 0 };

        gather(im, &all, root, 0);
        turn(&all);
        find_started(im, &all, &started);
        if (started.count < 2)
                read_host(im, &all, S(""), false);
        for (ptrdiff_t i = 0; started.count > 1 && i < started.count; i++)
                read_host(im, &all, started.items[i], true);
        return 0;
}

const struct reader reader_logs = {
        .format = { .name = "log-json", .title = "a log store's or shipper's export as JSON",
                    .carries = "a kernel log: version, command line and processor, and what the kernel reported while it started" },
        .in_json = is_logs,
        .read_json = read_logs,
};
