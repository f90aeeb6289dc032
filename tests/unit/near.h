/* What is nearly an input of a table: the input changed in many small ways, and one digest over what comes of all of them. So nothing that a reader
 * does at the first or last line, with a word that is nearly known, or with a line that is there twice, changes unnoticed. */
#ifndef SIDELIGHT_TEST_NEAR_H
#define SIDELIGHT_TEST_NEAR_H

#include "base/arena.h"
#include "base/out.h"
#include "table.h"

/* Writes what comes of a text. */
typedef void near_put(struct out *o, struct arena *a, struct str text);

/* "DIGEST NAME" of a text: of each of its lines what is before, what is from there on, the whole without it, with it twice, without one of its
 * words, with one of them cut, longer or in capitals; `characters`: also without each of its characters. All ends in memory of its own. */
void near_add(struct out *o, struct str name, struct str text, bool characters, near_put *put);

/* For a table of one row an input (table_rows): the same of each row, in which "\n" ends a line, but for its first `columns`, up to a "|" each.
 * Lines of `text` that begin with "#", in front, stay. */
int near_rows(struct out *o, struct str text, const char *rows_path, int columns, near_put *put);

/* For near_show(): the changed texts and what comes of each are printed for names that hold this. */
extern const char *near_shown;

/* The end of main(): "near" is the test, "fix-near" writes its table, "show NAME" prints. `table` is of digests. 0 where it is none of these. */
bool near_main(int argc, char **argv, const struct table *table, int *ret);

#endif
