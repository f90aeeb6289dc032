/* What the sources that take a file apart share among each other. */
#ifndef SIDELIGHT_FLEET_PIECES_PARTS_H
#define SIDELIGHT_FLEET_PIECES_PARTS_H

#include "fleet/bulk/pieces.h"

/* Beside ordinary records: those of which a part is left out, or stands for itself. What is kept of them begins with a letter of its
 * own, which no record begins with. */
enum kind { CHUNK_HEAD, CHUNK_ORDINARY, CHUNK_IDENTITY, CHUNK_CAPTURED, CHUNK_UNAME, CHUNK_CPUINFO, CHUNK_LINE, CHUNK_CPUID, CHUNK_REVISION };

/* In so many ways may what is kept once stand in files, to be known by them. */
enum { SPELLINGS_MAX = 16 };

/* The records of a file, as chunks; those that stand for themselves with their pieces. Each begins with "-- " and ends before the line end in
 * front of the next one; one line end at the end of the text counts as such. Most files are like some before them, record by record, and
 * need no more than to be held against them. */
void pieces_split(struct pieces *p, struct sight *s, struct arena *a, struct str text);
/* The same where all records but the open ones stood so in a file that was seen twice: a text of several records is compared at once. False
 * when it is none of these. */
bool forms_split(struct pieces *p, struct sight *s, struct arena *a, struct str text);
/* The record may differ from file to file of one form. */
bool forms_is_open(const struct chunk *c);
/* Such a file was seen, and all of it was understood: of the second of its like the form is kept. */
void forms_meet(struct pieces *p, const struct sight *s);
/* The record's length, when the piece stands there but for its gaps, and the record ends there; else 0. */
ptrdiff_t pieces_match(const struct piece *q, const char *at, const char *end, struct str *ret_shown);
/* Where the record that begins there ends; `ret_line`: it is one line. */
const char *pieces_end_of(const char *at, const char *end, bool *ret_line);
/* The third word behind "-- msr", as a number; `ret_usual`: sixteen digits, and nothing behind them. */
bool register_value(struct str text, uint64_t *ret, bool *ret_usual);
/* Of a revision as kernels write it, when it goes on to the end of the line; else 0. */
ptrdiff_t pieces_shown_length(const char *at, const char *end);
/* What is kept of a cpuid record. */
struct piece *pieces_keep_cpuid(struct pieces *p, struct str text);

/* A text that is made to be kept: begun with its letter, and with room for so many bytes more. */
struct piece_text {
        char *p;
        ptrdiff_t len;
};

struct piece_text text_begin(struct pieces *p, const char *letter, ptrdiff_t room);
void text_put(struct piece_text *t, struct str s);
struct piece *text_keep(struct pieces *p, const struct piece_text *t);

#endif
