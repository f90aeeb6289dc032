#include "report/inventory_class.h"

#include "base/plain.h"
#include "cloud/lint.h"
#include "plan/summary.h"
#include "report/lint_report.h"
#include "report/report.h"

/* More Windows versions than ever were released; a hostile list gets no more memory than that. */
enum { CLASSES_MAX = 4096 };

/* ---- A class ---- */

static void json_action_rest(struct json *j, const struct advice *advice, const struct advice_item *item) {
        const struct action *action = item->action;

        json_str(j, "why", item->why);
        json_begin_array(j, "steps");
        for (uint32_t i = 0; i < action->step_count; i++)
                json_str(j, NULL, T(action->steps[i].text));
        json_end_array(j);
        report_json_texts(j, "fixes", action->fixes);
        report_json_texts(j, "statements", action->statements);
        json_str(j, "trust", trust_word((enum trust)action->trust));
        json_str(j, "source", T(advice->revision->id));
}

/* An action: all of it, or what is repeated with each resource. */
static void json_action(struct json *j, const struct advice *advice, const struct advice_item *item, bool all) {
        const struct action *action = item->action;

        json_begin_object(j, NULL);
        json_str(j, "id", T(action->id));
        json_u64(j, "order", (uint64_t)(item - advice->items) + 1);
        json_str(j, "status", action_status_word(item->status));
        json_str(j, "who", T(action->who));
        json_str(j, "title", T(action->title));
        if (all)
                json_action_rest(j, advice, item);
        json_end_object(j);
}

static struct str actions_json(struct arena *a, const struct advice *advice, bool all) {
        OUT_AUTO struct out o = { 0 };
        struct json j = { .out = &o };

        json_begin_array(&j, NULL);
        for (ptrdiff_t i = 0; i < advice->count; i++)
                json_action(&j, advice, &advice->items[i], all);
        json_end_array(&j);
        return str_dup(a, out_text(&o));
}

/* "to do: a, b; not known: c": what is done or not needed is left out. */
static struct str actions_text(struct arena *a, const struct advice *advice) {
        static const enum action_status shown[] = { ACTION_TODO, ACTION_UNKNOWN };
        OUT_AUTO struct out o = { 0 };

        for (size_t s = 0; s < sizeof(shown) / sizeof(shown[0]); s++) {
                bool first = true;

                for (ptrdiff_t i = 0; i < advice->count; i++) {
                        const struct advice_item *item = &advice->items[i];

                        if (item->status != shown[s])
                                continue;
                        if (first)
                                out_fmt(&o, "; %.*s: ", STR_ARG(action_status_said(shown[s])));
                        out_fmt(&o, "%s%.*s", first ? "" : ", ", STR_ARG(T(item->action->id)));
                        first = false;
                }
        }
        if (o.len == 0)
                out_c(&o, "; nothing to do");
        return str_dup(a, out_text(&o));
}

static struct str actions_detail(struct arena *a, const struct advice *advice) {
        static const char *const when[TRUST_COUNT] = {
                [TRUST_ALWAYS] = "",
                [TRUST_TRUSTED] = " (when no untrusted code runs there)",
                [TRUST_UNTRUSTED] = " (when untrusted code runs there)",
                [TRUST_GUESTS] = " (when untrusted guests run there)",
        };
        OUT_AUTO struct out o = { 0 };

        for (ptrdiff_t i = 0; i < advice->count; i++) {
                const struct advice_item *item = &advice->items[i];
                struct texts g = item->action->statements;

                out_fmt(&o, "  %-10.*s  %.*s", STR_ARG(action_status_said(item->status)), STR_ARG(T(item->action->title)));
                out_c(&o, when[item->action->trust]);
                for (uint32_t k = 0; k < g.count; k++)
                        out_fmt(&o, "%s%.*s%s", k ? " " : "  [", STR_ARG(T_AT(g, k)), k + 1 == g.count ? "]" : "");
                out_fmt(&o, "\n              %.*s\n", STR_ARG(T(item->action->id)));
        }
        return str_dup(a, out_text(&o));
}

/* What is said where there is no guidance: an action that somebody has to take, for "nothing to do" would be a
 * guess. */
static const struct silence {
        struct str json, text, detail;
} silences[] = {
#define SILENCE(id, title)                                                                          \
        {                                                                                           \
                .json = STR("[{\"id\":\"" id "\",\"order\":1,\"status\":\"unknown\",\"who\":\"you\"," \
                            "\"title\":\"" title "\"}]"),                                           \
                .text = STR("; not known: " id),                                                    \
                .detail = STR("  not known   " title "\n              " id "\n")                   \
        }
        SILENCE("identify", "Find out what it runs: what has to be done is not known"),
        SILENCE("no-guidance", "There is no guidance for it, or was none on that day"),
        { .json = STR("[]"),
          .text = STR("; runs no operating system"),
          .detail = STR("  it runs no operating system\n") },
};

