/* Kernel sentences taken apart by the catalog's tables: a base, and parts behind it. Nothing is guessed from a substring. */
#include "facts/facts.h"

/* True where a base or a part may end. */
static bool ends(struct str rest) {
        return rest.len == 0 || rest.p[0] == ';' || rest.p[0] == ',' || str_starts(rest, S(" - "));
}

static struct str skip_separator(struct str rest) {
        if (str_starts(rest, S(" - ")))
                return str_from(rest, 3);
        while (rest.len > 0 && (rest.p[0] == ';' || rest.p[0] == ',' || rest.p[0] == ' '))
                rest = str_from(rest, 1);
        return rest;
}

/* The longest sentence of the table that stands at the beginning of `rest`. The table is in order of length. */
static const struct sentence *match(const struct sentence_file *f, struct str rest, bool base) {
        for (uint32_t i = 0; i < f->sentence_count; i++) {
                const struct sentence *s = &f->sentences[i];

                if ((s->part == 0) == base && str_starts(rest, T(s->says)) && ends(str_from(rest, s->says.len)))
                        return s;
        }
        return NULL;
}

static struct str piece_of(struct str rest) {
        ptrdiff_t n = 0;

        while (n < rest.len && !ends(str_from(rest, n)))
                n++;
        return str_sub(rest, 0, n ? n : 1);
}

/* "IBPB" of "IBPB: conditional", "SMT" of "SMT vulnerable". */
static struct str first_word(struct str s) {
        ptrdiff_t n = 0;

        while (n < s.len && s.p[n] != ' ' && s.p[n] != ':')
                n++;
        return str_sub(s, 0, n);
}

/* How a predicted sentence ends whose parts cannot all be told; their names follow. */
#define NOT_PREDICTED S("(cannot be predicted: ")

static void unclear(const struct sentence_file *file, uint16_t part, struct parsed_sentence *ret) {
        ret->unclear[part] = true;
        for (uint32_t i = 0; i < file->sentence_count; i++)
                ret->doubt |= part && file->sentences[i].part == part && file->sentences[i].counts;
}

/* Is there a part whose sentences begin with the same word? */
static bool names_part(const struct sentence_file *file, struct str piece) {
        for (uint32_t i = 0; i < file->sentence_count; i++)
                if (file->sentences[i].part && str_eq(first_word(T(file->sentences[i].says)), first_word(piece)))
                        return true;
        return false;
}

/* The word stands there, in whatever letters, and with blanks in it as lines have that were broken; or it was cut off within it. */
static bool spells(struct str s, struct str word) {
        for (ptrdiff_t from = 0; from < s.len; from++) {
                ptrdiff_t k = 0, i = from;

                for (; i < s.len && k < word.len; i++) {
                        if (s.p[i] == ' ')
                                continue;
                        if (!str_eq_nocase(str_sub(s, i, 1), str_sub(word, k, 1)))
                                break;
                        k++;
                }
                if (k == word.len || (i == s.len && k > 0 && (from == 0 || k > 2)))
                        return true;
        }
        return false;
}

static bool says_worse(struct str s) {
        return spells(s, S("vulnerable")) || spells(s, S("ulnerable")) || spells(s, S("nomicrocode"));
}

/* A piece that a prediction leaves open: of these parts alone. False where it is another's. */
static bool left_open(const struct sentence_file *file, struct str piece, struct parsed_sentence *ret) {
        struct str names = str_from(piece, NOT_PREDICTED.len), name;

        if (!str_starts(piece, NOT_PREDICTED) || !str_ends(piece, S(")")))
                return false;
        names.len--;
        while (str_word(&names, &name)) {
                uint16_t part = 1;

                while (part < file->parts.count && !str_eq(T_AT(file->parts, part), name))
                        part++;
                if (part == file->parts.count)
                        return false;
                unclear(file, part, ret);
        }
        return true;
}

/* A piece in words that the table lacks: about the part whose sentences begin with the same word, or about none that is known. What
 * says "vulnerable" is not passed over, nor what stands in brackets: so a reader says that its source did not tell the rest. */
