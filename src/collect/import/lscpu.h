/* Names and values in lscpu's words, also where other tools (ohai) took them over. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_LSCPU_H
#define SIDELIGHT_COLLECT_IMPORT_LSCPU_H

#include "collect/import/parts.h"

/* One field; `in_section`: below a heading of its own, where flaws stand without the word "Vulnerability". */
void lscpu_field(struct import *im, struct import_host *h, struct str label, struct str value, bool in_section);
/* After the last. */
void lscpu_done(struct import *im, struct import_host *h);

#endif
