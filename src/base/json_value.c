#include "base/json_value.h"

#include "base/plain.h"

enum { FEW_MEMBERS = 16, INTEGER_DIGITS_MAX = 19, NUMBER_LENGTH_MAX = 400, EXPONENT_MAX = 308 };

const char *json_type_word(enum json_type type) {
        static const char *const words[] = {
#define X(name, word) [JSON_##name] = (word),
                JSON_TYPES(X)
#undef X
        };
        return words[type];
}

static enum json_result bad(struct json_parser *j, const char *at, const char *why) {
        j->p = at;
        j->error = why;
        return JSON_BAD;
}

/* The text is used up: more is to come, or it was cut short. */
static enum json_result short_of(struct json_parser *j) {
        return j->last ? bad(j, j->end, "the text ends inside a value") : JSON_MORE;
}

static void skip_space(struct json_parser *j) {
        while (j->p < j->end && (*j->p == ' ' || *j->p == '\n' || *j->p == '\r' || *j->p == '\t'))
                j->p++;
}

/* ---- Strings ---- */

/* Moves behind the closing quote; `p` stands behind the opening one. */
static enum json_result find_end(struct json_parser *j, bool *ret_escapes) {
        const char *p = j->p;

        *ret_escapes = false;
        while (p < j->end) {
                unsigned char c = (unsigned char)*p;

                if (c == '"') {
                        j->p = p + 1;
                        return JSON_DONE;
                }
                if (c < 0x20)
                        return bad(j, p, "a control character stands in a string");
                if (c == '\\') {
                        *ret_escapes = true;
                        p += 2;
                } else if (c >= 0x80) {
                        uint32_t character;
                        int n = utf8_at(p, j->end - p, &character);

                        if (n == 0 && (j->last || j->end - p >= 4))
                                return bad(j, p, "a string is not UTF-8");
                        if (n == 0)
                                return JSON_MORE;
                        p += n;
                } else {
                        p++;
                }
        }
        return short_of(j);
}

static bool hex4(const char *p, uint32_t *ret) {
        uint64_t v;

        if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
                return false;
        if (!str_hex_to_u64(str_n(p, 4), &v))
                return false;
        *ret = (uint32_t)v;
        return true;
}

static char *put_utf8(char *to, uint32_t c) {
        if (c < 0x80) {
                *to++ = (char)c;
        } else if (c < 0x800) {
                *to++ = (char)(0xc0 | c >> 6);
                *to++ = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
                *to++ = (char)(0xe0 | c >> 12);
                *to++ = (char)(0x80 | (c >> 6 & 0x3f));
                *to++ = (char)(0x80 | (c & 0x3f));
        } else {
                *to++ = (char)(0xf0 | c >> 18);
                *to++ = (char)(0x80 | (c >> 12 & 0x3f));
                *to++ = (char)(0x80 | (c >> 6 & 0x3f));
                *to++ = (char)(0x80 | (c & 0x3f));
        }
        return to;
}

/* "\uXXXX", or two of them that make one character; `p` stands on the 'u'. Gives the bytes used, 0 when it is wrong. */
static int take_unicode(const char *p, const char *end, uint32_t *ret) {
        uint32_t low;

        if (end - p < 5 || !hex4(p + 1, ret) || *ret == 0 || (*ret >= 0xdc00 && *ret < 0xe000))
                return 0;
        if (*ret < 0xd800 || *ret > 0xdbff)
                return 5;
        if (end - p < 11 || p[5] != '\\' || p[6] != 'u' || !hex4(p + 7, &low) || low < 0xdc00 || low > 0xdfff)
                return 0;
        *ret = 0x10000 + ((*ret - 0xd800) << 10) + (low - 0xdc00);
        return 11;
}

/* The string between the quotes, escapes resolved, in the arena. */
static enum json_result unescape(struct json_parser *j, struct str s, struct str *ret) {
        static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
        char *start = arena_bytes(j->a, s.len), *to = start;
        const char *end = s.p + s.len;

        for (const char *p = s.p; p < end;) {
                uint32_t c;
                int used = 1;

                if (*p != '\\') {
                        *to++ = *p++;
                        continue;
                }
                p++;
                if (*p == 'u') {
                        used = take_unicode(p, end, &c);
                        if (used == 0)
                                return bad(j, p, "a \\u escape is not a character");
                        to = put_utf8(to, c);
                } else {
                        const char *name = memchr(names, *p, sizeof(names) - 1);

                        if (!name)
                                return bad(j, p, "an unknown escape stands in a string");
                        *to++ = values[name - names];
                }
                p += used;
        }
        *ret = str_n(start, to - start);
        return JSON_DONE;
}

static enum json_result parse_string(struct json_parser *j, struct str *ret) {
        const char *start = ++j->p;
        enum json_result result;
        bool escapes;

