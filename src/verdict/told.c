#include "verdict/told.h"

struct str told(struct facts *f, struct str text) {
        struct str all = { 0 }, piece;
        ptrdiff_t open, close;

        while ((open = str_find_char(text, '{')) >= 0 && (close = str_find_char(text, '}')) > open) {
                const struct fact *v = NULL;
                uint64_t number = 0;

                if (str_to_u64(str_sub(text, open + 1, close - open - 1), &number) && number < f->catalog->fact_count)
                        v = facts_peek(f, (uint32_t)number);
                piece = v && v->state == FACT_KNOWN ? facts_tell(f, (uint32_t)number) : (struct str){ 0 };
                /* " (6.1.0)" goes as a whole where the version is not known. */
                if (piece.len == 0 && open > 1 && text.p[open - 1] == '(' && str_starts(str_from(text, close), S("})"))) {
                        open -= 2;
                        close++;
                }
                all = str_cat(f->arena, str_cat(f->arena, all, str_sub(text, 0, open)), piece);
                text = str_from(text, close + 1);
        }
        return all.len ? str_cat(f->arena, all, text) : text;
}
