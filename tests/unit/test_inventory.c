/* cloud: inventories in all their shapes, made here; and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "inventory_told.h"

static void test_lists(void **state) {
        (void)state;
        expect("[]", "");
        expect("{\"value\":[]}", "");
        expect("[{" VM "," LINUX_DISK "}]", "azure-linux-vm certain linux vm\n");
        expect("\xef\xbb\xbf{\"value\":[{" VM ",\"properties\":{" WINDOWS_DISK "}}]}",
               "azure-windows-vm certain windows vm\n");
        expect("{" VM ",\"resources\":null,\"properties\":{\"osProfile\":{\"linuxConfiguration\":{}}}}",
               "azure-linux-vm certain linux vm\n");
        expect("{" VM "," LINUX_DISK "}\n{\"id\":\"/x/providers/Microsoft.Web/sites/w\",\"name\":\"w\"}\n",
               "azure-linux-vm certain linux vm\nazure-paas certain unknown w\n");
        expect("[{\"value\":[{" VM "," LINUX_DISK "}]},{\"value\":[]}]", "azure-linux-vm certain linux vm\n");
        expect("[[{" VM "," LINUX_DISK "}]]", "azure-linux-vm certain linux vm\n");
}

static void test_resource_graph(void **state) {
        (void)state;
        expect("{\"totalRecords\":1,\"data\":{\"columns\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"name\"},{\"name\":\"type\"},"
               "{\"name\":\"properties\",\"type\":\"object\"}],\"rows\":[[\"" VM_ID "\",\"vm\","
               "\"microsoft.compute/virtualmachines\",{" LINUX_DISK "}]]},\"facets\":[],\"resultTruncated\":\"false\"}",
               "azure-linux-vm certain linux vm\n");
        expect("{\"count\":1,\"data\":[{\"name\":\"w\",\"type\":\"microsoft.web/sites\",\"kind\":\"functionapp,linux\"}],"
               "\"skip_token\":null,\"total_records\":1}",
               "azure-paas certain linux w\n");
}

static void test_templates(void **state) {
        (void)state;
        expect("{\"$schema\":\"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\",\"resources\":["
               "{\"type\":\"Microsoft.Resources/deployments\",\"name\":\"d\",\"properties\":{\"template\":{\"resources\":["
               "{\"type\":\"Microsoft.Compute/virtualMachineScaleSets\",\"name\":\"s\",\"properties\":{\"virtualMachineProfile\":"
               "{\"storageProfile\":{\"imageReference\":{\"publisher\":\"Canonical\"}}}}}]}}},"
               "{\"type\":\"Microsoft.Batch/batchAccounts\",\"name\":\"b\",\"resources\":[{\"type\":\"pools\",\"name\":\"p\","
               "\"properties\":{\"deploymentConfiguration\":{\"virtualMachineConfiguration\":{\"nodeAgentSkuId\":"
               "\"batch.node.windows amd64\"}}}}]}]}",
               "no-machine certain unknown d\nazure-linux-scale-set likely linux s\nazure-paas likely unknown b\n"
               "azure-windows-nodes likely windows p\n");
        expect("{\"languageVersion\":\"2.0\",\"resources\":{\"a\":{\"type\":\"Microsoft.Compute/virtualMachines\",\"name\":\"a\","
               "\"properties\":{" WINDOWS_DISK "}}}}",
               "azure-windows-vm certain windows a\n");
}

static void test_clusters(void **state) {
        (void)state;
        expect("[{\"id\":\"/s/providers/Microsoft.ContainerService/managedClusters/k\",\"name\":\"k\","
               "\"type\":\"Microsoft.ContainerService/ManagedClusters\",\"agentPoolProfiles\":[{\"name\":\"a\",\"osType\":\"Linux\","
               "\"type\":\"VirtualMachineScaleSets\"},{\"name\":\"w\",\"osType\":\"Windows\"}]}]",
               "azure-paas certain unknown k\nazure-linux-nodes certain linux a\nazure-windows-nodes certain windows w\n");
        expect("[{\"id\":\"/subscriptions/S/resourceGroups/MC_rg_k_we/providers/Microsoft.Compute/virtualMachineScaleSets/aks\","
               "\"name\":\"aks\",\"virtualMachineProfile\":{" LINUX_DISK "}}]",
               "azure-linux-nodes likely linux aks\n");
        expect("[{\"name\":\"c\",\"type\":\"Microsoft.ServiceFabric/clusters\",\"properties\":{\"vmImage\":\"Linux\"}}]",
               "azure-linux-nodes likely linux c\n");
        expect("[{\"id\":\"p1\",\"cloudServiceConfiguration\":{\"osFamily\":\"4\"}}]",
               "azure-cloud-services certain unknown \n");
        expect("[{\"name\":\"p2\",\"virtualMachineConfiguration\":{\"nodeAgentSkuId\":\"batch.node.ubuntu 20.04\"}}]",
               "azure-linux-nodes likely linux p2\n");
}

static void test_others(void **state) {
        (void)state;
        expect("[{\"type\":\"Microsoft.ClassicCompute/domainNames\",\"name\":\"d\"}]",
               "azure-cloud-services likely unknown d\n");
        expect("[{\"type\":\"Microsoft.Compute/cloudServices\",\"name\":\"c\"}]",
               "azure-cloud-services-extended certain unknown c\n");
        expect("[{\"type\":\"Microsoft.ContainerInstance/containerGroups\",\"name\":\"g\",\"properties\":{\"osType\":\"Linux\"}}]",
               "azure-paas certain linux g\n");
        expect("[{\"Id\":\"" VM_ID "\",\"Name\":\"vm\",\"StorageProfile\":{\"OsDisk\":{\"OsType\":1}}}]",
               "azure-linux-vm likely linux vm\n"); /* PowerShell's enumeration */
        expect("[{\"name\":\"vm\",\"type\":\"Microsoft.Compute/virtualMachines\",\"storage_profile\":{\"os_disk\":{"
               "\"os_type\":\"Linux\"}}}]",
               "azure-linux-vm certain linux vm\n"); /* the Python library's spelling */
        expect("{\"compute\":{\"name\":\"vm\",\"osType\":\"Windows\",\"vmId\":\"x\",\"resourceId\":\"" VM_ID
               "\",\"vmScaleSetName\":\"s\"},"
               "\"network\":{}}",
               "azure-windows-scale-set certain windows vm\n");
        expect("[{\"type\":\"Microsoft.ClassicCompute/virtualMachines\",\"name\":\"o\",\"properties\":{\"storageProfile\":"
               "{\"operatingSystemDisk\":{\"operatingSystem\":\"Windows\"}}}}]",
               "azure-windows-vm certain windows o\n");
}

