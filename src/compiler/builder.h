/* What the compiler of the data folder knows while it works. Private to build/. */
#ifndef SIDELIGHT_COMPILER_BUILDER_H
#define SIDELIGHT_COMPILER_BUILDER_H

#include "compiler/raw.h"
#include "catalog/guidance.h"

#define BUILDER_LIST(type, name)               \
        struct {                               \
                type *items;                   \
                ptrdiff_t count, capacity;     \
        } name

struct open_file {
        struct str file;
        BUILDER_LIST(struct text, parts);
        BUILDER_LIST(struct sentence, sentences);
};

struct cpu_group {
        struct text name;
        struct texts members;
};

struct builder {
        struct arena *a;
        struct diag *d;
        struct raw_file *files; /* in order of path */
        ptrdiff_t file_count;

        BUILDER_LIST(struct fact_def, facts);
        BUILDER_LIST(struct node, nodes);
        BUILDER_LIST(struct literal, literals);
        BUILDER_LIST(struct cpu_range, ranges);
        BUILDER_LIST(struct cpu_range, cpus); /* a name may stand for several ranges */
        BUILDER_LIST(struct cpu_group, groups);
        BUILDER_LIST(struct str, arguments); /* of all rule sets */
        BUILDER_LIST(const struct raw_ruleset *, used_sets);
        BUILDER_LIST(struct open_file, sentence_files);
        BUILDER_LIST(struct microcode_table, tables);
        BUILDER_LIST(struct windows_version, windows);
        BUILDER_LIST(struct registry_bit, registry_bits);
        BUILDER_LIST(struct module_property, properties);
        BUILDER_LIST(struct fix, fixes);
        BUILDER_LIST(struct parameter, parameters);
        BUILDER_LIST(struct log_line, log_lines);
        BUILDER_LIST(struct bug, bugs);
        BUILDER_LIST(struct log_report, log_reports);
        BUILDER_LIST(struct shown_word, shown_words);
        BUILDER_LIST(struct harmful, harmful);
        BUILDER_LIST(struct left_out, left_out);
        BUILDER_LIST(struct data_version, versions);
        BUILDER_LIST(struct where_sign, where_signs);
        BUILDER_LIST(struct guest_os_family, guest_os_families);
        BUILDER_LIST(struct guest_os_release, guest_os_releases);
        BUILDER_LIST(struct resource_type, resource_types);
        BUILDER_LIST(struct cloud_size, cloud_sizes);
        BUILDER_LIST(struct image_publisher, image_publishers);
        BUILDER_LIST(struct distribution_word, distribution_words);
        BUILDER_LIST(struct dated_file, dated);
        struct flaw *flaws;
        uint32_t flaw_count;
        const struct guidance *guidance;

        /* Where we are: for messages, and for what `affected` and `os` stand for. */
        const struct data_file *file;
        ptrdiff_t cursor;
        const struct flaw *flaw;
        const char *set; /* the rule set whose arguments were put in, or NULL */
};

/* A rule set in use: between builder_use and builder_used. */
struct set_use {
        const struct raw_ruleset *set;
        const struct data_file *file, *own_file; /* the set's, and the one that uses it */
        ptrdiff_t cursor;
        struct str *values; /* by the number of the argument */
};

/* Fails with the current file and the line in which `needle` stands next. */
int builder_fail(struct builder *b, struct str needle, const char *format, ...) __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__
#define builder_fail(...) (builder_fail(__VA_ARGS__), -1) /* as in base/diag.h */
#endif

/* The fact of that name as the current flaw sees it, made on first use for the families flags., bugs., declared.; -1 when
 * there is none. */
int32_t builder_fact(struct builder *b, struct str name);
/* Adds a fact; fails when the name is taken or not a name. */
struct fact_def *builder_add_fact(struct builder *b, struct str name, struct str title, enum fact_kind kind,
                                  enum value_type type);

/* Compiles a condition, checks names and types, and gives its node. */
int builder_condition(struct builder *b, struct str text, condition *ret);
bool builder_is_true(const struct builder *b, condition c);

/* Checks a text in which facts are put ("{os.means}"): each must exist and be known where `when` holds, or stand in " ({…})",
 * which can go as a whole. Their names become their numbers ("{17}"). */
int builder_text(struct builder *b, struct text *text, condition when);

/* "10" or "3-5", both 0..most. */
int builder_bits(struct builder *b, struct str text, uint32_t most, uint8_t *ret_low, uint8_t *ret_high);

#define BUILDER_NO_ID "'%s' is not a valid id (lower-case letters, digits, '-')"
bool builder_is_id(struct str s);

