#include "base/hive_cells.h"

#include "base/hive_layout.h"
#include "base/utf16.h"

/* Bytes behind the end read as 0: who asks has looked at the length, or at the magic of what is shorter than a dword. */
static uint32_t number(struct str bytes, ptrdiff_t at, int width) {
        uint32_t n = 0;

        for (int i = width - 1; i >= 0; i--)
                n = n << 8 | (at + i < bytes.len ? (unsigned char)bytes.p[at + i] : 0u);
        return n;
}

static uint32_t dword(struct str bytes, ptrdiff_t at) {
        return number(bytes, at, 4);
}

static uint32_t word(struct str bytes, ptrdiff_t at) {
        return number(bytes, at, 2);
}

static bool damaged(struct hive_cells *h, const char *what) {
        if (!h->damage)
                h->damage = what;
        return false;
}

/* ---- Bins and cells ---- */

static bool walk_cells(struct hive_cells *h, struct str bin) {
        for (ptrdiff_t at = BIN_HEADER; at < bin.len;) {
                int32_t size = (int32_t)dword(bin, at);
                int64_t used = size < 0 ? -(int64_t)size : size;

                if (used < 8 || used % 8 != 0 || used > bin.len - at)
                        return damaged(h, "a cell does not fit into its bin");
                at += (ptrdiff_t)used;
        }
        return true;
}

static bool walk_bins(struct hive_cells *h) {
        for (ptrdiff_t at = 0; at < h->bins.len;) {
                uint32_t size = dword(h->bins, at + 8);

                if (!str_starts(str_from(h->bins, at), S("hbin")) || dword(h->bins, at + 4) != at)
                        return damaged(h, "a bin is not where it has to be");
                if (size == 0 || size % BASE_BLOCK != 0 || size > h->bins.len - at)
                        return damaged(h, "a bin does not fit into it");
                if (!walk_cells(h, str_sub(h->bins, at, size)))
                        return false;
                at += size;
        }
        return h->bins.len > 0 || damaged(h, "it has no bins");
}

void hive_cells_open(struct hive_cells *ret, struct str file) {
        *ret = (struct hive_cells){ .bins = str_sub(file, BASE_BLOCK, dword(file, DATA_LENGTH)),
                                    .root = dword(file, ROOT), .minor = dword(file, MINOR) };
        walk_bins(ret);
}

/* A cell's contents, when it is in use, at least `least` bytes long and begins with `magic`. */
static bool cell(struct hive_cells *h, uint32_t at, struct str magic, ptrdiff_t least, struct str *ret) {
        int64_t size;

        if (at < BIN_HEADER || at % 8 != 0 || at > h->bins.len - 8)
                return damaged(h, "it points outside itself");
        size = -(int64_t)(int32_t)dword(h->bins, at);
        if (size < 8 || size > h->bins.len - (ptrdiff_t)at)
                return damaged(h, "it points to what is not in use");
        *ret = str_sub(h->bins, (ptrdiff_t)at + 4, (ptrdiff_t)size - 4);
        if (ret->len < least || !str_starts(*ret, magic))
                return damaged(h, "its parts do not hold together");
        return true;
}

static bool key_cell(struct hive_cells *h, uint32_t at, struct str *ret) {
        return cell(h, at, S("nk"), KEY_NAME, ret) &&
               ((ptrdiff_t)word(*ret, KEY_NAME_LENGTH) <= ret->len - KEY_NAME || damaged(h, "a name does not fit into its key"));
}

/* One byte a character (Latin-1), or UTF-16; as UTF-8. */
static struct str name_of(struct arena *a, struct str bytes, bool latin) {
        char *p;
        ptrdiff_t len = 0;

