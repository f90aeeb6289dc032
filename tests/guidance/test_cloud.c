/* What is said of a cloud's files and lists, against what `check` and `advise` say of the machine that they describe, on each day on which
 * the guidance was revised: nothing that the linter or the inventory calls done may be open there, and what is done there is not to do here.
 *
 *   test_cloud FOLDER…     prints TAP */
#include "fixtures.h"

#include "base/json_value.h"
#include "cloud/guest_os.h"
#include "cloud/inventory.h"
#include "cloud/lint.h"
#include "report/inventory_report.h"

#define MEMORY "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management|"
#define VERSION "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion|"
#define PRODUCT "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions|ProductType"

enum { NONE = -1, COMPLAINTS_MAX = 6000000 };

static int tests, failures, complaints;
static long services, service_pairs, resources, action_pairs;

static void complain(bool *ok, const char *what, struct str which) {
        if (complaints++ < COMPLAINTS_MAX)
                (void)printf("# %s: %.*s\n", what, STR_ARG(which));
        *ok = false;
}

static void tell(bool ok, struct str name) {
        (void)printf("%s %d - %.*s\n", ok ? "ok" : "not ok", ++tests, STR_ARG(name));
        failures += !ok;
}

/* ---- Cloud Services: the machine of a role ---- */

/* What a start-up task sets. */
struct task {
        int64_t override, mask;
        const char *context, *type;
        bool restarts;
};

struct role {
        const struct guest_os_family *family;
        bool patched; /* the updates of January 2018 are in */
        struct task task;
};

static uint32_t build_of(uint32_t family) {
        static const uint32_t builds[] = { 0, 6002, 7601, 9200, 9600, 14393, 17763, 20348 };

        return builds[family];
}

static bool takes(const struct task *t) {
        return str_eq(str_of(t->context), S("elevated"));
}

static void add_value(struct evidence *e, const char *name, int64_t value, bool set) {
        struct str key = str_of(name);

        if (set && value != NONE)
                evidence_add_registry_dword(e, key, (uint32_t)value);
        else
                evidence_add_registry_missing(e, key, FACT_ABSENT);
}

/* What Windows does with the two values (KB4072698): a bit of the override counts where the mask has it; without a mask the default holds. */
static bool is_on(const struct task *t, uint32_t bit, bool by_default) {
        bool asked = takes(t) && t->restarts && t->mask != NONE && (t->mask >> bit & 1);

        return asked ? t->override == NONE || !(t->override >> bit & 1) : by_default;
}

static void role_evidence(struct evidence *e, struct arena *a, const struct role *r, bool running) {
        static const uint32_t leaf0[4] = { 22, 0x756e6547, 0x6c65746e, 0x49656e69 }, leaf1[4] = { 0x50654, 0x800, 0x7ef8320b, 0x0fcbfbfd },
                              leaf7[4] = { 0, 0x219c4b99, 0, 0x9c000400 }; /* no IA32_ARCH_CAPABILITIES */
        uint32_t build = build_of(r->family->family), kva[1], branches[1];

        evidence_init(e, a, S("role"));
        evidence_add_line(e, RECORD_WIN32, S("source"), running ? S("live") : S("disk"));
        evidence_add_line(e, RECORD_UNAME, S(""), str_fmt(a, "Windows %s.%u x86_64", build > 14000 ? "10.0" : "6.1", build));
        evidence_add_registry_text(e, S(PRODUCT), S("ServerNT"));
        evidence_add_registry_text(e, S(VERSION "CurrentBuild"), str_fmt(a, "%u", build));
        if (build > 14000)
                evidence_add_registry_dword(e, S(VERSION "UBR"), build > 14393 ? 1 : r->patched ? 2007 : 2006);
        else
                evidence_add_registry_missing(e, S(VERSION "UBR"), FACT_ABSENT);
        add_value(e, MEMORY "FeatureSettingsOverride", r->task.override, takes(&r->task));
        add_value(e, MEMORY "FeatureSettingsOverrideMask", r->task.mask, takes(&r->task));
        if (!running) {
                evidence_add_registry_text(e, S("HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment|PROCESSOR_IDENTIFIER"),
                                           S("Intel64 Family 6 Model 85 Stepping 4, GenuineIntel"));
                evidence_index(e);
                return;
        }
        evidence_add_cpuid(e, EVIDENCE_ALL_CPUS, 0, 0, leaf0);
        evidence_add_cpuid(e, EVIDENCE_ALL_CPUS, 1, 0, leaf1);
        evidence_add_cpuid(e, EVIDENCE_ALL_CPUS, 7, 0, leaf7);
        if (!r->patched) {
                evidence_add_nt_status(e, 196, 0xc0000003);
                evidence_add_nt_status(e, 201, 0xc0000003);
                evidence_index(e);
                return;
        }
        kva[0] = 0x30u | is_on(&r->task, 1, r->family->kva_shadow == KVA_ON);
        branches[0] = is_on(&r->task, 0, false) ? 1 : 2;
        evidence_add_nt(e, 196, kva, 1);
        evidence_add_nt(e, 201, branches, 1);
        evidence_index(e);
}

