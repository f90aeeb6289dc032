/* Exit codes, all of them: of results, which scripts act on, and of failures (sysexits.h). Monitoring plugins have their own
 * (report/nagios.c). */
#ifndef SIDELIGHT_BASE_EXIT_H
#define SIDELIGHT_BASE_EXIT_H

enum exit_result {
        EXIT_CLEAN = 0,   /* nothing to do */
        EXIT_DIFFERS = 1, /* two sides are not the same */
        EXIT_OPEN = 2,    /* something is open, or wrong */
        EXIT_UNKNOWN = 3, /* something is not known, or may be wrong, or waits for others */
};

/* X(name, number, what it means to a person) */
#define EXIT_FAILURES(X)                                                    \
        X(USAGE, 64, "the command line is wrong")                           \
        X(INPUT, 65, "an input is not what it should be")                   \
        X(NO_INPUT, 66, "an input cannot be opened")                        \
        X(FAILED, 70, "something here did not work")

enum exit_failure {
#define X(name, number, title) EXIT_##name = (number),
        EXIT_FAILURES(X)
#undef X
};

#endif
