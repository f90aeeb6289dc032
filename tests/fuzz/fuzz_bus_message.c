/* A message of reports: whatever stands in it, it is read or refused; what was read, written again, reads the same; and bytes that are not
 * compressed are refused. */
#include "fleet/store/body.h"
#include "fleet/bus/bus_message.h"
#include "fuzz.h"

static struct str packed(struct arena *a, struct str text) {
        return str_cat(a, str_fmt(a, "sidelight reports 1 %td\n", text.len), body_pack(a, text));
}

static bool same(struct str a, struct str b) {
        return str_eq(a, b) && !a.p == !b.p;
}

static void write_again(struct arena *a, const struct bus_content *c) {
        struct store s = { .reports = { c->reports.items, c->reports.count, 0 }, .asides = { c->asides.items, c->asides.count, 0 },
                           .resources = { c->resources.items, c->resources.count, 0 } };
        struct bus_pieces pieces = { 0 };
        struct bus_content again;
        struct diag d = { 0 };

        FUZZ_PROMISE(bus_message_write(&pieces, a, &s, 1 << 20) && pieces.count <= 1);
        if (pieces.count == 0)
                return;
        FUZZ_PROMISE(bus_message_read(&again, a, pieces.items[0], &d) == 0);
        FUZZ_PROMISE(again.reports.count == c->reports.count && again.asides.count == c->asides.count && again.resources.count == c->resources.count);
        for (ptrdiff_t i = 0; i < c->reports.count; i++) {
                const struct store_report *x = &c->reports.items[i], *y = &again.reports.items[i];

                FUZZ_PROMISE(x->tenant == y->tenant && x->time == y->time && x->redacted == y->redacted && same(x->host, y->host));
                FUZZ_PROMISE(same(x->ident, y->ident) && same(x->fingerprint, y->fingerprint) && same(x->tags, y->tags) && same(x->origin, y->origin));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = str_n((const char *)data, (ptrdiff_t)size);
        struct bus_content c;
        struct diag d = { 0 };

        if (bus_message_read(&c, &a, packed(&a, text), &d) == 0)
                write_again(&a, &c);
        else
                FUZZ_PROMISE(d.text[0] && c.reports.count == 0);
        if (size > 0 && bus_message_read(&c, &a, text, &(struct diag){ 0 }) == 0)
                write_again(&a, &c);
        return 0;
}
