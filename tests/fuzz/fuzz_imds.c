/* The metadata service's HTTP answer: any text is taken apart, and a body lies within it. */
#include "collect/imds/imds.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct str text = str_n((const char *)data, (ptrdiff_t)size), body;
        struct diag d = { 0 };

        if (imds_answer(text, &body, &d) < 0) {
                FUZZ_PROMISE(d.text[0] != '\0');
                return 0;
        }
        FUZZ_PROMISE(body.p >= text.p && body.p + body.len <= text.p + text.len);
        FUZZ_PROMISE(str_starts(text, S("HTTP/1.")));
        return 0;
}