/* Begins the use of a rule set under arguments; -1 when there is none, or the arguments are not its own. */
int builder_use(struct builder *b, raw_text use, raw_text *with, struct set_use *ret);
void builder_used(struct builder *b, const struct set_use *u);
/* Fails when there is a rule set that no flaw uses. */
int builder_check_sets(struct builder *b);
/* One record of the set with the arguments put in. */
#define SET_RECORDS(X) X(sentence) X(rule) X(prediction) X(contradiction)
#define X(record) \
        int builder_set_##record(struct builder *b, const struct set_use *u, const struct raw_##record *from, struct raw_##record *ret);
SET_RECORDS(X)
#undef X

/* What a record of the file and its struct of the catalog have in common, from `r` to `ret`; conditions are NO_CONDITION until
 * they are compiled. */
#define COPY_TEXT(member, ...) ret->member = builder_copy(b, r->member);
#define COPY_TEXTS(member, ...) ret->member = builder_copy_list(b, r->member, r->member##_count);
#define COPY_NUMBER(member, need) COPY_NUMBER_##need(member)
#define COPY_NUMBER_NEEDED(member) ret->member = r->member;
#define COPY_NUMBER_OPTIONAL(member) ret->member = r->member ? *r->member : 0;
#define COPY_CONDITION(member, need, node) ret->node = NO_CONDITION;
#define COPY_WRITTEN(member, need, words, node) ret->words = builder_copy(b, r->member); ret->node = NO_CONDITION;
#define COPY_WORD(...)
#define COPY_YES_NO(...)
#define COPY_BOUNDARIES(...)
#define COPY_RECORDS(...)
#define COPY_GUEST_OS(...)
#define COPY_IN_TEXT(...)
#define COPY_IN_TEXTS(...)
#define COPY_IN_NUMBER(...)
#define COPY_IN_ARGUMENTS(...)
#define COPY_IN_RECORD(...)
#define COPY_IN_RECORDS(...)
#define COPY_OUT(...)
#define COPY_OUT_TEXT(...)
#define COPY_OUT_TEXTS(...)
#define COPY_OUT_RECORDS(...)
#define COPY_FIELD(record, kind, member, called, need, ...) COPY_##kind(member, need, ##__VA_ARGS__)

/* The lists of facts and properties that a file holds: the whole file, or a flaw's section; NULL when it has none. */
const struct raw_own *builder_lists(const struct raw_file *f);

/* The word names a maker of processors (catalog/makers.h). */
bool builder_is_maker(struct str word);
/* Fails when one of the words, which stand behind `needle`, is no architecture (catalog/arches.h). */
int builder_check_arches(struct builder *b, struct str needle, struct texts arches);
/* "yes", which is all that a key of that kind can say; not there: no. `needle`: what the message's line is looked for by. */
int builder_yes(struct builder *b, struct str needle, raw_text word, bool *ret);

/* The stages, in this order. */
int builder_declare_sets(struct builder *b);
int builder_cpus(struct builder *b, const struct raw_file *f);
int builder_windows(struct builder *b, const struct raw_file *f);
int builder_declare_facts(struct builder *b);  /* everything but conditions */
int builder_declare_flaws(struct builder *b);  /* names, sentences, and the facts they make */
int builder_define_facts(struct builder *b);   /* the conditions of facts */
int builder_harmful(struct builder *b);        /* settings that take protections away */
int builder_instructions(struct builder *b);   /* what guests are shown only where their host has it */
int builder_where(struct builder *b);          /* signs of where a machine runs */
int builder_properties(struct builder *b);     /* of the SpeculationControl module */
int builder_define_flaws(struct builder *b);   /* affected, rules, predictions */
int builder_fixes(struct builder *b, const struct raw_file *f);
int builder_define_fixes(struct builder *b, const struct raw_file *f); /* their conditions */
int builder_guidance(struct builder *b);
int builder_cloud(struct builder *b);          /* after the guidance, whose offerings it names */

/* Fails when one of the ids is not in fixes.yaml. */
int builder_check_fixes(struct builder *b, struct texts fixes);
int builder_steps(struct builder *b, const struct raw_step *steps, unsigned count, const struct fix_step **ret);
/* Their conditions, once the facts are there. */
int builder_define_steps(struct builder *b, const struct raw_step *raw, unsigned count, const struct fix_step *steps);
int builder_phase(struct builder *b, raw_text word, enum phase *ret);

struct texts builder_copy_list(struct builder *b, raw_text *items, unsigned count);
struct text builder_copy(struct builder *b, raw_text text);

#endif
