#include "apply/status.h"

#include "apply/registry_deed.h"
#include "evidence/places.h"
#include "plan/edit/words.h"

static const struct str words[] = {
#define X(name, word, text) [TOOK_##name] = STR(word),
        TOOKS(X)
#undef X
};

static const struct str texts[] = {
#define X(name, word, text) [TOOK_##name] = STR(text),
        TOOKS(X)
#undef X
};

struct str took_word(enum took t) {
        return words[t];
}

struct str took_text(enum took t) {
        return texts[t];
}

struct str status_boot(struct arena *a, const struct tree *t) {
        struct str id;

        return tree_read(t, "/proc/sys/kernel/random/boot_id", 256, a, &id) == 0 ? str_trim(id) : S("");
}

struct str status_kernels(struct arena *a, const struct tree *t) {
        static const char *const folders[] = { "/boot", "/lib/modules", "/usr/lib/modules" };
        struct tree_names names;
        struct str all = S("");

        for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
                if (tree_list(t, folders[i], a, &names) != 0)
                        continue;
                for (ptrdiff_t k = 0; k < names.count; k++)
                        if (i > 0 || str_starts(names.items[k], S("vmlinuz")) || str_starts(names.items[k], S("Image")))
                                all = str_fmt(a, "%.*s%s%.*s", STR_ARG(all), all.len ? " " : "", STR_ARG(names.items[k]));
        }
        return all;
}

struct look {
        struct journal *j;
        const struct evidence *e;
        const struct entry *entry;
        struct str boot;
        const struct verdict *v;
        const struct next_start *next;
};

/* ---- One change ---- */

static struct str path_of(struct arena *a, const struct target *t) {
        char *path = arena_bytes(a, t->key.len + 1);

        if (t->kind == TARGET_SETTING)
                return t->key;
        if (t->kind == TARGET_MODULE_OPTION)
                return str_fmt(a, "/sys/module/%.*s/parameters/%.*s", STR_ARG(t->place), STR_ARG(t->key));
        if (t->kind != TARGET_SYSCTL)
                return S("");
        for (ptrdiff_t i = 0; i < t->key.len; i++)
                path[i] = t->key.p[i] == '.' ? '/' : t->key.p[i];
        return str_fmt(a, "/proc/sys/%.*s", STR_ARG(str_n(path, t->key.len)));
}

static enum took line_took(const struct look *x, const struct change *c, struct str *ret_why) {
        const struct record *r = evidence_file(x->e, S(PLACE_CMDLINE));
        struct str word = c->edit == EDIT_REMOVE_WORD ? c->old : c->new;

        if (!r || r->state != FACT_KNOWN) {
                *ret_why = S("the running kernel's command line was not read");
                return TOOK_UNKNOWN;
        }
        if (words_hold(x->j->a, r->text, WORDS_KERNEL, word) == (c->edit == EDIT_ADD_WORD))
                return TOOK_EFFECT;
        *ret_why = str_fmt(x->j->a, "%.*s %s on the running kernel's command line", STR_ARG(word),
                           c->edit == EDIT_ADD_WORD ? "is not" : "still stands");
        return TOOK_NOT;
}

static bool same_value(struct str is, struct str wanted) {
        return str_eq(is, wanted) || (str_eq(wanted, S("2")) && str_eq(is, S("1"))) /* closed for good */ ||
               (str_eq(wanted, S("off")) && (str_eq(is, S("forceoff")) || str_eq(is, S("notsupported"))));
}

static enum took value_took(const struct look *x, const struct change *c, struct str *ret_why) {
        struct str path = path_of(x->j->a, &c->target);
        const struct record *r = path.len ? evidence_file(x->e, path) : NULL;

        if (!r || r->state != FACT_KNOWN) {
                *ret_why = str_fmt(x->j->a, "%.*s was not read", STR_ARG(path.len ? path : c->target.key));
                return TOOK_UNKNOWN;
        }
        if (same_value(str_trim(r->text), c->new))
                return TOOK_EFFECT;
        *ret_why = str_fmt(x->j->a, "%.*s is %.*s, not %.*s", STR_ARG(path), STR_ARG(str_trim(r->text)), STR_ARG(c->new));
        return TOOK_NOT;
}

/* ---- Windows' registry: read when Windows starts ---- */

static bool same_data(const struct record *r, struct str wanted) {
        uint64_t number;

        if (str_starts(r->text, S("sz ")))
                return str_eq(str_from(r->text, 3), wanted);
        return str_to_u64(wanted, &number) && r->value == number;
}

static enum took registry_took(const struct look *x, const struct change *c, struct str *ret_why) {
        struct str path = registry_path(x->j->a, c->target.place, c->target.key);
        const struct record *r = evidence_registry(x->e, path);