static void not_understood(const struct sentence_file *file, struct str piece, struct parsed_sentence *ret) {
        bool any = false;

        if (ret->unknown.len == 0)
                ret->unknown = piece;
        if (left_open(file, piece, ret))
                return;
        for (uint32_t i = 0; i < file->sentence_count; i++) {
                const struct sentence *s = &file->sentences[i];

                if (s->part && str_eq(first_word(T(s->says)), first_word(piece))) {
                        unclear(file, s->part, ret);
                        any = true;
                }
        }
        if (!any)
                unclear(file, 0, ret);
        ret->doubt |= says_worse(piece) || piece.p[0] == '(';
}

/* The kernel's ABI (Documentation/ABI/testing/sysfs-devices-system-cpu): what begins with "Vulnerable" is, whatever follows. */
static const struct sentence *vulnerable_otherwise(struct arena *a, struct str text) {
        struct str word = S("Vulnerable");
        struct sentence *s;

        if (!str_starts(text, word) || (text.len > word.len && str_find_char(S(" ,;:("), text.p[word.len]) < 0))
                return NULL;
        s = arena_new(a, struct sentence);
        s->says = as_text(text);
        s->is = as_text(S("vulnerable-otherwise"));
        s->status = STATUS_VULNERABLE;
        s->means = as_text(str_fmt(a, "the kernel says '%.*s', which are words that sidelight does not know; but what begins with 'Vulnerable' is",
                           STR_ARG(text)));
        return s;
}

/* Does the file hold other flaws' parts too, as spectre_v2 does? Kernels that know a newer flaw add its piece there. */
static bool holds_other_flaws(const struct sentence_file *file) {
        for (uint32_t i = 0; i < file->sentence_count; i++)
                if (file->sentences[i].part && !file->sentences[i].counts)
                        return true;
        return false;
}

/* Could a piece of no known part make things worse? Among other flaws' parts it may be one more of them: there only where it may be a
 * part that was not seen, in words that do not always say "vulnerable", for the piece does not. */
static bool could_be_worse(const struct sentence_file *file, const struct parsed_sentence *p) {
        if (!holds_other_flaws(file))
                return true;
        for (uint32_t i = 0; i < file->sentence_count; i++) {
                const struct sentence *s = &file->sentences[i];

                if (s->part && s->counts && !p->parts[s->part] && s->status != STATUS_COUNT && s->status > STATUS_MITIGATED &&
                    !says_worse(T(s->says)))
                        return true;
        }
        return false;
}

/* Unknown words behind a comma go on about the part before them where a semicolon stands before that, or where they make it worse: "BHI:
 * SW loop, KVM: Vulnerable". */
static void parse_parts(const struct sentence_file *file, struct str rest, char separator, struct parsed_sentence *ret) {
        const struct sentence *before = NULL;
        bool listed = false; /* the part before stands behind a semicolon */

        while (rest.len > 0) {
                const struct sentence *s = match(file, rest, false);
                struct str piece = s ? T(s->says) : piece_of(rest);

                if (!s) {
                        bool worse = says_worse(piece), goes_on = before && separator == ',' && !names_part(file, piece);

                        if (goes_on && (listed || worse))
                                unclear(file, before->part, ret);
                        if (goes_on && listed && !worse)
                                ret->unknown = ret->unknown.len ? ret->unknown : piece;
                        else
                                not_understood(file, piece, ret);
                } else if (ret->parts[s->part] && ret->parts[s->part] != s) { /* two answers to one question are none */
                        ret->unknown = ret->unknown.len ? ret->unknown : piece;
                        unclear(file, s->part, ret);
                } else {
                        ret->parts[s->part] = s;
                }
                if (s) {
                        before = s;
                        listed = separator == ';';
                }
                rest = str_from(rest, piece.len);
                separator = rest.len ? rest.p[0] : 0;
                rest = skip_separator(rest);
        }
        for (uint32_t i = 1; i < file->parts.count; i++)
                if (ret->unclear[i])
                        ret->parts[i] = NULL;
        ret->doubt |= ret->unclear[0] && could_be_worse(file, ret);
}

/* A base in words that the table lacks takes nothing from the parts that stand behind it; one that does not stand there may be meant by
 * these words. */
static void parse_behind_unknown(const struct sentence_file *file, struct str rest, struct parsed_sentence *ret) {
        struct str behind = rest;

        if (rest.len == 0)
                return;
        if (!match(file, rest, false)) {
                struct str piece = piece_of(rest);

                behind = skip_separator(str_from(rest, piece.len));
                if (behind.len > 0)
                        ret->unknown = piece;
        }
        parse_parts(file, behind, 0, ret);
}

