/* The two files of an Azure Cloud Service: configuration (.cscfg) and definition (.csdef).
 *
 * Source: "Azure Cloud Services Config Schema (.cscfg file)" and "Definition Schema (.csdef file)", with the pages
 * WebRole and WorkerRole. Reading is generous (unknown elements, attributes and schema versions are kept out of the
 * way); judging is lint.h's business. */
#ifndef SIDELIGHT_CLOUD_SERVICE_H
#define SIDELIGHT_CLOUD_SERVICE_H

#include "base/xml.h"

/* What a role of the configuration says. */
struct cscfg_role {
        struct str name;
        const struct xml_node *node;
        const struct xml_node *instances; /* NULL: no Instances element */
        bool count_known;
        uint64_t count;
};

struct cscfg {
        struct xml_doc doc;
        struct str service_name, os_family, os_version; /* empty when absent */
        bool has_family, has_version;
        struct cscfg_role *roles;
        ptrdiff_t role_count;
};

#define TASK_TYPES(X)        \
        X(SIMPLE, "simple")  \
        X(BACKGROUND, "background") \
        X(FOREGROUND, "foreground") \
        X(OTHER, "")

enum task_type {
#define X(name, word) TASK_##name,
        TASK_TYPES(X)
#undef X
};

#define EXECUTION_CONTEXTS(X)  \
        X(LIMITED, "limited")  \
        X(ELEVATED, "elevated") \
        X(OTHER, "")

enum execution_context {
#define X(name, word) CONTEXT_##name,
        EXECUTION_CONTEXTS(X)
#undef X
};

struct csdef_task {
        const struct xml_node *node;
        struct str command_line;
        enum task_type type;            /* simple when not said */
        enum execution_context context; /* limited when not said */
        struct str type_text, context_text;
        bool knows_emulator; /* a variable of it is bound to /RoleEnvironment/Deployment/@emulated */
};

struct csdef_role {
        struct str name;
        const struct xml_node *node;    /* WebRole, WorkerRole or VirtualMachineRole */
        const struct xml_node *startup; /* NULL: none */
        const struct xml_node *runtime;
        enum execution_context runtime_context;
        bool remote_access; /* imports RemoteAccess: people can log on with Remote Desktop */
        struct csdef_task *tasks;
        ptrdiff_t task_count;
};

struct csdef {
        struct xml_doc doc;
        struct str name;
        struct csdef_role *roles;
        ptrdiff_t role_count;
};

enum service_file { SERVICE_FILE_OTHER = 0, SERVICE_FILE_CSCFG, SERVICE_FILE_CSDEF };

/* Which of the two a file is, by the name of its root element (letters' case matters, as in the real tools). */
enum service_file service_file_kind(const struct xml_doc *doc);

/* Each parses and reads one file. -1 with file and line when it is not well-formed or its root element is another
 * one. */
int cscfg_parse(struct cscfg *ret, struct arena *a, const char *file, struct str text, bool decoded, struct diag *d);
int csdef_parse(struct csdef *ret, struct arena *a, const char *file, struct str text, struct diag *d);

#endif
