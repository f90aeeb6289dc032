#include "apply/render.h"

#include "base/json.h"
#include "base/plain.h"
#include "base/shell.h"

#define RENDER_PLACE "/var/lib/sidelight"
#define RENDER_RESTART "/run/sidelight-fix.restart" /* a run changed something that holds only after a restart */

/* ---- What a reader should know ---- */

/* On one line, behind a '#'. */
static void comment(struct out *o, struct arena *a, const char *label, struct str text) {
        out_fmt(o, "# %s%.*s\n", label, STR_ARG(plain(a, text)));
}

/* What is in the plan and not in here, and what else its reader should know. */
static void comments(struct out *o, struct arena *a, const struct deeds *d) {
        for (ptrdiff_t i = 0; i < d->refusals.count; i++) {
                const struct refusal *one = &d->refusals.items[i];

                comment(o, a, "Left alone: ", str_fmt(a, "%.*s: %.*s. Instead: %.*s", STR_ARG(one->what), STR_ARG(one->why), STR_ARG(one->instead)));
        }
        for (ptrdiff_t i = 0; i < d->remarks.count; i++)
                comment(o, a, "Note: ", d->remarks.items[i]);
}

static bool is_empty(const struct deeds *d) {
        return d->files.count + d->commands.count == 0;
}

/* ---- sh ---- */

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
                        out_sh_word(o, line);
                        out_char(o, '\n');
                }
                text = str_from(text, line.len + 1);
        }
        out_c(o, "        :\n");
}

static const char script_head[] =
        "set -eu\n"
        "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive\n"
        "trap '[ $? -eq 0 ] || echo \"sidelight fix: failed; run this again when the cause is gone\"' EXIT\n"
        "\n"
        "# What is at a path: the SHA-256 of its contents, \"link\", or \"absent\".\n"
        "state() {\n"
        "        if [ -L \"$1\" ]; then echo link; elif [ -e \"$1\" ]; then sha256sum <\"$1\" | cut -d ' ' -f 1; else echo absent; fi\n"
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
        "# check_value PATH OLD NEW: the same for a setting of the running kernel.\n"
        "check_value() {\n"
        "        now=$(cat \"$1\")\n"
        "        [ \"$now\" = \"$2\" ] || [ \"$now\" = \"$3\" ] && return 0\n"
        "        echo \"$1 is $now, not $2, as the plan was made from: nothing was changed\" >&2\n"
        "        exit 70\n"
        "}\n"
        "\n"
        "# begin PATH: PATH.sidelight, to be written, with the owner and mode of what is there.\n"
        "begin() {\n"
        "        rm -f \"$1.sidelight\"\n"
        "        if [ -e \"$1\" ]; then cp -p \"$1\" \"$1.sidelight\"; else : >\"$1.sidelight\"; chmod 644 \"$1.sidelight\"; fi\n"
        "}\n"
        "\n"
        "# put PATH: what stands in PATH.sidelight takes its place.\n"
        "put() {\n"
        "        sync\n"
        "        mv -f \"$1.sidelight\" \"$1\"\n"
        "}\n"
        "\n"
        "# value PATH VALUE: a setting of the running kernel.\n"
        "value() {\n"
        "        [ \"$(cat \"$1\")\" = \"$2\" ] || printf '%s' \"$2\" >\"$1\"\n"
        "}\n"
        "\n";

/* Stands there from before the first file is written until the last command has run: a run that ends between is completed by the next. */
static struct str marker(struct arena *a, struct str hash) {
        return str_fmt(a, "%s/%.12s.pending", RENDER_PLACE, hash.p);
}

static const char *old_state(const struct deed *d) {
        return d->was.exists ? d->old_hash : "absent";
}

static void check_file(struct out *o, const struct deed *d, ptrdiff_t n) {
        out_fmt(o, "todo_%td=\nif check ", n);
        out_sh_word(o, d->path);
        out_fmt(o, " %s %s; then todo_%td=yes; fi\n", old_state(d), d->new_hash, n);
}

static void check_value(struct out *o, const struct deed *d) {
        out_c(o, "check_value ");
        out_sh_word(o, d->path);
        out_char(o, ' ');
        out_sh_word(o, d->old);
        out_char(o, ' ');
        out_sh_word(o, d->new);
        out_char(o, '\n');
}

static struct str folder_of(struct str path) {
        ptrdiff_t slash = path.len;

        while (slash > 1 && path.p[slash - 1] != '/')
                slash--;
        return str_sub(path, 0, slash > 1 ? slash - 1 : 1);
}

