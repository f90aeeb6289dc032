/* plan/edit: settings that several files make, sysctl.d and modprobe.d: what counts, and how it is changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/edit/edit.h"

/* "path\ncontents", several separated by "\f". */
static struct text_files files_of(struct arena *a, const char *text) {
        struct text_file *items = arena_array(a, struct text_file, 9);
        struct str rest = str_of(text), piece, path;
        ptrdiff_t count = 0;

        while (str_cut(&rest, '\f', &piece)) {
                (void)str_cut(&piece, '\n', &path);
                items[count++] = (struct text_file){ .path = path, .text = piece };
        }
        return (struct text_files){ .items = items, .count = count };
}

/* The files that changed, written in the same way; "!PATH LINE" for what is refused. */
static struct str told(struct arena *a, const struct edited_files *e) {
        struct str ret = S("");

        if (e->outcome == EDITED_REFUSED)
                return e->reason.len && !e->count ? str_fmt(a, "!%.*s %u", STR_ARG(e->path), e->line) : S("?");
        if (e->outcome != (e->count ? EDITED_DONE : EDITED_SAME))
                return S("?");
        for (ptrdiff_t i = 0; i < e->count; i++)
                ret = str_fmt(a, "%.*s%s%.*s\n%.*s", STR_ARG(ret), i ? "\f" : "", STR_ARG(e->items[i].path), STR_ARG(e->items[i].text));
        return ret;
}

#define BPF "kernel.unprivileged_bpf_disabled"
#define OWN "/etc/sysctl.d/zz-own.conf\n"

