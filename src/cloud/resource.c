#include "cloud/resource.h"

static const struct str properties = STR("properties");

const struct json_value *resource_at(const struct json_value *v, struct str path) {
        char between = str_find_char(path, '|') >= 0 ? '|' : '.';
        struct str name;

        while (v && str_cut(&path, between, &name)) {
                if (v->type == JSON_ARRAY)
                        v = v->count > 0 ? &v->items[0] : NULL;
                v = v ? json_get(v, name) : NULL;
        }
        return v;
}

bool resource_number(const struct json_value *v, uint64_t *ret) {
        return json_to_u64(v, ret) || (v && v->type == JSON_STRING && str_to_u64(v->text, ret));
}

/* A member of the resource: below "properties", or beside it. */
static const struct json_value *field(const struct json_value *v, struct str path) {
        const struct json_value *below = resource_at(json_get(v, properties), path);

        return below ? below : resource_at(v, path);
}

static struct str text(const struct json_value *v, struct str path) {
        const struct json_value *at = field(v, path);

        return at && (at->type == JSON_STRING || at->type == JSON_NUMBER) ? at->text : (struct str){ .p = "" };
}

static bool is_there(const struct json_value *v) {
        return v && v->type != JSON_NULL;
}

static struct str lower(struct arena *a, struct str s) {
        char *p = arena_bytes(a, s.len + 1);

        for (ptrdiff_t i = 0; i < s.len; i++)
                p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
        return str_n(p, s.len);
}

static bool contains_nocase(struct str s, struct str part) {
        for (ptrdiff_t i = 0; i + part.len <= s.len; i++)
                if (str_eq_nocase(str_sub(s, i, part.len), part))
                        return true;
        return false;
}

/* ---- The type ---- */

/* Objects that do not say their type, told by a member that only such ones have. */
static const struct shape {
        struct str member, type;
} shapes[] = {
        { STR("virtualMachineConfiguration"), STR("microsoft.batch/batchaccounts/pools") },
        { STR("cloudServiceConfiguration"), STR("microsoft.batch/batchaccounts/pools") },
        { STR("deploymentConfiguration"), STR("microsoft.batch/batchaccounts/pools") },
        { STR("agentPoolProfiles"), STR("microsoft.containerservice/managedclusters") },
        { STR("virtualMachineProfile"), STR("microsoft.compute/virtualmachinescalesets") },
        { STR("hardwareProfile"), STR("microsoft.compute/virtualmachines") },
        { STR("storageProfile"), STR("microsoft.compute/virtualmachines") },
        { STR("hostNames"), STR("microsoft.web/sites") },
};

static const struct shape *shape_of(const struct json_value *v) {
        for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
                if (is_there(field(v, shapes[i].member)))
                        return &shapes[i];
        return NULL;
}

/* "/subscriptions/…/providers/Microsoft.A/b/name/c/name" -> "microsoft.a/b/c". */
static struct str type_of_id(struct arena *a, struct str id) {
        static const struct str providers = STR("/providers/");
        ptrdiff_t at = -1;
        struct str rest, piece, type = S("");
        int number = 0;

        for (ptrdiff_t i = 0; i + providers.len <= id.len; i++)
                if (str_eq_nocase(str_sub(id, i, providers.len), providers))
                        at = i;
        if (at < 0)
                return type;
        rest = str_from(id, at + providers.len);
        while (str_cut(&rest, '/', &piece)) {
                if (number == 0)
                        type = piece;
                else if (number % 2 == 1)
                        type = str_fmt(a, "%.*s/%.*s", STR_ARG(type), STR_ARG(piece));
                number++;
        }
        return number > 1 ? lower(a, type) : S("");
}

static bool has_provider(struct str type) {
        return str_find_char(type, '/') > 0 && str_find_char(type, '.') > 0;
}

static struct str type_of(struct arena *a, const struct json_value *v, const struct resource *parent, struct str as) {
        const struct shape *shape;
        struct str type = as.len > 0 ? as : json_text(v, S("type"));

        if (type.len == 0)
                type = json_text(v, S("resourceType")); /* PowerShell's Get-AzResource */
        if (has_provider(type))
                return lower(a, type);
        if (type.len > 0 && parent && parent->type.len > 0)
                return lower(a, str_fmt(a, "%.*s/%.*s", STR_ARG(parent->type), STR_ARG(type)));
        type = type_of_id(a, json_text(v, S("id")));
        if (type.len > 0)
                return type;
        shape = shape_of(v);
        return shape ? shape->type : (struct str){ .p = "" };
}

