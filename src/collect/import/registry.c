/* Windows' registry as text: reg query, and .reg files. */
#include "collect/import/parts.h"
#include "collect/registry/registry.h"

enum { WHOLE_KEY = 3 }; /* so many values of a key: a listing of all of it, not a question for one */

static bool key_of(struct import *im, struct str line, struct str *ret) {
        static const struct str roots[] = { STR("HKEY_LOCAL_MACHINE\\"), STR("HKLM\\") };

        line = str_trim(line);
        if (str_starts(line, S("[")) && str_ends(line, S("]")))
                line = str_sub(line, 1, line.len - 2);
        for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
                if (str_starts(line, roots[i])) {
                        *ret = str_fmt(im->arena, "HKLM\\%.*s", STR_ARG(str_from(line, roots[i].len)));
                        return true;
                }
        return false;
}

/* The key of a user, or of another hive; "[-HKEY_…]" is to be deleted. */
static bool is_other_key(struct str line) {
        static const struct str roots[] = { STR("HKEY_"), STR("HKCU\\"), STR("HKU\\"), STR("HKCR\\"), STR("HKCC\\") };

        line = str_trim(line);
        line = str_from(line, str_starts(line, S("[")));
        line = str_from(line, str_starts(line, S("-")));
        for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
                if (str_starts(line, roots[i]) && (i > 0 || str_find_char(line, '\\') > 0))
                        return true;
        return false;
}

struct value {
        struct str name, data;
        enum value_kind { VALUE_DWORD, VALUE_SZ, VALUE_HEX, VALUE_GONE } kind;
};

/* "reg add KEY /v NAME /t REG_DWORD /d 3 /f", also of Reg.exe, with or without its path: what somebody is to type, and nothing that is there. */
static bool is_order(struct str line) {
        return str_find_nocase(line, S(" add ")) >= 0 && str_find_nocase(line, S(" /v ")) >= 0;
}

/* "    FeatureSettingsOverride    REG_DWORD    0x802048": names may hold blanks, the type word does not occur in them. */
static bool of_query(struct str line, struct value *ret) {
        static const struct {
                struct str word;
                enum value_kind kind;
        } types[] = { { STR("    REG_DWORD    "), VALUE_DWORD }, { STR("    REG_SZ    "), VALUE_SZ }, { STR("    REG_BINARY    "), VALUE_HEX },
                      { STR("\tREG_DWORD\t"), VALUE_DWORD },     { STR("\tREG_SZ\t"), VALUE_SZ },      { STR(" REG_DWORD "), VALUE_DWORD },
                      { STR(" REG_SZ "), VALUE_SZ },             { STR(" REG_BINARY "), VALUE_HEX } };

        if (is_order(line))
                return false;
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
                ptrdiff_t at = str_find(line, types[i].word);

                if (at < 1)
                        continue;
                ret->name = str_trim(str_sub(line, 0, at));
                ret->data = str_trim(str_from(line, at + types[i].word.len));
                ret->kind = types[i].kind;
                return ret->name.len > 0;
        }
        return false;
}

/* "FeatureSettingsOverride"=dword:00802048, ="text", =hex:01,02, =- */
static bool of_reg_file(struct str line, struct value *ret) {
        ptrdiff_t end;

        line = str_trim(line);
        end = str_starts(line, S("\"")) ? str_find(line, S("\"=")) : -1;
        if (end < 2)
                return false;
        ret->name = str_sub(line, 1, end - 1);
        ret->data = str_from(line, end + 2);
        if (str_starts(ret->data, S("hex(")))
                return false; /* a type that no fact has */
        ret->kind = VALUE_SZ;
        if (str_starts(ret->data, S("dword:"))) {
                ret->kind = VALUE_DWORD;
                ret->data = str_from(ret->data, 6);
        } else if (str_starts(ret->data, S("hex:"))) {
                ret->kind = VALUE_HEX;
                ret->data = str_from(ret->data, 4);
        } else if (str_eq(ret->data, S("-"))) {
                ret->kind = VALUE_GONE;
        } else {
                ret->data = import_unquoted(ret->data);
        }
        return true;
}

static bool value_of(struct str line, struct value *ret) {
        return of_query(line, ret) || of_reg_file(line, ret);
}

static struct str bytes_of(struct arena *a, struct str hex) {
        char *p = arena_bytes(a, hex.len + 1);
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i + 1 < hex.len; i++) {
                uint64_t byte;

                if (hex.p[i] == ',' || hex.p[i] == ' ')
                        continue;
                if (!str_hex_to_u64(str_sub(hex, i, 2), &byte))
                        break;
                p[n++] = (char)byte;
                i++;
        }
        return str_n(p, n);
}

