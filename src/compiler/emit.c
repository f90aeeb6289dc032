/* A catalog as C source: designated initialisers, nothing but constants. */
#include "base/out.h"
#include "compiler/compile.h"
#include "catalog/guidance.h"

static void text(struct out *o, struct str s) {
        out_c(o, "STR(\"");
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
        out_c(o, "\")");
}

static void member(struct out *o, const char *name, struct str s) {
        if (s.len == 0)
                return;
        out_fmt(o, ".%s = ", name);
        text(o, s);
        out_c(o, ", ");
}

static void number(struct out *o, const char *name, uint64_t v) {
        if (v)
                out_fmt(o, ".%s = %lluu, ", name, (unsigned long long)v);
}

static void list(struct out *o, const char *name, struct str_list l) {
        if (l.count == 0)
                return;
        out_fmt(o, ".%s = { (const struct str[]){ ", name);
        for (uint32_t i = 0; i < l.count; i++) {
                text(o, l.items[i]);
                out_c(o, ", ");
        }
        out_fmt(o, "}, %u }, ", l.count);
}

static void strings(struct out *o, const char *name, const struct str *items, uint32_t count) {
        out_fmt(o, ".%s = (const struct str[]){ ", name);
        for (uint32_t i = 0; i < count; i++) {
                text(o, items[i]);
                out_c(o, ", ");
        }
        out_c(o, "}, ");
}

static void guest_os(struct out *o, const char *name, struct guest_os_name n) {
        out_fmt(o, ".%s = { .family = %u, .version = %u, .month = %u, .release = %u }, ", name, n.family, n.version, n.month, n.release);
}

/* An array inside an initialiser: `.member = (const struct TYPE[]){ … }, .count = n,`. */
#define NESTED(o, member, counter, tag, items, n)                              \
        do {                                                                   \
                if ((n) == 0)                                                  \
                        break;                                                 \
                out_c((o), "." #member " = (const struct " #tag "[]){\n");     \
                for (uint32_t i_ = 0; i_ < (n); i_++) {                        \
                        out_c((o), "\t\t{ ");                                  \
                        emit_##tag((o), &(items)[i_]);                         \
                        out_c((o), "},\n");                                    \
                }                                                              \
                out_fmt((o), "\t}, ." #counter " = %u, ", (unsigned)(n));      \
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
#define EMIT_OUT_STRS(name, count) strings(o, #name, r->name, r->count); number(o, #count, r->count);
#define EMIT_FIELD(record, kind, name, key, need, ...) EMIT_##kind(name, ##__VA_ARGS__)
#define EMIT(tag, LIST)                                              \
        static void emit_##tag(struct out *o, const struct tag *r) { \
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
EMIT(harmful, HARMFUL_FIELDS)
EMIT(left_out, LEFT_OUT_FIELDS)
EMIT(where_sign, WHERE_SIGN_FIELDS)
EMIT(guest_os_family, FAMILY_FIELDS)
EMIT(guest_os_release, RELEASE_FIELDS)
EMIT(resource_type, RESOURCE_TYPE_FIELDS)
EMIT(cloud_size, CLOUD_SIZE_FIELDS)
EMIT(image_publisher, PUBLISHER_FIELDS)
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
static void emit_lists(const struct catalog *c, struct out *o) {
#define X(items, count, tag) NESTED(o, items, count, tag, c->items, c->count);
        CATALOG_LISTS(X)
#undef X
}

static void emit_guidance(const struct guidance *g, struct out *o) {
#define X(items, count, tag) NESTED(o, items, count, tag, g->items, g->count);
        GUIDANCE_LISTS(X)
#undef X
}

void catalog_emit(const struct catalog *c, struct out *o) {
        out_c(o, "/* Made from data/ by tools/gencatalog. */\n#include \"catalog/guidance.h\"\n\n"
                 "const struct catalog catalog_builtin = {\n\t");
        emit_lists(c, o);
        out_c(o, ".guidance = &(const struct guidance){\n\t");
        emit_guidance(c->guidance, o);
        out_fmt(o, "},\n\t.date = STR(\"%.*s\"), .hash = STR(\"%.*s\"),\n};\n", STR_ARG(c->date), STR_ARG(c->hash));
}
