/* Flaws: their sentences, and then their conditions and rules. */
#include "compiler/builder.h"

enum { RULES_MAX = 64 };

#define PREFIX(prefix, before, after) " " prefix
#define SOURCE_PREFIXES SOURCES(PREFIX)

static int boundaries_of(struct builder *b, raw_text *words, unsigned count, boundary_set *ret) {
        enum boundary one;

        for (unsigned i = 0; i < count; i++) {
                if (!boundary_parse(str_of(words[i]), &one))
                        return builder_fail(b, str_of(words[i]), "'%s' is not a boundary", words[i]);
                *ret |= (boundary_set)(1u << one);
        }
        return 0;
}

bool builder_is_id(struct str s) {
        bool ok = s.len > 0 && s.p[0] != '-' && s.p[s.len - 1] != '-';

        for (ptrdiff_t i = 0; i < s.len; i++)
                ok &= (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-';
        return ok;
}

/* ---- Sentences ---- */

static uint16_t open_file(struct builder *b, struct str name) {
        for (ptrdiff_t i = 0; i < b->sentence_files.count; i++)
                if (str_eq(b->sentence_files.items[i].file, name))
                        return (uint16_t)i;
        struct open_file *f = arena_append(b->a, &b->sentence_files);
        f->file = str_dup(b->a, name);
        *arena_append(b->a, &f->parts) = as_text(S(""));
        return (uint16_t)(b->sentence_files.count - 1);
}

static uint16_t open_part(struct builder *b, struct open_file *f, raw_text name) {
        if (!name)
                return 0;
        for (ptrdiff_t i = 1; i < f->parts.count; i++)
                if (str_eq(T(f->parts.items[i]), str_of(name)))
                        return (uint16_t)i;
        *arena_append(b->a, &f->parts) = builder_copy(b, name);
        return (uint16_t)(f->parts.count - 1);
}

static int add_sentence(struct builder *b, const struct raw_sentence *r, uint16_t flaw_number, uint16_t own_part) {
        struct open_file *f = &b->sentence_files.items[b->flaw->sentence_file - 1];
        enum status status = STATUS_COUNT;
        struct sentence s = { 0 }, *ret = &s;

        if (!r->says || !r->is)
                return builder_fail(b, S("sentences:"), "a sentence needs 'says' and 'is'");
        SENTENCE_FIELDS(COPY_FIELD)
        s.part = r->part_name ? open_part(b, f, r->part_name) : own_part;
        s.flaw = flaw_number;
        s.counts = own_part == 0;
        if (r->status && !status_parse(str_of(r->status), &status))
                return builder_fail(b, T(s.says), "'%s' is not a status", r->status);
        s.status = (uint8_t)status;
        if (boundaries_of(b, r->boundaries, r->boundaries_count, &s.boundaries) < 0 || builder_yes(b, T(s.says), r->whole, &s.whole) < 0 ||
            builder_check_arches(b, T(s.says), s.arches) < 0)
                return -1;
        if (s.log.count && s.part)
                return builder_fail(b, T(s.says), "'log' is of whole sentences: '%.*s' is a part", STR_ARG(T(s.says)));
        for (uint32_t i = 0; i < s.log.count; i++)
                *arena_append(b->a, &b->log_reports) = (struct log_report){
                        .begins = texts_items(s.log)[i], .says = s.says, .file = (uint16_t)(b->flaw->sentence_file - 1), .whole = s.whole,
                };
        for (ptrdiff_t i = 0; i < f->sentences.count; i++)
                if (str_eq(T(f->sentences.items[i].says), T(s.says)))
                        return builder_fail(b, T(s.says), "the sentence '%.*s' is listed twice", STR_ARG(T(s.says)));
        *arena_append(b->a, &f->sentences) = s;
        return 0;
}

static int add_sentences(struct builder *b, const struct raw_flaw *r, uint16_t flaw_number, uint16_t own_part) {
        struct raw_sentence one;
        struct set_use use;

        for (unsigned i = 0; i < r->sentences_count; i++) {
                if (!r->sentences[i].use) {
                        if (add_sentence(b, &r->sentences[i], flaw_number, own_part) < 0)
                                return -1;
                        continue;
                }
                if (builder_use(b, r->sentences[i].use, r->sentences[i].with, &use) < 0)
                        return -1;
                if (use.set->sentences_count == 0)
                        return builder_fail(b, S("sentences:"), "rule set '%s' has no sentences", use.set->name);
                for (unsigned k = 0; k < use.set->sentences_count; k++)
                        if (builder_set_sentence(b, &use, &use.set->sentences[k], &one) < 0 ||
                            add_sentence(b, &one, flaw_number, own_part) < 0)
                                return -1;
                builder_used(b, &use);
        }
        return 0;
}

/* The facts that a whole sentence (part 0) or a part makes. */
static int declare_sentence_facts(struct builder *b, uint16_t file, uint16_t part) {
        static const struct {
                struct str suffix, title;
                enum sentence_aspect aspect;
                enum value_type type;
        } aspects[] = {
                { STR(""), STR("what the kernel says"), ASPECT_IS, VALUE_TEXT },
                { STR(".status"), STR("what the kernel's sentence amounts to"), ASPECT_STATUS, VALUE_TEXT },
                { STR(".text"), STR("the kernel's sentence"), ASPECT_TEXT, VALUE_TEXT },
                { STR(".means"), STR("the kernel's sentence in plain words"), ASPECT_MEANS, VALUE_TEXT },
                { STR(".lacks"), STR("what the kernel says is missing"), ASPECT_LACKS, VALUE_TEXT },
                { STR(".unknown"), STR("what of the kernel's sentence is not understood"), ASPECT_UNKNOWN, VALUE_TEXT },
                { STR(".asked"), STR("the kernel was asked about it, and its word counts"), ASPECT_ASKED, VALUE_BOOL },
        };
        const struct open_file *f = &b->sentence_files.items[file];

        for (size_t i = 0; i < sizeof(aspects) / sizeof(aspects[0]); i++) {
                struct str name = str_fmt(b->a, "sysfs.%.*s%s%.*s%.*s", STR_ARG(f->file), part ? "." : "",
                                          STR_ARG(T(f->parts.items[part])), STR_ARG(aspects[i].suffix));
                struct fact_def *fact = builder_add_fact(b, name, aspects[i].title, FACT_KIND_SENTENCE, aspects[i].type);

                if (!fact)
                        return -1;
                fact->source = file;
                fact->part = part;
                fact->aspect = (uint8_t)aspects[i].aspect;
                fact->os_claim = aspects[i].aspect != ASPECT_ASKED;
        }
        return 0;
}

/* ---- Names ---- */

static bool is_listed(struct str name, raw_text *names, unsigned count) {
        for (unsigned i = 0; i < count; i++)
                if (str_eq(str_of(names[i]), name))
                        return true;
        return false;
}

/* Those of the flaw's own facts, then those that it names; it may name its own to put them in order. */
static struct texts parameters_of(struct builder *b, const struct raw_flaw *r) {
        unsigned own = r->own ? r->own->parameters_count : 0;
        struct text *list = arena_array(b->a, struct text, (ptrdiff_t)own + r->parameters_count + 1);
        uint32_t count = 0;

        for (unsigned i = 0; i < own; i++)
                if (!is_listed(str_of(r->own->parameters[i].name), r->parameters, r->parameters_count))
                        list[count++] = builder_copy(b, r->own->parameters[i].name);
        for (unsigned i = 0; i < r->parameters_count; i++)
                list[count++] = builder_copy(b, r->parameters[i]);
        return as_texts(list, count);
}

static struct texts config_of(struct builder *b, const struct raw_flaw *r) {
        unsigned own = r->own ? r->own->configs_count : 0;
        struct text *list = arena_array(b->a, struct text, (ptrdiff_t)own + r->config_count + 1);
        uint32_t count = 0;

        for (unsigned i = 0; i < own; i++)
                if (!is_listed(str_of(r->own->configs[i].name), r->config, r->config_count))
                        list[count++] = builder_copy(b, r->own->configs[i].name);
        for (unsigned i = 0; i < r->config_count; i++)
                list[count++] = builder_copy(b, r->config[i]);
        return as_texts(list, count);
}

static int declare_flaw(struct builder *b, const struct raw_file *file, struct flaw *ret) {
        const struct raw_flaw *r = file->flaw;
        struct flaw *f = ret;
        struct str stem = str_sub(file->file->path, 6, file->file->path.len - 11); /* "vulns/" … ".yaml" */
        uint16_t part = 0;

        *ret = (struct flaw){ 0 };
        FLAW_FIELDS(COPY_FIELD)
        f->parameters = parameters_of(b, r);
        f->config = config_of(b, r);
        if (!builder_is_id(T(f->id)))
                return builder_fail(b, S("id:"), BUILDER_NO_ID, r->id);
        if (!str_eq(T(f->id), stem))
                return builder_fail(b, S("id:"), "id '%s' is not the file's name '%.*s'", r->id, STR_ARG(stem));
        b->flaw = f;
        if (r->sysfs) {
                f->sentence_file = (uint16_t)(open_file(b, str_of(r->sysfs->file)) + 1);
                part = open_part(b, &b->sentence_files.items[f->sentence_file - 1], r->sysfs->part);
                f->sentence_part = part;
        } else if (r->sentences_count) {
                return builder_fail(b, S("sentences:"), "'sentences' needs 'sysfs'");
        }
        if (boundaries_of(b, r->boundaries, r->boundaries_count, &f->boundaries) < 0 || builder_check_arches(b, S("arches:"), f->arches) < 0)
                return -1;
        return add_sentences(b, r, (uint16_t)b->flaw_count, part);
}

static int declare_flaw_facts(struct builder *b, uint16_t number) {
        struct flaw *f = &b->flaws[number];
        struct fact_def *fact = builder_add_fact(b, str_fmt(b->a, "affected.%.*s", STR_ARG(T(f->id))),
                                                 S("this processor is affected, by the hardware tables"),
                                                 FACT_KIND_AFFECTED, VALUE_BOOL);

        if (!fact)
                return -1;
        fact->source = number;
        f->affected_fact = (uint16_t)(b->facts.count - 1);
        fact = builder_add_fact(b, str_fmt(b->a, "verdict.%.*s", STR_ARG(T(f->id))), S("the verdict on this flaw"),
                                FACT_KIND_VERDICT, VALUE_TEXT);
        if (!fact)
                return -1;
        fact->source = number;
        return 0;
}

int builder_declare_flaws(struct builder *b) {
        b->flaws = arena_array(b->a, struct flaw, b->file_count + 1);
        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                if (!b->files[i].flaw)
                        continue;
                b->file = b->files[i].file;
                b->cursor = 0;
                if (declare_flaw(b, &b->files[i], &b->flaws[b->flaw_count]) < 0)
                        return -1;
                b->flaw_count++;
        }
        for (uint16_t i = 0; i < b->sentence_files.count; i++)
                for (uint16_t part = 0; part < b->sentence_files.items[i].parts.count; part++)
                        if (declare_sentence_facts(b, i, part) < 0)
                                return -1;
        for (uint32_t i = 0; i < b->flaw_count; i++)
                if (declare_flaw_facts(b, (uint16_t)i) < 0)
                        return -1;
        return 0;
}

