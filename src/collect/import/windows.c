/* systeminfo, in any language, msinfo32, Get-ComputerInfo, Get-CimInstance, wmic: which Windows on which processor. */
#include "collect/import/parts.h"

static const char carries[] = "a description of Windows: its version and the processor; Get-SpeculationControlSettings "
                              "shows what it does about flaws";

/* "Intel64 Family 6 Model 142 Stepping 10[, GenuineIntel]": where the registry keeps it, a comma stands before the maker. */
static void add_processor(struct import *im, struct import_host *h, struct str text, struct str maker) {
        static const struct str key = STR("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|PROCESSOR_IDENTIFIER");

        evidence_add_registry_text(&h->e, key, maker.len ? str_fmt(im->arena, "%.*s, %.*s", STR_ARG(text), STR_ARG(maker)) : text);
        /* A 32-bit Windows says "x86 Family". */
        if (str_starts(text, S("Intel64 ")) || str_starts(text, S("AMD64 ")))
                import_uname(h, S(""), S(""), S("x86_64"));
}

/* Others write "GenuineIntel Family 6 Model 158 Stepping 10", of whatever system. */
static bool is_windows_word(struct str text) {
        static const struct str words[] = { STR("Intel64 "), STR("AMD64 "), STR("EM64T "), STR("x86 "), STR("x64 "), STR("ARM64 "), STR("ia64 ") };

        while (text.len > 0 && memchr("\"',;([", text.p[0], 6))
                text = str_from(text, 1);
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_starts(text, words[i]))
                        return true;
        return false;
}

static ptrdiff_t identifier_at(struct str line) {
        ptrdiff_t at = str_find(line, S(" Family "));

        /* FreeBSD's kernel has "Family = 0x6  Model = 0x3c". */
        if (at < 1 || str_find(line, S(" Model ")) < at || str_find(line, S(" Stepping ")) < at || str_find(line, S(" = ")) > 0)
                return -1;
        while (at > 0 && line.p[at - 1] != ' ')
                at--;
        return is_windows_word(str_from(line, at)) ? at : -1;
}

static struct str maker_in(struct str text) {
        static const struct str makers[] = { STR("GenuineIntel"), STR("AuthenticAMD"), STR("HygonGenuine"), STR("CentaurHauls"), STR("Shanghai") };

        for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
                if (str_find(text, makers[i]) >= 0)
                        return makers[i];
        return S("");
}

/* "[01]: Intel64 Family 6 Model 142 Stepping 10 GenuineIntel ~1992 Mhz"; where the maker stands elsewhere, it is `other`. */
static void take_processor(struct import *im, struct import_host *h, struct str line, struct str other) {
        struct str rest = str_from(line, identifier_at(line)), word, text = { 0 }, maker = { 0 };

        for (int i = 0; i < 7 && str_word(&rest, &word); i++)
                text = str_fmt(im->arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(word));
        if (str_ends(text, S(",")))
                text = str_sub(text, 0, text.len - 1);
        maker = maker_in(rest);
        if (maker.len == 0 && str_find_nocase(line, S("mhz")) > 0 && str_word(&rest, &word) && !str_starts(word, S("~")))
                maker = word;
        add_processor(im, h, text, maker.len ? maker : other);
}

/* "10.0.19045 N/A Build 19045", "[Version 10.0.19045.3693]" */
static struct str version_in(struct str line) {
        static const struct str beginnings[] = { STR("10.0."), STR("6.3."), STR("6.2."), STR("6.1.") };

        for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
                ptrdiff_t at = str_find(line, beginnings[i]), end = at;

                if (at < 0 || (at > 0 && !memchr(" ,\"\t:=", line.p[at - 1], 6)))
                        continue;
                while (end < line.len && ((line.p[end] >= '0' && line.p[end] <= '9') || line.p[end] == '.'))
                        end++;
                if (end - at > beginnings[i].len + 2)
                        return str_sub(line, at, end - at);
        }
        return S("");
}

/* ---- What ver, winver and the settings say of a build and its revision ---- */

