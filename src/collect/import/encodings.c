/* In which encoding a text came, and what a disk leaves in it: UTF-16, UTF-32, Latin-1, runs of zero bytes where a crash or a block's end was. */
#include "base/out.h"
#include "base/utf16.h"
#include "collect/import/parts.h"

/* UTF-16 with its bytes the other way round. */
static struct str swapped(struct arena *a, struct str s) {
        char *p = arena_bytes(a, s.len + 1);

        for (ptrdiff_t i = 0; i + 1 < s.len; i += 2) {
                p[i] = s.p[i + 1];
                p[i + 1] = s.p[i];
        }
        return str_n(p, s.len & ~(ptrdiff_t)1);
}

/* Whether it is UTF-8 (RFC 3629) as far as leading and following bytes go. */
static bool is_utf8(struct str s) {
        ptrdiff_t more = 0;

        for (ptrdiff_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.p[i];

                if (more > 0 ? (c & 0xc0) != 0x80 : (c & 0xc0) == 0x80 || c >= 0xf8)
                        return false;
                more = more > 0 ? more - 1 : c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        }
        return true;
}

/* What is no UTF-8 is taken for Latin-1, as older systems of western Europe write; but pictures begin with such a byte. */
static struct str from_latin1(struct arena *a, struct str s) {
        char *start, *to;

        if (is_utf8(s) || (unsigned char)s.p[0] >= 0x80)
                return s;
        start = to = arena_bytes(a, 2 * s.len);
        for (ptrdiff_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.p[i];

                if (c < 0x80) {
                        *to++ = (char)c;
                } else {
                        *to++ = (char)(0xc0 | c >> 6);
                        *to++ = (char)(0x80 | (c & 0x3f));
                }
        }
        return str_n(start, to - start);
}

/* ---- UTF-32: each character has four bytes, and every text begins with two of ASCII, or a mark ---- */

static uint32_t four(const char *p, bool big) {
        uint32_t n = 0;

        for (int i = 0; i < 4; i++)
                n = n << 8 | (unsigned char)p[big ? i : 3 - i];
        return n;
}

static bool is_utf32(struct str s, bool big) {
        enum { MARK = 0xfeff, ASCII = 0x7f };
        uint32_t first, second;

        if (s.len < 8)
                return false;
        first = four(s.p, big);
        second = four(s.p + 4, big);
        return (first == MARK || (first > 0 && first <= ASCII)) && second > 0 && second <= ASCII;
}

static struct str from_utf32(struct arena *a, struct str s, bool big) {
        char *start = arena_bytes(a, s.len + 1), *to = start;

        for (ptrdiff_t i = 0; i + 3 < s.len; i += 4) {
                uint32_t c = four(s.p + i, big);

                if (c == 0xfeff)
                        continue;
                if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
                        c = 0xfffd;
                to = utf8_put(to, c);
        }
        return str_n(start, to - start);
}

/* ---- Zero bytes in a text ---- */

/* Lines and nothing else between them: programs' own formats hold other bytes, too. */
static bool is_text(struct str s) {
        for (ptrdiff_t i = 0; i < s.len; i++)
                if ((unsigned char)s.p[i] < 0x20 && !memchr("\0\t\n\r\f\b\a\x03\x1b", s.p[i], 9))
                        return false;
        return is_utf8(s);
}

/* One stands between two lines (`tr '\n' '\0'`); of several, which a disk left for what it lost, nobody knows what stood there: the line before
 * them goes on. Those at the end were never text. */
static struct str without_zeros(struct arena *a, struct str s) {
        OUT_AUTO struct out o = { 0 };
        ptrdiff_t end = s.len;

        if (!s.p || !memchr(s.p, '\0', (size_t)s.len) || !is_text(s))
                return s;
        while (end > 0 && s.p[end - 1] == '\0')
                end--;
        end += s.len - end == 1; /* ended its line */
        for (ptrdiff_t i = 0, n; i < end; i += n) {
                for (n = 0; i + n < end && s.p[i + n] == '\0';)
                        n++;
                if (n > 1 && o.len > 0 && o.p[o.len - 1] != '\n')
                        out_c(&o, FLAGS_GO_ON);
                if (n > 0 && o.len > 0 && o.p[o.len - 1] != '\n')
                        out_char(&o, '\n');
                for (; n == 0 || (i + n < end && s.p[i + n] != '\0'); n++)
                        out_char(&o, s.p[i + n]);
        }
        return str_dup(a, out_text(&o));
}

/* Windows writes UTF-16 with a mark when it redirects (PowerShell 5), and now and then without one. */
struct str decoded_text(struct arena *a, struct str text) {
        bool big = str_starts(text, S("\xfe\xff")), little = str_starts(text, S("\xff\xfe"));

        if (is_utf32(text, false) || is_utf32(text, true))
                return without_zeros(a, from_utf32(a, text, is_utf32(text, true)));
        if (!big && !little && text.len > 4 && text.p[0] && !text.p[1] && text.p[2] && !text.p[3])
                return without_zeros(a, utf8_from_utf16(a, text.p, text.len));
        if (!big && !little && text.len > 4 && !text.p[0] && text.p[1] && !text.p[2] && text.p[3]) {
                text = swapped(a, text);
                return without_zeros(a, utf8_from_utf16(a, text.p, text.len));
        }
        if (big)
                text = swapped(a, text);
        if (big || little)
                return without_zeros(a, utf8_from_utf16(a, text.p + 2, text.len - 2));
        return without_zeros(a, from_latin1(a, str_starts(text, S("\xef\xbb\xbf")) ? str_from(text, 3) : text));
}
