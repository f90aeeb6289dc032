/* An inventory read, and what it told of each resource. */
#ifndef SIDELIGHT_TESTS_INVENTORY_TOLD_H
#define SIDELIGHT_TESTS_INVENTORY_TOLD_H

#include "catalog/guidance.h"
#include "report/inventory_report.h"

#define VM_ID "/subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/vm"
#define VM "\"id\":\"" VM_ID "\",\"name\":\"vm\",\"type\":\"Microsoft.Compute/virtualMachines\""
#define LINUX_DISK "\"storageProfile\":{\"osDisk\":{\"osType\":\"Linux\"}}"
#define WINDOWS_DISK "\"storageProfile\":{\"osDisk\":{\"osType\":\"Windows\"}}"

/* What an inventory told: one line a resource, "offering sure os name". */
struct told {
        struct out text;
        struct str input;
        ptrdiff_t chunk; /* bytes a read gives; 0: all */
        struct inventory inv;
        struct diag d;
};

static inline void on_resource(void *arg, const struct resource *r) {
        struct told *t = arg;

        out_fmt(&t->text, "%.*s %.*s %.*s %.*s\n", STR_ARG(resource_offering(r)), STR_ARG(resource_sure_word(r->sure)),
                STR_ARG(resource_os_word(r->os)), STR_ARG(r->name));
}

static inline ptrdiff_t read_text(void *arg, char *p, ptrdiff_t size, struct diag *d) {
        struct told *t = arg;
        ptrdiff_t n = t->input.len < size ? t->input.len : size;

        (void)d;
        n = t->chunk && n > t->chunk ? t->chunk : n;
        if (n > 0)
                memcpy(p, t->input.p, (size_t)n);
        t->input = str_from(t->input, n);
        return n;
}

static inline int read_inventory(struct told *t, struct str json, ptrdiff_t chunk) {
        t->input = json;
        t->chunk = chunk;
        t->inv.resource = on_resource;
        t->inv.catalog = &catalog_builtin;
        t->inv.arg = t;
        return inventory_read(&t->inv, "f.json", read_text, t, &t->d);
}

static inline void free_told(struct told *t) {
        out_free(&t->text);
        inventory_free(&t->inv);
}

static inline void expect(const char *json, const char *lines) {
        for (ptrdiff_t chunk = 0; chunk < 3; chunk++) { /* all at once, byte by byte, two by two */
                struct told t = { 0 };

                assert_int_equal(read_inventory(&t, str_of(json), chunk), 0);
                out_char(&t.text, 0);
                assert_string_equal(t.text.p, lines);
                free_told(&t);
        }
}

static inline void refuse(const char *json, ptrdiff_t len, const char *message) {
        struct told t = { 0 };

        assert_int_equal(read_inventory(&t, str_n(json, len), 0), -1);
        assert_int_equal(t.d.class, DIAG_INPUT);
        if (!strstr(t.d.text, message))
                assert_string_equal(t.d.text, message);
        free_told(&t);
}

#endif
