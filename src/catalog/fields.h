/* The fields of every record of data/, each named once: F(record, KIND, member, key, need, …).
 *
 * From one list come the struct that the YAML reader fills (compiler/raw.h), its schema (compiler/yaml.c), the filling in of
 * arguments (compiler/sets.c), the constant struct (catalog.h, guidance.h), its copying and its writing as C (compiler/emit.c).
 *
 * KIND says what the file has and what the catalog makes of it:
 *   TEXT, TEXTS, NUMBER     the same in both
 *   RECORDS                 a list of records (their name, the member that counts them)
 *   STATUS LAYER TRUST ACTION_STATUS SURENESS   a word in the file, its number in the catalog
 *   BOUNDARIES              words in the file, a set in the catalog
 *   CONDITION               text in the file, a node in the catalog (named by the extra argument)
 *   IN_…                    in the file only: the compiler makes something else of it
 *   OUT_…                   in the catalog only: the compiler's own
 * need: NEEDED or OPTIONAL. A file's key and the member have one name, but for words that C keeps for itself. */
#ifndef SIDELIGHT_CATALOG_FIELDS_H
#define SIDELIGHT_CATALOG_FIELDS_H

/* ---- A flaw ---- */

#define SYSFS_FIELDS(F)                             \
        F(sysfs, IN_TEXT, file, "file", NEEDED)     \
        F(sysfs, IN_TEXT, part, "part", OPTIONAL)

#define SENTENCE_FIELDS(F)                                          \
        F(sentence, IN_TEXT, use, "use", OPTIONAL)                  \
        F(sentence, IN_ARGUMENTS, with, "with", OPTIONAL)           \
        F(sentence, TEXT, says, "says", OPTIONAL)                   \
        F(sentence, TEXT, is, "is", OPTIONAL)                       \
        F(sentence, IN_TEXT, part, "part", OPTIONAL)                \
        F(sentence, IN_TEXT, status, "status", OPTIONAL)            \
        F(sentence, TEXT, means, "means", OPTIONAL)                 \
        F(sentence, TEXT, lacks, "lacks", OPTIONAL)                 \
        F(sentence, IN_TEXTS, boundaries, "boundaries", OPTIONAL)

#define RULE_FIELDS(F)                                              \
        F(rule, IN_TEXT, use, "use", OPTIONAL)                      \
        F(rule, IN_ARGUMENTS, with, "with", OPTIONAL)               \
        F(rule, TEXT, id, "id", OPTIONAL)                           \
        F(rule, CONDITION, when, "when", OPTIONAL)                  \
        F(rule, IN_TEXT, status, "status", OPTIONAL)                \
        F(rule, IN_TEXT, owner, "owner", OPTIONAL)                  \
        F(rule, TEXT, reason, "reason", OPTIONAL)                   \
        F(rule, TEXT, ask, "ask", OPTIONAL)                         \
        F(rule, IN_TEXTS, boundaries, "boundaries", OPTIONAL)       \
        F(rule, TEXTS, fixes, "fixes", OPTIONAL)

#define PREDICTION_FIELDS(F)                                        \
        F(prediction, IN_TEXT, use, "use", OPTIONAL)                \
        F(prediction, IN_ARGUMENTS, with, "with", OPTIONAL)         \
        F(prediction, CONDITION, when, "when", OPTIONAL)            \
        F(prediction, TEXT, is, "is", OPTIONAL)                     \
        F(prediction, IN_TEXT, part, "part", OPTIONAL)

#define CONTRADICTION_FIELDS(F)                                     \
        F(contradiction, IN_TEXT, use, "use", OPTIONAL)             \
        F(contradiction, IN_ARGUMENTS, with, "with", OPTIONAL)      \
        F(contradiction, CONDITION, when, "when", OPTIONAL)         \
        F(contradiction, TEXT, says, "says", OPTIONAL)

/* Facts that serve one flaw alone, in its own file. */
#define OWN_FIELDS(F)                                                       \
        F(own, IN_RECORDS, registers, "registers", OPTIONAL, register)      \
        F(own, IN_RECORDS, facts, "other", OPTIONAL, fact)                  \
        F(own, IN_RECORDS, parameters, "parameters", OPTIONAL, parameter)   \
        F(own, IN_RECORDS, configs, "config", OPTIONAL, config)             \
        F(own, IN_RECORDS, derived, "derived", OPTIONAL, derived)

