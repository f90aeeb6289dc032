/* plan/edit: lines of kernel words, the files that are such lines, and boot entries. Each row is a file before and after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edit_changes.h"
#include "plan/edit/words.h"

#define REFUSED(line) "!" #line

struct row {
        const char *before, *changes, *after; /* after: NULL where nothing changes, "!LINE" where it is refused */
};

static void expect(struct arena *a, const struct row *r, size_t number, struct edited e) {
        if (r->after && r->after[0] == '!') {
                if (e.outcome != EDITED_REFUSED || e.line != (uint32_t)(r->after[1] - '0') || e.reason.len == 0)
                        fail_msg("row %zu: %s is not refused at %s, but %d at %u: %.*s", number, r->before, r->after + 1,
                                 (int)e.outcome, e.line, STR_ARG(e.reason));
                return;
        }
        if (e.outcome != (r->after ? EDITED_DONE : EDITED_SAME) || !str_eq(e.text, str_of(r->after ? r->after : r->before)))
                fail_msg("row %zu: %s becomes (%d)\n%.*s|%.*s", number, r->before, (int)e.outcome, STR_ARG(e.text), STR_ARG(e.reason));
        (void)a;
}

static void run_lines(const struct row *rows, size_t count, enum line_file kind) {
        for (size_t i = 0; i < count; i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct word_changes c = changes_of(&a, rows[i].changes);

                expect(&a, &rows[i], i, edit_line_file(&a, str_of(rows[i].before), kind, &c));
        }
}

static void run_entries(const struct row *rows, size_t count, enum entry_reader reader) {
        for (size_t i = 0; i < count; i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct word_changes c = changes_of(&a, rows[i].changes);

                expect(&a, &rows[i], i, edit_entry(&a, str_of(rows[i].before), reader, &c));
        }
}
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void test_words(void **state) {
        static const struct row rows[] = {
                { "quiet nopti ro\n", "-nopti", "quiet ro\n" },
                { "nopti quiet", "-nopti", "quiet" },
                { "quiet nopti", "-nopti", "quiet" },
                { "nopti mds=off x\n", "-nopti -mds", "x\n" },
                { "nopti\n", "-nopti", "\n" },
                { "a  nopti  b\n", "-nopti", "a   b\n" },
                { "a\tnopti\tb\n", "-nopti", "a\tb\n" },
                { "mitigations=off a mitigations=off", "-mitigations=off", "a" },
                /* whole words */
                { "foo.mitigations=off xnopti nopti2", "-mitigations -nopti", NULL },
                { "mitigations=auto,nosmt", "-mitigations=off", NULL },
                { "mitigations=off,nosmt mitigations=offx", "-mitigations=off", NULL },
                { "mitigations=auto,nosmt a", "-mitigations", "a" },
                { "nosmt=force", "-nosmt=0", NULL },
                { "nospectre_v1=0 a", "-nospectre_v1", "a" },
                { "MDS=off Nopti", "-mds=off -nopti", NULL },
                /* quotes are the kernel's */
                { "dyndbg=\"file a.c +p; mitigations=off\" b", "-mitigations", NULL },
                { "a \"mitigations=off\" b", "-mitigations=off", "a b" },
                { "a mitigations=\"off\" b", "-mitigations=off", "a b" },
                { "a 'mitigations=off' b", "-mitigations=off", NULL },
                { "a dyndbg=\"x y\" b", "-dyndbg", "a b" },
                { "a \"dyndbg=x y\" b", "-dyndbg", "a b" },
                /* '-' and '_' */
                { "a mmio-stale-data=off spectre-v2=off", "-mmio_stale_data=off -spectre_v2=off", "a" },
                { "kvm_intel.vmentry_l1d_flush=never x", "-kvm-intel.vmentry_l1d_flush=never", "x" },
                /* behind "--": what x86 scans for counts, other words are init's */
                { "a -- nopti spectre_v2=off mds=off", "-nopti -spectre_v2=off -mds=off", "a -- mds=off" },
                { "a -- no-pti \"nopti\"", "-nopti", NULL },
                { "a --- mds=off", "-mds=off", "a ---" },
                /* the scanner looks into quotes */
                { "a\nfoo=\"b nopti c\"", "-nopti", REFUSED(2) },
                { "foo=\"b nopti\"", "-nopti", NULL },
                /* adding */
                { "quiet\n", "+nosmt", "quiet nosmt\n" },
                { "quiet  \n", "+nosmt", "quiet nosmt  \n" },
                { "", "+nosmt", "nosmt" },
                { "\n", "+nosmt", "nosmt\n" },
                { "a nosmt b", "+nosmt", NULL },
                { "nosmt=force", "+nosmt", "nosmt=force nosmt" },
                { "l1tf=full,force l1tf=off", "+l1tf=full,force", "l1tf=full,force l1tf=off l1tf=full,force" },
                { "a -- b", "+nosmt +x=1", "a nosmt x=1 -- b" },
                { "-- b", "+nosmt", "nosmt -- b" },
                { "a -- nosmt", "+nosmt", "a nosmt -- nosmt" },
                { "a", "+x=\"y", REFUSED(0) },
                { "a\nb=\"c", "+nosmt", REFUSED(2) },
                { "nopti b=\"c", "-nopti", "b=\"c" },
                /* both */
                { "mitigations=off quiet\n", "-mitigations+mitigations=auto,nosmt", "quiet mitigations=auto,nosmt\n" },
                { "mitigations=off\r\n", "-mitigations+mitigations=auto", "mitigations=auto\r\n" },
                { "a mitigations=auto b", "-mitigations+mitigations=auto", NULL },
                { "mitigations=auto mitigations=off", "-mitigations=off+mitigations=auto", "mitigations=auto" },
                { "", "-nopti", NULL },
        };

        (void)state;
        run_lines(rows, COUNT(rows), LINE_FILE_KERNEL_INSTALL);
}