bool resource_looks_like(const struct json_value *v) {
        struct str id = json_text(v, S("id"));

        return v->type == JSON_OBJECT &&
               (has_provider(json_text(v, S("type"))) || has_provider(json_text(v, S("resourceType"))) ||
                contains_nocase(id, S("/providers/")) || shape_of(v));
}

/* ---- The operating system ---- */

static enum resource_os os_word(struct str s) {
        if (str_eq_nocase(s, S("linux")))
                return OS_LINUX;
        return str_eq_nocase(s, S("windows")) ? OS_WINDOWS : OS_UNKNOWN;
}

/* Where resources say "Linux" or "Windows" outright. */
static const struct str os_paths[] = {
        STR("storageProfile.osDisk.osType"),
        STR("virtualMachineProfile.storageProfile.osDisk.osType"),
        STR("storageProfile.operatingSystemDisk.operatingSystem"),
        STR("deploymentConfiguration.virtualMachineConfiguration.osDisk.osType"),
        STR("osType"),
        STR("vmImage"),
        STR("extended.instanceView.osType"),
};

/* Members that only one of the two has. */
static const struct hint {
        struct str path;
        enum resource_os os;
} hints[] = {
        { STR("osProfile.linuxConfiguration"), OS_LINUX },
        { STR("osProfile.windowsConfiguration"), OS_WINDOWS },
        { STR("virtualMachineProfile.osProfile.linuxConfiguration"), OS_LINUX },
        { STR("virtualMachineProfile.osProfile.windowsConfiguration"), OS_WINDOWS },
        { STR("deploymentConfiguration.virtualMachineConfiguration.windowsConfiguration"), OS_WINDOWS },
        { STR("virtualMachineConfiguration.windowsConfiguration"), OS_WINDOWS },
};

/* Texts whose words tell. */
static const struct str telling_paths[] = {
        STR("deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId"),
        STR("virtualMachineConfiguration.nodeAgentSkuId"),
        STR("instanceView.osName"),
        STR("kind"),
        STR("licenseType"),
};

static const struct telling {
        struct str word;
        enum resource_os os;
} tellings[] = {
        { STR("windows"), OS_WINDOWS }, { STR("linux"), OS_LINUX },  { STR("ubuntu"), OS_LINUX },
        { STR("debian"), OS_LINUX },    { STR("centos"), OS_LINUX }, { STR("red hat"), OS_LINUX },
        { STR("node.el"), OS_LINUX },   { STR("suse"), OS_LINUX },   { STR("rhel"), OS_LINUX },
        { STR("sles"), OS_LINUX },
};

static const struct str image_paths[] = {
        STR("storageProfile.imageReference"),
        STR("virtualMachineProfile.storageProfile.imageReference"),
        STR("deploymentConfiguration.virtualMachineConfiguration.imageReference"),
        STR("virtualMachineConfiguration.imageReference"),
};

static enum resource_os publisher_os(const struct catalog *c, struct str publisher) {
        for (uint32_t i = 0; i < c->image_publisher_count; i++)
                if (str_eq_nocase(T(c->image_publishers[i].publisher), publisher))
                        return (enum resource_os)c->image_publishers[i].os;
        return OS_UNKNOWN;
}

/* Texts that tell which Linux it is: of a node pool, of the agent in the machine, of a Batch pool. */
static const struct str distribution_paths[] = {
        STR("osSKU"),
        STR("instanceView.osName"),
        STR("extended.instanceView.osName"),
        STR("deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId"),
        STR("virtualMachineConfiguration.nodeAgentSkuId"),
};

/* What the machine's own agent says, or the image; the texts come first, for a system can be replaced by another. */
static struct str distribution_of(const struct catalog *c, const struct resource *r, const struct json_value *v) {
        for (size_t i = 0; i < sizeof(distribution_paths) / sizeof(distribution_paths[0]); i++)
                for (uint32_t k = 0; k < c->distribution_word_count; k++)
                        if (contains_nocase(text(v, distribution_paths[i]), T(c->distribution_words[k].word)))
                                return T(c->distribution_words[k].distribution);
        for (uint32_t i = 0; i < c->image_publisher_count && r->image.len > 0; i++) {
                struct str publisher = T(c->image_publishers[i].publisher);

                if (r->image.len > publisher.len && r->image.p[publisher.len] == ':' &&
                    str_eq_nocase(str_sub(r->image, 0, publisher.len), publisher))
                        return T(c->image_publishers[i].distribution);
        }
        return (struct str){ .p = "" };
}

