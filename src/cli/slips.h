/* What people type who come from other programs, and what they mean by it. Each answer is "; did you mean '…'?", or nothing. */
#ifndef SIDELIGHT_CLI_SLIPS_H
#define SIDELIGHT_CLI_SLIPS_H

#include "cli/commands.h"

/* The nearest of `words` ("a|b|"), with `dashes` before it. */
struct str slip_near(struct cli *c, struct str word, struct str words, const char *dashes);
/* An option that the command does not have: --json, -V, --explain. */
struct str slip_option(struct cli *c, struct str name);
/* A word where a command stands: scan, CVE-2018-3639. */
struct str slip_command(struct cli *c, struct str word);
/* A word that is none of those that a command, or a word of it, takes: fleet ls, token delete. */
struct str slip_word(struct cli *c, struct str word, struct str among);
/* A value that the option does not take: --format table. */
struct str slip_value(struct cli *c, const struct option *o, struct str word);
/* Where a file was looked for, and there is none: a machine's address. */
struct str slip_file(struct cli *c, struct str path);

#endif
