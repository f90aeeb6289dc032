/* The texts of HTTP: addresses, paths and queries, taken apart strictly. What is not as it should be is refused, never guessed at. */
#ifndef SIDELIGHT_FLEET_HTTP_TEXT_H
#define SIDELIGHT_FLEET_HTTP_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/out.h"
#include "base/str.h"

/* "127.0.0.1:8484", "[::1]:0", "8484" (loopback), "0.0.0.0" (the usual port). -1 (DIAG_USAGE) when it is none: names are not looked up. */
enum { HTTP_PORT = 8484 };
struct http_address {
        bool six;
        unsigned char bytes[16]; /* 4 of them, or 16 */
        uint16_t port;
};
int http_address(struct http_address *ret, struct str text, struct diag *d);
bool http_is_loopback(const struct http_address *a);

/* "%41+b" is "A+b" in a path, "A b" in a query. False when an escape is cut, is no UTF-8, or is a character that steers. */
bool http_unescape(struct arena *a, struct str text, bool query, struct str *ret);
/* RFC 3986: all but unreserved characters is escaped, '/' as well. */
void http_escape(struct out *o, struct str piece);
/* The value of a name in "a=1&b=2", unescaped; the first one. 1: there; 0: not there; -1: not readable. */
int http_query(struct arena *a, struct str query, struct str name, struct str *ret);

/* True when a Host header may be a loopback server's: another name that leads here is somebody's web page that asks in a browser's name. */
bool http_host_is_loopback(struct str host);

/* "Bearer TOKEN", or "Basic …" whose password is the token, as browsers ask for it. False when it is neither. */
bool http_token(struct arena *a, struct str authorization, struct str *ret);

/* For a header's value, or one line: printable ASCII without anything else. */
bool http_is_plain(struct str s);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110), whatever the language of the program's user. */
enum { HTTP_DATE = 29 };
void http_date(int64_t seconds, char ret[HTTP_DATE + 1]);

/* In a time that does not depend on where they differ. */
bool http_same_bytes(const unsigned char *a, const unsigned char *b, ptrdiff_t n);

#endif
