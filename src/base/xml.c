#include "base/xml.h"

struct str xml_attr(const struct xml_node *n, struct str name, bool *ret_found) {
        for (ptrdiff_t i = 0; i < n->attr_count; i++)
                if (str_eq(n->attrs[i].name, name)) {
                        if (ret_found)
                                *ret_found = true;
                        return n->attrs[i].value;
                }
        if (ret_found)
                *ret_found = false;
        return (struct str){ .p = "" };
}

struct xml_node *xml_child(const struct xml_node *n, struct str name, const struct xml_node *after) {
        for (struct xml_node *c = after ? after->next : n->first; c; c = c->next)
                if (str_eq(c->name, name))
                        return c;
        return NULL;
}

/* Which one of its like-named brothers it is, from 1; 0 when it is the only one. */
static int position(const struct xml_node *n) {
        int before = 1, all = 0;
        bool seen = false;

        for (const struct xml_node *c = n->parent ? n->parent->first : NULL; c; c = c->next) {
                if (c == n)
                        seen = true;
                if (!str_eq(c->name, n->name))
                        continue;
                all++;
                before += !seen;
        }
        return all > 1 ? before : 0;
}

struct str xml_path(struct arena *a, const struct xml_node *n) {
        struct str up = n->parent ? xml_path(a, n->parent) : (struct str){ .p = "" };
        struct str name = xml_attr(n, S("name"), NULL);
        const char *slash = n->parent ? "/" : "";
        int at = position(n);

        if (n->parent && name.len > 0)
                return str_fmt(a, "%.*s/%.*s[@name='%.*s']", STR_ARG(up), STR_ARG(n->name), STR_ARG(name));
        if (at)
                return str_fmt(a, "%.*s%s%.*s[%d]", STR_ARG(up), slash, STR_ARG(n->name), at);
        return str_fmt(a, "%.*s%s%.*s", STR_ARG(up), slash, STR_ARG(n->name));
}