static void advise_none(struct advice_class *c) {
        bool unknown = str_eq(c->offering, S("unknown")), nothing = str_eq(c->offering, S("no-machine"));
        const struct silence *s = &silences[unknown ? 0 : nothing ? 2 : 1];

        c->json = c->json_detail = s->json;
        c->text = s->text;
        c->detail = s->detail;
}

static void advise(const struct inventory_report *r, struct arena *a, struct advice_class *c) {
        struct advice_request request = { .untrusted = r->untrusted, .as_of = r->as_of };
        struct advice advice = { 0 };

        inventory_class_request(&request, a, r->catalog, c);
        if (request.offering)
                guidance_advise(&advice, a, r->catalog->guidance, &request);
        if (!advice.revision) {
                advise_none(c);
                return;
        }
        c->json = actions_json(a, &advice, false);
        c->json_detail = actions_json(a, &advice, true);
        c->text = actions_text(a, &advice);
        c->detail = actions_detail(a, &advice);
}

/* ---- Cloud Services (extended support) carry their configuration with them ---- */

static void find(struct inventory_report *r, const struct resource *resource, struct remarks *ret,
                 struct str *ret_wrong) {
        static const enum tri trust[UNTRUSTED_COUNT] = {
                [UNTRUSTED_UNDECLARED] = TRI_UNKNOWN, [UNTRUSTED_YES] = TRI_TRUE,    [UNTRUSTED_NO] = TRI_FALSE,
                [UNTRUSTED_CODE] = TRI_TRUE,          [UNTRUSTED_LOGINS] = TRI_TRUE, [UNTRUSTED_GUESTS] = TRI_TRUE,
        };
        struct lint_options o = { .catalog = r->catalog, .as_of = r->as_of.len > 0 ? r->as_of : r->today,
                                  .untrusted = trust[r->untrusted] };
        struct cscfg *c = arena_new(&r->scratch, struct cscfg);
        struct lint_input in = { .cscfgs = c, .cscfg_count = 1 };
        struct diag d = { 0 };

        if (resource->configuration.len == 0)
                return;
        if (cscfg_parse(c, &r->scratch, "configuration", resource->configuration, true, &d) < 0)
                *ret_wrong = str_dup(&r->scratch, str_of(d.text));
        else
                lint_services(ret, &r->scratch, &in, &o);
}

/* ---- Which class ---- */

/* Offerings of Azure's are of one system; the general ones are of any. */
static bool any_system(const struct inventory_report *r, const struct advice_class *c) {
        const struct offering *o = guidance_offering(r->catalog->guidance, c->offering);

        return o && str_eq(T(o->document), S("general"));
}

static bool same_class(const struct advice_class *a, const struct advice_class *b) {
        return str_eq(a->offering, b->offering) && str_eq(a->os_version, b->os_version) && str_eq(a->edition, b->edition) && a->os == b->os &&
               str_eq(a->distribution, b->distribution) && str_eq(a->vendor, b->vendor) && a->one_thread == b->one_thread &&
               a->guest_os_fine == b->guest_os_fine && a->guest_os_fixed == b->guest_os_fixed;
}

/* What of the resource the guidance asks about. */
static struct advice_class class_like(struct inventory_report *r, const struct resource *x) {
        struct advice_class one = { .offering = resource_offering(x), .os = x->os == OS_ANY ? OS_UNKNOWN : x->os, .guest_os_fine = TRI_UNKNOWN,
                                    .guest_os_fixed = TRI_UNKNOWN };
        struct remarks f = { 0 };
        struct str wrong = S("");

        if (!guidance_offering(r->catalog->guidance, one.offering)) {
                one.os = OS_UNKNOWN;
                return one;
        }
        if (x->os == OS_WINDOWS)
                one.os_version = x->os_version;
        one.edition = x->edition;
        one.distribution = x->distribution;
        one.vendor = x->vendor;
        one.one_thread = x->threads == 1;
        if (x->configuration.len > 0) {
                find(r, x, &f, &wrong);
                one.guest_os_fine = wrong.len > 0 ? TRI_UNKNOWN : remarks_speak_of(&f, S("G5"), REMARK_WARNING) ? TRI_FALSE : TRI_TRUE;
                one.guest_os_fixed = wrong.len > 0 ? TRI_UNKNOWN : remarks_speak_of(&f, S("G15"), REMARK_NOTE) ? TRI_FALSE : TRI_TRUE;
        }
        return one;
}

