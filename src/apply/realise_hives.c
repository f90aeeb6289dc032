#include "apply/realise_hives.h"

#include <errno.h>

#include "apply/registry_deed.h"
#include "base/hive_cells.h"
#include "base/hive_edit.h"
#include "base/hive_header.h"

static const struct {
        struct str root, name;
} hives[] = { { STR("HKLM\\SYSTEM\\"), STR("SYSTEM") }, { STR("HKLM\\SOFTWARE\\"), STR("SOFTWARE") } };

enum { HIVES = sizeof(hives) / sizeof(hives[0]) };

struct offline {
        struct deeds *deeds;
        struct arena *a;
        const struct tree *tree;
        ptrdiff_t step;
        bool back; /* values are put back that fix has set */
};

static int refuse(struct offline *x, struct str what, struct str why, const char *instead) {
        deeds_refuse(x->deeds, x->a, x->step, what, why, str_of(instead));
        return -1;
}

/* ---- Files of a Windows, whatever the case of their names ---- */

bool windows_path(const struct tree *t, struct arena *a, struct str path, struct str *ret) {
        struct tree_names names;
        struct str part, real = S("");

        while (str_cut(&path, '/', &part)) {
                struct str found = S("");

                if (tree_list(t, real.len ? str_to_c(a, real) : "/", a, &names) != 0)
                        return false;
                for (ptrdiff_t i = 0; i < names.count; i++)
                        if (str_eq_nocase(names.items[i], part))
                                found = names.items[i];
                if (found.len == 0)
                        return false;
                real = str_fmt(a, "%.*s/%.*s", STR_ARG(real), STR_ARG(found));
        }
        *ret = real;
        return true;
}

/* ---- Is it at rest? ---- */

/* Fast startup leaves one, too: Windows then goes on with the registry that it has in memory. */
static int check_hibernation(struct offline *x) {
        char *p = arena_bytes(x->a, HIBERNATION_HEAD);
        struct str path, head = str_n(p, HIBERNATION_HEAD);
        bool zero = true;
        int error;

        if (!windows_path(x->tree, x->a, S("hiberfil.sys"), &path))
                return 0;
        error = tree_read_start(x->tree, str_to_c(x->a, path), p, HIBERNATION_HEAD);
        for (ptrdiff_t i = 0; !error && i < head.len; i++)
                zero &= head.p[i] == 0;
        if (!error && (zero || str_starts(head, S("WAKE")) || str_starts(head, S("wake"))))
                return 0;
        return refuse(x, path, S("this Windows is hibernated (fast startup does that, too): it would go on with the registry as it was"),
                      "start it, and shut it down with `shutdown /s /t 0`");
}

static int check_logs(struct offline *x, struct str name, struct str hive) {
        for (int n = 1; n <= 2; n++) {
                struct str path, log;

                if (!windows_path(x->tree, x->a, str_fmt(x->a, CONFIG "%.*s.LOG%d", STR_ARG(name), n), &path))
                        continue;
                if (tree_read(x->tree, str_to_c(x->a, path), DEED_HIVE_MAX, x->a, &log) != 0 || hive_log_pends(log, hive))
                        return refuse(x, path, S("it holds changes that the hive does not have yet"),
                                      "start this Windows, and shut it down with `shutdown /s /t 0`");
        }
        return 0;
}

/* ---- The control set ---- */

static bool select_value(struct hive_cells *h, struct arena *a, const char *name, uint32_t *ret) {
        uint32_t key = hive_child(h, a, h->root, S("Select")), type;
        struct str bytes;

        if (!key || !hive_value(h, a, key, str_of(name), &type, &bytes) || bytes.len != 4)
                return false;
        *ret = (unsigned char)bytes.p[0] | (uint32_t)(unsigned char)bytes.p[1] << 8;
        return true;
}

/* "ControlSet001": Current ran last, and was read; Default is started next. */
static int control_set(struct offline *x, struct str path, struct str hive, struct str *ret) {
        struct hive_cells h;
        uint32_t current = 0, next = 0;

        hive_cells_open(&h, hive);
        if (!select_value(&h, x->a, "Current", &current) || !select_value(&h, x->a, "Default", &next))
                return refuse(x, path, S("its Select key does not name the control sets"), "start this Windows, and run fix there");
        if (current != next)
                return refuse(x, path, str_fmt(x->a, "control set %u ran last, and %u starts next: what was read is not what will count",
                                               (unsigned)current, (unsigned)next), "start this Windows, and run fix there");
        *ret = str_fmt(x->a, "ControlSet%03u", (unsigned)current);
        return 0;
}

static struct str below_root(struct arena *a, struct str key, struct str root, struct str set) {
        struct str rest = str_from(key, root.len), first, behind = rest;

        if (str_cut(&behind, '\\', &first) && str_eq_nocase(first, S("CurrentControlSet")))
                return str_fmt(a, "%.*s\\%.*s", STR_ARG(set), STR_ARG(behind));
        return rest;
}

/* ---- A hive ---- */

