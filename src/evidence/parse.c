/* The evidence file, version 1, read. */
#include "evidence/evidence.h"

struct reader {
        struct str rest;   /* what has not been read yet */
        const char *end;   /* of the whole text */
        struct str source;
        uint32_t line;     /* number of the line that was read last */
        bool padded;       /* copied from a terminal, which puts blanks behind every line: the first one shows it */
        struct evidence *e;
        struct diag *d;
};

static const struct str magic = STR("# sidelight evidence ");

bool evidence_looks_like(struct str text) {
        if (str_starts(text, S("\xef\xbb\xbf")))
                text = str_from(text, 3);
        return str_starts(text, magic);
}

bool evidence_is_padded(struct str text) {
        struct str line;

        return str_line(&text, &line) && str_ends(line, S(" "));
}

static int wrong(struct reader *in, const char *expected, struct str found) {
        return diag_fail_at(in->d, str_to_c(in->e->arena, in->source), (long)in->line, "expected %s, found '%.*s'",
                            expected, (int)(found.len < 120 ? found.len : 120), found.p);
}

static bool next_line(struct reader *in, struct str *ret) {
        if (!str_line(&in->rest, ret))
                return false;
        while (str_ends(*ret, S("\r"))) /* str_line takes one; more would be one fewer each time the file is rewritten */
                ret->len--;
        in->line++;
        return true;
}

/* True for a content line that stands with one more backslash in the file: "--…", "\--…", "\\--…". */
static bool is_escaped(struct str line) {
        ptrdiff_t i = 0;

        while (i < line.len && line.p[i] == '\\')
                i++;
        return i > 0 && str_starts(str_from(line, i), S("--"));
}

/* A copy of `body` without the escaping backslashes. Rare: most contents have none and stay where they are. */
static struct str unescape(struct arena *a, struct str body) {
        char *to = arena_bytes(a, body.len + 1), *start = to;
        struct str line, rest = body;

        while (str_cut(&rest, '\n', &line)) {
                if (is_escaped(line))
                        line = str_from(line, 1);
                memcpy(to, line.p, (size_t)line.len);
                to += line.len;
                *to++ = '\n';
        }
        return str_n(start, to - start - !str_ends(body, S("\n")));
}

/* The contents of a file record: every line up to the next record. */
static struct str read_contents(struct reader *in) {
        struct str start = in->rest;
        bool escaped = false;
        ptrdiff_t len = 0;

        while (in->rest.p && in->rest.len > 0 && !str_starts(in->rest, S("-- "))) {
                ptrdiff_t end = str_find_char(in->rest, '\n');
                struct str line = str_n(in->rest.p, end < 0 ? in->rest.len : end);

                escaped |= line.len > 0 && line.p[0] == '\\' && is_escaped(line);
                len = line.p + line.len - start.p;
                in->rest = end < 0 ? (struct str){ 0 } : str_from(in->rest, end + 1);
                in->line++;
        }
        start.len = len;
        if (len == 0)
                return (struct str){ .p = "" };
        return escaped ? unescape(in->e->arena, start) : start;
}

static bool parse_cpu(struct str word, uint32_t *ret) {
        uint64_t v = EVIDENCE_ALL_CPUS;

        if (!str_eq(word, S("*")) && (!str_to_u64(word, &v) || v >= EVIDENCE_ALL_CPUS))
                return false;
        *ret = (uint32_t)v;
        return true;
}

static bool parse_hex32(struct str word, uint32_t *ret) {
        uint64_t v;

        if (!str_hex_to_u64(word, &v) || v > UINT32_MAX)
                return false;
        *ret = (uint32_t)v;
        return true;
}

