/* Cloud inventories on their way into a store. */
#include "base/plain.h"
#include "cloud/inventory.h"
#include "collect/import/import.h"
#include "fleet/intake/intake.h"

struct reading {
        struct intake *in;
        struct str rest;
        struct arena arena;
        struct found { struct store_resource *items; ptrdiff_t count, capacity; } found;
};

static ptrdiff_t read_some(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct reading *r = arg;
        ptrdiff_t n = r->rest.len < size ? r->rest.len : size;

        (void)d;
        if (n > 0)
                memcpy(p, r->rest.p, (size_t)n);
        r->rest = str_from(r->rest, n);
        return n;
}

static struct str or_empty(struct reading *r, struct str text) {
        return text.len ? str_dup(&r->arena, plain(&r->arena, text)) : S("");
}

static struct str provider_of(struct str id) {
        if (str_starts(id, S("/subscriptions/")))
                return S("azure");
        return str_starts(id, S("arn:")) || str_starts(id, S("i-")) ? S("aws") : S("");
}

static void take(void *arg, const struct resource *resource) {
        struct reading *r = arg;

        *arena_append(&r->arena, &r->found) = (struct store_resource){
                .tenant = r->in->tenant, .time = r->in->now, .name = or_empty(r, resource->id.len ? resource->id : resource->name),
                .title = or_empty(r, resource->name.len ? resource->name : resource->id), .type = or_empty(r, resource->type),
                .offering = or_empty(r, resource_offering(resource)), .provider = provider_of(resource->id),
                .os = or_empty(r, resource_os_word(resource->os)) };
}

/* Other tools' reports are JSON, too: theirs come first. */
static bool may_be_one(struct intake *in, struct str name, struct str text) {
        struct str begin = str_trim(str_sub(text, 0, 64));
        struct import_machines all = { 0 };
        struct diag ignored = { 0 };

        if (begin.len == 0 || (begin.p[0] != '{' && begin.p[0] != '['))
                return false;
        return import_machines(&all, &in->scratch, name, in->catalog, text, &ignored) == IMPORT_UNKNOWN;
}

int intake_inventory(struct intake *in, struct str name, struct str text, struct diag *d) {
        struct reading r = { .in = in, .rest = text };
        struct inventory inv = { .seen.key = in->store->known.key, .catalog = in->catalog, .resource = take, .arg = &r };
        struct diag ignored = { 0 };
        int status = 0;

        if (!may_be_one(in, name, text))
                return 0;
        if (inventory_read(&inv, str_to_c(&in->scratch, name), read_some, &r, &ignored) == 0 && r.found.count > 0) {
                status = 1;
                for (ptrdiff_t i = 0; i < r.found.count && status > 0; i++)
                        if (r.found.items[i].name.len > 0 && store_put_resource(in->store, &r.found.items[i], d) < 0)
                                status = -1;
                in->resources += r.found.count;
        }
        inventory_free(&inv);
        arena_free(&r.arena);
        return status;
}
