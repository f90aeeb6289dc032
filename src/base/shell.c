#include "base/shell.h"

static bool is_bare(struct str word, const char *signs) {
        for (ptrdiff_t i = 0; i < word.len; i++) {
                char c = word.p[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(signs, c))))
                        return false;
        }
        return word.len > 0;
}

void out_sh_word(struct out *o, struct str word) {
        if (is_bare(word, "_-./:,+@%=") && word.p[0] != '=') { /* zsh looks up what follows a '=' at the beginning */
                out_str(o, word);
                return;
        }
        out_char(o, '\'');
        for (ptrdiff_t i = 0; i < word.len; i++)
                if (word.p[i] == '\'')
                        out_c(o, "'\\''");
                else
                        out_char(o, word.p[i]);
        out_char(o, '\'');
}

struct str sh_word(struct arena *a, struct str word) {
        OUT_AUTO struct out o = { 0 };

        out_sh_word(&o, word);
        return str_dup(a, out_text(&o));
}

struct str windows_word(struct arena *a, struct str word) {
        ptrdiff_t end = word.len;

        if (is_bare(word, "_-./:\\+="))
                return word;
        while (end > 0 && word.p[end - 1] == '\\') /* before a quote each counts half */
                end--;
        return str_fmt(a, "\"%.*s%.*s\"", STR_ARG(word), STR_ARG(str_from(word, end)));
}
