/* The Phoronix Test Suite's Security field, on pages, in tables and in composite.xml: names of files and their sentences with
 * " + " between, after two rewritings: "Mitigation: " became "Mitigation of ", and a cleaner of hardware names took words out. */
#include "collect/import/parts.h"

/* Words that the cleaner removes wherever they stand, in any case. */
static const struct str removed[] = {
        STR(","), STR(" CPU"), STR("processor"), STR(" to "), STR("platform"), STR("memory"), STR("reference"), STR(" system"),
        STR(" none"), STR("inc"), STR("group"), STR("controller"), STR("(r)"), STR("'"),
};

static ptrdiff_t removed_length(struct str rest) {
        for (size_t i = 0; i < sizeof(removed) / sizeof(removed[0]); i++)
                if (str_eq_nocase(str_sub(rest, 0, removed[i].len), removed[i]))
                        return removed[i].len;
        return 0;
}

/* What it does to a sentence. " to " leaves the blank that keeps the words apart. */
static ptrdiff_t as_phoronix(char *to, struct str text, bool part) {
        ptrdiff_t n = 0;

        (void)part;
        for (ptrdiff_t i = 0; i < text.len;) {
                struct str rest = str_from(text, i);
                ptrdiff_t gone;

                if (str_starts(rest, S("Mitigation: "))) {
                        memcpy(to + n, "Mitigation of ", 14);
                        n += 14;
                        i += 12;
                } else if (str_starts(rest, S("Speculative Store Bypass"))) {
                        memcpy(to + n, "SSB", 3);
                        n += 3;
                        i += 24;
                } else if ((gone = removed_length(rest)) > 0) {
                        if (rest.p[0] == ' ' && n > 0 && to[n - 1] != ' ')
                                to[n++] = ' ';
                        i += gone;
                } else {
                        if (rest.p[0] != ' ' || (n > 0 && to[n - 1] != ' '))
                                to[n++] = rest.p[0];
                        i++;
                }
        }
        return n;
}

/* Where "FILE: " of a known file begins at or after `from`; -1. */
static ptrdiff_t entry_at(const struct catalog *c, struct str line, ptrdiff_t from, const struct sentence_file **ret) {
        for (ptrdiff_t at = from; at < line.len;) {
                ptrdiff_t colon = str_find(str_from(line, at), S(": ")), start;

                if (colon < 0)
                        return -1;
                colon += at;
                start = colon;
                while (start > at && line.p[start - 1] != ' ' && line.p[start - 1] != '"' && line.p[start - 1] != ':' && line.p[start - 1] != '>')
                        start--;
                *ret = import_known(c, str_sub(line, start, colon - start));
                if (*ret)
                        return start;
                at = colon + 2;
        }
        return -1;
}

static bool is_separated(struct str line, ptrdiff_t at) {
        return str_ends(str_trim(str_sub(line, 0, at)), S("+"));
}

static bool is_phoronix(struct import *im, const struct lines *l) {
        const struct sentence_file *f;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;

                for (ptrdiff_t at = entry_at(im->catalog, line, 0, &f); at >= 0; at = entry_at(im->catalog, line, at + 1, &f))
                        if (is_separated(line, at))
                                return true;
        }
        return false;
}

/* In CSV and JSON a quotation ends there. */
static struct str before_quote(struct str s) {
        ptrdiff_t quote = str_find_char(s, '"');

        return quote >= 0 ? str_sub(s, 0, quote) : s;
}

/* Where the sentence ends: at " + " and another name with its colon, or a word in capitals ("KPTI"). Sentences hold such marks, too. */
static ptrdiff_t end_of(struct str line, ptrdiff_t from) {
        ptrdiff_t at = from, plus;

        while ((plus = str_find(str_from(line, at), S(" + "))) >= 0) {
                struct str rest = str_from(line, at + plus + 3), word = { 0 };

                (void)str_word(&rest, &word);
                if (str_ends(word, S(":")) || str_eq(word, S("SELinux")) || str_eq(word, S("KPTI")))
                        return at + plus;
                at += plus + 3;
        }
        return line.len;
}

