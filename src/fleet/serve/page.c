#include "fleet/serve/page.h"

#include "fleet/http/http_text.h"
#include "platform/files.h"
#include "report/page.h"

enum { BAR_WIDTH = 1000, BAR_LEAST = 6, TREND_WIDTH = 720, TREND_HEIGHT = 220, LEFT = 56, RIGHT = 12, TOP = 14, BOTTOM = 28, GROUP = 3 };

static const struct {
        const char *path, *title;
} links[] = { { "/", "Overview" }, { "/hosts", "Machines" }, { "/flaws", "Flaws" }, { "/changes", "Changes" }, { "/resources", "Cloud" } };

static int make_nonce(struct page *p, struct diag *d) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        unsigned char bytes[PAGE_NONCE];

        if (random_bytes(bytes, sizeof(bytes), d) < 0)
                return -1;
        for (int i = 0; i < PAGE_NONCE; i++)
                p->nonce[i] = digits[bytes[i] & 63];
        p->policy = str_fmt(p->a, "default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; img-src data:; form-action 'self'; base-uri 'none'; "
                                  "frame-ancestors 'none'%c", p->nonce, p->nonce, 0).p;
        return 0;
}

void page_text(struct page *p, struct str text) {
        xml_text(p->out, text);
}

void page_number(struct page *p, int64_t n) {
        char text[32];
        int at = sizeof(text), digits = 0;
        uint64_t v = n < 0 ? 0 : (uint64_t)n;

        do {
                if (digits && digits % GROUP == 0)
                        text[--at] = ',';
                text[--at] = (char)('0' + v % 10);
                digits++;
        } while (v /= 10);
        out_bytes(p->out, text + at, (ptrdiff_t)sizeof(text) - at);
}

static void navigation(struct page *p, const char *here, struct str tenant) {
        out_c(p->out, "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header><div class=\"bar\"><a class=\"brand\" href=\"/\">sidelight <b>fleet");
        if (!str_eq(tenant, S("default"))) {
                out_c(p->out, " · ");
                page_text(p, tenant);
        }
        out_c(p->out, "</b></a>\n<nav aria-label=\"Pages\"><ul>");
        for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
                out_fmt(p->out, "<li><a href=\"%s\"%s>%s</a></li>", links[i].path,
                        here && strcmp(here, links[i].path) == 0 ? " aria-current=\"page\"" : "", links[i].title);
        out_c(p->out, "</ul></nav></div></header>\n");
}

