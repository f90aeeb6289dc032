#include "plan/remedy.h"

#include "catalog/computed.h"
#include "plan/change.h"
#include "plan/registry_value.h"

/* ---- The system ---- */

static bool in_group(const struct offering *o, struct str group) {
        for (uint32_t i = 0; o && i < o->groups.count; i++)
                if (str_eq(T_AT(o->groups, i), group))
                        return true;
        return false;
}

static bool runs_windows(const struct surroundings *s, const struct offering *o) {
        const struct fact *runs = s->verdict ? facts_get(s->verdict->facts, COMPUTED_SYSTEM) : NULL;

        return in_group(o, S("azure-windows")) || (runs && runs->state == FACT_KNOWN && str_eq(runs->text, S("windows")));
}

void surroundings_see(struct surroundings *ret, struct arena *a, const struct catalog *c, const struct offering *o,
                      const struct verdict *v) {
        const struct fact *distribution = v ? facts_get(v->facts, COMPUTED_OS_DISTRIBUTION) : NULL;
        bool windows;

        *ret = (struct surroundings){ .a = a, .catalog = c, .verdict = v, .offering = o ? T(o->id) : S("") };
        windows = runs_windows(ret, o);
        if (windows)
                ret->distribution = S("windows");
        else if (distribution && distribution->state == FACT_KNOWN)
                ret->distribution = distribution->text;
        ret->general = str_fmt(a, "%s%sany", windows ? "" : "linux ", in_group(o, S("azure")) ? "azure " : "");
        ret->all = str_fmt(a, "%.*s %.*s", STR_ARG(ret->distribution), STR_ARG(ret->general));
}

/* The registry asks for everything already: to say so again would change nothing. */
bool remedy_holds(const struct surroundings *s, const struct fix *fix) {
        struct changes changes = { 0 };

        if (fix->computes != FIX_COMPUTES_REGISTRY || !s->verdict || !str_has_word(s->distribution, S("windows")))
                return false;
        registry_changes(&changes, s->a, s->verdict, facts_tri(s->verdict->facts, S("smt.active")) != TRI_FALSE);
        return changes.count == 0;
}

/* A step may be for some machines only: one maker's processors, say. */
static bool is_wanted(const struct surroundings *s, const struct fix_step *step) {
        return step->when == NO_CONDITION || !s->verdict || condition_eval(s->verdict->facts, step->when) != TRI_FALSE;
}

bool remedy_helps(const struct surroundings *s, const struct fix *fix) {
        return fix->helps == NO_CONDITION || !s->verdict || condition_eval(s->verdict->facts, fix->helps) != TRI_FALSE;
}

/* A step under another offering's name is for that one alone. */
static bool is_offering(const struct surroundings *s, struct str name) {
        const struct guidance *g = s->catalog ? s->catalog->guidance : NULL;

        for (uint32_t i = 0; g && i < g->offering_count; i++)
                if (str_eq(T(g->offerings[i].id), name))
                        return true;
        return false;
}

static bool is_ours(const struct surroundings *s, struct str on, bool windows) {
        if (is_offering(s, on))
                return str_eq(on, s->offering);
        /* A distribution without steps of its own still has the general ones. */
        return windows ? str_has_word(s->all, on) : !str_eq(on, S("windows"));
}

bool remedy_is_for(const struct surroundings *s, const struct fix *fix) {
        bool windows = str_has_word(s->distribution, S("windows"));
        bool ours = fix->step_count + fix->change_count == 0;

        for (uint32_t i = 0; i < fix->step_count; i++)
                ours |= is_wanted(s, &fix->steps[i]) && is_ours(s, T(fix->steps[i].on), windows);
        for (uint32_t i = 0; i < fix->change_count; i++)
                ours |= str_has_word(s->all, T(fix->changes[i].on));
        return ours;
}

/* ---- Instructions ---- */

static void add(const struct surroundings *s, struct step *ret, struct instruction new) {
        for (ptrdiff_t i = 0; i < ret->instructions.count; i++) {
                const struct instruction *old = &ret->instructions.items[i];

                if (str_eq(old->on, new.on) && str_eq(old->text, new.text))
                        return;
        }
        *arena_append(s->a, &ret->instructions) = new;
}

