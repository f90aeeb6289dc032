/* The kernel's words about flaws, as tools show them: found, and turned back into what the kernel said. */
#include "collect/import/parts.h"

enum { SAYS_MAX = 512 };

const struct sentence_file *import_known(const struct catalog *c, struct str name) {
        for (uint32_t i = 0; i < c->file_count; i++)
                if (str_eq(T(c->files[i].file), name))
                        return &c->files[i];
        return NULL;
}

const struct sentence_file *import_titled(const struct catalog *c, struct str title) {
        char name[64];

        if (title.len <= 0 || title.len >= (ptrdiff_t)sizeof(name))
                return NULL;
        /* The first letter alone is a capital: "Spectre V2" is how the kernel's log says it. */
        for (ptrdiff_t i = 0; i < title.len; i++)
                name[i] = title.p[i] == ' ' ? '_' : i == 0 && title.p[i] >= 'A' && title.p[i] <= 'Z' ? (char)(title.p[i] + 32) : title.p[i];
        return import_known(c, str_n(name, title.len));
}

bool import_is_sentence(struct str text) {
        static const struct str beginnings[] = { STR("Mitigation"), STR("Not affected"), STR("Vulnerable"), STR("KVM: "), STR("Unknown"),
                                                 STR("Processor vulnerable") };

        for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
                if (str_starts(text, beginnings[i]))
                        return true;
        return false;
}

/* The beginning of a sentence whose rest was not told. */
static bool is_half(struct str text, struct str *ret_told) {
        static const struct str halves[] = { STR(PLACE_LOG_HALF), STR(PLACE_LINE_CUT) };

        for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++)
                if (str_ends(text, halves[i])) {
                        *ret_told = str_sub(text, 0, text.len - halves[i].len);
                        return true;
                }
        return false;
}

/* Half of a sentence, and the sentence itself: the whole one is kept. True when there is nothing left to be told. */
static bool is_told(struct import_host *h, const struct sentence_file *f, struct str text) {
        const struct record *r = evidence_file(&h->e, T(f->path));
        struct str told;

        if (!r || r->state != FACT_KNOWN || str_eq(r->text, text))
                return false;
        if (is_half(text, &told))
                return str_starts(r->text, told);
        if (is_half(r->text, &told) && str_starts(text, told)) {
                evidence_add_file(&h->e, T(f->path), text);
                return true;
        }
        return false;
}

/* ---- What was cut off ---- */

static bool separates(char c) {
        return c == ';' || c == ',' || c == ' ';
}

/* Another sentence begins so, in the kernel's spelling or in lscpu's. */
static bool begins_another(const struct catalog *c, struct str text) {
        ptrdiff_t mark = str_starts(text, S("Mitigation;")) ? 10 : 0;

        for (uint32_t i = 0; i < c->file_count; i++)
                for (uint32_t k = 0; k < c->files[i].sentence_count; k++) {
                        struct str says = T(c->files[i].sentences[k].says);

                        if (says.len > text.len && str_eq(str_sub(says, 0, mark), str_sub(text, 0, mark)) &&
                            str_starts(str_from(says, mark ? mark + 1 : 0), str_from(text, mark ? mark + 1 : 0)))
                                return true;
                }
        return false;
}

struct str import_line_end(struct import *im, const struct line *line, struct str text) {
        bool cut = line->cut || (line->open && text.len > 0 && !str_eq(text, S("Vulnerable")) && begins_another(im->catalog, text));

        return cut && !str_eq(text, S("Not affected")) ? str_fmt(im->arena, "%.*s\xe2\x80\xa6", STR_ARG(text)) : text;
}

/* "Mitigation: PTE Inversion; VMX: cond…", "Mitigation: Clear CPU buffers;" */
static struct str told_cut(struct import *im, struct str text) {
        static const struct str dots[] = { STR("\xe2\x80\xa6"), STR("...") };
        struct str all = text;

        for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++)
                if (str_ends(text, dots[i]))
                        text.len -= dots[i].len;
        while (text.len > 0 && separates(text.p[text.len - 1]))
                text.len--;
        return text.len < all.len && text.len > 0 ? str_fmt(im->arena, "%.*s" PLACE_LINE_CUT, STR_ARG(text)) : all;
}

void import_sentence(struct import *im, struct import_host *h, const struct sentence_file *f, struct str text) {
        text = told_cut(im, str_trim(text));
        h->sentences++;
        if (is_told(h, f, text))
                return;
        h->answers = true;
        h->hypervisor |= str_find(text, S("Host state unknown")) >= 0 || str_find(text, S("hypervisor")) >= 0;
        /* Kernels have these words only where the processor shows them a hypervisor. */
        if (str_find(text, S("SMT Host state unknown")) >= 0 || str_find(text, S("Unknown: Dependent on hypervisor status")) >= 0)
                import_guest(h, S(""));
        if (import_placeholder(text) && text.len < 3)
                return;
        if (str_find(text, S("Permission denied")) >= 0 || str_eq(text, S("<superuser required>")) || str_eq(text, S("<root required>")))
                import_state(im, h, T(f->path), FACT_DENIED);
        else if (str_find(text, S("No such file")) >= 0)
                import_state(im, h, T(f->path), FACT_ABSENT);
        else if (!import_placeholder(text))
                import_file_text(im, h, T(f->path), text);
}

/* ---- Rewritten sentences ---- */

