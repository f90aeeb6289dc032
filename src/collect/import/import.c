/* What a text is, and which readers read it. */
#include "collect/import/import.h"

#include "collect/import/hosts.h"
#include "collect/import/parts.h"
#include "collect/import/text_tree.h"
#include "collect/registry/registry.h"

static const struct reader *const readers[] = {
#define X(name) &reader_##name,
        READERS(X)
#undef X
};

enum { READER_COUNT = sizeof(readers) / sizeof(readers[0]) };
_Static_assert(READER_COUNT <= 64, "import_host.used has a bit for each");

const struct import_format *const *import_formats(ptrdiff_t *ret_count) {
        static const struct import_format *formats[] = {
#define X(name) &reader_##name.format,
                READERS(X)
#undef X
        };

        *ret_count = READER_COUNT;
        return formats;
}

int import_reader_number(const struct reader *r) {
        for (int i = 0; i < READER_COUNT; i++)
                if (readers[i] == r)
                        return i;
        return 0;
}

/* ---- Lines ---- */

int import_lines(struct import *im, struct lines *l) {
        const struct reader *before = im->reader;
        int known = 0;

        for (int i = 0; i < READER_COUNT && known >= 0; i++) {
                if (!readers[i]->in_lines || !readers[i]->in_lines(im, l))
                        continue;
                im->reader = readers[i];
                known = readers[i]->read_lines(im, l) < 0 ? -1 : known + 1;
        }
        im->reader = before;
        return known;
}

/* ---- JSON ---- */

static bool looks_like_json(struct str text) {
        text = str_trim(text);
        if (str_starts(text, S("\"")) && str_ends(text, S("\"")))
                return str_find(text, S("\\n")) >= 0;
        return str_starts(text, S("{")) || (str_starts(text, S("[")) && str_starts(str_trim(str_from(text, 1)), S("{")));
}

static int broken_json(struct import *im, struct str text, const struct json_parser *j) {
        long line = 1;

        for (const char *p = text.p; p < j->p && p < text.p + text.len; p++)
                line += *p == '\n';
        return diag_fail_at(im->diag, str_to_c(im->arena, im->source), line, "not valid JSON: %s", j->error ? j->error : "it ends early");
}

/* One value, or several behind each other (one a line, say), which then are an array. */
static int parse_values(struct import *im, struct str text, struct json_value *ret) {
        struct json_parser j = { .p = text.p, .end = text.p + text.len, .last = true, .a = im->arena };
        struct {
                struct json_value *items;
                ptrdiff_t count, capacity;
        } all = { 0 };
        int status = 0;

        while (status == 0) {
                while (j.p < j.end && (*j.p == ' ' || *j.p == '\t' || *j.p == '\n' || *j.p == '\r'))
                        j.p++;
                if (j.p == j.end)
                        break;
                if (json_parse(&j, arena_append(im->arena, &all)) != JSON_DONE)
                        status = broken_json(im, text, &j);
        }
        json_parser_free(&j);
        if (status == 0)
                *ret = all.count == 1 ? all.items[0] : (struct json_value){ .type = JSON_ARRAY, .items = all.items, .count = all.count };
        return status;
}

/* Mail programs break lines at a blank, also within a string, where no line may end. */
static int parse_json(struct import *im, struct str text, struct json_value *ret, struct diag *d) {
        struct import own = *im;
        struct diag quiet = { 0 };
        char *joined = arena_bytes(im->arena, text.len + 1);

        own.diag = d;
        if (parse_values(&own, text, ret) == 0)
                return 0;
        own.diag = &quiet;
        for (ptrdiff_t i = 0; text.p && i < text.len; i++)
                joined[i] = text.p[i] == '\n' ? ' ' : text.p[i];
        return parse_values(&own, str_n(joined, text.len), ret);
}

static const struct reader *json_reader(struct import *im, const struct json_value *root) {
        for (int i = 0; i < READER_COUNT; i++) {
                const struct reader *r = readers[i];

                if (r->in_json && (r->tree || !im->tree) && r->in_json(im, root))
                        return r;
        }
        return NULL;
}

static int read_value(struct import *im, const struct reader *r, const struct json_value *root) {
        im->reader = r;
        return r->read_json(im, root) < 0 ? -1 : 1;
}

