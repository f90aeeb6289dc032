/* import: nothing becomes safer on the way. What every tool makes of every sentence of the kernel is judged beside the sentence itself,
 * texts are cut at a column as terminals do, and every line and word is taken out of every example: no verdict gets better by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../share.h"
#include "base/out.h"
#include "platform/program.h"
#include "platform/tree.h"

#include "import_judged.h"

/* ---- Each tool's way to show a sentence ---- */

static struct str with_grep(struct arena *a, const struct sentence_file *f, struct str s) {
        return str_fmt(a, "%.*s:%.*s\n", STR_ARG(T(f->path)), STR_ARG(s));
}

static struct str with_tail(struct arena *a, const struct sentence_file *f, struct str s) {
        return str_fmt(a, "==> %.*s <==\n%.*s\n", STR_ARG(T(f->file)), STR_ARG(s));
}

static struct str title_of(struct arena *a, struct str file) {
        char *p = arena_bytes(a, file.len + 1);

        for (ptrdiff_t i = 0; i < file.len; i++)
                p[i] = file.p[i] == '_' ? ' ' : i == 0 && file.p[i] >= 'a' && file.p[i] <= 'z' ? (char)(file.p[i] - 32) : file.p[i];
        return str_n(p, file.len);
}

/* As lscpu shows it: a text that begins with "Mitigation" loses its colons and gets a semicolon behind that word. */
static struct str as_lscpu(struct arena *a, struct str s) {
        char *p = arena_bytes(a, s.len + 1);
        ptrdiff_t n = 0;

        if (!str_starts(s, S("Mitigation")))
                return s;
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (s.p[i] != ':' || i == 10)
                        p[n++] = i == 10 ? ';' : s.p[i];
        return str_n(p, n);
}

static struct str with_lscpu(struct arena *a, const struct sentence_file *f, struct str s) {
        return str_fmt(a, "Byte Order:          Little Endian\nOn-line CPU(s) list: 0-3\nVulnerability %.*s: %.*s\n",
                       STR_ARG(title_of(a, T(f->file))), STR_ARG(as_lscpu(a, s)));
}

static struct str with_lscpu_sections(struct arena *a, const struct sentence_file *f, struct str s) {
        return str_fmt(a, "Byte Order:            Little Endian\nOn-line CPU(s) list:   0-3\nVulnerabilities:\n  %.*s: %.*s\n",
                       STR_ARG(title_of(a, T(f->file))), STR_ARG(as_lscpu(a, s)));
}

/* inxi: the first "Mitigation: " is cut out; in front it makes the key. */
static struct str with_inxi(struct arena *a, const struct sentence_file *f, struct str s) {
        ptrdiff_t at = str_find(s, S("Mitigation: "));

        return str_fmt(a, "CPU:\n  Info: quad core bits: 64\n  Vulnerabilities:\n  Type: %.*s %s: %.*s%.*s\nGraphics:\n", STR_ARG(T(f->file)),
                       at == 0 ? "mitigation" : "status", STR_ARG(str_sub(s, 0, at < 0 ? s.len : at)),
                       STR_ARG(at < 0 ? S("") : str_from(s, at + 12)));
}

/* node_exporter: the beginning tells the state, and is dropped with its mark. */
static struct str with_metrics(struct arena *a, const struct sentence_file *f, struct str s) {
        static const struct {
                struct str beginning;
                const char *state;
        } states[] = { { STR("Not affected"), "not affected" }, { STR("Vulnerable"), "vulnerable" }, { STR("Mitigation"), "mitigation" } };
        const char *state = "unknown";

        for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
                if (str_starts(s, states[i].beginning)) {
                        state = states[i].state;
                        s = str_from(s, states[i].beginning.len);
                        while (s.len > 0 && (s.p[0] == ':' || s.p[0] == ';' || s.p[0] == ',' || s.p[0] == ' '))
                                s = str_from(s, 1);
                        break;
                }
        return str_fmt(a, "node_cpu_vulnerabilities_info{codename=\"%.*s\",mitigation=\"%.*s\",state=\"%s\"} 1\n", STR_ARG(T(f->file)), STR_ARG(s), state);
}

static void replace(struct arena *a, struct str *s, struct str from, struct str to) {
        ptrdiff_t at;

        while ((at = str_find(*s, from)) >= 0)
                *s = str_fmt(a, "%.*s%.*s%.*s", STR_ARG(str_sub(*s, 0, at)), STR_ARG(to), STR_ARG(str_from(*s, at + from.len)));
}

