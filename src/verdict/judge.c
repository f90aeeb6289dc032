#include "base/plain.h"
#include "catalog/computed.h"
#include "evidence/places.h"
#include "facts/cpus.h"
#include "facts/where.h"
#include "verdict/harmless.h"
#include "verdict/host.h"
#include "verdict/ignored.h"
#include "verdict/lacking.h"
#include "verdict/machine.h"
#include "verdict/remedies.h"
#include "verdict/told.h"
#include "verdict/verdict.h"

/* ---- One rule list ---- */

struct decision {
        const struct rule *rule; /* NULL: undecided */
        enum status status;
        struct fact_set used, missing;
};

static void remember_missing(struct facts *f, const struct rule *rules, const bool *open, uint32_t count,
                             struct fact_set *ret) {
        for (uint32_t i = 0; i < count; i++)
                if (open[i])
                        condition_proof(f, rules[i].condition, ret);
}

/* A rule that is not known changes nothing about the one below it that is true: it would say the same, or "not affected" of what is
 * mitigated at the worst. */
static bool is_no_worse(const struct rule *open, const struct rule *holds) {
        return open->status == holds->status || (open->status == STATUS_NOT_AFFECTED && holds->status == STATUS_MITIGATED);
}

/* Top down: false, go on; true, a candidate; not known, remember what it would say. If nothing remembered would say worse than the
 * first that is true, that is the verdict; else it is not known, and the facts that would decide are told. A candidate that
 * says "unknown" itself says so either way, and says it better. */
static void decide(struct facts *f, const struct flaw *flaw, struct decision *ret) {
        bool *open = arena_array(f->arena, bool, flaw->rule_count);
        bool agree = true;
        uint32_t i;

        *ret = (struct decision){ .status = STATUS_UNKNOWN };
        for (i = 0; i < flaw->rule_count; i++) {
                enum tri t = condition_eval(f, flaw->rules[i].condition);

                if (t == TRI_TRUE)
                        break;
                open[i] = t == TRI_UNKNOWN;
        }
        for (uint32_t k = 0; k < i && i < flaw->rule_count; k++)
                agree &= !open[k] || is_no_worse(&flaw->rules[k], &flaw->rules[i]);
        if (i < flaw->rule_count && (agree || flaw->rules[i].status == STATUS_UNKNOWN)) {
                ret->rule = &flaw->rules[i];
                ret->status = (enum status)ret->rule->status;
                condition_proof(f, ret->rule->condition, &ret->used);
        }
        if (!ret->rule || ret->status == STATUS_UNKNOWN)
                remember_missing(f, flaw->rules, open, i, &ret->missing);
}

/* "Not affected" that rests on the operating system's word, of a processor that the hardware tables call affected; unless a rule names the
 * processors of which the kernel only passes the firmware's word on. */
static bool is_only_claimed(struct facts *f, const struct decision *d, enum tri hardware) {
        if (hardware != TRI_TRUE || d->status != STATUS_NOT_AFFECTED || d->rule->owner == LAYER_MICROCODE)
                return false;
        for (ptrdiff_t i = 0; i < d->used.count; i++)
                if (f->catalog->facts[d->used.items[i]].os_claim)
                        return true;
        return false;
}

/* ---- What the OS claims ---- */

/* Does the condition ask for an answer that Windows does not give? */
static bool asks_in_vain(struct facts *f, condition c) {
        const struct node *n = &f->catalog->nodes[c];
        const struct fact_def *def = &f->catalog->facts[n->fact];

        if (n->op == NODE_NOT)
                return asks_in_vain(f, n->a);
        if (n->op == NODE_AND || n->op == NODE_OR)
                return asks_in_vain(f, n->a) || asks_in_vain(f, n->b);
        if (n->op == NODE_TRUE || n->op == NODE_CPU_IN)
                return false;
        if (def->kind == FACT_KIND_DERIVED)
                return asks_in_vain(f, def->gate);
        return def->os_claim && facts_get(f, n->fact)->state == FACT_ABSENT;
}

