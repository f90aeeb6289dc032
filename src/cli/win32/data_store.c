/* The Windows program has no compiler of data: it uses what was built in. */
#include "cli/data_store.h"

static int impossible(struct diag *d) {
        return diag_fail_class(d, DIAG_USAGE, "data is updated only on Linux: on Windows, install a newer sidelight");
}

int data_store_read(struct stored_data *ret, const char *folder, struct arena *a, struct diag *d) {
        (void)ret;
        (void)folder;
        (void)a;
        (void)d;
        return DATA_STORE_EMPTY;
}

int data_store_write(const char *folder, const struct stored_data *data, struct arena *a, struct diag *d) {
        (void)folder;
        (void)data;
        (void)a;
        return impossible(d);
}

int data_store_lock(const char *folder, struct arena *a, int *ret_lock, struct diag *d) {
        (void)folder;
        (void)a;
        *ret_lock = -1;
        return impossible(d);
}

void data_store_unlock(int lock) {
        (void)lock;
}

int data_store_keys(struct minisign_keys *ret, const char *folder, struct arena *a, struct diag *d) {
        (void)ret;
        (void)folder;
        (void)a;
        return impossible(d);
}

int data_store_catalog(struct catalog *ret, struct str bundle, struct arena *a, struct diag *d) {
        (void)ret;
        (void)bundle;
        (void)a;
        return impossible(d);
}

int data_store_version(struct str *ret, struct str bundle, struct diag *d) {
        (void)ret;
        (void)bundle;
        return impossible(d);
}
