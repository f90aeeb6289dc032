/* Evidence: what was seen of one machine, verbatim, each piece with its state and its source.
 *
 * An evidence file (version 1, docs/evidence-format.md) is text; a `struct evidence` is its records in memory, whether they
 * came from a file, from this machine or from a disk. What is not mentioned was not read. Records point into the text they
 * were parsed from or into the arena they were added with: both must outlive the evidence. */
#ifndef SIDELIGHT_EVIDENCE_EVIDENCE_H
#define SIDELIGHT_EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/out.h"
#include "base/str.h"
#include "evidence/facets.h"

/* The state of a piece of evidence, and of every fact derived from it. */
#define EVIDENCE_STATES(X)                                                \
        X(UNREAD, "unread") /* nobody looked, or the record is missing */ \
        X(KNOWN, "known")                                                 \
        X(ABSENT, "absent") /* we looked, and it is not there */          \
        X(DENIED, "denied") /* we looked, and were not allowed */         \
        X(FAILED, "failed") /* we looked, and reading went wrong */

enum fact_state {
#define X(name, word) FACT_##name,
        EVIDENCE_STATES(X)
#undef X
};

const char *fact_state_word(enum fact_state s);

/* The first word of a record; docs/evidence-format.md has the grammar of each. */
#define EVIDENCE_KINDS(X)      \
        X(OTHER, "")           \
        X(META, "meta")        \
        X(IDENTITY, "identity") \
        X(UNAME, "uname")      \
        X(FILE, "file")        \
        X(CPUID, "cpuid")      \
        X(MSR, "msr")          \
        X(NT, "nt")            \
        X(REGISTRY, "registry") \
        X(WIN32, "win32")      \
        X(CLAIM, "claim")      \
        X(IDREG, "idreg")      \
        X(EXPECT, "expect")

enum record_kind {
#define X(name, word) RECORD_##name,
        EVIDENCE_KINDS(X)
#undef X
};

#define EVIDENCE_ALL_CPUS UINT32_C(0xffffffff)

struct record {
        enum record_kind kind;
        enum fact_state state;
        struct str key;  /* FILE: path; META, IDENTITY, WIN32, CLAIM, IDREG: name; REGISTRY: "KEY|VALUE"; OTHER: the kind's word */
        struct str text; /* FILE: contents, no final newline; others: the rest of the line, verbatim */
        uint32_t cpu;    /* CPUID, MSR, IDREG: logical CPU number, or EVIDENCE_ALL_CPUS */
        uint32_t leaf;   /* CPUID: leaf; MSR: register; NT: information class */
        uint32_t subleaf;
        uint32_t words[4]; /* CPUID: eax ebx ecx edx; NT: the dwords (word_count of them) */
        uint32_t word_count;
        uint32_t known[2]; /* NT: which bits of words[0] and words[1] are known; all, but where another tool's report was read */
        uint64_t unknown; /* MSR: which bits of value are not known; none, but where one bit was supposed (what-if) */
        uint64_t value;  /* MSR, IDREG: contents; NT with state FAILED: the NTSTATUS; REGISTRY dword, binary (≤ 8 bytes): number */
        uint32_t line;   /* where it stands in the evidence file, from 1; 0 when it does not come from one */
        bool more;       /* FILE: what is here is its beginning; evidence_file reads the rest */
};

/* What somebody wants to know of a file: whether a text tells it. */
struct evidence_question {
        bool (*is_answered)(struct str text, const void *arg); /* by some lines of it */
        const void *arg;
};

/* What a collector left to be read when it is asked for: files of the running machine that are dear to read, and seldom decide. */
struct evidence_later {
        /* Adds the record of the path if it is one of these: its beginning, until that answers the question; all of it when there is no
         * question, or a beginning was not enough. An empty path: all of all. */
        void (*read)(struct evidence_later *l, struct str path, const struct evidence_question *q);
};

struct evidence {
        struct str source;      /* the evidence file's path, or "live", or "ROOT" for a tree */
        struct arena *arena;    /* what was added lives here */
        struct record *items;
        ptrdiff_t count, capacity;
        uint32_t *index;        /* hash table over the records; what adds records keeps it up to date */
        uint32_t index_size;
        bool crowded;           /* names were chosen that meet in one place of it */
        uint64_t seed;          /* of the table; 0 until that happens */
        ptrdiff_t reseeded;     /* how many records there were then */
        struct evidence_later *later; /* NULL: everything was read */
        struct facets_asked *asked; /* NULL; or where it is noted which sides were looked at */
        bool is_changed;        /* records were replaced, to see what a change would bring; then: */
        const struct record *line_before; /* the command line under which the kernel said what it says; NULL: not read */
};

void evidence_init(struct evidence *e, struct arena *a, struct str source);

/* Reads an evidence file's text. -1 and a message with file and line when it is not one; the records then are not to be used. */
int evidence_parse(struct evidence *ret, struct arena *a, struct str source, struct str text, struct diag *d);
/* The same of one record's text, up to and with the line end in front of the next one: it is added, and evidence_index is to follow. What
 * answers a question twice is not refused. */
int evidence_parse_record(struct evidence *e, struct str text, struct diag *d);
/* True when a record says something of a machine; `known`: something that was found. What does not is nothing to judge. */
bool evidence_tells(const struct evidence *e, bool known);
#define EVIDENCE_NOTHING "'%.*s' holds no evidence: there is nothing to judge"
/* True when the text begins like an evidence file. */
bool evidence_looks_like(struct str text);
/* True when it was copied from a terminal, which puts blanks behind every line; its records are read without them. */
bool evidence_is_padded(struct str text);

