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

/* AddressSanitizer sees what is read or written in a block and was not given out, or was taken back: what lies between two pieces. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) /* clang's way to say it */
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized" /* these functions take a const pointer, and read nothing */
/* In whatever environment a test starts it: what is undefined (a trap, see dev) is told with its place, and no fault ends like a verdict. */
const char *__asan_default_options(void) {
        return "handle_sigill=1:abort_on_error=1";
}
#define forbid(p, n) __asan_poison_memory_region((p), (size_t)(n))
#define allow(p, n) __asan_unpoison_memory_region((p), (size_t)(n))
enum { BETWEEN = 16 };
#else
#define forbid(p, n) ((void)(p), (void)(n))
#define allow(p, n) ((void)(p), (void)(n))
enum { BETWEEN = 0 };
#endif

enum { BLOCK_SIZE = 64 * 1024, MANY_BLOCKS = 16 };

static struct arena_block *block_new(struct arena *a, ptrdiff_t at_least) {
        ptrdiff_t size = (ptrdiff_t)sizeof(struct arena_block) + (at_least > BLOCK_SIZE ? at_least : BLOCK_SIZE);
        struct arena_block *b = a->large && ++a->blocks > MANY_BLOCKS ? a->large(&size) : NULL;

        if (!b)
                b = malloc((size_t)size);
        if (!b)
                memory_ended();
        b->next = NULL;
        b->used = 0;
        b->size = size - (ptrdiff_t)sizeof(*b);
        forbid(b->bytes, b->size);
        return b;
}

/* The next block that has room for `need` bytes: a kept one if it is large enough, else a new one in between. */
static struct arena_block *block_with_room(struct arena *a, ptrdiff_t need) {
        struct arena_block *next = a->current ? a->current->next : a->first;

        if (!next || next->size < need) {
                struct arena_block *fresh = block_new(a, need);

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
        char *ret;

        if (!b || b->size - b->used < n + BETWEEN + pad) {
                b = block_with_room(a, n + BETWEEN);
                pad = 0;
        }
        ret = b->bytes + b->used + pad;
        b->used += pad + n + BETWEEN;
        allow(ret, n);
        return ret;
}

void arena_free(struct arena *a) {
        for (struct arena_block *b = a->first, *next; b; b = next) {
                next = b->next;
                free(b);
        }
        *a = (struct arena){ 0 };
}

/* What no one has now: the rest of the current block, and those behind it. */
static void forbid_rest(struct arena *a) {
        if (!BETWEEN)
                return;
        if (a->current)
                forbid(a->current->bytes + a->current->used, a->current->size - a->current->used);
        for (struct arena_block *b = a->current ? a->current->next : a->first; b; b = b->next)
                forbid(b->bytes, b->size);
}

void arena_reset(struct arena *a) {
        a->current = NULL;
        forbid_rest(a);
}

struct arena_mark arena_mark(const struct arena *a) {
        return (struct arena_mark){ .block = a->current, .used = a->current ? a->current->used : 0 };
}

void arena_release(struct arena *a, struct arena_mark mark) {
        a->current = mark.block;
        if (mark.block)
                mark.block->used = mark.used;
        forbid_rest(a);
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
                forbid((char *)grown + *count * size, (more - *count) * size);
                *items = grown;
                *capacity = more;
        }
        allow((char *)*items + *count * size, size);
        return memset((char *)*items + (*count)++ * size, 0, (size_t)size);
}
