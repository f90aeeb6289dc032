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

/* Where each tool is told to leave packages as they are: lines that begin with the key, or all lines ("") of a list. */
static const struct {
        const char *tool, *path, *key;
} holds[] = {
        { "dnf", "/etc/dnf/dnf.conf", "exclude" }, { "dnf", "/etc/dnf/plugins/versionlock.list", "" }, { "yum", "/etc/yum.conf", "exclude" },
        { "yum", "/etc/yum/pluginconf.d/versionlock.list", "" }, { "tdnf", "/etc/tdnf/tdnf.conf", "exclude" },
        { "pacman", "/etc/pacman.conf", "IgnorePkg" }, { "zypper", "/etc/zypp/locks", "solvable_name" },
};

static bool is_separator(char c) {
        return c == ' ' || c == '\t' || c == ',' || c == '=' || c == ':';
}

/* "kernel", "kernel*", "kernel-core" and "0:kernel-6.1-1.*" are about kernels; "texlive-kernel" is not. */
static bool is_about(struct str line, struct str package) {
        for (ptrdiff_t i = 0; i < line.len; i++)
                if ((i == 0 || is_separator(line.p[i - 1])) && str_starts(str_from(line, i), package))
                        return true;
        return false;
}

static struct str last_word(struct str words) {
        struct str word = S("");

        while (str_word(&words, &word))
                ;
        return word;
}

/* A package that is to be left as it is: then its tool does nothing, and says so to nobody. */
static bool is_held(struct realising *x, const struct family *f, struct str package) {
        struct str text, line;

        for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++) {
                uint32_t number = 0;

                if (strcmp(holds[i].tool, f->tool) != 0 || !realise_read(x, str_of(holds[i].path), &text))
                        continue;
                while (str_line(&text, &line)) {
                        number++;
                        if (line.len == 0 || line.p[0] == '#' || line.p[0] == '!' || !str_starts(line, str_of(holds[i].key)) || !is_about(line, package))
                                continue;
                        realise_refuse(x, str_fmt(x->a, "%s:%u", holds[i].path, (unsigned)number),
                                       str_fmt(x->a, "it keeps %s from updating %.*s", f->tool, STR_ARG(package)),
                                       str_fmt(x->a, "take it out there, or update %.*s in your own way, then restart", STR_ARG(package)));
                        return true;
                }
        }
        return false;
}

static struct str dpkg_status(struct realising *x, struct str package) {
        struct str text, line;
        bool here = false;

        if (realise_read(x, S("/var/lib/dpkg/status"), &text))
                while (str_line(&text, &line)) {
                        if (str_starts(line, S("Package: ")))
                                here = str_eq(str_from(line, 9), package);
                        if (here && str_starts(line, S("Status: ")))
                                return str_from(line, 8);
                }
        return S("");
}

/* Debian's own way of it. */
static bool is_on_hold(struct realising *x, struct str package) {
        if (!str_starts(dpkg_status(x, package), S("hold ")))
                return false;
        realise_refuse(x, package, S("it is on hold, and apt-get leaves it as it is"),
                       str_fmt(x->a, "apt-mark unhold %.*s, then run fix again", STR_ARG(package)));
        return true;
}

/* The kernel's meta-packages that Debian or Ubuntu has installed: names without a version, of which each brings the newest kernel. */
static struct str debian_kernels(struct realising *x) {
        struct str text, line, found = S(""), name = S("");

        if (!realise_read(x, S("/var/lib/dpkg/status"), &text))
                return found;
        while (str_line(&text, &line)) {
                if (str_starts(line, S("Package: ")))
                        name = str_from(line, 9);
                if (!(str_eq(line, S("Status: install ok installed")) || str_eq(line, S("Status: hold ok installed"))) ||
                    str_find(name, S("dbg")) >= 0)
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
        for (struct str rest = packages, one; str_word(&rest, &one);)
                if (is_on_hold(x, one))
                        return;
        if (is_held(x, f, str_eq(str_of(f->id), S("arch")) ? S("linux") : S("kernel")))
                return;
        run(x, str_of(f->update));
        run(x, at < 0 ? text : str_fmt(x->a, "%.*s%.*s", STR_ARG(str_sub(text, 0, at)), STR_ARG(packages)));
}

static void microcode(struct realising *x, const struct family *f) {
        const struct fact *vendor = facts_get(x->facts, COMPUTED_CPU_VENDOR);
        bool amd = vendor->state == FACT_KNOWN && str_eq(vendor->text, S("amd")),
             intel = vendor->state == FACT_KNOWN && str_eq(vendor->text, S("intel"));
        const char *how = amd ? f->amd : intel ? f->intel : NULL;
        struct str package;

        if (!how) {
                realise_refuse(x, S("the microcode's package"), S("no package is known that brings microcode for this processor here"),
                               S("look for a firmware update of the machine's manufacturer"));
                return;
        }
        package = last_word(str_of(how));
        if (is_on_hold(x, package) || (str_find(str_of(how), S("pacman")) < 0 && is_held(x, f, package))) /* pacman takes one that is named */
                return;
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
