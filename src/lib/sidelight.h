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
 * in that moment may stay lost, and while collecting an open file).
 *
 * What is here stays: later versions add functions, options, fields and numbers behind those that there are. */
#ifndef SIDELIGHT_H
#define SIDELIGHT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIDELIGHT_API 1 /* counts what was added: 1 is the first */

typedef struct sidelight sidelight;

enum sidelight_result {
        SIDELIGHT_OK = 0,
        SIDELIGHT_FAILED = 1,    /* the system refused something */
        SIDELIGHT_BAD_INPUT = 2, /* the evidence is not what it should be, or tells nothing of a machine */
        SIDELIGHT_NO_INPUT = 3,  /* it cannot be opened */
        SIDELIGHT_BAD_USE = 4,   /* an option, value or format that there is not, or a call before the one that it needs */
        SIDELIGHT_NO_MEMORY = 5,
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

/* How to judge, for the calls of sidelight_judge that follow. Options: "untrusted" (yes, no, or "": not known), "boundary" (a list such as "user-kernel,guest-host"; "": all),
 * "only" (a list of flaws; "": all), "ignore-os-claims" (yes, no), "fingerprint" (yes, no). */
int sidelight_set(sidelight *s, const char *option, const char *value);

/* Brings evidence in, in place of what the handle had: of the running machine (root NULL; reads files and the CPUID instruction, changes nothing), of the one captured
 * or mounted at `root`; or out of a text, an evidence file or another tool's output about one machine. `name` is what reports call it. The text is copied. */
int sidelight_collect(sidelight *s, const char *root);
int sidelight_parse(sidelight *s, const char *name, const char *text, size_t length);

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
        SIDELIGHT_FINDING_AT_STAKE = 9,   /* yes, no: whether it touches a boundary that was asked for */
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
        SIDELIGHT_STEP_RESTART = 8,  /* yes, no: whether it holds only after a restart */
};
const char *sidelight_step(const sidelight *s, size_t number, enum sidelight_step_field field);

/* The report in one of the formats of `sidelight check --format`: "text", "json", "html" … */
int sidelight_report(sidelight *s, const char *format, const char **ret_text, size_t *ret_length);

#ifdef __cplusplus
}
#endif

#endif
