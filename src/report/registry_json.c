/* `explain registry` for programs: docs/registry.schema.json describes it. */
#include "plan/registry_value.h"
#include "plan/summary.h"
#include "report/explain.h"

static void hex(struct json *j, const char *key, uint32_t value) {
        ARENA_AUTO struct arena a = { 0 };

        json_str(j, key, str_fmt(&a, "0x%08x", value));
}

static void meaning(struct json *j, uint32_t n, const struct registry_bit *b) {
        json_begin_object(j, NULL);
        json_u64(j, "bit", n);
        hex(j, "hex", 1u << n);
        json_str_or_null(j, "vendor", b ? T(b->vendor) : S(""));
        json_str_or_null(j, "title", b ? T(b->title) : S(""));
        if (b)
                json_bool(j, "off", b->off);
        else
                json_put_null(j, "off");
        json_end_object(j);
}

/* A bit may mean several things; one that nobody has described is told, too. */
static void bit(struct json *j, const struct catalog *c, uint32_t n, struct str vendor) {
        bool known = false;

        for (uint32_t i = 0; i < c->registry_bit_count; i++) {
                const struct registry_bit *b = &c->registry_bits[i];

                if (b->bit != n || (vendor.len && b->vendor.len && !str_eq(T(b->vendor), vendor)))
                        continue;
                meaning(j, n, b);
                known = true;
        }
        if (!known)
                meaning(j, n, NULL);
}

static void setting(struct json *j, const char *key, const struct catalog *c, uint32_t value, uint32_t mask, struct str vendor) {
        json_begin_object(j, key);
        json_u64(j, "override", value);
        hex(j, "hex", value);
        json_u64(j, "mask", mask);
        json_begin_array(j, "bits");
        for (uint32_t n = 0; n < 32; n++)
                if (value >> n & 1)
                        bit(j, c, n, vendor);
        json_end_array(j);
        json_end_object(j);
}

static void begin(struct json *j, const struct catalog *c) {
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
        summary_json_program(j, c);
}

static void end(struct json *j) {
        json_end_object(j);
        out_char(j->out, '\n');
}

void registry_value_json(const struct catalog *c, uint32_t value, struct out *o) {
        struct json j = { .out = o };

        begin(&j, c);
        setting(&j, "value", c, value, REGISTRY_MASK, S(""));
        end(&j);
}

bool registry_override(const struct step *s, uint32_t *ret) {
        uint64_t value;

        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (str_eq(s->changes.items[i].target.key, S("FeatureSettingsOverride")) && str_to_u64(s->changes.items[i].new, &value)) {
                        *ret = (uint32_t)value;
                        return true;
                }
        return false;
}

void registry_machine_json(const struct verdict *r, const struct registry_choice *choice, const struct plan *plan, struct out *o) {
        struct json j = { .out = o };
        uint32_t value;

        begin(&j, r->catalog);
        json_str(&j, "source", r->source);
        json_str_or_null(&j, "captured", r->captured);
        json_begin_object(&j, "host");
        json_str_or_null(&j, "name", r->machine.name);
        report_json_machine(&j, &r->machine);
        setting(&j, "now", r->catalog, choice->current, choice->current_mask, choice->vendor);
        json_begin_array(&j, "steps");
        for (ptrdiff_t i = 0; i < plan->count; i++) {
                json_begin_object(&j, NULL);
                explain_step_json(&j, &plan->items[i]);
                if (registry_override(&plan->items[i], &value))
                        setting(&j, "value", r->catalog, value, REGISTRY_MASK, choice->vendor);
                else
                        json_put_null(&j, "value");
                json_end_object(&j);
        }
        json_end_array(&j);
        end(&j);
}