        result = find_end(j, &escapes);
        if (result != JSON_DONE)
                return result;
        *ret = str_n(start, j->p - 1 - start);
        if (escapes)
                return unescape(j, *ret, ret);
        if (j->copy)
                *ret = str_dup(j->a, *ret);
        return JSON_DONE;
}

/* ---- Numbers ---- */

static int skip_digits(struct json_parser *j) {
        const char *start = j->p;

        while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
                j->p++;
        return (int)(j->p - start < NUMBER_LENGTH_MAX ? j->p - start : NUMBER_LENGTH_MAX);
}

static bool take_char(struct json_parser *j, char a, char b) {
        if (j->p == j->end || (*j->p != a && *j->p != b))
                return false;
        j->p++;
        return true;
}

/* The grammar of numbers; true when it holds, and the number can be held. */
static bool scan_number(struct json_parser *j, const char **ret_error) {
        int digits, exponent = 0;
        bool zero;

        *ret_error = "expected a value";
        take_char(j, '-', '-');
        zero = j->p < j->end && *j->p == '0';
        digits = skip_digits(j);
        if (digits == 0 || (zero && digits > 1))
                return false;
        *ret_error = "the number is too big";
        if (digits > INTEGER_DIGITS_MAX)
                return false;
        *ret_error = "the number is not complete";
        if (take_char(j, '.', '.') && skip_digits(j) == 0)
                return false;
        if (take_char(j, 'e', 'E')) {
                const char *start;

                take_char(j, '+', '-');
                start = j->p;
                if (skip_digits(j) == 0)
                        return false;
                for (; start < j->p && exponent <= EXPONENT_MAX; start++)
                        exponent = exponent * 10 + (*start - '0');
        }
        *ret_error = "the number is too big";
        return exponent <= EXPONENT_MAX - INTEGER_DIGITS_MAX;
}

static bool fits(struct str s) {
        static const struct str limit = STR("9223372036854775807");

        if (s.p[0] == '-')
                s = str_from(s, 1);
        return s.len < limit.len || (s.len == limit.len && str_cmp(s, limit) <= 0) || str_find_char(s, '.') >= 0 ||
               str_find_char(s, 'e') >= 0 || str_find_char(s, 'E') >= 0;
}

static enum json_result parse_number(struct json_parser *j, struct json_value *ret) {
        const char *start = j->p, *error;
        bool good = scan_number(j, &error);

        if (j->p == j->end && !j->last && j->p - start < NUMBER_LENGTH_MAX)
                return JSON_MORE;
        if (!good)
                return bad(j, start, error);
        ret->type = JSON_NUMBER;
        ret->text = str_n(start, j->p - start);
        if (ret->text.len >= NUMBER_LENGTH_MAX || !fits(ret->text))
                return bad(j, start, "the number is too big");
        if (j->copy)
                ret->text = str_dup(j->a, ret->text);
        return JSON_DONE;
}

/* ---- Arrays and objects ---- */

static void push(struct json_parser *j, struct str key, const struct json_value *v) {
        struct json_member *m = arena_append(&j->stack, j);

        m->key = key;
        m->value = *v;
}

static bool few_unique(const struct json_member *m, ptrdiff_t count) {
        for (ptrdiff_t i = 1; i < count; i++)
                for (ptrdiff_t k = 0; k < i; k++)
                        if (m[i].key.len == m[k].key.len && str_eq(m[i].key, m[k].key))
                                return false;
        return true;
}

/* Merges two sorted halves of `from` into `to`; false when a key stands in both. */
static bool merge(const struct json_member **from, ptrdiff_t half, ptrdiff_t count, const struct json_member **to) {
        ptrdiff_t left = 0, right = half;

        for (ptrdiff_t i = 0; i < count; i++) {
                int order = left == half ? 1 : right == count ? -1 : str_cmp(from[left]->key, from[right]->key);

                if (order == 0)
                        return false;
                to[i] = from[order < 0 ? left++ : right++];
        }
        return true;
}

/* Sorted from the bottom up: no choice of keys makes that slow, as it could a hash table. */
static bool many_unique(struct arena *a, const struct json_member *m, ptrdiff_t count) {
        struct arena_mark mark = arena_mark(a);
        const struct json_member **from = arena_array(a, const struct json_member *, count);
        const struct json_member **to = arena_array(a, const struct json_member *, count), **swap;
        bool unique = true;

        for (ptrdiff_t i = 0; i < count; i++)
                from[i] = &m[i];
        for (ptrdiff_t width = 1; width < count && unique; width *= 2) {
                for (ptrdiff_t at = 0; at < count && unique; at += 2 * width) {
                        ptrdiff_t left = count - at, n = left < 2 * width ? left : 2 * width;

                        unique = merge(from + at, width < n ? width : n, n, to + at);
                }
                swap = from;
                from = to;
                to = swap;
        }
        arena_release(a, mark);
        return unique;
}

bool json_unique(struct arena *scratch, const struct json_member *m, ptrdiff_t count) {
        return count <= FEW_MEMBERS ? few_unique(m, count) : many_unique(scratch, m, count);
}

