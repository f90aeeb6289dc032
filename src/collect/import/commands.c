/* Commands and what they printed, in one text: a terminal's, supportconfig's, pvereport's, apport's and reportbug's. What other readers
 * know by itself (lscpu, cpuinfo, logs) they find; here is what needs its heading to be known. */
#include "collect/import/parts.h"

enum what { WHAT_NONE, WHAT_CMDLINE, WHAT_UNAME, WHAT_RELEASE, WHAT_VERSION, WHAT_MACHINE, WHAT_OTHER };

/* How a heading or a command ends. */
static const struct {
        struct str end;
        enum what what;
} headings[] = {
        { STR("/proc/cmdline"), WHAT_CMDLINE }, { STR("uname -a"), WHAT_UNAME },         { STR("uname -r"), WHAT_RELEASE },
        { STR("uname -m"), WHAT_MACHINE },      { STR("/proc/version"), WHAT_VERSION },  { STR("** Command line:"), WHAT_CMDLINE },
        { STR("** Version:"), WHAT_VERSION },   { STR("uname --all"), WHAT_UNAME },
};

/* "$ cat /proc/cmdline", "# /proc/cmdline", "user@host:~# uname -a", "** Command line:". */
static enum what heading_of(struct str line) {
        bool prompt = str_find(line, S("$ ")) >= 0 || str_find(line, S("# ")) >= 0 || str_starts(line, S("** ")) || str_find(line, S("% ")) >= 0;

        for (size_t i = 0; prompt && i < sizeof(headings) / sizeof(headings[0]); i++)
                if (str_ends(line, headings[i].end))
                        return headings[i].what;
        return WHAT_NONE;
}

/* "Key: value" of apport, and pveversion's line, which need nothing else around them. */
static const struct {
        struct str label;
        enum what what;
} labels[] = {
        { STR("ProcKernelCmdLine"), WHAT_CMDLINE }, { STR("Uname"), WHAT_UNAME }, { STR("ProcVersionSignature"), WHAT_OTHER },
};

static enum what label_of(struct str line, struct str *ret_value) {
        struct str label;

        if (import_label(line, &label, ret_value))
                for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
                        if (str_eq(label, labels[i].label))
                                return labels[i].what;
        return WHAT_NONE;
}

/* Without the mark of one quoted line between others that have none. */
static struct str unquoted(struct str line) {
        return str_starts(line, S("> ")) ? str_trim(str_from(line, 2)) : line;
}

/* "Linux web-17 6.1.0-33-amd64 #1 SMP … x86_64 GNU/Linux" by itself. */
static bool is_uname(struct str line) {
        line = unquoted(line);
        return str_starts(line, S("Linux ")) && !str_starts(line, S("Linux version ")) && str_find(line, S(" #")) > 0 &&
               (str_find(line, S(" SMP")) > 0 || str_ends(line, S("Linux")));
}

/* "proxmox-ve: 8.2.0 (running kernel: 6.8.4-2-pve)". */
static struct str running_kernel(struct str line) {
        ptrdiff_t at = str_find(line, S("(running kernel: ")), end = str_find_char(line, ')');

        return at >= 0 && end > at ? str_sub(line, at + 17, end - at - 17) : S("");
}

/* "Python platform: Linux-6.8.0-65-generic-x86_64-with-glibc2.35" of the reports that Python programs make of their surroundings. */
static bool is_platform(struct str line, struct str *ret_release, struct str *ret_machine) {
        struct str label, value;
        ptrdiff_t end, dash = -1;

        if (!import_label(str_starts(line, S("- ")) ? str_from(line, 2) : line, &label, &value) || !str_starts(value, S("Linux-")) ||
            !(str_eq(label, S("Python platform")) || str_eq_nocase(label, S("Platform"))) || (end = str_find(value, S("-with-"))) < 8)
                return false;
        value = str_sub(value, 6, end - 6);
        for (ptrdiff_t i = 0; i < value.len; i++)
                if (value.p[i] == '-')
                        dash = i;
        *ret_release = str_sub(value, 0, dash > 0 ? dash : 0);
        *ret_machine = str_from(value, dash + 1);
        return dash > 0 && value.p[0] >= '1' && value.p[0] <= '9';
}