static void add(struct import *im, struct import_host *h, struct str key, const struct value *v) {
        struct str path = str_fmt(im->arena, "%.*s|%.*s", STR_ARG(key), STR_ARG(v->name));
        uint64_t n;

        if (v->kind == VALUE_DWORD && str_hex_to_u64(v->data, &n) && n <= UINT32_MAX)
                evidence_add_registry_dword(&h->e, path, (uint32_t)n);
        else if (v->kind == VALUE_DWORD)
                evidence_add_registry_missing(&h->e, path, FACT_FAILED);
        else if (v->kind == VALUE_SZ)
                evidence_add_registry_text(&h->e, path, v->data);
        else if (v->kind == VALUE_HEX)
                evidence_add_registry_binary(&h->e, path, bytes_of(im->arena, v->data));
}

/* What a listing of a whole key does not hold is not there. */
static void add_absent(struct import *im, struct import_host *h, struct str key) {
        for (uint32_t i = 0; i < im->catalog->fact_count; i++) {
                const struct fact_def *f = &im->catalog->facts[i];

                if (f->kind == FACT_KIND_REGISTRY && str_find_char(T(f->text), '|') == key.len && str_eq_nocase(str_sub(T(f->text), 0, key.len), key) &&
                    !evidence_registry(&h->e, T(f->text)))
                        evidence_add_registry_missing(&h->e, T(f->text), FACT_ABSENT);
        }
}

/* A line that begins with the name, or was cut within it. */
static bool names(struct str line, struct str name) {
        ptrdiff_t n = line.len < name.len ? line.len : name.len;

        return n > 0 && str_eq_nocase(str_sub(line, 0, n), str_sub(name, 0, n)) && (line.len <= name.len || memchr(" \t\"", line.p[n], 3));
}

/* A line about a value that a fact asks for, of another type, cut or garbled: it is there, and nothing more is known. */
static void add_unread(struct import *im, struct import_host *h, struct str key, struct str line) {
        struct str s = str_trim(line);

        if (str_starts(s, S("\"")))
                s = str_from(s, 1);
        for (uint32_t i = 0; i < im->catalog->fact_count; i++) {
                const struct fact_def *f = &im->catalog->facts[i];
                struct str name = str_from(T(f->text), key.len + 1);

                if (f->kind == FACT_KIND_REGISTRY && str_find_char(T(f->text), '|') == key.len && str_eq_nocase(str_sub(T(f->text), 0, key.len), key) &&
                    names(s, name) && !evidence_registry(&h->e, T(f->text)))
                        evidence_add_registry_missing(&h->e, T(f->text), FACT_FAILED);
        }
}

/* "FeatureSettingsOverride : 8264": Get-ItemProperty, which prints decimal numbers, and the key behind them or not at all. */
static bool of_item(struct str line, struct value *ret) {
        static const struct str values[] = { STR("FeatureSettingsOverride"), STR("FeatureSettingsOverrideMask") };
        struct str label, value;

        if (!import_label(line, &label, &value))
                return false;
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                if (str_eq_nocase(label, values[i])) {
                        *ret = (struct value){ .name = values[i], .data = value, .kind = VALUE_DWORD };
                        return true;
                }
        return false;
}

static void add_item(struct import *im, struct import_host *h, const struct value *v) {
        static const struct str key = STR("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management");
        struct value hex = *v;
        uint64_t n;

        hex.data = str_to_u64(v->data, &n) ? str_fmt(im->arena, "%llx", (unsigned long long)n) : S("?");
        if (v->data.len > 0)
                add(im, h, key, &hex);
}

static bool is_items(const struct lines *l) {
        ptrdiff_t count = 0;
        struct value v;

        for (ptrdiff_t i = 0; i < l->count; i++)
                if (!l->items[i].taken)
                        count += of_item(l->items[i].text, &v) || (!is_order(l->items[i].text) && str_find(l->items[i].text, S("Session Manager\\Memory Management")) >= 0);
        return count > 1;
}

/* "reg query KEY /v NAME", and the next line says that there is no such value: NULL where the two do not stand there. */
static const struct fact_def *asked_in_vain(struct import *im, const struct lines *l, ptrdiff_t at) {
        static const struct str words[] = { STR("unable to find the specified registry key or value"), STR("bzw. Wert wurde nicht gefunden"),
                                            STR("pas trouvé la clé"), STR("no ha podido encontrar la clave") };
        struct str line = l->items[at].text;
        bool found = false;

        if (str_find_nocase(line, S("reg query ")) < 0 || str_find_nocase(line, S(" /v ")) < 0)
                return NULL;
        do
                at++;
        while (at < l->count && str_trim(l->items[at].text).len == 0);
        for (size_t i = 0; at < l->count && i < sizeof(words) / sizeof(words[0]); i++)
                found |= str_find_nocase(l->items[at].text, words[i]) >= 0;
        for (uint32_t i = 0; found && i < im->catalog->fact_count; i++) {
                const struct fact_def *f = &im->catalog->facts[i];
                ptrdiff_t bar = f->kind == FACT_KIND_REGISTRY ? str_find_char(T(f->text), '|') : -1;
                struct str key = bar > 5 ? str_sub(T(f->text), 5, bar - 5) : (struct str){ 0 }, rest;

                if (key.len == 0 || str_find_nocase(line, key) < 0)
                        continue;
                rest = str_from(line, str_find_nocase(line, S(" /v ")) + 4);
                rest = str_trim(rest);
                if (str_starts(rest, S("\"")))
                        rest = str_from(rest, 1);
                if (str_eq_nocase(str_sub(rest, 0, f->text.len - bar - 1), str_from(T(f->text), bar + 1)) &&
                    (rest.len == f->text.len - bar - 1 || memchr(" \"", rest.p[f->text.len - bar - 1], 2)))
                        return f;
        }
        return NULL;
}

