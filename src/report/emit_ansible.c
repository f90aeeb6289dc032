#include "base/base64.h"
#include "base/json.h"
#include "report/emit_parts.h"

/* YAML, of which JSON's strings are a part: what comes from outside is written as such. `sidelight_root` is empty, or a folder that holds
 * the system. */

static void put_string(struct out *o, struct str s) {
        struct json j = { .out = o };

        json_str(&j, NULL, s);
}

/* A text of Jinja's, in quotes of both languages; a name that neither takes as it stands is handed over in base64. */
static void put_path(struct out *o, struct str path) {
        OUT_AUTO struct out text = { 0 };
        bool plain = true;

        for (ptrdiff_t i = 0; i < path.len; i++)
                plain &= (unsigned char)path.p[i] >= 0x20 && (unsigned char)path.p[i] < 0x7f && !memchr("'\"\\{}%", path.p[i], 6);
        out_c(&text, "{{ (sidelight_root | default('')) ~ ");
        out_c(&text, plain ? "'" : "('");
        if (plain)
                out_str(&text, path);
        else
                base64_put(&text, path);
        out_c(&text, plain ? "' }}" : "' | b64decode) }}");
        put_string(o, out_text(&text));
}

/* A name is shown: Jinja would take braces for its own. */
static void put_name(struct out *o, const char *before, struct str s) {
        OUT_AUTO struct out text = { 0 };

        out_c(&text, before);
        for (ptrdiff_t i = 0; i < s.len; i++)
                out_char(&text, s.p[i] == '{' || s.p[i] == '}' ? '?' : s.p[i]);
        out_c(o, "    - name: ");
        put_string(o, out_text(&text));
        out_char(o, '\n');
}

static void put_check(struct out *o, const struct emit_file *f, ptrdiff_t n) {
        char old[65], new[65];

        emit_hash(f->old, old);
        emit_hash(f->new, new);
        put_name(o, "What is in ", f->path);
        out_c(o, "      ansible.builtin.stat:\n        path: ");
        put_path(o, f->path);
        out_fmt(o, "\n        checksum_algorithm: sha256\n      register: sidelight_file_%td\n", n);
        put_name(o, "This was made for that file: ", f->path);
        out_fmt(o, "      ansible.builtin.assert:\n        that: \"(sidelight_file_%td.stat.checksum | default('none')) in ['%s', '%s']\"\n", n, old, new);
        out_c(o, "        fail_msg: \"the file is neither what it was nor what it is to be: nothing was changed\"\n");
}

static void put_file(struct out *o, const struct emit_file *f, ptrdiff_t n) {
        put_name(o, f->new.p ? "Write " : "Remove ", f->path);
        if (!f->new.p) {
                out_c(o, "      ansible.builtin.file:\n        path: ");
                put_path(o, f->path);
                out_fmt(o, "\n        state: absent\n      register: sidelight_done_%td\n", n);
                return;
        }
        out_c(o, "      ansible.builtin.copy:\n        dest: ");
        put_path(o, f->path);
        out_c(o, "\n        content: \"{{ '");
        base64_put(o, f->new);
        out_c(o, "' | b64decode }}\"\n");
        if (!f->old.p)
                out_fmt(o, "        mode: \"%04o\"\n", (unsigned)f->mode);
        out_fmt(o, "      register: sidelight_done_%td\n", n);
}

static void put_value(struct out *o, const struct emit_value *v) {
        OUT_AUTO struct out script = { 0 };

        out_c(&script, "if [ \"$(cat \"$1\" 2>/dev/null)\" = \"$2\" ]; then echo \"$3\" >\"$1\"; echo changed; fi");
        put_name(o, "Set now ", v->path);
        out_c(o, "      ansible.builtin.command:\n        argv: [sh, -c, ");
        put_string(o, out_text(&script));
        out_c(o, ", sh, !unsafe ");
        put_string(o, v->path);
        out_c(o, ", !unsafe ");
        put_string(o, v->old);
        out_c(o, ", !unsafe ");
        put_string(o, v->new);
        out_c(o, "]\n      register: sidelight_value\n      changed_when: \"'changed' in sidelight_value.stdout\"\n"
                 "      when: (sidelight_root | default('')) == ''\n");
}

static void put_changed(struct out *o, const struct emission *e) {
        out_c(o, "      when: (sidelight_root | default('')) == ''");
        for (ptrdiff_t i = 0; i < e->file_count; i++)
                out_fmt(o, "%ssidelight_done_%td is changed%s", i ? " or " : " and (", i + 1, i + 1 == e->file_count ? ")" : "");
        out_char(o, '\n');
}

static void put_command(struct out *o, const struct emission *e, const struct emit_command *c) {
        put_name(o, "Run ", c->count ? c->words[0] : S(""));
        out_c(o, "      ansible.builtin.command:\n        argv: [");
        for (ptrdiff_t i = 0; i < c->count; i++) {
                out_c(o, i ? ", !unsafe " : "!unsafe ");
                put_string(o, c->words[i]);
        }
        out_c(o, "]\n      changed_when: true\n");
        put_changed(o, e);
}

void emit_ansible(struct out *o, const struct emission *e) {
        out_c(o, "---\n- name: ");
        put_string(o, e->title);
        out_c(o, "\n  hosts: all\n  gather_facts: false\n  become: \"{{ sidelight_become | default(true) }}\"\n  tasks:\n");
        for (ptrdiff_t i = 0; i < e->file_count; i++)
                put_check(o, &e->files[i], i + 1);
        for (ptrdiff_t i = 0; i < e->file_count; i++)
                put_file(o, &e->files[i], i + 1);
        for (ptrdiff_t i = 0; i < e->value_count; i++)
                put_value(o, &e->values[i]);
        for (ptrdiff_t i = 0; i < e->command_count; i++)
                put_command(o, e, &e->commands[i]);
        put_name(o, e->restart ? "It takes effect with the next restart" : "Done", S(""));
        out_fmt(o, "      ansible.builtin.debug:\n        msg: \"%s\"\n",
                e->restart ? "restart the machine when it suits you: then it takes effect" : "sidelight: done");
}
