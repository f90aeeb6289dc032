/* The arguments, matched against the table of commands. */
#include "cli/commands.h"
#include "cli/slips.h"

#include <assert.h>

#include "base/date.h"
#include "catalog/catalog.h"

const struct command *const cli_commands[] = {
#define X(name) &cmd_##name,
        COMMANDS(X)
#undef X
        NULL,
};

const struct option cli_common_options[] = {
        { .name = "output", .letter = 'o', .arg = "FILE", .brief = "write to FILE instead of standard output",
          .details = "FILE changes only when everything went well, in one step: a failure, a full disk included, leaves it as it "
                     "was. It keeps its permissions and owner. A symbolic link is refused." },
        { .name = "help", .letter = 'h', .brief = "show what this command takes" },
        { 0 },
};

/* '_' counts as '-': the build asks for man pages by the names of commands.h. */
static bool same_name(struct str x, struct str y) {
        for (ptrdiff_t i = 0; x.len == y.len && i < x.len; i++)
                if (x.p[i] != y.p[i] && !(x.p[i] == '-' && y.p[i] == '_'))
                        return false;
        return x.len == y.len;
}

const struct command *cli_command(struct str name) {
        for (const struct command *const *c = cli_commands; *c; c++)
                if (same_name(str_of((*c)->name), name))
                        return *c;
        return NULL;
}

struct str cli_command_words(struct arena *a) {
        struct str words = S("");

        for (const struct command *const *c = cli_commands; *c; c++)
                if (!(*c)->hidden)
                        words = str_fmt(a, "%.*s%s|", STR_ARG(words), (*c)->name);
        return words;
}

struct str cli_nth(const char *words, int n) {
        struct str rest = str_of(words), word;

        while (str_cut(&rest, '|', &word))
                if (n-- == 0)
                        return word;
        return S("");
}

int cli_number_of(const char *words, struct str word) {
        struct str rest = str_of(words), one;

        for (int n = 0; str_cut(&rest, '|', &one); n++)
                if (one.len > 0 && str_eq(one, word))
                        return n;
        return -1;
}

static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b, ptrdiff_t c) {
        ptrdiff_t m = a < b ? a : b;

        return m < c ? m : c;
}

/* Levenshtein's distance: how many letters must be put in, left out or changed. */
static ptrdiff_t distance(struct str x, struct str y, struct arena *a) {
        struct arena_mark mark = arena_mark(a);
        ptrdiff_t *row = arena_array(a, ptrdiff_t, y.len + 1), result;

        for (ptrdiff_t k = 0; k <= y.len; k++)
                row[k] = k;
        for (ptrdiff_t i = 1; i <= x.len; i++) {
                ptrdiff_t corner = row[0];

                row[0] = i;
                for (ptrdiff_t k = 1; k <= y.len; k++) {
                        ptrdiff_t above = row[k];

                        row[k] = least(row[k - 1] + 1, above + 1, corner + (x.p[i - 1] != y.p[k - 1]));
                        corner = above;
                }
        }
        result = row[y.len];
        arena_release(a, mark);
        return result;
}

struct str cli_nearest(struct str word, struct str words, struct arena *a) {
        struct str best = S(""), one;
        ptrdiff_t best_distance = word.len < 3 ? 2 : (word.len + 4) / 3; /* "chekc" is near, "script" is not near "sarif" */

        while (str_cut(&words, '|', &one)) {
                ptrdiff_t d = one.len == 0 || word.len > 64 ? PTRDIFF_MAX
                              : str_eq_nocase(one, word) ? 0
                              : word.len >= 3 && str_starts(one, word) ? 1 : distance(word, one, a);

                if (d < best_distance) {
                        best = one;
                        best_distance = d;
                }
        }
        return best;
}

/* "a|b|" as "a, b". */
static struct str listed(struct arena *a, struct str words) {
        struct str text = S(""), one;

        while (str_cut(&words, '|', &one))
                if (one.len > 0)
                        text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), text.len ? ", " : "", STR_ARG(one));
        return text;
}

/* The words that begin so, where they are several: none of them is meant more than the others. */
static struct str all_that_begin(struct arena *a, struct str begin, struct str words) {
        enum { LEAST = 3 };
        struct str text = S(""), one;
        int count = 0;

        while (begin.len >= LEAST && str_cut(&words, '|', &one))
                if (str_starts(one, begin))
                        text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), count++ ? ", " : "", STR_ARG(one));
        return count > 1 ? text : S("");
}

