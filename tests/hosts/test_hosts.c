/* Machines with known answers: every fixture is an evidence file with `-- expect FLAW STATUS rule=RULE …` lines.
 *
 *   test_hosts expect FOLDER…      each verdict is the expected one: status, rule, owner, boundaries, fixes, question
 *   test_hosts fix FOLDER…         rewrites the expectations (review the diff)
 *   test_hosts coverage FOLDER…    every rule of every flaw decides at least one fixture, and every contradiction is told in one
 *   test_hosts agree TABLE FOLDER… what the hardware tables say without the kernel is what that kernel said; the differences are
 *                                 exactly those of the table (machines,flaw,kernel,hardware,reason), each with its reason
 *   test_hosts predict FOLDER…     what a kernel of today is predicted to say is what Linux 7.2.13 said
 *   test_hosts torture FOLDER…     without any one record or line of cpuinfo a verdict stays or becomes unknown, or mitigated from not affected: never else
 *   test_hosts beginnings FOLDER… what is read only as far as a question's answer decides as all of it does (beginnings.c)
 *   test_hosts immune FOLDER…      where the hardware tables say yes, "not affected" has another reason than the system's word
 *   test_hosts edges EDGES MACHINES  on either side of every bound the verdict is the expected one (edges.c); fix-edges rewrites
 *   test_hosts show FILE           the whole evidence of a fixture that is like a machine (see like.c)
 *   test_hosts where FLAW/RULE FOLDER…  the fixtures which that rule decides
 *
 * Prints TAP. */
#include <dirent.h>
#include <stdlib.h>

#include "hosts.h"

static int tests, failures;

void result(bool ok, const char *name, struct str of) {
        (void)printf("%s %d - %s %.*s\n", ok ? "ok" : "not ok", ++tests, name, STR_ARG(of));
        failures += !ok;
}

void judge(struct verdict *r, struct arena *a, const struct evidence *e) {
        const struct verdict_options options = { 0 };

        verdict_judge(r, a, &catalog_builtin, e, &options);
}

struct str rule_id(const struct finding *f) {
        return f->rule ? T(f->rule->id) : S("undecided");
}

const struct finding *finding_of(const struct verdict *r, struct str id) {
        for (uint32_t i = 0; i < r->finding_count; i++)
                if (str_eq(T(r->findings[i].flaw->id), id))
                        return &r->findings[i];
        return NULL;
}

/* ---- Reading ---- */

static void gather_file(struct arena *a, struct str path, struct fixtures *ret) {
        struct fixture *f = arena_append(a, ret);
        struct diag d = { 0 };

        f->path = path;
        if (fixture_read(f, a, &d) < 0) {
                (void)printf("Bail out! %s: %s\n", str_to_c(a, path), d.text);
                exit(1);
        }
}

/* The fixture, or all those below the folder, in the order of their names. */
static void gather(struct arena *a, const char *path, struct fixtures *ret) {
        struct dirent **names;
        int n = scandir(path, &names, NULL, alphasort);

        if (n < 0 && str_ends(str_of(path), S(".host")))
                gather_file(a, str_of(path), ret);
        for (int i = 0; i < n; i++) {
                if (names[i]->d_name[0] != '.')
                        gather(a, str_to_c(a, str_fmt(a, "%s/%s", path, names[i]->d_name)), ret);
                free(names[i]);
        }
        if (n >= 0)
                free(names);
}

/* ---- coverage ---- */

struct covered {
        uint32_t *flaw_rules; /* [flaw * 64 + rule]: fixtures that it decides */
        bool *told;           /* [flaw * 64 + contradiction]: some fixture shows it */
};

/* The text of a contradiction begins as the data has it, up to the first value that is put in. */
static void mark_contradiction(const struct finding *f, uint32_t flaw, struct covered *c) {
        for (uint32_t i = 0; i < f->flaw->contradiction_count; i++) {
                struct str says = T(f->flaw->contradictions[i].says);
                ptrdiff_t value = str_find_char(says, '{');

                if (!str_empty(f->contradiction) && str_starts(f->contradiction, str_n(says.p, value < 0 ? says.len : value)))
                        c->told[flaw * 64 + i] = true;
        }
}

static void mark(const struct fixture *f, struct arena *a, struct covered *c) {
        struct verdict r;

        judge(&r, a, &f->evidence);
        for (uint32_t i = 0; i < r.finding_count; i++) {
                uint32_t flaw = (uint32_t)(r.findings[i].flaw - catalog_builtin.flaws);

                if (r.findings[i].rule)
                        c->flaw_rules[flaw * 64 + (uint32_t)(r.findings[i].rule - r.findings[i].flaw->rules)]++;
                mark_contradiction(&r.findings[i], flaw, c);
        }
}

