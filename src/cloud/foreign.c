#include "cloud/foreign.h"

/* What an object is, and where it keeps what. Paths as resource_at takes them; several have blanks between, the first that is there
 * counts. */
struct shape {
        struct str type;
        struct str needs, or_needs; /* all of these paths; the second list may be empty */
        struct str id, name, location, size, image, threads, cpu, arch;
};

enum {
        AWS_INSTANCE, AWS_IMAGE, SSM_INSTANCE, SSM_PATCHES, ECS_CLUSTER, ECS_MACHINE, ECS_TASK, EKS_CLUSTER, EKS_POOL, AWS_FUNCTION, AWS_BATCH,
        AWS_LISTED, GCP_INSTANCE, GKE_CLUSTER, GKE_POOL, OCI_INSTANCE, KUBERNETES_NODE, OPENSTACK_SERVER, VSPHERE_MACHINE, VSPHERE_HOST,
        HETZNER_SERVER, DROPLET, LINODE, VULTR_INSTANCE, SCALEWAY_SERVER, PROXMOX_CONFIG, PROXMOX_LISTED, SHAPE_COUNT
};

static const struct shape shapes[SHAPE_COUNT] = {
        [AWS_INSTANCE] = { .type = STR("aws:ec2/instance"), .needs = STR("InstanceId InstanceType"), .id = STR("InstanceId arn id"),
                           .name = STR(""), .location = STR("Placement.AvailabilityZone availability_zone"), .size = STR("InstanceType"),
                           .image = STR("ImageId ami"), .threads = STR("CpuOptions.ThreadsPerCore cpu_threads_per_core") },
        [AWS_IMAGE] = { .type = STR("aws:ec2/image"), .needs = STR("ImageId CreationDate OwnerId"), .id = STR("ImageId"), .name = STR("Name") },
        [SSM_INSTANCE] = { .type = STR("aws:ssm/instance"), .needs = STR("InstanceId PingStatus"), .id = STR("InstanceId"), .name = STR("ComputerName") },
        [SSM_PATCHES] = { .type = STR("aws:ssm/patches"), .needs = STR("InstanceId BaselineId"), .name = STR("InstanceId") },
        [ECS_CLUSTER] = { .type = STR("aws:ecs/cluster"), .needs = STR("clusterArn clusterName"), .id = STR("clusterArn"), .name = STR("clusterName") },
        [ECS_MACHINE] = { .type = STR("aws:ecs/container-instance"), .needs = STR("containerInstanceArn ec2InstanceId"),
                          .id = STR("ec2InstanceId"), .name = STR("ec2InstanceId") },
        [ECS_TASK] = { .type = STR("aws:ecs/task"), .needs = STR("taskArn taskDefinitionArn"), .id = STR("taskArn"), .name = STR("group") },
        [EKS_CLUSTER] = { .type = STR("aws:eks/cluster"), .needs = STR("name version roleArn"), .or_needs = STR("name version computeConfig"),
                          .id = STR("arn"), .name = STR("name") },
        [EKS_POOL] = { .type = STR("aws:eks/nodegroup"), .needs = STR("nodegroupName amiType"), .id = STR("nodegroupArn"),
                       .name = STR("nodegroupName"), .size = STR("instanceTypes"), .image = STR("amiType") },
        [AWS_FUNCTION] = { .type = STR("aws:lambda/function"), .needs = STR("FunctionName FunctionArn"), .or_needs = STR("FunctionName Runtime"),
                           .id = STR("FunctionArn"), .name = STR("FunctionName") },
        [AWS_BATCH] = { .type = STR("aws:batch/compute-environment"), .needs = STR("computeEnvironmentName computeResources"),
                        .or_needs = STR("computeEnvironmentName computeEnvironmentArn"), .id = STR("computeEnvironmentArn"),
                        .name = STR("computeEnvironmentName"), .size = STR("computeResources.instanceTypes") },
        [AWS_LISTED] = { .type = STR("aws:listed"), .needs = STR("arn resourceType"), .id = STR("arn"), .name = STR("resourceName resourceId") },
        [GCP_INSTANCE] = { .type = STR("gcp:compute/instance"), .needs = STR("machineType zone"), .or_needs = STR("machineType kind"), .id = STR("selfLink id"),
                           .name = STR("name"), .location = STR("zone"), .size = STR("machineType"),
                           .image = STR("disks.licenses boot_disk.initialize_params.image"),
                           .threads = STR("advancedMachineFeatures.threadsPerCore"), .cpu = STR("cpuPlatform") },
        [GKE_CLUSTER] = { .type = STR("gcp:container/cluster"), .needs = STR("nodePools currentMasterVersion"),
                          .or_needs = STR("autopilot currentMasterVersion"), .id = STR("selfLink id"), .name = STR("name"),
                          .location = STR("location zone") },
        [GKE_POOL] = { .type = STR("gcp:container/nodepool"), .needs = STR("config.imageType config.machineType"), .id = STR("selfLink id"),
                       .name = STR("name"), .location = STR("location"), .size = STR("config.machineType node_config.machine_type"),
                       .image = STR("config.imageType node_config.image_type"),
                       .threads = STR("config.advancedMachineFeatures.threadsPerCore") },
        [OCI_INSTANCE] = { .type = STR("oci:core/instance"), .needs = STR("shape lifecycle-state"), .or_needs = STR("shape lifecycleState"),
                           .id = STR("id"), .name = STR("display-name displayName"), .location = STR("region availability-domain availabilityDomain"),
                           .size = STR("shape"), .image = STR("image-id imageId source_details.source_id"),
                           .cpu = STR("shape-config.processor-description shapeConfig.processorDescription") },
        [KUBERNETES_NODE] = { .type = STR("kubernetes:node"), .needs = STR("metadata.name status.nodeInfo"), .id = STR("spec.providerID"),
                              .name = STR("metadata.name"), .location = STR("metadata|labels|topology.kubernetes.io/zone"),
                              .size = STR("metadata|labels|node.kubernetes.io/instance-type"), .image = STR("status.nodeInfo.osImage") },
        [OPENSTACK_SERVER] = { .type = STR("openstack:server"), .needs = STR("ID Status Networks Flavor"), .or_needs = STR("id hostId flavor"),
                               .id = STR("ID"), .name = STR("Name"), .location = STR("OS-EXT-AZ:availability_zone"),
                               .size = STR("flavor.original_name flavor_name Flavor"), .image = STR("image_name Image") },
        [VSPHERE_MACHINE] = { .type = STR("vsphere:machine"), .needs = STR("config.guestId"), .id = STR("config.uuid"), .name = STR("name"),
                              .image = STR("config.guestId") },
        [HETZNER_SERVER] = { .type = STR("hetzner:server"), .needs = STR("server_type.name datacenter"), .or_needs = STR("server_type.name status"),
                             .id = STR("id"), .name = STR("name"), .location = STR("datacenter.name location"), .size = STR("server_type.name server_type"),
                             .image = STR("image.os_flavor image.name image"), .arch = STR("server_type.architecture") },
        [DROPLET] = { .type = STR("digitalocean:droplet"), .needs = STR("size_slug vcpus"), .or_needs = STR("size_slug region"), .id = STR("id"),
                      .name = STR("name"), .location = STR("region.slug region"), .size = STR("size_slug size"),
                      .image = STR("image.distribution image.slug image.name image") },
        [LINODE] = { .type = STR("linode:instance"), .needs = STR("label type hypervisor"), .or_needs = STR("label type specs"), .id = STR("id"),
                     .name = STR("label"), .location = STR("region"), .size = STR("type"), .image = STR("image") },
        [VULTR_INSTANCE] = { .type = STR("vultr:instance"), .needs = STR("plan vcpu_count"), .or_needs = STR("plan os_id"), .id = STR("id"),
                             .name = STR("label hostname"), .location = STR("region"), .size = STR("plan"), .image = STR("os image_id") },
        [SCALEWAY_SERVER] = { .type = STR("scaleway:server"), .needs = STR("commercial_type id"), .id = STR("id"), .name = STR("name"),
                              .location = STR("zone"), .size = STR("commercial_type type"), .image = STR("image.name image"), .arch = STR("arch") },
        [PROXMOX_CONFIG] = { .type = STR("proxmox:machine"), .needs = STR("ostype memory"), .or_needs = STR("vmgenid memory"), .name = STR("name hostname"),
                             .image = STR("ostype") },
        [PROXMOX_LISTED] = { .type = STR("proxmox:listed"), .needs = STR("node type id"), .id = STR("id"), .name = STR("name node"), .location = STR("node") },
        [VSPHERE_HOST] = { .type = STR("vsphere:host"), .needs = STR("config.product.version config.hyperThread"), .id = STR("summary.hardware.uuid"),
                           .name = STR("name"), .cpu = STR("summary.hardware.cpuModel") },
};

