/* Start-up scripts: any text is read, and what is said of it holds together. */
#include "cloud/script.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct script s, line;

        script_read(&s, &a, str_n((const char *)data, (ptrdiff_t)size));
        FUZZ_PROMISE(!(script_turns_on(&s) && script_turns_off(&s)));
        FUZZ_PROMISE(!script_turns_on(&s) || (s.override.set && s.mask.set));
        FUZZ_PROMISE(s.call_count >= 0 && s.call_count <= SCRIPT_CALLS_MAX);
        script_read_command(&line, &a, str_n((const char *)data, (ptrdiff_t)size));
        script_merge(&s, &line);
        return 0;
}
