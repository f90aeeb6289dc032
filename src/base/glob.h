/* Patterns of file names: '*' stands for any text, '?' for one character. */
#ifndef SIDELIGHT_BASE_GLOB_H
#define SIDELIGHT_BASE_GLOB_H

#include "base/str.h"

/* The whole text fits. */
bool glob_fits_any_case(struct str pattern, struct str text);
/* The same of paths: neither stands for '/', and letters' case counts. */
bool glob_fits_path(struct str pattern, struct str path);

#endif
