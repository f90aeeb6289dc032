/* How a source's answer is written, and the few ways to read a record that several sources share. */
#include "facts/cpus.h"
#include "facts/sources.h"

static const struct str contradiction = STR("sources contradict each other");

bool answer_is_contradicted(const struct fact *v) {
        return v->state == FACT_FAILED && str_eq(v->text, contradiction);
}

static bool contradicts(struct fact *ret, struct str text, uint64_t n, struct str source) {
        bool same = ret->type == VALUE_TEXT || ret->type == VALUE_VERSION ? str_eq(ret->text, text) : ret->number == n;

        if (ret->state == FACT_FAILED || (ret->state == FACT_KNOWN && !same)) {
                *ret = (struct fact){ .state = FACT_FAILED, .type = ret->type, .source = source,
                                      .text = contradiction };
                return true;
        }
        return false;
}

void answer_text(struct fact *ret, struct str text, struct str source) {
        if (!contradicts(ret, text, 0, source) && ret->state != FACT_KNOWN)
                *ret = (struct fact){ .state = FACT_KNOWN, .type = ret->type, .text = text, .source = source };
}

void answer_number(struct fact *ret, uint64_t n, struct str source) {
        if (!contradicts(ret, (struct str){ 0 }, n, source) && ret->state != FACT_KNOWN)
                *ret = (struct fact){ .state = FACT_KNOWN, .type = ret->type, .number = n, .source = source };
}

void answer_state(struct fact *ret, uint8_t state, struct str source) {
        *ret = (struct fact){ .state = state, .type = ret->type, .source = source };
}

bool answer_is_redacted(struct str text) {
        return str_eq(text, S("redacted"));
}

void answer_value(struct fact *ret, struct str text) {
        if (answer_is_redacted(text))
                return;
        ret->state = FACT_KNOWN;
        ret->text = text;
        if (ret->type == VALUE_BOOL)
                ret->number = str_eq(text, S("1")) || str_eq_nocase(text, S("y")) || str_eq_nocase(text, S("yes"));
        else if (ret->type == VALUE_INT && !str_to_u64(text, &ret->number))
                ret->state = FACT_FAILED;
}

uint64_t answer_bits_of(uint64_t value, const struct fact_def *def) {
        unsigned width = def->high - def->low + 1u;

        return value >> def->low & (width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1);
}

void answer_bits(struct fact *ret, uint64_t value, const struct fact_def *def) {
        ret->state = FACT_KNOWN;
        ret->number = answer_bits_of(value, def);
}

/* ---- Reading ---- */

static const struct record *if_known(const struct record *r) {
        return r && r->state == FACT_KNOWN ? r : NULL;
}

const struct record *read_file(struct facts *f, struct str path) {
        return if_known(evidence_file(f->evidence, path));
}

const struct record *read_cpuid(struct facts *f, uint32_t leaf, uint32_t subleaf) {
        return if_known(evidence_cpuid(f->evidence, f->cpu->number, leaf, subleaf));
}

enum { LEFT_OUT = 3 }; /* bytes of both signs */

static ptrdiff_t left_out_at(struct str flags) {
        ptrdiff_t dots = str_find(flags, S("...")), sign = str_find(flags, S("\xe2\x80\xa6"));

        return sign >= 0 && (dots < 0 || sign < dots) ? sign : dots;
}

struct str flags_until_left_out(struct str flags) {
        ptrdiff_t at = left_out_at(flags);

        return at < 0 ? flags : str_trim(str_sub(flags, 0, at));
}

bool flags_left_out_within(struct str flags) {
        ptrdiff_t at = left_out_at(flags);

        return at >= 0 && str_trim(str_from(flags, at + LEFT_OUT)).len > 0;
}

struct str word_of(struct str text, int which) {
        struct str word = { 0 };

        for (int i = 0; i <= which; i++)
                if (!str_word(&text, &word))
                        return (struct str){ 0 };
        return word;
}

struct str read_uname(struct facts *f, int word) {
        const struct record *r = if_known(word == 1 ? evidence_release(f->evidence) : evidence_system(f->evidence));

        struct str text = r ? word_of(r->text, word) : (struct str){ 0 };

        return str_eq(text, S("?")) ? (struct str){ 0 } : text; /* stands where a report does not tell */
}
