/* The journal: what was done to this machine, kept so that it can be taken back, whenever and wherever it was interrupted.
 *
 * A folder (/var/lib/sidelight/fix on Linux) holds one folder for each plan that was carried out, named 1, 2, 3 …: `record.json` and the old contents. It
 * is on the disk before anything is changed. Its state tells where it stood; whatever is found half done is taken back. */
#ifndef SIDELIGHT_APPLY_JOURNAL_H
#define SIDELIGHT_APPLY_JOURNAL_H

#include "apply/deeds.h"
#include "platform/registry_edit.h"

#define JOURNAL_PLACE "/var/lib/sidelight/fix"

#define ENTRY_STATES(X)                                            \
        X(APPLYING, "applying")           /* begun, and not ended */ \
        X(APPLIED, "applied")                                      \
        X(ROLLING_BACK, "rolling-back")   /* begun, and not ended */ \
        X(ROLLED_BACK, "rolled-back")

enum entry_state {
#define X(name, word) ENTRY_##name,
        ENTRY_STATES(X)
#undef X
        ENTRY_STATE_COUNT,
};

struct str entry_state_word(enum entry_state s);

/* A step as it was carried out. */
struct entry_step {
        struct str id, title;
        bool restart;
        struct changes changes;
        struct str_list resolves; /* ids of flaws */
};

/* A folder that was made, or in which a file was: it gets its time back. */
struct entry_folder {
        struct str path;
        struct tree_file was; /* `exists` false: it was made */
};

struct entry {
        uint64_t id;
        enum entry_state state;
        struct str plan, when, boot;           /* hash; date and time; the start of the machine (boot_id), or empty */
        struct { struct entry_step *items; ptrdiff_t count, capacity; } steps;
        struct { struct deed *items; ptrdiff_t count, capacity; } files;   /* without contents: journal_old() */
        struct { struct deed *items; ptrdiff_t count, capacity; } results; /* what commands wrote; new_hash is empty until they did */
        struct { struct errand *items; ptrdiff_t count, capacity; } commands;
        struct { struct entry_folder *items; ptrdiff_t count, capacity; } folders; /* the uppermost first */
        struct { struct str *items; ptrdiff_t count, capacity; } keys; /* of the registry, that were made; the uppermost first */
        struct str kernels;                    /* names of those that were installed, parted by blanks */
        bool commands_wait;                    /* commands were not run: the tree is not the running machine */
};

struct journal {
        struct tree *tree;
        struct arena *a;
        const char *place;                     /* its folder */
        ptrdiff_t file_max;                    /* bytes of the longest file that it may hold */
        const struct registry_edit *registry;  /* NULL: no Windows runs here */
        int lock;                              /* -1: only read */
        struct { struct entry *items; ptrdiff_t count, capacity; } entries; /* the oldest first */
};

/* Reads what is there at `place` in the tree (JOURNAL_PLACE; it must live as long as the journal); nothing there is an empty journal. -1 when it cannot be read. */
int journal_read(struct journal *ret, struct arena *a, struct tree *t, const char *place, struct diag *d);
/* The same, making its folder and taking its lock: for who changes something. */
int journal_open(struct journal *ret, struct arena *a, struct tree *t, const char *place, struct diag *d);
void journal_close(struct journal *j);

/* Puts a new entry, with the old contents that its files and results hold, onto the disk; gives it its number. */
int journal_begin(struct journal *j, struct entry *e, struct diag *d);
/* Writes the entry's record anew: its state. */
int journal_update(struct journal *j, const struct entry *e, struct diag *d);
/* The old contents of the n-th file, or result. */
int journal_old(struct journal *j, const struct entry *e, bool result, ptrdiff_t n, struct str *ret, struct diag *d);

/* The entry with this number (0: the last that is not rolled back); NULL when there is none. */
struct entry *journal_entry(struct journal *j, uint64_t id);
/* One that was interrupted, or NULL. */
struct entry *journal_interrupted(struct journal *j);

#endif
