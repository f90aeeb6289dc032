/* The page for people: made here, whole, without anything from elsewhere. It says everything without a script; with one, tables can be
 * searched and sorted. Whatever stands in it that came from outside is escaped in one place. */
#ifndef SIDELIGHT_FLEET_PAGE_H
#define SIDELIGHT_FLEET_PAGE_H

#include "base/diag.h"
#include "base/out.h"
#include "verdict/verdict.h"

enum { PAGE_NONCE = 22 };

struct page {
        struct out *out;
        struct arena *a;
        char nonce[PAGE_NONCE + 1]; /* which style and script are the page's own */
        const char *policy;         /* Content-Security-Policy, in `a` */
        struct str json;            /* where the same is told to programs */
};

/* Begins a page: its head, the way past the navigation, the navigation. `here`: which of its links is this one, or NULL. */
int page_begin(struct page *p, struct arena *a, struct out *o, struct str title, const char *here, struct str tenant, struct diag *d);
void page_end(struct page *p, struct str when);

void page_text(struct page *p, struct str text);   /* escaped */
void page_number(struct page *p, int64_t n);       /* "1,234,567" */
/* The start and the end of a part of the page with a heading of its own. */
void page_part(struct page *p, const char *id, const char *title);
void page_part_end(struct page *p);
/* A link's address: `path`, and `piece` escaped behind it. */
void page_link(struct page *p, const char *path, struct str piece);

/* A bar of the hosts of each status, worst first, over all of `total`; its numbers stand beside it for those who do not see it. */
void page_bar(struct page *p, const int64_t hosts[STATUS_COUNT], int64_t total);
/* A bar of one thing's part of all. */
void page_share(struct page *p, int64_t part, int64_t all);
/* "3 vulnerable" as a mark with a colour and a sign. */
void page_status(struct page *p, enum status status);

/* A line of hosts over days: what was open. */
struct page_day {
        struct str day; /* "2026-11-26" */
        int64_t open, unknown, all;
};
void page_trend(struct page *p, const struct page_day *days, ptrdiff_t count);

/* page_dress.c */
extern const char page_style[], page_script[];

#endif
