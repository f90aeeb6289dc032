#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
        struct arena_block *next;
        ptrdiff_t used, size;
        alignas(max_align_t) char bytes[];
};

enum { BLOCK_SIZE = 64 * 1024 };

_Noreturn void memory_ended(void) {
        (void)fputs("sidelight: out of memory\n", stderr);
        exit(EXIT_NO_MEMORY);
}

static struct arena_block *block_new(ptrdiff_t at_least) {
        ptrdiff_t size = at_least > BLOCK_SIZE ? at_least : BLOCK_SIZE;
        struct arena_block *b = malloc(sizeof(*b) + (size_t)size);

        if (!b)
                memory_ended();
        b->next = NULL;
        b->used = 0;
        b->size = size;
        return b;
}

/* The next block that has room for `need` bytes: a kept one if it is large enough, else a new one in between. */
static struct arena_block *block_with_room(struct arena *a, ptrdiff_t need) {
        struct arena_block *next = a->current ? a->current->next : a->first;

        if (!next || next->size < need) {
                struct arena_block *fresh = block_new(need);

                fresh->next = next;
                if (a->current)
                        a->current->next = fresh;
                else
                        a->first = fresh;
                next = fresh;
        }
        next->used = 0;
        a->current = next;
        return next;
}

static char *take(struct arena *a, ptrdiff_t n, ptrdiff_t align) {
        struct arena_block *b = a->current;
        ptrdiff_t pad = b ? -b->used & (align - 1) : 0;

        if (!b || b->size - b->used < n + pad) {
                b = block_with_room(a, n);
                pad = 0;
        }
        b->used += pad + n;
        return b->bytes + b->used - n;
}

void arena_free(struct arena *a) {
        for (struct arena_block *b = a->first, *next; b; b = next) {
                next = b->next;
                free(b);
        }
        *a = (struct arena){ 0 };
}

void arena_reset(struct arena *a) {
        a->current = NULL;
}

struct arena_mark arena_mark(const struct arena *a) {
        return (struct arena_mark){ .block = a->current, .used = a->current ? a->current->used : 0 };
}

void arena_release(struct arena *a, struct arena_mark mark) {
        a->current = mark.block;
        if (mark.block)
                mark.block->used = mark.used;
}

void *arena_alloc_raw(struct arena *a, ptrdiff_t count, ptrdiff_t size) {
        if (count < 0 || size < 0 || (size && count > (PTRDIFF_MAX - BLOCK_SIZE) / size))
                memory_ended();
        return take(a, count * size, (ptrdiff_t)alignof(max_align_t));
}

void *arena_alloc(struct arena *a, ptrdiff_t count, ptrdiff_t size) {
        return memset(arena_alloc_raw(a, count, size), 0, (size_t)(count * size));
}

char *arena_bytes(struct arena *a, ptrdiff_t n) {
        if (n < 0 || n > PTRDIFF_MAX - BLOCK_SIZE)
                memory_ended();
        return take(a, n, 1);
}

void *arena_push(struct arena *a, void **items, ptrdiff_t *count, ptrdiff_t *capacity, ptrdiff_t size) {
        if (*count == *capacity) {
                ptrdiff_t more = *capacity ? *capacity * 2 : 8;
                void *grown = arena_alloc_raw(a, more, size);

                if (*count)
                        memcpy(grown, *items, (size_t)(*count * size));
                *items = grown;
                *capacity = more;
        }
        return memset((char *)*items + (*count)++ * size, 0, (size_t)size);
}
