/* What a role's start-up tasks do about KVA shadowing, and whether they do it well. */
#include "cloud/lint.h"
#include "cloud/script.h"

enum { CALL_DEPTH_MAX = 3 };

/* A task as far as it could be read. */
struct task_view {
        const struct csdef_task *task;
        struct script script;
        bool inline_command; /* the command line itself sets the values; no script file */
        bool unseen;         /* it runs something that could not be read */
        struct str file;     /* the script that was read last, as the definition names it */
};

struct search {
        struct lint *l;
        const struct csdef *def;
        const struct csdef_role *role;
};

/* The folder of a path, with its last '/' ("a/b.csdef" -> "a/"); empty for a bare name. */
static struct str folder(const char *file) {
        struct str s = str_of(file);

        while (s.len > 0 && s.p[s.len - 1] != '/' && s.p[s.len - 1] != '\\')
                s.len--;
        return s;
}

/* "..\Startup\x.cmd" is below approot\bin: without the first step up, and with '/'. Empty when it goes further up. */
static struct str relative(struct arena *a, struct str name) {
        char *p;

        if (str_starts(name, S("..\\")) || str_starts(name, S("../")))
                name = str_from(name, 3);
        p = arena_bytes(a, name.len + 1);
        for (ptrdiff_t i = 0; i < name.len; i++)
                p[i] = name.p[i] == '\\' ? '/' : name.p[i];
        name = str_n(p, name.len);
        if (str_find(name, S("..")) >= 0 || str_find_char(name, ':') >= 0 || str_starts(name, S("/")))
                return (struct str){ .p = "" };
        return str_starts(name, S("bin/")) ? str_from(name, 4) : name;
}

static struct str last_part(struct str path) {
        ptrdiff_t i = path.len;

        while (i > 0 && path.p[i - 1] != '/')
                i--;
        return str_from(path, i);
}

/* Where Visual Studio projects keep a role's scripts: beside the definition, in the role's project, in its Content
 * folder; or anywhere, by its bare name. */
static bool read_script(const struct search *s, struct str name, struct str *ret) {
        static const char *const patterns[] = {
                "%.*s%.*s%.*s", "%.*s%.*s/%.*s", "%.*s../%.*s/%.*s", "%.*s%.*sContent/%.*s", "%.*s%.*s/bin/%.*s",
        };
        struct arena *a = s->l->a;
        struct str dir = folder(s->def->doc.file), file = relative(a, name), role = s->role->name;

        if (!s->l->o->read || file.len == 0 || str_find_char(role, '/') >= 0 || str_find(role, S("..")) >= 0)
                return false;
        for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
                struct str where = i == 0 ? S("") : role;
                struct str path = str_fmt(a, patterns[i], STR_ARG(dir), STR_ARG(where), STR_ARG(file));

                if (s->l->o->read(s->l->o->read_arg, a, str_to_c(a, path), ret))
                        return true;
        }
        return s->l->o->read(s->l->o->read_arg, a, str_to_c(a, last_part(file)), ret);
}

/* Follows what a script calls. `view->unseen` is set when something could not be read. */
static void follow(const struct search *s, struct task_view *view, const struct script *caller, int depth) {
        for (int i = 0; i < caller->call_count; i++) {
                struct script called;
                struct str text;

                if (depth == CALL_DEPTH_MAX || !read_script(s, caller->calls[i], &text)) {
                        view->unseen = true;
                        continue;
                }
                script_read(&called, s->l->a, text);
                view->file = caller->calls[i];
                if (depth == 0 && i == 0) { /* the task's own script: how it ends counts */
                        bool sets = view->script.override.set || view->script.mask.set;
                        struct script line = view->script;

                        view->script = called;
                        script_merge(&view->script, &line);
                        view->inline_command = sets;
                } else {
                        script_merge(&view->script, &called);
                }
                follow(s, view, &called, depth + 1);
        }
}