/* Phoronix: its cleaner, as far as sentences meet it. */
static struct str with_phoronix(struct arena *a, const struct sentence_file *f, struct str s) {
        static const struct {
                struct str from, to;
        } rows[] = { { STR("Mitigation: "), STR("Mitigation of ") }, { STR("Speculative Store Bypass"), STR("SSB") }, { STR(","), STR("") },
                     { STR(" CPU"), STR("") },                       { STR("Processor"), STR("") },                  { STR("processor"), STR("") },
                     { STR(" to "), STR(" ") },                      { STR("memory"), STR("") },                     { STR("  "), STR(" ") } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                replace(a, &s, rows[i].from, rows[i].to);
        return str_fmt(a, "Security: %.*s: %.*s + gather_data_sampling: \n", STR_ARG(T(f->file)), STR_ARG(str_trim(s)));
}

static const struct {
        const char *name;
        struct str (*show)(struct arena *a, const struct sentence_file *f, struct str s);
        bool alone; /* shows the sentences, and nothing of the processor */
} tools[] = {
        { "grep", with_grep, true },     { "tail", with_tail, true }, { "lscpu", with_lscpu, false }, { "lscpu in sections", with_lscpu_sections, false },
        { "inxi", with_inxi, false },    { "node_exporter", with_metrics, true }, { "Phoronix", with_phoronix, true },
};

/* No kernel says more behind "Not affected", and node_exporter leaves out what would stand there. */
static bool is_left_out(struct str s, size_t tool) {
        return tools[tool].show == with_metrics && str_starts(s, S("Not affected;"));
}

/* ---- A sentence and what a tool makes of it ---- */

struct tally {
        int compared, same;
};

static void compare(struct arena *a, const struct sentence_file *f, struct str s, size_t tool, struct tally *t) {
        struct str text = tools[tool].show(a, f, s);
        struct evidence e;
        struct verdict own, made;

        evidence_init(&e, a, S("x"));
        evidence_add_file(&e, T(f->path), s);
        evidence_add_line(&e, RECORD_META, S("processor"), S("none"));
        judge(&own, a, &e);
        if (is_left_out(s, tool))
                return;
        if (!judge_text(&made, a, text))
                fail_msg("%s: not read: %.*s", tools[tool].name, STR_ARG(text));
        for (uint32_t i = 0; i < own.finding_count; i++) {
                const struct finding *x = &own.findings[i], *y = &made.findings[i];

                if (str_eq(x->text, S("")) && x->status == STATUS_UNKNOWN)
                        continue; /* another flaw's */
                if (is_safe(y->status) && x->status != y->status)
                        fail_msg("%s makes '%.*s' of %.*s %.*s, and the sentence itself is %.*s", tools[tool].name, STR_ARG(s), STR_ARG(T(x->flaw->id)),
                                 STR_ARG(status_word(y->status)), STR_ARG(status_word(x->status)));
                t->compared++;
                t->same += x->status == y->status;
        }
}

/* Every base, alone and with every part behind it, in every tool's way. */
static void test_every_sentence(void **state) {
        struct tally all[sizeof(tools) / sizeof(tools[0])] = { 0 };

        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct sentence_file *f = &catalog_builtin.files[i];

                for (uint32_t b = 0; b < f->sentence_count; b++) {
                        ARENA_AUTO struct arena a = { 0 };

                        for (size_t k = 0; !f->sentences[b].part && k < sizeof(tools) / sizeof(tools[0]); k++) {
                                arena_reset(&a);
                                compare(&a, f, T(f->sentences[b].says), k, &all[k]);
                                for (uint32_t p = b % 7; p < f->sentence_count; p += 7 * (uint32_t)share_one_in()) /* a seventh of the pairs */
                                        if (f->sentences[p].part)
                                                compare(&a, f, str_fmt(&a, "%.*s; %.*s", STR_ARG(T(f->sentences[b].says)), STR_ARG(T(f->sentences[p].says))),
                                                        k, &all[k]);
                        }
                }
        }
        for (size_t k = 0; k < sizeof(tools) / sizeof(tools[0]); k++) {
                print_message("# %s: %d verdicts, %d the same as the sentence's own\n", tools[k].name, all[k].compared, all[k].same);
                assert_true(all[k].compared > 300 / share_one_in() && all[k].same > all[k].compared * 3 / 4);
        }
}

/* ---- Recorded machines, as tools would show them ---- */

