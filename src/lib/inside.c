#include "lib/inside.h"

#include "lib/handle.h"

void inside_use(sidelight *s, const struct catalog *c) {
        s->catalog = c;
}

void inside_take(sidelight *s, struct evidence *e) {
        s->judged = false;
        s->evidence = e;
        s->several = (struct import_machines){ 0 };
        arena_reset(&s->results);
        arena_reset(&s->machine);
}

void inside_take_host(sidelight *s, const struct evidence *e) {
        s->judged = false;
        s->options.host = e;
}

struct evidence *inside_evidence(sidelight *s) {
        s->judged = false;
        return s->evidence;
}

struct verdict *inside_verdict(sidelight *s, struct arena **ret_results) {
        *ret_results = &s->results;
        return &s->verdict;
}

void inside_options(const sidelight *s, struct verdict_options *ret_options, struct report_style *ret_style) {
        *ret_options = s->options;
        *ret_style = s->style;
        ret_options->today = str_sub(s->style.now, 0, 10);
}

const struct diag *inside_diag(const sidelight *s) {
        return &s->diag;
}
