/* plan/edit: files of other loaders, each with its own syntax. Each row is a file before and after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edit_changes.h"

struct row {
        const char *before, *changes, *after; /* after: NULL where nothing changes, "!LINE" where it is refused */
};

typedef struct edited editor(struct arena *a, struct str text, const struct word_changes *changes);

static void run(const struct row *rows, size_t count, editor *edit) {
        for (size_t i = 0; i < count; i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct word_changes c = changes_of(&a, rows[i].changes);
                const char *after = rows[i].after;
                struct edited e = edit(&a, str_of(rows[i].before), &c);

                if (after && after[0] == '!') {
                        if (e.outcome != EDITED_REFUSED || e.line != (uint32_t)(after[1] - '0') || e.reason.len == 0)
                                fail_msg("row %zu: not refused at %s, but %d at %u: %.*s", i, after + 1, (int)e.outcome, e.line, STR_ARG(e.reason));
                } else if (e.outcome != (after ? EDITED_DONE : EDITED_SAME) || !str_eq(e.text, str_of(after ? after : rows[i].before))) {
                        fail_msg("row %zu: %s becomes (%d, %.*s)\n%.*s", i, rows[i].before, (int)e.outcome, STR_ARG(e.reason), STR_ARG(e.text));
                }
        }
}
#define RUN(rows, edit) run((rows), sizeof(rows) / sizeof((rows)[0]), (edit))

static void test_extlinux(void **state) {
        static const struct row rows[] = {
                { "DEFAULT lts\nLABEL lts\n  MENU LABEL Linux lts\n  LINUX vmlinuz-lts\n  APPEND root=UUID=1 nopti quiet\n", "-nopti",
                  "DEFAULT lts\nLABEL lts\n  MENU LABEL Linux lts\n  LINUX vmlinuz-lts\n  APPEND root=UUID=1 quiet\n" },
                { "label l0\n\tmenu label Debian 6.1\n\tappend root=/dev/sda1 ro nopti\n\nlabel l0r\n\tmenu label Debian 6.1 (rescue target)\n\tappend nopti single\n",
                  "-nopti+nosmt", "label l0\n\tmenu label Debian 6.1\n\tappend root=/dev/sda1 ro nosmt\n\nlabel l0r\n\tmenu label Debian 6.1 (rescue target)\n\tappend nopti single\n" },
                { "append nopti a\nlabel x\nappend b\n# append nopti\nappends nopti\n", "-nopti", "append a\nlabel x\nappend b\n# append nopti\nappends nopti\n" },
                { "label x\n  append a=\"b nopti c\"\n", "-nopti", "!2" },
                { "label x\n  kernel y\n", "-nopti", NULL },
                { "\nlabel x\n  kernel y\nlabel z\nkernel y\nappend a\n", "+nosmt", "!2" },
                { "label z\nkernel y\nappend a\nlabel x\n  linux y\n", "+nosmt", "!4" },
                { "append b\nlabel x\n  kernel y\nlabel rescue\nkernel z\n", "+nosmt", "append b nosmt\nlabel x\n  kernel y\nlabel rescue\nkernel z\n" },
                { "timeout 3\n", "+nosmt", "!0" },
        };

        (void)state;
        RUN(rows, edit_extlinux);
}

static void test_refind(void **state) {
        static const struct row rows[] = {
                { "# \"x\" \"nopti\"\n\"Boot with standard options\"  \"ro root=UUID=1 nopti\"\n\"Boot to single-user mode\" \"ro nopti single\"\n\n", "-nopti",
                  "# \"x\" \"nopti\"\n\"Boot with standard options\"  \"ro root=UUID=1\"\n\"Boot to single-user mode\" \"ro nopti single\"\n\n" },
                { "\"A\" \"ro\"\r\n\"B \"\"2\"\"\" \"ro initrd=\\i-%v.img\"", "+nosmt", "\"A\" \"ro nosmt\"\r\n\"B \"\"2\"\"\" \"ro initrd=\\i-%v.img nosmt\"" },
                { "\"A\" \"\"\n", "+nosmt", "\"A\" \"nosmt\"\n" },
                { "\"A\" \"ro\"\n\"B\" \"x=\"\"a nopti\"\"\"\n", "-nopti", "!2" },
                { "\"A\" ro\n", "-nopti", "!1" },
                { "A \"ro\"\n", "-nopti", "!1" },
                { "# x\n\"single-user\" \"a\"\n", "+nosmt", "!0" },
        };

        (void)state;
        RUN(rows, edit_refind_linux);
}

