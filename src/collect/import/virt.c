/* What systemd-detect-virt, virt-what and hostnamectl say of where a machine runs: one word a line, below the command or alone. */
#include "collect/import/parts.h"

enum virt { VIRT_NONE, VIRT_GUEST, VIRT_CONTAINER, VIRT_CLOUD, VIRT_OWNER };

static const struct {
        struct str word;
        enum virt what;
        struct str name;
} words[] = {
        { STR("none"), VIRT_NONE, STR("no") },
        { STR("kvm"), VIRT_GUEST, STR("KVM") },
        { STR("amazon"), VIRT_GUEST, STR("Nitro") },
        { STR("qemu"), VIRT_GUEST, STR("QEMU") },
        { STR("bochs"), VIRT_GUEST, STR("Bochs") },
        { STR("xen"), VIRT_GUEST, STR("Xen") },
        { STR("xen-hvm"), VIRT_GUEST, STR("Xen") },
        { STR("xen-domU"), VIRT_GUEST, STR("Xen") },
        { STR("xen-dom0"), VIRT_OWNER, STR("Xen") },
        { STR("uml"), VIRT_GUEST, STR("User-mode Linux") },
        { STR("vmware"), VIRT_GUEST, STR("VMware") },
        { STR("oracle"), VIRT_GUEST, STR("VirtualBox") },
        { STR("virtualbox"), VIRT_GUEST, STR("VirtualBox") },
        { STR("microsoft"), VIRT_GUEST, STR("Hyper-V") },
        { STR("hyperv"), VIRT_GUEST, STR("Hyper-V") },
        { STR("virtualpc"), VIRT_GUEST, STR("Virtual PC") },
        { STR("zvm"), VIRT_GUEST, STR("z/VM") },
        { STR("ibm_systemz"), VIRT_GUEST, STR("IBM PR/SM") },
        { STR("ibm_systemz-lpar"), VIRT_GUEST, STR("IBM PR/SM") },
        { STR("ibm_systemz-zvm"), VIRT_GUEST, STR("z/VM") },
        { STR("ibm_systemz-kvm"), VIRT_GUEST, STR("KVM") },
        { STR("ibm_power-kvm"), VIRT_GUEST, STR("KVM") },
        { STR("ibm_power-lpar_shared"), VIRT_GUEST, STR("PowerVM") },
        { STR("ibm_power-lpar_dedicated"), VIRT_GUEST, STR("PowerVM") },
        { STR("powervm"), VIRT_GUEST, STR("PowerVM") },
        { STR("powervm_lx86"), VIRT_GUEST, STR("PowerVM Lx86") },
        { STR("parallels"), VIRT_GUEST, STR("Parallels") },
        { STR("bhyve"), VIRT_GUEST, STR("bhyve") },
        { STR("qnx"), VIRT_GUEST, STR("QNX") },
        { STR("acrn"), VIRT_GUEST, STR("ACRN") },
        { STR("apple"), VIRT_GUEST, STR("Apple Virtualization") },
        { STR("sre"), VIRT_GUEST, STR("Lockheed Martin LMHS") },
        { STR("google"), VIRT_GUEST, STR("KVM") },
        { STR("vm-other"), VIRT_GUEST, STR("yes") },
        { STR("virt"), VIRT_GUEST, STR("yes") },
        { STR("lkvm"), VIRT_GUEST, STR("KVM (kvmtool)") },
        { STR("vmm"), VIRT_GUEST, STR("OpenBSD vmm") },
        { STR("rhev"), VIRT_GUEST, STR("KVM") },
        { STR("redhat"), VIRT_GUEST, STR("KVM") },
        { STR("ovirt"), VIRT_GUEST, STR("KVM") },
        { STR("kubevirt"), VIRT_GUEST, STR("KVM") },
        { STR("nutanix_ahv"), VIRT_GUEST, STR("KVM") },
        { STR("ldoms-guest"), VIRT_GUEST, STR("Oracle VM for SPARC") },
        { STR("aws"), VIRT_CLOUD, STR("Amazon EC2") },
        { STR("google_cloud"), VIRT_CLOUD, STR("Google Compute Engine") },
        { STR("alibaba_cloud"), VIRT_CLOUD, STR("Alibaba Cloud") },
        { STR("alibaba_cloud-ebm"), VIRT_CLOUD, STR("Alibaba Cloud") },
        { STR("systemd-nspawn"), VIRT_CONTAINER, STR("systemd-nspawn") },
        { STR("lxc-libvirt"), VIRT_CONTAINER, STR("LXC") },
        { STR("lxc"), VIRT_CONTAINER, STR("LXC") },
        { STR("openvz"), VIRT_CONTAINER, STR("OpenVZ") },
        { STR("docker"), VIRT_CONTAINER, STR("Docker") },
        { STR("podman"), VIRT_CONTAINER, STR("Podman") },
        { STR("oci"), VIRT_CONTAINER, STR("an OCI runtime") },
        { STR("rkt"), VIRT_CONTAINER, STR("rkt") },
        { STR("wsl"), VIRT_CONTAINER, STR("WSL2") },
        { STR("proot"), VIRT_CONTAINER, STR("PRoot") },
        { STR("pouch"), VIRT_CONTAINER, STR("Pouch") },
        { STR("container-other"), VIRT_CONTAINER, STR("an unnamed runtime") },
        { STR("illumos-lx"), VIRT_CONTAINER, STR("illumos LX") },
        { STR("linux_vserver"), VIRT_CONTAINER, STR("Linux-VServer") },
        { STR("linux_vserver-guest"), VIRT_CONTAINER, STR("Linux-VServer") },
};

