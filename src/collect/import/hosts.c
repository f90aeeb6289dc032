#include "collect/import/hosts.h"

#include "base/out.h"
#include "collect/import/kernel_log.h"
#include "collect/import/parts.h"

void hosts_names_make(struct host_names *ret, struct arena *a, struct str text) {
        uint32_t lines = 1;
        struct str line;

        *ret = (struct host_names){ .size = 16, .key = siphash_key(text) };
        while (str_line(&text, &line))
                lines++;
        while (ret->size < 2 * lines)
                ret->size *= 2;
        ret->items = arena_array(a, uint32_t, ret->size);
}

static uint32_t *place_of(const struct host_texts *all, const struct host_names *names, struct str name) {
        uint32_t at = (uint32_t)siphash(names->key, name).low & (names->size - 1);

        while (names->items[at] && !str_eq(all->items[names->items[at] - 1].name, name))
                at = (at + 1) & (names->size - 1);
        return &names->items[at];
}

struct host_text *hosts_named(struct host_texts *all, struct arena *a, struct host_names *names, struct str name) {
        uint32_t *place = place_of(all, names, name);

        if (!*place) {
                *arena_append(a, all) = (struct host_text){ .name = name };
                *place = (uint32_t)all->count;
        }
        return &all->items[*place - 1];
}

/* Behind what it has: a machine may be named again and again. */
static void add_text(struct host_text *h, struct arena *a, struct str text) {
        str_join(a, &h->text, &h->room, '\n', text);
}

static bool is_name(struct str s) {
        if (!s.p)
                return false;
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
                      s.p[i] == '.' || s.p[i] == '-' || s.p[i] == '_'))
                        return false;
        return s.len > 0 && s.len <= 255;
}

/* ---- Ansible: "web1 | CHANGED | rc=0 >>", "web1 | SUCCESS => {"; a playbook's "ok: [web1] => {" ---- */

/* "ok: [web1] => {", "changed: [web1] => (item=x) =>". */
static bool is_task(struct str line, struct str *ret_name, struct str *ret_rest) {
        static const struct str words[] = { STR("ok: ["), STR("changed: ["), STR("fatal: ["), STR("failed: ["), STR("skipping: [") };
        ptrdiff_t arrow = str_find(line, S("=>")), end = str_find_char(line, ']'), next;

        for (size_t i = 0; arrow > 0 && end > 0 && end < arrow && i < sizeof(words) / sizeof(words[0]); i++) {
                if (!str_starts(line, words[i]) || !is_name(str_sub(line, words[i].len, end - words[i].len)))
                        continue;
                while ((next = str_find(str_from(line, arrow + 2), S("=>"))) >= 0)
                        arrow += 2 + next;
                *ret_name = str_sub(line, words[i].len, end - words[i].len);
                *ret_rest = str_from(line, arrow + 2);
                return true;
        }
        return false;
}

/* "[1] 10:12:01 [SUCCESS] web1", of pssh. */
static bool is_pssh(struct str line, struct str *ret_name) {
        static const struct str words[] = { STR("[SUCCESS] "), STR("[FAILURE] ") };

        for (size_t i = 0; str_starts(line, S("[")) && i < sizeof(words) / sizeof(words[0]); i++) {
                ptrdiff_t at = str_find(line, words[i]);
                struct str rest = at > 0 ? str_from(line, at + words[i].len) : S("");

                if (str_word(&rest, ret_name) && is_name(*ret_name))
                        return true;
        }
        return false;
}

/* What follows in the heading's own line is the text's first. */
static bool is_heading(struct str line, struct str *ret_name, struct str *ret_rest) {
        static const struct str words[] = { STR("SUCCESS"), STR("CHANGED"), STR("FAILED"), STR("FAILED!"), STR("UNREACHABLE!") };
        ptrdiff_t bar = str_find(line, S(" | ")), json, end;
        struct str rest = str_from(line, bar + 3), word = { 0 };
        bool known = false;

        if (is_task(line, ret_name, ret_rest))
                return true;
        *ret_rest = str_from(line, line.len);
        if (is_pssh(line, ret_name))
                return true;
        if (bar <= 0 || !is_name(str_sub(line, 0, bar)) || !str_word(&rest, &word))
                return false;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                known |= str_eq(word, words[i]);
        end = str_find(rest, S(">>"));
        json = str_find(rest, S("=> "));
        if (!known || (end < 0 && json < 0))
                return false;
        *ret_name = str_sub(line, 0, bar);
        *ret_rest = end >= 0 ? str_from(rest, end + 2) : str_from(rest, json + 3);
        return true;
}

