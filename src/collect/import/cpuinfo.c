/* /proc/cpuinfo in the layouts of all architectures, also where tabs became blanks or went, and with other text around it. */
#include "collect/import/parts.h"

/* Labels that no other tool prints so. */
static const struct str strong[] = {
        STR("vendor_id"), STR("cpu family"), STR("model name"), STR("cpuid level"), STR("cpu cores"), STR("stepping"), STR("flags"),
        STR("CPU implementer"), STR("CPU part"), STR("CPU variant"), STR("CPU architecture"), STR("CPU revision"), STR("Processor"),
        STR("Hardware"), STR("Features"), STR("bogomips per cpu"), STR("# processors"), STR("features"), STR("facilities"),
        STR("cpu"), STR("timebase"), STR("platform"), STR("clock"), STR("hart"), STR("isa"), STR("mmu"), STR("uarch"), STR("mvendorid"),
        STR("system type"), STR("cpu model"), STR("CPU Family"), STR("Model Name"), STR("fpu"), STR("prom"), STR("ncpus probed"),
        STR("vendor"), STR("arch"), STR("Clocking"), STR("Calibration"), STR("siblings"), STR("core id"), STR("physical id"), STR("bogomips"),
};

static bool is_strong(struct str label, struct str value) {
        if (value.len == 0) /* a heading of another report: "Hardware:" */
                return false;
        for (size_t i = 0; i < sizeof(strong) / sizeof(strong[0]); i++)
                if (str_eq(label, strong[i]))
                        return true;
        if (str_eq(label, S("bugs")))
                return str_has_word(value, S("spectre_v1"));
        return str_eq(label, S("CPU")) && str_starts(value, S("68")); /* m68k */
}

/* "processor : 0"; s390: "processor 0: version = FF, …". */
static bool is_processor(struct str label, struct str value) {
        struct str number = str_starts(label, S("processor ")) ? str_from(label, 10) : value;
        uint64_t n;

        return (str_eq(label, S("processor")) || str_starts(label, S("processor "))) && str_to_u64(number, &n);
}

/* Of a quotation whose later lines nobody marked, the first line's mark is none of it. */
static struct str own_text(struct str line) {
        return str_starts(line, S("> ")) ? str_from(line, 2) : line;
}

static ptrdiff_t first_line(const struct lines *l, ptrdiff_t *ret_marks) {
        ptrdiff_t first = -1;
        bool processor = false;

        *ret_marks = 0;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str label, value;

                if (l->items[i].taken || !import_label(own_text(l->items[i].text), &label, &value))
                        continue;
                if (is_processor(label, value) || is_strong(label, value)) {
                        *ret_marks += is_processor(label, value) ? !processor : 1;
                        processor |= is_processor(label, value);
                        first = first < 0 ? i : first;
                }
        }
        return first;
}

static bool is_cpuinfo(struct import *im, const struct lines *l) {
        ptrdiff_t marks;

        (void)im;
        (void)first_line(l, &marks);
        return marks >= 2;
}

/* Where it ends: at another tool's words. */
static bool is_foreign(struct str line) {
        struct str label, value;

        if (str_trim(line).len == 0)
                return false;
        if (!import_label(line, &label, &value))
                return true;
        return str_eq(label, S("Architecture")) || str_eq(label, S("Vulnerabilities")) || str_starts(label, S("Vulnerability ")) ||
               str_starts(line, S("$ ")) || str_starts(line, S("# cat ")) || str_eq(label, S("CPU op-mode(s)"));
}

/* Between the processors of one list may stand what is none of it, such as lines that something broke: it goes on at the next one. */
static ptrdiff_t next_processor(const struct lines *l, ptrdiff_t i) {
        struct str label, value;

        while (++i < l->count)
                if (!l->items[i].taken && import_label(l->items[i].text, &label, &value) && is_processor(label, value))
                        return i;
        return l->count;
}

/* Words of a list, and nothing else: "nonstop_tsc cpuid aperfmperf". */
static bool are_words(struct str line) {
        bool any = false;

        for (ptrdiff_t i = 0; i < line.len; i++) {
                char c = line.p[i];

                any |= c == '_' || (c >= 'a' && c <= 'z');
                if (c != '_' && c != ' ' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
                        return false;
        }
        return any;
}

/* A list of flags that something broke goes on in the next lines: within a word where the line was as long as it may be. */
static ptrdiff_t out_broken(struct out *o, struct arena *a, struct lines *l, ptrdiff_t i) {
        struct str label, value;

        if (!import_label(l->items[i].text, &label, &value) || !(str_eq(label, S("flags")) || str_eq(label, S("bugs")) || str_eq(label, S("Features"))))
                return i;
        while (i + 1 < l->count && !l->items[i + 1].taken && are_words(l->items[i + 1].text)) {
                out_str(o, import_with_next(a, l, i, S("")));
                l->items[++i].taken = true;
        }
        return i;
}

/* What stands in a line that nothing ended: of a number perhaps not all digits, of a list not all words. */
static struct str open_line(struct import *im, struct import_host *h, struct str line) {
        static const struct str numbers[] = { STR("cpu family"), STR("model"), STR("stepping"), STR("microcode"), STR("CPU implementer"), STR("CPU variant"),
                                              STR("CPU part") }; /* an Arm core's revision has one digit */
        struct str label, value;

        if (!import_label(line, &label, &value) || value.len == 0)
                return line;
        if (str_eq(label, S("flags")) || str_eq(label, S("Features")))
                return str_fmt(im->arena, "%.*s" FLAGS_GO_ON, STR_ARG(line));
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                if (str_eq(label, numbers[i])) {
                        import_note(h, "the text ends within its last line, '%.*s: %.*s': perhaps not all digits are there, and none is believed",
                                    STR_ARG(label), STR_ARG(value));
                        return str_fmt(im->arena, "%.*s: ?", STR_ARG(label));
                }
        return line;
}

static int read_cpuinfo(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        OUT_AUTO struct out text = { 0 };
        ptrdiff_t marks, broken, i = first_line(l, &marks);

        while (i >= 0 && i < l->count) {
                struct str line = own_text(str_trim(l->items[i].text));

                if (l->items[i].taken && line.len > 0) {
                        i++;
                } else if (is_foreign(line)) {
                        i = next_processor(l, i);
                } else {
                        l->items[i].taken = true;
                        out_str(&text, l->items[i].open ? open_line(im, h, line) : line);
                        broken = out_broken(&text, im->arena, l, i);
                        out_str(&text, broken > i && l->items[broken].open ? S(FLAGS_GO_ON) : S(""));
                        i = broken + 1;
                        out_char(&text, '\n');
                }
        }
        import_file_text(im, h, S("/proc/cpuinfo"), out_text(&text));
        h->cpuinfo = true;
        return 0;
}

const struct reader reader_cpuinfo = {
        .format = { .name = "cpuinfo", .title = "/proc/cpuinfo",
                    .carries = "/proc/cpuinfo alone: the processor as the kernel shows it, and nothing of what the kernel does" },
        .lacks = LACKS_KERNEL,
        .in_lines = is_cpuinfo,
        .read_lines = read_cpuinfo,
};
