/* fleet: what a server took in, as messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fleet/store/body.h"
#include "fleet/bus/bus_message.h"

enum { BIG = 100 << 10, HOSTS = 12, MESSAGE = 1 << 20 };

/* Hosts of two kinds, whose evidence came with the first of each. */
static void gather(struct store *s, struct arena *a) {
        char *noise = arena_bytes(a, BIG);
        uint32_t seed = 1;

        for (int i = 0; i < BIG; i++)
                noise[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
        for (int i = 0; i < HOSTS; i++)
                *arena_append(a, &s->reports) = (struct store_report){
                        .tenant = 1, .time = 100 + i, .host = str_fmt(a, "host-%d", i), .ident = S(""), .origin = S("http"),
                        .fingerprint = i % 2 ? S("1111111111111111111111111111111111111111111111111111111111111111")
                                             : S("2222222222222222222222222222222222222222222222222222222222222222"),
                        .tags = i == 0 ? S("") : (struct str){ 0 }, .redacted = i == 1,
                        .body = i < 2 ? str_n(noise, BIG - i) : (struct str){ 0 }, .size = i < 2 ? 2 * BIG : 0 };
}

static void comes_back_as_it_was(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct bus_pieces pieces = { 0 };
        struct store s = { .restored = 3 };
        struct bus_content c;
        struct diag d = { 0 };

        (void)state;
        gather(&s, &a);
        *arena_append(&a, &s.asides) = (struct store_aside){ .tenant = 2, .name = S("x"), .reason = S("why"), .bytes = S("a\nb"), .time = 7 };
        *arena_append(&a, &s.resources) = (struct store_resource){ .tenant = 1, .name = S("vm"), .title = S(""), .type = S("t"), .offering = S("o"),
                                                                   .provider = S("p"), .os = S("Linux"), .time = 8 };
        assert_true(bus_message_write(&pieces, &a, &s, MESSAGE));
        assert_int_equal(pieces.count, 1);
        assert_int_equal(bus_message_read(&c, &a, pieces.items[0], &d), 0);
        assert_int_equal(c.restored, 3);
        assert_int_equal(c.reports.count, HOSTS);
        assert_int_equal(c.asides.count, 1);
        assert_int_equal(c.resources.count, 1);
        for (int i = 0; i < HOSTS; i++) {
                const struct store_report *x = &s.reports.items[i], *y = &c.reports.items[i];

                assert_true(str_eq(x->host, y->host) && str_eq(x->fingerprint, y->fingerprint) && x->time == y->time && x->redacted == y->redacted);
                assert_true(str_eq(x->body, y->body) && x->size == y->size && !x->tags.p == !y->tags.p);
        }
        assert_true(str_eq(c.asides.items[0].bytes, S("a\nb")) && c.asides.items[0].tenant == 2 && c.asides.items[0].time == 7);
        assert_true(str_eq(c.resources.items[0].os, S("Linux")) && c.resources.items[0].time == 8);
}

/* Each message can be understood without the one before. */
static void each_piece_has_what_it_names(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct bus_pieces pieces = { 0 };
        struct store s = { 0 };
        struct diag d = { 0 };
        int reports = 0;

        (void)state;
        gather(&s, &a);
        for (int i = 2; i < HOSTS; i++)
                s.reports.items[i].tags = str_n(s.reports.items[0].body.p, BIG);
        assert_true(bus_message_write(&pieces, &a, &s, MESSAGE));
        assert_true(pieces.count > 3);
        for (ptrdiff_t p = 0; p < pieces.count; p++) {
                struct bus_content c;
                bool has[2] = { false, false };

                assert_int_equal(bus_message_read(&c, &a, pieces.items[p], &d), 0);
                for (ptrdiff_t i = 0; i < c.reports.count; i++, reports++) {
                        bool *known = &has[c.reports.items[i].fingerprint.p[0] == '1'];

                        assert_true(*known || c.reports.items[i].body.len > 0);
                        assert_true(c.reports.items[i].body.len == 0 || c.reports.items[i].size == 2 * BIG);
                        *known = true;
                }
        }
        assert_int_equal(reports, HOSTS);
}

static void what_is_too_long_is_told(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct bus_pieces pieces = { 0 };
        struct store s = { 0 };

        (void)state;
        gather(&s, &a);
        assert_false(bus_message_write(&pieces, &a, &s, BIG));
}

static void what_is_no_message_is_refused(void **state) {
        static const char *const rows[] = { "", "x", "\n", "sidelight reports 1 \n", "sidelight reports 1 5\nabcde", "sidelight reports 2 0\n",
                                            "sidelight reports 1 99999999999\nx" };
        ARENA_AUTO struct arena a = { 0 };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct bus_content c;
                struct diag d = { 0 };

                assert_int_equal(bus_message_read(&c, &a, str_of(rows[i]), &d), -1);
                assert_int_equal(d.class, DIAG_INPUT);
        }
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(comes_back_as_it_was),
                cmocka_unit_test(each_piece_has_what_it_names),
                cmocka_unit_test(what_is_too_long_is_told),
                cmocka_unit_test(what_is_no_message_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
