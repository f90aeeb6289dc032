#include "apply/realise_parts.h"

#include "catalog/computed.h"

/* The commands of one family of distributions; NULL: there is none, and `instead` says what to do. */
struct family {
        const char *id;     /* as in /etc/os-release */
        const char *tool;   /* the program that tells it is this family's; it is what runs */
        const char *update; /* before anything is installed; or NULL */
        const char *kernel, *intel, *amd; /* PACKAGES stands for the kernel's own packages */
        const char *rebuild; /* after microcode: what makes the initial RAM disk anew; or NULL */
};

static const struct family families[] = {
        { "debian", "apt-get", "apt-get update", "apt-get -y install PACKAGES", "apt-get -y install intel-microcode",
          "apt-get -y install amd64-microcode", NULL },
        { "azurelinux", "tdnf", NULL, "tdnf -y upgrade kernel", NULL, NULL, NULL },
        { "mariner", "tdnf", NULL, "tdnf -y upgrade kernel", NULL, NULL, NULL },
        { "fedora", "dnf", NULL, "dnf -y upgrade kernel", "dnf -y upgrade microcode_ctl", "dnf -y upgrade linux-firmware amd-ucode-firmware",
          "dracut -f --regenerate-all" },
        { "rhel", "dnf", NULL, "dnf -y upgrade kernel", "dnf -y upgrade microcode_ctl", "dnf -y upgrade linux-firmware",
          "dracut -f --regenerate-all" },
        { "rhel", "yum", NULL, "yum -y update kernel", "yum -y update microcode_ctl", "yum -y update linux-firmware",
          "dracut -f --regenerate-all" },
        { "amzn", "dnf", NULL, "dnf -y upgrade kernel", "dnf -y upgrade microcode_ctl", "dnf -y upgrade linux-firmware",
          "dracut -f --regenerate-all" },
        { "suse", "zypper", NULL, "zypper --non-interactive patch", "zypper --non-interactive install ucode-intel",
          "zypper --non-interactive install ucode-amd", NULL },
        { "arch", "pacman", NULL, "pacman -Syu --noconfirm", "pacman -Syu --noconfirm intel-ucode", "pacman -Syu --noconfirm amd-ucode", NULL },
        { "alpine", "apk", "apk update", "apk upgrade", "apk add intel-ucode", "apk add amd-ucode", NULL },
};

static const struct family *family_of(struct realising *x) {
        for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
                char path[64];
                int n = snprintf(path, sizeof(path), "/usr/bin/%s", families[i].tool);
                bool suse = str_eq(str_of(families[i].id), S("suse")) &&
                            (realise_is_distribution(x, "sles") || realise_is_distribution(x, "opensuse-leap") ||
                             realise_is_distribution(x, "opensuse-tumbleweed") || realise_is_distribution(x, "opensuse"));

                if (n < 0 || (!suse && !realise_is_distribution(x, families[i].id)))
                        continue;
                if (realise_is_there(x, path) || realise_is_there(x, str_fmt(x->a, "/sbin/%s", families[i].tool).p))
                        return &families[i];
        }
        return NULL;
}

/* The kernel's meta-packages that Debian or Ubuntu has installed: names without a version, of which each brings the newest kernel. */
static struct str debian_kernels(struct realising *x) {
        struct str text, line, found = S(""), name = S("");

        if (!realise_read(x, S("/var/lib/dpkg/status"), &text))
                return found;
        while (str_line(&text, &line)) {
                if (str_starts(line, S("Package: ")))
                        name = str_from(line, 9);
                if (!str_eq(line, S("Status: install ok installed")) || str_find(name, S("dbg")) >= 0)
                        continue;
                if (str_starts(name, S("linux-image-")) && !(name.len > 12 && name.p[12] >= '0' && name.p[12] <= '9') &&
                    !str_starts(name, S("linux-image-unsigned")) && !str_starts(name, S("linux-image-extra")))
                        found = str_fmt(x->a, "%.*s%s%.*s", STR_ARG(found), found.len ? " " : "", STR_ARG(name));
        }
        return found;
}

static void run(struct realising *x, struct str words) {
        if (words.len)
                deeds_command(x->deeds, x->a, x->step, words.p, S(""), true);
}

static void kernel(struct realising *x, const struct family *f) {
        struct str packages = str_eq(str_of(f->id), S("debian")) ? debian_kernels(x) : S("kernel"), text = str_of(f->kernel);
        ptrdiff_t at = str_find(text, S("PACKAGES"));

        if (packages.len == 0) {
                realise_refuse(x, S("the kernel's package"), S("no package of the distribution brings new kernels here"),
                               S("install the distribution's kernel, for example linux-image-amd64"));
                return;
        }
        run(x, str_of(f->update));
        run(x, at < 0 ? text : str_fmt(x->a, "%.*s%.*s", STR_ARG(str_sub(text, 0, at)), STR_ARG(packages)));
}

static void microcode(struct realising *x, const struct family *f) {
        const struct fact *vendor = facts_get(x->facts, COMPUTED_CPU_VENDOR);
        bool amd = vendor->state == FACT_KNOWN && str_eq(vendor->text, S("amd")),
             intel = vendor->state == FACT_KNOWN && str_eq(vendor->text, S("intel"));
        const char *how = amd ? f->amd : intel ? f->intel : NULL;

        if (!how) {
                realise_refuse(x, S("the microcode's package"), S("no package is known that brings microcode for this processor here"),
                               S("look for a firmware update of the machine's manufacturer"));
                return;
        }
        run(x, str_of(f->update));
        run(x, str_of(how));
        run(x, str_of(f->rebuild));
}

void realise_packages(struct realising *x, const struct step *s) {
        const struct family *f = family_of(x);

        if (x->layout->loader == LOADER_OSTREE || x->layout->loader == LOADER_BOOTC || (x->layout->loader == LOADER_REFUSED && !f))
                realise_refuse(x, S("packages"), S("the system is replaced as a whole, not package by package"),
                               S("update it in its own way, then restart"));
        else if (!f)
                realise_refuse(x, S("packages"), S("it is not known which tool installs packages here"),
                               S("install the newest kernel and microcode in the distribution's way, then restart"));
        else if (s->target.kind == TARGET_PACKAGE)
                kernel(x, f);
        else
                microcode(x, f);
}