/* ---- Rules ---- */

static int check_reachable(struct builder *b, const struct rule *rules, uint32_t count) {
        const struct rule *last = &rules[count - 1];

        b->cursor = 0;
        for (uint32_t i = 0; i + 1 < count; i++) {
                if (builder_is_true(b, rules[i].condition))
                        return builder_fail(b, T(rules[i].id), "rule '%.*s' always applies, so the rules after it are unreachable",
                                            STR_ARG(T(rules[i].id)));
                if (str_eq(T(rules[i].id), T(last->id)))
                        return builder_fail(b, T(last->id), "two rules are called '%.*s'", STR_ARG(T(last->id)));
                if (str_eq(T(rules[i].when), T(last->when)))
                        return builder_fail(b, T(last->id), "rule '%.*s' is unreachable: '%.*s' has the same condition",
                                            STR_ARG(T(last->id)), STR_ARG(T(rules[i].id)));
        }
        return 0;
}

static int add_rule(struct builder *b, const struct raw_rule *r, bool shared, struct rule *ret) {
        enum status status = STATUS_COUNT, then = STATUS_COUNT;
        enum layer owner = LAYER_NONE;

        if (!r->id || !r->status || !r->reason)
                return builder_fail(b, str_of(r->id ? r->id : "rules:"), "a rule needs 'id', 'when', 'status' and 'reason'");
        if (!b->set)
                (void)raw_line(b->file, &b->cursor, str_of(r->id));
        *ret = (struct rule){ .shared = shared };
        RULE_FIELDS(COPY_FIELD)
        if (!r->when)
                ret->when = as_text(S("true"));
        if (!builder_is_id(T(ret->id)))
                return builder_fail(b, T(ret->id), BUILDER_NO_ID, r->id);
        if (!status_parse(str_of(r->status), &status))
                return builder_fail(b, T(ret->id), "'%s' is not a status", r->status);
        if (r->owner && !layer_parse(str_of(r->owner), &owner))
                return builder_fail(b, T(ret->id), "'%s' is not a layer", r->owner);
        if (r->after_restart && !status_parse(str_of(r->after_restart), &then))
                return builder_fail(b, T(ret->id), "'%s' is not a status", r->after_restart);
        ret->status = (uint8_t)status;
        ret->after_restart = (uint8_t)then;
        ret->owner = (uint8_t)owner;
        if (boundaries_of(b, r->boundaries, r->boundaries_count, &ret->boundaries) < 0 || builder_check_fixes(b, ret->fixes) < 0)
                return -1;
        if (builder_condition(b, T(ret->when), &ret->condition) < 0)
                return -1;
        return builder_text(b, &ret->reason, ret->condition) < 0 ? -1 : builder_text(b, &ret->ask, ret->condition);
}

