/* The catalog: everything sidelight knows, as constant data.
 *
 * data/ is its source (data/README.md is its contract); compiler/compile.h compiles that into the structures below, and at build time they
 * are written out as `const` C, so that a start costs no parsing. `catalog_builtin` is that copy; `--data DIR` makes another at
 * run time through the same compiler. Nothing here is ever changed after it was built. */
#ifndef SIDELIGHT_CATALOG_CATALOG_H
#define SIDELIGHT_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "catalog/fix.h"

/* ---- Words that data files and reports share ------------------------------------------------------------------------ */

/* Statuses, safest first. */
#define STATUSES(X)                       \
        X(NOT_AFFECTED, "not-affected")   \
        X(MITIGATED, "mitigated")         \
        X(UNKNOWN, "unknown")             \
        X(PARTIAL, "partial")             \
        X(VULNERABLE, "vulnerable")

enum status {
#define X(name, word) STATUS_##name,
        STATUSES(X)
#undef X
        STATUS_COUNT,
};

/* Which security boundaries a flaw lets an attacker look across (the kernel's attack vectors,
 * Documentation/admin-guide/hw-vuln/attack_vector_controls.rst). */
#define BOUNDARIES(X)                                  \
        X(USER_KERNEL, "user-kernel", "user -> kernel") \
        X(USER_USER, "user-user", "user -> user")       \
        X(GUEST_HOST, "guest-host", "guest -> host")    \
        X(GUEST_GUEST, "guest-guest", "guest -> guest") \
        X(CROSS_THREAD, "cross-thread", "thread -> thread")

enum boundary {
#define X(name, word, arrow) BOUNDARY_##name,
        BOUNDARIES(X)
#undef X
        BOUNDARY_COUNT,
};
typedef uint8_t boundary_set; /* 1 << enum boundary */

/* The layer that owns a remedy. */
#define LAYERS(X)                                \
        X(NONE, "none", "nobody")                \
        X(HARDWARE, "hardware", "hardware")      \
        X(MICROCODE, "microcode", "firmware")    \
        X(HYPERVISOR, "hypervisor", "provider")  \
        X(KERNEL, "kernel", "kernel")            \
        X(APPLICATION, "application", "application")

enum layer {
#define X(name, word, who) LAYER_##name,
        LAYERS(X)
#undef X
        LAYER_COUNT,
};

struct str status_word(enum status s);
struct str boundary_word(enum boundary b);
struct str boundary_arrow(enum boundary b);
struct str layer_word(enum layer l); /* the word of data files and JSON */
struct str layer_who(enum layer l);  /* the word for people */
/* The inverse of the words; false when there is no such word. */
bool status_parse(struct str word, enum status *ret);
bool boundary_parse(struct str word, enum boundary *ret);
bool layer_parse(struct str word, enum layer *ret);

/* ---- Conditions ------------------------------------------------------------------------------------------------------- */

enum value_type { VALUE_BOOL, VALUE_INT, VALUE_TEXT, VALUE_VERSION };

struct literal {
        enum value_type type;
        uint64_t number; /* BOOL, INT */
        struct str text; /* TEXT, VERSION */
};

enum node_op {
        NODE_TRUE,
        NODE_FACT,    /* fact: a bool */
        NODE_NOT,     /* a */
        NODE_AND,     /* a, b */
        NODE_OR,      /* a, b */
        NODE_EQ,      /* fact against literal a, or fact b when compares_facts */
        NODE_NE,
        NODE_LT,
        NODE_LE,
        NODE_GT,
        NODE_GE,
        NODE_IN,      /* fact in literals a .. a+b-1 */
        NODE_CPU_IN,  /* this CPU in ranges a .. a+b-1 */
        NODE_PRESENT, /* fact */
        NODE_ABSENT,  /* fact */
};

/* A condition is a node; its operands are nodes, facts, literals or CPU ranges by their number in the catalog. */
struct node {
        uint8_t op;
        bool compares_facts;
        uint16_t fact;
        uint32_t a, b;
};

typedef uint32_t condition; /* a node's number */
#define NO_CONDITION UINT32_C(0xffffffff)

/* One processor model, or a range of them. */
struct cpu_range {
        struct str name;             /* of cpus.yaml */
        struct str vendor;           /* "intel", "amd", … or "any" */
        uint32_t family;
        uint32_t model_low, model_high; /* 0 .. 0xffff: any */
        uint32_t stepping_low, stepping_high;
};

/* ---- Facts ------------------------------------------------------------------------------------------------------------ */

