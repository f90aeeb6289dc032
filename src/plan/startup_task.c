#include "plan/startup_task.h"

/* Lines of the script; OVERRIDE_HEX and MASK_HEX stand for the values, as `reg query` prints them. The marker is
 * kept in the registry, beside the values: a new guest OS image loses both or neither. */
static const char *const script_lines[] = {
        "@echo off",
        "rem Turns KVA shadowing and the mitigation of branch target injection on (KB4072698).",
        "rem A simple, elevated start-up task: it may run at every start, changes what differs, restarts once, "
        "and ends with 0.",
        "setlocal EnableExtensions",
        "set \"KEY=HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\"",
        "set \"MARKER=HKLM\\SOFTWARE\\sidelight\\StartupTask\"",
        "set \"WANTED=OVERRIDE_HEX/MASK_HEX\"",
        "set \"LOG=%TEMP%\\EnableKvaShadow.log\"",
        "",
        "if /i \"%ComputeEmulatorRunning%\"==\"true\" (",
        "    echo %DATE% %TIME% in the compute emulator: nothing is done >> \"%LOG%\" 2>&1",
        "    exit /b 0",
        ")",
        "call :read",
        "echo %DATE% %TIME% found \"%FOUND%\", wanted \"%WANTED%\" >> \"%LOG%\" 2>&1",
        "if /i \"%FOUND%\"==\"%WANTED%\" goto :in_place",
        "",
        "reg add \"%KEY%\" /v FeatureSettingsOverride /t REG_DWORD /d OVERRIDE_HEX /f >> \"%LOG%\" 2>&1",
        "reg add \"%KEY%\" /v FeatureSettingsOverrideMask /t REG_DWORD /d MASK_HEX /f >> \"%LOG%\" 2>&1",
        "call :read",
        "if /i not \"%FOUND%\"==\"%WANTED%\" (",
        "    echo %DATE% %TIME% the values could not be set: is the task elevated? >> \"%LOG%\" 2>&1",
        "    exit /b 0",
        ")",
        "",
        "rem Something else may set the values back at each start: then a second restart would not help.",
        "reg query \"%MARKER%\" /v RestartedFor 2>nul | find \"%WANTED%\" >nul",
        "if not errorlevel 1 (",
        "    echo %DATE% %TIME% restarted for these values before: not again >> \"%LOG%\" 2>&1",
        "    exit /b 0",
        ")",
        "reg add \"%MARKER%\" /v RestartedFor /t REG_SZ /d \"%WANTED%\" /f >> \"%LOG%\" 2>&1",
        "if errorlevel 1 (",
        "    echo %DATE% %TIME% the marker could not be written: no restart >> \"%LOG%\" 2>&1",
        "    exit /b 0",
        ")",
        "echo %DATE% %TIME% values set, restarting once >> \"%LOG%\" 2>&1",
        "shutdown /r /f /t 0 >> \"%LOG%\" 2>&1",
        "rem Hold the role back until the restart comes; ten minutes at most.",
        "ping -n 600 127.0.0.1 >nul 2>&1",
        "echo %DATE% %TIME% the restart did not come: the values hold after the next one >> \"%LOG%\" 2>&1",
        "exit /b 0",
        "",
        ":in_place",
        "echo %DATE% %TIME% the values are in place >> \"%LOG%\" 2>&1",
        "exit /b 0",
        "",
        ":read",
        "set \"HAS_OVERRIDE=\"",
        "set \"HAS_MASK=\"",
        "for /f \"tokens=3\" %%v in ('reg query \"%KEY%\" /v FeatureSettingsOverride 2^>nul ^| find \"REG_DWORD\"') do "
        "set \"HAS_OVERRIDE=%%v\"",
        "for /f \"tokens=3\" %%v in ('reg query \"%KEY%\" /v FeatureSettingsOverrideMask 2^>nul ^| find "
        "\"REG_DWORD\"') do set \"HAS_MASK=%%v\"",
        "set \"FOUND=%HAS_OVERRIDE%/%HAS_MASK%\"",
        "exit /b 0",
};