static void split_headings(struct host_texts *ret, struct arena *a, struct host_names *names, struct str text) {
        struct str line, name = { 0 }, rest, next, before;
        const char *begin = NULL, *first = NULL;

        for (struct str left = text; str_line(&left, &line);) {
                if (!is_heading(line, &next, &rest))
                        continue;
                if (begin)
                        add_text(hosts_named(ret, a, names, name), a, str_n(begin, line.p - begin));
                first = first ? first : line.p;
                name = next;
                begin = rest.p;
        }
        if (begin)
                add_text(hosts_named(ret, a, names, name), a, str_n(begin, text.p + text.len - begin));
        before = str_sub(text, 0, first ? first - text.p : 0);
        if (str_trim(before).len > 0) /* a machine whose heading is lost */
                add_text(hosts_named(ret, a, names, S("")), a, before);
}

/* ---- dshbak, clush -b: a name between two rulers, of several machines where they said the same ---- */

static bool is_ruler(struct str line) {
        line = str_trim(line);
        for (ptrdiff_t i = 0; i < line.len; i++)
                if (line.p[i] != '-')
                        return false;
        return line.len >= 8;
}

/* "web1", "node[01-03,07]", "node[01-03] (3)". */
static bool is_names(struct str line, struct str *ret_name) {
        struct str rest = line, count;
        ptrdiff_t n;

        if (!str_word(&rest, ret_name) || (str_word(&rest, &count) && !(str_starts(count, S("(")) && str_ends(count, S(")")))))
                return false;
        for (n = 0; n < ret_name->len; n++)
                if (!is_name(str_sub(*ret_name, n, 1)) && str_find_char(S("[],"), ret_name->p[n]) < 0)
                        return false;
        return str_trim(rest).len == 0;
}

/* The heading that `text` begins with; what is behind it. */
static bool is_ruled(struct str text, struct str *ret_name, struct str *ret_rest) {
        struct str first, name, last;

        if (!str_line(&text, &first) || !is_ruler(first) || !str_line(&text, &name) || !str_line(&text, &last) || !is_ruler(last))
                return false;
        *ret_rest = text;
        return is_names(name, ret_name);
}

/* "srbds:Mitigation: …", "srbds: Vulnerable": a file of the folder, by its path or its name alone, and what it says; a line of lscpu's list, of
 * /proc/cpuinfo. */
static bool shows_file(const struct catalog *c, struct str line) {
        struct str label, value;

        if (!import_label(line, &label, &value))
                return false;
        return (import_file_of(c, label) && import_is_sentence(value)) || (str_starts(label, S("Vulnerability ")) && import_is_sentence(value)) ||
               (import_cpuinfo_label(label) && value.len > 0);
}

/* A row of a table, or of a list: the name of a file, and behind it a sentence. */
static bool shows_row(const struct catalog *c, struct str line) {
        bool named = false;

        for (ptrdiff_t i = 0, n; i < line.len; i += n + 1) {
                for (n = 0; i + n < line.len && !memchr(" \t|,;:", line.p[i + n], 6);)
                        n++;
                if (named && import_is_sentence(str_from(line, i)))
                        return true;
                named |= n > 0 && import_file_of(c, str_sub(line, i, n));
        }
        return false;
}

static bool shows_some(const struct catalog *c, struct str text) {
        struct str line;

        while (str_line(&text, &line))
                if (shows_file(c, str_trim(line)))
                        return true;
        return false;
}

