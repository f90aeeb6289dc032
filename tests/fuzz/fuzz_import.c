/* Whatever another tool wrote, or pretends to have written, becomes evidence that can be written and read back, or is refused. */
#include "base/out.h"
#include "collect/import/import.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        OUT_AUTO struct out text = { 0 };
        struct diag d = { 0 };
        struct evidence e, again;

        evidence_init(&e, &a, S("fuzz"));
        if (import_text(&e, &catalog_builtin, str_n((const char *)data, (ptrdiff_t)size), &d) != 0)
                return 0;
        evidence_write(&e, &text);
        FUZZ_PROMISE(evidence_parse(&again, &a, S("again"), out_text(&text), &d) == 0);
        FUZZ_PROMISE(again.count == e.count);
        return 0;
}
