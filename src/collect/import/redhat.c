/* Red Hat's script of January 2018 (spectre-meltdown--….sh): which kernel runs, and what it calls vulnerable, as its claim. What it calls
 * mitigated says nothing here. */
#include "collect/import/parts.h"

static const struct {
        struct str label;
        const char *flaw;
} variants[] = { { STR("Variant #1 (Spectre): "), "spectre-v1" }, { STR("Variant #2 (Spectre): "), "spectre-v2" }, { STR("Variant #3 (Meltdown): "), "meltdown" } };

enum { VARIANT_COUNT = sizeof(variants) / sizeof(variants[0]) };

static const struct str kernel = STR("Running kernel: ");

/* The variant of which the line speaks; -1. */
static int variant_of(struct str line) {
        for (int i = 0; i < VARIANT_COUNT; i++)
                if (str_starts(line, variants[i].label))
                        return i;
        return -1;
}

static bool is_redhat(struct import *im, const struct lines *l) {
        bool open = false, vendor = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                open |= variant_of(line) >= 0 && str_ends(line, S(": Vulnerable"));
                vendor |= str_starts(line, S("Detected CPU vendor"));
        }
        return open && vendor;
}

static int read_redhat(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));

        import_uname(h, S("Linux"), S(""), S(""));
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);
                int variant = variant_of(line);

                if (str_starts(line, kernel))
                        import_uname_line(im, h, str_fmt(im->arena, "Linux ? %.*s", STR_ARG(str_from(line, kernel.len))));
                else if (variant >= 0 && str_ends(line, S(": Vulnerable")))
                        evidence_add_line(&h->e, RECORD_CLAIM, str_of(variants[variant].flaw), S("vulnerable Red Hat's script"));
                l->items[i].taken = true; /* its advice, and how it came to that */
        }
        return 0;
}

const struct reader reader_redhat = {
        .format = { .name = "redhat-script", .title = "Red Hat's spectre-meltdown script",
                    .carries = "Red Hat's script of 2018: which kernel runs, and what it calls vulnerable, where nothing else was seen" },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_redhat,
        .read_lines = read_redhat,
};