/* Windows denies a flaw only by an answer: where the condition is false for another reason (no such answer, another maker's
 * processor), it says nothing. */
static enum tri windows_claims(struct facts *f, condition c) {
        enum tri t = condition_eval(f, c);
        struct fact_set why = { 0 };

        if (t != TRI_FALSE)
                return t;
        condition_proof(f, c, &why);
        for (ptrdiff_t i = 0; i < why.count; i++)
                if (!f->catalog->facts[why.items[i]].os_claim)
                        return TRI_UNKNOWN;
        return asks_in_vain(f, c) ? TRI_UNKNOWN : TRI_FALSE;
}

/* Where its sentence was not read: the bugs line of /proc/cpuinfo. What it does not name the kernel may not know. */
static enum tri counted(const struct facts *f, const struct flaw *flaw) {
        if (str_empty(T(flaw->bug)) || f->options.ignore_os_claims || !f->cpu || !f->cpu->info)
                return TRI_UNKNOWN;
        return str_has_word(f->cpu->info->bugs, T(flaw->bug)) ? TRI_TRUE : TRI_UNKNOWN;
}

static enum tri claimed(struct facts *f, const struct flaw *flaw) {
        const struct fact *name = facts_get(f, COMPUTED_SYSTEM);
        const struct parsed_sentence *s;
        const struct sentence *said;

        if (flaw->claimed != NO_CONDITION && name->state == FACT_KNOWN && str_eq(name->text, S("windows")))
                return windows_claims(f, flaw->claimed);
        if (!flaw->sentence_file || f->options.ignore_os_claims)
                return counted(f, flaw);
        s = facts_sentence(f, flaw->sentence_file - 1u);
        if (s->state != FACT_KNOWN)
                return counted(f, flaw);
        said = !flaw->sentence_part ? s->base : s->parts ? s->parts[flaw->sentence_part] : NULL;
        if (!said || said->status == STATUS_COUNT || said->status == STATUS_UNKNOWN)
                return TRI_UNKNOWN;
        return tri_of(said->status != STATUS_NOT_AFFECTED);
}

static struct str kernel_text(struct facts *f, const struct flaw *flaw) {
        const struct parsed_sentence *s;

        if (!flaw->sentence_file || f->options.ignore_os_claims)
                return (struct str){ 0 };
        s = facts_sentence(f, flaw->sentence_file - 1u);
        if (s->state != FACT_KNOWN)
                return (struct str){ 0 };
        if (!flaw->sentence_part || sentence_unclear(s, flaw->sentence_part))
                return s->text;
        return s->parts[flaw->sentence_part] ? T(s->parts[flaw->sentence_part]->says) : (struct str){ 0 };
}

/* Boundaries that the kernel's own words leave open: those of the sentences that are as bad as the verdict. */
static boundary_set said_boundaries(struct facts *f, const struct flaw *flaw, enum status status) {
        const struct parsed_sentence *s;
        boundary_set all = 0;

        if (!flaw->sentence_file || f->options.ignore_os_claims)
                return 0;
        s = facts_sentence(f, flaw->sentence_file - 1u);
        if (s->state != FACT_KNOWN || (!s->base && !flaw->sentence_part))
                return 0;
        /* What a part says bounds the verdict only where the sentence without it is safe. */
        if (!flaw->sentence_part && s->base->status != STATUS_MITIGATED && s->base->status != STATUS_NOT_AFFECTED)
                return s->base->status == status ? s->base->boundaries : 0;
        if (!flaw->sentence_part && s->base->status == status)
                return s->base->boundaries;
        for (uint32_t i = 1; i < f->catalog->files[flaw->sentence_file - 1].parts.count; i++) {
                const struct sentence *p = s->parts[i];

                if (p && p->status == status && (flaw->sentence_part ? i == flaw->sentence_part : p->counts))
                        all |= p->boundaries;
        }
        return all;
}

