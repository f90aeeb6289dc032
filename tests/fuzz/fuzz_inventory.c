/* Inventories: any bytes are refused with a message or read; how they come in, at once or in pieces, makes no difference. */
#include "cloud/inventory.h"
#include "fuzz.h"

struct input {
        struct str rest;
        ptrdiff_t chunk;
        struct hash128 told; /* of all that was told */
};

static ptrdiff_t read_input(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct input *in = arg;
        ptrdiff_t n = in->rest.len < in->chunk ? in->rest.len : in->chunk;

        (void)d;
        n = n < size ? n : size;
        if (n > 0)
                memcpy(p, in->rest.p, (size_t)n);
        in->rest = str_from(in->rest, n);
        return n;
}

static void on_resource(void *arg, const struct resource *r) {
        struct input *in = arg;

        FUZZ_PROMISE(resource_offering(r).len > 0 && r->os != OS_ANY);
        in->told = siphash(in->told, r->id);
        in->told = siphash(in->told, r->type);
        in->told = siphash(in->told, resource_offering(r));
}

/* 0 or -1, and what was told. */
static int read_all(struct str text, ptrdiff_t chunk, struct hash128 *ret_told, struct diag *d) {
        struct input in = { .rest = text, .chunk = chunk };
        struct inventory inv = { .catalog = &catalog_builtin, .resource = on_resource, .arg = &in };
        int result = inventory_read(&inv, "fuzz", read_input, &in, d);

        *ret_told = in.told;
        inventory_free(&inv);
        return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str text = str_n((const char *)data, (ptrdiff_t)size);
        struct diag whole = { 0 }, pieces = { 0 };
        struct hash128 told, again;
        int result = read_all(text, (ptrdiff_t)size + 1, &told, &whole);

        FUZZ_PROMISE(result == 0 || (whole.text[0] && whole.class == DIAG_INPUT));
        FUZZ_PROMISE(read_all(text, 7, &again, &pieces) == result);
        FUZZ_PROMISE(told.low == again.low && told.high == again.high);
        FUZZ_PROMISE(strcmp(whole.text, pieces.text) == 0);
        return 0;
}
