/* Evidence files taken apart: a record that was seen before, in whatever file, is not parsed again.
 *
 * Each record's text is held against those that are kept, byte for byte, and stands for a number from then on; what a file shows from
 * each side (evidence/facets.h) is one more number. What names one machine (evidence/identity.h) is left out before. */
#ifndef SIDELIGHT_FLEET_PIECES_H
#define SIDELIGHT_FLEET_PIECES_H

#include "catalog/catalog.h"
#include "evidence/evidence.h"

/* /proc/cpuinfo but for the microcode's revision, which is the same in all places. */
struct gaps {
        const uint32_t *at;   /* where it stands in the piece's `raw`, in order */
        uint32_t count;
        ptrdiff_t length;     /* of what stands there in `raw` */
        struct piece *open;   /* what is kept where the revision stands open; NULL: that was not seen yet */
        struct piece *closed; /* and where it is `shown`, and is part of the text */
        struct str shown;
};

/* A text that was kept. */
struct piece {
        struct str text;
        struct str raw;      /* of a record: as it stood in a file; empty where that is not kept */
        const struct record *record; /* what stands in `raw`, where that was parsed; or NULL */
        struct piece *as;    /* NULL; or what is kept of such a record, of which this is only how it stands in files */
        uint8_t spellings;   /* how many of these are kept */
        struct gaps *gaps;   /* NULL; or `raw` has some */
        uint8_t kind;        /* of the record: struct chunk; */
        bool line;           /* the same */
        uint64_t hash;
        uint32_t id;         /* of the text; from 1 */
        uint32_t name;       /* of what the record answers: two records of one name are not evidence; 0: there may be several */
        facet_set facets;    /* the sides that it belongs to */
        uint32_t asked;      /* 0; or evidence_name() of a record that shows nothing until somebody looks for one of its name */
        uint32_t place;      /* the machine in which its name was seen last */
        uint8_t state;       /* enum fact_state of the record */
        bool known;          /* it was part of a file that was evidence: the four above hold */
        bool tells;          /* it says something of a machine */
        bool apart;          /* a file with it is judged by itself */
};

/* One of the ways in which records stand behind each other in files: made when a record is seen for the second time behind the same ones. */
struct way {
        uint64_t id;           /* of all that lie behind it, most likely: a hash */
        struct piece *piece;   /* how the record stands there */
        struct way *next[2];   /* those that were gone from here, the last one first */
};

/* Where in a file's order the next record stands. */
struct stand {
        struct way *way; /* which led there; NULL: it was not gone twice */
        uint64_t id;
};

/* A record of a form; an open one, which differs from file to file, has no text. */
struct form_record {
        struct str text;     /* with its line end */
        struct piece *piece;
        bool shows;          /* it counts among what the form shows */
};

/* What files have in common that differ in open records alone: name, day, kernel, command line, /proc/cpuinfo and the microcode's revision. */
struct form {
        struct form_record *records; /* in the file's order */
        ptrdiff_t count;
        uint32_t versions[FACETS];   /* what they show from each side */
        uint32_t names;              /* of names that were looked for, when that was worked out, and one; 0: never */
        bool tells, revised;         /* one of them says something of a machine, or of the revision in a way of its own */
        bool odd;                    /* no records could be made of it */
        struct evidence evidence;    /* its records, once they were asked for; open ones are the last file's */
};

struct fork;
struct stretch;

/* What stands in files between their open records. */
struct forms {
        struct fork *root; /* NULL: nothing */
        uint32_t count;
};

struct piece_pair {
        uint32_t a, b, id;
};

enum { PARAMETER_BITS = 8192 };

struct pieces {
        const struct catalog *catalog;
        struct arena arena;
        ptrdiff_t bytes;          /* kept in it */
        struct piece **table;
        uint32_t size, count;     /* of the table */
        struct piece_pair *pairs; /* numbers one behind the other are a number */
        uint32_t pair_size, pair_count;
        uint32_t next;            /* number */
        struct way start;         /* in front of all records */
        struct way **ways;        /* a table of them */
        uint32_t way_size, way_count;
        uint64_t *met;            /* ids of ways that were gone once, by their last bits */
        struct forms forms;       /* of files */
        uint64_t *forms_met;      /* hashes of those that were seen once */
        uint32_t *seen;           /* by name: the file in which it was seen last */
        uint32_t seen_size, file;
        uint32_t line_name;       /* of the kernel's command line */
        const struct piece *line_read; /* stands for one that was read, whatever it holds */
        struct names_asked names; /* of records that anything that is kept looked for */
        bool parameters;          /* of the command line: those that facts ask for are kept; by the hashes of their names: */
        uint64_t parameter_bits[PARAMETER_BITS / 64];
        uint64_t parameter_lengths[256]; /* the same by how they begin: bits of their lengths */
        char *text;               /* room for one record's */
        ptrdiff_t text_size;
};