int cli_no_such(struct cli *c, const char *what, struct str name, struct str words, const char *where) {
        struct str hint = slip_word(c, name, words), several = all_that_begin(&c->arena, name, words);

        if (several.len)
                return diag_fail_class(&c->diag, DIAG_USAGE, "no %s is called '%.*s'; did you mean one of %.*s?", what, STR_ARG(name), STR_ARG(several));
        if (hint.len)
                return diag_fail_class(&c->diag, DIAG_USAGE, "no %s is called '%.*s'%.*s", what, STR_ARG(name), STR_ARG(hint));
        if (where)
                return diag_fail_class(&c->diag, DIAG_USAGE, "no %s is called '%.*s'; %s", what, STR_ARG(name), where);
        return diag_fail_class(&c->diag, DIAG_USAGE, "no %s is called '%.*s'; there are %.*s", what, STR_ARG(name),
                               STR_ARG(listed(&c->arena, words)));
}

static const struct option *find_in(const struct option *o, struct str name, char letter) {
        for (; o && o->name; o++)
                if (letter ? o->letter == letter : str_eq(str_of(o->name), name))
                        return o;
        return NULL;
}

const struct option *cli_option(const struct command *c, struct str name, char letter) {
        const struct option *o = find_in(c->options, name, letter);

        return o ? o : find_in(cli_common_options, name, letter);
}

static int unknown_option(struct cli *c, struct str name, const char *shown) {
        const struct option *format = cli_option(c->command, S("format"), 0);
        struct str words = S("help|output|"), hint = slip_option(c, name);

        for (const struct option *o = c->command->options; o && o->name; o++)
                if (!o->hidden)
                        words = str_fmt(&c->arena, "%.*s%s|", STR_ARG(words), o->name);
        hint = hint.len ? hint : slip_near(c, name, words, "--");
        hint = hint.len || !format || name.len < 3 ? hint : slip_near(c, name, str_of(format->values), "--format ");
        return diag_fail_class(&c->diag, DIAG_USAGE, "%s has no option '%s'%.*s", c->command->name, shown, STR_ARG(hint));
}

static int check_word(struct cli *c, const struct option *o, struct str word) {
        struct str hint;

        if (cli_number_of(o->values, word) >= 0)
                return 0;
        hint = slip_value(c, o, word);
        if (hint.len == 0) {
                struct str words = str_n(o->values, (ptrdiff_t)strlen(o->values));

                hint = str_fmt(&c->arena, "; it takes %.*s", STR_ARG(str_ends(words, S("|")) ? str_sub(words, 0, words.len - 1)
                                                                                            : words));
        }
        return diag_fail_class(&c->diag, DIAG_USAGE, "'%.*s' is not a value of --%s%.*s", STR_ARG(word), o->name,
                               STR_ARG(hint));
}

/* What the option takes. */
static int needs_value(struct cli *c, const struct option *o) {
        struct str words = listed(&c->arena, str_of(o->values));

        return diag_fail_class(&c->diag, DIAG_USAGE, "--%s needs a value: --%s %s%s%.*s%s", o->name, o->name, o->arg,
                               words.len ? o->list ? ", some of " : ", one of " : "", STR_ARG(words), o->bare ? o->bare : "");
}

static int check_value(struct cli *c, const struct option *o, struct str value) {
        struct str word;


        if (o->date && !date_valid(value))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s takes a day such as 2018-01-12, not '%.*s'", o->name,
                                       STR_ARG(value));
        if (!o->values)
                return 0;
        if (!o->list)
                return check_word(c, o, value);
        while (str_cut(&value, ',', &word))
                if (check_word(c, o, str_trim(word)) < 0)
                        return -1;
        return 0;
}

/* Of two values that are not the same one would be left out in silence. How and where it is written may be said anew: somebody's
 * alias holds the first. */
static bool is_second(const struct cli *c, const struct option *o, const char *value) {
        bool is_one = o->arg && !o->repeats && !o->list && o->letter != 'o' && strcmp(o->name, "format") != 0;

        for (ptrdiff_t i = 0; i < c->count && is_one; i++)
                if (c->items[i].option == o && strcmp(c->items[i].value, value) != 0)
                        return true;
        return false;
}

static int add(struct cli *c, const struct option *o, const char *value) {
        if (check_value(c, o, str_of(value)) < 0)
                return -1;
        if (is_second(c, o, value))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s is given twice, and takes one %s", o->name, o->arg);
        *arena_append(&c->arena, c) = (struct given){ .option = o, .value = value };
        return 0;
}

