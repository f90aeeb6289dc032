#include "fleet/http/http_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

#include "base/encoding.h"
#include "base/plain.h"

enum { BASIC_MAX = 1024 };

static bool is_port(struct str text, uint16_t *ret) {
        uint64_t n;

        if (text.len == 0 || text.len > 5 || !str_to_u64(text, &n) || n > UINT16_MAX)
                return false;
        for (ptrdiff_t i = 0; i < text.len; i++)
                if (text.p[i] < '0' || text.p[i] > '9')
                        return false;
        *ret = (uint16_t)n;
        return true;
}

static bool is_number(struct str host, struct http_address *ret) {
        char text[64];

        if (host.len == 0 || host.len >= (ptrdiff_t)sizeof(text))
                return false;
        memcpy(text, host.p, (size_t)host.len);
        text[host.len] = 0;
        return inet_pton(ret->six ? AF_INET6 : AF_INET, text, ret->bytes) == 1;
}

int http_address(struct http_address *ret, struct str text, struct diag *d) {
        ptrdiff_t end = str_find_char(text, ']'), colon = str_find_char(text, ':');
        bool six = str_starts(text, S("[")), ok;

        *ret = (struct http_address){ .six = six, .port = HTTP_PORT };
        if (is_port(text, &ret->port)) {
                memcpy(ret->bytes, "\x7f\x00\x00\x01", 4);
                return 0;
        }
        if (six)
                ok = end > 0 && is_number(str_sub(text, 1, end - 1), ret) &&
                     (end == text.len - 1 || (text.p[end + 1] == ':' && is_port(str_from(text, end + 2), &ret->port)));
        else
                ok = is_number(colon < 0 ? text : str_sub(text, 0, colon), ret) && (colon < 0 || is_port(str_from(text, colon + 1), &ret->port));
        return ok ? 0 : diag_fail_class(d, DIAG_USAGE, "'%.*s' is not an address and a port, such as 127.0.0.1:%d or [::1]:%d",
                                        STR_ARG(text), HTTP_PORT, HTTP_PORT);
}

bool http_is_loopback(const struct http_address *a) {
        static const unsigned char one[16] = { [15] = 1 };

        return a->six ? memcmp(a->bytes, one, 16) == 0 : a->bytes[0] == 127;
}

static bool is_harmless(struct str s) {
        for (ptrdiff_t at = 0; at < s.len;) {
                uint32_t c;
                int n = utf8_at(s.p + at, s.len - at, &c);

                if (n == 0 || utf8_steers(c))
                        return false;
                at += n;
        }
        return true;
}

bool http_unescape(struct arena *a, struct str text, bool query, struct str *ret) {
        return encoding_percent(a, text, query, ret) && is_harmless(*ret);
}

void http_escape(struct out *o, struct str piece) {
        for (ptrdiff_t i = 0; i < piece.len; i++) {
                char c = piece.p[i];
                bool is_safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';

                if (is_safe)
                        out_char(o, c);
                else
                        out_fmt(o, "%%%02X", (unsigned char)c);
        }
}

int http_query(struct arena *a, struct str query, struct str name, struct str *ret) {
        struct str pair;

        while (str_cut(&query, '&', &pair)) {
                ptrdiff_t equals = str_find_char(pair, '=');
                struct str key = equals < 0 ? pair : str_sub(pair, 0, equals);

                if (str_eq(key, name))
                        return http_unescape(a, equals < 0 ? S("") : str_from(pair, equals + 1), true, ret) ? 1 : -1;
        }
        return 0;
}

bool http_host_is_loopback(struct str host) {
        struct http_address number = { .six = str_starts(host, S("[")) };
        ptrdiff_t end = number.six ? str_find_char(host, ']') : str_find_char(host, ':');
        struct str name = number.six ? str_sub(host, 1, end - 1) : end < 0 ? host : str_sub(host, 0, end);

        if (number.six && end < 0)
                return false;
        return str_eq_nocase(name, S("localhost")) || (is_number(name, &number) && http_is_loopback(&number));
}

bool http_token(struct arena *a, struct str authorization, struct str *ret) {
        struct str word, pair;

        if (authorization.len > BASIC_MAX || !str_word(&authorization, &word))
                return false;
        authorization = str_trim(authorization);
        *ret = authorization;
        if (str_eq_nocase(word, S("bearer")))
                return authorization.len > 0;
        if (!str_eq_nocase(word, S("basic")) || !encoding_base64(a, authorization, &pair) || str_find_char(pair, ':') < 0)
                return false;
        *ret = str_from(pair, str_find_char(pair, ':') + 1);
        return ret->len > 0;
}

bool http_is_plain(struct str s) {
        return plain_ascii(s.p, s.len) == s.len;
}

void http_date(int64_t seconds, char ret[HTTP_DATE + 1]) {
        static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        time_t moment = (time_t)seconds;
        struct tm t = { 0 };

        (void)gmtime_r(&moment, &t);
        (void)snprintf(ret, HTTP_DATE + 1, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * (t.tm_wday % 7), t.tm_mday % 100, months + 3 * (t.tm_mon % 12),
                       (t.tm_year + 1900) % 10000, t.tm_hour % 100, t.tm_min % 100, t.tm_sec % 100);
}

bool http_same_bytes(const unsigned char *a, const unsigned char *b, ptrdiff_t n) {
        volatile unsigned char differs = 0;

        for (ptrdiff_t i = 0; i < n; i++)
                differs = (unsigned char)(differs | (a[i] ^ b[i]));
        return differs == 0;
}
