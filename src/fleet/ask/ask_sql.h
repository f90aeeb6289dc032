/* Statements that are put together from a filter. Private to ask*.c. */
#ifndef SIDELIGHT_FLEET_ASK_SQL_H
#define SIDELIGHT_FLEET_ASK_SQL_H

#include "base/out.h"
#include "fleet/ask/ask.h"

enum { ASK_ARGS = 40, ASK_TAGS = 8 };

struct ask_sql {
        struct arena *a;
        struct out text;
        struct db_value args[ASK_ARGS];
        int count;
};

/* Adds text; each "?" in it becomes the number of the next value. */
void ask_add(struct ask_sql *q, const char *text, const struct db_value *values);
#define ASK_ADD(q, text, ...) ask_add((q), (text), (const struct db_value[]){ __VA_ARGS__, DB_NONE })
#define ASK_TEXT(q, words) out_c(&(q)->text, (words))

/* " AND …" for all that the filter says of a fingerprint `p`; and of a finding `f`; and of a host `h`. */
void ask_of_fingerprint(struct ask_sql *q, const struct ask_filter *f);
void ask_of_finding(struct ask_sql *q, const struct ask_filter *f);
void ask_of_host(struct ask_sql *q, const struct ask_filter *f);

/* What hosts have for tags, of which the filter's is one: an index finds who has them. `many`: they are too many for that, or the filter has none. */
struct ask_tags {
        struct str items[ASK_TAGS];
        int count;
        bool many;
};
int ask_tags(struct ask_tags *ret, struct store *s, int64_t tenant, const struct ask_filter *f, struct arena *a, struct diag *d);
/* " AND …" for a host `h` that has them. */
void ask_of_tags(struct ask_sql *q, const struct ask_tags *t);

/* "WITH shown AS (…) ": one row for each fingerprint that the filter lets through, with `id`, `outcome`, `catalog`, `hosts` (how many). */
int ask_shown(struct ask_sql *q, struct store *s, int64_t tenant, const struct ask_filter *f, struct diag *d);

/* Begins the query and frees its text; `q` lives until db_end(). */
int ask_run_query(struct ask_sql *q, struct store *s, struct db_rows *ret, struct diag *d);
/* A column as a text in the arena; never without a pointer. */
struct str ask_text(struct arena *a, const struct db_rows *r, int column);

#endif
