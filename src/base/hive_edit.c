#include "base/hive_edit.h"

#include "base/hive_cells.h"
#include "base/hive_header.h"
#include "base/hive_layout.h"

enum { NAME_MAX_BYTES = 255, DATA_MAX_BYTES = PIECE_MAX, LIST_MAX = 1 << 16, LEAF_MAX = 500, LOG_ENTRIES = 0x200, LOG_ENTRY_HEADER = 0x28,
       NO_CELL = -1 };

/* What a new key does not have. */
static const int empty_in_key[] = { KEY_CHILD_LIST, KEY_VOLATILE_LIST, KEY_VALUE_LIST, KEY_CLASS };

struct editing {
        struct arena *a;
        char *p;            /* the file */
        ptrdiff_t len, capacity;
        struct hive_cells cells;
        const char *why;
};

static uint32_t get(const char *p, ptrdiff_t at) {
        const unsigned char *u = (const unsigned char *)p + at;

        return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

static void set(char *p, ptrdiff_t at, uint32_t v) {
        for (int i = 0; i < 4; i++)
                p[at + i] = (char)(v >> 8 * i & 0xff);
}

static void set_word(char *p, ptrdiff_t at, uint32_t v) {
        p[at] = (char)(v & 0xff);
        p[at + 1] = (char)(v >> 8 & 0xff);
}

static uint32_t get_word(const char *p, ptrdiff_t at) {
        return (unsigned char)p[at] | (uint32_t)(unsigned char)p[at + 1] << 8;
}

static int fail(struct editing *e, const char *why) {
        if (!e->why)
                e->why = why;
        return -1;
}

static void look_again(struct editing *e) {
        hive_cells_open(&e->cells, str_n(e->p, e->len));
}

/* ---- Room ---- */

static char *contents(struct editing *e, uint32_t at) {
        return e->p + BASE_BLOCK + at + 4;
}

static int64_t size_of(const struct editing *e, uint32_t at) {
        int32_t size = (int32_t)get(e->p, BASE_BLOCK + (ptrdiff_t)at);

        return size;
}

/* Takes `size` bytes of a free cell; what is left of it stays free. */
static uint32_t take(struct editing *e, ptrdiff_t at, int32_t size) {
        int32_t all = (int32_t)size_of(e, (uint32_t)at);

        if (all - size >= 8)
                set(e->p, BASE_BLOCK + at + size, (uint32_t)(all - size));
        else
                size = all;
        set(e->p, BASE_BLOCK + at, (uint32_t)-size);
        memset(e->p + BASE_BLOCK + at + 4, 0, (size_t)size - 4);
        return (uint32_t)at;
}

/* The first free cell of that size; NO_CELL when there is none. hive_cells_open has walked them all, but a hostile file's cells may
 * overlap, so that what was written since changed their sizes. */
static ptrdiff_t find_room(const struct editing *e, int32_t size) {
        ptrdiff_t all = get(e->p, DATA_LENGTH);

        for (ptrdiff_t bin = 0; bin < all;) {
                ptrdiff_t bytes = get(e->p, BASE_BLOCK + bin + 8), end = bin + bytes;

                if (bytes < BASE_BLOCK || end > all)
                        return NO_CELL;
                for (ptrdiff_t at = bin + BIN_HEADER; at < end;) {
                        int64_t is = size_of(e, (uint32_t)at), used = is < 0 ? -is : is;

                        if (used < 8 || used > end - at)
                                return NO_CELL;
                        if (is >= size)
                                return at;
                        at += (ptrdiff_t)used;
                }
                bin = end;
        }
        return NO_CELL;
}

/* A bin at the end, one free cell. */
static int add_bin(struct editing *e, int32_t size) {
        ptrdiff_t all = get(e->p, DATA_LENGTH), more = (size + BIN_HEADER + BASE_BLOCK - 1) / BASE_BLOCK * BASE_BLOCK;
        char *bin = e->p + BASE_BLOCK + all;

        if (BASE_BLOCK + all + more > e->capacity || all + more > INT32_MAX)
                return fail(e, "there is no room in it");
        memset(bin, 0, (size_t)more);
        memcpy(bin, "hbin", 4);
        set(bin, 4, (uint32_t)all);
        set(bin, 8, (uint32_t)more);
        set(bin, BIN_HEADER, (uint32_t)(more - BIN_HEADER));
        set(e->p, DATA_LENGTH, (uint32_t)(all + more));
        if (e->len < BASE_BLOCK + all + more)
                e->len = BASE_BLOCK + all + more;
        return 0;
}

/* A cell that holds `len` bytes, all 0. */
static int make_cell(struct editing *e, ptrdiff_t len, uint32_t *ret) {
        int32_t size = (int32_t)((len + 4 + 7) / 8 * 8);
        ptrdiff_t at = find_room(e, size);

        if (at == NO_CELL) {
                if (add_bin(e, size) < 0)
                        return -1;
                at = find_room(e, size);
        }
        if (at == NO_CELL)
                return fail(e, "its parts do not hold together");
        *ret = take(e, at, size);
        return 0;
}

static void free_cell(struct editing *e, uint32_t at) {
        set(e->p, BASE_BLOCK + (ptrdiff_t)at, (uint32_t)-size_of(e, at));
}

/* ---- Values ---- */

/* Short data stand in the value itself. Where the old data have the room, the new ones take it. */
static int set_data(struct editing *e, uint32_t value, const struct hive_change *c) {
        uint32_t old = get(contents(e, value), VALUE_LENGTH), data = get(contents(e, value), VALUE_DATA), at = data;
        bool fits = !(old & VALUE_IS_INLINE) && old > 0 && old <= PIECE_MAX && -size_of(e, data) - 4 >= c->bytes.len;

        if (c->bytes.len <= 4) {
                if (fits || (!(old & VALUE_IS_INLINE) && old > 0 && old <= PIECE_MAX))
                        free_cell(e, data);
                set(contents(e, value), VALUE_DATA, 0);
                memcpy(contents(e, value) + VALUE_DATA, c->bytes.p, (size_t)c->bytes.len);
                set(contents(e, value), VALUE_LENGTH, (uint32_t)c->bytes.len | VALUE_IS_INLINE);
        } else {
                if (!fits && make_cell(e, c->bytes.len, &at) < 0)
                        return -1;
                memcpy(contents(e, at), c->bytes.p, (size_t)c->bytes.len);
                set(contents(e, value), VALUE_DATA, at);
                set(contents(e, value), VALUE_LENGTH, (uint32_t)c->bytes.len);
        }
        set(contents(e, value), VALUE_TYPE, c->type);
        return 0;
}

/* A list with room for one more: the old one, or a new one with its entries. */
static int longer_list(struct editing *e, uint32_t key, uint32_t count, uint32_t *ret) {
        uint32_t old = get(contents(e, key), KEY_VALUE_LIST);

        *ret = old;
        if (count > 0 && -size_of(e, old) - 4 >= 4 * ((int64_t)count + 1))
                return 0;
        if (count >= LIST_MAX || make_cell(e, 4 * ((ptrdiff_t)count + 1), ret) < 0)
                return fail(e, "a key has too many values");
        if (count > 0) {
                memcpy(contents(e, *ret), contents(e, old), 4 * (size_t)count);
                free_cell(e, old);
        }
        set(contents(e, key), KEY_VALUE_LIST, *ret);
        return 0;
}

static int add_value(struct editing *e, uint32_t key, const struct hive_change *c, uint32_t *ret) {
        uint32_t count = get(contents(e, key), KEY_VALUES), list = 0;

        *ret = 0;
        if (c->name.len > NAME_MAX_BYTES || make_cell(e, VALUE_NAME + c->name.len, ret) < 0 || longer_list(e, key, count, &list) < 0)
                return fail(e, "a value's name is too long");
        memcpy(contents(e, *ret), "vk", 2);
        set_word(contents(e, *ret), VALUE_NAME_LENGTH, (uint32_t)c->name.len);
        set_word(contents(e, *ret), VALUE_FLAGS, VALUE_NAME_IS_LATIN);
        memcpy(contents(e, *ret) + VALUE_NAME, c->name.p, (size_t)c->name.len);
        set(contents(e, *ret), VALUE_LENGTH, VALUE_IS_INLINE);
        set(contents(e, list), 4 * (ptrdiff_t)count, *ret);
        set(contents(e, key), KEY_VALUES, count + 1);
        return 0;
}

/* The cells of data in pieces, which hive_value has read: each piece, their list, its head. */
static void free_pieces(struct editing *e, uint32_t head) {
        uint32_t list = get(contents(e, head), 4), count = get_word(contents(e, head), 2);

        for (uint32_t i = 0; i < count; i++)
                free_cell(e, get(contents(e, list), 4 * (ptrdiff_t)i));
        free_cell(e, list);
        free_cell(e, head);
}

/* `value` is one of the key's, and could be read. */
static int remove_value(struct editing *e, uint32_t key, uint32_t value) {
        uint32_t list = get(contents(e, key), KEY_VALUE_LIST), count = get(contents(e, key), KEY_VALUES), i = 0;
        uint32_t len = get(contents(e, value), VALUE_LENGTH), data = get(contents(e, value), VALUE_DATA);
        char *entries = contents(e, list);

        while (i < count && get(entries, 4 * (ptrdiff_t)i) != value)
                i++;
        if (i == count)
                return fail(e, "its parts do not hold together");
        memmove(entries + 4 * (ptrdiff_t)i, entries + 4 * ((ptrdiff_t)i + 1), 4 * (size_t)(count - i - 1));
        set(contents(e, key), KEY_VALUES, count - 1);
        if (count == 1) {
                free_cell(e, list);
                set(contents(e, key), KEY_VALUE_LIST, NOTHING);
        }
        if (!(len & VALUE_IS_INLINE) && len > PIECE_MAX && e->cells.minor >= 4)
                free_pieces(e, data);
        else if (!(len & VALUE_IS_INLINE) && len > 0)
                free_cell(e, data);
        free_cell(e, value);
        return 0;
}

static void keep_longest(struct editing *e, uint32_t key, ptrdiff_t at, ptrdiff_t bytes) {
        if (get(contents(e, key), at) < (uint32_t)bytes)
                set(contents(e, key), at, (uint32_t)bytes);
}

/* ---- Keys ---- */

/* The list of keys in which a new one has its place; copied, for its cell may be one that something else takes. */
struct place {
        struct str leaf;     /* empty: the first key */
        uint32_t at;         /* its cell */
        ptrdiff_t pointer;   /* where in the file its number stands */
        uint32_t index;
};

static char capital(char c) {
        return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* Windows looks keys up by halving: their lists are sorted by their names' capitals. One of the two names is ASCII. */
static int name_order(struct str x, struct str y) {
        for (ptrdiff_t i = 0; i < x.len && i < y.len; i++)
                if (capital(x.p[i]) != capital(y.p[i]))
                        return (unsigned char)capital(x.p[i]) < (unsigned char)capital(y.p[i]) ? -1 : 1;
        return x.len < y.len ? -1 : x.len > y.len;
}

static ptrdiff_t leaf_step(struct str leaf) {
        return str_starts(leaf, S("li")) ? 4 : 8;
}

/* In front of the first one that comes after it. */
static uint32_t place_in_leaf(struct editing *e, struct str leaf, struct str name) {
        uint32_t count = get_word(leaf.p, 2), i = 0;
        struct str other;

        while (i < count && hive_key_name(&e->cells, e->a, get(leaf.p, 4 + leaf_step(leaf) * (ptrdiff_t)i), &other) && name_order(other, name) < 0)
                i++;
        return i;
}

static struct str leaf_at(struct editing *e, uint32_t at) {
        struct str leaf = str_n(contents(e, at), 4);

        return str_n(contents(e, at), 4 + leaf_step(leaf) * (ptrdiff_t)get_word(leaf.p, 2));
}

/* Of a list of lists the first whose last key comes after it, else the last one. hive_child has walked them all. */
static void find_place(struct editing *e, uint32_t parent, struct str name, struct place *ret) {
        uint32_t list = get(contents(e, parent), KEY_CHILD_LIST), lists = 1;
        ptrdiff_t pointer = BASE_BLOCK + (ptrdiff_t)parent + 4 + KEY_CHILD_LIST;

        *ret = (struct place){ .pointer = pointer };
        if (get(contents(e, parent), KEY_CHILDREN) == 0)
                return;
        if (str_starts(str_n(contents(e, list), 2), S("ri"))) {
                lists = get_word(contents(e, list), 2);
                pointer = BASE_BLOCK + (ptrdiff_t)list + 4 + 4;
        }
        for (uint32_t i = 0; i < lists; i++, pointer += 4) {
                uint32_t at = get(e->p, pointer);
                struct str leaf = leaf_at(e, at);

                *ret = (struct place){ .leaf = leaf, .at = at, .pointer = pointer, .index = place_in_leaf(e, leaf, name) };
                if (ret->index < get_word(leaf.p, 2))
                        break;
        }
        ret->leaf = str_dup(e->a, ret->leaf);
}

/* What stands beside a key's number, so that most names need not be looked at: lh a hash, lf the first four letters. */
static uint32_t leaf_hint(char kind, struct str name) {
        uint32_t hash = 0;

        for (ptrdiff_t i = 0; i < name.len; i++)
                if (kind == 'h')
                        hash = hash * 37 + (unsigned char)capital(name.p[i]);
                else if (i < 4)
                        hash |= (uint32_t)(unsigned char)name.p[i] << 8 * i;
        return hash;
}

static int put_into_leaf(struct editing *e, const struct place *at, uint32_t key, struct str name) {
        struct str old = at->leaf.len ? at->leaf : e->cells.minor >= 5 ? str_n("lh\0\0", 4) : str_n("lf\0\0", 4);
        ptrdiff_t step = leaf_step(old), before = 4 + step * (ptrdiff_t)at->index;
        uint32_t count = get_word(old.p, 2), new;
        char *p;

        if (count >= LEAF_MAX || make_cell(e, old.len + step, &new) < 0)
                return fail(e, "a key has too many keys");
        p = contents(e, new);
        memcpy(p, old.p, (size_t)before);
        memcpy(p + before + step, old.p + before, (size_t)(old.len - before));
        set(p, before, key);
        if (step == 8)
                set(p, before + 4, leaf_hint(old.p[1], name));
        set_word(p, 2, count + 1);
        set(e->p, at->pointer, new);
        if (at->leaf.len)
                free_cell(e, at->at);
        return 0;
}

static bool is_plain(struct str name) {
        for (ptrdiff_t i = 0; i < name.len; i++)
                if (name.p[i] < ' ' || name.p[i] > '~')
                        return false;
        return name.len > 0 && name.len <= NAME_MAX_BYTES;
}

/* A key below `parent`, as new as that and with its security. */
static int add_key(struct editing *e, uint32_t parent, struct str name, uint32_t *ret) {
        uint32_t security, longest;
        struct place place;
        char *p;

        if (!is_plain(name) || !hive_security_cell(&e->cells, parent, &security))
                return fail(e, e->cells.damage ? e->cells.damage : "a key's name is none");
        find_place(e, parent, name, &place);
        if (make_cell(e, KEY_NAME + name.len, ret) < 0)
                return -1;
        p = contents(e, *ret);
        memcpy(p, "nk", 2);
        set_word(p, KEY_FLAGS, KEY_NAME_IS_LATIN);
        memcpy(p + KEY_TIME, contents(e, parent) + KEY_TIME, 8);
        set(p, KEY_PARENT, parent);
        for (size_t i = 0; i < sizeof(empty_in_key) / sizeof(empty_in_key[0]); i++)
                set(p, empty_in_key[i], NOTHING);
        set(p, KEY_SECURITY, security);
        set_word(p, KEY_NAME_LENGTH, (uint32_t)name.len);
        memcpy(p + KEY_NAME, name.p, (size_t)name.len);
        if (put_into_leaf(e, &place, *ret, name) < 0)
                return -1;
        set(contents(e, security), SECURITY_KEYS, get(contents(e, security), SECURITY_KEYS) + 1);
        set(contents(e, parent), KEY_CHILDREN, get(contents(e, parent), KEY_CHILDREN) + 1);
        longest = get_word(contents(e, parent), KEY_LONGEST_NAME);
        set_word(contents(e, parent), KEY_LONGEST_NAME, longest < 2 * name.len ? 2 * (uint32_t)name.len : longest);
        look_again(e);
        return 0;
}

/* The key's cell; 0 where it is not there, and is not to be made. */
static int find_key(struct editing *e, struct str path, bool make, uint32_t *ret) {
        struct str part;

        *ret = e->cells.root;
        while (*ret && str_cut(&path, '\\', &part)) {
                uint32_t parent = *ret;

                *ret = hive_child(&e->cells, e->a, parent, part);
                if (!*ret && make && !e->cells.damage && add_key(e, parent, part, ret) < 0)
                        return -1;
        }
        return e->cells.damage ? fail(e, e->cells.damage) : 0;
}

/* ---- A change ---- */

static int change(struct editing *e, const struct hive_change *c) {
        struct str value, old;
        uint32_t key, at, type;
        bool there;

        if (c->bytes.len > DATA_MAX_BYTES)
                return fail(e, "a value is too long");
        if (find_key(e, c->key, !c->absent, &key) < 0)
                return -1;
        there = key && hive_value_cell(&e->cells, e->a, key, c->name, &at, &value) && hive_value(&e->cells, e->a, key, c->name, &type, &old);
        if (e->cells.damage)
                return fail(e, e->cells.damage);
        if (c->absent) {
                if (there && remove_value(e, key, at) < 0)
                        return -1;
        } else {
                if ((!there && add_value(e, key, c, &at) < 0) || set_data(e, at, c) < 0)
                        return -1;
                keep_longest(e, key, KEY_LONGEST_VALUE_NAME, 2 * c->name.len);
                keep_longest(e, key, KEY_LONGEST_DATA, c->bytes.len);
        }
        look_again(e);
        return e->cells.damage ? fail(e, e->cells.damage) : 0;
}

/* ---- The file ---- */

static int check(struct editing *e, const struct hive_change *c) {
        struct str bytes = { 0 };
        uint32_t key, type = 0;
        bool there;

        if (find_key(e, c->key, false, &key) < 0)
                return -1;
        there = key && hive_value(&e->cells, e->a, key, c->name, &type, &bytes);
        if (e->cells.damage || there == c->absent || (there && (type != c->type || !str_eq(bytes, c->bytes))))
                return fail(e, "it could not be read back");
        return 0;
}

static int edit(struct editing *e, const struct hive_change *changes, ptrdiff_t count) {
        look_again(e);
        if (e->cells.damage)
                return fail(e, e->cells.damage);
        for (ptrdiff_t i = 0; i < count; i++)
                if (change(e, &changes[i]) < 0)
                        return -1;
        for (ptrdiff_t i = 0; i < count; i++)
                if (check(e, &changes[i]) < 0)
                        return -1;
        return 0;
}

static ptrdiff_t parts_of(struct str path) {
        struct str part;
        ptrdiff_t n = 0;

        while (str_cut(&path, '\\', &part))
                n++;
        return n;
}

int hive_edit(struct arena *a, struct str file, const struct hive_change *changes, ptrdiff_t count, struct str *ret, struct str *ret_why) {
        ptrdiff_t room = 0;
        struct editing e = { .a = a, .len = file.len };
        uint32_t sequence;

        for (ptrdiff_t i = 0; i < count; i++)
                room += 3 * BASE_BLOCK + changes[i].bytes.len + 4 * LIST_MAX + 4 * BASE_BLOCK * parts_of(changes[i].key);
        e.capacity = file.len + room;
        e.p = arena_bytes(a, e.capacity);
        memcpy(e.p, file.p, (size_t)file.len);
        if (edit(&e, changes, count) < 0) {
                *ret_why = str_of(e.why);
                return -1;
        }
        sequence = get(e.p, SEQUENCE_2) + 1; /* older than this are all that the logs hold */
        set(e.p, SEQUENCE_1, sequence);
        set(e.p, SEQUENCE_2, sequence);
        set(e.p, CHECKSUM, hive_checksum(str_n(e.p, e.len)));
        *ret = str_n(e.p, e.len);
        return 0;
}

/* ---- Logs ---- */

/* Entries of Windows 8.1 and later ("HvLE"): those that the hive has are numbered below its own sequence number. */
static bool entries_pend(struct str log, uint32_t sequence) {
        for (ptrdiff_t at = LOG_ENTRIES; at + LOG_ENTRY_HEADER <= log.len && str_starts(str_from(log, at), S("HvLE"));) {
                uint32_t size = get(log.p, at + 4);

                if (get(log.p, at + 0xc) - sequence < UINT32_MAX / 2)
                        return true;
                if (size < LOG_ENTRY_HEADER || size > log.len - at)
                        return false; /* cut off: nobody applies it */
                at += size;
        }
        return false;
}

bool hive_log_pends(struct str log, struct str file) {
        uint32_t sequence = get(file.p, SEQUENCE_2);
        bool empty = true;

        for (ptrdiff_t i = 0; i < log.len && empty; i++)
                empty = log.p[i] == 0;
        if (empty)
                return false;
        if (log.len < LOG_ENTRIES || !str_starts(log, S("regf")))
                return true;
        if (str_starts(str_from(log, LOG_ENTRIES), S("DIRT"))) /* before Windows 8.1: pages of one write */
                return get(log.p, SEQUENCE_1) - sequence < UINT32_MAX / 2 && get(log.p, SEQUENCE_1) != sequence;
        return entries_pend(log, sequence);
}
