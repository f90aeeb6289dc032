/* Guest OS families and releases of Azure Cloud Services: look-ups in a catalog. */
#ifndef SIDELIGHT_CLOUD_GUEST_OS_H
#define SIDELIGHT_CLOUD_GUEST_OS_H

#include "catalog/catalog.h"

/* NULL when it is not in the table. */
const struct guest_os_family *guest_os_family(const struct catalog *c, uint32_t family);
const struct guest_os_release *guest_os_release(const struct catalog *c, struct guest_os_name name);
/* The newest release of a family that was out on the day `date` ("2018-01-12"); NULL when none is known. */
const struct guest_os_release *guest_os_newest(const struct catalog *c, uint32_t family, struct str date);
/* The last release of a family in the table, or NULL. */
const struct guest_os_release *guest_os_last(const struct catalog *c, uint32_t family);
/* True when the family was no longer supported on that day. */
bool guest_os_retired(const struct guest_os_family *f, struct str date);
/* True when no setting can turn KVA shadowing on in this release of its family. */
bool guest_os_lacks_kva(const struct guest_os_family *f, struct guest_os_name name);

#endif
