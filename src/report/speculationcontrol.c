/* The properties of Microsoft's PowerShell module SpeculationControl (Get-SpeculationControlSettings 1.0.18 and what 1.0.19 adds), name
 * for name and value for value, its quirks included, so that scripts which read them can change over. What sidelight itself
 * finds stands beside them. Bits: NtQuerySystemInformation classes 201 (two dwords) and 196. */
#include "catalog/computed.h"
#include "report/formats.h"

enum word { FLAGS, FLAGS2, KVA, WORD_COUNT };

/* What the properties are computed from. A bit that nobody saw is not known, and shown as $null. */
struct answers {
        bool have_flags, have_kva;      /* the class was answered; where it was not, everything is at its default */
        bool asked_flags, asked_kva;
        uint32_t words[WORD_COUNT], known[WORD_COUNT];
        bool amd, intel, arm;
        bool processor_known;
        uint32_t family, model, stepping;
};

enum kind { ABSENT, EMPTY, BOOLEAN, NUMBER, STATE };

struct value {
        enum kind kind;
        bool yes;
        uint32_t number;
        const char *prefix; /* STATE: what stands before the word of state `number` */
};

struct property {
        const char *name;
        struct value (*get)(const struct answers *a, const struct property *p);
        uint8_t word, bit;
        uint8_t gate;       /* bit of the same word that must be set for the property to be there; NO_GATE: always there */
        const char *prefix;
};
enum { NO_GATE = 255 };

static enum tri bit(const struct answers *a, enum word word, unsigned n) {
        bool have = word == KVA ? a->have_kva : a->have_flags, asked = word == KVA ? a->asked_kva : a->asked_flags;

        if (!have)
                return asked ? TRI_FALSE : TRI_UNKNOWN;
        if (!(a->known[word] >> n & 1))
                return TRI_UNKNOWN;
        return tri_of(a->words[word] >> n & 1);
}

static struct value said(enum tri t) {
        return t == TRI_UNKNOWN ? (struct value){ .kind = EMPTY } : (struct value){ .kind = BOOLEAN, .yes = t == TRI_TRUE };
}

/* A property that is one bit. */
static struct value plain(const struct answers *a, const struct property *p) {
        if (p->gate != NO_GATE && bit(a, p->word, p->gate) != TRI_TRUE)
                return (struct value){ .kind = ABSENT };
        return said(bit(a, p->word, p->bit));
}

/* The class was answered at all. */
static struct value answered(const struct answers *a, const struct property *p) {
        bool have = p->word == KVA ? a->have_kva : a->have_flags, asked = p->word == KVA ? a->asked_kva : a->asked_flags;

        return said(have ? TRI_TRUE : asked ? TRI_FALSE : TRI_UNKNOWN);
}

static enum tri controls_present(const struct answers *a) {
        return tri_or(bit(a, FLAGS, 3), bit(a, FLAGS, 4));
}

static struct value bti_hardware(const struct answers *a, const struct property *p) {
        (void)p;
        return said(controls_present(a));
}

/* Why branch target protection is off; false while it is on. */
static struct value bti_disabled_by(const struct answers *a, const struct property *p) {
        return said(tri_and(tri_not(bit(a, FLAGS, 0)), bit(a, FLAGS, p->bit)));
}

/* What only a Windows that knows speculative store bypass can say: false before, and the need not known. */
static struct value ssbd(const struct answers *a, const struct property *p) {
        if (bit(a, FLAGS, 8) == TRI_FALSE)
                return p->bit == 12 ? (struct value){ .kind = EMPTY } : said(TRI_FALSE);
        return bit(a, FLAGS, 8) == TRI_UNKNOWN ? (struct value){ .kind = EMPTY } : said(bit(a, FLAGS, p->bit));
}

/* "…HardwareVulnerable": the opposite of a bit that only Intel's processors have; AMD's and Arm's are not vulnerable. */
static struct value intel_vulnerable(const struct answers *a, const struct property *p) {
        if (bit(a, p->word, p->gate) != TRI_TRUE)
                return (struct value){ .kind = ABSENT };
        return said(a->amd || a->arm ? TRI_FALSE : tri_not(bit(a, p->word, p->bit)));
}