        if (!r || (r->state != FACT_KNOWN && r->state != FACT_ABSENT)) {
                *ret_why = str_fmt(x->j->a, "%.*s was not read", STR_ARG(path));
                return TOOK_UNKNOWN;
        }
        if (r->state == FACT_ABSENT ? c->edit == EDIT_REMOVE : c->edit != EDIT_REMOVE && same_data(r, c->new))
                return TOOK_EFFECT;
        *ret_why = str_fmt(x->j->a, "%.*s is not %.*s any more: another tool (Group Policy, Intune, a script) changed it since",
                           STR_ARG(path), STR_ARG(c->edit == EDIT_REMOVE ? S("absent") : c->new));
        return TOOK_NOT;
}

static bool is_registry(const struct entry_step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].target.kind != TARGET_REGISTRY_VALUE)
                        return false;
        return s->changes.count > 0;
}

static const struct finding *finding_named(const struct verdict *v, struct str id) {
        for (uint32_t i = 0; i < v->finding_count; i++)
                if (str_eq(T(v->findings[i].flaw->id), id))
                        return &v->findings[i];
        return NULL;
}

/* The values stand, and Windows has started since: what does it say of the flaws that they were set against? */
static enum took windows_says(const struct look *x, const struct entry_step *s, struct str *ret_why) {
        const struct finding *open = NULL, *unknown = NULL;
        bool closed = s->resolves.count == 0;

        for (uint32_t i = 0; i < s->resolves.count; i++) {
                const struct finding *f = finding_named(x->v, s->resolves.items[i]);

                if (!f || f->status == STATUS_UNKNOWN)
                        unknown = f ? f : unknown;
                else if (f->status > STATUS_MITIGATED)
                        open = open ? open : f;
                else
                        closed = true;
        }
        if (closed)
                return TOOK_EFFECT;
        if (!open) {
                *ret_why = S("the values stand since before this start; what Windows does with them was not seen");
                return TOOK_UNKNOWN;
        }
        *ret_why = str_fmt(x->j->a, "the values stand since before this start, and %.*s is still open: %.*s", STR_ARG(T(open->flaw->name)),
                           STR_ARG(open->reason));
        return TOOK_NOT;
}

static void see_registry(struct step_status *one, const struct look *x, const struct entry_step *s) {
        bool live = x->j->tree->live;

        if (one->took != TOOK_EFFECT || !live)
                return;
        if (s->restart && (x->boot.len == 0 || str_eq(x->boot, x->entry->boot)))
                one->took = TOOK_WAITS;
        else if (x->v)
                one->took = windows_says(x, s, &one->why);
}

/* ---- The next start ---- */

static bool will_hold(const struct look *x, const struct change *c) {
        const struct boot_entry *e = x->next->entry;

        return c->edit == EDIT_ADD_WORD ? boot_entry_always_holds(x->j->a, e, c->new) : !boot_entry_holds(x->j->a, e, c->old);
}

static struct str entry_text(const struct look *x) {
        const struct boot_entry *e = x->next->entry;

        return str_fmt(x->j->a, "the entry that starts next%s, '%.*s' (%.*s)", x->next->once ? ", only this time" : "",
                       STR_ARG(e->title.len ? e->title : e->id), STR_ARG(e->path));
}

static ptrdiff_t step_number(const struct look *x, const struct entry_step *s) {
        return s - x->entry->steps.items;
}

/* In a tree its owner runs the tools. */
static void tell_waiting(struct step_status *one, const struct look *x, const struct entry_step *s) {
        const struct entry *e = x->entry;

        for (ptrdiff_t i = 0; i < e->commands.count; i++)
                if (e->commands.items[i].step == step_number(x, s) && one->took == TOOK_WAITS) {
                        one->why = str_fmt(x->j->a, "%.*s is to be run first, in the image", STR_ARG(errand_text(x->j->a, &e->commands.items[i])));
                        return;
                }
}

/* What is asked of the kernel's command line stands in what the loader starts next, or it will not hold. */
static void see_next(struct step_status *one, const struct look *x, const struct entry_step *s) {
        bool asks = false;

        if (x->entry->commands_wait)
                tell_waiting(one, x, s);
        if (!x->next || x->entry->commands_wait)
                return;
        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct change *c = &s->changes.items[i];

                if (c->target.kind != TARGET_COMMAND_LINE)
                        continue;
                asks = true;
                if (!x->next->entry || x->next->doubt.len || will_hold(x, c))
                        continue;
                one->why = str_fmt(x->j->a, "%s%.*s %s %.*s", one->took == TOOK_EFFECT ? "it holds now, but " : "", STR_ARG(entry_text(x)),
                                   c->edit == EDIT_ADD_WORD ? "is without" : "still has", STR_ARG(c->edit == EDIT_ADD_WORD ? c->new : c->old));
                one->took = TOOK_WONT;
                return;
        }
        if (asks && one->took == TOOK_WAITS && x->next->doubt.len)
                one->why = str_fmt(x->j->a, "which entry starts next is not sure: %.*s", STR_ARG(x->next->doubt));
}