/* ---- Words ---- */

/* What a report may show of a fact. Names and sources are the catalog's; only texts come from the evidence. */
static struct str value_of(struct facts *f, uint32_t number, const struct fact *v) {
        struct str text = facts_tell(f, number);

        return v->text.len > 0 ? plain(f->arena, text) : text;
}

static const struct quoted_fact *quote(struct facts *f, const struct fact_set *set, uint32_t *ret_count) {
        struct quoted_fact *quoted = arena_array_raw(f->arena, struct quoted_fact, set->count + 1);

        for (ptrdiff_t i = 0; i < set->count; i++) {
                const struct fact_def *def = &f->catalog->facts[set->items[i]];
                const struct fact *v = facts_peek(f, set->items[i]);

                quoted[i] = (struct quoted_fact){ .name = T(def->name), .value = value_of(f, set->items[i], v), .source = v->source };
        }
        *ret_count = (uint32_t)set->count;
        return quoted;
}

/* Words that end in "; not read:" want what was not seen behind it; where nothing was missing they end before it. */
static const struct str lacking_end = STR("; not read:");

static struct str with_lacking(struct facts *f, struct str words, const struct fact_set *missing) {
        struct str end = lacking_end;

        if (!str_ends(words, end))
                return words;
        if (missing->count == 0)
                return str_sub(words, 0, words.len - end.len);
        return str_fmt(f->arena, "%.*s %.*s", STR_ARG(words), STR_ARG(lacking_words(f, missing)));
}

static struct str undecided_reason(struct facts *f, const struct finding *found, const struct fact_set *missing) {
        if (missing->count == 0 && found->evidence_count > 0) /* is_only_claimed */
                return S("the operating system says that this processor is not affected, the hardware tables say that it is");
        return with_lacking(f, S("too little was seen to decide; not read:"), missing);
}

/* Sentences of which the source told the beginning alone. */
static const struct {
        struct str end;
        const char *why;
} halves[] = {
        { STR(PLACE_LOG_HALF), "the kernel's log tells only half of it" },
        { STR(PLACE_LINE_CUT), "a line was cut off" },
};

/* Said, but in words that no table knows; empty where everything that is about the flaw was understood. */
static struct str not_understood(struct facts *f, const struct flaw *flaw) {
        const struct parsed_sentence *s;

        if (!flaw->sentence_file || f->options.ignore_os_claims || f->options.predict)
                return (struct str){ 0 };
        s = facts_sentence(f, flaw->sentence_file - 1u);
        if (s->state != FACT_KNOWN || s->unknown.len == 0 || (flaw->sentence_part && !sentence_unclear(s, flaw->sentence_part)))
                return (struct str){ 0 };
        for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++)
                if (str_ends(s->text, halves[i].end))
                        return str_fmt(f->arena, "%s: '%.*s'; the file %.*s tells the rest", halves[i].why,
                                       STR_ARG(str_sub(s->text, 0, s->text.len - halves[i].end.len)),
                                       STR_ARG(T(f->catalog->files[flaw->sentence_file - 1].path)));
        if (str_eq(s->unknown, s->text))
                return str_fmt(f->arena, "the kernel's words are not understood: '%.*s'", STR_ARG(s->text));
        return str_fmt(f->arena, "not understood: '%.*s', in what the kernel says: '%.*s'", STR_ARG(s->unknown), STR_ARG(s->text));
}

/* Half of a sentence explains what is unknown; it is nothing strange beside an answer that was found without it. */
static bool is_half(struct facts *f, const struct flaw *flaw) {
        for (size_t i = 0; flaw->sentence_file && i < sizeof(halves) / sizeof(halves[0]); i++)
                if (str_ends(facts_sentence(f, flaw->sentence_file - 1u)->text, halves[i].end))
                        return true;
        return false;
}

