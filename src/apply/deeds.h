/* What carrying out a plan does to this machine, byte by byte: files that become other files, values of the running kernel, and
 * programs that are run. Nothing here has been done yet. */
#ifndef SIDELIGHT_APPLY_DEEDS_H
#define SIDELIGHT_APPLY_DEEDS_H

#include "base/sha256.h"
#include "plan/plan.h"
#include "platform/tree_edit.h"

#define DEEDS(X)                                                                  \
        X(FILE, "file")   /* replaced whole; kept byte for byte for the way back */ \
        X(VALUE, "value") /* of the running kernel, below /proc or /sys; until the restart */ \
        X(REGISTRY, "registry") /* a value of the running Windows: registry_deed.h has its words */ \
        X(HIVE, "hive")   /* a file that is no text */

enum deed_kind {
#define X(name, word) DEED_##name,
        DEEDS(X)
#undef X
        DEED_COUNT,
};

struct str deed_word(enum deed_kind k);

struct deed {
        enum deed_kind kind;
        ptrdiff_t step;       /* number of the step that it belongs to */
        uint64_t also;        /* 1 << number of each other one that changes the same file */
        struct str path;
        struct tree_file was; /* `exists` false: there is nothing */
        struct str old, new;
        char old_hash[65], new_hash[65];
};

/* A program to be run when the files are written. */
struct errand {
        ptrdiff_t step;
        struct str_list argv;
        struct str result;    /* the file that it writes from what was changed; empty: none that could be kept */
        bool package;         /* installs packages: runs last, and is not taken back */
        struct str_list undo; /* what takes it back; empty: the same again, from the sources that were restored */
};

/* What is left alone, and why, and what to do in its place. */
struct refusal {
        ptrdiff_t step;
        struct str what, why, instead;
};

struct deeds {
        struct { struct deed *items; ptrdiff_t count, capacity; } files;
        struct { struct errand *items; ptrdiff_t count, capacity; } commands;
        struct { struct refusal *items; ptrdiff_t count, capacity; } refusals;
        struct { struct str *items; ptrdiff_t count, capacity; } remarks; /* what the reader should know */
};

/* The file at `path` becomes `new`; the deed for a file that has one already takes the new text. -1 (and a refusal) when it cannot be
 * replaced safely. `old` is what was read of it (absent: no pointer). */
int deeds_file(struct deeds *d, struct arena *a, const struct tree *t, ptrdiff_t step, struct str path, struct str new);
/* One that is made already, but for its hashes. */
void deeds_add(struct deeds *d, struct arena *a, struct deed *one);
/* The same for a hive of Windows' registry, which may be longer; and its bytes as an earlier step leaves them. */
int deeds_hive(struct deeds *d, struct arena *a, const struct tree *t, ptrdiff_t step, struct str path, struct str new);
bool deeds_hive_text(const struct deeds *d, struct str path, struct str *ret);
void deeds_value(struct deeds *d, struct arena *a, ptrdiff_t step, struct str path, struct str old, struct str new);
/* argv as one text, words parted by blanks; said once, however often it is asked for. */
void deeds_command(struct deeds *d, struct arena *a, ptrdiff_t step, const char *words, struct str result, bool package);
/* The same for a program with another one that takes it back. */
void deeds_command_undo(struct deeds *d, struct arena *a, ptrdiff_t step, const char *words, const char *undo);
void deeds_refuse(struct deeds *d, struct arena *a, ptrdiff_t step, struct str what, struct str why, struct str instead);
/* The text of a file as it will be: of its deed, else as it is in the tree. False when there is none. */
bool deeds_text(const struct deeds *d, struct arena *a, const struct tree *t, struct str path, struct str *ret);

/* Of files, as against values. */
bool deed_is_file(const struct deed *d);
bool deeds_for_step(const struct deeds *d, ptrdiff_t step);
bool deed_is_for(const struct deed *d, ptrdiff_t step);
/* What belongs to one step belongs to a step with another number. */
void deeds_renumber(struct deeds *d, ptrdiff_t from, ptrdiff_t to);
/* As a shell reads it. */
struct str errand_text(struct arena *a, const struct errand *c);

/* What `--plan` names: SHA-256 over all that would be done, with what is there now. */
void deeds_hash(const struct deeds *d, char ret_hex[65]);

void text_hash(struct str text, char ret_hex[65]);

enum { DEED_FILE_MAX = 16 << 20, DEED_HIVE_MAX = 512 << 20 };

#endif
