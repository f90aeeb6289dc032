/* Built without libcurl, and on Windows. */
#include "platform/fetch.h"

int fetch(const char *url, ptrdiff_t limit, struct arena *a, struct str *ret, struct diag *d) {
        (void)limit, (void)a, (void)ret;
        return diag_fail_class(d, DIAG_USAGE, "cannot fetch '%s': this program was built without libcurl; fetch it by other means, and name the file", url);
}
