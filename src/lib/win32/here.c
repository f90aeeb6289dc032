#include "lib/here.h"

int here_collect(struct evidence *ret, struct arena *a, const char *root, const struct collect_options *o, struct diag *d) {
        evidence_init(ret, a, S("live"));
        if (root)
                return diag_fail_class(d, DIAG_USAGE, "--root '%s': captured trees are read only on Linux", root);
        return collect_windows_live(ret, o, d);
}
