#include "fleet/bulk.h"

#include "base/plain.h"
#include "evidence/identity.h"
#include "evidence/places.h"
#include "verdict/machine.h"

/* What is kept begins small, and grows only while it is of use: a heap of files that are all unlike does not fill memory. */
enum { KINDS = 8192, KEPT_FIRST = 24 << 20, KEPT_MAX = 96 << 20 };

struct bulk_kind {
        uint64_t hash;
        struct str canonical; /* NULL: a free place */
        ptrdiff_t tail, tail_len; /* where its report stands in `tails` */
        enum exit_result exit;
};

/* ---- What two machines have in common --------------------------------------------------------------------------------- */

enum inside { INSIDE_OTHER, INSIDE_CPUINFO, INSIDE_CMDLINE };

struct canonical {
        char *p;
        ptrdiff_t len;
        struct str name;
        enum inside inside;
};

static void keep(struct canonical *c, struct str s) {
        memcpy(c->p + c->len, s.p, (size_t)s.len);
        c->len += s.len;
}

/* Of a word of eight hexadecimal digits, those of which the mask has no bit become 0. */
static void keep_masked(struct canonical *c, struct str word, uint32_t mask) {
        keep(c, S(" "));
        keep(c, word);
        for (ptrdiff_t i = 0; i < word.len && word.len == 8; i++)
                if (!(mask >> (28 - 4 * i) & 15))
                        c->p[c->len - 8 + i] = '0';
}

/* Without APIC ids and the like. */
static void keep_cpuid(struct canonical *c, struct str line) {
        struct str word, rest = line, leaf = S("");
        uint64_t number, subleaf;
        bool whole = true;

        for (int i = 0; i < 4; i++) /* "--", "cpuid", CPU, LEAF.SUBLEAF */
                (void)str_word(&rest, &leaf);
        if (str_cut(&leaf, '.', &word) && str_hex_to_u64(word, &number) && str_hex_to_u64(leaf, &subleaf))
                for (unsigned i = 0; i < 4; i++)
                        whole = whole && identity_cpuid_mask((uint32_t)number, (uint32_t)subleaf, i) == UINT32_MAX;
        if (whole) {
                keep(c, line);
                return;
        }
        keep(c, str_n(line.p, rest.p - line.p));
        for (unsigned i = 0; i < 4 && str_word(&rest, &word); i++)
                keep_masked(c, word, identity_cpuid_mask((uint32_t)number, (uint32_t)subleaf, i));
        keep(c, rest);
}

/* Of a record that names the machine its kind stays, so that what follows it is still seen to follow it. */
static void keep_record(struct canonical *c, struct str line) {
        static const struct str host = STR("-- identity hostname "), identity = STR("-- identity "), captured = STR("-- meta captured ");

        c->inside = str_eq(line, S("-- file " PLACE_CPUINFO)) ? INSIDE_CPUINFO
                    : str_eq(line, S("-- file " PLACE_CMDLINE)) ? INSIDE_CMDLINE : INSIDE_OTHER;
        if (str_starts(line, host) && c->name.len == 0)
                c->name = str_trim(str_from(line, host.len));
        if (str_starts(line, identity))
                line = identity;
        else if (str_starts(line, captured))
                line = captured;
        if (str_starts(line, S("-- cpuid ")))
                keep_cpuid(c, line);
        else
                keep(c, line);
}

struct str bulk_canonical(struct arena *a, struct str text, struct str *ret_name) {
        struct canonical c = { .p = arena_bytes(a, text.len + 1) };
        ptrdiff_t from = 0;

        while (from < text.len) {
                const char *newline = memchr(text.p + from, '\n', (size_t)(text.len - from));
                struct str line = str_n(text.p + from, newline ? newline - text.p - from : text.len - from);

                if (line.len > 2 && line.p[0] == '-' && line.p[1] == '-')
                        keep_record(&c, line);
                else if (c.inside == INSIDE_CMDLINE)
                        c.len += identity_cut_cmdline(c.p + c.len, line);
                else if (c.inside == INSIDE_CPUINFO)
                        c.len += identity_cut_cpuinfo(c.p + c.len, line);
                else
                        keep(&c, line);
                if (newline)
                        keep(&c, S("\n"));
                from += line.len + 1;
        }
        *ret_name = c.name;
        return str_n(c.p, c.len);
}

