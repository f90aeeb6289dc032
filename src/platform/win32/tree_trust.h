/* Folders that only administrators may write to: %ProgramData% lets everybody make folders, and what is found in one of them is not
 * carried out with an administrator's rights. */
#ifndef SIDELIGHT_PLATFORM_WIN32_TREE_TRUST_H
#define SIDELIGHT_PLATFORM_WIN32_TREE_TRUST_H

#include <stdbool.h>
#include <wchar.h>

/* The folder belongs to administrators, to the system or to this program's user, and nobody else may write to it. */
bool tree_folder_is_trusted(const wchar_t *path);
/* Makes such a folder, which everybody may read. The system's number of the error, or 0. */
unsigned long tree_make_trusted_folder(const wchar_t *path);
/* This program runs with an administrator's rights. */
bool tree_is_administrator(void);

#endif
