/* Lines of kernel words: split as their reader splits them, words taken out and put in. */
#ifndef SIDELIGHT_PLAN_EDIT_WORDS_H
#define SIDELIGHT_PLAN_EDIT_WORDS_H

#include "evidence/kernel_line.h"
#include "plan/edit/patch.h"

enum word_syntax {
        WORDS_KERNEL, /* the kernel takes the text as it stands */
        WORDS_GRUB,   /* GRUB parses it first: ' " \ $, blanks inside quotes; it hands each word on as one */
};

/* One word of a line. */
struct word {
        ptrdiff_t from, to; /* its bytes, with quotes */
        struct str text;    /* as the kernel gets it */
        bool expands;       /* GRUB: `$name` is in it, kept as it is in `text` */
};

/* The next word from `*at` on, which moves behind it. 1; 0 at the end; -1 where GRUB would end or split the command (`*at` stands
 * there): what follows is not on the line. */
int word_next(struct arena *a, struct str line, enum word_syntax syntax, ptrdiff_t *at, struct word *ret);

/* True when a word of the line is `wanted`: `name` with any value, or `name=value`. Words behind "--" count where kernels of x86 scan for
 * them (evidence/kernel_line.h). */
bool words_hold(struct arena *a, struct str line, enum word_syntax syntax, struct str wanted);

/* True when something is to be added. */
bool words_add(const struct word_changes *changes);

/* True when `word` can be written into any line without quotes: letters, digits and a few signs. */
bool word_is_plain(struct str word);

/* Changes of a text of which some parts are the line, in order; together they are one line.
 *         struct words_edit e = { .arena = a, .text = text, .syntax = …, .changes = … };
 *         words_part(&e, from, to); …
 *         return words_done(&e); */
struct words_edit {
        struct arena *arena;
        struct str text;
        enum word_syntax syntax;
        const struct word_changes *changes;
        /* Private. */
        struct patches patches;
        struct edited refusal;
        ptrdiff_t refused_at;
        bool *held;        /* for each change: `add` stands there, and counts */
        bool any, bare;    /* there was a part; the last one holds no word that stays */
        bool open;         /* a quote is not closed */
        bool dashes;       /* there was a "--" */
        bool in_front;     /* nothing stays before it */
        ptrdiff_t from;    /* the last part's beginning */
        ptrdiff_t end;     /* where words are added: behind a word, or in front of the "--" */
};

void words_part(struct words_edit *e, ptrdiff_t from, ptrdiff_t to);
/* What GRUB reads ends in a backslash, perhaps before blanks: what is added behind it would belong to that word. */
bool words_end_escaped(struct str text);
/* Adds what is to be added to the last part, and gives the result. Without a part there is no place for it: then that is refused, for
 * the whole file. */
struct edited words_done(struct words_edit *e);

/* A part that is a line of its own: appends its patches to `all`; false with a refusal. */
bool words_patch(struct patches *all, struct arena *a, struct str text, ptrdiff_t from, ptrdiff_t to, enum word_syntax syntax,
                 const struct word_changes *changes, struct edited *ret_refusal);

#endif
