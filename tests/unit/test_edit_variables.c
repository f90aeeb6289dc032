/* plan/edit: variables of files that a shell reads. Each row is a chain of files before, a change, and what becomes of the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edit_changes.h"

#define L "GRUB_CMDLINE_LINUX"
#define D "GRUB_CMDLINE_LINUX_DEFAULT"

/* Files are separated by "\f"; the first is a, the second b, … What is refused: "!FILE LINE". */
struct row {
        const char *before, *changes, *after;
};

static struct text_files files_of(struct arena *a, const char *text) {
        static const char *const names[] = { "a", "b", "c", "d" };
        struct text_file *items = arena_array(a, struct text_file, 4);
        struct str rest = str_of(text), piece;
        ptrdiff_t count = 0;

        while (str_cut(&rest, '\f', &piece))
                items[count] = (struct text_file){ .path = str_of(names[count]), .text = piece }, count++;
        return (struct text_files){ .items = items, .count = count };
}

static void expect_refused(const char *wanted, size_t number, const struct edited_files *e) {
        char found[64];

        (void)snprintf(found, sizeof(found), "!%.*s %u", STR_ARG(e->path), e->line);
        if (e->outcome != EDITED_REFUSED || e->reason.len == 0 || e->count || strcmp(found, wanted) != 0)
                fail_msg("row %zu: expected %s, found %d %s: %.*s", number, wanted, (int)e->outcome, found, STR_ARG(e->reason));
}

static void expect_files(struct text_files before, struct text_files after, size_t number, const struct edited_files *e) {
        ptrdiff_t changed = 0;

        for (ptrdiff_t i = 0; i < after.count; i++) {
                struct str text = before.items[i].text;

                for (ptrdiff_t k = 0; k < e->count; k++)
                        if (str_eq(e->items[k].path, after.items[i].path))
                                text = e->items[k].text, changed++;
                if (!str_eq(text, after.items[i].text))
                        fail_msg("row %zu: %.*s becomes (%d, %.*s)\n%.*s", number, STR_ARG(before.items[i].text), (int)e->outcome,
                                 STR_ARG(e->reason), STR_ARG(text));
        }
        if (changed != e->count || e->outcome != (changed ? EDITED_DONE : EDITED_SAME))
                fail_msg("row %zu: outcome %d, %td files of %td: %.*s", number, (int)e->outcome, changed, e->count, STR_ARG(e->reason));
}

static void run(const struct row *rows, size_t count, enum variable_file kind) {
        for (size_t i = 0; i < count; i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct word_changes c = changes_of(&a, rows[i].changes);
                struct text_files before = files_of(&a, rows[i].before);
                struct edited_files e = edit_variables(&a, before, kind, &c);

                if (rows[i].after && rows[i].after[0] == '!')
                        expect_refused(rows[i].after, i, &e);
                else
                        expect_files(before, files_of(&a, rows[i].after ? rows[i].after : rows[i].before), i, &e);
        }
}
#define RUN(rows, kind) run((rows), sizeof(rows) / sizeof((rows)[0]), VARIABLE_FILE_##kind)

/* The way Debian ships it. */
#define DEBIAN                                                                                    \
        "# If you change this file, run 'update-grub' afterwards.\nGRUB_DEFAULT=0\n"              \
        "GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\n"                      \
        "GRUB_DISTRIBUTOR=$( . /etc/os-release; echo ${NAME:-Debian} ) # \"x\"\n"