static void tell(struct resource *r, enum resource_os os, struct str because, enum resource_sure sure) {
        if (r->os != OS_UNKNOWN || os == OS_UNKNOWN)
                return;
        r->os = os;
        r->os_because = because;
        if (sure < r->sure)
                r->sure = sure;
}

static void tell_by_text(struct resource *r, const struct json_value *v, struct str path) {
        struct str s = text(v, path);

        for (size_t i = 0; i < sizeof(tellings) / sizeof(tellings[0]) && s.len > 0; i++)
                if (contains_nocase(s, tellings[i].word)) {
                        tell(r, tellings[i].os, path, RESOURCE_LIKELY);
                        return;
                }
}

/* PowerShell writes the enumeration's number: 0 is Windows, 1 Linux. */
static void tell_by_number(struct resource *r, const struct json_value *v) {
        const struct json_value *n = field(v, os_paths[0]);

        if (n && n->type == JSON_NUMBER && str_eq(n->text, S("0")))
                tell(r, OS_WINDOWS, os_paths[0], RESOURCE_LIKELY);
        else if (n && n->type == JSON_NUMBER && str_eq(n->text, S("1")))
                tell(r, OS_LINUX, os_paths[0], RESOURCE_LIKELY);
}

static void read_os(const struct catalog *c, struct resource *r, const struct json_value *v) {
        for (size_t i = 0; i < sizeof(os_paths) / sizeof(os_paths[0]) && r->os == OS_UNKNOWN; i++)
                tell(r, os_word(text(v, os_paths[i])), os_paths[i], RESOURCE_CERTAIN);
        for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]) && r->os == OS_UNKNOWN; i++)
                if (is_there(field(v, hints[i].path)))
                        tell(r, hints[i].os, hints[i].path, RESOURCE_CERTAIN);
        if (r->os == OS_UNKNOWN)
                tell_by_number(r, v);
        for (size_t i = 0; i < sizeof(image_paths) / sizeof(image_paths[0]) && r->os == OS_UNKNOWN; i++)
                tell(r, publisher_os(c, json_text(field(v, image_paths[i]), S("publisher"))), image_paths[i],
                     RESOURCE_LIKELY);
        if (r->os == OS_UNKNOWN)
                tell(r, publisher_os(c, text(v, S("vmImagePublisher"))), S("vmImagePublisher"), RESOURCE_LIKELY);
        for (size_t i = 0; i < sizeof(telling_paths) / sizeof(telling_paths[0]) && r->os == OS_UNKNOWN; i++)
                tell_by_text(r, v, telling_paths[i]);
}

/* ---- The row ---- */

static bool same_type(struct str pattern, struct str type) {
        if (str_ends(pattern, S("*")))
                return str_starts(type, str_sub(pattern, 0, pattern.len - 1));
        return str_eq(pattern, type);
}

/* PATH=VALUE, PATH~PART or PATH. */
static bool holds(struct str where, const struct json_value *v) {
        ptrdiff_t equals = str_find_char(where, '='), part = str_find_char(where, '~');

        if (where.len == 0)
                return true;
        if (equals > 0)
                return str_eq_nocase(text(v, str_sub(where, 0, equals)), str_from(where, equals + 1));
        if (part > 0)
                return contains_nocase(text(v, str_sub(where, 0, part)), str_from(where, part + 1));
        return is_there(field(v, where));
}

static const struct resource_type *row_of(const struct catalog *c, const struct resource *r, const struct json_value *v) {
        for (uint32_t i = 0; i < c->resource_type_count; i++) {
                const struct resource_type *row = &c->resource_types[i];

                if (same_type(T(row->type), r->type) && (row->os == OS_ANY || row->os == r->os) && holds(T(row->where), v))
                        return row;
        }
        return NULL;
}

struct str resource_offering(const struct resource *r) {
        return r->row ? T(r->row->offering) : S("unknown");
}

struct str resource_note(const struct resource *r) {
        if (r->row)
                return T(r->row->note);
        return r->type.len > 0 ? S("a type that is not known here") : S("an object that does not name its type");
}

/* ---- The rest ---- */

static struct str first_text(const struct json_value *v, const struct str *paths, size_t count) {
        struct str s = { .p = "" };

        for (size_t i = 0; i < count && s.len == 0; i++)
                s = text(v, paths[i]);
        return s;
}