#define FLAW_FIELDS(F)                                                              \
        F(flaw, TEXT, id, "id", NEEDED)                                             \
        F(flaw, TEXT, name, "name", NEEDED)                                         \
        F(flaw, TEXTS, aliases, "aliases", OPTIONAL)                                \
        F(flaw, TEXTS, cves, "cves", OPTIONAL)                                      \
        F(flaw, TEXT, summary, "summary", NEEDED)                                   \
        F(flaw, TEXT, page, "page", OPTIONAL)                                       \
        F(flaw, TEXT, disclosed, "disclosed", OPTIONAL)                             \
        F(flaw, TEXT, repaired, "repaired", OPTIONAL)                               \
        F(flaw, IN_TEXTS, boundaries, "boundaries", OPTIONAL)                       \
        F(flaw, TEXTS, arches, "arches", OPTIONAL)                                  \
        F(flaw, IN_RECORD, sysfs, "sysfs", OPTIONAL, sysfs)                         \
        F(flaw, IN_RECORD, own, "facts", OPTIONAL, own)                             \
        F(flaw, IN_TEXT, affected, "affected", OPTIONAL)                            \
        F(flaw, IN_TEXT, claimed, "claimed", OPTIONAL)                              \
        F(flaw, TEXTS, parameters, "parameters", OPTIONAL)                          \
        F(flaw, TEXTS, config, "config", OPTIONAL)                                  \
        F(flaw, IN_RECORDS, sentences, "sentences", OPTIONAL, sentence)             \
        F(flaw, IN_RECORDS, predict, "predict", OPTIONAL, prediction)               \
        F(flaw, IN_RECORDS, contradictions, "contradictions", OPTIONAL, contradiction) \
        F(flaw, IN_RECORDS, rules, "rules", OPTIONAL, rule)                         \
        F(flaw, TEXTS, fixes, "fixes", OPTIONAL)                                    \
        F(flaw, TEXTS, sources, "sources", OPTIONAL)

/* What flaws share, under arguments: a set is used in any of the four lists that it has. */
#define RULESET_FIELDS(F)                                                           \
        F(ruleset, IN_TEXT, name, "name", NEEDED)                                   \
        F(ruleset, IN_TEXTS, with, "with", OPTIONAL)                                \
        F(ruleset, IN_RECORDS, sentences, "sentences", OPTIONAL, sentence)          \
        F(ruleset, IN_RECORDS, predict, "predict", OPTIONAL, prediction)            \
        F(ruleset, IN_RECORDS, contradictions, "contradictions", OPTIONAL, contradiction) \
        F(ruleset, IN_RECORDS, rules, "rules", OPTIONAL, rule)

/* ---- Facts ---- */

#define REGISTER_FIELDS(F)                                      \
        F(register, IN_TEXT, name, "name", NEEDED)              \
        F(register, IN_NUMBER, leaf, "leaf", OPTIONAL)          \
        F(register, IN_NUMBER, subleaf, "subleaf", OPTIONAL)    \
        F(register, IN_TEXT, reg, "reg", OPTIONAL)              \
        F(register, IN_NUMBER, msr, "msr", OPTIONAL)            \
        F(register, IN_TEXT, idreg, "idreg", OPTIONAL)          \
        F(register, IN_TEXT, bits, "bits", NEEDED)              \
        F(register, IN_TEXT, flag, "flag", OPTIONAL)            \
        F(register, IN_TEXT, log, "log", OPTIONAL)              \
        F(register, IN_TEXT, gate, "if", OPTIONAL)              \
        F(register, IN_TEXT, windows, "windows", OPTIONAL)      \
        F(register, IN_TEXT, title, "title", OPTIONAL)

#define FACT_FIELDS(F)                                          \
        F(fact, IN_TEXT, name, "name", NEEDED)                  \
        F(fact, IN_TEXT, title, "title", OPTIONAL)              \
        F(fact, IN_TEXT, type, "type", OPTIONAL)                \
        F(fact, IN_TEXT, file, "file", OPTIONAL)                \
        F(fact, IN_TEXT, cpuinfo, "cpuinfo", OPTIONAL)          \
        F(fact, IN_TEXT, log, "log", OPTIONAL)                  \
        F(fact, IN_TEXT, registry, "registry", OPTIONAL)        \
        F(fact, IN_TEXT, win32, "win32", OPTIONAL)              \
        F(fact, IN_NUMBER, nt, "nt", OPTIONAL)                  \
        F(fact, IN_NUMBER, dword, "dword", OPTIONAL)            \
        F(fact, IN_TEXT, bits, "bits", OPTIONAL)                \
        F(fact, IN_TEXT, gate, "if", OPTIONAL)