/* "Microsoft Windows [Version 10.0.19045.3693]", in any language. */
static struct str ver_in(struct str line) {
        line = str_trim(line);
        return str_starts(line, S("Microsoft Windows [")) && str_ends(line, S("]")) ? version_in(str_sub(line, 0, line.len - 1)) : S("");
}

/* "19045.4046": a build of Windows 10 or later with its revision. */
static bool is_build_and_revision(struct str word) {
        struct str build;
        uint64_t number;

        return str_cut(&word, '.', &build) && build.len == 5 && str_to_u64(build, &number) && number >= 10240 && word.len > 0 && str_to_u64(word, &number);
}

/* "Version 22H2 (OS Build 19045.4046)", in any language; "OS build 19045.4046" of the settings. */
static struct str winver_in(struct arena *a, struct str line) {
        struct str rest, word = { 0 };

        line = str_trim(line);
        if (str_ends(line, S(")")) && str_find_char(line, '(') > 0 && str_find_char(line, '(') < 40)
                line = str_sub(line, 0, line.len - 1);
        else if (str_find_nocase(line, S("os build")) != 0)
                return S("");
        rest = line;
        while (str_word(&rest, &word))
                ;
        return line.len < 120 && is_build_and_revision(word) ? str_fmt(a, "10.0.%.*s", STR_ARG(word)) : S("");
}

static struct str build_in(struct arena *a, struct str line) {
        struct str version = ver_in(line);

        return version.len ? version : winver_in(a, line);
}

/* "10.0.19045" of "10.0.19045.3693", and the revision; false where it is shorter. */
static bool take_apart(struct arena *a, struct str version, struct str *ret_version, struct str *ret_build, struct str *ret_revision) {
        struct str part[4] = { { 0 } }, rest = version;
        int n = 0;

        while (n < 4 && str_cut(&rest, '.', &part[n]))
                n++;
        *ret_version = str_fmt(a, "%.*s.%.*s.%.*s", STR_ARG(part[0]), STR_ARG(part[1]), STR_ARG(part[2]));
        *ret_build = part[2];
        *ret_revision = part[3];
        return n >= 3;
}

static void add_build(struct import *im, struct import_host *h, struct str build, struct str revision) {
        static const struct str place = STR("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|");
        uint64_t number;

        evidence_add_registry_text(&h->e, str_fmt(im->arena, "%.*sCurrentBuild", STR_ARG(place)), build);
        if (revision.len > 0 && str_to_u64(revision, &number) && number <= UINT32_MAX)
                evidence_add_registry_dword(&h->e, str_fmt(im->arena, "%.*sUBR", STR_ARG(place)), (uint32_t)number);
}

/* The build stands once more behind the version, whatever the language calls it: "10.0.22631 N/A version 22631". */
static bool tells_build(struct str line) {
        struct str version = version_in(line), build = version, part = { 0 }, word, rest;

        if (version.len == 0)
                return false;
        rest = str_from(line, version.p - line.p + version.len);
        while (str_cut(&build, '.', &part))
                if (build.len == 0)
                        break;
        while (part.len > 3 && str_word(&rest, &word))
                if (str_starts(word, part) && (word.len == part.len || memchr("\",", word.p[part.len], 2)))
                        return true;
        return false;
}

/* "OsVersion : 10.0.19045", "Version=10.0.19045", "Version<TAB>10.0.19045 Build 19045". */
static bool property_in(struct str line, struct str *ret_name, struct str *ret_value) {
        static const char marks[] = { '\t', '=', ':' };

        for (size_t i = 0; i < sizeof(marks); i++) {
                ptrdiff_t at = str_find_char(line, marks[i]);

                if (at < 1 || at > 60)
                        continue;
                *ret_name = str_trim(str_sub(line, 0, at));
                *ret_value = str_trim(str_from(line, at + 1));
                return ret_name->len > 0;
        }
        return false;
}

/* What Get-ComputerInfo and the classes of CIM call the version and the build. */
static bool is_version_property(struct str line, struct str *ret_version) {
        struct str name, value;

        if (!property_in(line, &name, &value) || !str_eq(version_in(value), value))
                return false;
        *ret_version = value;
        return str_eq(name, S("OsVersion")) || str_eq(name, S("Version"));
}

