/* The command line: what a command is, and what it gets.
 *
 * A command is data: its options, examples and words stand beside its function in cmd_NAME.c. Parser, help, man pages and
 * completion are made from them. */
#ifndef SIDELIGHT_CLI_CLI_H
#define SIDELIGHT_CLI_CLI_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/out.h"
#include "platform/program.h"

/* What a word names where no list says which words there are: for completion. */
enum named {
        NAMED_BY_ARGUMENT, /* by the name of the option's argument: FILE, DIR, or nothing; operands: a file */
        NAMED_NOTHING,
        NAMED_FILE,
        NAMED_FOLDER,
        NAMED_COMMAND,
        NAMED_FLAW, /* from here on: what the data names */
        NAMED_OFFERING,
        NAMED_REVISION,
        NAMED_SETTING,     /* FACT=VALUE */
        NAMED_FLAG,        /* +NAME, -NAME */
        NAMED_DECLARATION, /* NAME=yes|no */
};

/* An option. A list of them ends with one without a name. */
struct option {
        const char *name;    /* without "--" */
        char letter;         /* its short form, or 0 */
        const char *arg;     /* what its value is called, "FILE"; NULL: it takes none */
        const char *values;  /* the words it takes, "text|json|"; NULL: any */
        bool list;           /* takes several words, with commas between, and may be given more than once: they add up */
        bool repeats;        /* may be given more than once, each adds */
        bool date;           /* its value is a day, "2018-01-12" */
        const char *brief;   /* one line */
        const char *details; /* more, for the man page; or NULL */
        bool hidden;         /* for the build and for old scripts: not in the help */
        enum named named;    /* what its value names */
        const char *bare;    /* what is said besides when its value is missing; or NULL */
        const char *without; /* "page|FILE|": beside which it would be left out in silence; FILE: an operand that need not be there; or NULL */
};

struct example {
        const char *line;
        const char *what;
};

struct exit_text {
        int number; /* base/exit.h */
        const char *what;
};

struct cli;
struct catalog;

struct command {
        const char *name;
        const char *operands;    /* "[FILE...]"; NULL: none */
        int operands_min, operands_max; /* -1: any number */
        const char *words;       /* what the first operand may be, "show|diff|"; NULL: anything */
        const char *summary;     /* one line, lower case, no full stop */
        const char *description; /* paragraphs, a blank line between them */
        const struct option *options;
        const struct example *examples; /* ends with one without a line */
        const struct exit_text *exits;  /* its results, beyond 0 and failures; ends with one without text; or NULL */
        const char *exit_note;   /* where they are others; or NULL */
        enum named named[3];     /* what its operands name; the last: it and those behind it */
        bool hidden;
        bool verbatim;           /* writes bytes as they were read; a terminal is spared all the same */
        int (*run)(struct cli *c);      /* an exit code, or -1 after diag_fail */
        int (*failed)(struct cli *c);   /* tells a failure (c->diag) in the output, too, where somebody waits for it there: an exit
                                         * code, or -1 when nobody does; or NULL */
};

struct given {
        const struct option *option;
        const char *value; /* "" for an option without an argument */
};

/* What a command gets. */
struct cli {
        const struct command *command;
        const char **operands; /* ends with NULL */
        int operand_count;
        struct given *items;   /* options as they were given, in order */
        ptrdiff_t count, capacity;
        struct arena arena;    /* lives as long as the program */
        struct arena seen;     /* so does this machine's evidence: some of it is read late, between marks of the other */
        struct out out;        /* standard output */
        struct diag diag;
        struct program_terminal terminal;
        const struct catalog *catalog; /* of input_catalog; NULL before */
        const char *data_from; /* the folder or bundle that the catalog comes from; NULL: built in */
};

/* Fills `c` from the arguments (without the program's name). -1 and a message when they are wrong. */
int cli_parse(struct cli *c, int argc, char **argv);

/* The option of a command, or of all, by its name or (with a letter) by its short form; NULL when there is none. */
const struct option *cli_option(const struct command *c, struct str name, char letter);

/* The value of an option, the last one when it was given more than once; NULL when it was not given. It is an error in the
 * program to ask for an option that the command does not have. */
const char *cli_value(const struct cli *c, const char *option);
/* The same as a str: empty when it was not given. */
struct str cli_text(const struct cli *c, const char *option);
bool cli_given(const struct cli *c, const char *option);
/* Of a command whose first operand is a word: fails where an option was given that is not among those of this word ("as-of|data|") or of all
 * words (--format, --output, --no-color). */
int cli_takes(struct cli *c, struct str options);
/* The number of the option's value among its words; `otherwise` when it was not given. */
int cli_word(const struct cli *c, const char *option, int otherwise);
/* The words of a list, one after the other, from all the times that it was given: `at` begins with 0. False at the end. */
bool cli_next(const struct cli *c, const char *option, ptrdiff_t *at, struct str *ret_word);
/* The same as a set, 1 << number; `otherwise` when it was not given. */
unsigned cli_words(const struct cli *c, const char *option, unsigned otherwise);

/* Says on standard error what went wrong, and forgets it: for commands that go on. Gives the exit code for it. */
int cli_complain(struct cli *c);

/* Which of the words ("a|b|") it is; -1: none. */
int cli_number_of(const char *words, struct str word);
/* The word of "a|b|" that comes nearest to `word`, for "did you mean"; empty when none is near. */
struct str cli_nearest(struct str word, struct str words, struct arena *a);
/* Fails: "no WHAT is called 'NAME'", with the nearest of `words`, else with `where` they stand (NULL: with all of them). */
int cli_no_such(struct cli *c, const char *what, struct str name, struct str words, const char *where);
/* The n-th word of "a|b|"; empty when there is none. */
struct str cli_nth(const char *words, int n);

/* The table of commands. */
extern const struct command *const cli_commands[];
const struct command *cli_command(struct str name);
/* All names that people may use, as words "a|b|". */
struct str cli_command_words(struct arena *a);

/* help.c: what --help says of a command, or of all (NULL). */
void cli_help(struct out *o, const struct command *c, int columns);
/* A man page as scdoc text: of a command, or of the program (NULL). */
void cli_scdoc(struct out *o, const struct command *c);
/* Completion for a shell: a script, and what it asks for while somebody types (c's operands are the words). */
#define SHELLS(X) X(BASH, "bash") X(ZSH, "zsh") X(FISH, "fish")
enum shell {
#define X(name, word) SHELL_##name,
        SHELLS(X)
#undef X
};
void cli_completion(struct out *o, enum shell shell);
int cli_complete(struct cli *c);

/* The options that every command has, beside its own. */
extern const struct option cli_common_options[];

#endif
