/* Get-SpeculationControlSettings as people have it: JSON of one machine or of many, CSV, a list, and the screen's text. */
#include "collect/import/module.h"

enum { WINDOW_MIN = 20, WINDOW_MAX = 200 }; /* columns of a window that breaks lines */

static const char carries[] = "Microsoft's SpeculationControl module: Windows' answers as far as its properties show them, and nothing of "
                              "the processor or the registry";

/* Names of the module's own; two of them are enough to know it by. */
bool module_is_property(const struct catalog *c, struct str name) {
        for (uint32_t i = 0; i < c->property_count; i++)
                if (str_eq_nocase(T(c->properties[i].name), name))
                        return true;
        return false;
}

static void add(struct import *im, struct properties *all, struct str name, struct str value) {
        *arena_append(im->arena, all) = (struct import_property){ .name = name, .value = value };
}

static bool says(const struct properties *all, const char *name, bool yes) {
        struct str value = yes ? S("true") : S("false"), number = yes ? S("1") : S("0");

        for (ptrdiff_t i = 0; i < all->count; i++)
                if (str_eq_nocase(all->items[i].name, str_of(name)) && (str_eq_nocase(all->items[i].value, value) || str_eq(all->items[i].value, number)))
                        return true;
        return false;
}

/* Flaws that the module itself calls open, and the properties that say so ("!": where it is false). */
static const struct {
        const char *flaw, *needed, *enabled;
} verdicts[] = { { "spectre-v2", "", "BTIWindowsSupportEnabled" },
                 { "spectre-v2-user", "", "BTIWindowsSupportEnabled" },
                 { "meltdown", "KVAShadowRequired", "KVAShadowWindowsSupportEnabled" },
                 { "meltdown", "!RdclHardwareProtected", "KVAShadowWindowsSupportEnabled" },
                 { "l1tf", "L1TFHardwareVulnerable", "L1TFWindowsSupportEnabled" },
                 { "mds", "MDSHardwareVulnerable", "MDSWindowsSupportEnabled" },
                 { "mmio-stale-data", "SBDRSSDPHardwareVulnerable", "FBClearWindowsSupportEnabled" },
                 { "mmio-stale-data", "FBSDPHardwareVulnerable", "FBClearWindowsSupportEnabled" },
                 { "mmio-stale-data", "PSDPHardwareVulnerable", "FBClearWindowsSupportEnabled" } };

enum { VERDICT_COUNT = sizeof(verdicts) / sizeof(verdicts[0]) };

static bool calls_open(const struct properties *all, int verdict) {
        const char *needed = verdicts[verdict].needed;
        bool negated = needed[0] == '!';

        return (!needed[0] || says(all, needed + negated, !negated)) && says(all, verdicts[verdict].enabled, false);
}

/* Where its properties contradict each other, the answers behind them stay unread. */
static void add_claims(struct import *im, struct import_host *h, const struct properties *all) {
        import_note(h, "its properties contradict each other: what they do not agree on was not read");
        for (int i = 0; i < VERDICT_COUNT; i++)
                if (calls_open(all, i) && !evidence_line(&h->e, RECORD_CLAIM, str_of(verdicts[i].flaw)))
                        evidence_add_line(&h->e, RECORD_CLAIM, str_of(verdicts[i].flaw),
                                          str_fmt(im->arena, "vulnerable SpeculationControl: %s is False", verdicts[i].enabled));
}

/* The machine of that name (the nameless one: ""), with what its properties tell. */
static void module_add_machine(struct import *im, struct str name, const struct properties *all) {
        struct import_host *h = import_host(im, name);

        import_uname(h, S("Windows"), S(""), S(""));
        if (import_properties(&h->e, im->catalog, all->items, all->count))
                add_claims(im, h, all);
        for (int i = 0; i < VERDICT_COUNT; i++)
                if (calls_open(all, i))
                        h->open = str_fmt(im->arena, "%.*s %s", STR_ARG(h->open), verdicts[i].flaw);
}

/* ---- JSON ---- */

static bool is_object(const struct catalog *c, const struct json_value *v) {
        int marks = 0;

        for (ptrdiff_t i = 0; v->type == JSON_OBJECT && i < v->count; i++)
                marks += module_is_property(c, v->members[i].key);
        return marks >= 2;
}

