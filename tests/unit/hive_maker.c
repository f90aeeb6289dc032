#include "hive_maker.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 4096, SIZE_MAX_MADE = 1 << 20, KEYS_MAX = 256, CHECKSUM = 0x1fc, LONG = 16344 };

struct made_key {
        struct str name;
        int parent;
};

struct making {
        unsigned char *bins;
        uint32_t used, security;
        enum made_style style;
        const struct made_value *values;
        struct made_key keys[KEYS_MAX];
        int of_value[KEYS_MAX]; /* the key of each row */
        int count;
};

static void put(unsigned char *at, uint32_t v, int width) {
        for (int i = 0; i < width; i++)
                at[i] = (unsigned char)(v >> (8 * i));
}

/* A cell in use; its offset. */
static uint32_t cell(struct making *m, uint32_t len) {
        uint32_t at = m->used, size = (len + 4 + 7) / 8 * 8;

        if (at + size > SIZE_MAX_MADE)
                abort();
        put(m->bins + at, (uint32_t)-(int32_t)size, 4);
        m->used += size;
        return at;
}

static unsigned char *in(struct making *m, uint32_t at) {
        return m->bins + at + 4;
}

static uint32_t put_name(struct making *m, unsigned char *at, struct str name) {
        bool wide = m->style == MADE_LH_WIDE;

        for (ptrdiff_t i = 0; i < name.len; i++)
                put(at + (wide ? 2 * i : i), (unsigned char)name.p[i], wide ? 2 : 1);
        return (uint32_t)name.len * (wide ? 2 : 1);
}

/* ---- Values ---- */

static uint32_t long_data(struct making *m, const unsigned char *data, uint32_t len) {
        uint32_t pieces = (len + LONG - 1) / LONG, head = cell(m, 8), list = cell(m, 4 * pieces);

        put(in(m, head), 'd' | 'b' << 8, 2);
        put(in(m, head) + 2, pieces, 2);
        put(in(m, head) + 4, list, 4);
        for (uint32_t i = 0; i < pieces; i++) {
                uint32_t n = len - i * LONG < LONG ? len - i * LONG : LONG, at = cell(m, n);

                memcpy(in(m, at), data + i * LONG, n);
                put(in(m, list) + 4 * i, at, 4);
        }
        return head;
}

static uint32_t text_data(struct making *m, const struct made_value *v, uint32_t *ret_len) {
        struct str text = str_of(v->text);
        int times = v->repeat ? v->repeat : 1;
        uint32_t len = (uint32_t)(2 * text.len * times + 2), at;
        unsigned char *data = calloc(1, len);

        if (!data)
                abort();
        for (int t = 0; t < times; t++)
                for (ptrdiff_t i = 0; i < text.len; i++)
                        data[2 * (t * text.len + i)] = (unsigned char)text.p[i];
        *ret_len = len;
        at = len > LONG ? long_data(m, data, len) : cell(m, len);
        if (len <= LONG)
                memcpy(in(m, at), data, len);
        free(data);
        return at;
}

static uint32_t make_value(struct making *m, const struct made_value *v) {
        struct str name = str_of(v->name);
        uint32_t at = cell(m, 0x14 + 2 * (uint32_t)name.len), len, data;

        put(in(m, at), 'v' | 'k' << 8, 2);
        put(in(m, at) + 2, put_name(m, in(m, at) + 0x14, name), 2);
        put(in(m, at) + 0x10, m->style != MADE_LH_WIDE, 2);
        if (!v->text) {
                put(in(m, at) + 4, 0x80000004, 4);
                put(in(m, at) + 8, v->dword, 4);
                put(in(m, at) + 0xc, 4, 4);
                return at;
        }
        data = text_data(m, v, &len);
        put(in(m, at) + 4, len, 4);
        put(in(m, at) + 8, data, 4);
        put(in(m, at) + 0xc, 1, 4);
        return at;
}

static uint32_t make_values(struct making *m, int key, uint32_t *ret_count) {
        uint32_t values[KEYS_MAX], count = 0, list;

        for (int i = 0; m->values[i].key; i++)
                if (m->of_value[i] == key && m->values[i].name)
                        values[count++] = make_value(m, &m->values[i]);
        *ret_count = count;
        if (count == 0)
                return 0xffffffff;
        list = cell(m, 4 * count);
        for (uint32_t i = 0; i < count; i++)
                put(in(m, list) + 4 * i, values[i], 4);
        return list;
}

/* ---- Keys ---- */

static uint32_t make_leaf(struct making *m, const uint32_t *keys, uint32_t count) {
        uint32_t step = m->style == MADE_LI || m->style == MADE_RI ? 4 : 8, at = cell(m, 4 + step * count);

        put(in(m, at), 'l' | (uint32_t)(step == 4 ? 'i' : m->style == MADE_LF ? 'f' : 'h') << 8, 2);
        put(in(m, at) + 2, count, 2);
        for (uint32_t i = 0; i < count; i++)
                put(in(m, at) + 4 + step * i, keys[i], 4);
        return at;
}