/* What different tools print is of one machine; what one tool printed again is another's. */
int import_json(struct import *im, const struct json_value *root) {
        const struct reader *r = json_reader(im, root);
        int known = 0, uses[READER_COUNT] = { 0 };

        if (r)
                return read_value(im, r, root);
        for (ptrdiff_t i = 0; root->type == JSON_ARRAY && i < root->count && known >= 0; i++) {
                if (!(r = json_reader(im, &root->items[i])))
                        continue;
                if (++uses[import_reader_number(r)] > 1)
                        im->nameless = str_fmt(im->arena, "machine %d", uses[import_reader_number(r)]);
                known = read_value(im, r, &root->items[i]);
                im->nameless = S("");
        }
        return known;
}

/* YAML and its like, where lines say nothing: what inventories print. */
static int read_tree(struct import *im, struct str text) {
        struct json_value root;

        if (!text_tree_read(im->arena, text, &root))
                return 0;
        im->tree = true;
        return import_json(im, &root);
}

int import_any(struct import *im, struct str text) {
        struct json_value root = { 0 };
        struct diag broken = { 0 };
        struct str whole = text, pairs;
        int known = 0, more;
        struct lines l;

        if (looks_like_json(text) && parse_json(im, text, &root, &broken) == 0)
                return import_json(im, &root);
        root = (struct json_value){ 0 };
        text = mixed_json(im->arena, text, &root);
        if (root.type != JSON_NULL)
                known = import_json(im, &root);
        normal_lines(&l, im->arena, text);
        more = known < 0 ? -1 : import_lines(im, &l);
        known = more < 0 ? -1 : known + more;
        if (known > 0 && im->count > 0)
                import_leftovers(im, &im->items[0], &l);
        if (known == 0 && (pairs = import_pairs(im->arena, im->catalog, whole)).len > 0) {
                normal_lines(&l, im->arena, pairs);
                known = import_lines(im, &l);
        }
        if (known == 0 && looks_like_json(whole) && root.type == JSON_NULL)
                return parse_json(im, whole, &root, im->diag);
        return known == 0 ? read_tree(im, text) : known;
}

/* ---- What was read becomes evidence ---- */

static void write_cpu(struct out *o, const struct import_cpu *cpu, ptrdiff_t number) {
        const struct {
                const char *label;
                struct str value;
        } fields[] = {
#define X(field, text) { (text), cpu->field },
                IMPORT_CPU_FIELDS(X)
#undef X
        };

        out_fmt(o, "%sprocessor\t: %td\n", number ? "\n" : "", number);
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                if (!import_placeholder(fields[i].value))
                        out_fmt(o, "%s: %.*s\n", fields[i].label, STR_ARG(fields[i].value));
}

static bool is_x86(struct str machine, const struct import_cpu *cpu) {
        return str_eq(machine, S("x86_64")) || str_eq(machine, S("i686")) || str_eq(cpu->vendor, S("GenuineIntel")) ||
               str_eq(cpu->vendor, S("AuthenticAMD")) || str_eq(cpu->vendor, S("HygonGenuine"));
}

/* On x86 a guest shows it by a flag, whoever tells of it. */
static void mark_guest(struct import *im, struct import_host *h, struct import_cpu *cpu) {
        if (h->guest.len > 0 && !str_eq(h->guest, S("no")) && is_x86(h->machine, cpu) && !str_has_word(cpu->flags, S("hypervisor")))
                cpu->flags = str_fmt(im->arena, "%.*s%shypervisor", STR_ARG(cpu->flags), cpu->flags.len ? " " : "");
}

static bool says_something(const struct import_cpu *cpu) {
        const struct str fields[] = {
#define X(field, text) cpu->field,
                IMPORT_CPU_FIELDS(X)
#undef X
        };

        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                if (!import_placeholder(fields[i]))
                        return true;
        return false;
}

static void add_cpus(struct import *im, struct import_host *h) {
        OUT_AUTO struct out text = { 0 };
        ptrdiff_t number = 0;

        for (ptrdiff_t i = 0; i < h->cpus.count; i++) {
                mark_guest(im, h, &h->cpus.items[i]);
                if (says_something(&h->cpus.items[i]))
                        write_cpu(&text, &h->cpus.items[i], number++);
        }
        if (number > 0 && !evidence_file(&h->e, S("/proc/cpuinfo")))
                evidence_add_file(&h->e, S("/proc/cpuinfo"), out_text(&text));
}

