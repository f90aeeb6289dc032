#include "fleet/bulk/bulk.h"

#include "base/plain.h"
#include "facts/cpus.h"
#include "facts/where.h"
#include "fleet/bulk/contradicted.h"
#include "verdict/machine.h"

/* What is kept begins small, and grows only while it is of use: a heap of files that are all unlike does not fill memory. */
enum { KEPT_FIRST = 24 << 20, KEPT_MAX = 96 << 20, MIDDLES = 256 };

/* One file. */
struct judged {
        struct str source, text;
        struct whole_file file;
        struct sight sight;
        struct evidence evidence;
        bool parsed;
        bool once;           /* something that was found holds for it alone */
};

static bool is_wanted(const struct bulk *b, uint32_t flaw) {
        const struct verdict_options *o = b->options;

        return o->only ? o->only == &b->catalog->flaws[flaw] : !o->among || o->among[flaw];
}

static int parse(struct bulk *b, struct judged *j, struct diag *d) {
        if (j->parsed)
                return 0;
        if (evidence_parse(&j->evidence, &b->arena, j->source, j->text, d) < 0)
                return -1;
        if (!b->teller && !evidence_tells(&j->evidence, false)) /* what was taken in once is judged */
                return diag_fail_class(d, DIAG_INPUT, EVIDENCE_NOTHING, STR_ARG(j->source));
        j->parsed = true;
        return 0;
}

/* The same from records of other files, where that can be; what is wrong with a file is told by the whole of it. */
static int parse_shared(struct bulk *b, struct judged *j, struct diag *d) {
        if (!j->parsed && pieces_evidence(&b->pieces, &j->sight, &j->evidence, &b->arena, j->source))
                j->parsed = b->teller || evidence_tells(&j->evidence, false);
        return parse(b, j, d);
}

/* ---- By itself ---------------------------------------------------------------------------------------------------------------------- */

static int judge_whole(struct bulk *b, struct judged *j, struct verdict *ret, struct diag *d) {
        if (parse(b, j, d) < 0)
                return -1;
        j->evidence.asked = NULL;
        verdict_judge(ret, &b->arena, b->catalog, &j->evidence, b->options);
        b->apart++;
        return 0;
}

static int judge_alone(struct bulk *b, struct judged *j, struct out *o, enum exit_result *ret, struct diag *d) {
        struct verdict r;

        if (judge_whole(b, j, &r, d) < 0)
                return -1;
        report_write(&r, REPORT_JSON, b->style, o);
        *ret = summary_exit(&r, b->style->fail_on);
        return 0;
}

/* ---- By what was found before ------------------------------------------------------------------------------------------------------- */

static void forget_when_full(struct bulk *b) {
        if (!b->kept_limit)
                b->kept_limit = KEPT_FIRST;
        if (b->pieces.bytes + b->answers.bytes <= b->kept_limit)
                return;
        if (b->found_count > b->missed_count && b->kept_limit < KEPT_MAX) {
                b->kept_limit *= 2;
                return;
        }
        pieces_forget(&b->pieces);
        answers_forget(&b->answers);
        b->count = 0;
        b->hits = 0;
        b->found_count = 0;
        b->missed_count = 0;
}

static void prepare(struct bulk *b) {
        if (b->found)
                return;
        b->answers.numbers = b->catalog->flaw_count + 2;
        b->answers.sought.numbers = arena_array(&b->kept, uint32_t, b->answers.numbers);
        b->answers.sought.keys = arena_array(&b->kept, uint64_t, b->answers.numbers + ANSWERS_KEYS_MORE);
        b->pieces.catalog = b->catalog;
        b->pieces.arena.large = b->answers.arena.large = b->wholes.arena.large = b->large;
        b->found = arena_array(&b->kept, struct answer_seen, b->answers.numbers);
        b->begun = arena_array(&b->kept, struct str, b->catalog->flaw_count);
        b->middles = arena_array(&b->kept, struct bulk_middle, MIDDLES);
        for (uint32_t i = 0; i < b->catalog->flaw_count; i++) {
                struct json j = { .out = &b->text };

                b->text.len = 0;
                report_json_flaw(&j, NULL, &b->catalog->flaws[i], b->catalog);
                b->begun[i] = str_dup(&b->kept, out_text(&b->text));
        }
}