static struct str cpuinfo_value(struct str text, struct str name) {
        struct str line, label;

        while (str_line(&text, &line))
                if (str_cut(&line, ':', &label) && str_eq(str_trim(label), name))
                        return str_trim(line);
        return S("");
}

/* lscpu of the machine, without its sentences. */
static struct str lscpu_head(struct arena *a, const struct evidence *e) {
        static const struct {
                struct str cpuinfo;
                const char *label;
        } rows[] = { { STR("vendor_id"), "Vendor ID" }, { STR("cpu family"), "CPU family" }, { STR("model"), "Model" },
                     { STR("model name"), "Model name" }, { STR("stepping"), "Stepping" },   { STR("flags"), "Flags" } };
        const struct record *info = evidence_file(e, S("/proc/cpuinfo")), *uname = evidence_line(e, RECORD_UNAME, S(""));
        const struct record *smt = evidence_file(e, S("/sys/devices/system/cpu/smt/active"));
        struct str rest = uname ? uname->text : S(""), word = { 0 }, all;

        while (str_word(&rest, &word)) {
        }
        all = str_fmt(a, "Architecture:          %.*s\nByte Order:            Little Endian\n", STR_ARG(word));
        if (smt && smt->state == FACT_KNOWN)
                all = str_fmt(a, "%.*sThread(s) per core:    %s\n", STR_ARG(all), str_eq(str_trim(smt->text), S("1")) ? "2" : "1");
        if (info && str_has_word(cpuinfo_value(info->text, S("flags")), S("hypervisor")))
                all = str_fmt(a, "%.*sHypervisor vendor:     KVM\nVirtualization type:   full\n", STR_ARG(all));
        for (size_t i = 0; info && info->state == FACT_KNOWN && i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct str value = cpuinfo_value(info->text, rows[i].cpuinfo);

                if (value.len > 0)
                        all = str_fmt(a, "%.*s%s:%*s%.*s\n", STR_ARG(all), rows[i].label, (int)(22 - strlen(rows[i].label)), "", STR_ARG(value));
        }
        return all;
}

/* Everything that a tool shows of the machine. */
static struct str shown(struct arena *a, const struct evidence *e, size_t tool) {
        struct str all = tool == 2 || tool == 3 ? lscpu_head(a, e) : S("");

        for (uint32_t i = 0; i < catalog_builtin.file_count; i++) {
                const struct sentence_file *f = &catalog_builtin.files[i];
                const struct record *r = evidence_file(e, T(f->path));
                struct str one, line;

                if (!r || r->state != FACT_KNOWN)
                        continue;
                one = tools[tool].show(a, f, str_trim(r->text));
                while (str_line(&one, &line)) /* headings once */
                        if (line.len > 0 && (str_find(all, line) < 0 || tool < 2))
                                all = str_fmt(a, "%.*s%.*s\n", STR_ARG(all), STR_ARG(line));
        }
        return all;
}

struct machines_tally {
        int machines, verdicts, decided;
        int lscpu, lscpu_unknown; /* verdicts on what lscpu shows of x86 machines whose kernel has a vulnerabilities folder */
};

enum { LSCPU = 2 }; /* its row in `tools` */

static void try_machine(const char *path, struct machines_tally *t) {
        bool on_x86 = str_find(str_of(path), S("/x86_64/")) >= 0;
        ARENA_AUTO struct arena a = { 0 }, b = { 0 };
        struct diag d = { 0 };
        struct evidence e;
        struct verdict own, made;
        struct str text;

        assert_int_equal(program_read_file(path, 1 << 24, &a, &text, &d), 0);
        assert_int_equal(evidence_parse(&e, &a, S("x"), text, &d), 0);
        judge(&own, &a, &e);
        for (size_t tool = 0; tool < sizeof(tools) / sizeof(tools[0]); tool++) {
                arena_reset(&b);
                if (!judge_text(&made, &b, shown(&b, &e, tool)))
                        continue; /* nothing to show */
                t->machines++;
                for (uint32_t i = 0; i < own.finding_count; i++) {
                        const struct finding *x = &own.findings[i], *y = &made.findings[i];

                        /* A folder alone does not show the processor: there the kernel's "Not affected" has the last word. */
                        if (tools[tool].alone && y->status == STATUS_NOT_AFFECTED)
                                continue;
                        if (is_safe(y->status) && !is_safe(x->status))
                                fail_msg("%s: %s makes %.*s %.*s (%.*s), the whole evidence %.*s (%.*s)", path, tools[tool].name, STR_ARG(T(x->flaw->id)),
                                         STR_ARG(status_word(y->status)), STR_ARG(y->reason), STR_ARG(status_word(x->status)), STR_ARG(x->reason));
                        t->verdicts++;
                        t->decided += y->status != STATUS_UNKNOWN;
                        if (tool == LSCPU && on_x86 && evidence_file(&e, S("/sys/devices/system/cpu/vulnerabilities/meltdown"))) {
                                t->lscpu++;
                                t->lscpu_unknown += y->status == STATUS_UNKNOWN;
                                if (y->status != STATUS_UNKNOWN && is_safe(x->status) && !is_safe(y->status))
                                        fail_msg("%s: lscpu makes %.*s %.*s (%.*s), the whole evidence %.*s", path, STR_ARG(T(x->flaw->id)),
                                                 STR_ARG(status_word(y->status)), STR_ARG(y->reason), STR_ARG(status_word(x->status)));
                        }
                }
        }
}

