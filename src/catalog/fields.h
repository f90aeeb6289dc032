/* The fields of every record of data/ and of the catalog, each named once: F(record, KIND, member, key, need, …).
 *
 * From one list come the struct that the YAML reader fills (compiler/raw.h), its schema (compiler/yaml.c), the filling in of
 * arguments (compiler/sets.c), the constant struct (FIELD_MEMBER, below), its copying (compiler/builder.h) and its writing as C
 * (compiler/emit.c).
 *
 * KIND says what the file has, and what the catalog makes of it:
 *   TEXT, TEXTS, NUMBER   the same in both
 *   WORD                  a word; the number of its enum
 *   YES_NO                yes or no; a bool
 *   BOUNDARIES            words; a set
 *   CONDITION             text; a node, under the name that follows
 *   WRITTEN               text; the same text and a node, under the two names that follow
 *   RECORDS               a list of records: the file's record; the catalog's struct, its member, and the member that counts
 *   GUEST_OS              the name of a guest OS release; its numbers
 *   IN_…                  in the file only: the compiler makes something else of it
 *   OUT, OUT_TEXT, OUT_TEXTS, OUT_RECORDS     in the catalog only: the compiler's own
 * need: NEEDED or OPTIONAL in the file. */
#ifndef SIDELIGHT_CATALOG_FIELDS_H
#define SIDELIGHT_CATALOG_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "catalog/text.h"

typedef uint8_t boundary_set; /* 1 << enum boundary */

/* A list of texts that were made at run time; those of the catalog are struct texts. */
struct str_list {
        const struct str *items;
        uint32_t count;
};

#define FIELD_TEXT(member, ...) struct text member;
#define FIELD_TEXTS(member, ...) struct texts member;
#define FIELD_NUMBER(member, ...) uint32_t member;
#define FIELD_WORD(member, ...) uint8_t member;
#define FIELD_YES_NO(member, ...) bool member;
#define FIELD_BOUNDARIES(member, ...) boundary_set member;
#define FIELD_CONDITION(member, node) uint32_t node; /* a condition */
#define FIELD_WRITTEN(member, words, node) struct text words; uint32_t node;
#define FIELD_RECORDS(member, record, tag, list, count) const struct tag *list; uint32_t count;
#define FIELD_GUEST_OS(member, ...) struct guest_os_name member;
#define FIELD_IN_TEXT(member, ...)
#define FIELD_IN_TEXTS(member, ...)
#define FIELD_IN_NUMBER(member, ...)
#define FIELD_IN_ARGUMENTS(member, ...)
#define FIELD_IN_RECORD(member, ...)
#define FIELD_IN_RECORDS(member, ...)
#define FIELD_OUT(member, type) type member;
#define FIELD_OUT_TEXT(member, ...) struct text member;
#define FIELD_OUT_TEXTS(member, ...) struct texts member;
#define FIELD_OUT_RECORDS(member, tag, count) const struct tag *member; uint32_t count;
/* The members of a catalog's struct. */
#define FIELD_MEMBER(record, kind, member, key, need, ...) FIELD_##kind(member, ##__VA_ARGS__)

/* ---- A flaw ---- */

#define SYSFS_FIELDS(F)                                                                                                \
        F(sysfs, IN_TEXT, file, "file", NEEDED)                                                                        \
        F(sysfs, IN_TEXT, part, "part", OPTIONAL)

#define SENTENCE_FIELDS(F)                                                                                             \
        F(sentence, IN_TEXT, use, "use", OPTIONAL)                                                                     \
        F(sentence, IN_ARGUMENTS, with, "with", OPTIONAL)                                                              \
        F(sentence, TEXT, says, "says", OPTIONAL)                                                                      \
        F(sentence, TEXT, is, "is", OPTIONAL)                                                                          \
        F(sentence, IN_TEXT, part_name, "part", OPTIONAL)                                                              \
        F(sentence, WORD, status, "status", OPTIONAL)                                                                  \
        F(sentence, TEXT, means, "means", OPTIONAL)                                                                    \
        F(sentence, TEXT, lacks, "lacks", OPTIONAL)                                                                    \
        F(sentence, BOUNDARIES, boundaries, "boundaries", OPTIONAL)                                                    \
        F(sentence, TEXTS, log, "log", OPTIONAL)       /* how other lines of the kernel's log begin that say the same */ \
        F(sentence, YES_NO, whole, "whole", OPTIONAL)  /* the kernel appends nothing to it in the file */              \
        F(sentence, TEXTS, arches, "arches", OPTIONAL) /* only their kernels say it; none: no matter whose */          \
        F(sentence, OUT, flaw, , , uint16_t)      /* whose file it stands in */                                        \
        F(sentence, OUT, part, , , uint16_t) /* a base: 0, else the part that it answers */                            \
        F(sentence, OUT, counts, , , bool)        /* its status is part of the whole's (not so in the file of a part's own flaw) */