/* What is not known yet. */
struct missing {
        bool *flaws; /* and the machine, behind the last one */
        bool any, all, good;
        struct contradicted asked; /* of what was found */
        const struct facts_known *known;
};

static void unite_contradicted(struct bulk *b, const struct answers_kind *k, struct sight *s, struct missing *ret) {
        ret->asked = (struct contradicted){ 0 };
        for (uint32_t i = 0; k->contradicted && i < b->catalog->flaw_count; i++)
                if (b->found[i].contradicted && is_wanted(b, i))
                        contradicted_add(&ret->asked, &b->arena, b->catalog, b->found[i].answer);
        ret->good = contradicted_show(&ret->asked, &b->pieces, s);
}

static void find_answers(struct bulk *b, struct answers_kind *k, struct sight *s, struct missing *ret) {
        uint32_t last = b->catalog->flaw_count, wanted = 0, known = 0;
        bool everything = !b->options->only && !b->options->among;
        struct answer_seen *found = b->found;
        uint32_t unknown;

        *ret = (struct missing){ 0 };
        unknown = answers_find_all(&b->answers, k, s, last + 1, found);
        unite_contradicted(b, k, s, ret);
        if (ret->asked.has) {
                unknown -= !found[last].answer;
                found[last] = answer_seen(answers_find(k, last, s));
                unknown += !found[last].answer;
        }
        if (unknown == 0) {
                b->found_count += last + 1;
                return;
        }
        ret->flaws = arena_array(&b->arena, bool, last + 1);
        for (uint32_t i = 0; i <= last; i++) {
                if (!everything && i < last && !is_wanted(b, i))
                        continue;
                ret->flaws[i] = !found[i].answer;
                known += found[i].answer != NULL;
                wanted++;
        }
        ret->any = known < wanted;
        ret->all = known == 0;
        b->found_count += known;
        b->missed_count += wanted - known;
}

/* What is in `b->text` as an answer (JSON of texts that verdict_harmless made plain is plain itself): kept, or where it hangs on more than can be told, for this machine alone, when all of it was judged
 * together (`alone`). False when neither can be. */
static bool add_answer(struct bulk *b, struct answers_kind *k, struct judged *judged, uint32_t number, struct answer *fresh,
                       const struct facets_asked *asked, bool alone) {
        const struct sight *s = &judged->sight;
        const struct answer *found;

        k->contradicted |= fresh->contradicted != NULL;
        fresh->text = out_text(&b->text);
        fresh->low = 0;
        fresh->high = UINT64_MAX;
        if (fresh->facets & FACET_REVISION) {
                fresh->low = fresh->high = s->revision;
        } else if (fresh->facets & FACET_REVISION_RANGE) {
                fresh->low = asked->low;
                fresh->high = asked->high;
        }
        if (fresh->facets & FACET_UNSHARED || (alone && judged->once && number == b->catalog->flaw_count)) { /* its notes tell of all */
                judged->once = true;
                found = alone ? answers_once(&b->arena, s, fresh) : NULL;
        } else if (s->inexact && fresh->facets & FACET_REVISION) {
                judged->once = true;
                found = answers_once(&b->arena, s, fresh);
        } else {
                found = answers_add(&b->answers, &b->pieces, k, number, s, fresh);
        }
        b->found[number] = answer_seen(found);
        return found != NULL;
}

/* Into b->text. */
static void tell_finding(struct bulk *b, const struct verdict *v, struct finding *f) {
        struct json j = { .out = &b->text, .depth = 1, .need_comma = true };

        b->text.len = 0;
        if (b->teller) {
                b->teller->finding(&b->text, v, f);
                return;
        }
        out_str(&b->text, b->begun[f->flaw - b->catalog->flaws]);
        report_json_found(&j, f);
}

static void tell_machine(struct bulk *b, const struct verdict *v) {
        struct json j = { .out = &b->text, .depth = 2, .need_comma = true };

        b->text.len = 0;
        if (b->teller)
                b->teller->machine(&b->text, v);
        else
                report_json_machine(&j, &v->machine);
}