static void test_machines_shown(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree folder = { .fd = -1 };
        struct machines_tally t = { 0 };
        struct tree_names arches = { 0 };
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(tree_open(&folder, SOURCE_ROOT "/tests/hosts/machines", &d), 0);
        assert_int_equal(tree_list(&folder, "/", &a, &arches), 0);
        for (ptrdiff_t i = 0; i < arches.count; i++) {
                struct tree_names files = { 0 };

                if (tree_list(&folder, str_to_c(&a, str_fmt(&a, "/%.*s", STR_ARG(arches.items[i]))), &a, &files) != 0)
                        continue;
                for (ptrdiff_t k = 0; k < files.count; k += share_one_in())
                        if (str_ends(files.items[k], S(".host")))
                                try_machine(str_to_c(&a, str_fmt(&a, "%s/%.*s/%.*s", SOURCE_ROOT "/tests/hosts/machines", STR_ARG(arches.items[i]),
                                                                 STR_ARG(files.items[k]))), &t);
        }
        print_message("# %d reports of recorded machines, %d verdicts, %d of them decided\n", t.machines, t.verdicts, t.decided);
        assert_true(t.machines > 500 / share_one_in());
        /* What lscpu shows settles nearly all: CPU models, bare and as guests, under kernels of two years. */
        print_message("# lscpu: %d of %d verdicts are unknown (%.1f %%)\n", t.lscpu_unknown, t.lscpu, 100.0 * t.lscpu_unknown / t.lscpu);
        assert_true(t.lscpu > 8000 / share_one_in() && 100 * t.lscpu_unknown <= 12 * t.lscpu);
}

/* ---- Cut at a column, as terminals and tables do ---- */

static struct str cut_at(struct arena *a, struct str text, ptrdiff_t column) {
        OUT_AUTO struct out o = { 0 };
        struct str line;

        while (str_line(&text, &line)) {
                out_str(&o, str_sub(line, 0, line.len < column ? line.len : column));
                out_char(&o, '\n');
        }
        return str_dup(a, out_text(&o));
}

struct cuts_tally {
        int texts, verdicts, safe;
};

static void try_cut(const char *path, struct cuts_tally *t) {
        static const ptrdiff_t columns[] = { 60, 80, 100, 132 };
        ARENA_AUTO struct arena a = { 0 }, b = { 0 };
        struct verdict own, made;
        struct diag d = { 0 };
        struct evidence e;
        struct str text;

        assert_int_equal(program_read_file(path, 1 << 24, &a, &text, &d), 0);
        assert_int_equal(evidence_parse(&e, &a, S("x"), text, &d), 0);
        judge(&own, &a, &e);
        for (size_t tool = 0; tool < sizeof(tools) / sizeof(tools[0]); tool++)
                for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
                        arena_reset(&b);
                        if (!judge_text(&made, &b, cut_at(&b, shown(&b, &e, tool), columns[c])))
                                continue;
                        t->texts++;
                        for (uint32_t i = 0; i < own.finding_count; i++) {
                                const struct finding *x = &own.findings[i], *y = &made.findings[i];

                                if (tool < 2 && y->status == STATUS_NOT_AFFECTED)
                                        continue; /* as above */
                                if (is_safe(y->status) && !is_safe(x->status))
                                        fail_msg("%s: %s cut at %td makes %.*s %.*s (%.*s), the whole evidence %.*s (%.*s)", path, tools[tool].name,
                                                 columns[c], STR_ARG(T(x->flaw->id)), STR_ARG(status_word(y->status)), STR_ARG(y->reason),
                                                 STR_ARG(status_word(x->status)), STR_ARG(x->reason));
                                t->verdicts++;
                                t->safe += is_safe(y->status);
                        }
                }
}