#define DERIVED_FIELDS(F)                                       \
        F(derived, IN_TEXT, name, "name", NEEDED)               \
        F(derived, IN_TEXT, is, "is", NEEDED)                   \
        F(derived, IN_TEXT, title, "title", OPTIONAL)

#define PARAMETER_FIELDS(F)                                     \
        F(parameter, TEXT, name, "name", NEEDED)                \
        F(parameter, TEXTS, values, "values", OPTIONAL)         \
        F(parameter, TEXT, title, "title", OPTIONAL)

#define CONFIG_FIELDS(F)                                        \
        F(config, IN_TEXT, name, "name", NEEDED)                \
        F(config, IN_TEXTS, options, "options", OPTIONAL)       \
        F(config, IN_TEXT, log, "log", OPTIONAL)                \
        F(config, IN_TEXT, title, "title", OPTIONAL)

/* `group`: other names of the file, for one name that stands for all of them. */
#define CPU_FIELDS(F)                                           \
        F(cpu, TEXT, name, "name", NEEDED)                      \
        F(cpu, TEXT, vendor, "vendor", OPTIONAL)                \
        F(cpu, IN_NUMBER, family, "family", OPTIONAL)           \
        F(cpu, IN_TEXT, models, "models", OPTIONAL)             \
        F(cpu, IN_TEXTS, group, "group", OPTIONAL)              \
        F(cpu, TEXT, title, "title", OPTIONAL)

/* ---- What is done about it ---- */

#define STEP_FIELDS(F)                                          \
        F(step, IN_TEXT, on, "on", NEEDED)                      \
        F(step, IN_TEXT, prose, "do", OPTIONAL)                 \
        F(step, IN_TEXT, command, "run", OPTIONAL)

#define CHANGE_FIELDS(F)                                        \
        F(change, IN_TEXT, on, "on", NEEDED)                    \
        F(change, IN_TEXT, target, "target", NEEDED)            \
        F(change, IN_TEXT, place, "place", OPTIONAL)            \
        F(change, IN_TEXT, key, "key", NEEDED)                  \
        F(change, IN_TEXT, to, "to", OPTIONAL)

#define FIX_FIELDS(F)                                           \
        F(fix, TEXT, id, "id", NEEDED)                          \
        F(fix, TEXT, title, "title", NEEDED)                    \
        F(fix, IN_TEXT, owner, "owner", OPTIONAL)               \
        F(fix, TEXT, how, "how", OPTIONAL)                      \
        F(fix, TEXT, cost, "cost", OPTIONAL)                    \
        F(fix, IN_TEXT, phase, "phase", OPTIONAL)               \
        F(fix, IN_TEXT, target, "target", OPTIONAL)             \
        F(fix, IN_TEXT, computes, "computes", OPTIONAL)         \
        F(fix, IN_TEXT, restart, "restart", OPTIONAL)           \
        F(fix, IN_TEXT, done, "done", OPTIONAL)                 \
        F(fix, IN_RECORDS, steps, "steps", OPTIONAL, step)      \
        F(fix, IN_RECORDS, changes, "changes", OPTIONAL, change)

#define WINDOWS_FIELDS(F)                                       \
        F(windows, NUMBER, build, "build", NEEDED)              \
        F(windows, TEXT, name, "name", NEEDED)                  \
        F(windows, TEXT, kb, "kb", OPTIONAL)                    \
        F(windows, TEXT, date, "date", OPTIONAL)                \
        F(windows, IN_NUMBER, first, "first", OPTIONAL)         \
        F(windows, IN_TEXT, none, "none", OPTIONAL)

#define REGISTRY_BIT_FIELDS(F)                                  \
        F(registry_bit, IN_NUMBER, bit, "bit", NEEDED)          \
        F(registry_bit, TEXT, vendor, "vendor", OPTIONAL)       \
        F(registry_bit, IN_TEXT, smt, "smt", OPTIONAL)          \
        F(registry_bit, IN_TEXTS, on, "on", OPTIONAL)           \
        F(registry_bit, IN_TEXTS, off, "off", OPTIONAL)         \
        F(registry_bit, TEXT, title, "title", NEEDED)

#define MODULE_WORD_FIELDS(F)                                   \
        F(module_word, TEXT, says, "says", NEEDED)              \
        F(module_word, IN_TEXT, when, "when", NEEDED)

