#include "apply/realise_parts.h"

#include <errno.h>

#include "catalog/computed.h"

/* ---- What parts share ---- */

void realise_refuse(struct realising *x, struct str what, struct str why, struct str instead) {
        deeds_refuse(x->deeds, x->a, x->step, what, why, instead);
}

bool realise_is_there(const struct realising *x, const char *path) {
        return tree_exists(x->tree, path) == 0;
}

bool realise_read(struct realising *x, struct str path, struct str *ret) {
        return deeds_text(x->deeds, x->a, x->tree, path, ret);
}

bool realise_is_distribution(struct realising *x, const char *id) {
        const struct fact *d = facts_get(x->facts, COMPUTED_OS_DISTRIBUTION);

        return d->state == FACT_KNOWN && str_has_word(d->text, str_of(id));
}

static struct str place(struct realising *x, struct str path, uint32_t line) {
        return line ? str_fmt(x->a, "%.*s:%u", STR_ARG(path), (unsigned)line) : path;
}

bool realise_edited(struct realising *x, struct str path, const struct edited *e, struct str instead) {
        if (e->outcome == EDITED_REFUSED) {
                realise_refuse(x, place(x, path, e->line), e->reason, instead);
                return false;
        }
        return e->outcome == EDITED_SAME || deeds_file(x->deeds, x->a, x->tree, x->step, path, e->text) == 0;
}

void realise_remark(struct realising *x, struct str text) {
        for (ptrdiff_t i = 0; i < x->deeds->remarks.count; i++)
                if (str_eq(x->deeds->remarks.items[i], text))
                        return;
        *arena_append(x->a, &x->deeds->remarks) = text;
}

bool realise_edited_files(struct realising *x, const struct edited_files *e, struct str instead) {
        for (ptrdiff_t i = 0; i < e->remarks.count; i++)
                realise_remark(x, str_fmt(x->a, "%.*s: %.*s", STR_ARG(place(x, e->remarks.items[i].path, e->remarks.items[i].line)),
                                          STR_ARG(e->remarks.items[i].text)));
        if (e->outcome == EDITED_REFUSED) {
                realise_refuse(x, e->path.len ? place(x, e->path, e->line) : S("the configuration"), e->reason, instead);
                return false;
        }
        for (ptrdiff_t i = 0; e->outcome == EDITED_DONE && i < e->count; i++)
                if (deeds_file(x->deeds, x->a, x->tree, x->step, e->items[i].path, e->items[i].text) < 0)
                        return false;
        return true;
}

struct word_changes realise_words(struct realising *x, const struct step *s) {
        struct word_change *items = arena_array(x->a, struct word_change, s->changes.count + 1);
        struct word_changes ret = { .items = items };

        for (ptrdiff_t i = 0; i < s->changes.count; i++) {
                const struct change *c = &s->changes.items[i];

                if (c->target.kind != TARGET_COMMAND_LINE)
                        continue;
                if (c->edit == EDIT_REMOVE_WORD)
                        items[ret.count++].remove = c->old;
                else if (c->edit == EDIT_ADD_WORD)
                        items[ret.count++].add = c->new;
        }
        return ret;
}

struct str realise_words_text(struct realising *x, const struct word_changes *w) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < w->count; i++)
                text = str_fmt(x->a, "%.*s%s%.*s", STR_ARG(text), i ? " and " : "",
                               STR_ARG(w->items[i].remove.len ? w->items[i].remove : w->items[i].add));
        return text;
}

/* ---- A step ---- */

/* A copy whose lists grow without touching the original's. */
static void copy_list(struct arena *a, void **items, ptrdiff_t count, ptrdiff_t *capacity, ptrdiff_t size) {
        void *copy = arena_alloc(a, count + 1, size);

        if (count)
                memcpy(copy, *items, (size_t)(count * size));
        *items = copy;
        *capacity = count;
}

static struct deeds copy_deeds(struct arena *a, const struct deeds *d) {
        struct deeds ret = *d;

        copy_list(a, (void **)&ret.files.items, ret.files.count, &ret.files.capacity, sizeof(*ret.files.items));
        copy_list(a, (void **)&ret.commands.items, ret.commands.count, &ret.commands.capacity, sizeof(*ret.commands.items));
        copy_list(a, (void **)&ret.remarks.items, ret.remarks.count, &ret.remarks.capacity, sizeof(*ret.remarks.items));
        copy_list(a, (void **)&ret.refusals.items, ret.refusals.count, &ret.refusals.capacity, sizeof(*ret.refusals.items));
        return ret;
}

