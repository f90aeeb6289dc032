/* Arenas: memory that is given out in order and taken back all at once.
 *
 * Results live in the arena that the caller names; temporaries live in a scratch arena, between arena_mark and arena_release.
 * Nothing in the core calls free(). Running out of memory ends the program with a message (memory_ended): no caller could do anything
 * better. */
#ifndef SIDELIGHT_BASE_ARENA_H
#define SIDELIGHT_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

enum { EXIT_NO_MEMORY = 70 };

/* Says "out of memory" and ends the program: exit(EXIT_NO_MEMORY), so that the edges' atexit() functions tidy up. */
__attribute__((noreturn)) void memory_ended(void); /* spelt so that cppcheck knows it, too */

struct arena {
        struct arena_block *first; /* in order of use; kept by arena_reset so that loops do not call malloc again */
        struct arena_block *current;
        void *(*large)(ptrdiff_t *size); /* NULL; or where its blocks come from once there are many: memory of at least so many bytes that
                                            free() takes back (it says how many), or NULL, in the address space as the system likes it best */
        int blocks;
};

/* An empty arena needs no initialisation beyond { 0 }. */
void arena_free(struct arena *a);  /* gives everything back to the system */
void arena_reset(struct arena *a); /* forgets everything given out, keeps the blocks */

/* What was given out since the mark is forgotten by the release: for temporaries in an arena that lives longer. */
struct arena_mark {
        struct arena_block *block;
        ptrdiff_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_release(struct arena *a, struct arena_mark mark);

/* Zeroed memory for `count` objects of `size` bytes, aligned for any object. Never NULL. */
void *arena_alloc(struct arena *a, ptrdiff_t count, ptrdiff_t size);
/* The same, not zeroed: for what is written before it is read. */
void *arena_alloc_raw(struct arena *a, ptrdiff_t count, ptrdiff_t size);
/* `n` bytes, not zeroed, not aligned. */
char *arena_bytes(struct arena *a, ptrdiff_t n);

#define arena_new(a, type) ((type *)arena_alloc((a), 1, (ptrdiff_t)sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_alloc((a), (count), (ptrdiff_t)sizeof(type)))
#define arena_array_raw(a, type, count) ((type *)arena_alloc_raw((a), (count), (ptrdiff_t)sizeof(type)))

/* Grows a dynamic array kept as {pointer, count, capacity} and gives the address of a new, zeroed, last element. */
void *arena_push(struct arena *a, void **items, ptrdiff_t *count, ptrdiff_t *capacity, ptrdiff_t size);

/* For a struct with members `items`, `count`, `capacity`. */
#define arena_append(a, list) \
        ((__typeof__((list)->items))arena_push((a), (void **)&(list)->items, &(list)->count, &(list)->capacity, \
                                               (ptrdiff_t)sizeof(*(list)->items)))

static inline void arena_cleanup(struct arena *a) {
        arena_free(a);
}
/* At the edges: `ARENA_AUTO struct arena scratch = { 0 };` */
#define ARENA_AUTO __attribute__((cleanup(arena_cleanup)))

#endif