enum { CLASS_PARTS = 6 };

/* Takes a part of what the class is known by away; false where it has none. */
static bool take_away(const struct inventory_report *r, struct advice_class *c, int part) {
        struct str *const texts[] = { &c->vendor, &c->distribution, &c->edition };
        const struct advice_class before = *c;

        if (part < 3)
                *texts[part] = S("");
        else if (part == 3)
                c->one_thread = false;
        else if (part == 4)
                c->guest_os_fine = c->guest_os_fixed = TRI_UNKNOWN;
        else if (!any_system(r, c))
                c->os = OS_UNKNOWN;
        return !same_class(c, &before);
}

/* The class without what does not change the advice: most processors do not, and resources that need the same are told of together. */
static void make_class(struct inventory_report *r, struct arena *a, struct advice_class *c) {
        advise(r, a, c);
        for (int part = 0; part < CLASS_PARTS; part++) {
                const struct advice_class before = *c;

                if (!take_away(r, c, part))
                        continue;
                advise(r, a, c);
                if (!str_eq(c->json_detail, before.json_detail) || c->patched != before.patched)
                        *c = before;
        }
}

static struct advice_class *class_among(struct advice_class *items, ptrdiff_t count, const struct advice_class *like) {
        for (ptrdiff_t i = 0; i < count; i++)
                if (same_class(&items[i], like))
                        return &items[i];
        return NULL;
}

/* The class of the resource, which is made when it is the first of it. */
static struct advice_class *class_of(struct inventory_report *r, const struct resource *resource) {
        struct advice_class one = class_like(r, resource), made;
        struct advice_class *c = class_among(r->seen.items, r->seen.count, &one);

        if (c)
                return class_among(r->items, r->count, &r->classes.items[c - r->seen.items]);
        made = one;
        if (r->seen.count >= CLASSES_MAX && one.os_version.len > 0) {
                c = arena_new(&r->scratch, struct advice_class);
                *c = one;
                advise(r, &r->scratch, c);
                return c;
        }
        made.os_version = one.os_version = str_dup(&r->arena, one.os_version);
        make_class(r, &r->scratch, &made);
        if (!class_among(r->items, r->count, &made)) {
                advise(r, &r->arena, &made);
                *arena_append(&r->arena, r) = made;
        }
        *arena_append(&r->arena, &r->seen) = one;
        *arena_append(&r->arena, &r->classes) = made;
        return class_among(r->items, r->count, &made);
}

/* ---- Text ---- */

/* One line, whatever the list has put into it. */
static void text_line(struct inventory_report *r) {
        out_plain(r->out, out_text(&r->line));
        out_char(r->out, '\n');
        r->line.len = 0;
}

static void text_head(struct inventory_report *r, const struct resource *x, const struct advice_class *c) {
        struct out *o = &r->line;
        struct str note = resource_note(x);
        uint64_t number;

        o->len = 0;
        if (x->name.len > 0 && str_to_u64(x->id, &number))
                out_fmt(o, "%.*s (%.*s)", STR_ARG(x->name), STR_ARG(x->id));
        else
                out_str(o, x->id.len > 0 ? x->id : x->name.len > 0 ? x->name : S("(no name)"));
        out_fmt(o, ": %.*s (%.*s)", STR_ARG(resource_offering(x)), STR_ARG(resource_sure_word(x->sure)));
        if (c->os_version.len > 0)
                out_fmt(o, ", Windows %.*s: fixes of January 2018 %s", STR_ARG(c->os_version), tri_word(c->patched));
        if (x->vendor.len > 0 || x->cpu.len > 0)
                out_fmt(o, ", %.*s", STR_ARG(x->cpu.len > 0 ? x->cpu : x->vendor));
        if (x->threads > 0)
                out_fmt(o, ", %u thread%s a core", (unsigned)x->threads, x->threads == 1 ? "" : "s");
        if (x->patches.len > 0)
                out_fmt(o, ", %.*s", STR_ARG(x->patches));
        out_str(o, c->text);
        if (note.len > 0)
                out_fmt(o, " - %.*s", STR_ARG(note));
        if (!x->row && x->type.len > 0)
                out_fmt(o, " (%.*s)", STR_ARG(x->type));
        text_line(r);
}