void realise_step(struct deeds *ret, struct arena *a, const struct tree *t, const struct layout *l, struct facts *f, const struct step *s,
                  ptrdiff_t n) {
        struct deeds trial = copy_deeds(a, ret);
        struct realising x = { .deeds = &trial, .a = a, .tree = t, .layout = l, .facts = f, .step = n };
        struct word_changes words = realise_words(&x, s);

        if (words.count)
                realise_line(&x, &words);
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].target.kind != TARGET_COMMAND_LINE)
                        realise_value(&x, &s->changes.items[i]);
        if (s->changes.count == 0)
                realise_packages(&x, s);
        if (trial.refusals.count == ret->refusals.count)
                *ret = trial;
        else
                memcpy(&ret->refusals, &trial.refusals, sizeof(ret->refusals));
}

/* ---- What the next start would bring ---- */

static bool is_here(struct realising *x, const struct harmful *h) {
        const struct fact *arch = facts_get(x->facts, COMPUTED_ARCH);
        bool here = h->arches.count == 0 || arch->state != FACT_KNOWN;

        for (uint32_t i = 0; !here && i < h->arches.count; i++)
                here = str_eq(T_AT(h->arches, i), arch->text);
        return here;
}

/* A word is taken out by itself: where something would be edited, it stands there. What that takes is forgotten after each word. */
static void harmful_word(struct realising *x, struct arena *scratch, struct changes *ret, const struct harmful *h, struct str value, bool *told) {
        struct str text = value.len ? str_fmt(x->a, "%.*s=%.*s", STR_ARG(T(h->parameter)), STR_ARG(value)) : T(h->parameter);
        struct word_change change = { .remove = text };
        struct deeds trial = { 0 };
        struct realising search = *x;

        search.deeds = &trial;
        search.a = scratch;
        search.searching = true;
        realise_line(&search, &(struct word_changes){ .items = &change, .count = 1 });
        if (trial.refusals.count && !*told)
                realise_remark(x, str_fmt(x->a, "which words the next start gets is not known: %.*s: %.*s",
                                          STR_ARG(trial.refusals.items[0].what), STR_ARG(trial.refusals.items[0].why)));
        *told |= trial.refusals.count > 0;
        if (trial.files.count)
                *arena_append(x->a, ret) = (struct change){ .target = { .kind = TARGET_COMMAND_LINE, .key = T(h->parameter) },
                                                            .edit = EDIT_REMOVE_WORD, .was = FACT_KNOWN, .old = text };
        arena_reset(scratch);
}

static bool is_harmful(const struct harmful *h, const struct setting *s) {
        bool any = false;

        for (uint32_t i = 0; s->set && i < h->values.count; i++)
                any |= str_eq(T_AT(h->values, i), s->value);
        return any;
}

static void harmful_sysctl(struct realising *x, struct changes *ret, const struct harmful *h, struct text_files files) {
        struct setting systemd = sysctl_at_start(x->a, files, SYSCTL_SYSTEMD, T(h->sysctl)),
                       procps = sysctl_at_start(x->a, files, SYSCTL_PROCPS, T(h->sysctl));

        if (is_harmful(h, &systemd) || is_harmful(h, &procps))
                *arena_append(x->a, ret) = (struct change){ .target = { .kind = TARGET_SYSCTL, .key = T(h->sysctl) }, .edit = EDIT_SET,
                                                            .was = FACT_KNOWN, .new = T(h->instead),
                                                            .old = is_harmful(h, &systemd) ? systemd.value : procps.value };
}

static void harmful_option(struct realising *x, struct changes *ret, const struct harmful *h, struct text_files files) {
        struct setting s = module_option(x->a, files, T(h->module), T(h->option));

        if (is_harmful(h, &s))
                *arena_append(x->a, ret) = (struct change){ .target = { .kind = TARGET_MODULE_OPTION, .place = T(h->module), .key = T(h->option) },
                                                            .edit = EDIT_REMOVE, .was = FACT_KNOWN, .old = s.value };
}

struct changes realise_harmful(struct arena *a, const struct tree *t, const struct layout *l, struct facts *f,
                               struct deeds *ret_remarks) {
        struct realising x = { .deeds = ret_remarks, .a = a, .tree = t, .layout = l, .facts = f };
        struct text_files sysctls = realise_settings(&x, "sysctl.d"), options = realise_settings(&x, "modprobe.d");
        struct changes ret = { 0 };
        ARENA_AUTO struct arena scratch = { 0 };
        bool told = false;

        for (uint32_t i = 0; i < f->catalog->harmful_count; i++) {
                const struct harmful *h = &f->catalog->harmful[i];

                if (!is_here(&x, h))
                        continue;
                for (uint32_t k = 0; h->parameter.len && !(told && l->refusal.len) && k < (h->values.count ? h->values.count : 1); k++)
                        harmful_word(&x, &scratch, &ret, h, h->values.count ? T_AT(h->values, k) : S(""), &told);
                if (h->sysctl.len)
                        harmful_sysctl(&x, &ret, h, sysctls);
                if (h->module.len)
                        harmful_option(&x, &ret, h, options);
        }
        return ret;
}