/* Each of them shows the folder: other texts have rulers, too. */
static void split_ruled(struct host_texts *ret, struct arena *a, struct host_names *names, const struct catalog *c, struct str text) {
        struct str left = str_trim(text), name, rest, next, line;
        bool shown = is_ruled(left, &name, &left);

        while (shown && left.len > 0) {
                struct str own = left;

                rest = left;
                while (left.len > 0 && !is_ruled(left, &next, &rest))
                        (void)str_line(&left, &line);
                own.len -= left.len;
                add_text(hosts_named(ret, a, names, name), a, own);
                shown = str_find(own, S("/sys/devices/system/cpu/vulnerabilities/")) >= 0 || shows_some(c, own);
                left = left.len > 0 ? rest : left;
                name = next;
        }
        if (!shown)
                *ret = (struct host_texts){ 0 };
}

/* ---- pdsh, pssh, clush, parallel --tag: each line begins with its machine's name ---- */

static bool has_letter(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z')
                        return true;
        return false;
}

/* "[web1] text", "[web1] out: text" of Fabric; a time ("[12.345]") is no name. An empty line has lost the blank. */
static bool is_bracketed(struct str line, struct str *ret_name, struct str *ret_rest) {
        struct str rest = line, name;

        if (!str_starts(line, S("[")) || !str_cut(&rest, ']', &name) || (rest.len > 0 && !str_starts(rest, S(" "))))
                return false;
        *ret_name = str_from(name, 1);
        *ret_rest = str_from(rest, rest.len > 0);
        if (str_starts(*ret_rest, S("out: ")))
                *ret_rest = str_from(*ret_rest, 5);
        return is_name(*ret_name) && has_letter(*ret_name);
}

static bool is_prefixed(struct str line, struct str *ret_name, struct str *ret_rest) {
        static const struct str signs[] = { STR(": "), STR(":/"), STR(" | "), STR(":\t"), STR("\t") };
        ptrdiff_t end = 0;

        while (end < line.len && is_name(str_sub(line, end, 1)))
                end++;
        *ret_name = str_sub(line, 0, end);
        *ret_rest = str_from(line, line.len);
        if (end > 0 && end <= 255 && (str_eq(str_from(line, end), S(":")) || str_eq(str_trim(str_from(line, end)), S("|"))))
                return true; /* before an empty line */
        for (size_t i = 0; end > 0 && end <= 255 && i < sizeof(signs) / sizeof(signs[0]); i++)
                if (str_starts(str_from(line, end), signs[i])) {
                        *ret_rest = str_from(line, end + signs[i].len - (i == 1));
                        return true;
                }
        return is_bracketed(line, ret_name, ret_rest);
}

/* What stands before a colon and is a report's own word. */
static bool is_word(struct str name) {
        static const struct str words[] = { STR("Security"), STR("Vulnerabilities"), STR("Vulnerability"), STR("Mitigations"), STR("CPU"), STR("Type"), STR("Status"),
                                            STR("kernel"), STR("Kernel"), STR("INFO"), STR("stdout"), STR("Notes"), STR("Processor") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq_nocase(name, words[i]))
                        return true;
        return false;
}

/* Every line is, and one shows a file of the vulnerabilities folder, or the start of a kernel's log, behind its name; no name is a file's, or a label. */
static bool all_prefixed(const struct catalog *c, struct str text) {
        struct str line, name, rest;
        bool shown = false;

        while (str_line(&text, &line)) {
                if (str_trim(line).len == 0)
                        continue;
                if (!is_prefixed(line, &name, &rest) || is_word(name) || import_file_of(c, name) || import_cpuinfo_label(name))
                        return false;
                shown |= shows_file(c, rest) || shows_row(c, rest) || str_starts(rest, S("/sys/devices/system/cpu/vulnerabilities/")) ||
                         (str_starts(rest, S("[")) && str_starts(log_message(rest), S("Linux version ")));
        }
        return shown;
}

