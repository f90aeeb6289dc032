#include "cloud/service.h"

static const struct str cscfg_root = STR("ServiceConfiguration");
static const struct str csdef_root = STR("ServiceDefinition");

/* The enumerator whose word is `text`; `def` for an absent attribute, the last enumerator (OTHER) for an unknown
 * word. */
static unsigned word_index(const struct str *words, unsigned count, struct str text, bool found, unsigned def) {
        if (!found)
                return def;
        for (unsigned i = 0; i + 1 < count; i++)
                if (str_eq_nocase(words[i], text))
                        return i;
        return count - 1;
}

static enum task_type task_type(struct str text, bool found) {
        static const struct str words[] = {
#define X(name, word) STR(word),
                TASK_TYPES(X)
#undef X
        };
        return (enum task_type)word_index(words, TASK_OTHER + 1, text, found, TASK_SIMPLE);
}

static enum execution_context context(struct str text, bool found) {
        static const struct str words[] = {
#define X(name, word) STR(word),
                EXECUTION_CONTEXTS(X)
#undef X
        };
        return (enum execution_context)word_index(words, CONTEXT_OTHER + 1, text, found, CONTEXT_LIMITED);
}

static int wrong_root(const struct xml_doc *doc, struct str expected, struct diag *d) {
        return diag_fail_at(d, doc->file, doc->root->line, "expected the root element %.*s, found '%.*s'",
                            STR_ARG(expected), STR_ARG(doc->root->name));
}

enum service_file service_file_kind(const struct xml_doc *doc) {
        if (str_eq(doc->root->name, cscfg_root))
                return SERVICE_FILE_CSCFG;
        return str_eq(doc->root->name, csdef_root) ? SERVICE_FILE_CSDEF : SERVICE_FILE_OTHER;
}

static void read_cscfg_role(struct cscfg_role *role, const struct xml_node *n) {
        role->node = n;
        role->name = xml_attr(n, S("name"), NULL);
        role->instances = xml_child(n, S("Instances"), NULL);
        if (role->instances)
                role->count_known = str_to_u64(xml_attr(role->instances, S("count"), NULL), &role->count);
}

static ptrdiff_t count_children(const struct xml_node *n, struct str name) {
        ptrdiff_t count = 0;

        for (const struct xml_node *c = xml_child(n, name, NULL); c; c = xml_child(n, name, c))
                count++;
        return count;
}

int cscfg_parse(struct cscfg *ret, struct arena *a, const char *file, struct str text, bool decoded, struct diag *d) {
        struct cscfg c = { 0 };
        const struct xml_node *root;

        if (xml_parse(&c.doc, a, file, text, decoded, d) < 0)
                return -1;
        root = c.doc.root;
        if (!str_eq(root->name, cscfg_root))
                return wrong_root(&c.doc, cscfg_root, d);
        c.service_name = xml_attr(root, S("serviceName"), NULL);
        c.os_family = xml_attr(root, S("osFamily"), &c.has_family);
        c.os_version = xml_attr(root, S("osVersion"), &c.has_version);
        c.roles = arena_array(a, struct cscfg_role, count_children(root, S("Role")));
        for (const struct xml_node *n = xml_child(root, S("Role"), NULL); n; n = xml_child(root, S("Role"), n))
                read_cscfg_role(&c.roles[c.role_count++], n);
        *ret = c;
        return 0;
}

static bool binds_emulated(const struct xml_node *task) {
        const struct xml_node *env = xml_child(task, S("Environment"), NULL);

        for (const struct xml_node *v = env ? xml_child(env, S("Variable"), NULL) : NULL; v;
             v = xml_child(env, S("Variable"), v)) {
                const struct xml_node *value = xml_child(v, S("RoleInstanceValue"), NULL);

                if (value && str_find(xml_attr(value, S("xpath"), NULL), S("@emulated")) >= 0)
                        return true;
        }
        return false;
}

static void read_task(struct csdef_task *task, const struct xml_node *n) {
        bool found;

        task->node = n;
        task->command_line = xml_attr(n, S("commandLine"), NULL);
        task->type_text = xml_attr(n, S("taskType"), &found);
        task->type = task_type(task->type_text, found);
        task->context_text = xml_attr(n, S("executionContext"), &found);
        task->context = context(task->context_text, found);
        task->knows_emulator = binds_emulated(n);
}

static void read_tasks(struct csdef_role *role, struct arena *a) {
        const struct xml_node *up = role->startup;

        if (!up)
                return;
        role->tasks = arena_array(a, struct csdef_task, count_children(up, S("Task")));
        for (const struct xml_node *n = xml_child(up, S("Task"), NULL); n; n = xml_child(up, S("Task"), n))
                read_task(&role->tasks[role->task_count++], n);
}

static bool imports_remote_access(const struct xml_node *role) {
        const struct xml_node *imports = xml_child(role, S("Imports"), NULL);

        for (const struct xml_node *n = imports ? xml_child(imports, S("Import"), NULL) : NULL; n;
             n = xml_child(imports, S("Import"), n))
                if (str_eq_nocase(xml_attr(n, S("moduleName"), NULL), S("RemoteAccess")))
                        return true;
        return false;
}

static void read_csdef_role(struct csdef_role *role, struct arena *a, const struct xml_node *n) {
        bool found = false;

        role->node = n;
        role->name = xml_attr(n, S("name"), NULL);
        role->startup = xml_child(n, S("Startup"), NULL);
        role->runtime = xml_child(n, S("Runtime"), NULL);
        if (role->runtime) {
                struct str text = xml_attr(role->runtime, S("executionContext"), &found);

                role->runtime_context = context(text, found);
        }
        role->remote_access = imports_remote_access(n);
        read_tasks(role, a);
}

static bool is_role(const struct xml_node *n) {
        return str_eq(n->name, S("WebRole")) || str_eq(n->name, S("WorkerRole")) ||
               str_eq(n->name, S("VirtualMachineRole"));
}

int csdef_parse(struct csdef *ret, struct arena *a, const char *file, struct str text, struct diag *d) {
        struct csdef c = { 0 };
        ptrdiff_t count = 0;

        if (xml_parse(&c.doc, a, file, text, false, d) < 0)
                return -1;
        if (!str_eq(c.doc.root->name, csdef_root))
                return wrong_root(&c.doc, csdef_root, d);
        c.name = xml_attr(c.doc.root, S("name"), NULL);
        for (const struct xml_node *n = c.doc.root->first; n; n = n->next)
                count += is_role(n);
        c.roles = arena_array(a, struct csdef_role, count);
        for (const struct xml_node *n = c.doc.root->first; n; n = n->next)
                if (is_role(n))
                        read_csdef_role(&c.roles[c.role_count++], a, n);
        *ret = c;
        return 0;
}