#define RULE_FIELDS(F)                                                                                                 \
        F(rule, IN_TEXT, use, "use", OPTIONAL)                                                                         \
        F(rule, IN_ARGUMENTS, with, "with", OPTIONAL)                                                                  \
        F(rule, TEXT, id, "id", OPTIONAL)                                                                              \
        F(rule, WRITTEN, when, "when", OPTIONAL, when, condition)                                                      \
        F(rule, WORD, status, "status", OPTIONAL)                                                                      \
        F(rule, WORD, owner, "owner", OPTIONAL)                                                                        \
        F(rule, TEXT, reason, "reason", OPTIONAL)                                                                      \
        F(rule, TEXT, ask, "ask", OPTIONAL)                                                                            \
        F(rule, BOUNDARIES, boundaries, "boundaries", OPTIONAL) /* none: the flaw's */                                 \
        F(rule, TEXTS, fixes, "fixes", OPTIONAL)                                                                       \
        F(rule, WORD, after_restart, "after_restart", OPTIONAL) /* the status once it restarted; STATUS_COUNT: the same */ \
        F(rule, OUT, shared, , , bool) /* came from a rule set without arguments */

#define PREDICTION_FIELDS(F)                                                                                           \
        F(prediction, IN_TEXT, use, "use", OPTIONAL)                                                                   \
        F(prediction, IN_ARGUMENTS, with, "with", OPTIONAL)                                                            \
        F(prediction, WRITTEN, when, "when", OPTIONAL, when, condition)                                                \
        F(prediction, TEXT, is, "is", OPTIONAL)                                                                        \
        F(prediction, TEXT, because, "because", OPTIONAL)                                                              \
        F(prediction, IN_TEXT, part_name, "part", OPTIONAL)                                                            \
        F(prediction, OUT, part, , , uint16_t)

#define CONTRADICTION_FIELDS(F)                                                                                        \
        F(contradiction, IN_TEXT, use, "use", OPTIONAL)                                                                \
        F(contradiction, IN_ARGUMENTS, with, "with", OPTIONAL)                                                         \
        F(contradiction, CONDITION, when, "when", OPTIONAL, condition)                                                 \
        F(contradiction, TEXT, says, "says", OPTIONAL)                                                                 \
        F(contradiction, YES_NO, doubts, "doubts", OPTIONAL) /* a safe verdict is not known then */

/* Facts that serve one flaw alone, and what the module shows of them, in its own file. */
#define OWN_FIELDS(F)                                                                                                  \
        F(own, IN_RECORDS, registers, "registers", OPTIONAL, register)                                                 \
        F(own, IN_RECORDS, facts, "other", OPTIONAL, fact)                                                             \
        F(own, IN_RECORDS, parameters, "parameters", OPTIONAL, parameter)                                              \
        F(own, IN_RECORDS, configs, "config", OPTIONAL, config)                                                        \
        F(own, IN_RECORDS, derived, "derived", OPTIONAL, derived)                                                      \
        F(own, IN_RECORDS, properties, "properties", OPTIONAL, property)

#define FLAW_FIELDS(F)                                                                                                 \
        F(flaw, TEXT, id, "id", NEEDED)                                                                                \
        F(flaw, TEXT, name, "name", NEEDED)                                                                            \
        F(flaw, TEXTS, aliases, "aliases", OPTIONAL)                                                                   \
        F(flaw, TEXTS, cves, "cves", OPTIONAL)                                                                         \
        F(flaw, TEXT, summary, "summary", NEEDED)                                                                      \
        F(flaw, TEXT, page, "page", OPTIONAL)                                                                          \
        F(flaw, TEXT, disclosed, "disclosed", OPTIONAL)                                                                \
        F(flaw, TEXT, repaired, "repaired", OPTIONAL)                                                                  \
        F(flaw, BOUNDARIES, boundaries, "boundaries", OPTIONAL)                                                        \
        F(flaw, TEXTS, arches, "arches", OPTIONAL) /* none: any */                                                     \
        F(flaw, TEXTS, makers, "makers", OPTIONAL) /* of Intel, AMD and Hygon, those of whose processors a kernel ever says it; none: any */ \
        F(flaw, IN_RECORD, sysfs, "sysfs", OPTIONAL, sysfs)                                                            \
        F(flaw, IN_RECORD, own, "facts", OPTIONAL, own)                                                                \
        F(flaw, WRITTEN, affected, "affected", OPTIONAL, affected_text, affected) /* NO_CONDITION: not known */        \
        F(flaw, TEXT, bug, "bug", OPTIONAL) /* the word of cpuinfo's bugs line by which a kernel counts the processor as affected */ \
        F(flaw, WRITTEN, claimed, "claimed", OPTIONAL, claimed_text, claimed) /* NO_CONDITION: from the kernel's sentence */ \
        F(flaw, TEXTS, parameters, "parameters", OPTIONAL)                                                             \
        F(flaw, TEXTS, config, "config", OPTIONAL)                                                                     \
        F(flaw, IN_RECORDS, sentences, "sentences", OPTIONAL, sentence)                                                \
        F(flaw, RECORDS, predict, "predict", OPTIONAL, prediction, prediction, predictions, prediction_count)          \
        F(flaw, RECORDS, contradictions, "contradictions", OPTIONAL, contradiction, contradiction, contradictions, contradiction_count) \
        F(flaw, RECORDS, rules, "rules", OPTIONAL, rule, rule, rules, rule_count)                                      \
        F(flaw, TEXTS, fixes, "fixes", OPTIONAL)                                                                       \
        F(flaw, TEXTS, sources, "sources", OPTIONAL)                                                                   \
        F(flaw, OUT, sentence_file, , , uint16_t)  /* + 1; 0: none */                                                  \
        F(flaw, OUT, sentence_part, , , uint16_t)  /* 0: the whole sentence is its own */                              \
        F(flaw, OUT, affected_fact, , , uint16_t)  /* the fact `affected.<id>` */

