#include "apply/realise_parts.h"

#include <errno.h>

#include "catalog/computed.h"
#include "plan/harmful.h"

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

bool realise_edited(struct realising *x, struct str path, const struct edited *e, struct str instead) {
        if (e->outcome == EDITED_REFUSED) {
                realise_refuse(x, e->line ? str_fmt(x->a, "%.*s:%u", STR_ARG(path), (unsigned)e->line) : path, e->reason, instead);
                return false;
        }
        return e->outcome == EDITED_SAME || deeds_file(x->deeds, x->a, x->tree, x->step, path, e->text) == 0;
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

/* Each word is taken out by itself: where something would be edited, it stands there. */
struct str_list realise_harmful(struct arena *a, const struct tree *t, const struct layout *l, struct facts *f) {
        const struct record *uname = evidence_line(f->evidence, RECORD_UNAME, S(""));
        struct { struct str *items; ptrdiff_t count, capacity; } found = { 0 };
        struct str rest = uname ? uname->text : S(""), arch = S(""), word;
        struct harmful one;

        while (str_word(&rest, &word))
                arch = word;
        for (int i = 0; harmful_word(i, arch, &one); i++) {
                struct str text = one.value.len ? str_fmt(a, "%.*s=%.*s", STR_ARG(one.name), STR_ARG(one.value)) : one.name;
                struct word_change change = { .remove = text };
                struct deeds trial = { 0 };
                struct realising x = { .deeds = &trial, .a = a, .tree = t, .layout = l, .facts = f };

                realise_line(&x, &(struct word_changes){ .items = &change, .count = 1 });
                if (trial.files.count)
                        *arena_append(a, &found) = text;
        }
        return (struct str_list){ .items = found.items, .count = (uint32_t)found.count };
}