static void test_removing(void **state) {
        static const struct row rows[] = {
                { DEBIAN D "=\"quiet nopti\"\n" L "=\"\"\n", "-nopti", DEBIAN D "=\"quiet\"\n" L "=\"\"\n" },
                { D "=\"nopti quiet\" # x\n", "-nopti", D "=\"quiet\" # x\n" },
                { D "='quiet mitigations=off'\n", "-mitigations", D "='quiet'\n" },
                { D "=nopti\n", "-nopti", D "=\n" },
                { D "=quiet\\ nopti", "-nopti", D "=quiet" },
                { D "=\"qui\"'et no'p\"ti\"\n", "-nopti", D "=\"qui\"'et'\"\"\n" },
                { "export " D "=\"quiet nopti\"; B=x\n", "-nopti", "export " D "=\"quiet\"; B=x\n" },
                { "A=1 " L "=nopti B=2\r\n", "-nopti", "A=1 " L "= B=2\r\n" },
                { D "=\"a \\\nnopti \\\nb\"\n", "-nopti", D "=\"a\\\n \\\nb\"\n" },
                { D "=\"a\nnopti b\"\n", "-nopti", D "=\"a b\"\n" },
                { L "=\"nopti\"\n" D "=\"a nopti\"\n", "-nopti", L "=\"\"\n" D "=\"a\"\n" },
                /* the last assignment counts, and what it takes from those before it */
                { L "=\"nopti\"\n" L "=\"a\"\n", "-nopti", NULL },
                { L "=\"nopti\"\n" L "=\"$" L " a\"\n", "-nopti", L "=\"\"\n" L "=\"$" L " a\"\n" },
                { L "=\"nopti\"\n" L "=\"${" L "} nopti\"\n", "-nopti", L "=\"\"\n" L "=\"${" L "}\"\n" },
                { L "=x\f" L "=\"${" L ":+$" L " }nopti\"\n", "-nopti", L "=x\f" L "=\"${" L ":+$" L " }\"\n" },
                { L "=\"a nopti\"\f" L "=\"$" L " mds=off\"\f" L "=\"b $" L "\"", "-nopti -mds",
                  L "=\"a\"\f" L "=\"$" L "\"\f" L "=\"b $" L "\"" },
                { D "=nopti\f" D "=\"console=ttyS0\"\n", "-nopti", NULL },
                { "A=" D "\n#" D "=nopti\n", "-nopti", NULL },
                { D "=\"x\\$tuned_params nopti\"\n", "-nopti", D "=\"x\\$tuned_params\"\n" },
                /* the text passes GRUB's parser */
                { L "='dyndbg=\"file a.c +p; mds=off\" mds=off'\n", "-mds", L "='dyndbg=\"file a.c +p; mds=off\"'\n" },
                { L "=\"a='b mds=off' \\\"mds=off\\\" c\"\n", "-mds", L "=\"a='b mds=off' c\"\n" },
                { L "=\"a; mds=off\"\n", "-mds", "!a 1" },
                { L "=\"foo='a nopti b'\"\n", "-nopti", "!a 1" },
                /* Xen's dom0 has a line of its own */
                { "GRUB_CMDLINE_LINUX_XEN_REPLACE=\"nopti a\"\n" L "=b\n", "-nopti", "GRUB_CMDLINE_LINUX_XEN_REPLACE=\"a\"\n" L "=b\n" },
        };

        (void)state;
        RUN(rows, GRUB);
}

/* Where /bin/sh is bash. */
static void test_bash(void **state) {
        static const struct row rows[] = {
                { L "=nopti\n" L "+=\" x\"\n", "-nopti", L "=\n" L "+=\" x\"\n" },
                { L "=\"a\"\n" L "+=\" nopti b\"\n", "-nopti", L "=\"a\"\n" L "+=\" b\"\n" },
                { L "=\"a\"\n" L "+=\" b\"\n", "+nosmt", L "=\"a\"\n" L "+=\" b nosmt\"\n" },
                { L "=nop\n" L "+=ti\n", "-nopti", "!a 2" },
                { L "+=\" nopti\"\n", "-nopti", L "+=\"\"\n" },
                { L "=nopti\n" L "+=$(x)\n", "-nopti", "!a 2" },
        };

        (void)state;
        RUN(rows, GRUB_BASH);
}

