/* Paths of a machine's files as people have them: with a root in front of it (/host, a mounted disk, a report's folder), with two slashes, with
 * "./" in them: what stands before it tells whose file it is. */
#include "collect/import/hosts.h"
#include "collect/import/parts.h"

static const struct str folder = STR("sys/devices/system/cpu/vulnerabilities/");

static struct str squeezed(struct arena *a, struct str path) {
        char *start = arena_bytes(a, path.len + 1), *to = start;

        for (ptrdiff_t i = 0; i < path.len; i++) {
                bool step = path.p[i] == '/' && (str_starts(str_from(path, i), S("//")) || str_starts(str_from(path, i), S("/./")));

                if (!step)
                        *to++ = path.p[i];
                else if (path.p[i + 1] == '.')
                        i++; /* the next slash stays */
        }
        return str_n(start, to - start);
}

struct str import_path(struct arena *a, struct str path) {
        static const struct str tops[] = { STR("/sys/devices/"), STR("/sys/class/"), STR("/sys/firmware/"), STR("/sys/module/"), STR("/sys/hypervisor/"),
                                           STR("/sys/kernel/"), STR("/proc/cpuinfo"), STR("/proc/cmdline"), STR("/proc/version"), STR("/proc/sys/") };
        ptrdiff_t first = -1, at;

        if (str_find_char(path, '/') < 0)
                return path;
        if (str_find(path, S("//")) >= 0 || str_find(path, S("/./")) >= 0)
                path = squeezed(a, path);
        for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
                if (str_starts(path, str_from(tops[i], 1)))
                        return str_fmt(a, "/%.*s", STR_ARG(path));
                at = str_find(path, tops[i]);
                first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        return first > 0 && str_find_char(str_sub(path, 0, first), ' ') < 0 ? str_from(path, first) : path;
}

/* ---- Whose file it is ---- */

static bool in_root(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && str_find_char(S("._/-:@~+"), c) >= 0);
}

/* What stands before the path of a file of the folder, or (`any`) of another file of the system, at the line's beginning. */
bool hosts_root(struct str line, bool any, struct str *ret) {
        static const struct str others[] = { STR("/proc/"), STR("/sys/") };
        ptrdiff_t at, n = 0;

        line = str_trim(line);
        if (str_starts(line, S("==> ")))
                line = str_from(line, 4);
        while (line.len > 0 && (line.p[0] == '"' || line.p[0] == '\''))
                line = str_from(line, 1);
        while (n < line.len && in_root(line.p[n]))
                n++;
        line = str_sub(line, 0, n);
        at = str_find(line, folder);
        for (size_t i = 0; any && at < 0 && i < sizeof(others) / sizeof(others[0]); i++)
                at = str_find(line, others[i]);
        if (at < 0)
                return false;
        *ret = str_sub(line, 0, at);
        while (ret->len > 0 && (str_ends(*ret, S("/")) || str_ends(*ret, S(":"))))
                ret->len--;
        if (str_eq(*ret, S(".")))
                ret->len = 0;
        return true;
}