/* "0 00000007.0 00000002 219c43a9 8041021c bc000410" */
static int parse_cpuid(struct reader *in, struct record *r) {
        struct str rest = r->text, cpu, leaf, word, sub;

        if (!str_word(&rest, &cpu) || !parse_cpu(cpu, &r->cpu) || !str_word(&rest, &leaf) ||
            !str_cut(&leaf, '.', &word) || !parse_hex32(word, &r->leaf) || !str_cut(&leaf, '.', &sub) ||
            !parse_hex32(sub, &r->subleaf))
                return wrong(in, "'cpuid CPU LEAF.SUBLEAF EAX EBX ECX EDX'", r->text);
        for (int i = 0; i < 4; i++)
                if (!str_word(&rest, &word) || !parse_hex32(word, &r->words[i]))
                        return wrong(in, "four registers in hexadecimal after the leaf", r->text);
        r->word_count = 4;
        return 0;
}

/* "denied", "absent", "failed", "unread": a state instead of a value. */
static bool parse_state(struct str word, enum fact_state *ret) {
        static const struct str words[] = {
#define X(name, text) [FACT_##name] = STR(text),
                EVIDENCE_STATES(X)
#undef X
        };

        for (int s = FACT_UNREAD; s <= FACT_FAILED; s++)
                if (s != FACT_KNOWN && str_eq(word, words[s])) {
                        *ret = (enum fact_state)s;
                        return true;
                }
        return false;
}

/* "000000000000fd6b", or "0000000000000001/0000000000000001": value and known bits */
static bool parse_msr_value(struct str text, struct record *r) {
        struct str value;
        uint64_t known = UINT64_MAX;

        if (!str_cut(&text, '/', &value) || !str_hex_to_u64(value, &r->value) || (text.p && !str_hex_to_u64(text, &known)))
                return false;
        r->unknown = ~known;
        r->value &= known;
        return true;
}

/* "0 0000010a 000000000000fd6b | denied | absent" */
static int parse_msr(struct reader *in, struct record *r) {
        struct str rest = r->text, cpu, reg, value;

        if (!str_word(&rest, &cpu) || !parse_cpu(cpu, &r->cpu) || !str_word(&rest, &reg) ||
            !parse_hex32(reg, &r->leaf) || !str_word(&rest, &value) ||
            (!parse_state(value, &r->state) && !parse_msr_value(value, r)))
                return wrong(in, "'msr CPU REGISTER VALUE', 'denied' or 'absent' for the value", r->text);
        return 0;
}

/* "0 MIDR_EL1 00000000413fd0c1" */
static int parse_idreg(struct reader *in, struct record *r) {
        struct str rest = r->text, cpu, value;

        if (!str_word(&rest, &cpu) || !parse_cpu(cpu, &r->cpu) || !str_word(&rest, &r->key) ||
            !str_word(&rest, &value) || !str_hex_to_u64(value, &r->value))
                return wrong(in, "'idreg CPU NAME VALUE'", r->text);
        return 0;
}

/* "0406d319", or "00000001/00000009": value and known bits */
static bool parse_nt_word(struct record *r, struct str word) {
        uint32_t *known = r->word_count < 2 ? &r->known[r->word_count] : NULL;
        struct str value;

        if (r->word_count == 4 || !str_cut(&word, '/', &value) || !parse_hex32(value, &r->words[r->word_count++]))
                return false;
        if (str_empty(word))
                return true;
        return known && parse_hex32(word, known);
}

/* "201 0406d319 0176ae10" or "201 status c0000003" */
static int parse_nt(struct reader *in, struct record *r) {
        struct str rest = r->text, word;
        uint64_t class, status;

        if (!str_word(&rest, &word) || !str_to_u64(word, &class) || class > UINT32_MAX)
                return wrong(in, "'nt CLASS DWORD…' or 'nt CLASS status NTSTATUS'", r->text);
        r->leaf = (uint32_t)class;
        memset(r->known, 0xff, sizeof(r->known));
        while (str_word(&rest, &word)) {
                if (r->word_count == 0 && str_eq(word, S("status"))) {
                        if (!str_word(&rest, &word) || !str_hex_to_u64(word, &status))
                                return wrong(in, "an NTSTATUS in hexadecimal after 'status'", r->text);
                        r->state = FACT_FAILED;
                        r->value = status;
                        return 0;
                }
                if (!parse_nt_word(r, word))
                        return wrong(in, "at most four dwords in hexadecimal after the class", r->text);
        }
        return r->word_count ? 0 : wrong(in, "dwords or 'status' after the class", r->text);
}