/* Of which it asked that was contradicted is seen where it is judged by itself. False when that cannot be kept. */
static bool find_contradicted(struct bulk *b, const struct judged *judged, const struct flaw *flaw, const struct piece **ret) {
        struct verdict_options o = *b->options;
        struct verdict r;

        o.only = flaw;
        o.among = NULL;
        o.findings_alone = true;
        o.facts.revision = judged->sight.revision;
        verdict_judge(&r, &b->arena, b->catalog, &judged->evidence, &o);
        *ret = contradicted_keep(&b->pieces, &b->arena, r.facts);
        return *ret != NULL;
}

static bool add_finding(struct bulk *b, struct answers_kind *k, struct judged *judged, const struct verdict *v, struct finding *f,
                        const struct facets_asked *asked, bool alone) {
        struct answer fresh = { .status = (uint8_t)f->status, .at_stake = f->at_stake };

        bool contradicted = (f->facets & FACET_CONTRADICTED) != 0, first = contradicted && alone && k->first;

        /* Most processors are seen once: the second time it is worth the trouble. */
        if (contradicted && !first && !find_contradicted(b, judged, f->flaw, &fresh.contradicted))
                return false;
        tell_finding(b, v, f);
        fresh.facets = (f->facets & ~FACET_CONTRADICTED) | (first ? FACET_UNSHARED : 0);
        return add_answer(b, k, judged, (uint32_t)(f->flaw - b->catalog->flaws), &fresh, asked, alone);
}

static bool add_machine(struct bulk *b, struct answers_kind *k, struct judged *judged, const struct verdict *v,
                        const struct facets_asked *asked, bool alone) {
        tell_machine(b, v);
        return add_answer(b, k, judged, b->catalog->flaw_count, &(struct answer){ .facets = v->machine.facets | FACET_CONTRADICTED }, asked, alone);
}

/* Where the machine runs is dear to find out, hangs on few sides and is asked for by nearly all flaws: it is kept as an answer of its own. */
static uint32_t place_number(const struct bulk *b) {
        return b->catalog->flaw_count + 1;
}

static void take_place(struct bulk *b, const struct answers_kind *k, const struct sight *s, struct facts_options *ret) {
        const struct answer *a = answers_find(k, place_number(b), s);
        struct where *w;

        if (!a)
                return;
        w = arena_new(&b->arena, struct where);
        memcpy(w, a->text.p, sizeof(*w));
        ret->where = w;
        ret->where_facets = a->facets;
}

static void keep_place(struct bulk *b, struct answers_kind *k, const struct sight *s, const struct facts *f) {
        const facet_set alone = FACET_UNSHARED | FACET_CONTRADICTED | FACET_REVISION | FACET_REVISION_RANGE;
        facet_set facets = f->where_facets | f->cpus->facets;

        if (!f->where || f->options.where || f->cpus->class_count != 1 || facets & alone)
                return;
        (void)answers_add(&b->answers, &b->pieces, k, place_number(b), s,
                          &(struct answer){ .facets = facets, .high = UINT64_MAX, .text = str_n((const char *)f->where, sizeof(*f->where)) });
}

/* Judges these flaws, and the machine; false when something hangs on more than can be told. */
static bool judge_these(struct bulk *b, struct judged *j, struct answers_kind *k, struct missing *missing) {
        struct facets_asked asked = { .high = UINT64_MAX, .names = &b->pieces.names };
        bool *machine = &missing->flaws[b->catalog->flaw_count], good;
        struct verdict_options o = *b->options;
        struct verdict r;

        if (!missing->all) {
                o.only = NULL;
                o.among = missing->flaws;
        }
        o.findings_alone = !*machine;
        o.asked = missing->asked.items;
        o.asked_count = missing->asked.count;
        o.facts.revision = j->sight.revision;
        take_place(b, k, &j->sight, &o.facts);
        o.facts.known = missing->known;
        j->evidence.asked = &asked;
        verdict_judge(&r, &b->arena, b->catalog, &j->evidence, &o);
        j->evidence.asked = NULL;
        good = r.loops == 0 && r.facts->loops == 0 && !pieces_missed(&b->pieces, &j->sight);
        if (good) {
                keep_place(b, k, &j->sight, r.facts);
                answers_learn(&b->answers, k, &r);
        }
        for (uint32_t i = 0; good && i < r.finding_count; i++)
                good = add_finding(b, k, j, &r, &r.findings[i], &asked, missing->all);
        if (!good)
                return false;
        unite_contradicted(b, k, &j->sight, missing);
        return missing->good && (!*machine || add_machine(b, k, j, &r, &asked, missing->all));
}