static void test_line_files(void **state) {
        static const struct row kernel_install[] = {
                { "root=/dev/sda1\nquiet nopti\nmds=off\n", "-nopti -mds +nosmt", "root=/dev/sda1\nquiet\nnosmt\n" },
                { "# nopti is bad\nquiet\n", "-nopti", REFUSED(1) },
                { "# a comment\nnopti quiet\n", "-nopti", "# a comment\nquiet\n" },
                { "quiet\n# a comment\n", "+nosmt", "quiet nosmt\n# a comment\n" },
        };
        static const struct row mkinitcpio[] = {
                { "# nopti is bad\n#mds=off\nnopti quiet\n", "-nopti -mds", "# nopti is bad\n#mds=off\nquiet\n" },
                { "# all\n", "+nosmt", "# all\nnosmt" },
        };
        static const struct row first_line[] = {
                { "console=serial0 nopti rootwait\nnopti\n", "-nopti", "console=serial0 rootwait\nnopti\n" },
                { "nopti rootwait", "-nopti+nosmt", "rootwait nosmt" },
                { "rootwait\r\n", "+nosmt", "rootwait nosmt\r\n" },
                { "#nopti nopti\n", "-nopti", "#nopti\n" },
                { "\nnopti\n", "-nopti", NULL },
        };

        (void)state;
        run_lines(kernel_install, COUNT(kernel_install), LINE_FILE_KERNEL_INSTALL);
        run_lines(mkinitcpio, COUNT(mkinitcpio), LINE_FILE_MKINITCPIO);
        run_lines(first_line, COUNT(first_line), LINE_FILE_FIRST_LINE);
}

#define ENTRY "title Linux\nversion 6.1\nlinux /vmlinuz\n"

