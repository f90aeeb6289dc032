/* The evidence file: any bytes are refused with a message or read; what was read is written and read back the same. */
#include "base/arena.h"
#include "base/out.h"
#include "evidence/evidence.h"
#include "fuzz.h"

/* Numbers may be spelt otherwise the second time ("7.0" is written "00000007.0"): there the values count. */
static bool spelt_freely(enum record_kind kind) {
        return kind == RECORD_CPUID || kind == RECORD_MSR || kind == RECORD_IDREG || kind == RECORD_NT ||
               kind == RECORD_REGISTRY;
}

static bool same_record(const struct record *a, const struct record *b) {
        return a->kind == b->kind && a->state == b->state && str_eq(a->key, b->key) &&
               (spelt_freely(a->kind) || str_eq(a->text, b->text)) &&
               a->cpu == b->cpu && a->leaf == b->leaf && a->subleaf == b->subleaf && a->value == b->value &&
               a->word_count == b->word_count && memcmp(a->words, b->words, sizeof(a->words)) == 0;
}

static void check_round_trip(const struct evidence *e, struct arena *a) {
        OUT_AUTO struct out o = { 0 };
        struct evidence again;
        struct diag d = { 0 };

        evidence_write(e, &o);
        FUZZ_PROMISE(evidence_parse(&again, a, S("again"), out_text(&o), &d) == 0);
        FUZZ_PROMISE(again.count == e->count);
        for (ptrdiff_t i = 0; i < e->count; i++)
                FUZZ_PROMISE(same_record(&e->items[i], &again.items[i]));
}

/* Order, meta records and the like do not matter to the fingerprint; that it does not crash does. */
static void check_fingerprint(const struct evidence *e, struct arena *a) {
        char hex[65];

        evidence_fingerprint(e, a, hex);
        FUZZ_PROMISE(strlen(hex) == 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = str_n((const char *)data, (ptrdiff_t)size);
        struct evidence e;
        struct diag d = { 0 };

        if (evidence_parse(&e, &a, S("fuzz"), text, &d) == 0) {
                check_round_trip(&e, &a);
                check_fingerprint(&e, &a);
        } else {
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
        }
        return 0;
}