static void test_refused(void **state) {
        static const struct row rows[] = {
                { "a=1\n" L "=\"nopti $(cat /x)\"\n", "-nopti", "!a 2" },
                { L "=\"nopti `cat /x`\"\n", "-nopti", "!a 1" },
                { L "=\"nopti $EXTRA\"\n", "-nopti", "!a 1" },
                { L "=\"$(x)\"\n" L "=\"$" L " nopti\"\n", "-nopti", "!a 1" },
                { L "=\"$(x)\"\n" L "=\"nopti\"\n", "-nopti", L "=\"$(x)\"\n" L "=\"\"\n" },
                { "\nif true; then\n" L "=nopti\nfi\n", "-nopti", "!a 2" },
                { L "=nopti\n. /etc/x\n", "-nopti", "!a 2" },
                { L "=nopti\f# x\nsource /etc/x", "-nopti", "!b 2" },
                { L "=nopti\neval \"$x\"\n", "-nopti", "!a 2" },
                { L "=nopti\n" L " = x\n", "-nopti", "!a 2" },
                { L "=nopti\n" L "+=x\n", "-nopti", "!a 2" },
                { L "=nopti\n" L "=x true\n", "-nopti", "!a 2" },
                { L "=nopti\nunset " L "\n", "-nopti", "!a 2" },
                { L "=\"nopti\n", "-nopti", "!a 1" },
                { L "=nopti\nX=${" L ":=a}\n", "-nopti", "!a 2" },
                { L "=${X:-nopti}\n", "-nopti", "!a 1" },
                { L "=nop\n" L "=\"${" L "}ti\"\n", "-nopti", "!a 2" },
                { L "=${" L ":+x}nopti\n" L "=\"${" L ":+nopti}\"\n", "-nopti", "!a 2" },
                { L "=nopti\nfor " L " in a b; do true; done\n", "-nopti", "!a 2" },
                /* what touches none of them is no hindrance */
                { L "=nopti\nif [ \"$X\" = 1 ]; then\n  Y=2\nfi\n", "-nopti", L "=\nif [ \"$X\" = 1 ]; then\n  Y=2\nfi\n" },
                { "if true; then X=1; fi\f" L "=nopti", "-nopti", "if true; then X=1; fi\f" L "=" },
                { "X=${Y:=a} Z=\"${Z}a\" W=~ V='a\nb'\n" L "=nopti", "-nopti", "X=${Y:=a} Z=\"${Z}a\" W=~ V='a\nb'\n" L "=" },
        };

        (void)state;
        RUN(rows, GRUB);
}

static void test_adding(void **state) {
        static const struct row rows[] = {
                { DEBIAN L "=\"\"\n", "+nosmt", DEBIAN L "=\"nosmt\"\n" },
                { L "=\"a\"\n" D "=\"b\"\n", "+nosmt", L "=\"a nosmt\"\n" D "=\"b\"\n" },
                { L "='a ' # x\n", "+nosmt", L "='a nosmt ' # x\n" },
                { L "=\n", "+nosmt +x=1", L "=\"nosmt x=1\"\n" },
                { L "=a\n", "+nosmt", L "=\"a nosmt\"\n" },
                { L "=a\\ b\n", "+nosmt", L "=a\\ b\" nosmt\"\n" },
                { L "=\"a\"b\n", "+nosmt", L "=\"a\"b\" nosmt\"\n" },
                { L "=\"x $" L "\"\n", "+nosmt", L "=\"x $" L " nosmt\"\n" },
                { L "=x\f" L "=\"$" L "\"\n", "+nosmt", L "=x\f" L "=\"$" L " nosmt\"\n" },
                { "A=1\n", "+nosmt", "A=1\n" L "=\"nosmt\"\n" },
                { "A=1", "+nosmt", "A=1\n" L "=\"nosmt\"\n" },
                /* it is there; or a later word contradicts */
                { D "=\"nosmt\"\n", "+nosmt", NULL },
                { L "=\"mitigations=auto,nosmt\"\n" D "=\"quiet\"\n", "+mitigations=auto,nosmt", NULL },
                { L "=\"\"\n" D "=\"mitigations=auto quiet\"\n", "+mitigations=auto,nosmt",
                  L "=\"\"\n" D "=\"mitigations=auto quiet mitigations=auto,nosmt\"\n" },
                { L "=\"\"\n" D "=\"mitigations=auto quiet\"\n", "-mitigations+mitigations=auto,nosmt",
                  L "=\"mitigations=auto,nosmt\"\n" D "=\"quiet\"\n" },
                { L "=\"mitigations=off\"\n", "-mitigations+nosmt", L "=\"nosmt\"\n" },
                { L "=\"a -- b\"\n", "+nosmt", "!a 1" },
                { L "=\"a\nb\"\n", "+nosmt", "!a 1" },
                { L "=\"\"\n", "+a;b", "! 0" },
                { "if true; then X=1; fi\n", "+nosmt", "! 0" },
                { "GRUB_CMDLINE_LINUX_XEN_REPLACE=\"a\"\n" L "=\"b\"\n", "+nosmt",
                  "GRUB_CMDLINE_LINUX_XEN_REPLACE=\"a nosmt\"\n" L "=\"b nosmt\"\n" },
        };

        (void)state;
        RUN(rows, GRUB);
}