static enum status status_of(const struct verdict *v, const char *id) {
        for (uint32_t i = 0; i < v->finding_count; i++)
                if (str_eq(T(v->findings[i].flaw->id), str_of(id)))
                        return v->findings[i].status;
        return STATUS_UNKNOWN;
}

/* What `check` says of a role's machine, kept. */
struct judged {
        struct role role;
        enum status meltdown[2], branches[2]; /* of its disk, of it running */
        bool gather_off;                      /* its registry switches off what protects against gather data sampling */
        enum action_status shadow, both;                  /* advise on it as a virtual machine: before and since August 2018 */
};

static struct {
        struct judged *items;
        ptrdiff_t count, capacity;
} kept;

static enum action_status action_of(struct arena *a, struct facts *f, const char *offering, const char *day, const char *action) {
        const struct guidance *g = catalog_builtin.guidance;
        struct advice_request request = { .offering = guidance_offering(g, str_of(offering)), .untrusted = UNTRUSTED_YES, .as_of = str_of(day), .facts = f };
        struct advice advice;

        guidance_advise(&advice, a, g, &request);
        for (ptrdiff_t i = 0; i < advice.count; i++)
                if (str_eq(T(advice.items[i].action->id), str_of(action)))
                        return advice.items[i].status;
        return ACTION_STATUS_COUNT;
}

/* Texts are the tables' own. */
static bool is_same_task(const struct task *a, const struct task *b) {
        return a->override == b->override && a->mask == b->mask && a->context == b->context && a->type == b->type && a->restarts == b->restarts;
}

static const struct judged *judge(struct arena *a, const struct role *r) {
        const struct verdict_options o = { 0 };
        struct judged *new;

        for (ptrdiff_t i = 0; i < kept.count; i++)
                if (kept.items[i].role.family == r->family && kept.items[i].role.patched == r->patched &&
                    is_same_task(&kept.items[i].role.task, &r->task))
                        return &kept.items[i];
        new = arena_append(a, &kept);
        new->role = *r;
        for (int running = 0; running < 2; running++) {
                struct evidence *e = arena_new(a, struct evidence);
                struct verdict *v = arena_new(a, struct verdict);

                role_evidence(e, a, r, running);
                verdict_judge(v, a, &catalog_builtin, e, &o);
                new->meltdown[running] = status_of(v, "meltdown");
                new->branches[running] = status_of(v, "spectre-v2");
                new->gather_off = facts_tri(v->facts, S("override.gds_off")) == TRI_TRUE;
                if (running) {
                        new->shadow = action_of(a, v->facts, "azure-windows-vm", "2018-01-12", "windows-kva-shadow");
                        new->both = action_of(a, v->facts, "azure-windows-vm", "2018-08-14", "windows-kva-bti");
                }
        }
        return new;
}

/* ---- Cloud Services: the files ---- */

struct script_text {
        struct str text;
};

