/* Texts that people's own JSON holds: one string that is a tool's whole output, a list of its lines, a list of names with sentences, or an
 * object with lscpu's labels. Several such texts may be several machines', which nothing here tells apart: then none is read. */
#include "collect/import/parts.h"

enum { TEXTS_DEPTH_MAX = 12 };

struct found_text {
        struct import *im;
        struct str text; /* the last one */
        int count;
};

/* "mds: Vulnerable", "Vulnerability Mds: Vulnerable", a line of a log that tells of a kernel's start. */
static bool is_telling(const struct catalog *c, struct str line) {
        struct str label, value;

        if (str_find(line, S("/sys/devices/system/cpu/vulnerabilities/")) >= 0 || str_find(line, S("Linux version ")) >= 0)
                return true;
        return import_label(line, &label, &value) && (str_starts(label, S("Vulnerability ")) || (import_known(c, label) && import_is_sentence(value)));
}

static void add(struct found_text *f, struct str text, int lines_needed) {
        struct str rest = text, line;
        bool telling = false;
        int lines = 0;

        while (str_line(&rest, &line)) {
                lines++;
                telling |= is_telling(f->im->catalog, str_trim(line));
        }
        if (!telling || lines < lines_needed)
                return;
        f->text = text;
        f->count++;
}

static void add_line(struct out *o, struct str name, struct str value) {
        out_fmt(o, "%.*s%s%.*s\n", STR_ARG(name), name.len ? ": " : "", STR_ARG(value));
}

/* {"name": "mds", "status": "Vulnerable"}: the file that one member names, and the sentence that another one is. */
static bool add_pair(const struct catalog *c, struct out *o, const struct json_value *v) {
        struct str name = { 0 }, sentence = { 0 };

        for (ptrdiff_t i = 0; v->type == JSON_OBJECT && i < v->count; i++) {
                const struct json_value *m = &v->members[i].value;

                if (m->type == JSON_STRING && import_known(c, m->text) && name.len == 0)
                        name = m->text;
                else if (m->type == JSON_STRING && import_is_sentence(m->text) && sentence.len == 0)
                        sentence = m->text;
                else if (m->type == JSON_STRING && (import_known(c, m->text) || import_is_sentence(m->text)))
                        return false;
        }
        if (name.len > 0 && sentence.len > 0)
                add_line(o, name, sentence);
        return name.len > 0 && sentence.len > 0;
}

/* The lines of a list, or of pairs in it. */
static void look_at_list(struct found_text *f, const struct json_value *v) {
        OUT_AUTO struct out o = { 0 };
        bool same = v->count > 1;

        for (ptrdiff_t i = 0; i < v->count && same; i++) {
                if (v->items[i].type == JSON_STRING)
                        add_line(&o, S(""), v->items[i].text);
                else
                        same = add_pair(f->im->catalog, &o, &v->items[i]);
        }
        if (same)
                add(f, str_dup(f->im->arena, out_text(&o)), 2);
}

/* Keys that are lscpu's labels. */
static void look_at_labels(struct found_text *f, const struct json_value *v) {
        OUT_AUTO struct out o = { 0 };
        int labels = 0;

        for (ptrdiff_t i = 0; i < v->count; i++) {
                struct str value = import_json_text(&v->members[i].value);

                labels += str_starts(v->members[i].key, S("Vulnerability "));
                if (value.len > 0 && str_find_char(value, '\n') < 0)
                        add_line(&o, v->members[i].key, value);
        }
        if (labels > 0)
                add(f, str_dup(f->im->arena, out_text(&o)), 1);
}

static void look(struct found_text *f, const struct json_value *v, int depth) {
        if (depth > TEXTS_DEPTH_MAX || f->count > 1)
                return;
        if (v->type == JSON_STRING && str_find_char(v->text, '\n') >= 0)
                add(f, v->text, 2);
        if (v->type == JSON_ARRAY) {
                look_at_list(f, v);
                for (ptrdiff_t i = 0; i < v->count; i++)
                        look(f, &v->items[i], depth + 1);
        } else if (v->type == JSON_OBJECT) {
                look_at_labels(f, v);
                for (ptrdiff_t i = 0; i < v->count; i++)
                        look(f, &v->members[i].value, depth + 1);
        }
}

static bool is_texts(struct import *im, const struct json_value *root) {
        struct found_text f = { .im = im };

        look(&f, root, 0);
        return f.count == 1;
}

static int read_texts(struct import *im, const struct json_value *root) {
        struct found_text f = { .im = im };

        look(&f, root, 0);
        (void)import_host(im, S(""));
        return import_any(im, margin_text(im->arena, normal_text(im->arena, f.text))) < 0 ? -1 : 0;
}

const struct reader reader_json_texts = {
        .format = { .name = "json-texts", .title = "a tool's output as a string, or a list of lines, in JSON", .carries = "a tool's output within JSON" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_json = is_texts,
        .read_json = read_texts,
};
