/* Judges the files of Azure Cloud Services against the guidance: `sidelight cloud-service lint`. */
#ifndef SIDELIGHT_CLOUD_LINT_H
#define SIDELIGHT_CLOUD_LINT_H

#include "base/tri.h"
#include "cloud/guest_os.h"
#include "cloud/lint_rules.h"
#include "cloud/service.h"

/* Gives the contents of a script, or false when there is none. `path` is below the definition's folder or the one
 * above it, its separators are '/'; a bare name stands for a file anywhere among what is judged. */
typedef bool lint_read(void *arg, struct arena *a, const char *path, struct str *ret_text);

struct lint_options {
        const struct catalog *catalog;
        struct str as_of;    /* the day that is judged, "2018-01-12" */
        enum tri untrusted;  /* do the roles run code you do not trust? unknown: findings about that become notes */
        lint_read *read;     /* NULL: scripts cannot be looked at */
        void *read_arg;
};

struct lint_input {
        struct cscfg *cscfgs;
        ptrdiff_t cscfg_count;
        struct csdef *csdefs;
        ptrdiff_t csdef_count;
};

/* Finds which files belong together (folder and service name), and judges them. The findings are sorted. */
void lint_services(struct remarks *ret, struct arena *a, const struct lint_input *in,
                   const struct lint_options *o);

/* The parts, for lint_services. */
struct lint {
        struct remarks *findings;
        struct arena *a;
        const struct lint_options *o;
};

/* Adds a finding about an element; `message` follows printf. */
void lint_add(struct lint *l, enum lint_rule rule, const struct xml_doc *doc, const struct xml_node *n,
              const char *message, ...) __attribute__((format(printf, 5, 6)));
/* The same for what matters only to who runs untrusted code: nothing when it was declared that nobody does, a note
 * with "if the role runs code you do not trust" when it was not declared. */
void lint_add_untrusted(struct lint *l, enum lint_rule rule, const struct xml_doc *doc, const struct xml_node *n,
                        const char *message, ...) __attribute__((format(printf, 5, 6)));
/* The same for what is its owner's choice when it was declared that nobody runs untrusted code: a note then. */
void lint_add_choice(struct lint *l, enum lint_rule rule, const struct xml_doc *doc, const struct xml_node *n,
                     const char *message, ...) __attribute__((format(printf, 5, 6)));

void lint_guest_os(struct lint *l, const struct cscfg *c);
/* The role's start-up tasks. `weakest` is the least capable guest OS family it is configured for; NULL: not known. */
void lint_tasks(struct lint *l, const struct csdef *def, const struct csdef_role *role,
                const struct guest_os_family *weakest);

#endif