static bool read_script(void *arg, struct arena *a, const char *path, struct str *ret_text) {
        const struct script_text *s = arg;

        (void)a;
        if (!str_ends(str_of(path), S("s.cmd")))
                return false;
        *ret_text = s->text;
        return true;
}

static struct str set_value(struct arena *a, const char *name, int64_t value) {
        if (value == NONE)
                return S("");
        return str_fmt(a, "reg add \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\" /v %s /t REG_DWORD /d %lld /f\r\n", name,
                       (long long)value);
}

static struct str script_of(struct arena *a, const struct task *t) {
        return str_fmt(a, "@echo off\r\nif \"%%Emulated%%\"==\"true\" exit /b 0\r\n%.*s%.*s%sexit /b 0\r\n",
                       STR_ARG(set_value(a, "FeatureSettingsOverride", t->override)), STR_ARG(set_value(a, "FeatureSettingsOverrideMask", t->mask)),
                       t->restarts ? "if not exist C:\\set.txt (\r\n echo set> C:\\set.txt\r\n shutdown /r /t 0\r\n)\r\n" : "");
}

static void lint(struct remarks *ret, struct arena *a, const struct task *t, struct str family, struct str version, struct str day, enum tri untrusted) {
        static const char space[] = "http://schemas.microsoft.com/ServiceHosting/2008/10/Service";
        struct script_text script = { script_of(a, t) };
        const struct lint_options o = { .catalog = &catalog_builtin, .as_of = day, .untrusted = untrusted, .read = read_script, .read_arg = &script };
        struct str startup = t->override == NONE && t->mask == NONE ? S("")
                             : str_fmt(a, "<Startup><Task commandLine=\"s.cmd\" executionContext=\"%s\" taskType=\"%s\" /></Startup>", t->context, t->type);
        struct str cscfg = str_fmt(a, "<ServiceConfiguration serviceName=\"s\" osFamily=\"%.*s\" osVersion=\"%.*s\" xmlns=\"%sConfiguration\">"
                                      "<Role name=\"r\"><Instances count=\"2\" /></Role></ServiceConfiguration>",
                                   STR_ARG(family), STR_ARG(version), space);
        struct str csdef = str_fmt(a, "<ServiceDefinition name=\"s\" xmlns=\"%sDefinition\"><WorkerRole name=\"r\">%.*s</WorkerRole></ServiceDefinition>",
                                   space, STR_ARG(startup));
        struct cscfg *c = arena_new(a, struct cscfg);
        struct csdef *d = arena_new(a, struct csdef);
        const struct lint_input in = { .cscfgs = c, .cscfg_count = 1, .csdefs = d, .csdef_count = 1 };
        struct diag diag = { 0 };

        if (cscfg_parse(c, a, "s.cscfg", cscfg, true, &diag) < 0 || csdef_parse(d, a, "s.csdef", csdef, &diag) < 0) {
                (void)printf("Bail out! %s\n", diag.text);
                exit(1);
        }
        *ret = (struct remarks){ 0 };
        lint_services(ret, a, &in, &o);
}

static bool has(const struct remarks *f, enum lint_rule rule) {
        for (ptrdiff_t i = 0; i < f->count; i++)
                if (f->items[i].rule == &lint_rules[rule])
                        return true;
        return false;
}

/* Rules about whether the machine is protected; the others are about files that do not work. */
static bool calls_open(const struct remarks *f, const struct role *r, bool both) {
        const bool shadow = is_on(&r->task, 1, r->family->kva_shadow == KVA_ON), branches = is_on(&r->task, 0, false);
        static const enum lint_rule rules[] = { LINT_GUEST_OS_UNFIXED, LINT_KVA_IMPOSSIBLE, LINT_KVA_MISSING, LINT_BTI_MISSING,
                                                LINT_TASK_LIMITED, LINT_TASK_HALF, LINT_TASK_OFF, LINT_TASK_NO_REBOOT };

        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
                if (has(f, rules[i])) {
                        /* The article names two values, though the mask alone does what it does with 0; and it names branches, before
                         * August 2018 no word of Azure's. */
                        if ((rules[i] != LINT_TASK_HALF && rules[i] != LINT_TASK_OFF) || !r->patched || !shadow || (both && !branches))
                                return true;
                }
        return false;
}