/* The kernel counts the processor as affected, and nothing tells what it does about it. */
static bool only_counted(struct facts *f, const struct flaw *flaw) {
        if (flaw->sentence_file && facts_sentence(f, flaw->sentence_file - 1u)->state == FACT_KNOWN)
                return false;
        return counted(f, flaw) == TRI_TRUE && claimed(f, flaw) == TRI_TRUE;
}

static struct str disagreement_of(const struct finding *found) {
        if (found->affected_hardware == TRI_TRUE && found->affected_os == TRI_FALSE)
                return S("the hardware tables say this processor is affected, the kernel says it is not: the kernel is older "
                         "than what is known today, or sees more than the evidence shows");
        if (found->affected_hardware == TRI_FALSE && found->affected_os == TRI_TRUE)
                return S("the hardware tables say this processor is not affected, the kernel treats it as affected: the kernel "
                         "is careful, or a parameter forces it");
        return (struct str){ 0 };
}

/* What was asked for, and had another effect or none: the first that is certain. */
static struct str contradiction_of(struct facts *f, const struct flaw *flaw) {
        for (uint32_t i = 0; i < flaw->contradiction_count; i++)
                if (condition_eval(f, flaw->contradictions[i].condition) == TRI_TRUE)
                        return told(f, T(flaw->contradictions[i].says));
        return ignored_value(f, flaw);
}

/* The first that is certain of those beside which nothing is safe: of the sentence and the processor, one is another machine's. */
static struct str doubt_of(struct facts *f, const struct flaw *flaw) {
        for (uint32_t i = 0; i < flaw->contradiction_count; i++)
                if (flaw->contradictions[i].doubts && condition_eval(f, flaw->contradictions[i].condition) == TRI_TRUE)
                        return told(f, T(flaw->contradictions[i].says));
        return (struct str){ 0 };
}

/* ---- One flaw ---- */

/* A rule that knows no more than that too little was seen: the last, which always holds, and those that name what was not read. */
static bool knows_nothing(const struct flaw *flaw, const struct rule *rule) {
        return rule == &flaw->rules[flaw->rule_count - 1] || str_ends(T(rule->reason), lacking_end);
}

/* The hypervisor that belongs to this machine; empty: there is none. */
static struct str own_hypervisor(struct facts *f) {
        struct where w;

        where_look(f, &w);
        return w.owner ? T(w.owner->owner) : (struct str){ 0 };
}

/* What the rule that decided says. */
static void tell(struct facts *f, const struct flaw *flaw, const struct decision *d, struct str strange, struct finding *ret) {
        const struct rule *rule = d->rule;
        struct str own;

        ret->owner = (enum layer)rule->owner;
        ret->reason = with_lacking(f, told(f, T(rule->reason)), &d->missing);
        if (f->options.restarted && rule->after_restart != STATUS_COUNT) {
                ret->status = (enum status)rule->after_restart;
                ret->reason = str_fmt(f->arena, "%.*s; after a restart it is %.*s", STR_ARG(ret->reason), STR_ARG(status_word(ret->status)));
        }
        ret->ask = told(f, T(rule->ask));
        own = rule->owner == LAYER_HYPERVISOR && ret->status == STATUS_UNKNOWN ? own_hypervisor(f) : (struct str){ 0 };
        if (own.len)
                ret->reason = str_fmt(f->arena, "%.*s, which is yours, answers for the processor here", STR_ARG(own));
        if (strange.len && ret->status == STATUS_UNKNOWN && knows_nothing(flaw, rule))
                ret->reason = strange;
        else if (strange.len && str_empty(ret->contradiction) && !only_counted(f, flaw) && !is_half(f, flaw))
                ret->contradiction = strange;
        /* What to do about an answer that is missing is to look again, unless the question is somebody else's. */
        if (ret->status != rule->status && ret->status <= STATUS_MITIGATED)
                ret->fixes = (struct texts){ 0 };
        else if (ret->status != STATUS_UNKNOWN || ret->missing_count == 0 || ret->owner == LAYER_HYPERVISOR)
                remedies_choose(ret, f, rule);
        if (rule->boundaries)
                ret->boundaries = rule->boundaries;
        else if (said_boundaries(f, flaw, ret->status))
                ret->boundaries = said_boundaries(f, flaw, ret->status);
}

