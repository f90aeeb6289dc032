#include "cli/bundle.h"

#include <stdlib.h>

#include "platform/archive.h"

enum { CAPTURE_DEPTH_MAX = 3, SPLIT_DEPTH_MAX = 4 };

bool bundle_is_archive(struct str name) {
        static const struct str ends[] = { STR(".tar.xz"), STR(".txz"), STR(".tar.gz"), STR(".tgz"), STR(".tar.zst"), STR(".tar.bz2"), STR(".tbz") };

        for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
                if (str_ends(name, ends[i]))
                        return true;
        return false;
}

static void add(struct bundle *b, struct arena *a, struct str source, struct str path, struct str text) {
        *arena_append(a, b) = (struct bundle_item){ .source = str_fmt(a, "%.*s:%.*s", STR_ARG(source), STR_ARG(path)), .text = text };
}

/* ---- One machine from another ---- */

struct keyed {
        struct str key;
        ptrdiff_t number;
};

static int by_key(const void *x, const void *y) {
        const struct keyed *a = x, *b = y;
        int order = str_cmp(a->key, b->key);

        return order ? order : a->number < b->number ? -1 : a->number > b->number;
}

static struct str folder_of(struct str path) {
        while (path.len > 0 && path.p[path.len - 1] != '/')
                path.len--;
        return path;
}

/* The folder that all the files are in. */
static struct str common_folder(const struct import_file *files, ptrdiff_t count) {
        struct str common = folder_of(files[0].path);

        for (ptrdiff_t i = 1; i < count; i++)
                while (!str_starts(files[i].path, common))
                        common = folder_of(str_sub(common, 0, common.len - 1));
        return common;
}

static struct str first_part(struct str path) {
        ptrdiff_t slash = str_find_char(path, '/');

        return slash < 0 ? path : str_sub(path, 0, slash);
}

/* A folder of this name is a part of a machine. */
static bool is_part(struct str name) {
        static const struct str parts[] = { STR("proc"), STR("sys"), STR("boot"), STR("etc"), STR("usr"), STR("var"), STR("sos_commands"),
                                            STR("insights_commands"), STR("hw.info"), STR("logs"), STR("data"), STR("devices") };

        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                if (str_eq(name, parts[i]))
                        return true;
        return false;
}

/* By the folders in which their ways part, and so on; false where these are parts of one machine. */
static bool split(struct bundle *b, struct arena *a, struct str source, struct import_file *files, ptrdiff_t count, int depth) {
        struct str common = common_folder(files, count);
        struct keyed *keys = arena_array(a, struct keyed, count);
        struct import_file *sorted = arena_array(a, struct import_file, count);

        for (ptrdiff_t i = 0; i < count; i++)
                keys[i] = (struct keyed){ .key = first_part(str_from(files[i].path, common.len)), .number = i };
        qsort(keys, (size_t)count, sizeof(*keys), by_key);
        for (ptrdiff_t i = 0; i < count; i++)
                sorted[i] = files[keys[i].number];
        for (ptrdiff_t i = 0, n; i < count; i += n) {
                struct str path = str_sub(sorted[i].path, 0, common.len + keys[i].key.len), other;
                struct evidence e;
                struct diag ignored = { 0 };

                for (n = 1; i + n < count && str_eq(keys[i + n].key, keys[i].key);)
                        n++;
                if (is_part(keys[i].key) || n == count)
                        return false;
                evidence_init(&e, a, path);
                if (import_files(&e, b->catalog, sorted + i, n, S(""), &other, &ignored) != IMPORT_SEVERAL) {
                        add(b, a, source, path, (struct str){ 0 });
                        b->items[b->count - 1].files = sorted + i;
                        b->items[b->count - 1].count = n;
                } else if (depth >= SPLIT_DEPTH_MAX || !split(b, a, source, sorted + i, n, depth + 1)) {
                        return false;
                }
        }
        return true;
}

int bundle_files(struct evidence *ret, struct bundle *several, const struct catalog *c, const struct import_file *files, ptrdiff_t count,
                 struct str note, struct diag *d) {
        struct bundle all = { .catalog = c, .note = note };
        struct import_file *copy;
        struct str other;
        int status = import_files(ret, c, files, count, note, &other, d);

        if (status != IMPORT_SEVERAL)
                return status;
        copy = arena_array(ret->arena, struct import_file, count);
        for (ptrdiff_t i = 0; i < count; i++)
                copy[i] = files[i];
        if (!split(&all, ret->arena, ret->source, copy, count, 0))
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' holds more than one machine ('%.*s' is not the first one's): unpack it, and give each "
                                                      "folder by itself", STR_ARG(ret->source), STR_ARG(other));
        if (!several)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' holds more than one machine, %td of them, the first '%.*s': `sidelight check` judges "
                                                      "each; here give one of them", STR_ARG(ret->source), all.count, STR_ARG(all.items[0].source));
        *several = all;
        return BUNDLE_SEVERAL;
}

