/* One machine that is put together from what readers find. */
#include "collect/import/parts.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- Machines by name ---- */

static uint32_t *slot_of(struct import *im, struct str name) {
        ptrdiff_t at = (ptrdiff_t)(siphash(im->names_key, name).low & (uint64_t)(im->names_size - 1));

        while (im->names[at] && !str_eq(im->items[im->names[at] - 1].name, name))
                at = (at + 1) & (im->names_size - 1);
        return &im->names[at];
}

/* Of few names, which are most texts', no order is slow. */
static void grow_names(struct import *im) {
        if (im->names_size && !im->names_keyed) {
                im->names_key = siphash_key(im->text);
                im->names_keyed = true;
        }
        im->names_size = im->names_size ? 4 * im->names_size : 16;
        im->names = arena_array(im->arena, uint32_t, im->names_size);
        for (ptrdiff_t i = 0; i < im->count; i++)
                *slot_of(im, im->items[i].name) = (uint32_t)i + 1;
}

struct import_host *import_host(struct import *im, struct str name) {
        struct import_host *h;
        uint32_t *slot;

        if (name.len == 0)
                name = im->nameless;
        if (2 * im->count >= im->names_size)
                grow_names(im);
        slot = slot_of(im, name);
        if (*slot) {
                h = &im->items[*slot - 1];
        } else {
                h = arena_append(im->arena, im);
                *slot = (uint32_t)im->count;
                evidence_init(&h->e, im->arena, im->source);
                h->name = name;
        }
        h->used |= im->reader ? UINT64_C(1) << import_reader_number(im->reader) : 0;
        return h;
}

bool import_placeholder(struct str value) {
        static const struct str words[] = { STR(""), STR("?"), STR("-"), STR("--"), STR("n/a"), STR("unknown"), STR("none"), STR("null"),
                                            STR("<filter>"), STR("(null)"), STR("undefined"), STR("..."), STR("[redacted]"),
                                            STR("<redacted>"), STR("redacted") };

        value = str_trim(value);
        if (value.len > 2 && value.p[0] == '*') { /* masked: "***" */
                while (value.len > 0 && value.p[0] == '*')
                        value = str_from(value, 1);
                return value.len == 0;
        }
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq_nocase(value, words[i]))
                        return true;
        return false;
}

void import_file_text(struct import *im, struct import_host *h, struct str path, struct str text) {
        const struct record *r = evidence_file(&h->e, path);

        text = str_trim(text);
        if (!r) {
                evidence_add_file(&h->e, path, text);
        } else if (r->state == FACT_KNOWN && !str_eq(r->text, text)) {
                evidence_add_missing(&h->e, path, FACT_FAILED, S("EINVAL"));
                import_note(h, "%.*s stands in it twice, and differently: neither is believed", STR_ARG(path));
        } else if (r->state != FACT_KNOWN && r->state != FACT_FAILED) {
                evidence_add_file(&h->e, path, text);
        }
        (void)im;
}

void import_state(struct import *im, struct import_host *h, struct str path, enum fact_state state) {
        (void)im;
        if (!evidence_file(&h->e, path))
                evidence_add_missing(&h->e, path, state, S(""));
}

static void learn(struct str *have, struct str value) {
        if (!import_placeholder(value) && have->len == 0)
                *have = str_trim(value);
}

static bool is_machine(struct str word) {
        static const struct str words[] = { STR("x86_64"), STR("i386"), STR("i486"), STR("i586"), STR("i686"), STR("aarch64"), STR("armv5tel"),
                                            STR("armv6l"), STR("armv7l"), STR("armv8l"), STR("ppc"), STR("ppc64"), STR("ppc64le"), STR("s390x"),
                                            STR("s390"), STR("riscv64"), STR("mips"), STR("mips64"), STR("loongarch64"), STR("sparc64"),
                                            STR("alpha"), STR("armhf"), STR("ppc64el"), STR("x64"), STR("loongarch"), STR("ia64"), STR("parisc64"), STR("amd64"), STR("arm64") };

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq(word, words[i]))
                        return true;
        return false;
}

void import_uname(struct import_host *h, struct str os, struct str release, struct str machine) {
        if (h->os.len > 0 && !import_placeholder(os) && !str_eq_nocase(h->os, str_trim(os)))
                h->other_os = str_trim(os);
        learn(&h->os, os);
        if (str_find_char(str_trim(release), ' ') < 0) /* what stands behind a blank would be the machine's */
                learn(&h->release, release);
        if (is_machine(str_trim(machine))) /* an unknown word would look like a machine without flaws */
                learn(&h->machine, machine);
}

/* ---- uname -a ---- */

static bool is_number(struct str word) {
        return word.p[0] >= '0' && word.p[0] <= '9';
}

