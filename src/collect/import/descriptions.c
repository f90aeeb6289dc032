/* Processors as other programs describe them, by their numbers: hwloc's lstopo, libvirt's capabilities of a host, AIDA64's page of the processor. */
#include "collect/import/parts.h"
#include "evidence/signature.h"

/* ---- lstopo -v, lstopo x.xml: CPUModelNumber=142, <info name="CPUModelNumber" value="142"/> ---- */

static const struct str between[] = { STR("\" value=\""), STR("=\""), STR("=") };

/* What stands behind the name at the beginning of `rest`. */
static struct str behind(struct str rest) {
        ptrdiff_t end = 0;

        for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
                struct str value = str_from(rest, between[i].len);

                if (!str_starts(rest, between[i]))
                        continue;
                while (end < value.len && (i < 2 ? value.p[end] != '"' : value.p[end] != ' ' && value.p[end] != ')'))
                        end++;
                return str_trim(str_sub(value, 0, end));
        }
        return S("");
}

static bool value_of(struct str line, struct str name, struct str *ret) {
        ptrdiff_t at;

        while ((at = str_find(line, name)) >= 0) {
                line = str_from(line, at + name.len);
                *ret = behind(line);
                if (ret->len > 0)
                        return true;
        }
        return false;
}

static bool is_hwloc(struct import *im, const struct lines *l) {
        bool vendor = false, model = false;
        struct str value;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                vendor |= value_of(l->items[i].text, S("CPUVendor"), &value);
                model |= value_of(l->items[i].text, S("CPUModelNumber"), &value);
        }
        return vendor && model;
}

static void take_package(struct import *im, struct import_cpu *cpu, struct str line) {
        struct str value;

        if (value_of(line, S("CPUFamilyNumber"), &value))
                cpu->family = import_decimal(im->arena, value, false);
        if (value_of(line, S("CPUModelNumber"), &value))
                cpu->model = import_decimal(im->arena, value, false);
        if (value_of(line, S("CPUStepping"), &value))
                cpu->stepping = import_decimal(im->arena, value, false);
        if (value_of(line, S("CPUModel"), &value))
                cpu->name = value;
}

static int read_hwloc(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct import_cpu *cpu = NULL;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text, value;

                l->items[i].used = true; /* the rest tells where caches and devices are */
                if (value_of(line, S("OSName"), &value))
                        import_uname(h, value, S(""), S(""));
                if (value_of(line, S("OSRelease"), &value))
                        import_uname(h, S(""), value, S(""));
                if (value_of(line, S("Architecture"), &value))
                        import_uname(h, S(""), S(""), value);
                if (value_of(line, S("CPUVendor"), &value)) {
                        cpu = arena_append(im->arena, &h->cpus);
                        cpu->vendor = value;
                }
                if (cpu)
                        take_package(im, cpu, line);
        }
        return 0;
}

const struct reader reader_hwloc = {
        .format = { .name = "hwloc", .title = "lstopo -v, lstopo's XML", .carries = "lstopo: the processor's numbers, and which kernel runs; nothing of what it does" },
        .lacks = LACKS_KERNEL | LACKS_SYSTEM,
        .in_lines = is_hwloc,
        .read_lines = read_hwloc,
};

/* ---- virsh capabilities ---- */

/* <signature family='6' model='142' stepping='12'/> */
static struct str attribute_of(struct str line, struct str element, struct str name) {
        ptrdiff_t at = str_find(line, element), end;
        struct str rest;

        if (at < 0)
                return S("");
        rest = str_from(line, at + element.len);
        end = str_find_char(rest, '>');
        rest = str_sub(rest, 0, end > 0 ? end : 0);
        at = str_find(rest, name);
        if (at < 0 || at + name.len + 1 >= rest.len)
                return S("");
        end = str_find_char(str_from(rest, at + name.len + 1), rest.p[at + name.len]);
        return str_sub(rest, at + name.len + 1, end > 0 ? end : 0);
}

static struct str text_of(struct str line, struct str element) {
        ptrdiff_t at = str_find(line, element), end;

        if (at < 0)
                return S("");
        line = str_from(line, at + element.len);
        end = str_find_char(line, '<');
        return str_trim(str_sub(line, 0, end > 0 ? end : 0));
}

static bool is_libvirt(struct import *im, const struct lines *l) {
        bool host = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                host |= str_find(l->items[i].text, S("<capabilities>")) >= 0;
                if (host && attribute_of(l->items[i].text, S("<signature"), S(" family=")).len > 0)
                        return true;
        }
        return false;
}