        if (!latin)
                return utf8_from_utf16(a, bytes.p, bytes.len);
        p = arena_bytes(a, 2 * bytes.len + 1);
        for (ptrdiff_t i = 0; i < bytes.len; i++) {
                unsigned char c = (unsigned char)bytes.p[i];

                if (c >= 0x80)
                        p[len++] = (char)(0xc0 | c >> 6);
                p[len++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
        }
        return str_n(p, len);
}

static struct str key_name(struct arena *a, struct str key) {
        return name_of(a, str_sub(key, KEY_NAME, word(key, KEY_NAME_LENGTH)), word(key, KEY_FLAGS) & KEY_NAME_IS_LATIN);
}

/* ---- Lists of keys ---- */

/* What is sought below a key: by name, or the one at an index. */
struct search {
        struct arena *a;
        const struct str *name; /* NULL: by index */
        uint32_t index;
        uint32_t left;          /* keys that the list may still hold */
        uint32_t found;
};

static bool is_it(struct hive_cells *h, struct search *s, uint32_t at) {
        struct arena_mark mark = arena_mark(s->a);
        struct str key;
        bool same;

        if (!key_cell(h, at, &key))
                return false;
        same = s->name ? str_eq_nocase(key_name(s->a, key), *s->name) : s->index-- == 0;
        arena_release(s->a, mark);
        if (same)
                s->found = at;
        return same;
}

/* lf and lh: offset and hash; li: offsets alone. */
static void search_leaf(struct hive_cells *h, struct search *s, struct str list) {
        ptrdiff_t step = str_starts(list, S("li")) ? 4 : 8;
        uint32_t count = word(list, 2);

        if (!str_starts(list, S("lf")) && !str_starts(list, S("lh")) && step == 8)
                damaged(h, "a list of keys is none");
        else if ((ptrdiff_t)count * step > list.len - 4 || count > s->left)
                damaged(h, "a list of keys is longer than it can be");
        for (uint32_t i = 0; i < count && !h->damage && s->found == 0; i++, s->left--)
                if (is_it(h, s, dword(list, 4 + (ptrdiff_t)i * step)))
                        return;
}

/* A list of lists, or one of keys. */
static void search_list(struct hive_cells *h, struct search *s, uint32_t at) {
        struct str list, leaf;

        if (!cell(h, at, S(""), 4, &list))
                return;
        if (!str_starts(list, S("ri"))) {
                search_leaf(h, s, list);
                return;
        }
        if ((ptrdiff_t)word(list, 2) * 4 > list.len - 4)
                damaged(h, "a list of keys is longer than it can be");
        for (uint32_t i = 0; i < word(list, 2) && !h->damage && s->found == 0; i++)
                if (cell(h, dword(list, 4 + 4 * (ptrdiff_t)i), S("l"), 4, &leaf))
                        search_leaf(h, s, leaf);
}

static uint32_t search(struct hive_cells *h, uint32_t at, struct search *s) {
        struct str key;

        if (h->damage || !key_cell(h, at, &key))
                return 0;
        s->left = dword(key, KEY_CHILDREN);
        if (s->left > h->bins.len / KEY_NAME)
                damaged(h, "a key counts more keys than fit into the file");
        else if (s->left > 0)
                search_list(h, s, dword(key, KEY_CHILD_LIST));
        if (s->found == 0 && s->left > 0 && !h->damage)
                damaged(h, "a key has fewer keys than it counts");
        return h->damage ? 0 : s->found;
}

uint32_t hive_child(struct hive_cells *h, struct arena *a, uint32_t key, struct str name) {
        return search(h, key, &(struct search){ .a = a, .name = &name });
}

bool hive_key_name(struct hive_cells *h, struct arena *a, uint32_t at, struct str *ret) {
        struct str key;

        if (!key_cell(h, at, &key))
                return false;
        *ret = key_name(a, key);
        return true;
}

bool hive_child_name(struct hive_cells *h, struct arena *a, uint32_t key, uint32_t index, struct str *ret) {
        uint32_t at = search(h, key, &(struct search){ .a = a, .index = index });

        return at != 0 && hive_key_name(h, a, at, ret);
}

bool hive_security_cell(struct hive_cells *h, uint32_t at, uint32_t *ret) {
        struct str key, security;

        if (!key_cell(h, at, &key))
                return false;
        *ret = dword(key, KEY_SECURITY);
        return cell(h, *ret, S("sk"), SECURITY_HEAD, &security);
}

/* ---- Values ---- */

/* In pieces: a list of cells, each full but the last. */
static bool long_data(struct hive_cells *h, struct arena *a, struct str head, ptrdiff_t len, struct str *ret) {
        char *p = arena_bytes(a, len);
        struct str list, piece;
        ptrdiff_t done = 0;

        if (!cell(h, dword(head, 4), S(""), 4 * (ptrdiff_t)word(head, 2), &list))
                return false;
        for (uint32_t i = 0; i < word(head, 2) && done < len; i++) {
                ptrdiff_t n = len - done < PIECE_MAX ? len - done : PIECE_MAX;

                if (!cell(h, dword(list, 4 * (ptrdiff_t)i), S(""), n, &piece))
                        return false;
                memcpy(p + done, piece.p, (size_t)n);
                done += n;
        }
        *ret = str_n(p, len);
        return done == len || damaged(h, "a value is shorter than it says");
}

static bool value_data(struct hive_cells *h, struct arena *a, struct str value, struct str *ret) {
        uint32_t len = dword(value, VALUE_LENGTH);
        struct str data;

        if (len & VALUE_IS_INLINE) {
                *ret = str_sub(value, VALUE_DATA, len & ~VALUE_IS_INLINE);
                return (len & ~VALUE_IS_INLINE) <= 4 || damaged(h, "a value is longer than its place");
        }
        *ret = S("");
        if (len == 0)
                return true;
        if (len > DATA_MAX)
                return damaged(h, "a value is longer than can be");
        if (len > PIECE_MAX && h->minor >= 4)
                return cell(h, dword(value, VALUE_DATA), S("db"), 8, &data) && long_data(h, a, data, len, ret);
        if (!cell(h, dword(value, VALUE_DATA), S(""), len, &data))
                return false;
        *ret = str_sub(data, 0, len);
        return true;
}

static bool has_name(struct hive_cells *h, struct arena *a, struct str value, struct str name) {
        struct arena_mark mark = arena_mark(a);
        uint32_t len = word(value, VALUE_NAME_LENGTH);
        bool same;

        if ((ptrdiff_t)len > value.len - VALUE_NAME)
                return damaged(h, "a name does not fit into its value");
        same = str_eq_nocase(name_of(a, str_sub(value, VALUE_NAME, len), word(value, VALUE_FLAGS) & VALUE_NAME_IS_LATIN), name);
        arena_release(a, mark);
        return same;
}

bool hive_value_cell(struct hive_cells *h, struct arena *a, uint32_t at, struct str name, uint32_t *ret, struct str *ret_value) {
        struct str key, list = { 0 };
        uint32_t count;

        if (h->damage || !key_cell(h, at, &key))
                return false;
        count = dword(key, KEY_VALUES);
        if (count > 0 && !cell(h, dword(key, KEY_VALUE_LIST), S(""), 0, &list))
                return false;
        if ((ptrdiff_t)count > list.len / 4)
                return damaged(h, "a key counts more values than it lists");
        for (uint32_t i = 0; i < count; i++) {
                *ret = dword(list, 4 * (ptrdiff_t)i);
                if (!cell(h, *ret, S("vk"), VALUE_NAME, ret_value))
                        return false;
                if (has_name(h, a, *ret_value, name))
                        return true;
                if (h->damage)
                        return false;
        }
        return false;
}

bool hive_value(struct hive_cells *h, struct arena *a, uint32_t at, struct str name, uint32_t *ret_type, struct str *ret) {
        struct str value;
        uint32_t cell_at;

        if (!hive_value_cell(h, a, at, name, &cell_at, &value))
                return false;
        *ret_type = dword(value, VALUE_TYPE);
        return value_data(h, a, value, ret);
}