static uint32_t make_list(struct making *m, const uint32_t *keys, uint32_t count) {
        uint32_t lists = (count + 1) / 2, at;

        if (count == 0)
                return 0xffffffff;
        if (m->style != MADE_RI)
                return make_leaf(m, keys, count);
        at = cell(m, 4 + 4 * lists);
        put(in(m, at), 'r' | 'i' << 8, 2);
        put(in(m, at) + 2, lists, 2);
        for (uint32_t i = 0; i < lists; i++)
                put(in(m, at) + 4 + 4 * i, make_leaf(m, keys + 2 * i, count - 2 * i < 2 ? 1 : 2), 4);
        return at;
}

static uint32_t make_key(struct making *m, int key) {
        struct str name = m->keys[key].name;
        uint32_t at = cell(m, 0x4c + 2 * (uint32_t)name.len), children[KEYS_MAX], count = 0, values, list;

        for (int i = 1; i < m->count; i++)
                if (m->keys[i].parent == key)
                        children[count++] = make_key(m, i);
        put(in(m, at), 'n' | 'k' << 8, 2);
        put(in(m, at) + 2, m->style == MADE_LH_WIDE ? 0 : 0x20, 2);
        put(in(m, at) + 0x14, count, 4);
        put(in(m, at) + 0x1c, make_list(m, children, count), 4);
        list = make_values(m, key, &values);
        for (uint32_t i = 0; i < count; i++)
                put(in(m, children[i]) + 0x10, at, 4);
        put(in(m, at) + 0x20, 0xffffffff, 4);
        put(in(m, at) + 0x24, values, 4);
        put(in(m, at) + 0x28, list, 4);
        put(in(m, at) + 0x2c, m->security, 4);
        put(in(m, at) + 0x30, 0xffffffff, 4);
        put(in(m, at) + 0x48, put_name(m, in(m, at) + 0x4c, name), 2);
        return at;
}

/* A descriptor that owns nothing and allows nothing, for all keys. */
static void make_security(struct making *m) {
        m->security = cell(m, 0x14 + 20);
        put(in(m, m->security), 's' | 'k' << 8, 2);
        put(in(m, m->security) + 4, m->security, 4); /* the ring of all: it alone */
        put(in(m, m->security) + 8, m->security, 4);
        put(in(m, m->security) + 0xc, (uint32_t)m->count, 4);
        put(in(m, m->security) + 0x10, 20, 4);
        put(in(m, m->security) + 0x14, 0x80000001, 4);
}

static int key_at(struct making *m, struct str path) {
        struct str part;
        int key = 0, child;

        while (str_cut(&path, '\\', &part)) {
                for (child = 1; child < m->count; child++)
                        if (m->keys[child].parent == key && str_eq(m->keys[child].name, part))
                                break;
                if (child == KEYS_MAX)
                        abort();
                if (child == m->count)
                        m->keys[m->count++] = (struct made_key){ .name = part, .parent = key };
                key = child;
        }
        return key;
}

/* ---- The file ---- */

void hive_sign(unsigned char *bytes) {
        for (int byte = 0; byte < 4; byte++) {
                bytes[CHECKSUM + byte] = 0;
                for (int at = byte; at < CHECKSUM; at += 4)
                        bytes[CHECKSUM + byte] ^= bytes[at];
        }
}

static void put_header(unsigned char *b, uint32_t root, uint32_t len) {
        memcpy(b, "regf", 4);
        put(b + 0x04, 1, 4); /* sequence numbers */
        put(b + 0x08, 1, 4);
        put(b + 0x14, 1, 4); /* version 1.5 */
        put(b + 0x18, 5, 4);
        put(b + 0x20, 1, 4);
        put(b + 0x24, root, 4);
        put(b + 0x28, len, 4);
        put(b + 0x2c, 1, 4);
        hive_sign(b);
}

struct str hive_bytes(struct arena *a, const struct made_value *values, enum made_style style) {
        unsigned char *file = arena_alloc(a, 1, BLOCK + SIZE_MAX_MADE);
        struct making m = { .bins = file + BLOCK, .used = 32, .style = style, .values = values, .count = 1, .keys = { { .name = STR("ROOT"), .parent = -1 } } };
        uint32_t root, len;

        for (int i = 0; values[i].key; i++)
                m.of_value[i] = key_at(&m, str_of(values[i].key));
        make_security(&m);
        root = make_key(&m, 0);
        len = (m.used + BLOCK - 1) / BLOCK * BLOCK;
        if (len > m.used)
                put(m.bins + m.used, len - m.used, 4); /* the rest is free */
        memcpy(m.bins, "hbin", 4);
        put(m.bins + 8, len, 4);
        put_header(file, root, len);
        return str_n((const char *)file, BLOCK + (ptrdiff_t)len);
}

void hive_make(const char *path, const struct made_value *values) {
        ARENA_AUTO struct arena a = { 0 };
        struct str bytes = hive_bytes(&a, values, MADE_LF);
        FILE *f = fopen(path, "wb");

        if (!f || fwrite(bytes.p, 1, (size_t)bytes.len, f) != (size_t)bytes.len || fclose(f) != 0) {
                perror(path);
                abort();
        }
}
