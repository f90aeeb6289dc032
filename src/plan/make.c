/* The plan of a machine: the guidance's actions and what open findings ask for, as one list. */
#include "plan/plan.h"

#include "catalog/computed.h"
#include "plan/remedy.h"
#include "verdict/lacking.h"

struct maker {
        struct plan *ret;
        struct arena *a;
        const struct catalog *catalog;
        const struct advice *advice;
        const struct verdict *verdict;
        struct surroundings around;
};

bool step_is_for(const struct step *s, const struct flaw *f) {
        for (ptrdiff_t i = 0; i < s->resolves.count; i++)
                if (!f || s->resolves.items[i] == f)
                        return true;
        return false;
}

static bool uses(const struct step *s, const struct fix *fix) {
        return texts_have(s->fixes, T(fix->id));
}

bool plan_has_fix(const struct plan *p, const struct flaw *f, const struct fix *fix) {
        for (ptrdiff_t i = 0; i < p->count; i++)
                if (step_is_for(&p->items[i], f) && uses(&p->items[i], fix))
                        return true;
        return false;
}

/* ---- The guidance's actions ---- */

static struct str source_of(struct maker *m, const struct action *action) {
        struct str id = T(m->advice->revision->id);

        return action->section.len ? str_fmt(m->a, "%.*s, %.*s", STR_ARG(id), STR_ARG(T(action->section))) : id;
}

static void add_action(struct maker *m, const struct advice_item *item) {
        const struct action *action = item->action;

        *arena_append(m->a, m->ret) = (struct step){
                .id = T(action->id),
                .title = T(action->title),
                .why = item->why,
                .phase = (enum phase)action->phase,
                .status = item->status,
                .guided = true,
                .who = str_eq(T(action->who), S("provider")) ? DOER_PROVIDER : DOER_YOU,
                .owner = str_eq(T(action->who), S("provider")) ? LAYER_HYPERVISOR : LAYER_KERNEL,
                .trust = (enum trust)action->trust,
                .needs = action->needs,
                .done = item->done,
                .ask = item->status == ACTION_UNKNOWN ? T(action->ask) : S(""),
                .cost = T(action->cost),
                .source = source_of(m, action),
                .statements = action->statements,
                .fixes = action->fixes,
                .evidence = item->evidence,
                .evidence_count = item->evidence_count,
                .missing = item->missing,
                .missing_count = item->missing_count,
        };
}

/* ---- What findings ask for ---- */

static const struct fix *first_of(struct maker *m, struct texts fixes) {
        for (uint32_t i = 0; i < fixes.count; i++) {
                const struct fix *fix = catalog_fix(m->catalog, T_AT(fixes, i));

                if (fix && remedy_holds(&m->around, fix)) /* Windows reads its registry when it starts */
                        fix = catalog_fix(m->catalog, S("restart-windows"));
                if (fix && remedy_is_for(&m->around, fix) && remedy_helps(&m->around, fix))
                        return fix;
        }
        return NULL;
}

/* The first remedy of the finding that is of this system; of an open one that names none, the flaw's usual one. */
static const struct fix *fix_of(struct maker *m, const struct finding *f) {
        const struct fix *fix = first_of(m, f->fixes);

        return fix || f->status == STATUS_UNKNOWN ? fix : first_of(m, f->flaw->fixes);
}

/* The guidance's action that is this remedy: one to do before one that is not known, and that before one that seemed done. */
static struct step *action_with(struct maker *m, const struct fix *fix, ptrdiff_t actions) {
        struct step *best = NULL;

        for (ptrdiff_t i = 0; i < actions; i++) {
                struct step *s = &m->ret->items[i];

                if (uses(s, fix) && m->advice->items[i].status != ACTION_NOT_NEEDED &&
                    m->advice->items[i].action->fixed == ACTION_STATUS_COUNT &&
                    (!best || m->advice->items[i].status < m->advice->items[best - m->ret->items].status))
                        best = s;
        }
        return best;
}

static struct step *step_of(struct maker *m, struct str id) {
        for (ptrdiff_t i = 0; i < m->ret->count; i++)
                if (str_eq(m->ret->items[i].id, id))
                        return &m->ret->items[i];
        return NULL;
}

static struct step *new_step(struct maker *m, struct str id, enum phase phase, enum doer who) {
        struct step *s = arena_append(m->a, m->ret);

        *s = (struct step){ .id = id, .phase = phase, .who = who, .needs = NO_CONDITION, .done = NO_CONDITION,
                            .source = S("this machine's verdicts") };
        return s;
}

