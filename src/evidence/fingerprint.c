/* What like machines have in common, as one number. */
#include <stdlib.h>

#include "base/sha256.h"
#include "evidence/identity.h"

static int by_name(const void *a, const void *b) {
        const struct record *x = *(const struct record *const *)a, *y = *(const struct record *const *)b;
        const uint32_t xs[] = { (uint32_t)x->kind, x->cpu, x->leaf, x->subleaf };
        const uint32_t ys[] = { (uint32_t)y->kind, y->cpu, y->leaf, y->subleaf };

        for (size_t i = 0; i < 4; i++)
                if (xs[i] != ys[i])
                        return xs[i] < ys[i] ? -1 : 1;
        return str_cmp(x->key, y->key);
}

static uint64_t word_of(const struct record *r, unsigned i) {
        return r->kind == RECORD_CPUID ? r->words[i] & identity_cpuid_mask(r->leaf, r->subleaf, i) : r->words[i];
}

static void add_record(struct sha256 *h, struct arena *scratch, const struct record *r) {
        const uint64_t numbers[] = { (uint64_t)r->kind, (uint64_t)r->state, r->cpu, r->leaf, r->subleaf, r->word_count,
                                     word_of(r, 0), word_of(r, 1), word_of(r, 2), word_of(r, 3), r->value,
                                     (uint64_t)r->key.len, r->known[0] | r->unknown << 32, r->known[1] | r->unknown >> 32 << 32 };
        struct arena_mark mark = arena_mark(scratch);
        char bytes[sizeof(numbers)];

        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (char)(numbers[i / 8] >> (8 * (i % 8)));
        sha256_add(h, str_n(bytes, (ptrdiff_t)sizeof(bytes)));
        sha256_add(h, r->key);
        if (r->kind != RECORD_CPUID && r->kind != RECORD_MSR && r->kind != RECORD_NT && r->kind != RECORD_IDREG)
                sha256_add(h, identity_text(scratch, r)); /* the numbers of those say it all, wherever they came from */
        sha256_add(h, S("\n--\n"));
        arena_release(scratch, mark);
}

void evidence_fingerprint(const struct evidence *e, struct arena *scratch, char ret_hex[65]) {
        struct arena_mark mark = arena_mark(scratch);
        const struct record **order = arena_array(scratch, const struct record *, e->count + 1);
        size_t n = 0;
        struct sha256 h;

        for (ptrdiff_t i = 0; i < e->count; i++)
                if (!identity_is_record(e->items[i].kind) || identity_decides(&e->items[i]))
                        order[n++] = &e->items[i];
        qsort(order, n, sizeof(*order), by_name);
        sha256_init(&h);
        for (size_t i = 0; i < n; i++)
                add_record(&h, scratch, order[i]);
        sha256_hex(&h, ret_hex);
        arena_release(scratch, mark);
}
