/* CPU-Z's report as text: the processor by its numbers, and its microcode. */
#include "collect/import/parts.h"

/* What stands behind a label that is set apart by tabs, or by several blanks. */
static bool value_of(struct str line, struct str label, struct str *ret) {
        line = str_trim(line);
        if (str_starts(line, S("- ")))
                line = str_trim(str_from(line, 2));
        if (!str_starts(line, label))
                return false;
        line = str_from(line, label.len);
        if (!str_starts(line, S("\t")) && !str_starts(line, S("  ")))
                return false;
        *ret = str_trim(line);
        return ret->len > 0;
}

/* "Core Speed<TAB>4449.0 MHz", "Core Set 0<TAB>…"; a heading, a rule. */
static bool is_labelled(struct str line) {
        return str_find(str_trim(line), S("\t")) > 0 || str_starts(str_trim(line), S("-----")) || str_eq(str_trim(line), S("Processors Information"));
}

struct report {
        struct str numbers, extended, name, maker, microcode;
        bool is_64;
};

static bool take(struct report *r, struct str line) {
        struct str value;

        if (value_of(line, S("Extended CPUID"), &value))
                r->extended = r->extended.len ? r->extended : value;
        else if (value_of(line, S("CPUID"), &value) && str_find_char(value, '.') == 1)
                r->numbers = r->numbers.len ? r->numbers : value;
        else if (value_of(line, S("Instructions sets"), &value))
                r->is_64 |= str_find(value, S("x86-64")) >= 0 || str_find(value, S("EM64T")) >= 0;
        else if (value_of(line, S("Specification"), &value))
                r->name = r->name.len ? r->name : value;
        else if (value_of(line, S("Manufacturer"), &value) && (str_eq(value, S("GenuineIntel")) || str_eq(value, S("AuthenticAMD"))))
                r->maker = r->maker.len ? r->maker : value;
        else if (value_of(line, S("Microcode Revision"), &value))
                r->microcode = r->microcode.len ? r->microcode : value;
        else
                return false;
        return true;
}

static bool is_cpuz(struct import *im, const struct lines *l) {
        struct report r = { 0 };

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++)
                (void)take(&r, l->items[i].text);
        return r.numbers.len > 0 && r.extended.len > 0;
}

/* The n-th of the numbers between points, which are hexadecimal. */
static struct str number(struct arena *a, struct str s, int n) {
        struct str part = { 0 };

        for (int i = 0; i <= n; i++)
                if (!str_cut(&s, '.', &part))
                        return S("");
        return import_decimal(a, part, true);
}

static int read_cpuz(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct report r = { 0 };
        struct import_cpu cpu = { 0 };

        import_uname(h, S("Windows"), S(""), S("")); /* it runs nowhere else */
        for (ptrdiff_t i = 0; i < l->count; i++)
                if (!l->items[i].taken) {
                        l->items[i].taken = take(&r, l->items[i].text) || is_labelled(l->items[i].text);
                        l->items[i].used = true;
                }
        cpu.family = number(im->arena, r.extended, 0);
        cpu.model = number(im->arena, r.extended, 1);
        cpu.stepping = number(im->arena, r.numbers, 2);
        cpu.name = r.name;
        cpu.vendor = r.maker.len ? r.maker : import_vendor_of(r.name);
        if (cpu.family.len == 0 || cpu.model.len == 0 || cpu.stepping.len == 0)
                return 0;
        import_uname(h, S(""), S(""), r.is_64 ? S("x86_64") : S(""));
        if (str_starts(r.microcode, S("0x")))
                cpu.microcode = r.microcode;
        *arena_append(im->arena, &h->cpus) = cpu;
        return 0;
}

const struct reader reader_cpuz = {
        .format = { .name = "cpu-z", .title = "CPU-Z's report as text", .carries = "CPU-Z: the processor's numbers and its microcode; nothing of what a system does" },
        .lacks = LACKS_KERNEL,
        .in_lines = is_cpuz,
        .read_lines = read_cpuz,
};