/* What flaws share, under arguments: a set is used in any of the four lists that it has. */
#define RULESET_FIELDS(F)                                                                                              \
        F(ruleset, IN_TEXT, name, "name", NEEDED)                                                                      \
        F(ruleset, IN_TEXTS, with, "with", OPTIONAL)                                                                   \
        F(ruleset, IN_RECORDS, sentences, "sentences", OPTIONAL, sentence)                                             \
        F(ruleset, IN_RECORDS, predict, "predict", OPTIONAL, prediction)                                               \
        F(ruleset, IN_RECORDS, contradictions, "contradictions", OPTIONAL, contradiction)                              \
        F(ruleset, IN_RECORDS, rules, "rules", OPTIONAL, rule)

/* A file of /sys/devices/system/cpu/vulnerabilities, with the sentences that kernels print there. */
#define SENTENCE_FILE_FIELDS(F)                                                                                        \
        F(sentence_file, OUT_TEXT, file, , , )                                                                         \
        F(sentence_file, OUT_TEXT, path, , , )                                                                         \
        F(sentence_file, OUT_TEXTS, parts, , , ) /* [0] is "" */                                                       \
        F(sentence_file, OUT_RECORDS, sentences, , , sentence, sentence_count) /* longest first */

/* ---- Facts ---- */

#define REGISTER_FIELDS(F)                                                                                             \
        F(register, IN_TEXT, name, "name", NEEDED)                                                                     \
        F(register, IN_NUMBER, leaf, "leaf", OPTIONAL)                                                                 \
        F(register, IN_NUMBER, subleaf, "subleaf", OPTIONAL)                                                           \
        F(register, IN_TEXT, reg, "reg", OPTIONAL)                                                                     \
        F(register, IN_NUMBER, msr, "msr", OPTIONAL)                                                                   \
        F(register, IN_TEXT, idreg, "idreg", OPTIONAL)                                                                 \
        F(register, IN_TEXT, bits, "bits", NEEDED)                                                                     \
        F(register, IN_TEXT, flag, "flag", OPTIONAL)                                                                   \
        F(register, IN_TEXT, flag_made, "flag_made", OPTIONAL)                                                         \
        F(register, IN_TEXT, log, "log", OPTIONAL)                                                                     \
        F(register, IN_TEXT, unless_bug, "unless_bug", OPTIONAL)                                                       \
        F(register, IN_TEXT, only_with_bug, "only_with_bug", OPTIONAL)                                                 \
        F(register, IN_TEXT, never_with_bug, "never_with_bug", OPTIONAL)                                               \
        F(register, IN_TEXT, gate, "if", OPTIONAL)                                                                     \
        F(register, IN_TEXT, purpose, "for", OPTIONAL)                                                                 \
        F(register, IN_TEXT, windows, "windows", OPTIONAL)                                                             \
        F(register, IN_TEXT, title, "title", OPTIONAL)

/* A word of cpuinfo's bugs line (data/bugs.yaml, in the kernel's order). */
#define BUG_FIELDS(F)                                                                                                  \
        F(bug, TEXT, word, "word", NEEDED)                                                                             \
        F(bug, TEXTS, against, "against", OPTIONAL) /* words of the flags line: what the kernel does against it */

#define FACT_FIELDS(F)                                                                                                 \
        F(fact, IN_TEXT, name, "name", NEEDED)                                                                         \
        F(fact, IN_TEXT, title, "title", OPTIONAL)                                                                     \
        F(fact, IN_TEXT, purpose, "for", OPTIONAL)                                                                     \
        F(fact, IN_TEXT, type, "type", OPTIONAL)                                                                       \
        F(fact, IN_TEXT, file, "file", OPTIONAL)                                                                       \
        F(fact, IN_TEXT, cpuinfo, "cpuinfo", OPTIONAL)                                                                 \
        F(fact, IN_TEXT, log, "log", OPTIONAL)                                                                         \
        F(fact, IN_TEXT, registry, "registry", OPTIONAL)                                                               \
        F(fact, IN_TEXT, win32, "win32", OPTIONAL)                                                                     \
        F(fact, IN_NUMBER, nt, "nt", OPTIONAL)                                                                         \
        F(fact, IN_NUMBER, dword, "dword", OPTIONAL)                                                                   \
        F(fact, IN_TEXT, bits, "bits", OPTIONAL)                                                                       \
        F(fact, IN_TEXT, gate, "if", OPTIONAL)

#define DERIVED_FIELDS(F)                                                                                              \
        F(derived, IN_TEXT, name, "name", NEEDED)                                                                      \
        F(derived, IN_TEXT, is, "is", NEEDED)                                                                          \
        F(derived, IN_TEXT, title, "title", OPTIONAL)

