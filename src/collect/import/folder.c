/* A folder that is one machine's report: what sos, insights-client, hw-probe and people with cp leave behind. */
#include "collect/import/parts.h"

/* What a file is. */
enum kind {
        KIND_NONE,
        KIND_FILE,  /* as it stands below the root of the machine */
        KIND_WORDS, /* a file of the vulnerabilities folder by itself */
        KIND_TEXT,  /* the output of a command that some reader knows */
        KIND_UNAME,
        KIND_LINE,  /* the kernel's command line */
        KIND_HOST,
        KIND_PROBE, /* hw-probe's own list, "key:value" */
};

/* Paths below the machine's root that say something. */
static const struct str places[] = {
        STR("sys/devices/system/cpu/"), STR("sys/hypervisor/"), STR("sys/class/dmi/id/"), STR("proc/cpuinfo"), STR("proc/cmdline"),
        STR("proc/version"), STR("proc/sysinfo"), STR("proc/xen/"), STR("proc/device-tree/hypervisor/compatible"), STR("boot/config-"),
        STR("sys/module/kvm"), STR("etc/os-release"), STR("usr/lib/os-release"), STR("proc/sys/kernel/"), STR("var/log/dmesg"),
};

/* Commands' outputs by the ends of their paths. */
static const struct {
        struct str end;
        enum kind kind;
} outputs[] = {
        { STR("kernel/uname_-a"), KIND_UNAME },       { STR("insights_commands/uname_-a"), KIND_UNAME }, { STR("/uname"), KIND_UNAME },
        { STR("/hostname"), KIND_HOST },              { STR("kernel/dmesg"), KIND_TEXT },                { STR("kernel/dmesg_-T"), KIND_TEXT },
        { STR("insights_commands/dmesg"), KIND_TEXT }, { STR("logs/dmesg"), KIND_TEXT },                 { STR("processor/lscpu"), KIND_TEXT },
        { STR("insights_commands/lscpu"), KIND_TEXT }, { STR("logs/lscpu"), KIND_TEXT },                 { STR("logs/cpuinfo"), KIND_TEXT },
        { STR("logs/inxi"), KIND_TEXT },              { STR("processor/cpuid_-r"), KIND_TEXT },          { STR("logs/cpuid"), KIND_TEXT },
        { STR("processor/x86info_-a"), KIND_TEXT },   { STR("basic-health-check.txt"), KIND_TEXT },      { STR("hardware.txt"), KIND_TEXT },
        { STR("boot.txt"), KIND_TEXT },               { STR("basic-environment.txt"), KIND_TEXT },      { STR("hw.info/host"), KIND_PROBE },
        { STR("kernel/sysctl_-a"), KIND_TEXT },       { STR("insights_commands/sysctl_-a"), KIND_TEXT }, { STR("logs/sysctl"), KIND_TEXT },
        /* what must-gather has of a node, and kdump of a crash */
        { STR("/lscpu"), KIND_TEXT },                 { STR("/cpuinfo"), KIND_TEXT },                    { STR("/dmesg"), KIND_TEXT },
        { STR("/proc_cmdline"), KIND_LINE },          { STR("/vmcore-dmesg.txt"), KIND_TEXT },
};

enum { OUTPUT_COUNT = sizeof(outputs) / sizeof(outputs[0]), PLACE_DEPTH = 6, OUTPUT_DEPTH = 8 };

static ptrdiff_t depth_of(struct str path) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < path.len; i++)
                n += path.p[i] == '/';
        return n;
}

/* Where a place begins in the path, a few folders down ("sosreport-web/sys/…"); -1. */
static ptrdiff_t place_of(struct str path) {
        for (ptrdiff_t at = 0, depth = 0; at >= 0 && depth < PLACE_DEPTH; depth++) {
                ptrdiff_t slash;

                for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
                        if (str_starts(str_from(path, at), places[i]))
                                return at;
                slash = str_find_char(str_from(path, at), '/');
                at = slash < 0 ? -1 : at + slash + 1;
        }
        return -1;
}

static const struct sentence_file *words_of(const struct catalog *c, struct str path) {
        struct str rest = path, piece, last = path;

        while (str_cut(&rest, '/', &piece))
                last = piece;
        return depth_of(path) == 0 || str_find(path, S("vulnerabilities/")) >= 0 ? import_known(c, last) : NULL;
}