static void text_resource(struct inventory_report *r, const struct resource *x, const struct advice_class *c) {
        struct remarks f = { 0 };
        struct str wrong = S("");

        text_head(r, x, c);
        find(r, x, &f, &wrong);
        if (wrong.len > 0) {
                out_fmt(&r->line, "    error: %.*s", STR_ARG(wrong));
                text_line(r);
        }
        for (ptrdiff_t i = 0; i < f.count; i++) {
                out_c(&r->line, "    ");
                remark_write_line(&r->line, &f.items[i]);
                text_line(r);
        }
}

static const char *class_system(const struct inventory_report *r, const struct advice_class *c) {
        if (c->os_version.len > 0)
                return ", Windows ";
        if (!any_system(r, c))
                return "";
        return c->os == OS_WINDOWS ? ", Windows" : c->os == OS_LINUX ? ", Linux" : "";
}

/* What the report hangs on, where it ended long ago. */
static struct str_list age(struct inventory_report *r) {
        static const struct str tables[] = { STR("azure/resource-types.yaml"), STR("clouds/resource-types.yaml"), STR("clouds/sizes.yaml") };
        enum { TABLES = sizeof(tables) / sizeof(tables[0]) };
        struct str old = catalog_age(&r->arena, r->catalog, r->today);
        struct str *items = arena_array(&r->arena, struct str, TABLES + 1);
        uint32_t count = 0;

        if (old.len > 0)
                items[count++] = old;
        for (size_t i = 0; i < TABLES; i++) {
                const struct dated_file *list = catalog_stale(r->catalog, tables[i], r->today);

                if (list)
                        items[count++] = str_fmt(&r->arena, "%.*s ends on %.*s, more than half a year ago: what came since is not known",
                                                 STR_ARG(tables[i]), STR_ARG(T(list->date)));
        }
        return (struct str_list){ .items = items, .count = count };
}

/* What else makes it a class of its own. */
static void class_rest(struct out *o, const struct advice_class *c) {
        const struct str words[] = { c->vendor, c->distribution, c->edition };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (words[i].len > 0)
                        out_fmt(o, ", %.*s", STR_ARG(words[i]));
        if (c->one_thread)
                out_c(o, ", one thread a core");
        if (c->guest_os_fine != TRI_UNKNOWN)
                out_fmt(o, ", guest OS %s", c->guest_os_fine == TRI_TRUE && c->guest_os_fixed == TRI_TRUE ? "as it should be" : "with faults");
}

static void text_end(struct inventory_report *r, const struct inventory *inv) {
        struct str_list notes = age(r);

        for (ptrdiff_t i = 0; i < r->count; i++) {
                const struct advice_class *c = &r->items[i];

                out_fmt(&r->line, "%.*s%s%.*s", STR_ARG(c->offering), class_system(r, c), STR_ARG(c->os_version));
                class_rest(&r->line, c);
                out_fmt(&r->line, ": %llu", (unsigned long long)c->resources);
                out_char(r->out, '\n');
                text_line(r);
                out_str(r->out, c->detail);
        }
        out_fmt(r->out, "\nTotals: %llu resource%s", (unsigned long long)inv->resources, inv->resources == 1 ? "" : "s");
        if (inv->repeats)
                out_fmt(r->out, ", and %llu that were listed again", (unsigned long long)inv->repeats);
        out_char(r->out, '\n');
        for (ptrdiff_t i = 0; i < inv->count_count; i++)
                out_fmt(r->out, "  %12llu  %.*s\n", (unsigned long long)inv->counts[i].resources,
                        STR_ARG(inv->counts[i].offering));
        if (inv->partial)
                out_fmt(r->out, "%llu of the answers were pages of longer lists: there is more than was read.\n",
                        (unsigned long long)inv->partial);
        for (uint32_t i = 0; i < notes.count; i++)
                out_fmt(r->out, "note: %.*s\n", STR_ARG(notes.items[i]));
        if (r->untrusted == UNTRUSTED_UNDECLARED)
                out_c(r->out,
                      "You have not said whether code you do not trust runs there: --untrusted yes or "
                      "--untrusted no.\n");
        out_fmt(r->out, "%.*s\n", STR_ARG(summary_program(r->catalog, &r->arena)));
}

/* ---- JSON ---- */

static void json_findings(struct inventory_report *r, struct json *j, const struct resource *x) {
        struct remarks f = { 0 };
        struct str wrong = S("");

        find(r, x, &f, &wrong);
        if (wrong.len > 0)
                json_str(j, "configuration_error", wrong);
        json_begin_array(j, "findings");
        for (ptrdiff_t i = 0; i < f.count; i++)
                remark_write_json(j, &f.items[i], false);
        json_end_array(j);
}