#define PARAMETER_FIELDS(F)                                                                                            \
        F(parameter, TEXT, name, "name", NEEDED)                                                                       \
        F(parameter, TEXTS, values, "values", OPTIONAL)                                                                \
        F(parameter, TEXTS, words, "words", OPTIONAL)   /* those that its value may be made of, with commas between */ \
        F(parameter, CONDITION, known, "known", OPTIONAL, known) /* the kernel knows it; NO_CONDITION: not asked */    \
        F(parameter, TEXT, since, "since", OPTIONAL)    /* what it came with: "Linux 5.2" */                           \
        F(parameter, TEXT, instead, "instead", OPTIONAL) /* no kernel takes it: the parameter that was meant */        \
        F(parameter, IN_TEXT, purpose, "for", OPTIONAL)                                                                \
        F(parameter, TEXT, title, "title", OPTIONAL)

#define CONFIG_FIELDS(F)                                                                                               \
        F(config, IN_TEXT, name, "name", NEEDED)                                                                       \
        F(config, IN_TEXTS, options, "options", OPTIONAL)                                                              \
        F(config, IN_TEXT, purpose, "for", OPTIONAL)                                                                   \
        F(config, IN_TEXT, log, "log", OPTIONAL)                                                                       \
        F(config, IN_TEXT, title, "title", OPTIONAL)

/* `group`: other names of the file, for one name that stands for all of them. */
#define CPU_FIELDS(F)                                                                                                  \
        F(cpu, IN_TEXT, name, "name", NEEDED)                                                                          \
        F(cpu, IN_TEXT, vendor, "vendor", OPTIONAL)                                                                    \
        F(cpu, IN_NUMBER, family, "family", OPTIONAL)                                                                  \
        F(cpu, IN_TEXT, models, "models", OPTIONAL)                                                                    \
        F(cpu, IN_TEXTS, group, "group", OPTIONAL)                                                                     \
        F(cpu, IN_TEXT, beside_bigger, "beside_bigger", OPTIONAL)                                                      \
        F(cpu, IN_TEXT, line, "line", OPTIONAL)                                                                        \
        F(cpu, IN_NUMBER, generation, "generation", OPTIONAL)                                                          \
        F(cpu, IN_TEXT, title, "title", OPTIONAL)

#define CPU_RANGE_FIELDS(F)                                                                                            \
        F(cpu_range, OUT_TEXT, name, , , )                                                                             \
        F(cpu_range, OUT_TEXT, title, , , )        /* "Zen 5"; empty: none */                                          \
        F(cpu_range, OUT_TEXT, vendor, , , )       /* "intel", "amd", … or "any" */                                    \
        F(cpu_range, OUT, family, , , uint32_t)                                                                        \
        F(cpu_range, OUT, model_low, , , uint32_t)                                                                     \
        F(cpu_range, OUT, model_high, , , uint32_t) /* 0 .. 0xffff: any */                                             \
        F(cpu_range, OUT, stepping_low, , , uint32_t)                                                                  \
        F(cpu_range, OUT, stepping_high, , , uint32_t)                                                                 \
        F(cpu_range, OUT_TEXT, line, , , )         /* whose generations are counted together; empty: not counted */     \
        F(cpu_range, OUT, generation, , , uint32_t)                                                                    \
        F(cpu_range, OUT, beside_bigger, , , bool) /* a small core that is built beside bigger ones */

#define FACT_DEF_FIELDS(F)                                                                                             \
        F(fact_def, OUT_TEXT, name, , , )                                                                              \
        F(fact_def, OUT_TEXT, title, , , )                                                                             \
        F(fact_def, OUT, kind, , , uint8_t)        /* enum fact_kind */                                                \
        F(fact_def, OUT, type, , , uint8_t)        /* enum value_type */                                               \
        F(fact_def, OUT, word, , , uint8_t)                                                                            \
        F(fact_def, OUT, low, , , uint8_t)                                                                             \
        F(fact_def, OUT, high, , , uint8_t)                                                                            \
        F(fact_def, OUT, aspect, , , uint8_t)      /* SENTENCE, SAID, UPDATE */                                        \
        F(fact_def, OUT, decimal, , , bool)        /* INT: a number that people know in decimal, a build say */          \
        F(fact_def, OUT, any_case, , , bool)       /* TEXT: a name that is written in any letters: equal without regard to case */ \
        F(fact_def, OUT, os_claim, , , bool)       /* left out under --ignore-os-claims */                             \
        F(fact_def, OUT, source, , , uint16_t)                                                                         \
        F(fact_def, OUT, part, , , uint16_t)       /* SENTENCE: 0 the whole (base and parts), else a part's number */  \
        F(fact_def, OUT, leaf, , , uint32_t)                                                                           \
        F(fact_def, OUT, subleaf, , , uint32_t)                                                                        \
        F(fact_def, OUT_TEXT, text, , , )                                                                              \
        F(fact_def, OUT_TEXT, where, , , )         /* registers, tables, NT and Win32 answers: the source that findings quote */ \
        F(fact_def, OUT, bug, , , uint16_t)        /* + 1: a word of cpuinfo's bugs line (0: none). MSR: where it is left out, the bit \
                                                    * is known; FLAG: what the flag shows is done against that bug */  \
        F(fact_def, OUT, bug_denies, , , uint16_t) /* + 1: CPUID, MSR: where that line has this word, the bit is not set */ \
        F(fact_def, OUT, bug_sets, , , bool)       /* MSR: where the word is left out, the bit is set; else it is not */ \
        F(fact_def, OUT, flag_made, , , bool)      /* CPUID: the kernel makes the flag's word of other bits, too */    \
        F(fact_def, OUT_TEXT, log, , , )           /* CPUID, MSR, CONFIG: a line of the kernel log that shows a set bit, or 'y' */ \
        F(fact_def, OUT, gate, , , uint32_t)       /* a condition */                                                   \
        F(fact_def, OUT, flaw, , , uint16_t)       /* + 1: the flaw whose own it is; 0: anybody's */

