/* libsidelight: whether a machine is protected against speculative-execution side channels, for programs that embed it.
 *
 *         sidelight *s = sidelight_new();
 *         if (s && sidelight_collect(s, NULL) == SIDELIGHT_OK && sidelight_judge(s) == SIDELIGHT_OK)
 *                 for (size_t i = 0; i < sidelight_finding_count(s); i++)
 *                         puts(sidelight_finding(s, i, SIDELIGHT_FINDING_STATUS));
 *         sidelight_free(s);
 *
 * One handle is one machine: evidence is brought in (collect or parse), judged, and then asked about or told. Every text is UTF-8, ends with a NUL, belongs to the handle,
 * and lives until the next call that brings in, sets or judges something, or frees the handle. Functions that return a text never return
 * NULL: what there is nothing of is "".
 *
 * The library prints nothing, ends no program, and keeps no state outside handles: threads may use different handles at the same time,
 * and one handle one after the other. When memory runs out, a call returns SIDELIGHT_NO_MEMORY; after that, the handle can only be freed (memory that was in use
 * in that moment may stay lost, and while collecting an open file). No handle (NULL), and no document, is one that memory did not suffice for: every function takes it
 * so, and sidelight_error says so.
 *
 * What is here stays: later versions add functions, options, fields and numbers behind those that there are. */
#ifndef SIDELIGHT_H
#define SIDELIGHT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIDELIGHT_API 2 /* counts what was added: 1 is the first; 2: documents, several machines in a text, hosts, exit codes, more options */

typedef struct sidelight sidelight;

enum sidelight_result {
        SIDELIGHT_OK = 0,
        SIDELIGHT_FAILED = 1,    /* the system refused something */
        SIDELIGHT_BAD_INPUT = 2, /* the evidence is not what it should be, or tells nothing of a machine */
        SIDELIGHT_NO_INPUT = 3,  /* it cannot be opened */
        SIDELIGHT_BAD_USE = 4,   /* an option, value or format that there is not, or a call before the one that it needs */
        SIDELIGHT_NO_MEMORY = 5
};

/* The SIDELIGHT_API that the library has; and its version, and that of the data it judges by. */
int sidelight_api(void);
const char *sidelight_version(void);
const char *sidelight_data_version(void);

/* A handle, to be given to sidelight_free; NULL when memory ran out. */
sidelight *sidelight_new(void);
void sidelight_free(sidelight *s); /* NULL is taken, too */

/* Why the last call that did not return SIDELIGHT_OK did not: one sentence for people. */
const char *sidelight_error(const sidelight *s);

/* How to bring in, judge and tell, for the calls that follow. "" is what holds until something is set. Options:
 *
 * judging: "untrusted" (yes, no; "": not known), "boundary" (a list such as "user-kernel,guest-host"; "": all), "only" (a list of flaws; "": all),
 *          "ignore-os-claims" (yes, no), "fingerprint" (yes, no; formats that are documents of their own have it all the same);
 * since API 2:
 * bringing in: "collect" ("all"; or "needed": only what verdicts ask for, some of it when they do; costs a fraction, but sidelight_evidence then
 *          writes only that), "copy" (yes; no: a text that is parsed stays the caller's, unchanged, as long as its evidence is used);
 * telling: "format" (as `sidelight check --format`; "": text), "fail-on" (a list of vulnerable, partial and unknown, or never; "": all three: what counts
 *          for the exit code), "now" (the moment of the report, "2026-11-26T18:00:00Z"; "": the clock's), "texts" (yes; no: only documents and
 *          reports are wanted: findings and steps are not made as texts, and are counted as none);
 * in text: "columns" (a number; "": 80), "wide" (all that is known, the fingerprint, too), "colour", "ascii" (yes, no). */
int sidelight_set(sidelight *s, const char *option, const char *value);

/* Brings evidence in, in place of what the handle had: of the running machine (root NULL; reads files and the CPUID instruction, changes nothing), of the one captured
 * or mounted at `root`; or out of a text, an evidence file or another tool's output about one machine. `name` is what reports call it. The text is copied. */
int sidelight_collect(sidelight *s, const char *root);
int sidelight_parse(sidelight *s, const char *name, const char *text, size_t length);

/* A text that may tell of several machines: how many. The first is the handle's evidence then; sidelight_choose takes another, by its number from 0. Since API 2. */
int sidelight_parse_all(sidelight *s, const char *name, const char *text, size_t length, size_t *ret_count);
int sidelight_choose(sidelight *s, size_t number);

/* What the host of this guest says of itself, for all that is judged from then on; it is used where it can be this guest's host. No text: none. The text is copied. Since API 2. */
int sidelight_host(sidelight *s, const char *name, const char *text, size_t length);