int page_begin(struct page *p, struct arena *a, struct out *o, struct str title, const char *here, struct str tenant, struct diag *d) {
        *p = (struct page){ .out = o, .a = a };
        if (make_nonce(p, d) < 0)
                return -1;
        out_c(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,"
                 "initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
        page_text(p, title);
        out_fmt(o, " · sidelight</title>\n<style nonce=\"%s\">\n", p->nonce);
        out_c(o, page_style);
        out_c(o, "</style>\n</head>\n<body>\n");
        navigation(p, here, tenant);
        out_c(o, "<main id=\"main\" tabindex=\"-1\">\n");
        return 0;
}

void page_end(struct page *p, struct str when) {
        out_c(p->out, "</main>\n<footer><p>As of ");
        page_text(p, when);
        out_c(p->out, " UTC. The same as JSON: <a href=\"");
        page_text(p, p->json);
        out_c(p->out, "\">");
        page_text(p, p->json);
        out_c(p->out, "</a>; as metrics: <a href=\"/metrics\">/metrics</a>.</p></footer>\n");
        out_fmt(p->out, "<script nonce=\"%s\">\n", p->nonce);
        out_c(p->out, page_script);
        out_c(p->out, "</script>\n</body>\n</html>\n");
}

void page_part(struct page *p, const char *id, const char *title) {
        out_fmt(p->out, "<section%s aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n", "", id, id, title);
}

void page_part_end(struct page *p) {
        out_c(p->out, "</section>\n");
}

void page_link(struct page *p, const char *path, struct str piece) {
        out_c(p->out, path);
        http_escape(p->out, piece);
}

void page_status(struct page *p, enum status status) {
        struct str word = status_word(status);

        out_fmt(p->out, "<span class=\"s %.*s\">%.*s</span>", STR_ARG(word), STR_ARG(word));
}

/* What there is of a status is seen, however little it is; the widest gives way for that. */
static void widths(const int64_t hosts[STATUS_COUNT], int64_t total, int64_t ret[STATUS_COUNT]) {
        int64_t used = 0;
        int widest = 0;

        for (int s = 0; s < STATUS_COUNT; s++) {
                ret[s] = total > 0 ? hosts[s] * BAR_WIDTH / total : 0;
                if (hosts[s] > 0 && ret[s] < BAR_LEAST)
                        ret[s] = BAR_LEAST;
                used += ret[s];
                widest = ret[s] > ret[widest] ? s : widest;
        }
        if (used > BAR_WIDTH)
                ret[widest] -= used - BAR_WIDTH;
}

static void bar_begins(struct page *p) {
        out_fmt(p->out, "<svg class=\"stack\" viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
                        "<rect width=\"%d\" height=\"10\" class=\"f-back\"/>", BAR_WIDTH, BAR_WIDTH);
}

void page_share(struct page *p, int64_t part, int64_t all) {
        int64_t width = all > 0 ? part * BAR_WIDTH / all : 0;

        bar_begins(p);
        out_fmt(p->out, "<rect width=\"%lld\" height=\"10\" class=\"f-share\"/></svg>", (long long)(width < BAR_LEAST && part > 0 ? BAR_LEAST : width));
}

void page_bar(struct page *p, const int64_t hosts[STATUS_COUNT], int64_t total) {
        int64_t width[STATUS_COUNT], x = 0;

        widths(hosts, total, width);
        bar_begins(p);
        for (int s = STATUS_COUNT - 1; s >= 0; s--) {
                if (width[s] > 0)
                        out_fmt(p->out, "<rect x=\"%lld\" width=\"%lld\" height=\"10\" class=\"f-%.*s\"/>", (long long)x, (long long)width[s],
                                STR_ARG(status_word((enum status)s)));
                x += width[s];
        }
        out_c(p->out, "</svg>");
}

/* ---- The trend ---- */

/* A number of hosts at the top of the picture that is easy to read, and halved, too. */
static int64_t round_up(int64_t n) {
        static const int heads[] = { 2, 4, 6, 8, 10, 12, 16 };

        for (int64_t step = 1;; step *= 10)
                for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
                        if (n <= heads[i] * step)
                                return heads[i] * step;
}

static long long x_of(ptrdiff_t i, ptrdiff_t count) {
        return LEFT + (count > 1 ? (long long)i * (TREND_WIDTH - LEFT - RIGHT) / (count - 1) : (TREND_WIDTH - LEFT - RIGHT) / 2);
}

static long long y_of(int64_t n, int64_t top) {
        return TREND_HEIGHT - BOTTOM - (long long)((double)n / (double)top * (TREND_HEIGHT - TOP - BOTTOM));
}

static void line(struct page *p, const struct page_day *days, ptrdiff_t count, int64_t top, bool unknown) {
        out_fmt(p->out, "<path class=\"l-%s\" d=\"", unknown ? "unknown" : "open");
        for (ptrdiff_t i = 0; i < count; i++)
                out_fmt(p->out, "%c%lld %lld", i ? 'L' : 'M', x_of(i, count), y_of(unknown ? days[i].unknown : days[i].open, top));
        if (count == 1)
                out_c(p->out, "h4");
        out_c(p->out, "\"/>\n");
}

static void axis(struct page *p, const struct page_day *days, ptrdiff_t count, int64_t top) {
        for (int half = 0; half <= 2; half++) {
                long long y = y_of(top * half / 2, top);

                out_fmt(p->out, "<line class=\"grid-line\" x1=\"%d\" x2=\"%d\" y1=\"%lld\" y2=\"%lld\"/><text class=\"label\" x=\"%d\" y=\"%lld\" "
                                "text-anchor=\"end\">", LEFT, TREND_WIDTH - RIGHT, y, y, LEFT - 8, y + 4);
                page_number(p, top * half / 2);
                out_c(p->out, "</text>");
        }
        out_fmt(p->out, "<text class=\"label\" x=\"%d\" y=\"%d\">%.*s</text>", LEFT, TREND_HEIGHT - 8, STR_ARG(days[0].day));
        if (count > 1)
                out_fmt(p->out, "<text class=\"label\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%.*s</text>", TREND_WIDTH - RIGHT, TREND_HEIGHT - 8,
                        STR_ARG(days[count - 1].day));
        out_char(p->out, '\n');
}

void page_trend(struct page *p, const struct page_day *days, ptrdiff_t count) {
        int64_t most = 1;

        for (ptrdiff_t i = 0; i < count; i++) {
                most = days[i].open > most ? days[i].open : most;
                most = days[i].unknown > most ? days[i].unknown : most;
        }
        most = round_up(most);
        out_fmt(p->out, "<svg class=\"trend\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Machines with something open: ", TREND_WIDTH, TREND_HEIGHT);
        page_number(p, days[0].open);
        out_fmt(p->out, " on %.*s, ", STR_ARG(days[0].day));
        page_number(p, days[count - 1].open);
        out_fmt(p->out, " on %.*s\">\n", STR_ARG(days[count - 1].day));
        axis(p, days, count, most);
        line(p, days, count, most, true);
        line(p, days, count, most, false);
        out_c(p->out, "</svg>\n");
}
