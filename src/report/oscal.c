/* OSCAL 1.1 assessment results (NIST): a result a machine, an observation a flaw, and a finding for each flaw that is at stake. What a
 * finding says is satisfied, or not, is an objective that the document defines, part of flaw remediation (SP 800-53, SI-2). */
#include "base/plain.h"
#include "report/formats.h"

#define NAMESPACE "urn:sidelight:oscal"

/* What is not known is not satisfied: nothing shows that it is. */
static const struct {
        const char *state, *reason;
} states[] = {
        [STATUS_NOT_AFFECTED] = { "satisfied", "pass" },
        [STATUS_MITIGATED] = { "satisfied", "pass" },
        [STATUS_UNKNOWN] = { "not-satisfied", "other" },
        [STATUS_PARTIAL] = { "not-satisfied", "fail" },
        [STATUS_VULNERABLE] = { "not-satisfied", "fail" },
};

/* Made from what it names, so that the same is called the same in the next document. OSCAL knows versions 4 and 5 only. */
static void identifier(struct json *j, const char *key, struct arena *a, const char *kind, struct str of) {
        char uuid[37];

        vex_uuid(str_fmt(a, "%s\n%.*s", kind, STR_ARG(of)), uuid);
        uuid[14] = '5';
        json_c(j, key, uuid);
}

static bool is_word(struct str text, ptrdiff_t i) {
        unsigned char c = i >= 0 && i < text.len ? (unsigned char)text.p[i] : ' ';

        return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* A character that CommonMark, or OSCAL's insertions, would read as more than itself. A '_' within a word is none. */
static bool is_markup(struct str text, ptrdiff_t i) {
        if (text.p[i] == '_')
                return !is_word(text, i - 1) || !is_word(text, i + 1);
        return memchr("\\`*[]<&{", text.p[i], 8) || (i == 0 && memchr("#>~", text.p[i], 3)) || markdown_begins_block(text, i);
}

/* What NIST calls markup is Markdown: a text stays what it is in it. It is on one line already (base/plain.h). */
static void markup(struct json *j, const char *key, struct arena *a, struct str text) {
        char *p;
        ptrdiff_t n = 0;

        text = str_trim(text);
        p = arena_array(a, char, 2 * text.len + 1);
        for (ptrdiff_t i = 0; i < text.len; i++) {
                if (is_markup(text, i))
                        p[n++] = '\\';
                p[n++] = text.p[i];
        }
        json_str(j, key, str_n(p, n));
}

/* Blanks as Unicode has them, of which NIST's strings have none at either end. */
static bool is_blank(uint32_t c) {
        return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000;
}

static struct str trimmed(struct str text) {
        ptrdiff_t from = -1, to = 0;
        int n;

        for (ptrdiff_t i = 0; i < text.len; i += n) {
                uint32_t c;

                n = utf8_at(text.p + i, text.len - i, &c);
                if (n > 0 && is_blank(c))
                        continue;
                n = n > 0 ? n : 1;
                from = from < 0 ? i : from;
                to = i + n;
        }
        return from < 0 ? S("") : str_sub(text, from, to - from);
}

static void property(struct json *j, const char *name, struct str value) {
        value = trimmed(value);
        if (value.len == 0)
                return;
        json_begin_object(j, NULL);
        json_c(j, "name", name);
        json_c(j, "ns", NAMESPACE);
        json_str(j, "value", value);
        json_end_object(j);
}

/* The tool is a component of each result, which observations name as their origin. */
static struct str tool_key(const struct verdict *r) {
        return T(r->catalog->hash);
}

/* Two machines of one name and place are told apart by their order. */
static struct str machine_key(const struct report_writer *w, const struct verdict *r) {
        return str_fmt(r->facts->arena, "%.*s\n%.*s\n%u", STR_ARG(r->machine.name), STR_ARG(r->source), (unsigned)w->count);
}

/* One machine's result. */
struct observed {
        const struct verdict *r;
        struct str machine, when; /* its key; when its evidence was taken */
        struct arena *a;
};

static struct str finding_key(const struct observed *o, const struct finding *f) {
        return str_fmt(o->a, "%.*s\n%.*s\n%.*s", STR_ARG(o->machine), STR_ARG(T(f->flaw->id)), STR_ARG(o->when));
}

/* NIST's moments are of these years, and know no leap second. */
static bool is_dated(const struct verdict *r) {
        return str_cmp(r->captured, S("1900")) > 0 && str_cmp(r->captured, S("3000")) < 0;
}

/* When the evidence was taken, to the second. */
static struct str moment(const struct report_writer *w, const struct verdict *r, struct arena *a) {
        if (!is_dated(r))
                return w->style->now;
        if (r->captured.len == 10)
                return str_fmt(a, "%.*sT00:00:00Z", STR_ARG(r->captured));
        return str_ends(r->captured, S(":60Z")) ? str_fmt(a, "%.*s:59Z", STR_ARG(str_sub(r->captured, 0, 16))) : r->captured;
}

static struct str objective(const struct finding *f, struct arena *a) {
        return str_fmt(a, "sidelight-%.*s", STR_ARG(T(f->flaw->id)));
}

/* What findings speak of: of all machines the same, since all were asked for the same flaws. */
static void objectives(struct json *j, const struct verdict *r, struct arena *a) {
        json_begin_object(j, "local-definitions");
        json_begin_array(j, "objectives-and-methods");
        json_begin_object(j, NULL);
        json_c(j, "control-id", "si-2");
        json_c(j, "description", "Flaw remediation, as far as speculative-execution side channels go: one objective a flaw.");
        json_begin_array(j, "parts");
        for (uint32_t i = 0; i < r->finding_count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "id", objective(&r->findings[i], a));
                json_c(j, "name", "assessment-objective");
                markup(j, "title", a, T(r->findings[i].flaw->name));
                json_c(j, "prose", "The machine is not affected by this flaw, or is protected against it.");
                json_end_object(j);
        }
        json_end_array(j);
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
}