static void take_vain(struct import *im, struct import_host *h, struct lines *l, ptrdiff_t at) {
        const struct fact_def *f = asked_in_vain(im, l, at);

        if (!f)
                return;
        if (!evidence_registry(&h->e, T(f->text)))
                evidence_add_registry_missing(&h->e, T(f->text), FACT_ABSENT);
        l->items[at].taken = true;
        do
                at++;
        while (str_trim(l->items[at].text).len == 0);
        l->items[at].taken = true;
}

/* Words of a sentence: several, most of them of small letters, and no tool's columns. */
static bool is_sentence(struct str line) {
        ptrdiff_t words = 0, small = 0;
        struct str word;

        if (import_indent(line) >= 4 || str_find(str_trim(line), S("  ")) > 0 || str_find_char(line, '\\') >= 0 || str_find(line, S(": ")) > 0)
                return false;
        for (; str_word(&line, &word); words++)
                small += word.p[0] >= 'a' && word.p[0] <= 'z';
        return words >= 4 && small * 2 >= words;
}

/* Somebody's words around values that no program printed: reg query writes four blanks before and between them, .reg files quotes. */
static bool is_advice(struct import *im, const struct lines *l) {
        ptrdiff_t sentences = 0;
        struct str name;
        struct value v;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;

                if (str_find(line, S("    REG_")) > 0 || str_find(line, S("\tREG_")) > 0 || of_reg_file(line, &v))
                        return false;
                if (is_order(line))
                        sentences += 2;
                else if (!key_of(im, str_trim(line), &name))
                        sentences += is_sentence(line);
        }
        return sentences > 1;
}

static bool is_registry(struct import *im, const struct lines *l) {
        bool key = false;
        struct str name;
        struct value v;

        if (is_advice(im, l))
                return false;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (l->items[i].taken)
                        continue;
                if ((key && value_of(l->items[i].text, &v)) || asked_in_vain(im, l, i))
                        return true;
                key |= key_of(im, l->items[i].text, &name);
        }
        return is_items(l);
}

/* One of the values, or that it is not there: a file of tweaks of other things is nothing that can be judged. */
static bool tells(const struct import *im, const struct import_host *h) {
        for (ptrdiff_t i = 0; i < h->e.count; i++)
                if (h->e.items[i].kind == RECORD_REGISTRY && registry_is_evidence(im->catalog, h->e.items[i].key))
                        return true;
        return false;
}

static int read_registry(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct str key = { 0 };
        ptrdiff_t in_key = 0, all = 0;
        bool recipe = false, sets = false;
        struct value v;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str next = { 0 };

                if (str_starts(str_trim(l->items[i].text), S("Windows Registry Editor")) || str_eq(str_trim(l->items[i].text), S("REGEDIT4")))
                        recipe = l->items[i].taken = true;
                take_vain(im, h, l, i);
                if (key_of(im, l->items[i].text, &next) || is_other_key(l->items[i].text)) {
                        if (in_key >= WHOLE_KEY)
                                add_absent(im, h, key);
                        key = next;
                        sets |= str_find_nocase(key, S("\\ControlSet0")) > 0;
                        in_key = 0;
                        l->items[i].taken = true;
                } else if (key.len > 0 && value_of(l->items[i].text, &v)) {
                        add(im, h, key, &v);
                        in_key++;
                        all++;
                        l->items[i].taken = true;
                } else if (key.len > 0) {
                        add_unread(im, h, key, l->items[i].text);
                } else if (of_item(l->items[i].text, &v)) {
                        add_item(im, h, &v);
                        l->items[i].taken = true;
                }
        }
        if (in_key >= WHOLE_KEY)
                add_absent(im, h, key);
        if (sets)
                import_note(h, "values of a numbered control set are not used: which set is the current one is not told");
        if (recipe && all < WHOLE_KEY)
                import_note(h, "so few values may be a recipe rather than an export: the answers hold for a machine that has them");
        if (all == 0 || sets || tells(im, h))
                import_uname(h, S("Windows"), S(""), S(""));
        return 0;
}

const struct reader reader_registry = {
        .format = { .name = "registry", .title = "reg query, a .reg file, Get-ItemProperty",
                    .carries = "values of the registry: what Windows is asked to do; Get-SpeculationControlSettings shows what it does" },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_registry,
        .read_lines = read_registry,
};