static void test_cut_lines(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree folder = { .fd = -1 };
        struct cuts_tally t = { 0 };
        struct tree_names files = { 0 };
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(tree_open(&folder, SOURCE_ROOT "/tests/hosts/machines", &d), 0);
        assert_int_equal(tree_list(&folder, "/x86_64", &a, &files), 0);
        for (ptrdiff_t k = 0; k < files.count; k += 3 * share_one_in())
                if (str_ends(files.items[k], S(".host")))
                        try_cut(str_to_c(&a, str_fmt(&a, "%s/%.*s", SOURCE_ROOT "/tests/hosts/machines/x86_64", STR_ARG(files.items[k]))), &t);
        print_message("# %d texts cut, %d verdicts, %d of them safe\n", t.texts, t.verdicts, t.safe);
        assert_true(t.texts > 1000 / share_one_in() && t.safe > 1000 / share_one_in());
}

/* ---- Cut off, as what was copied in part is ---- */

enum { FORM_CPUINFO, FORM_HEAD, FORM_LSCPU, FORM_RECORD, FORMS };

struct ends_tally {
        int cuts[FORMS], safe;
};

/* What was read whole but for its cpuinfo; `file` is all of it. */
static bool judge_form(struct verdict *ret, struct arena *a, struct str file, int form, struct str text) {
        struct str head = S("-- file /proc/cpuinfo\n");
        struct evidence *e = arena_new(a, struct evidence);
        ptrdiff_t at = str_find(file, head), end;
        struct diag d = { 0 };

        if (form != FORM_RECORD)
                return judge_text(ret, a, text);
        end = str_find(str_from(file, at + head.len), S("\n-- "));
        file = str_fmt(a, "%.*s%.*s%.*s", STR_ARG(str_sub(file, 0, at + head.len)), STR_ARG(text), STR_ARG(end < 0 ? S("\n") : str_from(file, at + head.len + end)));
        assert_int_equal(evidence_parse(e, a, S("x"), file, &d), 0);
        judge(ret, a, e);
        return true;
}

static void try_ends(const char *path, bool each_byte, struct ends_tally *t) {
        static const char *const names[] = { "cpuinfo", "lscpu without sentences", "lscpu", "the evidence's cpuinfo" };
        ARENA_AUTO struct arena a = { 0 }, b = { 0 };
        struct diag d = { 0 };
        struct evidence e;
        const struct record *info;
        struct str file, text;

        assert_int_equal(program_read_file(path, 1 << 24, &a, &file, &d), 0);
        assert_int_equal(evidence_parse(&e, &a, S("x"), file, &d), 0);
        info = evidence_file(&e, S("/proc/cpuinfo"));
        for (int form = 0; info && info->state == FACT_KNOWN && form < FORMS; form++) {
                struct verdict whole, cut;

                text = form == FORM_LSCPU ? shown(&a, &e, LSCPU) : form == FORM_HEAD ? lscpu_head(&a, &e) : info->text;
                if (!judge_form(&whole, &a, file, form, text))
                        continue;
                for (ptrdiff_t at = form == FORM_LSCPU ? lscpu_head(&a, &e).len + 1 : 1; at < text.len; at += each_byte ? share_one_in() : 1) {
                        if (!each_byte && text.p[at] != ' ' && text.p[at] != '\n')
                                continue;
                        arena_reset(&b);
                        if (!judge_form(&cut, &b, file, form, str_sub(text, 0, at)))
                                continue;
                        t->cuts[form]++;
                        for (uint32_t i = 0; i < whole.finding_count; i++) {
                                const struct finding *x = &whole.findings[i], *y = &cut.findings[i];

                                t->safe += is_safe(y->status);
                                /* A list that seems to end before this file is an older kernel's, which has none: that is no word about the processor. */
                                if (form == FORM_LSCPU && str_eq(T(x->flaw->id), S("old-microcode")))
                                        continue;
                                if (is_safe(y->status) && y->status < x->status)
                                        fail_msg("%s: %s cut at %td makes %.*s %.*s (%.*s), whole it is %.*s (%.*s)", path, names[form], at,
                                                 STR_ARG(T(x->flaw->id)), STR_ARG(status_word(y->status)), STR_ARG(y->reason),
                                                 STR_ARG(status_word(x->status)), STR_ARG(x->reason));
                        }
                }
        }
}

