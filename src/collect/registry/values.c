/* The registry values that say something about speculation control, and the records they become. */
#include "base/utf16.h"
#include "collect/collect.h"
#include "collect/registry/registry.h"

#define CONTROL "HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
#define SERVICES "HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
#define MEMORY CONTROL "Session Manager\\Memory Management"
#define WINDOWS "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define PROCESSORS "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor"
#define BIOS "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS"
#define ANTIVIRUS "HKLM\\SOFTWARE\\Microsoft\\Security Center\\Provider\\Av"

static const struct {
        const char *key, *name;
} values[] = {
        /* What the administrator chose. */
        { .key = MEMORY, .name = "FeatureSettings" },
        { .key = MEMORY, .name = "FeatureSettingsOverride" },
        { .key = MEMORY, .name = "FeatureSettingsOverrideMask" },
        { .key = CONTROL "Session Manager\\kernel", .name = "DisableTsx" },
        { .key = WINDOWS "\\Virtualization", .name = "MinVmVersionForCpuBasedMitigations" },
        { .key = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\QualityCompat",
          .name = "cadca5fe-87d3-4b96-b7fb-a231484277cc" },
        /* Which Windows it is. */
        { .key = WINDOWS, .name = "ProductName" },
        { .key = WINDOWS, .name = "CurrentVersion" },
        { .key = WINDOWS, .name = "CurrentMajorVersionNumber" },
        { .key = WINDOWS, .name = "CurrentBuild" },
        { .key = WINDOWS, .name = "CurrentBuildNumber" },
        { .key = WINDOWS, .name = "UBR" },
        { .key = WINDOWS, .name = "DisplayVersion" },
        { .key = WINDOWS, .name = "ReleaseId" },
        { .key = WINDOWS, .name = "EditionID" },
        { .key = WINDOWS, .name = "InstallationType" },
        { .key = CONTROL "ProductOptions", .name = "ProductType" },
        { .key = CONTROL "Session Manager\\Environment", .name = "PROCESSOR_ARCHITECTURE" },
        { .key = CONTROL "Session Manager\\Environment", .name = "PROCESSOR_IDENTIFIER" },
        /* What runs on it: a Hyper-V host, a virtual machine of a cloud, an antivirus. */
        { .key = SERVICES "vmms", .name = "Start" },
        { .key = SERVICES "HvHost", .name = "Start" },
        { .key = SERVICES "WinDefend", .name = "Start" },
        { .key = SERVICES "WindowsAzureGuestAgent", .name = "Start" },
        /* The machine under it; only while it runs, for no hive file holds these. */
        { .key = BIOS, .name = "SystemManufacturer" },
        { .key = BIOS, .name = "SystemProductName" },
        { .key = BIOS, .name = "BIOSVersion" },
        { .key = BIOS, .name = "BIOSReleaseDate" },
};
enum { VALUE_COUNT = sizeof(values) / sizeof(values[0]) };

/* Of each logical processor; "Update Revision" is MSR 0x8b as Windows read it. */
static const char *const processor_values[] = { "ProcessorNameString", "VendorIdentifier", "Identifier",
                                                "Update Revision", "Previous Update Revision",
                                                "Platform Specific Field 1" };
enum { PROCESSOR_VALUE_COUNT = sizeof(processor_values) / sizeof(processor_values[0]), SUBKEY_MAX = 4096 };

/* Text as one line: what stands before the first NUL, with control characters made visible as '?'. */
static struct str one_line(struct arena *a, struct str utf16) {
        struct str s = utf8_from_utf16(a, utf16.p, utf16.len);
        ptrdiff_t nul = str_find_char(s, '\0');
        char *p = (char *)(uintptr_t)s.p;

        if (nul >= 0)
                s.len = nul;
        for (ptrdiff_t i = 0; i < s.len; i++)
                if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
                        p[i] = '?';
        return str_trim(s);
}