/* Judges what is not known; false when it hangs on more than can be told. */
static bool judge_missing(struct bulk *b, struct judged *j, struct answers_kind *k, struct missing *missing) {
        uint32_t *side = &j->sight.versions[facet_first(FACET_CONTRADICTED)], last = b->catalog->flaw_count, before = *side;
        bool machine = missing->flaws[last];

        missing->known = answers_facts(&b->answers, k, &j->sight, b->catalog);
        if (!missing->good || !judge_these(b, j, k, missing))
                return false;
        if (machine || *side == before)
                return true;
        b->found[last] = answer_seen(answers_find(k, last, &j->sight)); /* its notes tell of more */
        if (b->found[last].answer)
                return true;
        missing->all = false;
        for (uint32_t i = 0; i <= last; i++)
                missing->flaws[i] = i == last;
        return judge_these(b, j, k, missing);
}

/* ---- The report ------------------------------------------------------------------------------------------------------------------------ */

/* The counts of the findings; gives the length of their texts. */
static ptrdiff_t count_found(const struct bulk *b, const struct sight *s, struct verdict *ret) {
        bool everything = !b->options->only && !b->options->among;
        uint32_t last = b->catalog->flaw_count;
        ptrdiff_t length = answer_length(&b->found[last], s);

        *ret = (struct verdict){ .catalog = b->catalog, .worst = STATUS_NOT_AFFECTED };
        for (uint32_t i = 0; i < last; i++) {
                const struct answer_seen *a = &b->found[i];

                if (!everything && !is_wanted(b, i))
                        continue;
                __builtin_prefetch(a->text); /* they lie far apart */
                length += answer_length(a, s) + 1;
                if (!a->at_stake)
                        continue;
                ret->counts[a->status]++;
                if (a->status > ret->worst)
                        ret->worst = (enum status)a->status;
        }
        return length;
}

/* Between the machine and the findings: it hangs on the counts alone, and most machines have those of another one. */
static void write_middle(struct bulk *b, const struct verdict *r, struct out *o) {
        struct json j = { .out = o, .depth = 1, .need_comma = true };
        uint32_t hash = (uint32_t)r->worst;
        struct bulk_middle *m;
        ptrdiff_t from = o->len;
        struct str text;

        for (size_t i = 0; i < STATUS_COUNT; i++)
                hash = (hash ^ r->counts[i]) * UINT32_C(2654435761);
        m = &b->middles[(hash >> 24) % MIDDLES];
        if (m->length > 0 && m->worst == (uint32_t)r->worst && memcmp(m->counts, r->counts, sizeof(m->counts)) == 0) {
                out_str(o, str_n(m->text, m->length));
                return;
        }
        report_json_middle(&j, r, b->style);
        text = str_from(out_text(o), from);
        if (text.len > (ptrdiff_t)sizeof(m->text))
                return;
        m->length = (uint16_t)text.len;
        memcpy(m->text, text.p, m->length);
        memcpy(m->counts, r->counts, sizeof(m->counts));
        m->worst = (uint32_t)r->worst;
}

/* The text may be written behind what is there, for which there is room. */
static void write_answer(struct out *o, const struct answer_seen *a, const struct sight *s) {
        o->len = answer_write(a, s, o->p + o->len) - o->p;
}

enum { REST = 1024 }; /* keys and counts */

/* All of it goes to one place at once; each text was looked at before, so that it need not be looked at again on its way out. Gives all but
 * the head. */