/* One argument that begins with '-'. `*next` is the argument behind it; moved on when that is the option's value. */
static int parse_option(struct cli *c, const char *text, char ***next) {
        bool is_long = text[1] == '-';
        struct str name = str_of(text + (is_long ? 2 : 1));
        ptrdiff_t equals = is_long ? str_find_char(name, '=') : -1;
        struct str key = equals >= 0 ? str_sub(name, 0, equals) : name;
        const struct option *o = cli_option(c->command, key, is_long ? 0 : text[1]);

        if (!is_long && name.len > 2 && cli_option(c->command, name, 0))
                return diag_fail_class(&c->diag, DIAG_USAGE, "%s has no option '%s'; did you mean '-%s'?", c->command->name, text, text);
        if (!o || (!is_long && name.len > (o->arg ? 1 : 2) && slip_option(c, name).len)) /* -oX is another program's, not a file X */
                return unknown_option(c, key, text);
        if (!o->arg && !is_long && name.len > 1 && cli_option(c->command, S(""), text[2]))
                return diag_fail_class(&c->diag, DIAG_USAGE, "one letter at a time: '-%c -%s', not '%s'", text[1], text + 2, text);
        if (!o->arg && (equals >= 0 || (!is_long && name.len > 1)))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s takes no value: '%s'", o->name, text);
        if (!o->arg)
                return add(c, o, "");
        if (equals >= 0)
                return add(c, o, name.p + equals + 1);
        if (!is_long && name.len > 1)
                return add(c, o, name.p + 1);
        if (!**next)
                return needs_value(c, o);
        return add(c, o, *(*next)++);
}

/* Without a command it is check: when there is nothing, an option, or what can only be a file. */
static int parse_command(struct cli *c, char ***argv) {
        struct str word = str_of(**argv), hint;

        if (!**argv || (word.p[0] == '-' && !str_eq(word, S("--help")) && !str_eq(word, S("-h")) &&
                        !str_eq(word, S("--version")))) {
                c->command = cli_commands[0];
                return 0;
        }
        if (str_eq(word, S("--version")) || str_eq(word, S("--help")) || str_eq(word, S("-h"))) {
                c->command = cli_command(S("help"));
                if (!str_eq(word, S("--version")))
                        ++*argv;
                return 0;
        }
        c->command = cli_command(word);
        if (c->command) {
                ++*argv;
                return 0;
        }
        if (str_eq(word, S("/?")) || str_eq_nocase(word, S("/h")) || str_eq_nocase(word, S("/help")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "'%.*s' is not a command; did you mean 'sidelight --help'?", STR_ARG(word));
        if (str_find_char(word, '/') >= 0 || str_find_char(word, '.') >= 0) {
                c->command = cli_commands[0];
                return 0;
        }
        hint = slip_command(c, word);
        return diag_fail_class(&c->diag, DIAG_USAGE, "'%.*s' is not a command%.*s", STR_ARG(word), STR_ARG(hint));
}

/* A word too much: a flaw, or the name of a file that is to be written. */
static struct str operand_slip(struct cli *c, const char *word) {
        if (catalog_flaw(&catalog_builtin, str_of(word)))
                return str_fmt(&c->arena, "; did you mean 'sidelight explain %s'?", word);
        if (c->command->operands_max == 0 && cli_option(c->command, S("redact"), 0))
                return str_fmt(&c->arena, "; did you mean '-o %s'?", word);
        return S("");
}

static int check_operands(struct cli *c) {
        const struct command *cmd = c->command;
        struct str first = str_of(c->operands[0]), hint;

        if (cli_given(c, "help"))
                return 0;
        if (c->operand_count == 0 && cmd->operands_min > 0 && cmd->words)
                return diag_fail_class(&c->diag, DIAG_USAGE, "%s needs a word: %.*s", cmd->name, STR_ARG(listed(&c->arena, str_of(cmd->words))));
        if (c->operand_count == 0 && cmd->operands_min > 0 && cmd->named[0] == NAMED_FLAW)
                return diag_fail_class(&c->diag, DIAG_USAGE, "%s needs more: sidelight %s %s; `sidelight list` has the flaws", cmd->name, cmd->name, cmd->operands);
        if (c->operand_count < cmd->operands_min)
                return diag_fail_class(&c->diag, DIAG_USAGE, "%s needs more: sidelight %s %s", cmd->name, cmd->name,
                                       cmd->operands);
        if (cmd->operands_max >= 0 && c->operand_count > cmd->operands_max) {
                hint = operand_slip(c, c->operands[cmd->operands_max]);
                return diag_fail_class(&c->diag, DIAG_USAGE, "%s does not know what to do with '%s'%.*s", cmd->name,
                                       c->operands[cmd->operands_max], STR_ARG(hint));
        }
        if (!cmd->words || !c->operand_count || cli_number_of(cmd->words, first) >= 0)
                return 0;
        hint = slip_word(c, first, str_of(cmd->words));
        if (hint.len == 0)
                hint = str_fmt(&c->arena, ", but %.*s", STR_ARG(listed(&c->arena, str_of(cmd->words))));
        return diag_fail_class(&c->diag, DIAG_USAGE, "%s does not know '%.*s'%.*s", cmd->name, STR_ARG(first),
                               STR_ARG(hint));
}

/* Options of which one would be left out in silence beside the other: neither is guessed at. */
static int check_pairs(struct cli *c) {
        for (ptrdiff_t i = 0; i < c->count && !cli_given(c, "help"); i++) {
                struct str rest = str_of(c->items[i].option->without), other;
                const char *name = c->items[i].option->name;

                while (str_cut(&rest, '|', &other)) {
                        if (str_eq(other, S("FILE")) && c->operand_count > c->command->operands_min)
                                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s and '%s' cannot be given together", name,
                                                       c->operands[c->operand_count - 1]);
                        for (ptrdiff_t k = 0; k < c->count; k++)
                                if (str_eq(other, str_of(c->items[k].option->name)))
                                        return diag_fail_class(&c->diag, DIAG_USAGE, "--%s and --%.*s cannot be given together", name, STR_ARG(other));
                }
        }
        return 0;
}