/* A revision that is part of the sides, and which another source, whatever it tells, contradicts. */
#define REVISION_CONTRADICTED UINT64_MAX

/* One record of a file. */
struct chunk {
        struct str text;
        uint8_t kind;        /* private */
        bool line;           /* one line */
        bool usual;          /* the register of the revision in a form: `number` is what it holds */
        uint64_t number;
        struct piece *piece; /* NULL: it is no part of what is alike */
        bool shows;          /* the piece counts among what the file shows */
        struct piece *raw;   /* NULL; or the same text, kept */
        struct stand stand;  /* in front of it */
        struct gaps *gaps;   /* by which it was known, or NULL */
        struct piece **seen; /* NULL; or two places for pieces with gaps by which the next one is known */
        struct str shown;    /* where it was so: what stands there */
};

/* What a file shows. */
struct sight {
        struct str text;
        struct form *form;           /* NULL; or what the file shows beside its chunks, which then are the open records alone */
        struct chunk *chunks;        /* the first is what stands before all records */
        ptrdiff_t count, capacity;
        uint32_t versions[FACETS];   /* from each side; 0: nothing */
        uint64_t revision;           /* of the microcode; 0: it is part of the sides, and stands open in no text */
        bool even;                   /* /proc/cpuinfo shows one revision, written as usual */
        bool inexact;                /* another source tells another one, or it is not written as usual: more than the number was shown */
        char digits[20];             /* as reports show it */
        ptrdiff_t digit_count;
        struct str name;             /* the host's, or empty */
        struct str captured;         /* as evidence_moment() gives it */
        bool dated;                  /* it has a record of when it was captured */
        bool known;                  /* every record is */
        bool apart;                  /* to be judged by itself */
};

/* What the next machine is held against: what most of those before it showed. */
struct sight_base {
        uint32_t versions[FACETS];
        uint32_t others[FACETS]; /* what the last one that differed from this side showed, */
        uint32_t last[FACETS];   /* which machine that was, */
        uint8_t runs[FACETS];    /* and how many before it, one behind the other, showed the same */
        uint32_t count;          /* machines */
};

/* Takes the text apart; everything of the file's own lives in `a`. */
void pieces_read(struct pieces *p, struct arena *a, struct str text, struct sight *ret);
/* The file was evidence: what its records are is learnt, where it was not known. */
void pieces_learn(struct pieces *p, struct sight *s, const struct evidence *e);
/* The file's records, without parsing again what was parsed before. They point into the text and into what is kept. False when the file must
 * be parsed as a whole, or refused. */
bool pieces_evidence(struct pieces *p, struct sight *s, struct evidence *ret, struct arena *a, struct str source);
/* After that: what it shows from each side. False when it must be judged, or refused, by itself. */
bool pieces_compare(struct pieces *p, struct sight *s);

/* Since then somebody looked, for the first time, for a record that the file has: what was compared is not all that was looked at. */
bool pieces_missed(struct pieces *p, const struct sight *s);

/* The sides from which the two machines show something else: few. */
facet_set sight_differing(const uint32_t *a, const uint32_t *b);
/* Of the sides `other` from which a machine shows something else than `b`: those from which so many before it, one behind the other, showed just
 * that. What they show takes its place. */
facet_set sight_steady(struct sight_base *b, const struct sight *s, facet_set other);

/* The kept copy of a text, made where there is none; NULL when too many meet in one place. */
struct piece *pieces_keep(struct pieces *p, struct str text);
/* The same; NULL when it was never kept. */
struct piece *pieces_find(const struct pieces *p, struct str text);
/* Of a text, for tables. */
uint64_t pieces_hash(struct str s);
/* False when it was never kept. */
bool pieces_may_hold(const struct pieces *p, struct str text);
/* The record names one machine. */
bool pieces_names(const struct chunk *c);
/* The line is an identity record with one blank between its words, and a value: in others the parser says what the name is, and what is empty
 * hides one behind it. */
bool pieces_is_usual(struct str line);
/* On from there by such a record, which makes the way when it is gone for the second time. */
struct stand pieces_way(struct pieces *p, struct stand from, struct piece *raw);
/* The same, made at once, from where a way led. */
void pieces_lead(struct pieces *p, struct stand from, struct piece *raw);
/* The number of `first` and, behind it, `second`; 0 when too many meet in one place. */
uint32_t pieces_behind(struct pieces *p, uint32_t first, uint32_t second);
/* Forgets everything. */
void pieces_forget(struct pieces *p);
void pieces_free(struct pieces *p);

#endif
