/* cloud: inventories: what stands inside what, and by which words a system is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inventory_told.h"

/* Each way to stand inside another, some levels deep: read; many levels deep: refused. */
static void test_depth(void **state) {
        static const struct {
                const char *open, *close;
        } ways[] = {
                { "[", "]" },
                { "{\"value\":[", "]}" },
                { "{\"value\":{\"a\":", "}}" },
                { "{\"responses\":{\"200\":{\"body\":", "}}}" },
                { "{\"responses\":[{\"content\":", "}]}" },
                { "{\"assetType\":\"x\",\"resource\":{\"data\":", "}}" },
                { "{\"values\":{\"root_module\":{\"resources\":[", "]}}}" },
                { "{\"planned_values\":{\"root_module\":{\"resources\":[", "]}}}" },
                { "{\"type\":\"Microsoft.Resources/deployments\",\"name\":\"d\",\"properties\":{\"template\":{\"resources\":[", "]}}}" },
                { "{\"type\":\"Microsoft.Batch/batchAccounts\",\"name\":\"d\",\"resources\":[", "]}" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
                for (int levels = 4; levels <= 36; levels += 32) {
                        OUT_AUTO struct out json = { 0 };
                        struct told t = { 0 };

                        for (int k = 0; k < levels; k++)
                                out_c(&json, ways[i].open);
                        out_c(&json, "{" VM "," LINUX_DISK "}");
                        for (int k = 0; k < levels; k++)
                                out_c(&json, ways[i].close);
                        if (levels == 4) {
                                assert_int_equal(read_inventory(&t, out_text(&json), 0), 0);
                                if (str_find(out_text(&t.text), S("azure-linux-vm certain linux vm\n")) < 0)
                                        fail_msg("%s: %.*s", ways[i].open, STR_ARG(out_text(&t.text)));
                                free_told(&t);
                        } else {
                                refuse(json.p, json.len, "nested too deeply");
                        }
                }
}

/* So many levels are read and not one more, whatever stands innermost: each takes one of the lists that may stand around it. */
static void test_deepest(void **state) {
        static const struct {
                const char *inner; /* %s: the virtual machine */
                int lists;
        } rows[] = {
                { "%s", 21 },
                { "[%s]", 20 },
                { "{\"value\":[%s]}", 20 },
                { "{\"responses\":{\"200\":{\"body\":%s}}}", 20 },
                { "{\"assetType\":\"x\",\"resource\":{\"data\":%s}}", 20 },
                { "{\"resourceType\":\"AWS::EC2::Instance\",\"resourceId\":\"i-1\",\"configuration\":{\"imageId\":\"ami-1\"}}", 20 },
                { "{\"values\":{\"root_module\":{\"resources\":[%s]}}}", 20 },
                { "{\"values\":{\"root_module\":{\"child_modules\":[{\"resources\":[%s]}]}}}", 19 },
                { "{\"values\":{\"root_module\":{\"child_modules\":[{\"child_modules\":[{\"resources\":[%s]}]}]}}}", 18 },
                { "{\"type\":\"Microsoft.Resources/deployments\",\"name\":\"d\",\"properties\":{\"template\":{\"resources\":[%s]}}}", 20 },
                { "{\"type\":\"Microsoft.Batch/batchAccounts\",\"name\":\"d\",\"resources\":[%s]}", 20 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                const char *cut = strstr(rows[i].inner, "%s");
                int most = -1;

                for (int lists = 1; lists <= 24; lists++) {
                        OUT_AUTO struct out json = { 0 };
                        struct told t = { 0 };

                        for (int k = 0; k < lists; k++)
                                out_c(&json, "[");
                        out_str(&json, cut ? str_n(rows[i].inner, cut - rows[i].inner) : str_of(rows[i].inner));
                        if (cut) {
                                out_c(&json, "{" VM "," LINUX_DISK "}");
                                out_c(&json, cut + 2);
                        }
                        for (int k = 0; k < lists; k++)
                                out_c(&json, "]");
                        if (read_inventory(&t, out_text(&json), 0) == 0)
                                most = lists;
                        free_told(&t);
                }
                if (most != rows[i].lists)
                        fail_msg("%s: read within %d lists", rows[i].inner, most);
        }
}

/* Terraform's modules in modules. */
static void test_modules(void **state) {
        (void)state;
        for (int levels = 4; levels <= 36; levels += 32) {
                OUT_AUTO struct out json = { 0 };
                struct told t = { 0 };

                out_c(&json, "{\"values\":{\"root_module\":{");
                for (int k = 0; k < levels; k++)
                        out_c(&json, "\"child_modules\":[{");
                out_c(&json, "\"resources\":[{" VM "," LINUX_DISK "}]");
                for (int k = 0; k < levels; k++)
                        out_c(&json, "}]");
                out_c(&json, "}}}");
                if (levels == 4) {
                        assert_int_equal(read_inventory(&t, out_text(&json), 0), 0);
                        assert_true(str_eq(out_text(&t.text), S("azure-linux-vm certain linux vm\n")));
                        free_told(&t);
                } else {
                        refuse(json.p, json.len, "nested too deeply");
                }
        }
}

/* Amazon's words about the system: any of them, and the surest counts. */
static void test_amazon_systems(void **state) {
        static const struct {
                const char *words, *os;
        } rows[] = {
                { "\"Platform\":\"windows\"", " windows " },
                { "\"Platform\":\"Windows\"", " windows " },
                { "\"PlatformDetails\":\"Linux/UNIX\"", " linux " },
                { "\"PlatformDetails\":\"Windows with SQL Server\"", " windows " },
                { "\"State\":{\"Name\":\"running\"}", " linux " },
                { "\"Architecture\":\"x86_64_mac\",\"State\":{\"Name\":\"running\"}", " unknown " },
                { "\"Monitoring\":{}", " unknown " },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                OUT_AUTO struct out json = { 0 };
                struct told t = { 0 };

                out_fmt(&json, "[{\"InstanceId\":\"i-1\",\"InstanceType\":\"m5.large\",%s}]", rows[i].words);
                assert_int_equal(read_inventory(&t, out_text(&json), 0), 0);
                if (str_find(out_text(&t.text), str_of(rows[i].os)) < 0)
                        fail_msg("%s: %.*s", rows[i].words, STR_ARG(out_text(&t.text)));
                free_told(&t);
        }
}

/* Compute Engine: the licences of the boot disk, and of no other. */
static void test_licences(void **state) {
#define DISK(boot, project) "{\"boot\":" boot ",\"licenses\":[\"https://x/projects/" project "/global/licenses/y\"]}"
        static const struct {
                const char *disks, *os;
        } rows[] = {
                { "[" DISK("true", "debian-cloud") "]", " linux " },
                { "[" DISK("true", "windows-cloud") "]", " windows " },
                { "[" DISK("false", "windows-cloud") "," DISK("true", "debian-cloud") "]", " linux " },
                { "[" DISK("false", "windows-cloud") "]", " unknown " },
                { "[" DISK("1", "windows-cloud") "]", " unknown " },
                { "[{\"boot\":true,\"licenses\":[5,\"https://x/projects/windows-cloud/global/licenses/y\"]}]", " windows " },
                { "[{\"boot\":true,\"licenses\":\"windows-cloud\"},{\"boot\":true},{}]", " unknown " },
                { "{\"a\":" DISK("true", "windows-cloud") "}", " unknown " },
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                OUT_AUTO struct out json = { 0 };
                struct told t = { 0 };

                out_fmt(&json, "[{\"name\":\"a\",\"zone\":\"z\",\"machineType\":\"e2-medium\","
                               "\"selfLink\":\"https://x\",\"disks\":%s}]", rows[i].disks);
                assert_int_equal(read_inventory(&t, out_text(&json), 0), 0);
                if (str_find(out_text(&t.text), str_of(rows[i].os)) < 0)
                        fail_msg("%s: %.*s", rows[i].disks, STR_ARG(out_text(&t.text)));
                free_told(&t);
        }
}

/* PowerShell writes enumerations as numbers. */
static void test_numbers_of_systems(void **state) {
        (void)state;
        expect("[{" VM ",\"storageProfile\":{\"osDisk\":{\"osType\":0}}}]", "azure-windows-vm likely windows vm\n");
        expect("[{" VM ",\"storageProfile\":{\"osDisk\":{\"osType\":1}}}]", "azure-linux-vm likely linux vm\n");
        expect("[{" VM ",\"storageProfile\":{\"osDisk\":{\"osType\":2}}}]", "unknown unknown unknown vm\n");
}

/* The type that an id tells: wherever "/providers/" stands, the last of several, and never without a name behind it. */
static void test_types_of_ids(void **state) {
        (void)state;
        expect("[{\"id\":\"/providers/Microsoft.Web/sites/w\",\"name\":\"a\"}]", "azure-paas certain unknown a\n");
        expect("[{\"id\":\"/subscriptions/S/PROVIDERS/Microsoft.Web/sites/w\",\"name\":\"a\"}]", "azure-paas certain unknown a\n");
        expect("[{\"id\":\"/s/providers/Microsoft.Web/sites/w/providers/Microsoft.Compute/virtualMachines/v\",\"name\":\"a\"," LINUX_DISK "}]",
               "azure-linux-vm certain linux a\n");
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_depth),
                cmocka_unit_test(test_deepest),
                                            cmocka_unit_test(test_modules),
                                            cmocka_unit_test(test_amazon_systems),
                                            cmocka_unit_test(test_licences),
                                            cmocka_unit_test(test_numbers_of_systems),
                                            cmocka_unit_test(test_types_of_ids) };

        return cmocka_run_group_tests_name("inventory shapes", tests, NULL, NULL);
}
