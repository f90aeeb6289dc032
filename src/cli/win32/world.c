#include "cli/world.h"

int world_collect(struct evidence *ret, struct arena *a, const char *root, bool redact, struct diag *d) {
        (void)redact;
        evidence_init(ret, a, S("live"));
        return diag_fail(d, "%s cannot be read on Windows; give an evidence file", root ? root : "this machine");
}

int world_catalog(struct catalog *ret, struct arena *a, const char *folder, struct diag *d) {
        (void)ret;
        (void)a;
        return diag_fail_class(d, DIAG_USAGE, "--data '%s': data folders are read on Linux only", folder);
}
