/* tar (ustar, pax, GNU's, and the one before them), by gzip or not; and one file by gzip. Tar has no checksum over what it holds, so that its
 * end must be there: the block of zeros, and below gzip the sum over everything. */
#include <zlib.h>

#include "base/out.h"
#include "platform/unpack.h"

enum { BLOCK = 512, PIECE = 65536, HEADER_MAX = 1 << 20 };

/* ---- The bytes, whether packed or not ---- */

struct stream {
        struct str rest; /* packed: what zlib was not given yet */
        bool packed, ended;
        z_stream z;
        const char *wrong;
        int64_t deadline;
};

static void close_stream(struct stream *s) {
        if (s->packed)
                inflateEnd(&s->z);
}

/* One gzip file may follow another: they are one. What follows otherwise is no part of it. */
static void next_member(struct stream *s) {
        s->rest = str_n(s->rest.p - s->z.avail_in, s->rest.len + (ptrdiff_t)s->z.avail_in);
        s->z.avail_in = 0;
        if (!str_starts(s->rest, S("\x1f\x8b\x08")) || inflateReset(&s->z) != Z_OK)
                s->ended = true;
}

static void feed(struct stream *s) {
        ptrdiff_t n = s->rest.len < PIECE ? s->rest.len : PIECE;

        s->z.next_in = (unsigned char *)(uintptr_t)s->rest.p;
        s->z.avail_in = (unsigned)n;
        s->rest = str_from(s->rest, n);
}

/* At most PIECE bytes; how many there were. Fewer than asked for only at the end, or where something is wrong. */
static ptrdiff_t inflate_some(struct stream *s, char *to, ptrdiff_t n) {
        s->z.next_out = (unsigned char *)to;
        s->z.avail_out = (unsigned)n;
        while (s->z.avail_out > 0 && !s->ended && !s->wrong) {
                int status;

                if (s->z.avail_in == 0)
                        feed(s);
                status = inflate(&s->z, Z_NO_FLUSH);
                if (status == Z_STREAM_END)
                        next_member(s);
                else if (status != Z_OK)
                        s->wrong = UNPACK_DAMAGED; /* no more input among it */
        }
        if (unpack_clock() > s->deadline)
                s->wrong = UNPACK_SLOW;
        return n - (ptrdiff_t)s->z.avail_out;
}

static ptrdiff_t read_some(struct stream *s, char *to, ptrdiff_t n) {
        ptrdiff_t got = 0, piece;

        if (!s->packed) {
                got = n < s->rest.len ? n : s->rest.len;
                if (got > 0)
                        memcpy(to, s->rest.p, (size_t)got);
                s->rest = str_from(s->rest, got);
                return got;
        }
        while (got < n && !s->wrong && (piece = inflate_some(s, to + got, n - got < PIECE ? n - got : PIECE)) > 0)
                got += piece;
        return got;
}

/* All of them, or it says what is wrong. */
static bool read_all(struct stream *s, char *to, ptrdiff_t n) {
        if (read_some(s, to, n) != n && !s->wrong)
                s->wrong = UNPACK_DAMAGED;
        return !s->wrong;
}

static bool skip(struct stream *s, uint64_t n) {
        char piece[4096];

        if (!s->packed && n > (uint64_t)s->rest.len)
                s->wrong = UNPACK_DAMAGED;
        else if (!s->packed)
                s->rest = str_from(s->rest, (ptrdiff_t)n);
        else
                for (; n > 0 && !s->wrong; n -= n < sizeof(piece) ? n : sizeof(piece))
                        read_all(s, piece, (ptrdiff_t)(n < sizeof(piece) ? n : sizeof(piece)));
        return !s->wrong;
}

/* To the end of what is packed, whose sum zlib compares then. */
static const char *drain(struct stream *s) {
        char piece[4096];

        while (s->packed && !s->wrong && read_some(s, piece, sizeof(piece)) == (ptrdiff_t)sizeof(piece))
                ;
        return s->wrong;
}

/* ---- Headers (tar(5)) ---- */

enum { NAME = 0, SIZE = 124, SUM = 148, TYPE = 156, MAGIC = 257, PREFIX = 345 };