/* A program that is no script and no shell built-in could do anything. */
static bool runs_program(struct str command) {
        static const struct str tails[] = {
                STR(".exe"), STR(".vbs"), STR(".js"), STR(".reg"), STR(".msi"), STR(".py")
        };
        struct str word, rest = command;

        while (str_word(&rest, &word)) {
                struct str w = word;

                while (w.len > 0 && w.p[w.len - 1] == '"')
                        w.len--;
                for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
                        if (w.len > tails[i].len && str_eq_nocase(str_from(w, w.len - tails[i].len), tails[i]) &&
                            !str_eq_nocase(w, S("cmd.exe")) && !str_eq_nocase(w, S("powershell.exe")) &&
                            !str_eq_nocase(w, S("reg.exe")))
                                return true;
        }
        return false;
}

static void view_task(const struct search *s, const struct csdef_task *task, struct task_view *ret) {
        *ret = (struct task_view){ .task = task };
        script_read_command(&ret->script, s->l->a, task->command_line);
        ret->inline_command = ret->script.call_count == 0;
        ret->unseen = runs_program(task->command_line);
        if (ret->script.call_count > 0) {
                struct script line = ret->script;

                follow(s, ret, &line, 0);
        }
}

static bool sets_values(const struct task_view *v) {
        return v->script.override.set || v->script.mask.set || v->script.wrong_key;
}

/* A bit that switches protection off, and counts: the two lowest where the mask lets them, the others always. */
static bool turns_off(const struct lint *l, const struct script *s) {
        const struct catalog *c = l->o->catalog;

        for (uint32_t i = 0; i < c->registry_bit_count; i++)
                if (c->registry_bits[i].off && c->registry_bits[i].bit > 1 && s->override.known && (s->override.value >> c->registry_bits[i].bit & 1))
                        return true;
        return script_turns_off(s);
}

static void check_values(struct lint *l, const struct csdef *def, const struct task_view *v) {
        const struct script *s = &v->script;
        const struct xml_node *n = v->task->node;

        if (s->wrong_key)
                lint_add(l, LINT_TASK_KEY, &def->doc, n, "'%.*s' writes the values to another key", STR_ARG(v->file));
        else if (s->override.set != s->mask.set)
                lint_add(l, LINT_TASK_HALF, &def->doc, n, "the task sets only %s",
                         s->mask.set ? "FeatureSettingsOverrideMask" : "FeatureSettingsOverride");
        else if (turns_off(l, s))
                lint_add_choice(l, LINT_TASK_OFF, &def->doc, n,
                                "the task sets FeatureSettingsOverride to %llu, which turns mitigations off",
                                (unsigned long long)s->override.value);
        else if (!script_turns_on(s))
                lint_add(l, LINT_TASK_VALUE, &def->doc, n,
                         "the values that the task sets do not turn the mitigations on, or "
                         "cannot be read");
}

/* What is wrong with a script whatever it is for. */
static void check_any_script(struct lint *l, const struct csdef *def, const struct task_view *v) {
        const struct script *s = &v->script;
        const struct xml_node *n = v->task->node;

        if (s->asks_line)
                lint_add(l, LINT_TASK_ASKS, &def->doc, n, "line %ld of '%.*s': `reg add` without /f", s->asks_line,
                         STR_ARG(v->file));
        if (s->marked)
                lint_add(l, LINT_TASK_MARK, &def->doc, n, "'%.*s' begins with a byte order mark or is UTF-16",
                         STR_ARG(v->file));
        if (s->reboot_line && !s->reboot_guarded)
                lint_add(l, LINT_TASK_LOOP, &def->doc, n, "line %ld of '%.*s' restarts the machine without a condition",
                         s->reboot_line, STR_ARG(v->file));
        if (s->ends_failing && v->task->type == TASK_SIMPLE)
                lint_add(l, LINT_TASK_FAILS, &def->doc, n, "'%.*s' always ends with a code other than 0",
                         STR_ARG(v->file));
}