/* What all of the readers that were used cannot know. */
static unsigned lacking(const struct import_host *h) {
        unsigned lacks = LACKS_KERNEL | LACKS_PROCESSOR | LACKS_SYSTEM;

        for (int i = 0; i < READER_COUNT; i++)
                if (h->used & UINT64_C(1) << i)
                        lacks &= readers[i]->lacks;
        return lacks;
}

static void add_uname(struct import *im, struct import_host *h) {
        struct str text = h->os;

        if (text.len == 0 && (lacking(h) & LACKS_SYSTEM) && h->cpus.count > 0)
                text = S("? ?"); /* not known; without a line /proc/cpuinfo would stand for Linux */
        else if (text.len == 0)
                return;
        else if (h->release.len > 0 || h->machine.len > 0)
                text = str_fmt(im->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(h->release.len ? h->release : S("?")));
        if (h->machine.len > 0)
                text = str_fmt(im->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(h->machine));
        evidence_add_line(&h->e, RECORD_UNAME, S(""), text);
}

static void add_origin(struct import *im, struct import_host *h) {
        struct str text = { 0 };

        for (int i = 0; i < READER_COUNT; i++) {
                struct str carries = str_of(readers[i]->format.carries);

                if ((h->used & UINT64_C(1) << i) && carries.len > 0 && str_find(text, carries) < 0)
                        text = str_fmt(im->arena, "%.*s%s%.*s", STR_ARG(text), text.len ? "; and from " : "", STR_ARG(carries));
        }
        if (text.len > 0)
                evidence_add_line(&h->e, RECORD_META, S("imported"), text);
        if (h->notes.len > 0)
                evidence_add_line(&h->e, RECORD_META, S("not-used"), h->notes);
}

/* One of the small cores that seldom come alone: the first in a list that begins with them says nothing of the bigger ones behind. */
static bool stands_beside_others(const struct import *im, struct str cpuinfo) {
        const struct cpu_range *core;
        uint64_t implementer = 0, part = 0;
        struct str line, name;

        while (str_line(&cpuinfo, &line))
                if (str_cut(&line, ':', &name)) {
                        if (str_eq(str_trim(name), S("CPU implementer")))
                                (void)str_to_u64(str_trim(line), &implementer);
                        else if (str_eq(str_trim(name), S("CPU part")))
                                (void)str_to_u64(str_trim(line), &part);
                }
        core = catalog_cpu(im->catalog, S("arm"), (uint32_t)implementer, (uint32_t)part, 0);
        return core && core->beside_bigger;
}

/* People paste the first CPU's block and leave the others out, as some tools do: that one stands for all, and it is told. */
static void mark_abridged(const struct import *im, struct import_host *h) {
        const struct record *r = evidence_file(&h->e, S("/proc/cpuinfo"));
        struct str text = r && r->state == FACT_KNOWN ? r->text : S(""), first = S(""), line, name;
        uint64_t siblings = 0;
        bool others = false; /* one pasted twice is no other */

        while (str_line(&text, &line)) {
                if (!str_cut(&line, ':', &name))
                        continue;
                if (str_eq(str_trim(name), S("processor"))) {
                        others |= first.len > 0 && !str_eq(str_trim(line), first);
                        first = str_trim(line);
                }
                if (str_eq(str_trim(name), S("siblings")))
                        (void)str_to_u64(str_trim(line), &siblings);
        }
        if (!r || others) /* none: its first line was lost */
                return;
        if (siblings < 2 && !h->all_cores && stands_beside_others(im, r->text)) {
                evidence_add_line(&h->e, RECORD_META, S("processor"), S("perhaps one of several"));
                import_note(h, "it shows one core, of a kind that is built beside bigger ones: whether there are others is not known");
        }
        if (siblings < 2)
                return;
        evidence_add_line(&h->e, RECORD_META, S("processor"), S("one for all"));
        import_note(h, "it shows one logical CPU of %u or more: the others are taken to be like it", (unsigned)siblings);
}

/* Some list of flags, which show a guest, whoever made it. */
static bool shows_flags(const struct import_host *h) {
        for (ptrdiff_t i = 0; i < h->cpus.count; i++)
                if (h->cpus.items[i].flags.len > 0)
                        return true;
        return false;
}