static struct instruction instruction_of(const struct fix_step *step) {
        return (struct instruction){ .kind = step->command ? INSTRUCTION_COMMAND : INSTRUCTION_PROSE, .text = T(step->text) };
}

/* Those under one name; false when there are none. */
static bool add_under(const struct surroundings *s, const struct fix_step *steps, uint32_t count, struct str name, struct step *ret) {
        bool found = false;

        for (uint32_t i = 0; i < count; i++)
                if (str_eq(T(steps[i].on), name) && is_wanted(s, &steps[i])) {
                        add(s, ret, instruction_of(&steps[i]));
                        found = true;
                }
        return found;
}

/* Where the distribution is not known, each one's, with its name. */
static void add_everyones(const struct surroundings *s, const struct fix_step *steps, uint32_t count, struct step *ret) {
        for (uint32_t i = 0; i < count; i++) {
                struct instruction one = instruction_of(&steps[i]);

                one.on = T(steps[i].on);
                if (is_wanted(s, &steps[i]) && !str_has_word(s->general, one.on) && !str_has_word(S("windows azure"), one.on) && !is_offering(s, one.on))
                        add(s, ret, one);
        }
}

void remedy_steps(const struct surroundings *s, const struct fix_step *steps, uint32_t count, struct step *ret) {
        struct str names = s->distribution, name;

        if (s->offering.len && add_under(s, steps, count, s->offering, ret)) /* nodes and scale sets are not changed one by one */
                return;
        while (str_word(&names, &name) && !add_under(s, steps, count, name, ret))
                ;
        if (s->distribution.len == 0)
                add_everyones(s, steps, count, ret);
        names = s->general;
        while (str_word(&names, &name))
                (void)add_under(s, steps, count, name, ret);
}

/* ---- Changes ---- */

/* A change that changes nothing is none. */
static void add_change(const struct surroundings *s, struct step *ret, const struct change *c) {
        bool gone = c->edit == EDIT_REMOVE || c->edit == EDIT_REMOVE_WORD;

        if ((c->was == FACT_KNOWN && !gone && str_eq(c->old, c->new)) || (c->was == FACT_ABSENT && gone))
                return;
        for (ptrdiff_t i = 0; i < ret->changes.count; i++) {
                const struct change *x = &ret->changes.items[i];

                if (x->edit == c->edit && str_eq(x->target.key, c->target.key) && str_eq(x->old, c->old) && str_eq(x->new, c->new))
                        return;
        }
        *arena_append(s->a, &ret->changes) = *c;
}

static struct str word_of(const struct surroundings *s, struct str name, struct str value) {
        return value.len ? str_fmt(s->a, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)) : name;
}

/* The word that stands on the command line; empty when the parameter is not there. */
static struct str word_there(const struct surroundings *s, struct str name) {
        int32_t fact = catalog_fact(s->catalog, str_fmt(s->a, "cmdline.%.*s", STR_ARG(name)));
        const struct fact *v = fact >= 0 && s->verdict ? facts_get(s->verdict->facts, (uint32_t)fact) : NULL;

        return v && v->state == FACT_KNOWN ? word_of(s, name, v->text) : S("");
}

static void remove_word(const struct surroundings *s, struct step *ret, struct str name, struct str word) {
        add_change(s, ret, &(struct change){ .target = { .kind = TARGET_COMMAND_LINE, .key = name }, .edit = EDIT_REMOVE_WORD,
                                             .was = FACT_KNOWN, .old = word });
}

/* A parameter that is there with another value gives way. */
static void add_word(const struct surroundings *s, struct step *ret, struct str name, struct str value) {
        struct str old = word_there(s, name), new = word_of(s, name, value);

        if (str_eq(old, new))
                return;
        if (old.len)
                remove_word(s, ret, name, old);
        add_change(s, ret, &(struct change){ .target = { .kind = TARGET_COMMAND_LINE, .key = name }, .edit = EDIT_ADD_WORD,
                                             .was = FACT_ABSENT, .new = new });
}

