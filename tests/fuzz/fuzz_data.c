/* The compiler of the data folder: the first line says which file of a small data folder the rest replaces. */
#include "../unit/little_data.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct data_file files[LITTLE_COUNT];
        struct str rest = str_n((const char *)data, (ptrdiff_t)size), path;
        struct catalog c;
        struct diag d = { 0 };

        if (!str_cut(&rest, '\n', &path))
                return 0;
        little_data(files, str_to_c(&a, path), rest.p ? rest : S(""));
        if (catalog_compile(&c, &a, files, LITTLE_COUNT, &d) < 0)
                FUZZ_PROMISE(d.text[0] && d.class == DIAG_INPUT);
        else
                FUZZ_PROMISE(c.flaw_count == 1 && c.flaws[0].rule_count > 0);
        return 0;
}