static bool speaks_of_settings(const struct remarks *f, enum remark_level least) {
        return remarks_speak_of(f, S("G12"), least) || remarks_speak_of(f, S("G14"), least) || remarks_speak_of(f, S("G15"), least);
}

static bool is_open(enum status s) {
        return s == STATUS_PARTIAL || s == STATUS_VULNERABLE;
}

/* The guidance has, that day, an action that carries out one of the statements. */
static bool guidance_asks(struct arena *a, const struct remarks *f, struct str day, enum untrusted untrusted) {
        const struct guidance *g = catalog_builtin.guidance;
        const struct declared no[] = { { S("startup-task"), S("no") }, { S("guest-os-floor"), S("no") }, { S("guest-os-current"), S("no") } };
        struct advice_request request = { .offering = guidance_offering(g, S("azure-cloud-services")), .untrusted = untrusted, .as_of = day,
                                          .declared = no, .declared_count = 3 };
        struct advice advice;

        guidance_advise(&advice, a, g, &request);
        for (ptrdiff_t i = 0; i < advice.count; i++)
                for (uint32_t k = 0; advice.items[i].status == ACTION_TODO && k < advice.items[i].action->statements.count; k++)
                        if (remarks_speak_of(f, T_AT(advice.items[i].action->statements, k), REMARK_WARNING))
                                return true;
        return false;
}

static void compare_service(bool *ok, struct arena *a, struct arena *forever, const struct role *r, struct str version, struct str day) {
        const struct judged *j = judge(forever, r);
        bool both = str_cmp(day, S("2018-08-14")) >= 0, open, warned;
        struct remarks yes, no;
        struct str name = str_fmt(a, "family %u, %.*s, %.*s, override %lld, mask %lld, %s, %s, restarts %d", r->family->family, STR_ARG(version), STR_ARG(day),
                                  (long long)r->task.override, (long long)r->task.mask, r->task.context, r->task.type, r->task.restarts);

        lint(&yes, a, &r->task, str_fmt(a, "%u", r->family->family), version, day, TRI_TRUE);
        lint(&no, a, &r->task, str_fmt(a, "%u", r->family->family), version, day, TRI_FALSE);
        warned = speaks_of_settings(&yes, REMARK_WARNING);
        open = is_open(j->meltdown[0]) || is_open(j->meltdown[1]) || j->gather_off || (both && (is_open(j->branches[0]) || is_open(j->branches[1])));
        services++;
        service_pairs += 6;
        if (!warned && open)
                complain(ok, "the linter calls fine what check calls open", name);
        if (calls_open(&yes, r, both) && !open)
                complain(ok, "the linter asks for what check calls closed", name);
        if (!warned && (both ? j->both : j->shadow) != ACTION_DONE)
                complain(ok, "the linter calls fine what advise has not done", name);
        if (calls_open(&yes, r, both) && (both ? j->both : j->shadow) == ACTION_DONE && !j->gather_off)
                complain(ok, "the linter asks for what advise has done", name);
        if (warned && !guidance_asks(a, &yes, day, UNTRUSTED_YES))
                complain(ok, "the linter asks for what that day's guidance does not", name);
        if (has(&no, LINT_KVA_MISSING) || has(&no, LINT_BTI_MISSING) || has(&no, LINT_KVA_IMPOSSIBLE))
                complain(ok, "asked of who trusts their code", name);
}

/* ---- Cloud Services: which ---- */