static void test_mariner(void **state) {
        static const struct row rows[] = {
                { "# GRUB Environment Block\nmariner_cmdline=init=/lib/systemd/systemd ro nopti\nmariner_linux=vmlinuz\n", "-nopti",
                  "# GRUB Environment Block\nmariner_cmdline=init=/lib/systemd/systemd ro\nmariner_linux=vmlinuz\n" },
                { "mariner_linux=vmlinuz\n", "-nopti", NULL },
                { "mariner_linux=vmlinuz\n", "+nosmt", "!0" },
        };

        (void)state;
        RUN(rows, edit_mariner);
}

#define STUB(options) "{\n  \"default\": {\n    \"kernel_options\": [\n      \"quiet\"\n    ]\n  },\n  \"user\": {\n    \"kernel_options\": " options ",\n    \"x\": 1\n  }\n}\n"

static void test_kernelstub(void **state) {
        static const struct row rows[] = {
                { STUB("[\n      \"quiet\",\n      \"nopti\",\n      \"splash\"\n    ]"), "-nopti", STUB("[\n      \"quiet\",\n      \"splash\"\n    ]") },
                { STUB("[\n      \"nopti\",\n      \"splash\"\n    ]"), "-nopti", STUB("[\n      \"splash\"\n    ]") },
                { STUB("[\n      \"splash\",\n      \"nopti\"\n    ]"), "-nopti", STUB("[\n      \"splash\"\n    ]") },
                { STUB("[\"nopti\", \"mds=off\", \"a\", \"mds=off\", \"nopti\"]"), "-nopti -mds", STUB("[\"a\"]") },
                { STUB("[\"nopti\", \"mds=off\"]"), "-nopti -mds", STUB("[]") },
                { STUB("[\"nopti\"]"), "-nopti+nosmt", STUB("[\"nosmt\"]") },
                { STUB("[\n      \"quiet\",\n      \"splash\"\n    ]"), "+nosmt", STUB("[\n      \"quiet\",\n      \"splash\",\n      \"nosmt\"\n    ]") },
                { STUB("[\n      \"quiet\",\n      \"mitigations=off\"\n    ]"), "-mitigations+mitigations=auto", STUB("[\n      \"quiet\",\n      \"mitigations=auto\"\n    ]") },
                { STUB("[]"), "+nosmt +x=1", STUB("[\"nosmt\", \"x=1\"]") },
                { STUB("[\"a nopti b\"]"), "-nopti", STUB("[\"a b\"]") },
                { STUB("[\"nosmt\"]"), "+nosmt", NULL },
                { STUB("[\"l1tf=full\", \"l1tf=off\"]"), "+l1tf=full", STUB("[\"l1tf=full\", \"l1tf=off\", \"l1tf=full\"]") },
                { STUB("\"quiet nopti\""), "-nopti+nosmt", STUB("\"quiet nosmt\"") },
                { STUB("[\"a\\u0020b\"]"), "-nopti", "!0" },
                { STUB("[1]"), "-nopti", "!0" },
                { STUB("3"), "-nopti", "!0" },
                { "{}", "-nopti", "!0" },
                { "{", "-nopti", "!0" },
        };

        (void)state;
        RUN(rows, edit_kernelstub);
}

static void test_tuned(void **state) {
        static const struct row rows[] = {
                { "[main]\ncmdline=nopti\n[bootloader]\ncmdline_x=+quiet nopti\n", "-nopti", "!4" },
                { "[bootloader]\ncmdline = +nopti\n", "-nopti", "!2" },
                { "[bootloader]\n# cmdline=nopti\ncmdline=quiet\n[sysctl]\ncmdline=nopti\n", "-nopti", NULL },
        };

        (void)state;
        RUN(rows, look_at_tuned);
}

/* ---- grubenv ---- */

#define HEAD "# GRUB Environment Block\n"

static struct str block(struct arena *a, const char *lines) {
        char *bytes = arena_bytes(a, 1024);
        ptrdiff_t n = (ptrdiff_t)strlen(HEAD) + (ptrdiff_t)strlen(lines);

