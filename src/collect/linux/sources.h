/* What is read: every file and directory, one row each. */
#ifndef SIDELIGHT_COLLECT_LINUX_SOURCES_H
#define SIDELIGHT_COLLECT_LINUX_SOURCES_H

#include "collect/linux/reader.h"
#include "collect/linux/redact.h"

struct source {
        const char *path;       /* with a slash at its end: a directory, whose names are recorded one a line */
        const char *otherwise;  /* read instead when the first is absent */
        bool exists;            /* that it is there is all there is to say: recorded as an empty file */
        ptrdiff_t limit;        /* 0: SMALL_FILE */
        reader_filter filter;   /* NULL: verbatim */
        redaction redacted;     /* after `filter`, with --redact */
        bool signs;             /* only what signs of where it runs look for is kept: the rest names this machine */
        bool seldom;            /* seldom asked for: where only verdicts are asked for, it is read when a rule does */
        bool personal;          /* no rule reads it, and anything may stand in it: left out with --redact and where only verdicts are asked for */
};

extern const struct source linux_sources[];
extern const size_t linux_source_count;

#endif
