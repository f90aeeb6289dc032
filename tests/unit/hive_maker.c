#include "hive_maker.h"

#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096, NK = BLOCK + 0x20, NK_SIZE = 0x60, SK = NK + NK_SIZE, SK_SIZE = 0x30, FREE = SK + SK_SIZE };

static void put32(unsigned char *at, uint32_t v) {
        for (int i = 0; i < 4; i++)
                at[i] = (unsigned char)(v >> (8 * i));
}

static void put_magic(unsigned char *at, const char *magic) {
        while (*magic)
                *at++ = (unsigned char)*magic++;
}

static void must(bool ok, const char *what) {
        if (!ok) {
                perror(what);
                abort();
        }
}

/* The smallest regf that libhivex opens and can add keys to: header, one bin, a root key, its security cell, free space. */
static void write_empty(const char *path) {
        static unsigned char b[2 * BLOCK];
        uint32_t sum = 0;
        FILE *f;

        memset(b, 0, sizeof(b));
        put_magic(b, "regf");
        put32(b + 0x04, 1); /* sequence numbers */
        put32(b + 0x08, 1);
        put32(b + 0x14, 1); /* version 1.3 */
        put32(b + 0x18, 3);
        put32(b + 0x20, 1);
        put32(b + 0x24, NK - BLOCK); /* root cell */
        put32(b + 0x28, BLOCK);      /* data length */
        put32(b + 0x2c, 1);
        for (int i = 0; i < 0x1fc; i += 4)
                sum ^= (uint32_t)b[i] | (uint32_t)b[i + 1] << 8 | (uint32_t)b[i + 2] << 16 | (uint32_t)b[i + 3] << 24;
        put32(b + 0x1fc, sum);
        put_magic(b + BLOCK, "hbin");
        put32(b + BLOCK + 8, BLOCK);
        put32(b + NK, (uint32_t)-NK_SIZE);
        put_magic(b + NK + 4, "nk\x2c");
        for (int at = 0x20; at <= 0x34; at += 4) /* no subkeys, no values, no class: offsets of all ones */
                put32(b + NK + at, 0xffffffff);
        put32(b + NK + 0x28, 0);
        put32(b + NK + 0x30, SK - BLOCK);
        put32(b + NK + 0x4c, 4); /* length of the name */
        put_magic(b + NK + 0x50, "ROOT");
        put32(b + SK, (uint32_t)-SK_SIZE);
        put_magic(b + SK + 4, "sk");
        put32(b + SK + 0x08, SK - BLOCK);
        put32(b + SK + 0x0c, SK - BLOCK);
        put32(b + SK + 0x10, 1);
        put32(b + SK + 0x14, 0x14);
        put32(b + FREE, 2 * BLOCK - FREE);
        f = fopen(path, "wb");
        must(f && fwrite(b, sizeof(b), 1, f) == 1 && fclose(f) == 0, path);
}

static hive_node_h make_key(hive_h *h, const char *path) {
        hive_node_h node = hivex_root(h), child;
        char part[256];

        for (const char *p = path; *p;) {
                size_t n = strcspn(p, "\\");

                snprintf(part, sizeof(part), "%.*s", (int)n, p);
                child = hivex_node_get_child(h, node, part);
                node = child ? child : hivex_node_add_child(h, node, part);
                must(node != 0, path);
                p += n + (p[n] != '\0');
        }
        return node;
}

static void make_value(hive_h *h, hive_node_h node, const struct made_value *v) {
        unsigned char data[512] = { 0 };
        hive_set_value value = { .key = (char *)(uintptr_t)v->name, .t = hive_t_REG_DWORD, .len = 4, .value = (char *)data };

        if (v->text) {
                value.t = hive_t_REG_SZ;
                value.len = 2 * strlen(v->text) + 2;
                for (size_t i = 0; v->text[i]; i++)
                        put32(data + 2 * i, (unsigned char)v->text[i]);
        } else {
                put32(data, v->dword);
        }
        must(hivex_node_set_value(h, node, &value, 0) == 0, v->name);
}

void hive_make(const char *path, const struct made_value *values) {
        hive_h *h;

        write_empty(path);
        h = hivex_open(path, HIVEX_OPEN_WRITE);
        must(h != NULL, path);
        for (; values->key; values++) {
                hive_node_h node = make_key(h, values->key);

                if (values->name)
                        make_value(h, node, values);
        }
        must(hivex_commit(h, NULL, 0) == 0 && hivex_close(h) == 0, path);
}
