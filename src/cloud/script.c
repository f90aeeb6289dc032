#include "cloud/script.h"

#include "base/utf16.h"

enum { VARIABLES_MAX = 64, WORDS_MAX = 64, LINE_MAX_BYTES = 8191 /* cmd's own limit */ };

struct variable {
        struct str name, value;
};

struct reader {
        struct script *s;
        struct arena *a;
        struct variable variables[VARIABLES_MAX];
        int variable_count;
        long line;
        int depth;      /* of the parentheses that are open */
        bool condition; /* an `if`, `&&` or `||` stands before, on this line or an earlier one */
        bool chained;   /* `&&` or `||` stands before on this line */
        bool unreached; /* behind an end without a condition, up to the next label */
        bool remark;    /* within PowerShell's <# … #> */
};

struct words {
        struct str w[WORDS_MAX];
        int count;
};

static struct str lower(struct arena *a, struct str s) {
        char *p = arena_bytes(a, s.len + 1);

        for (ptrdiff_t i = 0; i < s.len; i++)
                p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
        return str_n(p, s.len);
}

static bool has(struct str s, struct str part) {
        return str_find(s, part) >= 0;
}

/* Words as cmd and PowerShell see them: blanks, commas and semicolons part them, quotes keep them together. */
static void split_words(struct words *ret, struct str s) {
        ptrdiff_t i = 0;

        ret->count = 0;
        while (i < s.len && ret->count < WORDS_MAX) {
                ptrdiff_t from;
                char quote = 0;

                while (i < s.len && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == ',' || s.p[i] == ';'))
                        i++;
                from = i;
                for (; i < s.len && (quote || (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != ',' && s.p[i] != ';')); i++)
                        if (s.p[i] == '"' || s.p[i] == '\'')
                                quote = quote == s.p[i] ? 0 : quote ? quote : s.p[i];
                if (i > from)
                        ret->w[ret->count++] = str_sub(s, from, i - from);
        }
}

static struct str unquote(struct str s) {
        while (s.len > 0 && (s.p[0] == '"' || s.p[0] == '\''))
                s = str_from(s, 1);
        while (s.len > 0 && (s.p[s.len - 1] == '"' || s.p[s.len - 1] == '\''))
                s.len--;
        return s;
}

/* The word behind one of the option's spellings ("/v", "-name"), unquoted; empty when it is not there. */
static struct str option(const struct words *w, struct str name) {
        for (int i = 0; i + 1 < w->count; i++)
                if (str_eq(w->w[i], name))
                        return unquote(w->w[i + 1]);
        return (struct str){ .p = "" };
}

static bool has_word(const struct words *w, struct str word) {
        for (int i = 0; i < w->count; i++)
                if (str_eq(unquote(w->w[i]), word))
                        return true;
        return false;
}

static const struct variable *find_variable(const struct reader *in, struct str name) {
        for (int i = in->variable_count - 1; i >= 0; i--)
                if (str_eq(in->variables[i].name, name))
                        return &in->variables[i];
        return NULL;
}

/* Remembers `set name=value`, `set "name=value"`, `$name = 'value'`. */
static void take_variable(struct reader *in, struct str command) {
        struct str rest = str_trim(command), name;
        ptrdiff_t equals;

        if (str_starts(rest, S("set \"")))
                rest = unquote(str_from(rest, 4));
        else if (str_starts(rest, S("set ")))
                rest = str_trim(str_from(rest, 4)); /* quotes in the value belong to it */
        else if (!str_starts(rest, S("$")))
                return;
        equals = str_find_char(rest, '=');
        if (equals <= 0 || in->variable_count == VARIABLES_MAX || str_starts(rest, S("/")))
                return;
        name = str_trim(str_sub(rest, 0, equals));
        in->variables[in->variable_count++] = (struct variable){
                .name = name, .value = str_trim(str_from(rest, equals + 1))
        };
}

