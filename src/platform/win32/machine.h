/* The running Windows, as fix needs to know it. */
#ifndef SIDELIGHT_PLATFORM_WIN32_MACHINE_H
#define SIDELIGHT_PLATFORM_WIN32_MACHINE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* "C:/ProgramData", as Windows tells it, not the environment; NULL when it does not. */
const char *machine_program_data(struct arena *a);
/* This program runs with an administrator's rights. */
bool machine_is_administrator(void);
/* The present start: when it began, by a clock that is not set. Fast startup continues the start before it. Empty when it cannot be told. */
struct str machine_boot(struct arena *a);

#endif
