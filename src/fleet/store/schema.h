/* The tables of a store, and the way from each older version to this one. */
#ifndef SIDELIGHT_FLEET_SCHEMA_H
#define SIDELIGHT_FLEET_SCHEMA_H

#include "fleet/store/db.h"

/* How many versions there are: the number of the newest. */
extern const int schema_version;

/* Brings the store to version `to` (schema_version, but in tests). An empty database has version 0. -1 (DIAG_INPUT) when the store is of
 * a newer version than this program knows. */
int schema_upgrade(struct db *db, int to, struct diag *d);
/* The version that it has. */
int schema_read_version(struct db *db, int *ret, struct diag *d);

#endif
