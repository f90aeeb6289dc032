/* For test_edit.py: one editor a run, on files in a folder.
 *
 *      edit_tool diff OLD NEW PATH          the unified diff; "-" stands for no file
 *      edit_tool variables KIND CHANGES FILE...   edits the files in place; prints "refused", or what is outcome
 *      edit_tool grubenv FILE NAME VALUE    sets it in place
 *      edit_tool registry reg|commands do|undo    three values of Windows' registry, changed, and the way back */
#include <stdio.h>

#include "edit_changes.h"
#include "facts/facts.h"
#include "plan/edit/registry.h"
#include "plan/edit/udiff.h"

static struct str read_file(struct arena *a, const char *path) {
        FILE *f = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
        char *bytes;
        size_t n;

        if (!f)
                return (struct str){ 0 };
        bytes = arena_bytes(a, 1 << 20);
        n = fread(bytes, 1, 1 << 20, f);
        (void)fclose(f);
        return str_n(bytes, (ptrdiff_t)n);
}

static int write_file(const char *path, struct str text) {
        FILE *f = fopen(path, "wb");

        if (!f)
                return 1;
        if (fwrite(text.p, 1, (size_t)text.len, f) != (size_t)text.len)
                return fclose(f), 1;
        return fclose(f) != 0;
}

static int diff(struct arena *a, char **words) {
        OUT_AUTO struct out o = { 0 };
        struct udiff_file file = { .path = str_of(words[2]), .old = read_file(a, words[0]), .new = read_file(a, words[1]) };

        udiff(&o, &file);
        return o.len > 0 && fwrite(o.p, 1, (size_t)o.len, stdout) != (size_t)o.len;
}

static int variables(struct arena *a, int count, char **words) {
        static const char *const kinds[] = {
#define X(name, bash) #name,
                VARIABLE_FILES(X)
#undef X
        };
        struct word_changes c = changes_of(a, words[1]);
        struct text_file *items = arena_array(a, struct text_file, count);
        struct text_files files = { .items = items, .count = count - 2 };
        struct edited_files e;
        int kind = 0, status = 0;

        while (strcmp(kinds[kind], words[0]) != 0)
                kind++;
        for (int i = 2; i < count; i++)
                items[i - 2] = (struct text_file){ .path = str_of(words[i]), .text = read_file(a, words[i]) };
        e = edit_variables(a, files, (enum variable_file)kind, &c);
        for (ptrdiff_t i = 0; i < e.count; i++)
                status |= write_file(str_to_c(a, e.items[i].path), e.items[i].text);
        printf("%s %.*s:%u %.*s\n", e.outcome == EDITED_REFUSED ? "refused" : e.outcome == EDITED_DONE ? "done" : "same", STR_ARG(e.path),
               e.line, STR_ARG(e.reason));
        return status;
}

#define KEY "HKLM\\SOFTWARE\\sidelight\\a b"
#define CHANGE(name_, was_, old_, new_) { .target = { .kind = TARGET_REGISTRY_VALUE, .place = STR(KEY), .key = STR(name_) }, .edit = EDIT_SET, \
                                          .was = (was_), .old = STR(old_), .new = STR(new_) }

static int registry(struct arena *a, const char *format, bool undo) {
        static struct change items[] = {
                CHANGE("number", FACT_KNOWN, "0x400", "0xc0000048"), CHANGE("none", FACT_ABSENT, "", "3"), CHANGE("a\"text", FACT_KNOWN, "a\\b\\", "1.0"),
        };
        const struct changes changes = { .items = items, .count = 3 };
        OUT_AUTO struct out o = { 0 };
        struct diag d = { 0 };

        if ((strcmp(format, "reg") == 0 ? registry_reg : registry_commands)(&o, a, &changes, undo, &d) < 0)
                return 1;
        return fwrite(o.p, 1, (size_t)o.len, stdout) != (size_t)o.len;
}

int main(int argc, char **argv) {
        ARENA_AUTO struct arena a = { 0 };
        struct edited e;

        if (argc == 5 && strcmp(argv[1], "diff") == 0)
                return diff(&a, argv + 2);
        if (argc > 4 && strcmp(argv[1], "variables") == 0)
                return variables(&a, argc - 2, argv + 2);
        if (argc == 4 && strcmp(argv[1], "registry") == 0)
                return registry(&a, argv[2], strcmp(argv[3], "undo") == 0);
        if (argc != 5 || strcmp(argv[1], "grubenv") != 0)
                return 2;
        e = grubenv_set(&a, read_file(&a, argv[2]), str_of(argv[3]), str_of(argv[4]));
        return e.outcome == EDITED_DONE ? write_file(argv[2], e.text) : e.outcome == EDITED_REFUSED;
}