/* What a remedy says of itself. */
static void describe(struct step *s, struct arena *a, const struct fix *fix) {
        struct text *fixes = arena_array(a, struct text, 1);

        fixes[0] = fix->id;
        s->fixes = as_texts(fixes, 1);
        s->title = T(fix->title);
        s->owner = (enum layer)fix->owner;
}

/* What the host's evidence told is to be done there. */
static struct step *host_step(struct maker *m, const struct fix *fix) {
        struct str id = str_fmt(m->a, "host-%.*s", STR_ARG(T(fix->id)));
        struct step *s = step_of(m, id);

        if (s)
                return s;
        s = new_step(m, id, PHASE_ASK, DOER_PROVIDER);
        describe(s, m->a, fix);
        s->title = str_fmt(m->a, "On the host: %.*s", STR_ARG(T(fix->title)));
        s->ask = T(fix->ask);
        s->target.kind = TARGET_PROVIDER;
        *arena_append(m->a, &s->instructions) = (struct instruction){ .kind = INSTRUCTION_COMMAND, .text = S("sidelight advise HOST.host") };
        return s;
}

static struct step *fix_step(struct maker *m, const struct fix *fix, ptrdiff_t actions) {
        struct step *s = action_with(m, fix, actions);
        bool theirs = verdict_fix_is_theirs(m->verdict, fix);

        if (!s)
                s = step_of(m, T(fix->id));
        if (s)
                return s;
        s = new_step(m, T(fix->id), theirs ? PHASE_ASK : (enum phase)fix->phase, theirs ? DOER_PROVIDER : DOER_YOU);
        describe(s, m->a, fix);
        if (theirs) {
                s->ask = T(fix->ask);
                s->target.kind = TARGET_PROVIDER;
        }
        return s;
}

/* A question: one step for all findings that ask it. */
static struct step *question_step(struct maker *m, const struct finding *f) {
        bool theirs = verdict_finding_is_theirs(m->verdict, f);
        struct step *s;

        for (ptrdiff_t i = 0; i < m->ret->count; i++)
                if (m->ret->items[i].target.kind == TARGET_QUESTION && str_eq(m->ret->items[i].ask, f->ask))
                        return &m->ret->items[i];
        s = new_step(m, str_fmt(m->a, "ask-%.*s", STR_ARG(T(f->flaw->id))), PHASE_ASK, DOER_YOU);
        s->title = theirs ? S("Ask your provider about") : S("Find out about");
        s->target = (struct target){ .kind = TARGET_QUESTION, .place = theirs ? S("provider") : S("") };
        s->ask = f->ask;
        s->owner = f->owner;
        return s;
}

static bool was_denied(const struct finding *f) {
        for (uint32_t i = 0; i < f->missing_count; i++)
                if (str_eq(f->missing[i].value, S("denied")))
                        return true;
        return false;
}

/* Nothing but more evidence can settle it. */
static struct step *reading_step(struct maker *m, const struct finding *f) {
        bool denied = was_denied(f);
        struct str id = denied ? S("read-as-root") : S("read-more");
        struct step *s = step_of(m, id);

        if (s)
                return s;
        s = new_step(m, id, PHASE_ASK, DOER_YOU);
        s->title = denied ? S("Let sidelight read what it was denied: run it as root") : S("Let sidelight see more of the machine");
        s->target = (struct target){ .kind = TARGET_QUESTION };
        *arena_append(m->a, &s->instructions) = (struct instruction){
                .kind = denied ? INSTRUCTION_COMMAND : INSTRUCTION_PROSE,
                .text = denied ? S("sudo sidelight check")
                               : S("run sidelight check on the machine itself, or sidelight collect there, and judge the file that it writes"),
        };
        return s;
}

/* A Windows that nobody asked itself. */
static bool is_told_of(struct facts *f) {
        const struct fact *source = facts_named(f, S("win32.source"));

        return source && source->state == FACT_KNOWN && str_eq(source->text, S("words"));
}

