/* Cloud service files: any bytes are refused with a message, or read, judged and edited. The edit puts one task into each role,
 * gives XML that is read again, and changes nothing the second time. */
#include "cloud/lint.h"
#include "plan/startup_task.h"
#include "fuzz.h"

static bool read_script(void *arg, struct arena *a, const char *path, struct str *ret) {
        (void)a, (void)path;
        *ret = *(const struct str *)arg;
        return true;
}

static void judge(struct arena *a, struct cscfg *c, struct csdef *d, struct str text) {
        struct remarks found = { 0 };
        struct lint_input in = { .cscfgs = c, .cscfg_count = c != NULL, .csdefs = d, .csdef_count = d != NULL };
        struct lint_options o = { .catalog = &catalog_builtin, .as_of = S("2018-01-12"), .untrusted = TRI_TRUE, .read = read_script, .read_arg = &text };

        lint_services(&found, a, &in, &o);
        for (ptrdiff_t i = 0; i < found.count; i++)
                FUZZ_PROMISE(found.items[i].line > 0 && found.items[i].message.len > 0);
}

static void edit(struct arena *a, const struct csdef *d) {
        OUT_AUTO struct out once = { 0 };
        OUT_AUTO struct out twice = { 0 };
        struct diag diag = { 0 };
        struct csdef again;
        int added;

        FUZZ_PROMISE(startup_task_add(&once, d, S(""), &added) == 0);
        if (csdef_parse(&again, a, "again", out_text(&once), &diag) < 0) {
                FUZZ_PROMISE(strstr(diag.text, "nested too deeply") || strstr(diag.text, "too many elements"));
                return;
        }
        FUZZ_PROMISE(again.role_count == d->role_count);
        FUZZ_PROMISE(startup_task_add(&twice, &again, S(""), &added) == 0 && added == 0);
        FUZZ_PROMISE(str_eq(out_text(&once), out_text(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = str_n((const char *)data, (ptrdiff_t)size);
        struct diag first = { 0 }, second = { 0 };
        struct cscfg c;
        struct csdef d;

        if (cscfg_parse(&c, &a, "fuzz", text, size % 2 == 0, &first) == 0)
                judge(&a, &c, NULL, text);
        else
                FUZZ_PROMISE(first.text[0] && first.class == DIAG_INPUT);
        if (csdef_parse(&d, &a, "fuzz", text, &second) == 0) {
                judge(&a, NULL, &d, text);
                edit(&a, &d);
        } else {
                FUZZ_PROMISE(second.text[0] && second.class == DIAG_INPUT);
        }
        return 0;
}
