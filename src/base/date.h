/* Calendar days as text, "2018-01-12" (ISO 8601, Gregorian): as texts they are in order of time. */
#ifndef SIDELIGHT_BASE_DATE_H
#define SIDELIGHT_BASE_DATE_H

#include "base/str.h"

/* True for a day that there is: ten characters, a month of the year, a day of that month. */
bool date_valid(struct str s);
/* Days from 1970-01-01 (before it: negative); false when there is no such day. */
bool date_days(struct str s, int32_t *ret);

/* Whether more than half a year lies between `list`, a day or a month ("2023-09", which ends with its last day), and `day`; false when
 * one of them is no date. */
bool date_stale(struct str list, struct str day);

#endif