static struct str field(const char *block, int at, int n) {
        const char *end = memchr(block + at, '\0', (size_t)n);

        return str_n(block + at, end ? end - (block + at) : n);
}

/* Octal, or binary behind a set bit (GNU); false: neither. */
static bool number(const char *block, int at, int n, uint64_t *ret) {
        const unsigned char *p = (const unsigned char *)block + at;
        struct str text = str_trim(field(block, at, n));

        *ret = 0;
        if (p[0] == 0x80) {
                for (int i = 1; i < n; i++) {
                        if (*ret >> 55)
                                return false;
                        *ret = *ret << 8 | p[i];
                }
                return true;
        }
        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (text.p[i] < '0' || text.p[i] > '7')
                        return false;
                *ret = *ret << 3 | (uint64_t)(text.p[i] - '0');
        }
        return true;
}

/* The sum counts its own field as blanks; old programs took bytes for signed. */
static bool is_header(const char *block) {
        int64_t plain = 0, with_sign = 0;
        uint64_t told;

        for (int i = 0; i < BLOCK; i++) {
                bool own = i >= SUM && i < SUM + 8;

                plain += own ? ' ' : (unsigned char)block[i];
                with_sign += own ? ' ' : (signed char)block[i];
        }
        return number(block, SUM, 8, &told) && told > 0 && ((int64_t)told == plain || (int64_t)told == with_sign);
}

static bool is_end(const char *block) {
        for (int i = 0; i < BLOCK; i++)
                if (block[i])
                        return false;
        return true;
}

/* What headers before an entry's own say of it. */
struct entry {
        struct str path;
        uint64_t size;
        bool has_path, has_size, pax, sparse;
};

/* "LENGTH KEY=VALUE\n", one behind the other. */
static bool read_pax(struct entry *e, struct str text) {
        while (text.len > 0) {
                ptrdiff_t blank = str_find_char(text, ' '), equal;
                struct str record, key;
                uint64_t length;

                if (blank < 0 || !str_to_u64(str_sub(text, 0, blank), &length) || length > (uint64_t)text.len || (ptrdiff_t)length < blank + 3 ||
                    text.p[length - 1] != '\n')
                        return false;
                record = str_sub(text, blank + 1, (ptrdiff_t)length - blank - 2);
                equal = str_find_char(record, '=');
                if (equal <= 0)
                        return false;
                key = str_sub(record, 0, equal);
                record = str_from(record, equal + 1);
                text = str_from(text, (ptrdiff_t)length);
                if (str_eq(key, S("path"))) {
                        e->path = record;
                        e->has_path = true;
                } else if (str_eq(key, S("size"))) {
                        if (!str_to_u64(record, &e->size))
                                return false;
                        e->has_size = true;
                } else if (str_starts(key, S("GNU.sparse."))) {
                        e->sparse = true;
                }
        }
        return true;
}

static uint64_t padding(uint64_t size) {
        return (BLOCK - size % BLOCK) % BLOCK;
}

/* A name or words that are too long for the header of their entry; `a` keeps them. */
static const char *read_extension(struct stream *s, struct arena *a, struct entry *e, char type, uint64_t size) {
        char *text;

        if (size > HEADER_MAX)
                return UNPACK_DAMAGED;
        text = arena_bytes(a, (ptrdiff_t)size + 1);
        text[size] = '\0';
        if (!read_all(s, text, (ptrdiff_t)size) || !skip(s, padding(size)))
                return s->wrong;
        if (type == 'L') {
                e->path = str_of(text);
                e->has_path = true;
                return NULL;
        }
        e->pax = true;
        return read_pax(e, str_n(text, (ptrdiff_t)size)) ? NULL : UNPACK_DAMAGED;
}

static struct str path_of(struct arena *a, const char *block) {
        struct str name = field(block, NAME, 100), prefix = field(block, PREFIX, 155);

        if (memcmp(block + MAGIC, "ustar\0", 6) != 0 || prefix.len == 0)
                return str_dup(a, name);
        return str_fmt(a, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(name));
}

/* Links, devices and folders say a size at most; so does a link behind which the file stands once more, but for pax. */
static uint64_t size_there(const struct entry *e, char type, uint64_t size) {
        bool none = (type >= '2' && type <= '6') || type == 'V' || (type == '1' && !e->pax);

        return none ? 0 : size;
}

