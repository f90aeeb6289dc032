/* Data that came after the program: signed bundles (compiler/bundle.h), accepted by `sidelight data update`, kept beside what was built in. What is
 * kept is one file, the signature's four lines and then the bundle, so that both change in one step. */
#ifndef SIDELIGHT_CLI_DATA_STORE_H
#define SIDELIGHT_CLI_DATA_STORE_H

#include "cli/cli.h"
#include "platform/minisign.h"

#define DATA_STORE_PLACE "/var/lib/sidelight/data"
#define DATA_STORE_KEYS "/etc/sidelight/keys"

struct stored_data {
        struct str signature, bundle;
};

enum { DATA_STORE_EMPTY = 1 };

/* What is kept in the folder; DATA_STORE_EMPTY when nothing is. -1 when it cannot be read, or when others than root and who runs the
 * program could have written it. */
int data_store_read(struct stored_data *ret, const char *folder, struct arena *a, struct diag *d);
/* Keeps it in place of what is there; makes the folder. It is on the disk when this returns 0; after -1 nothing has changed. */
int data_store_write(const char *folder, const struct stored_data *data, struct arena *a, struct diag *d);
/* One program at a time may look and then write: held until data_store_unlock. */
int data_store_lock(const char *folder, struct arena *a, int *ret_lock, struct diag *d);
void data_store_unlock(int lock);
/* Every *.pub file of the folder; none when there is no folder. -1 when one is no key, or when others could have written it. */
int data_store_keys(struct minisign_keys *ret, const char *folder, struct arena *a, struct diag *d);

/* The bundle as a catalog, in `a`. */
int data_store_catalog(struct catalog *ret, struct str bundle, struct arena *a, struct diag *d);
/* Its version, by its head alone. */
int data_store_version(struct str *ret, struct str bundle, struct diag *d);

#endif
