/* Red Hat's inventory of hosts (Insights, console.redhat.com): the answer of its API, one host of it, or a host's profile alone. */
#include "collect/import/parts.h"

static const struct json_value *profile_of(const struct json_value *v) {
        const struct json_value *profile = json_get(v, S("system_profile"));

        profile = profile && profile->type == JSON_OBJECT ? profile : v;
        return json_member(profile, S("os_kernel_version")) && (json_member(profile, S("cpu_model")) || json_member(profile, S("cpu_flags")) ||
                                                                  json_member(profile, S("infrastructure_type")))
                       ? profile
                       : NULL;
}

static const struct json_value *hosts_of(const struct json_value *root) {
        const struct json_value *results = json_get(root, S("results"));

        return results && results->type == JSON_ARRAY ? results : root;
}

static bool is_insights(struct import *im, const struct json_value *root) {
        const struct json_value *hosts = hosts_of(root);

        (void)im;
        if (hosts->type == JSON_OBJECT)
                return profile_of(hosts) != NULL;
        for (ptrdiff_t i = 0; hosts->type == JSON_ARRAY && i < hosts->count; i++)
                if (hosts->items[i].type == JSON_OBJECT && profile_of(&hosts->items[i]))
                        return true;
        return false;
}

/* All of them, as the kernel lists them; one that is no text may be any, and then nothing of the list counts. */
static struct str flags_of(struct import *im, const struct json_value *list) {
        OUT_AUTO struct out o = { 0 };

        if (!list || list->type != JSON_ARRAY)
                return S("");
        for (ptrdiff_t i = 0; i < list->count; i++) {
                if (list->items[i].type != JSON_STRING)
                        return S("");
                out_fmt(&o, "%s%.*s", i ? " " : "", STR_ARG(list->items[i].text));
        }
        return str_dup(im->arena, out_text(&o));
}

/* "5.14.0" and "427.13.1.el9_4": the release that uname prints, without the architecture. */
static struct str release_of(struct import *im, const struct json_value *profile) {
        struct str version = json_text(profile, S("os_kernel_version")), rest = json_text(profile, S("os_kernel_release"));

        return import_placeholder(version) || import_placeholder(rest) ? version : str_fmt(im->arena, "%.*s-%.*s", STR_ARG(version), STR_ARG(rest));
}

static void read_host(struct import *im, struct str name, const struct json_value *profile) {
        struct import_host *h = import_host(im, name);
        struct str arch = json_text(profile, S("arch")), model = json_text(profile, S("cpu_model")), bios = json_text(profile, S("bios_vendor"));
        struct import_cpu *cpu = arena_append(im->arena, &h->cpus);

        import_uname(h, S("Linux"), release_of(im, profile), arch);
        cpu->name = model;
        cpu->vendor = import_vendor_of(model);
        cpu->flags = flags_of(im, json_get(profile, S("cpu_flags")));
        if (!import_placeholder(bios))
                import_file_text(im, h, S("/sys/class/dmi/id/bios_vendor"), bios);
        if (str_eq(json_text(profile, S("infrastructure_type")), S("virtual")))
                import_guest(h, json_text(profile, S("infrastructure_vendor")));
}

static int read_insights(struct import *im, const struct json_value *root) {
        const struct json_value *hosts = hosts_of(root);
        ptrdiff_t count = hosts->type == JSON_ARRAY ? hosts->count : 1;

        for (ptrdiff_t i = 0; i < count; i++) {
                const struct json_value *host = hosts->type == JSON_ARRAY ? &hosts->items[i] : hosts;
                const struct json_value *profile = host->type == JSON_OBJECT ? profile_of(host) : NULL;
                struct str name = profile ? json_text(host, S("fqdn")) : (struct str){ 0 };

                if (!profile)
                        continue;
                name = import_placeholder(name) ? json_text(host, S("display_name")) : name;
                name = import_placeholder(name) ? json_text(host, S("id")) : name;
                if (import_placeholder(name))
                        name = count > 1 ? str_fmt(im->arena, "machine-%td", i + 1) : S("");
                read_host(im, name, profile);
        }
        return 0;
}

const struct reader reader_insights = {
        .format = { .name = "insights", .title = "Red Hat's inventory of hosts (Insights)",
                    .carries = "Red Hat's inventory: kernel, whether it is a guest, the processor's name and flags; nothing of its numbers or of protection" },
        .lacks = LACKS_KERNEL,
        .in_json = is_insights,
        .read_json = read_insights,
};
