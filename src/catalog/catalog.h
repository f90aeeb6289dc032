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
#include "catalog/cloud.h"
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
        X(USER_KERNEL, "user-kernel", "programs -> kernel") \
        X(USER_USER, "user-user", "programs -> programs")       \
        X(GUEST_HOST, "guest-host", "guests -> host")    \
        X(GUEST_GUEST, "guest-guest", "guests -> guests") \
        X(CROSS_THREAD, "cross-thread", "thread -> sibling thread")

enum boundary {
#define X(name, word, arrow) BOUNDARY_##name,
        BOUNDARIES(X)
#undef X
        BOUNDARY_COUNT,
};

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
        LITERAL_FIELDS(FIELD_MEMBER)
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
        NODE_FIELDS(FIELD_MEMBER)
};

typedef uint32_t condition; /* a node's number */
#define NO_CONDITION UINT32_C(0xffffffff)

/* One processor model, or a range of them. */
struct cpu_range {
        CPU_RANGE_FIELDS(FIELD_MEMBER)
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
        FACT_KIND_SAID,      /* as SENTENCE, of what the kernel said: a prediction starts from it */
        FACT_KIND_TOLD,      /* as PARAMETER, of the command line under which it said that */
        FACT_KIND_LISTED,    /* as FLAG, of the list that the kernel wrote, whatever is supposed of the processor since */
};

/* What is asked of a parsed sentence. */
enum sentence_aspect { ASPECT_IS, ASPECT_STATUS, ASPECT_TEXT, ASPECT_MEANS, ASPECT_LACKS, ASPECT_UNKNOWN, ASPECT_ASKED };

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
        WINDOWS_FIELDS(FIELD_MEMBER)
};

/* One bit of FeatureSettingsOverride, on one maker's processors. */
struct registry_bit {
        REGISTRY_BIT_FIELDS(FIELD_MEMBER)
};

/* One property of Microsoft's SpeculationControl module (windows/properties.yaml). Conditions may be NO_CONDITION. */
struct module_word {
        MODULE_WORD_FIELDS(FIELD_MEMBER)
};

struct module_property {
        PROPERTY_FIELDS(FIELD_MEMBER)
};

struct fact_def {
        FACT_DEF_FIELDS(FIELD_MEMBER)
};

/* Kernels called one build option by at most as many names over time: a fact's text has them all, apart by blanks. */
enum { OPTION_NAMES = 4 };

/* A fact's place in the order of names. */
struct fact_name {
        FACT_NAME_FIELDS(FIELD_MEMBER)
};

/* ---- Kernel sentences ------------------------------------------------------------------------------------------------- */

struct sentence {
        SENTENCE_FIELDS(FIELD_MEMBER)
};

struct sentence_file {
        SENTENCE_FILE_FIELDS(FIELD_MEMBER)
};

/* ---- Flaws -------------------------------------------------------------------------------------------------------------- */

struct rule {
        RULE_FIELDS(FIELD_MEMBER)
};

struct prediction {
        PREDICTION_FIELDS(FIELD_MEMBER)
};

/* What somebody asked for (command line, registry) and what came of it differ: explained. */
struct contradiction {
        CONTRADICTION_FIELDS(FIELD_MEMBER)
};

struct flaw {
        FLAW_FIELDS(FIELD_MEMBER)
};

struct parameter {
        PARAMETER_FIELDS(FIELD_MEMBER)
};

struct log_line {
        LOG_LINE_FIELDS(FIELD_MEMBER)
};

/* Where it runs: a hypervisor, a cloud, a container, told by a fact's value. */
struct where_sign {
        WHERE_SIGN_FIELDS(FIELD_MEMBER)
};

/* A word of cpuinfo's bugs line; the catalog has them in the kernel's order. */
struct bug {
        BUG_FIELDS(FIELD_MEMBER)
};

/* Instructions that no hypervisor makes up for its guests. */
struct shown_word {
        SHOWN_WORD_FIELDS(FIELD_MEMBER)
};

struct log_report {
        LOG_REPORT_FIELDS(FIELD_MEMBER)
};

struct harmful {
        HARMFUL_FIELDS(FIELD_MEMBER)
};

struct left_out {
        LEFT_OUT_FIELDS(FIELD_MEMBER)
};

/* A microcode table: rows in order of signature. */
struct microcode_row {
        MICROCODE_ROW_FIELDS(FIELD_MEMBER)
};

struct microcode_table {
        MICROCODE_TABLE_FIELDS(FIELD_MEMBER)
};

/* A file of the data folder that holds a list, and the day up to which it holds what was published. */
struct dated_file {
        DATED_FILE_FIELDS(FIELD_MEMBER)
};

/* A day, "2026-11-26", and ".2" behind it where a day has more than one. */
struct data_version {
        DATA_VERSION_FIELDS(FIELD_MEMBER)
};

struct guidance;