static bool is_module_json(struct import *im, const struct json_value *root) {
        if (root->type == JSON_ARRAY)
                return root->count > 0 && is_object(im->catalog, &root->items[0]);
        return is_object(im->catalog, root);
}

static struct str computer_of(const struct json_value *v) {
        struct str name = json_text(v, S("PSComputerName"));

        return name.len ? name : json_text(v, S("ComputerName"));
}

static void read_object(struct import *im, const struct json_value *v, ptrdiff_t number, bool many) {
        struct str name = computer_of(v);
        struct properties all = { 0 };

        if (name.len == 0 && many)
                name = str_fmt(im->arena, "machine-%td", number + 1);
        for (ptrdiff_t i = 0; i < v->count; i++)
                add(im, &all, v->members[i].key, import_json_text(&v->members[i].value));
        module_add_machine(im, name, &all);
}

static int read_module_json(struct import *im, const struct json_value *root) {
        ptrdiff_t count = root->type == JSON_ARRAY ? root->count : 1;

        for (ptrdiff_t i = 0; i < count; i++) {
                const struct json_value *v = root->type == JSON_ARRAY ? &root->items[i] : root;

                if (is_object(im->catalog, v))
                        read_object(im, v, i, count > 1);
        }
        return 0;
}

const struct reader reader_module_json = {
        .format = { .name = "speculationcontrol-json", .title = "Get-SpeculationControlSettings | ConvertTo-Json", .carries = carries },
        .in_json = is_module_json,
        .read_json = read_module_json,
};

/* ---- The screen ---- */

/* Labels of the screen, 1.0.10 to 1.0.18; on the first of two equal ends the heading decides. */
static const struct {
        struct str label;
        const char *property;
} screen[] = {
        { STR("Hardware support for branch target injection mitigation is present"), "BTIHardwarePresent" },
        { STR("Windows OS support for branch target injection mitigation is present"), "BTIWindowsSupportPresent" },
        { STR("Windows OS support for branch target injection mitigation is enabled"), "BTIWindowsSupportEnabled" },
        { STR("Windows OS support for branch target injection mitigation is disabled by system policy"), "BTIDisabledBySystemPolicy" },
        { STR("Windows OS support for branch target injection mitigation is disabled by absence of hardware support"),
          "BTIDisabledByNoHardwareSupport" },
        { STR("Hardware is vulnerable to rogue data cache load"), "!RdclHardwareProtected" },
        { STR("Windows OS support for rogue data cache load mitigation is present"), "KVAShadowWindowsSupportPresent" },
        { STR("Windows OS support for rogue data cache load mitigation is enabled"), "KVAShadowWindowsSupportEnabled" },
        { STR("Hardware requires kernel VA shadowing"), "KVAShadowRequired" },
        { STR("Windows OS support for kernel VA shadow is present"), "KVAShadowWindowsSupportPresent" },
        { STR("Windows OS support for kernel VA shadow is enabled"), "KVAShadowWindowsSupportEnabled" },
        { STR("Windows OS support for PCID performance optimization is enabled"), "KVAShadowPcidEnabled" },
        { STR("Windows OS support for PCID optimization is enabled"), "KVAShadowPcidEnabled" },
        { STR("Hardware is vulnerable to speculative store bypass"), "SSBDHardwareVulnerable" },
        { STR("Hardware support for speculative store bypass disable is present"), "SSBDHardwarePresent" },
        { STR("Hardware support for speculative store bypass mitigation is present"), "SSBDHardwarePresent" },
        { STR("Windows OS support for speculative store bypass disable is present"), "SSBDWindowsSupportPresent" },
        { STR("Windows OS support for speculative store bypass mitigation is present"), "SSBDWindowsSupportPresent" },
        { STR("Windows OS support for speculative store bypass disable is enabled system-wide"), "SSBDWindowsSupportEnabledSystemWide" },
        { STR("Windows OS support for speculative store bypass mitigation is enabled system-wide"), "SSBDWindowsSupportEnabledSystemWide" },
        { STR("Hardware is vulnerable to L1 terminal fault"), "L1TFHardwareVulnerable" },
        { STR("Windows OS support for L1 terminal fault mitigation is present"), "L1TFWindowsSupportPresent" },
        { STR("Windows OS support for L1 terminal fault mitigation is enabled"), "L1TFWindowsSupportEnabled" },
        { STR("Windows OS support for MDS mitigation is present"), "MDSWindowsSupportPresent" },
        { STR("Hardware is vulnerable to MDS"), "MDSHardwareVulnerable" },
        { STR("Windows OS support for MDS mitigation is enabled"), "MDSWindowsSupportEnabled" },
        { STR("Windows OS support for SBDR mitigation is present"), "FBClearWindowsSupportPresent" },
        { STR("Hardware is vulnerable to SBDR"), "SBDRSSDPHardwareVulnerable" },
        { STR("Windows OS support for SBDR mitigation is enabled"), "FBClearWindowsSupportEnabled" },
        { STR("Windows OS support for FBSDP mitigation is present"), "FBClearWindowsSupportPresent" },
        { STR("Hardware is vulnerable to FBSDP"), "FBSDPHardwareVulnerable" },
        { STR("Windows OS support for FBSDP mitigation is enabled"), "FBClearWindowsSupportEnabled" },
        { STR("Windows OS support for PSDP mitigation is present"), "FBClearWindowsSupportPresent" },
        { STR("Hardware is vulnerable to PSDP"), "PSDPHardwareVulnerable" },
        { STR("Windows OS support for PSDP mitigation is enabled"), "FBClearWindowsSupportEnabled" },
};