/* Writes `line` with the two placeholders replaced. */
static void script_line(struct out *o, struct str line, const struct startup_settings *s) {
        static const struct str override = STR("OVERRIDE_HEX"), mask = STR("MASK_HEX");

        while (line.len > 0) {
                bool is_override = str_starts(line, override), is_mask = !is_override && str_starts(line, mask);

                if (is_override || is_mask)
                        out_fmt(o, "0x%x", is_override ? s->override : s->mask);
                else
                        out_char(o, line.p[0]);
                line = str_from(line, is_override ? override.len : is_mask ? mask.len : 1);
        }
        out_c(o, "\r\n");
}

void startup_task_script(struct out *o, const struct startup_settings *s) {
        for (size_t i = 0; i < sizeof(script_lines) / sizeof(script_lines[0]); i++)
                script_line(o, str_of(script_lines[i]), s);
}

/* Where and how new text goes into a definition. */
struct edit {
        struct out *o;
        struct str text;      /* the definition's bytes */
        ptrdiff_t width;      /* bytes of a character: 1, or 2 in UTF-16 */
        ptrdiff_t low;        /* which byte of it holds an ASCII character */
        struct str newline;   /* "\r\n", "\n", or "" in a file of one line */
        ptrdiff_t done;       /* how much of `text` is written */
        struct str prefix;    /* of the names, with its ':', in the file's encoding; mostly empty */
};

static char at(const struct edit *e, ptrdiff_t i) {
        if (i < 0 || i + e->width > e->text.len || (e->width == 2 && e->text.p[i + 1 - e->low] != 0))
                return 0;
        return e->text.p[i + e->low];
}

static void put(struct edit *e, struct str ascii) {
        for (ptrdiff_t i = 0; i < ascii.len; i++) {
                if (e->width == 2 && e->low == 1)
                        out_char(e->o, 0);
                out_char(e->o, ascii.p[i]);
                if (e->width == 2 && e->low == 0)
                        out_char(e->o, 0);
        }
}

static void copy_to(struct edit *e, ptrdiff_t end) {
        out_bytes(e->o, e->text.p + e->done, end - e->done);
        e->done = end;
}

static bool is_blank(char c) {
        return c == ' ' || c == '\t';
}

/* The blanks in front of an element that begins its line; nothing when it does not. */
static struct str indent_of(const struct edit *e, ptrdiff_t element) {
        ptrdiff_t from = element;

        while (is_blank(at(e, from - e->width)))
                from -= e->width;
        if (from > 0 && at(e, from - e->width) != '\n' && at(e, from - e->width) != '\r')
                return (struct str){ .p = "" };
        return str_sub(e->text, from, element - from);
}

/* By how much this file indents what stands inside `parent`, in the file's encoding; empty when that cannot be seen. */
static struct str step_in(const struct edit *e, const struct xml_node *parent) {
        struct str outer = indent_of(e, parent->at);
        struct str inner = parent->first ? indent_of(e, parent->first->at) : (struct str){ .p = "" };
        struct str up = parent->parent ? indent_of(e, parent->parent->at) : (struct str){ .p = "" };

        if (inner.len > outer.len)
                return str_from(inner, outer.len);
        return outer.len > up.len ? str_from(outer, up.len) : (struct str){ .p = "" };
}

static void put_raw(struct edit *e, struct str raw) {
        out_str(e->o, raw);
}

static void put_tag(struct edit *e, struct str open, struct str name, struct str rest) {
        put(e, open);
        put_raw(e, e->prefix);
        put(e, name);
        put(e, rest);
}

/* A new line, `depth` steps further in than `outer`. Files of one line stay so. */
static void put_line(struct edit *e, struct str outer, struct str step, int depth) {
        put(e, e->newline);
        if (e->newline.len == 0)
                return;
        put_raw(e, outer);
        for (int i = 0; i < depth; i++) {
                if (step.len > 0)
                        put_raw(e, step);
                else
                        put(e, S("  "));
        }
}

#define TASK_ATTRIBUTES " commandLine=\"" STARTUP_TASK_FILE "\" executionContext=\"elevated\" taskType=\"simple\">"