/* A rule of a rule set is one rule, wherever it is used. */
static bool is_covered(const struct covered *c, const struct rule *rule, uint32_t flaw, uint32_t number) {
        if (c->flaw_rules[flaw * 64 + number])
                return true;
        if (!rule->shared)
                return false;
        for (uint32_t i = 0; i < catalog_builtin.flaw_count; i++)
                for (uint32_t k = 0; k < catalog_builtin.flaws[i].rule_count; k++)
                        if (c->flaw_rules[i * 64 + k] && catalog_builtin.flaws[i].rules[k].shared &&
                            str_eq(T(catalog_builtin.flaws[i].rules[k].id), T(rule->id)))
                                return true;
        return false;
}

static void coverage(const struct fixtures *all, struct arena *scratch) {
        ARENA_AUTO struct arena a = { 0 };
        struct covered c = { .flaw_rules = arena_array(&a, uint32_t, (ptrdiff_t)catalog_builtin.flaw_count * 64),
                             .told = arena_array(&a, bool, (ptrdiff_t)catalog_builtin.flaw_count * 64) };

        for (ptrdiff_t i = 0; i < all->count; i++) {
                mark(&all->items[i], scratch, &c);
                arena_reset(scratch);
        }
        for (uint32_t i = 0; i < catalog_builtin.flaw_count; i++) {
                const struct flaw *flaw = &catalog_builtin.flaws[i];
                bool ok = true;

                for (uint32_t k = 0; k < flaw->rule_count; k++)
                        if (!is_covered(&c, &flaw->rules[k], i, k)) {
                                (void)printf("# no fixture is decided by rule '%.*s' of %.*s (when: %.*s)\n",
                                             STR_ARG(T(flaw->rules[k].id)), STR_ARG(T(flaw->id)), STR_ARG(T(flaw->rules[k].when)));
                                ok = false;
                        }
                for (uint32_t k = 0; k < flaw->contradiction_count; k++)
                        if (!c.told[i * 64 + k]) {
                                (void)printf("# no fixture of %.*s shows the contradiction '%.*s'\n", STR_ARG(T(flaw->id)),
                                             STR_ARG(T(flaw->contradictions[k].says)));
                                ok = false;
                        }
                result(ok, "coverage", T(flaw->id));
        }
}

/* ---- torture ---- */

/* Of two words that cannot both be true neither is believed; without one of them the other is. */
static bool was_doubted(const struct finding *f) {
        if (f->status != STATUS_UNKNOWN || f->rule || str_empty(f->contradiction))
                return false;
        for (uint32_t i = 0; i < f->flaw->contradiction_count; i++)
                if (f->flaw->contradictions[i].doubts && str_starts(f->contradiction, S("no kernel says so of this processor")))
                        return true;
        return false;
}

/* The same, not known, or protected as a machine that may have the flaw in place of free of it. */
static bool is_no_safer(enum status before, enum status after) {
        return after == before || after == STATUS_UNKNOWN || (before == STATUS_NOT_AFFECTED && after == STATUS_MITIGATED);
}

static bool survives(struct arena *a, const struct verdict *whole, const struct evidence *e, ptrdiff_t without,
                     const char *how) {
        struct verdict r;
        bool ok = true;

        judge(&r, a, e);
        for (uint32_t i = 0; i < whole->finding_count; i++) {
                enum status before = whole->findings[i].status, after = r.findings[i].status;

                if (is_no_safer(before, after) || (was_doubted(&whole->findings[i]) && after == STATUS_MITIGATED))
                        continue;
                (void)printf("# %.*s: with record %td (line %u) %s, %.*s changes from %.*s to %.*s (rule %.*s)\n",
                             STR_ARG(e->source), without, e->items[without < e->count ? without : 0].line, how,
                             STR_ARG(T(whole->findings[i].flaw->id)), STR_ARG(status_word(before)), STR_ARG(status_word(after)),
                             STR_ARG(rule_id(&r.findings[i])));
                ok = false;
        }
        return ok;
}

