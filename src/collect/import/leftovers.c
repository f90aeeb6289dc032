/* Lines that no reader took: they are told, and what they call vulnerable is not lost. */
#include "collect/import/parts.h"

enum { QUOTED_MAX = 40 };

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "vulnerable", in any letters, as the first word of a value: not "vulnerability", not "vulnerable?". */
static bool is_vulnerable(struct str value) {
        struct str word = S("vulnerable");

        while (value.len > 0 && str_find_char(S(" \t\"'|*`>"), value.p[0]) >= 0)
                value = str_from(value, 1);
        return value.len >= word.len && str_eq_nocase(str_sub(value, 0, word.len), word) &&
               (value.len == word.len || (!is_letter(value.p[word.len]) && value.p[word.len] != '?'));
}

/* Whether the file's name stands there as a word: "spec_store_bypass", "Spec Store Bypass", "spec-store-bypass". */
static bool names_file(struct str label, struct str file) {
        for (ptrdiff_t at = 0; at + file.len <= label.len; at++) {
                ptrdiff_t n = 0;

                while (n < file.len && (str_eq_nocase(str_sub(label, at + n, 1), str_sub(file, n, 1)) ||
                                        (file.p[n] == '_' && (label.p[at + n] == ' ' || label.p[at + n] == '-'))))
                        n++;
                if (n == file.len && (at == 0 || !is_letter(label.p[at - 1])) && (at + n == label.len || !is_letter(label.p[at + n])))
                        return true;
        }
        return false;
}

static void claim(struct import *im, struct import_host *h, struct str label) {
        for (uint32_t i = 0; i < im->catalog->flaw_count; i++) {
                const struct flaw *f = &im->catalog->flaws[i];

                if (f->sentence_file && !f->sentence_part && names_file(label, T(im->catalog->files[f->sentence_file - 1].file)) &&
                    !evidence_line(&h->e, RECORD_CLAIM, T(f->id)))
                        evidence_add_line(&h->e, RECORD_CLAIM, T(f->id), S("vulnerable another line of this text"));
        }
}

/* "mds : vulnerable": what names a flaw's file and calls it vulnerable, in whatever format that is. */
static void keep_word(struct import *im, struct import_host *h, struct str line) {
        for (ptrdiff_t i = 0; i < line.len; i++)
                if (str_find_char(S(":=|\t"), line.p[i]) >= 0 && is_vulnerable(str_from(line, i + 1))) {
                        claim(im, h, str_sub(line, 0, i));
                        return;
                }
}

void import_leftovers(struct import *im, struct import_host *h, const struct lines *l) {
        struct str first = { 0 };
        ptrdiff_t count = 0;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (l->items[i].taken || l->items[i].used || str_starts(l->items[i].text, S("#")))
                        continue;
                if (im->count == 1) /* of several machines nobody knows whose line it is */
                        keep_word(im, h, line);
                if (count++ == 0)
                        first = line;
        }
        if (count > 0)
                import_note(h, "%td line%s %s not known, the first: '%.*s%s'", count, count > 1 ? "s" : "", count > 1 ? "are" : "is",
                            (int)(first.len < QUOTED_MAX ? first.len : QUOTED_MAX), first.p, first.len > QUOTED_MAX ? "…" : "");
}
