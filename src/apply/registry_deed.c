#include "apply/registry_deed.h"

#include <errno.h>

#include "base/utf16.h"
#include "plan/edit/registry.h"

enum { TYPE_TEXT = 1, TYPE_DWORD = 4 };

/* ---- As text ---- */

static struct str registry_encode(struct arena *a, const struct registry_bytes *v) {
        static const char digits[] = "0123456789abcdef";
        char *p = arena_bytes(a, 2 * v->bytes.len + 1);

        if (!v->exists)
                return S("");
        for (ptrdiff_t i = 0; i < v->bytes.len; i++) {
                unsigned char byte = (unsigned char)v->bytes.p[i];

                p[2 * i] = digits[byte >> 4];
                p[2 * i + 1] = digits[byte & 15];
        }
        return str_fmt(a, "%u:%.*s", (unsigned)v->type, STR_ARG(str_n(p, 2 * v->bytes.len)));
}

static bool registry_decode(struct arena *a, struct str text, struct registry_bytes *ret) {
        struct str type;
        uint64_t number = 0, byte;
        char *p = arena_bytes(a, text.len + 1);
        ptrdiff_t len = 0;

        *ret = (struct registry_bytes){ 0 };
        if (text.len == 0)
                return true;
        if (!str_cut(&text, ':', &type) || !str_to_u64(type, &number) || number > UINT32_MAX || text.len % 2)
                return false;
        for (; len < text.len / 2; len++) {
                if (!str_hex_to_u64(str_sub(text, 2 * len, 2), &byte))
                        return false;
                p[len] = (char)byte;
        }
        *ret = (struct registry_bytes){ .exists = true, .type = (uint32_t)number, .bytes = str_n(p, len) };
        return true;
}

struct str registry_path(struct arena *a, struct str key, struct str name) {
        return str_fmt(a, "%.*s|%.*s", STR_ARG(key), STR_ARG(name));
}

/* A key's name has no '|' of its own in what sidelight changes; a value's may. */
static void registry_split(struct str path, struct str *ret_key, struct str *ret_name) {
        *ret_name = path;
        *ret_key = S("");
        (void)str_cut(ret_name, '|', ret_key);
}

struct registry_bytes registry_wanted(struct arena *a, const struct change *c) {
        struct registry_data data = registry_data_of(c->new);
        char *p = arena_bytes(a, 4);
        const uint16_t *units;
        ptrdiff_t count;

        if (c->edit == EDIT_REMOVE)
                return (struct registry_bytes){ 0 };
        if (data.type == REGISTRY_DWORD) {
                for (int i = 0; i < 4; i++)
                        p[i] = (char)(data.number >> 8 * i & 0xff);
                return (struct registry_bytes){ .exists = true, .type = TYPE_DWORD, .bytes = str_n(p, 4) };
        }
        units = utf16_from_utf8(a, data.text, &count);
        p = arena_bytes(a, 2 * count + 2);
        for (ptrdiff_t i = 0; i <= count; i++) { /* with the zero behind it */
                p[2 * i] = (char)(i < count ? units[i] & 0xff : 0);
                p[2 * i + 1] = (char)(i < count ? units[i] >> 8 : 0);
        }
        return (struct registry_bytes){ .exists = true, .type = TYPE_TEXT, .bytes = str_n(p, 2 * count + 2) };
}

/* ---- Deeds ---- */

static void refuse_value(struct deeds *d, struct arena *a, ptrdiff_t n, const struct change *c, const char *why, const char *instead) {
        deeds_refuse(d, a, n, registry_path(a, c->target.place, c->target.key), str_of(why), str_of(instead));
}

static void add_value(struct deeds *ret, struct arena *a, const struct registry_edit *edit, const struct change *c, ptrdiff_t n) {
        struct registry_bytes now = { 0 }, new = registry_wanted(a, c), seen = { 0 };
        struct deed one = { .kind = DEED_REGISTRY, .step = n, .path = registry_path(a, c->target.place, c->target.key) };
        int error = edit->look(edit->arg, a, c->target.place, c->target.key, &now);

        if (c->was == FACT_KNOWN)
                seen = registry_wanted(a, &(struct change){ .edit = EDIT_SET, .new = c->old });
        one.old = registry_encode(a, &now);
        one.new = registry_encode(a, &new);
        one.was.exists = now.exists;
        if (error)
                refuse_value(ret, a, n, c, tree_edit_error(error), "run it as an administrator");
        else if (now.exists && new.exists && now.type != new.type)
                refuse_value(ret, a, n, c, "a value of another type is there", "find out who set it, and remove it or set it yourself");
        else if ((c->was != FACT_KNOWN && c->was != FACT_ABSENT) || !str_eq(one.old, registry_encode(a, &seen)))
                refuse_value(ret, a, n, c, "it is not what it was a moment ago", "look again");
        else if (!str_eq(one.old, one.new))
                deeds_add(ret, a, &one);
}