static void add_data(struct evidence *e, struct arena *scratch, struct str name, const struct registry_data *d) {
        const unsigned char *p = (const unsigned char *)d->bytes.p;

        if (d->type == REGISTRY_DWORD && d->bytes.len == 4)
                evidence_add_registry_dword(e, name, (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                                                             (uint32_t)p[3] << 24);
        else if (d->type == REGISTRY_SZ || d->type == REGISTRY_EXPAND_SZ)
                evidence_add_registry_text(e, name, one_line(scratch, d->bytes));
        else if (d->type == REGISTRY_BINARY && d->bytes.len <= 64)
                evidence_add_registry_binary(e, name, d->bytes);
        else /* not the type that Windows itself would accept here */
                evidence_add_registry_missing(e, name, FACT_FAILED);
}

static void add_value(const struct registry_source *source, struct evidence *e, struct arena *scratch,
                                 struct str key, struct str name) {
        struct registry_data data = { 0 };
        enum fact_state state = source->value(source->arg, scratch, key, name, &data);
        struct str full = str_fmt(scratch, "%.*s|%.*s", STR_ARG(key), STR_ARG(name));

        if (state == FACT_KNOWN)
                add_data(e, scratch, full, &data);
        else if (state != FACT_UNREAD)
                evidence_add_registry_missing(e, full, state);

}

static void collect_processors(const struct registry_source *source, struct evidence *e, struct arena *scratch) {
        struct str cpu;

        for (uint32_t i = 0; i < SUBKEY_MAX && source->subkey(source->arg, scratch, S(PROCESSORS), i, &cpu); i++) {
                struct str key = str_fmt(scratch, PROCESSORS "\\%.*s", STR_ARG(cpu));

                for (size_t v = 0; v < PROCESSOR_VALUE_COUNT; v++)
                        add_value(source, e, scratch, key, str_of(processor_values[v]));
        }
}

/* Windows' Security Center knows the products that registered with it (clients only; servers have no Security Center). */
static void collect_antivirus(const struct registry_source *source, struct evidence *e, struct arena *scratch) {
        struct str product;

        for (uint32_t i = 0; i < SUBKEY_MAX && source->subkey(source->arg, scratch, S(ANTIVIRUS), i, &product); i++) {
                struct str key = str_fmt(scratch, ANTIVIRUS "\\%.*s", STR_ARG(product));

                add_value(source, e, scratch, key, S("DISPLAYNAME"));
                add_value(source, e, scratch, key, S("STATE"));
        }
}

/* So that a new flaw's value is read without a change here. */
static void collect_facts(const struct registry_source *source, const struct catalog *c, struct evidence *e,
                          struct arena *scratch) {
        for (uint32_t i = 0; i < c->fact_count; i++) {
                struct str name = T(c->facts[i].text), key;

                if (c->facts[i].kind == FACT_KIND_REGISTRY && !evidence_registry(e, name) && str_cut(&name, '|', &key))
                        add_value(source, e, scratch, key, name);
        }
}

void registry_collect(const struct registry_source *source, const struct catalog *c, struct evidence *e,
                      struct arena *scratch) {
        struct arena_mark mark = arena_mark(scratch);

        for (size_t i = 0; i < VALUE_COUNT; i++)
                add_value(source, e, scratch, str_of(values[i].key), str_of(values[i].name));
        if (c)
                collect_facts(source, c, e, scratch);
        collect_processors(source, e, scratch);
        collect_antivirus(source, e, scratch);
        arena_release(scratch, mark);
}

/* "10.0", "17763", "22H2". */
static bool is_version(struct str text) {
        for (ptrdiff_t i = 0; i < text.len; i++)
                if (!memchr("0123456789.H", text.p[i], 12))
                        return false;
        return text.len <= 10;
}

static bool may_stay(const struct catalog *c, const struct record *r, struct str text) {
        return is_version(text) || str_starts(r->key, S(PROCESSORS "\\")) || str_find(r->key, S("|PROCESSOR_")) >= 0 ||
               catalog_compares(c, FACT_KIND_REGISTRY, r->key, text);
}

void collect_redact_registry(struct evidence *e, const struct catalog *c) {
        for (ptrdiff_t i = 0; i < e->count; i++) {
                const struct record *r = &e->items[i];

                if (r->kind == RECORD_REGISTRY && r->state == FACT_KNOWN && str_starts(r->text, S("sz ")) &&
                    !may_stay(c, r, str_trim(str_from(r->text, 3))))
                        evidence_add_registry_text(e, r->key, S("redacted"));
        }
        evidence_add_line(e, RECORD_META, S("redacted"), S("yes"));
}

bool registry_is_evidence(const struct catalog *c, struct str path) {
        ptrdiff_t bar = str_find_char(path, '|');
        struct str key = str_sub(path, 0, bar), name = str_from(path, bar + 1);

        if (bar < 0)
                return false;
        if (str_eq_nocase(str_sub(key, 0, (ptrdiff_t)sizeof(PROCESSORS) - 1), S(PROCESSORS)) || str_eq_nocase(str_sub(key, 0, (ptrdiff_t)sizeof(ANTIVIRUS) - 1), S(ANTIVIRUS)))
                return true;
        for (int i = 0; i < VALUE_COUNT; i++)
                if (str_eq_nocase(key, str_of(values[i].key)) && str_eq_nocase(name, str_of(values[i].name)))
                        return true;
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_REGISTRY && str_eq_nocase(T(c->facts[i].text), path))
                        return true;
        return false;
}
