/* Instructions that a guest is shown only where its host's processor has them. */
#include "compiler/builder.h"

static int add_row(struct builder *b, const struct raw_shown_word *r) {
        static const struct str words[] = { STR("eax"), STR("ebx"), STR("ecx"), STR("edx") };
        struct shown_word row = { .word = 4 }, *ret = &row;

        SHOWN_WORD_FIELDS(COPY_FIELD)
        if (!r->leaf != !r->reg || (!r->leaf && r->made_up_count) || (!r->leaf && !r->flags_count))
                return builder_fail(b, str_of(r->reg), "a row has 'leaf' and 'reg' (and what is 'made_up' of it), or 'flags', or both");
        for (uint8_t i = 0; r->reg && i < 4; i++)
                if (str_eq(str_of(r->reg), words[i]))
                        row.word = i;
        if (r->reg && row.word == 4)
                return builder_fail(b, str_of(r->reg), "'%s' is not one of eax, ebx, ecx, edx", r->reg);
        row.shown = UINT32_MAX;
        for (unsigned i = 0; i < r->made_up_count; i++) {
                uint8_t low, high;

                if (builder_bits(b, str_of(r->made_up[i]), 31, &low, &high) < 0)
                        return -1;
                for (uint32_t bit = low; bit <= high; bit++)
                        row.shown &= ~(UINT32_C(1) << bit);
        }
        *arena_append(b->a, &b->shown_words) = row;
        return 0;
}

int builder_instructions(struct builder *b) {
        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                b->file = b->files[i].file;
                b->cursor = 0;
                for (unsigned k = 0; k < b->files[i].shown_words_count; k++)
                        if (add_row(b, &b->files[i].shown_words[k]) < 0)
                                return -1;
        }
        return 0;
}
