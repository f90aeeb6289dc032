/* What Get-SpeculationControlSettings | ConvertTo-Json wrote (Microsoft's module SpeculationControl, 1.0.18 and 1.0.19), or our own
 * --format speculationcontrol-json: properties turned back into the bits that they were made from. A bit that no property tells
 * stays unread. */
#include "base/tri.h"
#include "collect/import/parts.h"

enum word { FLAGS, FLAGS2, KVA, WORD_COUNT };

struct bits {
        uint32_t words[WORD_COUNT], known[WORD_COUNT];
};

static void set(struct bits *b, enum word word, unsigned low, unsigned width, uint32_t value) {
        uint32_t mask = ((1u << width) - 1) << low;

        b->words[word] = (b->words[word] & ~mask) | (value << low & mask);
        b->known[word] |= mask;
}

/* ---- The object: one level of names and values ----------------------------------------------------------------------------- */

struct member {
        struct str name, value; /* a string's value without its quotation marks */
};

struct members {
        struct member *items;
        ptrdiff_t count, capacity;
};

static bool take(struct str *rest, char c) {
        *rest = str_trim(*rest);
        if (rest->len == 0 || rest->p[0] != c)
                return false;
        *rest = str_from(*rest, 1);
        return true;
}

/* Up to the closing quotation mark; names and values of the module hold no escapes, and those of others do not matter. */
static bool take_string(struct str *rest, struct str *ret) {
        ptrdiff_t end = 0;

        if (!take(rest, '"'))
                return false;
        while (end < rest->len && rest->p[end] != '"')
                end += rest->p[end] == '\\' ? 2 : 1;
        if (end >= rest->len)
                return false;
        *ret = str_sub(*rest, 0, end);
        *rest = str_from(*rest, end + 1);
        return true;
}

/* A number, true, false, null; or an array or object as a whole, which no property is. */
static bool take_other(struct str *rest, struct str *ret) {
        struct str start, ignored;
        int depth = 0;

        *rest = start = str_trim(*rest);
        while (rest->len > 0) {
                char c = rest->p[0];

                if (depth == 0 && (c == ',' || c == '}'))
                        break;
                if (c == '"' ? !take_string(rest, &ignored) : (depth += (c == '{' || c == '[') - (c == '}' || c == ']')) < 0)
                        return false;
                if (c != '"')
                        *rest = str_from(*rest, 1);
        }
        *ret = str_trim(str_n(start.p, rest->p - start.p));
        return rest->len > 0 && ret->len > 0;
}

static bool take_members(struct str rest, struct arena *a, struct members *ret) {
        if (!take(&rest, '{'))
                return false;
        do {
                struct member m;

                rest = str_trim(rest);
                if (!take_string(&rest, &m.name) || !take(&rest, ':'))
                        return false;
                rest = str_trim(rest);
                if (!(str_starts(rest, S("\"")) ? take_string(&rest, &m.value) : take_other(&rest, &m.value)))
                        return false;
                *arena_append(a, ret) = m;
        } while (take(&rest, ','));
        return take(&rest, '}') && str_trim(rest).len == 0;
}

static enum tri truth(const struct members *all, const char *name) {
        for (ptrdiff_t i = 0; i < all->count; i++)
                if (str_eq_nocase(all->items[i].name, str_of(name)))
                        return str_eq(all->items[i].value, S("true"))    ? TRI_TRUE
                               : str_eq(all->items[i].value, S("false")) ? TRI_FALSE : TRI_UNKNOWN;
        return TRI_UNKNOWN;
}

/* ---- Properties that are one bit ------------------------------------------------------------------------------------------- */

