#include "base/base64.h"
#include "plan/edit/udiff.h"
#include "report/emit_parts.h"

#define END_MARK "SIDELIGHT_END_OF_FILE"

/* What the script knows how to do. $root is empty, or a folder that holds the system: the script's first argument. */
static const char head[] =
        "set -eu\n"
        "root=${1:-}\n"
        "pending=$root/var/lib/sidelight/pending-$id\n"
        "hash_of() {\n"
        "    if [ -f \"$root$1\" ]; then sha256sum <\"$root$1\" | cut -d ' ' -f 1; else echo none; fi\n"
        "}\n"
        "# check PATH OLD NEW: stops where the file is neither\n"
        "check() {\n"
        "    if [ -L \"$root$1\" ]; then echo \"$1 is a link: nothing was changed\" >&2; exit 3; fi\n"
        "    case $(hash_of \"$1\") in\n"
        "    \"$2\" | \"$3\") ;;\n"
        "    *) echo \"$1 is not the file for which this was made: nothing was changed\" >&2; exit 3 ;;\n"
        "    esac\n"
        "}\n"
        "# put PATH NEW MODE: the contents stand on standard input, in base64 if DECODE says so\n"
        "put() {\n"
        "    if [ \"$(hash_of \"$1\")\" = \"$2\" ]; then cat >/dev/null; return 0; fi\n"
        "    mkdir -p \"$root${1%/*}\" \"${pending%/*}\"\n"
        "    : >\"$pending\"\n"
        "    new=$root$1.sidelight-new\n"
        "    rm -f \"$new\"\n"
        "    if [ -f \"$root$1\" ]; then cp -p \"$root$1\" \"$new\"; else : >\"$new\"; chmod \"$3\" \"$new\"; fi\n"
        "    $4 >\"$new\"\n"
        "    if [ \"$(hash_of \"$1.sidelight-new\")\" != \"$2\" ]; then rm -f \"$new\"; echo \"$1 could not be written\" >&2; exit 1; fi\n"
        "    mv -f \"$new\" \"$root$1\"\n"
        "    echo \"wrote $1\"\n"
        "}\n"
        "take_away() {\n"
        "    [ -f \"$root$1\" ] || return 0\n"
        "    mkdir -p \"${pending%/*}\"\n"
        "    : >\"$pending\"\n"
        "    rm -f \"$root$1\"\n"
        "    echo \"removed $1\"\n"
        "}\n"
        "# now PATH OLD NEW: a value of the running kernel\n"
        "now() {\n"
        "    if [ -z \"$root\" ] && [ \"$(cat \"$1\" 2>/dev/null)\" = \"$2\" ]; then echo \"$3\" >\"$1\"; echo \"set $1\"; fi\n"
        "}\n"
        "run() {\n"
        "    if [ -n \"$root\" ]; then chroot \"$root\" \"$@\"; else \"$@\"; fi\n"
        "}\n";

static const char restart[] = "    [ -n \"$root\" ] || : >/run/sidelight-restart\n"
                              "    echo 'restart the machine: then it takes effect'\n";

/* One word, in quotes where a shell could take it for something else. */
static void put_word(struct out *o, struct str s) {
        bool plain = s.len > 0;

        for (ptrdiff_t i = 0; i < s.len; i++) {
                char c = s.p[i];

                plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && memchr("/._-=:,+@%", c, 11));
        }
        if (plain) {
                out_str(o, s);
                return;
        }
        out_char(o, '\'');
        for (ptrdiff_t i = 0; i < s.len; i++) {
                if (s.p[i] == '\'')
                        out_c(o, "'\\''");
                else
                        out_char(o, s.p[i]);
        }
        out_char(o, '\'');
}

/* A comment: what could end it, or steer a terminal, is shown as '?'. */
static void put_comment(struct out *o, struct str s) {
        out_c(o, "# ");
        for (ptrdiff_t i = 0; i < s.len; i++)
                out_char(o, (unsigned char)s.p[i] < 0x20 && s.p[i] != '\t' ? '?' : s.p[i]);
        out_char(o, '\n');
}

static void put_diff(struct out *o, const struct emit_file *f) {
        OUT_AUTO struct out diff = { 0 };
        const struct udiff_file file = { .path = f->path, .old = f->old, .new = f->new };
        struct str rest, line;

        udiff(&diff, &file);
        rest = out_text(&diff);
        while (str_line(&rest, &line))
                put_comment(o, line);
}

/* True for a text that a shell can hold as it stands. */
static bool is_plain(struct str text) {
        for (ptrdiff_t i = 0; i < text.len; i++)
                if (((unsigned char)text.p[i] < 0x20 && text.p[i] != '\n' && text.p[i] != '\t') || (unsigned char)text.p[i] >= 0x7f)
                        return false;
        return str_ends(text, S("\n")) && str_find(text, S(END_MARK)) < 0;
}

static void put_file(struct out *o, const struct emit_file *f) {
        char hash[65];

        if (!f->new.p) {
                out_c(o, "take_away ");
                put_word(o, f->path);
                out_char(o, '\n');
                return;
        }
        emit_hash(f->new, hash);
        out_c(o, "put ");
        put_word(o, f->path);
        out_fmt(o, " %s %04o %s <<'" END_MARK "'\n", hash, (unsigned)f->mode, is_plain(f->new) ? "cat" : "'base64 -d'");
        if (is_plain(f->new)) {
                out_str(o, f->new);
        } else {
                base64_put(o, f->new);
                out_char(o, '\n');
        }
        out_c(o, END_MARK "\n");
}

static void put_checks(struct out *o, const struct emission *e) {
        for (ptrdiff_t i = 0; i < e->file_count; i++) {
                char old[65], new[65];

                emit_hash(e->files[i].old, old);
                emit_hash(e->files[i].new, new);
                out_c(o, "check ");
                put_word(o, e->files[i].path);
                out_fmt(o, " %s %s\n", old, new);
        }
}

static void put_commands(struct out *o, const struct emission *e) {
        for (ptrdiff_t i = 0; i < e->command_count; i++) {
                out_c(o, "    run");
                for (ptrdiff_t k = 0; k < e->commands[i].count; k++) {
                        out_char(o, ' ');
                        put_word(o, e->commands[i].words[k]);
                }
                out_char(o, '\n');
        }
}

void emit_shell(struct out *o, const struct emission *e) {
        out_c(o, "#!/bin/sh\n");
        put_comment(o, e->title);
        for (ptrdiff_t i = 0; i < e->file_count; i++)
                put_diff(o, &e->files[i]);
        out_c(o, "id=");
        put_word(o, e->id);
        out_char(o, '\n');
        out_c(o, head);
        put_checks(o, e);
        for (ptrdiff_t i = 0; i < e->file_count; i++)
                put_file(o, &e->files[i]);
        for (ptrdiff_t i = 0; i < e->value_count; i++) {
                out_c(o, "now ");
                put_word(o, e->values[i].path);
                out_char(o, ' ');
                put_word(o, e->values[i].old);
                out_char(o, ' ');
                put_word(o, e->values[i].new);
                out_char(o, '\n');
        }
        /* The commands run until they have all worked once; without files they are the whole matter. */
        out_c(o, e->file_count ? "if [ -f \"$pending\" ]; then\n" : "if true; then\n");
        put_commands(o, e);
        out_c(o, e->restart ? restart : "    :\n");
        out_c(o, "    rm -f \"$pending\"\nfi\necho 'sidelight: done'\n");
}
