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

static void add(struct import *im, struct import_host *h, const struct sentence_file *f, struct str text) {
        import_sentence(im, h, f, import_restored(im, f, str_trim(before_quote(text)), as_phoronix));
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

/* The list follows the alphabet: another file than these at its end, or at the end of a line, and it was cut or goes on elsewhere. */
static bool ends_list(const struct sentence_file *f, struct str line, ptrdiff_t end) {
        static const struct str last[] = { STR("spectre_v2"), STR("srbds"), STR("tsx_async_abort"), STR("vmscape") };

        for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
                if (str_eq(T(f->file), last[i]))
                        return true;
        return end < line.len || str_find_char(line, '"') >= 0;
}

static bool read_line(struct import *im, struct import_host *h, struct str line) {
        const struct sentence_file *f;
        struct str text;
        bool found = false;

        line = str_trim(line);
        for (ptrdiff_t at = entry_at(im->catalog, line, 0, &f); at >= 0;) {
                ptrdiff_t start = at + f->file.len + 2, end = end_of(line, start);

                found = true;
                text = str_sub(line, start, end - start);
                if (str_ends(text, S(" +")))
                        add(im, h, f, str_sub(text, 0, text.len - 2));
                else
                        add(im, h, f, ends_list(f, line, end) || str_ends(text, S("Not affected")) ? text : str_fmt(im->arena, "%.*s\xe2\x80\xa6", STR_ARG(text)));
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
        if (microcode >= 0 && str_word(&rest, &release)) {
                if (h->cpus.count == 0)
                        (void)arena_append(im->arena, &h->cpus);
                h->cpus.items[0].microcode = before_quote(release);
        }
        return kernel >= 0 || layer >= 0 || microcode >= 0;
}

static int read_phoronix(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));

        import_uname(h, S("Linux"), S(""), S(""));
        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (l->items[i].taken)
                        continue;
                l->items[i].taken = read_line(im, h, l->items[i].text);
                l->items[i].taken |= read_around(im, h, l->items[i].text);
        }
        h->complete = true;
        return 0;
}

const struct reader reader_phoronix = {
        .format = { .name = "phoronix", .title = "the Phoronix Test Suite's Security field",
                    .carries = "the Phoronix Test Suite: the kernel's sentences; not the processor's numbers or the whole command line" },
        .in_lines = is_phoronix,
        .read_lines = read_phoronix,
};