void realise_registry(struct deeds *ret, struct arena *a, const struct registry_edit *edit, const struct step *s, ptrdiff_t n) {
        ptrdiff_t before = ret->files.count, refused = ret->refusals.count;

        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].target.kind == TARGET_REGISTRY_VALUE)
                        add_value(ret, a, edit, &s->changes.items[i], n);
        if (s->changes.count == 0)
                deeds_refuse(ret, a, n, S("Windows"), S("fix sets registry values, and does not install anything"),
                             s->instructions.count ? s->instructions.items[0].text : s->title);
        if (ret->refusals.count > refused)
                ret->files.count = before;
}

/* ---- Carried out ---- */

static int cannot(struct diag *d, const char *what, struct str path, int error) {
        return diag_fail(d, "cannot %s '%.*s': %s", what, STR_ARG(path), tree_edit_error(error));
}

/* A journal may have come from elsewhere. */
static int need_registry(struct journal *j, struct str path, struct diag *d) {
        return j->registry ? 0 : diag_fail(d, "'%.*s' is a value of a running Windows' registry, which this is not", STR_ARG(path));
}

int registry_now(struct journal *j, const struct deed *deed, struct str *ret, struct diag *d) {
        struct registry_bytes now;
        struct str key, name;
        int error;

        if (need_registry(j, deed->path, d) < 0)
                return -1;
        registry_split(deed->path, &key, &name);
        error = j->registry->look(j->registry->arg, j->a, key, name, &now);
        if (error)
                return cannot(d, "read", deed->path, error);
        *ret = registry_encode(j->a, &now);
        return 0;
}

static struct str parent_of(struct str key) {
        ptrdiff_t n = key.len;

        while (n > 0 && key.p[n - 1] != '\\')
                n--;
        return str_n(key.p, n > 0 ? n - 1 : 0);
}

static int note_key(struct journal *j, struct entry *e, struct str key, struct diag *d) {
        bool exists = false;
        int error;

        for (ptrdiff_t i = 0; i < e->keys.count; i++)
                if (str_eq_nocase(e->keys.items[i], key))
                        return 0;
        error = key.len ? j->registry->key_exists(j->registry->arg, j->a, key, &exists) : ENOENT;
        if (error)
                return cannot(d, "look at", key, error);
        if (exists)
                return 0;
        if (note_key(j, e, parent_of(key), d) < 0)
                return -1;
        *arena_append(j->a, &e->keys) = key;
        return 0;
}

int registry_note_keys(struct journal *j, struct entry *e, const struct deed *deed, struct diag *d) {
        struct str key, name;

        registry_split(deed->path, &key, &name);
        return need_registry(j, deed->path, d) < 0 ? -1 : note_key(j, e, key, d);
}

int registry_make_keys(struct journal *j, const struct entry *e, struct diag *d) {
        for (ptrdiff_t i = 0; i < e->keys.count; i++) {
                int error = j->registry->make_key(j->registry->arg, j->a, e->keys.items[i]);

                if (error && error != EEXIST)
                        return cannot(d, "make", e->keys.items[i], error);
        }
        return 0;
}

/* One in which something else has been put meanwhile stays. */
int registry_drop_keys(struct journal *j, const struct entry *e, struct diag *d) {
        for (ptrdiff_t i = e->keys.count - 1; i >= 0; i--) {
                int error = need_registry(j, e->keys.items[i], d) < 0 ? -1 : j->registry->drop_key(j->registry->arg, j->a, e->keys.items[i]);

                if (error < 0)
                        return -1;
                if (error && error != ENOTEMPTY)
                        return cannot(d, "remove", e->keys.items[i], error);
        }
        return 0;
}

int registry_set(struct journal *j, const struct deed *deed, struct str value, struct diag *d) {
        struct registry_bytes bytes;
        struct str key, name;
        int error;

        registry_split(deed->path, &key, &name);
        if (!registry_decode(j->a, value, &bytes))
                return diag_fail_class(d, DIAG_INPUT, "the journal's value of '%.*s' is damaged", STR_ARG(deed->path));
        error = j->registry->put(j->registry->arg, j->a, key, name, &bytes);
        return error ? cannot(d, bytes.exists ? "set" : "remove", deed->path, error) : 0;
}