static void add_fixed(const struct surroundings *s, const struct fix_change *raw, struct step *ret) {
        struct change c = {
                .target = { .kind = (enum target_kind)raw->target, .place = T(raw->place), .key = T(raw->key) },
                .edit = raw->gone ? EDIT_REMOVE : EDIT_SET,
                .new = raw->gone ? S("") : T(raw->to),
        };

        if (raw->target != TARGET_COMMAND_LINE) {
                change_look(&c, s->a, s->verdict ? s->verdict->facts : NULL);
                add_change(s, ret, &c);
        } else if (!raw->gone) {
                add_word(s, ret, T(raw->key), T(raw->to));
        } else if (word_there(s, T(raw->key)).len) {
                remove_word(s, ret, T(raw->key), word_there(s, T(raw->key)));
        }
}

static void remove_if_there(const struct surroundings *s, struct step *ret, struct str name) {
        struct str word = word_there(s, name);

        if (word.len)
                remove_word(s, ret, name, word);
}

static void remove_quoted(const struct surroundings *s, const struct quoted_fact *facts, uint32_t count, struct step *ret) {
        for (uint32_t i = 0; i < count; i++)
                if (str_starts(facts[i].name, S("cmdline.")))
                        remove_if_there(s, ret, str_from(facts[i].name, 8));
                else if (str_starts(facts[i].name, S("vector.")))
                        remove_if_there(s, ret, S("mitigations"));
}

/* A word that data/harmful.yaml lists. */
static void remove_if_harmful(const struct surroundings *s, struct step *ret, struct str name) {
        struct str word = word_there(s, name);

        for (uint32_t i = 0; word.len && i < s->catalog->harmful_count; i++) {
                const struct harmful *h = &s->catalog->harmful[i];

                if (!str_eq(T(h->parameter), name))
                        continue;
                if (h->values.count == 0)
                        remove_word(s, ret, name, word);
                for (uint32_t k = 0; k < h->values.count; k++)
                        if (str_eq(word, word_of(s, name, T_AT(h->values, k))))
                                remove_word(s, ret, name, word);
        }
}

/* The words of the command line that a finding quotes; where it quotes only what came of them, those that are about its flaw. One word is
 * enough for a proof: what else asks for the same goes with it. */
static void add_parameters_of(const struct surroundings *s, const struct finding *f, struct step *ret) {
        ptrdiff_t before = ret->changes.count;

        remove_quoted(s, f->evidence, f->evidence_count, ret);
        for (uint32_t i = 0; ret->changes.count == before && i < f->flaw->parameters.count; i++)
                remove_if_there(s, ret, T_AT(f->flaw->parameters, i));
        if (ret->changes.count == before)
                return;
        for (uint32_t i = 0; i < f->flaw->parameters.count; i++)
                remove_if_harmful(s, ret, T_AT(f->flaw->parameters, i));
        remove_if_harmful(s, ret, S("mitigations"));
}

static void add_found_parameters(const struct surroundings *s, struct step *ret) {
        if (ret->status == ACTION_TODO) /* the guidance itself found them */
                remove_quoted(s, ret->evidence, ret->evidence_count, ret);
        for (uint32_t i = 0; s->verdict && i < s->verdict->finding_count; i++)
                if (step_is_for(ret, s->verdict->findings[i].flaw))
                        add_parameters_of(s, &s->verdict->findings[i], ret);
}

void remedy_changes(const struct surroundings *s, const struct fix *fix, struct step *ret) {
        for (uint32_t i = 0; i < fix->change_count; i++)
                if (str_has_word(s->all, T(fix->changes[i].on)))
                        add_fixed(s, &fix->changes[i], ret);
        if (fix->computes == FIX_COMPUTES_PARAMETERS)
                add_found_parameters(s, ret);
        else if (fix->computes == FIX_COMPUTES_REGISTRY && !s->verdict) /* only the machine can tell */
                add(s, ret, (struct instruction){ .kind = INSTRUCTION_COMMAND, .text = S("sidelight explain registry") });
        else if (fix->computes == FIX_COMPUTES_REGISTRY && str_has_word(s->distribution, S("windows")))
                registry_changes(&ret->changes, s->a, s->verdict, facts_tri(s->verdict->facts, S("smt.active")) != TRI_FALSE);
}

/* ---- How changes are made ---- */

static struct str with_word(const struct surroundings *s, struct str text, struct str word) {
        ptrdiff_t at = str_find(text, S("PARAMETER"));

        if (at < 0 || word.len == 0)
                return text;
        return with_word(s, str_fmt(s->a, "%.*s%.*s%.*s", STR_ARG(str_sub(text, 0, at)), STR_ARG(word), STR_ARG(str_from(text, at + 9))),
                         word);
}