static void judge_flaw(struct facts *f, const struct flaw *flaw, struct finding *ret) {
        const struct fact *affected = facts_get(f, flaw->affected_fact);
        enum tri hardware = affected->state == FACT_KNOWN ? tri_of(affected->number != 0) : TRI_UNKNOWN;
        struct str strange, doubt = { 0 };
        struct decision d;

        decide(f, flaw, &d);
        if (d.rule && d.status == STATUS_MITIGATED && hardware != TRI_FALSE)
                doubt = doubt_of(f, flaw);
        /* The tables say that it is free of the flaw, the kernel's bugs line that it is not: nobody is believed. */
        if (doubt.len > 0 || is_only_claimed(f, &d, hardware) || (d.status == STATUS_NOT_AFFECTED && only_counted(f, flaw))) {
                d.rule = NULL;
                d.status = STATUS_UNKNOWN;
        }
        *ret = (struct finding){
                .flaw = flaw,
                .facts = f,
                .status = d.status,
                .rule = d.rule,
                .affected_hardware = hardware,
                .affected_os = claimed(f, flaw),
                .text = kernel_text(f, flaw),
                .boundaries = flaw->boundaries,
                .predicted = f->options.predict && flaw->sentence_file,
        };
        ret->evidence = quote(f, &d.used, &ret->evidence_count);
        ret->missing = quote(f, &d.missing, &ret->missing_count);
        ret->lacking = lacking_places(f, &d.missing);
        ret->disagreement = disagreement_of(ret);
        ret->contradiction = contradiction_of(f, flaw);
        strange = doubt.len > 0 ? doubt : not_understood(f, flaw);
        if (strange.len == 0 && only_counted(f, flaw))
                strange = S("what the kernel does about it was not seen; it counts this processor as affected (bugs line of /proc/cpuinfo)");
        if (d.rule)
                tell(f, flaw, &d, strange, ret);
        else
                ret->reason = strange.len ? strange : undecided_reason(f, ret, &d.missing);
}

/* "vulnerable TOOL: WHY" of a claim record. */
struct claim {
        struct str tool, why;
};

static bool claimed_vulnerable(struct facts *f, const struct flaw *flaw, struct claim *ret) {
        const struct record *r = evidence_line(f->evidence, RECORD_CLAIM, T(flaw->id));
        struct str rest = r ? r->text : (struct str){ 0 }, word;

        if (!r || !str_word(&rest, &word) || !str_eq(word, S("vulnerable")))
                return false;
        rest = plain(f->arena, str_trim(rest));
        if (!str_cut(&rest, ':', &ret->tool)) {
                ret->tool = rest;
                rest = (struct str){ 0 };
        }
        ret->tool = ret->tool.len ? str_trim(ret->tool) : S("another tool");
        ret->why = str_trim(rest);
        return true;
}

/* The kernel's own sentence about the flaw was read, in words that are understood. */
static bool kernel_spoke(struct facts *f, const struct flaw *flaw) {
        const struct parsed_sentence *s = flaw->sentence_file && !f->options.ignore_os_claims ? facts_sentence(f, flaw->sentence_file - 1u) : NULL;

        return s && s->state == FACT_KNOWN && (flaw->sentence_part ? s->parts && s->parts[flaw->sentence_part] : s->base != NULL);
}

