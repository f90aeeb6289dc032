/* Kernel sentences: the first byte chooses the file of the vulnerabilities folder, the rest is what it says. What was recognised
 * stands in the text, and what was not is told. */
#include "fuzz.h"
#include "facts/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        ARENA_AUTO struct arena a = { 0 };
        struct parsed_sentence s;
        const struct sentence_file *file;
        struct str text;

        if (size == 0)
                return 0;
        file = &catalog_builtin.files[data[0] % catalog_builtin.file_count];
        text = str_n((const char *)data + 1, (ptrdiff_t)size - 1);
        sentence_parse(file, text, &a, &s);
        FUZZ_PROMISE(s.base || s.unknown.len > 0);
        if (s.base)
                FUZZ_PROMISE(str_starts(s.text, T(s.base->says)));
        for (uint16_t i = 1; i < file->parts.count; i++)
                if (s.parts[i])
                        FUZZ_PROMISE(str_find(s.text, T(s.parts[i]->says)) >= 0);
        if (s.unknown.len > 0 && s.text.len > 0)
                FUZZ_PROMISE(str_find(s.text, s.unknown) >= 0);
        return 0;
}
