#include "fleet/store/body.h"

#include <stdlib.h>
#include <zlib.h>

#include "evidence/identity.h"

/* As fingerprints are made (evidence/fingerprint.c); text last, so that records of one name have one order. */
static int by_name(const void *a, const void *b) {
        const struct record *x = a, *y = b;
        const uint32_t xs[] = { (uint32_t)x->kind, x->cpu, x->leaf, x->subleaf };
        const uint32_t ys[] = { (uint32_t)y->kind, y->cpu, y->leaf, y->subleaf };
        int order;

        for (size_t i = 0; i < 4; i++)
                if (xs[i] != ys[i])
                        return xs[i] < ys[i] ? -1 : 1;
        order = str_cmp(x->key, y->key);
        return order ? order : str_cmp(x->text, y->text);
}

static struct record without_identity(struct arena *a, const struct record *r) {
        struct record copy = *r;

        copy.text = identity_text(a, r);
        for (unsigned i = 0; i < 4 && r->kind == RECORD_CPUID; i++)
                copy.words[i] &= identity_cpuid_mask(r->leaf, r->subleaf, i);
        return copy;
}

static void canonical(struct evidence *ret, struct arena *a, const struct evidence *e) {
        evidence_read_all(e);
        evidence_init(ret, a, e->source);
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (!identity_is_record(e->items[i].kind) || identity_decides(&e->items[i]))
                        *arena_append(a, ret) = without_identity(a, &e->items[i]);
        if (ret->count > 0)
                qsort(ret->items, (size_t)ret->count, sizeof(*ret->items), by_name);
}

void body_make(struct body *ret, struct arena *a, const struct evidence *e) {
        OUT_AUTO struct out text = { 0 };
        struct evidence c;

        canonical(&c, a, e);
        evidence_fingerprint(&c, a, ret->fingerprint);
        evidence_write(&c, &text);
        ret->text = str_dup(a, out_text(&text));
}

struct str body_pack(struct arena *a, struct str text) {
        uLongf size = compressBound((uLong)text.len);
        char *p = arena_bytes(a, (ptrdiff_t)size);

        if (compress2((Bytef *)p, &size, (const Bytef *)(text.p ? text.p : ""), (uLong)text.len, 6) != Z_OK)
                memory_ended(); /* the room is enough: nothing else is left to go wrong */
        return str_n(p, (ptrdiff_t)size);
}

int body_unpack(struct str *ret, struct arena *a, struct str packed, int64_t size, struct diag *d) {
        uLongf n = size >= 0 && size <= BODY_MAX ? (uLongf)size : 0;
        char *p = arena_bytes(a, (ptrdiff_t)n + 1);
        int code = uncompress((Bytef *)p, &n, (const Bytef *)packed.p, (uLong)packed.len);

        if (code == Z_MEM_ERROR)
                memory_ended(); /* no damage */
        if (code != Z_OK || (int64_t)n != size)
                return diag_fail_class(d, DIAG_INPUT, "the store holds evidence that is damaged");
        *ret = str_n(p, (ptrdiff_t)n);
        return 0;
}
