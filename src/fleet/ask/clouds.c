#include "fleet/ask/clouds.h"

#include "fleet/store/moment.h"

static struct str copy(struct arena *a, const struct db_rows *r, int column) {
        struct str text = db_text(r, column);

        return text.len ? str_dup(a, text) : S("");
}

/* ---- What is to do ---- */

static void advise(struct cloud_kind *k, struct arena *a, const struct catalog *c) {
        struct advice_request request = { .offering = guidance_offering(c->guidance, k->offering) };
        struct advice advice = { 0 };

        k->title = request.offering                       ? T(request.offering->title)
                   : str_eq(k->offering, S("no-machine")) ? S("what is no machine (disks, networks, …)")
                                                          : S("what was not recognised");
        if (!request.offering)
                return;
        if (str_eq_nocase(k->os, S("windows")) || str_eq_nocase(k->os, S("linux")))
                request.scope = guidance_scope(a, c, &(struct listed){ .os = str_eq_nocase(k->os, S("windows")) ? S("Windows") : S("Linux") });
        guidance_advise(&advice, a, c->guidance, &request);
        k->known = advice.revision != NULL;
        for (ptrdiff_t i = 0; i < advice.count; i++)
                if (advice.items[i].status == ACTION_TODO)
                        *arena_append(a, &k->to_do) = advice.items[i].action;
}

struct str cloud_silence(const struct cloud_kind *k) {
        if (k->known)
                return S("nothing: it is the provider's");
        return str_eq(k->offering, S("no-machine")) ? S("nothing: it runs no operating system") : S("not known: nothing tells what it is");
}

/* ---- The store ---- */

/* One cloud's own offerings are of one system; the general ones are of any. */
static void add_kind(struct clouds *ret, struct arena *a, const struct catalog *c, const struct db_rows *r) {
        const struct offering *o = guidance_offering(c->guidance, db_text(r, 0));
        struct str os = o && str_eq(T(o->document), S("general")) ? copy(a, r, 1) : S("");

        for (ptrdiff_t i = 0; i < ret->kinds.count; i++)
                if (str_eq(ret->kinds.items[i].offering, db_text(r, 0)) && str_eq(ret->kinds.items[i].os, os)) {
                        ret->kinds.items[i].resources += db_number(r, 2);
                        return;
                }
        *arena_append(a, &ret->kinds) = (struct cloud_kind){ .offering = copy(a, r, 0), .os = os, .resources = db_number(r, 2) };
}

static int read_kinds(struct clouds *ret, struct arena *a, struct store *s, const struct catalog *c, int64_t tenant, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT offering, os, count(*) FROM resource WHERE tenant = ?1 GROUP BY offering, os ORDER BY 3 DESC, 1, 2",
                     DB_ARGS(DB_N(tenant)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                add_kind(ret, a, c, &r);
        db_end(&r);
        for (ptrdiff_t i = 0; i < ret->kinds.count; i++)
                advise(&ret->kinds.items[i], a, c);
        return status;
}

static int read_resources(struct clouds *ret, struct arena *a, struct store *s, int64_t tenant, struct str after, int64_t limit, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, "SELECT name, title, type, offering, provider, os, first, last FROM resource WHERE tenant = ?1 AND name > ?2"
                                " ORDER BY name LIMIT ?3", DB_ARGS(DB_N(tenant), DB_T(after), DB_N(limit + 1)), d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, &ret->resources) = (struct cloud_resource){
                        .name = copy(a, &r, 0), .title = copy(a, &r, 1), .type = copy(a, &r, 2), .offering = copy(a, &r, 3),
                        .provider = copy(a, &r, 4), .os = copy(a, &r, 5), .first = db_number(&r, 6), .last = db_number(&r, 7) };
        db_end(&r);
        ret->more = ret->resources.count > limit;
        ret->resources.count -= ret->more;
        return status;
}

int clouds_read(struct clouds *ret, struct arena *a, struct store *s, const struct catalog *c, int64_t tenant, struct str after, int64_t limit,
                struct diag *d) {
        *ret = (struct clouds){ 0 };
        return read_kinds(ret, a, s, c, tenant, d) < 0 ? -1 : read_resources(ret, a, s, tenant, after, limit, d);
}

/* ---- JSON ---- */

static void kind_json(struct json *j, const struct cloud_kind *k) {
        json_begin_object(j, NULL);
        json_str(j, "offering", k->offering);
        json_str(j, "title", k->title);
        json_str(j, "os", k->os);
        json_i64(j, "resources", k->resources);
        json_bool(j, "known", k->known);
        json_begin_array(j, "to_do");
        for (ptrdiff_t i = 0; i < k->to_do.count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "id", T(k->to_do.items[i]->id));
                json_str(j, "who", T(k->to_do.items[i]->who));
                json_str(j, "title", T(k->to_do.items[i]->title));
                json_end_object(j);
        }
        json_end_array(j);
        json_end_object(j);
}

void clouds_json(struct json *j, struct arena *a, const struct clouds *c) {
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
        json_begin_array(j, "kinds");
        for (ptrdiff_t i = 0; i < c->kinds.count; i++)
                kind_json(j, &c->kinds.items[i]);
        json_end_array(j);
        json_begin_array(j, "resources");
        for (ptrdiff_t i = 0; i < c->resources.count; i++) {
                const struct cloud_resource *x = &c->resources.items[i];

                json_begin_object(j, NULL);
                json_str(j, "name", x->name);
                json_str(j, "title", x->title);
                json_str(j, "type", x->type);
                json_str(j, "offering", x->offering);
                json_str(j, "provider", x->provider);
                json_str(j, "os", x->os);
                json_str(j, "first", moment_text(a, x->first));
                json_str(j, "last", moment_text(a, x->last));
                json_end_object(j);
        }
        json_end_array(j);
        json_bool(j, "more", c->more);
        json_end_object(j);
}
