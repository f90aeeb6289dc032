#include "base/out.h"
#include "catalog/catalog.h"

#include "base/date.h"

static char folded(char c) {
        if (c >= 'A' && c <= 'Z')
                return (char)(c - 'A' + 'a');
        return c == '_' || c == ' ' ? '-' : c;
}

static bool same_name(struct str a, struct str b) {
        if (a.len != b.len)
                return false;
        for (ptrdiff_t i = 0; i < a.len; i++)
                if (folded(a.p[i]) != folded(b.p[i]))
                        return false;
        return true;
}

static bool in_list(struct texts list, struct str name) {
        for (uint32_t i = 0; i < list.count; i++)
                if (same_name(T_AT(list, i), name))
                        return true;
        return false;
}

/* Flaws that are parts of one sentence may share a number: it names the one whose sentence it is. */
static const struct flaw *flaw_of_cve(const struct catalog *c, struct str cve) {
        const struct flaw *found = NULL;

        for (uint32_t i = 0; i < c->flaw_count; i++)
                if (in_list(c->flaws[i].cves, cve) && (!found || !c->flaws[i].sentence_part))
                        found = &c->flaws[i];
        return found;
}

const struct flaw *catalog_flaw(const struct catalog *c, struct str name) {
        for (uint32_t i = 0; i < c->flaw_count; i++)
                if (same_name(T(c->flaws[i].id), name))
                        return &c->flaws[i];
        for (uint32_t i = 0; i < c->flaw_count; i++) {
                const struct flaw *f = &c->flaws[i];

                if (same_name(T(f->name), name) || in_list(f->aliases, name) ||
                    (f->sentence_file && !f->sentence_part && same_name(T(c->files[f->sentence_file - 1].file), name)))
                        return f;
        }
        return flaw_of_cve(c, name);
}

int32_t catalog_fact(const struct catalog *c, struct str name) {
        uint32_t from = 0, to = c->fact_name_count;

        while (from < to) {
                uint32_t middle = from + (to - from) / 2, fact = c->fact_names[middle].fact;
                int order = str_cmp(name, T(c->facts[fact].name));

                if (order == 0)
                        return (int32_t)fact;
                if (order < 0)
                        to = middle;
                else
                        from = middle + 1;
        }
        return -1;
}

const struct fix *catalog_fix(const struct catalog *c, struct str id) {
        for (uint32_t i = 0; i < c->fix_count; i++)
                if (str_eq(T(c->fixes[i].id), id))
                        return &c->fixes[i];
        return NULL;
}

static uint32_t width(const struct cpu_range *r) {
        return r->model_high - r->model_low;
}

const struct cpu_range *catalog_cpu(const struct catalog *c, struct str vendor, uint32_t family, uint32_t model,
                                    uint32_t stepping) {
        const struct cpu_range *best = NULL;

        for (uint32_t i = 0; i < c->cpu_count; i++) {
                const struct cpu_range *r = &c->cpus[i];

                if (str_eq(T(r->vendor), vendor) && r->family == family && model >= r->model_low &&
                    model <= r->model_high && stepping >= r->stepping_low && stepping <= r->stepping_high &&
                    (!best || width(r) < width(best)))
                        best = r;
        }
        return best;
}

bool catalog_microcode(const struct microcode_table *t, uint32_t signature, int platform, uint32_t *ret_revision) {
        bool found = false;

        for (uint32_t i = 0; i < t->count && t->rows[i].signature <= signature; i++) {
                const struct microcode_row *r = &t->rows[i];

                if (r->signature != signature ||
                    (platform >= 0 && r->platform_mask && !(r->platform_mask & 1u << platform)))
                        continue;
                /* Several platforms with unlike revisions: without the platform id there is no answer. */
                if (found && *ret_revision != r->revision)
                        return false;
                *ret_revision = r->revision;
                found = true;
        }
        return found;
}

static const struct source {
        struct str prefix, before, after;
} sources[] = {
#define X(prefix, before, after) { STR(prefix), STR(before), STR(after) },
        SOURCES(X)
#undef X
};

static const struct source *source_of(struct str id) {
        for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
                if (str_starts(id, sources[i].prefix))
                        return &sources[i];
        return NULL;
}

