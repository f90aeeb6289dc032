/* Texts that people's own JSON holds: one string that is a tool's whole output, a list of its lines, a list of names with sentences, or an
 * object with lscpu's labels. Several such texts may be several machines', which nothing here tells apart: then none is read. */
#include "collect/import/parts.h"

enum { TEXTS_DEPTH_MAX = 12, MACHINES_COMPARED = 512 };

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
        if (!telling || lines < lines_needed || str_find(text, S("# sidelight evidence ")) >= 0) /* that is read whole, or not at all */
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

                if (m->type == JSON_STRING && import_file_of(c, m->text) && (name.len == 0 || import_file_of(c, name) == import_file_of(c, m->text)))
                        name = m->text;
                else if (m->type == JSON_STRING && import_is_sentence(m->text) && sentence.len == 0)
                        sentence = m->text;
                else if (m->type == JSON_STRING && (import_file_of(c, m->text) || import_is_sentence(m->text)))
                        return false;
        }
        if (name.len > 0 && sentence.len > 0)
                add_line(o, name, str_trim(sentence));
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

/* ---- A list whose items each name their machine, and hold one such text: AWS' and Azure's "run this everywhere" ---- */

static struct str machine_of(const struct json_value *v) {
        static const struct str keys[] = { STR("InstanceId"), STR("instanceId"), STR("InstanceName"), STR("hostname"), STR("host"), STR("node"), STR("machine"),
                                           STR("server"), STR("computer"), STR("vmName") };

        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
                const struct json_value *m = v->type == JSON_OBJECT ? json_member(v, keys[i]) : NULL;

                if (m && m->type == JSON_STRING && m->text.len > 0)
                        return m->text;
        }
        return S("");
}

/* Each item has a name that no other has; one without such a text (a command that failed) is passed over where another has one. */
static bool are_machines(struct import *im, const struct json_value *list) {
        int texts = 0;

        for (ptrdiff_t i = 0; i < list->count; i++) {
                struct found_text f = { .im = im };
                struct str name = machine_of(&list->items[i]);

                look(&f, &list->items[i], 0);
                if (name.len == 0 || f.count > 1)
                        return false;
                for (ptrdiff_t k = 0; k < i && k < MACHINES_COMPARED; k++)
                        if (str_eq(name, machine_of(&list->items[k])))
                                return false;
                texts += f.count;
        }
        return texts > 0;
}

static const struct json_value *list_of_machines(struct import *im, const struct json_value *root) {
        if (root->type == JSON_ARRAY && root->count <= MACHINES_COMPARED)
                return are_machines(im, root) ? root : NULL;
        for (ptrdiff_t i = 0; root->type == JSON_OBJECT && i < root->count; i++) {
                const struct json_value *v = &root->members[i].value;

                if (v->type == JSON_ARRAY && v->count > 0 && v->count <= MACHINES_COMPARED && are_machines(im, v))
                        return v;
        }
        return NULL;
}

static bool is_texts(struct import *im, const struct json_value *root) {
        struct found_text f = { .im = im };

        look(&f, root, 0);
        return f.count == 1 || (f.count > 1 && list_of_machines(im, root));
}

static int read_one(struct import *im, struct str name, struct str text) {
        (void)import_host(im, name);
        return import_any(im, margin_text(im->arena, normal_text(im->arena, text))) < 0 ? -1 : 0;
}

static int read_texts(struct import *im, const struct json_value *root) {
        struct found_text f = { .im = im };
        const struct json_value *list;
        int status = 0;

        look(&f, root, 0);
        if (f.count == 1)
                return read_one(im, S(""), f.text);
        list = list_of_machines(im, root);
        for (ptrdiff_t i = 0; i < list->count && status == 0; i++) {
                f = (struct found_text){ .im = im };
                look(&f, &list->items[i], 0);
                im->nameless = machine_of(&list->items[i]);
                if (f.count == 1)
                        status = read_one(im, S(""), f.text);
                im->nameless = S("");
        }
        return status;
}

const struct reader reader_json_texts = {
        .format = { .name = "json-texts", .title = "a tool's output as a string, or a list of lines, in JSON", .carries = "a tool's output within JSON" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_json = is_texts,
        .read_json = read_texts,
};
