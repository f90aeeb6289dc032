/* GRUB's scripts, one command at a time. Between the files that read results. */
#ifndef SIDELIGHT_PLAN_EDIT_GRUB_SCRIPT_H
#define SIDELIGHT_PLAN_EDIT_GRUB_SCRIPT_H

#include "plan/edit/patch.h"

/* Variables, the last value of each. */
struct grub_variable {
        struct str name, value;
        bool sure; /* no condition that is not known decides it */
};

struct grub_variables {
        struct grub_variable *items;
        ptrdiff_t count, capacity;
};

/* NULL where it was not set. */
struct grub_variable *grub_variable(const struct grub_variables *v, struct str name);
void grub_set(struct grub_variables *v, struct arena *a, struct str name, struct str value, bool sure);

/* `$name` and `${name}` outside of '…' replaced; what is not known stays, and `*unknown` is set. Quotes stay. */
struct str grub_expand(struct arena *a, struct str text, const struct grub_variables *v, bool *unknown);

struct grub_word {
        ptrdiff_t from, to; /* its bytes */
        struct str text;    /* without quotes, variables expanded */
        bool unknown;       /* a variable without a value is in it */
        bool open;          /* a quote is not closed: the text ends in it */
};

struct grub_command {
        struct grub_word *items; /* its words */
        ptrdiff_t count, capacity;
        bool opens;  /* a '{' ends it */
        bool closes; /* it is a '}' */
};

/* The next command from `*at` on, which moves behind it; false at the end. */
bool grub_command(struct arena *a, struct str text, ptrdiff_t *at, const struct grub_variables *v, struct grub_command *ret);

#endif
