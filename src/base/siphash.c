#include "base/siphash.h"

#include "base/sha256.h"

struct state {
        uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by) {
        return x << by | x >> (64 - by);
}

static void rounds(struct state *s, int count) {
        while (count-- > 0) {
                s->v0 += s->v1;
                s->v1 = rotate(s->v1, 13) ^ s->v0;
                s->v0 = rotate(s->v0, 32);
                s->v2 += s->v3;
                s->v3 = rotate(s->v3, 16) ^ s->v2;
                s->v0 += s->v3;
                s->v3 = rotate(s->v3, 21) ^ s->v0;
                s->v2 += s->v1;
                s->v1 = rotate(s->v1, 17) ^ s->v2;
                s->v2 = rotate(s->v2, 32);
        }
}

/* Up to eight bytes, little-endian, whatever the machine's order is. */
static uint64_t load(const char *p, ptrdiff_t n) {
        uint64_t v = 0;

        for (ptrdiff_t i = 0; i < n; i++)
                v |= (uint64_t)(unsigned char)p[i] << (8 * i);
        return v;
}

static void absorb(struct state *s, uint64_t m) {
        s->v3 ^= m;
        rounds(s, 2);
        s->v0 ^= m;
}

struct hash128 siphash(struct hash128 key, struct str s) {
        struct state st = {
                .v0 = key.low ^ 0x736f6d6570736575,
                .v1 = key.high ^ 0x646f72616e646f6d ^ 0xee,
                .v2 = key.low ^ 0x6c7967656e657261,
                .v3 = key.high ^ 0x7465646279746573,
        };
        struct hash128 ret;
        ptrdiff_t i = 0;

        for (; i + 8 <= s.len; i += 8)
                absorb(&st, load(s.p + i, 8));
        absorb(&st, load(s.len > 0 ? s.p + i : "", s.len - i) | (uint64_t)s.len << 56);
        st.v2 ^= 0xee;
        rounds(&st, 4);
        ret.low = st.v0 ^ st.v1 ^ st.v2 ^ st.v3;
        st.v1 ^= 0xdd;
        rounds(&st, 4);
        ret.high = st.v0 ^ st.v1 ^ st.v2 ^ st.v3;
        return ret;
}

struct hash128 siphash_key(struct str text) {
        unsigned char digest[32];
        struct hash128 key;
        struct sha256 h;

        sha256_init(&h);
        sha256_add(&h, text);
        sha256_end(&h, digest);
        memcpy(&key, digest, sizeof(key));
        return key;
}
