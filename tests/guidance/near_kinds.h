/* Recorded machines as machines of another kind. */
#ifndef SIDELIGHT_TESTS_GUIDANCE_NEAR_KINDS_H
#define SIDELIGHT_TESTS_GUIDANCE_NEAR_KINDS_H

#include <stdlib.h>

#include "evidence/evidence.h"
#include "whatif/change.h"

/* What makes another kind of machine of a recorded one: a record that the machine itself would have shown. */
struct near_kind {
        const char *name, *file, *text; /* a file "HKLM…" is a registry value */
        bool windows;
};

static const struct near_kind near_kinds[] = {
        { "in Docker", "/run/systemd/container", "docker", false },
        { "in LXC", "/run/systemd/container", "lxc", false },
        { "in WSL", "/run/systemd/container", "wsl", false },
        { "of Kubernetes", "/proc/1/cgroup", "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-1.scope\n", false },
        { "as Xen's dom0", "/proc/xen/capabilities", "control_d\n", false },
        { "as Xen's domU", "/proc/xen/capabilities", "\n", false },
        { "in Azure", "/sys/class/dmi/id/chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77\n", false },
        { "in EC2", "/sys/class/dmi/id/sys_vendor", "Amazon EC2\n", false },
        { "as an AKS node", "/etc/kubernetes/azure.json", "{}\n", false },
        { "with KVM loaded", "/dev/kvm", "", false },
        { "a client", "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions|ProductType", "WinNT", true },
        { "a server", "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions|ProductType", "ServerNT", true },
};

enum { NEAR_KINDS = sizeof(near_kinds) / sizeof(near_kinds[0]) };

/* Pairs of a machine and a kind in turn; all of them where everything is asked for. */
static bool near_is_due(void) {
        enum { ONE_IN = 13 }; /* shares no factor with the number of kinds: each kind meets all sorts of machines */
        static int pairs;

        return getenv("SIDELIGHT_FULL") || pairs++ % ONE_IN == 0;
}

/* The machine as another kind; false where that system has no such kind, or where the machine shows that record already. */
static bool near_make(struct evidence *ret, struct arena *a, const struct evidence *e, const struct near_kind *k) {
        const struct record *os = evidence_system(e);
        bool windows = os && str_starts(os->text, S("Windows")), registry = str_starts(str_of(k->file), S("HKLM"));

        if (windows != k->windows || (registry ? evidence_registry(e, str_of(k->file)) : evidence_file(e, str_of(k->file))) ||
            !near_is_due())
                return false;
        change_copy(ret, a, e);
        if (registry)
                evidence_add_registry_text(ret, str_of(k->file), str_of(k->text));
        else
                evidence_add_file(ret, str_of(k->file), str_of(k->text));
        evidence_index(ret);
        return true;
}

#endif
