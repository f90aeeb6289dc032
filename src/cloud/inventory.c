#include "cloud/inventory.h"

#include "base/json_stream.h"
#include "cloud/foreign.h"

enum { DEPTH_MAX = 16 };

struct reading {
        struct inventory *inv;
        struct arena scratch; /* of the element at hand */
        ptrdiff_t (*read)(void *arg, char *p, ptrdiff_t size, struct diag *d);
        void *read_arg;
};

/* The members in which lists of resources stand. */
static const struct str list_names[] = { STR("value"), STR("data"),         STR("resources"), STR("rows"),
                                         STR("items"), STR("Reservations"), STR("instances"),
                                          /* describe- and list- of AWS */
                                          STR("Images"), STR("InstanceInformationList"), STR("InstancePatchStates"), STR("clusters"),
                                          STR("containerInstances"), STR("tasks"), STR("Functions"), STR("computeEnvironments"),
                                         /* AWS Config, Cloud Asset's history */
                                         STR("Results"), STR("configurationItems"), STR("baseConfigurationItems"), STR("assets"),
                                          /* OpenStack, vSphere */
                                          STR("servers"), STR("virtualMachines"), STR("hostSystems"),
                                          /* DigitalOcean, Linode */
                                          STR("droplets"), STR("linodes") };
enum { ROWS = 3 };

static void count(struct inventory *inv, struct str offering) {
        ptrdiff_t i = 0;

        inv->resources++;
        while (i < inv->count_count && !str_eq(inv->counts[i].offering, offering))
                i++;
        if (i == inv->count_count) {
                struct inventory_count *c = arena_push(&inv->arena, (void **)&inv->counts, &inv->count_count,
                                                       &inv->count_capacity, (ptrdiff_t)sizeof(*c));

                c->offering = offering;
        }
        inv->counts[i].resources++;
}

/* Ids are the same whatever their letters' case. Only full ones tell resources apart. */
static bool repeated(struct reading *in, const struct resource *r) {
        struct str id = r->id;
        uint64_t number;
        char *p;

        if (!str_starts(id, S("/")) && (id.len == 0 || str_find_char(r->type, ':') < 0))
                return false;
        if (str_to_u64(id, &number)) /* each cloud counts its own */
                id = str_fmt(&in->scratch, "%.*s/%.*s", STR_ARG(r->type), STR_ARG(id));
        p = arena_bytes(&in->scratch, id.len);
        for (ptrdiff_t i = 0; i < id.len; i++)
                p[i] = id.p[i] >= 'A' && id.p[i] <= 'Z' ? (char)(id.p[i] - 'A' + 'a') : id.p[i];
        return seen_before(&in->inv->seen, str_n(p, id.len));
}

static void tell(struct reading *in, const struct resource *r) {
        if (repeated(in, r)) {
                in->inv->repeats++;
                return;
        }
        count(in->inv, resource_offering(r));
        in->inv->resource(in->inv->arg, r);
}

static void tell_foreign(void *arg, const struct resource *r) {
        tell(arg, r);
}

static const char *visit(struct reading *in, const struct json_value *v, const struct resource *parent, int depth);

/* All items of an array, or all values of an object (templates with named resources). */
static const char *visit_all(struct reading *in, const struct json_value *v, const struct resource *parent, int depth) {
        const char *wrong = NULL;

        for (ptrdiff_t i = 0; v && i < v->count && !wrong; i++)
                if (v->type == JSON_ARRAY)
                        wrong = visit(in, &v->items[i], parent, depth);
                else if (v->type == JSON_OBJECT)
                        wrong = visit(in, &v->members[i].value, parent, depth);
        return wrong;
}

/* Node pools stand inside their cluster, each with an operating system of its own. */
static void tell_pools(struct reading *in, const struct json_value *v, const struct resource *cluster) {
        const struct json_value *pools = json_path(v, S("properties.agentPoolProfiles"));

        if (!pools)
                pools = json_get(v, S("agentPoolProfiles"));
        for (ptrdiff_t i = 0; pools && pools->type == JSON_ARRAY && i < pools->count; i++) {
                struct resource r;

                resource_read(&r, &in->scratch, in->inv->catalog, &pools->items[i], cluster, S("agentPools"));
                tell(in, &r);
        }
}

static bool is_no_machine(const struct resource *r) {
        return str_eq(resource_offering(r), S("no-machine"));
}

