/* A catalog as C source: designated initialisers, nothing but constants. */
#include "base/arena.h"
#include "base/out.h"
#include "catalog/guidance.h"
#include "compiler/compile.h"

enum { HEADS = 4096 };

/* A text that was written, each once. */
struct written {
        struct str text;
        unsigned long long at;
        const struct written *next;
};

/* The tables, and beside them the texts and the lists of texts, whose places the tables name. */
struct source {
        struct out *tables, texts, lists;
        unsigned long long bytes, items; /* of texts, of lists */
        const struct written *heads[HEADS];
        struct arena arena;
};

static void literal(struct out *o, struct str s) {
        out_c(o, "\t\"");
        for (ptrdiff_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.p[i];

                if (c == '"' || c == '\\') {
                        out_char(o, '\\');
                        out_char(o, (char)c);
                } else if (c < 0x20 || c >= 0x7f) {
                        out_fmt(o, "\\%03o", c);
                } else {
                        out_char(o, (char)c);
                }
        }
        out_c(o, "\\0\"\n");
}

static unsigned long long place_of(struct source *o, struct str text) {
        struct written *new;
        uint32_t hash = 0;

        for (ptrdiff_t i = 0; i < text.len; i++)
                hash = hash * 31 + (unsigned char)text.p[i];
        for (const struct written *w = o->heads[hash % HEADS]; w; w = w->next)
                if (str_eq(w->text, text))
                        return w->at;
        new = arena_new(&o->arena, struct written);
        *new = (struct written){ .text = text, .at = o->bytes, .next = o->heads[hash % HEADS] };
        o->heads[hash % HEADS] = new;
        literal(&o->texts, text);
        o->bytes += (unsigned long long)text.len + 1;
        return new->at;
}

static void member(struct source *o, const char *name, struct text t) {
        if (t.len)
                out_fmt(o->tables, ".%s = { %lluu, %td }, ", name, place_of(o, T(t)), t.len);
}

static void number(struct source *o, const char *name, uint64_t v) {
        if (v)
                out_fmt(o->tables, ".%s = %lluu, ", name, (unsigned long long)v);
}

static void list(struct source *o, const char *name, struct texts l) {
        if (l.count == 0)
                return;
        out_fmt(o->tables, ".%s = { %llu * sizeof(struct text), %u }, ", name, o->items, l.count);
        for (uint32_t i = 0; i < l.count; i++)
                out_fmt(&o->lists, "\t{ %lluu, %td },\n", place_of(o, T_AT(l, i)), T_AT(l, i).len);
        o->items += l.count;
}

static void guest_os(struct source *o, const char *name, struct guest_os_name n) {
        out_fmt(o->tables, ".%s = { .family = %u, .version = %u, .month = %u, .release = %u }, ", name, n.family, n.version, n.month, n.release);
}

