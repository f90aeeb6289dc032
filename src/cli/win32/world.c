#include "cli/world.h"

#include "base/shell.h"

int world_collect(struct evidence *ret, struct arena *a, const char *root, const struct collect_options *o,
                  struct diag *d) {
        evidence_init(ret, a, S("live"));
        if (root)
                return diag_fail_class(d, DIAG_USAGE, "--root '%s': captured trees are read only on Linux", root);
        return collect_windows_live(ret, o, d);
}

int world_catalog(struct catalog *ret, struct arena *a, const char *folder, struct diag *d) {
        (void)ret;
        (void)a;
        return diag_fail_class(d, DIAG_USAGE, "--data '%s': data folders are read only on Linux", folder);
}

struct str world_word(struct arena *a, struct str word) {
        return windows_word(a, word);
}
