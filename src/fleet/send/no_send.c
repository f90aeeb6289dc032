/* Where libcurl is not there: on Windows, and in builds without it. */
#include "fleet/send/send.h"

int send_reports(const struct send_options *o, struct send_report *reports, ptrdiff_t count, struct send_counts *counts, struct diag *d) {
        (void)reports, (void)count, (void)counts;
        return diag_fail_class(d, DIAG_USAGE, "this program cannot send: it was built without libcurl; curl --data-binary @FILE %s/v1/evidence can",
                               o->url);
}