/* The evidence as a file that sidelight_parse and `sidelight check` take. */
int sidelight_evidence(sidelight *s, const char **ret_text, size_t *ret_length);

/* Judges the evidence. Missing evidence is no error: it makes verdicts unknown. */
int sidelight_judge(sidelight *s);

/* The verdicts, one for each flaw; 0 before sidelight_judge. */
size_t sidelight_finding_count(const sidelight *s);
enum sidelight_finding_field {
        SIDELIGHT_FINDING_ID = 0,         /* "meltdown" */
        SIDELIGHT_FINDING_NAME = 1,       /* "Meltdown" */
        SIDELIGHT_FINDING_STATUS = 2,     /* not-affected, mitigated, unknown, partial, vulnerable */
        SIDELIGHT_FINDING_OWNER = 3,      /* whose job the remedy is: none, hardware, microcode, hypervisor, kernel, application */
        SIDELIGHT_FINDING_REASON = 4,     /* one sentence */
        SIDELIGHT_FINDING_ASK = 5,        /* the question to the owner; or "" */
        SIDELIGHT_FINDING_RULE = 6,       /* the rule that decided; "" when too little is known */
        SIDELIGHT_FINDING_CVES = 7,       /* with commas between */
        SIDELIGHT_FINDING_BOUNDARIES = 8, /* with commas between; which are open, of an open flaw */
        SIDELIGHT_FINDING_AT_STAKE = 9  /* yes, no: whether it touches a boundary that was asked for */
};
/* "" for a number or field that there is not. */
const char *sidelight_finding(const sidelight *s, size_t number, enum sidelight_finding_field field);

/* What to do, in order; 0 before sidelight_judge. */
size_t sidelight_step_count(const sidelight *s);
enum sidelight_step_field {
        SIDELIGHT_STEP_ID = 0,       /* "update-kernel" */
        SIDELIGHT_STEP_TITLE = 1,    /* for people */
        SIDELIGHT_STEP_WHY = 2,
        SIDELIGHT_STEP_WHO = 3,      /* you, provider, nobody */
        SIDELIGHT_STEP_STATUS = 4,   /* todo, done, unknown …: as `sidelight advise --format json` says it */
        SIDELIGHT_STEP_COMMANDS = 5, /* one a line, to be copied; or "" */
        SIDELIGHT_STEP_ASK = 6,      /* the question to ask; or "" */
        SIDELIGHT_STEP_RESOLVES = 7, /* ids of the flaws that ask for it, with commas between */
        SIDELIGHT_STEP_RESTART = 8  /* yes, no: whether it holds only after a restart */
};
const char *sidelight_step(const sidelight *s, size_t number, enum sidelight_step_field field);

/* The report in one of the formats of `sidelight check --format`: "text", "json", "html" …; NULL: in the one that was set. As all that is told, it
 * holds no control character that could steer a terminal, but those of the colours that were asked for. */
int sidelight_report(sidelight *s, const char *format, const char **ret_text, size_t *ret_length);

/* What `sidelight check` would exit with: 0 nothing to do, 2 something is open, 3 something is unknown; for the formats of monitoring plugins 0 to 3 as they
 * have them. 3 before sidelight_judge. Since API 2. */
int sidelight_exit_code(const sidelight *s);

/* Several machines in one document, since API 2. It is written as `like` is set in that moment (format and how to tell), and `write` gets its bytes piece by piece: 0, or
 * anything else when they cannot be taken, after which nothing more is written. NULL when memory ran out, `like` cannot be used any more, or there is no `write`. */
typedef struct sidelight_document sidelight_document;
/* Pages for people of many machines begin with what is known last: until the end they wait in an unnamed temporary file, or in memory where none can be made. */
sidelight_document *sidelight_document_new(const sidelight *like, int (*write)(void *arg, const char *bytes, size_t length), void *arg);
/* Adds the judged machine of a handle; the document keeps nothing of the handle. */
int sidelight_document_add(sidelight_document *document, sidelight *s);
/* Tells that a machine could not be judged, and why: one of which nothing is known, by the name of what was to be its evidence, or in the format's own words for
 * a failure. The handle's evidence is gone then. */
int sidelight_document_failed(sidelight_document *document, sidelight *s, const char *name, const char *why);
/* Hands over what was written until now. */
int sidelight_document_flush(sidelight_document *document);
/* Writes the rest, and frees the document: SIDELIGHT_OK, or why it is not whole. */
int sidelight_document_end(sidelight_document *document);

#ifdef __cplusplus
}
#endif

#endif
