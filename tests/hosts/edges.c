/* The edges of ranges: a machine, changed step by step, and what changes with each step. edges.txt holds, section by section,
 *
 *      machine x86_64/skx-old.bare.7.2.13 silent
 *      release=4.14.11 : meltdown=mitigated/isolated-before-sysfs
 *      cpu=0x000506e3 revision=0x2000064 :
 *
 * A step starts from the machine; what stands behind the colon are the verdicts, status and rule (and what a partial one leaves
 * open), that are not those of the step before (before the first one: of nothing). `silent` takes the kernel's vulnerability files away (absent), `denying` lets them say
 * "Not affected", `admitting` "Vulnerable". Where a bound lies is then seen, and held, from both sides.
 *
 * variations.txt is read the same way. Its steps are `cmdline=WORD`, `smt=on`, `flush=WORD` (KVM's, of the first-level cache, on a processor that can run guests) and
 * `says=FILE:TEXT`, where `~` is a blank: what a kernel was told, and what it says. In a section that is `predicted` the sentences that a kernel of today would print stand behind the colon, by their names. */
#include "hosts.h"

static const struct str vulnerabilities = STR("/sys/devices/system/cpu/vulnerabilities/");

struct edges {
        struct str folder;       /* of the machines */
        struct evidence machine; /* without what names the processor or the kernel a second time */
        struct str_items { struct str *items; ptrdiff_t count, capacity; } before; /* what each flaw, or file, was before */
        bool predicted;
        struct arena *arena;
        struct out *out;         /* the file as it should be */
};

static bool is_second_source(const struct record *r) {
        return r->kind == RECORD_FILE && (str_eq(r->key, S("/proc/cpuinfo")) || str_eq(r->key, S("/proc/version")));
}

static int begin_machine(struct edges *x, struct str words, struct diag *d) {
        struct fixture f = { 0 };
        struct str name, how = { 0 };

        (void)str_word(&words, &name);
        (void)str_word(&words, &how);
        f.path = str_fmt(x->arena, "%.*s/%.*s.host", STR_ARG(x->folder), STR_ARG(name));
        if (fixture_read(&f, x->arena, d) < 0)
                return -1;
        evidence_init(&x->machine, x->arena, name);
        for (ptrdiff_t i = 0; i < f.evidence.count; i++) {
                struct record r = f.evidence.items[i];

                if (is_second_source(&r))
                        continue;
                if (r.kind == RECORD_FILE && str_starts(r.key, vulnerabilities) && str_eq(how, S("silent")))
                        r.state = FACT_ABSENT;
                if (r.kind == RECORD_FILE && str_starts(r.key, vulnerabilities) && str_eq(how, S("denying")))
                        r.text = S("Not affected");
                if (r.kind == RECORD_FILE && str_starts(r.key, vulnerabilities) && str_eq(how, S("admitting")))
                        r.text = S("Vulnerable");
                *arena_append(x->arena, &x->machine) = r;
        }
        x->predicted = str_eq(how, S("predicted"));
        x->before.count = 0;
        return 0;
}

static void set_cpuid(struct evidence *e, uint32_t signature) {
        const struct record *leaf = evidence_cpuid(e, 0, 1, 0);
        uint32_t regs[4] = { 0 };

        if (leaf)
                memcpy(regs, leaf->words, sizeof(regs));
        regs[0] = signature;
        evidence_add_cpuid(e, 0, 1, 0, regs);
}

/* A processor that can run guests: what KVM does counts there. */
static void set_vmx(struct evidence *e) {
        const struct record *leaf = evidence_cpuid(e, 0, 1, 0);
        uint32_t regs[4] = { 0 };

        if (!leaf)
                return;
        memcpy(regs, leaf->words, sizeof(regs));
        regs[2] |= 1u << 5;
        evidence_add_cpuid(e, 0, 1, 0, regs);
}

/* Intel shows the revision in the upper half of the register, others in the lower. */
static void set_revision(struct evidence *e, uint64_t revision) {
        const struct record *leaf = evidence_cpuid(e, 0, 0, 0);

        evidence_add_msr(e, 0, 0x8b, FACT_KNOWN, leaf && leaf->words[1] == 0x756e6547 ? revision << 32 : revision);
}

