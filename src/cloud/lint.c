#include "cloud/lint.h"

#include <stdarg.h>
#include <stdio.h>

static struct str format(struct arena *a, const char *message, va_list args) {
        char text[1024];
        int n = vsnprintf(text, sizeof(text), message, args);

        return str_dup(a, str_n(text, n < 0 ? 0 : n < (int)sizeof(text) ? n : (int)sizeof(text) - 1));
}

static void add(struct lint *l, enum lint_rule rule, enum remark_level level, const struct xml_doc *doc,
                const struct xml_node *n, struct str message) {
        struct remark *f = arena_append(l->a, l->findings);

        *f = (struct remark){
                .rule = &lint_rules[rule], .level = level, .message = message, .file = doc->file, .line = n->line,
                .column = n->column, .element = xml_path(l->a, n),
        };
}

void lint_add(struct lint *l, enum lint_rule rule, const struct xml_doc *doc, const struct xml_node *n,
              const char *message, ...) {
        va_list args;

        va_start(args, message);
        add(l, rule, lint_rules[rule].level, doc, n, format(l->a, message, args));
        va_end(args);
}

void lint_add_untrusted(struct lint *l, enum lint_rule rule, const struct xml_doc *doc, const struct xml_node *n,
                        const char *message, ...) {
        struct str text;
        va_list args;

        if (l->o->untrusted == TRI_FALSE)
                return;
        va_start(args, message);
        text = format(l->a, message, args);
        va_end(args);
        if (l->o->untrusted == TRI_UNKNOWN)
                add(l, rule, REMARK_NOTE, doc, n,
                    str_fmt(l->a, "if the role runs code you do not trust: %.*s", STR_ARG(text)));
        else
                add(l, rule, lint_rules[rule].level, doc, n, text);
}

void lint_add_choice(struct lint *l, enum lint_rule rule, const struct xml_doc *doc, const struct xml_node *n, const char *message, ...) {
        struct str text;
        va_list args;

        va_start(args, message);
        text = format(l->a, message, args);
        va_end(args);
        if (l->o->untrusted == TRI_FALSE)
                add(l, rule, REMARK_NOTE, doc, n, str_fmt(l->a, "%.*s: a choice, because the role runs no code you do not trust", STR_ARG(text)));
        else
                add(l, rule, lint_rules[rule].level, doc, n, text);
}

static struct str folder(const char *file) {
        struct str s = str_of(file);

        while (s.len > 0 && s.p[s.len - 1] != '/' && s.p[s.len - 1] != '\\')
                s.len--;
        return s;
}

/* How well a definition fits a configuration; 0: not at all. */
static int fit(const struct cscfg *c, const struct csdef *d, bool only_definition) {
        bool same_name = str_eq_nocase(c->service_name, d->name);
        bool same_folder = str_eq(folder(c->doc.file), folder(d->doc.file));

        return same_name && same_folder ? 4 : same_name ? 3 : same_folder ? 2 : only_definition;
}

static const struct csdef *definition_of(const struct lint_input *in, const struct cscfg *c) {
        const struct csdef *best = NULL;
        int best_fit = 0;

        for (ptrdiff_t i = 0; i < in->csdef_count; i++) {
                int f = fit(c, &in->csdefs[i], in->csdef_count == 1);

                if (f > best_fit) {
                        best = &in->csdefs[i];
                        best_fit = f;
                }
        }
        return best;
}

static const struct csdef_role *defined_role(const struct csdef *d, struct str name) {
        for (ptrdiff_t i = 0; i < d->role_count; i++)
                if (str_eq_nocase(d->roles[i].name, name))
                        return &d->roles[i];
        return NULL;
}

static const struct cscfg_role *configured_role(const struct cscfg *c, struct str name) {
        for (ptrdiff_t i = 0; i < c->role_count; i++)
                if (str_eq_nocase(c->roles[i].name, name))
                        return &c->roles[i];
        return NULL;
}

static void check_namespace(struct lint *l, const struct xml_doc *doc) {
        if (!str_starts(doc->root->space, S("http://schemas.microsoft.com/ServiceHosting/2008/10/Service")))
                lint_add(l, LINT_NO_NAMESPACE, doc, doc->root, "%.*s is not in the schema's namespace",
                         STR_ARG(doc->root->name));
}

static void check_cscfg_role(struct lint *l, const struct cscfg *c, const struct cscfg_role *r) {
        if (r->name.len == 0)
                lint_add(l, LINT_ROLE_NAMELESS, &c->doc, r->node, "a role has no name");
        else if (configured_role(c, r->name) != r)
                lint_add(l, LINT_ROLE_DUPLICATE, &c->doc, r->node, "role '%.*s' is configured twice", STR_ARG(r->name));
        if (!r->count_known)
                lint_add(l, LINT_ROLE_NO_INSTANCES, &c->doc, r->instances ? r->instances : r->node,
                         "role '%.*s' does not set an instance count", STR_ARG(r->name));
        else if (r->count == 0)
                lint_add(l, LINT_ROLE_STOPPED, &c->doc, r->instances, "role '%.*s' has no instance", STR_ARG(r->name));
        else if (r->count == 1)
                lint_add(l, LINT_SINGLE_INSTANCE, &c->doc, r->instances, "role '%.*s' has one instance",
                         STR_ARG(r->name));
}

