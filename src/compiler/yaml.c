/* The shapes of the data files, as libcyaml's schema tables; and its errors as ours. */
#include <cyaml/cyaml.h>

#include <stdio.h>

#include "compiler/raw.h"

#define TEXT(key, type, member) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 0, CYAML_UNLIMITED)
#define TEXT_OPT(key, type, member) \
        CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 0, CYAML_UNLIMITED)
#define LIST_OPT(key, type, member, entry) \
        CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, entry, 0, CYAML_UNLIMITED)
#define NUMBER_OPT(key, type, member) CYAML_FIELD_UINT_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member)

static const cyaml_schema_value_t text_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED) };

#define MAPPING(name, type, ...)                                               \
        static const cyaml_schema_field_t name##_fields[] = { __VA_ARGS__, CYAML_FIELD_END }; \
        static const cyaml_schema_value_t name##_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, name##_fields) }

static const cyaml_schema_field_t sysfs_fields[] = {
        TEXT("file", struct raw_sysfs, file),
        TEXT_OPT("part", struct raw_sysfs, part),
        CYAML_FIELD_END,
};

MAPPING(sentence, struct raw_sentence, TEXT("says", struct raw_sentence, says), TEXT("is", struct raw_sentence, is),
        TEXT_OPT("part", struct raw_sentence, part), TEXT_OPT("status", struct raw_sentence, status),
        TEXT_OPT("means", struct raw_sentence, means), TEXT_OPT("lacks", struct raw_sentence, lacks),
        LIST_OPT("boundaries", struct raw_sentence, boundaries, &text_schema));

MAPPING(rule, struct raw_rule, TEXT_OPT("use", struct raw_rule, use), TEXT_OPT("id", struct raw_rule, id),
        TEXT_OPT("when", struct raw_rule, when), TEXT_OPT("status", struct raw_rule, status),
        TEXT_OPT("owner", struct raw_rule, owner), TEXT_OPT("reason", struct raw_rule, reason),
        TEXT_OPT("ask", struct raw_rule, ask), LIST_OPT("boundaries", struct raw_rule, boundaries, &text_schema),
        LIST_OPT("fixes", struct raw_rule, fixes, &text_schema));

MAPPING(prediction, struct raw_prediction, TEXT("when", struct raw_prediction, when),
        TEXT("is", struct raw_prediction, is), TEXT_OPT("part", struct raw_prediction, part));

MAPPING(contradiction, struct raw_contradiction, TEXT("when", struct raw_contradiction, when),
        TEXT("says", struct raw_contradiction, says));

static const cyaml_schema_field_t flaw_fields[] = {
        TEXT("id", struct raw_flaw, id),
        TEXT("name", struct raw_flaw, name),
        LIST_OPT("aliases", struct raw_flaw, aliases, &text_schema),
        LIST_OPT("cves", struct raw_flaw, cves, &text_schema),
        TEXT("summary", struct raw_flaw, summary),
        TEXT_OPT("page", struct raw_flaw, page),
        TEXT_OPT("disclosed", struct raw_flaw, disclosed),
        LIST_OPT("boundaries", struct raw_flaw, boundaries, &text_schema),
        LIST_OPT("arches", struct raw_flaw, arches, &text_schema),
        CYAML_FIELD_MAPPING_PTR("sysfs", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct raw_flaw, sysfs, sysfs_fields),
        TEXT_OPT("affected", struct raw_flaw, affected),
        TEXT_OPT("claimed", struct raw_flaw, claimed),
        LIST_OPT("parameters", struct raw_flaw, parameters, &text_schema),
        LIST_OPT("config", struct raw_flaw, config, &text_schema),
        LIST_OPT("sentences", struct raw_flaw, sentences, &sentence_schema),
        LIST_OPT("predict", struct raw_flaw, predict, &prediction_schema),
        LIST_OPT("contradictions", struct raw_flaw, contradictions, &contradiction_schema),
        LIST_OPT("rules", struct raw_flaw, rules, &rule_schema),
        LIST_OPT("fixes", struct raw_flaw, fixes, &text_schema),
        LIST_OPT("sources", struct raw_flaw, sources, &text_schema),
        CYAML_FIELD_END,
};
static const cyaml_schema_value_t flaw_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_flaw, flaw_fields) };

MAPPING(register, struct raw_register, TEXT("name", struct raw_register, name), NUMBER_OPT("leaf", struct raw_register, leaf),
        NUMBER_OPT("subleaf", struct raw_register, subleaf), TEXT_OPT("reg", struct raw_register, reg),
        NUMBER_OPT("msr", struct raw_register, msr), TEXT_OPT("idreg", struct raw_register, idreg), TEXT("bits", struct raw_register, bits),
        TEXT_OPT("flag", struct raw_register, flag), TEXT_OPT("log", struct raw_register, log), TEXT_OPT("if", struct raw_register, gate),
        TEXT_OPT("windows", struct raw_register, windows),
        TEXT_OPT("title", struct raw_register, title));

