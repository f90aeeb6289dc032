/* Between the files that read results; boot.h is for others. */
#ifndef SIDELIGHT_PLAN_EDIT_BOOT_PARTS_H
#define SIDELIGHT_PLAN_EDIT_BOOT_PARTS_H

#include "plan/edit/boot.h"

/* loader/entries as GRUB's `blscfg` sorts and names them; variables are not expanded. */
struct boot_menu boot_bls(struct arena *a, struct text_files entries);

#endif