/* Whether the list goes on at the beginning of the next line that says something: what stands before it is whole then, unless all lines
 * were cut at a column. */
static bool goes_on_below(const struct catalog *c, const struct lines *l, ptrdiff_t i) {
        const struct sentence_file *f;
        struct str line = { 0 };

        for (i++; i < l->count && line.len == 0; i++)
                line = str_trim(l->items[i].text);
        if (str_starts(line, S("\\"))) /* as Markdown writes a mark that begins no list */
                line = str_from(line, 1);
        if (!str_starts(line, S("+")))
                return false;
        line = str_trim(str_from(line, 1));
        return entry_at(c, line, 0, &f) == 0;
}

/* The list follows the alphabet: another file than these at its end, or at the end of a line, and it was cut or goes on elsewhere. */
static bool ends_list(const struct sentence_file *f, struct str line, ptrdiff_t end) {
        static const struct str last[] = { STR("spectre_v2"), STR("srbds"), STR("tsx_async_abort"), STR("vmscape") };

        for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
                if (str_eq(T(f->file), last[i]))
                        return true;
        return end < line.len || str_find_char(line, '"') >= 0;
}

/* ---- Several systems on one page: each list is one's ---- */

struct entry {
        const struct sentence_file *file;
        struct str text;
};

struct list {
        struct entry *items;
        ptrdiff_t count, capacity;
};

struct lists {
        struct list *items;
        ptrdiff_t count, capacity;
};

static bool lists_file(const struct list *l, const struct sentence_file *f) {
        for (ptrdiff_t i = 0; i < l->count; i++)
                if (l->items[i].file == f)
                        return true;
        return false;
}

/* A list ends where a file comes that it has already. */
static void add(struct import *im, struct lists *all, const struct sentence_file *f, struct str text) {
        struct list *l = all->count ? &all->items[all->count - 1] : NULL;

        if (!l || lists_file(l, f)) {
                l = arena_append(im->arena, all);
                *l = (struct list){ 0 };
        }
        *arena_append(im->arena, l) = (struct entry){ f, str_trim(before_quote(text)) };
}

static bool same_list(const struct list *a, const struct list *b) {
        for (ptrdiff_t i = 0; a->count == b->count && i < a->count; i++)
                if (a->items[i].file != b->items[i].file || !str_eq(a->items[i].text, b->items[i].text))
                        return false;
        return a->count == b->count;
}

/* A page shows one system's list in a table and among the notes; another one's is another machine's. */
static ptrdiff_t drop_repeated(struct lists *all) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < all->count; i++) {
                bool known = false;

                for (ptrdiff_t k = 0; k < n; k++)
                        known |= same_list(&all->items[k], &all->items[i]);
                if (!known)
                        all->items[n++] = all->items[i];
        }
        return all->count = n;
}

static void tell(struct import *im, struct import_host *h, const struct list *l) {
        import_uname(h, S("Linux"), S(""), S(""));
        for (ptrdiff_t i = 0; i < l->count; i++)
                import_sentence(im, h, l->items[i].file, import_restored(im, l->items[i].file, l->items[i].text, as_phoronix));
        h->complete = true;
}

enum { LEAST_WIDTH = 60 };

/* The next line of a list in one paragraph, which something broke at blanks: it begins no list, and the list goes on in it. */
static bool is_broken_off(const struct lines *l, ptrdiff_t i) {
        struct str line = str_trim(l->items[i].text), next = i + 1 < l->count ? str_trim(l->items[i + 1].text) : S(""), label, value;

        if (line.len < LEAST_WIDTH || next.len == 0 || l->items[i + 1].taken || str_starts(next, S("+")) || str_starts(next, S("-")) ||
            str_starts(next, S("\\")))
                return false;
        if (import_label(next, &label, &value) && label.len > 0 && label.p[0] >= 'A' && label.p[0] <= 'Z' && str_find_char(label, '+') < 0)
                return false;
        return str_find(line, S(" + ")) > 0 && (str_find(next, S(" + ")) > 0 || str_ends(next, S(" +")) || str_ends(line, S(" +")));
}

