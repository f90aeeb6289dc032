#include "apply/render.h"

#include "base/json.h"

/* ---- sh ---- */

/* 'it'\''s': nothing inside is read. */
static void quoted(struct out *o, struct str s) {
        out_char(o, '\'');
        for (ptrdiff_t i = 0; i < s.len; i++)
                if (s.p[i] == '\'')
                        out_c(o, "'\\''");
                else
                        out_char(o, s.p[i]);
        out_char(o, '\'');
}

static bool is_readable(struct str line) {
        for (ptrdiff_t i = 0; i < line.len; i++)
                if (((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') || (unsigned char)line.p[i] > '~')
                        return false;
        return true;
}

/* Any bytes, as octal escapes in printf's format. */
static void escaped(struct out *o, struct str line) {
        out_c(o, "        printf '");
        for (ptrdiff_t i = 0; i < line.len; i++)
                out_fmt(o, "\\%03o", (unsigned)(unsigned char)line.p[i]);
        out_c(o, "'\n");
}

/* Line by line, so that a person can read what is written. */
static void contents(struct out *o, struct str text) {
        while (text.len) {
                ptrdiff_t end = str_find_char(text, '\n');
                struct str line = str_sub(text, 0, end < 0 ? text.len : end);

                if (!is_readable(line)) {
                        escaped(o, str_sub(text, 0, end < 0 ? text.len : end + 1));
                } else {
                        out_fmt(o, "        printf '%s' ", end < 0 ? "%s" : "%s\\n");
                        quoted(o, line);
                        out_char(o, '\n');
                }
                text = str_from(text, line.len + 1);
        }
        out_c(o, "        :\n");
}

static const char script_head[] =
        "set -eu\n"
        "\n"
        "# What is at a path: the SHA-256 of its contents, or \"absent\".\n"
        "state() {\n"
        "        if [ -e \"$1\" ]; then sha256sum <\"$1\" | cut -d ' ' -f 1; else echo absent; fi\n"
        "}\n"
        "\n"
        "# check PATH OLD NEW: true when it is to be written; ends the script when it is something else.\n"
        "check() {\n"
        "        now=$(state \"$1\")\n"
        "        [ \"$now\" = \"$2\" ] && return 0\n"
        "        [ \"$now\" = \"$3\" ] && return 1\n"
        "        echo \"$1 is not what the plan was made from: nothing was changed\" >&2\n"
        "        exit 70\n"
        "}\n"
        "\n"
        "# put PATH: what stands in PATH.sidelight takes its place, with its owner and mode.\n"
        "put() {\n"
        "        if [ -e \"$1\" ]; then\n"
        "                chown --reference=\"$1\" \"$1.sidelight\"\n"
        "                chmod --reference=\"$1\" \"$1.sidelight\"\n"
        "        else\n"
        "                chmod 644 \"$1.sidelight\"\n"
        "        fi\n"
        "        sync\n"
        "        mv -f \"$1.sidelight\" \"$1\"\n"
        "}\n"
        "\n";

static const char *old_state(const struct deed *d) {
        return d->was.exists ? d->old_hash : "absent";
}

static void check_file(struct out *o, const struct deed *d, ptrdiff_t n) {
        out_fmt(o, "todo_%td=\nif check ", n);
        quoted(o, d->path);
        out_fmt(o, " %s %s; then todo_%td=yes; fi\n", old_state(d), d->new_hash, n);
}

static void write_file(struct out *o, struct arena *a, const struct deed *d, ptrdiff_t n) {
        ptrdiff_t slash = d->path.len;

        while (slash > 1 && d->path.p[slash - 1] != '/')
                slash--;
        out_fmt(o, "\nif [ -n \"$todo_%td\" ]; then\n        mkdir -p ", n);
        quoted(o, str_sub(d->path, 0, slash - 1));
        out_c(o, "\n        {\n");
        contents(o, d->new);
        out_c(o, "        } >");
        quoted(o, str_fmt(a, "%.*s.sidelight", STR_ARG(d->path)));
        out_c(o, "\n        put ");
        quoted(o, d->path);
        out_c(o, "\n        changed=yes\nfi\n");
}

static void script(struct out *o, struct arena *a, const struct deeds *d, struct str hash) {
        out_fmt(o, "#!/bin/sh\n# sidelight fix, plan %.*s. A second run changes nothing.\n", STR_ARG(hash));
        out_c(o, script_head);
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        check_file(o, &d->files.items[i], i);
        out_c(o, "changed=\n");
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        write_file(o, a, &d->files.items[i], i);
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_VALUE) {
                        out_c(o, "\nprintf '%s' ");
                        quoted(o, d->files.items[i].new);
                        out_c(o, " >");
                        quoted(o, d->files.items[i].path);
                        out_char(o, '\n');
                }
        if (d->commands.count)
                out_c(o, "\nif [ -n \"$changed\" ]; then\n");
        for (ptrdiff_t i = 0; i < d->commands.count; i++) {
                out_c(o, "        ");
                for (uint32_t k = 0; k < d->commands.items[i].argv.count; k++) {
                        out_c(o, k ? " " : "");
                        quoted(o, d->commands.items[i].argv.items[k]);
                }
                out_char(o, '\n');
        }
        if (d->commands.count)
                out_c(o, "fi\n");
        out_c(o, "\necho sidelight fix: done\n");
}

/* ---- Others ---- */

/* A YAML scalar: JSON's strings are YAML's. */
static void scalar(struct out *o, struct str s) {
        struct json j = { .out = o };

        json_str(&j, NULL, s);
}

static void cloud_init(struct out *o, struct str text) {
        struct str line;

        out_c(o, "#cloud-config\nwrite_files:\n- path: /run/sidelight-fix.sh\n  permissions: '0700'\n  content: |\n");
        while (str_line(&text, &line))
                out_fmt(o, "%s%.*s\n", line.len ? "    " : "", STR_ARG(line));
        out_c(o, "runcmd:\n- [sh, /run/sidelight-fix.sh]\n");
}

static void run_command(struct out *o, struct str text) {
        struct json j = { .out = o, .indent = 2 };
        struct str line;

        json_begin_object(&j, NULL);
        json_str(&j, "commandId", S("RunShellScript"));
        json_begin_array(&j, "script");
        while (str_line(&text, &line))
                json_str(&j, NULL, line);
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
}

static void task(struct out *o, struct arena *a, const char *name, struct str path) {
        out_c(o, "    - name: ");
        scalar(o, str_fmt(a, "%s %.*s", name, STR_ARG(path)));
        out_char(o, '\n');
}

static void playbook_check(struct out *o, struct arena *a, const struct deed *d, ptrdiff_t n) {
        task(o, a, "Look at", d->path);
        out_c(o, "      ansible.builtin.stat:\n        checksum_algorithm: sha256\n        path: ");
        scalar(o, d->path);
        out_fmt(o, "\n      register: sidelight_%td\n", n);
        task(o, a, "Refuse what the plan was not made from:", d->path);
        out_fmt(o, "      ansible.builtin.assert:\n        that: sidelight_%td.stat.checksum | default('absent') in ['%s', '%s']\n", n,
                old_state(d), d->new_hash);
}

static void playbook_write(struct out *o, struct arena *a, const struct deed *d, bool notify) {
        task(o, a, "Write", d->path);
        out_c(o, "      ansible.builtin.copy:\n        dest: ");
        scalar(o, d->path);
        out_c(o, "\n        content: !unsafe ");
        scalar(o, d->new);
        out_fmt(o, "\n        mode: '%04o'\n", d->was.exists ? (unsigned)d->was.mode : 0644u);
        if (notify)
                out_c(o, "      notify: sidelight\n");
}

static void handlers(struct out *o, struct arena *a, const struct deeds *d) {
        out_c(o, "  handlers:\n");
        for (ptrdiff_t i = 0; i < d->commands.count; i++) {
                task(o, a, "Run", errand_text(a, &d->commands.items[i]));
                out_c(o, "      listen: sidelight\n      ansible.builtin.command:\n        argv:\n");
                for (uint32_t k = 0; k < d->commands.items[i].argv.count; k++) {
                        out_c(o, "          - ");
                        scalar(o, d->commands.items[i].argv.items[k]);
                        out_char(o, '\n');
                }
        }
}

static void playbook(struct out *o, struct arena *a, const struct deeds *d, struct str hash) {
        out_fmt(o, "# sidelight fix, plan %.*s\n- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n", STR_ARG(hash));
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        playbook_check(o, a, &d->files.items[i], i);
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        playbook_write(o, a, &d->files.items[i], d->commands.count > 0);
        if (d->commands.count)
                handlers(o, a, d);
}

void render(struct out *o, struct arena *a, enum rendering r, const struct deeds *d, struct str hash) {
        OUT_AUTO struct out text = { 0 };

        script(&text, a, d, hash);
        if (r == RENDER_SHELL)
                out_str(o, out_text(&text));
        else if (r == RENDER_ANSIBLE)
                playbook(o, a, d, hash);
        else if (r == RENDER_CLOUD_INIT)
                cloud_init(o, out_text(&text));
        else
                run_command(o, out_text(&text));
}