/* All words that are added, or removed: a boot loader's configuration is edited once. */
static struct str words_of(const struct surroundings *s, const struct step *step, enum edit_kind edit, ptrdiff_t from) {
        struct str all = S("");

        for (ptrdiff_t i = from; i < step->changes.count; i++) {
                const struct change *c = &step->changes.items[i];

                if (c->edit == edit)
                        all = str_fmt(s->a, "%.*s%s%.*s", STR_ARG(all), all.len ? " " : "", STR_ARG(edit == EDIT_ADD_WORD ? c->new : c->old));
        }
        return all;
}

/* The steps of the fix that says how this system keeps its command line. */
static void add_boot_steps(const struct surroundings *s, const char *id, struct str words, struct step *ret) {
        const struct fix *how = catalog_fix(s->catalog, str_of(id));
        struct step one = { 0 };

        if (words.len == 0 || !how)
                return;
        remedy_steps(s, how->steps, how->step_count, &one);
        for (ptrdiff_t i = 0; i < one.instructions.count; i++) {
                struct instruction next = one.instructions.items[i];

                next.text = with_word(s, next.text, words);
                if (next.on.len == 0)
                        add(s, ret, next);
        }
}

static void add_how(const struct surroundings *s, const struct fix *fix, ptrdiff_t from, struct step *ret) {
        for (ptrdiff_t i = from; i < ret->changes.count; i++)
                add(s, ret, (struct instruction){ .kind = INSTRUCTION_CHANGE, .text = change_text(s->a, &ret->changes.items[i]) });
        for (ptrdiff_t i = from; i < ret->changes.count; i++)
                change_commands(&ret->instructions, s->a, &ret->changes.items[i]);
        if (!str_eq(T(fix->id), S("remove-parameter")))
                add_boot_steps(s, "remove-parameter", words_of(s, ret, EDIT_REMOVE_WORD, from), ret);
        if (!str_eq(T(fix->id), S("add-parameter")))
                add_boot_steps(s, "add-parameter", words_of(s, ret, EDIT_ADD_WORD, from), ret);
}

/* A container has its host's kernel, microcode and settings: nothing that is typed in it changes them. */
static bool is_for_the_host(const struct surroundings *s, const struct fix *fix) {
        return s->verdict && s->verdict->machine.container.len > 0 && (fix->owner == LAYER_KERNEL || fix->owner == LAYER_MICROCODE);
}

static void send_to_host(const struct surroundings *s, struct step *ret) {
        struct str container = s->verdict->machine.container;
        struct instruction one = { .kind = INSTRUCTION_PROSE };

        one.text = str_starts(container, S("WSL"))
                           ? S("on Windows, update the kernel with 'wsl --update', then restart it with 'wsl --shutdown'; settings of the kernel "
                               "stand in .wslconfig")
                           : S("not from inside the container: have it done on the host, whose kernel this is, then start the container anew");
        add(s, ret, one);
}

void remedy_add(const struct surroundings *s, const struct fix *fix, struct step *ret) {
        ptrdiff_t changes = ret->changes.count, instructions;
        struct str words;

        if (is_for_the_host(s, fix)) {
                send_to_host(s, ret);
                return;
        }
        remedy_changes(s, fix, ret);
        add_how(s, fix, changes, ret);
        words = words_of(s, ret, EDIT_REMOVE_WORD, changes);
        instructions = ret->instructions.count;
        remedy_steps(s, fix->steps, fix->step_count, ret);
        for (ptrdiff_t i = instructions; i < ret->instructions.count; i++)
                ret->instructions.items[i].text = with_word(s, ret->instructions.items[i].text, words);
        for (ptrdiff_t i = changes; i < ret->changes.count; i++)
                ret->restart |= ret->changes.items[i].target.kind == TARGET_COMMAND_LINE;
        ret->restart |= fix->restart;
        if (ret->cost.len == 0)
                ret->cost = T(fix->cost);
        if (ret->done == NO_CONDITION)
                ret->done = fix->done;
        if (ret->target.kind == TARGET_NONE)
                ret->target = ret->changes.count ? ret->changes.items[0].target : (struct target){ .kind = (enum target_kind)fix->target };
}
