/* The parts of realise.h, by what they edit. Between the files of this folder. */
#ifndef SIDELIGHT_APPLY_REALISE_PARTS_H
#define SIDELIGHT_APPLY_REALISE_PARTS_H

#include "apply/realise.h"
#include "plan/edit/edit.h"

/* The words that the step takes from the kernel's command line and puts there. */
struct word_changes realise_words(struct realising *x, const struct step *s);
/* The same as a person reads them: "mitigations=off and nopti". */
struct str realise_words_text(struct realising *x, const struct word_changes *w);

/* realise_line.c: wherever this machine's loader takes the command line from. */
void realise_line(struct realising *x, const struct word_changes *words);

/* realise_beside.c: a folder of the boot partition that is to be mounted, and is not: the edit would land beneath it. */
bool realise_unmounted(struct realising *x, struct str *ret);
/* The path of GRUB's environment block; empty when there is none. */
struct str realise_grubenv(struct realising *x);
/* True, and refused, when TuneD would put a word there again. */
bool realise_tuned(struct realising *x, const struct word_changes *w);
/* What is told and not edited: Xen's own line, entries that no variable reaches. */
void realise_look_at_xen(struct realising *x, struct text_files files);
void realise_look_at_custom(struct realising *x, const struct word_changes *w);
/* What a person should know before the restart: keys in a TPM, a kernel that is loaded for kexec. */
void realise_warn(struct realising *x);

/* realise_values.c: sysctls, settings of the running kernel, module options. */
void realise_value(struct realising *x, const struct change *c);
/* All files of "sysctl.d" or "modprobe.d". */
struct text_files realise_settings(struct realising *x, const char *folder);
/* realise_packages.c */
void realise_packages(struct realising *x, const struct step *s);

/* ---- What they share ---- */

/* Takes an editor's answer for the file over: a deed, nothing, or a refusal. True when it was not refused. */
bool realise_edited(struct realising *x, struct str path, const struct edited *e, struct str instead);
bool realise_edited_files(struct realising *x, const struct edited_files *e, struct str instead);
void realise_remark(struct realising *x, struct str text);
void realise_refuse(struct realising *x, struct str what, struct str why, struct str instead);
bool realise_is_there(const struct realising *x, const char *path);
/* A file as it will be when the deeds so far are done; false when there is none. */
bool realise_read(struct realising *x, struct str path, struct str *ret);
/* True when the distribution is called so, or is made of one that is. */
bool realise_is_distribution(struct realising *x, const char *id);

#endif
