/* The properties of Microsoft's SpeculationControl module: windows/properties.yaml, and those of flaws in their own files. */
#include "compiler/builder.h"

static int optional(struct builder *b, raw_text text, condition *ret) {
        *ret = NO_CONDITION;
        return text ? builder_condition(b, str_of(text), ret) : 0;
}

static int take_words(struct builder *b, const struct raw_property *r, struct module_property *p) {
        struct module_word *words = arena_array(b->a, struct module_word, (ptrdiff_t)r->words_count + 1);

        for (unsigned i = 0; i < r->words_count; i++) {
                words[i].says = builder_copy(b, r->words[i].says);
                if (builder_condition(b, str_of(r->words[i].when), &words[i].when) < 0)
                        return -1;
        }
        p->words = words;
        p->word_count = r->words_count;
        return 0;
}

static int take_number(struct builder *b, const struct raw_property *r, struct module_property *p) {
        int32_t fact = r->number_fact ? builder_fact(b, str_of(r->number_fact)) : -1;

        if (r->number_fact && (fact < 0 || b->facts.items[fact].type != VALUE_INT))
                return builder_fail(b, str_of(r->number_fact), "'%s' is not a fact with a number", r->number_fact);
        p->number = (uint16_t)(fact + 1);
        return 0;
}

static int take_property(struct builder *b, const struct raw_property *r, struct module_property *ret) {
        struct module_property *p = ret;

        PROPERTY_FIELDS(COPY_FIELD)
        for (ptrdiff_t i = 0; i < b->properties.count; i++)
                if (str_eq(T(b->properties.items[i].name), T(p->name)))
                        return builder_fail(b, str_of(r->name), "property '%s' is defined twice", r->name);
        if (!!r->is + !!r->number_fact + !!r->words_count != 1)
                return builder_fail(b, str_of(r->name), "'%s' needs exactly one of 'is', 'number', 'words'", r->name);
        if (optional(b, r->is, &p->is) < 0 || optional(b, r->never, &p->never) < 0 || optional(b, r->shown, &p->shown) < 0 ||
            optional(b, r->known, &p->known) < 0 || optional(b, r->if_true, &p->if_true) < 0 ||
            optional(b, r->if_false, &p->if_false) < 0)
                return -1;
        return take_number(b, r, p) < 0 ? -1 : take_words(b, r, p);
}

/* The module's own first, in its order; flaws' files come behind the lists. */
int builder_properties(struct builder *b) {
        const struct flaw *flaw = b->flaws;

        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                const struct raw_own *lists = builder_lists(&b->files[i]);

                b->file = b->files[i].file;
                b->cursor = 0;
                b->flaw = b->files[i].flaw ? flaw++ : NULL;
                for (unsigned k = 0; lists && k < lists->properties_count; k++) {
                        struct module_property p = { 0 };

                        if (take_property(b, &lists->properties[k], &p) < 0)
                                return -1;
                        *arena_append(b->a, &b->properties) = p;
                }
        }
        b->flaw = NULL;
        return 0;
}