#define FACT_NAME_FIELDS(F)                                                                                            \
        F(fact_name, OUT, fact, , , uint16_t)

#define NODE_FIELDS(F)                                                                                                 \
        F(node, OUT, op, , , uint8_t)                                                                                  \
        F(node, OUT, compares_facts, , , bool)                                                                         \
        F(node, OUT, fact, , , uint16_t)                                                                               \
        F(node, OUT, a, , , uint32_t)                                                                                  \
        F(node, OUT, b, , , uint32_t)

#define LITERAL_FIELDS(F)                                                                                              \
        F(literal, OUT, type, , , enum value_type)                                                                     \
        F(literal, OUT, number, , , uint64_t)      /* BOOL, INT */                                                     \
        F(literal, OUT_TEXT, text, , , )           /* TEXT, VERSION */

#define MICROCODE_ROW_FIELDS(F)                                                                                        \
        F(microcode_row, OUT, signature, , , uint32_t)                                                                 \
        F(microcode_row, OUT, platform_mask, , , uint32_t) /* 0: any */                                                \
        F(microcode_row, OUT, revision, , , uint32_t)

#define MICROCODE_TABLE_FIELDS(F)                                                                                      \
        F(microcode_table, OUT_TEXT, name, , , )                                                                       \
        F(microcode_table, OUT_RECORDS, rows, , , microcode_row, count) /* in order of signature */

#define DATED_FILE_FIELDS(F)                                                                                           \
        F(dated_file, OUT_TEXT, path, , , ) /* in the data folder */                                                   \
        F(dated_file, OUT_TEXT, date, , , ) /* "2026-08-12", "2023-09"; empty: not told */                              \
        F(dated_file, OUT, closed, , , bool) /* nothing will ever be added to it */                                    \
        F(dated_file, OUT, entries, , , uint32_t)

/* ---- What is done about it ---- */

#define STEP_FIELDS(F)                                                                                                 \
        F(step, TEXT, on, "on", NEEDED) /* distribution or OS id, or "any" */                                          \
        F(step, IN_TEXT, prose, "do", OPTIONAL)                                                                        \
        F(step, IN_TEXT, run, "run", OPTIONAL)                                                                         \
        F(step, CONDITION, when, "if", OPTIONAL, when) /* left out where it is false */                                \
        F(step, OUT, command, , , bool) /* text can be copied as it stands */                                          \
        F(step, OUT_TEXT, text, , , )

#define CHANGE_FIELDS(F)                                                                                               \
        F(change, TEXT, on, "on", NEEDED) /* as in steps */                                                            \
        F(change, WORD, target, "target", NEEDED) /* enum target_kind */                                               \
        F(change, TEXT, place, "place", OPTIONAL) /* registry key or module; empty where the kind says it all */       \
        F(change, TEXT, key, "key", NEEDED) /* parameter, sysctl, path, value's name, option */                        \
        F(change, TEXT, to, "to", OPTIONAL) /* the new value; empty with a command line's word that stands alone */    \
        F(change, OUT, gone, , , bool) /* it is to be absent */

#define FIX_FIELDS(F)                                                                                                  \
        F(fix, TEXT, id, "id", NEEDED)                                                                                 \
        F(fix, TEXT, title, "title", NEEDED)                                                                           \
        F(fix, WORD, owner, "owner", OPTIONAL) /* enum layer */                                                        \
        F(fix, TEXT, how, "how", OPTIONAL)                                                                             \
        F(fix, TEXT, cost, "cost", OPTIONAL)                                                                           \
        F(fix, WORD, phase, "phase", OPTIONAL) /* enum phase */                                                        \
        F(fix, WORD, target, "target", OPTIONAL) /* enum target_kind */                                                \
        F(fix, WORD, computes, "computes", OPTIONAL) /* enum fix_computes */                                           \
        F(fix, YES_NO, restart, "restart", OPTIONAL) /* holds only after a restart */                                  \
        F(fix, CONDITION, done, "done", OPTIONAL, done) /* success is seen; NO_CONDITION: the verdicts tell */         \
        F(fix, CONDITION, helps, "helps", OPTIONAL, helps) /* false: it cannot change a verdict on this machine */     \
        F(fix, TEXT, because, "because", OPTIONAL) /* why it cannot, as a clause; may quote facts */                   \
        F(fix, TEXTS, instead, "instead", OPTIONAL) /* ids: what is left to do then */                                 \
        F(fix, TEXT, ask, "ask", OPTIONAL) /* what to ask whoever owns the layer, where that is not the reader */      \
        F(fix, RECORDS, steps, "steps", OPTIONAL, step, fix_step, steps, step_count)                                   \
        F(fix, RECORDS, changes, "changes", OPTIONAL, change, fix_change, changes, change_count)