/* An array inside an initialiser: `.member = (const struct TYPE[]){ … }, .count = n,`. */
#define NESTED(o, member, counter, tag, items, n)                              \
        do {                                                                   \
                if ((n) == 0)                                                  \
                        break;                                                 \
                out_c((o)->tables, "." #member " = (const struct " #tag "[]){\n"); \
                for (uint32_t i_ = 0; i_ < (n); i_++) {                        \
                        out_c((o)->tables, "\t\t{ ");                            \
                        emit_##tag((o), &(items)[i_]);                         \
                        out_c((o)->tables, "},\n");                            \
                }                                                              \
                out_fmt((o)->tables, "\t}, ." #counter " = %u, ", (unsigned)(n));      \
        } while (0)

/* One field of catalog/fields.h. */
#define EMIT_TEXT(name) member(o, #name, r->name);
#define EMIT_TEXTS(name) list(o, #name, r->name);
#define EMIT_NUMBER(name) number(o, #name, r->name);
#define EMIT_WORD EMIT_NUMBER
#define EMIT_YES_NO EMIT_NUMBER
#define EMIT_BOUNDARIES EMIT_NUMBER
#define EMIT_CONDITION(name, node) number(o, #node, r->node);
#define EMIT_WRITTEN(name, words, node) member(o, #words, r->words); number(o, #node, r->node);
#define EMIT_RECORDS(name, record, tag, items, count) NESTED(o, items, count, tag, r->items, r->count);
#define EMIT_GUEST_OS(name) guest_os(o, #name, r->name);
#define EMIT_IN_TEXT(...)
#define EMIT_IN_TEXTS(...)
#define EMIT_IN_NUMBER(...)
#define EMIT_IN_ARGUMENTS(...)
#define EMIT_IN_RECORD(...)
#define EMIT_IN_RECORDS(...)
#define EMIT_OUT(name, type) number(o, #name, r->name);
#define EMIT_OUT_TEXT(name, ...) member(o, #name, r->name);
#define EMIT_OUT_TEXTS(name, ...) list(o, #name, r->name);
#define EMIT_OUT_RECORDS(name, tag, count) NESTED(o, name, count, tag, r->name, r->count);
#define EMIT_FIELD(record, kind, name, key, need, ...) EMIT_##kind(name, ##__VA_ARGS__)
#define EMIT(tag, LIST)                                              \
        static void emit_##tag(struct source *o, const struct tag *r) { \
                LIST(EMIT_FIELD)                                     \
        }

EMIT(fact_def, FACT_DEF_FIELDS)
EMIT(fact_name, FACT_NAME_FIELDS)
EMIT(node, NODE_FIELDS)
EMIT(literal, LITERAL_FIELDS)
EMIT(cpu_range, CPU_RANGE_FIELDS)
EMIT(sentence, SENTENCE_FIELDS)
EMIT(sentence_file, SENTENCE_FILE_FIELDS)
EMIT(rule, RULE_FIELDS)
EMIT(prediction, PREDICTION_FIELDS)
EMIT(contradiction, CONTRADICTION_FIELDS)
EMIT(flaw, FLAW_FIELDS)
EMIT(fix_step, STEP_FIELDS)
EMIT(fix_change, CHANGE_FIELDS)
EMIT(fix, FIX_FIELDS)
EMIT(parameter, PARAMETER_FIELDS)
EMIT(microcode_row, MICROCODE_ROW_FIELDS)
EMIT(microcode_table, MICROCODE_TABLE_FIELDS)
EMIT(windows_version, WINDOWS_FIELDS)
EMIT(registry_bit, REGISTRY_BIT_FIELDS)
EMIT(module_word, MODULE_WORD_FIELDS)
EMIT(module_property, PROPERTY_FIELDS)
EMIT(log_line, LOG_LINE_FIELDS)
EMIT(bug, BUG_FIELDS)
EMIT(shown_word, SHOWN_WORD_FIELDS)
EMIT(log_report, LOG_REPORT_FIELDS)
EMIT(harmful, HARMFUL_FIELDS)
EMIT(left_out, LEFT_OUT_FIELDS)
EMIT(where_sign, WHERE_SIGN_FIELDS)
EMIT(guest_os_family, FAMILY_FIELDS)
EMIT(guest_os_release, RELEASE_FIELDS)
EMIT(resource_type, RESOURCE_TYPE_FIELDS)
EMIT(cloud_size, CLOUD_SIZE_FIELDS)
EMIT(image_publisher, PUBLISHER_FIELDS)
EMIT(distribution_word, DISTRIBUTION_WORD_FIELDS)
EMIT(dated_file, DATED_FILE_FIELDS)
EMIT(data_version, DATA_VERSION_FIELDS)
EMIT(offering_sign, SIGN_FIELDS)
EMIT(offering, OFFERING_FIELDS)
EMIT(revision, REVISION_FIELDS)
EMIT(statement, STATEMENT_FIELDS)
EMIT(action_done, DONE_FIELDS)
EMIT(action, ACTION_FIELDS)

/* One statement an item of the list; the macro's loops make it look long. */
/* NOLINTNEXTLINE(readability-function-size) */
static void emit_lists(const struct catalog *c, struct source *o) {
#define X(items, count, tag) NESTED(o, items, count, tag, c->items, c->count);
        CATALOG_LISTS(X)
#undef X
}

static void emit_guidance(const struct guidance *g, struct source *o) {
#define X(items, count, tag) NESTED(o, items, count, tag, g->items, g->count);
        GUIDANCE_LISTS(X)
#undef X
}

void catalog_emit(const struct catalog *c, struct out *o) {
        struct source s = { .tables = o };

        out_c(o, "/* Made from data/ by tools/gencatalog. */\n#include \"catalog/guidance.h\"\n\n"
                 "const struct catalog catalog_builtin = {\n\t");
        emit_lists(c, &s);
        out_c(o, ".guidance = &(const struct guidance){\n\t");
        emit_guidance(c->guidance, &s);
        out_c(o, "},\n\t");
        member(&s, "date", c->date);
        member(&s, "hash", c->hash);
        out_fmt(o, "\n};\n\nconst struct text catalog_text_lists[] = {\n%.*s};\n", STR_ARG(out_text(&s.lists)));
        out_fmt(o, "\nconst char catalog_texts[] =\n%.*s;\n", STR_ARG(out_text(&s.texts)));
        out_free(&s.lists);
        out_free(&s.texts);
        arena_free(&s.arena);
}