/* Nothing else was seen of the flaw: the tool's word is all that there is. */
static void take_claim(struct facts *f, const struct flaw *flaw, const struct claim *c, struct finding *ret) {
        const struct rule last = {
                .owner = flaw->rules[flaw->rule_count - 1].owner,
                .status = STATUS_VULNERABLE,
                .fixes = facts_tri(f, S("windows")) == TRI_TRUE ? remedies_of_windows(f->catalog, flaw) : (struct texts){ 0 },
        };

        ret->status = STATUS_VULNERABLE;
        ret->owner = (enum layer)last.owner;
        ret->reason = c->why.len ? str_fmt(f->arena, "%.*s calls this machine vulnerable: %.*s", STR_ARG(c->tool), STR_ARG(c->why))
                                 : str_fmt(f->arena, "%.*s calls this machine vulnerable", STR_ARG(c->tool));
        ret->ask = (struct str){ 0 };
        remedies_choose(ret, f, &last);
}

/* Another tool's word (a claim record) is never made safer. What it calls vulnerable is not known where what was read says otherwise,
 * or where only the host's owner can say it; where nothing else was seen, it is vulnerable. */
static void heed_claim(struct facts *f, const struct flaw *flaw, struct finding *ret) {
        struct claim c;

        if (ret->status > STATUS_UNKNOWN || !claimed_vulnerable(f, flaw, &c))
                return;
        if (ret->status == STATUS_UNKNOWN) {
                if (ret->owner != LAYER_HYPERVISOR && ret->affected_hardware != TRI_FALSE && !kernel_spoke(f, flaw)) {
                        ret->rule = NULL;
                        take_claim(f, flaw, &c, ret);
                }
                return;
        }
        ret->reason = str_fmt(f->arena, "%.*s calls this machine vulnerable; what was read says otherwise (%.*s)", STR_ARG(c.tool),
                              STR_ARG(ret->reason));
        ret->status = STATUS_UNKNOWN;
        ret->rule = NULL;
        ret->boundaries = flaw->boundaries;
}

/* Unlike CPUs: the worst of them decides, of two alike the one that the tables call affected: the kernel speaks of all, and may be more
 * careful about the other. One affected kind makes the machine affected. True when it is this one. */
static bool merge(struct finding *all, const struct finding *one, uint32_t class_index) {
        enum tri hardware = tri_or(all->affected_hardware, one->affected_hardware);
        facet_set facets = all->facets | one->facets;
        bool worse = one->status > all->status ||
                     (one->status == all->status && one->affected_hardware == TRI_TRUE && all->affected_hardware == TRI_FALSE);

        if (worse) {
                *all = *one;
                all->class_index = class_index;
        }
        all->affected_hardware = hardware;
        all->facets = facets;
        return worse;
}

/* What this guest cannot know, its host's own evidence may tell. */
static void ask_host(struct finding *found, struct facts *f, const struct verdict *host) {
        for (uint32_t i = 0; i < host->finding_count; i++) {
                const struct finding *h = &host->findings[i];

                if (h->flaw != found->flaw || h->status == STATUS_UNKNOWN)
                        continue;
                found->status = h->status;
                found->rule = h->rule;
                found->facts = h->facts;
                found->owner = h->owner;
                found->affected_hardware = h->affected_hardware; /* the processor that is really there */
                found->reason = str_fmt(f->arena, "the host's own evidence says %.*s: %.*s", STR_ARG(status_word(h->status)),
                                        STR_ARG(h->reason));
                found->boundaries = h->boundaries;
                found->evidence = h->evidence;
                found->evidence_count = h->evidence_count;
                found->missing_count = 0;
                found->lacking = 0;
                found->ask = h->ask;
                found->fixes = h->fixes;
                found->by_host = true;
        }
}

/* ---- The whole ---- */

static void count(struct verdict *r, const struct verdict_options *o) {
        r->worst = STATUS_NOT_AFFECTED;
        for (uint32_t i = 0; i < r->finding_count; i++) {
                struct finding *found = &r->findings[i];

                found->at_stake = !o->boundaries || !found->boundaries || (found->boundaries & o->boundaries);
                if (!found->at_stake)
                        continue;
                r->counts[found->status]++;
                if (found->status > r->worst)
                        r->worst = found->status;
        }
}

