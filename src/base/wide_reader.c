#include "base/wide_reader.h"

#include <string.h>

static void put(struct wide_reader *w, uint32_t c) {
        char *to = w->text + w->text_to;

        if (c < 0x80) {
                *to++ = (char)c;
        } else if (c < 0x800) {
                *to++ = (char)(0xc0 | c >> 6);
                *to++ = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
                *to++ = (char)(0xe0 | c >> 12);
                *to++ = (char)(0x80 | (c >> 6 & 0x3f));
                *to++ = (char)(0x80 | (c & 0x3f));
        } else {
                *to++ = (char)(0xf0 | c >> 18);
                *to++ = (char)(0x80 | (c >> 12 & 0x3f));
                *to++ = (char)(0x80 | (c >> 6 & 0x3f));
                *to++ = (char)(0x80 | (c & 0x3f));
        }
        w->text_to = to - w->text;
}

static uint32_t unit(const struct wide_reader *w, ptrdiff_t at) {
        uint32_t a = w->raw[at], b = w->raw[at + 1];

        return w->big ? a << 8 | b : b << 8 | a;
}

/* What is whole of the bytes at hand; at the end of the file all of it. */
static void decode(struct wide_reader *w, bool ended) {
        ptrdiff_t at = 0;

        w->text_from = w->text_to = 0;
        while (at + 1 < w->raw_count) {
                uint32_t c = unit(w, at);

                if (c >= 0xd800 && c < 0xdc00) {
                        uint32_t low = at + 3 < w->raw_count ? unit(w, at + 2) : 0;

                        if (at + 3 >= w->raw_count && !ended)
                                break;
                        if (low >= 0xdc00 && low < 0xe000) {
                                put(w, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
                                at += 4;
                                continue;
                        }
                }
                put(w, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
                at += 2;
        }
        if (ended && at < w->raw_count) {
                put(w, 0xfffd);
                at = w->raw_count;
        }
        memmove(w->raw, w->raw + at, (size_t)(w->raw_count - at));
        w->raw_count -= at;
}

/* The mark at the beginning; without one its bytes are the text's. */
static int begin(struct wide_reader *w, struct diag *d) {
        while (w->raw_count < 2) {
                ptrdiff_t n = w->read(w->arg, (char *)w->raw + w->raw_count, 2 - w->raw_count, d);

                if (n < 0)
                        return -1;
                if (n == 0)
                        break;
                w->raw_count += n;
        }
        w->begun = true;
        w->big = w->raw_count == 2 && w->raw[0] == 0xfe && w->raw[1] == 0xff;
        w->wide = w->big || (w->raw_count == 2 && w->raw[0] == 0xff && w->raw[1] == 0xfe);
        if (!w->wide) {
                memcpy(w->text, w->raw, (size_t)w->raw_count);
                w->text_to = w->raw_count;
        }
        w->raw_count = 0;
        return 0;
}

ptrdiff_t wide_read(struct wide_reader *w, char *p, ptrdiff_t size, struct diag *d) {
        ptrdiff_t n;

        if (!w->begun && begin(w, d) < 0)
                return -1;
        if (!w->wide && w->text_from == w->text_to)
                return w->read(w->arg, p, size, d);
        while (w->text_from == w->text_to) {
                n = w->read(w->arg, (char *)w->raw + w->raw_count, WIDE_PIECE, d);
                if (n < 0)
                        return -1;
                w->raw_count += n;
                decode(w, n == 0);
                if (n == 0 && w->text_to == 0)
                        return 0;
        }
        n = w->text_to - w->text_from < size ? w->text_to - w->text_from : size;
        memcpy(p, w->text + w->text_from, (size_t)n);
        w->text_from += n;
        return n;
}
