#include "lib/handle.h"

static const char *text(sidelight *s, struct str t) {
        return t.len ? str_to_c(&s->results, t) : "";
}

static const char *boundaries(sidelight *s, boundary_set set) {
        struct str all = S("");

        for (int b = 0; b < BOUNDARY_COUNT; b++)
                if (set & 1 << b)
                        all = str_fmt(&s->results, "%.*s%s%.*s", STR_ARG(all), all.len ? "," : "", STR_ARG(boundary_word((enum boundary)b)));
        return text(s, all);
}

static const char *cves(sidelight *s, const struct flaw *f) {
        struct str all = S("");

        for (uint32_t i = 0; i < f->cves.count; i++)
                all = str_fmt(&s->results, "%.*s%s%.*s", STR_ARG(all), i ? "," : "", STR_ARG(T_AT(f->cves, i)));
        return text(s, all);
}

static void fill_finding(sidelight *s, const struct finding *f, struct finding_texts *ret) {
        *ret = (struct finding_texts){ .field = {
                [SIDELIGHT_FINDING_ID] = text(s, T(f->flaw->id)),
                [SIDELIGHT_FINDING_NAME] = text(s, T(f->flaw->name)),
                [SIDELIGHT_FINDING_STATUS] = text(s, status_word(f->status)),
                [SIDELIGHT_FINDING_OWNER] = text(s, layer_word(f->owner)),
                [SIDELIGHT_FINDING_REASON] = text(s, f->reason),
                [SIDELIGHT_FINDING_ASK] = text(s, f->ask),
                [SIDELIGHT_FINDING_RULE] = f->rule ? text(s, T(f->rule->id)) : "",
                [SIDELIGHT_FINDING_CVES] = cves(s, f->flaw),
                [SIDELIGHT_FINDING_BOUNDARIES] = boundaries(s, f->boundaries),
                [SIDELIGHT_FINDING_AT_STAKE] = f->at_stake ? "yes" : "no",
        } };
}

static const char *commands(sidelight *s, const struct step *step) {
        struct str all = S("");

        for (ptrdiff_t i = 0; i < step->instructions.count; i++)
                if (step->instructions.items[i].kind == INSTRUCTION_COMMAND)
                        all = str_fmt(&s->results, "%.*s%s%.*s", STR_ARG(all), all.len ? "\n" : "", STR_ARG(step->instructions.items[i].text));
        return text(s, all);
}

static const char *resolves(sidelight *s, const struct step *step) {
        struct str all = S("");

        for (ptrdiff_t i = 0; i < step->resolves.count; i++)
                all = str_fmt(&s->results, "%.*s%s%.*s", STR_ARG(all), i ? "," : "", STR_ARG(T(step->resolves.items[i]->id)));
        return text(s, all);
}

static void fill_step(sidelight *s, const struct step *step, struct step_texts *ret) {
        *ret = (struct step_texts){ .field = {
                [SIDELIGHT_STEP_ID] = text(s, step->id),
                [SIDELIGHT_STEP_TITLE] = text(s, step->title),
                [SIDELIGHT_STEP_WHY] = text(s, step->why),
                [SIDELIGHT_STEP_WHO] = text(s, doer_word(step->who)),
                [SIDELIGHT_STEP_STATUS] = text(s, action_status_word(step->status)),
                [SIDELIGHT_STEP_COMMANDS] = commands(s, step),
                [SIDELIGHT_STEP_ASK] = text(s, step->ask),
                [SIDELIGHT_STEP_RESOLVES] = resolves(s, step),
                [SIDELIGHT_STEP_RESTART] = step->restart ? "yes" : "no",
        } };
}

void handle_fill(sidelight *s) {
        s->findings = arena_array(&s->results, struct finding_texts, (ptrdiff_t)s->verdict.finding_count + 1);
        s->steps = arena_array(&s->results, struct step_texts, s->plan.count + 1);
        for (uint32_t i = 0; i < s->verdict.finding_count; i++)
                fill_finding(s, &s->verdict.findings[i], &s->findings[i]);
        for (ptrdiff_t i = 0; i < s->plan.count; i++)
                fill_step(s, &s->plan.items[i], &s->steps[i]);
}

size_t sidelight_finding_count(const sidelight *s) {
        return s && s->judged && !s->textless ? s->verdict.finding_count : 0;
}

const char *sidelight_finding(const sidelight *s, size_t number, enum sidelight_finding_field field) {
        return number < sidelight_finding_count(s) && (unsigned)field < FINDING_FIELDS ? s->findings[number].field[field] : "";
}

size_t sidelight_step_count(const sidelight *s) {
        return s && s->judged && !s->textless ? (size_t)s->plan.count : 0;
}

const char *sidelight_step(const sidelight *s, size_t number, enum sidelight_step_field field) {
        return number < sidelight_step_count(s) && (unsigned)field < STEP_FIELDS_COUNT ? s->steps[number].field[field] : "";
}