static struct str image_of(struct arena *a, const struct json_value *v) {
        for (size_t i = 0; i < sizeof(image_paths) / sizeof(image_paths[0]); i++) {
                const struct json_value *image = field(v, image_paths[i]);
                struct str publisher = json_text(image, S("publisher")), offer = json_text(image, S("offer"));
                struct str sku = json_text(image, S("sku"));

                if (publisher.len > 0)
                        return str_fmt(a, "%.*s:%.*s:%.*s", STR_ARG(publisher), STR_ARG(offer), STR_ARG(sku));
        }
        return (struct str){ .p = "" };
}

static struct str id_of(struct arena *a, const struct json_value *v, const struct resource *r,
                        const struct resource *parent) {
        struct str id = json_text(v, S("id"));

        if (id.len == 0)
                id = json_text(v, S("resourceId"));
        if (id.len > 0 || !parent || parent->id.len == 0)
                return id;
        return str_fmt(a, "%.*s%.*s/%.*s", STR_ARG(parent->id), STR_ARG(str_from(r->type, parent->type.len)),
                       STR_ARG(r->name));
}

/* The .cscfg that a cloud service carries with it. In templates and examples something else stands in its place. */
static struct str configuration_of(const struct json_value *v) {
        struct str s = str_trim(text(v, S("configuration")));
        struct str start = str_starts(s, S("\xef\xbb\xbf")) ? str_from(s, 3) : s;

        return str_starts(start, S("<")) ? s : (struct str){ .p = "" };
}

/* ---- What the size tells ---- */

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* '*' stands for any text, '#' for a whole number. Both are lower case. */
static bool fits(struct str pattern, struct str s) {
        ptrdiff_t n = 0;

        while (pattern.len > 0 && pattern.p[0] != '*' && pattern.p[0] != '#') {
                if (s.len == 0 || s.p[0] != pattern.p[0])
                        return false;
                pattern = str_from(pattern, 1);
                s = str_from(s, 1);
        }
        if (pattern.len == 0)
                return s.len == 0;
        if (pattern.p[0] == '#') {
                while (n < s.len && is_digit(s.p[n]))
                        n++;
                return n > 0 && fits(str_from(pattern, 1), str_from(s, n));
        }
        for (n = 0; n <= s.len; n++)
                if (fits(str_from(pattern, 1), str_from(s, n)))
                        return true;
        return false;
}

enum { SIZE_LENGTH_MAX = 48 }; /* the longest that Azure has is 33 */

/* Whose name for a size it is. A Kubernetes node tells by its provider's id ("gce://project/zone/name"). */
static struct str cloud_of(const struct resource *r) {
        struct str from = str_starts(r->type, S("kubernetes:")) ? r->id : r->type;
        ptrdiff_t colon = str_find_char(from, ':');
        struct str cloud = colon > 0 ? str_sub(from, 0, colon) : S("azure");

        return str_eq(cloud, S("gce")) ? S("gcp") : cloud;
}

/* Lower case, and without the number of vCPUs to which Azure has cut a size down: "standard_e4-2ads_v5" has an E4's processor. */
static struct str plain_size(struct arena *a, struct str size) {
        char *p = arena_bytes(a, size.len + 1);
        ptrdiff_t len = 0;

        size = lower(a, size);
        for (ptrdiff_t i = 0; i < size.len; i++) {
                if (i > 0 && i + 1 < size.len && size.p[i] == '-' && is_digit(size.p[i - 1]) && is_digit(size.p[i + 1]))
                        while (i + 1 < size.len && is_digit(size.p[i + 1]))
                                i++;
                else
                        p[len++] = size.p[i];
        }
        return str_n(p, len);
}

static const struct cloud_size *size_of(struct arena *a, const struct catalog *c, const struct resource *r) {
        struct str cloud = cloud_of(r), size = r->size;

        if (size.len == 0 || size.len > SIZE_LENGTH_MAX)
                return NULL;
        size = plain_size(a, size);
        for (uint32_t i = 0; i < c->cloud_size_count; i++)
                if (str_eq(T(c->cloud_sizes[i].cloud), cloud) && fits(T(c->cloud_sizes[i].size), size))
                        return &c->cloud_sizes[i];
        return NULL;
}