static void test_other_files(void **state) {
        static const struct row xen[] = {
                { "GRUB_CMDLINE_XEN=\"dom0_mem=1G spec-ctrl=no xpti=0 spec-ctrl=no,ibpb\"\n" L "=x\n", "-spec-ctrl=no -xpti=0",
                  "GRUB_CMDLINE_XEN=\"dom0_mem=1G spec-ctrl=no,ibpb\"\n" L "=x\n" },
                { "GRUB_CMDLINE_XEN=\"smt=off\"\n", "-smt=off", "! 0" },
                { "GRUB_CMDLINE_XEN=\"\"\n", "+spec-ctrl=no", "! 0" },
        };
        static const struct row alpine[] = {
                { "overwrite=1\ndefault_kernel_opts=\"quiet mitigations=off\"\nxen_opts=nopti\n", "-mitigations -nopti",
                  "overwrite=1\ndefault_kernel_opts=\"quiet\"\nxen_opts=nopti\n" },
        };
        static const struct row u_boot[] = {
                { "U_BOOT_PARAMETERS=\"ro quiet nopti\"\f\f", "-nopti+nosmt", "U_BOOT_PARAMETERS=\"ro quiet nosmt\"\f\f" },
                { "#U_BOOT_PARAMETERS=\"ro quiet\"\n", "+nosmt", "#U_BOOT_PARAMETERS=\"ro quiet\"\nU_BOOT_PARAMETERS=\"ro quiet nosmt\"\n" },
                { "U_BOOT_PARAMETERS='a \"x nopti y\"'\n", "-nopti", "!a 1" },
        };
        static const struct row flash[] = {
                { "LINUX_KERNEL_CMDLINE=\"quiet nopti\"\nLINUX_KERNEL_CMDLINE_DEFAULTS=\"nopti\"\n", "-nopti",
                  "LINUX_KERNEL_CMDLINE=\"quiet\"\nLINUX_KERNEL_CMDLINE_DEFAULTS=\"\"\n" },
        };
        static const struct row dracut[] = {
                { "uefi=yes\n", "+nosmt", "!a 0" },
                { "uefi=yes\n", "-nopti", NULL },
                { "kernel_cmdline=\"root=x\"\fkernel_cmdline+=\" nopti quiet \"\n", "-nopti+nosmt",
                  "kernel_cmdline=\"root=x\"\fkernel_cmdline+=\" quiet nosmt \"\n" },
        };

        (void)state;
        RUN(xen, GRUB_XEN);
        RUN(alpine, UPDATE_EXTLINUX);
        RUN(u_boot, U_BOOT_MENU);
        RUN(flash, FLASH_KERNEL);
        RUN(dracut, DRACUT);
}

static void test_remarks(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct word_changes c = changes_of(&a, "-nopti +nosmt");
        struct edited_files e = edit_variables(&a, files_of(&a, "\n" D "=\"quiet nopti\"\n" L "=x\f" D "=console=ttyS0\n"), VARIABLE_FILE_GRUB, &c);

        (void)state;
        assert_int_equal(e.outcome, EDITED_DONE);
        assert_int_equal(e.remarks.count, 1);
        assert_int_equal(e.remarks.items[0].line, 2);
        assert_true(str_eq(e.remarks.items[0].path, S("a")));
        assert_true(str_find(e.remarks.items[0].text, S("nopti")) >= 0);
        assert_true(str_eq(variables_drop_in(&a, VARIABLE_FILE_GRUB, &c), S(L "=\"$" L " nosmt\"\n")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_removing),
                cmocka_unit_test(test_refused), cmocka_unit_test(test_bash),
                cmocka_unit_test(test_adding),
                cmocka_unit_test(test_other_files),
                cmocka_unit_test(test_remarks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