static const struct json_value *first_at(const struct json_value *v, struct str paths) {
        const struct json_value *found = NULL;
        struct str path;

        while (!found && str_word(&paths, &path)) {
                found = resource_at(v, path);
                if (found && found->type == JSON_ARRAY)
                        found = found->count > 0 ? &found->items[0] : NULL;
        }
        return found;
}

static struct str text_at(const struct json_value *v, struct str paths) {
        const struct json_value *found = first_at(v, paths);

        return found && (found->type == JSON_STRING || found->type == JSON_NUMBER) ? found->text : (struct str){ .p = "" };
}

static bool has_all(const struct json_value *v, struct str paths) {
        struct str path;

        if (paths.len == 0)
                return false;
        while (str_word(&paths, &path)) {
                const struct json_value *found = resource_at(v, path);

                if (!found || found->type == JSON_NULL)
                        return false;
        }
        return true;
}

static int shape_of(const struct json_value *v) {
        for (int i = 0; i < SHAPE_COUNT; i++)
                if (has_all(v, shapes[i].needs) || has_all(v, shapes[i].or_needs))
                        return i;
        return SHAPE_COUNT;
}

static struct str last_part(struct str path) {
        struct str part = path, rest = path;

        while (str_cut(&rest, '/', &part))
                ;
        return part;
}

