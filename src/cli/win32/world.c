#include "cli/world.h"

#include "base/shell.h"

int world_catalog(struct catalog *ret, struct arena *a, const char *folder, struct diag *d) {
        (void)ret;
        (void)a;
        return diag_fail_class(d, DIAG_USAGE, "--data '%s': data folders are read only on Linux", folder);
}

struct str world_word(struct arena *a, struct str word) {
        return windows_word(a, word);
}