/* "Linux web-17 6.1.0-33-amd64 #1 SMP … x86_64 GNU/Linux"; without -n: "Linux 6.8.0-45-generic x86_64". */
void import_uname_line(struct import *im, struct import_host *h, struct str line) {
        struct str rest = line, word, os, release, machine = { 0 };

        (void)im;
        if (!str_word(&rest, &os) || !str_word(&rest, &release))
                return;
        if (!is_number(release) && (!str_word(&rest, &release) || !is_number(release)))
                return;
        while (str_word(&rest, &word))
                if (is_machine(word))
                        machine = word;
        import_uname(h, os, release, machine);
}

/* "Linux version 6.1.0-33-amd64 (…) (gcc-12 …) #1 SMP …", which never names the machine; distributions put it into the release. */
void import_version_line(struct import *im, struct import_host *h, struct str line) {
        static const struct {
                struct str end;
                const char *machine;
        } rows[] = { { STR("amd64"), "x86_64" },  { STR("x86_64"), "x86_64" },   { STR("arm64"), "aarch64" }, { STR("aarch64"), "aarch64" },
                     { STR("ppc64le"), "ppc64le" }, { STR("powerpc64le"), "ppc64le" }, { STR("ppc64el"), "ppc64le" }, { STR("s390x"), "s390x" },
                     { STR("riscv64"), "riscv64" }, { STR("i686"), "i686" },      { STR("i386"), "i686" },     { STR("armmp"), "armv7l" },
                     { STR("-686"), "i686" },       { STR("-686-pae"), "i686" },  { STR("-pae"), "i686" },     { STR("-armmp-lpae"), "armv7l" },
                     { STR("-v7+"), "armv7l" },     { STR("-v7l+"), "armv7l" },   { STR("-v8+"), "aarch64" },  { STR("-v8-16k+"), "aarch64" },
                     { STR("loongarch64"), "loongarch64" } },
          /* Cross compilers are named for what they make, and distributions build on the machine itself. */
          compilers[] = { { STR("x86_64-linux-gnu-gcc"), "x86_64" },    { STR("aarch64-linux-"), "aarch64" },
                          { STR("aarch64-none-linux-"), "aarch64" },    { STR("aarch64-unknown-linux-"), "aarch64" },
                          { STR("aarch64-openwrt-linux-"), "aarch64" }, { STR("arm-linux-gnueabi"), "armv7l" },
                          { STR("arm-none-linux-"), "armv7l" },         { STR("arm-openwrt-linux-"), "armv7l" },
                          { STR("riscv64-linux-"), "riscv64" },         { STR("riscv64-unknown-linux-"), "riscv64" },
                          { STR("s390x-linux-gnu-"), "s390x" },         { STR("powerpc64le-linux-gnu-"), "ppc64le" },
                          { STR("loongarch64-linux-"), "loongarch64" }, { STR("loongarch64-unknown-linux-"), "loongarch64" },
                          { STR("i686-linux-gnu-"), "i686" } };
        struct str release, rest = str_from(line, 14), machine = { 0 };

        if (!str_starts(line, S("Linux version ")) || !str_word(&rest, &release))
                return;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_ends(release, rows[i].end))
                        machine = str_of(rows[i].machine);
        for (size_t i = 0; i < sizeof(compilers) / sizeof(compilers[0]) && machine.len == 0; i++)
                if (str_find(line, compilers[i].end) > 0)
                        machine = str_of(compilers[i].machine);
        import_uname(h, S("Linux"), release, machine);
        import_file_text(im, h, S("/proc/version"), line);
}

void import_command_line(struct import *im, struct import_host *h, struct str text, bool cut) {
        text = str_trim(text);
        while (cut && text.len > 0 && text.p[text.len - 1] != ' ')
                text.len--;
        import_file_text(im, h, S(PLACE_CMDLINE), cut ? str_fmt(im->arena, "%.*s" PLACE_CMDLINE_CUT, STR_ARG(text)) : text);
}

/* ---- Who runs below ---- */

void import_guest(struct import_host *h, struct str vendor) {
        if (str_eq(h->guest, S("no")))
                return;
        if (!import_placeholder(vendor))
                h->guest = str_trim(vendor);
        else if (h->guest.len == 0)
                h->guest = S("yes");
}

/* ---- Notes ---- */

void import_note(struct import_host *h, const char *format, ...) {
        char text[512];
        struct str s;
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        s = str_of(text);
        if (h->notes.len < 1024 && str_find(h->notes, s) < 0)
                h->notes = str_fmt(h->e.arena, "%.*s%s%.*s", STR_ARG(h->notes), h->notes.len ? "; " : "", STR_ARG(s));
}
