#include "fleet/bus/bus_store.h"

#include "fleet/bus/bus_message.h"

int bus_commit(struct bus *b, struct store *s, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct bus_pieces pieces = { 0 };
        struct bus_message *messages;

        if (store_is_same(s, d) < 0 || store_settle(s, d) < 0)
                return -1;
        if (!bus_message_write(&pieces, &a, s, bus_message_max(b)))
                return store_commit(s, d);
        messages = arena_array(&a, struct bus_message, pieces.count + 1);
        for (ptrdiff_t i = 0; i < pieces.count; i++)
                messages[i] = (struct bus_message){ .subject = BUS_REPORTS, .bytes = pieces.items[i] };
        if (bus_publish(b, messages, pieces.count, d) < 0)
                return -1;
        store_forget(s);
        return 0;
}