static bool is_build_property(struct str line, struct str version) {
        struct str name, value;

        return property_in(line, &name, &value) && (str_eq(name, S("OsBuildNumber")) || str_eq(name, S("BuildNumber"))) && value.len >= 4 &&
               version.len > value.len && str_ends(version, value) && version.p[version.len - value.len - 1] == '.';
}

/* The makers and models of virtual machines, which stand alone as a value: what only begins so may be a network card of its host's. A hypervisor
 * that was "detected" may be this machine's own. */
static void take_model(struct import_host *h, struct str value, bool metal) {
        static const struct {
                struct str model, name;
                bool begins;
        } rows[] = { { STR("Virtual Machine"), STR("Hyper-V"), false },      { STR("HVM domU"), STR("Xen"), false },
                     { STR("KVM"), STR("KVM"), false },                      { STR("VirtualBox"), STR("VirtualBox"), false },
                     { STR("VMware7,1"), STR("VMware"), false },             { STR("VMware Virtual Platform"), STR("VMware"), false },
                     { STR("VMware20,1"), STR("VMware"), false },            { STR("VMware, Inc."), STR("VMware"), false },
                     { STR("Google Compute Engine"), STR("KVM"), false },    { STR("QEMU"), STR("QEMU"), false },
                     { STR("Standard PC ("), STR("QEMU"), true },            { STR("OpenStack"), STR("KVM"), true },
                     { STR("RHEV Hypervisor"), STR("KVM"), false },          { STR("AHV"), STR("KVM"), false },
                     { STR("BHYVE"), STR("bhyve"), false },                  { STR("Parallels Virtual Platform"), STR("Parallels"), false },
                     { STR("Alibaba Cloud ECS"), STR("KVM"), false } };

        value = str_trim(value);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (rows[i].begins ? str_starts(value, rows[i].model) : str_eq(value, rows[i].model))
                        import_guest(h, rows[i].name);
        if (str_eq(value, S("Amazon EC2")) && !metal)
                import_guest(h, S("?"));
}

/* What the lines tell together. */
struct description {
        struct str version;   /* told with its build */
        struct str maker;     /* of the processors; empty where two are told */
        ptrdiff_t first, last; /* lines between which it stands */
        bool paired; /* in lines of two names */
        bool windows, processor, makers, versions, chosen;
        bool metal; /* a cloud's machine without a hypervisor of the cloud's */
};

static void describe(const struct lines *l, struct description *ret) {
        struct str bare = { 0 }, version, maker, name, value;

        *ret = (struct description){ 0 };
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;

                if (l->items[i].taken)
                        continue;
                maker = maker_in(line);
                if (identifier_at(line) >= 0 || version_in(line).len > 0 || str_find(line, S(": KB")) > 0 ||
                    str_find(line, S("Microsoft Windows")) >= 0) {
                        ret->first = ret->last ? ret->first : i;
                        ret->last = i + 1;
                }
                ret->metal |= str_find(line, S(".metal")) >= 0;
                ret->processor |= identifier_at(line) >= 0;
                ret->windows |= str_find(line, S("Microsoft Windows")) >= 0;
                if (is_version_property(line, &version))
                        bare = bare.len ? bare : version;
                /* Get-ComputerInfo's other properties beside OsVersion. */
                ret->chosen |= property_in(line, &name, &value) && value.len > 0 &&
                               (str_starts(name, S("WindowsProduct")) || str_eq(name, S("OsServerLevel")) || str_eq(name, S("OsName")) ||
                                str_eq(name, S("WindowsVersion")) || str_eq(name, S("OsHardwareAbstractionLayer")));
                if (tells_build(line)) {
                        ret->versions |= ret->version.len > 0 && !str_eq(ret->version, version_in(line));
                        ret->version = ret->version.len ? ret->version : version_in(line);
                }
                ret->makers |= maker.len > 0 && ret->maker.len > 0 && !str_eq(maker, ret->maker);
                ret->maker = maker.len ? maker : ret->maker;
        }
        for (ptrdiff_t i = 0; i < l->count && ret->version.len == 0 && bare.len > 0; i++)
                if (!l->items[i].taken && is_build_property(l->items[i].text, bare)) {
                        ret->version = bare;
                        ret->paired = true;
                }
        if (ret->chosen && ret->version.len == 0 && bare.len > 0) {
                ret->version = bare;
                ret->paired = true;
        }
        if (ret->makers)
                ret->maker = S("");
}

