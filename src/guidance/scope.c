#include "facts/cpus.h"
#include "guidance/guidance.h"

/* CPUID's leaf 0 tells whose processor it is, and nothing else here (Intel SDM volume 2A, CPUID). */
static void add_vendor(struct evidence *e, struct str vendor) {
        static const struct {
                struct str vendor;
                uint32_t regs[4];
        } rows[] = {
                { STR("intel"), { 0, 0x756e6547, 0x6c65746e, 0x49656e69 } },
                { STR("amd"), { 0, 0x68747541, 0x444d4163, 0x69746e65 } },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(rows[i].vendor, vendor))
                        evidence_add_cpuid(e, 0, 0, 0, rows[i].regs);
}

void guidance_listed(struct evidence *e, const struct listed *known) {
        bool windows = str_eq(known->os, S("Windows"));

        add_vendor(e, known->vendor);
        if (windows && known->edition.len > 0)
                evidence_add_registry_text(e, S("HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions|ProductType"),
                                           str_eq(known->edition, S("client")) ? S("WinNT") : S("ServerNT"));
        if (known->distribution.len > 0 && !windows)
                evidence_add_file(e, S("/etc/os-release"), str_fmt(e->arena, "ID=%.*s\n", STR_ARG(known->distribution)));
        if (known->one_thread && windows)
                evidence_add_line(e, RECORD_WIN32, S("smt"), S("0"));
        else if (known->one_thread)
                evidence_add_file(e, S("/sys/devices/system/cpu/smt/active"), S("0\n"));
}

struct facts *guidance_scope(struct arena *a, const struct catalog *c, const struct listed *known) {
        static const struct facts_options options = { 0 };
        struct evidence *e = arena_new(a, struct evidence);
        struct cpu_list *cpus = arena_new(a, struct cpu_list);
        struct facts *f = arena_new(a, struct facts);

        evidence_init(e, a, S("the inventory"));
        evidence_add_line(e, RECORD_UNAME, S(""), known->os);
        guidance_listed(e, known);
        cpu_list_read(cpus, a, c, e);
        facts_init(f, a, c, e, cpus, &options, 0);
        return f;
}