static const char *visit_resource(struct reading *in, const struct json_value *v, const struct resource *parent,
                                  int depth) {
        struct resource r;

        resource_read(&r, &in->scratch, in->inv->catalog, v, parent, S(""));
        if (!parent ||
            !is_no_machine(&r)) /* extensions and the like, inside what they belong to, are not worth a line */
                tell(in, &r);
        tell_pools(in, v, &r);
        if (str_eq(r.type, S("microsoft.resources/deployments")))
                return visit_all(in, json_path(v, S("properties.template.resources")), NULL, depth + 1);
        return visit_all(in, json_get(v, S("resources")), &r, depth + 1);
}

/* The instance metadata service's answer: {"compute": {…}}. */
static const char *visit_metadata(struct reading *in, const struct json_value *compute) {
        struct str set = json_text(compute, S("vmScaleSetName"));
        struct resource r;

        resource_read(&r, &in->scratch, in->inv->catalog, compute, NULL,
                      set.len > 0 ? S("Microsoft.Compute/virtualMachineScaleSets/virtualMachines")
                                  : S("Microsoft.Compute/virtualMachines"));
        tell(in, &r);
        return NULL;
}

/* A list inside the object, as in pages that were put into an array; NULL: none. */
static const struct json_value *list_in(const struct json_value *v) {
        for (size_t i = 0; i < sizeof(list_names) / sizeof(list_names[0]); i++) {
                const struct json_value *list = json_get(v, list_names[i]);

                if (list && (list->type == JSON_ARRAY || list->type == JSON_OBJECT))
                        return list;
        }
        return NULL;
}

/* Answers in their envelopes: {"responses": {"200": {"body": …}}} as in the API's published examples, or, of a batch of
 * requests, {"responses": [{"content": …}]}. Envelopes without contents are passed over. */
static const char *visit_responses(struct reading *in, const struct json_value *all, int depth) {
        const char *wrong = NULL;

        for (ptrdiff_t i = 0; i < all->count && !wrong; i++) {
                const struct json_value *one = all->type == JSON_ARRAY ? &all->items[i] : &all->members[i].value;
                const struct json_value *body = json_get(one, S("body"));

                body = body ? body : json_get(one, S("content"));
                if (body && body->type == JSON_OBJECT)
                        wrong = visit(in, body, NULL, depth + 1);
        }
        return wrong;
}

static const struct json_value *responses_in(const struct json_value *v) {
        const struct json_value *all = json_get(v, S("responses"));

        return all && (all->type == JSON_ARRAY || all->type == JSON_OBJECT) ? all : NULL;
}

/* An answer that holds one page of several. */
static bool is_partial(const struct json_value *v) {
        static const struct str links[] = {
                STR("nextLink"),   STR("@odata.nextLink"), STR("odata.nextLink"),
                STR("skip_token"), STR("$skipToken"),      STR("skipToken"),
        };
        const struct json_value *cut = json_get(v, S("resultTruncated"));

        for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
                if (json_text(json_get(v, links[i]), S("")).len > 0)
                        return true;
        return cut && (cut->type == JSON_TRUE || (cut->type == JSON_STRING && str_eq_nocase(cut->text, S("true"))));
}

/* `terraform show -json`: a module has resources, and modules in it. Of a plan, what it would lead to. */
static const struct json_value *module_in(const struct json_value *v) {
        const struct json_value *module = json_path(v, S("values.root_module"));

        return module ? module : json_path(v, S("planned_values.root_module"));
}

static const char *visit_module(struct reading *in, const struct json_value *v, int depth) {
        const struct json_value *children = json_get(v, S("child_modules"));
        const char *wrong = visit_all(in, json_get(v, S("resources")), NULL, depth + 1);

        for (ptrdiff_t i = 0; i < json_count(children) && !wrong; i++)
                wrong = depth > DEPTH_MAX ? "modules are nested too deeply" : visit_module(in, json_item(children, i), depth + 1);
        return wrong;
}

/* Terraform's state of before 0.12: {"version": 3, "modules": [{"resources": {"aws_instance.web": …}}]}. */
static const struct json_value *old_modules_in(const struct json_value *v) {
        const struct json_value *modules = json_get(v, S("modules"));

        return modules && modules->type == JSON_ARRAY && json_get(v, S("lineage")) ? modules : NULL;
}

