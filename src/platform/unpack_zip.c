/* zip (APPNOTE.TXT): what its directory lists, stored or deflated. The directory stands at the end, so that a zip that was cut off has none. */
#include <zlib.h>

#include "platform/unpack.h"

enum { END = 22, COMMENT_MAX = 65535, LISTED = 46, LOCAL = 30 };
enum { HOST_DOS = 0, HOST_UNIX = 3, HOST_NTFS = 10 };
enum { STORED = 0, DEFLATED = 8 };

static uint32_t le16(const char *p) {
        const unsigned char *b = (const unsigned char *)p;

        return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static uint32_t le32(const char *p) {
        return le16(p) | le16(p + 2) << 16;
}

static uint64_t le64(const char *p) {
        return le32(p) | (uint64_t)le32(p + 4) << 32;
}

struct listed {
        uint32_t host, flags, method, sum, mode;
        uint64_t packed, size, at;
        struct str path, extra;
        ptrdiff_t length; /* of its line in the directory */
};

/* Where the directory ends: its last record, behind which stands nothing but its comment. */
static bool find_end(struct str bytes, ptrdiff_t *ret) {
        for (ptrdiff_t at = bytes.len - END; at >= 0 && at >= bytes.len - END - COMMENT_MAX; at--)
                if (memcmp(bytes.p + at, "PK\5\6", 4) == 0 && at + END + (ptrdiff_t)le16(bytes.p + at + 20) == bytes.len) {
                        *ret = at;
                        return true;
                }
        return false;
}

/* Sizes that need more than 32 bits stand in a field of their own, those that need it alone. */
static bool read_zip64(struct listed *l) {
        struct str rest = l->extra;
        uint64_t *wide[] = { &l->size, &l->packed, &l->at };

        while (rest.len >= 4) {
                uint32_t id = le16(rest.p), n = le16(rest.p + 2);
                struct str value = str_sub(rest, 4, n);

                if (value.len != (ptrdiff_t)n)
                        return false;
                for (size_t i = 0; id == 1 && i < sizeof(wide) / sizeof(wide[0]); i++) {
                        if (*wide[i] != UINT32_MAX)
                                continue;
                        if (value.len < 8)
                                return false;
                        *wide[i] = le64(value.p);
                        value = str_from(value, 8);
                }
                rest = str_from(rest, 4 + (ptrdiff_t)n);
        }
        return true;
}

static bool read_listed(struct listed *ret, struct str rest) {
        ptrdiff_t name, extra, comment;

        if (rest.len < LISTED || memcmp(rest.p, "PK\1\2", 4) != 0)
                return false;
        name = (ptrdiff_t)le16(rest.p + 28);
        extra = (ptrdiff_t)le16(rest.p + 30);
        comment = (ptrdiff_t)le16(rest.p + 32);
        *ret = (struct listed){ .host = le16(rest.p + 4) >> 8, .flags = le16(rest.p + 8), .method = le16(rest.p + 10), .sum = le32(rest.p + 16),
                                .packed = le32(rest.p + 20), .size = le32(rest.p + 24), .mode = le32(rest.p + 38) >> 16, .at = le32(rest.p + 42),
                                .path = str_sub(rest, LISTED, name), .extra = str_sub(rest, LISTED + name, extra),
                                .length = LISTED + name + extra + comment };
        return ret->length <= rest.len && read_zip64(ret);
}

/* Folders and links are none; who makes zips on Windows may write paths with backslashes. */
static bool is_file(struct unpacked *u, struct listed *l) {
        uint32_t sort = l->mode & 0170000;

        if ((l->host == HOST_DOS || l->host == HOST_NTFS) && str_find_char(l->path, '/') < 0 && str_find_char(l->path, '\\') >= 0) {
                struct str path = str_dup(u->arena, l->path);
                char *p = (char *)(uintptr_t)path.p;

                for (ptrdiff_t i = 0; i < path.len; i++)
                        p[i] = p[i] == '\\' ? '/' : p[i];
                l->path = path;
        }
        return !str_ends(l->path, S("/")) && (l->host != HOST_UNIX || sort == 0 || sort == 0100000);
}

/* Exactly as many bytes as were told, and nothing behind them. */
static bool inflate_all(struct str packed, char *to, uint64_t size) {
        z_stream z = { .next_in = (unsigned char *)(uintptr_t)packed.p, .avail_in = (unsigned)packed.len, .next_out = (unsigned char *)to,
                       .avail_out = (unsigned)size };
        int status;

        if (packed.len > UINT32_MAX || inflateInit2(&z, -MAX_WBITS) != Z_OK)
                return false;
        status = inflate(&z, Z_FINISH);
        inflateEnd(&z);
        return status == Z_STREAM_END && z.avail_out == 0;
}

static const char *read_file(struct unpacked *u, struct str bytes, const struct listed *l, struct str path) {
        struct str there = l->at < (uint64_t)bytes.len ? str_from(bytes, (ptrdiff_t)l->at) : S(""), packed;
        const char *wrong;
        char *text;

        if (l->flags & 1)
                return "it is encrypted";
        if (l->method != STORED && l->method != DEFLATED)
                return "a file in it is packed in a way that this program cannot unpack";
        if (there.len < LOCAL || memcmp(there.p, "PK\3\4", 4) != 0)
                return UNPACK_DAMAGED;
        there = str_from(there, LOCAL + (ptrdiff_t)le16(there.p + 26) + (ptrdiff_t)le16(there.p + 28));
        if (l->packed > (uint64_t)there.len || (l->method == STORED && l->packed != l->size))
                return UNPACK_DAMAGED;
        packed = str_sub(there, 0, (ptrdiff_t)l->packed);
        wrong = unpack_room(u, l->size, &text);
        if (wrong)
                return wrong;
        if (l->method == STORED && packed.len > 0)
                memcpy(text, packed.p, (size_t)packed.len);
        if (l->method == DEFLATED && !inflate_all(packed, text, l->size))
                return UNPACK_DAMAGED;
        if (crc32(0, (const unsigned char *)text, (unsigned)l->size) != l->sum)
                return UNPACK_DAMAGED;
        unpack_keep(u, path, str_n(text, (ptrdiff_t)l->size));
        return unpack_clock() > u->deadline ? UNPACK_SLOW : NULL;
}

const char *unpack_zip(struct unpacked *u, struct str bytes) {
        ptrdiff_t end, at;
        struct listed l;
        uint64_t told;

        if (!find_end(bytes, &end))
                return UNPACK_DAMAGED;
        told = le16(bytes.p + end + 10);
        at = (ptrdiff_t)le32(bytes.p + end + 16);
        if (at > end)
                return UNPACK_DAMAGED;
        while (at < end && read_listed(&l, str_sub(bytes, at, end - at))) {
                const char *wrong = unpack_count(u);
                struct str path;

                if (!wrong && is_file(u, &l)) {
                        path = l.path;
                        if (unpack_wants(u, &path))
                                wrong = read_file(u, bytes, &l, path);
                }
                if (wrong)
                        return wrong;
                at += l.length;
        }
        /* Behind the list: its end, or that of a zip of more than 65,535 files or 4 GiB before it. */
        if (at != end && (end - at < 4 || memcmp(bytes.p + at, "PK\6\6", 4) != 0))
                return UNPACK_DAMAGED;
        return told == 0xffff || ((uint64_t)u->entries & 0xffff) == told ? NULL : UNPACK_DAMAGED;
}
