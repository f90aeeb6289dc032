/* Directories of files that together make settings: which count, and in which order. Between the files of this folder. */
#ifndef SIDELIGHT_PLAN_EDIT_SETTINGS_H
#define SIDELIGHT_PLAN_EDIT_SETTINGS_H

#include "plan/edit/patch.h"

/* The files of `folder` ("sysctl.d") that count, in the order in which they are read: of each name the one in the highest directory. */
struct text_files settings_files(struct arena *a, struct text_files files, struct str folder);

/* True below /etc, which belongs to the machine's owner. */
bool settings_own(struct str path);

/* Adds a file to the result, or a line at the end of the file `own`, which is made where it is not there. */
void settings_change(struct edited_files *ret, struct arena *a, struct str path, struct str text);
void settings_append(struct edited_files *ret, struct arena *a, struct text_files files, struct str own, struct str line);

/* The files with what was changed so far. */
struct text_files settings_changed(struct arena *a, struct text_files files, const struct edited_files *e);

struct edited_files settings_refused(struct arena *a, struct str path, uint32_t line, struct str reason);

#endif