/* Bytes in hexadecimal; the first eight are the number that Windows, little-endian, means by them. */
static bool parse_binary(struct str hex, uint64_t *ret) {
        uint64_t byte;

        for (ptrdiff_t i = 0; i < hex.len; i += 2) {
                if (!str_hex_to_u64(str_sub(hex, i, 2), &byte) || hex.len % 2)
                        return false;
                if (i < 16)
                        *ret |= byte << (4 * i);
        }
        return true;
}

/* "KEY|VALUE dword 00000048", "KEY|VALUE sz text", "KEY|VALUE absent"; keys and value names may hold blanks. */
static int parse_registry(struct reader *in, struct record *r) {
        ptrdiff_t bar = str_find_char(r->text, '|'), at;
        struct str after = str_from(r->text, bar + 1), last;

        if (bar < 0)
                return wrong(in, "'registry KEY|VALUE TYPE DATA'", r->text);
        if ((at = str_find(after, S(" sz "))) >= 0 || (str_ends(after, S(" sz")) && (at = after.len - 3) >= 0)) {
                r->key = str_n(r->text.p, bar + 1 + at);
                r->text = str_from(after, at + 1);
                return 0;
        }
        if ((at = str_find(after, S(" dword "))) >= 0) {
                r->key = str_n(r->text.p, bar + 1 + at);
                r->text = str_from(after, at + 1);
                if (!str_hex_to_u64(str_from(r->text, 6), &r->value) || r->value > UINT32_MAX)
                        return wrong(in, "eight hexadecimal digits after 'dword'", r->text);
                return 0;
        }
        if ((at = str_find(after, S(" binary "))) >= 0) {
                r->key = str_n(r->text.p, bar + 1 + at);
                r->text = str_from(after, at + 1);
                if (!parse_binary(str_from(r->text, 7), &r->value))
                        return wrong(in, "pairs of hexadecimal digits after 'binary'", r->text);
                return 0;
        }
        for (at = after.len; at > 0 && after.p[at - 1] != ' '; at--)
                ;
        last = str_from(after, at);
        if (at > 0 && parse_state(last, &r->state)) {
                r->key = str_n(r->text.p, bar + at);
                r->text = (struct str){ 0 };
                return 0;
        }
        /* Another type (qword, multi_sz): kept verbatim, its meaning is not known here. */
        r->kind = RECORD_OTHER;
        r->key = S("registry");
        return 0;
}

/* "PATH" for file and absent and denied, "PATH ERROR" for failed: a path may hold blanks, an error name may not. */
static void parse_path(struct record *r, struct str rest) {
        ptrdiff_t at = rest.len;

        r->key = rest;
        r->text = (struct str){ 0 };
        if (r->state != FACT_FAILED)
                return;
        while (at > 0 && rest.p[at - 1] != ' ')
                at--;
        if (at > 1 && at < rest.len && rest.p[at] == 'E') {
                r->key = str_n(rest.p, at - 1);
                r->text = str_from(rest, at);
        }
}

static enum record_kind kind_of(struct str word, enum fact_state *ret_state) {
        static const struct str words[] = {
#define X(name, text) [RECORD_##name] = STR(text),
                EVIDENCE_KINDS(X)
#undef X
        };

        if (parse_state(word, ret_state))
                return RECORD_FILE;
        for (int k = 1; k < (int)(sizeof(words) / sizeof(words[0])); k++)
                if (str_eq(word, words[k]))
                        return (enum record_kind)k;
        return RECORD_OTHER;
}

