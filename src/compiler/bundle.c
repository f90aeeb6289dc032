#include "compiler/bundle.h"

static const struct str magic = STR("# sidelight data ");

static int wrong(struct diag *d, const char *what) {
        return diag_fail_class(d, DIAG_INPUT, "the bundle is damaged: %s", what);
}

/* "-- KEY REST" at the beginning of what is left. */
static bool take_line(struct str *rest, struct str key, struct str *ret) {
        struct str line;

        if (str_find_char(*rest, '\n') < 0 || !str_cut(rest, '\n', &line) || !str_starts(line, key))
                return false;
        *ret = str_from(line, key.len);
        return true;
}

static int take_head(struct str *rest, struct str *ret_version, struct diag *d) {
        struct str format;
        uint64_t number;

        if (!take_line(rest, magic, &format) || format.len > 9 || !str_to_u64(format, &number))
                return diag_fail_class(d, DIAG_INPUT, "no bundle of data: it does not begin with '# sidelight data 1'");
        if (number != BUNDLE_FORMAT)
                return diag_fail_class(d, DIAG_INPUT, "the bundle has format %llu, and this sidelight reads format %d: it takes a newer sidelight",
                                       (unsigned long long)number, BUNDLE_FORMAT);
        if (!take_line(rest, S("-- version "), ret_version) || !data_version_valid(*ret_version))
                return wrong(d, "it has no version");
        return 0;
}

int bundle_version(struct str *ret, struct str text, struct diag *d) {
        return take_head(&text, ret, d);
}

/* Letters, digits and "-_." between single slashes; no part begins with a dot. */
static bool is_sound(struct str path) {
        if (path.len == 0 || path.len > BUNDLE_PATH_MAX)
                return false;
        for (ptrdiff_t i = 0; i < path.len; i++) {
                char c = path.p[i];
                bool begins = i == 0 || path.p[i - 1] == '/';

                if (begins ? c == '.' || c == '/' : false)
                        return false;
                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || str_find_char(S("-_./"), c) >= 0))
                        return false;
        }
        return str_ends(path, S(".yaml")) || str_ends(path, S(".csv"));
}

/* "PATH LENGTH", and the bytes behind it. */
static int take_file(struct bundle *b, struct arena *a, struct str head, struct str *rest, struct diag *d) {
        struct str path;
        uint64_t length;

        if (!str_cut(&head, ' ', &path) || !is_sound(path))
                return wrong(d, "a file has no name that the data folder could have");
        if (b->count > 0 && str_cmp(b->items[b->count - 1].path, path) >= 0)
                return wrong(d, "its files are not in order, or one is there twice");
        if (b->count == BUNDLE_FILES_MAX)
                return wrong(d, "it has too many files");
        if (head.len == 0 || head.len > 9 || head.p[0] < '0' || head.p[0] > '9' || !str_to_u64(head, &length) ||
            length >= (uint64_t)rest->len || rest->p[length] != '\n')
                return wrong(d, "a file is cut off");
        *arena_append(a, b) = (struct data_file){ .path = path, .text = str_n(rest->p, (ptrdiff_t)length) };
        *rest = str_from(*rest, (ptrdiff_t)length + 1);
        return 0;
}

int bundle_parse(struct bundle *ret, struct arena *a, struct str text, struct diag *d) {
        struct str rest = text, line;

        *ret = (struct bundle){ 0 };
        if (text.len > BUNDLE_MAX)
                return wrong(d, "it is too long");
        if (take_head(&rest, &ret->version, d) < 0)
                return -1;
        while (str_starts(rest, S("-- file ")))
                if (!take_line(&rest, S("-- file "), &line))
                        return wrong(d, "it is cut off");
                else if (take_file(ret, a, line, &rest, d) < 0)
                        return -1;
        if (!str_eq(rest, S("-- end\n")))
                return wrong(d, "it is cut off");
        return 0;
}

int bundle_compile(struct catalog *ret, struct arena *a, struct str text, struct diag *d) {
        struct bundle b;

        if (bundle_parse(&b, a, text, d) < 0 || catalog_compile(ret, a, b.items, b.count, d) < 0)
                return -1;
        if (!str_eq(catalog_version(ret), b.version))
                return wrong(d, "its version is not that of its version.yaml");
        return 0;
}