static bool contains(struct str s, struct str part) {
        for (ptrdiff_t i = 0; i + part.len <= s.len; i++)
                if (str_eq_nocase(str_sub(s, i, part.len), part))
                        return true;
        return false;
}

/* ---- What each says in its own way ---- */

static void say_os(struct resource *r, enum resource_os os, struct str because, enum resource_sure sure) {
        if (r->os != OS_UNKNOWN || os == OS_UNKNOWN)
                return;
        r->os = os;
        r->os_because = because;
        r->sure = sure < r->sure ? sure : r->sure;
}

/* Tags: [{"Key": "Name", "Value": "web"}], or Terraform's {"Name": "web"}. */
static struct str aws_name(const struct json_value *v) {
        const struct json_value *tags = json_get(v, S("Tags"));

        for (ptrdiff_t i = 0; tags && tags->type == JSON_ARRAY && i < tags->count; i++)
                if (str_eq(json_text(&tags->items[i], S("Key")), S("Name")))
                        return json_text(&tags->items[i], S("Value"));
        return json_text(tags, S("Name"));
}

/* "Platform" is "windows", or not there: then it is no Windows. Macs say so by their architecture. */
static void aws_os(struct resource *r, const struct json_value *v) {
        struct str details = json_text(v, S("PlatformDetails")), platform = json_text(v, S("Platform"));

        if (contains(json_text(v, S("Architecture")), S("_mac")))
                return;
        if (str_eq_nocase(platform, S("windows")))
                say_os(r, OS_WINDOWS, S("Platform"), RESOURCE_CERTAIN);
        if (details.len > 0)
                say_os(r, contains(details, S("Windows")) ? OS_WINDOWS : OS_LINUX, S("PlatformDetails"), RESOURCE_CERTAIN);
        if (platform.len == 0 && json_get(v, S("State")))
                say_os(r, OS_LINUX, S("no Platform"), RESOURCE_LIKELY);
}

static enum resource_os licence_os(const struct catalog *c, struct str licence) {
        struct str rest = licence, part;

        while (str_cut(&rest, '/', &part))
                for (uint32_t i = 0; i < c->image_publisher_count; i++)
                        if (str_eq_nocase(T(c->image_publishers[i].publisher), part))
                                return (enum resource_os)c->image_publishers[i].os;
        return OS_UNKNOWN;
}

