/* Who asks, by token or certificate, or because everyone may. What the store said of one that counts is believed for half a second: so a
 * machine that reports often costs no question each time, and a token that was revoked still ends within a second. */
#ifndef SIDELIGHT_FLEET_WHO_H
#define SIDELIGHT_FLEET_WHO_H

#include <pthread.h>

#include "fleet/serve/token.h"

enum { WHO_SLOTS = 256, WHO_MS = 500 };

/* One that counts, by the digest of what it shows. */
struct who_slot {
        char digest[TOKEN_DIGEST];
        int64_t asked;        /* milliseconds of a clock that never goes back */
        int64_t until;        /* the token's: 0, or when it ends */
        struct http_who who;
        char *texts;          /* of its names */
};

struct who {
        pthread_mutex_t lock;
        struct who_slot slots[WHO_SLOTS];
};

void who_begin(struct who *w);
void who_end(struct who *w);
/* True: `ret` is who it is, its texts in `a`. `ms`: now, by the clock of `asked`; `now`: by the calendar. */
bool who_has(struct who *w, struct arena *a, const char digest[TOKEN_DIGEST + 1], int64_t ms, int64_t now, struct http_who *ret);
/* Nothing that was believed counts any more: the store is another one. */
void who_forget(struct who *w);
void who_keep(struct who *w, const char digest[TOKEN_DIGEST + 1], int64_t ms, int64_t until, const struct http_who *who);

#endif
