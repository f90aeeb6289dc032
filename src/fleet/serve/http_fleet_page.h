/* What the pages share. Private to http_fleet_*.c. */
#ifndef SIDELIGHT_FLEET_HTTP_FLEET_PAGE_H
#define SIDELIGHT_FLEET_HTTP_FLEET_PAGE_H

#include <stdlib.h>

#include "fleet/ask/ask.h"
#include "fleet/serve/http_fleet_parts.h"
#include "fleet/serve/page.h"
#include "platform/program.h"

/* Begins a page as the answer to a call; false after it got another one. */
bool page_open(struct page *p, struct http_call *call, struct str title, const char *here);
void page_close(struct page *p);

struct str flaw_name(const struct fleet_server *s, struct str id);
void page_count(struct page *p, int64_t n, const char *one, const char *many);

void page_flaw_table(struct page *p, const char *caption); /* up to its first row */
void page_flaw_row(struct page *p, const struct fleet_server *s, const struct ask_flaw *f, int64_t total);
void page_sort_flaws(struct ask_flaws *f);

/* The form that narrows down what is shown, filled as the filter is. */
void page_filter(struct page *p, const char *path, const struct ask_filter *f);
/* What was open, day by day. */
void page_history(struct page *p, struct store *store, struct http_call *call);

#endif