/* "True", "False": an empty value is not told. What stands behind the word must not begin like a word: "True [not required for security]" of
 * the module, "True * …", "**True**", "True <-- why?" of people. */
static struct str truth_of(struct str value) {
        struct str word, rest;

        value = str_trim(value);
        while (str_starts(value, S("*")))
                value = str_from(value, 1);
        rest = value;
        if (!str_word(&rest, &word))
                return S("");
        while (str_ends(word, S("*")) || str_ends(word, S(",")))
                word.len--;
        rest = str_trim(rest);
        if (rest.len > 0 && !memchr("[(*#<-/=!?", rest.p[0], 10))
                return S("");
        return str_eq_nocase(word, S("true")) || str_eq_nocase(word, S("false")) ? word : S("");
}

static struct str opposite(struct str value) {
        return value.len == 0 ? value : str_eq_nocase(value, S("true")) ? S("false") : S("true");
}

/* "KVAShadowRequired=True": as people, and PowerShell's text of an object, write it. */
static bool assigned(struct str line, struct str *ret_name, struct str *ret_value) {
        ptrdiff_t sign = str_find_char(line, '=');

        if (sign < 1 || str_find_char(line, ',') >= 0 || str_find_char(line, ';') >= 0)
                return false;
        *ret_name = str_trim(str_sub(line, 0, sign));
        *ret_value = str_trim(str_from(line, sign + 1));
        return str_find_char(*ret_name, ' ') < 0;
}

/* The property that a line of the screen or of a list tells; false when it is neither. */
static bool property_of(const struct catalog *c, struct str line, struct import_property *ret) {
        struct str label, value;

        if (!import_label(line, &label, &value) && !assigned(line, &label, &value))
                return false;
        for (size_t i = 0; i < sizeof(screen) / sizeof(screen[0]); i++) {
                const char *name = screen[i].property;

                if (!str_eq_nocase(label, screen[i].label))
                        continue;
                *ret = (struct import_property){ .name = str_of(name[0] == '!' ? name + 1 : name),
                                          .value = name[0] == '!' ? opposite(truth_of(value)) : truth_of(value) };
                return true;
        }
        *ret = (struct import_property){ .name = label, .value = truth_of(value).len > 0 ? truth_of(value) : value };
        return module_is_property(c, label);
}

