/* Where libmicrohttpd is not there: on Windows, and in builds without it. */
#include "fleet/http.h"

int http_serve(const struct http_options *o, const struct http_user *user, void (*ready)(void *arg, unsigned port), struct diag *d) {
        (void)o, (void)user, (void)ready;
        return diag_fail_class(d, DIAG_USAGE, "this program cannot serve: it was built without libmicrohttpd");
}
