/* Redaction: what is marked as a secret does not survive, wherever it stands, and of the command line no verdict becomes another but
 * unknown. The first byte chooses the kind of text, the second the flaw; '~' stands for the mark.
 * (Of /proc/cpuinfo and the kernel's configuration whole lines stay or go: tests/unit/test_collect_redact.c.) */
#include "base/out.h"
#include "collect/linux/redact.h"
#include "evidence/places.h"
#include "fuzz.h"
#include "verdict/verdict.h"

#define MARK "Zq7"

static const redaction redactions[] = { redact_cmdline, redact_version, redact_os_release, redact_value, redact_log };

enum { REDACTION_COUNT = sizeof(redactions) / sizeof(redactions[0]), CMDLINE = 0, VERSION = 1 };

/* A parameter's name stays, whatever it is, so the mark is none; of a banner, addresses go. */
static struct str marked(struct arena *a, const uint8_t *data, size_t size, const char *mark) {
        struct out o = { 0 };
        struct str ret;

        for (size_t i = 0; i < size; i++)
                if (data[i] == '~')
                        out_c(&o, mark);
                else
                        out_char(&o, (char)data[i]);
        ret = str_dup(a, out_text(&o));
        out_free(&o);
        return ret;
}

static enum status judge(struct arena *a, const struct flaw *f, struct str cmdline) {
        const struct verdict_options o = { .only = f };
        struct evidence e;
        struct verdict r;

        evidence_init(&e, a, S("fuzz"));
        evidence_add_line(&e, RECORD_UNAME, S(""), S("Linux 6.1.0 x86_64"));
        evidence_add_file(&e, S(PLACE_CPUINFO), S("processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\n"));
        evidence_add_file(&e, S(PLACE_CMDLINE), cmdline);
        if (f->sentence_file)
                evidence_add_file(&e, T(catalog_builtin.files[f->sentence_file - 1].path), S("Vulnerable"));
        verdict_judge(&r, a, &catalog_builtin, &e, &o);
        return r.findings[0].status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        const struct flaw *f;
        struct str text, kept;
        int kind;

        if (size < 2)
                return 0;
        kind = data[0] % REDACTION_COUNT;
        f = &catalog_builtin.flaws[data[1] % catalog_builtin.flaw_count];
        text = marked(&a, data + 2, size - 2, kind == CMDLINE ? "/" MARK : kind == VERSION ? MARK "@host" : MARK);
        if (str_find_char(text, '\0') >= 0 || str_find(str_n((const char *)data, (ptrdiff_t)size), S(MARK)) >= 0)
                return 0; /* no file that is redacted has a NUL, and a command line ends there */
        kept = redactions[kind](&a, &catalog_builtin, S("/x"), text);
        FUZZ_PROMISE(str_find(kept, S(MARK)) < 0);
        if (kind == CMDLINE) {
                enum status open = judge(&a, f, text), redacted = judge(&a, f, kept);

                FUZZ_PROMISE(redacted == open || redacted == STATUS_UNKNOWN);
        }
        return 0;
}