MAPPING(cpu, struct raw_cpu, TEXT("name", struct raw_cpu, name), TEXT("vendor", struct raw_cpu, vendor),
        CYAML_FIELD_UINT("family", CYAML_FLAG_DEFAULT, struct raw_cpu, family), TEXT_OPT("models", struct raw_cpu, models),
        TEXT_OPT("title", struct raw_cpu, title));

MAPPING(fact, struct raw_fact, TEXT("name", struct raw_fact, name), TEXT_OPT("title", struct raw_fact, title),
        TEXT_OPT("type", struct raw_fact, type), TEXT_OPT("file", struct raw_fact, file),
        TEXT_OPT("cpuinfo", struct raw_fact, cpuinfo), TEXT_OPT("log", struct raw_fact, log),
        TEXT_OPT("registry", struct raw_fact, registry), TEXT_OPT("win32", struct raw_fact, win32), NUMBER_OPT("nt", struct raw_fact, nt),
        NUMBER_OPT("dword", struct raw_fact, dword), TEXT_OPT("bits", struct raw_fact, bits), TEXT_OPT("if", struct raw_fact, gate));

MAPPING(derived, struct raw_derived, TEXT("name", struct raw_derived, name), TEXT("is", struct raw_derived, is),
        TEXT_OPT("title", struct raw_derived, title));

MAPPING(parameter, struct raw_parameter, TEXT("name", struct raw_parameter, name),
        LIST_OPT("values", struct raw_parameter, values, &text_schema), TEXT_OPT("title", struct raw_parameter, title));

MAPPING(config, struct raw_config, TEXT("name", struct raw_config, name),
        LIST_OPT("options", struct raw_config, options, &text_schema), TEXT_OPT("log", struct raw_config, log), TEXT_OPT("title", struct raw_config, title));

MAPPING(ruleset, struct raw_ruleset, TEXT("name", struct raw_ruleset, name),
        LIST_OPT("rules", struct raw_ruleset, rules, &rule_schema));

MAPPING(step, struct raw_step, TEXT("on", struct raw_step, on), TEXT_OPT("do", struct raw_step, prose),
        TEXT_OPT("run", struct raw_step, command));

MAPPING(change, struct raw_change, TEXT("on", struct raw_change, on), TEXT("target", struct raw_change, target),
        TEXT_OPT("place", struct raw_change, place), TEXT("key", struct raw_change, key), TEXT_OPT("to", struct raw_change, to));

MAPPING(fix, struct raw_fix, TEXT("id", struct raw_fix, id), TEXT("title", struct raw_fix, title),
        TEXT_OPT("owner", struct raw_fix, owner), TEXT_OPT("how", struct raw_fix, how), TEXT_OPT("cost", struct raw_fix, cost),
        TEXT_OPT("phase", struct raw_fix, phase), TEXT_OPT("target", struct raw_fix, target),
        TEXT_OPT("computes", struct raw_fix, computes), TEXT_OPT("restart", struct raw_fix, restart),
        TEXT_OPT("done", struct raw_fix, done), LIST_OPT("steps", struct raw_fix, steps, &step_schema),
        LIST_OPT("changes", struct raw_fix, changes, &change_schema));

MAPPING(left_out, struct raw_left_out, TEXT("name", struct raw_left_out, name), TEXT_OPT("cve", struct raw_left_out, cve),
        TEXT("reason", struct raw_left_out, reason));

/* ---- Guidance ---- */

MAPPING(sign, struct raw_sign, TEXT("when", struct raw_sign, when), TEXT("sure", struct raw_sign, sure),
        TEXT("because", struct raw_sign, because));

MAPPING(offering, struct raw_offering, TEXT("id", struct raw_offering, id), TEXT("title", struct raw_offering, title),
        TEXT("document", struct raw_offering, document), LIST_OPT("groups", struct raw_offering, groups, &text_schema),
        LIST_OPT("signs", struct raw_offering, signs, &sign_schema));

MAPPING(revision, struct raw_revision, TEXT("id", struct raw_revision, id),
        TEXT("document", struct raw_revision, document), TEXT("date", struct raw_revision, date),
        TEXT("title", struct raw_revision, title), TEXT("source", struct raw_revision, source),
        LIST_OPT("changes", struct raw_revision, changes, &text_schema));

MAPPING(statement, struct raw_statement, TEXT("id", struct raw_statement, id), TEXT("says", struct raw_statement, says));

MAPPING(done, struct raw_done, TEXT("from", struct raw_done, from), TEXT("when", struct raw_done, when));