static int add_rules(struct builder *b, const struct raw_rule *r, bool shared, struct rule *rules, uint32_t *count) {
        if (*count == RULES_MAX)
                return builder_fail(b, S("rules:"), "more than %d rules", RULES_MAX);
        return add_rule(b, r, shared, &rules[(*count)++]);
}

static int add_ruleset(struct builder *b, const struct raw_rule *r, struct rule *rules, uint32_t *count) {
        struct raw_rule one;
        struct set_use use;

        if (builder_use(b, r->use, r->with, &use) < 0)
                return -1;
        if (use.set->rules_count == 0)
                return builder_fail(b, S("rules:"), "rule set '%s' has no rules", r->use);
        for (unsigned i = 0; i < use.set->rules_count; i++)
                if (builder_set_rule(b, &use, &use.set->rules[i], &one) < 0 ||
                    add_rules(b, &one, use.set->with_count == 0, rules, count) < 0)
                        return -1;
        builder_used(b, &use);
        for (unsigned i = 0; i < use.set->rules_count; i++)
                if (check_reachable(b, rules, *count - i) < 0)
                        return -1;
        return 0;
}

static int define_rules(struct builder *b, const struct raw_flaw *r, struct flaw *f) {
        struct rule *rules = arena_array(b->a, struct rule, RULES_MAX);
        uint32_t count = 0;

        for (unsigned i = 0; i < r->rules_count; i++) {
                if (r->rules[i].use ? add_ruleset(b, &r->rules[i], rules, &count) < 0
                                    : add_rules(b, &r->rules[i], false, rules, &count) < 0 || check_reachable(b, rules, count) < 0)
                        return -1;
        }
        if (count == 0 || !builder_is_true(b, rules[count - 1].condition))
                return builder_fail(b, S("rules:"), "the last rule of '%.*s' must always apply (when: \"true\")",
                                    STR_ARG(T(f->id)));
        f->rules = rules;
        f->rule_count = count;
        return 0;
}