/* The Task element, its first line where the writer stands; `depth` is that of the element under `outer`. */
static void put_task(struct edit *e, struct str outer, struct str step, int depth) {
        put_tag(e, S("<"), S("Task"), S(TASK_ATTRIBUTES));
        put_line(e, outer, step, depth + 1);
        put_tag(e, S("<"), S("Environment"), S(">"));
        put_line(e, outer, step, depth + 2);
        put_tag(e, S("<"), S("Variable"), S(" name=\"ComputeEmulatorRunning\">"));
        put_line(e, outer, step, depth + 3);
        put_tag(e, S("<"), S("RoleInstanceValue"), S(" xpath=\"/RoleEnvironment/Deployment/@emulated\" />"));
        put_line(e, outer, step, depth + 2);
        put_tag(e, S("</"), S("Variable"), S(">"));
        put_line(e, outer, step, depth + 1);
        put_tag(e, S("</"), S("Environment"), S(">"));
        put_line(e, outer, step, depth);
        put_tag(e, S("</"), S("Task"), S(">"));
}

static void put_startup(struct edit *e, struct str outer, struct str step, int depth) {
        put_tag(e, S("<"), S("Startup"), S(">"));
        put_line(e, outer, step, depth + 1);
        put_task(e, outer, step, depth + 1);
        put_line(e, outer, step, depth);
        put_tag(e, S("</"), S("Startup"), S(">"));
}

typedef void put_element(struct edit *e, struct str outer, struct str step, int depth);

/* Into an element without child elements, `<a/>` or `<a>…</a>`: opens it where needed. */
static void fill_empty(struct edit *e, const struct xml_node *n, put_element *put_it) {
        struct str step = step_in(e, n);
        struct str outer = indent_of(e, n->at);
        ptrdiff_t cut = n->body;

        if (n->empty) {
                cut -= 2 * e->width; /* "/>" */
                while (is_blank(at(e, cut - e->width)))
                        cut -= e->width;
                copy_to(e, cut);
                e->done = n->body;
                put(e, S(">"));
        } else {
                copy_to(e, n->body);
        }
        put_line(e, outer, step, 1);
        put_it(e, outer, step, 1);
        if (!n->empty) { /* what stood inside (blanks, comments) stays behind it */
                if (at(e, n->body) == '<')
                        put_line(e, outer, step, 0);
                return;
        }
        put_line(e, outer, step, 0);
        put_tag(e, S("</"), n->name, S(">"));
}

static void put_before(struct edit *e, const struct xml_node *child, put_element *put_it) {
        struct str step = step_in(e, child->parent);

        copy_to(e, child->at);
        put_it(e, indent_of(e, child->at), step, 0);
        put_line(e, indent_of(e, child->at), step, 0);
}

static void put_behind(struct edit *e, const struct xml_node *child, put_element *put_it) {
        struct str step = step_in(e, child->parent);

        copy_to(e, child->end);
        put_line(e, indent_of(e, child->at), step, 0);
        put_it(e, indent_of(e, child->at), step, 0);
}

/* In the schema's order only Contents follows Startup. */
static const struct xml_node *last_before_contents(const struct xml_node *role) {
        const struct xml_node *last = NULL;

        for (const struct xml_node *c = role->first; c; c = c->next)
                if (!str_eq(c->name, S("Contents")))
                        last = c;
        return last;
}

static void add_to_role(struct edit *e, const struct csdef_role *role) {
        const struct xml_node *n = role->node, *startup = role->startup;

        if (startup && startup->first)
                put_before(e, startup->first, put_task);
        else if (startup)
                fill_empty(e, startup, put_task);
        else if (!n->first)
                fill_empty(e, n, put_startup);
        else if (last_before_contents(n))
                put_behind(e, last_before_contents(n), put_startup);
        else
                put_before(e, n->first, put_startup);
}

static bool has_task(const struct csdef_role *role) {
        for (ptrdiff_t i = 0; i < role->task_count; i++)
                if (str_find(role->tasks[i].command_line, S(STARTUP_TASK_FILE)) >= 0)
                        return true;
        return false;
}

/* The prefix of the root element's name: everything between '<' and ':', when there is a ':'. */
static struct str find_prefix(const struct edit *e, const struct xml_node *root) {
        ptrdiff_t from = root->at + e->width, i = from;

        while (i < root->body && at(e, i) != ':' && at(e, i) != ' ' && at(e, i) != '>' && at(e, i) != '\n' &&
               at(e, i) != '\r')
                i += e->width;
        return str_sub(e->text, from, at(e, i) == ':' ? i + e->width - from : 0);
}

static struct edit begin_edit(struct out *o, const struct csdef *d) {
        struct edit e = { .o = o, .text = d->doc.text, .width = 1, .newline = STR("") };
        const struct xml_node *root = d->doc.root;

