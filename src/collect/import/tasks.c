/* What Ansible's playbooks show of a command: its output as a string, or as a list of lines. */
#include "collect/import/parts.h"

static bool is_lines(const struct json_value *v) {
        for (ptrdiff_t i = 0; v->type == JSON_ARRAY && i < v->count; i++)
                if (v->items[i].type != JSON_STRING)
                        return false;
        return v->type == JSON_ARRAY && v->count > 0;
}

/* "stdout_lines", "result.stdout_lines", a `msg` that is a list; else "stdout". */
static const struct json_value *output_of(const struct json_value *root) {
        const struct json_value *found = NULL;

        for (ptrdiff_t i = 0; root->type == JSON_OBJECT && i < root->count; i++) {
                struct str key = root->members[i].key;
                const struct json_value *v = &root->members[i].value;

                if ((str_ends(key, S("stdout_lines")) || str_eq(key, S("msg"))) && is_lines(v))
                        return v;
                if ((str_eq(key, S("stdout")) || str_ends(key, S(".stdout"))) && v->type == JSON_STRING)
                        found = v;
        }
        return found;
}

/* What `debug: var=NAME` shows has it one deeper, below the variable's name. */
static const struct json_value *registered(const struct json_value *root) {
        const struct json_value *v = root->type == JSON_OBJECT && root->count > 0 ? &root->members[0].value : NULL;

        return output_of(root) || !v || v->type != JSON_OBJECT || !json_member(v, S("rc")) ? root : v;
}

static bool is_tasks(struct import *im, const struct json_value *root) {
        (void)im;
        return output_of(registered(root)) != NULL;
}

static int read_tasks(struct import *im, const struct json_value *root) {
        const struct json_value *v = output_of(registered(root));
        OUT_AUTO struct out all = { 0 };
        struct str text = v->text;

        for (ptrdiff_t i = 0; v->type == JSON_ARRAY && i < v->count; i++) {
                out_str(&all, v->items[i].text);
                out_char(&all, '\n');
        }
        (void)import_host(im, S(""));
        if (v->type == JSON_ARRAY)
                text = str_dup(im->arena, out_text(&all));
        return import_any(im, margin_text(im->arena, normal_text(im->arena, text))) < 0 ? -1 : 0;
}

const struct reader reader_tasks = {
        .format = { .name = "ansible-output", .title = "a command's output in Ansible's playbooks", .carries = "what Ansible shows of a command" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .tree = true,
        .in_json = is_tasks,
        .read_json = read_tasks,
};
