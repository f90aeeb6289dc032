/* Order of version numbers such as "6.1.0-56-cloud-amd64", "6.12.117", "10.0.26100.4061". */
#ifndef SIDELIGHT_BASE_VERSION_H
#define SIDELIGHT_BASE_VERSION_H

#include "base/str.h"

/* Compares the leading dotted numbers, number by number; a missing number counts as 0 ("6.1" equals "6.1.0").
 * What follows the dotted numbers ("-56-cloud-amd64", "+deb13") is not compared, but for the mark of a release candidate ("-rc1"), which
 * is older than what it is a candidate for. <0, 0, >0. */
int version_cmp(struct str a, struct str b);

/* True when the text begins with a digit, so that it can be compared. */
bool version_valid(struct str s);

#endif