/* The paragraph that begins in line `*number`; at the end it is the last line's. */
static struct str paragraph(struct import *im, struct lines *l, ptrdiff_t *number) {
        struct str text = str_trim(l->items[*number].text);

        while (is_broken_off(l, *number)) {
                struct str next = str_trim(l->items[*number + 1].text);

                l->items[(*number)++].used = true;
                text = str_fmt(im->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(next));
        }
        return text;
}

static bool read_line(struct import *im, struct lists *all, struct lines *l, ptrdiff_t *at_line) {
        const struct sentence_file *f;
        struct str text, line = paragraph(im, l, at_line);
        ptrdiff_t number = *at_line;
        bool found = false, below = goes_on_below(im->catalog, l, number);

        for (ptrdiff_t at = entry_at(im->catalog, line, 0, &f); at >= 0;) {
                ptrdiff_t start = at + f->file.len + 2, end = end_of(line, start);

                found = true;
                text = str_sub(line, start, end - start);
                if (str_ends(text, S(" +")))
                        add(im, all, f, str_sub(text, 0, text.len - 2));
                else if (below && end == line.len)
                        add(im, all, f, import_line_end(im, &l->items[number], text));
                else
                        add(im, all, f, ends_list(f, line, end) || str_ends(text, S("Not affected")) ? text : str_fmt(im->arena, "%.*s\xe2\x80\xa6", STR_ARG(text)));
                at = entry_at(im->catalog, line, end, &f);
        }
        return found;
}

/* "Kernel: 6.8.0-45-generic (x86_64)", "System Layer: KVM", "CPU Microcode: 0xea". True where one of them stands in the line. */
static bool read_around(struct import *im, struct import_host *h, struct str line) {
        ptrdiff_t kernel = str_find(line, S("Kernel: ")), layer = str_find(line, S("System Layer: ")), microcode = str_find(line, S("Microcode: "));
        struct str rest, release, machine = { 0 };

        rest = str_from(line, kernel + 8);
        if (kernel >= 0 && str_word(&rest, &release)) {
                release = before_quote(release);
                if (str_word(&rest, &machine) && str_starts(machine, S("(")) && str_find_char(machine, ')') > 0)
                        machine = str_sub(machine, 1, str_find_char(machine, ')') - 1);
                import_uname(h, S("Linux"), release, str_find_char(machine, '(') >= 0 ? S("") : machine);
        }
        rest = str_from(line, layer + 14);
        if (layer >= 0 && str_cut(&rest, ',', &release))
                import_guest(h, str_trim(release));
        rest = str_from(line, microcode + 11);
        if (microcode >= 0 && str_word(&rest, &release))
                import_file_text(im, h, S(PLACE_MICROCODE_VERSION), before_quote(release));
        return kernel >= 0 || layer >= 0 || microcode >= 0;
}

static int read_phoronix(struct import *im, struct lines *l) {
        struct lists all = { 0 };
        struct import_host *h;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                bool taken = l->items[i].taken;

                l->items[i].used = !taken && read_line(im, &all, l, &i);
        }
        if (drop_repeated(&all) == 1) {
                h = import_host(im, S(""));
                tell(im, h, &all.items[0]);
                for (ptrdiff_t i = 0; i < l->count; i++)
                        l->items[i].taken |= !l->items[i].taken && read_around(im, h, l->items[i].text);
        }
        for (ptrdiff_t i = 0; all.count > 1 && i < all.count; i++) {
                h = import_host(im, str_fmt(im->arena, "system %td", i + 1));
                tell(im, h, &all.items[i]);
                import_note(h, "the page shows %td systems: which kernel and microcode are this one's is not told", all.count);
        }
        for (ptrdiff_t i = 0; i < l->count; i++)
                l->items[i].taken |= l->items[i].used;
        return 0;
}

const struct reader reader_phoronix = {
        .format = { .name = "phoronix", .title = "the Phoronix Test Suite's Security field",
                    .carries = "the Phoronix Test Suite: the kernel's sentences; not the processor's numbers or the whole command line" },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_phoronix,
        .read_lines = read_phoronix,
};
