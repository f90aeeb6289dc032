/* What the parts of test_hosts share. */
#ifndef SIDELIGHT_TESTS_HOSTS_H
#define SIDELIGHT_TESTS_HOSTS_H

#include <stdio.h>

#include "base/out.h"
#include "verdict/verdict.h"

struct fixture {
        struct str path, text;
        struct evidence evidence; /* with what it takes from the machine that it is like */
        struct evidence own;      /* the file's alone */
        struct evidence like;     /* that machine's; empty when there is none */
};

struct fixtures {
        struct fixture *items;
        ptrdiff_t count, capacity;
};

/* Prints one case of TAP. */
void result(bool ok, const char *name, struct str of);

/* All of a file; false when it cannot be opened. */
bool slurp(struct arena *a, const char *path, struct str *ret);

/* Reads and parses the fixture at f->path; -1 when it, or the machine that it is like, is no evidence file. */
int fixture_read(struct fixture *f, struct arena *a, struct diag *d);

void judge(struct verdict *r, struct arena *a, const struct evidence *e);
struct str rule_id(const struct finding *f);
const struct finding *finding_of(const struct verdict *r, struct str flaw);

/* The modes that are told of at the top of test_hosts.c. */
void expect(const struct fixture *f, struct arena *a);
void fix(const struct fixture *f, struct arena *a);
void edges(const char *path, const char *machines);
void fix_edges(const char *path, const char *machines);
void predict(const struct fixture *f, struct arena *a);
void beginnings(const struct fixtures *all, struct arena *a);
void agree(const struct fixtures *all, struct arena *a, const char *table);

#endif