/* What was read from standard input is gone when it is to be read again. */
static int check_input(struct cli *c) {
        int named = 0;

        for (int i = 0; i < c->operand_count; i++)
                named += strcmp(c->operands[i], "-") == 0;
        for (ptrdiff_t i = 0; i < c->count; i++) {
                const struct option *o = c->items[i].option;

                named += o->letter != 'o' && o->arg && strcmp(o->arg, "FILE") == 0 && strcmp(c->items[i].value, "-") == 0;
        }
        return named < 2 ? 0 : diag_fail_class(&c->diag, DIAG_USAGE, "standard input ('-') can be read once, and is named %s: give files instead",
                                               named == 2 ? "twice" : "several times");
}

int cli_parse(struct cli *c, int argc, char **argv) {
        bool wrong = false; /* the others are still read: how to tell what is wrong may be among them */

        c->operands = arena_array(&c->arena, const char *, argc + 1);
        if (parse_command(c, &argv) < 0)
                return -1;
        while (*argv) {
                const char *text = *argv++;

                if (strcmp(text, "--") == 0) {
                        while (*argv)
                                c->operands[c->operand_count++] = *argv++;
                } else if (text[0] == '-' && text[1]) {
                        wrong = parse_option(c, text, &argv) < 0 || wrong;
                } else {
                        c->operands[c->operand_count++] = text;
                }
        }
        return wrong || check_operands(c) < 0 || check_pairs(c) < 0 ? -1 : check_input(c);
}

int cli_takes(struct cli *c, struct str options) {
        struct str all = str_fmt(&c->arena, "|format|output|no-color|help|%.*s", STR_ARG(options));

        for (ptrdiff_t i = 0; i < c->count; i++)
                if (str_find(all, str_fmt(&c->arena, "|%s|", c->items[i].option->name)) < 0)
                        return diag_fail_class(&c->diag, DIAG_USAGE, "%s %s takes no --%s", c->command->name, c->operands[0], c->items[i].option->name);
        return 0;
}

const char *cli_value(const struct cli *c, const char *option) {
        assert(cli_option(c->command, str_of(option), 0));
        for (ptrdiff_t i = c->count - 1; i >= 0; i--)
                if (strcmp(c->items[i].option->name, option) == 0)
                        return c->items[i].value;
        return NULL;
}

struct str cli_text(const struct cli *c, const char *option) {
        return str_of(cli_value(c, option));
}

bool cli_given(const struct cli *c, const char *option) {
        return cli_value(c, option) != NULL;
}

int cli_word(const struct cli *c, const char *option, int otherwise) {
        const char *value = cli_value(c, option);

        return value ? cli_number_of(cli_option(c->command, str_of(option), 0)->values, str_of(value)) : otherwise;
}

bool cli_next(const struct cli *c, const char *option, ptrdiff_t *at, struct str *ret_word) {
        ptrdiff_t before = 0;

        for (ptrdiff_t i = 0; i < c->count; i++) {
                struct str rest = str_of(c->items[i].value);

                if (strcmp(c->items[i].option->name, option) != 0)
                        continue;
                while (str_cut(&rest, ',', ret_word))
                        if (before++ == *at) {
                                *ret_word = str_trim(*ret_word);
                                ++*at;
                                return true;
                        }
        }
        return false;
}

unsigned cli_words(const struct cli *c, const char *option, unsigned otherwise) {
        const char *words = cli_option(c->command, str_of(option), 0)->values;
        struct str word;
        unsigned set = 0;

        for (ptrdiff_t at = 0; cli_next(c, option, &at, &word);) {
                int n = cli_number_of(words, word); /* cli_parse took known words only */

                set |= n >= 0 ? 1u << n : 0;
        }
        return cli_given(c, option) ? set : otherwise;
}
