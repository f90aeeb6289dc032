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
#define RAW_CONDITION(member, need, ...) raw_text member;
#define RAW_IN_TEXT RAW_TEXT
#define RAW_IN_TEXTS RAW_TEXTS
#define RAW_IN_NUMBER RAW_NUMBER
#define RAW_IN_ARGUMENTS(member, need, ...) raw_text *member; /* one a declared argument, NULL where it is not given */
#define RAW_IN_RECORD(member, need, record) struct raw_##record *member;
#define RAW_IN_RECORDS(member, need, record) RAW_LIST(struct raw_##record, member);
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
struct raw_own { OWN_FIELDS(RAW_FIELD) };
struct raw_flaw { FLAW_FIELDS(RAW_FIELD) };
struct raw_ruleset { RULESET_FIELDS(RAW_FIELD) };
struct raw_step { STEP_FIELDS(RAW_FIELD) };
struct raw_change { CHANGE_FIELDS(RAW_FIELD) };
struct raw_fix { FIX_FIELDS(RAW_FIELD) };
struct raw_windows { WINDOWS_FIELDS(RAW_FIELD) };
struct raw_registry_bit { REGISTRY_BIT_FIELDS(RAW_FIELD) };
struct raw_module_word { MODULE_WORD_FIELDS(RAW_FIELD) };
struct raw_property { PROPERTY_FIELDS(RAW_FIELD) };
struct raw_log_line { LOG_LINE_FIELDS(RAW_FIELD) };
struct raw_left_out { LEFT_OUT_FIELDS(RAW_FIELD) };
struct raw_sign { SIGN_FIELDS(RAW_FIELD) };
struct raw_offering { OFFERING_FIELDS(RAW_FIELD) };
struct raw_revision { REVISION_FIELDS(RAW_FIELD) };
struct raw_statement { STATEMENT_FIELDS(RAW_FIELD) };
struct raw_done { DONE_FIELDS(RAW_FIELD) };
struct raw_action { ACTION_FIELDS(RAW_FIELD) };

/* A data file with what was read from it. Exactly one of the lists is filled. */
struct raw_file {
        const struct data_file *file;
        const void *schema; /* by which it was read */
        struct raw_flaw *flaw;
        struct raw_own own; /* a list of facts */
        RAW_LIST(struct raw_cpu, cpus);
        RAW_LIST(struct raw_ruleset, rulesets);
        RAW_LIST(struct raw_fix, fixes);
        RAW_LIST(struct raw_log_line, log_lines);
        RAW_LIST(struct raw_left_out, left_out);
        RAW_LIST(struct raw_offering, offerings);
        RAW_LIST(struct raw_revision, revisions);
        RAW_LIST(struct raw_statement, statements);
        RAW_LIST(struct raw_action, actions);
        RAW_LIST(struct raw_windows, windows);
        RAW_LIST(struct raw_registry_bit, registry_bits);
        RAW_LIST(struct raw_property, properties);
};

/* Reads one YAML file (by its path: a flaw or one of the lists). `arguments`: the names that a `with` may have; their order is
 * that of the members. libcyaml's memory is freed by raw_free. */
int raw_load(struct raw_file *ret, const struct data_file *file, struct str_list arguments, struct arena *a, struct diag *d);
void raw_free(struct raw_file *f);

/* The line, from 1, in which `needle` first stands at or after byte `*cursor` (which moves there); the cursor's own line when
 * it is nowhere. */
long raw_line(const struct data_file *file, ptrdiff_t *cursor, struct str needle);

#endif
