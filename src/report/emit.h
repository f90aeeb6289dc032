/* What is to be done on a machine, for the tools with which people run many: a shell script, Ansible, cloud-init, PowerShell, a .reg file,
 * Azure's Run Command.
 *
 * Each looks before it changes anything: a file that is neither what it was nor what it is to be stops it. A second run changes nothing. */
#ifndef SIDELIGHT_REPORT_EMIT_H
#define SIDELIGHT_REPORT_EMIT_H

#include "base/diag.h"
#include "base/out.h"
#include "plan/plan.h"

#define EMIT_FORMATS(X)                           \
        X(SHELL, "shell")                         \
        X(ANSIBLE, "ansible")                     \
        X(CLOUD_INIT, "cloud-init")               \
        X(POWERSHELL, "powershell")               \
        X(REG, "reg")                             \
        X(AZURE_RUN_COMMAND, "azure-run-command")

enum emit_format {
#define X(name, word) EMIT_##name,
        EMIT_FORMATS(X)
#undef X
        EMIT_FORMAT_COUNT,
};

/* A file before and after; a text whose `p` is NULL is no file. */
struct emit_file {
        struct str path, old, new;
        uint32_t mode; /* of a file that is made */
};

/* A value of the running kernel, below /proc or /sys. */
struct emit_value {
        struct str path, old, new;
};

/* A program and its words, run when the files are written: a result made anew, packages. */
struct emit_command {
        const struct str *words;
        ptrdiff_t count;
};

struct emission {
        struct str title; /* one line */
        struct str id;    /* of the plan; letters and digits */
        const struct emit_file *files;
        ptrdiff_t file_count;
        const struct emit_value *values;
        ptrdiff_t value_count;
        const struct emit_command *commands;
        ptrdiff_t command_count;
        const struct changes *registry; /* of Windows, or NULL */
        bool undo;                      /* the registry's way back; the others are given turned round */
        bool restart;                   /* it takes effect with the next start */
};

/* False when there is no such format. */
bool emit_format_parse(struct str word, enum emit_format *ret);

/* -1 and a message where the format cannot say it: a .reg file has no files of Linux, say. */
int emit(struct out *o, struct arena *a, const struct emission *e, enum emit_format format, struct diag *d);

#endif