#define WINDOWS_FIELDS(F)                                                                                              \
        F(windows, NUMBER, build, "build", NEEDED)                                                                     \
        F(windows, TEXT, name, "name", NEEDED)                                                                         \
        F(windows, TEXT, kb, "kb", OPTIONAL)                                                                           \
        F(windows, TEXT, date, "date", OPTIONAL)                                                                       \
        F(windows, NUMBER, first, "first", OPTIONAL) /* UBR of the first update with the fixes; 0: none, or not known */ \
        F(windows, IN_TEXT, none_because, "none", OPTIONAL)                                                            \
        F(windows, OUT, none, , , bool) /* no update of January 2018 */

#define REGISTRY_BIT_FIELDS(F)                                                                                         \
        F(registry_bit, NUMBER, bit, "bit", NEEDED)                                                                    \
        F(registry_bit, TEXT, vendor, "vendor", OPTIONAL)                                                              \
        F(registry_bit, IN_TEXT, smt, "smt", OPTIONAL)                                                                 \
        F(registry_bit, IN_TEXTS, on, "on", OPTIONAL)                                                                  \
        F(registry_bit, IN_TEXTS, off_flaws, "off", OPTIONAL)                                                          \
        F(registry_bit, TEXT, title, "title", NEEDED)                                                                  \
        F(registry_bit, OUT, off, , , bool)         /* set, it switches protection off */                              \
        F(registry_bit, OUT, without_smt, , , bool) /* only where hyper-threading is given up */                       \
        F(registry_bit, OUT_TEXTS, flaws, , , )

#define MODULE_WORD_FIELDS(F)                                                                                          \
        F(module_word, TEXT, says, "says", NEEDED)                                                                     \
        F(module_word, CONDITION, when, "when", NEEDED, when)

/* is: True or False; never: False where it is known to hold; shown: there at all; known: not $null; if_true, if_false: what the
 * value says of Windows' answers (none: `is` and its opposite). */
#define PROPERTY_FIELDS(F)                                                                                             \
        F(property, TEXT, name, "property", NEEDED)                                                                    \
        F(property, CONDITION, is, "is", OPTIONAL, is)                                                                 \
        F(property, CONDITION, never, "never", OPTIONAL, never)                                                        \
        F(property, CONDITION, shown, "shown", OPTIONAL, shown)                                                        \
        F(property, CONDITION, known, "known", OPTIONAL, known)                                                        \
        F(property, CONDITION, if_true, "if_true", OPTIONAL, if_true)                                                  \
        F(property, CONDITION, if_false, "if_false", OPTIONAL, if_false)                                               \
        F(property, IN_TEXT, number_fact, "number", OPTIONAL)                                                          \
        F(property, RECORDS, words, "words", OPTIONAL, module_word, module_word, words, word_count)                    \
        F(property, OUT, number, , , uint16_t) /* a fact's number + 1: the value is that number; 0: it is not one */

/* How a line of the kernel's log begins that is evidence; a blank at its end is part of it. */
#define LOG_LINE_FIELDS(F)                                                                                             \
        F(log_line, TEXT, begins, "begins", NEEDED)                                                                    \
        F(log_line, TEXT, title, "title", NEEDED)

/* A sign of where a machine runs (data/where.yaml): what it is when the fact `see` begins with, is, or holds one of the texts (none
 * of the three: when it is there at all), unless the fact `unless` holds one of `unless_has`, and only under `when`. */
#define WHERE_SIGN_FIELDS(F)                                                                                           \
        F(where_sign, IN_TEXT, see, "see", NEEDED)                                                                     \
        F(where_sign, TEXTS, begins, "begins", OPTIONAL)                                                               \
        F(where_sign, TEXTS, is, "is", OPTIONAL)                                                                       \
        F(where_sign, TEXTS, has, "has", OPTIONAL)                                                                     \
        F(where_sign, IN_TEXT, unless, "unless", OPTIONAL)                                                             \
        F(where_sign, TEXTS, unless_has, "unless_has", OPTIONAL)                                                       \
        F(where_sign, CONDITION, when, "when", OPTIONAL, when)                                                         \
        F(where_sign, TEXT, guest, "guest", OPTIONAL)         /* a guest, under this */                                \
        F(where_sign, TEXTS, shows, "shows", OPTIONAL)        /* faces that this hypervisor puts on: no disagreement */ \
        F(where_sign, YES_NO, vague, "vague", OPTIONAL)       /* the name says less than others do */                  \
        F(where_sign, TEXT, owner, "owner", OPTIONAL)         /* this hypervisor belongs to the machine */             \
        F(where_sign, YES_NO, bare, "bare", OPTIONAL)         /* nothing is below */                                   \
        F(where_sign, TEXT, cloud, "cloud", OPTIONAL)                                                                  \
        F(where_sign, TEXT, container, "container", OPTIONAL)                                                          \
        F(where_sign, OUT, fact, , , uint16_t)                                                                         \
        F(where_sign, OUT, excluding, , , uint16_t) /* + 1; 0: none */