/* The same at a line that goes on in the next one, as a window of 80 columns breaks it: at a blank, or anywhere. `ret_lines`: 1 or 2. */
static bool property_at(struct import *im, const struct lines *l, ptrdiff_t at, struct import_property *ret, int *ret_lines) {
        struct str line = l->items[at].text, next = at + 1 < l->count ? str_trim(l->items[at + 1].text) : S("");

        *ret_lines = 1;
        if (property_of(im->catalog, line, ret))
                return true;
        *ret_lines = 2;
        if (str_find_char(line, ':') >= 0 || next.len == 0 || l->longest > WINDOW_MAX || line.len < WINDOW_MIN)
                return false;
        return property_of(im->catalog, str_fmt(im->arena, "%.*s %.*s", STR_ARG(str_trim(line)), STR_ARG(next)), ret) ||
               property_of(im->catalog, str_fmt(im->arena, "%.*s%.*s", STR_ARG(str_trim(line)), STR_ARG(next)), ret);
}

/* ---- CSV: names in one line, a machine in each line below ---- */

/* Between cells stands a comma, or what Windows' settings of the language, or the user, put there. */
static char separator_of(struct str head) {
        static const char separators[] = { ',', ';', '\t' };

        for (size_t i = 0; i < sizeof(separators); i++)
                if (str_find_char(head, separators[i]) > 0)
                        return separators[i];
        return 0;
}

static struct str cell(struct str *rest, char separator) {
        bool quoted = str_starts(*rest, S("\""));
        struct str piece;
        ptrdiff_t end;

        if (!quoted)
                return str_cut(rest, separator, &piece) ? str_trim(piece) : S("");
        *rest = str_from(*rest, 1);
        end = str_find_char(*rest, '"');
        piece = str_sub(*rest, 0, end < 0 ? rest->len : end);
        *rest = end < 0 ? S("") : str_from(*rest, end + 1);
        if (rest->len > 0 && rest->p[0] == separator)
                *rest = str_from(*rest, 1);
        return piece;
}

static bool is_csv_head(const struct catalog *c, struct str line) {
        char separator = separator_of(line);
        int marks = 0;

        for (struct str rest = str_trim(line); rest.len > 0 && separator;) {
                struct str name = cell(&rest, separator);

                if (str_find_char(name, ' ') >= 0)
                        return false; /* a command that names properties */
                marks += module_is_property(c, name);
        }
        return marks >= 2;
}

static void read_csv(struct import *im, struct lines *l, ptrdiff_t head) {
        char separator = separator_of(l->items[head].text);
        ptrdiff_t number = 0, last = head + 1;

        while (last < l->count && str_find_char(l->items[last].text, separator) > 0)
                last++;
        l->items[head].taken = true;
        for (ptrdiff_t i = head + 1; i < last; i++) {
                struct str names = str_trim(l->items[head].text), values = str_trim(l->items[i].text);
                struct str computer = { 0 };
                struct properties all = { 0 };

                while (names.len > 0) {
                        struct str name = cell(&names, separator), value = cell(&values, separator);

                        if (str_eq(name, S("PSComputerName")) || str_eq(name, S("ComputerName")))
                                computer = value;
                        add(im, &all, name, value);
                }
                if (str_find_nocase(values, S("true")) >= 0 || str_find_nocase(values, S("false")) >= 0) /* two rows in one line */
                        continue;
                if (computer.len == 0 && last - head > 2)
                        computer = str_fmt(im->arena, "machine-%td", ++number);
                l->items[i].taken = true;
                module_add_machine(im, computer, &all);
        }
}

static bool is_heading(struct str line) {
        return str_starts(str_trim(line), S("Speculation control settings for ")) ||
               str_starts(str_trim(line), S("For more information about the output below"));
}

/* Two properties, or one below the screen's heading: a processor that needs nothing has only one line of Meltdown. */
static bool is_module_text(struct import *im, const struct lines *l) {
        struct import_property p;
        bool headed = false;
        int marks = 0;

        for (ptrdiff_t i = 0; i < l->count && marks < 2; i++) {
                if (l->items[i].taken)
                        continue;
                headed |= is_heading(l->items[i].text);
                marks += is_csv_head(im->catalog, l->items[i].text) ? 2 : property_of(im->catalog, l->items[i].text, &p) * (headed ? 2 : 1);
        }
        return marks >= 2 || module_table_at(im, l, 0) >= 0;
}

