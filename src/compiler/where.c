/* Signs of where a machine runs. */
#include "compiler/builder.h"

static int fact_called(struct builder *b, raw_text name, uint16_t *ret) {
        int32_t fact = builder_fact(b, str_of(name));

        if (fact < 0)
                return builder_fail(b, str_of(name), "unknown fact '%s'", name);
        *ret = (uint16_t)fact;
        return 0;
}

static bool is_yes(raw_text word) {
        return word && str_eq(str_of(word), S("yes"));
}

static int add_sign(struct builder *b, const struct raw_where_sign *r) {
        struct where_sign sign = { 0 }, *ret = &sign;
        uint16_t excluding = 0;

        WHERE_SIGN_FIELDS(COPY_FIELD)
        sign.vague = is_yes(r->vague);
        sign.bare = is_yes(r->bare);
        if (fact_called(b, r->see, &sign.fact) < 0 || (r->unless && fact_called(b, r->unless, &excluding) < 0) ||
            (r->when && builder_condition(b, str_of(r->when), &sign.when) < 0))
                return -1;
        sign.excluding = (uint16_t)(r->unless ? excluding + 1 : 0);
        if ((sign.begins.count || sign.is.count || sign.has.count) && b->facts.items[sign.fact].type != VALUE_TEXT)
                return builder_fail(b, str_of(r->see), "'%s' is no text: nothing can stand in it", r->see);
        if (!r->guest && !r->owner && !r->cloud && !r->container && !sign.bare)
                return builder_fail(b, str_of(r->see), "the sign says nothing: it needs 'guest', 'owner', 'bare', 'cloud' or 'container'");
        if (!r->unless != !r->unless_has_count)
                return builder_fail(b, str_of(r->see), "'unless' and 'unless_has' go together");
        *arena_append(b->a, &b->where_signs) = sign;
        return 0;
}

int builder_where(struct builder *b) {
        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                b->file = b->files[i].file;
                b->cursor = 0;
                for (unsigned k = 0; k < b->files[i].where_signs_count; k++)
                        if (add_sign(b, &b->files[i].where_signs[k]) < 0)
                                return -1;
        }
        return 0;
}
