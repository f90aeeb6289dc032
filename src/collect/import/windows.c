/* systeminfo, in any language, and Get-ComputerInfo: which Windows on which processor. */
#include "collect/import/parts.h"

static const char carries[] = "a description of Windows: its version and the processor; Get-SpeculationControlSettings "
                              "shows what it does about flaws";

/* "Intel64 Family 6 Model 142 Stepping 10[, GenuineIntel]": where the registry keeps it, a comma stands before the maker. */
static void add_processor(struct import *im, struct import_host *h, struct str text, struct str maker) {
        static const struct str key = STR("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|PROCESSOR_IDENTIFIER");

        evidence_add_registry_text(&h->e, key, maker.len ? str_fmt(im->arena, "%.*s, %.*s", STR_ARG(text), STR_ARG(maker)) : text);
}

static ptrdiff_t identifier_at(struct str line) {
        ptrdiff_t at = str_find(line, S(" Family "));

        if (at < 1 || str_find(line, S(" Model ")) < at || str_find(line, S(" Stepping ")) < at)
                return -1;
        while (at > 0 && line.p[at - 1] != ' ')
                at--;
        return at;
}

/* "[01]: Intel64 Family 6 Model 142 Stepping 10 GenuineIntel ~1992 Mhz" */
static void take_processor(struct import *im, struct import_host *h, struct str line) {
        struct str rest = str_from(line, identifier_at(line)), word, text = { 0 }, maker = { 0 };

        for (int i = 0; i < 7 && str_word(&rest, &word); i++)
                text = str_fmt(im->arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(word));
        if (str_word(&rest, &maker) && !str_starts(maker, S("~")))
                add_processor(im, h, text, maker);
        else
                add_processor(im, h, text, S(""));
}

/* "10.0.19045 N/A Build 19045", "[Version 10.0.19045.3693]" */
static struct str version_in(struct str line) {
        static const struct str beginnings[] = { STR("10.0."), STR("6.3."), STR("6.2."), STR("6.1.") };

        for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
                ptrdiff_t at = str_find(line, beginnings[i]), end = at;

                if (at < 0 || (at > 0 && line.p[at - 1] != ' ' && line.p[at - 1] != ','))
                        continue;
                while (end < line.len && ((line.p[end] >= '0' && line.p[end] <= '9') || line.p[end] == '.'))
                        end++;
                if (end - at > beginnings[i].len + 2)
                        return str_sub(line, at, end - at);
        }
        return S("");
}

/* The models of virtual machines, which stand alone as a value. A hypervisor that was "detected" may be this machine's own. */
static void take_model(struct import_host *h, struct str value) {
        static const struct {
                struct str model, name;
        } rows[] = { { STR("Virtual Machine"), STR("Hyper-V") }, { STR("HVM domU"), STR("Xen") }, { STR("KVM"), STR("KVM") },
                     { STR("VirtualBox"), STR("VirtualBox") },  { STR("VMware7,1"), STR("VMware") }, { STR("VMware Virtual Platform"), STR("VMware") },
                     { STR("VMware20,1"), STR("VMware") },      { STR("Google Compute Engine"), STR("KVM") } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(str_trim(value), rows[i].model))
                        import_guest(h, rows[i].name);
}

static bool is_windows(struct import *im, const struct lines *l) {
        bool processor = false, version = false;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count && !(processor && version); i++) {
                struct str line = l->items[i].text;

                if (l->items[i].taken)
                        continue;
                processor |= identifier_at(line) >= 0 && import_find_nocase(line, S("mhz")) > 0;
                version |= version_in(line).len > 0 || str_find(line, S("Microsoft Windows")) >= 0;
        }
        return processor && version;
}

static int read_windows(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct str label, value;
        ptrdiff_t updates = 0;

        import_uname(h, S("Windows"), S(""), S(""));
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;

                if (l->items[i].taken)
                        continue;
                l->items[i].taken = true;
                updates += str_find(line, S(": KB")) > 0;
                if (identifier_at(line) >= 0 && import_find_nocase(line, S("mhz")) > 0)
                        take_processor(im, h, line);
                else if (h->release.len == 0 && version_in(line).len > 0 && str_find(line, S("Build")) > 0)
                        import_uname(h, S("Windows"), version_in(line), S(""));
                else if (import_label(line, &label, &value))
                        take_model(h, value);
        }
        if (updates > 0)
                import_note(h, "a list of updates holds only what is still registered, and proves nothing");
        return 0;
}

const struct reader reader_windows = {
        .format = { .name = "systeminfo", .title = "systeminfo", .carries = carries },
        .in_lines = is_windows,
        .read_lines = read_windows,
};

/* ---- ver: "Microsoft Windows [Version 10.0.19045.3693]" ---- */

static struct str ver_in(struct str line) {
        line = str_trim(line);
        return str_starts(line, S("Microsoft Windows [")) && str_ends(line, S("]")) ? version_in(str_sub(line, 0, line.len - 1)) : S("");
}

static bool is_ver(struct import *im, const struct lines *l) {
        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++)
                if (!l->items[i].taken && ver_in(l->items[i].text).len > 0)
                        return true;
        return false;
}

static int read_ver(struct import *im, struct lines *l) {
        static const struct str place = STR("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|");
        struct import_host *h = import_host(im, S(""));

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str version = ver_in(l->items[i].text), part[4], rest = version;
                uint64_t revision;
                int n = 0;

                if (l->items[i].taken || version.len == 0)
                        continue;
                l->items[i].taken = true;
                while (n < 4 && str_cut(&rest, '.', &part[n]))
                        n++;
                if (n < 3)
                        continue;
                import_uname(h, S("Windows"), str_fmt(im->arena, "%.*s.%.*s.%.*s", STR_ARG(part[0]), STR_ARG(part[1]), STR_ARG(part[2])), S(""));
                evidence_add_registry_text(&h->e, str_fmt(im->arena, "%.*sCurrentBuild", STR_ARG(place)), part[2]);
                if (n == 4 && str_to_u64(part[3], &revision) && revision <= UINT32_MAX)
                        evidence_add_registry_dword(&h->e, str_fmt(im->arena, "%.*sUBR", STR_ARG(place)), (uint32_t)revision);
        }
        return 0;
}

const struct reader reader_ver = {
        .format = { .name = "ver", .title = "ver",
                    .carries = "the version of Windows alone; Get-SpeculationControlSettings shows what it does about flaws" },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_ver,
        .read_lines = read_ver,
};

/* ---- Get-ComputerInfo | ConvertTo-Json ---- */

static bool is_computer_info(struct import *im, const struct json_value *root) {
        (void)im;
        return root->type == JSON_OBJECT && json_get(root, S("OsVersion")) && json_get(root, S("CsProcessors"));
}

static int read_computer_info(struct import *im, const struct json_value *root) {
        const struct json_value *cpus = json_get(root, S("CsProcessors"));
        const struct json_value *first = cpus->type == JSON_ARRAY && cpus->count > 0 ? &cpus->items[0] : cpus;
        struct import_host *h = import_host(im, S(""));
        struct str description = json_text(first, S("Description")), maker = json_text(first, S("Manufacturer"));

        import_uname(h, S("Windows"), json_text(root, S("OsVersion")), S(""));
        if (identifier_at(description) >= 0)
                add_processor(im, h, description, maker);
        take_model(h, json_text(root, S("CsModel")));
        return 0;
}

const struct reader reader_computer_info = {
        .format = { .name = "computer-info", .title = "Get-ComputerInfo | ConvertTo-Json", .carries = carries },
        .in_json = is_computer_info,
        .read_json = read_computer_info,
};
