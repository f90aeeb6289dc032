/* Remedies (fixes.yaml): what is to be done, in words and commands, and the changes that a program could make. */
#include "compiler/builder.h"

static const struct fix *find_fix(const struct builder *b, struct str id) {
        for (ptrdiff_t i = 0; i < b->fixes.count; i++)
                if (str_eq(T(b->fixes.items[i].id), id))
                        return &b->fixes.items[i];
        return NULL;
}

int builder_check_fixes(struct builder *b, struct texts fixes) {
        for (uint32_t i = 0; i < fixes.count; i++)
                if (!find_fix(b, T_AT(fixes, i)))
                        return builder_fail(b, T_AT(fixes, i), "unknown fix '%.*s' (not in fixes.yaml)", STR_ARG(T_AT(fixes, i)));
        return 0;
}

int builder_steps(struct builder *b, const struct raw_step *raw, unsigned count, const struct fix_step **ret) {
        struct fix_step *steps = arena_array(b->a, struct fix_step, (ptrdiff_t)count + 1);

        for (unsigned i = 0; i < count; i++) {
                const struct raw_step *r = &raw[i];
                struct fix_step *step = &steps[i];

                if (!r->prose == !r->run)
                        return builder_fail(b, str_of(r->on), "a step needs either 'do' (words) or 'run' (a command)");
                *step = (struct fix_step){ .on = builder_copy(b, r->on), .command = r->run != NULL, .when = NO_CONDITION,
                                           .text = builder_copy(b, r->run ? r->run : r->prose) };
        }
        *ret = steps;
        return 0;
}

int builder_define_steps(struct builder *b, const struct raw_step *raw, unsigned count, const struct fix_step *steps) {
        for (unsigned i = 0; i < count; i++)
                if (raw[i].when && builder_condition(b, str_of(raw[i].when), &((struct fix_step *)(uintptr_t)&steps[i])->when) < 0)
                        return -1;
        return 0;
}

int builder_phase(struct builder *b, raw_text word, enum phase *ret) {
        return phase_parse(str_of(word), ret) ? 0 : builder_fail(b, str_of(word), "'%s' is not a phase", word);
}

/* What each kind of target must say: where it is kept, and which of it. */
static int check_change(struct builder *b, const struct fix_change *c) {
        bool placed = c->target == TARGET_REGISTRY_VALUE || c->target == TARGET_MODULE_OPTION;

        switch ((enum target_kind)c->target) {
        case TARGET_COMMAND_LINE:
        case TARGET_SYSCTL:
        case TARGET_SETTING:
        case TARGET_MODULE_OPTION:
        case TARGET_REGISTRY_VALUE:
                break;
        default:
                return builder_fail(b, T(c->key), "a change can only touch the command line, a sysctl, a setting, a module option or the registry");
        }
        if (placed == (c->place.len == 0))
                return builder_fail(b, T(c->key), "'%.*s' %s 'place'", STR_ARG(T(c->key)), placed ? "needs" : "takes no");
        if (!c->gone && c->to.len == 0 && c->target != TARGET_COMMAND_LINE)
                return builder_fail(b, T(c->key), "'%.*s' needs a value ('to')", STR_ARG(T(c->key)));
        return 0;
}

static int add_changes(struct builder *b, const struct raw_fix *raw, struct fix *fix) {
        struct fix_change *changes = arena_array(b->a, struct fix_change, (ptrdiff_t)raw->changes_count + 1);

        for (unsigned i = 0; i < raw->changes_count; i++) {
                const struct raw_change *r = &raw->changes[i];
                struct fix_change *ret = &changes[i];
                enum target_kind target;

                if (!target_parse(str_of(r->target), &target))
                        return builder_fail(b, str_of(r->target), "'%s' is not a target", r->target);
                CHANGE_FIELDS(COPY_FIELD)
                ret->target = (uint8_t)target;
                changes[i].gone = str_eq(T(changes[i].to), S("absent"));
                if (check_change(b, &changes[i]) < 0)
                        return -1;
        }
        fix->changes = changes;
        fix->change_count = raw->changes_count;
        return 0;
}