static const char *visit_old_modules(struct reading *in, const struct json_value *modules) {
        for (ptrdiff_t i = 0; i < modules->count; i++) {
                const struct json_value *all = json_get(&modules->items[i], S("resources"));

                for (ptrdiff_t k = 0; all && all->type == JSON_OBJECT && k < all->count; k++)
                        foreign_read_old_terraform(&in->scratch, in->inv->catalog, all->members[k].key, &all->members[k].value, tell_foreign, in);
        }
        return NULL;
}

/* EKS puts what it describes into a member of its own. */
static const struct json_value *described_in(const struct json_value *v) {
        const struct json_value *one = json_get(v, S("cluster"));

        one = one ? one : json_get(v, S("nodegroup"));
        return v->count == 1 && one && foreign_looks_like(one) ? one : NULL;
}

/* A zone of Compute Engine's aggregated list in which nothing is; the wrapper of Cloud Asset. */
static bool is_empty_zone(const struct json_value *v) {
        return v->count == 1 && json_get(v, S("warning"));
}

static const struct json_value *asset_in(const struct json_value *v) {
        const struct json_value *wrapped = json_get(v, S("asset"));

        v = wrapped && wrapped->type == JSON_OBJECT ? wrapped : v;
        return json_get(v, S("assetType")) ? json_path(v, S("resource.data")) : NULL;
}

/* JSON in a string, as AWS Config has its results, and the configuration of each; NULL when it is none. */
static const struct json_value *quoted_in(struct reading *in, const struct json_value *v) {
        struct json_value *inner;
        struct diag d = { 0 };

        if (!v || v->type != JSON_STRING || !str_starts(str_trim(v->text), S("{")))
                return NULL;
        inner = arena_new(&in->scratch, struct json_value);
        return json_read(&in->scratch, "", v->text, inner, &d) == 0 ? inner : NULL;
}

/* What AWS Config recorded of a resource: its configuration with its own names beside it; NULL when it is nothing of AWS Config's. */
static const struct json_value *recorded_in(struct reading *in, const struct json_value *v) {
        const struct json_value *configuration = json_get(v, S("configuration")), *quoted = quoted_in(in, configuration);
        const struct json_value *id = json_get(v, S("resourceId")), *type = json_get(v, S("resourceType"));
        struct json_value *all;

        if (!id || !str_starts(json_text(v, S("resourceType")), S("AWS::")) || json_get(v, S("InstanceId")))
                return NULL;
        configuration = quoted ? quoted : configuration;
        all = arena_new(&in->scratch, struct json_value);
        *all = (struct json_value){ .type = JSON_OBJECT };
        all->members = arena_array(&in->scratch, struct json_member, 3 + (configuration ? configuration->count : 0));
        all->members[all->count++] = (struct json_member){ .key = S("resourceType"), .value = *type };
        all->members[all->count++] = (struct json_member){ .key = S("arn"), .value = *id };
        all->members[all->count++] = (struct json_member){ .key = S("InstanceId"), .value = *id };
        for (ptrdiff_t i = 0; configuration && configuration->type == JSON_OBJECT && i < configuration->count; i++)
                all->members[all->count++] = configuration->members[i];
        return all;
}

static const char *visit(struct reading *in, const struct json_value *v, const struct resource *parent, int depth) {
        const struct json_value *list;
        struct resource r;

        if (depth > DEPTH_MAX)
                return "resources are nested too deeply";
        if (v->type == JSON_ARRAY)
                return visit_all(in, v, parent, depth + 1);
        if (quoted_in(in, v))
                return visit(in, quoted_in(in, v), parent, depth + 1);
        if (v->type == JSON_STRING)
                return "expected a resource, an object: a list of names does not tell what they are, the cloud's `describe` or `show` command does";
        if (v->type != JSON_OBJECT)
                return "expected a resource, an object";
        if (module_in(v))
                return visit_module(in, module_in(v), depth);
        if (asset_in(v))
                return visit(in, asset_in(v), NULL, depth + 1);
        if (recorded_in(in, v))
                return visit(in, recorded_in(in, v), NULL, depth + 1);
        if (described_in(v))
                return visit(in, described_in(v), NULL, depth + 1);
        if (is_empty_zone(v))
                return NULL;
        if (foreign_looks_like(v)) {
                foreign_read(&in->scratch, in->inv->catalog, v, tell_foreign, in);
                return NULL;
        }
        if (resource_looks_like(v))
                return visit_resource(in, v, parent, depth);
        if (json_path(v, S("compute.vmId")) || json_path(v, S("compute.osType")))
                return visit_metadata(in, json_get(v, S("compute")));
        if (responses_in(v))
                return visit_responses(in, responses_in(v), depth);
        list = list_in(v);
        if (list) {
                in->inv->partial += is_partial(v);
                return visit_all(in, list, NULL, depth + 1);
        }
        if (json_path(v, S("error.code")))
                return "this is the answer of a request that failed";
        resource_read(&r, &in->scratch, in->inv->catalog, v, parent, S(""));
        tell(in, &r);
        return NULL;
}

