/* JSON: any bytes are refused with a message or read; what was read is written and read back as the same; a text that comes in
 * pieces is read as the same. */
#include "base/json.h"
#include "base/json_value.h"
#include "fuzz.h"

static void write_value(struct json *j, const struct json_value *v) {
        switch (v->type) {
        case JSON_OBJECT:
                json_begin_object(j, NULL);
                for (ptrdiff_t i = 0; i < v->count; i++) {
                        json_key(j, v->members[i].key);
                        write_value(j, &v->members[i].value);
                }
                json_end_object(j);
                break;
        case JSON_ARRAY:
                json_begin_array(j, NULL);
                for (ptrdiff_t i = 0; i < v->count; i++)
                        write_value(j, &v->items[i]);
                json_end_array(j);
                break;
        case JSON_STRING:
                json_str(j, NULL, v->text);
                break;
        case JSON_NUMBER:
                json_raw(j, NULL, v->text);
                break;
        default:
                json_raw(j, NULL, str_of(json_type_word(v->type)));
        }
}

static void write_text(struct out *o, const struct json_value *v) {
        struct json j = { .out = o };

        write_value(&j, v);
}

/* No beginning of a good text is bad: more may follow. */
static void read_beginnings(struct arena *a, struct str text) {
        struct json_parser j = { .a = a, .copy = true };
        struct json_value v;

        for (ptrdiff_t n = 1; n < text.len && n < 200; n++) {
                j.p = text.p;
                j.end = text.p + n;
                FUZZ_PROMISE(json_parse(&j, &v) != JSON_BAD);
        }
        json_parser_free(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str text = str_n((const char *)data, (ptrdiff_t)size);
        struct arena a = { 0 };
        struct out one = { 0 }, two = { 0 };
        struct json_value v, again;
        struct diag d = { 0 };

        if (json_read(&a, "fuzz", text, &v, &d) < 0) {
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
        } else {
                write_text(&one, &v);
                FUZZ_PROMISE(json_read(&a, "fuzz", out_text(&one), &again, &d) == 0);
                write_text(&two, &again);
                FUZZ_PROMISE(str_eq(out_text(&one), out_text(&two)));
                read_beginnings(&a, out_text(&one));
        }
        out_free(&one);
        out_free(&two);
        arena_free(&a);
        return 0;
}