/* "user@host:~$ lscpu": what was typed. */
static bool is_prompt(struct str line) {
        ptrdiff_t at = str_find_char(line, '@'), end = str_find(line, S("$ "));

        if (end < 0)
                end = str_find(line, S("# "));
        return at > 0 && end > at && str_find_char(str_sub(line, 0, at), ' ') < 0;
}

static bool is_commands(struct import *im, const struct lines *l) {
        struct str value, machine;

        (void)im;
        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text);

                if (heading_of(line) != WHAT_NONE || label_of(line, &value) != WHAT_NONE || is_uname(line) || running_kernel(line).len > 0 ||
                    is_platform(line, &value, &machine))
                        return true;
        }
        return false;
}

static void take(struct import *im, struct import_host *h, enum what what, struct str text, bool cut) {
        switch (what) {
        case WHAT_CMDLINE:
                if (text.len > 0 && !str_starts(text, S("- ")) && !str_starts(text, S("cat: ")) && !str_starts(text, S("#")))
                        import_command_line(im, h, text, cut);
                break;
        case WHAT_UNAME:
                if (str_starts(text, S("Linux ")))
                        import_uname_line(im, h, text);
                break;
        case WHAT_RELEASE:
                if (text.len > 0 && text.p[0] >= '0' && text.p[0] <= '9')
                        import_uname(h, S("Linux"), text, S(""));
                break;
        case WHAT_MACHINE:
                import_uname(h, S("Linux"), S(""), text);
                break;
        case WHAT_VERSION:
                import_version_line(im, h, text);
                break;
        case WHAT_NONE:
        case WHAT_OTHER:
                break;
        }
}

/* The output below its command; a long command line may go on in further lines. */
static ptrdiff_t take_below(struct import *im, struct import_host *h, struct lines *l, ptrdiff_t i, enum what what) {
        struct str text = str_trim(l->items[i + 1].text), value;

        l->items[i].taken = l->items[i + 1].taken = true;
        i++;
        while (what == WHAT_CMDLINE && import_goes_on(l, i) && heading_of(str_trim(l->items[i + 1].text)) == WHAT_NONE &&
               label_of(str_trim(l->items[i + 1].text), &value) == WHAT_NONE && !is_uname(str_trim(l->items[i + 1].text))) {
                text = import_with_next(im->arena, l, i, text);
                l->items[++i].taken = true;
        }
        take(im, h, what, text, l->items[i].cut);
        return i;
}

/* supportconfig's "Hypervisor: KVM", and below it "Identity: Virtual Machine (…)"; a dom0 has another identity. */
static bool take_identity(struct import_host *h, struct str line, struct str *hypervisor) {
        struct str label, value;

        if (!import_label(line, &label, &value))
                return false;
        if (str_eq(label, S("Hypervisor"))) {
                *hypervisor = value;
                return true;
        }
        if (!str_eq(label, S("Identity")) || !str_starts(value, S("Virtual Machine")))
                return false;
        import_guest(h, *hypervisor);
        return true;
}

static int read_commands(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct str hypervisor = S("");

        for (ptrdiff_t i = 0; i < l->count; i++) {
                struct str line = str_trim(l->items[i].text), value, machine;
                enum what what = heading_of(line);

                if (what != WHAT_NONE && i + 1 < l->count) {
                        i = take_below(im, h, l, i, what);
                } else if ((what = label_of(line, &value)) != WHAT_NONE) {
                        take(im, h, what, value, l->items[i].cut);
                        l->items[i].taken = true;
                } else if (is_uname(line)) {
                        import_uname_line(im, h, unquoted(line));
                        l->items[i].taken = true;
                } else if (str_starts(line, S("#==[ ")) || str_starts(line, S("==== ")) || is_prompt(line)) {
                        l->items[i].taken = true; /* between the outputs, which other readers know */
                } else if (is_platform(line, &value, &machine)) {
                        import_uname(h, S("Linux"), value, machine);
                        l->items[i].taken = true;
                } else if (take_identity(h, line, &hypervisor)) {
                        l->items[i].taken = true;
                } else if (running_kernel(line).len > 0) {
                        import_uname(h, S("Linux"), running_kernel(line), S(""));
                        l->items[i].taken = true;
                }
        }
        return 0;
}

const struct reader reader_commands = {
        .format = { .name = "commands", .title = "a terminal's text, supportconfig, pvereport, apport, reportbug",
                    .carries = "what commands printed: kernel and command line" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_lines = is_commands,
        .read_lines = read_commands,
};