/* The boot disk's licences tell which project the image came from: ".../projects/debian-cloud/global/licenses/debian-12-bookworm". */
static void gcp_os(const struct catalog *c, struct resource *r, const struct json_value *v) {
        const struct json_value *disks = json_get(v, S("disks"));

        for (ptrdiff_t i = 0; disks && disks->type == JSON_ARRAY && i < disks->count; i++) {
                const struct json_value *boot = json_get(&disks->items[i], S("boot")), *licences = json_get(&disks->items[i], S("licenses"));

                for (ptrdiff_t k = 0; boot && boot->type == JSON_TRUE && licences && licences->type == JSON_ARRAY && k < licences->count; k++)
                        if (licences->items[k].type == JSON_STRING && licence_os(c, licences->items[k].text) != OS_UNKNOWN) {
                                say_os(r, licence_os(c, licences->items[k].text), S("disks.licenses"), RESOURCE_CERTAIN);
                                r->image = licences->items[k].text;
                        }
        }
        if (!disks) /* a list's first licence may be another disk's */
                say_os(r, licence_os(c, r->image), S("boot_disk.initialize_params.image"), RESOURCE_LIKELY);
}

static void pool_os(struct resource *r) {
        if (r->image.len > 0)
                say_os(r, contains(r->image, S("windows")) ? OS_WINDOWS : OS_LINUX, S("config.imageType"), RESOURCE_CERTAIN);
}

static void node_os(struct resource *r, const struct json_value *v) {
        struct str os = json_text(resource_at(v, S("status.nodeInfo")), S("operatingSystem"));

        say_os(r, str_eq_nocase(os, S("linux")) ? OS_LINUX : str_eq_nocase(os, S("windows")) ? OS_WINDOWS : OS_UNKNOWN,
               S("status.nodeInfo.operatingSystem"), RESOURCE_CERTAIN);
        r->os_version = json_text(resource_at(v, S("status.nodeInfo")), S("kernelVersion"));
}

/* Systems Manager asks the machine itself. */
static void ssm_os(struct resource *r, const struct json_value *v) {
        struct str os = json_text(v, S("PlatformType"));

        say_os(r, str_eq_nocase(os, S("Linux")) ? OS_LINUX : str_eq_nocase(os, S("Windows")) ? OS_WINDOWS : OS_UNKNOWN, S("PlatformType"),
               RESOURCE_CERTAIN);
        r->os_version = json_text(v, S("PlatformVersion"));
}

/* "AL2023_x86_64_STANDARD", "WINDOWS_CORE_2022_x86_64"; CUSTOM is the launch template's image. */
static void eks_os(struct resource *r) {
        if (!str_eq_nocase(r->image, S("CUSTOM")))
                say_os(r, contains(r->image, S("windows")) ? OS_WINDOWS : OS_LINUX, S("amiType"), RESOURCE_CERTAIN);
}

/* An image's name as somebody gave it, or a guest's id in vSphere ("windows9Server64Guest", "rhel8_64Guest"). */
static void os_by_name(struct resource *r, struct str because, enum resource_sure sure) {
        static const struct str linux_words[] = { STR("linux"), STR("ubuntu"), STR("debian"), STR("centos"), STR("rhel"), STR("red hat"), STR("fedora"),
                                                  STR("sles"),  STR("suse"),   STR("rocky"),  STR("photon"), STR("coreos"), STR("asianux"),
                                                  STR("alma"),  STR("alpine"), STR("gentoo"), STR("nixos"),  STR("archlinux"), STR("arch linux") };

        if (contains(r->image, S("windows")) || (str_eq_nocase(because, S("config.guestId")) && str_starts(r->image, S("win"))))
                say_os(r, OS_WINDOWS, because, sure);
        for (size_t i = 0; i < sizeof(linux_words) / sizeof(linux_words[0]); i++)
                if (contains(r->image, linux_words[i]))
                        say_os(r, OS_LINUX, because, sure);
}