static bool ends(struct str rest) {
        return rest.len == 0 || rest.p[0] == ';' || rest.p[0] == ',' || str_starts(rest, S(" - "));
}

/* The longest sentence (or part of one) that the tool would show as the beginning of `text`. */
static const struct sentence *shown_as(const struct sentence_file *f, struct str text, bool base, import_rewrite *rewrite, ptrdiff_t *ret_len) {
        const struct sentence *best = NULL;

        *ret_len = 0;
        for (uint32_t i = 0; i < f->sentence_count; i++) {
                char shown[2 * SAYS_MAX];
                struct str says = T(f->sentences[i].says), made = says;

                if ((f->sentences[i].part == 0) != base || says.len > SAYS_MAX)
                        continue;
                if (rewrite)
                        made = str_n(shown, rewrite(shown, says, !base));
                if (made.len > *ret_len && str_starts(text, made) && (ends(str_from(text, made.len)) || (rewrite && text.p[made.len] == ' '))) {
                        best = &f->sentences[i];
                        *ret_len = made.len;
                }
        }
        return best;
}

static ptrdiff_t piece_length(struct str rest) {
        ptrdiff_t n = 1;

        while (n < rest.len && !ends(str_from(rest, n)))
                n++;
        return n;
}

bool import_understood(const struct sentence_file *f, struct str text) {
        ptrdiff_t n;
        bool base = true;

        for (text = str_trim(text); text.len > 0; base = false) {
                if (!shown_as(f, text, base, NULL, &n))
                        return false;
                text = str_from(text, n);
                if (str_starts(text, S(" - ")))
                        text = str_from(text, 3);
                while (text.len > 0 && separates(text.p[0]))
                        text = str_from(text, 1);
        }
        return !base;
}

struct str import_restored(struct import *im, const struct sentence_file *f, struct str text, import_rewrite *rewrite) {
        OUT_AUTO struct out o = { 0 };
        bool base = true;

        for (text = str_trim(text); text.len > 0; base = false) {
                ptrdiff_t n;
                const struct sentence *s = shown_as(f, text, base, rewrite, &n);

                if (s)
                        out_str(&o, T(s->says));
                else
                        out_str(&o, str_sub(text, 0, n = piece_length(text)));
                text = str_from(text, n);
                /* The tool dropped what stood between two parts that are known; what is not may be the rest of the first one. */
                if (s && str_starts(text, S(" ")) && !str_starts(text, S(" - ")) && shown_as(f, str_trim(text), false, rewrite, &n))
                        out_char(&o, ';');
                while (text.len > 0 && (separates(text.p[0]) || (str_starts(text, S("- ")) && !base))) {
                        out_char(&o, text.p[0]);
                        text = str_from(text, 1);
                }
        }
        return str_dup(im->arena, out_text(&o));
}

/* ---- What silence means ---- */

/* The flaw whose own sentence the file holds. */
static const struct flaw *flaw_of(const struct catalog *c, const struct sentence_file *f) {
        for (uint32_t i = 0; i < c->flaw_count; i++)
                if (c->flaws[i].sentence_file == (uint16_t)(f - c->files) + 1 && c->flaws[i].sentence_part == 0)
                        return &c->flaws[i];
        return NULL;
}

static bool occurs_on(const struct flaw *flaw, struct str machine) {
        for (uint32_t i = 0; i < flaw->arches.count; i++)
                if (str_eq(T_AT(flaw->arches, i), machine))
                        return true;
        return flaw->arches.count == 0 || machine.len == 0;
}

/* Repairs go to all series of kernels that are kept; what cannot occur on an architecture, or is no flaw with a number, need not. */
static bool is_everywhere(const struct flaw *flaw, struct str machine) {
        return flaw->cves.count > 0 && occurs_on(flaw, machine);
}

static struct str newest_listed(const struct import *im, const struct import_host *h) {
        struct str newest = { 0 };

        for (uint32_t i = 0; i < im->catalog->file_count; i++) {
                const struct flaw *flaw = flaw_of(im->catalog, &im->catalog->files[i]);

                if (flaw && evidence_file(&h->e, T(im->catalog->files[i].path)) && is_everywhere(flaw, h->machine) && str_cmp(T(flaw->disclosed), newest) > 0)
                        newest = T(flaw->disclosed);
        }
        return newest;
}

/* Kernels got these files in the order in which the flaws became known, and later versions lost none. So where a list holds all that a
 * kernel has, what is younger than all of it is absent. A file that is missing between others was cut out of the list, and then nothing
 * can be said of the rest either. */
void import_settle(struct import *im, struct import_host *h) {
        struct str newest = newest_listed(im, h);

        for (uint32_t i = 0; i < im->catalog->file_count; i++) {
                const struct sentence_file *f = &im->catalog->files[i];
                const struct flaw *flaw = flaw_of(im->catalog, f);

                if (flaw && !evidence_file(&h->e, T(f->path)) && is_everywhere(flaw, h->machine) && str_cmp(T(flaw->disclosed), newest) <= 0)
                        return;
        }
        for (uint32_t i = 0; newest.len > 0 && i < im->catalog->file_count; i++) {
                const struct flaw *flaw = flaw_of(im->catalog, &im->catalog->files[i]);

                if (flaw && str_cmp(T(flaw->disclosed), newest) > 0)
                        import_state(im, h, T(im->catalog->files[i].path), FACT_ABSENT);
        }
}