/* A setting that takes protections away (data/harmful.yaml): one of `parameter`, `module` with `option`, `sysctl`. */
#define HARMFUL_FIELDS(F)                                                                                              \
        F(harmful, TEXT, parameter, "parameter", OPTIONAL)                                                             \
        F(harmful, TEXT, module, "module", OPTIONAL)                                                                   \
        F(harmful, TEXT, option, "option", OPTIONAL)                                                                   \
        F(harmful, TEXT, sysctl, "sysctl", OPTIONAL)                                                                   \
        F(harmful, TEXTS, values, "values", OPTIONAL)   /* none: with any value, and without */                        \
        F(harmful, TEXTS, arches, "arches", OPTIONAL)   /* none: everywhere */                                         \
        F(harmful, TEXT, instead, "instead", OPTIONAL)  /* what the sysctl is set to */

#define LEFT_OUT_FIELDS(F)                                                                                             \
        F(left_out, TEXT, name, "name", NEEDED)                                                                        \
        F(left_out, TEXT, cve, "cve", OPTIONAL)                                                                        \
        F(left_out, TEXT, reason, "reason", NEEDED)

/* What a guest is shown only where its host's processor has it (data/instructions.yaml): the bits of a word of CPUID, but for those
 * that hypervisors make up, and the flags of /proc/cpuinfo that show such bits. */
#define SHOWN_WORD_FIELDS(F)                                                                                           \
        F(shown_word, NUMBER, leaf, "leaf", OPTIONAL) /* 0: none, the flags alone */                                 \
        F(shown_word, IN_TEXT, reg, "reg", OPTIONAL)                                                                 \
        F(shown_word, IN_TEXTS, made_up, "made_up", OPTIONAL)                                                        \
        F(shown_word, TEXTS, flags, "flags", OPTIONAL)                                                               \
        F(shown_word, OUT, word, , , uint8_t)                                                                        \
        F(shown_word, OUT, shown, , , uint32_t) /* the word's bits without those that are made up */

/* A line of the kernel's log that stands for a sentence (`log` of sentences). */
#define LOG_REPORT_FIELDS(F)                                                                                           \
        F(log_report, OUT_TEXT, begins, , , )                                                                          \
        F(log_report, OUT_TEXT, says, , , )        /* the sentence */                                                  \
        F(log_report, OUT, file, , , uint16_t)     /* whose file it is */                                              \
        F(log_report, OUT, whole, , , bool)        /* the file says no more */

/* The whole folder's version (data/version.yaml). */
#define DATA_VERSION_FIELDS(F)                                                                                         \
        F(data_version, TEXT, version, "version", NEEDED)                                                              \
        F(data_version, TEXT, kernel, "kernel", OPTIONAL) /* the release whose sentences it predicts */

/* ---- Guidance ---- */

#define SIGN_FIELDS(F)                                                                                                 \
        F(sign, CONDITION, when, "when", NEEDED, when)                                                                 \
        F(sign, WORD, sure, "sure", NEEDED) /* enum sureness */                                                        \
        F(sign, TEXT, because, "because", NEEDED)

#define OFFERING_FIELDS(F)                                                                                             \
        F(offering, TEXT, id, "id", NEEDED)                                                                            \
        F(offering, TEXT, title, "title", NEEDED)                                                                      \
        F(offering, TEXT, document, "document", OPTIONAL)                                                              \
        F(offering, TEXTS, groups, "groups", OPTIONAL)                                                                 \
        F(offering, RECORDS, signs, "signs", OPTIONAL, sign, offering_sign, signs, sign_count)

#define REVISION_FIELDS(F)                                                                                             \
        F(revision, TEXT, id, "id", NEEDED)                                                                            \
        F(revision, TEXT, document, "document", NEEDED)                                                                \
        F(revision, TEXT, date, "date", NEEDED)                                                                        \
        F(revision, TEXT, title, "title", NEEDED)                                                                      \
        F(revision, TEXT, source, "source", NEEDED)                                                                    \
        F(revision, TEXTS, changes, "changes", OPTIONAL)

#define STATEMENT_FIELDS(F)                                                                                            \
        F(statement, TEXT, id, "id", NEEDED)                                                                           \
        F(statement, TEXT, says, "says", NEEDED)

#define DONE_FIELDS(F)                                                                                                 \
        F(done, IN_TEXT, revision, "from", NEEDED)                                                                     \
        F(done, CONDITION, when, "when", NEEDED, when)                                                                 \
        F(done, OUT, from, , , uint32_t) /* revision's number */