static int read_words(struct builder *b, const struct raw_fix *r, struct fix *fix) {
        enum layer owner = LAYER_KERNEL;
        enum phase phase = PHASE_SETTING;
        enum target_kind target = TARGET_NONE;
        enum fix_computes computes = FIX_COMPUTES_NOTHING;

        if (!builder_is_id(T(fix->id)))
                return builder_fail(b, T(fix->id), BUILDER_NO_ID, r->id);
        if (find_fix(b, T(fix->id)))
                return builder_fail(b, T(fix->id), "fix '%s' is defined twice", r->id);
        if (r->owner && !layer_parse(str_of(r->owner), &owner))
                return builder_fail(b, str_of(r->id), "'%s' is not a layer", r->owner);
        if (r->phase && builder_phase(b, r->phase, &phase) < 0)
                return -1;
        if (r->target && !target_parse(str_of(r->target), &target))
                return builder_fail(b, str_of(r->target), "'%s' is not a target", r->target);
        if (r->computes && !fix_computes_parse(str_of(r->computes), &computes))
                return builder_fail(b, str_of(r->computes), "'%s' is not something that can be computed", r->computes);
        if (r->restart && !str_eq(str_of(r->restart), S("yes")) && !str_eq(str_of(r->restart), S("no")))
                return builder_fail(b, str_of(r->id), "'restart' must be yes or no, not '%s'", r->restart);
        fix->owner = (uint8_t)owner;
        fix->phase = (uint8_t)phase;
        fix->target = (uint8_t)target;
        fix->computes = (uint8_t)computes;
        fix->restart = r->restart && str_eq(str_of(r->restart), S("yes"));
        return 0;
}

int builder_fixes(struct builder *b, const struct raw_file *file) {
        for (unsigned i = 0; i < file->fixes_count; i++) {
                const struct raw_fix *r = &file->fixes[i];
                struct fix fix = { .step_count = r->steps_count }, *ret = &fix;

                FIX_FIELDS(COPY_FIELD)
                if (read_words(b, r, &fix) < 0 || builder_steps(b, r->steps, r->steps_count, &fix.steps) < 0 ||
                    add_changes(b, r, &fix) < 0)
                        return -1;
                *arena_append(b->a, &b->fixes) = fix;
        }
        for (unsigned i = 0; i < file->log_lines_count; i++) {
                const struct raw_log_line *r = &file->log_lines[i];
                struct log_line *ret = arena_append(b->a, &b->log_lines);

                LOG_LINE_FIELDS(COPY_FIELD)
                ret->begins = as_text(str_dup(b->a, str_of(r->begins))); /* not trimmed */
        }
        for (unsigned i = 0; i < file->bugs_count; i++) {
                const struct raw_bug *r = &file->bugs[i];
                struct bug *ret = arena_append(b->a, &b->bugs);

                BUG_FIELDS(COPY_FIELD)
        }
        for (unsigned i = 0; i < file->left_out_count; i++) {
                const struct raw_left_out *r = &file->left_out[i];
                struct left_out *ret = arena_append(b->a, &b->left_out);

                LEFT_OUT_FIELDS(COPY_FIELD)
        }
        return 0;
}

static bool is_parameter(const struct builder *b, struct str name) {
        for (ptrdiff_t i = 0; i < b->parameters.count; i++)
                if (str_eq(T(b->parameters.items[i].name), name))
                        return true;
        return false;
}

static int define_fix(struct builder *b, const struct raw_fix *raw, struct fix *fix) {
        for (uint32_t k = 0; k < fix->change_count; k++)
                if (fix->changes[k].target == TARGET_COMMAND_LINE && !is_parameter(b, T(fix->changes[k].key)))
                        return builder_fail(b, T(fix->changes[k].key), "unknown parameter '%.*s' (not in parameters.yaml)",
                                            STR_ARG(T(fix->changes[k].key)));
        if ((fix->because.len || fix->instead.count) && !raw->helps)
                return builder_fail(b, T(fix->id), "'%.*s' says why it cannot help, but not when ('helps')", STR_ARG(T(fix->id)));
        if ((raw->done && builder_condition(b, str_of(raw->done), &fix->done) < 0) ||
            (raw->helps && builder_condition(b, str_of(raw->helps), &fix->helps) < 0))
                return -1;
        if (builder_check_fixes(b, fix->instead) < 0 || builder_text(b, &fix->because, fix->helps) < 0)
                return -1;
        return builder_define_steps(b, raw->steps, raw->steps_count, fix->steps);
}

/* What needs the facts, which are declared after the fixes. */
int builder_define_fixes(struct builder *b, const struct raw_file *file) {
        b->file = file->file;
        b->cursor = 0;
        for (unsigned i = 0; i < file->fixes_count; i++) {
                struct fix *fix = (struct fix *)(uintptr_t)find_fix(b, str_of(file->fixes[i].id));

                if (define_fix(b, &file->fixes[i], fix) < 0)
                        return -1;
        }
        return 0;
}