static void check_pair(struct lint *l, const struct cscfg *c, const struct csdef *d) {
        if (!str_eq(c->service_name, d->name))
                lint_add(l, LINT_NAME_MISMATCH, &c->doc, c->doc.root,
                         "serviceName=\"%.*s\", but the definition %s is called \"%.*s\"", STR_ARG(c->service_name),
                         d->doc.file, STR_ARG(d->name));
        for (ptrdiff_t i = 0; i < c->role_count; i++)
                if (c->roles[i].name.len > 0 && !defined_role(d, c->roles[i].name))
                        lint_add(l, LINT_ROLE_UNDEFINED, &c->doc, c->roles[i].node, "role '%.*s' is not defined in %s",
                                 STR_ARG(c->roles[i].name), d->doc.file);
        for (ptrdiff_t i = 0; i < d->role_count; i++)
                if (d->roles[i].name.len > 0 && !configured_role(c, d->roles[i].name))
                        lint_add(l, LINT_ROLE_UNCONFIGURED, &d->doc, d->roles[i].node,
                                 "role '%.*s' is not configured in %s", STR_ARG(d->roles[i].name), c->doc.file);
}

static void check_cscfg(struct lint *l, const struct lint_input *in, const struct cscfg *c) {
        const struct csdef *d = definition_of(in, c);

        check_namespace(l, &c->doc);
        lint_guest_os(l, c);
        for (ptrdiff_t i = 0; i < c->role_count; i++)
                check_cscfg_role(l, c, &c->roles[i]);
        if (d)
                check_pair(l, c, d);
        else
                lint_add(l, LINT_NO_DEFINITION, &c->doc, c->doc.root, "no .csdef belongs to this .cscfg");
}

static const struct guest_os_family *family_of(const struct catalog *k, const struct cscfg *c) {
        struct guest_os_name name;
        uint64_t number;

        if (guest_os_parse(c->os_version, &name))
                return guest_os_family(k, name.family);
        return str_to_u64(c->os_family, &number) && number < 1000 ? guest_os_family(k, (uint32_t)number) : NULL;
}

/* What the definition's configurations say about one of its roles. */
struct deployment {
        ptrdiff_t configurations;
        bool runs;                             /* in one of them it has instances, or may have */
        bool family_unknown;
        const struct guest_os_family *weakest; /* the oldest of the families */
};

static struct deployment deployment_of(const struct catalog *k, const struct lint_input *in, const struct csdef *d, struct str role) {
        struct deployment all = { 0 };

        for (ptrdiff_t i = 0; i < in->cscfg_count; i++) {
                const struct cscfg *c = &in->cscfgs[i];
                const struct cscfg_role *r = configured_role(c, role);
                const struct guest_os_family *f = family_of(k, c);

                if (definition_of(in, c) != d)
                        continue;
                all.configurations++;
                if (r && r->count_known && r->count == 0)
                        continue;
                all.runs = true;
                all.family_unknown |= !f;
                if (f && (!all.weakest || f->family < all.weakest->family))
                        all.weakest = f;
        }
        if (all.family_unknown)
                all.weakest = NULL;
        return all;
}

static void check_csdef_role(struct lint *l, const struct lint_input *in, const struct csdef *d,
                             const struct csdef_role *r) {
        struct deployment all = deployment_of(l->o->catalog, in, d, r->name);

        if (r->name.len == 0)
                lint_add(l, LINT_ROLE_NAMELESS, &d->doc, r->node, "a role has no name");
        else if (defined_role(d, r->name) != r)
                lint_add(l, LINT_ROLE_DUPLICATE, &d->doc, r->node, "role '%.*s' is defined twice", STR_ARG(r->name));
        if (r->runtime && r->runtime_context == CONTEXT_OTHER)
                lint_add(l, LINT_TASK_CONTEXT, &d->doc, r->runtime, "the executionContext of role '%.*s' is unknown",
                         STR_ARG(r->name));
        if (all.configurations > 0 && !all.runs)
                return;
        if (r->runtime && r->runtime_context == CONTEXT_ELEVATED)
                lint_add_untrusted(l, LINT_RUNTIME_ELEVATED, &d->doc, r->runtime, "role '%.*s' runs elevated",
                                   STR_ARG(r->name));
        if (r->remote_access && l->o->untrusted == TRI_UNKNOWN && str_cmp(l->o->as_of, S("2018-08-14")) >= 0)
                lint_add(l, LINT_REMOTE_ACCESS, &d->doc, r->node,
                         "people can log on to role '%.*s' with Remote Desktop", STR_ARG(r->name));
        lint_tasks(l, d, r, all.weakest);
}

static void check_csdef(struct lint *l, const struct lint_input *in, const struct csdef *d) {
        bool configured = false;

        check_namespace(l, &d->doc);
        for (ptrdiff_t i = 0; i < in->cscfg_count; i++)
                configured |= definition_of(in, &in->cscfgs[i]) == d;
        if (!configured)
                lint_add(l, LINT_NO_CONFIGURATION, &d->doc, d->doc.root, "no .cscfg belongs to this .csdef");
        for (ptrdiff_t i = 0; i < d->role_count; i++)
                check_csdef_role(l, in, d, &d->roles[i]);
}

void lint_services(struct remarks *ret, struct arena *a, const struct lint_input *in,
                   const struct lint_options *o) {
        struct lint l = { .findings = ret, .a = a, .o = o };

        for (ptrdiff_t i = 0; i < in->cscfg_count; i++)
                check_cscfg(&l, in, &in->cscfgs[i]);
        for (ptrdiff_t i = 0; i < in->csdef_count; i++)
                check_csdef(&l, in, &in->csdefs[i]);
        remarks_sort(ret, a);
}
