/* Builds without a reader of JSON cannot ask the metadata service. */
#include "cli/guide.h"

int guide_imds(struct cli *c, const struct catalog *k, const char *url, bool redact, struct evidence *e) {
        (void)k;
        (void)e;
        (void)redact;
        return diag_fail_class(&c->diag, DIAG_USAGE, "this build cannot ask the metadata service at '%s'", url);
}
