/* The data files as libcyaml reads them: one struct a shape, filled by the tables in yaml.c. Strings end in NUL; NULL when the
 * key is not there. */
#ifndef SIDELIGHT_COMPILER_RAW_H
#define SIDELIGHT_COMPILER_RAW_H

#include <stdint.h>

#include "catalog/fields.h"
#include "compiler/compile.h"

typedef char *raw_text;

#define RAW_LIST(type, name) \
        type *name;          \
        unsigned name##_count

/* The members of one field of catalog/fields.h. */
#define RAW_TEXT(member, need, ...) raw_text member;
#define RAW_TEXTS(member, need, ...) RAW_LIST(raw_text, member);
#define RAW_NUMBER(member, need, ...) RAW_NUMBER_##need(member)
#define RAW_NUMBER_NEEDED(member) uint32_t member;
#define RAW_NUMBER_OPTIONAL(member) uint32_t *member;
#define RAW_WORD RAW_TEXT
#define RAW_YES_NO RAW_TEXT
#define RAW_BOUNDARIES RAW_TEXTS
#define RAW_CONDITION RAW_TEXT
#define RAW_WRITTEN RAW_TEXT
#define RAW_GUEST_OS RAW_TEXT
#define RAW_RECORDS(member, need, record, ...) RAW_LIST(struct raw_##record, member);
#define RAW_IN_TEXT RAW_TEXT
#define RAW_IN_TEXTS RAW_TEXTS
#define RAW_IN_NUMBER RAW_NUMBER
#define RAW_IN_ARGUMENTS(member, need, ...) raw_text *member; /* one a declared argument, NULL where it is not given */
#define RAW_IN_RECORD(member, need, record) struct raw_##record *member;
#define RAW_IN_RECORDS RAW_RECORDS
#define RAW_OUT(...)
#define RAW_OUT_TEXT(...)
#define RAW_OUT_TEXTS(...)
#define RAW_OUT_RECORDS(...)
#define RAW_FIELD(record, kind, member, key, need, ...) RAW_##kind(member, need, ##__VA_ARGS__)

struct raw_sysfs { SYSFS_FIELDS(RAW_FIELD) };
struct raw_sentence { SENTENCE_FIELDS(RAW_FIELD) };
struct raw_rule { RULE_FIELDS(RAW_FIELD) };
struct raw_prediction { PREDICTION_FIELDS(RAW_FIELD) };
struct raw_contradiction { CONTRADICTION_FIELDS(RAW_FIELD) };
struct raw_register { REGISTER_FIELDS(RAW_FIELD) };
struct raw_fact { FACT_FIELDS(RAW_FIELD) };
struct raw_derived { DERIVED_FIELDS(RAW_FIELD) };
struct raw_parameter { PARAMETER_FIELDS(RAW_FIELD) };
struct raw_config { CONFIG_FIELDS(RAW_FIELD) };
struct raw_cpu { CPU_FIELDS(RAW_FIELD) };
struct raw_module_word { MODULE_WORD_FIELDS(RAW_FIELD) };
struct raw_property { PROPERTY_FIELDS(RAW_FIELD) };
struct raw_own { OWN_FIELDS(RAW_FIELD) };
struct raw_flaw { FLAW_FIELDS(RAW_FIELD) };
struct raw_ruleset { RULESET_FIELDS(RAW_FIELD) };
struct raw_step { STEP_FIELDS(RAW_FIELD) };
struct raw_change { CHANGE_FIELDS(RAW_FIELD) };
struct raw_fix { FIX_FIELDS(RAW_FIELD) };
struct raw_windows { WINDOWS_FIELDS(RAW_FIELD) };
struct raw_registry_bit { REGISTRY_BIT_FIELDS(RAW_FIELD) };
struct raw_log_line { LOG_LINE_FIELDS(RAW_FIELD) };
struct raw_bug { BUG_FIELDS(RAW_FIELD) };
struct raw_shown_word { SHOWN_WORD_FIELDS(RAW_FIELD) };
struct raw_harmful { HARMFUL_FIELDS(RAW_FIELD) };
struct raw_data_version { DATA_VERSION_FIELDS(RAW_FIELD) };
struct raw_left_out { LEFT_OUT_FIELDS(RAW_FIELD) };
struct raw_where_sign { WHERE_SIGN_FIELDS(RAW_FIELD) };
struct raw_sign { SIGN_FIELDS(RAW_FIELD) };
struct raw_offering { OFFERING_FIELDS(RAW_FIELD) };
struct raw_revision { REVISION_FIELDS(RAW_FIELD) };
struct raw_statement { STATEMENT_FIELDS(RAW_FIELD) };
struct raw_done { DONE_FIELDS(RAW_FIELD) };
struct raw_action { ACTION_FIELDS(RAW_FIELD) };
struct raw_family { FAMILY_FIELDS(RAW_FIELD) };
struct raw_release { RELEASE_FIELDS(RAW_FIELD) };
struct raw_guest_os { GUEST_OS_FIELDS(RAW_FIELD) };
struct raw_resource_type { RESOURCE_TYPE_FIELDS(RAW_FIELD) };
struct raw_publisher { PUBLISHER_FIELDS(RAW_FIELD) };
struct raw_distribution_word { DISTRIBUTION_WORD_FIELDS(RAW_FIELD) };
struct raw_cloud_size { CLOUD_SIZE_FIELDS(RAW_FIELD) };
struct raw_resource_types { RESOURCE_TYPES_FIELDS(RAW_FIELD) };