static void write_file(struct out *o, struct arena *a, const struct deed *d, ptrdiff_t n) {
        out_fmt(o, "\nif [ -n \"$todo_%td\" ]; then\n        mkdir -p ", n);
        out_sh_word(o, folder_of(d->path));
        out_c(o, "\n        begin ");
        out_sh_word(o, d->path);
        out_c(o, "\n        {\n");
        contents(o, d->new);
        out_c(o, "        } >");
        out_sh_word(o, str_fmt(a, "%.*s.sidelight", STR_ARG(d->path)));
        out_c(o, "\n        put ");
        out_sh_word(o, d->path);
        out_c(o, "\n        changed=yes\nfi\n");
}

/* What a command makes of files that are edited runs when they are; one that stands for itself is run each time, and has to bear it. */
static bool follows_files(const struct deeds *d, const struct errand *c) {
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE && deed_is_for(&d->files.items[i], c->step))
                        return true;
        return false;
}

static bool any_follows(const struct deeds *d) {
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (follows_files(d, &d->commands.items[i]))
                        return true;
        return false;
}

static bool all_follow(const struct deeds *d) {
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (!follows_files(d, &d->commands.items[i]))
                        return false;
        return true;
}

static void script_files(struct out *o, struct arena *a, const struct deeds *d, struct str hash) {
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        check_file(o, &d->files.items[i], i);
                else
                        check_value(o, &d->files.items[i]);
        out_fmt(o, "pending=%.*s\nchanged=\n[ -e \"$pending\" ] && changed=yes\n", STR_ARG(marker(a, hash)));
        if (any_follows(d)) {
                out_c(o, "if [ -n \"");
                for (ptrdiff_t i = 0; i < d->files.count; i++)
                        if (d->files.items[i].kind == DEED_FILE)
                                out_fmt(o, "$todo_%td", i);
                out_c(o, "\" ]; then (umask 022 && mkdir -p " RENDER_PLACE "); : >\"$pending\"; sync; fi\n");
        }
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        write_file(o, a, &d->files.items[i], i);
}

static void script_values(struct out *o, const struct deeds *d) {
        for (ptrdiff_t i = 0; i < d->files.count; i++) {
                if (d->files.items[i].kind != DEED_VALUE)
                        continue;
                out_c(o, "\nvalue ");
                out_sh_word(o, d->files.items[i].path);
                out_char(o, ' ');
                out_sh_word(o, d->files.items[i].new);
                out_char(o, '\n');
        }
}

static void script_commands(struct out *o, const struct deeds *d) {
        for (ptrdiff_t i = 0; i < d->commands.count; i++) {
                out_c(o, follows_files(d, &d->commands.items[i]) ? "\n[ -z \"$changed\" ] ||" : "\n");
                for (uint32_t k = 0; k < d->commands.items[i].argv.count; k++) {
                        out_c(o, k || follows_files(d, &d->commands.items[i]) ? " " : "");
                        out_sh_word(o, d->commands.items[i].argv.items[k]);
                }
                out_char(o, '\n');
        }
}

static void script(struct out *o, struct arena *a, const struct rendered *r) {
        if (is_empty(r->deeds)) {
                out_c(o, "#!/bin/sh\n# sidelight fix: there is nothing that a script could change.\n");
                comments(o, a, r->deeds);
                out_c(o, "echo 'sidelight fix: nothing to change'\n");
                return;
        }
        out_fmt(o, "#!/bin/sh\n# sidelight fix, plan %.*s. A second run changes nothing.\n", STR_ARG(r->hash));
        comments(o, a, r->deeds);
        out_c(o, "# shellcheck disable=SC1003,SC2016,SC2034 # files' texts stand as they are; not each plan asks whether a file changed\n");
        out_c(o, script_head);
        script_files(o, a, r->deeds, r->hash);
        script_values(o, r->deeds);
        script_commands(o, r->deeds);
        out_c(o, "\nrm -f \"$pending\"\n");
        if (r->restart)
                out_fmt(o, "%s: >" RENDER_RESTART "\n", all_follow(r->deeds) ? "[ -z \"$changed\" ] || " : "");
        out_fmt(o, "echo 'sidelight fix: done%s'\n", r->restart ? "; restart, then see sidelight check" : "");
}

/* ---- Others ---- */

/* A YAML scalar, in which Ansible sees no template: JSON's strings are YAML's. */
static void scalar(struct out *o, struct str s) {
        struct json j = { .out = o };

        out_c(o, "!unsafe ");
        json_str(&j, NULL, s);
}

