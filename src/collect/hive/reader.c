#include "collect/hive/reader.h"

#include "base/hive_cells.h"
#include "collect/registry/registry.h"

struct hive {
        struct hive_cells cells;
        struct str prefix;    /* of the keys that this hive holds: "HKLM\SYSTEM\" or "HKLM\SOFTWARE\" */
        struct str current;   /* SYSTEM: the name of the control set in use, "ControlSet001" */
        struct str error_key; /* where the damage was met */
};

static const struct str current_control_set = STR("CurrentControlSet");

/* The key at a path below the hive's root; 0 when it is not there. */
static uint32_t find_key(struct hive *hive, struct arena *a, struct str path) {
        uint32_t key = hive->cells.root;
        struct str part;

        while (key && str_cut(&path, '\\', &part)) {
                if (hive->current.len > 0 && str_eq_nocase(part, current_control_set))
                        part = hive->current;
                key = hive_child(&hive->cells, a, key, part);
        }
        return key;
}

/* In a damaged hive what was not found may be there. */
static enum fact_state missing(struct hive *hive, struct str key) {
        if (!hive->cells.damage)
                return FACT_ABSENT;
        if (hive->error_key.len == 0)
                hive->error_key = key;
        return FACT_FAILED;
}

static enum fact_state read_value(void *arg, struct arena *a, struct str key, struct str name,
                                  struct registry_data *ret) {
        struct hive *hive = arg;
        uint32_t at;

        if (!str_starts(key, hive->prefix))
                return FACT_UNREAD; /* another hive's, or one that exists only while Windows runs */
        at = find_key(hive, a, str_from(key, hive->prefix.len));
        if (at == 0 || !hive_value(&hive->cells, a, at, name, &ret->type, &ret->bytes))
                return missing(hive, key);
        return FACT_KNOWN;
}

static bool read_subkey(void *arg, struct arena *a, struct str key, uint32_t index, struct str *ret) {
        struct hive *hive = arg;
        uint32_t at = str_starts(key, hive->prefix) ? find_key(hive, a, str_from(key, hive->prefix.len)) : 0;

        if (at && hive_child_name(&hive->cells, a, at, index, ret))
                return true;
        (void)missing(hive, key);
        return false;
}

/* Select\Current says which of the control sets Windows boots with. */
static int select_control_set(struct hive *hive, struct arena *a, const char *name, struct diag *d) {
        struct registry_data data = { 0 };
        unsigned number = 0;

        if (read_value(hive, a, S("HKLM\\SYSTEM\\Select"), S("Current"), &data) == FACT_KNOWN &&
            data.type == REGISTRY_DWORD && data.bytes.len == 4)
                number = (unsigned char)data.bytes.p[0] | (unsigned)(unsigned char)data.bytes.p[1] << 8;
        if (number == 0 || number > 999)
                return diag_fail_class(d, DIAG_INPUT, "registry hive '%s': Select\\Current does not name a control set", name);
        hive->current = str_fmt(a, "ControlSet%03u", number);
        if (!find_key(hive, a, hive->current))
                return diag_fail_class(d, DIAG_INPUT, "registry hive '%s': Select\\Current names %.*s, which is not there", name,
                                       STR_ARG(hive->current));
        return 0;
}

static int recognise(struct hive *hive, struct arena *a, const char *name, struct diag *d) {
        if (find_key(hive, a, S("Select"))) {
                hive->prefix = S("HKLM\\SYSTEM\\");
                return select_control_set(hive, a, name, d);
        }
        if (find_key(hive, a, S("Microsoft"))) {
                hive->prefix = S("HKLM\\SOFTWARE\\");
                return 0;
        }
        if (hive->cells.damage)
                return diag_fail_class(d, DIAG_INPUT, "registry hive '%s' is damaged: %s", name, hive->cells.damage);
        return diag_fail_class(d, DIAG_INPUT, "registry hive '%s' holds neither SYSTEM nor SOFTWARE", name);
}

int hive_read(struct evidence *e, struct str bytes, const char *name, struct diag *d) {
        ARENA_AUTO struct arena scratch = { 0 };
        struct hive hive = { 0 };
        const struct registry_source source = { .arg = &hive, .value = read_value, .subkey = read_subkey };
        int status;

        hive_cells_open(&hive.cells, bytes);
        status = recognise(&hive, &scratch, name, d);
        if (status == 0)
                registry_collect(&source, &catalog_builtin, e, &scratch);
        if (status == 0 && hive.cells.damage)
                status = diag_fail_class(d, DIAG_INPUT, "registry hive '%s' is damaged: cannot read %.*s: %s", name,
                                         STR_ARG(hive.error_key), hive.cells.damage);
        return status;
}
