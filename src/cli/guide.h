/* What the commands about guidance share: offerings and dates as the user names them, and Azure's metadata service. */
#ifndef SIDELIGHT_CLI_GUIDE_H
#define SIDELIGHT_CLI_GUIDE_H

#include "catalog/guidance.h"
#include "cli/cli.h"
#include "evidence/evidence.h"

/* An offering by id; fails with the nearest id. */
int guide_offering(struct cli *c, const struct guidance *g, struct str id, const struct offering **ret);

/* Asks the instance metadata service at `url`, and adds to the evidence what the facts of `k` want to know of its answer; of names, with
 * `redact`, only that they are there. */
int guide_imds(struct cli *c, const struct catalog *k, const char *url, bool redact, struct evidence *e);

#endif