/* Which flaws the kernel was asked about: none, or those of which its log speaks. */
static void add_answers(struct import_host *h, bool lacks_kernel) {
        const uint64_t logs = UINT64_C(1) << import_reader_number(&reader_kernel_log) | UINT64_C(1) << import_reader_number(&reader_journal) |
                              UINT64_C(1) << import_reader_number(&reader_journal_export);

        const uint64_t folder = UINT64_C(1) << import_reader_number(&reader_folder);
        uint64_t lscpu = UINT64_C(1) << import_reader_number(&reader_lscpu) | UINT64_C(1) << import_reader_number(&reader_lscpu_json) |
                               UINT64_C(1) << import_reader_number(&reader_commands);

        for (int i = 0; i < READER_COUNT; i++) /* those beside it that never hold any */
                lscpu |= readers[i]->lacks & LACKS_KERNEL ? UINT64_C(1) << i : 0;

        /* A log that says nothing of any flaw was asked about none, and a report without the kernel's files and sentences holds no answers;
         * nor does what lscpu, with uname beside it, prints where its end, or its age, left them out. */
        if (!h->answers && (lacks_kernel || (h->used && (h->used & ~(logs | lscpu)) == 0) || (h->used & folder)))
                evidence_add_line(&h->e, RECORD_META, S("kernel-answers"), S("none"));
        else if (h->answers && h->logged == h->sentences && h->spoken_of.len > 0)
                evidence_add_line(&h->e, RECORD_META, S("kernel-answers"), h->spoken_of);
        if (!h->answers && !evidence_file(&h->e, S("/proc/cmdline")))
                evidence_add_line(&h->e, RECORD_META, S("command-line"), S("none"));
}

/* What a Linux kernel calls open. */
static void keep_linux(struct import *im, struct import_host *h) {
        for (uint32_t i = 0; i < im->catalog->flaw_count; i++) {
                const struct flaw *f = &im->catalog->flaws[i];
                const struct record *r = f->sentence_file ? evidence_file(&h->e, T(im->catalog->files[f->sentence_file - 1].path)) : NULL;

                if (r && !f->sentence_part && (r->state == FACT_FAILED || str_find_nocase(r->text, S("vulnerable")) >= 0) &&
                    !evidence_line(&h->e, RECORD_CLAIM, T(f->id)))
                        evidence_add_line(&h->e, RECORD_CLAIM, T(f->id), S("vulnerable another system's kernel in this text"));
        }
}

/* A text of two systems is judged as the first; what the other one's report calls open is not lost. */
static void keep_other(struct import *im, struct import_host *h) {
        struct str rest = h->open, flaw;

        if (h->other_os.len == 0)
                return;
        import_note(h, "it describes two systems, %.*s and %.*s: it is judged as the first; each belongs into a file of its own", STR_ARG(h->os),
                    STR_ARG(h->other_os));
        while (str_word(&rest, &flaw))
                if (!evidence_line(&h->e, RECORD_CLAIM, flaw))
                        evidence_add_line(&h->e, RECORD_CLAIM, flaw, S("vulnerable SpeculationControl"));
        if (str_eq(h->os, S("Windows")))
                keep_linux(im, h);
}

static void claim_off(struct import_host *h, struct str flaw) {
        if (!evidence_line(&h->e, RECORD_CLAIM, flaw))
                evidence_add_line(&h->e, RECORD_CLAIM, flaw, S("vulnerable the registry: it tells Windows to leave this protection off"));
}

/* By what the registry itself says, or what stands beside it. */
static bool is_intel(const struct import_host *h) {
        for (ptrdiff_t i = 0; i < h->cpus.count; i++)
                if (str_eq(h->cpus.items[i].vendor, S("GenuineIntel")))
                        return true;
        for (ptrdiff_t i = 0; i < h->e.count; i++)
                if (h->e.items[i].kind == RECORD_REGISTRY && str_ends(h->e.items[i].text, S("GenuineIntel")))
                        return true;
        return false;
}

/* What the registry asks of a Windows whose own answers were not seen is told, and counts like a tool's word: it makes nothing safe. Meltdown is
 * Intel's; on an unnamed processor nothing is certain of it. */
static void tell_asked_off(struct import *im, struct import_host *h) {
        static const struct str names[] = { STR("FeatureSettingsOverride"), STR("FeatureSettingsOverrideMask") };
        enum { BTI_OFF = 1, KVA_OFF = 2 };
        uint64_t bits = BTI_OFF | KVA_OFF;

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                struct str key = str_fmt(im->arena, "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management|%.*s", STR_ARG(names[i]));
                const struct record *r = evidence_registry(&h->e, key);

                bits &= r && r->state == FACT_KNOWN ? r->value : 0;
        }
        for (ptrdiff_t i = 0; i < h->e.count; i++)
                if (h->e.items[i].kind == RECORD_NT)
                        return;
        if (bits & BTI_OFF)
                claim_off(h, S("spectre-v2"));
        if (bits & KVA_OFF && is_intel(h))
                claim_off(h, S("meltdown"));
        if (bits)
                import_note(h, "the registry asks Windows to leave protection against %s off: whether it is, was not seen",
                            bits == (BTI_OFF | KVA_OFF) ? "Meltdown and Spectre variant 2" : bits == KVA_OFF ? "Meltdown" : "Spectre variant 2");
}