/* The same of a file's text, line by line: a line's end that is escaped is none, and the blanks behind it are none but one that is escaped, too. */
static void text_scalar(struct out *o, struct str s) {
        OUT_AUTO struct out quoted = { 0 };
        bool first = true;

        out_c(o, "!unsafe \"");
        for (struct str line; s.len > 0; first = false) {
                ptrdiff_t end = str_find_char(s, '\n');
                struct json j = { .out = &quoted };

                line = str_sub(s, 0, end < 0 ? s.len : end + 1);
                s = str_from(s, line.len);
                quoted.len = 0;
                json_str(&j, NULL, line);
                out_c(o, first ? "" : line.p[0] == ' ' ? "\\\n          \\" : "\\\n          ");
                out_str(o, str_sub(out_text(&quoted), 1, quoted.len - 2));
        }
        out_char(o, '"');
}

/* Such a scalar can hold it byte for byte. */
static bool is_text(struct str s) {
        uint32_t c;
        int n;

        for (ptrdiff_t i = 0; i < s.len; i += n) {
                n = utf8_at(s.p + i, s.len - i, &c);
                if (n == 0 || (utf8_steers(c) && c != '\n' && c != '\t' && c != '\r'))
                        return false;
        }
        return true;
}

/* It restarts only when something was changed. */
static void cloud_init(struct out *o, struct str text, bool restart) {
        struct str line;

        out_c(o, "#cloud-config\nwrite_files:\n- path: /run/sidelight-fix.sh\n  permissions: '0700'\n  content: |\n");
        while (str_line(&text, &line))
                out_fmt(o, "%s%.*s\n", line.len ? "    " : "", STR_ARG(line));
        out_c(o, "runcmd:\n- [sh, /run/sidelight-fix.sh]\n");
        if (restart)
                out_c(o, "power_state:\n  mode: reboot\n  message: sidelight fix\n  condition: test -e " RENDER_RESTART "\n");
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
        out_fmt(o, "      ansible.builtin.assert:\n        that:\n          - not (sidelight_%td.stat.islnk | default(false))\n          - >-\n"
                   "            sidelight_%td.stat.checksum | default('absent') in\n            ['%s', '%s']\n", n, n, old_state(d), d->new_hash);
}

static void argv(struct out *o, const struct str_list *words) {
        out_c(o, "      ansible.builtin.command:\n        argv:\n");
        for (uint32_t k = 0; k < words->count; k++) {
                out_c(o, "          - ");
                scalar(o, words->items[k]);
                out_char(o, '\n');
        }
}

/* Bytes that no YAML holds: as octal escapes for printf, into a copy that keeps mode and owner. */
static void playbook_write_bytes(struct out *o, const struct deed *d, ptrdiff_t n) {
        OUT_AUTO struct out octal = { 0 };
        const struct str words[] = { STR("sh"), STR("-c"), STR("set -e; rm -f \"$1.sidelight\"; [ ! -e \"$1\" ] || cp -p \"$1\" \"$1.sidelight\"; "
                                                               "printf \"$2\" >\"$1.sidelight\"; sync; mv -f \"$1.sidelight\" \"$1\""),
                                     STR("sh"), d->path, { 0 } };
        struct str all[sizeof(words) / sizeof(words[0])];

        memcpy(all, words, sizeof(all));
        for (ptrdiff_t i = 0; i < d->new.len; i++)
                out_fmt(&octal, "\\%03o", (unsigned)(unsigned char)d->new.p[i]);
        all[5] = out_text(&octal);
        argv(o, &(struct str_list){ .items = all, .count = sizeof(all) / sizeof(all[0]) });
        out_fmt(o, "      changed_when: true\n      when: sidelight_%td.stat.checksum | default('absent') != '%s'\n", n, d->new_hash);
}

static void playbook_folder(struct out *o, struct arena *a, struct str folder) {
        task(o, a, "Make", folder);
        out_c(o, "      ansible.builtin.file:\n        state: directory\n        path: ");
        scalar(o, folder);
        out_char(o, '\n');
}

static void playbook_write(struct out *o, struct arena *a, const struct deed *d, ptrdiff_t n) {
        if (!d->was.exists)
                playbook_folder(o, a, folder_of(d->path));
        task(o, a, "Write", d->path);
        if (!is_text(d->new)) {
                playbook_write_bytes(o, d, n);
                return;
        }
        out_c(o, "      ansible.builtin.copy:\n        dest: ");
        scalar(o, d->path);
        out_c(o, "\n        content: ");
        text_scalar(o, d->new);
        out_fmt(o, "\n        mode: '%04o'\n", d->was.exists ? (unsigned)d->was.mode : 0644u);
}

/* True (in the playbook's language) while a file waits to be written, or a run that was to do it has not ended. */
static void while_begun(struct out *o, const struct deeds *d) {
        out_c(o, "      when: >-\n        sidelight_pending.stat.exists");
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        out_fmt(o, "\n        or sidelight_%td.stat.checksum | default('absent') != '%s'", i, d->files.items[i].new_hash);
        out_char(o, '\n');
}