        if (str_starts(e.text, S("\xff\xfe")) || str_starts(e.text, str_n("<\0", 2)))
                e.width = 2;
        if (str_starts(e.text, S("\xfe\xff")) || str_starts(e.text, str_n("\0<", 2)))
                e.width = 2, e.low = 1;
        for (ptrdiff_t i = root->body; i < root->end && e.newline.len == 0; i += e.width)
                if (at(&e, i) == '\n')
                        e.newline = at(&e, i - e.width) == '\r' ? S("\r\n") : S("\n");
        e.prefix = find_prefix(&e, root);
        return e;
}

int startup_task_add(struct out *o, const struct csdef *d, struct str role, int *ret_added) {
        struct edit e = begin_edit(o, d);
        bool found = role.len == 0;

        *ret_added = 0;
        for (ptrdiff_t i = 0; i < d->role_count; i++) {
                if (role.len > 0 && !str_eq_nocase(d->roles[i].name, role))
                        continue;
                found = true;
                if (has_task(&d->roles[i]))
                        continue;
                add_to_role(&e, &d->roles[i]);
                ++*ret_added;
        }
        copy_to(&e, e.text.len);
        return found ? 0 : 1;
}

void startup_task_element(struct out *o) {
        struct edit e = { .o = o, .width = 1, .newline = STR("\n") };

        put_startup(&e, S(""), S("  "), 0);
        out_char(o, '\n');
}

/* ---- The step ---- */

static const struct action *guidances_action(const struct catalog *c) {
        const struct action *found = NULL;

        for (uint32_t i = 0; i < c->guidance->action_count; i++)
                if (str_eq(T(c->guidance->actions[i].id), S("startup-task")))
                        found = &c->guidance->actions[i];
        return found;
}

static void add_file(struct step *s, struct arena *a, struct change change) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (str_eq(s->changes.items[i].target.place, change.target.place))
                        return;
        change.edit = EDIT_WRITE_FILE;
        change.target.kind = TARGET_SERVICE_FILE;
        *arena_append(a, &s->changes) = change;
        *arena_append(a, &s->instructions) = (struct instruction){ .kind = INSTRUCTION_CHANGE, .text = change_text(a, &change) };
}

static void add_scripts(struct step *s, struct arena *a, const struct startup_request *r) {
        OUT_AUTO struct out script = { 0 };
        const struct csdef *d = r->definition;
        struct str text;

        startup_task_script(&script, &r->settings);
        text = str_dup(a, out_text(&script));
        for (ptrdiff_t i = 0; i < d->role_count; i++)
                if (r->role.len == 0 || str_eq_nocase(r->role, d->roles[i].name))
                        add_file(s, a, (struct change){ .target = { .place = r->scripts[i], .key = d->roles[i].name }, .new = text });
}

int startup_task_step(struct step *ret, struct arena *a, const struct catalog *c, const struct startup_request *r) {
        OUT_AUTO struct out definition = { 0 };
        const struct action *action = guidances_action(c);
        struct str file = str_of(r->definition->doc.file);
        int added;

        if (startup_task_add(&definition, r->definition, r->role, &added) != 0)
                return 1;
        *ret = (struct step){
                .id = S("startup-task"),
                .title = action ? T(action->title) : S("Run the task that sets the registry at each start"),
                .why = action ? T(action->why) : S(""),
                .cost = action ? T(action->cost) : S(""),
                .phase = PHASE_SETTING,
                .status = added ? ACTION_TODO : ACTION_DONE,
                .owner = LAYER_KERNEL,
                .needs = NO_CONDITION,
                .done = NO_CONDITION,
                .restart = true,
                .target = { .kind = TARGET_SERVICE_FILE, .place = file, .key = r->role },
        };
        add_scripts(ret, a, r);
        if (added)
                add_file(ret, a, (struct change){ .target = ret->target, .was = FACT_KNOWN, .old = r->definition->doc.text,
                                                  .new = str_dup(a, out_text(&definition)) });
        *arena_append(a, &ret->instructions) = (struct instruction){
                .kind = INSTRUCTION_PROSE,
                .text = S("In Visual Studio, set \"Copy to Output Directory\" of " STARTUP_TASK_FILE " to \"Copy always\".") };
        return 0;
}
