/* What the word under the cursor can become: `sidelight help --complete -- WORD...`, which all shells ask. One candidate a line, with a tab and
 * what it means behind it where that helps; `:files` and `:folders` stand for what the shell itself knows. */
#include "catalog/guidance.h"
#include "cli/input.h"
#include "whatif/change.h"

struct completion {
        struct cli *c;
        struct str word;   /* what is there of it */
        struct str before; /* what stands before it in the same word: "--only=mds," */
};

static void offer(struct completion *t, struct str candidate, const char *end, struct str what) {
        if (!str_starts(candidate, t->word))
                return;
        out_fmt(&t->c->out, "%.*s%.*s%s", STR_ARG(t->before), STR_ARG(candidate), end);
        if (what.len)
                out_fmt(&t->c->out, "\t%.*s", STR_ARG(what));
        out_char(&t->c->out, '\n');
}

static void offer_words(struct completion *t, struct str words) {
        struct str word;

        while (str_cut(&words, '|', &word))
                if (word.len)
                        offer(t, word, "", S(""));
}

/* What stands up to and with the last `mark` is settled. */
static void settle(struct completion *t, char mark) {
        for (ptrdiff_t i = t->word.len; i > 0; i--)
                if (t->word.p[i - 1] == mark) {
                        t->before = str_fmt(&t->c->arena, "%.*s%.*s", STR_ARG(t->before), STR_ARG(str_sub(t->word, 0, i)));
                        t->word = str_from(t->word, i);
                        return;
                }
}

/* ---- Names ---- */

static void offer_flaws(struct completion *t, const struct catalog *k) {
        for (uint32_t i = 0; i < k->flaw_count; i++)
                offer(t, T(k->flaws[i].id), "", T(k->flaws[i].name));
}

static void offer_guidance(struct completion *t, const struct guidance *g, bool revisions) {
        for (uint32_t i = 0; revisions && i < g->revision_count; i++)
                offer(t, T(g->revisions[i].id), "", T(g->revisions[i].title));
        for (uint32_t i = 0; !revisions && i < g->offering_count; i++)
                offer(t, T(g->offerings[i].id), "", T(g->offerings[i].title));
}

/* FACT=VALUE: first the facts that stand for one place, then what that parameter takes. */
static void offer_settings(struct completion *t, const struct catalog *k) {
        struct str all = t->word;

        settle(t, '=');
        if (t->before.len && str_ends(t->before, S("="))) {
                struct str fact = str_sub(all, 0, str_find_char(all, '='));

                for (uint32_t i = 0; i < k->parameter_count; i++)
                        if (str_starts(fact, S("cmdline.")) && str_eq(str_from(fact, 8), T(k->parameters[i].name)))
                                for (uint32_t n = 0; n < k->parameters[i].values.count; n++)
                                        offer(t, T_AT(k->parameters[i].values, n), "", S(""));
                offer(t, S("absent"), "", S(""));
                return;
        }
        for (uint32_t i = 0; i < k->fact_count; i++)
                if (change_possible(&k->facts[i]))
                        offer(t, T(k->facts[i].name), "=", T(k->facts[i].title));
}

/* +NAME or -NAME. */
static void offer_flags(struct completion *t, const struct catalog *k) {
        if (t->word.len) {
                t->before = str_fmt(&t->c->arena, "%.*s%c", STR_ARG(t->before), t->word.p[0]);
                t->word = str_from(t->word, 1);
        }
        for (uint32_t i = 0; i < k->fact_count; i++)
                if (k->facts[i].kind == FACT_KIND_CPUID && k->facts[i].text.len)
                        offer(t, T(k->facts[i].text), "", T(k->facts[i].title));
}

static void offer_declarations(struct completion *t, const struct catalog *k) {
        settle(t, '=');
        if (str_ends(t->before, S("="))) {
                offer_words(t, S("yes|no|"));
                return;
        }
        for (uint32_t i = 0; i < k->fact_count; i++)
                if (k->facts[i].kind == FACT_KIND_DECLARED)
                        offer(t, str_from(T(k->facts[i].name), 9), "=", T(k->facts[i].title)); /* declared. */
}

