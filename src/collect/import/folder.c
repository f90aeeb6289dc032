/* A folder that is one machine's report: what sos, insights-client, hw-probe and people with cp leave behind. */
#include "collect/import/parts.h"

/* What a file is. */
enum kind {
        KIND_NONE,
        KIND_FILE,  /* as it stands below the root of the machine */
        KIND_WORDS, /* a file of the vulnerabilities folder by itself */
        KIND_TEXT,  /* the output of a command that some reader knows */
        KIND_UNAME,
        KIND_HOST,
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
        { STR("boot.txt"), KIND_TEXT },               { STR("basic-environment.txt"), KIND_TEXT },
};

static ptrdiff_t depth_of(struct str path) {
        ptrdiff_t n = 0;

        for (ptrdiff_t i = 0; i < path.len; i++)
                n += path.p[i] == '/';
        return n;
}

/* Where a place begins in the path, at most three folders down ("sosreport-web/sys/…"); -1. */
static ptrdiff_t place_of(struct str path) {
        for (ptrdiff_t at = 0, depth = 0; at >= 0 && depth < 4; depth++) {
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

static enum kind kind_of(const struct catalog *c, struct str path) {
        struct str whole = path;

        if (words_of(c, path))
                return KIND_WORDS;
        if (str_find(path, S("sys/devices/system/cpu/vulnerabilities/")) >= 0)
                return KIND_NONE; /* a flaw that is not known here */
        for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
                struct str end = outputs[i].end;

                if (depth_of(path) < 5 && (str_ends(whole, end) || (end.p[0] == '/' && str_eq(path, str_from(end, 1)))))
                        return outputs[i].kind;
        }
        return place_of(path) >= 0 ? KIND_FILE : KIND_NONE;
}

bool import_wants(const struct catalog *c, struct str path) {
        return kind_of(c, path) != KIND_NONE;
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
                return import_any(im, normal_text(im->arena, f->text)) < 0 ? -1 : 0;
        case KIND_UNAME:
                import_uname_line(im, h, str_trim(f->text));
                break;
        case KIND_HOST:
                evidence_add_line(&h->e, RECORD_IDENTITY, S("hostname"), str_trim(f->text));
                break;
        }
        return 1;
}

/* A copy of the folder holds all of its files. */
static bool is_copy(const struct import *im, const struct import_file *files, ptrdiff_t count) {
        for (ptrdiff_t i = 0; i < count; i++)
                if (!words_of(im->catalog, files[i].path) && kind_of(im->catalog, files[i].path) != KIND_NONE)
                        return false;
        return true;
}

int import_files(struct evidence *e, const struct catalog *c, const struct import_file *files, ptrdiff_t count, struct diag *d) {
        struct import im = { .arena = e->arena, .catalog = c, .diag = d, .source = e->source };
        bool alone = is_copy(&im, files, count);
        struct import_host *h;

        im.reader = alone ? &reader_sentences : &reader_folder;
        for (ptrdiff_t i = 0; i < count; i++)
                if (read_file(&im, &files[i]) < 0)
                        return -1;
        if (im.count == 0)
                return IMPORT_UNKNOWN;
        h = &im.items[0];
        h->complete |= evidence_file(&h->e, S("/sys/devices/system/cpu/vulnerabilities/spectre_v2")) != NULL;
        return import_finish(e, &im);
}

const struct reader reader_folder = {
        .format = { .name = "folder", .title = "a folder of sos, insights-client or hw-probe, or a copy of the vulnerabilities folder",
                    .carries = "a folder of one machine's files and commands; what was not captured is not known" },
};