#define ACTION_FIELDS(F)                                                                                               \
        F(action, TEXT, id, "id", NEEDED)                                                                              \
        F(action, TEXT, title, "title", NEEDED)                                                                        \
        F(action, TEXTS, offerings, "offerings", OPTIONAL)                                                             \
        F(action, TEXTS, statements, "statements", OPTIONAL)                                                           \
        F(action, WORD, trust, "trust", OPTIONAL) /* enum trust */                                                     \
        F(action, WORD, phase, "phase", NEEDED) /* enum phase */                                                       \
        F(action, IN_TEXTS, after, "after", OPTIONAL)                                                                  \
        F(action, IN_TEXT, from_revision, "from", NEEDED)                                                              \
        F(action, IN_TEXT, until_revision, "until", OPTIONAL)                                                          \
        F(action, TEXT, who, "who", NEEDED)                                                                            \
        F(action, TEXT, why, "why", NEEDED)                                                                            \
        F(action, WORD, fixed, "fixed", OPTIONAL) /* ACTION_STATUS_COUNT: it depends on the machine */                 \
        F(action, CONDITION, applies, "if", OPTIONAL, applies) /* left out where it is false */                        \
        F(action, YES_NO, optional, "optional", OPTIONAL) /* a choice, not a must */                                   \
        F(action, CONDITION, needs, "needs", OPTIONAL, needs) /* NO_CONDITION: always needed */                        \
        F(action, TEXT, needless, "needless", OPTIONAL)                                                                \
        F(action, RECORDS, done, "done", OPTIONAL, done, action_done, done, done_count) /* in order of date */         \
        F(action, TEXT, declare, "declare", OPTIONAL)                                                                  \
        F(action, TEXT, ask, "ask", OPTIONAL)                                                                          \
        F(action, TEXTS, fixes, "fixes", OPTIONAL)                                                                     \
        F(action, RECORDS, steps, "steps", OPTIONAL, step, fix_step, steps, step_count)                                \
        F(action, TEXT, cost, "cost", OPTIONAL)                                                                        \
        F(action, TEXT, section, "section", OPTIONAL)                                                                  \
        F(action, OUT, number, , , uint32_t) /* where it stands among the actions of the data folder */                \
        F(action, OUT, from, , , uint32_t)   /* revisions' numbers */                                                  \
        F(action, OUT, until, , , uint32_t)  /* NO_REVISION: still valid */

/* ---- A cloud's offerings ---- */

#define FAMILY_FIELDS(F)                                                                                               \
        F(family, NUMBER, family, "family", NEEDED)                                                                    \
        F(family, TEXT, windows, "windows", NEEDED) /* "Windows Server 2016" */                                        \
        F(family, WORD, kva_shadow, "kva_shadow", NEEDED) /* enum kva_support */                                       \
        F(family, GUEST_OS, first_fix, "first_fix", OPTIONAL) /* family 0: none is known */                            \
        F(family, NUMBER, lacking, "lacking", OPTIONAL) /* UNPROVED: no KVA shadowing up to the updates of this month (201801) */ \
        F(family, TEXT, retired, "retired", OPTIONAL) /* "2024-12" or "2014-11-03"; empty: not known to be */

#define RELEASE_FIELDS(F)                                                                                              \
        F(release, GUEST_OS, name, "name", NEEDED)                                                                     \
        F(release, TEXT, released, "released", NEEDED) /* "2018-01-04" */                                              \
        F(release, TEXT, disabled, "disabled", OPTIONAL) /* empty: it had not happened when the list was made */       \
        F(release, OUT_TEXT, text, , , ) /* the name as it is published */

#define GUEST_OS_FIELDS(F)                                                                                             \
        F(guest_os, IN_RECORDS, families, "families", NEEDED, family)                                                  \
        F(guest_os, IN_RECORDS, releases, "releases", NEEDED, release)

#define RESOURCE_TYPE_FIELDS(F)                                                                                        \
        F(resource_type, TEXT, type, "type", NEEDED)                                                                   \
        F(resource_type, TEXT, where, "where", OPTIONAL)                                                               \
        F(resource_type, TEXT, offering, "offering", NEEDED)                                                           \
        F(resource_type, TEXT, note, "note", OPTIONAL)                                                                 \
        F(resource_type, WORD, os, "os", OPTIONAL) /* enum resource_os */                                              \
        F(resource_type, WORD, sure, "sure", OPTIONAL) /* enum resource_sure */

#define PUBLISHER_FIELDS(F)                                                                                            \
        F(publisher, TEXT, publisher, "publisher", NEEDED)                                                             \
        F(publisher, TEXT, distribution, "distribution", OPTIONAL) /* os-release's ID, where all its images have one */  \
        F(publisher, WORD, os, "os", NEEDED)

#define DISTRIBUTION_WORD_FIELDS(F)                                                                                    \
        F(distribution_word, TEXT, word, "word", NEEDED)                                                               \
        F(distribution_word, TEXT, distribution, "distribution", NEEDED) /* os-release's ID */

#define CLOUD_SIZE_FIELDS(F)                                                                                           \
        F(cloud_size, TEXT, cloud, "cloud", NEEDED) /* the type's first word: "aws" */                                 \
        F(cloud_size, TEXT, size, "size", NEEDED)   /* lower case; '*' any text, '#' a number */                       \
        F(cloud_size, TEXT, vendor, "vendor", OPTIONAL)                                                                \
        F(cloud_size, TEXT, cpu, "cpu", OPTIONAL)                                                                      \
        F(cloud_size, NUMBER, threads, "threads", OPTIONAL) /* of a core; 0: not known */

#define RESOURCE_TYPES_FIELDS(F)                                                                                       \
        F(resource_types, IN_RECORDS, types, "types", NEEDED, resource_type)                                           \
        F(resource_types, IN_RECORDS, publishers, "publishers", NEEDED, publisher)                                     \
        F(resource_types, IN_RECORDS, distributions, "distributions", OPTIONAL, distribution_word)

#endif