static void finish(struct import *im, struct import_host *h) {
        unsigned lacks = lacking(h);

        if (h->name.len > 0)
                evidence_add_line(&h->e, RECORD_IDENTITY, S("hostname"), h->name);
        if (h->complete)
                import_settle(im, h);
        keep_other(im, h);
        tell_asked_off(im, h);
        add_uname(im, h);
        add_cpus(im, h);
        mark_abridged(im, h);
        if (h->guest.len > 0)
                evidence_add_line(&h->e, RECORD_CLAIM, S("guest"), h->guest);
        else if (h->answers && !h->hypervisor && !h->cpuinfo && !shows_flags(h))
                evidence_add_line(&h->e, RECORD_META, S("where"), S("none"));
        if ((lacks & LACKS_PROCESSOR) && !evidence_file(&h->e, S("/proc/cpuinfo")))
                evidence_add_line(&h->e, RECORD_META, S("processor"), S("none"));
        add_answers(h, (lacks & LACKS_KERNEL) != 0);
        add_origin(im, h);
}

/* A record that says something of the machine, not of the evidence; the registry holds much beside that. */
static bool holds_something(const struct catalog *c, const struct evidence *e) {
        for (ptrdiff_t i = 0; i < e->count; i++)
                if (e->items[i].kind != RECORD_META && e->items[i].kind != RECORD_IDENTITY &&
                    (e->items[i].kind != RECORD_REGISTRY || registry_is_evidence(c, e->items[i].key)))
                        return true;
        return false;
}

static int refuse(struct import *im, const struct import_hint *hint) {
        return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' is %s, %s; %s", STR_ARG(im->source), hint->what, hint->lacks, hint->instead);
}

static int refuse_other(struct import *im, const char *other) {
        return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' is a report of %s: only Linux and Windows are judged", STR_ARG(im->source), other);
}

static int finish_all(struct import_machines *ret, struct import *im) {
        const struct import_hint *hint;
        const char *other;

        for (ptrdiff_t i = 0; i < im->count; i++) {
                finish(im, &im->items[i]);
                if (holds_something(im->catalog, &im->items[i].e))
                        *arena_append(im->arena, ret) = im->items[i].e;
        }
        other = ret->count == 0 ? import_other_system(im->text) : NULL;
        hint = ret->count == 0 && !other ? import_hint(im->catalog, im->text) : NULL;
        if (other)
                return refuse_other(im, other);
        if (hint)
                return refuse(im, hint);
        if (ret->count == 0)
                return diag_fail_class(im->diag, DIAG_INPUT, "'%.*s' holds nothing that says whether a machine is protected", STR_ARG(im->source));
        return 0;
}

static int not_known(struct import *im, struct str text) {
        const char *other = import_other_system(text);
        const struct import_hint *hint = other ? NULL : import_hint(im->catalog, text);

        if (hint)
                return refuse(im, hint);
        if (other)
                return refuse_other(im, other);
        return IMPORT_UNKNOWN;
}

/* A text without what mail and terminals did to it. */
static int read_one(struct import_machines *ret, struct arena *a, struct str source, const struct catalog *c, struct str text, struct diag *d) {
        struct import im = { .arena = a, .catalog = c, .diag = d, .source = source, .text = text };
        int known;

        *ret = (struct import_machines){ 0 };
        if (memchr(text.p ? text.p : "", '\0', (size_t)text.len))
                return not_known(&im, text);
        known = import_within(ret, a, source, text, d); /* also in another encoding */
        if (known < 0 || ret->count > 0)
                return known;
        if (import_case_lost(text))
                return refuse(&im, import_case_lost(text));
        known = import_any(&im, text);
        return known < 0 ? -1 : known == 0 ? not_known(&im, text) : finish_all(ret, &im);
}

/* ---- One command's output on many machines ---- */

enum { SILENT_NAMED = 20, PARTS_DEPTH_MAX = 2 };