static struct str write_found(struct bulk *b, struct str source, const struct sight *s, struct out *o, struct verdict *ret) {
        struct str from = plain(&b->arena, source), name = plain(&b->arena, machine_name(s->name, source));
        struct json j = { .out = o };
        ptrdiff_t length = count_found(b, s, ret), start, tail;
        bool first = true, everything = !b->options->only && !b->options->among;

        (void)out_room(o, length + 6 * (from.len + name.len) + REST);
        start = o->len;
        report_json_head(&j, b->catalog, from, s->captured, name);
        tail = o->len;
        write_answer(o, &b->found[b->catalog->flaw_count], s);
        write_middle(b, ret, o);
        for (uint32_t i = 0; i < b->catalog->flaw_count; i++) {
                if (!everything && !is_wanted(b, i))
                        continue;
                o->p[o->len] = ','; /* there is room */
                o->len += !first;
                write_answer(o, &b->found[i], s);
                first = false;
        }
        j = (struct json){ .out = o, .depth = 2, .need_comma = !first };
        report_json_end(&j);
        out_harmless(o, start);
        return str_n(o->p + tail, o->len - tail);
}

/* The same where the whole is kept. */
static void write_whole(struct bulk *b, const struct judged *j, const struct whole *whole, struct out *o) {
        struct str from = plain(&b->arena, j->source), name = plain(&b->arena, machine_name(j->file.name, j->source));
        struct json to = { .out = o };
        ptrdiff_t start;

        (void)out_room(o, whole->tail.len + 6 * (from.len + name.len) + REST);
        start = o->len;
        report_json_head(&to, b->catalog, from, j->file.captured, name);
        out_str(o, whole->tail);
        out_harmless(o, start);
}

/* Only the name differs from a file that was kept as a whole. */
static bool tell_again(struct bulk *b, struct judged *j, struct out *o, enum exit_result *ret) {
        const struct whole *whole;

        whole_read(j->text, &j->file);
        whole = wholes_find(&b->wholes, &j->file, &b->cut);
        if (!whole)
                return false;
        b->hits++;
        b->again++;
        write_whole(b, j, whole, o);
        *ret = (enum exit_result)whole->code;
        return true;
}

/* Of what comes several times. What hangs on more than sides tell holds for files that are the same. */
static void keep_whole(struct bulk *b, struct judged *j, struct str tail, enum exit_result code) {
        uint64_t hash;

        b->cut.len = 0;
        if (j->once)
                whole_cut(&b->cut, &j->file);
        hash = j->once ? pieces_hash(out_text(&b->cut)) : answers_hash(&j->sight);
        if (!wholes_meet(&b->wholes, hash))
                return;
        if (!j->once)
                whole_cut(&b->cut, &j->file);
        wholes_keep(&b->wholes, &j->file, &j->sight, out_text(&b->cut), tail, (uint8_t)code);
}

/* Where name or day stand in an unusual way nothing is kept: they would not be told again. */
static int judge_apart(struct bulk *b, struct judged *j, struct out *o, enum exit_result *ret, struct diag *d) {
        struct json to = { .out = &b->text };
        struct verdict r;
        ptrdiff_t head;

        if (judge_whole(b, j, &r, d) < 0)
                return -1;
        *ret = summary_exit(&r, b->style->fail_on);
        b->text.len = 0;
        report_json_head(&to, r.catalog, r.source, r.captured, r.machine.name);
        head = b->text.len;
        report_json_tail(&to, &r, b->style);
        out_str(o, out_text(&b->text));
        j->once = true;
        if (str_eq(r.captured, j->file.captured) && str_eq(r.machine.name, machine_name(j->file.name, j->source)))
                keep_whole(b, j, str_from(out_text(&b->text), head), *ret);
        return 0;
}

static int judge_shared(struct bulk *b, struct judged *j, struct out *o, enum exit_result *ret, struct diag *d) {
        struct answers_kind *k = answers_kind(&b->answers, &b->pieces, &j->sight);
        struct missing missing;
        struct verdict r;
        struct str tail;

        find_answers(b, k, &j->sight, &missing);
        if (!missing.any)
                b->hits++;
        else if (parse_shared(b, j, d) < 0)
                return -1;
        else if (!judge_missing(b, j, k, &missing))
                return judge_apart(b, j, o, ret, d);
        tail = write_found(b, j->source, &j->sight, o, &r);
        *ret = summary_exit(&r, b->style->fail_on);
        keep_whole(b, j, tail, *ret);
        return 0;
}