static int add_prediction(struct builder *b, const struct raw_prediction *r, const struct flaw *f, struct prediction *ret) {
        const struct open_file *file = &b->sentence_files.items[f->sentence_file - 1];
        bool found = false;

        if (!r->when || !r->is == !r->because)
                return builder_fail(b, S("predict:"), "a prediction needs 'when', and 'is' or, where none is possible, 'because'");
        *ret = (struct prediction){ .part = f->sentence_part };
        PREDICTION_FIELDS(COPY_FIELD)
        for (uint16_t k = 1; r->part_name && k < file->parts.count; k++)
                if (str_eq(T(file->parts.items[k]), str_of(r->part_name)))
                        ret->part = k;
        if (r->part_name && !str_eq(T(file->parts.items[ret->part]), str_of(r->part_name)))
                return builder_fail(b, str_of(r->part_name), "no sentence of this flaw has the part '%s'", r->part_name);
        for (ptrdiff_t k = 0; k < file->sentences.count; k++)
                found |= file->sentences.items[k].part == ret->part && str_eq(T(file->sentences.items[k].is), T(ret->is));
        if (!found && r->is && !str_eq(T(ret->is), S("none")))
                return builder_fail(b, T(ret->is), "prediction '%.*s' is not a sentence of this flaw", STR_ARG(T(ret->is)));
        return builder_condition(b, T(ret->when), &ret->condition);
}

