/* One command's output on many machines: what Ansible, pdsh, pssh and clush print, cut into each machine's own text. Pure. */
#ifndef SIDELIGHT_COLLECT_IMPORT_HOSTS_H
#define SIDELIGHT_COLLECT_IMPORT_HOSTS_H

#include "base/arena.h"
#include "base/siphash.h"
#include "base/str.h"
#include "catalog/catalog.h"

struct host_text {
        struct str name; /* empty: what stands before the first name */
        struct str text;
        ptrdiff_t room; /* private: str_join() */
};

struct host_texts {
        struct host_text *items;
        ptrdiff_t count, capacity;
};

/* Names by their hashes: a fleet has many. The table is made for as many names as the text has lines. */
struct host_names {
        struct hash128 key;
        uint32_t *items; /* numbers of host_texts, from 1; 0: free */
        uint32_t size;   /* a power of two */
};

void hosts_names_make(struct host_names *ret, struct arena *a, struct str text);
/* The machine of that name; made when it is new. */
struct host_text *hosts_named(struct host_texts *all, struct arena *a, struct host_names *names, struct str name);

/* The machines in the order in which they first appear, with their texts; none where it is not such a text. Lives in `a`. */
void hosts_split(struct host_texts *ret, struct arena *a, const struct catalog *c, struct str text);
/* The same of tables in which each column, or each row, is a machine, or names it. False where it cannot be told whether a word of each row does. */
bool tables_split(struct host_texts *ret, struct arena *a, const struct catalog *c, struct str text);
/* What stands before the path of a file of the vulnerabilities folder at the line's beginning ("/host", a report's folder; empty: nothing); `any`: of
 * any file of the system. False where no such path stands there. */
bool hosts_root(struct str line, bool any, struct str *ret);

#endif