/* "l26", "win11", "w2k8": what whoever made the machine chose. */
static void proxmox_os(struct resource *r) {
        if (str_starts(r->image, S("l2")))
                say_os(r, OS_LINUX, S("ostype"), RESOURCE_LIKELY);
        else if (str_starts(r->image, S("w")))
                say_os(r, OS_WINDOWS, S("ostype"), RESOURCE_LIKELY);
        else
                os_by_name(r, S("ostype"), RESOURCE_LIKELY); /* a container's distribution */
}

static void oci_threads(struct resource *r, const struct json_value *v) {
        const struct json_value *smt = first_at(v, S("platform-config.is-symmetric-multi-threading-enabled "
                                                     "platformConfig.isSymmetricMultiThreadingEnabled"));

        if (smt && smt->type == JSON_FALSE) {
                r->threads = 1;
                r->threads_set = true;
        }
}

static void read_shape(struct resource *r, const struct catalog *c, const struct json_value *v, int number) {
        const struct shape *s = &shapes[number];
        uint64_t threads;

        *r = (struct resource){ .os = OS_UNKNOWN, .sure = RESOURCE_CERTAIN, .type = s->type, .id = text_at(v, s->id),
                                .name = number == AWS_INSTANCE ? aws_name(v) : text_at(v, s->name),
                                .location = last_part(text_at(v, s->location)), .size = last_part(text_at(v, s->size)),
                                .image = text_at(v, s->image), .cpu = text_at(v, s->cpu) };
        if (str_starts(text_at(v, s->arch), S("arm")))
                r->vendor = S("arm");
        /* a vCPU of EC2's T2 is no thread: its "1" has no meaning */
        if (!str_starts(r->size, S("t2.")) && resource_number(first_at(v, s->threads), &threads) && threads > 0 && threads <= 8) {
                r->threads = (uint32_t)threads;
                r->threads_set = threads == 1;
        }
        if (number == AWS_INSTANCE)
                aws_os(r, v);
        else if (number == GCP_INSTANCE)
                gcp_os(c, r, v);
        else if (number == GKE_POOL)
                pool_os(r);
        else if (number == KUBERNETES_NODE)
                node_os(r, v);
        else if (number == OCI_INSTANCE)
                oci_threads(r, v);
        else if (number == SSM_INSTANCE)
                ssm_os(r, v);
        else if (number == EKS_POOL)
                eks_os(r);
        else if (number == OPENSTACK_SERVER)
                os_by_name(r, S("the image's name"), RESOURCE_LIKELY);
        else if (number == HETZNER_SERVER || number == DROPLET || number == LINODE || number == VULTR_INSTANCE || number == SCALEWAY_SERVER)
                os_by_name(r, S("the image's name"), RESOURCE_LIKELY);
        else if (number == PROXMOX_CONFIG)
                proxmox_os(r);
        else if (number == PROXMOX_LISTED && str_eq(json_text(v, S("type")), S("node")))
                say_os(r, OS_LINUX, S("type"), RESOURCE_CERTAIN);
        else if (number == VSPHERE_MACHINE)
                os_by_name(r, S("config.guestId"), RESOURCE_CERTAIN);
}

/* ---- Terraform ---- */

enum { ATTRIBUTES_MAX = 2000 }; /* of one resource; rules ask for a handful */