static bool name_char(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The variable that stands at `s` ("%name%" or "$name"), and how many bytes its mention takes. */
static const struct variable *mention(const struct reader *in, struct str s, ptrdiff_t *ret_len) {
        ptrdiff_t end = 1;
        struct str name;

        if (s.p[0] == '%') {
                end = str_find_char(str_from(s, 1), '%');
                name = str_sub(s, 1, end);
                *ret_len = end + 2;
                return end > 0 ? find_variable(in, name) : NULL;
        }
        while (end < s.len && name_char(s.p[end]))
                end++;
        *ret_len = end;
        return end > 1 ? find_variable(in, str_sub(s, 0, end)) : NULL;
}

/* The line with the values of known variables in it. One pass: values were expanded when they were set. */
static struct str expand(struct reader *in, struct str s) {
        char *p;
        ptrdiff_t n = 0, size = s.len + 1;

        for (ptrdiff_t i = 0; i < s.len; i++)
                size += s.p[i] == '%' || s.p[i] == '$' ? 512 : 0;
        p = arena_bytes(in->a, size);
        for (ptrdiff_t i = 0; i < s.len;) {
                const struct variable *v = NULL;
                ptrdiff_t len = 1;

                if (s.p[i] == '%' || s.p[i] == '$')
                        v = mention(in, str_from(s, i), &len);
                if (v && v->value.len <= 512) {
                        memcpy(p + n, v->value.p, (size_t)v->value.len);
                        n += v->value.len;
                        i += len;
                } else {
                        p[n++] = s.p[i++];
                }
        }
        return str_n(p, n);
}

static void take_value(struct reader *in, struct str name, struct str number) {
        struct script_value *v = str_eq(name, S("featuresettingsoverride"))       ? &in->s->override
                                 : str_eq(name, S("featuresettingsoverridemask")) ? &in->s->mask
                                                                                  : NULL;

        if (!v)
                return;
        v->set = true;
        v->line = in->line;
        v->known = str_to_u64(number, &v->value);
}

static void take_unknown(struct reader *in, struct script_value *v) {
        *v = (struct script_value){ .set = true, .line = in->line };
}

static bool is_program(struct str word, struct str name) {
        struct str s = unquote(word);

        if (s.len > 0 && s.p[0] == '@')
                s = str_from(s, 1);
        if (str_ends(s, S(".exe")))
                s.len -= 4;
        return str_eq(s, name) || (str_ends(s, name) && s.len > name.len && s.p[s.len - name.len - 1] == '\\');
}

/* Set, but not to a number that Windows reads. */
static void take_unknown_of(struct reader *in, struct str name) {
        take_value(in, name, S(""));
}

/* A user's key, or the machine's other ones, are not where Windows looks. */
static bool is_other_key(struct str key) {
        static const struct str users[] = { STR("hkcu"), STR("hkey_current_user"), STR("hku"), STR("hkey_users"), STR("registry::hkey_current_user") };

        for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
                if (str_starts(key, users[i]))
                        return true;
        return !has(key, S("session manager\\memory management")) && !has(key, S("%")) && !has(key, S("$"));
}

/* reg add KEY /v NAME /t REG_DWORD /d NUMBER /f; without /t it is a string, which Windows does not read. */
static bool take_reg_add(struct reader *in, const struct words *w) {
        struct str key, name;
        int at = 0;

        while (at + 2 < w->count && !(is_program(w->w[at], S("reg")) && str_eq(w->w[at + 1], S("add"))))
                at++;
        if (at + 2 >= w->count)
                return false;
        key = unquote(w->w[at + 2]);
        name = option(w, S("/v"));
        if (!has_word(w, S("/f")) && in->s->asks_line == 0)
                in->s->asks_line = in->line;
        if (str_starts(name, S("featuresettingsoverride")) && is_other_key(key))
                in->s->wrong_key = true;
        else if (str_eq(option(w, S("/t")), S("reg_dword")))
                take_value(in, name, option(w, S("/d")));
        else
                take_unknown_of(in, name);
        return true;
}

/* Set-ItemProperty and New-ItemProperty, with -Name and -Value in any order. */
static bool take_item_property(struct reader *in, const struct words *w, struct str command) {
        struct str name, type, path;

        if (!has(command, S("set-itemproperty")) && !has(command, S("new-itemproperty")))
                return false;
        name = option(w, S("-name"));
        type = option(w, has(command, S("new-itemproperty")) ? S("-propertytype") : S("-type"));
        path = option(w, S("-path"));
        if (str_starts(name, S("featuresettingsoverride")) && has(path, S(":")) && is_other_key(path))
                in->s->wrong_key = true;
        else if (type.len == 0 || str_eq(type, S("dword")) || has(type, S("$")))
                take_value(in, name, option(w, S("-value")));
        else
                take_unknown_of(in, name);
        return true;
}

/* "FeatureSettingsOverride"=dword:00000000 */
static bool take_reg_text(struct reader *in, struct str command) {
        ptrdiff_t at = str_find(command, S("=dword:"));
        struct script_value *v;

        if (at < 0)
                return false;
        v = has(str_sub(command, 0, at), S("overridemask")) ? &in->s->mask : &in->s->override;
        v->set = true;
        v->line = in->line;
        v->known = str_hex_to_u64(str_trim(str_sub(command, at + 7, 8)), &v->value);
        return true;
}

static bool only_reads(struct str command) {
        static const struct str words[] = {
                STR("query"),         STR("get-itemprop"), STR("echo"),  STR("write-"), STR("test-path"), STR("find"),
                STR("select-string"), STR("if "),          STR("title"), STR("=="),     STR(" -eq "),     STR(" -ne "),
        };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (has(command, words[i]))
                        return true;
        return false;
}

/* Anything else that names one of the values and is not known to read only: it may set it, to a number that is not
 * known. */
static void take_settings(struct reader *in, const struct words *w, struct str command) {
        bool mask = has(command, S("featuresettingsoverridemask"));

        if (take_reg_add(in, w) || !has(command, S("featuresettingsoverride")) || take_item_property(in, w, command) ||
            take_reg_text(in, command) || only_reads(command) || str_starts(str_trim(command), S("set ")) ||
            str_starts(str_trim(command), S("$")))
                return;
        take_unknown(in, mask ? &in->s->mask : &in->s->override);
}

static void take_reboot(struct reader *in, const struct words *w, struct str command) {
        bool restarts = has(command, S("restart-computer"));

        for (int i = 0; i < w->count && !restarts; i++)
                if (is_program(w->w[i], S("shutdown")))
                        restarts = has_word(w, S("/r")) || has_word(w, S("-r")) || has_word(w, S("/g"));
        if (!restarts || str_starts(command, S("echo")))
                return;
        if (in->s->reboot_line == 0)
                in->s->reboot_guarded = true;
        in->s->reboot_line = in->line;
        in->s->reboot_guarded &= in->condition;
}

/* exit [/b] [code] */
static void take_exit(struct reader *in, const struct words *w) {
        struct str code = { .p = "" };
        uint64_t number;
        int at = 0;

        in->s->ends_zero = in->s->ends_failing = false; /* it is not the last command then, or sets it again below */
        while (at < w->count && !str_eq(w->w[at], S("exit")))
                at++;
        if (at == w->count)
                return;
        for (int i = at + 1; i < w->count && code.len == 0; i++)
                if (!str_eq(w->w[i], S("/b")) && !str_eq(w->w[i], S("}")))
                        code = w->w[i];
        in->s->ends_zero = str_eq(code, S("0"));
        in->s->ends_failing = at == 0 && in->depth == 0 && !in->chained && str_to_u64(code, &number) && number != 0;
        if (code.len > 0 && !in->s->ends_zero && in->s->fails_line == 0)
                in->s->fails_line = in->line;
}

/* `exit`, `goto :eof`: what stands behind it is not reached, if no condition and no parenthesis stands before it in the script. */
static void take_end(struct reader *in, const struct words *w) {
        bool ends = w->count > 0 && (str_eq(w->w[0], S("exit")) || (w->count > 1 && str_eq(w->w[0], S("goto")) && str_eq(w->w[1], S(":eof"))));

        in->unreached |= ends && in->depth == 0 && !in->chained && !in->condition;
}

static bool is_script_name(struct str s) {
        return str_ends(s, S(".cmd")) || str_ends(s, S(".bat")) || str_ends(s, S(".ps1"));
}

static void take_calls(struct reader *in, const struct words *w) {
        for (int i = 0; i < w->count && in->s->call_count < SCRIPT_CALLS_MAX; i++) {
                struct str s = unquote(w->w[i]);
                ptrdiff_t cut = str_find(s, S("%~dp0"));

                if (cut >= 0)
                        s = str_from(s, cut + 5);
                while (s.len > 0 && (s.p[0] == '&' || s.p[0] == '@' || s.p[0] == '\\' || s.p[0] == ' '))
                        s = str_from(s, 1);
                if (str_starts(s, S(".\\")))
                        s = str_from(s, 2);
                if (is_script_name(s))
                        in->s->calls[in->s->call_count++] = s;
        }
}

static void take_command(struct reader *in, struct str command) {
        struct words w;
        struct str s = str_trim(command);

        while (s.len > 0 && (s.p[0] == '@' || s.p[0] == '{' || s.p[0] == '}'))
                s = str_trim(str_from(s, 1));
        if (s.len == 0)
                return;
        split_words(&w, s);
        if (w.count > 0 && (str_eq(w.w[0], S("if")) || str_eq(w.w[0], S("elseif"))))
                in->condition = true;
        take_variable(in, s);
        take_settings(in, &w, s);
        take_reboot(in, &w, s);
        take_exit(in, &w);
        take_end(in, &w);
        if (w.count > 0 && !str_eq(w.w[0], S("echo")))
                take_calls(in, &w);
}

/* Parts a line at the unquoted signs that end a command. */
static void take_line(struct reader *in, struct str line) {
        bool quoted = false;
        ptrdiff_t from = 0;

        in->chained = false;
        for (ptrdiff_t i = 0; i <= line.len; i++) {
                char c = i < line.len ? line.p[i] : '&';

                if (c == '"')
                        quoted = !quoted;
                if (i < line.len && (quoted || !(c == '&' || c == '|' || c == '(' || c == ')')))
                        continue;
                if (!in->unreached)
                        take_command(in, str_sub(line, from, i - from));
                in->depth += c == '(' ? 1 : c == ')' && in->depth > 0 ? -1 : 0;
                if (i + 1 < line.len && (c == '&' || c == '|') && line.p[i + 1] == c)
                        in->condition = in->chained = true;
                from = i + 1;
        }
}

/* Whether the line belongs to PowerShell's <# … #>, which ends where it does. */
static bool is_remark(struct reader *in, struct str line) {
        bool within = in->remark || str_starts(line, S("<#"));

        in->remark = within && !has(line, S("#>"));
        return within;
}

static bool is_comment(struct str line) {
        if (line.len > 0 && line.p[0] == '@')
                line = str_trim(str_from(line, 1));
        return line.len == 0 || str_starts(line, S("::")) || str_eq(line, S("rem")) || str_starts(line, S("rem ")) ||
               str_starts(line, S("#")) || (line.p[0] == ':' && line.len > 1);
}

/* The line, and those it goes on in (`^` in cmd, a grave accent in PowerShell). */
static struct str join_lines(struct reader *in, struct str line, struct str *rest) {
        while (line.len > 0 && line.len < LINE_MAX_BYTES &&
               (line.p[line.len - 1] == '^' || line.p[line.len - 1] == '`')) {
                struct str next;

                line.len--;
                if (!str_line(rest, &next))
                        break;
                in->line++;
                line = str_fmt(in->a, "%.*s %.*s", STR_ARG(line), STR_ARG(lower(in->a, str_trim(next))));
        }
        return line;
}

static void read_text(struct reader *in, struct str text) {
        struct str line;

        while (str_line(&text, &line)) {
                in->line++;
                line = str_trim(lower(in->a, str_trim(line)));
                if (str_starts(line, S(":")) && !str_starts(line, S("::")))
                        in->unreached = false; /* a label, which may be gone to */
                if (is_remark(in, line) || is_comment(line) || line.len > LINE_MAX_BYTES)
                        continue;
                in->s->reads_emulated |= has(line, S("emulat"));
                line = str_trim(join_lines(in, line, &text));
                if (!is_comment(line))
                        take_line(in, expand(in, line));
        }
}

void script_read(struct script *ret, struct arena *a, struct str text) {
        struct script s = { 0 };
        struct reader in = { .s = &s, .a = a };

        if (str_starts(text, S("\xff\xfe"))) {
                s.marked = true;
                text = utf8_from_utf16(a, text.p + 2, text.len - 2);
        } else if (str_starts(text, S("\xef\xbb\xbf"))) {
                s.marked = true;
                text = str_from(text, 3);
        }
        read_text(&in, text);
        *ret = s;
}

void script_read_command(struct script *ret, struct arena *a, struct str command) {
        script_read(ret, a, command);
        ret->ends_zero = true; /* its code is that of a program, and programs end with 0 when they did their work */
}

static void merge_value(struct script_value *to, const struct script_value *from) {
        if (from->set)
                *to = *from;
}

void script_merge(struct script *caller, const struct script *called) {
        merge_value(&caller->override, &called->override);
        merge_value(&caller->mask, &called->mask);
        caller->wrong_key |= called->wrong_key;
        caller->reads_emulated |= called->reads_emulated;
        if (called->asks_line && !caller->asks_line)
                caller->asks_line = called->asks_line;
        if (called->reboot_line) {
                caller->reboot_guarded = called->reboot_guarded && (caller->reboot_guarded || !caller->reboot_line);
                caller->reboot_line = called->reboot_line;
        }
}

bool script_turns_on(const struct script *s) {
        return s->override.known && s->mask.known && (s->override.value & 3) == 0 && (s->mask.value & 3) == 3;
}

bool script_turns_off(const struct script *s) {
        uint64_t mask = s->mask.known ? s->mask.value : 3;

        return s->override.known && (s->override.value & mask & 3) != 0;
}
