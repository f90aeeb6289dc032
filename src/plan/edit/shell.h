/* Assignments as a shell would make them, with the place of each character: the literal forms only. Between the files of this folder. */
#ifndef SIDELIGHT_PLAN_EDIT_SHELL_H
#define SIDELIGHT_PLAN_EDIT_SHELL_H

#include "plan/edit/edit.h"

/* One character of a value, and which bytes of which file it comes from. */
struct shell_char {
        char c;
        bool fixed;           /* part of an expansion's own text (`${A:+$A }`), or of no file: it cannot be taken out */
        int32_t assignment;   /* -1: of none */
        ptrdiff_t from, to;
};

struct shell_value {
        struct shell_char *items;
        ptrdiff_t count, capacity;
        int32_t computed;     /* the assignment, from 1, that only a shell can work out; 0: all is literal */
};

struct shell_assignment {
        ptrdiff_t file, from, to;  /* the bytes of the value, with quotes */
        ptrdiff_t quote;           /* the closing quote that ends it; -1 where it ends in something else */
        uint32_t line;
        struct str name;
        struct shell_value value;
        bool uses_self;            /* `$NAME` of itself is in it, or `+=` */
};

struct shell {
        struct arena *arena;
        struct text_files files;
        const struct str *names;   /* the variables that are followed */
        ptrdiff_t name_count;
        bool bash;                 /* `+=` works */
        /* What was read. */
        struct shell_assignment *items;
        ptrdiff_t count, capacity;
        struct shell_value *values; /* for each name */
        bool *set;
        /* Where only a shell knows what happens. */
        struct str reason;
        ptrdiff_t file;
        uint32_t line;
};

/* Reads all files; false, with `reason`, `file` and `line`, where another shell construct could touch the variables. */
bool shell_read(struct shell *s);

/* The last assignment to a name; NULL when there is none. */
const struct shell_assignment *shell_last(const struct shell *s, struct str name);

#endif