/* ---- Archives ---- */

static ptrdiff_t depth_of(struct str path) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < path.len; i++)
                n += path.p[i] == '/';
        return n;
}

static bool is_capture(struct str path) {
        return depth_of(path) <= CAPTURE_DEPTH_MAX && (str_ends(path, S(".host")) || bundle_is_archive(path));
}

/* What stands directly in the archive may be a capture whatever it is called. */
static bool wants(void *arg, struct str path) {
        return import_wants(arg, path) || is_capture(path) || depth_of(path) == 0;
}

static bool any_file(void *arg, struct str path) {
        (void)arg;
        return path.len > 0;
}

bool bundle_can_be_read(const struct catalog *c, struct str text) {
        ARENA_AUTO struct arena a = { 0 };
        struct import_machines machines;
        struct diag ignored = { 0 };

        return evidence_looks_like(text) || import_machines(&machines, &a, S("x"), c, text, &ignored) == 0;
}

/* An archive's files: those that are parts of a report, and captures, each of which is a machine. */
struct opened {
        struct import_file *files;
        ptrdiff_t count;
        struct archive_file *captures;
        ptrdiff_t capture_count, evidence_count;
        struct str note;
};

static void sort_out(struct opened *ret, struct arena *a, const struct catalog *c, const struct archive_files *all) {
        *ret = (struct opened){ .files = arena_array(a, struct import_file, all->count + 1),
                                .captures = arena_array(a, struct archive_file, all->count + 1), .note = S("") };
        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct archive_file *f = &all->items[i];

                if (import_wants(c, f->path)) {
                        ret->files[ret->count++] = (struct import_file){ .path = f->path, .text = f->text };
                } else if (is_capture(f->path) || bundle_can_be_read(c, f->text)) {
                        ret->captures[ret->capture_count++] = *f;
                        ret->evidence_count += !bundle_is_archive(f->path);
                }
        }
        if (all->left_out > 0)
                ret->note = str_fmt(a, "%td file%s of the archive %s left out, because their paths lead out of it or are too long, the first: '%.*s'",
                                    all->left_out, all->left_out > 1 ? "s" : "", all->left_out > 1 ? "are" : "is", STR_ARG(all->left_first));
}

/* Nothing in it has a name that says something: what its files themselves say. */
static bool open_all(struct opened *ret, struct arena *a, const struct catalog *c, struct str source, struct str bytes) {
        struct archive_files all;
        struct diag ignored = { 0 };
        bool any = false;

        if (archive_unpack(&all, a, bytes, str_to_c(a, source), any_file, NULL, &ignored) < 0)
                return false;
        *ret = (struct opened){ .captures = all.items, .capture_count = all.count, .evidence_count = all.count, .note = S("") };
        for (ptrdiff_t i = 0; i < all.count && !any; i++)
                any = bundle_can_be_read(c, all.items[i].text);
        return any;
}

static int refuse_several(struct str source, const struct opened *o, struct diag *d) {
        return diag_fail_class(d, DIAG_INPUT, "'%.*s' holds more than one report, among them '%.*s': `sidelight check` judges each; here give one of them",
                               STR_ARG(source), STR_ARG(o->captures[0].path));
}

/* Captures, and the machines whose reports are beside them. */
static int take_captures(struct evidence *ret, struct bundle *several, struct arena *a, const struct catalog *c, struct str source,
                         const struct opened *o, struct diag *d) {
        int status = o->count > 0 ? bundle_files(ret, several, c, o->files, o->count, o->note, d) : IMPORT_UNKNOWN;

        if (status < 0 || !several)
                return status < 0 ? -1 : refuse_several(source, o, d);
        if (status != BUNDLE_SEVERAL)
                *several = (struct bundle){ .catalog = c, .note = o->note };
        if (status == 0) {
                struct str folder = common_folder(o->files, o->count);

                add(several, a, source, folder.len ? str_sub(folder, 0, folder.len - 1) : S("."), (struct str){ 0 });
                several->items[0].files = o->files;
                several->items[0].count = o->count;
        }
        several->milliseconds = BUNDLE_MILLISECONDS;
        for (ptrdiff_t i = 0; i < o->capture_count; i++)
                add(several, a, source, o->captures[i].path, o->captures[i].text.p ? o->captures[i].text : S(""));
        return BUNDLE_SEVERAL;
}

