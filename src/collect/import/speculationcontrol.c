/* What Get-SpeculationControlSettings | ConvertTo-Json wrote (Microsoft's module SpeculationControl, 1.0.18 and 1.0.19), or our own
 * --format speculationcontrol-json: one object, whose names and values properties.c turns back into Windows' answers. */
#include "collect/import/parts.h"

struct members {
        struct import_property *items; /* a string's value is without its quotation marks */
        ptrdiff_t count, capacity;
};

static bool take(struct str *rest, char c) {
        *rest = str_trim(*rest);
        if (rest->len == 0 || rest->p[0] != c)
                return false;
        *rest = str_from(*rest, 1);
        return true;
}

/* Up to the closing quotation mark; names and values of the module hold no escapes, and those of others do not matter. */
static bool take_string(struct str *rest, struct str *ret) {
        ptrdiff_t end = 0;

        if (!take(rest, '"'))
                return false;
        while (end < rest->len && rest->p[end] != '"')
                end += rest->p[end] == '\\' ? 2 : 1;
        if (end >= rest->len)
                return false;
        *ret = str_sub(*rest, 0, end);
        *rest = str_from(*rest, end + 1);
        return true;
}

/* A number, true, false, null; or an array or object as a whole, which no property is. */
static bool take_other(struct str *rest, struct str *ret) {
        struct str start, ignored;
        int depth = 0;

        *rest = start = str_trim(*rest);
        while (rest->len > 0) {
                char c = rest->p[0];

                if (depth == 0 && (c == ',' || c == '}'))
                        break;
                if (c == '"' ? !take_string(rest, &ignored) : (depth += (c == '{' || c == '[') - (c == '}' || c == ']')) < 0)
                        return false;
                if (c != '"')
                        *rest = str_from(*rest, 1);
        }
        *ret = str_trim(str_n(start.p, rest->p - start.p));
        return rest->len > 0 && ret->len > 0;
}

static bool take_members(struct str rest, struct arena *a, struct members *ret) {
        if (!take(&rest, '{'))
                return false;
        do {
                struct import_property m;

                rest = str_trim(rest);
                if (!take_string(&rest, &m.name) || !take(&rest, ':'))
                        return false;
                rest = str_trim(rest);
                if (!(str_starts(rest, S("\"")) ? take_string(&rest, &m.value) : take_other(&rest, &m.value)))
                        return false;
                *arena_append(a, ret) = m;
        } while (take(&rest, ','));
        return take(&rest, '}') && str_trim(rest).len == 0;
}

bool import_is_speculationcontrol(struct str text) {
        return str_starts(str_trim(text), S("{")) && str_find(text, S("\"BTIWindowsSupportEnabled\"")) >= 0;
}

int import_speculationcontrol(struct evidence *e, const struct catalog *c, struct str text, struct diag *d) {
        struct members all = { 0 };

        if (!take_members(text, e->arena, &all))
                return diag_fail_at(d, str_to_c(e->arena, e->source), 1,
                                    "expected one JSON object as Get-SpeculationControlSettings | ConvertTo-Json writes it");
        import_properties(e, c, all.items, all.count);
        return 0;
}
