/* Tables of inputs, each followed by what is to come of it: lines that a test writes anew, and that must not differ. */
#ifndef SIDELIGHT_TEST_TABLE_H
#define SIDELIGHT_TEST_TABLE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/out.h"

enum { TABLE_INDENT = 8 }; /* before what comes of a row */

struct table {
        const char *path;
        int least; /* inputs: the table is never shorter */
        /* Writes the table that was read, as it should be, to `o`; returns how many inputs it holds. */
        int (*should_be)(struct out *o, struct arena *a, struct str text);
};

/* For tables of one row an input: passes every row to `put`, which writes what comes of it, each line behind TABLE_INDENT blanks.
 * Empty lines and those that begin with "# " are no inputs. Returns how many there were. */
int table_rows(struct out *o, struct str text, void (*put)(struct out *o, struct arena *a, struct str row));

/* The next column of a row, up to a "|" that is cut off too; without the blanks around it. */
struct str table_cell(struct str *row);

/* A hexadecimal number without "0x"; the test fails when it is none. */
uint32_t table_hexadecimal(struct str s);

/* `s`, in which "\n" stands for the end of a line. */
struct str table_with_lines(struct arena *a, struct str s);

/* The file's text; the test fails when it cannot be read. */
struct str table_read(struct arena *a, const char *path);

/* The test: the table is as it should be. */
void table_hold(const struct table *t);

/* Writes it as it should be, for review. Returns an exit status. */
int table_fix(const struct table *t);

#endif