static void every_task(bool *ok, struct arena *forever, struct role *r, struct str version, struct str day) {
        static const int64_t overrides[] = { NONE, 0, 1, 2, 3, 8, 0x40, 0x48, 0x2048, 0x800000, 0x800048, 0x2000000, 0x2000048 };
        static const int64_t masks[] = { NONE, 0, 1, 2, 3 };
        static const struct task others[] = { { 0, 3, "limited", "simple", true }, { 0, 3, "elevated", "background", true },
                                              { 0, 3, "elevated", "foreground", true }, { 0, 3, "elevated", "simple", false },
                                              { 0x48, 3, "elevated", "simple", false }, { 3, 3, "limited", "simple", true } };
        struct arena a = { 0 };

        for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++)
                for (size_t k = 0; k < sizeof(masks) / sizeof(masks[0]); k++) {
                        memset(&r->task, 0, sizeof(r->task));
                        r->task.override = overrides[i];
                        r->task.mask = masks[k];
                        r->task.context = "elevated";
                        r->task.type = "simple";
                        r->task.restarts = true;
                        compare_service(ok, &a, forever, r, version, day);
                        arena_reset(&a);
                }
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
                memcpy(&r->task, &others[i], sizeof(r->task));
                compare_service(ok, &a, forever, r, version, day);
                arena_reset(&a);
        }
        arena_free(&a);
}

/* Pinned to releases around the first with the fixes, to the oldest and the newest of that day, and updated by Azure. */
static void every_version(bool *ok, struct arena *forever, const struct guest_os_family *f, struct str day) {
        const struct guest_os_release *newest = guest_os_newest(&catalog_builtin, f->family, day);
        struct role r = { .family = f };
        int from_start = 0;

        if (!newest)
                return; /* there was none of it yet */
        for (uint32_t i = 0; i < catalog_builtin.guest_os_release_count; i++) {
                const struct guest_os_release *one = &catalog_builtin.guest_os_releases[i];
                bool near_fix = one->name.month >= 201711 && one->name.month <= 201802;

                if (one->name.family != f->family || str_cmp(T(one->released), day) > 0)
                        continue;
                r.patched = f->family != 1 && f->family != 3 && one->name.month >= 201801;
                if (from_start++ == 0 || near_fix || one == newest)
                        every_task(ok, forever, &r, T(one->text), day);
        }
        r.patched = f->family != 1 && f->family != 3 && newest->name.month >= 201801;
        every_task(ok, forever, &r, S("*"), day);
}

static void test_services(void) {
        const struct guidance *g = catalog_builtin.guidance;
        struct arena forever = { 0 };

        for (uint32_t i = 0; i < catalog_builtin.guest_os_family_count; i++) {
                bool ok = true;

                for (uint32_t k = 0; k < g->revision_count; k++)
                        if (str_eq(T(g->revisions[k].document), S("azure")))
                                every_version(&ok, &forever, &catalog_builtin.guest_os_families[i], T(g->revisions[k].date));
                every_version(&ok, &forever, &catalog_builtin.guest_os_families[i], S("2026-11-28"));
                tell(ok, str_fmt(&forever, "services of guest OS family %u", catalog_builtin.guest_os_families[i].family));
        }
        arena_free(&forever);
}

/* ---- Inventories ---- */