/* What would do in place of the machine itself: the words of commands that print it. A Windows that was asked has told what it can. */
static void name_sources(struct maker *m, struct step *s, const struct finding *f) {
        const struct fact *runs = facts_get(m->verdict->facts, COMPUTED_SYSTEM);
        bool windows = runs->state == FACT_KNOWN && str_eq(runs->text, S("windows"));
        struct str text;

        if (s->instructions.count == 0 || s->instructions.items[0].kind != INSTRUCTION_PROSE || f->lacking == 0 ||
            (windows && !is_told_of(m->verdict->facts)))
                return;
        text = s->instructions.count > 1 ? s->instructions.items[1].text : S("");
        for (unsigned i = 0; i <= LACKING_OTHER; i++) {
                struct str command = lacking_command((enum lacking_place)i, windows);

                if (command.len > 0 && (f->lacking & 1u << i) && str_find(text, command) < 0)
                        text = str_fmt(m->a, "%.*s%s%.*s", STR_ARG(text), text.len ? "; " : "", STR_ARG(command));
        }
        if (text.len == 0)
                return;
        if (s->instructions.count == 1)
                *arena_append(m->a, &s->instructions) = (struct instruction){ .kind = INSTRUCTION_COMMAND, .on = S("on that machine, and add what it prints") };
        s->instructions.items[1].text = text;
}

/* Open, and no remedy is known, or not known, and nothing can tell: said, not passed over. */
static struct step *hopeless_step(struct maker *m, bool open) {
        struct str id = open ? S("no-remedy") : S("no-answer");
        struct step *s = step_of(m, id);

        if (s)
                return s;
        s = new_step(m, id, PHASE_LATER, DOER_NOBODY);
        s->title = open ? S("No remedy is known for") : S("Nothing can tell whether this machine is protected against");
        return s;
}

/* Enough was read, but of two words that cannot both be true nobody is believed: which two, and how to see which it is. */
static struct step *compare_step(struct maker *m, const struct finding *f) {
        struct step *s = step_of(m, S("compare"));

        if (!s) {
                s = new_step(m, S("compare"), PHASE_ASK, DOER_YOU);
                s->title = S("Two sources contradict each other: see which is this machine's");
                s->target = (struct target){ .kind = TARGET_QUESTION };
                *arena_append(m->a, &s->instructions) = (struct instruction){
                        .kind = INSTRUCTION_PROSE,
                        .text = S("sidelight check on the machine itself, under its newest kernel, reads both at once"),
                };
        }
        *arena_append(m->a, &s->instructions) = (struct instruction){
                .kind = INSTRUCTION_PROSE,
                .text = str_fmt(m->a, "%.*s: %.*s", STR_ARG(T(f->flaw->id)), STR_ARG(f->reason)),
        };
        return s;
}

static void ask_for(struct maker *m, const struct finding *f, ptrdiff_t actions) {
        const struct fix *fix = fix_of(m, f);
        struct step *s = f->ask.len                    ? question_step(m, f)
                         : fix && f->by_host           ? host_step(m, fix)
                         : fix                         ? fix_step(m, fix, actions)
                         : f->status == STATUS_UNKNOWN && f->missing_count > 0 ? reading_step(m, f)
                         : f->status == STATUS_UNKNOWN && !f->rule             ? compare_step(m, f)
                                                                               : hopeless_step(m, f->status > STATUS_UNKNOWN);

        if (str_eq(s->id, S("read-more")))
                name_sources(m, s, f);
        *arena_append(m->a, &s->resolves) = f->flaw;
        if (verdict_status_to_come(f) > s->worst)
                s->worst = verdict_status_to_come(f);
}

/* ---- The words of what findings ask for ---- */

static struct str flaw_names(struct maker *m, const struct step *s) {
        struct str names = S("");

        for (ptrdiff_t i = 0; i < s->resolves.count; i++)
                names = str_fmt(m->a, "%.*s%s%.*s", STR_ARG(names), i ? ", " : "", STR_ARG(T(s->resolves.items[i]->name)));
        return names;
}

/* A finding that is open outweighs what the guidance takes for done. */
static void finish_action(struct maker *m, struct step *s, struct str names) {
        bool open = s->worst > STATUS_UNKNOWN;

        s->trust = TRUST_ALWAYS;
        s->why = str_fmt(m->a, "%.*s %s %.*s.", STR_ARG(s->why), open ? "Here it is against" : "Here it would settle", STR_ARG(names));
        if (open && s->status != ACTION_TODO) {
                s->status = ACTION_TODO;
                s->ask = S("");
                s->evidence_count = s->missing_count = 0;
        } else if (s->status == ACTION_DONE) {
                s->status = ACTION_UNKNOWN;
                s->evidence_count = 0;
        }
}

/* What was not public on the day that is asked about asks for nothing. */
static bool known_then(const struct maker *m, const struct finding *f) {
        return m->advice->as_of.len == 0 || str_cmp(T(f->flaw->disclosed), m->advice->as_of) <= 0;
}