static int add_contradiction(struct builder *b, const struct raw_contradiction *r, struct contradiction *ret) {
        if (!r->when || !r->says)
                return builder_fail(b, S("contradictions:"), "a contradiction needs 'when' and 'says'");
        *ret = (struct contradiction){ 0 };
        CONTRADICTION_FIELDS(COPY_FIELD)
        if (r->doubts && !str_eq(str_of(r->doubts), S("yes")) && !str_eq(str_of(r->doubts), S("no")))
                return builder_fail(b, str_of(r->doubts), "'doubts' must be yes or no, not '%s'", r->doubts);
        ret->doubts = r->doubts && str_eq(str_of(r->doubts), S("yes"));
        return builder_condition(b, str_of(r->when), &ret->condition) < 0 ? -1 : builder_text(b, &ret->says, ret->condition);
}

static int define_predictions(struct builder *b, const struct raw_flaw *r, struct flaw *f) {
        BUILDER_LIST(struct prediction, all) = { 0 };
        struct raw_prediction one;
        struct set_use use;

        if (r->predict_count && !f->sentence_file)
                return builder_fail(b, S("predict:"), "'predict' needs 'sysfs'");
        for (unsigned i = 0; i < r->predict_count; i++) {
                if (!r->predict[i].use) {
                        if (add_prediction(b, &r->predict[i], f, arena_append(b->a, &all)) < 0)
                                return -1;
                        continue;
                }
                if (builder_use(b, r->predict[i].use, r->predict[i].with, &use) < 0)
                        return -1;
                if (use.set->predict_count == 0)
                        return builder_fail(b, S("predict:"), "rule set '%s' has no predictions", use.set->name);
                for (unsigned k = 0; k < use.set->predict_count; k++)
                        if (builder_set_prediction(b, &use, &use.set->predict[k], &one) < 0 ||
                            add_prediction(b, &one, f, arena_append(b->a, &all)) < 0)
                                return -1;
                builder_used(b, &use);
        }
        f->predictions = all.items;
        f->prediction_count = (uint32_t)all.count;
        return 0;
}