static void playbook_pending(struct out *o, struct arena *a, const struct deeds *d, struct str path) {
        task(o, a, "Look at", path);
        out_c(o, "      ansible.builtin.stat:\n        path: ");
        scalar(o, path);
        out_c(o, "\n      register: sidelight_pending\n");
        task(o, a, "Make", S(RENDER_PLACE));
        out_c(o, "      ansible.builtin.file:\n        path: " RENDER_PLACE "\n        state: directory\n        mode: '0755'\n");
        while_begun(o, d);
        task(o, a, "Note what is begun in", path);
        out_c(o, "      ansible.builtin.copy:\n        content: ''\n        mode: '0600'\n        dest: ");
        scalar(o, path);
        out_char(o, '\n');
        while_begun(o, d);
}

static void playbook_check_value(struct out *o, struct arena *a, const struct deed *d) {
        const struct str words[] = { STR("sh"), STR("-c"), STR("[ \"$(cat \"$1\")\" = \"$2\" ] || [ \"$(cat \"$1\")\" = \"$3\" ]"),
                                     STR("sh"), d->path, d->old, d->new };

        task(o, a, "Refuse what the plan was not made from:", d->path);
        argv(o, &(struct str_list){ .items = words, .count = sizeof(words) / sizeof(words[0]) });
        out_c(o, "      changed_when: false\n");
}

static void playbook_value(struct out *o, struct arena *a, const struct deed *d) {
        const struct str words[] = { STR("sh"), STR("-c"), STR("[ \"$(cat \"$1\")\" = \"$2\" ] || { printf %s \"$2\" >\"$1\" && echo set; }"),
                                     STR("sh"), d->path, d->new };

        task(o, a, "Set now", d->path);
        argv(o, &(struct str_list){ .items = words, .count = sizeof(words) / sizeof(words[0]) });
        out_c(o, "      register: sidelight_value\n      changed_when: sidelight_value.stdout != ''\n");
}

static void playbook_command(struct out *o, struct arena *a, const struct deeds *d, const struct errand *c) {
        task(o, a, "Run", errand_text(a, c));
        argv(o, &c->argv);
        out_fmt(o, "      changed_when: %s\n", follows_files(d, c) ? "true" : "false");
        if (follows_files(d, c))
                while_begun(o, d);
}

static void playbook_tasks(struct out *o, struct arena *a, const struct deeds *d, struct str pending) {
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        playbook_check(o, a, &d->files.items[i], i);
                else
                        playbook_check_value(o, a, &d->files.items[i]);
        if (any_follows(d))
                playbook_pending(o, a, d, pending);
        for (ptrdiff_t i = 0; i < d->files.count; i++)
                if (d->files.items[i].kind == DEED_FILE)
                        playbook_write(o, a, &d->files.items[i], i);
                else
                        playbook_value(o, a, &d->files.items[i]);
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                playbook_command(o, a, d, &d->commands.items[i]);
        if (!any_follows(d))
                return;
        task(o, a, "Forget what was begun in", pending);
        out_c(o, "      ansible.builtin.file:\n        state: absent\n        path: ");
        scalar(o, pending);
        out_char(o, '\n');
}

static bool installs(const struct deeds *d) {
        for (ptrdiff_t i = 0; i < d->commands.count; i++)
                if (d->commands.items[i].package)
                        return true;
        return false;
}

static void playbook(struct out *o, struct arena *a, const struct rendered *r) {
        bool empty = is_empty(r->deeds);

        if (empty)
                out_c(o, "# sidelight fix: there is nothing that a playbook could change.\n");
        else
                out_fmt(o, "# sidelight fix, plan %.*s%s\n", STR_ARG(r->hash), r->restart ? "; it takes effect after a restart" : "");
        comments(o, a, r->deeds);
        out_fmt(o, "- name: Close what was found open\n  hosts: all\n  become: true\n  gather_facts: false\n%s  tasks:%s\n",
                installs(r->deeds) ? "  environment:\n    DEBIAN_FRONTEND: noninteractive\n" : "", empty ? " []" : "");
        playbook_tasks(o, a, r->deeds, marker(a, r->hash));
}

void render(struct out *o, struct arena *a, enum rendering kind, const struct rendered *r) {
        OUT_AUTO struct out text = { 0 };

        script(&text, a, r);
        if (kind == RENDER_SHELL)
                out_str(o, out_text(&text));
        else if (kind == RENDER_ANSIBLE)
                playbook(o, a, r);
        else if (kind == RENDER_CLOUD_INIT)
                cloud_init(o, out_text(&text), r->restart);
        else
                run_command(o, out_text(&text));
}
