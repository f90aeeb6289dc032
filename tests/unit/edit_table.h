/* Files in rows of tables: "PATH\nTEXT\fPATH\nTEXT…", where "\n" and "\f" are written as two characters each. */
#ifndef SIDELIGHT_TESTS_EDIT_TABLE_H
#define SIDELIGHT_TESTS_EDIT_TABLE_H

#include "plan/edit/edit.h"
#include "table.h"

static inline struct text_files files_in(struct arena *a, struct str text) {
        struct text_file *items = arena_array(a, struct text_file, text.len + 1);
        ptrdiff_t count = 0;

        while (text.len > 0) {
                ptrdiff_t end = str_find(text, S("\\f"));
                struct str file = table_with_lines(a, end < 0 ? text : str_sub(text, 0, end)), path = { 0 };

                text = end < 0 ? S("") : str_from(text, end + 2);
                (void)str_cut(&file, '\n', &path);
                items[count++] = (struct text_file){ .path = path, .text = file };
        }
        return (struct text_files){ .items = items, .count = count };
}

#endif
