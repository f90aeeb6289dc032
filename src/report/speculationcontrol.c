/* The properties of Microsoft's PowerShell module SpeculationControl (Get-SpeculationControlSettings), name for name and value for
 * value, so that scripts which read them can change over; what each is, is data (windows/properties.yaml). What sidelight itself
 * finds stands beside them. */
#include "report/formats.h"

enum kind { ABSENT, EMPTY, BOOLEAN, NUMBER, WORD };

struct value {
        enum kind kind;
        bool yes;
        uint64_t number;
        struct str word;
};

/* A condition that is not there says nothing against the property. */
static enum tri optional(struct facts *f, condition c) {
        return c == NO_CONDITION ? TRI_TRUE : condition_eval(f, c);
}

static struct value truth_of(struct facts *f, const struct module_property *p) {
        enum tri t = p->never != NO_CONDITION && condition_eval(f, p->never) == TRI_TRUE ? TRI_FALSE : condition_eval(f, p->is);

        return t == TRI_UNKNOWN ? (struct value){ .kind = EMPTY } : (struct value){ .kind = BOOLEAN, .yes = t == TRI_TRUE };
}

static struct value number_of(struct facts *f, const struct module_property *p) {
        const struct fact *v = facts_get(f, p->number - 1u);

        return v->state == FACT_KNOWN ? (struct value){ .kind = NUMBER, .number = v->number } : (struct value){ .kind = EMPTY };
}

static struct value word_of(struct facts *f, const struct module_property *p) {
        enum tri any = TRI_FALSE;

        for (uint32_t i = 0; i < p->word_count; i++) {
                enum tri t = condition_eval(f, p->words[i].when);

                if (t == TRI_TRUE)
                        return (struct value){ .kind = WORD, .word = T(p->words[i].says) };
                any = tri_or(any, t);
        }
        return any == TRI_UNKNOWN ? (struct value){ .kind = EMPTY } : (struct value){ .kind = WORD, .word = S("UNKNOWN_VALUE") };
}

static struct value value_of(struct facts *f, const struct module_property *p) {
        if (optional(f, p->shown) != TRI_TRUE)
                return (struct value){ .kind = ABSENT };
        if (optional(f, p->known) != TRI_TRUE)
                return (struct value){ .kind = EMPTY };
        return p->number ? number_of(f, p) : p->word_count ? word_of(f, p) : truth_of(f, p);
}

static void add_line(struct out *o, int width, struct str name, const struct value *v) {
        out_fmt(o, "%.*s%*s : ", STR_ARG(name), width - (int)name.len, "");
        if (v->kind == BOOLEAN)
                out_c(o, v->yes ? "True" : "False");
        else if (v->kind == NUMBER)
                out_u64(o, v->number);
        else if (v->kind == WORD)
                out_str(o, v->word);
        out_char(o, '\n');
}

/* As PowerShell's Format-List: names padded to the longest one, $null as nothing. */
void speculationcontrol_add(struct report_writer *w, const struct verdict *r) {
        const struct catalog *c = r->facts->catalog;
        struct out *o = w->out;
        int width = 0;

        for (uint32_t i = 0; i < c->property_count; i++)
                width = c->properties[i].name.len > width ? (int)c->properties[i].name.len : width;
        for (uint32_t i = 0; i < c->property_count; i++) {
                struct value v = value_of(r->facts, &c->properties[i]);

                if (v.kind != ABSENT)
                        add_line(o, width, T(c->properties[i].name), &v);
        }
        out_c(o, "\n# What sidelight finds, by more than these answers:\n");
        for (uint32_t i = 0; i < r->finding_count; i++) {
                const struct finding *found = &r->findings[i];

                if (found->status != STATUS_NOT_AFFECTED)
                        out_fmt(o, "# %.*s: %.*s, %.*s\n", STR_ARG(T(found->flaw->name)), STR_ARG(status_word(found->status)),
                                STR_ARG(found->reason));
        }
}

static void add_member(struct json *j, struct str name, const struct value *v) {
        json_key(j, name);
        if (v->kind == EMPTY)
                json_put_null(j, NULL);
        else if (v->kind == BOOLEAN)
                json_bool(j, NULL, v->yes);
        else if (v->kind == NUMBER)
                json_u64(j, NULL, v->number);
        else
                json_str(j, NULL, v->word);
}

/* The same as one JSON object; what sidelight finds is its last member. */
void speculationcontrol_json_add(struct report_writer *w, const struct verdict *r) {
        const struct catalog *c = r->facts->catalog;
        struct json j = { .out = w->out };

        json_begin_object(&j, NULL);
        for (uint32_t i = 0; i < c->property_count; i++) {
                struct value v = value_of(r->facts, &c->properties[i]);

                if (v.kind != ABSENT)
                        add_member(&j, T(c->properties[i].name), &v);
        }
        json_begin_object(&j, "sidelight");
        if (r->failure.len)
                json_str(&j, "error", r->failure);
        report_json_statuses(&j, r);
        json_end_object(&j);
        json_end_object(&j);
        out_char(w->out, '\n');
}
