#include "platform/library.h"

#include <dlfcn.h>
#include <string.h>

/* A pointer to a function is stored as bytes: C has no other way from dlsym's object pointer. */
int library_open(const struct library *l, void *ret, const char *what, struct diag *d) {
        void *opened = dlopen(l->file, RTLD_NOW | RTLD_LOCAL);
        unsigned char *at = ret;

        if (!opened)
                return diag_fail(d, "%s: it takes %s (Debian package %s): %s", what, l->file, l->package, dlerror());
        for (const char *const *name = l->functions; *name; name++, at += sizeof(void *)) {
                void *function = dlsym(opened, *name);

                if (!function)
                        return diag_fail_class(d, DIAG_USAGE, "%s: it takes a newer %s (Debian package %s): this one has no %s", what, l->file,
                                               l->package, *name);
                memcpy(at, &function, sizeof(function));
        }
        return 0;
}