/* Of a machine whose lines follow each other, the text is one piece; where the lines of several stand mixed, it is put together. */
static void split_prefixes(struct host_texts *ret, struct arena *a, struct host_names *names, struct str text) {
        struct str line, name = { 0 }, rest, last = { 0 };
        OUT_AUTO struct out own = { 0 };

        while (str_line(&text, &line)) {
                if (!is_prefixed(line, &name, &rest))
                        continue;
                if (!str_eq(name, last) && own.len > 0) {
                        add_text(hosts_named(ret, a, names, last), a, str_dup(a, out_text(&own)));
                        own.len = 0;
                }
                last = name;
                out_str(&own, rest);
                out_char(&own, '\n');
        }
        if (own.len > 0)
                add_text(hosts_named(ret, a, names, last), a, str_dup(a, out_text(&own)));
}

/* ---- A syslog of several machines: each has a start of its kernel. One whose name is given to it later has not. ---- */

static bool starts_kernel(struct str line) {
        return str_find(line, S("Linux version ")) > 0 && str_starts(log_message(line), S("Linux version "));
}

/* Names of machines that show a start; true where there are two. */
static bool find_starts(struct host_texts *ret, struct arena *a, struct host_names *names, struct str text) {
        struct str line, name;

        while (str_line(&text, &line))
                if (starts_kernel(line) && (name = log_host(line)).len > 0)
                        (void)hosts_named(ret, a, names, name);
        return ret->count > 1;
}

/* A line goes to the machine that it names, where that has a start, else to whose line stands before it. */
static void split_syslog(struct host_texts *all, struct arena *a, const struct host_names *names, struct str text) {
        struct out *own = arena_array(a, struct out, all->count);
        ptrdiff_t at = 0;
        struct str line;

        while (str_line(&text, &line)) {
                struct str name = log_host(line);
                uint32_t known = name.len > 0 ? *place_of(all, names, name) : 0;

                at = known ? (ptrdiff_t)known - 1 : at;
                out_str(&own[at], line);
                out_char(&own[at], '\n');
        }
        for (ptrdiff_t i = 0; i < all->count; i++) {
                all->items[i].text = str_dup(a, out_text(&own[i]));
                out_free(&own[i]);
        }
}

/* ---- Files of several roots: reports' folders, disks that are mounted beside each other ---- */

/* A line that names no root goes to the one before it; a file of another folder to its own root's, where that shows the folder, too. */
static void split_roots(struct host_texts *ret, struct arena *a, struct host_names *names, struct str text) {
        struct str root, line, rest = text;
        ptrdiff_t at = 0;

        while (str_line(&rest, &line))
                if (hosts_root(line, false, &root))
                        (void)hosts_named(ret, a, names, root);
        while (ret->count > 1 && str_line(&text, &line)) {
                uint32_t known = hosts_root(line, true, &root) ? *place_of(ret, names, root) : 0;

                at = known ? (ptrdiff_t)known - 1 : at;
                add_text(&ret->items[at], a, str_fmt(a, "%.*s\n", STR_ARG(line)));
        }
        if (ret->count < 2)
                *ret = (struct host_texts){ 0 };
}

void hosts_split(struct host_texts *ret, struct arena *a, const struct catalog *c, struct str text) {
        bool prefixed = all_prefixed(c, text), headed = !prefixed && (str_find(text, S(" | ")) > 0 || str_find(text, S("] =>")) > 0 ||
                                                        str_find(text, S("[SUCCESS] ")) > 0);
        bool ruled = !prefixed && !headed && is_ruler(str_sub(str_trim(text), 0, 8));
        struct host_names names = { 0 };

        *ret = (struct host_texts){ 0 };
        if (prefixed || headed || ruled)
                hosts_names_make(&names, a, text);
        if (ruled)
                split_ruled(ret, a, &names, c, text);
        else if (prefixed)
                split_prefixes(ret, a, &names, text);
        else if (headed)
                split_headings(ret, a, &names, text);
        if (ret->count == 0 && str_find(text, S("sys/devices/system/cpu/vulnerabilities/")) >= 0) {
                hosts_names_make(&names, a, text);
                split_roots(ret, a, &names, text);
        }
        if (ret->count > 0 || str_find(text, S("Linux version ")) < 0)
                return;
        hosts_names_make(&names, a, text);
        if (find_starts(ret, a, &names, text))
                split_syslog(ret, a, &names, text);
        else
                *ret = (struct host_texts){ 0 };
}
