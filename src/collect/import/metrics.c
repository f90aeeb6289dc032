/* Prometheus' node_exporter: what a machine exports, and what a Prometheus answers about many. */
#include "collect/import/parts.h"

struct metric {
        struct str name;     /* "node_cpu_info" */
        struct str instance, node, pod; /* empty: not told */
        struct str state, codename, mitigation;
        struct str vendor, family, model, stepping, microcode, model_name;
        struct str sysname, release, machine, nodename;
};

static struct str *label_of(struct metric *m, struct str name) {
        const struct {
                struct str name;
                struct str *value;
        } rows[] = {
                { S("__name__"), &m->name },       { S("instance"), &m->instance },   { S("state"), &m->state },
                { S("node"), &m->node },           { S("pod"), &m->pod },             { S("host"), &m->node },
                { S("kubernetes_node"), &m->node }, { S("hostname"), &m->node },
                { S("codename"), &m->codename },   { S("mitigation"), &m->mitigation }, { S("vendor"), &m->vendor },
                { S("family"), &m->family },       { S("model"), &m->model },         { S("stepping"), &m->stepping },
                { S("microcode"), &m->microcode }, { S("model_name"), &m->model_name }, { S("sysname"), &m->sysname },
                { S("release"), &m->release },     { S("machine"), &m->machine },     { S("nodename"), &m->nodename },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(name, rows[i].name))
                        return rows[i].value;
        return NULL;
}

/* ---- What a metric says ---- */

/* The exporter drops the first word and its mark; which mark it was, the catalog's sentences tell. */
static struct str sentence(struct import *im, const struct sentence_file *f, const struct metric *m) {
        static const char *const marks[] = { ": ", ", ", "; ", " " };

        if (str_eq_nocase(m->state, S("not affected")))
                return S("Not affected");
        if (str_eq_nocase(m->state, S("mitigation")))
                return m->mitigation.len ? str_fmt(im->arena, "Mitigation: %.*s", STR_ARG(m->mitigation)) : S("Mitigation");
        if (!str_eq_nocase(m->state, S("vulnerable")))
                return m->mitigation;
        if (m->mitigation.len == 0)
                return S("Vulnerable");
        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
                struct str text = str_fmt(im->arena, "Vulnerable%s%.*s", marks[i], STR_ARG(m->mitigation));

                if (import_understood(f, text))
                        return text;
        }
        return str_fmt(im->arena, "Vulnerable; %.*s", STR_ARG(m->mitigation));
}

/* One line of node_cpu_info a CPU: like ones once. */
static void add_cpu(struct import *im, struct import_host *h, const struct metric *m) {
        struct import_cpu cpu = { .vendor = m->vendor, .family = m->family, .model = m->model, .stepping = m->stepping,
                                  .microcode = m->microcode, .name = m->model_name };

        for (ptrdiff_t i = 0; i < h->cpus.count; i++) {
                const struct import_cpu *c = &h->cpus.items[i];

                if (str_eq(c->vendor, cpu.vendor) && str_eq(c->family, cpu.family) && str_eq(c->model, cpu.model) &&
                    str_eq(c->stepping, cpu.stepping) && str_eq(c->microcode, cpu.microcode))
                        return;
        }
        *arena_append(im->arena, &h->cpus) = cpu;
}

/* Whoever asks for a few labels alone, or names machines otherwise, leaves `instance` out. node_uname_info names each machine. */
static struct str machine_of(const struct metric *m) {
        const struct str names[] = { m->instance, m->node, m->nodename, m->pod };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (names[i].len > 0 && (&names[i] != &names[2] || !str_eq(m->name, S("node_uname_info"))))
                        return names[i];
        return S("");
}

static bool is_ours(struct str name) {
        return str_eq(name, S("node_cpu_vulnerabilities_info")) || str_eq(name, S("node_cpu_info")) || str_eq(name, S("node_uname_info"));
}

static void take(struct import *im, const struct metric *m) {
        const struct sentence_file *known = import_known(im->catalog, m->codename), *f = known ? known : import_titled(im->catalog, m->codename);
        struct import_host *h = import_host(im, machine_of(m));

        if (str_eq(m->name, S("node_cpu_info"))) {
                add_cpu(im, h, m);
        } else if (str_eq(m->name, S("node_uname_info"))) {
                import_uname(h, m->sysname.len ? m->sysname : S("Linux"), m->release, m->machine);
        } else if (f) {
                import_uname(h, S("Linux"), S(""), S(""));
                import_sentence(im, h, f, sentence(im, f, m));
                h->complete = true; /* the exporter shows every file, or none */
        } else {
                import_note(h, "a flaw that this version does not know: %.*s", STR_ARG(m->codename));
        }
}

