/* Changes of words as tests write them: "-word", "+word" or "-word+word", with blanks between them. */
#ifndef SIDELIGHT_TESTS_EDIT_CHANGES_H
#define SIDELIGHT_TESTS_EDIT_CHANGES_H

#include "plan/edit/edit.h"

static inline struct word_changes changes_of(struct arena *a, const char *text) {
        struct str rest = str_of(text), piece;
        struct word_change *items = arena_array(a, struct word_change, (ptrdiff_t)strlen(text) + 1);
        ptrdiff_t count = 0;

        while (str_word(&rest, &piece)) {
                ptrdiff_t plus = str_find_char(piece, '+');

                items[count++] = (struct word_change){ .remove = str_sub(piece, 1, (plus < 0 ? piece.len : plus) - 1),
                                                       .add = plus < 0 ? S("") : str_from(piece, plus + 1) };
        }
        return (struct word_changes){ .items = items, .count = count };
}

#endif
