/* What was found before, for machines that show the same from the sides on which it hangs: one flaw's finding, or the description of the
 * machine, as the text that stands in the report. */
#ifndef SIDELIGHT_FLEET_ANSWERS_H
#define SIDELIGHT_FLEET_ANSWERS_H

#include "fleet/bulk/facts_kept.h"

/* What is looked at while it is looked for stands in front: one line of the processor's cache. */
struct answer {
        facet_set facets;
        uint64_t low, high;        /* revisions between which it holds */
        struct answer *next;       /* whose versions have the same hash, or nearly */
        const struct answers_mask *mask; /* in which it stands */
        uint64_t sum;              /* of the versions: their hash */
        const uint32_t *versions;  /* what is shown from each of these sides */
        struct str text;
        const uint32_t *marks;     /* where the revision stands in it */
        uint32_t mark_count;
        uint8_t status;            /* enum status of a finding */
        bool at_stake;
        const struct piece *contradicted; /* NULL; or, of a finding, the numbers of the facts that it asked for of which sources contradict
                                             each other */
};

/* An answer, and what is told of it whatever the machine: answers lie far apart, these beside each other. */
struct answer_seen {
        const struct answer *answer; /* NULL: nothing is known */
        const char *text;
        uint32_t length;
        uint8_t status;
        bool at_stake : 1;
        bool marked : 1;           /* the revision stands in the text */
        bool contradicted : 1;     /* the answer has such facts */
        bool ranged : 1;           /* it holds between some revisions alone */
};

/* Those that hang on the same sides. */
struct answers_mask {
        struct answers_mask *next;
        facet_set facets;
        struct answer **table;     /* by the sum of what is shown from these sides */
        uint32_t size, count;
        uint8_t side_count, sides[]; /* those of `facets` that are compared */
};

struct answers_row; /* answers_row.h */

enum { ANSWERS_ROWS = 32 };

/* The answers to the first machine that was seen with a processor, put aside in one piece: most processors of machines that are all unlike
 * are seen once. */
struct answers_first {
        struct sight shown;        /* versions and revision */
        struct answer answers[];   /* by number; those without a place of their text were not found */
};

/* All about one kind of processor. */
struct answers_kind {
        uint32_t processor;
        uint32_t round;               /* of answers.first, in which `first` was put aside; 0: nobody has this place in the table */
        bool contradicted;            /* some answer has such facts */
        struct answers_first *first;
        struct facts_kept *facts;     /* NULL: nothing is kept yet */
        struct answers_mask **masks;  /* by number; NULL: the processor was seen once */
        struct answers_row *rows[ANSWERS_ROWS]; /* by a hash of what is shown from: */
        facet_set common;             /* the sides on which many answers hang */
        uint32_t files;               /* for which rows were asked */
};

/* Answers of one machine that are still looked for. */
struct answers_sought {
        uint32_t *numbers, count;
        uint64_t *keys;            /* by number, with ANSWERS_KEYS_MORE behind them: for tables, what the machine shows */
        facet_set differs;         /* the sides from which it shows something else than the row's base */
        bool any;                  /* some were looked for */
};

enum { ANSWERS_KEYS_MORE = 64 };

struct answers {
        struct arena arena;
        ptrdiff_t bytes;           /* kept in it */
        uint32_t numbers;          /* of answers to one machine */
        struct answers_sought sought; /* with room for as many */
        struct arena first;        /* a bounded heap: what was put aside is forgotten when it is full, and a new round begins */
        ptrdiff_t first_bytes;
        uint32_t round;
        struct answers_kind *kinds;
        uint32_t size, count;
        struct rules_kept rules;   /* the catalog's, once they were asked for */
};

/* What is known of the machine's processor; asked for once for each machine. */
struct answers_kind *answers_kind(struct answers *t, struct pieces *p, const struct sight *s);
/* NULL: nothing is known. */
struct answer *answers_find(const struct answers_kind *k, uint32_t number, const struct sight *s);
/* The same of all numbers below `count`, without an answer where nothing is known; gives how many these are. */
uint32_t answers_find_all(struct answers *t, struct answers_kind *k, const struct sight *s, uint32_t count, struct answer_seen *ret);
/* NULL is nothing. */
struct answer_seen answer_seen(const struct answer *a);
/* Of all that the machine shows: most of what is unlike has another one. */
uint64_t answers_hash(const struct sight *s);
/* What is known of the facts of a machine that was seen with this processor, for one that is judged now; NULL: nothing, for the processor is
 * seen for the first time. And what was found for it, where it hangs on sides alone. */
const struct facts_known *answers_facts(struct answers *t, struct answers_kind *k, const struct sight *s, const struct catalog *c);
void answers_learn(struct answers *t, struct answers_kind *k, const struct verdict *v);
/* The text is copied, or kept with the pieces. NULL: it cannot be kept. What is given holds as long as this machine is judged. */
const struct answer *answers_add(struct answers *t, struct pieces *p, struct answers_kind *k, uint32_t number, const struct sight *s,
                                 const struct answer *fresh);
/* One that holds for this machine alone, and is not kept. */
const struct answer *answers_once(struct arena *arena, const struct sight *s, const struct answer *fresh);
void answers_forget(struct answers *t);
void answers_free(struct answers *t);

/* The text with the revision in its places; there must be room for answer_length. */
ptrdiff_t answer_length(const struct answer_seen *a, const struct sight *s);
char *answer_write(const struct answer_seen *a, const struct sight *s, char *to);

#endif