/* ---- Text: name{label="value",…} 1 ---- */

static struct str unescaped(struct arena *a, struct str s) {
        char *p = arena_bytes(a, s.len + 1);
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < s.len; i++) {
                i += s.p[i] == '\\' && i + 1 < s.len;
                p[n++] = s.p[i];
        }
        return str_n(p, n);
}

static bool take_label(struct import *im, struct str *rest, struct metric *m) {
        ptrdiff_t equals = str_find(*rest, S("=\"")), end = equals + 2;
        struct str name, *value;

        if (equals < 1)
                return false;
        name = str_trim(str_sub(*rest, 0, equals));
        if (str_starts(name, S(",")))
                name = str_trim(str_from(name, 1));
        while (end < rest->len && rest->p[end] != '"')
                end += rest->p[end] == '\\' ? 2 : 1;
        if (end >= rest->len)
                return false;
        value = label_of(m, name);
        if (value)
                *value = unescaped(im->arena, str_sub(*rest, equals + 2, end - equals - 2));
        *rest = str_from(*rest, end + 1);
        return true;
}

static bool metric_of(struct import *im, struct str line, struct metric *ret) {
        ptrdiff_t brace = str_find_char(line, '{');
        struct str rest;

        *ret = (struct metric){ 0 };
        if (brace < 1 || !is_ours(str_trim(str_sub(line, 0, brace))))
                return false;
        rest = str_from(line, brace + 1);
        while (take_label(im, &rest, ret))
                continue;
        ret->name = str_trim(str_sub(line, 0, brace));
        return str_starts(str_trim(rest), S("}"));
}

static bool is_metrics(struct import *im, const struct lines *l) {
        struct metric m;

        for (ptrdiff_t i = 0; i < l->count; i++)
                if (metric_of(im, str_trim(l->items[i].text), &m))
                        return true;
        return false;
}

static int read_metrics(struct import *im, struct lines *l) {
        struct metric m;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (metric_of(im, line, &m))
                        take(im, &m);
                l->items[i].taken |= str_starts(line, S("node_")) || str_starts(line, S("# HELP ")) || str_starts(line, S("# TYPE "));
        }
        return 0;
}

static const char carries[] = "node_exporter's metrics: the kernel's sentences, kernel and processor; no command line or register";

const struct reader reader_metrics = {
        .format = { .name = "node-exporter", .title = "node_exporter --collector.cpu.info", .carries = carries },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_metrics,
        .read_lines = read_metrics,
};

/* ---- JSON of Prometheus ---- */

/* The answer's list; or the series themselves, one a line, as VictoriaMetrics and `tsdb dump` export them. */
static const struct json_value *results(const struct json_value *root) {
        const struct json_value *v = json_path(root, S("data.result"));

        v = v ? v : root;
        return v->type == JSON_ARRAY ? v : NULL;
}

static bool is_prometheus(struct import *im, const struct json_value *root) {
        const struct json_value *all = results(root);

        (void)im;
        for (ptrdiff_t i = 0; all && i < all->count; i++)
                if (is_ours(json_text(&all->items[i], S("metric.__name__"))))
                        return true;
        return false;
}

static int read_prometheus(struct import *im, const struct json_value *root) {
        const struct json_value *all = results(root);

        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct json_value *labels = json_get(&all->items[i], S("metric"));
                struct metric m = { 0 };

                for (ptrdiff_t k = 0; labels && labels->type == JSON_OBJECT && k < labels->count; k++) {
                        struct str *value = label_of(&m, labels->members[k].key);

                        if (value)
                                *value = import_json_text(&labels->members[k].value);
                }
                if (is_ours(m.name))
                        take(im, &m);
        }
        return 0;
}

const struct reader reader_prometheus = {
        .format = { .name = "prometheus-json", .title = "a Prometheus asked for node_cpu_vulnerabilities_info", .carries = carries },
        .lacks = LACKS_PROCESSOR,
        .in_json = is_prometheus,
        .read_json = read_prometheus,
};