bool catalog_source_known(struct str id) {
        return source_of(id) != NULL;
}

void catalog_source_url(struct str id, struct out *o) {
        const struct source *s = source_of(id);

        if (!s) {
                out_str(o, id);
                return;
        }
        out_str(o, s->before);
        out_str(o, str_from(id, s->prefix.len));
        out_str(o, s->after);
}

struct str catalog_sign_piece(const struct where_sign *s, struct str text) {
        for (uint32_t i = 0; i < s->begins.count; i++)
                if (str_eq_nocase(str_sub(text, 0, T_AT(s->begins, i).len), T_AT(s->begins, i)))
                        return T_AT(s->begins, i);
        for (uint32_t i = 0; i < s->is.count; i++)
                if (str_eq_nocase(text, T_AT(s->is, i)))
                        return T_AT(s->is, i);
        for (uint32_t i = 0; i < s->has.count; i++)
                if (str_find_nocase(text, T_AT(s->has, i)) >= 0)
                        return T_AT(s->has, i);
        return (struct str){ 0 };
}

static bool is_literal(const struct catalog *c, const struct node *n, uint32_t at, struct str text) {
        struct str said = T(c->literals[at].text);

        return c->literals[at].type == VALUE_TEXT && (c->facts[n->fact].any_case ? str_eq_nocase(said, text) : str_eq(said, text));
}

static bool compares(const struct catalog *c, const struct node *n, struct str text) {
        if ((n->op == NODE_EQ || n->op == NODE_NE) && !n->compares_facts)
                return is_literal(c, n, n->a, text);
        for (uint32_t i = 0; n->op == NODE_IN && i < n->b; i++)
                if (is_literal(c, n, n->a + i, text))
                        return true;
        return false;
}

bool catalog_compares(const struct catalog *c, enum fact_kind kind, struct str where, struct str text) {
        for (uint32_t i = 0; i < c->node_count; i++) {
                const struct node *n = &c->nodes[i];
                const struct fact_def *def = &c->facts[n->fact];

                if (def->kind == kind && str_eq(T(def->text), where) && compares(c, n, text))
                        return true;
        }
        return false;
}

struct str catalog_version(const struct catalog *c) {
        return c->version_count ? T(c->versions[0].version) : S("");
}

struct str catalog_kernel(const struct catalog *c) {
        return c->version_count ? T(c->versions[0].kernel) : S("");
}

/* The day, and the number behind it. */
static bool version_parts(struct str version, struct str *ret_day, uint64_t *ret_number) {
        struct str rest = version;

        *ret_number = 0;
        if (!str_cut(&rest, '.', ret_day) || !date_valid(*ret_day))
                return false;
        if (version.len == ret_day->len)
                return true;
        return rest.len > 0 && rest.len <= 9 && rest.p[0] >= '1' && rest.p[0] <= '9' && str_to_u64(rest, ret_number);
}

bool data_version_valid(struct str version) {
        struct str day;
        uint64_t number;

        return version_parts(version, &day, &number);
}

int data_version_cmp(struct str x, struct str y) {
        struct str day_x = S(""), day_y = S("");
        uint64_t number_x, number_y;
        bool has_x = version_parts(x, &day_x, &number_x), has_y = version_parts(y, &day_y, &number_y);
        int days = has_x && has_y ? str_cmp(day_x, day_y) : has_x - has_y;

        return days ? days : has_x ? (number_x > number_y) - (number_x < number_y) : 0;
}

const struct dated_file *catalog_stale(const struct catalog *c, struct str path, struct str day) {
        for (uint32_t i = 0; i < c->dated_count; i++)
                if (str_eq(T(c->dated[i].path), path))
                        return !c->dated[i].closed && date_stale(T(c->dated[i].date), day) ? &c->dated[i] : NULL;
        return NULL;
}

struct str catalog_age(struct arena *a, const struct catalog *c, struct str day) {
        if (!date_stale(T(c->date), day))
                return S("");
        return str_fmt(a, "what sidelight knows is old (%.*s): a newer release may know more flaws and fixes", STR_ARG(T(c->date)));
}