static const struct {
        const char *name;
        uint8_t word, bit;
        bool inverse;
        const char *if_true; /* carried only where this other property is true */
} plain[] = {
        { .name = "BTIWindowsSupportEnabled", .word = FLAGS, .bit = 0 },
        { .name = "BTIKernelRetpolineEnabled", .word = FLAGS, .bit = 14 },
        { .name = "BTIKernelImportOptimizationEnabled", .word = FLAGS, .bit = 15 },
        { .name = "SSBDWindowsSupportPresent", .word = FLAGS, .bit = 8 },
        { .name = "SSBDHardwarePresent", .word = FLAGS, .bit = 9, .if_true = "SSBDWindowsSupportPresent" },
        { .name = "SSBDWindowsSupportEnabledSystemWide", .word = FLAGS, .bit = 10, .if_true = "SSBDWindowsSupportPresent" },
        { .name = "SSBDHardwareVulnerable", .word = FLAGS, .bit = 12, .if_true = "SSBDWindowsSupportPresent" },
        { .name = "HvL1tfStatusAvailable", .word = FLAGS, .bit = 17 },
        { .name = "HvL1tfProcessorNotAffected", .word = FLAGS, .bit = 18 },
        { .name = "MDSWindowsSupportPresent", .word = FLAGS, .bit = 26 },
        { .name = "MDSHardwareVulnerable", .word = FLAGS, .bit = 24, .inverse = true },
        { .name = "MDSWindowsSupportEnabled", .word = FLAGS, .bit = 25 },
        { .name = "FBClearWindowsSupportPresent", .word = FLAGS2, .bit = 4 },
        { .name = "SBDRSSDPHardwareVulnerable", .word = FLAGS2, .bit = 0, .inverse = true },
        { .name = "FBSDPHardwareVulnerable", .word = FLAGS2, .bit = 1, .inverse = true },
        { .name = "PSDPHardwareVulnerable", .word = FLAGS2, .bit = 2, .inverse = true },
        { .name = "FBClearWindowsSupportEnabled", .word = FLAGS2, .bit = 3 },
        { .name = "BhbEnabled", .word = FLAGS2, .bit = 5 },
        { .name = "BhbDisabledSystemPolicy", .word = FLAGS2, .bit = 6 },
        { .name = "BhbDisabledNoHardwareSupport", .word = FLAGS2, .bit = 7 },
        { .name = "BranchConfusionReported", .word = FLAGS2, .bit = 10 },
        { .name = "RdclHardwareProtectedReported", .word = FLAGS2, .bit = 11 },
        { .name = "RdclHardwareProtected", .word = FLAGS2, .bit = 12 },
        { .name = "GdsReported", .word = FLAGS2, .bit = 13 },
        { .name = "SrsoReported", .word = FLAGS2, .bit = 17 },
        { .name = "DivideByZeroReported", .word = FLAGS2, .bit = 20 },
        { .name = "RfdsReported", .word = FLAGS2, .bit = 22 },
        { .name = "KVAShadowWindowsSupportEnabled", .word = KVA, .bit = 0 },
        { .name = "KVAShadowRequired", .word = KVA, .bit = 4 },
        { .name = "L1DFlushSupported", .word = KVA, .bit = 12 },
};

static void carry_plain(const struct members *all, struct bits *b) {
        for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
                enum tri t = truth(all, plain[i].name);

                if (t != TRI_UNKNOWN && (!plain[i].if_true || truth(all, plain[i].if_true) == TRI_TRUE))
                        set(b, (enum word)plain[i].word, plain[i].bit, 1, (t == TRI_TRUE) != plain[i].inverse);
        }
}

/* ---- Properties that are states --------------------------------------------------------------------------------------------- */

/* BranchConfusionStatus is not among them: on Intel the module makes it up, and it does not say which maker it saw. */
static const struct {
        const char *name, *prefix;
        uint8_t low, width;
        const char *states[5];
} states[] = {
        { .name = "GdsStatus", .prefix = "GDS_", .low = 14, .width = 3,
          .states = { "MITIGATION_UNSUPPORTED", "MITIGATION_DISABLED", "HARDWARE_IMMUNE", "MITIGATED", "MITIGATED_AND_LOCKED" } },
        { .name = "SrsoStatus", .prefix = "SRSO_", .low = 18, .width = 2,
          .states = { "MITIGATION_UNSUPPORTED", "MITIGATION_DISABLED", "HARDWARE_IMMUNE", "MITIGATED" } },
        { .name = "DivideByZeroStatus", .prefix = "DIVIDE_BY_ZERO_", .low = 21, .width = 1,
          .states = { "HARDWARE_IMMUNE", "MITIGATED" } },
        { .name = "RfdsStatus", .prefix = "RFDS_", .low = 23, .width = 2,
          .states = { "MITIGATION_UNSUPPORTED", "MITIGATION_DISABLED", "HARDWARE_IMMUNE", "MITIGATED" } },
};