/* Its row in the table of outputs; -1. */
static int output_of(struct str path) {
        for (int i = 0; i < OUTPUT_COUNT; i++) {
                struct str end = outputs[i].end;

                if (depth_of(path) < OUTPUT_DEPTH && !(end.p[0] == '/' && place_of(path) >= 0) && (str_ends(path, end) || (end.p[0] == '/' && str_eq(path, str_from(end, 1)))))
                        return i;
        }
        return -1;
}

static enum kind kind_of(const struct catalog *c, struct str path) {
        int output = output_of(path);

        if (words_of(c, path))
                return KIND_WORDS;
        if (str_find(path, S("sys/devices/system/cpu/vulnerabilities/")) >= 0)
                return KIND_NONE; /* a flaw that is not known here */
        if (output >= 0)
                return outputs[output].kind;
        return place_of(path) >= 0 ? KIND_FILE : KIND_NONE;
}

bool import_wants(const struct catalog *c, struct str path) {
        return kind_of(c, path) != KIND_NONE;
}

/* "kernel:6.1.0-33-amd64", "arch:x86_64". */
static void read_probe(struct import *im, struct import_host *h, struct str text) {
        struct str line, label, value;

        (void)im;
        while (str_line(&text, &line)) {
                if (!import_label(line, &label, &value))
                        continue;
                if (str_eq(label, S("kernel")) && value.len > 0 && value.p[0] >= '0' && value.p[0] <= '9')
                        import_uname(h, S("Linux"), value, S(""));
                else if (str_eq(label, S("arch")))
                        import_uname(h, S(""), S(""), value);
        }
}

static int read_file(struct import *im, const struct import_file *f) {
        struct import_host *h = import_host(im, S(""));
        ptrdiff_t at = place_of(f->path);

        switch (kind_of(im->catalog, f->path)) {
        case KIND_NONE:
                return 0;
        case KIND_FILE:
                import_file_text(im, h, str_fmt(im->arena, "/%.*s", STR_ARG(str_from(f->path, at))), f->text);
                break;
        case KIND_WORDS:
                import_sentence(im, h, words_of(im->catalog, f->path), f->text);
                break;
        case KIND_TEXT:
                return import_any(im, margin_text(im->arena, normal_text(im->arena, f->text))) < 0 ? -1 : 0;
        case KIND_UNAME:
                if (str_starts(str_trim(f->text), S("Linux "))) /* hw-probe's is `uname -v` */
                        import_uname_line(im, h, str_trim(f->text));
                break;
        case KIND_LINE:
                import_file_text(im, h, S("/proc/cmdline"), f->text);
                break;
        case KIND_HOST:
                evidence_add_line(&h->e, RECORD_IDENTITY, S("hostname"), str_trim(f->text));
                break;
        case KIND_PROBE:
                read_probe(im, h, normal_text(im->arena, f->text));
                break;
        }
        return 1;
}

/* ---- One machine ---- */

/* Where the machine's root is: "sosreport-web/", "". */
struct root {
        struct str files; /* of those that stand as below a root */
        struct str words; /* of the vulnerabilities folder by itself */
        struct str commands; /* of what commands printed */
        const struct import_file *outputs[OUTPUT_COUNT];
};

static bool same_machine(struct str *known, struct str prefix, bool first) {
        if (first || str_starts(*known, prefix))
                *known = prefix;
        return str_starts(prefix, *known); /* deeper: a container's, a copy's; read_all leaves it out */
}

/* The folder of the machine whose command printed this: what tools put between is no part of it. */
static struct str machine_of(struct str path) {
        static const struct str between[] = { STR("sos_commands/"), STR("data/insights_commands/"), STR("insights_commands/"), STR("hw.info/"), STR("logs/") };
        struct str folder = path;

        for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
                ptrdiff_t at = str_find(path, between[i]);

                if (at == 0 || (at > 0 && path.p[at - 1] == '/'))
                        return str_sub(path, 0, at);
        }
        while (folder.len > 0 && folder.p[folder.len - 1] != '/')
                folder.len--;
        return folder;
}

/* Two roots side by side, or one command's output twice: two machines, which would become one that does not exist. */
static bool add_root(struct root *r, const struct catalog *c, const struct import_file *f) {
        enum kind kind = kind_of(c, f->path);
        ptrdiff_t at = place_of(f->path), end = f->path.len;
        int output = output_of(f->path);

        if (kind == KIND_FILE || (kind == KIND_WORDS && at >= 0)) {
                bool first = r->files.p == NULL;

                return same_machine(&r->files, str_sub(f->path, 0, at), first);
        }
        if (kind == KIND_WORDS) {
                bool first = r->words.p == NULL;

                while (end > 0 && f->path.p[end - 1] != '/')
                        end--;
                return same_machine(&r->words, str_sub(f->path, 0, end), first);
        }
        if (kind != KIND_TEXT && kind != KIND_UNAME && kind != KIND_LINE)
                return true;
        if (r->outputs[output])
                return false;
        r->outputs[output] = f;
        return same_machine(&r->commands, machine_of(f->path), r->commands.p == NULL);
}