static int read_hive(struct offline *x, struct str name, struct str *ret_path, struct str *ret) {
        struct diag d = { 0 };
        bool dirty = false;
        int error;

        if (!windows_path(x->tree, x->a, str_fmt(x->a, CONFIG "%.*s", STR_ARG(name)), ret_path))
                return refuse(x, str_fmt(x->a, "/" CONFIG "%.*s", STR_ARG(name)), S("it is not there"), "name the folder that holds Windows");
        if (deeds_hive_text(x->deeds, *ret_path, ret))
                return 0; /* as an earlier step leaves it: looked at already */
        error = tree_read(x->tree, str_to_c(x->a, *ret_path), DEED_HIVE_MAX, x->a, ret);
        if (error)
                return refuse(x, *ret_path, str_of(tree_error_name(error)), "see what keeps it from being read");
        if (hive_header(*ret, str_to_c(x->a, *ret_path), &dirty, &d) < 0)
                return refuse(x, *ret_path, str_dup(x->a, str_of(d.text)), "use a sound copy");
        if (dirty)
                return refuse(x, *ret_path, S("its last write was not completed (its sequence numbers differ)"),
                              "start this Windows, and shut it down with `shutdown /s /t 0`");
        return check_logs(x, name, *ret);
}

static struct registry_bytes value_now(struct arena *a, struct str hive, struct str key, struct str name) {
        struct registry_bytes ret = { 0 };
        struct hive_cells h;
        struct str part;
        uint32_t at;

        hive_cells_open(&h, hive);
        for (at = h.root; at && str_cut(&key, '\\', &part);)
                at = hive_child(&h, a, at, part);
        ret.exists = at && hive_value(&h, a, at, name, &ret.type, &ret.bytes);
        return ret;
}

static bool same(const struct registry_bytes *x, const struct registry_bytes *y) {
        return x->exists == y->exists && (!x->exists || (x->type == y->type && str_eq(x->bytes, y->bytes)));
}

/* 0: `ret` is to be made; 1: there is nothing to be done. */
static int hive_change_of(struct offline *x, const struct change *c, struct str hive, struct str key, struct hive_change *ret) {
        struct registry_bytes wanted = registry_wanted(x->a, c), now = value_now(x->a, hive, key, c->target.key), before = { 0 };
        struct str path = registry_path(x->a, c->target.place, c->target.key);

        *ret = (struct hive_change){ .key = key, .name = c->target.key, .type = wanted.type, .bytes = wanted.bytes, .absent = !wanted.exists };
        if (same(&now, &wanted))
                return 1;
        if (c->was == FACT_KNOWN)
                before = registry_wanted(x->a, &(struct change){ .edit = EDIT_SET, .new = c->old });
        if (x->back && !same(&now, &before))
                return refuse(x, path, S("it was changed since"), "set it by hand");
        if (now.exists && wanted.exists && now.type != wanted.type)
                return refuse(x, path, S("a value of another type is there"), "find out who set it, and remove it or set it yourself");
        return 0;
}

static int edit_hive(struct offline *x, const struct step *s, int n) {
        struct hive_change *changes = arena_array(x->a, struct hive_change, s->changes.count + 1);
        struct str path, text, set = S(""), new, why = S("");
        ptrdiff_t count = 0;

        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                count += str_starts(s->changes.items[i].target.place, hives[n].root);
        if (count == 0)
                return 0;
        if (read_hive(x, hives[n].name, &path, &text) < 0 || (n == 0 && control_set(x, path, text, &set) < 0))
                return -1;
        count = 0;
        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct change *c = &s->changes.items[i];
                int is = str_starts(c->target.place, hives[n].root)
                                 ? hive_change_of(x, c, text, below_root(x->a, c->target.place, hives[n].root, set), &changes[count])
                                 : 1;

                if (is < 0)
                        return -1;
                count += is == 0;
        }
        if (count == 0)
                return 0;
        if (hive_edit(x->a, text, changes, count, &new, &why) < 0)
                return refuse(x, path, why, "start this Windows, and run fix there");
        return deeds_hive(x->deeds, x->a, x->tree, x->step, path, new);
}

static void edit_hives(struct offline *x, const struct step *s) {
        ptrdiff_t before = x->deeds->files.count;

        if (check_hibernation(x) < 0)
                return;
        for (int i = 0; i < HIVES; i++)
                if (edit_hive(x, s, i) < 0) {
                        x->deeds->files.count = before;
                        return;
                }
}

void realise_hives(struct deeds *ret, struct arena *a, const struct tree *t, const struct step *s, ptrdiff_t n) {
        struct offline x = { .deeds = ret, .a = a, .tree = t, .step = n };

        if (s->changes.count == 0)
                deeds_refuse(ret, a, n, S("Windows"), S("fix sets registry values, and does not install anything"),
                             s->instructions.count ? s->instructions.items[0].text : s->title);
        else
                edit_hives(&x, s);
}

void realise_hives_back(struct deeds *ret, struct arena *a, const struct tree *t, const struct changes *made) {
        struct offline x = { .deeds = ret, .a = a, .tree = t, .back = true };
        struct step back = { 0 };

        for (ptrdiff_t i = made->count - 1; i >= 0; i--) {
                struct change undo;

                if (made->items[i].target.kind != TARGET_REGISTRY_VALUE)
                        continue;
                if (!change_undo(&undo, &made->items[i])) {
                        (void)refuse(&x, registry_path(a, made->items[i].target.place, made->items[i].target.key), S("what it was is not known"),
                                     "set it by hand");
                        return;
                }
                *arena_append(a, &back.changes) = undo;
        }
        edit_hives(&x, &back);
}