static void head(struct report_writer *w, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct json *j = &w->json;
        struct str key = str_fmt(a, "%.*s\n%.*s", STR_ARG(machine_key(w, r)), STR_ARG(w->style->now));

        json_begin_object(j, NULL);
        json_begin_object(j, "assessment-results");
        identifier(j, "uuid", a, "document", key);
        json_begin_object(j, "metadata");
        json_c(j, "title", "Speculative-execution side channels: what was found");
        json_str(j, "last-modified", w->style->now);
        json_str(j, "version", r->catalog->date.len ? summary_data(r->catalog) : S("1"));
        json_c(j, "oscal-version", "1.1.2");
        json_end_object(j);
        json_begin_object(j, "import-ap");
        json_c(j, "href", "urn:sidelight:no-assessment-plan");
        json_c(j, "remarks", "The tool has no assessment plan: name yours here.");
        json_end_object(j);
        objectives(j, r, a);
        json_begin_array(j, "results");
}

static void machine_properties(struct json *j, const struct verdict *r) {
        property(j, "source", r->source);
        property(j, "captured", r->captured);
        property(j, "fingerprint", str_of(r->fingerprint));
        property(j, "processor", r->machine.cpu);
        property(j, "microcode", r->machine.microcode);
        property(j, "system", r->machine.os);
        for (uint32_t i = 0; i < r->machine.unread_count; i++)
                property(j, "not-read", r->machine.unread[i].name);
        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                property(j, "note", r->machine.notes.items[i]);
}

static void tool(struct json *j, const struct verdict *r, struct arena *a) {
        json_begin_object(j, "assessment-assets");
        json_begin_array(j, "components");
        json_begin_object(j, NULL);
        identifier(j, "uuid", a, "tool", tool_key(r));
        json_c(j, "type", "software");
        json_c(j, "title", "sidelight");
        markup(j, "description", a, str_fmt(a, "sidelight " SIDELIGHT_VERSION ", data of %.*s (%.*s)", STR_ARG(summary_data(r->catalog)),
                                            STR_ARG(T(r->catalog->hash))));
        json_begin_object(j, "status");
        json_c(j, "state", "operational");
        json_end_object(j);
        json_end_object(j);
        json_end_array(j);
        json_begin_array(j, "assessment-platforms");
        json_begin_object(j, NULL);
        identifier(j, "uuid", a, "platform", tool_key(r));
        json_begin_array(j, "uses-components");
        json_begin_object(j, NULL);
        identifier(j, "component-uuid", a, "tool", tool_key(r));
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
}

/* The machine, and the tool. */
static void definitions(struct json *j, const struct verdict *r, struct str machine, struct arena *a) {
        json_begin_object(j, "local-definitions");
        json_begin_array(j, "inventory-items");
        json_begin_object(j, NULL);
        identifier(j, "uuid", a, "machine", machine);
        markup(j, "description", a, r->machine.name);
        json_begin_array(j, "props");
        machine_properties(j, r);
        json_end_array(j);
        json_end_object(j);
        json_end_array(j);
        tool(j, r, a);
        json_end_object(j);
}

/* Of flaw remediation these objectives were looked at, and no others. */
static void reviewed(struct json *j, const struct verdict *r, struct arena *a) {
        json_begin_object(j, "reviewed-controls");
        json_begin_array(j, "control-selections");
        json_begin_object(j, NULL);
        json_begin_array(j, "include-controls");
        json_begin_object(j, NULL);
        json_c(j, "control-id", "si-2");
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
        json_end_array(j);
        json_begin_array(j, "control-objective-selections");
        json_begin_object(j, NULL);
        json_begin_array(j, "include-objectives");
        for (uint32_t i = 0; i < r->finding_count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "objective-id", objective(&r->findings[i], a));
                json_end_object(j);
        }
        json_end_array(j);
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
}