/* Whether a piece that is not understood is what makes a longer, less safe sentence of the base, changed or cut: "safe RET, no microco". */
static bool may_lengthen(const struct sentence_file *file, const struct sentence *base, struct str piece) {
        for (uint32_t i = 0; i < file->sentence_count; i++) {
                const struct sentence *s = &file->sentences[i];
                bool longer = !s->part && str_starts(T(s->says), T(base->says));
                struct str word = longer ? first_word(skip_separator(str_from(T(s->says), base->says.len))) : S("");
                ptrdiff_t n = piece.len < word.len ? piece.len : word.len;

                if (word.len > 0 && s->status != base->status && str_eq_nocase(str_sub(piece, 0, n), str_sub(word, 0, n)))
                        return true;
        }
        return false;
}

void sentence_parse(const struct sentence_file *file, struct str text, struct arena *a, struct parsed_sentence *ret) {
        struct str rest = str_trim(text);

        *ret = (struct parsed_sentence){ .parsed = true, .state = FACT_KNOWN, .text = rest };
        ret->parts = arena_array(a, const struct sentence *, file->parts.count);
        ret->unclear = arena_array(a, bool, file->parts.count + 1);
        ret->base = match(file, rest, true);
        if (ret->base) {
                rest = str_from(rest, ret->base->says.len);
                parse_parts(file, skip_separator(rest), rest.len ? rest.p[0] : 0, ret);
                /* Behind "Not affected" kernels say no more but of other flaws: more words are another sentence's, or none. */
                ret->doubt |= ret->unknown.len > 0 && (ret->base->status == STATUS_NOT_AFFECTED || may_lengthen(file, ret->base, ret->unknown));
                return;
        }
        ret->base = vulnerable_otherwise(a, rest);
        ret->unknown = rest.len ? rest : S("(nothing)");
        ret->unclear[0] = true;
        parse_behind_unknown(file, rest, ret);
}

enum status sentence_status(const struct parsed_sentence *s, uint16_t part, uint32_t part_count) {
        enum status worst;

        if (part)
                return s->parts && s->parts[part] ? (enum status)s->parts[part]->status : STATUS_COUNT;
        if (!s->base || s->base->status == STATUS_COUNT)
                return STATUS_COUNT;
        worst = (enum status)s->base->status;
        for (uint32_t i = 1; i < part_count; i++) {
                const struct sentence *p = s->parts[i];

                if (p && p->counts && p->status != STATUS_COUNT && p->status > worst)
                        worst = (enum status)p->status;
        }
        /* What is not understood does not make a vulnerable machine safer. */
        return s->doubt && worst != STATUS_VULNERABLE ? STATUS_COUNT : worst;
}

static const struct sentence *sentence_called(const struct sentence_file *f, uint16_t part, struct str is) {
        for (uint32_t i = 0; i < f->sentence_count; i++)
                if (f->sentences[i].part == part && str_eq(T(f->sentences[i].is), is))
                        return &f->sentences[i];
        return NULL;
}

/* The first prediction of a part that holds; 1 when it cannot be told: one before it is not known to fail, or it says so itself. Which
 * of several words for the same a part would have does not matter: nothing asks for more of it than its status. */
static int predict_part(struct facts *f, const struct sentence_file *file, uint32_t number, uint16_t part,
                        const struct sentence **ret, struct str *ret_why) {
        const struct sentence *could = NULL;
        bool doubt = false;

        *ret = NULL;
        for (uint32_t i = 0; i < f->catalog->flaw_count; i++) {
                const struct flaw *flaw = &f->catalog->flaws[i];

                if (flaw->sentence_file != number + 1)
                        continue;
                for (uint32_t k = 0; k < flaw->prediction_count; k++) {
                        const struct prediction *p = &flaw->predictions[k];
                        enum tri holds = p->part == part ? condition_eval(f, p->condition) : TRI_FALSE;
                        const struct sentence *s = holds == TRI_FALSE || p->because.len ? NULL : sentence_called(file, part, T(p->is));

                        if (holds == TRI_FALSE)
                                continue;
                        doubt |= (holds == TRI_UNKNOWN && (!part || !s)) || (could && (!s || s->status != could->status));
                        could = s;
                        if (holds != TRI_TRUE)
                                continue;
                        if (p->because.len)
                                *ret_why = T(p->because);
                        else if (!doubt)
                                *ret = s;
                        return p->because.len || doubt;
                }
        }
        return !part || doubt || could;
}