static void test_entries(void **state) {
        static const struct row systemd_boot[] = {
                { ENTRY "options root=UUID=1 nopti ro\n", "-nopti", ENTRY "options root=UUID=1 ro\n" },
                { ENTRY "options\tnopti\noptions  mds=off  ro # x\n", "-nopti -mds", ENTRY "options\t\noptions   ro # x\n" },
                { "  options nopti\n# options nopti\n" ENTRY, "-nopti", "  options \n# options nopti\n" ENTRY },
                { "options ro\n" ENTRY "options quiet\ninitrd /i\n", "+nosmt", "options ro\n" ENTRY "options quiet nosmt\ninitrd /i\n" },
                { ENTRY "initrd /i\n", "+nosmt", ENTRY "options nosmt\ninitrd /i\n" },
                { "linux /v\noptions", "+nosmt", "linux /v\noptions nosmt" },
                { "linux /v\noptions nopti", "-nopti+nosmt", "linux /v\noptions nosmt" },
                { "title x\nlinux /v", "+nosmt", "title x\nlinux /v\noptions nosmt\n" },
                { ENTRY "initrd /i\n", "-nopti", NULL },
                { "title x\n", "+nosmt", REFUSED(0) },
                { ENTRY "options a='b nopti c' $x;\n", "-nopti", ENTRY "options a='b c' $x;\n" },
        };
        static const struct row grub[] = {
                { ENTRY "options $kernelopts nopti $tuned_params\n", "-nopti", ENTRY "options $kernelopts $tuned_params\n" },
                { ENTRY "options a='b mds=off c' mds=off\n", "-mds", ENTRY "options a='b mds=off c'\n" },
                { ENTRY "options a=b\\ mds=off mds=\\off\n", "-mds=off", ENTRY "options a=b\\ mds=off\n" },
                { ENTRY "options 'mds=off' \"nopti\" x\n", "-mds=off -nopti", ENTRY "options x\n" },
                { ENTRY "options a='b nopti c'\n", "-nopti", REFUSED(4) },
                { ENTRY, "+nosmt", REFUSED(0) },
                { ENTRY "options a;b nopti\n", "-nopti", REFUSED(4) },
                { ENTRY "options a #b nopti\n", "-nopti", REFUSED(4) },
                { ENTRY "options a 'b nopti\n", "-nopti", REFUSED(4) },
                { ENTRY "options foo=\\\"\\ mds=off\\ x\n", "-mds=off", REFUSED(4) },
        };

        (void)state;
        run_entries(systemd_boot, COUNT(systemd_boot), ENTRY_SYSTEMD_BOOT);
        run_entries(grub, COUNT(grub), ENTRY_GRUB);
        assert_true(entry_is_rescue(S("abc-0-rescue.conf")));
        assert_false(entry_is_rescue(S("abc-6.1.0-18-amd64.conf")));
}

/* ---- Generated lines ---- */

static uint32_t next(uint32_t *seed, uint32_t bound) {
        *seed = *seed * 1664525 + 1013904223;
        return (*seed >> 8) % bound;
}

static struct str made_line(struct arena *a, uint32_t *seed) {
        static const char *const pieces[] = { "nopti", "mds=off", " ", "  ", "\t", "\"", "a b", "quiet", "--", "=", "'", "x=\"y nopti\"", "\\", "$v", "no-pti" };
        struct str line = S("");

        for (uint32_t i = next(seed, 12); i > 0; i--)
                line = str_fmt(a, "%.*s%s%s", STR_ARG(line), pieces[next(seed, sizeof(pieces) / sizeof(pieces[0]))], next(seed, 2) ? " " : "");
        return line;
}

/* What was removed is not there, and a second time changes nothing. Where a line has words and no blanks in
 * front, adding a word and removing it is the identity. */
static void test_generated(void **state) {
        static const struct row r = { "", "-nopti -mds +nosmt", "" };
        uint32_t seed = 1;

        (void)state;
        for (int round = 0; round < 20000; round++) {
                ARENA_AUTO struct arena a = { 0 };
                struct str line = made_line(&a, &seed);
                struct word_changes c = changes_of(&a, r.changes), add = changes_of(&a, "+q=1"), remove = changes_of(&a, "-q=1");
                struct edited once = edit_line_file(&a, line, LINE_FILE_FIRST_LINE, &c), twice;

                if (once.outcome == EDITED_REFUSED)
                        continue;
                twice = edit_line_file(&a, once.text, LINE_FILE_FIRST_LINE, &c);
                if (twice.outcome != EDITED_SAME || words_hold(&a, once.text, WORDS_KERNEL, S("nopti")) ||
                    words_hold(&a, once.text, WORDS_KERNEL, S("mds")))
                        fail_msg("round %d: %.*s becomes %.*s and %.*s", round, STR_ARG(line), STR_ARG(once.text), STR_ARG(twice.text));
                line = str_trim(line);
                once = edit_line_file(&a, line, LINE_FILE_FIRST_LINE, &add);
                if (once.outcome != EDITED_REFUSED && line.len && !str_eq(edit_line_file(&a, once.text, LINE_FILE_FIRST_LINE, &remove).text, line))
                        fail_msg("round %d: %.*s becomes %.*s, and not back", round, STR_ARG(line), STR_ARG(once.text));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_line_files),
                cmocka_unit_test(test_entries),
                cmocka_unit_test(test_generated),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