/* Advice that was replaced gets no other steps than its own; what it asks for is not done while a finding is open that it is the remedy for. */
static bool asks(struct maker *m, const struct finding *f) {
        const struct fix *fix = fix_of(m, f);

        if (!f->at_stake || !known_then(m, f))
                return false;
        return !m->advice->next || (f->status > STATUS_UNKNOWN && f->ask.len == 0 && fix && !f->by_host && action_with(m, fix, m->advice->count));
}

/* An action is not done while something is open that it is another remedy for. */
static void doubt_action(struct maker *m, struct step *s) {
        struct step doubted = { 0 };

        for (uint32_t i = 0; m->verdict && i < m->verdict->finding_count; i++) {
                const struct finding *f = &m->verdict->findings[i];

                for (uint32_t k = 0; f->at_stake && f->status > STATUS_UNKNOWN && known_then(m, f) && k < f->fixes.count; k++)
                        if (texts_have(s->fixes, T_AT(f->fixes, k))) {
                                *arena_append(m->a, &doubted.resolves) = f->flaw;
                                break;
                        }
        }
        if (doubted.resolves.count == 0)
                return;
        s->status = ACTION_UNKNOWN;
        s->evidence_count = 0;
        s->why = str_fmt(m->a, "%.*s It can also help against %.*s, which %s open here.", STR_ARG(s->why), STR_ARG(flaw_names(m, &doubted)),
                         doubted.resolves.count == 1 ? "is" : "are");
}

static void finish_step(struct maker *m, struct step *s, struct str names) {
        bool open = s->worst > STATUS_UNKNOWN, question = s->target.kind == TARGET_QUESTION;

        s->status = open && s->who != DOER_NOBODY ? ACTION_TODO : ACTION_UNKNOWN;
        if ((question && s->ask.len) || s->who == DOER_NOBODY)
                s->title = str_fmt(m->a, "%.*s %.*s", STR_ARG(s->title), STR_ARG(names));
        if (s->who == DOER_NOBODY && !open)
                s->why = S("The system has no word for it, and more evidence would not settle it.");
        else if (str_eq(s->id, S("compare")))
                s->why = S("They cannot both be true, so neither is believed.");
        else if (s->who == DOER_NOBODY)
                s->why = str_fmt(m->a, "%.*s is open here, and nothing on this machine can close it.", STR_ARG(names));
        else if (!question && open)
                s->why = str_fmt(m->a, "Against %.*s.", STR_ARG(names));
        else if (!question)
                s->why = str_fmt(m->a, "It would settle %.*s.", STR_ARG(names));
        else if (open)
                s->why = str_fmt(m->a, "%.*s is open here, and this machine cannot close it.", STR_ARG(names));
        else
                s->why = str_fmt(m->a, "Nothing seen on this machine settles %.*s.", STR_ARG(names));
}

/* The guidance asks for something that only whoever starts this system's kernel can do. */
static void hand_over(struct step *s, const struct fix *fix) {
        s->who = DOER_PROVIDER;
        s->owner = LAYER_HYPERVISOR;
        if (s->status != ACTION_DONE && s->status != ACTION_NOT_NEEDED && s->ask.len == 0)
                s->ask = T(fix->ask);
}

/* What others do is asked of them, without commands; in a container the remedy itself says where its host is to be found. */
static void add_remedy(struct maker *m, struct step *s, const struct fix *fix, bool guided) {
        bool theirs = s->who == DOER_PROVIDER;

        if (guided)
                theirs = m->verdict && fix->owner == LAYER_KERNEL && verdict_fix_is_theirs(m->verdict, fix);
        if (guided && theirs)
                hand_over(s, fix);
        if (!theirs || (m->verdict && verdict_in_container(m->verdict)))
                remedy_add(&m->around, fix, s);
}

static void finish(struct maker *m, ptrdiff_t actions) {
        for (ptrdiff_t i = 0; i < m->ret->count; i++) {
                struct step *s = &m->ret->items[i];
                struct str names = flaw_names(m, s);

                if (i >= actions)
                        finish_step(m, s, names);
                else if (s->resolves.count)
                        finish_action(m, s, names);
                else if (s->status == ACTION_DONE && m->advice->items[i].action->fixed == ACTION_STATUS_COUNT)
                        doubt_action(m, s);
                if (i < actions)
                        remedy_steps(&m->around, m->advice->items[i].action->steps, m->advice->items[i].action->step_count, s);
                for (uint32_t k = 0; k < s->fixes.count; k++) {
                        const struct fix *fix = catalog_fix(m->catalog, T_AT(s->fixes, k));

                        if (fix)
                                add_remedy(m, s, fix, i < actions);
                }
        }
}

/* ---- The order ---- */

