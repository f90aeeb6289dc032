#include "fleet/intake/judge_words.h"

#include "plan/summary.h"

enum { FIELD_END = '\x1f', DIGEST = 65, DIGESTS_FIRST = 1024, DIGESTS_MAX = 1 << 17 };

/* ---- Digests ---- */

void told_add(struct sha256 *h, struct str text) {
        unsigned char length[8];

        for (int i = 0; i < 8; i++)
                length[i] = (unsigned char)((uint64_t)text.len >> (8 * i));
        sha256_add(h, str_n((const char *)length, 8));
        sha256_add(h, text);
}

struct str told_end_digest(struct sha256 *h, struct arena *a) {
        char *hex = arena_bytes(a, DIGEST);

        sha256_hex(h, hex);
        return str_n(hex, DIGEST - 1);
}

static struct digest_slot *place_of(struct digest_slot *slots, ptrdiff_t size, struct hash128 hash) {
        ptrdiff_t at = (ptrdiff_t)(hash.low & (uint64_t)(size - 1));

        while (slots[at].digest.p && (slots[at].hash.low != hash.low || slots[at].hash.high != hash.high))
                at = (at + 1) & (size - 1);
        return &slots[at];
}

/* Room for one more; what was known is forgotten where it is too much. */
static void make_room(struct digests *t) {
        struct digest_slot *old = t->slots;
        ptrdiff_t size = t->size;

        if (2 * t->count < size)
                return;
        if (size == DIGESTS_MAX) {
                arena_reset(&t->arena);
                t->count = 0;
                t->slots = arena_array(&t->arena, struct digest_slot, size);
                return;
        }
        t->size = size ? 2 * size : DIGESTS_FIRST;
        t->slots = arena_array(&t->arena, struct digest_slot, t->size);
        for (ptrdiff_t i = 0; i < size; i++)
                if (old[i].digest.p)
                        *place_of(t->slots, t->size, old[i].hash) = old[i];
}

/* Over the flaw and all that is kept of the finding: of the same text it is made once. */
static struct str digest_of(struct digests *t, struct str flaw, struct str text, const struct str *fields) {
        struct hash128 hash = siphash(t->key, flaw);
        struct digest_slot *slot;
        struct sha256 h;

        hash = siphash((struct hash128){ hash.low ^ t->key.high, hash.high }, text);
        make_room(t);
        slot = place_of(t->slots, t->size, hash);
        if (slot->digest.p)
                return slot->digest;
        sha256_init(&h);
        told_add(&h, flaw);
        for (int i = 0; i < TOLD; i++)
                told_add(&h, fields[i]);
        *slot = (struct digest_slot){ .hash = hash, .digest = told_end_digest(&h, &t->arena) };
        t->count++;
        return slot->digest;
}

void digests_free(struct digests *t) {
        arena_free(&t->arena);
}

/* ---- Told ---- */

static void add_field(struct out *o, struct str text) {
        ptrdiff_t begin = o->len, at;

        out_str(o, text);
        while ((at = str_find_char(str_from(out_text(o), begin), FIELD_END)) >= 0) {
                begin += at;
                o->p[begin] = ' ';
        }
        out_char(o, FIELD_END);
}

static void list_words(struct out *o, struct texts l) {
        for (uint32_t i = 0; i < l.count; i++) {
                out_c(o, i ? " " : "");
                out_str(o, T_AT(l, i));
        }
}

static void boundary_words(struct out *o, boundary_set set) {
        bool first = true;

        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (set & 1 << b) {
                        out_c(o, first ? "" : " ");
                        out_str(o, boundary_word((enum boundary)b));
                        first = false;
                }
}

/* Whose job it is hangs on where the machine runs, too. */
static void tell_finding(struct out *o, const struct verdict *v, struct finding *f) {
        OUT_AUTO struct out boundaries = { 0 }, fixes = { 0 };
        struct str fields[TOLD], who;

        v->facts->seen->set = f->facets | v->machine.guest_facets;
        who = summary_who(v, f);
        f->facets = v->facts->seen->set;
        boundary_words(&boundaries, f->boundaries);
        list_words(&fixes, f->fixes);
        fields[TOLD_STATUS] = status_word(f->status);
        fields[TOLD_OWNER] = layer_word(f->owner);
        fields[TOLD_WHO] = who;
        fields[TOLD_RULE] = f->rule ? T(f->rule->id) : S("");
        fields[TOLD_REASON] = f->reason;
        fields[TOLD_BOUNDARIES] = out_text(&boundaries);
        fields[TOLD_FIXES] = out_text(&fixes);
        fields[TOLD_ASK] = f->ask;
        fields[TOLD_AT_STAKE] = f->at_stake ? S("1") : S("0");
        for (int i = 0; i < TOLD; i++)
                add_field(o, fields[i]);
}

/* "Linux", of "Linux 6.1.0". */
static struct str system_of(struct str os) {
        ptrdiff_t blank = str_find_char(os, ' ');

        return blank < 0 ? os : str_sub(os, 0, blank);
}

static void tell_machine(struct out *o, const struct verdict *v) {
        const struct machine *m = &v->machine;
        const struct str fields[MACHINE_FIELDS] = { m->processor, m->cpu, m->os, system_of(m->os), m->arch, m->cloud, m->where, m->microcode };

        for (int i = 0; i < MACHINE_FIELDS; i++)
                add_field(o, fields[i]);
}

const struct bulk_teller told_teller = { tell_finding, tell_machine };

/* ---- Read ---- */

void told_read_fields(struct str text, struct str *fields, int count) {
        for (int i = 0; i < count; i++)
                if (!str_cut(&text, FIELD_END, &fields[i]))
                        fields[i] = S("");
}

void told_read_finding(struct told_finding *ret, struct digests *t, struct arena *a, struct str flaw, struct str text) {
        told_read_fields(text, ret->fields, TOLD);
        ret->digest = str_dup(a, digest_of(t, flaw, text, ret->fields));
}
