/* Reports: a judged machine, told to people and to programs.
 *
 * Every function writes UTF-8 text to `o`, looks at nothing but its arguments and cannot fail. */
#ifndef SIDELIGHT_REPORT_REPORT_H
#define SIDELIGHT_REPORT_REPORT_H

#include "base/json.h"
#include "base/out.h"
#include "base/seen.h"
#include "plan/groups.h"
#include "plan/summary.h"
#include "plan/vex.h"

/* The formats of `check`: name, word of --format, what it is for. */
#define REPORT_FORMATS(X)                                                          \
        X(TEXT, "text", "for people: the answer, a table, and what to do")         \
        X(SUMMARY, "summary", "many machines on a screen: kind by kind, flaw by flaw")            \
        X(JSON, "json", "for programs: one object, on one line, a report")         \
        X(MARKDOWN, "markdown", "for tickets and wikis")                           \
        X(HTML, "html", "one page that needs nothing else, with a picture")        \
        X(SARIF, "sarif", "for code scanners' dashboards (OASIS SARIF 2.1.0)")     \
        X(JUNIT, "junit", "for build servers (JUnit XML)")                         \
        X(NAGIOS, "nagios", "a monitoring plugin's line; its exit codes, too")     \
        X(PROMETHEUS, "prometheus", "metrics in Prometheus' text format")          \
        X(CSV, "csv", "one line a finding (RFC 4180)")                                 \
        X(OPENVEX, "openvex", "CVE by CVE: affected or not, and why (OpenVEX 0.2.0)")           \
        X(CYCLONEDX, "cyclonedx", "the same as CycloneDX 1.6 VEX")                              \
        X(CSAF, "csaf", "the same as OASIS CSAF 2.0, profile csaf_vex")                         \
        X(XCCDF, "xccdf", "a rule a flaw, a result a machine (XCCDF 1.2)")                      \
        X(OVAL, "oval", "the same as OVAL 5.11 results")                                        \
        X(OSCAL, "oscal", "a result a machine, a finding a flaw (OSCAL 1.1 assessment results)")  \
        X(FACTS, "facts", "small and flat, for Ansible's facts.d; exits with 0")                \
        X(SMC_JSON, "smc-json", "what spectre-meltdown-checker --batch json writes")            \
        X(SMC_NRPE, "smc-nrpe", "the same of --batch nrpe")                                     \
        X(SMC_PROMETHEUS, "smc-prometheus", "the same of --batch prometheus")                   \
        X(SMC26_JSON, "smc26-json", "what it writes since version 25: the machine, too")        \
        X(SMC26_NRPE, "smc26-nrpe", "the same of --batch nrpe")                                 \
        X(SMC26_PROMETHEUS, "smc26-prometheus", "the same of --batch prometheus")               \
        X(SPECULATIONCONTROL, "speculationcontrol", "Windows: the properties of Get-SpeculationControlSettings") \
        X(SPECULATIONCONTROL_JSON, "speculationcontrol-json", "the same as one JSON object")

enum report_format {
#define X(name, word, title) REPORT_##name,
        REPORT_FORMATS(X)
#undef X
        REPORT_FORMAT_COUNT,
};


/* Formats that are documents of their own name the fingerprint without being asked. */
bool report_is_document(enum report_format f);
/* Formats that leave no room to say that something is only predicted. */
bool report_states_facts(enum report_format f);
/* Formats of monitoring plugins, whose exit code for an error is 3. */
bool report_is_plugin(enum report_format f);
/* Formats that speak of CVEs as a whole (plan/vex.h). */
bool report_is_vex(enum report_format f);

struct report_style {
        int columns;        /* width of the text report; at least 40 is used */
        bool color;         /* ANSI colours */
        bool ascii;         /* nothing but ASCII: no middle dots */
        bool wide;          /* the text report: all that is known of each flaw, instead of the first screen */
        status_set fail_on; /* statuses that count for the exit code */
        struct str now;     /* when the report is written: "2026-11-26T18:00:00Z" */
};


/* A text in a monitoring plugin's line: a bar there begins the numbers. */
void report_without_bars(struct out *o, struct str text);

/* The same as a monitoring plugin's exit code: 0 OK, 1 warning (partial), 2 critical (vulnerable), 3 unknown. */
int report_nagios_exit(const struct verdict *r, status_set fail_on);

/* Reports of several machines in one document: add each, then end. Without any report nothing is written; formats for people write nothing of
 * failures alone, either. */
enum { REPORT_LATER = 8 };

/* One machine of a document. */
struct index_machine {
        struct str name;
        ptrdiff_t kind;             /* of the groups */
        uint32_t number;            /* its place, from 1 */
        struct index_machine *next; /* of its kind */
};

struct report_writer {
        enum report_format format;
        const struct report_style *style;
        struct out *out;
        uint32_t count;                  /* reports written */
        struct out later[REPORT_LATER];  /* what must stand together at the end */
        struct out *bodies;              /* pages of several machines wait here for what stands before them; NULL: in later[0] */
        void (*release)(void *arg, struct out *to); /* of `bodies`: hands over what waits */
        void *release_arg;
        struct json json;                /* SARIF, OSCAL: the document so far */
        struct seen told;                /* Prometheus: the machines so far */
        struct arena kept;               /* what lives as long as the document */
        struct groups groups;            /* summary, pages: the kinds so far */
        struct { struct index_machine *items; ptrdiff_t count, capacity; } machines; /* the same: the machines, and … */
        struct { struct str *items; ptrdiff_t count, capacity; } failures;           /* … the files that could not be judged */
        struct index_machine **firsts;   /* pages: the first machine of each kind */
        struct vex vex;                  /* VEX formats: all machines so far */
        uint32_t counts[STATUS_COUNT], states[4]; /* Nagios: of all machines */
        uint32_t failed;                 /* told as files that could not be judged */
        bool begun;
};

/* One of which nothing is known (verdict.failure) is told in the format's own words for a failure, or as a machine of which all is unknown. */
void report_add(struct report_writer *w, const struct verdict *r);
void report_end(struct report_writer *w);
/* A document of one report. */
void report_write(const struct verdict *r, enum report_format format, const struct report_style *s, struct out *o);

/* The JSON report in pieces, one behind the other: what names one machine and its evidence, the rest of its description, the counts, each
 * finding (below), the end. The middle looks at no finding. */
void report_json_texts(struct json *j, const char *key, struct texts list); /* an array */
void report_json_strings(struct json *j, const char *key, struct str_list list); /* the same */
void report_json_head(struct json *j, const struct catalog *c, struct str source, struct str captured, struct str name);
void report_json_machine(struct json *j, const struct machine *m);
void report_json_middle(struct json *j, const struct verdict *r, const struct report_style *s);
void report_json_end(struct json *j);
/* Members of an object that is open: each flaw's id, and its status. */
void report_json_statuses(struct json *j, const struct verdict *r);
/* All but the head. */
void report_json_tail(struct json *j, const struct verdict *r, const struct report_style *s);

/* One finding as a JSON object; key as in json.h. */
void report_json_finding(struct json *j, const char *key, const struct finding *f, const struct catalog *c);
/* The same in two pieces: what is told of the flaw on all machines, and what was found. */
void report_json_flaw(struct json *j, const char *key, const struct flaw *flaw, const struct catalog *c);
void report_json_found(struct json *j, const struct finding *f);

#endif
