/* Where libmicrohttpd is not there: on Windows, and in builds without it. No call ever comes in. */
#include "fleet/http/http.h"

int http_serve(const struct http_options *o, const struct http_user *user, bool (*ready)(void *arg, unsigned port), struct diag *d) {
        (void)o, (void)user, (void)ready;
        return diag_fail_class(d, DIAG_USAGE, "this program cannot serve: it was built without libmicrohttpd");
}

uint64_t http_count(const struct http_call *call, enum http_count which) {
        (void)call, (void)which;
        return 0;
}

uint32_t http_waiting(const struct http_call *call) {
        (void)call;
        return 0;
}

bool http_refuse(struct http_call *call, unsigned status, const char *format, ...) {
        (void)format;
        call->status = status;
        return false;
}