        memset(bytes, '#', 1024);
        memcpy(bytes, HEAD, strlen(HEAD));
        memcpy(bytes + strlen(HEAD), lines, strlen(lines));
        assert_true(n <= 1024);
        return str_n(bytes, 1024);
}

static void test_grubenv_get(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = block(&a, "# WARNING: x=1\nsaved_entry=0\na=b\\\\c\\\nd=1\nx_saved_entry=2\n"), value;

        (void)state;
        assert_true(grubenv_get(&a, text, S("saved_entry"), &value) && str_eq(value, S("0")));
        assert_true(grubenv_get(&a, text, S("a"), &value) && str_eq(value, S("b\\c\nd=1")));
        assert_false(grubenv_get(&a, text, S("d"), &value));
        assert_false(grubenv_get(&a, text, S("# WARNING: x"), &value));
        assert_false(grubenv_get(&a, S("saved_entry=0\n"), S("saved_entry"), &value));
}

static void test_grubenv_set(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = block(&a, "# WARNING\nsaved_entry=0\nkernelopts=root=x nopti ro \nb=\\\nsaved_entry=7\n");
        struct word_changes c = changes_of(&a, "-nopti");
        struct edited e = grubenv_set(&a, text, S("saved_entry"), S("a\\b")), back;

        (void)state;
        assert_int_equal(e.outcome, EDITED_DONE);
        assert_true(str_eq(e.text, block(&a, "# WARNING\nsaved_entry=a\\\\b\nkernelopts=root=x nopti ro \nb=\\\nsaved_entry=7\n")));
        back = grubenv_set(&a, e.text, S("saved_entry"), S("0"));
        assert_true(str_eq(back.text, text));
        assert_int_equal(grubenv_set(&a, text, S("saved_entry"), S("0")).outcome, EDITED_SAME);
        assert_int_equal(grubenv_set(&a, text, S("next_entry"), (struct str){ 0 }).outcome, EDITED_SAME);
        e = grubenv_set(&a, text, S("b"), (struct str){ 0 });
        assert_true(str_eq(e.text, block(&a, "# WARNING\nsaved_entry=0\nkernelopts=root=x nopti ro \n")));
        e = grubenv_words(&a, text, S("kernelopts"), &c);
        assert_true(str_eq(e.text, block(&a, "# WARNING\nsaved_entry=0\nkernelopts=root=x ro \nb=\\\nsaved_entry=7\n")));
        assert_int_equal(grubenv_words(&a, text, S("tuned_params"), &c).outcome, EDITED_SAME);
        e = grubenv_set(&a, text, S("new"), S("1"));
        assert_true(grubenv_get(&a, e.text, S("new"), &back.text) && str_eq(back.text, S("1")));
}

static void test_grubenv_refused(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = block(&a, "a=1\n"), value = str_n(arena_alloc(&a, 1, 1000), 1000), nul = str_dup(&a, text);
        struct word_changes c = changes_of(&a, "+nosmt");

        (void)state;
        ((char *)nul.p)[1000] = '\0';
        memset((char *)value.p, 'x', 1000);
        assert_int_equal(grubenv_set(&a, text, S("b"), value).outcome, EDITED_REFUSED);
        assert_int_equal(grubenv_set(&a, str_sub(text, 0, 1023), S("b"), S("1")).outcome, EDITED_REFUSED);
        assert_int_equal(grubenv_set(&a, str_fmt(&a, "%.*s\n", STR_ARG(text)), S("b"), S("1")).outcome, EDITED_REFUSED);
        assert_int_equal(grubenv_set(&a, nul, S("b"), S("1")).outcome, EDITED_REFUSED);
        assert_int_equal(grubenv_set(&a, block(&a, "env_block=512+1\n"), S("b"), S("1")).outcome, EDITED_REFUSED);
        assert_int_equal(grubenv_words(&a, block(&a, "kernelopts=a \\\\ \n"), S("kernelopts"), &c).outcome, EDITED_REFUSED);
        assert_int_equal(grubenv_words(&a, block(&a, "kernelopts=a\\\\b\n"), S("kernelopts"), &c).outcome, EDITED_DONE);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_extlinux),     cmocka_unit_test(test_refind),      cmocka_unit_test(test_mariner),
                cmocka_unit_test(test_kernelstub),   cmocka_unit_test(test_tuned),       cmocka_unit_test(test_grubenv_get),
                cmocka_unit_test(test_grubenv_set),  cmocka_unit_test(test_grubenv_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