/* plan.h states the rules. The guidance's actions stand in their order already, and before what only findings ask for. */
static bool before(const struct step *x, const struct step *y) {
        if (x->phase != y->phase)
                return x->phase < y->phase;
        if (x->guided || y->guided)
                return x->guided && !y->guided;
        if (x->worst != y->worst)
                return x->worst > y->worst;
        return x->resolves.count > y->resolves.count;
}

/* Few and nearly sorted: insertion keeps the order of equals. */
static void sort(struct plan *all) {
        for (ptrdiff_t i = 1; i < all->count; i++)
                for (ptrdiff_t k = i; k > 0 && before(&all->items[k], &all->items[k - 1]); k--) {
                        struct step t = all->items[k];

                        all->items[k] = all->items[k - 1];
                        all->items[k - 1] = t;
                }
}

/* ---- The whole ---- */

void plan_make(struct plan *ret, struct arena *a, const struct catalog *c, const struct advice *advice, const struct verdict *v) {
        struct maker m = { .ret = ret, .a = a, .catalog = c, .advice = advice, .verdict = v };

        *ret = (struct plan){ 0 };
        surroundings_see(&m.around, a, c, advice->where.offering, v);
        for (ptrdiff_t i = 0; i < advice->count; i++)
                add_action(&m, &advice->items[i]);
        for (int s = STATUS_COUNT - 1; v && s > STATUS_MITIGATED; s--)
                for (uint32_t i = 0; i < v->finding_count; i++)
                        if (verdict_status_to_come(&v->findings[i]) == (enum status)s && asks(&m, &v->findings[i]))
                                ask_for(&m, &v->findings[i], advice->count);
        finish(&m, advice->count);
        sort(ret);
}

static enum untrusted declared_untrusted(const struct verdict *v) {
        const struct facts_options *o = &v->facts->options;

        for (uint32_t i = 0; i < o->declared_count; i++)
                for (int u = 0; str_eq(o->declared[i].name, S("untrusted")) && u < UNTRUSTED_COUNT; u++)
                        if (str_eq(o->declared[i].value, untrusted_word((enum untrusted)u)))
                                return (enum untrusted)u;
        return UNTRUSTED_UNDECLARED;
}

void plan_of_verdict(struct plan *ret, struct arena *a, const struct verdict *v) {
        struct advice_request request = { .untrusted = declared_untrusted(v), .facts = v->facts };
        struct advice advice;

        guidance_advise(&advice, a, v->catalog->guidance, &request);
        plan_make(ret, a, v->catalog, &advice, v);
}

static void look_around(struct surroundings *ret, struct arena *a, const struct verdict *v) {
        struct whereabouts where;

        guidance_recognise(v->facts, &where);
        surroundings_see(ret, a, v->catalog, where.offering, v);
}

static void own_step(struct step *ret, struct arena *a, const struct verdict *v, const struct fix *fix) {
        struct surroundings around;

        look_around(&around, a, v);
        *ret = (struct step){ .id = T(fix->id), .phase = (enum phase)fix->phase, .owner = (enum layer)fix->owner, .needs = NO_CONDITION,
                              .done = NO_CONDITION, .source = S("this machine's verdicts") };
        remedy_add(&around, fix, ret);
}

void plan_fix(struct step *ret, struct arena *a, const struct verdict *v, const struct fix *fix) {
        own_step(ret, a, v, fix);
        describe(ret, a, fix);
}

void plan_changes(struct step *ret, struct arena *a, const struct verdict *v, const struct fix_change *changes, uint32_t count) {
        const struct fix fix = { .id = as_text(S("change")), .owner = LAYER_KERNEL, .phase = PHASE_SETTING, .done = NO_CONDITION,
                                 .changes = changes, .change_count = count };
        struct step there = { 0 };
        struct surroundings around;
        char *first;

        own_step(ret, a, v, &fix);
        if (ret->changes.count == 0) { /* in a container: they are made on its host, and are called the same */
                look_around(&around, a, v);
                remedy_changes(&around, &fix, &there);
        } else {
                there.changes = ret->changes;
        }
        for (ptrdiff_t i = 0; i < there.changes.count; i++)
                ret->title = str_fmt(a, "%.*s%s%.*s", STR_ARG(ret->title), i ? " and " : "",
                                     STR_ARG(change_text(a, &there.changes.items[i])));
        if (ret->title.len == 0)
                return;
        first = arena_bytes(a, ret->title.len);
        memcpy(first, ret->title.p, (size_t)ret->title.len);
        first[0] = first[0] >= 'a' && first[0] <= 'z' ? (char)(first[0] - 'a' + 'A') : first[0];
        ret->title.p = first;
}