/* How a resource of each kind holds what is known of its machine. %s in order: id, the pieces. */
static const struct kind {
        const char *offering, *before, *after;
} kinds[] = {
        { "azure-%s-vm", "{\"type\":\"Microsoft.Compute/virtualMachines\",\"id\":\"/subscriptions/1/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v\","
                         "\"properties\":{", "}}" },
        { "azure-%s-vm", "{\"id\":\"/subscriptions/1/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/w\",", "}" },
        { "azure-%s-nodes", "{\"id\":\"/subscriptions/1/resourceGroups/MC_g/providers/Microsoft.Compute/virtualMachines/n\",\"properties\":{", "}}" },
        { "azure-%s-scale-set", "{\"type\":\"Microsoft.Compute/virtualMachineScaleSets/virtualMachines\",\"id\":\"/i\",\"properties\":{", "}}" },
        { "azure-%s-vm", "{\"type\":\"Microsoft.DevTestLab/labs/virtualMachines\",\"id\":\"/d\",\"properties\":{", "}}" },
        { "azure-%s-nodes", "{\"type\":\"Microsoft.Batch/batchAccounts/pools\",\"id\":\"/p\",\"properties\":{", "}}" },
        { "azure-%s-nodes", "{\"type\":\"Microsoft.ContainerService/managedClusters/agentPools\",\"id\":\"/a\",\"properties\":{", "}}" },
        { "azure-%s-nodes", "{\"type\":\"Microsoft.ServiceFabric/managedClusters/nodeTypes\",\"id\":\"/f\",\"properties\":{", "}}" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* What a list can show of a machine. */
struct shown {
        bool windows, one_thread;
        struct str version, distribution, vendor, edition;
};

static struct str text_of(struct facts *f, const char *name) {
        const struct fact *v = facts_get(f, (uint32_t)catalog_fact(f->catalog, str_of(name)));

        return v->state == FACT_KNOWN ? v->text : (struct str){ .p = "" };
}

static struct str image_of(const struct shown *s) {
        static const struct {
                const char *is, *image;
        } images[] = { { "client", "MicrosoftWindowsDesktop" }, { "server", "MicrosoftWindowsServer" }, { "ubuntu", "Canonical" },
                       { "debian", "Debian" }, { "rhel", "RedHat" }, { "centos", "OpenLogic" } };

        for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
                if (str_eq(s->windows ? s->edition : s->distribution, str_of(images[i].is)))
                        return str_of(images[i].image);
        return S("");
}

static struct str resource_json(struct arena *a, const struct kind *k, const struct shown *s) {
        struct str size = str_eq(s->vendor, S("intel")) ? S("Standard_D2s_v5") : str_eq(s->vendor, S("amd")) ? S("Standard_D2as_v5")
                          : str_eq(s->vendor, S("arm")) ? S("Standard_D2ps_v5") : S("Standard_B2ms");
        struct str image = image_of(s);

        return str_fmt(a, "%s\"osType\":\"%s\",\"hardwareProfile\":{\"vmSize\":\"%.*s\"%s},\"storageProfile\":{%s%.*s%s\"osDisk\":{\"osType\":\"%s\"}}%s%.*s%s%s",
                       k->before, s->windows ? "Windows" : "Linux", STR_ARG(size), s->one_thread ? ",\"vmSizeProperties\":{\"vCPUsPerCore\":1}" : "",
                       image.len ? "\"imageReference\":{\"publisher\":\"" : "", STR_ARG(image), image.len ? "\",\"offer\":\"o\",\"sku\":\"s\"}," : "",
                       s->windows ? "Windows" : "Linux", s->version.len ? ",\"instanceView\":{\"osVersion\":\"" : "", STR_ARG(s->version),
                       s->version.len ? "\"}" : "", k->after);
}

struct reading {
        struct str text;
        ptrdiff_t at;
};

static ptrdiff_t read_text(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct reading *r = arg;
        ptrdiff_t n = r->text.len - r->at < size ? r->text.len - r->at : size;

        (void)d;
        memcpy(p, r->text.p + r->at, (size_t)n);
        r->at += n;
        return n;
}

/* The resources of the inventory's answer. */
static const struct json_value *inventory_of(struct arena *a, struct str list, struct str day, enum untrusted untrusted) {
        OUT_AUTO struct out o = { 0 };
        struct inventory_report r = { .catalog = &catalog_builtin, .untrusted = untrusted, .as_of = day, .today = S("2026-11-28"), .is_json = true, .out = &o };
        struct inventory inv = { .catalog = &catalog_builtin, .resource = inventory_report_resource, .arg = &r };
        struct json_value *v = arena_new(a, struct json_value);
        struct reading in = { .text = list };
        struct diag d = { 0 };

        inventory_report_begin(&r);
        if (inventory_read(&inv, "list", read_text, &in, &d) == 0) {
                inventory_report_end(&r, &inv);
                if (json_read(a, "answer", str_dup(a, out_text(&o)), v, &d) == 0)
                        v = (struct json_value *)json_get(v, S("resources"));
        }
        if (d.text[0]) {
                (void)printf("Bail out! %s\n", d.text);
                exit(1);
        }
        inventory_report_free(&r);
        inventory_free(&inv);
        return v;
}

static bool shares(struct texts x, struct texts y) {
        for (uint32_t i = 0; i < x.count; i++)
                if (texts_have(y, T_AT(x, i)))
                        return true;
        return false;
}

/* One resource's actions beside those of the machine. `all`: the list shows all that is known of the machine. */
static void compare_actions(bool *ok, struct arena *a, const struct json_value *resource, const struct advice *advice, const struct verdict *v,
                            struct str name, bool all) {
        const struct json_value *actions = json_get(resource, S("actions"));

        for (ptrdiff_t i = 0; i < json_count(actions); i++) {
                const struct json_value *one = json_item(actions, i);
                struct str id = json_text(one, S("id")), status = json_text(one, S("status"));
                bool done = str_eq(status, S("done")) || str_eq(status, S("not-needed"));
                const struct advice_item *item = NULL;

                for (ptrdiff_t k = 0; k < advice->count; k++)
                        if (str_eq(T(advice->items[k].action->id), id))
                                item = &advice->items[k];
                action_pairs++;
                if (item && done && item->status == ACTION_TODO)
                        complain(ok, "the inventory calls done what advise has to do", str_fmt(a, "%.*s: %.*s", STR_ARG(name), STR_ARG(id)));
                if (item && all && str_eq(status, S("todo")) && (item->status == ACTION_DONE || item->status == ACTION_NOT_NEEDED))
                        complain(ok, "the inventory has to do what advise has done", str_fmt(a, "%.*s: %.*s", STR_ARG(name), STR_ARG(id)));
                for (uint32_t k = 0; item && str_eq(status, S("done")) && k < v->finding_count; k++)
                        if (v->findings[k].at_stake && is_open(v->findings[k].status) && shares(item->action->fixes, v->findings[k].fixes))
                                complain(ok, "the inventory calls done what check has open", str_fmt(a, "%.*s: %.*s, %.*s", STR_ARG(name), STR_ARG(id),
                                                                                                      STR_ARG(T(v->findings[k].flaw->id))));
        }
}

static void compare_machine(bool *ok, const struct evidence *e, const struct shown *s, struct str path, bool all) {
        const struct guidance *g = catalog_builtin.guidance;
        const struct verdict_options o = { 0 };
        ARENA_AUTO struct arena a = { 0 };
        struct str list = S("[");
        struct verdict v;

        verdict_judge(&v, &a, &catalog_builtin, e, &o);
        for (int i = 0; i < KINDS; i++)
                list = str_fmt(&a, "%.*s%s%.*s", STR_ARG(list), i ? "," : "", STR_ARG(resource_json(&a, &kinds[i], s)));
        list = str_fmt(&a, "%.*s]", STR_ARG(list));
        for (uint32_t i = 0; i < g->revision_count; i++) {
                ARENA_AUTO struct arena scratch = { 0 };
                struct str day = T(g->revisions[i].date);
                const struct json_value *told;

                if (!str_eq(T(g->revisions[i].document), S("azure")))
                        continue;
                told = inventory_of(&scratch, list, day, UNTRUSTED_YES);
                for (ptrdiff_t k = 0; k < json_count(told); k++) {
                        struct str offering = json_text(json_item(told, k), S("offering"));
                        struct advice_request request = { .offering = guidance_offering(g, offering), .untrusted = UNTRUSTED_YES, .as_of = day, .facts = v.facts };
                        struct advice advice;

                        resources++;
                        if (!str_eq(offering, str_fmt(&scratch, kinds[k].offering, s->windows ? "windows" : "linux")))
                                complain(ok, "another offering", str_fmt(&scratch, "%.*s: %.*s", STR_ARG(path), STR_ARG(offering)));
                        guidance_advise(&advice, &scratch, g, &request);
                        compare_actions(ok, &scratch, json_item(told, k), &advice, &v, str_fmt(&scratch, "%.*s, %.*s, %.*s", STR_ARG(path), STR_ARG(offering), STR_ARG(day)), all);
                }
        }
}

/* What a list would show of a recorded machine. */
static bool show(struct shown *ret, struct arena *a, const struct evidence *e) {
        const struct verdict_options o = { 0 };
        const struct record *os = evidence_system(e);
        struct verdict v;
        struct str number;

        if (!os)
                return false;
        verdict_judge(&v, a, &catalog_builtin, e, &o);
        *ret = (struct shown){ .windows = str_starts(os->text, S("Windows")), .vendor = text_of(v.facts, "cpu.vendor") };
        number = text_of(v.facts, "os.distribution");
        if (!str_cut(&number, ' ', &ret->distribution))
                ret->distribution = S("");
        ret->one_thread = facts_tri(v.facts, S("smt.active")) == TRI_FALSE;
        if (facts_tri(v.facts, S("windows_client")) == TRI_TRUE)
                ret->edition = S("client");
        if (facts_tri(v.facts, S("windows_server")) == TRI_TRUE)
                ret->edition = S("server");
        return true;
}

static void test_machine(struct arena *a, struct str path, const struct evidence *e) {
        struct shown s;
        bool ok = true;

        if (!show(&s, a, e))
                return;
        compare_machine(&ok, e, &s, path, false);
        tell(ok, str_fmt(a, "%.*s in an inventory", STR_ARG(path)));
}

/* Machines of which nothing is known but what a list can show: all of these. */
static void test_listed(void) {
        static const char *const vendors[] = { "", "intel", "amd", "arm" }, *const distributions[] = { "", "ubuntu", "debian", "rhel", "centos" },
                          *const editions[] = { "", "client", "server" }, *const versions[] = { "", "10.0.14393.2006", "10.0.14393.2007", "10.0.20348.2113" };

        for (int n = 0; n < 2 * 4 * 5 * 3 * 4 * 2; n++) {
                ARENA_AUTO struct arena a = { 0 };
                struct shown s = { .windows = n & 1, .one_thread = n >> 1 & 1, .vendor = str_of(vendors[n / 4 % 4]) };
                struct listed known = { 0 };
                struct evidence e;
                bool ok = true;

                if (s.windows ? n / 16 % 5 > 0 : n / 80 > 0)
                        continue; /* the other system's */
                s.distribution = str_of(distributions[n / 16 % 5]);
                s.edition = str_of(editions[n / 80 % 3]);
                s.version = str_of(versions[n / 240 % 4]);
                if (n / 960 > 0)
                        break;
                evidence_init(&e, &a, S("listed"));
                known = (struct listed){ .os = s.windows ? S("Windows") : S("Linux"), .distribution = s.distribution, .vendor = s.vendor, .edition = s.edition,
                                         .one_thread = s.one_thread || str_eq(s.vendor, S("arm")) };
                evidence_add_line(&e, RECORD_UNAME, S(""), s.windows ? s.version.len ? S("Windows 10.0.14393 x86_64") : S("Windows") : S("Linux"));
                guidance_listed(&e, &known);
                evidence_index(&e);
                compare_machine(&ok, &e, &s, str_fmt(&a, "%s, one thread %d, %.*s, %.*s, %.*s, %.*s", s.windows ? "Windows" : "Linux", s.one_thread, STR_ARG(s.vendor),
                                                     STR_ARG(s.distribution), STR_ARG(s.edition), STR_ARG(s.version)), s.version.len == 0);
                tell(ok, str_fmt(&a, "listed %d", n));
        }
}

int main(int argc, char **argv) {
        test_services();
        test_listed();
        for (int i = 1; i < argc; i++)
                fixtures_read(argv[i], test_machine);
        (void)printf("1..%d\n# %ld services in %ld pairs, %ld resources in %ld pairs of actions\n", tests, services, service_pairs, resources, action_pairs);
        return services == 0 || action_pairs == 0 || failures > 0;
}
