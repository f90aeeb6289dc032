/* Remedies as constant data: what a person can do, in which phase, what it touches, and the changes that a program could make.
 *
 * Source: data/fixes.yaml. Part of the catalog; src/plan/ makes steps of it. */
#ifndef SIDELIGHT_CATALOG_FIX_H
#define SIDELIGHT_CATALOG_FIX_H

#include "catalog/fields.h"

/* When a step's turn is. X(name, word of data files, why then) */
#define PHASES(X)                                                                            \
        X(DECIDE, "decide", "what everything else depends on")                               \
        X(KNOWN, "known", "what holds without anybody's doing")                              \
        X(UPDATE, "update", "newer software and firmware: settings need what they bring")    \
        X(SETTING, "setting", "what is installed, switched on")                              \
        X(SEPARATE, "separate", "what must not share a core or a machine, kept apart")       \
        X(ASK, "ask", "what only others can do or answer")                                   \
        X(LATER, "later", "what is for another day")

enum phase {
#define X(name, word, why) PHASE_##name,
        PHASES(X)
#undef X
        PHASE_COUNT,
};

/* What a step touches. X(name, word, what a person calls it) */
#define TARGETS(X)                                                                       \
        X(NONE, "none", "nothing on this machine")                                       \
        X(COMMAND_LINE, "command-line", "the kernel's command line")                     \
        X(SYSCTL, "sysctl", "a sysctl")                                                  \
        X(SETTING, "setting", "a setting of the running kernel")                         \
        X(MODULE_OPTION, "module-option", "an option of a kernel module")                \
        X(REGISTRY_VALUE, "registry-value", "a value of the Windows registry")           \
        X(PACKAGE, "package", "packages of the operating system")                        \
        X(KERNEL_BUILD, "kernel-build", "how the kernel was built")                      \
        X(MICROCODE, "microcode", "the processor's microcode")                           \
        X(SMT, "smt", "SMT (hyper-threading)")                                           \
        X(REGISTER, "register", "a register of the processor")                           \
        X(SERVICE_FILE, "service-file", "a file of a cloud service")                     \
        X(WORKLOAD, "workload", "what runs where")                                       \
        X(PROVIDER, "provider", "what the provider runs")                                \
        X(QUESTION, "question", "an answer that is missing")

enum target_kind {
#define X(name, word, title) TARGET_##name,
        TARGETS(X)
#undef X
        TARGET_COUNT,
};

struct str phase_word(enum phase p);
struct str target_word(enum target_kind t);
struct str target_title(enum target_kind t);
/* The inverse of the words; false when there is no such word. */
bool phase_parse(struct str word, enum phase *ret);
bool target_parse(struct str word, enum target_kind *ret);

/* What is to be done on one system: prose, or a command that can be copied as it stands. */
struct fix_step {
        STEP_FIELDS(FIELD_MEMBER)
};

/* A change as data: which key, at which place, and what it is to be. */
struct fix_change {
        CHANGE_FIELDS(FIELD_MEMBER)
};

/* Changes that only the machine at hand can tell. */
#define FIX_COMPUTES(X)                                                                            \
        X(NOTHING, "nothing")                                                                      \
        X(PARAMETERS, "parameters")       /* the command line's words that decided the findings */ \
        X(REGISTRY, "registry-override")  /* the two FeatureSettings values of KB4072698 */

enum fix_computes {
#define X(name, word) FIX_COMPUTES_##name,
        FIX_COMPUTES(X)
#undef X
        FIX_COMPUTES_COUNT,
};

bool fix_computes_parse(struct str word, enum fix_computes *ret);

struct fix {
        FIX_FIELDS(FIELD_MEMBER)
};

#endif
