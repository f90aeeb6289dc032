/* What a collector left for later is read when it is asked for, the log and the configuration as far as a question's answer: verdicts are
 * those of all of it. */
#include "evidence/places.h"
#include "hosts.h"

struct left {
        struct evidence_later base;
        struct evidence *e;
        const struct evidence *whole;
        int turn; /* how many lines of each file were moved from its beginning to its end */
        int begun;
};

static bool is_in_parts(const struct record *r) {
        return r->kind == RECORD_FILE && r->state == FACT_KNOWN && (place_is_log(r->key) || place_is_config(r->key));
}

/* More than the collector leaves. */
static bool is_left(const struct record *r) {
        return is_in_parts(r) || (r->kind == RECORD_FILE && !str_eq(r->key, S(PLACE_CPUINFO)) && !str_eq(r->key, S(PLACE_CMDLINE)) &&
                                     !str_starts(r->key, S(PLACE_VULNERABILITIES)));
}

static struct str turned(struct arena *a, struct str text, int lines) {
        struct str rest = text, line;

        while (lines-- > 0 && str_line(&rest, &line))
                ;
        return rest.len == 0 ? str_fmt(a, "%.*s\n", STR_ARG(text))
                             : str_fmt(a, "%.*s\n%.*s", STR_ARG(rest), STR_ARG(str_sub(text, 0, rest.p - text.p)));
}

/* The fewest whole lines that answer the question; all of them when none do. */
static struct str beginning(struct str text, const struct evidence_question *q) {
        ptrdiff_t end = 0;

        while (end < text.len && !q->is_answered(str_sub(text, 0, end), q->arg))
                end += str_find_char(str_from(text, end), '\n') + 1;
        return str_sub(text, 0, end);
}

static void read_left(struct evidence_later *base, struct str path, const struct evidence_question *q) {
        struct left *l = (struct left *)(void *)base;

        for (ptrdiff_t i = 0; i < l->whole->count; i++) {
                const struct record *r = &l->whole->items[i], *had = is_left(r) ? evidence_named(l->e, r) : NULL;
                struct str text, some;

                if (!is_left(r) || (path.len && !str_eq(r->key, path)) || (had && !had->more))
                        continue;
                if (!is_in_parts(r)) {
                        if (r->state == FACT_KNOWN)
                                evidence_add_file(l->e, r->key, r->text);
                        else
                                evidence_add_missing(l->e, r->key, r->state, r->text);
                        continue;
                }
                text = turned(l->e->arena, r->text, l->turn);
                some = q ? beginning(text, q) : text;
                l->begun += some.len < text.len;
                if (some.len < text.len)
                        evidence_add_beginning(l->e, r->key, some);
                else
                        evidence_add_file(l->e, r->key, text);
        }
}

static void read_nothing(struct evidence_later *base, struct str path, const struct evidence_question *q) {
        (void)base;
        (void)path;
        (void)q;
}

static bool same(const struct verdict *a, const struct verdict *b) {
        bool ok = a->finding_count == b->finding_count;

        for (uint32_t i = 0; ok && i < a->finding_count; i++) {
                const struct finding *x = &a->findings[i], *y = &b->findings[i];

                ok = x->status == y->status && x->rule == y->rule && x->owner == y->owner && str_eq(x->reason, y->reason) &&
                     str_eq(x->contradiction, y->contradiction);
                if (!ok)
                        (void)printf("# %.*s: %s %.*s; of all that was left: %s %.*s\n", STR_ARG(T(x->flaw->id)), status_word(x->status).p,
                                     STR_ARG(x->reason), status_word(y->status).p, STR_ARG(y->reason));
        }
        return ok;
}

/* The verdict of the evidence without what is left, which is read when it is asked for. */
static int judge_later(struct verdict *ret, struct arena *a, const struct evidence *whole, int turn) {
        struct evidence e;
        struct left left = { .base.read = read_left, .e = &e, .whole = whole, .turn = turn };

        evidence_init(&e, a, whole->source);
        for (ptrdiff_t i = 0; i < whole->count; i++)
                if (!is_left(&whole->items[i]))
                        *arena_append(a, &e) = whole->items[i];
        evidence_index(&e);
        e.later = &left.base;
        judge(ret, a, &e);
        return left.begun;
}

void beginnings(const struct fixtures *all, struct arena *a) {
        int begun = 0;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct evidence whole = all->items[i].evidence;
                struct evidence_later nothing = { .read = read_nothing };
                bool ok = true, any = false;
                struct verdict want, got;

                for (ptrdiff_t k = 0; k < whole.count; k++)
                        any |= is_left(&whole.items[k]);
                whole.later = &nothing;
                judge(&want, a, &whole);
                for (int turn = 0; any && turn < 12; turn++) {
                        begun += judge_later(&got, a, &whole, turn);
                        ok &= same(&got, &want);
                }
                if (any)
                        result(ok, "beginnings", all->items[i].path);
                arena_reset(a);
        }
        result(begun > 0, "some files were read in part", S(""));
}