/* Intel processors with L1TF, as the module lists them. Family 7 does not exist: 6 was meant, and is kept wrong as there. */
static const struct {
        uint8_t family, model, stepping;
} l1tf_processors[] = {
#define P(f, m, s) { .family = (f), .model = (m), .stepping = (s) }
        P(6, 26, 4),  P(6, 26, 5),  P(6, 30, 4),   P(6, 30, 5),   P(6, 37, 2),   P(6, 37, 5),   P(6, 42, 7),   P(6, 44, 2),
        P(6, 45, 6),  P(6, 45, 7),  P(6, 46, 6),   P(6, 47, 2),   P(6, 58, 9),   P(6, 60, 3),   P(6, 61, 4),   P(6, 62, 4),
        P(6, 62, 7),  P(6, 63, 2),  P(6, 63, 4),   P(6, 69, 1),   P(6, 70, 1),   P(6, 78, 3),   P(6, 79, 1),   P(7, 69, 1),
        P(6, 85, 3),  P(6, 85, 4),  P(6, 86, 2),   P(6, 86, 3),   P(6, 86, 4),   P(6, 86, 5),   P(6, 94, 3),   P(6, 102, 3),
        P(6, 142, 9), P(6, 142, 10), P(6, 142, 11), P(6, 158, 9), P(6, 158, 10), P(6, 158, 11), P(6, 158, 12),
#undef P
};

static struct value l1tf_vulnerable(const struct answers *a, const struct property *p) {
        bool listed = false;

        (void)p;
        if (!a->processor_known)
                return (struct value){ .kind = EMPTY };
        if (!a->intel || tri_and(bit(a, FLAGS2, 11), bit(a, FLAGS2, 12)) == TRI_TRUE ||
            tri_and(bit(a, FLAGS, 17), bit(a, FLAGS, 18)) == TRI_TRUE)
                return said(TRI_FALSE);
        for (size_t i = 0; i < sizeof(l1tf_processors) / sizeof(l1tf_processors[0]); i++)
                listed |= l1tf_processors[i].family == a->family && l1tf_processors[i].model == a->model &&
                          l1tf_processors[i].stepping == a->stepping;
        return said(tri_of(listed));
}

/* In-order Atoms, which the module knows to be free of Meltdown. */
static bool in_order_atom(const struct answers *a) {
        static const uint8_t models[] = { 0x1c, 0x26, 0x27, 0x35, 0x36 };

        for (size_t i = 0; i < sizeof(models); i++)
                if (a->family == 6 && a->model == models[i])
                        return true;
        return false;
}

/* Where the class is not answered the module says "required", on AMD, too: its exception stands in the other branch. */
static struct value kva_required(const struct answers *a, const struct property *p) {
        (void)p;
        if (!a->have_kva)
                return said(a->asked_kva ? TRI_TRUE : TRI_UNKNOWN);
        if (bit(a, KVA, 5) == TRI_TRUE)
                return said(bit(a, KVA, 4));
        if (bit(a, KVA, 5) == TRI_UNKNOWN || !(a->amd || a->intel))
                return (struct value){ .kind = EMPTY };
        return said(tri_of(a->intel && !in_order_atom(a)));
}

static struct value kva_pcid(const struct answers *a, const struct property *p) {
        (void)p;
        return said(tri_and(bit(a, KVA, 2), bit(a, KVA, 3)));
}

static enum tri l1tf_enabled(const struct answers *a) {
        enum tri any = TRI_FALSE;

        for (unsigned n = 6; n < 12; n++)
                any = tri_or(any, bit(a, KVA, n));
        return tri_and(any, bit(a, KVA, 0));
}

static struct value l1tf_windows(const struct answers *a, const struct property *p) {
        enum tri present = p->bit == 13 ? tri_or(bit(a, KVA, 13), bit(a, KVA, 12)) : TRI_FALSE;

