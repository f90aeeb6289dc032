/* What tells a machine from another one of its name, without telling who it is. */
#ifndef SIDELIGHT_FLEET_IDENT_H
#define SIDELIGHT_FLEET_IDENT_H

#include "base/arena.h"
#include "base/str.h"

/* Of the text of /etc/machine-id: 16 hexadecimal digits of HMAC-SHA256 keyed with the id, as machine-id(5) asks of programs that show something of
 * it to others: the id does not follow from them, nor what another program made of it. False when there is no id in it. */
bool ident_make(struct arena *a, struct str machine_id, struct str *ret);

#endif
