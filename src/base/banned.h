/* Functions that this project does not use, and what it uses instead. Forced into every file by the build (-include). */
#ifndef SIDELIGHT_BASE_BANNED_H
#define SIDELIGHT_BASE_BANNED_H

/* The system's own headers may name them: let those come first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* mingw-w64 has it as a macro. */
#undef popen

#pragma GCC poison strcpy strncpy strcat strncat stpcpy /* struct str, out_*, str_fmt */
#pragma GCC poison sprintf vsprintf gets                /* str_fmt, out_fmt, snprintf */
#pragma GCC poison strtok strtok_r                      /* str_cut, str_word */
#pragma GCC poison atoi atol atoll atof                 /* str_to_u64 */
#pragma GCC poison system popen                         /* no shell, ever */

#endif