static void predict_base(struct facts *f, uint32_t number, struct parsed_sentence *ret) {
        const struct sentence_file *file = &f->catalog->files[number];

        *ret = (struct parsed_sentence){ .parsed = true, .state = FACT_UNREAD, .predicting = true };
        ret->parts = arena_array(f->arena, const struct sentence *, file->parts.count);
        ret->unclear = arena_array(f->arena, bool, file->parts.count + 1);
        if (predict_part(f, file, number, 0, &ret->base, &ret->why) == 0 && ret->base) {
                ret->state = FACT_KNOWN;
                ret->parts_pending = true;
        }
        ret->predicting = false;
}

struct str sentence_left_open(struct arena *a, const struct sentence_file *file, const struct parsed_sentence *s) {
        struct str names = { 0 };

        for (uint16_t part = 1; part < file->parts.count; part++)
                if (s->unclear[part])
                        names = str_fmt(a, "%.*s%s%.*s", STR_ARG(names), names.len ? " " : "", STR_ARG(T_AT(file->parts, part)));
        return names.len ? str_fmt(a, "%.*s%.*s)", STR_ARG(NOT_PREDICTED), STR_ARG(names)) : names;
}

static void predict_parts(struct facts *f, uint32_t number, struct parsed_sentence *ret) {
        const struct sentence_file *file = &f->catalog->files[number];
        struct str text = ret->base ? T(ret->base->says) : S("");

        ret->parts_pending = false;
        ret->predicting = true;
        for (uint16_t part = 1; part < file->parts.count; part++) {
                if (predict_part(f, file, number, part, &ret->parts[part], &ret->why))
                        unclear(file, part, ret);
                else if (ret->parts[part])
                        text = str_fmt(f->arena, "%.*s; %.*s", STR_ARG(text), STR_ARG(T(ret->parts[part]->says)));
        }
        ret->unknown = sentence_left_open(f->arena, file, ret);
        ret->text = text;
        ret->predicting = false;
}

void sentence_read(struct facts *f, const struct sentence_file *file, struct parsed_sentence *ret) {
        const struct record *r = evidence_file(f->evidence, T(file->path));

        if (r && r->state == FACT_KNOWN)
                sentence_parse(file, r->text, f->arena, ret);
        ret->parsed = true;
        ret->facets = evidence_facet(RECORD_FILE, T(file->path), 0);
        ret->state = r ? (uint8_t)r->state : FACT_UNREAD;
}

const struct parsed_sentence *facts_sentence_base(struct facts *f, uint32_t number) {
        struct parsed_sentence *s = &f->sentences[number];

        f->loops += s->predicting;
        if (s->parsed) {
                f->seen->set |= s->facets;
                return s;
        }
        if (f->first && !f->options.predict)
                return facts_sentence(f->first, number);
        if (f->options.predict)
                predict_base(f, number, s);
        else
                sentence_read(f, &f->catalog->files[number], s);
        return s;
}

const struct parsed_sentence *facts_sentence(struct facts *f, uint32_t number) {
        const struct parsed_sentence *s = facts_sentence_base(f, number);

        if (s->parts_pending)
                predict_parts(f, number, &f->sentences[number]);
        return s;
}

/* The kernel's ABI: "Not affected", "Vulnerable", "Mitigation: …", "Unknown: …". 0 of other words. */
static size_t beginning(struct str text) {
        static const struct str words[] = { STR("Not affected"), STR("Vulnerable"), STR("Mitigation: "), STR("Unknown: ") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_starts(text, words[i]))
                        return i + 1;
        return 0;
}

bool facts_sentence_denies(struct facts *f, uint32_t number, struct str is) {
        const struct fact_def *def = &f->catalog->facts[number];
        const struct parsed_sentence *s;
        const struct sentence *other;

        if (def->kind != FACT_KIND_SENTENCE || def->aspect != ASPECT_IS || def->part || facts_peek(f, number)->state != FACT_FAILED)
                return false;
        s = facts_sentence(f, def->source);
        other = sentence_called(&f->catalog->files[def->source], 0, is);
        return s->state == FACT_KNOWN && !s->base && other && beginning(s->text) && beginning(T(other->says)) &&
               beginning(T(other->says)) != beginning(s->text);
}