/* The files of the data folder, each named once: what it holds (LIST: of records, ONE: a mapping), the record, the member.
 * FOLDER stands for every .yaml file of a folder that has no line of its own. */
#define DATA_FILES(X)                                                        \
        X("registers.yaml", LIST, register, own.registers)                   \
        X("cpus.yaml", LIST, cpu, cpus)                                      \
        X("facts.yaml", LIST, fact, own.facts)                               \
        X("derived.yaml", LIST, derived, own.derived)                        \
        X("parameters.yaml", LIST, parameter, own.parameters)                \
        X("config.yaml", LIST, config, own.configs)                          \
        X("rulesets.yaml", LIST, ruleset, rulesets)                          \
        X("fixes.yaml", LIST, fix, fixes)                                    \
        X("log.yaml", LIST, log_line, log_lines)                             \
        X("bugs.yaml", LIST, bug, bugs)                                      \
        X("instructions.yaml", LIST, shown_word, shown_words)                \
        X("harmful.yaml", LIST, harmful, harmful)                            \
        X("left-out.yaml", LIST, left_out, left_out)                         \
        X("where.yaml", LIST, where_sign, where_signs)                       \
        X("windows/facts.yaml", LIST, fact, own.facts)                       \
        X("windows/derived.yaml", LIST, derived, own.derived)                \
        X("windows/rulesets.yaml", LIST, ruleset, rulesets)                  \
        X("windows/builds.yaml", LIST, windows, windows)                     \
        X("windows/registry-bits.yaml", LIST, registry_bit, registry_bits)   \
        X("windows/properties.yaml", LIST, property, own.properties)             \
        X("guidance/offerings.yaml", LIST, offering, offerings)              \
        X("guidance/revisions.yaml", LIST, revision, revisions)              \
        X("guidance/statements.yaml", LIST, statement, statements)           \
        X("guidance/", LIST, action, actions)                                \
        X("azure/guest-os.yaml", ONE, guest_os, guest_os)                    \
        X("azure/resource-types.yaml", ONE, resource_types, resource_types)  \
        X("clouds/resource-types.yaml", ONE, resource_types, resource_types) \
        X("clouds/sizes.yaml", LIST, cloud_size, cloud_sizes)                \
        X("version.yaml", ONE, data_version, version)                        \
        X("vulns/", ONE, flaw, flaw)

/* A data file with what was read from it. Exactly one of the members is filled. */
struct raw_file {
        const struct data_file *file;
        const void *schema; /* by which it was read */
        unsigned entries;   /* of a list */
        struct raw_flaw *flaw;
        struct raw_data_version *version;
        struct raw_guest_os *guest_os;
        struct raw_resource_types *resource_types;
        struct raw_own own; /* a list of facts */
        RAW_LIST(struct raw_cpu, cpus);
        RAW_LIST(struct raw_ruleset, rulesets);
        RAW_LIST(struct raw_fix, fixes);
        RAW_LIST(struct raw_log_line, log_lines);
        RAW_LIST(struct raw_bug, bugs);
        RAW_LIST(struct raw_shown_word, shown_words);
        RAW_LIST(struct raw_harmful, harmful);
        RAW_LIST(struct raw_left_out, left_out);
        RAW_LIST(struct raw_where_sign, where_signs);
        RAW_LIST(struct raw_offering, offerings);
        RAW_LIST(struct raw_revision, revisions);
        RAW_LIST(struct raw_statement, statements);
        RAW_LIST(struct raw_action, actions);
        RAW_LIST(struct raw_cloud_size, cloud_sizes);
        RAW_LIST(struct raw_windows, windows);
        RAW_LIST(struct raw_registry_bit, registry_bits);
};

/* Whether a file of that path is one of the data folder. */
bool raw_known(struct str path);
/* Reads one YAML file (of a path that raw_known knows). `arguments`: the names that a `with` may have; their order is
 * that of the members. libcyaml's memory is freed by raw_free. */
int raw_load(struct raw_file *ret, const struct data_file *file, struct str_list arguments, struct arena *a, struct diag *d);
void raw_free(struct raw_file *f);

/* The line, from 1, in which `needle` first stands at or after byte `*cursor` (which moves there); the cursor's own line when
 * it is nowhere. */
long raw_line(const struct data_file *file, ptrdiff_t *cursor, struct str needle);

#endif