static int define_contradictions(struct builder *b, const struct raw_flaw *r, struct flaw *f) {
        BUILDER_LIST(struct contradiction, all) = { 0 };
        struct raw_contradiction one;
        struct set_use use;

        for (unsigned i = 0; i < r->contradictions_count; i++) {
                if (!r->contradictions[i].use) {
                        if (add_contradiction(b, &r->contradictions[i], arena_append(b->a, &all)) < 0)
                                return -1;
                        continue;
                }
                if (builder_use(b, r->contradictions[i].use, r->contradictions[i].with, &use) < 0)
                        return -1;
                if (use.set->contradictions_count == 0)
                        return builder_fail(b, S("contradictions:"), "rule set '%s' has no contradictions", use.set->name);
                for (unsigned k = 0; k < use.set->contradictions_count; k++)
                        if (builder_set_contradiction(b, &use, &use.set->contradictions[k], &one) < 0 ||
                            add_contradiction(b, &one, arena_append(b->a, &all)) < 0)
                                return -1;
                builder_used(b, &use);
        }
        f->contradictions = all.items;
        f->contradiction_count = (uint32_t)all.count;
        return 0;
}

/* A number names one flaw, or the parts of one sentence of the kernel. */
static int check_cves(struct builder *b, const struct flaw *f) {
        for (uint32_t i = 0; i < f->cves.count; i++) {
                if (!str_starts(T_AT(f->cves, i), S("CVE-")))
                        return builder_fail(b, T_AT(f->cves, i), "'%.*s' is no CVE number", STR_ARG(T_AT(f->cves, i)));
                for (const struct flaw *other = b->flaws; other < f; other++)
                        for (uint32_t k = 0; k < other->cves.count; k++)
                                if (str_eq(T_AT(other->cves, k), T_AT(f->cves, i)) &&
                                    (!f->sentence_file || other->sentence_file != f->sentence_file))
                                        return builder_fail(b, T_AT(f->cves, i), "%.*s already belongs to the flaw '%.*s'", STR_ARG(T_AT(f->cves, i)),
                                                            STR_ARG(T(other->id)));
        }
        return 0;
}

static int check_names(struct builder *b, const struct flaw *f) {
        for (uint32_t i = 0; i < f->parameters.count; i++)
                if (builder_fact(b, str_fmt(b->a, "cmdline.%.*s", STR_ARG(T_AT(f->parameters, i)))) < 0)
                        return builder_fail(b, T_AT(f->parameters, i), "unknown parameter '%.*s' (not in parameters.yaml)",
                                            STR_ARG(T_AT(f->parameters, i)));
        for (uint32_t i = 0; i < f->config.count; i++)
                if (builder_fact(b, str_fmt(b->a, "config.%.*s", STR_ARG(T_AT(f->config, i)))) < 0)
                        return builder_fail(b, T_AT(f->config, i), "unknown build option '%.*s' (not in config.yaml)",
                                            STR_ARG(T_AT(f->config, i)));
        for (uint32_t i = 0; i < f->sources.count; i++)
                if (!catalog_source_known(T_AT(f->sources, i)))
                        return builder_fail(b, T_AT(f->sources, i), "the source '%.*s' is of an unknown kind (known:" SOURCE_PREFIXES ")",
                                            STR_ARG(T_AT(f->sources, i)));
        return check_cves(b, f) < 0 ? -1 : builder_check_fixes(b, f->fixes);
}

int builder_define_flaws(struct builder *b) {
        uint32_t number = 0;

        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                const struct raw_flaw *r = b->files[i].flaw;
                struct flaw *f;

                if (!r)
                        continue;
                f = &b->flaws[number++];
                b->file = b->files[i].file;
                b->cursor = 0;
                b->flaw = f;
                if (r->affected && builder_condition(b, T(f->affected_text), &f->affected) < 0)
                        return -1;
                b->facts.items[f->affected_fact].gate = f->affected;
                if ((r->claimed && builder_condition(b, T(f->claimed_text), &f->claimed) < 0) || check_names(b, f) < 0 ||
                    define_rules(b, r, f) < 0 || define_predictions(b, r, f) < 0 || define_contradictions(b, r, f) < 0)
                        return -1;
        }
        return 0;
}
