/* Completion for the shells: a few lines each, which ask the program (help_completion_words.c) for the words. What data was installed since
 * is completed, too. */
#include "cli/cli.h"

/* bash cuts words at '=' and ':', and replaces only what stands behind the last of them. */
static const char bash[] =
        "# bash completion for sidelight; written by `sidelight help --completion bash`\n"
        "_sidelight() {\n"
        "    local words=() word i line last joined=0\n"
        "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
        "        word=${COMP_WORDS[i]}\n"
        "        if ((${#words[@]} > 0)) && { ((joined)) || [[ $word == [=:] ]]; }; then\n"
        "            words[-1]+=$word\n"
        "        else\n"
        "            words+=(\"$word\")\n"
        "        fi\n"
        "        joined=0\n"
        "        [[ $word != [=:] ]] || joined=1\n"
        "    done\n"
        "    last=${words[-1]}\n"
        "    COMPREPLY=()\n"
        "    while IFS= read -r line; do\n"
        "        case $line in\n"
        "        :files) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"${last##*=}\") ;;\n"
        "        :folders) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- \"${last##*=}\") ;;\n"
        "        *)\n"
        "            word=${line%%$'\\t'*}\n"
        "            [[ $word != *= ]] || compopt -o nospace 2>/dev/null\n"
        "            [[ $last != *[=:]* ]] || word=${word#\"${last%\"${last##*[=:]}\"}\"}\n"
        "            COMPREPLY+=(\"$word\") ;;\n"
        "        esac\n"
        "    done < <(\"${COMP_WORDS[0]}\" help --complete -- \"${words[@]}\" 2>/dev/null)\n"
        "}\n"
        "complete -F _sidelight sidelight\n";

static const char zsh[] =
        "#compdef sidelight\n"
        "# zsh completion for sidelight; written by `sidelight help --completion zsh`\n"
        "_sidelight() {\n"
        "    local line word\n"
        "    local -a names open\n"
        "    for line in \"${(@f)$(\"${(Q)words[1]}\" help --complete -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
        "        word=${${line%%$'\\t'*}//:/\\\\:}\n"
        "        case $line in\n"
        "        :files) _files ;;\n"
        "        :folders) _files -/ ;;\n"
        "        *=$'\\t'*) open+=(\"$word:${line#*$'\\t'}\") ;;\n"
        "        *$'\\t'*) names+=(\"$word:${line#*$'\\t'}\") ;;\n"
        "        ?*) names+=(\"$word\") ;;\n"
        "        esac\n"
        "    done\n"
        "    (( $#names )) && _describe -t words sidelight names\n"
        "    (( $#open )) && _describe -t settings setting open -S ''\n"
        "}\n"
        "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _sidelight \"$@\"; else compdef _sidelight sidelight; fi\n";

static const char fish[] =
        "# fish completion for sidelight; written by `sidelight help --completion fish`\n"
        "function __sidelight_complete\n"
        "    set -l words (commandline -opc) (commandline -ct)\n"
        "    set -l program $words[1]\n"
        "    set -e words[1]\n"
        "    for line in ($program help --complete -- $words 2>/dev/null)\n"
        "        switch $line\n"
        "            case :files\n"
        "                __fish_complete_path (commandline -ct)\n"
        "            case :folders\n"
        "                __fish_complete_directories (commandline -ct)\n"
        "            case '*'\n"
        "                echo $line\n"
        "        end\n"
        "    end\n"
        "end\n"
        "complete -c sidelight -f -a '(__sidelight_complete)'\n";

void cli_completion(struct out *o, enum shell shell) {
        static const char *const scripts[] = { [SHELL_BASH] = bash, [SHELL_ZSH] = zsh, [SHELL_FISH] = fish };

        out_c(o, scripts[shell]);
}