static void test_cut_ends(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        TREE_AUTO struct tree folder = { .fd = -1 };
        struct ends_tally t = { 0 };
        struct tree_names files = { 0 };
        struct diag d = { 0 };

        (void)state;
        assert_int_equal(tree_open(&folder, SOURCE_ROOT "/tests/hosts/machines", &d), 0);
        assert_int_equal(tree_list(&folder, "/x86_64", &a, &files), 0);
        for (ptrdiff_t k = 0; k < files.count; k += 8 * share_one_in())
                if (str_ends(files.items[k], S(".host")))
                        try_ends(str_to_c(&a, str_fmt(&a, "%s/%.*s", SOURCE_ROOT "/tests/hosts/machines/x86_64", STR_ARG(files.items[k]))), k % (64 * share_one_in()) == 0, &t);
        print_message("# cut off: %d texts of cpuinfo, %d of lscpu, %d machines\n", t.cuts[FORM_CPUINFO], t.cuts[FORM_HEAD] + t.cuts[FORM_LSCPU],
                      t.cuts[FORM_RECORD]);
        for (size_t form = 0; form < FORMS; form++)
                assert_true(form == FORM_HEAD || t.cuts[form] > 1000 / share_one_in());
        assert_true(t.safe > 1000 / share_one_in());
}

/* ---- Taking away ---- */

static bool next_block(struct str *rest, struct str *ret_text) {
        struct str line;

        while (str_line(rest, &line)) {
                struct str start = *rest;

                if (!str_starts(line, S("```")))
                        continue;
                while (str_line(rest, &line) && !str_eq(line, S("```"))) {
                }
                *ret_text = str_n(start.p, line.p - start.p);
                return true;
        }
        return false;
}

static struct str without(struct arena *a, struct str text, struct str part) {
        ptrdiff_t at = part.p - text.p;

        return str_fmt(a, "%.*s%.*s", STR_ARG(str_sub(text, 0, at)), STR_ARG(str_from(text, at + part.len)));
}

/* Safer: a better status, that is not the answer that nobody knows. */
static void assert_not_safer(struct arena *a, const struct verdict *whole, struct str text, struct str part, int *count) {
        struct verdict less;

        /* A list of flags without this word is how x86 kernels say that nothing runs below: it is an answer, not silence. */
        if (str_eq(part, S("hypervisor")) || !judge_text(&less, a, without(a, text, part)))
                return;
        for (uint32_t i = 0; i < whole->finding_count; i++) {
                const struct finding *x = &whole->findings[i], *y = &less.findings[i];

                if (y->status < x->status && y->status != STATUS_UNKNOWN)
                        fail_msg("without '%.*s' %.*s is %.*s, with it %.*s, in\n%.*s", STR_ARG(part), STR_ARG(T(x->flaw->id)),
                                 STR_ARG(status_word(y->status)), STR_ARG(status_word(x->status)), STR_ARG(text));
        }
        ++*count;
}

static void test_taking_away(void **state) {
        ARENA_AUTO struct arena kept = { 0 };
        struct diag d = { 0 };
        struct str rest, text;
        int lines = 0, words = 0;

        (void)state;
        assert_int_equal(program_read_file(SOURCE_ROOT "/docs/inputs.md", 1 << 20, &kept, &rest, &d), 0);
        while (next_block(&rest, &text)) {
                ARENA_AUTO struct arena whole_arena = { 0 }, a = { 0 };
                struct verdict whole;
                struct str all = text, line, word;

                if (!judge_text(&whole, &whole_arena, text))
                        continue; /* many machines */
                while (str_line(&all, &line)) {
                        struct str in_line = line;

                        arena_reset(&a);
                        assert_not_safer(&a, &whole, text, str_n(line.p, all.p - line.p), &lines);
                        while (str_word(&in_line, &word)) {
                                arena_reset(&a);
                                assert_not_safer(&a, &whole, text, word, &words);
                        }
                }
        }
        print_message("# %d lines and %d words taken away\n", lines, words);
        assert_true(lines > 80 && words > 300);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_sentence), cmocka_unit_test(test_machines_shown), cmocka_unit_test(test_cut_lines),
                cmocka_unit_test(test_cut_ends),
                cmocka_unit_test(test_taking_away),
        };

        return cmocka_run_group_tests_name("import safety", tests, NULL, NULL);
}
