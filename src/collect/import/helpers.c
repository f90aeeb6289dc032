/* Small things that readers share. */
#include "collect/import/parts.h"

bool import_label(struct str line, struct str *ret_label, struct str *ret_value) {
        ptrdiff_t colon = str_find_char(line, ':');

        if (colon <= 0)
                return false;
        *ret_label = str_trim(str_sub(line, 0, colon));
        *ret_value = str_trim(str_from(line, colon + 1));
        return ret_label->len > 0;
}

ptrdiff_t import_indent(struct str line) {
        ptrdiff_t n = 0;

        while (n < line.len && (line.p[n] == ' ' || line.p[n] == '\t'))
                n++;
        return n;
}

struct str import_unquoted(struct str s) {
        struct str inner;

        s = str_trim(s);
        if (s.len < 2 || (s.p[0] != '"' && s.p[0] != '\'') || s.p[s.len - 1] != s.p[0])
                return s;
        inner = str_sub(s, 1, s.len - 2);
        return str_find_char(inner, s.p[0]) < 0 ? inner : s; /* "a","b" are two */
}

struct str import_decimal(struct arena *a, struct str s, bool hex) {
        uint64_t n = 0;

        s = str_trim(s);
        if (!(hex ? str_hex_to_u64(s, &n) : str_to_u64(s, &n)))
                return S("");
        return str_fmt(a, "%llu", (unsigned long long)n);
}

struct str import_json_text(const struct json_value *v) {
        if (!v)
                return S("");
        switch (v->type) {
        case JSON_STRING:
        case JSON_NUMBER:
                return v->text;
        case JSON_TRUE:
                return S("true");
        case JSON_FALSE:
                return S("false");
        case JSON_NULL:
        case JSON_ARRAY:
        case JSON_OBJECT:
                break;
        }
        return S("");
}

struct str import_vendor_of(struct str name) {
        static const struct {
                struct str begin, vendor;
        } rows[] = { { STR("AMD"), STR("AuthenticAMD") },          { STR("Intel"), STR("GenuineIntel") },    { STR("Genuine Intel"), STR("GenuineIntel") },
                     { STR("Pentium"), STR("GenuineIntel") },      { STR("Hygon"), STR("HygonGenuine") } };

        static const struct str intel[] = { STR(" Intel(R) "), STR(" Intel ") }, amd = STR(" AMD ");
        bool is_intel = false;

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_starts(name, rows[i].begin))
                        return rows[i].vendor;
        /* "11th Gen Intel(R) Core(TM) …", "Mobile Intel(R) Pentium(R) …", "Quad-Core AMD Opteron(tm) …" */
        for (size_t i = 0; i < sizeof(intel) / sizeof(intel[0]); i++)
                is_intel |= str_find(name, intel[i]) > 0;
        if (is_intel == (str_find(name, amd) > 0))
                return S("");
        return is_intel ? S("GenuineIntel") : S("AuthenticAMD");
}