/* One report, and archives beside its files, as programs leave them. */
static int take_report(struct evidence *ret, struct bundle *several, struct arena *a, const struct catalog *c, const struct opened *o,
                       struct diag *d) {
        struct str note = o->note;

        if (o->capture_count > 0)
                note = str_fmt(a, "%.*s%s%td archive%s inside it %s not unpacked, the first: '%.*s'", STR_ARG(note), note.len ? "; " : "",
                               o->capture_count, o->capture_count > 1 ? "s" : "", o->capture_count > 1 ? "are" : "is", STR_ARG(o->captures[0].path));
        return bundle_files(ret, several, c, o->files, o->count, note, d);
}

static int no_report(struct str source, struct diag *d) {
        return diag_fail_class(d, DIAG_INPUT, "'%.*s' is an archive that holds no machine's report (of sos, insights-client, supportconfig or "
                                              "hw-probe, the vulnerabilities folder, or evidence files)", STR_ARG(source));
}

/* `milliseconds`: this is an archive out of another; NULL: it is what the user named. */
static int open_archive(struct evidence *ret, struct str *text, struct bundle *several, struct arena *a, const struct catalog *c,
                        struct str source, int64_t *milliseconds, struct diag *d) {
        struct str bytes = *text;
        struct archive_files all;
        struct opened o;
        struct str other;
        int64_t plenty = ARCHIVE_SECONDS * 1000;
        const struct archive_order order = { wants, (void *)(uintptr_t)c, milliseconds ? milliseconds : &plenty };

        evidence_init(ret, a, source);
        if (archive_unpack_within(&all, a, bytes, str_to_c(a, source), &order, d) < 0)
                return -1;
        *text = (struct str){ 0 };
        if (all.count == 1 && all.items[0].path.len == 0) {
                *text = all.items[0].text.p ? all.items[0].text : S("");
                return 0;
        }
        sort_out(&o, a, c, &all);
        if (o.count + o.capture_count == 0 && (milliseconds || !open_all(&o, a, c, source, bytes)))
                return no_report(source, d);
        if (o.count == 0 && o.capture_count == 1 && (!milliseconds || !bundle_is_archive(o.captures[0].path))) {
                *text = o.captures[0].text.p ? o.captures[0].text : S("");
                return archive_looks_like(*text) ? open_archive(ret, text, several, a, c, source, milliseconds ? milliseconds : &plenty, d) : 0;
        }
        if (o.count > 0 && o.evidence_count == 0 && import_files(ret, c, o.files, o.count, o.note, &other, d) != IMPORT_SEVERAL) {
                evidence_init(ret, a, source);
                return take_report(ret, several, a, c, &o, d);
        }
        evidence_init(ret, a, source);
        if (o.capture_count > 0)
                return take_captures(ret, several, a, c, source, &o, d);
        return bundle_files(ret, several, c, o.files, o.count, o.note, d);
}

int bundle_archive(struct evidence *ret, struct str *text, struct bundle *several, struct arena *a, const struct catalog *c, struct str source,
                   struct diag *d) {
        int status = open_archive(ret, text, several, a, c, source, NULL, d);

        return status == IMPORT_UNKNOWN ? no_report(source, d) : status;
}

/* ---- One of them ---- */

int bundle_take(struct bundle *b, ptrdiff_t number, struct arena *a, struct evidence *ret, struct str *ret_text, struct diag *d) {
        const struct bundle_item *item = &b->items[number];
        struct str other;
        int status;

        *ret_text = item->text;
        evidence_init(ret, a, item->source);
        if (item->text.p && !archive_looks_like(item->text))
                return 0;
        if (item->text.p && ++b->archives > BUNDLE_ARCHIVES_MAX)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' is not unpacked: it is the %dth archive inside the same one", STR_ARG(item->source),
                                       BUNDLE_ARCHIVES_MAX + 1);
        if (item->text.p)
                status = open_archive(ret, ret_text, NULL, a, b->catalog, item->source, &b->milliseconds, d);
        else
                status = import_files(ret, b->catalog, item->files, item->count, b->note, &other, d);
        return status <= 0 ? status : no_report(item->source, d);
}