/* What could not be read of a machine is told with those that could. */
static void tell_of_silent(struct import_machines *all, struct arena *a, struct str names) {
        for (ptrdiff_t i = 0; i < all->count && names.len; i++) {
                const struct record *r = evidence_line(&all->items[i], RECORD_META, S("not-used"));

                evidence_add_line(&all->items[i], RECORD_META, S("not-used"),
                                  str_fmt(a, "%.*s%snothing that can be read of %.*s", STR_ARG(r ? r->text : S("")), r && r->text.len ? "; " : "",
                                          STR_ARG(names)));
        }
}

static int read_hosts(struct import_machines *ret, struct arena *a, struct str source, const struct catalog *c, const struct host_texts *hosts,
                      int depth, struct diag *d);

/* A machine's text may itself be of several: what clush gathered, behind the name of the machine that ran it. */
static int read_parts(struct import_machines *ret, struct arena *a, struct str source, const struct catalog *c, struct str text, int depth,
                      struct diag *d) {
        static const char unclear[] = "a table without a head, in which a word of each row may be a machine's name or a note";
        struct host_texts hosts = { 0 };

        *ret = (struct import_machines){ 0 };
        if (depth < PARTS_DEPTH_MAX)
                hosts_split(&hosts, a, c, text);
        if (depth < PARTS_DEPTH_MAX && hosts.count == 0 && !tables_split(&hosts, a, c, markup_text(a, text)))
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' is %s; put a line above it that names its columns: `flaw,host,text`, or `flaw,note,text`", STR_ARG(source),
                                       unclear);
        return hosts.count > 0 ? read_hosts(ret, a, source, c, &hosts, depth + 1, d) : read_one(ret, a, source, c, text, d);
}

static int read_hosts(struct import_machines *ret, struct arena *a, struct str source, const struct catalog *c, const struct host_texts *hosts,
                      int depth, struct diag *d) {
        struct str silent = { 0 };
        ptrdiff_t silent_count = 0;

        for (ptrdiff_t i = 0; i < hosts->count; i++) {
                struct import_machines one;
                struct diag own = { 0 };

                if (read_parts(&one, a, source, c, hosts->items[i].text, depth, &own) != 0) {
                        if (++silent_count > SILENT_NAMED)
                                continue;
                        silent = str_fmt(a, "%.*s%s%.*s", STR_ARG(silent), silent.len ? ", " : "",
                                         STR_ARG(hosts->items[i].name.len ? hosts->items[i].name : S("what stands before the first machine's name")));
                        continue;
                }
                for (ptrdiff_t k = 0; k < one.count; k++) {
                        if (hosts->items[i].name.len && !evidence_line(&one.items[k], RECORD_IDENTITY, S("hostname")))
                                evidence_add_line(&one.items[k], RECORD_IDENTITY, S("hostname"), hosts->items[i].name);
                        *arena_append(a, ret) = one.items[k];
                }
        }
        if (silent_count > SILENT_NAMED)
                silent = str_fmt(a, "%.*s and %td more", STR_ARG(silent), silent_count - SILENT_NAMED);
        tell_of_silent(ret, a, silent);
        if (ret->count == 0)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' holds nothing that says whether a machine is protected", STR_ARG(source));
        return 0;
}

/* ---- The door ---- */

int import_machines(struct import_machines *ret, struct arena *a, struct str source, const struct catalog *c, struct str text,
                    struct diag *d) {
        struct str inner;
        int status;

        *ret = (struct import_machines){ 0 };
        text = margin_text(a, normal_text(a, text));
        status = read_parts(ret, a, source, c, text, 0, d);
        inner = status == IMPORT_UNKNOWN ? import_decoded(a, text) : S("");
        return inner.len > 0 ? import_machines(ret, a, source, c, inner, d) : status;
}

static int only_one(struct evidence *e, const struct import_machines *all, struct diag *d) {
        if (all->count > 1)
                return diag_fail_class(d, DIAG_INPUT, "'%.*s' describes %td machines; `sidelight check` judges them all, one after the other",
                                       STR_ARG(e->source), all->count);
        *e = all->items[0];
        return 0;
}

int import_text(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        struct import_machines all;
        int status = import_machines(&all, e->arena, e->source, c, text, d);

        return status ? status : only_one(e, &all, d);
}

int import_finish(struct evidence *e, struct import *im) {
        struct import_machines all = { 0 };

        return finish_all(&all, im) < 0 ? -1 : only_one(e, &all, im->diag);
}
