#include "plan/edit/settings.h"
#include "base/glob.h"

#define OLD_FILE "/etc/sysctl.conf"

/* A line that sets a key, and where its value stands. */
struct place {
        ptrdiff_t file;
        struct line_span line;
        ptrdiff_t from, to; /* of the value */
        bool pattern;       /* the key is written as a pattern */
        bool none;          /* "-key" without a value: no pattern sets it, nor does a line in front of this one */
};

/* A key with '/' between its parts. Where the first separator is '/', a dot is part of a name. */
static struct str normal(struct arena *a, struct str key) {
        ptrdiff_t slash = str_find_char(key, '/'), dot = str_find_char(key, '.');
        char *bytes = arena_bytes(a, key.len + 1);

        if (dot < 0 || (slash >= 0 && slash < dot))
                return key;
        for (ptrdiff_t i = 0; i < key.len; i++)
                bytes[i] = key.p[i] == '.' ? '/' : key.p[i] == '/' ? '.' : key.p[i];
        return str_n(bytes, key.len);
}

static bool sets(struct arena *a, struct str text, struct str key, struct place *p) {
        struct str line = str_span(text, p->line.from, p->line.to), name;
        ptrdiff_t n = str_find_char(line, '=');

        name = str_trim(n < 0 ? line : str_sub(line, 0, n));
        p->none = n < 0;
        if (name.len == 0 || name.p[0] == '#' || name.p[0] == ';' || (p->none && name.p[0] != '-'))
                return false;
        name = normal(a, name.p[0] == '-' ? str_from(name, 1) : name);
        p->pattern = str_find_char(name, '*') >= 0 || str_find_char(name, '?') >= 0;
        line = p->none ? S("") : str_trim(str_from(line, n + 1));
        p->to = line.len ? (line.p - text.p) + line.len : p->line.to;
        p->from = p->to - line.len;
        return p->pattern ? glob_fits_path(name, key) : str_eq(name, key);
}

/* The last line that sets the key. Lines that name it beat patterns (systemd), so a pattern counts only where no line does. */
static bool last_place(struct arena *a, struct text_files files, struct str key, struct place *ret) {
        bool any = false;

        key = normal(a, key);
        for (ptrdiff_t i = 0; i < files.count; i++) {
                struct place p = { .file = i };

                while (line_next(files.items[i].text, &p.line))
                        if (sets(a, files.items[i].text, key, &p) && (!any || !p.pattern || ret->pattern)) {
                                *ret = p;
                                any = true;
                        }
        }
        return any && !ret->none;
}

static struct text_files files_of(struct arena *a, struct text_files files, enum sysctl_reader reader) {
        struct text_files read = settings_files(a, files, S("sysctl.d"));

        for (ptrdiff_t i = 0; i < files.count && reader == SYSCTL_PROCPS; i++)
                if (str_eq(files.items[i].path, S(OLD_FILE)))
                        ((struct text_file *)read.items)[read.count++] = files.items[i];
        return read;
}

struct setting sysctl_at_start(struct arena *a, struct text_files files, enum sysctl_reader reader, struct str key) {
        struct text_files read = files_of(a, files, reader);
        struct place p;

        if (!last_place(a, read, key, &p))
                return (struct setting){ 0 };
        return (struct setting){ .set = true, .path = read.items[p.file].path, .line = p.line.number,
                                 .value = str_span(read.items[p.file].text, p.from, p.to) };
}

static bool holds(struct arena *a, struct text_files files, enum sysctl_reader reader, struct str key, struct str value) {
        struct setting s = sysctl_at_start(a, files, reader, key);

        return s.set && str_eq(s.value, value);
}

/* One step towards the value: the line that sets it last, where that is the owner's and comes behind `own`; else a line in `own`. */
static bool step(struct edited_files *ret, struct arena *a, struct text_files files, enum sysctl_reader reader, struct str key,
                 struct str value, struct str own) {
        struct text_files read = files_of(a, files, reader);
        struct patches patches = { 0 };
        struct place p;

        if (!last_place(a, read, key, &p) || p.pattern || !settings_own(read.items[p.file].path)) {
                settings_append(ret, a, files, own, str_fmt(a, "%.*s = %.*s", STR_ARG(key), STR_ARG(value)));
        } else {
                bool blank = p.from > p.line.from && read.items[p.file].text.p[p.from - 1] == '=' && p.from == p.to;

                patch_add(&patches, a, p.from, p.to, blank ? str_fmt(a, " %.*s", STR_ARG(value)) : value);
                settings_change(ret, a, read.items[p.file].path, patched(a, read.items[p.file].text, &patches).text);
        }
        return holds(a, settings_changed(a, files, ret), reader, key, value);
}

struct edited_files edit_sysctl(struct arena *a, struct text_files files, struct str key, struct str value, struct str own) {
        static const enum sysctl_reader readers[] = { SYSCTL_SYSTEMD, SYSCTL_PROCPS };
        struct edited_files ret = { 0 };

        for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
                struct text_files now = settings_changed(a, files, &ret);
                struct setting s = sysctl_at_start(a, now, readers[i], key);

                if (!holds(a, now, readers[i], key, value) && !step(&ret, a, now, readers[i], key, value, own))
                        return settings_refused(a, s.path, s.line, str_fmt(a, "%.*s is set here, and a file of your own would be read before it", STR_ARG(key)));
        }
        return ret;
}