/* Every list of the catalog: X(member, count, struct). */
#define CATALOG_LISTS(X)                                                                                      \
        X(facts, fact_count, fact_def)                                                                        \
        X(fact_names, fact_name_count, fact_name) /* all facts, in order of name */                           \
        X(nodes, node_count, node)                                                                            \
        X(literals, literal_count, literal)                                                                   \
        X(ranges, range_count, cpu_range)                                                                     \
        X(cpus, cpu_count, cpu_range) /* cpus.yaml, for names in reports */                                   \
        X(files, file_count, sentence_file)                                                                   \
        X(flaws, flaw_count, flaw) /* in order of id */                                                       \
        X(fixes, fix_count, fix)                                                                              \
        X(parameters, parameter_count, parameter)                                                             \
        X(tables, table_count, microcode_table)                                                               \
        X(windows, windows_count, windows_version) /* in order of build */                                    \
        X(registry_bits, registry_bit_count, registry_bit)                                                    \
        X(properties, property_count, module_property) /* in the module's order */                            \
        X(log_lines, log_line_count, log_line)                                                                \
        X(bugs, bug_count, bug)                                                                            \
        X(log_reports, log_report_count, log_report) /* longest first */                                      \
        X(shown_words, shown_word_count, shown_word)                                                          \
        X(harmful, harmful_count, harmful)                                                                    \
        X(left_out, left_out_count, left_out)                                                                 \
        X(where_signs, where_sign_count, where_sign) /* in order: the first names the hypervisor */          \
        X(guest_os_families, guest_os_family_count, guest_os_family)                                          \
        X(guest_os_releases, guest_os_release_count, guest_os_release) /* by family, then by version */       \
        X(resource_types, resource_type_count, resource_type) /* in order: the first that fits holds */       \
        X(cloud_sizes, cloud_size_count, cloud_size) /* the same */                                           \
        X(image_publishers, image_publisher_count, image_publisher)                                           \
        X(distribution_words, distribution_word_count, distribution_word)                                     \
        X(dated, dated_count, dated_file)                                                                     \
        X(versions, version_count, data_version) /* one, or none where the folder does not say */

struct catalog {
#define X(member, number, tag)      \
        const struct tag *member;   \
        uint32_t number;
        CATALOG_LISTS(X)
#undef X
        const struct guidance *guidance; /* catalog/guidance.h; never NULL */
        struct text date; /* of the data ("2026-11-24", "2026-11"): its version's day, else the newest list's; or empty */
        struct text hash; /* of the data: twelve hexadecimal digits, the same for the same files */
};

/* The catalog that was built in. */
extern const struct catalog catalog_builtin;

/* The version of the data; empty where the folder does not say. And the order of such versions: <0, 0, >0; empty is the oldest. */
struct str catalog_version(const struct catalog *c);
/* The kernel's release whose sentences the data predicts ("7.2.13"); empty where it does not say. */
struct str catalog_kernel(const struct catalog *c);
bool data_version_valid(struct str version);
int data_version_cmp(struct str x, struct str y);

/* Look-ups; -1 or NULL when there is none. A flaw answers to its id, its sysfs name, its CVE numbers and its aliases,
 * letters' case ignored and '-', '_' and ' ' alike. */
const struct flaw *catalog_flaw(const struct catalog *c, struct str name_or_alias);
int32_t catalog_fact(const struct catalog *c, struct str name);
const struct fix *catalog_fix(const struct catalog *c, struct str id);
/* The processor's name in cpus.yaml: the narrowest range that holds it; NULL when none does. */
const struct cpu_range *catalog_cpu(const struct catalog *c, struct str vendor, uint32_t family, uint32_t model,
                                    uint32_t stepping);
/* The revision a microcode table holds for a signature and platform id (0..7; any when negative); false when it has no row. */
bool catalog_microcode(const struct microcode_table *t, uint32_t signature, int platform, uint32_t *ret_revision);

/* The list in a file of the data folder ("microcode/intel.csv") when it may lack what came out up to `day`: it is not closed, and ends more
 * than half a year before. NULL when it does not, or when either date is not known. */
const struct dated_file *catalog_stale(const struct catalog *c, struct str path, struct str day);
/* What to say of data that is older than half a year on the day; else empty. */
struct str catalog_age(struct arena *a, const struct catalog *c, struct str day);

/* What of `text` the sign looks for, when the text has it, in whatever case (who hides a machine writes "qemu"); {0} when not, or when
 * the sign asks for no text. */
struct str catalog_sign_piece(const struct where_sign *s, struct str text);
/* Some condition compares a fact of this kind, read from `where` (a path, KEY|VALUE, …), with this text. */
bool catalog_compares(const struct catalog *c, enum fact_kind kind, struct str where, struct str text);

/* Where sources are found: X(prefix of an id, what stands before the rest of it in the URL, what stands behind). */
#define SOURCES(X)                                                                                              \
        X("cve:", "https://nvd.nist.gov/vuln/detail/", "")                                                      \
        X("kernel:hw-vuln/", "https://docs.kernel.org/admin-guide/hw-vuln/", ".html")                           \
        X("kernel:", "https://docs.kernel.org/", ".html")                                                       \
        X("intel-sa:", "https://www.intel.com/content/www/us/en/security-center/advisory/intel-sa-", ".html")   \
        X("amd-sb:", "https://www.amd.com/en/resources/product-security/bulletin/amd-sb-", ".html")             \
        X("arm:", "https://developer.arm.com/Arm%20Security%20Center/", "")                                     \
        X("xsa:", "https://xenbits.xen.org/xsa/advisory-", ".html")                                             \
        X("msrc:", "https://msrc.microsoft.com/update-guide/vulnerability/", "")                                \
        X("kb:", "https://support.microsoft.com/help/", "")

/* A source id ("cve:…", "intel-sa:00088", "kernel:hw-vuln/mds") as its URL, written to `o`; an id without a known prefix is
 * written as it is. */
struct out;
void catalog_source_url(struct str source_id, struct out *o);
/* Whether the id has one of the prefixes. */
bool catalog_source_known(struct str source_id);

#endif