static enum json_result parse_value(struct json_parser *j, struct json_value *ret, int depth);

/* Moves to the next item: 1 there is one, 0 the container is closed; or a failure in *ret_result. */
static int next_item(struct json_parser *j, char close, bool first, enum json_result *ret_result) {
        skip_space(j);
        if (j->p == j->end) {
                *ret_result = short_of(j);
                return 0;
        }
        if (*j->p == close) {
                j->p++;
                *ret_result = JSON_DONE;
                return 0;
        }
        if (first)
                return 1;
        if (*j->p != ',') {
                *ret_result = bad(j, j->p, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
                return 0;
        }
        j->p++;
        skip_space(j);
        if (j->p == j->end) {
                *ret_result = short_of(j);
                return 0;
        }
        if (*j->p == close) {
                *ret_result = bad(j, j->p, "a value is missing behind the last ','");
                return 0;
        }
        return 1;
}

static enum json_result parse_array(struct json_parser *j, struct json_value *ret, int depth) {
        ptrdiff_t base = j->count;
        enum json_result result = JSON_DONE;

        j->p++;
        while (next_item(j, ']', j->count == base, &result)) {
                struct json_value v = { 0 };

                result = parse_value(j, &v, depth + 1);
                if (result != JSON_DONE)
                        return result;
                push(j, S(""), &v);
        }
        if (result != JSON_DONE)
                return result;
        ret->type = JSON_ARRAY;
        ret->count = j->count - base;
        ret->items = arena_array(j->a, struct json_value, ret->count);
        for (ptrdiff_t i = 0; i < ret->count; i++)
                ret->items[i] = j->items[base + i].value;
        j->count = base;
        return JSON_DONE;
}

static enum json_result parse_key(struct json_parser *j, struct str *ret) {
        enum json_result result;

        if (*j->p != '"')
                return bad(j, j->p, "expected a key in quotes");
        result = parse_string(j, ret);
        if (result != JSON_DONE)
                return result;
        skip_space(j);
        if (j->p == j->end)
                return short_of(j);
        if (*j->p != ':')
                return bad(j, j->p, "expected ':'");
        j->p++;
        skip_space(j);
        return j->p == j->end ? short_of(j) : JSON_DONE;
}

static enum json_result parse_object(struct json_parser *j, struct json_value *ret, int depth) {
        const char *start = j->p++;
        ptrdiff_t base = j->count;
        enum json_result result = JSON_DONE;

        while (next_item(j, '}', j->count == base, &result)) {
                struct json_value v = { 0 };
                struct str key;

                result = parse_key(j, &key);
                if (result == JSON_DONE)
                        result = parse_value(j, &v, depth + 1);
                if (result != JSON_DONE)
                        return result;
                push(j, key, &v);
        }
        if (result != JSON_DONE)
                return result;
        ret->type = JSON_OBJECT;
        ret->count = j->count - base;
        ret->members = arena_array(j->a, struct json_member, ret->count);
        if (ret->count > 0)
                memcpy(ret->members, j->items + base, (size_t)ret->count * sizeof(*ret->members));
        j->count = base;
        if (!json_unique(j->a, ret->members, ret->count))
                return bad(j, start, "an object has the same key twice");
        return JSON_DONE;
}

static enum json_result parse_word(struct json_parser *j, struct json_value *ret, struct str word,
                                   enum json_type type) {
        ptrdiff_t left = j->end - j->p, n = left < word.len ? left : word.len;

        if (memcmp(j->p, word.p, (size_t)n) != 0)
                return bad(j, j->p, "expected a value");
        if (n < word.len)
                return short_of(j);
        ret->type = type;
        j->p += n;
        return JSON_DONE;
}

static enum json_result parse_value(struct json_parser *j, struct json_value *ret, int depth) {
        if (depth > JSON_DEPTH_MAX)
                return bad(j, j->p, "values are nested too deeply");
        if (++j->values > JSON_VALUES_MAX)
                return bad(j, j->p, "there are too many values");
        switch (*j->p) {
        case '{':
                return parse_object(j, ret, depth);
        case '[':
                return parse_array(j, ret, depth);
        case '"':
                ret->type = JSON_STRING;
                return parse_string(j, &ret->text);
        case 't':
                return parse_word(j, ret, S("true"), JSON_TRUE);
        case 'f':
                return parse_word(j, ret, S("false"), JSON_FALSE);
        case 'n':
                return parse_word(j, ret, S("null"), JSON_NULL);
        default:
                return parse_number(j, ret);
        }
}

enum json_result json_parse(struct json_parser *j, struct json_value *ret) {
        j->count = 0;
        j->values = 0;
        *ret = (struct json_value){ 0 };
        return j->p == j->end ? short_of(j) : parse_value(j, ret, 0);
}

void json_parser_free(struct json_parser *j) {
        arena_free(&j->stack);
        j->items = NULL;
        j->count = j->capacity = 0;
}