static void proof(struct json *j, const struct finding *f, struct arena *a) {
        if (f->evidence_count == 0)
                return;
        json_begin_array(j, "relevant-evidence");
        for (uint32_t i = 0; i < f->evidence_count; i++) {
                const struct quoted_fact *q = &f->evidence[i];

                json_begin_object(j, NULL);
                markup(j, "description", a, str_fmt(a, "%.*s = %.*s (%.*s)", STR_ARG(q->name), STR_ARG(q->value), STR_ARG(q->source)));
                json_end_object(j);
        }
        json_end_array(j);
}

static void origin(struct json *j, const struct verdict *r, struct str machine, struct arena *a) {
        json_begin_array(j, "origins");
        json_begin_object(j, NULL);
        json_begin_array(j, "actors");
        json_begin_object(j, NULL);
        json_c(j, "type", "tool");
        identifier(j, "actor-uuid", a, "tool", tool_key(r));
        json_end_object(j);
        json_end_array(j);
        json_end_object(j);
        json_end_array(j);
        json_begin_array(j, "subjects");
        json_begin_object(j, NULL);
        identifier(j, "subject-uuid", a, "machine", machine);
        json_c(j, "type", "inventory-item");
        json_end_object(j);
        json_end_array(j);
}

static void observation(struct json *j, const struct observed *o, const struct finding *f) {
        json_begin_object(j, NULL);
        identifier(j, "uuid", o->a, "observation", finding_key(o, f));
        markup(j, "title", o->a, T(f->flaw->name));
        markup(j, "description", o->a, f->reason);
        json_begin_array(j, "props");
        property(j, "flaw", T(f->flaw->id));
        property(j, "status", status_word(f->status));
        property(j, "owner", layer_word(f->owner));
        property(j, "rule", f->rule ? T(f->rule->id) : S(""));
        property(j, "at-stake", f->at_stake ? S("yes") : S("no"));
        for (uint32_t i = 0; i < f->flaw->cves.count; i++)
                property(j, "cve", T_AT(f->flaw->cves, i));
        json_end_array(j);
        json_begin_array(j, "methods");
        json_c(j, NULL, "TEST");
        json_end_array(j);
        origin(j, o->r, o->machine, o->a);
        proof(j, f, o->a);
        json_str(j, "collected", o->when);
        json_end_object(j);
}

static void finding(struct json *j, const struct observed *o, const struct finding *f) {
        json_begin_object(j, NULL);
        identifier(j, "uuid", o->a, "finding", finding_key(o, f));
        markup(j, "title", o->a, T(f->flaw->name));
        markup(j, "description", o->a, f->reason);
        json_begin_object(j, "target");
        json_c(j, "type", "objective-id");
        json_str(j, "target-id", objective(f, o->a));
        json_begin_object(j, "status");
        json_c(j, "state", states[f->status].state);
        json_c(j, "reason", states[f->status].reason);
        json_end_object(j);
        json_end_object(j);
        json_begin_array(j, "related-observations");
        json_begin_object(j, NULL);
        identifier(j, "observation-uuid", o->a, "observation", finding_key(o, f));
        json_end_object(j);
        json_end_array(j);
        if (f->ask.len)
                markup(j, "remarks", o->a, f->ask);
        json_end_object(j);
}

static void findings(struct json *j, const struct observed *o) {
        bool any = false;

        json_begin_array(j, "observations");
        for (uint32_t i = 0; i < o->r->finding_count; i++)
                observation(j, o, &o->r->findings[i]);
        json_end_array(j);
        for (uint32_t i = 0; i < o->r->finding_count; i++) {
                if (!o->r->findings[i].at_stake)
                        continue;
                if (!any)
                        json_begin_array(j, "findings");
                any = true;
                finding(j, o, &o->r->findings[i]);
        }
        if (any)
                json_end_array(j);
}

void oscal_add(struct report_writer *w, const struct verdict *r) {
        struct arena *a = r->facts->arena;
        struct arena_mark mark = arena_mark(a);
        const struct observed o = { r, machine_key(w, r), moment(w, r, a), a };
        struct json *j = &w->json;

        if (w->count == 0) {
                *j = (struct json){ .out = w->out };
                head(w, r);
        }
        json_begin_object(j, NULL);
        identifier(j, "uuid", a, "result", str_fmt(a, "%.*s\n%.*s", STR_ARG(o.machine), STR_ARG(o.when)));
        markup(j, "title", a, r->machine.name);
        markup(j, "description", a, r->failure.len ? r->failure : summary_answer(r, a));
        json_str(j, "start", o.when);
        json_str(j, "end", o.when);
        definitions(j, r, o.machine, a);
        reviewed(j, r, a);
        findings(j, &o);
        markup(j, "remarks", a, is_dated(r) ? summary_origin(r, a)
                                            : str_fmt(a, "%.*s: the times are those of judging", STR_ARG(summary_origin(r, a))));
        json_end_object(j);
        arena_release(a, mark);
}

void oscal_end(struct report_writer *w) {
        json_end_array(&w->json);
        json_end_object(&w->json);
        json_end_object(&w->json);
        out_char(w->out, '\n');
}
