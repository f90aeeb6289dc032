/* The files of cloud services that the user named: found, read, sorted by kind. */
#ifndef SIDELIGHT_CLI_CLOUD_FILES_H
#define SIDELIGHT_CLI_CLOUD_FILES_H

#include "cli/cli.h"
#include "cloud/lint.h"

struct path_list {
        struct str *items;
        ptrdiff_t count, capacity;
};

struct cloud_files {
        struct cli *cli;
        struct lint_input input;
        ptrdiff_t cscfg_capacity, csdef_capacity;
        struct path_list scripts; /* what start-up tasks could run, below the folders that were given */
};

/* Reads the operands (ends with NULL): files, whose root element tells what they are, and folders, in which all
 * .cscfg and .csdef files count. A bad file is told on standard error and makes the result its exit code; 0 when all
 * went well. -1 when there is nothing to judge. */
int cloud_files_read(struct cloud_files *f, const char *const *operands);

/* A lint_read over a struct cloud_files: letters' case does not matter, as on Windows. */
bool cloud_files_script(void *arg, struct arena *a, const char *path, struct str *ret);

/* The folder where a role's project lies, as Visual Studio lays it out; that of the definition when there is none. -1 where one of them
 * could not be looked at: the script would go to the wrong one. */
int cloud_files_role_folder(struct cli *c, const struct csdef *d, const struct csdef_role *role, struct str *ret);

#endif
