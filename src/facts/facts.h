/* Facts: named, typed answers to questions about one machine, computed from its evidence when they are first asked for. */
#ifndef SIDELIGHT_FACTS_FACTS_H
#define SIDELIGHT_FACTS_FACTS_H

#include "base/arena.h"
#include "base/tri.h"
#include "catalog/catalog.h"
#include "evidence/evidence.h"

struct fact {
        uint8_t state;    /* enum fact_state; UNREAD, DENIED and FAILED make a condition not known */
        uint8_t type;     /* enum value_type */
        uint64_t number;  /* BOOL, INT */
        struct str text;  /* TEXT, VERSION; for SENTENCE facts that failed: the part that was not understood */
        struct str source; /* where it was read: a path, "CPUID 0x7.0:EDX[10]", "MSR 0x10a[0]"; empty for derived facts */
};

/* One kernel sentence, taken apart (catalog.h: struct sentence_file). */
struct parsed_sentence {
        bool parsed;
        uint8_t state;               /* of the file */
        struct str text;             /* verbatim, trimmed */
        const struct sentence *base; /* NULL: not in the table */
        const struct sentence **parts; /* [part number]; NULL: not seen */
        struct str unknown;          /* the first piece that is not in the table; empty when all is known */
        bool *unclear;               /* [part number]: said in other words, or twice unlike; [0]: a piece of no part that is known */
        bool predicting;             /* now: to what it hangs on it is not known */
        bool parts_pending;          /* predicted so far: the base alone */
        facet_set facets;            /* the file's */
        bool doubt;                  /* what is unclear could make the whole worse than base and parts that were understood */
        struct str why;              /* predicted: why it cannot be, where the data says so */
};

struct declared {
        struct str name, value;
};

struct where;

/* What facts and conditions were for evidence that shows the same from the sides on which they hang (evidence/facets.h), of CPUs that are
 * all alike: they are not worked out again. */
struct fact_known {
        struct fact value;
        facet_set facets;
};

struct facts_known {
        const uint16_t *places; /* by the fact's number: one more than where it stands among the items; 0: nobody knows */
        const struct fact_known *items;
        facet_set differs; /* sides from which this evidence shows something else */
        const uint16_t *numbers;       /* by the condition, of the same catalog: one more than its place among: */
        const uint8_t *truths;         /* enum tri + 1; 0: not known */
        const facet_set *truth_facets;
};

/* What facts_init must be told beyond the evidence. All zero: the ordinary check. */
struct facts_options {
        bool ignore_os_claims;           /* facts that rest on the OS's word count as not read */
        bool restarted;                  /* what waits for a restart has had it */
        bool predict;                    /* sentences are what a kernel of today would print, not what was read */
        bool other_kernel;               /* predicted of another kernel than the one that spoke: it said nothing yet */
        const struct declared *declared; /* what the user said */
        uint32_t declared_count;
        uint64_t revision;               /* 0; or the microcode's revision, which stands open: it is told as REVISION_MARK, and comparing
                                            it notes a range (evidence/facets.h) */
        const struct where *where;       /* NULL; or where it runs (where.h), as it was found for evidence that shows the same from these */
        facet_set where_facets;          /* sides, of CPUs that are all alike */
        const struct facts_known *known; /* NULL; or facts that were found before */
};

struct cpu_seen;

/* How far a fact is; one that is being computed guards against facts that need themselves. */
enum fact_asked { FACT_NOT_ASKED, FACT_COMPUTING, FACT_COMPUTED };

struct facts {
        const struct catalog *catalog;
        const struct evidence *evidence;
        struct facts_options options;
        struct arena *arena;
        struct fact *values;               /* one for each catalog->facts; holds something once it was asked for */
        uint8_t *asked;                    /* enum fact_asked of each of them */
        struct facets_asked *seen;         /* which sides of the evidence were looked at; of each fact and node that was computed: */
        facet_set *facets, *truth_facets;  /* the latter NULL where nobody wants to know */
        struct parsed_sentence *sentences; /* one for each catalog->files */
        uint8_t *truths;                   /* of each catalog->nodes that was evaluated: enum tri + 1; else 0 */
        uint32_t loops;                    /* how often something was asked for that was being computed */
        const struct record *line;         /* the command line's, once it was looked for; or NULL */
        bool line_read, logs_read;
        const struct record *logs[2];      /* the same of the kernel's logs, and the sides on which they lie */
        facet_set log_facets;
        struct kernel_words *parameters;   /* of the command line (evidence/kernel_line.h), once one was asked for; or NULL */
        const struct where *where;         /* where it runs (where.h), once that was asked for, and the sides on which it hangs; or NULL */
        facet_set where_facets;
        uint8_t *logged;                   /* of each fact with a line of the log: where it stands, once it was looked for */
        const uint8_t *verdicts;           /* enum status of each flaw, once they are made; NULL before */
        struct facts *first;               /* of the first class, which answers what is the same for all CPUs; or NULL */
        const struct cpu_list *cpus;       /* parsed once (cpus.h) */
        const struct cpu_seen *cpu;        /* the logical CPU that stands for this class */
};

