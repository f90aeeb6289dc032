#include "platform/replace.h"

int replace_file(const char *path, struct str text, struct arena *a, struct diag *d) {
        struct replacement r;

        if (replace_begin(&r, a, path, d) < 0)
                return -1;
        (void)replace_write(&r, text.p, text.len);
        return replace_commit(&r, d);
}
