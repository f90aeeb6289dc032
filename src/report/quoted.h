/* Facts that a finding or an action rests on, as every JSON format has them. */
#ifndef SIDELIGHT_REPORT_QUOTED_H
#define SIDELIGHT_REPORT_QUOTED_H

#include "base/json.h"
#include "verdict/verdict.h"

/* "KEY": [{"fact": …, "value": …, "source": …}] */
void quoted_facts(struct json *j, const char *key, const struct quoted_fact *f, uint32_t count);

#endif
