/* Lets the compiler check the arguments of functions that take a printf format. */
#ifndef SIDELIGHT_BASE_PRINTF_H
#define SIDELIGHT_BASE_PRINTF_H

/* On Windows mingw-w64's C99 printf is meant (__USE_MINGW_ANSI_STDIO), not msvcrt's. */
#ifdef __MINGW32__
#define PRINTF_LIKE(format_at, arguments_at) __attribute__((format(gnu_printf, format_at, arguments_at)))
#else
#define PRINTF_LIKE(format_at, arguments_at) __attribute__((format(printf, format_at, arguments_at)))
#endif

#endif
