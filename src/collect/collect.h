/* Collectors: they bring in what was seen, verbatim, and judge nothing. docs/evidence-format.md says what each record holds.
 *
 * What could not be read is recorded as absent, denied or failed; it is never an error of the collector. */
#ifndef SIDELIGHT_COLLECT_COLLECT_H
#define SIDELIGHT_COLLECT_COLLECT_H

#include <stdbool.h>

#include "base/diag.h"
#include "evidence/evidence.h"

struct catalog;

struct collect_options {
        const struct catalog *catalog; /* what its facts name (files, CPUID leaves, registers, build options, log lines, NT classes,
                                        * registry values) is read, so that a new flaw needs no change here; never NULL */
        bool redact; /* leave out what names a machine, a person, a place or a secret; what rules read stays */
        bool for_verdicts; /* leave out what no rule reads: lists of packages, of kernels on the disk, of what runs; and leave for later,
                            * until a rule asks, what the running kernel logged and how it was built: `e` must stay where it is */
};

/* The running Linux machine, into `e` (after evidence_init). Reads files, the CPUID instruction and, where permitted, model
 * specific registers; writes nothing. Never fails: returns 0. */
int collect_linux_live(struct evidence *e, const struct collect_options *o, struct diag *d);

/* A Linux machine that was captured or mounted at `root`. No fact of the running machine gets in: no CPUID, no uname(2),
 * and paths are resolved inside `root`. -1 (DIAG_NO_INPUT) when `root` is not a directory that can be opened. */
int collect_linux_tree(struct evidence *e, const char *root, const struct collect_options *o, struct diag *d);

/* The running Windows: NT answers, registry, CPUID, topology, firmware tables, as far as this user may read them. Returns 0. */
int collect_windows_live(struct evidence *e, const struct collect_options *o, struct diag *d);

/* For `redact` on Windows, live and from hives: registry texts that no condition of the catalog asks for, and that are no version and
 * no processor's name, become "redacted": names of products, makers and machines. Says so in a meta record. */
void collect_redact_registry(struct evidence *e, const struct catalog *c);

/* A Windows disk that is mounted at `root`, on Linux: its SYSTEM and SOFTWARE hives. -1 when there is no Windows at `root`
 * (DIAG_NO_INPUT) or a hive is damaged (DIAG_INPUT). */
int collect_windows_tree(struct evidence *e, const char *root, struct diag *d);
/* The same from hive files by themselves, one or both, in any order; what they hold is told from their contents. */
int collect_windows_hives(struct evidence *e, const char *const *paths, int count, struct diag *d);

#endif
