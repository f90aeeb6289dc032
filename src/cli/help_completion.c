/* Completion for bash, from the table of commands. */
#include "cli/cli.h"

static void words(struct out *o, struct str list) {
        struct str word;

        while (str_cut(&list, '|', &word)) {
                out_str(o, word);
                out_char(o, ' ');
        }
}

/* The case that completes the value of an option. */
static void value_case(struct out *o, const struct command *c, const struct option *list) {
        for (; list && list->name; list++) {
                if (!list->arg || list->hidden)
                        continue;
                out_fmt(o, "        '%s --%s'", c->name, list->name);
                if (list->letter)
                        out_fmt(o, "|'%s -%c'", c->name, list->letter);
                if (list->values) {
                        out_c(o, ") COMPREPLY=($(compgen -W '");
                        words(o, str_of(list->values));
                        out_c(o, "' -- \"$word\")); return ;;\n");
                } else if (str_find(str_of(list->arg), S("DIR")) >= 0) {
                        out_c(o, ") COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n");
                } else {
                        out_c(o, ") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
                }
        }
}

static void option_names(struct out *o, const struct option *list) {
        for (; list && list->name; list++)
                if (!list->hidden)
                        out_fmt(o, "--%s ", list->name);
}

void cli_completion_bash(struct out *o) {
        out_c(o, "# bash completion for sidelight; written by `sidelight help --completion bash`\n"
                 "_sidelight() {\n"
                 "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
                 "    COMPREPLY=()\n"
                 "    case \"$command $before\" in\n");
        for (const struct command *const *c = cli_commands; *c; c++)
                if (!(*c)->hidden)
                        value_case(o, *c, (*c)->options);
        out_c(o, "    esac\n"
                 "    if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then\n"
                 "        COMPREPLY=($(compgen -W '");
        for (const struct command *const *c = cli_commands; *c; c++)
                if (!(*c)->hidden)
                        out_fmt(o, "%s ", (*c)->name);
        out_c(o, "' -- \"$word\"))\n        return\n    fi\n"
                 "    if [[ $word != -* ]]; then\n"
                 "        case $command in\n");
        for (const struct command *const *c = cli_commands; *c; c++)
                if (!(*c)->hidden && (*c)->words) {
                        out_fmt(o, "            %s) COMPREPLY=($(compgen -W '", (*c)->name);
                        words(o, str_of((*c)->words));
                        out_c(o, "' -- \"$word\")) ;;\n");
                }
        out_c(o, "            *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n        esac\n        return\n    fi\n"
                 "    case $command in\n");
        for (const struct command *const *c = cli_commands; *c; c++) {
                if ((*c)->hidden)
                        continue;
                out_fmt(o, "        %s) COMPREPLY=($(compgen -W '", (*c)->name);
                option_names(o, (*c)->options);
                option_names(o, cli_common_options);
                out_c(o, "' -- \"$word\")) ;;\n");
        }
        out_c(o, "        *) COMPREPLY=($(compgen -W '");
        option_names(o, cli_commands[0]->options);
        option_names(o, cli_common_options);
        out_c(o, "' -- \"$word\")) ;;\n    esac\n}\ncomplete -F _sidelight sidelight\n");
}