/* Its types as the providers' own objects. What is not here keeps its name, and is looked up in the data by that. */
static const struct {
        struct str terraform;
        int shape;       /* SHAPE_COUNT: none, and `type` */
        struct str type;
        enum resource_os os;
} terraform_types[] = {
        { STR("aws_instance"), AWS_INSTANCE, STR(""), OS_UNKNOWN },
        { STR("google_compute_instance"), GCP_INSTANCE, STR(""), OS_UNKNOWN },
        { STR("google_container_node_pool"), GKE_POOL, STR(""), OS_UNKNOWN },
        { STR("oci_core_instance"), OCI_INSTANCE, STR(""), OS_UNKNOWN },
        { STR("hcloud_server"), HETZNER_SERVER, STR(""), OS_UNKNOWN },
        { STR("digitalocean_droplet"), DROPLET, STR(""), OS_UNKNOWN },
        { STR("linode_instance"), LINODE, STR(""), OS_UNKNOWN },
        { STR("vultr_instance"), VULTR_INSTANCE, STR(""), OS_UNKNOWN },
        { STR("scaleway_instance_server"), SCALEWAY_SERVER, STR(""), OS_UNKNOWN },
        { STR("proxmox_vm_qemu"), SHAPE_COUNT, STR("proxmox:machine"), OS_UNKNOWN },
        { STR("proxmox_virtual_environment_vm"), SHAPE_COUNT, STR("proxmox:machine"), OS_UNKNOWN },
        { STR("azurerm_virtual_machine"), SHAPE_COUNT, STR("microsoft.compute/virtualmachines"), OS_UNKNOWN },
        { STR("azurerm_linux_virtual_machine"), SHAPE_COUNT, STR("microsoft.compute/virtualmachines"), OS_LINUX },
        { STR("azurerm_windows_virtual_machine"), SHAPE_COUNT, STR("microsoft.compute/virtualmachines"), OS_WINDOWS },
        { STR("azurerm_linux_virtual_machine_scale_set"), SHAPE_COUNT, STR("microsoft.compute/virtualmachinescalesets"), OS_LINUX },
        { STR("azurerm_windows_virtual_machine_scale_set"), SHAPE_COUNT, STR("microsoft.compute/virtualmachinescalesets"), OS_WINDOWS },
        { STR("azurerm_kubernetes_cluster_node_pool"), SHAPE_COUNT, STR("microsoft.containerservice/managedclusters/agentpools"), OS_UNKNOWN },
};

/* "boot_disk.0.initialize_params.0.image" of versions before 0.12 is a member of members; lists are taken by their first item. */
static struct json_value *member_named(struct arena *a, struct json_value *object, struct str name) {
        struct json_member *all;

        for (ptrdiff_t i = 0; object->type == JSON_OBJECT && i < object->count; i++)
                if (str_eq(object->members[i].key, name))
                        return &object->members[i].value;
        if (object->type != JSON_OBJECT)
                *object = (struct json_value){ .type = JSON_OBJECT };
        all = arena_array(a, struct json_member, object->count + 1);
        for (ptrdiff_t i = 0; i < object->count; i++)
                all[i] = object->members[i];
        all[object->count] = (struct json_member){ .key = name, .value = { .type = JSON_OBJECT } };
        object->members = all;
        return &object->members[object->count++].value;
}

static bool is_index(struct str name) {
        uint64_t n;

        return str_eq(name, S("%")) || str_eq(name, S("#")) || str_to_u64(name, &n);
}

/* The attributes that rules and shapes ask for, without what only counts. */
static struct json_value unfolded(struct arena *a, const struct json_value *attributes) {
        struct json_value all = { .type = JSON_OBJECT };

        for (ptrdiff_t i = 0; attributes && attributes->type == JSON_OBJECT && i < attributes->count && i < ATTRIBUTES_MAX; i++) {
                struct str path = attributes->members[i].key, name;
                struct json_value *at = &all;

                if (str_ends(path, S("%")) || str_ends(path, S("#")) || attributes->members[i].value.type != JSON_STRING)
                        continue;
                while (str_cut(&path, '.', &name))
                        at = is_index(name) ? at : member_named(a, at, name);
                if (at != &all && at->count == 0)
                        *at = attributes->members[i].value;
        }
        return all;
}

static bool is_terraform(const struct json_value *v) {
        return json_text(v, S("mode")).len > 0 && json_text(v, S("type")).len > 0 && (json_get(v, S("instances")) || json_get(v, S("values")));
}