static void test_sysctl_at_start(void **state) {
        static const struct {
                const char *files, *systemd, *procps; /* "PATH LINE VALUE"; "" where it is not set */
        } rows[] = {
                { "/etc/sysctl.d/a.conf\n" BPF "=0\n" BPF " = 2 \f/usr/lib/sysctl.d/b.conf\n\n" BPF "=1", "/usr/lib/sysctl.d/b.conf 2 1", NULL },
                { "/usr/lib/sysctl.d/a.conf\n" BPF "=0\f/etc/sysctl.d/a.conf\n", "", NULL },
                { "/run/sysctl.d/a.conf\n" BPF "=1\f/lib/sysctl.d/a.conf\n" BPF "=2\f/usr/local/lib/sysctl.d/a.conf\n" BPF "=0", "/run/sysctl.d/a.conf 1 1", NULL },
                { "/etc/sysctl.conf\n" BPF "=0\f/etc/sysctl.d/z.conf\n" BPF "=2", "/etc/sysctl.d/z.conf 1 2", "/etc/sysctl.conf 1 0" },
                { "/etc/sysctl.d/a.conf\n# " BPF "=0\n; " BPF "=0\n-kernel/unprivileged_bpf_disabled = 1\r\n", "/etc/sysctl.d/a.conf 3 1", NULL },
                { "/etc/sysctl.d/a.conf\n" BPF "=2\nkernel.*=0\n", "/etc/sysctl.d/a.conf 1 2", NULL },
                { "/etc/sysctl.d/a.conf\nkernel.unpriv?leged_*=0\nnet.*=1\n*=3\n", "/etc/sysctl.d/a.conf 1 0", NULL },
                { "/etc/sysctl.d/a\n" BPF "=0\f/etc/sysctl.d/b.conf/c\n" BPF "=0\f/opt/sysctl.d/b.conf\n" BPF "=0", "", NULL },
                { "/etc/sysctl.d/a.conf\n" BPF "x=2\nx" BPF "=1\n" BPF "\n-" BPF "\n", "", NULL },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (int reader = SYSCTL_SYSTEMD; reader <= SYSCTL_PROCPS; reader++) {
                        ARENA_AUTO struct arena a = { 0 };
                        struct setting s = sysctl_at_start(&a, files_of(&a, rows[i].files), (enum sysctl_reader)reader, S(BPF));
                        struct str found = s.set ? str_fmt(&a, "%.*s %u %.*s", STR_ARG(s.path), s.line, STR_ARG(s.value)) : S("");
                        const char *wanted = reader == SYSCTL_PROCPS && rows[i].procps ? rows[i].procps : rows[i].systemd;

                        if (!str_eq(found, str_of(wanted)))
                                fail_msg("row %zu, reader %d: %.*s instead of %s", i, reader, STR_ARG(found), wanted);
                }
}

static void test_edit_sysctl(void **state) {
        static const struct {
                const char *before, *after;
        } rows[] = {
                { "", OWN BPF " = 2\n" },
                { "/etc/sysctl.d/zz-own.conf\n# x\na=1", OWN "# x\na=1\n" BPF " = 2\n" },
                { "/etc/sysctl.d/a.conf\n# x\n" BPF "=0 \n", "/etc/sysctl.d/a.conf\n# x\n" BPF "=2 \n" },
                { "/etc/sysctl.d/a.conf\n" BPF "=\n", "/etc/sysctl.d/a.conf\n" BPF "= 2\n" },
                { "/usr/lib/sysctl.d/a.conf\n" BPF "=0\n", OWN BPF " = 2\n" },
                { "/usr/lib/sysctl.d/zzz.conf\n" BPF "=0\n", "!/usr/lib/sysctl.d/zzz.conf 1" },
                { "/etc/sysctl.d/a.conf\nkernel.*=0\n", OWN BPF " = 2\n" },
                { "/etc/sysctl.d/a.conf\n" BPF "=2\n", "" },
                { "/etc/sysctl.conf\n" BPF "=0\n", OWN BPF " = 2\n\f/etc/sysctl.conf\n" BPF "=2\n" },
                { "/etc/sysctl.conf\n" BPF "=2\n", OWN BPF " = 2\n" },
                { "/etc/sysctl.d/99-sysctl.conf\n" BPF "=0\n\f/etc/sysctl.conf\n" BPF "=0\n",
                  "/etc/sysctl.d/99-sysctl.conf\n" BPF "=2\n\f/etc/sysctl.conf\n" BPF "=2\n" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct edited_files e = edit_sysctl(&a, files_of(&a, rows[i].before), S(BPF), S("2"), S("/etc/sysctl.d/zz-own.conf"));

                if (!str_eq(told(&a, &e), str_of(rows[i].after)))
                        fail_msg("row %zu: %.*s: %.*s", i, STR_ARG(told(&a, &e)), STR_ARG(e.reason));
        }
}

static void test_modprobe(void **state) {
        static const struct {
                const char *before, *value, *after; /* value: NULL to take it out */
        } rows[] = {
                { "", "always", "/etc/modprobe.d/zz-own.conf\noptions kvm_intel vmentry_l1d_flush=always\n" },
                { "/etc/modprobe.d/a.conf\noptions kvm-intel ept=1 vmentry-l1d-flush=never nested=1\n", "cond",
                  "/etc/modprobe.d/a.conf\noptions kvm-intel ept=1 vmentry_l1d_flush=cond nested=1\n" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1 vmentry_l1d_flush=never nested=1\n", NULL,
                  "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1 nested=1\n" },
                { "/etc/modprobe.d/a.conf\n# x\noptions kvm_intel vmentry_l1d_flush=never\ny\n", NULL, "/etc/modprobe.d/a.conf\n# x\ny\n" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel \\\n  vmentry_l1d_flush=never \\\n  ept=1\n", NULL,
                  "/etc/modprobe.d/a.conf\noptions kvm_intel \\\n  \\\n  ept=1\n" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel vmentry_l1d_flush=never \\\n vmentry_l1d_flush=cond\nx", NULL, "/etc/modprobe.d/a.conf\nx" },
                /* As libkmod joins lines: without a blank; a backslash elsewhere goes, and what follows stays. */
                { "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1 vmentry_l1d_flush=ne\\\nver nested=1\n", NULL, "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1 nested=1\n" },
                { "/etc/modprobe.d/a.conf\nopt\\\nions kvm_in\\\ntel vmentry_l1d_flush=never\n", NULL, "/etc/modprobe.d/a.conf\n" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1\\\nvmentry_l1d_flush=never\n", NULL, "" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel vmentry_l1d_flush=nev\\er\n", "never", "" },
                { "/etc/modprobe.d/a.conf\noptions kvm x=1\\\\\noptions kvm_intel ept=1 vmentry_l1d_flush=never\n", NULL,
                  "/etc/modprobe.d/a.conf\noptions kvm x=1\\\\\noptions kvm_intel ept=1\n" },
                { "/etc/modprobe.d/a.conf\noptions kvm x=1 \\\r\noptions kvm_intel ept=1 vmentry_l1d_flush=never\n", NULL,
                  "/etc/modprobe.d/a.conf\noptions kvm x=1 \\\r\noptions kvm_intel ept=1\n" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1 vmentry_l1d_flush=never\\", NULL, "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1\\" },
                { "/etc/modprobe.d/b.conf\noptions kvm_intel vmentry_l1d_flush=never\n\f/etc/modprobe.d/a.conf\noptions kvm_intel vmentry_l1d_flush=never\n", NULL,
                  "/etc/modprobe.d/a.conf\n\f/etc/modprobe.d/b.conf\n" },
                { "/usr/lib/modprobe.d/a.conf\noptions kvm_intel vmentry_l1d_flush=never\n", "always",
                  "/etc/modprobe.d/zz-own.conf\noptions kvm_intel vmentry_l1d_flush=always\n" },
                { "/usr/lib/modprobe.d/zzz.conf\noptions kvm_intel vmentry_l1d_flush=never\n", "always", "!/usr/lib/modprobe.d/zzz.conf 1" },
                { "/usr/lib/modprobe.d/a.conf\n\noptions kvm_intel vmentry_l1d_flush=never\n", NULL, "!/usr/lib/modprobe.d/a.conf 2" },
                { "/lib/modprobe.d/a.conf\noptions kvm_intel vmentry_l1d_flush=never\n\f/etc/modprobe.d/a.conf\n", NULL, "" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel ept=1\ninstall kvm-intel /bin/x\n", "always", "!/etc/modprobe.d/a.conf 2" },
                { "/etc/modprobe.d/a.conf\n#options kvm_intel vmentry_l1d_flush=never\noptions kvm vmentry_l1d_flush=never\n# \\\noptions kvm_intel vmentry_l1d_flush=never\n", NULL, "" },
                { "/etc/modprobe.d/a.conf\noptions kvm_intel vmentry_l1d_flush=always # x\n", "always", "" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct text_files files = files_of(&a, rows[i].before);
                struct edited_files e = edit_module_option(&a, files, S("kvm_intel"), S("vmentry_l1d_flush"),
                                                           str_of(rows[i].value), S("/etc/modprobe.d/zz-own.conf"));

                if (!str_eq(told(&a, &e), str_of(rows[i].after)))
                        fail_msg("row %zu: %.*s: %.*s", i, STR_ARG(told(&a, &e)), STR_ARG(e.reason));
        }
}

static void test_module_option(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct text_files files = files_of(&a, "/etc/modprobe.d/b.conf\n\noptions kvm nx_huge_pages=off\n\f/usr/lib/modprobe.d/c.conf\noptions kvm x=1 \\\n nx-huge-pages=auto\n");
        struct setting s = module_option(&a, files, S("kvm"), S("nx_huge_pages"));

        (void)state;
        assert_true(s.set && str_eq(s.value, S("auto")) && str_eq(s.path, S("/usr/lib/modprobe.d/c.conf")));
        assert_int_equal(s.line, 2);
        assert_false(module_option(&a, files, S("kvm"), S("ept")).set);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sysctl_at_start),
                cmocka_unit_test(test_edit_sysctl),
                cmocka_unit_test(test_modprobe),
                cmocka_unit_test(test_module_option),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