MAPPING(action, struct raw_action, TEXT("id", struct raw_action, id), TEXT("title", struct raw_action, title),
        LIST_OPT("offerings", struct raw_action, offerings, &text_schema),
        LIST_OPT("statements", struct raw_action, statements, &text_schema), TEXT_OPT("trust", struct raw_action, trust),
        TEXT("phase", struct raw_action, phase), LIST_OPT("after", struct raw_action, after, &text_schema),
        TEXT("from", struct raw_action, from),
        TEXT_OPT("until", struct raw_action, until), TEXT("who", struct raw_action, who), TEXT("why", struct raw_action, why),
        TEXT_OPT("fixed", struct raw_action, fixed), TEXT_OPT("needs", struct raw_action, needs),
        TEXT_OPT("needless", struct raw_action, needless), LIST_OPT("done", struct raw_action, done, &done_schema),
        TEXT_OPT("declare", struct raw_action, declare), TEXT_OPT("ask", struct raw_action, ask),
        LIST_OPT("fixes", struct raw_action, fixes, &text_schema), LIST_OPT("steps", struct raw_action, steps, &step_schema),
        TEXT_OPT("cost", struct raw_action, cost), TEXT_OPT("section", struct raw_action, section));
MAPPING(windows, struct raw_windows, CYAML_FIELD_UINT("build", CYAML_FLAG_DEFAULT, struct raw_windows, build),
        TEXT("name", struct raw_windows, name), TEXT_OPT("kb", struct raw_windows, kb), TEXT_OPT("date", struct raw_windows, date),
        NUMBER_OPT("first", struct raw_windows, first), TEXT_OPT("none", struct raw_windows, none));

MAPPING(registry_bit, struct raw_registry_bit, CYAML_FIELD_UINT("bit", CYAML_FLAG_DEFAULT, struct raw_registry_bit, bit),
        TEXT_OPT("vendor", struct raw_registry_bit, vendor), TEXT_OPT("smt", struct raw_registry_bit, smt),
        LIST_OPT("on", struct raw_registry_bit, on, &text_schema), LIST_OPT("off", struct raw_registry_bit, off, &text_schema),
        TEXT("title", struct raw_registry_bit, title));

MAPPING(module_word, struct raw_module_word, TEXT("says", struct raw_module_word, says), TEXT("when", struct raw_module_word, when));

MAPPING(property, struct raw_property, TEXT("property", struct raw_property, property), TEXT_OPT("is", struct raw_property, is),
        TEXT_OPT("never", struct raw_property, never), TEXT_OPT("shown", struct raw_property, shown),
        TEXT_OPT("known", struct raw_property, known), TEXT_OPT("if_true", struct raw_property, if_true),
        TEXT_OPT("if_false", struct raw_property, if_false), TEXT_OPT("number", struct raw_property, number),
        LIST_OPT("words", struct raw_property, words, &module_word_schema));

#define LIST_FILE(name)                                                                                                   \
        static const cyaml_schema_value_t name##_list = { CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, struct raw_##name,      \
                                                                               &name##_schema, 0, CYAML_UNLIMITED) }
LIST_FILE(register);
LIST_FILE(cpu);
LIST_FILE(fact);
LIST_FILE(derived);
LIST_FILE(parameter);
LIST_FILE(config);
LIST_FILE(ruleset);
LIST_FILE(fix);
LIST_FILE(left_out);
LIST_FILE(offering);
LIST_FILE(revision);
LIST_FILE(statement);
LIST_FILE(action);
LIST_FILE(windows);
LIST_FILE(registry_bit);
LIST_FILE(property);