/* Without each line of /proc/cpuinfo in turn. */
static bool survives_lost_lines(struct arena *a, const struct verdict *whole, const struct evidence *all) {
        const struct record *info = evidence_file(all, S("/proc/cpuinfo"));
        struct str rest = info && info->state == FACT_KNOWN ? info->text : (struct str){ 0 }, line;
        bool ok = true;

        while (str_line(&rest, &line)) {
                struct evidence e = *all;

                arena_reset(a);
                e.items = arena_array(a, struct record, e.count);
                memcpy(e.items, all->items, (size_t)e.count * sizeof(*e.items));
                e.items[info - all->items].text = str_fmt(a, "%.*s%.*s", (int)(line.p - info->text.p), info->text.p, STR_ARG(rest));
                if (survives(a, whole, &e, info - all->items, "less a line"))
                        continue;
                (void)printf("# the line: %.*s\n", STR_ARG(line));
                ok = false;
        }
        return ok;
}

#if defined(__SANITIZE_ADDRESS__)
enum { KNOWN_MAX = 1 << 16 };

static uint64_t mixed(uint64_t hash, const void *p, size_t n) {
        for (size_t i = 0; i < n; i++)
                hash = (hash ^ ((const unsigned char *)p)[i]) * 1099511628211u; /* FNV-1a */
        return hash;
}

/* The sanitizers ask how memory is used: they see each record lost once in the very same words, from the first fixture that has it. The other build
 * takes it from all of them, and compares the verdicts. */
static bool was_lost_before(const struct record *r) {
        static uint64_t known[KNOWN_MAX];
        const uint64_t numbers[] = { r->kind, r->state, r->cpu, r->leaf, r->subleaf, r->value };
        uint64_t hash = mixed(14695981039346656037u, numbers, sizeof(numbers));
        uint32_t at;

        hash = mixed(mixed(hash, r->words, r->word_count * sizeof(r->words[0])), r->key.p, (size_t)r->key.len);
        hash = mixed(hash, r->text.p, (size_t)r->text.len) | 1;
        for (at = (uint32_t)(hash >> 20) % KNOWN_MAX; known[at]; at = (at + 1) % KNOWN_MAX)
                if (known[at] == hash)
                        return true;
        known[at] = hash;
        return false;
}
#else
static bool was_lost_before(const struct record *r) {
        (void)r;
        return false;
}
#endif

static void torture(const struct fixture *f, struct arena *a) {
        ARENA_AUTO struct arena kept = { 0 };
        struct verdict whole;
        bool ok = true;

        judge(&whole, &kept, &f->evidence);
        for (ptrdiff_t i = 0; i < f->evidence.count; i++) {
                struct evidence e = f->evidence;

                if (was_lost_before(&f->evidence.items[i]))
                        continue;
                arena_reset(a);
                e.arena = a;
                e.items = arena_array(a, struct record, e.count);
                memcpy(e.items, f->evidence.items, (size_t)e.count * sizeof(*e.items));
                evidence_index(&e);
                e.items[i].state = FACT_DENIED;
                ok &= survives(a, &whole, &e, i, "denied");
                e.items[i].kind = RECORD_META;
                evidence_index(&e);
                ok &= survives(a, &whole, &e, i, "unread");
        }
        ok &= survives_lost_lines(a, &whole, &f->evidence);
        result(ok, "torture", f->path);
}

/* ---- immune ---- */

/* A claim of the operating system, or a fact that rests on one. */
static bool rests_on_claim(const struct finding *f) {
        for (uint32_t i = 0; i < f->evidence_count; i++) {
                int32_t fact = catalog_fact(&catalog_builtin, f->evidence[i].name);

                if (fact >= 0 && catalog_builtin.facts[fact].os_claim)
                        return true;
        }
        return false;
}

/* A processor that has the flaw is "not affected" only by a rule that names what else keeps it away: a part that is switched off or is
 * not there, what the hypervisor does not show. Never by the operating system's word, nor by the rule that asks for the processor. */
/* A rule may name the processors of which the kernel passes the firmware's word on. */
static bool is_firmwares_word(const struct finding *x) {
        return x->rule && str_eq(T(x->rule->id), S("arm-firmware-protects"));
}

static bool has_reason(const struct fixture *f, struct arena *a, const struct evidence *e, const char *as) {
        struct verdict r;
        bool ok = true;

        judge(&r, a, e);
        for (uint32_t i = 0; i < r.finding_count; i++) {
                const struct finding *x = &r.findings[i];

                if (x->affected_hardware != TRI_TRUE || x->status != STATUS_NOT_AFFECTED || x->by_host || is_firmwares_word(x))
                        continue;
                if (x->rule && !str_eq(rule_id(x), S("hardware-immune")) && x->evidence_count > 0 && !rests_on_claim(x) && x->reason.len > 0)
                        continue;
                (void)printf("# %.*s %s: %.*s: rule %.*s: %.*s\n", STR_ARG(f->path), as, STR_ARG(T(x->flaw->id)), STR_ARG(rule_id(x)), STR_ARG(x->reason));
                ok = false;
        }
        return ok;
}