static void json_known(struct json *j, const char *key, struct str value) {
        if (value.len > 0)
                json_str(j, key, value);
}

static void json_resource(struct inventory_report *r, const struct resource *x, const struct advice_class *c) {
        struct json line = { .out = &r->line }, *j = &line;

        r->line.len = 0;
        out_char(&r->line, '\n'); /* one line each */
        json_begin_object(j, NULL);
        json_str(j, "id", x->id);
        json_str(j, "name", x->name);
        json_str(j, "type", x->type);
        json_known(j, "location", x->location);
        json_str(j, "offering", resource_offering(x));
        json_str(j, "sure", resource_sure_word(x->sure));
        json_str(j, "os", resource_os_word(x->os));
        json_known(j, "os_because", x->os_because);
        json_known(j, "os_version", x->os_version);
        if (c->os_version.len > 0)
                json_c(j, "fixes_of_january_2018", tri_word(c->patched));
        json_known(j, "size", x->size);
        json_known(j, "image", x->image);
        json_known(j, "edition", x->edition);
        json_known(j, "distribution", x->distribution);
        json_known(j, "vendor", x->vendor);
        json_known(j, "cpu", x->cpu);
        if (x->threads > 0)
                json_u64(j, "threads_per_core", x->threads);
        json_known(j, "updates", x->patches);
        json_known(j, "note", resource_note(x));
        if (x->configuration.len > 0)
                json_findings(r, j, x);
        json_raw(j, "actions", c->json);
        json_end_object(j);
        json_raw(&r->json, NULL, out_text(&r->line));
}

static void json_end(struct inventory_report *r, const struct inventory *inv) {
        struct json *j = &r->json;

        json_end_array(j);
        json_begin_array(j, "advice");
        for (ptrdiff_t i = 0; i < r->count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "offering", r->items[i].offering);
                json_known(j, "os", any_system(r, &r->items[i]) && r->items[i].os != OS_UNKNOWN ? resource_os_word(r->items[i].os) : S(""));
                json_known(j, "os_version", r->items[i].os_version);
                json_known(j, "vendor", r->items[i].vendor);
                json_known(j, "distribution", r->items[i].distribution);
                json_known(j, "edition", r->items[i].edition);
                if (r->items[i].one_thread)
                        json_u64(j, "threads_per_core", 1);
                if (r->items[i].guest_os_fine != TRI_UNKNOWN)
                        json_bool(j, "guest_os_fine", r->items[i].guest_os_fine == TRI_TRUE && r->items[i].guest_os_fixed == TRI_TRUE);
                json_u64(j, "resources", r->items[i].resources);
                json_raw(j, "actions", r->items[i].json_detail);
                json_end_object(j);
        }
        json_end_array(j);
        json_begin_object(j, "totals");
        json_u64(j, "resources", inv->resources);
        json_u64(j, "repeats", inv->repeats);
        json_u64(j, "partial_answers", inv->partial);
        json_begin_object(j, "offerings");
        for (ptrdiff_t i = 0; i < inv->count_count; i++) {
                json_key(j, inv->counts[i].offering);
                json_u64(j, NULL, inv->counts[i].resources);
        }
        json_end_object(j);
        json_end_object(j);
        report_json_strings(j, "notes", age(r));
        json_end_object(j);
        out_char(r->out, '\n');
}

/* ---- Both ---- */

void inventory_report_begin(struct inventory_report *r) {
        if (!r->is_json)
                return;
        r->json = (struct json){ .out = r->out };
        json_begin_object(&r->json, NULL);
        json_u64(&r->json, "schema", 1);
        summary_json_program(&r->json, r->catalog);
        json_str(&r->json, "as_of", r->as_of);
        json_str(&r->json, "untrusted", untrusted_word(r->untrusted));
        json_begin_array(&r->json, "resources");
}

void inventory_report_resource(void *arg, const struct resource *resource) {
        struct inventory_report *r = arg;
        struct advice_class *c;

        arena_reset(&r->scratch);
        c = class_of(r, resource);
        c->resources++;
        r->untold |= str_eq(c->offering, S("unknown"));
        if (r->is_json)
                json_resource(r, resource, c);
        else
                text_resource(r, resource, c);
}

void inventory_report_end(struct inventory_report *r, const struct inventory *inv) {
        if (r->is_json)
                json_end(r, inv);
        else
                text_end(r, inv);
}

void inventory_report_free(struct inventory_report *r) {
        arena_free(&r->arena);
        arena_free(&r->scratch);
        out_free(&r->line);
}
