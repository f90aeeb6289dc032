#include "apply/deeds.h"

#include <errno.h>

#include "base/plain.h"
#include "base/shell.h"

static const struct str words[] = {
#define X(name, word) [DEED_##name] = STR(word),
        DEEDS(X)
#undef X
};

struct str deed_word(enum deed_kind k) {
        return words[k];
}

void text_hash(struct str text, char ret_hex[65]) {
        struct sha256 h;

        sha256_init(&h);
        sha256_add(&h, text);
        sha256_hex(&h, ret_hex);
}

static struct deed *deed_at(const struct deeds *d, enum deed_kind kind, struct str path) {
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == kind && str_eq(d->files.items[i].path, path))
                        return &d->files.items[i];
        return NULL;
}

void deeds_refuse(struct deeds *d, struct arena *a, ptrdiff_t step, struct str what, struct str why, struct str instead) {
        for (ptrdiff_t i = 0; i < d->refusals.count; i++)
                if (d->refusals.items[i].step == step && str_eq(d->refusals.items[i].what, what) && str_eq(d->refusals.items[i].why, why))
                        return;
        *arena_append(a, &d->refusals) = (struct refusal){ .step = step, .what = what, .why = why, .instead = instead };
}

/* A missing folder above it is made; that of a file whose folder's folder is missing, too, is nobody's. */
static int add_file(struct deeds *d, struct arena *a, const struct tree *t, ptrdiff_t step, enum deed_kind kind, struct str path, struct str new) {
        struct deed *known = deed_at(d, kind, path), one = { .kind = kind, .step = step, .path = path, .new = new };
        const char *p = str_to_c(a, path);
        int error;

        if (known) {
                known->new = new;
                known->also |= step < 64 ? UINT64_C(1) << step : 0;
                text_hash(new, known->new_hash);
                return 0;
        }
        error = tree_look(t, p, &one.was);
        if (!error && tree_is_read_only(t, p))
                error = -1;
        if (!error && one.was.exists)
                error = tree_read(t, p, kind == DEED_HIVE ? DEED_HIVE_MAX : DEED_FILE_MAX, a, &one.old);
        if (error) {
                deeds_refuse(d, a, step, path, error < 0 ? S("its file system is read-only") : str_of(tree_edit_error(error)),
                             error < 0        ? S("change it where the file system comes from, or mount it for writing")
                             : error == EXDEV ? S("give the folder to root, and let nobody else write to it")
                             : error == ELOOP ? S("make the change in the file that it leads to")
                                              : S("make the change by hand"));
                return -1;
        }
        deeds_add(d, a, &one);
        return 0;
}

int deeds_file(struct deeds *d, struct arena *a, const struct tree *t, ptrdiff_t step, struct str path, struct str new) {
        return add_file(d, a, t, step, DEED_FILE, path, new);
}

int deeds_hive(struct deeds *d, struct arena *a, const struct tree *t, ptrdiff_t step, struct str path, struct str new) {
        return add_file(d, a, t, step, DEED_HIVE, path, new);
}

bool deeds_hive_text(const struct deeds *d, struct str path, struct str *ret) {
        const struct deed *known = deed_at(d, DEED_HIVE, path);

        if (known)
                *ret = known->new;
        return known != NULL;
}

void deeds_add(struct deeds *d, struct arena *a, struct deed *one) {
        text_hash(one->old, one->old_hash);
        text_hash(one->new, one->new_hash);
        *arena_append(a, &d->files) = *one;
}

void deeds_value(struct deeds *d, struct arena *a, ptrdiff_t step, struct str path, struct str old, struct str new) {
        struct deed one = { .kind = DEED_VALUE, .step = step, .path = path, .old = old, .new = new, .was = { .exists = true } };

        if (deed_at(d, DEED_VALUE, path) || str_eq(old, new))
                return;
        deeds_add(d, a, &one);
}

static struct str_list split(struct arena *a, const char *text) {
        struct str rest = str_of(text), word, *argv = arena_array(a, struct str, rest.len + 1);
        struct str_list ret = { .items = argv };

        while (str_word(&rest, &word))
                argv[ret.count++] = word;
        return ret;
}

void deeds_command(struct deeds *d, struct arena *a, ptrdiff_t step, const char *text, struct str result, bool package) {
        const struct errand one = { .step = step, .argv = split(a, text), .result = result, .package = package };

        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (str_eq(errand_text(a, &d->commands.items[i]), str_of(text)))
                        return;
        *arena_append(a, &d->commands) = one;
}

void deeds_command_undo(struct deeds *d, struct arena *a, ptrdiff_t step, const char *text, const char *undo) {
        ptrdiff_t before = d->commands.count;

        deeds_command(d, a, step, text, S(""), false);
        if (d->commands.count > before)
                d->commands.items[before].undo = split(a, undo);
}

bool deeds_text(const struct deeds *d, struct arena *a, const struct tree *t, struct str path, struct str *ret) {
        const struct deed *known = deed_at(d, DEED_FILE, path);

        if (known) {
                *ret = known->new;
                return true;
        }
        return tree_read(t, str_to_c(a, path), DEED_FILE_MAX, a, ret) == 0;
}

bool deed_is_file(const struct deed *d) {
        return d->kind == DEED_FILE || d->kind == DEED_HIVE;
}

bool deed_is_for(const struct deed *d, ptrdiff_t step) {
        return d->step == step || (step < 64 && d->also >> step & 1);
}

bool deeds_for_step(const struct deeds *d, ptrdiff_t step) {
        bool any = false;

        for (ptrdiff_t i = 0; i < d->files.count; i++)
                any |= deed_is_for(&d->files.items[i], step);
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                any |= d->commands.items[i].step == step;
        return any;
}

void deeds_renumber(struct deeds *d, ptrdiff_t from, ptrdiff_t to) {
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].step == from)
                        d->files.items[i].step = to;
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (d->commands.items[i].step == from)
                        d->commands.items[i].step = to;
}

struct str errand_text(struct arena *a, const struct errand *c) {
        OUT_AUTO struct out all = { 0 };

        for (uint32_t i = 0; i < c->argv.count; i++) {
                out_c(&all, i ? " " : "");
                out_sh_word(&all, c->argv.items[i]);
        }
        return str_dup(a, out_text(&all));
}

/* Each piece with its length before it, so that no two plans are the same text. */
static void add(struct sha256 *h, struct str s) {
        char length[24];
        int n = snprintf(length, sizeof(length), "%td:", s.len);

        sha256_add(h, str_n(length, n));
        sha256_add(h, s);
}

static void add_deed(struct sha256 *h, const struct deed *d) {
        char meta[96];
        int n = snprintf(meta, sizeof(meta), "%d %o %u %u %lld.%09u", d->was.exists, d->was.mode, d->was.uid, d->was.gid,
                         (long long)d->was.seconds, d->was.nanoseconds);

        add(h, deed_word(d->kind));
        add(h, d->path);
        add(h, str_n(meta, n));
        add(h, str_n(d->old_hash, 64));
        add(h, str_n(d->new_hash, 64));
}

void deeds_hash(const struct deeds *d, char ret_hex[65]) {
        struct sha256 h;

        sha256_init(&h);
        add(&h, S("sidelight fix 1"));
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                add_deed(&h, &d->files.items[i]);
        for (ptrdiff_t i = 0; i < d->commands.count; i++) {
                add(&h, S("command"));
                for (uint32_t k = 0; k < d->commands.items[i].argv.count; k++)
                        add(&h, d->commands.items[i].argv.items[k]);
        }
        sha256_hex(&h, ret_hex);
}