static void set_release(struct evidence *e, struct arena *a, struct str release) {
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (e->items[i].kind == RECORD_UNAME) {
                        struct str rest = e->items[i].text, name = { 0 }, old, machine = { 0 };

                        (void)str_word(&rest, &name);
                        (void)str_word(&rest, &old);
                        (void)str_word(&rest, &machine);
                        e->items[i].text = str_fmt(a, "%.*s %.*s %.*s", STR_ARG(name), STR_ARG(release), STR_ARG(machine));
                }
}

static void set_file(struct evidence *e, struct arena *a, struct str path, struct str text) {
        OUT_AUTO struct out o = { 0 };

        for (ptrdiff_t i = 0; i < text.len; i++)
                out_char(&o, text.p[i] == '~' ? ' ' : text.p[i]);
        evidence_add_file(e, path, str_dup(a, out_text(&o)));
}

/* Carries out the steps of variations.txt. */
static bool vary(struct evidence *e, struct arena *a, struct str key, struct str value) {
        struct str file;

        if (str_eq(key, S("cmdline"))) {
                set_file(e, a, S("/proc/cmdline"), value);
        } else if (str_eq(key, S("smt"))) {
                set_file(e, a, S("/sys/devices/system/cpu/smt/active"), str_eq(value, S("on")) ? S("1") : S("0"));
                set_file(e, a, S("/sys/devices/system/cpu/smt/control"), value);
        } else if (str_eq(key, S("flush"))) {
                set_vmx(e);
                set_file(e, a, S("/sys/module/kvm_intel/parameters/vmentry_l1d_flush"), value);
        } else if (str_eq(key, S("says")) && str_cut(&value, ':', &file)) {
                set_file(e, a, str_fmt(a, "%.*s%.*s", STR_ARG(vulnerabilities), STR_ARG(file)), value);
        } else {
                return false;
        }
        return true;
}

/* Carries out `KEY=VALUE`; false when there is no such key. */
static bool change(struct evidence *e, struct arena *a, struct str key, struct str value) {
        uint64_t number = 0;
        bool is_number = str_to_u64(value, &number);

        if (str_eq(key, S("release")))
                set_release(e, a, value);
        else if (str_eq(key, S("cpu")) && is_number)
                set_cpuid(e, (uint32_t)number);
        else if (str_eq(key, S("revision")) && is_number)
                set_revision(e, number);
        else if (str_eq(key, S("platform")) && is_number)
                evidence_add_msr(e, 0, 0x17, FACT_KNOWN, number << 50);
        else if (str_eq(key, S("midr")) && is_number)
                evidence_add_idreg(e, 0, S("MIDR_EL1"), number);
        else
                return vary(e, a, key, value);
        return true;
}

static int apply(struct evidence *e, struct arena *a, struct str changes, struct diag *d) {
        struct str word, key;

        while (str_word(&changes, &word))
                if (!str_cut(&word, '=', &key) || !change(e, a, key, word))
                        return diag_fail(d, "no step is called '%.*s'", STR_ARG(key));
        return 0;
}

/* Tells what thing number `i` is now, when it was not so before. */
static void put_difference(struct edges *x, uint32_t i, struct str name, struct str now) {
        while (x->before.count <= (ptrdiff_t)i)
                *arena_append(x->arena, &x->before) = S("");
        if (str_eq(now, x->before.items[i]))
                return;
        out_fmt(x->out, " %.*s=%.*s", STR_ARG(name), STR_ARG(now));
        x->before.items[i] = str_dup(x->arena, now);
}

/* What a partial protection leaves open: "(guest-host,guest-guest)". */
static struct str open_boundaries(struct arena *a, const struct finding *f) {
        struct str all = { 0 };

        for (enum boundary b = 0; f->status == STATUS_PARTIAL && b < BOUNDARY_COUNT; b++)
                if (f->boundaries & 1U << b)
                        all = str_fmt(a, "%.*s%c%.*s", STR_ARG(all), all.len ? ',' : '(', STR_ARG(boundary_word(b)));
        return all.len ? str_fmt(a, "%.*s)", STR_ARG(all)) : all;
}