enum fact_kind {
        FACT_KIND_COMPUTED,   /* source: number in catalog/computed.h's table */
        FACT_KIND_CPUID,     /* leaf, subleaf, word, low..high; text: cpuinfo flag that shows the same */
        FACT_KIND_MSR,       /* leaf is the register, low..high; source: the fact that stands in for it, or 0; gate */
        FACT_KIND_IDREG,     /* Arm identification register text, low..high */
        FACT_KIND_FILE,      /* text: path */
        FACT_KIND_CPUINFO,   /* text: field name */
        FACT_KIND_FLAG,      /* text: a word of cpuinfo's flags line */
        FACT_KIND_BUG,       /* text: a word of cpuinfo's bugs line */
        FACT_KIND_LOG,       /* text: stands in the kernel log */
        FACT_KIND_PARAMETER, /* text: kernel command-line parameter */
        FACT_KIND_CONFIG,    /* text: build option names, blank-separated, without CONFIG_ */
        FACT_KIND_SENTENCE,  /* source: sentence file; part; aspect */
        FACT_KIND_DERIVED,   /* gate: the condition */
        FACT_KIND_TABLE,     /* source: microcode table */
        FACT_KIND_NT,        /* leaf: class; word; low..high; gate: the condition under which Windows tells */
        FACT_KIND_REGISTRY,  /* text: KEY|VALUE; low..high of a number */
        FACT_KIND_WIN32,     /* text: key of a win32 record */
        FACT_KIND_UPDATE,    /* what windows/builds.yaml says of this Windows; aspect: enum update_aspect */
        FACT_KIND_AFFECTED,  /* gate: a flaw's `affected`; source: the flaw */
        FACT_KIND_VERDICT,   /* source: the flaw; known only where a verdict was made before */
        FACT_KIND_DECLARED,  /* text: the name; what the user said */
};

/* What is asked of a parsed sentence. */
enum sentence_aspect { ASPECT_IS, ASPECT_STATUS, ASPECT_TEXT, ASPECT_MEANS, ASPECT_LACKS, ASPECT_UNKNOWN };

/* What is asked of the table of Windows versions. */
#define UPDATE_ASPECTS(X)                                                                \
        X(NAME, "name", TEXT, "name of this Windows version")                            \
        X(FIRST, "first", INT, "UBR of its first update against Spectre and Meltdown")   \
        X(NONE, "none", BOOL, "no update of January 2018 protects it")                   \
        X(KB, "kb", TEXT, "article number of that update")                               \
        X(DATE, "date", TEXT, "date of that update")

enum update_aspect {
#define X(name, word, type, title) UPDATE_##name,
        UPDATE_ASPECTS(X)
#undef X
        UPDATE_ASPECT_COUNT,
};

/* One Windows version, by its build number. */
struct windows_version {
        uint32_t build, first; /* first: UBR of the first update with the fixes; 0: none, or its UBR is not known */
        bool none;             /* no update of January 2018 */
        struct str name, kb, date;
};

struct str_list {
        const struct str *items;
        uint32_t count;
};

/* One bit of FeatureSettingsOverride, on one maker's processors. */
struct registry_bit {
        uint8_t bit;
        bool off;            /* set, it switches protection off */
        bool without_smt;    /* only where hyper-threading is given up */
        struct str vendor;   /* empty: any */
        struct str title;
        struct str_list flaws;
};

/* One property of Microsoft's SpeculationControl module (windows/properties.yaml). Conditions may be NO_CONDITION. */
struct module_word {
        struct str says;
        condition when;
};

struct module_property {
        struct str name;
        condition is, never;         /* True or False; False where `never` is known to hold */
        condition shown, known;      /* there at all; not $null */
        condition if_true, if_false; /* what the value says of Windows' answers; NO_CONDITION: `is` and its opposite */
        uint16_t number;             /* a fact's number + 1: the value is that number; 0: it is not one */
        const struct module_word *words;
        uint32_t word_count;
};

struct fact_def {
        struct str name, title;
        uint8_t kind; /* enum fact_kind */
        uint8_t type; /* enum value_type */
        uint8_t word, low, high;
        uint8_t aspect;      /* SENTENCE */
        bool os_claim;       /* left out under --ignore-os-claims */
        uint16_t source;
        uint16_t part;       /* SENTENCE: 0 the whole (base and parts), else a part's number */
        uint32_t leaf, subleaf;
        struct str text;
        struct str where;    /* registers, tables, NT and Win32 answers: the source that findings quote, "CPUID 0x7.0:EDX[10]" */
        struct str log;      /* CPUID, MSR, CONFIG: a line of the kernel log that shows the same as a set bit, or 'y' */
        condition gate;
        uint16_t flaw;       /* + 1: the flaw whose own it is; 0: anybody's */
};

/* ---- Kernel sentences ------------------------------------------------------------------------------------------------- */

struct sentence {
        struct str says;          /* the text, or the part of it */
        struct str is;            /* what rules call it */
        struct str means, lacks;
        uint16_t part;            /* 0: a base, else the part that it answers */
        uint16_t flaw;            /* whose file it stands in */
        uint8_t status;           /* enum status, or STATUS_COUNT: says nothing about the status */
        bool counts;              /* its status is part of the whole's status (false in the file of a part's own flaw) */
        boundary_set boundaries;
};