static uint64_t mix(uint64_t h, uint64_t word) {
        h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
        return h ^ h >> 32;
}

/* Only for the table: what it finds is compared byte for byte. Four lanes, which the processor works on side by side. */
static uint64_t hash_of(struct str s) {
        enum { LANES = 4 };
        uint64_t lanes[LANES] = { (uint64_t)s.len, 1, 2, 3 }, words[LANES] = { 0 };
        ptrdiff_t i = 0;

        for (; i + (ptrdiff_t)sizeof(words) <= s.len; i += (ptrdiff_t)sizeof(words)) {
                memcpy(words, s.p + i, sizeof(words));
                for (int k = 0; k < LANES; k++)
                        lanes[k] = mix(lanes[k], words[k]);
        }
        for (; i < s.len; i++)
                lanes[0] = mix(lanes[0], (unsigned char)s.p[i]);
        return mix(mix(lanes[0], lanes[1]), mix(lanes[2], lanes[3]));
}

/* ---- The table ---------------------------------------------------------------------------------------------------------- */

/* The place of this kind, or the free one where it belongs. */
static struct bulk_kind *place(struct bulk *b, struct str canonical, uint64_t hash) {
        uint32_t at = (uint32_t)hash & (KINDS - 1);

        if (!b->kinds)
                b->kinds = arena_array(&b->kept, struct bulk_kind, KINDS);
        while (b->kinds[at].canonical.p &&
               (b->kinds[at].hash != hash || !str_eq(b->kinds[at].canonical, canonical)))
                at = (at + 1) & (KINDS - 1);
        return &b->kinds[at];
}

static void forget(struct bulk *b) {
        if (b->hits > b->count && b->kept_limit < KEPT_MAX)
                b->kept_limit *= 2;
        arena_reset(&b->kept);
        b->kinds = NULL;
        b->count = 0;
        b->hits = 0;
        b->kept_bytes = 0;
        b->tails.len = 0;
}

static void forget_when_full(struct bulk *b) {
        if (!b->kept_limit)
                b->kept_limit = KEPT_FIRST;
        if (b->count >= KINDS / 2 || b->kept_bytes + b->tails.len > b->kept_limit)
                forget(b);
}

static struct bulk_kind *remember(struct bulk *b, struct bulk_kind kind) {
        struct bulk_kind *k = place(b, kind.canonical, kind.hash);

        kind.canonical = str_dup(&b->kept, kind.canonical);
        b->kept_bytes += kind.canonical.len;
        b->count++;
        *k = kind;
        return k;
}

static int judge(struct bulk *b, struct str source, struct str text, struct bulk_kind *kind, struct diag *d) {
        struct json j = { .out = &b->tails, .depth = 2, .need_comma = true };
        struct evidence e;
        struct verdict r;

        if (evidence_parse(&e, &b->arena, source, text, d) < 0)
                return -1;
        if (!evidence_tells(&e, false))
                return diag_fail_class(d, DIAG_INPUT, EVIDENCE_NOTHING, STR_ARG(source));
        verdict_judge(&r, &b->arena, b->catalog, &e, b->options);
        kind->tail = b->tails.len;
        report_json_tail(&j, &r, b->style);
        kind->tail_len = b->tails.len - kind->tail;
        kind->exit = summary_exit(&r, b->style->fail_on);
        return 0;
}

int bulk_judge(struct bulk *b, struct str source, struct str text, struct out *o, enum exit_result *ret, struct diag *d) {
        struct str name, canonical = bulk_canonical(&b->arena, text, &name);
        struct bulk_kind fresh = { .canonical = canonical, .hash = hash_of(canonical) };
        const struct bulk_kind *k = place(b, canonical, fresh.hash);
        struct json j = { .out = o };

        if (!k->canonical.p) {
                forget_when_full(b);
                if (judge(b, source, text, &fresh, d) < 0)
                        return -1;
                k = remember(b, fresh);
        } else {
                b->hits++;
        }
        report_json_head(&j, plain(&b->arena, source), plain(&b->arena, machine_name(name, source)));
        out_str(o, str_n(b->tails.p + k->tail, k->tail_len));
        *ret = k->exit;
        return 0;
}

void bulk_free(struct bulk *b) {
        arena_free(&b->arena);
        arena_free(&b->kept);
        out_free(&b->tails);
}
