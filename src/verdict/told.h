/* Texts of the data with this machine's values. Private to verdict/. */
#ifndef SIDELIGHT_VERDICT_TOLD_H
#define SIDELIGHT_VERDICT_TOLD_H

#include "facts/facts.h"

/* "… {17} …" with the facts' values put in; a value that is not known is left out with its braces. The compiler of the data made
 * numbers of the names, and sees to it that only " ({…})" can be unknown. */
struct str told(struct facts *f, struct str text);

#endif
