#include "plan/edit/grub_script.h"

struct grub_variable *grub_variable(const struct grub_variables *v, struct str name) {
        for (ptrdiff_t i = 0; i < v->count; i++)
                if (str_eq(v->items[i].name, name))
                        return &v->items[i];
        return NULL;
}

void grub_set(struct grub_variables *v, struct arena *a, struct str name, struct str value, bool sure) {
        struct grub_variable *old = grub_variable(v, name);

        if (old && !sure) {
                if (!str_eq(old->value, value))
                        *old = (struct grub_variable){ .name = name, .value = old->value.len ? old->value : value, .sure = false };
                return;
        }
        if (!old)
                old = arena_append(a, v);
        *old = (struct grub_variable){ .name = name, .value = value, .sure = sure };
}

/* True for variables that only grub.cfg and its environment block set: where they are not set they are empty. */
static bool grub_is_own(struct str name) {
        static const struct str names[] = {
                STR("next_entry"), STR("saved_entry"), STR("prev_saved_entry"), STR("kernelopts"), STR("tuned_params"), STR("tuned_initrd"),
                STR("default"), STR("boot_once"), STR("have_grubenv"), STR("env_block"), STR("initrdfail"), STR("recordfail"),
                STR("early_initrd"), STR("extra_cmdline"), STR("linux_append"), STR("boot_success"), STR("boot_indeterminate"),
        };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (str_eq(names[i], name))
                        return true;
        return false;
}

static bool is_name_char(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/* `$name` or `${name}` at the beginning: its bytes, or 0 where there is no name. */
static ptrdiff_t reference(struct str s, struct str *ret_name) {
        bool braces = s.len > 1 && s.p[1] == '{';
        ptrdiff_t from = 1 + braces, n = from;

        while (n < s.len && is_name_char(s.p[n]))
                n++;
        *ret_name = str_span(s, from, n);
        if (n == from || (braces && (n >= s.len || s.p[n] != '}')))
                return 0;
        return n + braces;
}

struct builder {
        struct arena *a;
        struct { /* the text so far */
                char *items;
                ptrdiff_t count, capacity;
        } text;
};

static void put(struct builder *b, char c) {
        *arena_append(b->a, &b->text) = c;
}

static void put_str(struct builder *b, struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                put(b, s.p[i]);
}

static ptrdiff_t put_reference(struct builder *b, struct str rest, const struct grub_variables *v, bool *unknown) {
        struct str name;
        ptrdiff_t n = reference(rest, &name);
        const struct grub_variable *x = n ? grub_variable(v, name) : NULL;

        if (n && str_eq(name, S("menuentry_id_option"))) {
                put_str(b, S("--id"));
        } else if (x && x->sure) {
                put_str(b, x->value);
        } else if (n && !x && grub_is_own(name)) {
                return n;
        } else {
                *unknown = true;
                n = n ? n : 1;
                put_str(b, str_sub(rest, 0, n));
        }
        return n;
}

struct str grub_expand(struct arena *a, struct str text, const struct grub_variables *v, bool *unknown) {
        struct builder b = { .a = a };
        bool single = false, twice = false;

        for (ptrdiff_t i = 0; i < text.len;) {
                char c = text.p[i];

                if (c == '\\' && !single && i + 1 < text.len) {
                        put(&b, c);
                        put(&b, text.p[i + 1]);
                        i += 2;
                        continue;
                }
                if (c == '$' && !single) {
                        i += put_reference(&b, str_from(text, i), v, unknown);
                        continue;
                }
                single ^= c == '\'' && !twice;
                twice ^= c == '"' && !single;
                put(&b, c);
                i++;
        }
        return str_n(b.text.items, b.text.count);
}

static bool ends_word(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || (c && memchr(";{}", c, 3));
}

/* One word at `i`; returns where it ends. */
static ptrdiff_t read_word(struct arena *a, struct str text, ptrdiff_t i, const struct grub_variables *v, struct grub_word *ret) {
        struct builder b = { .a = a };
        char quote = 0;

        *ret = (struct grub_word){ .from = i };
        while (i < text.len && (quote || !ends_word(text.p[i]))) {
                char c = text.p[i], next = i + 1 < text.len ? text.p[i + 1] : '\0';

                if (quote == '\'' ? c == '\'' : quote ? c == '"' : c == '\'' || c == '"') {
                        quote = quote ? 0 : c;
                        i++;
                } else if (c == '\\' && quote != '\'' && i + 1 < text.len && (!quote || memchr("\\\"$\n", next, 4))) {
                        if (next != '\n')
                                put(&b, next);
                        i += 2;
                } else if (c == '$' && quote != '\'') {
                        i += put_reference(&b, str_from(text, i), v, &ret->unknown);
                } else {
                        put(&b, c);
                        i++;
                }
        }
        ret->to = i;
        ret->open = quote != 0;
        ret->text = str_n(b.text.items, b.text.count);
        return i;
}

static ptrdiff_t skip(struct str text, ptrdiff_t i, bool lines) {
        for (; i < text.len; i++) {
                char c = text.p[i];

                if (c == '\\' && i + 1 < text.len && text.p[i + 1] == '\n')
                        i++;
                else if (c != ' ' && c != '\t' && c != '\r' && !(lines && (c == '\n' || c == ';')))
                        break;
        }
        return i;
}

bool grub_command(struct arena *a, struct str text, ptrdiff_t *at, const struct grub_variables *v, struct grub_command *ret) {
        ptrdiff_t i = skip(text, *at, true);

        *ret = (struct grub_command){ 0 };
        while (i < text.len && text.p[i] != '\n' && text.p[i] != ';') {
                if (text.p[i] == '#') {
                        while (i < text.len && text.p[i] != '\n')
                                i++;
                } else if (text.p[i] == '{' || text.p[i] == '}') {
                        if (text.p[i] == '}' && ret->count)
                                break;
                        ret->opens = text.p[i] == '{';
                        ret->closes = !ret->opens;
                        i++;
                        break;
                } else {
                        i = read_word(a, text, i, v, arena_append(a, ret));
                }
                i = skip(text, i, false);
        }
        *at = i;
        return i < text.len || ret->count || ret->opens || ret->closes;
}