        return said(tri_or(present, l1tf_enabled(a)));
}

static struct value invalid_pte_bit(const struct answers *a, const struct property *p) {
        (void)p;
        if (!a->have_kva || (a->known[KVA] & 0xfc0) != 0xfc0)
                return (struct value){ .kind = EMPTY };
        return (struct value){ .kind = NUMBER, .number = a->words[KVA] >> 6 & 0x3f };
}

static struct value state(const struct answers *a, const struct property *p, uint32_t mask) {
        if (bit(a, FLAGS2, p->gate) != TRI_TRUE)
                return (struct value){ .kind = ABSENT };
        if ((a->known[FLAGS2] >> p->bit & mask) != mask)
                return (struct value){ .kind = EMPTY };
        return (struct value){ .kind = STATE, .prefix = p->prefix, .number = a->words[FLAGS2] >> p->bit & mask };
}

static struct value state2(const struct answers *a, const struct property *p) {
        return state(a, p, 3);
}

static struct value state3(const struct answers *a, const struct property *p) {
        return state(a, p, 7);
}

/* Divide by zero has two states of its own: 0 immune, 1 mitigated; they are told in the words of the others. */
static struct value divide_state(const struct answers *a, const struct property *p) {
        struct value v = state(a, p, 1);

        v.number = v.number ? 3 : 2;
        return v;
}

/* On Intel the module works the state out by itself. */
static struct value branch_confusion_state(const struct answers *a, const struct property *p) {
        struct value v = state(a, p, 3);
        enum tri present = controls_present(a), on = bit(a, FLAGS, 0);

        if (v.kind == ABSENT || a->amd)
                return v;
        if (!a->intel || present == TRI_UNKNOWN || on == TRI_UNKNOWN)
                return (struct value){ .kind = EMPTY };
        return (struct value){ .kind = STATE, .prefix = p->prefix, .number = present == TRI_FALSE ? 2 : on == TRI_TRUE ? 3 : 1 };
}

#define STATE_PREFIX "SYSTEM_SPECULATION_CONTROL_"

