#include "report/inventory_class.h"

#include "facts/cpus.h"
#include "facts/facts.h"

#define CURRENT_VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|"

/* ---- What is known of a machine from its Windows version ---- */

/* "10.0.14393.2007" as what the machine itself would say. False when it is no Windows version of that form. */
static bool version_evidence(struct evidence *e, struct arena *a, struct str version) {
        struct str part[4], rest = version, line;
        uint64_t build, revision;
        int n = 0;

        while (n < 4 && str_cut(&rest, '.', &part[n]))
                n++;
        if (n != 4 || rest.len > 0 || !str_to_u64(part[2], &build) || !str_to_u64(part[3], &revision) ||
            build > UINT32_MAX || revision > UINT32_MAX)
                return false;
        line = str_fmt(a, "Windows %.*s.%.*s.%.*s x86_64", STR_ARG(part[0]), STR_ARG(part[1]), STR_ARG(part[2]));
        evidence_add_line(e, RECORD_UNAME, S(""), line);
        evidence_add_registry_text(e, S(CURRENT_VERSION "CurrentBuild"), part[2]);
        evidence_add_registry_dword(e, S(CURRENT_VERSION "UBR"), (uint32_t)revision);
        return true;
}

static struct listed listed_of(const struct advice_class *c) {
        return (struct listed){ .os = c->os == OS_WINDOWS ? S("Windows") : c->os == OS_LINUX ? S("Linux") : S(""), .distribution = c->distribution,
                                .vendor = c->vendor, .edition = c->edition, .one_thread = c->one_thread };
}

/* What the list tells of a Windows, as the machine itself would say it; false when it does not tell the version: then nothing is done
 * but what the rest proves. */
static bool class_evidence(struct evidence *e, struct arena *a, const struct advice_class *c) {
        const struct listed known = listed_of(c);

        if (c->os_version.len == 0 || !version_evidence(e, a, c->os_version))
                return false;
        guidance_listed(e, &known);
        return true;
}

static struct facts *facts_of(const struct catalog *k, struct arena *a, const struct evidence *e) {
        static const struct facts_options options = { 0 };
        struct cpu_list *cpus = arena_new(a, struct cpu_list);
        struct facts *f = arena_new(a, struct facts);

        cpu_list_read(cpus, a, k, e);
        facts_init(f, a, k, e, cpus, &options, 0);
        return f;
}

static struct facts *class_facts(const struct catalog *k, struct arena *a, const struct advice_class *c) {
        struct evidence *e = arena_new(a, struct evidence);

        evidence_init(e, a, S("the inventory"));
        return class_evidence(e, a, c) ? facts_of(k, a, e) : NULL;
}

/* The operating system, by which what is for another one is left out; NULL where the list does not tell. */
static struct facts *class_scope(const struct catalog *k, struct arena *a, const struct advice_class *c) {
        const struct listed known = listed_of(c);

        return c->os == OS_UNKNOWN ? NULL : guidance_scope(a, k, &known);
}

static enum tri is_patched(struct facts *f) {
        if (!f)
                return TRI_UNKNOWN;
        if (facts_tri(f, S("windows_patched")) == TRI_TRUE)
                return TRI_TRUE;
        return facts_tri(f, S("windows_unpatched")) == TRI_TRUE ? TRI_FALSE : TRI_UNKNOWN;
}

/* What a configuration was found to do, as its owner would declare it. */
static const struct declared *found_declared(struct arena *a, const struct advice_class *c, uint32_t *ret_count) {
        const struct {
                struct str name;
                enum tri is;
        } rows[] = { { STR("guest-os-current"), c->guest_os_fine }, { STR("guest-os-floor"), c->guest_os_fixed } };
        struct declared *all = arena_array(a, struct declared, 2);

        *ret_count = 0;
        for (size_t i = 0; i < 2; i++)
                if (rows[i].is != TRI_UNKNOWN)
                        all[(*ret_count)++] = (struct declared){ rows[i].name, rows[i].is == TRI_TRUE ? S("yes") : S("no") };
        return all;
}

void inventory_class_request(struct advice_request *ret, struct arena *a, const struct catalog *k, struct advice_class *c) {
        ret->declared = found_declared(a, c, &ret->declared_count);
        ret->offering = guidance_offering(k->guidance, c->offering);
        ret->facts = class_facts(k, a, c);
        ret->scope = class_scope(k, a, c);
        c->patched = is_patched(ret->facts);
}
