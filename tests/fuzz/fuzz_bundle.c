/* Bundles of data: sound paths in order, texts that lie in the bundle, and nothing that was not told. */
#include "compiler/bundle.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct str text = str_n((const char *)data, (ptrdiff_t)size), version;
        struct bundle b;
        struct catalog c;
        struct diag d = { 0 }, again = { 0 };
        ptrdiff_t bytes = 0;
        int head = bundle_version(&version, text, &again);

        if (bundle_parse(&b, &a, text, &d) < 0) {
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
                return 0;
        }
        FUZZ_PROMISE(head == 0 && str_eq(version, b.version) && data_version_valid(version));
        for (ptrdiff_t i = 0; i < b.count; i++) {
                struct data_file *f = &b.items[i];

                FUZZ_PROMISE(f->path.len > 0 && f->path.p[0] != '/' && f->path.p[0] != '.' && str_find(f->path, S("/.")) < 0 && str_find(f->path, S("//")) < 0);
                FUZZ_PROMISE(i == 0 || str_cmp(f[-1].path, f->path) < 0);
                FUZZ_PROMISE(f->text.p >= text.p && f->text.p + f->text.len < text.p + text.len);
                bytes += f->text.len;
        }
        FUZZ_PROMISE(bytes <= text.len);
        if (bundle_compile(&c, &a, text, &d) == 0)
                FUZZ_PROMISE(str_eq(catalog_version(&c), version));
        return 0;
}
