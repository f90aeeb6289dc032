/* Changes of the Windows registry, as text that Windows' own tools take, and the way back. */
#ifndef SIDELIGHT_PLAN_EDIT_REGISTRY_H
#define SIDELIGHT_PLAN_EDIT_REGISTRY_H

#include "base/out.h"
#include "plan/plan.h"

/* What a value holds: a number (REG_DWORD), a text (REG_SZ), or nothing: it is not there. */
struct registry_data {
        enum { REGISTRY_NONE, REGISTRY_DWORD, REGISTRY_TEXT } type;
        uint32_t number;
        struct str text;
};

/* The data that a change's `new` or `old` stands for: "0x48" and "72" are numbers. */
struct registry_data registry_data_of(struct str text);

/* Changes that are about the registry; others are passed over. With `undo`, the way back: -1 (and a message) where what was there is not
 * known for one of them. */

/* A .reg file, in UTF-16 as regedit writes it. */
int registry_reg(struct out *o, struct arena *a, const struct changes *changes, bool undo, struct diag *d);
/* The same as UTF-8, for people. */
int registry_reg_text(struct out *o, struct arena *a, const struct changes *changes, bool undo, struct diag *d);
/* Commands of reg.exe, one a line. */
int registry_commands(struct out *o, struct arena *a, const struct changes *changes, bool undo, struct diag *d);
/* A PowerShell script (5.1 and later) for this machine and others like it, with -Undo as the way back. Of FeatureSettingsOverride and its
 * mask it sets the bits that the changes ask for, but none of `off_bits` (which switch protections off), and leaves the others as each
 * machine has them. What was there (absence too) is kept in the registry, where only administrators write. A second run changes nothing. */
void registry_powershell(struct out *o, struct arena *a, const struct changes *changes, uint32_t off_bits);

/* HKLM and its like by their long names. */
struct str registry_long_key(struct arena *a, struct str key);

#endif