/* One record, `line` being what stands behind its "-- ". */
static int parse_record(struct reader *in, struct str line) {
        struct record r = { .state = FACT_KNOWN, .line = in->line };
        struct str word, rest = line;
        int status = 0;

        if (!str_word(&rest, &word))
                return wrong(in, "a record's kind after '-- '", line);
        rest = str_from(rest, 1);
        r.kind = kind_of(word, &r.state);
        r.text = rest;
        switch (r.kind) {
        case RECORD_FILE:
                parse_path(&r, rest);
                if (r.key.len == 0)
                        return wrong(in, "a path", line);
                if (r.state == FACT_KNOWN)
                        r.text = read_contents(in);
                break;
        case RECORD_META:
        case RECORD_WIN32:
        case RECORD_CLAIM:
        case RECORD_IDENTITY:
        case RECORD_EXPECT:
                if (!str_word(&rest, &r.key))
                        return wrong(in, "a name behind the record's kind", line);
                r.text = str_from(rest, 1);
                break;
        case RECORD_CPUID:
                status = parse_cpuid(in, &r);
                break;
        case RECORD_MSR:
                status = parse_msr(in, &r);
                break;
        case RECORD_IDREG:
                status = parse_idreg(in, &r);
                break;
        case RECORD_NT:
                status = parse_nt(in, &r);
                break;
        case RECORD_REGISTRY:
                status = parse_registry(in, &r);
                break;
        case RECORD_OTHER:
                r.key = word;
                (void)read_contents(in);
                r.text = rest.len > 0 ? str_n(rest.p, (in->rest.p ? in->rest.p : in->end) - rest.p) : rest;
                if (str_ends(r.text, S("\n")))
                        r.text.len--;
                break;
        case RECORD_UNAME:
                break;
        }
        if (status == 0)
                *arena_append(in->e->arena, in->e) = r;
        return status;
}

/* No two records may answer the same question: which one would be believed? */
static int refuse_duplicates(struct reader *in) {
        const struct record *first, *second = evidence_repeated(in->e, &first);

        if (!second)
                return 0;
        return diag_fail_at(in->d, str_to_c(in->e->arena, in->source), (long)second->line,
                            "this record was given before, in line %u", (unsigned)first->line);
}

static int read_records(struct reader *in) {
        struct str line;

        while (next_line(in, &line)) {
                if (str_starts(line, S("-- "))) {
                        if (parse_record(in, in->padded ? str_trim(str_from(line, 3)) : str_from(line, 3)) < 0)
                                return -1;
                } else if (str_trim(line).len > 0 && !str_starts(line, S("#"))) {
                        return wrong(in, "a record, which begins with '-- '", line);
                }
        }
        return 0;
}

int evidence_parse(struct evidence *ret, struct arena *a, struct str source, struct str text, struct diag *d) {
        struct reader in = { .rest = text, .end = text.p + text.len, .source = source, .e = ret, .d = d };
        struct str line = { 0 };

        evidence_init(ret, a, source);
        if (str_starts(in.rest, S("\xef\xbb\xbf")))
                in.rest = str_from(in.rest, 3);
        if (!next_line(&in, &line) || !str_starts(line, magic)) {
                in.line = 1;
                return wrong(&in, "'# sidelight evidence 1'", line);
        }
        if (!str_eq(str_trim(str_from(line, magic.len)), S("1")))
                return wrong(&in, "version 1 of the evidence file (a newer sidelight wrote this)", line);
        in.padded = evidence_is_padded(text);
        return read_records(&in) < 0 ? -1 : refuse_duplicates(&in);
}

int evidence_parse_record(struct evidence *e, struct str text, struct diag *d) {
        struct reader in = { .rest = text, .end = text.p + text.len, .source = e->source, .e = e, .d = d };

        return read_records(&in);
}