/* A row of Resource Graph's table as an object: its columns are the members. */
static const char *from_row(struct reading *in, const struct json_value *row, const struct json_value *columns,
                            struct json_value *ret) {
        if (row->type != JSON_ARRAY || columns->type != JSON_ARRAY || row->count != columns->count)
                return "expected a row with as many values as there are columns";
        *ret = (struct json_value){ .type = JSON_OBJECT, .count = row->count };
        ret->members = arena_array(&in->scratch, struct json_member, row->count);
        for (ptrdiff_t i = 0; i < row->count; i++) {
                ret->members[i].key = json_text(&columns->items[i], S("name"));
                ret->members[i].value = row->items[i];
        }
        return NULL;
}

static const char *on_element(void *arg, const struct json_value *v, const struct json_value *columns) {
        struct reading *in = arg;
        struct json_value row;
        const char *wrong;

        arena_reset(&in->scratch);
        if (!columns)
                return visit(in, v, NULL, 0);
        wrong = from_row(in, v, columns, &row);
        return wrong ? wrong : visit(in, &row, NULL, 0);
}

/* "taskArns", "clusterArns", "nodegroups", "instanceIds" …: a member that holds nothing but texts. */
static bool names_alone(const struct json_value *v) {
        const struct json_value *list = v->type == JSON_OBJECT && v->count > 0 ? &v->members[0].value : NULL;

        if (!list || list->type != JSON_ARRAY || list->count == 0)
                return false;
        for (ptrdiff_t i = 0; i < list->count; i++)
                if (list->items[i].type != JSON_STRING)
                        return false;
        return true;
}

static const char *on_document(void *arg, const struct json_value *v, int lists) {
        struct reading *in = arg;

        arena_reset(&in->scratch);
        if (lists > 0) {
                in->inv->partial += is_partial(v);
                return resource_looks_like(v) ? visit(in, v, NULL, 0) : NULL;
        }
        if (names_alone(v))
                return "a list of names does not tell what they are: the cloud's `describe` or `show` command does";
        if (old_modules_in(v))
                return visit_old_modules(in, old_modules_in(v));
        if (!described_in(v) && !resource_looks_like(v) && !foreign_looks_like(v) && !module_in(v) && !asset_in(v) && !recorded_in(in, v) && !list_in(v) && !responses_in(v) && !json_get(v, S("compute")) &&
            !json_path(v, S("error.code")))
                return "expected a resource, or a list of resources in \"value\", \"data\" or \"resources\"";
        return visit(in, v, NULL, 0);
}

static bool is_list(void *arg, struct str key, bool in_data) {
        (void)arg;
        for (size_t i = 0; i < sizeof(list_names) / sizeof(list_names[0]); i++)
                if (str_eq_nocase(key, list_names[i]))
                        return in_data == (i == ROWS);
        return false;
}

static ptrdiff_t read_on(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct reading *in = arg;

        return in->read(in->read_arg, p, size, d);
}

int inventory_read(struct inventory *inv, const char *file,
                   ptrdiff_t (*read)(void *arg, char *p, ptrdiff_t size, struct diag *d), void *read_arg,
                   struct diag *d) {
        struct reading in = { .inv = inv, .read = read, .read_arg = read_arg };
        const struct json_stream_user user = {
                .arg = &in, .read = read_on, .is_list = is_list, .element = on_element, .document = on_document,
                .instead = "bring what the cloud's own list writes as JSON (or as YAML), not as a table: `az vm list -o json`, `aws ec2 describe-instances --output json`, "
                           "`gcloud compute instances list --format json`, `kubectl get nodes -o json` (a machine's evidence is for `sidelight check`)",
        };
        int result = json_stream(file, &user, d);

        arena_free(&in.scratch);
        return result;
}

void inventory_free(struct inventory *inv) {
        seen_free(&inv->seen);
        arena_free(&inv->arena);
}