static const char *read_file(struct unpacked *u, struct stream *s, const struct entry *e, char type, struct str path, uint64_t size) {
        bool regular = type == '0' || type == '\0' || type == '7' || type == 'S';
        const char *wrong;
        char *text;

        if (str_ends(path, S("/")) && type == '\0')
                regular = false;
        if (regular && unpack_wants(u, &path)) {
                if (e->sparse || type == 'S')
                        return "it holds a file with holes (sparse), which this program cannot unpack";
                wrong = unpack_room(u, size, &text);
                if (wrong || !read_all(s, text, (ptrdiff_t)size))
                        return wrong ? wrong : s->wrong;
                unpack_keep(u, path, str_n(text, (ptrdiff_t)size));
                size = padding(size);
        } else {
                if (type == 'S')
                        return "it holds a file with holes (sparse), which this program cannot unpack";
                size += padding(size);
        }
        return skip(s, size) ? NULL : s->wrong;
}

/* Names last for one entry: they are given back behind it. */
static const char *read_entry(struct unpacked *u, struct stream *s, struct arena *names, struct entry *e, const char *block) {
        char type = block[TYPE];
        struct str path;
        uint64_t size;

        if (!is_header(block) || !number(block, SIZE, 12, &size) || size > INT64_MAX / 2)
                return UNPACK_DAMAGED;
        if (type == 'x' || type == 'L')
                return read_extension(s, names, e, type, size);
        if (type == 'g' || type == 'K' || type == 'X')
                return skip(s, size + padding(size)) ? NULL : s->wrong;
        path = e->has_path ? e->path : path_of(names, block);
        size = e->has_size ? e->size : size;
        if (size > INT64_MAX / 2)
                return UNPACK_DAMAGED;
        s->wrong = read_file(u, s, e, type, path, size_there(e, type, size));
        *e = (struct entry){ 0 };
        arena_reset(names);
        return s->wrong;
}

static const char *read_tar(struct unpacked *u, struct stream *s, char *block) {
        ARENA_AUTO struct arena names = { 0 };
        struct entry e = { 0 };
        const char *wrong = NULL;

        while (!is_end(block)) {
                wrong = unpack_count(u);
                if (!wrong)
                        wrong = read_entry(u, s, &names, &e, block);
                if (wrong || !read_all(s, block, BLOCK))
                        return wrong ? wrong : s->wrong;
        }
        return drain(s);
}

/* ---- One file ---- */

static const char *read_one(struct unpacked *u, struct stream *s, const char *begin, ptrdiff_t begin_size) {
        struct out text = { 0 };
        const char *wrong;
        ptrdiff_t n = 0;
        char *room;

        out_bytes(&text, begin, begin_size);
        do {
                n = read_some(s, out_room(&text, PIECE), PIECE);
                text.len += n;
        } while (n == PIECE && !s->wrong && text.len <= ARCHIVE_FILE_MAX);
        wrong = s->wrong;
        if (!wrong)
                wrong = unpack_room(u, (uint64_t)text.len, &room);
        if (!wrong) {
                if (text.len > 0)
                        memcpy(room, text.p, (size_t)text.len);
                unpack_keep(u, S(""), str_n(room, text.len));
        }
        out_free(&text);
        return wrong;
}

const char *unpack_tar_or_file(struct unpacked *u, struct str bytes) {
        struct stream s = { .rest = bytes, .packed = str_starts(bytes, S("\x1f\x8b")), .deadline = u->deadline };
        char block[BLOCK];
        const char *wrong;
        ptrdiff_t n;

        if (s.packed && inflateInit2(&s.z, MAX_WBITS + 16) != Z_OK) /* + 16: gzip's header and trailer */
                return "there is no memory for it";
        n = read_some(&s, block, BLOCK);
        if (s.wrong)
                wrong = s.wrong;
        else if (n == BLOCK && (is_header(block) || is_end(block)))
                wrong = read_tar(u, &s, block);
        else if (s.packed)
                wrong = read_one(u, &s, block, n);
        else
                wrong = UNPACK_DAMAGED;
        close_stream(&s);
        return wrong;
}