/* Ready to answer for CPU class `class_index` (0 is the boot CPU's) of `cpus` (cpus.h). Everything lives in `a`. */
struct cpu_list;
void facts_init(struct facts *f, struct arena *a, const struct catalog *c, const struct evidence *e,
                const struct cpu_list *cpus, const struct facts_options *o, uint32_t class_index);

/* Answers everything that is the same for all CPUs; and lets `first`, where that was done, answer it for another class. */
void facts_answer_common(struct facts *first);
void facts_share(struct facts *f, struct facts *first);

const struct fact *facts_compute(struct facts *f, uint32_t fact);
static inline const struct fact *facts_get(struct facts *f, uint32_t fact) {
        if (f->asked[fact] != FACT_COMPUTED)
                return facts_compute(f, fact);
        f->seen->set |= f->facets[fact];
        return &f->values[fact];
}

/* The same for who does not look at the value, or passes it on to facts_tell or facts_compare: where the revision stands open, it does
 * not count as looked at. */
const struct fact *facts_peek(struct facts *f, uint32_t fact);
/* What a report may show of the fact's value: fact_text, or where that is the open revision REVISION_MARK. */
struct str facts_tell(struct facts *f, uint32_t fact);
/* The fact's number is compared with this one. */
void facts_compared(struct facts *f, uint32_t fact, uint64_t with);
/* A character of the private use area, that passes through everything that makes texts harmless. */
#define REVISION_MARK "\xee\x80\x80"

/* By name; NULL when the catalog has no such fact. */
const struct fact *facts_named(struct facts *f, struct str name);
/* A known bool fact's value; not known otherwise. */
enum tri facts_tri(struct facts *f, struct str name);
/* The value as a person reads it ("0x1000065", "Mitigation: PTI", "yes", "denied"). */
struct str fact_text(struct arena *a, const struct fact_def *def, const struct fact *v);
/* True where two sources told different things. */
bool answer_is_contradicted(const struct fact *v);
/* The fact was asked for, is no other's conclusion, and two sources told different things about it. */
bool facts_contradicted(const struct facts *f, uint32_t fact);
/* True for a fact that is worked out from others (derived, affected): a proof quotes those instead. */
bool fact_is_derived(const struct fact_def *def);

/* The record of the kernel's command line, looked at for the parameter of that name (evidence_parameter); NULL: there is none. */
const struct record *facts_line(struct facts *f, struct str parameter);
/* Whether it has a word of that name. */
bool facts_line_names(struct facts *f, struct str parameter);

const struct parsed_sentence *facts_sentence(struct facts *f, uint32_t file);
/* Enough to ask for the base: where a sentence is predicted its parts may hang on the base, and so cannot be asked for with it. */
const struct parsed_sentence *facts_sentence_base(struct facts *f, uint32_t file);
/* The status of a sentence: of one part, or (part 0) of base and parts together; STATUS_COUNT when it is not known. */
enum status sentence_status(const struct parsed_sentence *s, uint16_t part, uint32_t part_count);

/* The part was said in words that no table knows, or may have been. */
static inline bool sentence_unclear(const struct parsed_sentence *s, uint16_t part) {
        return part && s->parts && !s->parts[part] && (s->unclear[0] || s->unclear[part]);
}

/* The fact is what a sentence says, in words that no table knows, and they begin otherwise than the sentence called `is`: with another of
 * the words with which the kernel's ABI lets sentences begin. So they do not say that. */
bool facts_sentence_denies(struct facts *f, uint32_t number, struct str is);

/* How a predicted sentence ends whose parts cannot all be told; empty where they can. Read again, it leaves open these parts alone. */
struct str sentence_left_open(struct arena *a, const struct sentence_file *file, const struct parsed_sentence *s);

/* What the file holds, whatever is predicted. */
void sentence_read(struct facts *f, const struct sentence_file *file, struct parsed_sentence *ret);
/* Takes a sentence apart; pure, for tests and fuzzers. */
void sentence_parse(const struct sentence_file *file, struct str text, struct arena *a, struct parsed_sentence *ret);

/* ---- Conditions ---- */

/* Facts that decided a condition, or that would. */
struct fact_set {
        uint16_t *items;
        ptrdiff_t count, capacity;
};

enum tri condition_eval(struct facts *f, condition c);
/* The leaf facts that made the condition what it is: a smallest proof, derived facts followed down to evidence. For a
 * condition that is not known: the facts that are missing. */
void condition_proof(struct facts *f, condition c, struct fact_set *ret);

#endif
