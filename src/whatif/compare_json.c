#include "whatif/compare.h"

#include "plan/summary.h"

static struct str name_of(struct arena *a, const struct difference *d) {
        return compare_name(a, d->a ? d->a : d->b);
}

static void write_difference(struct json *j, struct arena *a, const struct difference *d) {
        json_begin_object(j, NULL);
        json_str(j, "record", name_of(a, d));
        json_str(j, "before", compare_value(a, d->a));
        json_str(j, "after", compare_value(a, d->b));
        json_end_object(j);
}

static void write_turn(struct json *j, struct arena *a, const struct turn *t) {
        json_begin_object(j, NULL);
        json_str(j, "id", T(t->a->flaw->id));
        json_str(j, "before", status_word(t->a->status));
        json_str(j, "after", status_word(t->b->status));
        json_begin_array(j, "causes");
        for (ptrdiff_t n = 0; n < t->count; n++)
                json_str(j, NULL, name_of(a, t->items[n]));
        json_end_array(j);
        json_begin_array(j, "settings");
        for (ptrdiff_t n = 0; n < t->settings.count; n++)
                json_str(j, NULL, t->settings.items[n].text);
        json_end_array(j);
        json_end_object(j);
}

void compare_json(struct json *j, struct arena *a, const struct verdict *before, const struct verdict *after, const struct differences *evidence,
                  const struct turns *turns) {
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
        json_str(j, "before", before->source);
        json_str(j, "after", after->source);
        summary_json_program(j, after->catalog);
        json_str_or_null(j, "captured_before", before->captured);
        json_str_or_null(j, "captured_after", after->captured);
        json_begin_array(j, "evidence");
        for (ptrdiff_t i = 0; i < evidence->count; i++)
                write_difference(j, a, &evidence->items[i]);
        json_end_array(j);
        json_begin_array(j, "verdicts");
        for (ptrdiff_t i = 0; i < turns->count; i++)
                write_turn(j, a, &turns->items[i]);
        json_end_array(j);
        json_end_object(j);
}
