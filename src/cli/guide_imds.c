/* Azure's instance metadata service: its answer as evidence. */
#include "cli/guide.h"

#include "base/json_value.h"
#include "collect/imds/imds.h"
#include "collect/linux/redact.h"

/* One leaf of the answer, kept as if it had been read from its own address. Azure answers "" for what there is not. */
static void add_leaf(struct cli *c, const struct catalog *k, struct evidence *e, const struct json_value *answer, struct str address,
                     bool redact) {
        struct arena *a = &c->arena;
        struct str leaf = str_from(address, (ptrdiff_t)sizeof(IMDS_ADDRESS) - 1), piece, path = S("");
        struct str value;

        while (str_cut(&leaf, '/', &piece))
                path = str_fmt(a, "%.*s%s%.*s", STR_ARG(path), path.len ? "." : "", STR_ARG(piece));
        value = json_text(answer, path);
        if (value.len)
                evidence_add_file(e, address, redact ? redact_value(a, k, address, value) : value);
        else
                evidence_add_missing(e, address, FACT_ABSENT, S(""));
}

int guide_imds(struct cli *c, const struct catalog *k, const char *url, bool redact, struct evidence *e) {
        struct json_parser parser = { .last = true, .a = &c->arena };
        struct json_value answer;
        struct str text;
        bool ok;

        if (imds_get(&c->arena, url, &text, &c->diag) < 0)
                return -1;
        text = str_trim(text);
        parser.p = text.p;
        parser.end = text.p + text.len;
        ok = text.len > 0 && json_parse(&parser, &answer) == JSON_DONE && answer.type == JSON_OBJECT;
        json_parser_free(&parser);
        if (!ok)
                return diag_fail_class(&c->diag, DIAG_INPUT, "the metadata service's answer is not a JSON object");
        for (uint32_t i = 0; i < k->fact_count; i++)
                if (k->facts[i].kind == FACT_KIND_FILE && str_starts(T(k->facts[i].text), S(IMDS_ADDRESS)))
                        add_leaf(c, k, e, &answer, T(k->facts[i].text), redact);
        return 0;
}
