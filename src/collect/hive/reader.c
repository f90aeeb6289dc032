#include "collect/hive/reader.h"

#include <errno.h>
#include <hivex.h>
#include <stdlib.h>

#include "collect/registry/registry.h"

struct hive {
        hive_h *h;
        struct str prefix;   /* of the keys that this hive holds: "HKLM\SYSTEM\" or "HKLM\SOFTWARE\" */
        struct str current;  /* SYSTEM: the name of the control set in use, "ControlSet001" */
        int error;           /* of the first value that could not be read although it is there */
        struct str error_key;
};

static const struct str current_control_set = STR("CurrentControlSet");

/* What libhivex means by its error numbers (hivex(3), "ERRORS" and its sources). */
static const char *hivex_error(int error) {
        switch (error) {
        case ENOTSUP:
                return "its parts do not hold together";
        case EFAULT:
                return "it points outside itself";
        default:
                return strerror(error);
        }
}

/* The node of a path below the hive's root; 0 when it is not there. */
static hive_node_h find_node(const struct hive *hive, struct arena *a, struct str path) {
        hive_node_h node = hivex_root(hive->h);
        struct str part;

        while (node && str_cut(&path, '\\', &part)) {
                if (hive->current.len > 0 && str_eq_nocase(part, current_control_set))
                        part = hive->current;
                errno = 0; /* hivex answers 0 both for "not there" (errno 0) and for "damaged" */
                node = hivex_node_get_child(hive->h, node, str_to_c(a, part));
        }
        return node;
}

/* Absent, or damaged, as errno tells. */
static enum fact_state missing(struct hive *hive, struct str key) {
        if (errno == 0)
                return FACT_ABSENT;
        if (hive->error == 0) {
                hive->error = errno;
                hive->error_key = key;
        }
        return FACT_FAILED;
}

static enum fact_state read_value(void *arg, struct arena *a, struct str key, struct str name,
                                  struct registry_data *ret) {
        struct hive *hive = arg;
        hive_node_h node;
        hive_value_h value;
        hive_type type;
        size_t len;
        char *bytes;

        if (!str_starts(key, hive->prefix))
                return FACT_UNREAD; /* another hive's, or one that exists only while Windows runs */
        node = find_node(hive, a, str_from(key, hive->prefix.len));
        if (!node)
                return missing(hive, key);
        errno = 0;
        value = hivex_node_get_value(hive->h, node, str_to_c(a, name));
        if (!value)
                return missing(hive, key);
        bytes = hivex_value_value(hive->h, value, &type, &len);
        if (!bytes)
                return missing(hive, key);
        *ret = (struct registry_data){ .type = (uint32_t)type, .bytes = str_dup(a, str_n(bytes, (ptrdiff_t)len)) };
        free(bytes);
        return FACT_KNOWN;
}

static bool read_subkey(void *arg, struct arena *a, struct str key, uint32_t index, struct str *ret) {
        const struct hive *hive = arg;
        hive_node_h node = str_starts(key, hive->prefix) ? find_node(hive, a, str_from(key, hive->prefix.len)) : 0;
        hive_node_h *children = node ? hivex_node_children(hive->h, node) : NULL;
        char *name = NULL;

        for (uint32_t i = 0; children && children[i]; i++)
                if (i == index)
                        name = hivex_node_name(hive->h, children[i]);
        if (name)
                *ret = str_dup(a, str_of(name));
        free(children);
        free(name);
        return name != NULL;
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
        if (!find_node(hive, a, hive->current))
                return diag_fail_class(d, DIAG_INPUT, "registry hive '%s': Select\\Current names %.*s, which is not there", name,
                                       STR_ARG(hive->current));
        return 0;
}

static int recognise(struct hive *hive, struct arena *a, const char *name, struct diag *d) {
        hive_node_h root = hivex_root(hive->h);

        if (root && hivex_node_get_child(hive->h, root, "Select")) {
                hive->prefix = S("HKLM\\SYSTEM\\");
                return select_control_set(hive, a, name, d);
        }
        if (root && hivex_node_get_child(hive->h, root, "Microsoft")) {
                hive->prefix = S("HKLM\\SOFTWARE\\");
                return 0;
        }
        return diag_fail_class(d, DIAG_INPUT, "registry hive '%s' holds neither SYSTEM nor SOFTWARE, or is damaged", name);
}

int hive_read(struct evidence *e, const char *path, const char *name, struct diag *d) {
        ARENA_AUTO struct arena scratch = { 0 };
        struct hive hive = { .h = hivex_open(path, 0) };
        const struct registry_source source = { .arg = &hive, .value = read_value, .subkey = read_subkey };
        int status;

        if (!hive.h)
                return diag_fail_class(d, DIAG_INPUT, "registry hive '%s' is damaged: %s", name, hivex_error(errno));
        status = recognise(&hive, &scratch, name, d);
        if (status == 0)
                registry_collect(&source, &catalog_builtin, e, &scratch);
        if (hive.error)
                status = diag_fail_class(d, DIAG_INPUT, "registry hive '%s' is damaged: cannot read %.*s: %s", name,
                                         STR_ARG(hive.error_key), hivex_error(hive.error));
        hivex_close(hive.h);
        return status;
}
