/* What the readers of tables share. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_TABLES_H
#define SIDELIGHT_COLLECT_IMPORT_TABLES_H

#include "collect/import/hosts.h"

enum { TABLE_COLUMNS = 64 };

struct table_row {
        struct str cells[TABLE_COLUMNS];
        int count; /* may be more than are kept */
};

/* A cell behind the row's last, without blanks, quotation marks and what makes letters bold. */
void table_add(struct table_row *r, struct str cell);
/* The cells between bars, Markdown's, Jira's or drawn ones. */
void table_cut_at_bars(struct table_row *r, struct str line);
/* The cells between commas, semicolons or tabs; what stands in quotation marks is one. `whole`: a sign with a blank behind it is part of the kernel's
 * sentence that it stands in ("Vulnerable, IBPB: disabled"); for that the line has no blanks at its ends. */
void table_cut_at(struct table_row *r, struct str line, char sign, bool whole);
/* A file of the folder, by its name, its path or lscpu's title. */
bool table_is_flaw(const struct catalog *c, struct str cell);
/* What a column that is no machine is called. */
bool table_is_word(struct str head);
/* "LABEL: CELL" behind the machine's text; an empty cell says nothing. */
void table_put(struct host_text *h, struct arena *a, struct str label, struct str cell);

/* Rows without a head that name a machine, a flaw and what is said of it, into `ret`, with the names that are known; `text` is then what is left of it.
 * False where it cannot be told whether a word of each row is a machine's name. */
bool rows_split(struct host_texts *ret, struct host_names *names, struct arena *a, const struct catalog *c, struct str *text);

#endif