/* Two marks: a processor in Windows' own words and its maker, or the system; a version with its build. */
static bool is_windows(struct import *im, const struct lines *l) {
        struct description d;

        (void)im;
        describe(l, &d);
        return d.version.len > 0 ? d.windows || d.processor || d.paired : d.processor && (d.windows || d.maker.len > 0 || d.makers);
}

/* Each cell of a line of CSV, or the value behind a label. */
static void take_models(struct import_host *h, struct str line, bool metal) {
        struct str name, value, cell;

        if (str_starts(str_trim(line), S("\"")))
                while (str_cut(&line, '"', &cell))
                        take_model(h, cell, metal);
        else if (property_in(line, &name, &value))
                take_model(h, value, metal);
}

/* The build that `ver` or winver tell, and its revision, unless they tell several; false where they tell of another build. */
static bool read_build(struct import *im, struct import_host *h, const struct lines *l, struct str told) {
        struct str seen = { 0 }, build = { 0 }, revision = { 0 };

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str version, number, rest;

                if (l->items[i].taken || !take_apart(im->arena, build_in(im->arena, l->items[i].text), &version, &number, &rest))
                        continue;
                if (seen.len && !str_eq(version, seen))
                        return false;
                revision = !seen.len || str_eq(rest, revision) ? rest : S("");
                seen = version;
                build = number;
        }
        if (seen.len == 0)
                return true;
        if (told.len && !str_eq(told, seen) && !str_starts(told, str_fmt(im->arena, "%.*s.", STR_ARG(seen))))
                return false;
        import_uname(h, S("Windows"), seen, S(""));
        add_build(im, h, build, revision);
        return true;
}

static int read_windows(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct description d;
        ptrdiff_t updates = 0;

        describe(l, &d);
        d.versions |= !d.versions && !read_build(im, h, l, d.version);
        import_uname(h, S("Windows"), d.versions ? S("") : d.version, S(""));
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = l->items[i].text;

                if (l->items[i].taken)
                        continue;
                /* What stands before and behind it may be another tool's. */
                l->items[i].used = true;
                l->items[i].taken = i >= d.first && i < d.last;
                updates += str_find(line, S(": KB")) > 0 || str_find(line, S("{KB")) > 0;
                if (identifier_at(line) >= 0)
                        take_processor(im, h, line, d.maker);
                if (identifier_at(line) < 0 || str_starts(str_trim(line), S("\"")))
                        take_models(h, line, d.metal);
        }
        if (d.versions)
                import_note(h, "it tells two versions of Windows: neither is believed");
        if (updates > 0)
                import_note(h, "a list of updates holds only what is still registered, and proves nothing");
        return 0;
}

const struct reader reader_windows = {
        .format = { .name = "systeminfo", .title = "systeminfo, msinfo32, Get-ComputerInfo, Get-CimInstance, wmic", .carries = carries },
        .lacks = LACKS_KERNEL,
        .in_lines = is_windows,
        .read_lines = read_windows,
};

/* ---- ver, winver ---- */

/* winver's words are believed beside Windows' name alone. */
static bool is_ver(struct import *im, const struct lines *l) {
        bool windows = false, winver = false;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (l->items[i].taken)
                        continue;
                if (ver_in(l->items[i].text).len > 0)
                        return true;
                windows |= str_find(l->items[i].text, S("Windows")) >= 0;
                winver |= winver_in(im->arena, l->items[i].text).len > 0;
        }
        return windows && winver;
}