/* The fixture as it is, and with a kernel that calls everything not affected. */
static void immune(const struct fixture *f, struct arena *a) {
        struct evidence e = f->evidence;
        bool ok = has_reason(f, a, &e, "as it is");

        e.items = arena_array(a, struct record, e.count);
        memcpy(e.items, f->evidence.items, (size_t)e.count * sizeof(*e.items));
        for (ptrdiff_t i = 0; i < e.count; i++)
                if (e.items[i].kind == RECORD_FILE && e.items[i].state == FACT_KNOWN && str_find(e.items[i].key, S("/cpu/vulnerabilities/")) >= 0)
                        e.items[i].text = S("Not affected");
        ok &= has_reason(f, a, &e, "with a kernel that denies everything");
        result(ok, "immune", f->path);
}

/* ---- show, where ---- */

static void show(const struct fixture *f, struct arena *a) {
        OUT_AUTO struct out o = { 0 };

        (void)a;
        evidence_write(&f->evidence, &o);
        (void)fwrite(o.p, 1, (size_t)o.len, stdout);
}

/* The names of the fixtures that a rule decides. */
static void where(const struct fixtures *all, struct arena *a, const char *rule) {
        ARENA_AUTO struct arena scratch = { 0 };

        (void)a;
        for (ptrdiff_t i = 0; i < all->count; i++) {
                struct verdict r;

                judge(&r, &scratch, &all->items[i].evidence);
                for (uint32_t k = 0; k < r.finding_count; k++) {
                        struct str name = str_fmt(&scratch, "%.*s/%.*s", STR_ARG(T(r.findings[k].flaw->id)),
                                                  STR_ARG(rule_id(&r.findings[k])));

                        if (str_eq(name, str_of(rule)))
                                (void)printf("%.*s\n", STR_ARG(all->items[i].path));
                }
                arena_reset(&scratch);
        }
}

/* Each mode looks at every fixture, or at all of them together. */
static const struct mode {
        const char *name;
        void (*one)(const struct fixture *f, struct arena *a);
        void (*all)(const struct fixtures *all, struct arena *a);
        void (*all_with)(const struct fixtures *all, struct arena *a, const char *argument);
        bool plain; /* does not print TAP */
} modes[] = {
        { .name = "expect", .one = expect },
        { .name = "fix", .one = fix },
        { .name = "coverage", .all = coverage },
        { .name = "agree", .all_with = agree },
        { .name = "predict", .one = predict },
        { .name = "torture", .one = torture },
        { .name = "immune", .one = immune },
        { .name = "beginnings", .all = beginnings },
        { .name = "show", .one = show, .plain = true },
        { .name = "where", .all_with = where, .plain = true },
};

static const struct mode *find_mode(const char *name) {
        for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
                if (str_eq(str_of(modes[i].name), str_of(name)))
                        return &modes[i];
        return NULL;
}

static void run(const struct mode *mode, const struct fixtures *all, struct arena *a, const char *argument) {
        ARENA_AUTO struct arena scratch = { 0 };

        if (mode->all)
                mode->all(all, &scratch);
        if (mode->all_with)
                mode->all_with(all, a, argument);
        for (ptrdiff_t i = 0; mode->one && i < all->count; i++) {
                mode->one(&all->items[i], &scratch);
                arena_reset(&scratch);
        }
        if (!mode->plain)
                (void)printf("1..%d\n", tests);
}

int main(int argc, char **argv) {
        ARENA_AUTO struct arena a = { 0 };
        struct fixtures all = { 0 };
        const struct mode *mode = argc > 2 ? find_mode(argv[1]) : NULL;
        bool fixing = argc == 4 && str_eq(str_of(argv[1]), S("fix-edges"));

        if (fixing || (argc == 4 && str_eq(str_of(argv[1]), S("edges")))) {
                (fixing ? fix_edges : edges)(argv[2], argv[3]);
                (void)printf("1..%d\n", tests);
                return failures ? 1 : 0;
        }
        for (int i = mode && mode->all_with ? 3 : 2; mode && i < argc; i++)
                gather(&a, argv[i], &all);
        if (all.count == 0) {
                (void)fprintf(stderr, "usage: test_hosts MODE [ARGUMENT] FOLDER… or FILE…; test_hosts.c begins with the modes\n");
                return 64;
        }
        run(mode, &all, &a, argv[2]);
        return failures ? 1 : 0;
}