/* What is wrong with a script that sets the values. */
static void check_script(struct lint *l, const struct csdef *def, const struct task_view *v) {
        const struct script *s = &v->script;
        const struct xml_node *n = v->task->node;

        if (s->reboot_line == 0)
                lint_add(l, LINT_TASK_NO_REBOOT, &def->doc, n,
                         "nothing restarts the machine after the values were set");
        if (s->fails_line && !s->ends_failing)
                lint_add(l, LINT_TASK_EXIT, &def->doc, n, "line %ld of '%.*s' may end with a code other than 0",
                         s->fails_line, STR_ARG(v->file));
        else if (!v->inline_command && !s->ends_zero && !s->ends_failing && !str_ends(v->file, S(".ps1"))) /* which end with 0 */
                lint_add(l, LINT_TASK_EXIT, &def->doc, n, "'%.*s' does not end with `exit /b 0`", STR_ARG(v->file));
        if (!s->reads_emulated && !v->task->knows_emulator)
                lint_add(l, LINT_TASK_EMULATOR, &def->doc, n,
                         "the task does not check whether it runs in the compute emulator");
}

/* A task that sets the values: does it do so well? */
static void check_setter(struct lint *l, const struct csdef *def, const struct task_view *v) {
        const struct xml_node *n = v->task->node;

        if (v->task->context == CONTEXT_LIMITED)
                lint_add_choice(l, LINT_TASK_LIMITED, &def->doc, n, "the task sets the values, but is not elevated");
        if (v->task->type == TASK_BACKGROUND || v->task->type == TASK_FOREGROUND)
                lint_add_choice(l, LINT_TASK_ASYNC, &def->doc, n, "the task sets the values, but taskType is %.*s",
                         STR_ARG(v->task->type_text));
        check_values(l, def, v);
        check_script(l, def, v);
}

/* The schema's side of a task. */
static void check_shape(struct lint *l, const struct csdef *def, const struct csdef_task *t) {
        if (t->type == TASK_OTHER)
                lint_add(l, LINT_TASK_TYPE, &def->doc, t->node, "taskType=\"%.*s\"", STR_ARG(t->type_text));
        if (t->context == CONTEXT_OTHER)
                lint_add(l, LINT_TASK_CONTEXT, &def->doc, t->node, "executionContext=\"%.*s\"",
                         STR_ARG(t->context_text));
        if (t->command_line.len == 0)
                lint_add(l, LINT_TASK_COMMAND, &def->doc, t->node, "a start-up task has no commandLine");
}

static void add_missing(const struct search *s, const struct guest_os_family *weakest,
                        const struct csdef_task *unseen) {
        const struct xml_node *at = s->role->startup ? s->role->startup : s->role->node;
        bool by_default = weakest && weakest->kva_shadow == KVA_ON;

        if (unseen)
                lint_add_untrusted(s->l, LINT_KVA_UNSEEN, &s->def->doc, unseen->node,
                                   "role '%.*s': it is not known whether '%.*s' turns "
                                   "KVA shadowing on",
                                   STR_ARG(s->role->name), STR_ARG(unseen->command_line));
        else if (by_default)
                lint_add_untrusted(s->l, LINT_BTI_MISSING, &s->def->doc, at,
                                   "role '%.*s' has no start-up task that turns branch "
                                   "target injection's mitigation on",
                                   STR_ARG(s->role->name));
        else
                lint_add_untrusted(s->l, LINT_KVA_MISSING, &s->def->doc, at,
                                   "role '%.*s' has no start-up task that turns KVA "
                                   "shadowing on",
                                   STR_ARG(s->role->name));
}

void lint_tasks(struct lint *l, const struct csdef *def, const struct csdef_role *role,
                const struct guest_os_family *weakest) {
        const struct search s = { .l = l, .def = def, .role = role };
        const struct csdef_task *unseen = NULL;
        bool setter = false;

        for (ptrdiff_t i = 0; i < role->task_count; i++) {
                struct task_view v;

                check_shape(l, def, &role->tasks[i]);
                view_task(&s, &role->tasks[i], &v);
                check_any_script(l, def, &v);
                if (sets_values(&v)) {
                        setter = true;
                        check_setter(l, def, &v);
                } else if (v.unseen && v.task->context != CONTEXT_LIMITED && !unseen) {
                        unseen = v.task; /* a limited task could not write there anyway */
                }
        }
        if (!setter)
                add_missing(&s, weakest, unseen);
}