/* The screen and the list below it say the same; where both stand, the first that tells counts, unless they contradict each other. */
void module_add_once(struct import *im, struct properties *all, const struct import_property *p) {
        for (ptrdiff_t i = 0; i < all->count; i++)
                if (str_eq_nocase(all->items[i].name, p->name)) {
                        if (all->items[i].value.len == 0)
                                all->items[i].value = p->value;
                        else if (p->value.len > 0 && !str_eq_nocase(all->items[i].value, p->value))
                                all->items[i].value = S("?");
                        return;
                }
        add(im, all, p->name, p->value);
}

static void take_headings(struct lines *l) {
        for (ptrdiff_t i = 0; i < l->count; i++)
                if (is_heading(l->items[i].text))
                        l->items[i].taken = true;
}

static bool is_computer(struct str line, struct str *ret_name) {
        struct str label;

        return import_label(line, &label, ret_name) && (str_eq_nocase(label, S("PSComputerName")) || str_eq_nocase(label, S("ComputerName")));
}

/* In lists of several computers each has its name behind its properties, or before them. */
struct computers {
        bool many, name_first;
};

static void find_computers(struct import *im, const struct lines *l, struct computers *ret) {
        struct str first = { 0 }, name;
        struct import_property p;
        bool any = false;

        *ret = (struct computers){ 0 };
        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (l->items[i].taken)
                        continue;
                if (is_computer(l->items[i].text, &name)) {
                        ret->name_first |= !any && first.len == 0;
                        ret->many |= first.len > 0 && !str_eq_nocase(first, name);
                        first = first.len ? first : name;
                } else {
                        any |= property_of(im->catalog, l->items[i].text, &p);
                }
        }
}

static void flush(struct import *im, struct properties *all, struct str *name) {
        if (all->count > 0)
                module_add_machine(im, *name, all);
        *all = (struct properties){ 0 };
        *name = S("");
}

/* `all` is what is known before the first line. */
static void read_lists(struct import *im, struct lines *l, const struct computers *c, struct properties all) {
        struct str name = { 0 }, next;
        struct import_property p;
        int lines;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (l->items[i].taken)
                        continue;
                if (is_computer(l->items[i].text, &next)) {
                        if (c->many && c->name_first)
                                flush(im, &all, &name);
                        name = c->many ? next : S("");
                        l->items[i].taken = true;
                } else if (property_at(im, l, i, &p, &lines)) {
                        if (c->many && !c->name_first && name.len > 0)
                                flush(im, &all, &name);
                        l->items[i].taken = l->items[i + lines - 1].taken = true;
                        module_add_once(im, &all, &p);
                }
        }
        flush(im, &all, &name);
}

/* A table of one machine goes with the screen above it; those of several are theirs. */
static struct properties read_tables(struct import *im, struct lines *l, bool many) {
        struct module_machines machines = { 0 };

        for (ptrdiff_t at = 0; (at = module_table_at(im, l, at)) >= 0; at++)
                module_read_table(im, l, at, &machines);
        for (ptrdiff_t i = 0; i < machines.count; i++) {
                const struct module_machine *m = &machines.items[i];

                if (m->cut > 0)
                        import_note(import_host(im, machines.count > 1 ? m->name : S("")),
                                    "%d column%s of the table %s cut, the first '%.*s': a list (`| Format-List`) has the names in full", m->cut,
                                    m->cut > 1 ? "s" : "", m->cut > 1 ? "are" : "is", STR_ARG(m->first_cut));
                if (machines.count == 1 && !many)
                        return m->properties;
                module_add_machine(im, m->name, &m->properties);
        }
        return (struct properties){ 0 };
}

static int read_module_text(struct import *im, struct lines *l) {
        struct computers computers;
        struct properties told;

        for (ptrdiff_t i = 0; i < l->count; i++)
                if (!l->items[i].taken && is_csv_head(im->catalog, l->items[i].text)) {
                        read_csv(im, l, i);
                        return 0;
                }
        find_computers(im, l, &computers);
        told = read_tables(im, l, computers.many);
        read_lists(im, l, &computers, told);
        take_headings(l);
        return 0;
}

const struct reader reader_module_text = {
        .format = { .name = "speculationcontrol", .title = "Get-SpeculationControlSettings", .carries = carries },
        .in_lines = is_module_text,
        .read_lines = read_module_text,
};