static void put_verdicts(struct edges *x, const struct verdict *r, struct arena *a) {
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *f = &r->findings[i];

                put_difference(x, i, T(f->flaw->id), str_fmt(a, "%.*s/%.*s%.*s", STR_ARG(status_word(f->status)), STR_ARG(rule_id(f)),
                                                          STR_ARG(open_boundaries(a, f))));
        }
}

/* The base and the parts of each file's sentence by their names: "pti", "clear,smt:vulnerable". */
static void put_sentences(struct edges *x, const struct verdict *r, struct arena *a) {
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct sentence_file *file = &catalog_builtin.files[i];
                const struct parsed_sentence *s = facts_sentence(r->facts, i);
                struct str now = s->state == FACT_KNOWN && s->base ? T(s->base->is) : S("?");

                for (uint32_t k = 1; s->state == FACT_KNOWN && s->parts && k < file->parts.count; k++)
                        if (s->parts[k])
                                now = str_fmt(a, "%.*s,%.*s:%.*s", STR_ARG(now), STR_ARG(T_AT(file->parts, k)), STR_ARG(T(s->parts[k]->is)));
                put_difference(x, i, T(file->file), now);
        }
}

static int step(struct edges *x, struct str changes, struct diag *d) {
        const struct verdict_options options = { .facts = { .predict = x->predicted } };
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct verdict r;

        evidence_init(&e, &a, x->machine.source);
        for (ptrdiff_t i = 0; i < x->machine.count; i++)
                *arena_append(&a, &e) = x->machine.items[i];
        evidence_index(&e);
        if (apply(&e, &a, changes, d) < 0)
                return -1;
        evidence_index(&e);
        verdict_judge(&r, &a, &catalog_builtin, &e, &options);
        out_fmt(x->out, "%.*s :", STR_ARG(changes));
        (x->predicted ? put_sentences : put_verdicts)(x, &r, &a);
        out_char(x->out, '\n');
        return 0;
}

/* One line of the file, written as it should be. */
static int edge_line(struct edges *x, struct str line, struct diag *d) {
        struct str changes;

        if (str_empty(line) || line.p[0] == '#' || str_starts(line, S("machine "))) {
                out_fmt(x->out, "%.*s\n", STR_ARG(line));
                return str_starts(line, S("machine ")) ? begin_machine(x, str_from(line, 8), d) : 0;
        }
        changes = str_find(line, S(" :")) < 0 ? line : str_n(line.p, str_find(line, S(" :")));
        return step(x, str_trim(changes), d);
}

static void compare(struct str is, struct str should, const char *path) {
        struct str x, y;
        uint32_t number = 0;
        bool ok = true;

        while (str_line(&is, &x) && str_line(&should, &y)) {
                number++;
                if (str_eq(x, y))
                        continue;
                (void)printf("# %s:%u: expected '%.*s'\n# found '%.*s'\n", path, number, STR_ARG(x), STR_ARG(y));
                ok = false;
        }
        result(ok && number > 100, "edges", str_of(path));
}

static bool edges_run(const char *path, const char *folder, struct arena *a, struct out *o, struct str *ret_text) {
        struct edges x = { .folder = str_of(folder), .arena = a, .out = o };
        struct str rest, line;
        struct diag d = { 0 };
        uint32_t number = 0;

        if (!slurp(a, path, ret_text)) {
                result(false, "cannot read", str_of(path));
                return false;
        }
        for (rest = *ret_text; str_line(&rest, &line);) {
                number++;
                if (edge_line(&x, line, &d) < 0) {
                        (void)printf("# %s:%u: %s\n", path, number, d.text);
                        result(false, "edges", str_of(path));
                        return false;
                }
        }
        return true;
}

void edges(const char *path, const char *folder) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct str text;

        if (edges_run(path, folder, &a, &o, &text))
                compare(text, out_text(&o), path);
}

void fix_edges(const char *path, const char *folder) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out o = { 0 };
        struct str text;
        FILE *file;

        if (!edges_run(path, folder, &a, &o, &text) || str_eq(text, out_text(&o)))
                return;
        file = fopen(path, "wb");
        if (!file || fwrite(o.p, 1, (size_t)o.len, file) != (size_t)o.len || fclose(file) != 0)
                result(false, "cannot write", str_of(path));
}