static int offer_named(struct completion *t, enum named named) {
        const struct catalog *k = NULL;

        if (named >= NAMED_FLAW && input_catalog(t->c, &k) < 0)
                return -1;
        switch (named) {
        case NAMED_NOTHING:
                break;
        case NAMED_BY_ARGUMENT:
        case NAMED_FILE:
                out_c(&t->c->out, ":files\n");
                break;
        case NAMED_FOLDER:
                out_c(&t->c->out, ":folders\n");
                break;
        case NAMED_COMMAND:
                for (const struct command *const *o = cli_commands; *o; o++)
                        if (!(*o)->hidden)
                                offer(t, str_of((*o)->name), "", str_of((*o)->summary));
                break;
        case NAMED_FLAW:
                offer_flaws(t, k);
                break;
        case NAMED_OFFERING:
        case NAMED_REVISION:
                offer_guidance(t, k->guidance, named == NAMED_REVISION);
                break;
        case NAMED_SETTING:
                offer_settings(t, k);
                break;
        case NAMED_FLAG:
                offer_flags(t, k);
                break;
        case NAMED_DECLARATION:
                offer_declarations(t, k);
                break;
        }
        return 0;
}

/* ---- Options and operands ---- */

/* Where the table does not say what an option's value names, its argument's name does. */
static enum named named_by(const struct option *o) {
        struct str arg = str_of(o->arg);

        if (o->named)
                return o->named;
        if (str_find(arg, S("DIR")) >= 0)
                return NAMED_FOLDER;
        return str_eq(arg, S("FILE")) || str_eq(arg, S("CSDEF")) ? NAMED_FILE : NAMED_NOTHING;
}

static int offer_value(struct completion *t, const struct option *o) {
        if (o->list)
                settle(t, ',');
        if (!o->values)
                return offer_named(t, named_by(o));
        offer_words(t, str_of(o->values));
        return 0;
}

static void offer_options(struct completion *t, const struct option *list) {
        for (; list && list->name; list++)
                if (!list->hidden)
                        offer(t, str_fmt(&t->c->arena, "--%s", list->name), "", str_of(list->brief));
}

/* The option whose value stands behind this word, if any. */
static const struct option *waits_for_value(const struct command *command, struct str word) {
        const struct option *o = NULL;

        if (str_starts(word, S("--")) && str_find_char(word, '=') < 0)
                o = cli_option(command, str_from(word, 2), 0);
        else if (word.len == 2 && word.p[0] == '-' && word.p[1] != '-')
                o = cli_option(command, S(""), word.p[1]);
        return o && o->arg ? o : NULL;
}

static int offer_operand(struct completion *t, const struct command *command, int operand) {
        enum { LAST = sizeof(command->named) / sizeof(command->named[0]) - 1 };

        if (operand == 0 && command->words) {
                offer_words(t, str_of(command->words));
                return 0;
        }
        return command->operands ? offer_named(t, command->named[operand < LAST ? operand : LAST]) : 0;
}

/* "--only=mds": the option's value, in the same word. */
static int offer_joined(struct completion *t, const struct command *command) {
        ptrdiff_t equals = str_find_char(t->word, '=');
        const struct option *o = cli_option(command, str_sub(t->word, 2, equals - 2), 0);

        t->before = str_sub(t->word, 0, equals + 1);
        t->word = str_from(t->word, equals + 1);
        return o && o->arg ? offer_value(t, o) : 0;
}

int cli_complete(struct cli *c) {
        struct completion t = { .c = c, .word = c->operand_count ? str_of(c->operands[c->operand_count - 1]) : S(""), .before = S("") };
        const struct command *command = c->operand_count > 1 ? cli_command(str_of(c->operands[0])) : NULL;
        const struct option *waiting = NULL;
        bool only_operands = false;
        int operands = 0;

        for (int i = command ? 1 : 0; i < c->operand_count - 1; i++) {
                struct str word = str_of(c->operands[i]);

                if (waiting)
                        waiting = NULL;
                else if (!only_operands && str_eq(word, S("--")))
                        only_operands = true;
                else if (only_operands || !str_starts(word, S("-")))
                        operands++;
                else
                        waiting = waits_for_value(command ? command : cli_commands[0], word);
        }
        if (waiting)
                return offer_value(&t, waiting);
        if (!command && c->operand_count <= 1 && !str_starts(t.word, S("-")))
                return offer_named(&t, NAMED_COMMAND);
        command = command ? command : cli_commands[0];
        if (only_operands || !str_starts(t.word, S("-")))
                return offer_operand(&t, command, operands);
        if (str_find_char(t.word, '=') >= 0)
                return offer_joined(&t, command);
        offer_options(&t, command->options);
        offer_options(&t, cli_common_options);
        return 0;
}
