#include "collect/linux/reader.h"

#include <errno.h>

/* Where "not there" can be believed: a path below `area` is absent only when `witness` is there. In a tree only what
 * was captured as a whole counts; live, the file system must be mounted. NULL: always; "": never. The first row that
 * fits. */
static const struct {
        struct str area;
        const char *live_witness, *tree_witness;
} areas[] = {
        { STR("/sys/devices/system/cpu/vulnerabilities/"), "/sys/devices/system/cpu", "/sys/devices/system/cpu/vulnerabilities/meltdown" },
        { STR("/sys/devices/system/cpu/"), "/sys/devices/system/cpu", "/sys/devices/system/cpu/online" },
        { STR("/sys/module/"), "/sys/module", "/sys/module/kernel" },
        { STR("/sys/kernel/security/"), "/sys/kernel/security/lsm", "/sys/kernel/security/lsm" },
        { STR("/sys/"), "/sys/devices", "" },
        { STR("/proc/sys/kernel/"), "/proc/version", "/proc/sys/kernel/osrelease" },
        { STR("/proc/device-tree/"), "/proc/version", "/proc/device-tree/compatible" },
        { STR("/proc/"), "/proc/version", "" },
        { STR("/dev/"), "/dev/null", "" },
        { STR("/"), NULL, "/usr" },
};

enum fact_state reader_state(int error) {
        switch (error) {
        case ENOENT:
        case ENOTDIR:
        case ENXIO:
        case ENODEV:
                return FACT_ABSENT;
        case EACCES:
        case EPERM:
                return FACT_DENIED;
        default:
                return FACT_FAILED;
        }
}

static bool absence_means_something(struct reader *r, const char *path) {
        size_t i = 0;
        const char *witness;

        while (!str_starts(str_of(path), areas[i].area))
                i++;
        witness = r->tree->live ? areas[i].live_witness : areas[i].tree_witness;
        if (witness && !(r->seen & 1u << i) && witness[0] && tree_exists(r->tree, witness) == 0)
                r->seen |= 1u << i;
        return !witness || r->seen & 1u << i;
}

void reader_missing(struct reader *r, const char *path, int error) {
        enum fact_state state = reader_state(error);

        r->met_live |= error == EXDEV;
        if (error == EXDEV || (state == FACT_ABSENT && !absence_means_something(r, path)))
                return;
        evidence_add_missing(r->e, str_of(path), state, state == FACT_FAILED ? str_of(tree_error_name(error)) : S(""));
}

/* Folders of the running machine of which several files are asked for, and which many machines lack: asked for once. */
static const struct str folders[] = {
        STR("/sys/class/dmi/id/"),    STR("/proc/device-tree/"),    STR("/sys/devices/system/cpu/cpu0/microcode/"),
        STR("/sys/hypervisor/"),      STR("/sys/module/kvm_amd/"),  STR("/sys/module/kvm_intel/"),
};

static bool is_in_no_folder(struct reader *r, const char *path) {
        size_t i = 0;

        while (i < sizeof(folders) / sizeof(folders[0]) && !str_starts(str_of(path), folders[i]))
                i++;
        if (i == sizeof(folders) / sizeof(folders[0]) || !r->tree->live)
                return false;
        if (!(r->folders_seen & 1u << i) && tree_exists(r->tree, folders[i].p) == ENOENT)
                r->folders_missing |= 1u << i;
        r->folders_seen |= 1u << i;
        return r->folders_missing & 1u << i;
}

int reader_peek(struct reader *r, const char *path, ptrdiff_t limit, struct str *ret) {
        return is_in_no_folder(r, path) ? ENOENT : tree_read(r->tree, path, limit, r->scratch, ret);
}

void reader_record(struct reader *r, const char *path, struct str text, redaction redacted) {
        if (r->redact && redacted)
                text = redacted(r->scratch, r->catalog, str_of(path), text);
        evidence_add_file(r->e, str_of(path), text);
}

int reader_file(struct reader *r, const char *path, ptrdiff_t limit, reader_filter filter, redaction redacted) {
        struct arena_mark mark = arena_mark(r->scratch);
        struct str text;
        int error = reader_peek(r, path, limit, &text);

        if (error)
                reader_missing(r, path, error);
        else
                reader_record(r, path, filter ? filter(r->scratch, text) : text, redacted);
        arena_release(r->scratch, mark);
        return error;
}

static struct str join_names(struct arena *a, const struct tree_names *names) {
        ptrdiff_t len = 0;
        char *p, *to;

        for (ptrdiff_t i = 0; i < names->count; i++)
                len += names->items[i].len + 1;
        to = p = arena_bytes(a, len);
        for (ptrdiff_t i = 0; i < names->count; i++) {
                memcpy(to, names->items[i].p, (size_t)names->items[i].len);
                to += names->items[i].len;
                *to++ = '\n';
        }
        return str_n(p, len);
}

int reader_listing(struct reader *r, const char *path, reader_filter filter, redaction redacted) {
        struct arena_mark mark = arena_mark(r->scratch);
        struct tree_names names;
        struct str text;
        int error = is_in_no_folder(r, path) ? ENOENT : tree_list(r->tree, path, r->scratch, &names);

        if (error) {
                reader_missing(r, path, error);
        } else {
                text = join_names(r->scratch, &names);
                reader_record(r, path, filter ? filter(r->scratch, text) : text, redacted);
        }
        arena_release(r->scratch, mark);
        return error;
}

int reader_exists(struct reader *r, const char *path) {
        int error = is_in_no_folder(r, path) ? ENOENT : tree_exists(r->tree, path);

        if (error == 0 && !r->tree->live && str_starts(str_of(path), S("/dev/")))
                return 0; /* a disk has no devices: what stands there is the running machine's, or nobody's */
        if (error)
                reader_missing(r, path, error);
        else
                evidence_add_file(r->e, str_of(path), S(""));
        return error;
}

struct words reader_wanted(struct reader *r, enum fact_kind kind, bool cut) {
        struct {
                struct str *items;
                ptrdiff_t count, capacity;
        } w = { 0 };

        for (uint32_t i = 0; i < r->catalog->fact_count; i++) {
                struct str text = T(r->catalog->facts[i].text), word;

                if (r->catalog->facts[i].kind != kind)
                        continue;
                if (!cut)
                        *arena_append(r->scratch, &w) = text;
                while (cut && str_word(&text, &word))
                        *arena_append(r->scratch, &w) = word;
        }
        return (struct words){ .items = w.items, .count = w.count };
}
