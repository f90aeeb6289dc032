#include "plan/edit/registry.h"

#include "base/utf16.h"
#include "facts/facts.h"

struct registry_data registry_data_of(struct str text) {
        uint64_t number;

        if (str_to_u64(text, &number) && number <= UINT32_MAX)
                return (struct registry_data){ .type = REGISTRY_DWORD, .number = (uint32_t)number };
        return (struct registry_data){ .type = REGISTRY_TEXT, .text = text };
}

/* One value, before and after. */
struct value {
        struct str key, name;
        struct registry_data old, new;
        bool known; /* what was there */
};

static struct value value_of(const struct change *c) {
        struct value v = { .key = c->target.place, .name = c->target.key, .known = c->was == FACT_KNOWN || c->was == FACT_ABSENT };

        if (c->was == FACT_KNOWN)
                v.old = registry_data_of(c->old);
        if (c->edit != EDIT_REMOVE)
                v.new = registry_data_of(c->new);
        return v;
}

/* The values to be written, in order; the way back goes from the last to the first. */
static int values_of(struct arena *a, const struct changes *changes, bool undo, struct value **ret, ptrdiff_t *ret_count, struct diag *d) {
        struct value *values = arena_array(a, struct value, changes->count + 1);
        ptrdiff_t count = 0;

        for (ptrdiff_t i = 0; i < changes->count; i++) {
                const struct change *c = &changes->items[undo ? changes->count - 1 - i : i];
                struct value v = value_of(c);

                if (c->target.kind != TARGET_REGISTRY_VALUE)
                        continue;
                if (undo && !v.known)
                        return diag_fail(d, "what %.*s was is not known, so that it cannot be taken back", STR_ARG(v.name));
                values[count] = v;
                if (undo)
                        values[count] = (struct value){ .key = v.key, .name = v.name, .known = true, .old = v.new, .new = v.old };
                count++;
        }
        *ret = values;
        *ret_count = count;
        return 0;
}

struct str registry_long_key(struct arena *a, struct str key) {
        static const struct {
                struct str is, full;
        } roots[] = { { STR("HKLM\\"), STR("HKEY_LOCAL_MACHINE\\") }, { STR("HKCU\\"), STR("HKEY_CURRENT_USER\\") } };

        for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
                if (str_starts(key, roots[i].is))
                        return str_fmt(a, "%.*s%.*s", STR_ARG(roots[i].full), STR_ARG(str_from(key, roots[i].is.len)));
        return key;
}

/* ---- .reg ---- */

static void put_reg_text(struct out *o, struct str s) {
        out_char(o, '"');
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (s.p[i] == '"' || s.p[i] == '\\')
                        out_char(o, '\\');
                out_char(o, s.p[i]);
        }
        out_char(o, '"');
}

int registry_reg_text(struct out *o, struct arena *a, const struct changes *changes, bool undo, struct diag *d) {
        struct value *values;
        ptrdiff_t count;

        if (values_of(a, changes, undo, &values, &count, d) < 0)
                return -1;
        out_c(o, "Windows Registry Editor Version 5.00\r\n");
        for (ptrdiff_t i = 0; i < count; i++) {
                const struct value *v = &values[i];

                if (i == 0 || !str_eq(values[i - 1].key, v->key))
                        out_fmt(o, "\r\n[%.*s]\r\n", STR_ARG(registry_long_key(a, v->key)));
                put_reg_text(o, v->name);
                out_char(o, '=');
                if (v->new.type == REGISTRY_DWORD)
                        out_fmt(o, "dword:%08x", (unsigned)v->new.number);
                else if (v->new.type == REGISTRY_TEXT)
                        put_reg_text(o, v->new.text);
                else
                        out_char(o, '-');
                out_c(o, "\r\n");
        }
        return 0;
}

int registry_reg(struct out *o, struct arena *a, const struct changes *changes, bool undo, struct diag *d) {
        OUT_AUTO struct out text = { 0 };
        ptrdiff_t count;
        const uint16_t *units;

        if (registry_reg_text(&text, a, changes, undo, d) < 0)
                return -1;
        units = utf16_from_utf8(a, out_text(&text), &count);
        out_bytes(o, "\xff\xfe", 2);
        for (ptrdiff_t i = 0; i < count; i++) {
                out_char(o, (char)(units[i] & 0xff));
                out_char(o, (char)(units[i] >> 8));
        }
        return 0;
}

/* ---- reg.exe ---- */

/* One argument in quotes: a quote inside, and backslashes before a quote, get a backslash (as Windows' C library splits words). */
static void put_argument(struct out *o, struct str s) {
        ptrdiff_t backslashes = 0;

        out_char(o, '"');
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (s.p[i] == '"')
                        out_repeat(o, '\\', backslashes + 1);
                backslashes = s.p[i] == '\\' ? backslashes + 1 : 0;
                out_char(o, s.p[i]);
        }
        out_repeat(o, '\\', backslashes);
        out_char(o, '"');
}

int registry_commands(struct out *o, struct arena *a, const struct changes *changes, bool undo, struct diag *d) {
        struct value *values;
        ptrdiff_t count;

        if (values_of(a, changes, undo, &values, &count, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < count; i++) {
                const struct value *v = &values[i];

                out_c(o, v->new.type == REGISTRY_NONE ? "reg delete " : "reg add ");
                put_argument(o, v->key);
                out_c(o, " /v ");
                put_argument(o, v->name);
                if (v->new.type == REGISTRY_DWORD)
                        out_fmt(o, " /t REG_DWORD /d %u", (unsigned)v->new.number);
                if (v->new.type == REGISTRY_TEXT) {
                        out_c(o, " /t REG_SZ /d ");
                        put_argument(o, v->new.text);
                }
                out_c(o, " /f /reg:64\n");
        }
        return 0;
}