/* "AMD Milan", "2.0 GHz 3rd Gen AMD EPYC 7J13 (Milan)", "Ampere Altra", "Google Axion". */
static struct str vendor_of(struct str cpu) {
        static const struct {
                struct str word, vendor;
        } rows[] = { { STR("intel"), STR("intel") }, { STR("amd"), STR("amd") }, { STR("ampere"), STR("arm") }, { STR("axion"), STR("arm") },
                     { STR("grace"), STR("arm") } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (contains_nocase(cpu, rows[i].word))
                        return rows[i].vendor;
        return (struct str){ .p = "" };
}

static void read_processor(struct resource *r, struct arena *a, const struct catalog *c) {
        const struct cloud_size *size = size_of(a, c, r);

        if (contains_nocase(r->cpu, S("unknown")))
                r->cpu = (struct str){ .p = "" };
        if (r->vendor.len == 0 || r->cpu.len > 0)
                r->vendor = vendor_of(r->cpu);
        if (!size)
                return;
        if (r->vendor.len == 0)
                r->vendor = T(size->vendor);
        if (r->cpu.len == 0)
                r->cpu = T(size->cpu);
        if (r->threads == 0 || size->threads == 1) /* where a core has one thread, choosing one is no choice */
                r->threads_set = r->threads_set && size->threads != 1;
        if (r->threads == 0)
                r->threads = size->threads;
}

void resource_settle(struct resource *r, struct arena *a, const struct catalog *c, const struct json_value *v) {
        r->row = row_of(c, r, v);
        if (!r->row)
                r->sure = RESOURCE_UNKNOWN;
        else if (str_eq(T(r->row->offering), S("unknown")))
                r->sure = RESOURCE_UNKNOWN;
        else if (r->row->os == OS_ANY || r->row->sure < r->sure)
                r->sure = (enum resource_sure)r->row->sure;
        read_processor(r, a, c);
}

/* ---- What else Azure's lists hold ---- */

/* Hyper-threading switched off by the customer: one vCPU a core. */
static void read_threads(struct resource *r, const struct json_value *v) {
        const struct json_value *n = field(v, S("hardwareProfile.vmSizeProperties.vCPUsPerCore"));
        uint64_t threads;

        if (resource_number(n, &threads) && threads > 0 && threads <= 8) {
                r->threads = (uint32_t)threads;
                r->threads_set = true;
        }
}

static struct str edition_of(const struct resource *r) {
        static const struct {
                struct str publisher, edition;
        } rows[] = { { STR("microsoftwindowsdesktop:"), STR("client") }, { STR("microsoftwindowsserver:"), STR("server") },
                     { STR("microsoftsqlserver:"), STR("server") } };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r->os == OS_WINDOWS; i++)
                if (r->image.len > rows[i].publisher.len && str_eq_nocase(str_sub(r->image, 0, rows[i].publisher.len), rows[i].publisher))
                        return rows[i].edition;
        return (struct str){ .p = "" };
}

/* "3 critical or security updates were missing on 2026-11-02, and a restart is pending". */
static struct str patches_of(struct arena *a, const struct json_value *v) {
        const struct json_value *one = field(v, S("instanceView.patchStatus.availablePatchSummary"));
        const struct json_value *restart;
        uint64_t missing;

        if (!one)
                one = resource_at(v, S("patchAssessmentResults"));
        restart = json_get(one, S("rebootPending"));
        if (!resource_number(json_get(one, S("criticalAndSecurityPatchCount")), &missing))
                return (struct str){ .p = "" };
        return str_fmt(a, "%llu critical or security update%s missing on %.*s%s", (unsigned long long)missing,
                       missing == 1 ? " was" : "s were", STR_ARG(str_sub(json_text(one, S("lastModifiedTime")), 0, 10)),
                       restart && restart->type == JSON_TRUE ? ", and a restart is pending" : "");
}

void resource_read(struct resource *ret, struct arena *a, const struct catalog *c, const struct json_value *v,
                   const struct resource *parent, struct str as) {
        static const struct str sizes[] = { STR("hardwareProfile.vmSize"), STR("sku.name"), STR("vmSize"),
                                            STR("size") };
        static const struct str versions[] = { STR("instanceView.osVersion"), STR("extended.instanceView.osVersion") };
        struct resource r = { .os = OS_UNKNOWN, .sure = RESOURCE_CERTAIN };

        r.type = type_of(a, v, parent, as);
        r.name = json_text(v, S("name"));
        r.id = id_of(a, v, &r, parent);
        r.location = json_text(v, S("location"));
        read_os(c, &r, v);
        r.os_version = first_text(v, versions, sizeof(versions) / sizeof(versions[0]));
        r.size = first_text(v, sizes, sizeof(sizes) / sizeof(sizes[0]));
        r.image = image_of(a, v);
        r.configuration = configuration_of(v);
        r.edition = edition_of(&r);
        if (r.os == OS_LINUX)
                r.distribution = distribution_of(c, &r, v);
        r.patches = patches_of(a, v);
        read_threads(&r, v);
        resource_settle(&r, a, c, v);
        *ret = r;
}
