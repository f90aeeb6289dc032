#include "cli/world.h"

int world_collect(struct evidence *ret, struct arena *a, const char *root, const struct collect_options *o,
                  struct diag *d) {
        evidence_init(ret, a, S("live"));
        if (root)
                return diag_fail_class(d, DIAG_USAGE, "--root '%s': captured trees are read only on Linux", root);
        return collect_windows_live(ret, o, d);
}

int world_windows(struct evidence *ret, struct arena *a, const char *root, const char *const *hives, int count,
                  struct diag *d) {
        (void)ret;
        (void)a;
        (void)count;
        return diag_fail_class(d, DIAG_USAGE, "'%s': disks of Windows are read only on Linux", root ? root : hives[0]);
}

bool world_is_folder(const char *path) {
        (void)path;
        return false;
}

int world_folder(struct evidence *ret, struct arena *a, const struct catalog *c, const char *path, struct diag *d) {
        (void)ret;
        (void)a;
        (void)c;
        return diag_fail_class(d, DIAG_USAGE, "'%s': folders are read only on Linux", path);
}

int world_catalog(struct catalog *ret, struct arena *a, const char *folder, struct diag *d) {
        (void)ret;
        (void)a;
        return diag_fail_class(d, DIAG_USAGE, "--data '%s': data folders are read only on Linux", folder);
}