static void test_envelopes(void **state) {
        (void)state;
        expect("{\"parameters\":{\"resourceGroupName\":\"rg\"},\"responses\":{\"200\":{\"headers\":{},\"body\":{\"value\":[{" VM
               ",\"properties\":{" LINUX_DISK "}}]}},\"201\":{\"body\":{" VM "}},\"202\":{}}}",
               "azure-linux-vm certain linux vm\n");
        expect("{\"responses\":[{\"httpStatusCode\":200,\"content\":{\"data\":[{" VM "," WINDOWS_DISK "}]}}]}",
               "azure-windows-vm certain windows vm\n");
}

/* What is not known is unknown, never nothing to do. */
static void test_unknown(void **state) {
        (void)state;
        expect("[{\"type\":\"Contoso.Quantum/machines\",\"name\":\"q\"}]", "unknown unknown unknown q\n");
        expect("[{\"name\":\"what\"}]", "unknown unknown unknown what\n");
        expect("[{" VM "}]", "unknown unknown unknown vm\n");
        expect("[{\"type\":\"Microsoft.HybridCompute/machines\",\"name\":\"m\",\"properties\":{\"osType\":\"linux\"}}]",
               "unknown unknown linux m\n");
}

/* The same machine in two lists, its id in other letters, is one. */
/* What a size, an image and an assessment tell beside the offering: "vendor threads chosen edition|updates". */
static void on_details(void *arg, const struct resource *r) {
        struct told *t = arg;

        out_fmt(&t->text, "%.*s %u %d %.*s|%.*s\n", STR_ARG(r->vendor), (unsigned)r->threads, r->threads_set, STR_ARG(r->edition),
                STR_ARG(r->patches));
}

