/* Deeds about values of Windows' registry. Between the files of this folder, but for realise_registry(). */
#ifndef SIDELIGHT_APPLY_REGISTRY_DEED_H
#define SIDELIGHT_APPLY_REGISTRY_DEED_H

#include "apply/journal.h"
#include "platform/registry_edit.h"

/* The path of a deed: "HKLM\…\Memory Management|FeatureSettingsOverride". */
struct str registry_path(struct arena *a, struct str key, struct str name);
/* The bytes that a change asks for. */
struct registry_bytes registry_wanted(struct arena *a, const struct change *c);

/* Appends what the step (number `n`) does to values of the running Windows. A step of which some part is refused comes to nothing but
 * refusals; so does one that is about something else than values. */
void realise_registry(struct deeds *ret, struct arena *a, const struct registry_edit *edit, const struct step *s, ptrdiff_t n);

/* ---- For carry.c ---- */

/* What is there now, in the journal's words. */
int registry_now(struct journal *j, const struct deed *deed, struct str *ret, struct diag *d);
/* Notes the keys that the deed will make. */
int registry_note_keys(struct journal *j, struct entry *e, const struct deed *deed, struct diag *d);
int registry_make_keys(struct journal *j, const struct entry *e, struct diag *d);
int registry_drop_keys(struct journal *j, const struct entry *e, struct diag *d);
int registry_set(struct journal *j, const struct deed *deed, struct str value, struct diag *d);

#endif
