/* A store in one file, and back: the file is a store in SQLite, whatever engine keeps the store, so that a backup of the one is restored into
 * the other, and can be looked into by itself. */
#ifndef SIDELIGHT_FLEET_BACKUP_H
#define SIDELIGHT_FLEET_BACKUP_H

#include "fleet/store/store.h"

/* As it is at one moment, while others write. DIAG_USAGE when the file is there already. */
int store_backup(struct store *s, struct str file, struct diag *d);
/* The store becomes what the backup holds, and the audit log of each tenant has a line of it, or, after a failure, it stays as it
 * is. DIAG_INPUT when the file is damaged or no store. */
int store_restore(struct store *s, struct str file, int64_t now, struct str who, struct diag *d);

#endif
