#include <errno.h>
#include <unistd.h>

#include "collect/linux/log.h"

/* Virtual machine monitors, by the beginning of their command names (which the kernel cuts after 15 bytes). */
static const struct str monitors[] = {
        STR("VBoxHeadless"), STR("VirtualBoxVM"), STR("bhyve"),      STR("cloud-hyperviso"), STR("crosvm"),
        STR("dragonball"),   STR("firecracker"),  STR("kvmtool"),    STR("lkvm"),            STR("qemu-kvm"),
        STR("qemu-system"),  STR("stratovirt"),   STR("vmware-vmx"), STR("xenstored"),
};

enum { MONITOR_COUNT = sizeof(monitors) / sizeof(monitors[0]) };

static const char all_processes[] = "/proc/*/comm";

/* Outside the first PID namespace (user_namespaces(7); PROC_PID_INIT_INO of the kernel) only a container's processes
 * are seen. */
static bool sees_all_processes(const struct reader *r) {
        char name[64];
        struct str comm;
        ssize_t n;

        if (tree_read(r->tree, "/proc/1/comm", SMALL_FILE, r->scratch, &comm))
                return false; /* mounted with hidepid= (proc(5)) */
        if (!r->tree->live)
                return true;
        n = readlink("/proc/self/ns/pid", name, sizeof(name));
        return n > 0 && str_eq(str_n(name, n), S("pid:[4026531836]"));
}

static bool is_pid(struct str name) {
        return name.p[0] >= '1' && name.p[0] <= '9';
}

static void look_at(struct reader *r, struct str pid, bool running[MONITOR_COUNT]) {
        char path[64];
        struct str comm;

        (void)snprintf(path, sizeof(path), "/proc/%.*s/comm", (int)(pid.len < 20 ? pid.len : 20), pid.p);
        if (reader_peek(r, path, 256, &comm))
                return; /* gone meanwhile */
        for (size_t i = 0; i < MONITOR_COUNT; i++)
                if (str_starts(comm, monitors[i]))
                        running[i] = true;
}

static void record(struct reader *r, const bool running[MONITOR_COUNT]) {
        char text[MONITOR_COUNT * 16];
        ptrdiff_t len = 0;

        for (size_t i = 0; i < MONITOR_COUNT; i++)
                if (running[i])
                        len += snprintf(text + len, sizeof(text) - (size_t)len, "%.*s\n", STR_ARG(monitors[i]));
        evidence_add_file(r->e, str_of(all_processes), str_n(text, len));
}

/* Without any of these the machine's virtualisation is out of reach, and a process for each line of /proc need not be asked. */
static bool can_host_guests(const struct reader *r) {
        static const char *const doors[] = { "/dev/kvm", "/dev/vboxdrv", "/dev/vmmon", "/proc/xen" };

        for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
                if (tree_exists(r->tree, doors[i]) == 0)
                        return true;
        return !r->tree->live;
}

void processes_collect(struct reader *r) {
        struct arena_mark mark = arena_mark(r->scratch);
        bool running[MONITOR_COUNT] = { false };
        struct tree_names names;
        int error;

        if (!can_host_guests(r))
                return;
        error = tree_list(r->tree, "/proc", r->scratch, &names);
        if (!error && !sees_all_processes(r))
                error = r->tree->live ? EACCES : ENOENT;
        for (ptrdiff_t i = 0; !error && i < names.count; i++) {
                struct arena_mark one = arena_mark(r->scratch);

                if (is_pid(names.items[i]))
                        look_at(r, names.items[i], running);
                arena_release(r->scratch, one);
        }
        if (error)
                reader_missing(r, all_processes, error);
        else
                record(r, running);
        arena_release(r->scratch, mark);
}