static struct str vendor_of(struct str word) {
        return str_eq(word, S("Intel"))   ? S("GenuineIntel")
               : str_eq(word, S("AMD"))   ? S("AuthenticAMD")
               : str_eq(word, S("Hygon")) ? S("HygonGenuine")
                                          : S("");
}

/* The host's processor; what guests can be shown stands behind it. */
static int read_libvirt(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct import_cpu cpu = { 0 };
        uint64_t revision;
        bool ended = false;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text, family = attribute_of(line, S("<signature"), S(" family="));

                l->items[i].used = true;
                if (ended)
                        continue;
                import_uname(h, S(""), S(""), text_of(line, S("<arch>")));
                cpu.vendor = cpu.vendor.len ? cpu.vendor : vendor_of(text_of(line, S("<vendor>")));
                if (str_to_u64(attribute_of(line, S("<microcode"), S(" version=")), &revision) && revision > 0)
                        cpu.microcode = str_fmt(im->arena, "0x%llx", (unsigned long long)revision);
                if (family.len > 0) {
                        cpu.family = import_decimal(im->arena, family, false);
                        cpu.model = import_decimal(im->arena, attribute_of(line, S("<signature"), S(" model=")), false);
                        cpu.stepping = import_decimal(im->arena, attribute_of(line, S("<signature"), S(" stepping=")), false);
                }
                ended = str_find(line, S("</cpu>")) >= 0;
        }
        if (cpu.vendor.len > 0 && cpu.family.len > 0 && cpu.model.len > 0)
                *arena_append(im->arena, &h->cpus) = cpu;
        return 0;
}

const struct reader reader_libvirt = {
        .format = { .name = "libvirt", .title = "virsh capabilities", .carries = "libvirt's capabilities: the processor's numbers and its microcode; nothing of what a system does" },
        .lacks = LACKS_KERNEL | LACKS_SYSTEM,
        .in_lines = is_libvirt,
        .read_lines = read_libvirt,
};

/* ---- AIDA64's "CPUID Revision    000306C3h", where the page of registers, which tells more, is not there ---- */

/* Labels are in the language of the report but for these. */
static bool set_apart(struct str line, struct str label, struct str *ret) {
        line = str_trim(line);
        if (!str_starts(line, label) || !str_starts(str_from(line, label.len), S("  ")))
                return false;
        *ret = str_trim(str_from(line, label.len));
        return ret->len > 0;
}

/* "000306C3h". */
static bool number_of(struct str value, uint64_t *ret) {
        return str_ends(value, S("h")) && str_hex_to_u64(str_sub(value, 0, value.len - 1), ret) && *ret > 0 && *ret <= UINT32_MAX;
}

static bool is_aida64(struct import *im, const struct lines *l) {
        bool head = false, numbers = false;
        struct str value;
        uint64_t n;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (str_starts(line, S("CPUID Registers")) || str_starts(line, S("CPUID 0000000")))
                        return false;
                head |= str_find(line, S("--[ AIDA64")) >= 0;
                numbers |= set_apart(line, S("CPUID Revision"), &value) && number_of(value, &n);
        }
        return head && numbers;
}

static int read_aida64(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct import_cpu cpu = { 0 };
        struct str value;
        uint64_t n;

        import_uname(h, S("Windows"), S(""), S("")); /* reports like this one are made there alone */
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;

                l->items[i].used = true;
                if (set_apart(line, S("CPUID CPU Name"), &value) && cpu.name.len == 0) {
                        cpu.name = value;
                        cpu.vendor = import_vendor_of(value);
                } else if (set_apart(line, S("CPUID Revision"), &value) && number_of(value, &n) && cpu.family.len == 0) {
                        cpu.family = str_fmt(im->arena, "%u", signature_family((uint32_t)n));
                        cpu.model = str_fmt(im->arena, "%u", signature_model((uint32_t)n));
                        cpu.stepping = str_fmt(im->arena, "%u", signature_stepping((uint32_t)n));
                } else if (set_apart(line, S("Microcode Update Revision"), &value) && number_of(value, &n) && cpu.microcode.len == 0) {
                        cpu.microcode = str_fmt(im->arena, "0x%llx", (unsigned long long)n);
                }
        }
        *arena_append(im->arena, &h->cpus) = cpu;
        return 0;
}

const struct reader reader_aida64 = {
        .format = { .name = "aida64", .title = "AIDA64's report", .carries = "AIDA64: the processor's numbers and its microcode; nothing of what a system does" },
        .lacks = LACKS_KERNEL,
        .in_lines = is_aida64,
        .read_lines = read_aida64,
};
