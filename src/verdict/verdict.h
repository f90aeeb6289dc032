/* Verdicts: what the evidence means, flaw by flaw. */
#ifndef SIDELIGHT_VERDICT_VERDICT_H
#define SIDELIGHT_VERDICT_VERDICT_H

#include "facts/facts.h"

/* One fact as a finding quotes it. */
struct quoted_fact {
        struct str name, value, source;
};

struct finding {
        const struct flaw *flaw;
        enum status status;
        enum tri affected_hardware; /* from CPUID, MSRs and the CPU tables alone */
        enum tri affected_os;       /* from what the OS claims alone */
        enum layer owner;
        boundary_set boundaries;    /* open ones for an unsafe status; else those the verdict is about */
        bool at_stake;              /* touches a boundary that was asked for (verdict_options.boundaries) */
        bool predicted;             /* the kernel's sentence was predicted, not read (what-if) */
        struct str doubt;           /* why it cannot be predicted, where the data says so */
        const struct rule *rule;    /* the rule that decided; NULL when too little is known to decide */
        struct str reason;          /* one sentence */
        struct str ask;             /* what to ask the owner, or empty */
        struct str disagreement;    /* hardware tables and OS say different things: why that may be; or empty */
        struct str contradiction;   /* intent (command line, registry) and effect differ: explained; or empty */
        struct str text;            /* the kernel's own sentence, or empty */
        const struct quoted_fact *evidence;
        uint32_t evidence_count;
        const struct quoted_fact *missing; /* facts that would decide; value is their state */
        uint32_t missing_count;
        uint32_t lacking;           /* where those facts are read, as bits of enum lacking_place */
        struct texts fixes;         /* ids of catalog fixes, most useful first */
        bool by_host;               /* the host's evidence answered: status, rule, owner, reason and fixes are the host's */
        facet_set facets;           /* sides of the evidence on which all of this hangs, where that was asked for (evidence.asked) */
        uint32_t class_index;       /* the class of logical CPUs that decided (0 unless CPUs disagree) */
        struct facts *facts;        /* what decided: that class's facts, or the host's */
};

/* A step that `fix` carried out on the machine, and what became of it. */
struct applied_step {
        uint64_t fix;               /* number of the plan that it belongs to */
        struct str step, title;
        struct str took;            /* a word of apply/status.h */
        struct str why;             /* of what did not take effect, or cannot be told */
        bool failed;                /* it did not, or will not: a finding of its own */
};

/* The machine, in words for the report's first line. */
struct machine {
        struct str name;       /* host name, or the evidence file's name */
        struct str cpu;        /* "AMD EPYC, zen4 (19h/11h/1)": with the name that conditions use */
        struct str processor;  /* "AMD EPYC, Zen 4 (19h/11h/1)": for people */
        struct str os;         /* "Linux 6.18.44" */
        struct str hypervisor; /* "KVM"; empty on bare metal; "?" when not known */
        enum tri guest;        /* another owner's hypervisor is below; no in a domain that rules its own */
        struct str where;      /* "guest under KVM, Amazon EC2", "bare metal", "Docker container, not known …" */
        struct str container;  /* "Docker"; empty: none was seen */
        struct str cloud;      /* "Amazon EC2"; empty: none was seen */
        struct str arch;
        struct str microcode;  /* "0xa101148", or "" */
        bool microcode_made_up; /* a hypervisor's invention, not a revision */
        uint32_t classes;      /* kinds of unlike logical CPUs */
        uint32_t denied;       /* pieces of evidence that were denied */
        uint32_t failed;       /* those that could not be read */
        bool old_evidence, old_data; /* as the notes say */
        facet_set facets, guest_facets; /* sides of the evidence on which all of this hangs, and `guest` and `container` */
        const struct applied_step *applied; /* of the machine at hand; set by who read its journal */
        uint32_t applied_count;
        const struct quoted_fact *unread; /* what was denied or could not be read, each once; value: the word of that */
        uint32_t unread_count;
        struct str_list notes; /* what else the reader must know: CPUs that disagree, Wine, a dirty hive … */
};

struct verdict {
        const struct catalog *catalog;
        struct str source;        /* the evidence's path, or "live" */
        struct str captured;      /* when the evidence was taken: "2026-11-22", "2026-11-22T10:11:12Z"; empty: not told */
        struct machine machine;
        char fingerprint[65];     /* "" unless asked for */
        struct finding *findings; /* in the catalog's order */
        uint32_t finding_count;
        uint32_t counts[STATUS_COUNT]; /* of the findings that are at stake */
        enum status worst;             /* of those */
        bool predicted;
        uint32_t loops;           /* how often a fact needed itself: what came out may hang on what was asked before */
        struct str failure;       /* why nothing is known of this machine: its evidence could not be read; else empty */
        struct str host_refused;  /* why the host's evidence that was given is not used; empty when it is, or none was given */
        struct facts *facts;      /* of class 0, the boot CPU's */
};

struct verdict_options {
        struct facts_options facts;
        boundary_set boundaries;  /* 0: all; else only findings that touch one of these are at stake */
        bool fingerprint;
        struct str today;         /* the day of the report: what is old by then is called old; empty: nothing is */
        const struct evidence *host; /* what the host of this guest says of itself, or NULL */
        const struct flaw *only;  /* just this one, or NULL */
        const bool *among;        /* by number in the catalog: those that are true; NULL: all */
        const uint16_t *asked;    /* facts that others asked for before: the machine's notes tell of them, too */
        uint32_t asked_count;
        bool findings_alone;      /* nobody looks at the machine: it is described only as far as findings hang on it */
};

/* Judges the evidence by the catalog. Cannot fail: missing evidence is data. Everything lives in `a`. */
void verdict_judge(struct verdict *ret, struct arena *a, const struct catalog *c, const struct evidence *e,
                   const struct verdict_options *o);

/* True where the evidence shows a container, whose kernel, microcode and settings are its host's (not WSL). */
bool verdict_in_container(const struct verdict *v);
/* True for what belongs to a layer that is not the reader's: firmware and hypervisor of a guest, the kernel of a container or of a
 * guest that its provider starts. */
bool verdict_is_theirs(const struct verdict *v, enum layer owner);
/* The same for a finding: its owner's, and what the host's evidence answered is the host's. */
bool verdict_finding_is_theirs(const struct verdict *v, const struct finding *f);
/* The same for a remedy: what a running kernel takes from its own root stays the reader's. */
bool verdict_fix_is_theirs(const struct verdict *v, const struct fix *fix);

/* The status that counts for what is to be done: what is protected now may be told to be open from the next start on. */
enum status verdict_status_to_come(const struct finding *f);

/* How one rule of the finding's flaw stands by the facts that decided the finding: for explain. */
enum tri verdict_rule(const struct finding *f, const struct rule *rule);

#endif