/* In the module's order. */
static const struct property properties[] = {
#define BIT(id, w, n) { .name = (id), .get = plain, .word = (w), .bit = (n), .gate = NO_GATE }
#define BIT_IF(id, w, n, g) { .name = (id), .get = plain, .word = (w), .bit = (n), .gate = (g) }
#define VULNERABLE(id, w, n, g) { .name = (id), .get = intel_vulnerable, .word = (w), .bit = (n), .gate = (g) }
#define OTHER(id, function, w, n) { .name = (id), .get = (function), .word = (w), .bit = (n), .gate = NO_GATE }
#define STATUS(id, function, n, g, p) \
        { .name = (id), .get = (function), .word = FLAGS2, .bit = (n), .gate = (g), .prefix = STATE_PREFIX p }
        OTHER("BTIHardwarePresent", bti_hardware, FLAGS, 0),
        OTHER("BTIWindowsSupportPresent", answered, FLAGS, 0),
        BIT("BTIWindowsSupportEnabled", FLAGS, 0),
        OTHER("BTIDisabledBySystemPolicy", bti_disabled_by, FLAGS, 1),
        OTHER("BTIDisabledByNoHardwareSupport", bti_disabled_by, FLAGS, 2),
        BIT("BTIKernelRetpolineEnabled", FLAGS, 14),
        BIT("BTIKernelImportOptimizationEnabled", FLAGS, 15),
        BIT("RdclHardwareProtectedReported", FLAGS2, 11),
        BIT_IF("RdclHardwareProtected", FLAGS2, 12, 11),
        OTHER("KVAShadowRequired", kva_required, KVA, 4),
        OTHER("KVAShadowWindowsSupportPresent", answered, KVA, 0),
        BIT("KVAShadowWindowsSupportEnabled", KVA, 0),
        OTHER("KVAShadowPcidEnabled", kva_pcid, KVA, 2),
        BIT("SSBDWindowsSupportPresent", FLAGS, 8),
        OTHER("SSBDHardwareVulnerable", ssbd, FLAGS, 12),
        OTHER("SSBDHardwarePresent", ssbd, FLAGS, 9),
        OTHER("SSBDWindowsSupportEnabledSystemWide", ssbd, FLAGS, 10),
        OTHER("L1TFHardwareVulnerable", l1tf_vulnerable, FLAGS, 0),
        OTHER("L1TFWindowsSupportPresent", l1tf_windows, KVA, 13),
        OTHER("L1TFWindowsSupportEnabled", l1tf_windows, KVA, 0),
        OTHER("L1TFInvalidPteBit", invalid_pte_bit, KVA, 6),
        BIT("L1DFlushSupported", KVA, 12),
        BIT("HvL1tfStatusAvailable", FLAGS, 17),
        BIT("HvL1tfProcessorNotAffected", FLAGS, 18),
        BIT("MDSWindowsSupportPresent", FLAGS, 26),
        VULNERABLE("MDSHardwareVulnerable", FLAGS, 24, 26),
        BIT_IF("MDSWindowsSupportEnabled", FLAGS, 25, 26),
        BIT("FBClearWindowsSupportPresent", FLAGS2, 4),
        VULNERABLE("SBDRSSDPHardwareVulnerable", FLAGS2, 0, 4),
        VULNERABLE("FBSDPHardwareVulnerable", FLAGS2, 1, 4),
        VULNERABLE("PSDPHardwareVulnerable", FLAGS2, 2, 4),
        BIT_IF("FBClearWindowsSupportEnabled", FLAGS2, 3, 4),
        /* 1.0.19 */
        BIT("BhbEnabled", FLAGS2, 5),
        BIT("BhbDisabledSystemPolicy", FLAGS2, 6),
        BIT("BhbDisabledNoHardwareSupport", FLAGS2, 7),
        BIT("BranchConfusionReported", FLAGS2, 10),
        STATUS("BranchConfusionStatus", branch_confusion_state, 8, 10, "BRANCH_CONFUSION_"),
        BIT("GdsReported", FLAGS2, 13),
        STATUS("GdsStatus", state3, 14, 13, "GDS_"),
        BIT("SrsoReported", FLAGS2, 17),
        STATUS("SrsoStatus", state2, 18, 17, "SRSO_"),
        BIT("DivideByZeroReported", FLAGS2, 20),
        STATUS("DivideByZeroStatus", divide_state, 21, 20, "DIVIDE_BY_ZERO_"),
        BIT("RfdsReported", FLAGS2, 22),
        STATUS("RfdsStatus", state2, 23, 22, "RFDS_"),
#undef BIT
#undef BIT_IF
#undef VULNERABLE
#undef OTHER
#undef STATUS
};
enum { PROPERTY_COUNT = sizeof(properties) / sizeof(properties[0]) };

/* ---- The answers ---- */

static bool is_text(struct facts *f, enum computed_fact which, struct str text) {
        const struct fact *v = facts_get(f, which);

        return v->state == FACT_KNOWN && str_eq(v->text, text);
}

static uint32_t number_of(struct facts *f, enum computed_fact which) {
        const struct fact *v = facts_get(f, which);

        return v->state == FACT_KNOWN ? (uint32_t)v->number : 0;
}

/* A second dword that was not returned is zero, as the module takes it. */
static void take_words(struct answers *a, const struct record *r, enum word first, uint32_t count) {
        for (uint32_t i = 0; i < count; i++) {
                a->words[first + i] = i < r->word_count ? r->words[i] : 0;
                a->known[first + i] = i < r->word_count ? r->known[i] : UINT32_MAX;
        }
}

