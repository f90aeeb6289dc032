#include "base/diag.h"

#include <stdio.h>
#include <string.h>

static void set_text(struct diag *d, enum diag_class class, const char *format, va_list args) {
        if (d->text[0])
                return;
        d->class = class;
        (void)vsnprintf(d->text, sizeof(d->text), format, args);
}

/* The names stand in parentheses because the static analyzer knows them as macros, too (diag.h). */
int (diag_fail)(struct diag *d, const char *format, ...) {
        va_list args;

        va_start(args, format);
        set_text(d, DIAG_FAILURE, format, args);
        va_end(args);
        return -1;
}

int (diag_fail_class)(struct diag *d, enum diag_class class, const char *format, ...) {
        va_list args;

        va_start(args, format);
        set_text(d, class, format, args);
        va_end(args);
        return -1;
}

int (diag_fail_at)(struct diag *d, const char *file, long line, const char *format, ...) {
        char message[DIAG_TEXT_MAX / 2];
        va_list args;

        va_start(args, format);
        (void)vsnprintf(message, sizeof(message), format, args);
        va_end(args);
        return diag_fail_class(d, DIAG_INPUT, "%s:%ld: %s", file, line, message);
}
