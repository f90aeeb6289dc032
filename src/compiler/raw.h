/* The data files as libcyaml reads them: one struct a shape, filled by the tables in yaml.c. Strings end in NUL; NULL when the
 * key is not there. */
#ifndef SIDELIGHT_COMPILER_RAW_H
#define SIDELIGHT_COMPILER_RAW_H

#include <stdint.h>

#include "compiler/compile.h"

typedef char *raw_text;

#define RAW_LIST(type, name) \
        type *name;          \
        unsigned name##_count

struct raw_sysfs {
        raw_text file, part;
};

struct raw_sentence {
        raw_text says, is, part, status, means, lacks;
        RAW_LIST(raw_text, boundaries);
};

struct raw_rule {
        raw_text use, id, when, status, owner, reason, ask;
        RAW_LIST(raw_text, boundaries);
        RAW_LIST(raw_text, fixes);
};

struct raw_prediction {
        raw_text when, is, part;
};

struct raw_contradiction {
        raw_text when, says;
};

struct raw_flaw {
        raw_text id, name, summary, page, disclosed, affected, claimed;
        struct raw_sysfs *sysfs;
        RAW_LIST(raw_text, aliases);
        RAW_LIST(raw_text, cves);
        RAW_LIST(raw_text, boundaries);
        RAW_LIST(raw_text, arches);
        RAW_LIST(raw_text, parameters);
        RAW_LIST(raw_text, config);
        RAW_LIST(raw_text, fixes);
        RAW_LIST(raw_text, sources);
        RAW_LIST(struct raw_sentence, sentences);
        RAW_LIST(struct raw_prediction, predict);
        RAW_LIST(struct raw_contradiction, contradictions);
        RAW_LIST(struct raw_rule, rules);
};

struct raw_register {
        raw_text name, reg, bits, flag, gate, title, idreg, log, windows;
        uint32_t *leaf, *subleaf, *msr;
};

struct raw_cpu {
        raw_text name, vendor, models, title;
        uint32_t family;
};

struct raw_fact {
        raw_text name, title, type, file, cpuinfo, log, registry, win32, bits, gate;
        uint32_t *nt, *dword;
};

struct raw_derived {
        raw_text name, is, title;
};

struct raw_parameter {
        raw_text name, title;
        RAW_LIST(raw_text, values);
};

struct raw_config {
        raw_text name, title, log;
        RAW_LIST(raw_text, options);
};

struct raw_ruleset {
        raw_text name;
        RAW_LIST(struct raw_rule, rules);
};

struct raw_step {
        raw_text on, prose, command;
};

struct raw_change {
        raw_text on, target, place, key, to;
};

struct raw_fix {
        raw_text id, title, owner, how, cost, phase, target, computes, restart, done;
        RAW_LIST(struct raw_step, steps);
        RAW_LIST(struct raw_change, changes);
};

struct raw_windows {
        raw_text name, kb, date, none;
        uint32_t build, *first;
};

struct raw_registry_bit {
        raw_text vendor, smt, title;
        uint32_t bit;
        RAW_LIST(raw_text, on);
        RAW_LIST(raw_text, off);
};

struct raw_module_word {
        raw_text says, when;
};

struct raw_property {
        raw_text property, is, never, shown, known, if_true, if_false, number;
        RAW_LIST(struct raw_module_word, words);
};

struct raw_left_out {
        raw_text name, cve, reason;
};

struct raw_sign {
        raw_text when, sure, because;
};

struct raw_offering {
        raw_text id, title, document;
        RAW_LIST(raw_text, groups);
        RAW_LIST(struct raw_sign, signs);
};

struct raw_revision {
        raw_text id, document, date, title, source;
        RAW_LIST(raw_text, changes);
};

struct raw_statement {
        raw_text id, says;
};

struct raw_done {
        raw_text from, when;
};

struct raw_action {
        raw_text id, title, trust, phase, from, until, who, why, fixed, needs, needless, declare, ask, cost, section;
        RAW_LIST(raw_text, after);
        RAW_LIST(raw_text, offerings);
        RAW_LIST(raw_text, statements);
        RAW_LIST(raw_text, fixes);
        RAW_LIST(struct raw_done, done);
        RAW_LIST(struct raw_step, steps);
};

/* A data file with what was read from it. Exactly one of the lists is filled. */
struct raw_file {
        const struct data_file *file;
        struct raw_flaw *flaw;
        RAW_LIST(struct raw_register, registers);
        RAW_LIST(struct raw_cpu, cpus);
        RAW_LIST(struct raw_fact, facts);
        RAW_LIST(struct raw_derived, derived);
        RAW_LIST(struct raw_parameter, parameters);
        RAW_LIST(struct raw_config, configs);
        RAW_LIST(struct raw_ruleset, rulesets);
        RAW_LIST(struct raw_fix, fixes);
        RAW_LIST(struct raw_left_out, left_out);
        RAW_LIST(struct raw_offering, offerings);
        RAW_LIST(struct raw_revision, revisions);
        RAW_LIST(struct raw_statement, statements);
        RAW_LIST(struct raw_action, actions);
        RAW_LIST(struct raw_windows, windows);
        RAW_LIST(struct raw_registry_bit, registry_bits);
        RAW_LIST(struct raw_property, properties);
};

/* Reads one YAML file (by its path: a flaw or one of the lists). libcyaml's memory is freed by raw_free. */
int raw_load(struct raw_file *ret, const struct data_file *file, struct arena *a, struct diag *d);
void raw_free(struct raw_file *f);

/* The line, from 1, in which `needle` first stands at or after byte `*cursor` (which moves there); the cursor's own line when
 * it is nowhere. */
long raw_line(const struct data_file *file, ptrdiff_t *cursor, struct str needle);

#endif