static int read_ver(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));

        if (!read_build(im, h, l, S(""))) {
                import_uname(h, S("Windows"), S(""), S(""));
                import_note(h, "it tells two versions of Windows: neither is believed");
        }
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                l->items[i].taken |= build_in(im->arena, line).len > 0 || str_eq(line, S("About Windows")) || str_eq(line, S("Microsoft Windows"));
        }
        return 0;
}

const struct reader reader_ver = {
        .format = { .name = "ver", .title = "ver, winver",
                    .carries = "the version of Windows alone; Get-SpeculationControlSettings shows what it does about flaws" },
        .lacks = LACKS_PROCESSOR,
        .in_lines = is_ver,
        .read_lines = read_ver,
};

/* ---- Get-ComputerInfo | ConvertTo-Json ---- */

/* jc's JSON of systeminfo. */
static bool is_systeminfo_json(const struct json_value *root) {
        const struct json_value *cpus = json_get(root, S("processors"));

        return json_get(root, S("os_version")) && cpus && cpus->type == JSON_ARRAY && cpus->count > 0 && cpus->items[0].type == JSON_STRING;
}

static bool is_computer_info(struct import *im, const struct json_value *root) {
        (void)im;
        return root->type == JSON_OBJECT && ((json_get(root, S("OsVersion")) && json_get(root, S("CsProcessors"))) || is_systeminfo_json(root));
}

static int read_systeminfo_json(struct import *im, const struct json_value *root) {
        struct import_host *h = import_host(im, S(""));
        const struct json_value *cpus = json_get(root, S("processors"));
        struct str model = json_text(root, S("system_model"));

        import_uname(h, S("Windows"), version_in(json_text(root, S("os_version"))), S(""));
        for (ptrdiff_t i = 0; i < cpus->count; i++)
                if (identifier_at(import_json_text(&cpus->items[i])) >= 0)
                        take_processor(im, h, import_json_text(&cpus->items[i]), S(""));
        take_model(h, model, str_find(model, S(".metal")) >= 0);
        take_model(h, json_text(root, S("system_manufacturer")), false);
        return 0;
}

static void take_threads(struct import *im, struct import_host *h, const struct json_value *cpus) {
        ptrdiff_t count = cpus->type == JSON_ARRAY ? cpus->count : 1;
        struct windows_threads t = { 0 };

        for (ptrdiff_t i = 0; i < count; i++) {
                const struct json_value *cpu = cpus->type == JSON_ARRAY ? &cpus->items[i] : cpus;

                import_add_package(&t, import_json_text(json_get(cpu, S("NumberOfCores"))), import_json_text(json_get(cpu, S("NumberOfLogicalProcessors"))));
        }
        import_windows_threads(im, h, &t);
}

static int read_properties_json(struct import *im, const struct json_value *root) {
        const struct json_value *cpus = json_get(root, S("CsProcessors"));
        const struct json_value *first = cpus->type == JSON_ARRAY && cpus->count > 0 ? &cpus->items[0] : cpus;
        struct import_host *h = import_host(im, S(""));
        struct str description = json_text(first, S("Description")), maker = json_text(first, S("Manufacturer")), model = json_text(root, S("CsModel"));
        bool metal = str_find(model, S(".metal")) >= 0;

        import_uname(h, S("Windows"), json_text(root, S("OsVersion")), S(""));
        if (identifier_at(description) >= 0)
                add_processor(im, h, description, maker);
        take_model(h, model, metal);
        take_model(h, json_text(root, S("CsManufacturer")), metal);
        take_threads(im, h, cpus);
        return 0;
}

static int read_computer_info(struct import *im, const struct json_value *root) {
        return is_systeminfo_json(root) ? read_systeminfo_json(im, root) : read_properties_json(im, root);
}

const struct reader reader_computer_info = {
        .format = { .name = "computer-info", .title = "Get-ComputerInfo | ConvertTo-Json; systeminfo | jc --systeminfo", .carries = carries },
        .lacks = LACKS_KERNEL,
        .in_json = is_computer_info,
        .read_json = read_computer_info,
};