static void read_answers(struct facts *f, struct answers *ret) {
        const struct record *flags = evidence_nt(f->evidence, 201), *kva = evidence_nt(f->evidence, 196);

        *ret = (struct answers){
                .asked_flags = flags != NULL,
                .asked_kva = kva != NULL,
                .have_flags = flags && flags->state == FACT_KNOWN,
                .have_kva = kva && kva->state == FACT_KNOWN,
                .amd = is_text(f, COMPUTED_CPU_VENDOR, S("amd")),
                .intel = is_text(f, COMPUTED_CPU_VENDOR, S("intel")),
                .arm = is_text(f, COMPUTED_ARCH, S("aarch64")),
                .family = number_of(f, COMPUTED_CPU_FAMILY),
                .model = number_of(f, COMPUTED_CPU_MODEL),
                .stepping = number_of(f, COMPUTED_CPU_STEPPING),
                .processor_known = facts_get(f, COMPUTED_CPU_VENDOR)->state == FACT_KNOWN &&
                                   facts_get(f, COMPUTED_CPU_STEPPING)->state == FACT_KNOWN,
        };
        if (ret->have_flags)
                take_words(ret, flags, FLAGS, 2);
        if (ret->have_kva)
                take_words(ret, kva, KVA, 1);
}

/* ---- Writing ---- */

static const char *state_word(uint32_t state) {
        static const char *const words[] = { "MITIGATION_UNSUPPORTED", "MITIGATION_DISABLED", "HARDWARE_IMMUNE", "MITIGATED",
                                             "MITIGATED_AND_LOCKED" };

        return state < sizeof(words) / sizeof(words[0]) ? words[state] : NULL;
}

static struct str state_text(struct arena *a, const struct value *v) {
        const char *word = state_word(v->number);

        return word ? str_fmt(a, "%s%s", v->prefix, word) : S("UNKNOWN_VALUE");
}

/* As PowerShell's Format-List: names padded to the longest one, $null as nothing. */
void speculationcontrol_add(struct report_writer *w, const struct verdict *r) {
        enum { NAME_WIDTH = sizeof("SSBDWindowsSupportEnabledSystemWide") - 1 };
        struct out *o = w->out;
        struct answers a;

        read_answers(r->facts, &a);
        for (size_t i = 0; i < PROPERTY_COUNT; i++) {
                const struct property *p = &properties[i];
                struct value v = p->get(&a, p);

                if (v.kind == ABSENT)
                        continue;
                out_fmt(o, "%-*s : ", NAME_WIDTH, p->name);
                if (v.kind == BOOLEAN)
                        out_c(o, v.yes ? "True" : "False");
                else if (v.kind == NUMBER)
                        out_u64(o, v.number);
                else if (v.kind == STATE)
                        out_str(o, state_text(r->facts->arena, &v));
                out_char(o, '\n');
        }
        out_c(o, "\n# What sidelight finds, by more than these answers:\n");
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *found = &r->findings[i];

                if (found->status != STATUS_NOT_AFFECTED)
                        out_fmt(o, "# %.*s: %.*s, %.*s\n", STR_ARG(found->flaw->name), STR_ARG(status_word(found->status)),
                                STR_ARG(found->reason));
        }
}

/* The same as one JSON object; what sidelight finds is its last member. */
void speculationcontrol_json_add(struct report_writer *w, const struct verdict *r) {
        struct json j = { .out = w->out };
        struct answers a;

        read_answers(r->facts, &a);
        json_begin_object(&j, NULL);
        for (size_t i = 0; i < PROPERTY_COUNT; i++) {
                const struct property *p = &properties[i];
                struct value v = p->get(&a, p);

                if (v.kind == EMPTY)
                        json_put_null(&j, p->name);
                else if (v.kind == BOOLEAN)
                        json_bool(&j, p->name, v.yes);
                else if (v.kind == NUMBER)
                        json_u64(&j, p->name, v.number);
                else if (v.kind == STATE)
                        json_str(&j, p->name, state_text(r->facts->arena, &v));
        }
        json_begin_object(&j, "sidelight");
        for (uint32_t i = 0; i < r->finding_count; i++) {
                json_key(&j, r->findings[i].flaw->id);
                json_str(&j, NULL, status_word(r->findings[i].status));
        }
        json_end_object(&j);
        json_end_object(&j);
        out_char(w->out, '\n');
}