static void judge_class(struct verdict *r, struct arena *a, const struct evidence *e, const struct cpu_list *cpus,
                        const struct verdict_options *o, uint32_t class_index) {
        struct arena_mark mark = arena_mark(a);
        struct facts *f = arena_new(a, struct facts);
        bool kept = class_index == 0;
        uint32_t n = 0;

        facts_init(f, a, r->catalog, e, cpus, &o->facts, class_index);
        if (class_index == 0)
                r->facts = f;
        else
                facts_share(f, r->facts);
        for (uint32_t i = 0; i < r->catalog->flaw_count; i++) {
                const struct flaw *flaw = &r->catalog->flaws[i];
                struct finding one;

                if (o->only ? flaw != o->only : o->among && !o->among[flaw - r->catalog->flaws])
                        continue;
                f->seen->set = cpus->facets;
                judge_flaw(f, flaw, &one);
                heed_claim(f, flaw, &one);
                one.facets = f->seen->set;
                if (class_index == 0)
                        r->findings[n] = one;
                else
                        kept |= merge(&r->findings[n], &one, class_index);
                n++;
        }
        r->finding_count = n;
        r->loops += f->loops;
        if (!kept)
                arena_release(a, mark);
}

static void with_host(struct verdict *r, struct arena *a, const struct verdict_options *o) {
        struct verdict_options of_host = { .facts = { .ignore_os_claims = o->facts.ignore_os_claims } };
        struct verdict *host = arena_new(a, struct verdict);

        verdict_judge(host, a, r->catalog, o->host, &of_host);
        r->host_refused = host_refusal(r->facts, host->facts);
        for (uint32_t i = 0; i < r->finding_count && r->host_refused.len == 0; i++)
                if (r->findings[i].status == STATUS_UNKNOWN && r->findings[i].owner == LAYER_HYPERVISOR)
                        ask_host(&r->findings[i], r->facts, host);
}

void verdict_judge(struct verdict *ret, struct arena *a, const struct catalog *c, const struct evidence *e,
                   const struct verdict_options *o) {
        struct cpu_list *cpus = arena_new(a, struct cpu_list);
        uint8_t *verdicts = arena_array(a, uint8_t, c->flaw_count);

        *ret = (struct verdict){ .catalog = c, .source = e->source, .predicted = o->facts.predict };
        ret->findings = arena_array_raw(a, struct finding, c->flaw_count + 1);
        cpu_list_read(cpus, a, c, e);
        judge_class(ret, a, e, cpus, o, 0);
        if (cpus->class_count > 1)
                facts_answer_common(ret->facts);
        for (uint32_t i = 1; i < cpus->class_count; i++)
                judge_class(ret, a, e, cpus, o, i);
        if (o->host)
                with_host(ret, a, o);
        for (uint32_t i = 0; i < ret->finding_count; i++)
                verdicts[ret->findings[i].flaw - c->flaws] = (uint8_t)ret->findings[i].status;
        if (!o->only && !o->among && ret->facts)
                ret->facts->verdicts = verdicts;
        for (uint32_t i = 0; i < o->asked_count; i++)
                (void)facts_get(ret->facts, o->asked[i]);
        ret->facts->seen->set = cpus->facets;
        if (o->findings_alone)
                machine_place(&ret->machine, ret->facts);
        else
                machine_describe(&ret->machine, ret->facts, ret->host_refused, o->today);
        ret->machine.facets = ret->facts->seen->set;
        remedies_settle_owners(ret);
        count(ret, o);
        ret->captured = evidence_moment(e);
        verdict_harmless(ret, a);
        if (o->fingerprint)
                evidence_fingerprint(e, a, ret->fingerprint);
}

enum tri verdict_rule(const struct finding *f, const struct rule *rule) {
        return condition_eval(f->facts, rule->condition);
}