static bool is_nested(struct str a, struct str b) {
        return !a.p || !b.p || str_starts(a, b) || str_starts(b, a);
}

/* One machine's files and another's commands would become a third that does not exist. */
static bool is_one_machine(const struct root *r) {
        return is_nested(r->files, r->commands) && is_nested(r->files, r->words) && is_nested(r->words, r->commands);
}

static bool is_below(const struct root *r, const struct catalog *c, const struct import_file *f) {
        enum kind kind = kind_of(c, f->path);
        ptrdiff_t at = place_of(f->path);

        return (kind != KIND_FILE && (kind != KIND_WORDS || at < 0)) || at == r->files.len;
}

/* The log that a command printed is the running kernel's; var/log/dmesg may be an earlier start's. */
static bool is_second_log(const struct root *r, const struct import_file *f) {
        static const struct str logs[] = { STR("kernel/dmesg"), STR("kernel/dmesg_-T"), STR("insights_commands/dmesg"), STR("logs/dmesg"), STR("/dmesg") };

        for (int i = 0; i < OUTPUT_COUNT && str_ends(f->path, S("var/log/dmesg")); i++)
                for (size_t k = 0; r->outputs[i] && k < sizeof(logs) / sizeof(logs[0]); k++)
                        if (str_eq(outputs[i].end, logs[k]))
                                return true;
        return false;
}

/* The files in an order that does not hang on how the system or the archive lists them: outputs last, for they quote. */
static int read_all(struct import *im, const struct root *r, const struct import_file *files, ptrdiff_t count) {
        for (int pass = 0; pass < 2; pass++)
                for (ptrdiff_t i = 0; i < count; i++) {
                        bool quotes = kind_of(im->catalog, files[i].path) == KIND_TEXT;

                        if (quotes != (pass == 1))
                                continue;
                        if (!is_below(r, im->catalog, &files[i]))
                                import_note(import_host(im, S("")), "'%.*s' belongs to something inside the machine", STR_ARG(files[i].path));
                        else if (is_second_log(r, &files[i]))
                                import_note(import_host(im, S("")), "'%.*s' is a second copy of the kernel's log", STR_ARG(files[i].path));
                        else if (read_file(im, &files[i]) < 0)
                                return -1;
                }
        return 0;
}

/* A copy of the folder holds all of its files. */
static bool is_copy(const struct import *im, const struct import_file *files, ptrdiff_t count) {
        for (ptrdiff_t i = 0; i < count; i++)
                if (!words_of(im->catalog, files[i].path) && kind_of(im->catalog, files[i].path) != KIND_NONE)
                        return false;
        return true;
}

int import_files(struct evidence *e, const struct catalog *c, const struct import_file *files, ptrdiff_t count, struct str note,
                 struct str *ret_other, struct diag *d) {
        struct import im = { .arena = e->arena, .catalog = c, .diag = d, .source = e->source };
        bool alone = is_copy(&im, files, count);
        struct import_host *h;
        struct root root = { 0 };

        for (ptrdiff_t i = 0; i < count; i++)
                if (!add_root(&root, c, &files[i])) {
                        *ret_other = files[i].path;
                        return IMPORT_SEVERAL;
                }
        if (!is_one_machine(&root)) {
                *ret_other = root.commands.p ? root.commands : root.words;
                return IMPORT_SEVERAL;
        }
        im.reader = alone ? &reader_sentences : &reader_folder;
        if (read_all(&im, &root, files, count) < 0)
                return -1;
        if (im.count == 0)
                return IMPORT_UNKNOWN;
        h = &im.items[0];
        h->complete |= evidence_file(&h->e, S("/sys/devices/system/cpu/vulnerabilities/spectre_v2")) != NULL;
        if (note.len > 0)
                import_note(h, "%.*s", STR_ARG(note));
        return import_finish(e, &im);
}

const struct reader reader_folder = {
        .format = { .name = "folder", .title = "a folder or archive of sos, insights-client, supportconfig or hw-probe, or a copy of the vulnerabilities folder",
                    .carries = "one machine's files and commands; what was not captured is not known" },
};
