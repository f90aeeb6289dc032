#include "fleet/serve/who.h"

#include <stdlib.h>

void who_begin(struct who *w) {
        (void)pthread_mutex_init(&w->lock, NULL);
}

void who_end(struct who *w) {
        for (int i = 0; i < WHO_SLOTS; i++)
                free(w->slots[i].texts);
        (void)pthread_mutex_destroy(&w->lock);
}

/* Only what counted comes in here, so that nobody fills it with guesses; two that meet in one place take turns. */
static struct who_slot *slot_of(struct who *w, const char *digest) {
        unsigned at = 0;

        for (int i = 0; i < 4; i++)
                at = at * 31 + (unsigned char)digest[i];
        return &w->slots[at % WHO_SLOTS];
}

static bool counts(const struct who_slot *s, const char *digest, int64_t ms, int64_t now) {
        return s->texts && http_same_bytes((const unsigned char *)s->digest, (const unsigned char *)digest, TOKEN_DIGEST) &&
               ms - s->asked < WHO_MS && (s->until == 0 || s->until > now);
}

bool who_has(struct who *w, struct arena *a, const char digest[TOKEN_DIGEST + 1], int64_t ms, int64_t now, struct http_who *ret) {
        const struct who_slot *s = slot_of(w, digest);
        bool found;

        pthread_mutex_lock(&w->lock);
        found = counts(s, digest, ms, now);
        if (found) {
                *ret = s->who;
                ret->tenant = str_dup(a, s->who.tenant);
                ret->name = str_dup(a, s->who.name);
        }
        pthread_mutex_unlock(&w->lock);
        return found;
}

void who_forget(struct who *w) {
        pthread_mutex_lock(&w->lock);
        for (int i = 0; i < WHO_SLOTS; i++) {
                free(w->slots[i].texts);
                w->slots[i].texts = NULL;
        }
        pthread_mutex_unlock(&w->lock);
}

void who_keep(struct who *w, const char digest[TOKEN_DIGEST + 1], int64_t ms, int64_t until, const struct http_who *who) {
        ptrdiff_t tenant = who->tenant.len, name = who->name.len;
        struct who_slot *s = slot_of(w, digest);
        char *texts = malloc((size_t)(tenant + name) + 1);

        if (!texts)
                memory_ended();
        memcpy(texts, who->tenant.p, (size_t)tenant);
        memcpy(texts + tenant, who->name.p, (size_t)name);
        pthread_mutex_lock(&w->lock);
        free(s->texts);
        *s = (struct who_slot){ .asked = ms, .until = until, .who = *who, .texts = texts };
        memcpy(s->digest, digest, TOKEN_DIGEST);
        s->who.tenant = str_n(texts, tenant);
        s->who.name = str_n(texts + tenant, name);
        pthread_mutex_unlock(&w->lock);
}
