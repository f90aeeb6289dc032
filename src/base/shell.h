/* Words of commands that are written for people, or for a shell: quoted in one place. */
#ifndef SIDELIGHT_BASE_SHELL_H
#define SIDELIGHT_BASE_SHELL_H

#include "base/arena.h"
#include "base/out.h"
#include "base/str.h"

/* As sh reads one word: bare where nothing in it is special, else between single quotes, in which every byte stands for itself. */
void out_sh_word(struct out *o, struct str word);
struct str sh_word(struct arena *a, struct str word);

/* As cmd.exe and PowerShell both read one word, a path mostly: bare, else between double quotes. */
struct str windows_word(struct arena *a, struct str word);

#endif