struct sentence_file {
        struct str file;          /* name in /sys/devices/system/cpu/vulnerabilities */
        struct str path;          /* the whole path */
        const struct str *parts;  /* [0] is "" */
        uint16_t part_count;
        const struct sentence *sentences; /* longest first */
        uint32_t sentence_count;
};

/* ---- Flaws -------------------------------------------------------------------------------------------------------------- */

struct rule {
        struct str id;
        struct str when;        /* as written, for explain */
        condition condition;
        uint8_t status;         /* enum status */
        uint8_t owner;          /* enum layer */
        bool shared;            /* came from a rule set */
        boundary_set boundaries; /* 0: the flaw's */
        struct str reason, ask;
        struct str_list fixes;
};

struct prediction {
        struct str when;
        condition condition;
        uint16_t part;
        struct str is;
};

/* What somebody asked for (command line, registry) and what came of it differ: explained. */
struct contradiction {
        condition condition;
        struct str says;
};

struct flaw {
        struct str id, name, summary, page, disclosed, repaired; /* repaired: the first kernels with the fix, in words */
        struct str_list aliases, cves, parameters, config, fixes, sources;
        boundary_set boundaries;
        struct str_list arches; /* empty: any */
        uint16_t sentence_file; /* + 1; 0: none */
        uint16_t sentence_part; /* 0: the whole sentence is its own */
        struct str affected_text, claimed_text;
        condition affected;     /* NO_CONDITION: not known */
        condition claimed;      /* NO_CONDITION: from the kernel's sentence */
        const struct rule *rules;
        uint32_t rule_count;
        const struct prediction *predictions;
        uint32_t prediction_count;
        const struct contradiction *contradictions;
        uint32_t contradiction_count;
        uint16_t affected_fact; /* the fact `affected.<id>` */
};

struct parameter {
        struct str name, title;
        struct str_list values;
};

/* How a line of the kernel's log begins that is evidence. */
struct log_line {
        struct str begins, title;
};

struct left_out {
        struct str name, cve, reason;
};

/* A microcode table: rows in order of signature. */
struct microcode_row {
        uint32_t signature, platform_mask, revision; /* platform_mask 0: any */
};

struct microcode_table {
        struct str name;
        const struct microcode_row *rows;
        uint32_t count;
};

struct guidance;

struct catalog {
        const struct fact_def *facts;
        const struct node *nodes;
        const struct literal *literals;
        const struct cpu_range *ranges;
        const struct cpu_range *cpus;      /* cpus.yaml, for names in reports */
        const struct sentence_file *files;
        const struct flaw *flaws;          /* in order of id */
        const struct fix *fixes;
        const struct parameter *parameters;
        const struct microcode_table *tables;
        const struct windows_version *windows; /* in order of build */
        const struct registry_bit *registry_bits;
        const struct module_property *properties; /* in the module's order */
        const struct log_line *log_lines;
        const struct left_out *left_out;
        const struct guidance *guidance;   /* catalog/guidance.h; never NULL */
        uint32_t fact_count, node_count, literal_count, range_count, cpu_count, file_count, flaw_count, fix_count,
                parameter_count, table_count, windows_count, registry_bit_count, property_count, log_line_count, left_out_count;
};

/* The catalog that was built in. */
extern const struct catalog catalog_builtin;

/* Look-ups; -1 or NULL when there is none. A flaw answers to its id, its sysfs name, its CVE numbers and its aliases,
 * letters' case ignored and '-', '_' and ' ' alike. */
const struct flaw *catalog_flaw(const struct catalog *c, struct str name_or_alias);
int32_t catalog_fact(const struct catalog *c, struct str name);
const struct fix *catalog_fix(const struct catalog *c, struct str id);
/* Some condition compares a fact of this kind, read from `where` (a path, KEY|VALUE, …), with this text. */
bool catalog_compares(const struct catalog *c, enum fact_kind kind, struct str where, struct str text);
/* The processor's name in cpus.yaml: the narrowest range that holds it; NULL when none does. */
const struct cpu_range *catalog_cpu(const struct catalog *c, struct str vendor, uint32_t family, uint32_t model,
                                    uint32_t stepping);
/* The revision a microcode table holds for a signature and platform id (0..7; any when negative); false when it has no row. */
bool catalog_microcode(const struct microcode_table *t, uint32_t signature, int platform, uint32_t *ret_revision);

/* A source id ("cve:…", "intel-sa:00088", "amd-sb:7014", "kernel:hw-vuln/mds", "xsa:254", "msrc:ADV180002", "kb:4072698") as
 * its URL, written to `o`; an id without a known prefix is written as it is. */
struct out;
void catalog_source_url(struct str source_id, struct out *o);

#endif
