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
        for (size_t i = 0; i < sizeof(strong) / sizeof(strong[0]); i++)
                if (str_eq(label, strong[i]))
                        return true;
        return str_eq(label, S("CPU")) && str_starts(value, S("68")); /* m68k */
}

/* "processor : 0"; s390: "processor 0: version = FF, …". */
static bool is_processor(struct str label, struct str value) {
        struct str number = str_starts(label, S("processor ")) ? str_from(label, 10) : value;
        uint64_t n;

        return (str_eq(label, S("processor")) || str_starts(label, S("processor "))) && str_to_u64(number, &n);
}

static ptrdiff_t first_line(const struct lines *l, ptrdiff_t *ret_marks) {
        ptrdiff_t first = -1;
        bool processor = false;

        *ret_marks = 0;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str label, value;

                if (l->items[i].taken || !import_label(l->items[i].text, &label, &value))
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

static int read_cpuinfo(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        OUT_AUTO struct out text = { 0 };
        ptrdiff_t marks;

        for (ptrdiff_t i = first_line(l, &marks); i >= 0 && i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (l->items[i].taken && line.len > 0)
                        continue;
                if (is_foreign(line))
                        break;
                l->items[i].taken = true;
                out_str(&text, line);
                out_char(&text, '\n');
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