#define SIZED(size) "{" VM "," WINDOWS_DISK ",\"hardwareProfile\":{\"vmSize\":\"" size "\"}}"

static void test_details(void **state) {
        static const struct {
                const char *json, *details;
        } rows[] = {
                { SIZED("Standard_D2s_v5"), "intel 2 0 |\n" },
                { SIZED("Standard_D2as_v5"), "amd 2 0 |\n" },
                { SIZED("Standard_E4-2ads_v5"), "amd 2 0 |\n" },
                { SIZED("Standard_D2plds_v5"), "arm 1 0 |\n" },
                { SIZED("Standard_D3_v2"), "intel 1 0 |\n" },
                { SIZED("Standard_HB120rs_v3"), "amd 0 0 |\n" },
                { SIZED("Standard_B2ms"), " 0 0 |\n" },
                { SIZED("Basic_A1"), " 0 0 |\n" },
                { "{" VM ",\"hardwareProfile\":{\"vmSize\":\"Standard_D8s_v3\",\"vmSizeProperties\":{\"vCPUsPerCore\":1}},"
                  "\"storageProfile\":{\"imageReference\":{\"publisher\":\"MicrosoftWindowsDesktop\",\"offer\":\"Windows-11\",\"sku\":\"win11\"},"
                  "\"osDisk\":{\"osType\":\"Windows\"}},\"instanceView\":{\"patchStatus\":{\"availablePatchSummary\":{"
                  "\"criticalAndSecurityPatchCount\":3,\"rebootPending\":true,\"lastModifiedTime\":\"2026-11-02T01:02:03Z\"}}}}",
                  "intel 1 1 client|3 critical or security updates were missing on 2026-11-02, and a restart is pending\n" },
                { "{\"InstanceId\":\"i-1\",\"InstanceType\":\"t2.micro\",\"CpuOptions\":{\"ThreadsPerCore\":1}}", "intel 0 0 |\n" },
                { "{\"InstanceId\":\"i-2\",\"InstanceType\":\"c7gn.large\",\"CpuOptions\":{\"ThreadsPerCore\":1}}", "arm 1 0 |\n" },
                { "{\"name\":\"x\",\"zone\":\"b\",\"machineType\":\"n2d-standard-4\"}", "amd 0 0 |\n" },
                { "{\"name\":\"x\",\"zone\":\"b\",\"machineType\":\"n1-standard-4\"}", "intel 0 0 |\n" },
                { "{\"InstanceId\":\"i-3\",\"InstanceType\":\"m99x.large\"}", " 0 0 |\n" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct told t = { .input = str_of(rows[i].json) };

                t.inv = (struct inventory){ .resource = on_details, .catalog = &catalog_builtin, .arg = &t };
                assert_int_equal(inventory_read(&t.inv, "f.json", read_text, &t, &t.d), 0);
                if (!str_eq(out_text(&t.text), str_of(rows[i].details)))
                        fail_msg("%s: expected '%s', got '%.*s'", rows[i].json, rows[i].details, STR_ARG(out_text(&t.text)));
                free_told(&t);
        }
}

/* Other clouds' lists, and what is none of them. */
static void test_foreign(void **state) {
        (void)state;
        expect("{\"kind\":\"compute#instanceAggregatedList\",\"items\":{\"zones/a\":{\"warning\":{\"code\":\"NO_RESULTS_ON_PAGE\"}},"
               "\"zones/b\":{\"instances\":[{\"name\":\"x\",\"zone\":\"b\",\"machineType\":\"c3-standard-4\"}]}}}",
               "cloud-guest certain unknown x\n");
        expect("{\"name\":\"//compute.googleapis.com/x\",\"assetType\":\"compute.googleapis.com/Instance\",\"resource\":{\"data\":"
               "{\"name\":\"x\",\"zone\":\"b\",\"machineType\":\"n1-standard-4-metal\"}}}", "bare-metal certain unknown x\n");
        expect("[{\"InstanceId\":\"i-1\",\"InstanceType\":\"m5.large\"},{\"InstanceId\":\"i-1\",\"InstanceType\":\"m5.large\"}]",
               "cloud-guest certain unknown \n");
        expect("{\"format_version\":\"1.2\",\"planned_values\":{\"root_module\":{\"resources\":[{\"mode\":\"managed\",\"type\":\"aws_instance\","
               "\"name\":\"a\",\"values\":{\"instance_type\":\"m5.metal\"}}]}}}", "bare-metal certain unknown a\n");
        expect("[{\"mode\":\"managed\",\"type\":\"made_up\",\"name\":\"a\",\"instances\":[{\"attributes\":{}}]}]", "unknown unknown unknown a\n");
        expect("[{\"instanceId\":\"0\",\"name\":\"x\"}]", "unknown unknown unknown x\n");
}

/* Amazon's other lists, OpenStack's and vSphere's. */
static void test_lists_of_other_tools(void **state) {
        (void)state;
        expect("{\"Images\":[{\"ImageId\":\"ami-1\",\"Name\":\"al2023\",\"CreationDate\":\"2024-01-01\",\"OwnerId\":\"1\"}]}", "no-machine certain unknown al2023\n");
        expect("{\"InstanceInformationList\":[{\"InstanceId\":\"i-1\",\"PingStatus\":\"Online\",\"PlatformType\":\"Linux\",\"ComputerName\":\"a\"},"
               "{\"InstanceId\":\"mi-1\",\"PingStatus\":\"Online\",\"PlatformType\":\"Windows\",\"ComputerName\":\"b\"},"
               "{\"InstanceId\":\"i-2\",\"PingStatus\":\"Online\",\"PlatformType\":\"MacOS\",\"ComputerName\":\"c\"}]}",
               "cloud-guest likely linux a\nunknown unknown windows b\nunknown unknown unknown c\n");
        /* of one machine in two lists the first counts */
        expect("[{\"InstanceId\":\"i-1\",\"InstanceType\":\"m5.large\"},{\"InstanceId\":\"i-1\",\"PingStatus\":\"Online\",\"PlatformType\":\"Linux\"}]", "cloud-guest certain unknown \n");
        expect("{\"InstancePatchStates\":[{\"InstanceId\":\"i-1\",\"BaselineId\":\"pb-1\",\"InstalledPendingRebootCount\":0},"
               "{\"InstanceId\":\"i-2\",\"BaselineId\":\"pb-1\",\"InstalledPendingRebootCount\":2,\"UnreportedNotApplicableCount\":-1},"
               "{\"InstanceId\":\"i-3\",\"BaselineId\":\"pb-1\"}]}",
               "no-machine certain unknown i-1\ncloud-guest likely unknown i-2\nunknown unknown unknown i-3\n");
        expect("{\"clusters\":[{\"clusterArn\":\"arn:1\",\"clusterName\":\"c\"}]}", "no-machine certain unknown c\n");
        expect("{\"containerInstances\":[{\"containerInstanceArn\":\"arn:2\",\"ec2InstanceId\":\"i-9\"}]}", "cloud-guest likely unknown i-9\n");
        expect("{\"tasks\":[{\"taskArn\":\"arn:3\",\"taskDefinitionArn\":\"d\",\"launchType\":\"FARGATE\",\"group\":\"g\"},"
               "{\"taskArn\":\"arn:4\",\"taskDefinitionArn\":\"d\",\"launchType\":\"EC2\",\"group\":\"h\"}]}",
               "unknown unknown unknown g\nno-machine certain unknown h\n");
        expect("{\"cluster\":{\"name\":\"k\",\"version\":\"1.30\",\"roleArn\":\"r\"}}", "no-machine certain unknown k\n");
        expect("{\"cluster\":{\"name\":\"k\",\"version\":\"1.30\",\"roleArn\":\"r\",\"computeConfig\":{\"enabled\":true}}}", "unknown unknown unknown k\n");
        expect("{\"nodegroup\":{\"nodegroupName\":\"n\",\"amiType\":\"AL2023_x86_64_STANDARD\",\"instanceTypes\":[\"m5.large\"]}}", "cloud-nodes certain linux n\n");
        expect("{\"nodegroup\":{\"nodegroupName\":\"n\",\"amiType\":\"WINDOWS_CORE_2022_x86_64\"}}", "cloud-nodes certain windows n\n");
        expect("{\"nodegroup\":{\"nodegroupName\":\"n\",\"amiType\":\"CUSTOM\"}}", "cloud-nodes certain unknown n\n");
        expect("{\"Functions\":[{\"FunctionName\":\"f\",\"Runtime\":\"python3.12\",\"Architectures\":[\"arm64\"]}]}", "unknown unknown unknown f\n");
        expect("{\"computeEnvironments\":[{\"computeEnvironmentName\":\"b\",\"computeResources\":{\"type\":\"SPOT\"}},"
               "{\"computeEnvironmentName\":\"c\",\"computeResources\":{\"type\":\"FARGATE_SPOT\"}}]}",
               "cloud-guest certain unknown b\nunknown unknown unknown c\n");
        expect("[{\"ID\":\"1\",\"Name\":\"web\",\"Status\":\"ACTIVE\",\"Networks\":{\"n\":[\"10.0.0.1\"]},\"Image\":\"ubuntu-22.04\",\"Flavor\":\"m1\"}]", "cloud-guest certain linux web\n");
        expect("{\"servers\":[{\"id\":\"2\",\"name\":\"db\",\"hostId\":\"h\",\"flavor\":{\"original_name\":\"m1\"},\"image\":{\"id\":\"x\"}}]}", "cloud-guest certain unknown db\n");
        expect("{\"virtualMachines\":[{\"name\":\"v\",\"config\":{\"guestId\":\"rhel8_64Guest\"}},{\"name\":\"w\",\"config\":{\"guestId\":\"winNetStandardGuest\"}},"
               "{\"name\":\"m\",\"config\":{\"guestId\":\"darwin19_64Guest\"}}]}",
               "cloud-guest certain linux v\ncloud-guest certain windows w\nunknown unknown unknown m\n");
        expect("{\"VirtualMachines\":[{\"Name\":\"v\",\"Config\":{\"GuestId\":\"otherLinux64Guest\"}}]}", "cloud-guest certain linux v\n");
        expect("{\"hostSystems\":[{\"name\":\"e\",\"config\":{\"product\":{\"version\":\"8.0\"},\"hyperThread\":{\"active\":true}}}]}", "unknown unknown unknown e\n");
}

/* Traps of the clouds' own words. */
static void test_traps(void **state) {
        (void)state;
        /* stopped machines count, terminated ones are gone; at Google TERMINATED is stopped */
        expect("{\"Reservations\":[{\"Instances\":[{\"InstanceId\":\"i-1\",\"InstanceType\":\"m5.large\",\"State\":{\"Name\":\"stopped\"},\"Hypervisor\":\"xen\"},"
               "{\"InstanceId\":\"i-2\",\"InstanceType\":\"m5.large\",\"State\":{\"Name\":\"terminated\"}}]}]}",
               "cloud-guest certain linux \nno-machine certain linux \n");
        expect("[{\"name\":\"g\",\"zone\":\"z\",\"machineType\":\"n1-standard-1\",\"status\":\"TERMINATED\"}]", "cloud-guest certain unknown g\n");
        expect("{\"Reservations\":[{\"Instances\":[{\"InstanceId\":\"i-3\",\"InstanceType\":\"mac1.metal\",\"Architecture\":\"x86_64_mac\",\"State\":{\"Name\":\"running\"}}]}]}", "unknown unknown unknown \n");
        expect("{\"data\":[{\"id\":\"o\",\"display-name\":\"d\",\"shape\":\"BM.Standard3.64\",\"lifecycle-state\":\"RUNNING\"}]}", "bare-metal certain unknown d\n");
        expect("{\"kind\":\"List\",\"items\":[{\"metadata\":{\"name\":\"n\"},\"spec\":{\"providerID\":\"gce://p/z/n\"},\"status\":{\"nodeInfo\":"
               "{\"kernelVersion\":\"5.15.133+\",\"operatingSystem\":\"linux\"}}}]}", "cloud-guest certain linux n\n");
        expect("{\"version\":4,\"resources\":[{\"mode\":\"data\",\"type\":\"aws_ami\",\"name\":\"a\",\"instances\":[{\"attributes\":{}}]}]}", "no-machine certain unknown a\n");
}

static void test_repeats(void **state) {
        static const struct str arm =
                STR("{\"value\":[{" VM ",\"properties\":{" LINUX_DISK "}}],\"nextLink\":\"https://x\"}");
        static const struct str graph =
                STR("{\"data\":[{\"id\":\"/SUBSCRIPTIONS/s/resourcegroups/rg/providers/microsoft.compute/"
                    "virtualmachines/VM\",\"type\":\"microsoft.compute/virtualmachines\"}]}");
        struct told t = { 0 };

        (void)state;
        assert_int_equal(read_inventory(&t, arm, 0), 0);
        assert_int_equal(read_inventory(&t, graph, 0), 0);
        assert_int_equal(t.inv.resources, 1);
        assert_int_equal(t.inv.repeats, 1);
        assert_int_equal(t.inv.partial, 1);
        assert_int_equal(t.inv.count_count, 1);
        free_told(&t);
}

#define REFUSE(json, message) refuse((json), (ptrdiff_t)sizeof(json) - 1, (message))

static void test_refused(void **state) {
        OUT_AUTO struct out deep = { 0 };

        (void)state;
        REFUSE("", "f.json:1: expected JSON, found an empty file");
        REFUSE(" \n", "empty file");
        REFUSE("hello", "f.json:1: expected JSON");
        REFUSE("\n\n[{\"a\":1,}]", "f.json:3:");
        REFUSE("[{\"a\" 1}]", "expected ':'");
        REFUSE("[{\"id\":1,\"id\":2}]", "the same key twice");
        REFUSE("{\"value\":[],\"value\":[]}", "the same key twice");
        REFUSE("[{\"n\":1e400}]", "the number is too big");
        REFUSE("[{\"n\":123456789012345678901}]", "the number is too big");
        REFUSE("[{\"n\":-9223372036854775809}]", "the number is too big");
        REFUSE("[{\"n\":01}]", "expected a value");
        REFUSE("[{\"n\":1.}]", "the number is not complete");
        REFUSE("[{\"n\":nul}]", "expected a value");
        REFUSE("[{\"s\":\"\xc0\x80\"}]", "not UTF-8");
        REFUSE("[{\"s\":\"\xed\xa0\x80\"}]", "not UTF-8");
        REFUSE("[{\"s\":\"\n\"}]", "control character");
        REFUSE("[{\"s\":\"\\x\"}]", "unknown escape");
        REFUSE("[{\"s\":\"\\ud800\"}]", "is not a character");
        REFUSE("[{\"s\":\"\\u0000\"}]", "is not a character");
        REFUSE("\xff\xfe[\0\xff", "f.json:1:"); /* UTF-16 that is cut */
        REFUSE("[\0", "UTF-16");
        REFUSE("[1]", "expected a resource");
        REFUSE("{\"a\":1}", "expected a resource, or a list");
        REFUSE("{\"taskArns\":[\"arn:aws:ecs:x\"]}", "a list of names does not tell what they are");
        REFUSE("{\"clusters\":[\"a\"]}", "a list of names does not tell what they are");
        REFUSE("{\"error\":{\"code\":\"AuthorizationFailed\"}}", "a request that failed");
        REFUSE("{\"data\":{\"columns\":[{\"name\":\"id\"}],\"rows\":[[1,2]]}}", "as many values");
        REFUSE("[] x", "expected JSON");
        for (int i = 0; i < 1000; i++)
                out_c(&deep, "[{\"a\":");
        refuse(deep.p, deep.len, "nested too deeply");
}

static void test_truncated(void **state) {
        static const char json[] =
                "{\"value\": [{" VM ", \"n\": -1.5e3, \"t\": true, \"s\": \"\\u00e9\xc3\xa9\"}], \"x\": [null]}";

        (void)state;
        for (ptrdiff_t i = 0; i < (ptrdiff_t)sizeof(json) - 2; i++)
                refuse(json, i, "f.json:1:");
}

/* A list that is longer than the buffer, with an element that is longer than it, too. */
static void test_long(void **state) {
        OUT_AUTO struct out json = { 0 };
        struct told t = { 0 };

        (void)state;
        out_c(&json, "[\n");
        for (int i = 0; i < 20000; i++)
                out_fmt(&json, "{\"id\":\"" VM_ID "%d\",\"name\":\"n\"," LINUX_DISK ",\"padding\":\"%0100d\"},\n", i,
                        i);
        out_c(&json, "{\"id\":\"" VM_ID "\",\"name\":\"big\"," LINUX_DISK ",\"padding\":\"");
        out_repeat(&json, 'x', 3 << 20);
        out_c(&json, "\"}\n]\n");
        assert_int_equal(read_inventory(&t, out_text(&json), 0), 0);
        assert_int_equal(t.inv.resources, 20001);
        assert_int_equal(t.inv.repeats, 0);
        free_told(&t);
        json.len -= 2; /* without the closing bracket: the line is told */
        refuse(json.p, json.len, "f.json:20003:");
}

/* Every offering of the table is one that the guidance knows. */
static void test_table(void **state) {
        (void)state;
        for (uint32_t i = 0; i < catalog_builtin.resource_type_count; i++) {
                struct str offering = T(catalog_builtin.resource_types[i].offering);

                if (!str_eq(offering, S("unknown")) && !str_eq(offering, S("no-machine")))
                        assert_non_null(guidance_offering(catalog_builtin.guidance, offering));
        }
}

/* The version of Windows tells whether the fixes of January 2018 are in; the same advice stands with each resource. */
static void test_report(void **state) {
        OUT_AUTO struct out o = { 0 };
        struct inventory_report r = {
                .catalog = &catalog_builtin, .as_of = S("2018-01-12"), .is_json = true, .out = &o
        };
        struct told t = { 0 };

        (void)state;
        t.input = S("[{" VM "," WINDOWS_DISK ",\"instanceView\":{\"osVersion\":\"10.0.14393.2006\"}},"
                    "{\"name\":\"b\"," WINDOWS_DISK ",\"instanceView\":{\"osVersion\":\"10.0.14393.2007\"}},"
                    "{\"name\":\"c\"," WINDOWS_DISK ",\"instanceView\":{\"osVersion\":\"10.0\"}},{\"type\":\"a.b/c\"}]");
        t.inv.catalog = &catalog_builtin;
        t.inv.resource = inventory_report_resource;
        t.inv.arg = &r;
        inventory_report_begin(&r);
        assert_int_equal(inventory_read(&t.inv, "f", read_text, &t, &t.d), 0);
        inventory_report_end(&r, &t.inv);
        assert_true(r.untold);
        assert_true(str_find(out_text(&o), S("\"os_version\":\"10.0.14393.2006\",\"fixes_of_january_2018\":\"no\"")) >
                    0);
        assert_true(str_find(out_text(&o), S("\"os_version\":\"10.0.14393.2007\",\"fixes_of_january_2018\":\"yes\"")) >
                    0);
        assert_true(str_find(out_text(&o), S("\"os_version\":\"10.0\",\"fixes_of_january_2018\":\"unknown\"")) > 0);
        assert_true(str_find(out_text(&o), S("{\"id\":\"windows-antivirus\"")) > 0);
        assert_true(str_find(out_text(&o), S("{\"id\":\"identify\"")) > 0);
        assert_true(str_find(out_text(&o), S("\"offerings\":{\"azure-windows-vm\":3,\"unknown\":1}")) > 0);
        inventory_report_free(&r);
        free_told(&t);
}

/* A cloud service's configuration is judged when it is there; a placeholder is none. */
static void test_configuration(void **state) {
        OUT_AUTO struct out o = { 0 };
        struct inventory_report r = { .catalog = &catalog_builtin, .as_of = S("2018-01-12"), .out = &o };
        struct told t = { 0 };

        (void)state;
        t.input = S("[{\"type\":\"Microsoft.Compute/cloudServices\",\"properties\":{\"configuration\":\"\\ufeff<?xml version='1.0' "
                    "encoding='utf-16'?><ServiceConfiguration osFamily='1'/>\"}},"
                    "{\"type\":\"Microsoft.Compute/cloudServices\",\"properties\":{\"configuration\":\"<Broken\"}},"
                    "{\"type\":\"Microsoft.Compute/cloudServices\",\"properties\":{\"configuration\":\"[parameters('c')]\"}}]");
        t.inv.catalog = &catalog_builtin;
        t.inv.resource = inventory_report_resource;
        t.inv.arg = &r;
        assert_int_equal(inventory_read(&t.inv, "f", read_text, &t, &t.d), 0);
        assert_true(str_find(out_text(&o), S("error: osFamily=\"1\" (Windows Server 2008) has been retired")) > 0);
        assert_true(str_find(out_text(&o), S("error: configuration:1: expected well-formed XML")) > 0);
        assert_int_equal(str_find(str_from(out_text(&o), str_find(out_text(&o), S("well-formed")) + 1), S("well-formed")), -1);
        inventory_report_free(&r);
        free_told(&t);
}

/* Where there was no guidance yet, nothing is known: that is not "nothing to do". */
static void test_before_guidance(void **state) {
        OUT_AUTO struct out o = { 0 };
        struct inventory_report r = { .catalog = &catalog_builtin, .as_of = S("2017-06-01"), .out = &o };
        struct told t = { .input = S("[{" VM "," LINUX_DISK "}]") };

        (void)state;
        t.inv.catalog = &catalog_builtin;
        t.inv.resource = inventory_report_resource;
        t.inv.arg = &r;
        assert_int_equal(inventory_read(&t.inv, "f", read_text, &t, &t.d), 0);
        inventory_report_end(&r, &t.inv);
        assert_true(str_find(out_text(&o), S("azure-linux-vm (certain); not known: no-guidance")) > 0);
        inventory_report_free(&r);
        free_told(&t);
}

/* The reference implementation's vectors: key 00 01 … 0f, input empty and 00. */
static void test_siphash(void **state) {
        static const struct hash128 key = { .low = 0x0706050403020100, .high = 0x0f0e0d0c0b0a0908 };
        struct hash128 empty = siphash(key, S("")), zero = siphash(key, str_n("", 1));

        (void)state;
        assert_true(empty.low == 0xe6a825ba047f81a3 && empty.high == 0x930255c71472f66d);
        assert_true(zero.low == 0x44af996bd8c187da && zero.high == 0x45fc229b11597634);
}

static void test_seen(void **state) {
        struct seen s = { .key = { .low = 1, .high = 2 } };
        char name[16];

        (void)state;
        for (int round = 0; round < 2; round++)
                for (int i = 0; i < 5000; i++) {
                        int n = snprintf(name, sizeof(name), "/n%d", i);

                        assert_int_equal(seen_before(&s, str_n(name, n)), round);
                }
        assert_int_equal(s.count, 5000);
        seen_free(&s);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lists),   cmocka_unit_test(test_resource_graph), cmocka_unit_test(test_templates),
                cmocka_unit_test(test_clusters), cmocka_unit_test(test_others), cmocka_unit_test(test_envelopes),  cmocka_unit_test(test_unknown),
                cmocka_unit_test(test_details), cmocka_unit_test(test_foreign), cmocka_unit_test(test_lists_of_other_tools), cmocka_unit_test(test_traps),
                cmocka_unit_test(test_repeats), cmocka_unit_test(test_refused),
                cmocka_unit_test(test_truncated),
                cmocka_unit_test(test_long),    cmocka_unit_test(test_table),    cmocka_unit_test(test_report),
                cmocka_unit_test(test_before_guidance), cmocka_unit_test(test_configuration), cmocka_unit_test(test_siphash), cmocka_unit_test(test_seen),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
