/* Files of one line beside the vulnerabilities folder, as a shell shows their names and contents: by grep, by head, or
 * behind a prompt with `cat PATH`. */
#include "collect/import/parts.h"

/* The path as facts name it: of the processors one stands for all, for they are held against each other; of links one name. */
static struct str path_of(struct import *im, struct str path) {
        struct str cpu = S(PLACE_CPUS "/cpu"), dmi = S("/sys/devices/virtual/dmi/id/"), rest;
        uint64_t number;

        path = import_path(im->arena, import_unquoted(str_trim(path)));
        if (str_starts(path, dmi))
                path = str_fmt(im->arena, PLACE_DMI "/%.*s", STR_ARG(str_from(path, dmi.len)));
        if (str_starts(path, cpu)) {
                ptrdiff_t slash = str_find_char(str_from(path, cpu.len), '/');

                rest = slash > 0 ? str_from(path, cpu.len + slash) : S("");
                if (slash > 0 && str_to_u64(str_sub(path, cpu.len, slash), &number))
                        path = str_fmt(im->arena, PLACE_CPUS "/cpu0%.*s", STR_ARG(rest));
        }
        return path;
}

/* What some fact asks for, or what tells who runs where, and has one line. */
static bool is_asked(const struct catalog *c, struct str path) {
        static const struct str others[] = { STR(PLACE_SMT_ACTIVE), STR(PLACE_SMT_CONTROL), STR(PLACE_MICROCODE_VERSION), STR(PLACE_PROCESSOR_FLAGS),
                                             STR(PLACE_HYPERVISOR_TYPE), STR(PLACE_CMDLINE), STR(PLACE_VERSION), STR(PLACE_OSRELEASE) };

        if (path.len == 0 || path.p[0] != '/' || path.p[path.len - 1] == '/' || str_starts(path, S(PLACE_VULNERABILITIES "/")) ||
            str_eq(path, S(PLACE_CPUINFO)))
                return false;
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                if (str_eq(path, others[i]))
                        return true;
        for (uint32_t i = 0; i < c->fact_count; i++)
                if (c->facts[i].kind == FACT_KIND_FILE && str_eq(T(c->facts[i].text), path))
                        return true;
        return false;
}

struct shown {
        struct str path, text;
        ptrdiff_t used; /* lines */
        bool cut;
};

/* "PATH:TEXT", "grep: PATH: Permission denied". */
static bool beside(struct import *im, struct str line, struct shown *ret) {
        ptrdiff_t colon;

        if (str_starts(line, S("grep: ")))
                line = str_from(line, 6);
        colon = str_find_char(line, ':');
        if (colon <= 0)
                return false;
        *ret = (struct shown){ .path = path_of(im, str_sub(line, 0, colon)), .text = str_trim(str_from(line, colon + 1)), .used = 1 };
        return is_asked(im->catalog, ret->path);
}

/* "==> PATH <==" or a prompt with "cat PATH", and the text below. */
static bool below(struct import *im, const struct lines *l, ptrdiff_t i, struct shown *ret) {
        struct str line = str_trim(l->items[i].text);
        ptrdiff_t cat = str_find(line, S("cat /"));

        if (i + 1 >= l->count)
                return false;
        if (str_starts(line, S("==> ")) && str_ends(line, S(" <==")))
                line = str_sub(line, 4, line.len - 8);
        else if (cat == 0 || (cat >= 2 && (str_eq(str_sub(line, cat - 2, 2), S("$ ")) || str_eq(str_sub(line, cat - 2, 2), S("# ")))))
                line = str_from(line, cat + 4);
        else
                return false;
        *ret = (struct shown){ .path = path_of(im, line), .text = str_trim(l->items[i + 1].text), .used = 2 };
        return is_asked(im->catalog, ret->path);
}

static bool shows(struct import *im, const struct lines *l, ptrdiff_t i, struct shown *ret) {
        bool found = !l->items[i].taken && (beside(im, str_trim(l->items[i].text), ret) || below(im, l, i, ret));

        if (found)
                ret->cut = l->items[i + ret->used - 1].cut;
        return found;
}

static bool is_files(struct import *im, const struct lines *l) {
        struct shown s;

        for (ptrdiff_t i = 0; i < l->count; i++)
                if (shows(im, l, i, &s))
                        return true;
        return false;
}

static void take(struct import *im, struct import_host *h, const struct shown *s) {
        static const struct {
                struct str error;
                enum fact_state state;
        } errors[] = {
                { STR("Permission denied"), FACT_DENIED }, { STR("Operation not permitted"), FACT_DENIED },
                { STR("No such file or directory"), FACT_ABSENT }, { STR("Input/output error"), FACT_FAILED },
        };

        for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
                if (str_ends(s->text, errors[i].error)) {
                        import_state(im, h, s->path, errors[i].state);
                        return;
                }
        if (str_eq(s->path, S(PLACE_CMDLINE)))
                import_command_line(im, h, s->text, s->cut);
        else if (s->text.len > 0)
                import_file_text(im, h, s->path, s->text);
}

static int read_files(struct import *im, struct lines *l) {
        struct import_host *h = import_host(im, S(""));
        struct shown s;

        for (ptrdiff_t i = 0; i < l->count; i++) {
                if (!shows(im, l, i, &s))
                        continue;
                take(im, h, &s);
                for (ptrdiff_t k = i; k < i + s.used; k++)
                        l->items[k].taken = true;
                i += s.used - 1;
        }
        import_uname(h, S("Linux"), S(""), S(""));
        return 0;
}

const struct reader reader_files = {
        .format = { .name = "files", .title = "grep . /sys/devices/system/cpu/smt/* /sys/class/dmi/id/*, and other files of one line",
                    .carries = "single files of the kernel" },
        .lacks = LACKS_KERNEL | LACKS_PROCESSOR,
        .in_lines = is_files,
        .read_lines = read_files,
};
