#include "platform/replace.h"

#include <stdlib.h>

static struct replacement *begun;

static void tidy_up(void) {
        while (begun)
                replace_abandon(begun);
}

void replace_remember(struct replacement *r) {
        static bool registered;

        if (!registered)
                registered = atexit(tidy_up) == 0;
        r->next = begun;
        begun = r;
}

void replace_forget(const struct replacement *r) {
        struct replacement **at = &begun;

        while (*at && *at != r)
                at = &(*at)->next;
        if (*at)
                *at = r->next;
}

int replace_file(const char *path, struct str text, struct arena *a, struct diag *d) {
        struct replacement r;

        if (replace_begin(&r, a, path, d) < 0)
                return -1;
        (void)replace_write(&r, text.p, text.len);
        return replace_commit(&r, d);
}