static void read_terraform(struct arena *a, const struct catalog *c, struct resource *r, struct str type, const struct json_value *values) {
        *r = (struct resource){ .os = OS_UNKNOWN, .sure = RESOURCE_CERTAIN, .id = text_at(values, S("id")), .name = text_at(values, S("name")),
                                .location = text_at(values, S("location region zone")), .size = text_at(values, S("size sku vm_size")),
                                .type = str_fmt(a, "terraform:%.*s", STR_ARG(type)) };
        for (size_t i = 0; i < sizeof(terraform_types) / sizeof(terraform_types[0]); i++) {
                struct str os = text_at(values, S("os_type storage_os_disk.os_type"));

                if (!str_eq(type, terraform_types[i].terraform))
                        continue;
                if (terraform_types[i].shape != SHAPE_COUNT) {
                        read_shape(r, c, values, terraform_types[i].shape);
                        return;
                }
                r->type = terraform_types[i].type;
                say_os(r, terraform_types[i].os, S("the resource's type"), RESOURCE_CERTAIN);
                say_os(r, str_eq_nocase(os, S("linux")) ? OS_LINUX : str_eq_nocase(os, S("windows")) ? OS_WINDOWS : OS_UNKNOWN, S("os_type"),
                       RESOURCE_CERTAIN);
                if (first_at(values, S("os_profile_linux_config"))) /* azurerm_virtual_machine has one of two profiles */
                        say_os(r, OS_LINUX, S("os_profile_linux_config"), RESOURCE_CERTAIN);
                if (first_at(values, S("os_profile_windows_config")))
                        say_os(r, OS_WINDOWS, S("os_profile_windows_config"), RESOURCE_CERTAIN);
        }
}

static void tell_terraform(struct arena *a, const struct catalog *c, const struct json_value *v,
                           void (*tell)(void *arg, const struct resource *r), void *arg) {
        const struct json_value *instances = json_get(v, S("instances")), *values = json_get(v, S("values"));
        struct str type = json_text(v, S("type"));
        struct resource r;

        if (!str_eq(json_text(v, S("mode")), S("managed"))) {
                r = (struct resource){ .os = OS_UNKNOWN, .sure = RESOURCE_CERTAIN, .type = S("terraform:data"), .name = json_text(v, S("name")) };
                resource_settle(&r, a, c, v);
                tell(arg, &r);
                return;
        }
        for (ptrdiff_t i = 0; i < (values ? 1 : json_count(instances)); i++) {
                const struct json_value *one = values ? values : json_get(json_item(instances, i), S("attributes"));

                if (!one)
                        continue;
                read_terraform(a, c, &r, type, one);
                if (r.name.len == 0)
                        r.name = json_text(v, S("name"));
                resource_settle(&r, a, c, one);
                tell(arg, &r);
        }
}

/* ---- All ---- */

void foreign_read_old_terraform(struct arena *a, const struct catalog *c, struct str key, const struct json_value *v,
                                void (*tell)(void *arg, const struct resource *r), void *arg) {
        struct json_value attributes = unfolded(a, resource_at(v, S("primary.attributes")));
        struct str type = json_text(v, S("type")), rest = key, name = S("");
        struct resource r;

        while (str_cut(&rest, '.', &name) && (str_eq(name, type) || str_eq(name, S("data"))))
                ;
        if (str_starts(key, S("data."))) {
                r = (struct resource){ .os = OS_UNKNOWN, .sure = RESOURCE_CERTAIN, .type = S("terraform:data"), .name = name };
        } else {
                read_terraform(a, c, &r, type, &attributes);
                if (r.name.len == 0)
                        r.name = name;
        }
        resource_settle(&r, a, c, &attributes);
        tell(arg, &r);
}

bool foreign_looks_like(const struct json_value *v) {
        return v->type == JSON_OBJECT && (is_terraform(v) || shape_of(v) != SHAPE_COUNT);
}

void foreign_read(struct arena *a, const struct catalog *c, const struct json_value *v,
                  void (*tell)(void *arg, const struct resource *r), void *arg) {
        const struct json_value *pools = json_get(v, S("nodePools"));
        int shape = shape_of(v);
        struct resource r;

        if (is_terraform(v)) {
                tell_terraform(a, c, v, tell, arg);
                return;
        }
        if (shape == SHAPE_COUNT)
                return;
        read_shape(&r, c, v, shape);
        resource_settle(&r, a, c, v);
        tell(arg, &r);
        for (ptrdiff_t i = 0; shape == GKE_CLUSTER && i < json_count(pools); i++) {
                read_shape(&r, c, json_item(pools, i), GKE_POOL);
                resource_settle(&r, a, c, json_item(pools, i));
                tell(arg, &r);
        }
}