#define PROPERTY_FIELDS(F)                                      \
        F(property, IN_TEXT, property, "property", NEEDED)      \
        F(property, IN_TEXT, is, "is", OPTIONAL)                \
        F(property, IN_TEXT, never, "never", OPTIONAL)          \
        F(property, IN_TEXT, shown, "shown", OPTIONAL)          \
        F(property, IN_TEXT, known, "known", OPTIONAL)          \
        F(property, IN_TEXT, if_true, "if_true", OPTIONAL)      \
        F(property, IN_TEXT, if_false, "if_false", OPTIONAL)    \
        F(property, IN_TEXT, number, "number", OPTIONAL)        \
        F(property, IN_RECORDS, words, "words", OPTIONAL, module_word)

/* How a line of the kernel's log begins that is evidence. */
#define LOG_LINE_FIELDS(F)                                      \
        F(log_line, TEXT, begins, "begins", NEEDED)             \
        F(log_line, TEXT, title, "title", NEEDED)

#define LEFT_OUT_FIELDS(F)                                      \
        F(left_out, TEXT, name, "name", NEEDED)                 \
        F(left_out, TEXT, cve, "cve", OPTIONAL)                 \
        F(left_out, TEXT, reason, "reason", NEEDED)

/* ---- Guidance ---- */

#define SIGN_FIELDS(F)                                          \
        F(sign, IN_TEXT, when, "when", NEEDED)                  \
        F(sign, IN_TEXT, sure, "sure", NEEDED)                  \
        F(sign, TEXT, because, "because", NEEDED)

#define OFFERING_FIELDS(F)                                      \
        F(offering, TEXT, id, "id", NEEDED)                     \
        F(offering, TEXT, title, "title", NEEDED)               \
        F(offering, TEXT, document, "document", OPTIONAL)       \
        F(offering, TEXTS, groups, "groups", OPTIONAL)          \
        F(offering, IN_RECORDS, signs, "signs", OPTIONAL, sign)

#define REVISION_FIELDS(F)                                      \
        F(revision, TEXT, id, "id", NEEDED)                     \
        F(revision, TEXT, document, "document", NEEDED)         \
        F(revision, TEXT, date, "date", NEEDED)                 \
        F(revision, TEXT, title, "title", NEEDED)               \
        F(revision, TEXT, source, "source", NEEDED)             \
        F(revision, TEXTS, changes, "changes", OPTIONAL)

#define STATEMENT_FIELDS(F)                                     \
        F(statement, TEXT, id, "id", NEEDED)                    \
        F(statement, TEXT, says, "says", NEEDED)

#define DONE_FIELDS(F)                                          \
        F(done, IN_TEXT, from, "from", NEEDED)                  \
        F(done, IN_TEXT, when, "when", NEEDED)

#define ACTION_FIELDS(F)                                        \
        F(action, TEXT, id, "id", NEEDED)                       \
        F(action, TEXT, title, "title", NEEDED)                 \
        F(action, TEXTS, offerings, "offerings", OPTIONAL)      \
        F(action, TEXTS, statements, "statements", OPTIONAL)    \
        F(action, IN_TEXT, trust, "trust", OPTIONAL)            \
        F(action, IN_TEXT, phase, "phase", NEEDED)              \
        F(action, IN_TEXTS, after, "after", OPTIONAL)           \
        F(action, IN_TEXT, from, "from", NEEDED)                \
        F(action, IN_TEXT, until, "until", OPTIONAL)            \
        F(action, TEXT, who, "who", NEEDED)                     \
        F(action, TEXT, why, "why", NEEDED)                     \
        F(action, IN_TEXT, fixed, "fixed", OPTIONAL)            \
        F(action, IN_TEXT, needs, "needs", OPTIONAL)            \
        F(action, TEXT, needless, "needless", OPTIONAL)         \
        F(action, IN_RECORDS, done, "done", OPTIONAL, done)     \
        F(action, TEXT, declare, "declare", OPTIONAL)           \
        F(action, TEXT, ask, "ask", OPTIONAL)                   \
        F(action, TEXTS, fixes, "fixes", OPTIONAL)              \
        F(action, IN_RECORDS, steps, "steps", OPTIONAL, step)   \
        F(action, TEXT, cost, "cost", OPTIONAL)                 \
        F(action, TEXT, section, "section", OPTIONAL)

#endif