/* ---- Why it did not ---- */

static bool changed_since(const struct look *x, const struct deed *d) {
        struct str text = S("");
        char hash[65];

        (void)tree_read(x->j->tree, str_to_c(x->j->a, d->path), DEED_FILE_MAX, x->j->a, &text);
        text_hash(text, hash);
        return memcmp(hash, d->new_hash, 64) != 0;
}

/* A file that is deployed with its service. */
static enum took file_took(const struct look *x, const struct change *c, struct str *ret_why) {
        for (ptrdiff_t i = 0; i < x->entry->files.count; i++)
                if (str_eq(x->entry->files.items[i].path, c->target.place) && changed_since(x, &x->entry->files.items[i])) {
                        *ret_why = str_fmt(x->j->a, "%.*s was changed since", STR_ARG(c->target.place));
                        return TOOK_NOT;
                }
        return TOOK_EFFECT;
}

static bool is_service(const struct entry_step *s) {
        return s->changes.count > 0 && s->changes.items[0].target.kind == TARGET_SERVICE_FILE;
}

static struct str cause(const struct look *x, ptrdiff_t step) {
        const struct entry *e = x->entry;

        for (ptrdiff_t i = 0; i < e->files.count; i++)
                if (e->files.items[i].kind == DEED_FILE && e->files.items[i].step == step && changed_since(x, &e->files.items[i]))
                        return str_fmt(x->j->a, "%.*s was changed since", STR_ARG(e->files.items[i].path));
        for (ptrdiff_t i = 0; e->commands_wait && i < e->commands.count; i++)
                if (e->commands.items[i].step == step)
                        return str_fmt(x->j->a, "'%.*s' was not run", STR_ARG(errand_text(x->j->a, &e->commands.items[i])));
        if (x->next && x->next->entry && !x->next->doubt.len)
                return str_fmt(x->j->a, "%.*s has it: this start used another entry", STR_ARG(entry_text(x)));
        return S("what was edited is as it was left: another boot entry, another loader or a later setting decided");
}

static void see_step(struct statuses *ret, const struct look *x, ptrdiff_t n) {
        const struct entry_step *s = &x->entry->steps.items[n];
        struct step_status one = { .entry = x->entry, .step = s, .took = TOOK_EFFECT };

        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct change *c = &s->changes.items[i];
                struct str why = S("");
                enum took took = c->target.kind == TARGET_COMMAND_LINE     ? line_took(x, c, &why)
                                 : c->target.kind == TARGET_REGISTRY_VALUE ? registry_took(x, c, &why)
                                 : c->target.kind == TARGET_SERVICE_FILE   ? file_took(x, c, &why)
                                                                           : value_took(x, c, &why);

                if (took > one.took) {
                        one.took = took;
                        one.why = why;
                }
        }
        if (s->changes.count == 0) {
                one.took = TOOK_UNKNOWN;
                one.why = S("what packages bring shows in the verdicts");
        }
        if (is_registry(s))
                see_registry(&one, x, s);
        else if (!is_service(s) && one.took == TOOK_NOT && (str_eq(x->boot, x->entry->boot) && (x->boot.len || !x->j->tree->live)))
                one.took = TOOK_WAITS;
        if (one.took == TOOK_WAITS || one.took == TOOK_EFFECT)
                see_next(&one, x, s);
        else if (one.took == TOOK_NOT && !is_registry(s) && !is_service(s))
                one.why = str_fmt(x->j->a, "%.*s; %.*s", STR_ARG(one.why), STR_ARG(cause(x, n)));
        *arena_append(x->j->a, ret) = one;
}

bool step_failed(const struct step_status *s) {
        return s->took == TOOK_NOT || s->took == TOOK_WONT;
}

enum exit_result statuses_exit(const struct statuses *all) {
        enum exit_result ret = EXIT_CLEAN;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                if (step_failed(&all->items[i]))
                        return EXIT_OPEN;
                if (all->items[i].took != TOOK_EFFECT && all->items[i].step->changes.count > 0)
                        ret = EXIT_UNKNOWN;
        }
        return ret;
}

void status_see(struct statuses *ret, struct journal *j, const struct evidence *e, struct str boot, const struct verdict *v,
                const struct next_start *next) {
        *ret = (struct statuses){ 0 };
        for (ptrdiff_t i = 0; i < j->entries.count; i++) {
                const struct look x = { .j = j, .e = e, .entry = &j->entries.items[i], .boot = boot, .v = v, .next = next };

                for (ptrdiff_t k = 0; x.entry->state == ENTRY_APPLIED && k < x.entry->steps.count; k++)
                        see_step(ret, &x, k);
        }
}