int bulk_judge(struct bulk *b, struct str source, struct str text, struct out *o, enum exit_result *ret, struct diag *d) {
        struct judged j = { .source = source, .text = text };

        if (b->options->host || b->options->fingerprint)
                return judge_alone(b, &j, o, ret, d);
        prepare(b);
        forget_when_full(b);
        b->count++;
        if (tell_again(b, &j, o, ret))
                return 0;
        pieces_read(&b->pieces, &b->arena, text, &j.sight);
        if (!j.sight.known || j.sight.apart) {
                if (parse_shared(b, &j, d) < 0)
                        return -1;
                pieces_learn(&b->pieces, &j.sight, &j.evidence);
        }
        if (!pieces_compare(&b->pieces, &j.sight))
                return judge_apart(b, &j, o, ret, d);
        return judge_shared(b, &j, o, ret, d);
}

/* ---- By a teller --------------------------------------------------------------------------------------------------------------------- */

static void give(struct bulk *b, uint32_t number, struct answer_seen seen, struct bulk_told *ret) {
        b->found[number] = seen;
        ret->texts[number] = str_dup(&b->arena, out_text(&b->text));
}

static int find_apart(struct bulk *b, struct judged *j, struct bulk_told *ret, struct diag *d) {
        struct verdict r;

        if (judge_whole(b, j, &r, d) < 0)
                return -1;
        for (uint32_t i = 0; i < r.finding_count; i++) {
                struct finding *f = &r.findings[i];

                tell_finding(b, &r, f);
                give(b, (uint32_t)(f->flaw - b->catalog->flaws), (struct answer_seen){ .status = (uint8_t)f->status, .at_stake = f->at_stake }, ret);
        }
        tell_machine(b, &r);
        give(b, b->catalog->flaw_count, (struct answer_seen){ 0 }, ret);
        return 0;
}

static void give_answers(struct bulk *b, const struct sight *s, struct bulk_told *ret) {
        for (uint32_t i = 0; i <= b->catalog->flaw_count; i++) {
                const struct answer_seen *a = &b->found[i];
                struct str text = str_n(a->text, (ptrdiff_t)a->length);
                char *to;

                if (a->marked) {
                        to = arena_bytes(&b->arena, answer_length(a, s));
                        text = str_n(to, answer_write(a, s, to) - to);
                }
                ret->texts[i] = text;
        }
}

int bulk_find(struct bulk *b, struct str source, struct str text, struct bulk_told *ret, struct diag *d) {
        struct judged j = { .source = source, .text = text };
        struct missing missing;
        struct answers_kind *k;

        prepare(b);
        forget_when_full(b);
        b->count++;
        *ret = (struct bulk_told){ .texts = arena_array(&b->arena, struct str, b->answers.numbers), .found = b->found };
        pieces_read(&b->pieces, &b->arena, text, &j.sight);
        if (!j.sight.known || j.sight.apart) {
                if (parse_shared(b, &j, d) < 0)
                        return -1;
                pieces_learn(&b->pieces, &j.sight, &j.evidence);
        }
        if (!pieces_compare(&b->pieces, &j.sight))
                return find_apart(b, &j, ret, d);
        k = answers_kind(&b->answers, &b->pieces, &j.sight);
        find_answers(b, k, &j.sight, &missing);
        if (missing.any && parse_shared(b, &j, d) < 0)
                return -1;
        if (missing.any && !judge_missing(b, &j, k, &missing))
                return find_apart(b, &j, ret, d);
        b->hits += !missing.any;
        give_answers(b, &j.sight, ret);
        return 0;
}

void bulk_free(struct bulk *b) {
        arena_free(&b->arena);
        arena_free(&b->kept);
        pieces_free(&b->pieces);
        answers_free(&b->answers);
        wholes_free(&b->wholes);
        out_free(&b->text);
        out_free(&b->cut);
}