enum { WORD_COUNT = sizeof(words) / sizeof(words[0]) };

static int word_of_line(struct str line) {
        line = str_trim(line);
        for (int i = 0; i < WORD_COUNT; i++)
                if (str_eq(line, words[i].word))
                        return i;
        return -1;
}

/* "$ systemd-detect-virt", "# virt-what": options change what is told, not how. */
static bool is_command(struct str line) {
        return str_find(line, S("systemd-detect-virt")) >= 0 || str_find(line, S("virt-what")) >= 0;
}

/* hostnamectl's " Virtualization: kvm"; lscpu's label of that name says what the processor could do ("VT-x"). */
static int word_of_label(struct str line) {
        struct str label, value;

        return import_label(line, &label, &value) && str_eq(label, S("Virtualization")) ? word_of_line(value) : -1;
}

/* Nothing else than such words: one, or virt-what's few. */
static bool is_words_alone(const struct lines *l) {
        ptrdiff_t known = 0;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (str_trim(l->items[i].text).len == 0)
                        continue;
                if (word_of_line(l->items[i].text) < 0)
                        return false;
                known++;
        }
        return known > 0 && known <= 6;
}

static bool is_virt(struct import *im, const struct lines *l) {
        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++)
                if ((is_command(l->items[i].text) && i + 1 < l->count && word_of_line(l->items[i + 1].text) >= 0) ||
                    word_of_label(l->items[i].text) >= 0)
                        return true;
        return is_words_alone(l);
}

static void take_word(struct import_host *h, int which) {
        switch (words[which].what) {
        case VIRT_NONE:
        case VIRT_OWNER:
                if (h->guest.len == 0)
                        h->guest = S("no");
                break;
        case VIRT_GUEST:
                if (h->guest.len == 0 || str_eq(h->guest, S("yes"))) /* virt-what tells the closest last, and repeats itself */
                        h->guest = words[which].name;
                break;
        case VIRT_CONTAINER:
                evidence_add_line(&h->e, RECORD_CLAIM, S("container"), words[which].name);
                break;
        case VIRT_CLOUD:
                evidence_add_line(&h->e, RECORD_CLAIM, S("cloud"), words[which].name);
                break;
        }
}

static int read_virt(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        bool alone = is_words_alone(l), below = alone, dom0 = false;

        import_uname(h, S("Linux"), S(""), S(""));
        for (ptrdiff_t i = 0; i < l->count; i++)
                dom0 |= str_eq(str_trim(l->items[i].text), S("xen-dom0"));
        for (ptrdiff_t i = 0; i < l->count; i++) {
                int plain_word = word_of_line(l->items[i].text), labelled = word_of_label(l->items[i].text);
                int which = labelled >= 0 ? labelled : below ? plain_word : -1;

                if (is_command(l->items[i].text)) {
                        below = l->items[i].taken = true;
                        continue;
                }
                below = alone || (below && plain_word >= 0);
                if (which < 0)
                        continue;
                l->items[i].taken = true;
                if (!(dom0 && words[which].what == VIRT_GUEST)) /* virt-what says "xen" beside "xen-dom0" */
                        take_word(h, which);
        }
        return 0;
}

const struct reader reader_virt = {
        .format = { .name = "virt", .title = "systemd-detect-virt, virt-what or hostnamectl",
                    .carries = "systemd-detect-virt or virt-what: where the machine runs; nothing of its processor and its kernel" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_lines = is_virt,
        .read_lines = read_virt,
};
