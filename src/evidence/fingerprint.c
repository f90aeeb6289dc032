/* What like machines have in common, as one number. */
#include <stdlib.h>

#include "base/sha256.h"
#include "evidence/evidence.h"

/* Lines of /proc/cpuinfo that differ between like machines or from one second to the next. */
static bool is_volatile_cpuinfo(struct str line) {
        static const struct str names[] = { STR("cpu MHz"), STR("bogomips"), STR("BogoMIPS"), STR("apicid"),
                                            STR("initial apicid"), STR("clock"), STR("timebase") };
        struct str name;

        if (!str_cut(&line, ':', &name))
                return false;
        name = str_trim(name);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                if (str_eq(name, names[i]))
                        return true;
        return false;
}

/* Words of the kernel command line that name a device or an image of one machine. */
static bool is_naming_parameter(struct str word) {
        static const struct str prefixes[] = { STR("BOOT_IMAGE="), STR("root="), STR("resume="), STR("initrd="),
                                               STR("ip="), STR("rd."), STR("crashkernel="), STR("console=") };

        for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
                if (str_starts(word, prefixes[i]))
                        return true;
        return false;
}

static void add_text(struct sha256 *h, const struct record *r) {
        struct str rest = r->text, piece;

        if (r->kind == RECORD_CPUID || r->kind == RECORD_MSR || r->kind == RECORD_NT || r->kind == RECORD_IDREG)
                return; /* their numbers say it all, whether they came from a file or from this machine */
        if (str_eq(r->key, S("/proc/cpuinfo"))) {
                while (str_line(&rest, &piece))
                        if (!is_volatile_cpuinfo(piece)) {
                                sha256_add(h, piece);
                                sha256_add(h, S("\n"));
                        }
        } else if (str_eq(r->key, S("/proc/cmdline"))) {
                while (str_word(&rest, &piece))
                        if (!is_naming_parameter(piece)) {
                                sha256_add(h, piece);
                                sha256_add(h, S(" "));
                        }
        } else {
                sha256_add(h, r->text);
        }
}

static int by_name(const void *a, const void *b) {
        const struct record *x = *(const struct record *const *)a, *y = *(const struct record *const *)b;
        const uint32_t xs[] = { (uint32_t)x->kind, x->cpu, x->leaf, x->subleaf };
        const uint32_t ys[] = { (uint32_t)y->kind, y->cpu, y->leaf, y->subleaf };

        for (size_t i = 0; i < 4; i++)
                if (xs[i] != ys[i])
                        return xs[i] < ys[i] ? -1 : 1;
        return str_cmp(x->key, y->key);
}

static void add_record(struct sha256 *h, const struct record *r) {
        const uint64_t numbers[] = { (uint64_t)r->kind, (uint64_t)r->state, r->cpu, r->leaf, r->subleaf, r->word_count,
                                     r->words[0], r->words[1], r->words[2], r->words[3], r->value,
                                     (uint64_t)r->key.len, r->known[0], r->known[1] };
        char bytes[sizeof(numbers)];

        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (char)(numbers[i / 8] >> (8 * (i % 8)));
        sha256_add(h, str_n(bytes, (ptrdiff_t)sizeof(bytes)));
        sha256_add(h, r->key);
        add_text(h, r);
        sha256_add(h, S("\n--\n"));
}

void evidence_fingerprint(const struct evidence *e, struct arena *scratch, char ret_hex[65]) {
        struct arena_mark mark = arena_mark(scratch);
        const struct record **order = arena_array(scratch, const struct record *, e->count + 1);
        size_t n = 0;
        struct sha256 h;

        for (ptrdiff_t i = 0; i < e->count; i++) {
                enum record_kind k = e->items[i].kind;

                if (k != RECORD_META && k != RECORD_IDENTITY && k != RECORD_EXPECT)
                        order[n++] = &e->items[i];
        }
        qsort(order, n, sizeof(*order), by_name);
        sha256_init(&h);
        for (size_t i = 0; i < n; i++)
                add_record(&h, order[i]);
        sha256_hex(&h, ret_hex);
        arena_release(scratch, mark);
}
