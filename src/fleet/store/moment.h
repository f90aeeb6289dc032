/* Moments: seconds since 1970, UTC, and how they are written. */
#ifndef SIDELIGHT_FLEET_MOMENT_H
#define SIDELIGHT_FLEET_MOMENT_H

#include "base/arena.h"
#include "base/str.h"

enum { MOMENT_DAY = 86400 };

/* "2026-11-22", its midnight; "2026-11-22T15:04:05Z", or with a blank in the middle, in UTC, or with how far ahead of it: "…05+02:00". False when it is
 * neither. */
bool moment_parse(struct str text, int64_t *ret);
/* "2026-11-22T15:04:05Z", in `a`; and the day alone. */
struct str moment_text(struct arena *a, int64_t moment);
struct str moment_day(struct arena *a, int64_t moment);

#endif
