/* Calendar days as text, "2018-01-12" (ISO 8601, Gregorian): as texts they are in order of time. */
#ifndef SIDELIGHT_BASE_DATE_H
#define SIDELIGHT_BASE_DATE_H

#include "base/str.h"

/* True for a day that there is: ten characters, a month of the year, a day of that month. */
bool date_valid(struct str s);
/* Days from 1970-01-01 (before it: negative); false when there is no such day. */
bool date_days(struct str s, int32_t *ret);

/* True for a day, or a day and a time of it in UTC ("2018-01-12T23:59:59Z"). */
bool date_is_moment(struct str s);

/* What of it is one: all of it, or its first ten characters; empty when neither is. */
struct str date_moment(struct str s);
/* Such a moment as seconds since 1970 began; a day counts from its beginning. False when it is none. */
bool date_seconds(struct str moment, int64_t *ret);
/* The other way round: twenty characters and a NUL; of the years 1970 to 9999, and the nearest of these for others. */
void date_of_seconds(int64_t seconds, char ret[21]);

/* Whether more than half a year lies between `list`, a day or a month ("2023-09", which ends with its last day), and `day`; false when
 * one of them is no date. */
bool date_stale(struct str list, struct str day);

#endif
