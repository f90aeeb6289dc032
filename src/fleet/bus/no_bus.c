/* A build without libnats: there is no bus, and whoever names one is told so. */
#include "fleet/bus/bus.h"

int bus_open(struct bus **ret, const char *addresses, struct diag *d) {
        (void)addresses;
        *ret = NULL;
        return diag_fail_class(d, DIAG_USAGE, "this sidelight was built without NATS: it knows no --bus");
}

void bus_close(struct bus *b) {
        (void)b;
}

ptrdiff_t bus_message_max(const struct bus *b) {
        (void)b;
        return 0;
}

int bus_publish(struct bus *b, const struct bus_message *messages, ptrdiff_t count, struct diag *d) {
        (void)b, (void)messages, (void)count;
        return diag_fail(d, "there is no bus");
}

ptrdiff_t bus_take(struct bus *b, struct bus_taken *ret, ptrdiff_t max, int wait_ms) {
        (void)b, (void)ret, (void)max, (void)wait_ms;
        return 0;
}

void bus_done(struct bus *b, struct bus_taken *m) {
        (void)b, (void)m;
}

void bus_later(struct bus *b, struct bus_taken *m, int seconds) {
        (void)b, (void)m, (void)seconds;
}

void bus_hold(struct bus *b, struct bus_taken *m) {
        (void)b, (void)m;
}

void bus_flush(struct bus *b) {
        (void)b;
}