static void carry_state(size_t which, struct str value, struct arena *a, struct bits *b) {
        for (unsigned n = 0; n < 5 && states[which].states[n]; n++)
                if (str_eq(value, str_fmt(a, "SYSTEM_SPECULATION_CONTROL_%s%s", states[which].prefix, states[which].states[n])))
                        set(b, FLAGS2, states[which].low, states[which].width, n);
}

static void carry_states(const struct members *all, struct arena *a, struct bits *b) {
        for (ptrdiff_t i = 0; i < all->count; i++)
                for (size_t k = 0; k < sizeof(states) / sizeof(states[0]); k++)
                        if (str_eq_nocase(all->items[i].name, str_of(states[k].name)))
                                carry_state(k, all->items[i].value, a, b);
}

/* ---- Properties that are made of several bits ------------------------------------------------------------------------------- */

static void carry_combined(const struct members *all, struct bits *b) {
        enum tri on = truth(all, "BTIWindowsSupportEnabled"), flush = truth(all, "L1DFlushSupported");
        enum tri l1tf = truth(all, "L1TFWindowsSupportPresent"), l1tf_on = truth(all, "L1TFWindowsSupportEnabled");
        enum tri policy = truth(all, "BTIDisabledBySystemPolicy"), hardware = truth(all, "BTIDisabledByNoHardwareSupport");

        if (truth(all, "BTIHardwarePresent") == TRI_FALSE)
                set(b, FLAGS, 3, 2, 0); /* true: one of the two, or both */
        if (on == TRI_FALSE && policy != TRI_UNKNOWN) /* while it is on, the module says false whatever the bits are */
                set(b, FLAGS, 1, 1, policy == TRI_TRUE);
        if (on == TRI_FALSE && hardware != TRI_UNKNOWN)
                set(b, FLAGS, 2, 1, hardware == TRI_TRUE);
        if (truth(all, "KVAShadowPcidEnabled") == TRI_TRUE)
                set(b, KVA, 2, 2, 3);
        if (b->known[KVA] >> 4 & 1)
                set(b, KVA, 5, 1, 1); /* it is said */
        if (l1tf == TRI_FALSE || (l1tf == TRI_TRUE && flush == TRI_FALSE && l1tf_on == TRI_FALSE))
                set(b, KVA, 13, 1, l1tf == TRI_TRUE);
        for (ptrdiff_t i = 0; i < all->count; i++) {
                uint64_t n;

                if (str_eq_nocase(all->items[i].name, S("L1TFInvalidPteBit")) && str_to_u64(all->items[i].value, &n) && n < 64)
                        set(b, KVA, 6, 6, (uint32_t)n);
        }
}

/* ---- The whole ---------------------------------------------------------------------------------------------------------------- */

bool import_is_speculationcontrol(struct str text) {
        return str_starts(str_trim(text), S("{")) && str_find(text, S("\"BTIWindowsSupportEnabled\"")) >= 0;
}

/* "Not supported" stands for two NTSTATUS values, which mean the same: the Windows is older than the question. */
static void add_answer(struct evidence *e, uint32_t class, enum tri supported, const uint32_t *words, const uint32_t *known) {
        if (supported == TRI_FALSE)
                evidence_add_nt_status(e, class, 0xc0000003);
        else
                evidence_add_nt_known(e, class, words, known);
}

int import_speculationcontrol(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        static const uint32_t none = 0;
        struct members all = { 0 };
        struct bits b = { 0 };

        (void)c;
        if (!take_members(text, e->arena, &all))
                return diag_fail_at(d, str_to_c(e->arena, e->source), 1,
                                    "expected one JSON object as Get-SpeculationControlSettings | ConvertTo-Json writes it");
        carry_plain(&all, &b);
        carry_states(&all, e->arena, &b);
        carry_combined(&all, &b);
        evidence_add_line(e, RECORD_UNAME, S(""), S("Windows ? ?"));
        evidence_add_line(e, RECORD_WIN32, S("source"), S("module"));
        add_answer(e, 201, truth(&all, "BTIWindowsSupportPresent"), &b.words[FLAGS], &b.known[FLAGS]);
        add_answer(e, 196, truth(&all, "KVAShadowWindowsSupportPresent"), (uint32_t[2]){ b.words[KVA], none },
                   (uint32_t[2]){ b.known[KVA], none });
        import_meta(e, "Microsoft's SpeculationControl module: Windows' answers as far as its properties tell them, and nothing of the "
                       "processor or the registry");
        return 0;
}