/* The first record that answers a question which an earlier one (`ret_first`) answered; NULL when there is none. */
const struct record *evidence_repeated(struct evidence *e, const struct record **ret_first);

/* Makes the table for look-ups anew: after records were added to or taken from `items` directly. */
void evidence_index(struct evidence *e);

/* Reads what was left for later: before all records are looked at, one after the other. */
void evidence_read_all(const struct evidence *e);

/* Writes the records in their order, as an evidence file that evidence_parse reads back to the same records. */
void evidence_write(const struct evidence *e, struct out *o);

/* The fingerprint: SHA-256 over the records, 64 hexadecimal digits and a NUL. What names one machine (evidence/identity.h) stays
 * outside; the order of records does not matter. */
void evidence_fingerprint(const struct evidence *e, struct arena *scratch, char ret_hex[65]);

/* Adding. Strings are copied into e->arena. A record that is already there is replaced. Whatever is in them, names and one-line
 * texts cannot add a record to the file: they become plain (base/plain.h); contents stay verbatim. */
void evidence_add_file(struct evidence *e, struct str path, struct str contents);
/* The same of what a file begins with, where the rest was left for later. The contents are not copied. */
void evidence_add_beginning(struct evidence *e, struct str path, struct str contents);
/* For a path that could not be read: state is ABSENT, DENIED or FAILED; `why` is the error's name ("EIO") or empty. */
void evidence_add_missing(struct evidence *e, struct str path, enum fact_state state, struct str why);
void evidence_add_line(struct evidence *e, enum record_kind kind, struct str key, struct str text); /* meta, identity, uname, win32, claim */
void evidence_add_cpuid(struct evidence *e, uint32_t cpu, uint32_t leaf, uint32_t subleaf, const uint32_t regs[4]);
void evidence_add_msr(struct evidence *e, uint32_t cpu, uint32_t reg, enum fact_state state, uint64_t value);
/* The same where only some bits of the register are known. */
void evidence_add_msr_known(struct evidence *e, uint32_t cpu, uint32_t reg, uint64_t value, uint64_t known);
/* An identification register of an Arm processor (Arm ARM, D19.2): "MIDR_EL1", "ID_AA64PFR0_EL1". */
void evidence_add_idreg(struct evidence *e, uint32_t cpu, struct str name, uint64_t value);
void evidence_add_nt(struct evidence *e, uint32_t class, const uint32_t *dwords, uint32_t count);
/* The same where only some bits of the dwords are known. */
void evidence_add_nt_known(struct evidence *e, uint32_t class, const uint32_t dwords[2], const uint32_t known[2]);
void evidence_add_nt_status(struct evidence *e, uint32_t class, uint32_t status);
void evidence_add_registry_dword(struct evidence *e, struct str key_value, uint32_t value);
void evidence_add_registry_text(struct evidence *e, struct str key_value, struct str text); /* REG_SZ */
void evidence_add_registry_binary(struct evidence *e, struct str key_value, struct str bytes); /* REG_BINARY */
void evidence_add_registry_missing(struct evidence *e, struct str key_value, enum fact_state state);

/* Looking up; NULL when there is no such record. Files are looked up by path, also when absent or denied (see ->state), and read now
 * if they were left for later. */
const struct record *evidence_file(const struct evidence *e, struct str path);
/* The same, where as much of the file suffices as answers the question: all of it is read only if nothing does. */
const struct record *evidence_file_until(const struct evidence *e, struct str path, const struct evidence_question *q);
/* What it has of this name: of another machine's record, say. Not noted as asked. */
const struct record *evidence_named(const struct evidence *e, const struct record *r);
const struct record *evidence_cpuid(const struct evidence *e, uint32_t cpu, uint32_t leaf, uint32_t subleaf);
const struct record *evidence_msr(const struct evidence *e, uint32_t cpu, uint32_t reg);
const struct record *evidence_idreg(const struct evidence *e, uint32_t cpu, struct str name);
const struct record *evidence_nt(const struct evidence *e, uint32_t class);
const struct record *evidence_registry(const struct evidence *e, struct str key_value); /* case-insensitive */
const struct record *evidence_line(const struct evidence *e, enum record_kind kind, struct str key);
/* The kernel's command line, where it is looked at for one parameter alone; with an empty name: only for whether it was read. */
const struct record *evidence_parameter(const struct evidence *e, struct str name);
/* The uname record, looked at for the release alone, or for everything else. */
const struct record *evidence_release(const struct evidence *e);
const struct record *evidence_system(const struct evidence *e);

/* Several records of one name may stand in one file. */
bool evidence_may_repeat(enum record_kind kind);
/* The side to which a record of that name belongs. */
facet_set evidence_facet(enum record_kind kind, struct str key, uint32_t leaf);
/* The hash of such a name, by which it is noted that it was looked for. */
uint32_t evidence_name(enum record_kind kind, struct str key, uint32_t leaf);
/* Notes, where that is asked for, that the record was looked at, by who did not look it up. */
void evidence_note(const struct evidence *e, const struct record *r);
/* The day on which it was captured ("2026-11-22"); empty when it is not said. Days written so are in the order of their bytes. */
struct str evidence_captured(const struct evidence *e);
/* The same with the time of day where that is told ("2026-11-22T10:11:12Z"); empty when it is neither. */
struct str evidence_moment(const struct evidence *e);

#endif