/* Which list a file holds: its name, its shape, and where in struct raw_file it goes. */
static const struct shape {
        struct str path;
        const cyaml_schema_value_t *schema;
        size_t items, count;
} shapes[] = {
#define SHAPE(path, list, member) \
        { STR(path), &list##_list, offsetof(struct raw_file, member), offsetof(struct raw_file, member##_count) }
        SHAPE("registers.yaml", register, registers),
        SHAPE("cpus.yaml", cpu, cpus),
        SHAPE("facts.yaml", fact, facts),
        SHAPE("derived.yaml", derived, derived),
        SHAPE("parameters.yaml", parameter, parameters),
        SHAPE("config.yaml", config, configs),
        SHAPE("rulesets.yaml", ruleset, rulesets),
        SHAPE("fixes.yaml", fix, fixes),
        SHAPE("left-out.yaml", left_out, left_out),
        SHAPE("guidance/offerings.yaml", offering, offerings),
        SHAPE("guidance/revisions.yaml", revision, revisions),
        SHAPE("guidance/statements.yaml", statement, statements),
        SHAPE("guidance/", action, actions), /* any other file of that folder */
        SHAPE("builds.yaml", windows, windows),
        SHAPE("registry-bits.yaml", registry_bit, registry_bits),
        SHAPE("properties.yaml", property, properties),
#undef SHAPE
};

struct complaint {
        char text[300];
        long line;
};

/* libcyaml says what is wrong first, then from inside to outside where. */
static void listen(cyaml_log_t level, void *context, const char *format, va_list args) {
        struct complaint *c = context;
        char message[300];
        ptrdiff_t at;
        uint64_t line;
        struct str rest, number;

        (void)vsnprintf(message, sizeof(message), format, args);
        rest = str_of(message);
        if ((at = str_find(rest, S("line: "))) >= 0 && c->line == 0) {
                rest = str_from(rest, at + 6);
                at = 0;
                while (at < rest.len && rest.p[at] >= '0' && rest.p[at] <= '9')
                        at++;
                number = str_n(rest.p, at);
                c->line = str_to_u64(number, &line) ? (long)line : 0;
        }
        if (level == CYAML_LOG_ERROR && c->text[0] == '\0' && !str_starts(str_of(message), S("Load: Backtrace"))) {
                rest = str_trim(str_of(message));
                if (str_starts(rest, S("Load: ")))
                        rest = str_from(rest, 6);
                (void)snprintf(c->text, sizeof(c->text), "%.*s", STR_ARG(rest));
        }
}

static cyaml_config_t config_of(struct complaint *c) {
        return (cyaml_config_t){ .log_level = CYAML_LOG_INFO, .log_fn = listen, .log_ctx = c, .mem_fn = cyaml_mem,
                                 .flags = CYAML_CFG_DEFAULT };
}

static const struct shape *shape_of(struct str path) {
        if (str_starts(path, S("windows/"))) /* the same lists once more, for what only Windows has */
                path = str_from(path, 8);
        for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
                if (str_eq(path, shapes[i].path) ||
                    (str_ends(shapes[i].path, S("/")) && str_starts(path, shapes[i].path)))
                        return &shapes[i];
        return NULL;
}

/* libcyaml names the line of what it read last; an unexpected key stands somewhere behind it. */
static long line_of(const struct complaint *c, const struct data_file *file) {
        static const struct str unexpected = STR("Unexpected key: ");
        struct str text = str_of(c->text), rest = file->text, line;
        ptrdiff_t cursor = 0;

        for (long i = 1; i < c->line && str_cut(&rest, '\n', &line); i++)
                cursor = rest.p ? rest.p - file->text.p : file->text.len;
        if (str_starts(text, unexpected))
                return raw_line(file, &cursor, str_from(text, unexpected.len));
        return c->line;
}

int raw_load(struct raw_file *ret, const struct data_file *file, struct arena *a, struct diag *d) {
        struct complaint complaint = { 0 };
        const cyaml_config_t config = config_of(&complaint);
        const struct shape *shape = shape_of(file->path);
        cyaml_data_t *loaded = NULL;
        unsigned count = 0;
        cyaml_err_t e;

        *ret = (struct raw_file){ .file = file };
        e = cyaml_load_data((const uint8_t *)file->text.p, (size_t)file->text.len, &config,
                            shape ? shape->schema : &flaw_schema, &loaded, shape ? &count : NULL);
        if (e != CYAML_OK)
                return diag_fail_at(d, str_to_c(a, file->path), line_of(&complaint, file), "%s",
                                    complaint.text[0] ? complaint.text : cyaml_strerror(e));
        if (shape) {
                memcpy((char *)ret + shape->items, &loaded, sizeof(loaded));
                memcpy((char *)ret + shape->count, &count, sizeof(count));
        } else {
                ret->flaw = loaded;
        }
        return 0;
}

void raw_free(struct raw_file *f) {
        struct complaint complaint = { 0 };
        const cyaml_config_t config = config_of(&complaint);
        const struct shape *shape;
        cyaml_data_t *loaded = f->flaw;
        unsigned count = 0;

        if (!f->file)
                return;
        shape = shape_of(f->file->path);
        if (shape) {
                memcpy(&loaded, (char *)f + shape->items, sizeof(loaded));
                memcpy(&count, (char *)f + shape->count, sizeof(count));
        }
        (void)cyaml_free(&config, shape ? shape->schema : &flaw_schema, loaded, count);
}

long raw_line(const struct data_file *file, ptrdiff_t *cursor, struct str needle) {
        ptrdiff_t at = str_find(str_from(file->text, *cursor), needle);
        long line = 1;

        if (at >= 0)
                *cursor += at;
        for (ptrdiff_t i = 0; i < *cursor; i++)
                line += file->text.p[i] == '\n';
        return line;
}
