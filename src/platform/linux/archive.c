/* Archives, by libarchive, in a child that confine.h makes: what a library does with a hostile archive is not known. The child answers
 * with the files that are wanted, one behind the other; the parent believes no number that it gives. */
#include "platform/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/resource.h>

#include "platform/confine.h"
#include "platform/library.h"

enum { BLOCK = 65536, PROTOCOL_MAX = 64 };

/* The library is opened when an archive is: with the dozen libraries that it needs it costs a start more than a report does. */
#define FUNCTIONS(X)                                                                                 \
        X(archive_read_new) X(archive_read_support_filter_gzip) X(archive_read_support_filter_bzip2) \
        X(archive_read_support_filter_xz) X(archive_read_support_filter_zstd)                        \
        X(archive_read_support_format_tar) X(archive_read_support_format_zip)                        \
        X(archive_read_support_format_raw) X(archive_read_open_fd) X(archive_read_next_header)       \
        X(archive_read_data) X(archive_error_string) X(archive_format) X(archive_entry_pathname)     \
        X(archive_entry_pathname_utf8) X(archive_entry_filetype) X(archive_entry_hardlink)           \
        X(archive_entry_is_encrypted)

struct libarchive {
        FUNCTIONS(LIBRARY_MEMBER)
};

static const char *const functions[] = { FUNCTIONS(LIBRARY_NAME) NULL };
static const struct library library = { .file = "libarchive.so.13", .package = "libarchive13", .functions = functions };

struct unpacking {
        struct libarchive lib;
        bool (*wants)(void *arg, struct str path);
        void *arg;
        struct archive *from;
        struct out *answer, text;
        const char *name;
        struct arena own;
        long files;
        ptrdiff_t bytes;
        ptrdiff_t left_out;
        char left_first[ARCHIVE_PATH_MAX + 1];
};

/* ---- The child ---- */

static void leave_out(struct unpacking *u, struct str path) {
        ptrdiff_t n = path.len < ARCHIVE_PATH_MAX ? path.len : ARCHIVE_PATH_MAX;

        if (u->left_out++ > 0)
                return;
        for (ptrdiff_t i = 0; i < n; i++)
                u->left_first[i] = (unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f ? '?' : path.p[i];
}

/* "SORT LENGTH LENGTH\n", then that many bytes, twice. */
static void answer(struct unpacking *u, char sort, struct str path, struct str text) {
        out_fmt(u->answer, "%c %td %td\n", sort, path.len, text.len);
        out_str(u->answer, path);
        out_str(u->answer, text);
}

/* What libarchive says ends the answer: files that went before it are not a whole archive. */
static int refuse(struct unpacking *u, const char *why) {
        answer(u, 'X', str_of(why), S(""));
        return 0;
}

/* The child ends soon: what it takes from an arena is not given back. */
static const char *damage(struct unpacking *u) {
        const char *why = u->lib.archive_error_string(u->from);

        return str_fmt(&u->own, "it is damaged or cut off (%s)%c", why ? why : "no reason is known", '\0').p;
}

static const char *read_text(struct unpacking *u) {
        u->text.len = 0;
        for (;;) {
                ptrdiff_t n = u->lib.archive_read_data(u->from, out_room(&u->text, BLOCK), BLOCK);

                if (n < 0)
                        return damage(u);
                if (n == 0)
                        return NULL;
                u->text.len += n;
                u->bytes += n;
                if (u->text.len > ARCHIVE_FILE_MAX)
                        return "it holds a file of more than 64 MiB";
                if (u->bytes > ARCHIVE_ALL_MAX)
                        return "its files are more than 256 MiB";
        }
}

static const char *take_entry(struct unpacking *u, struct archive_entry *entry) {
        const char *known = u->lib.archive_entry_pathname_utf8(entry);
        struct str path = str_of(known ? known : u->lib.archive_entry_pathname(entry));
        bool whole = u->lib.archive_format(u->from) == ARCHIVE_FORMAT_RAW;
        const char *wrong;

        while (str_starts(path, S("./")))
                path = str_from(path, 2);
        if (u->lib.archive_entry_filetype(entry) != AE_IFREG || u->lib.archive_entry_hardlink(entry))
                return NULL;
        if (!whole && path.p && !archive_path_is_sound(path))
                leave_out(u, path);
        if (!whole && (!path.p || !archive_path_is_sound(path) || !u->wants(u->arg, path)))
                return NULL;
        if (u->lib.archive_entry_is_encrypted(entry))
                return "it is encrypted";
        if (++u->files > ARCHIVE_FILES_MAX)
                return "it holds too many files";
        wrong = read_text(u);
        if (!wrong)
                answer(u, 'F', whole ? S("") : path, out_text(&u->text));
        return wrong;
}

static int unpack(void *arg, int input, struct out *to, struct diag *d) {
        struct unpacking *u = arg;
        struct archive_entry *entry;
        const char *wrong = NULL;
        int status;

        (void)d;
        u->answer = to;
        u->from = u->lib.archive_read_new();
        u->lib.archive_read_support_filter_gzip(u->from);
        u->lib.archive_read_support_filter_bzip2(u->from);
        u->lib.archive_read_support_filter_xz(u->from);
        u->lib.archive_read_support_filter_zstd(u->from);
        u->lib.archive_read_support_format_tar(u->from);
        u->lib.archive_read_support_format_zip(u->from);
        u->lib.archive_read_support_format_raw(u->from);
        status = u->lib.archive_read_open_fd(u->from, input, BLOCK);
        for (long entries = 0; !wrong && status >= ARCHIVE_WARN; entries++) {
                status = u->lib.archive_read_next_header(u->from, &entry);
                if (status == ARCHIVE_EOF)
                        break;
                if (status >= ARCHIVE_WARN)
                        wrong = entries >= ARCHIVE_ENTRIES_MAX ? "it holds too many files" : take_entry(u, entry);
        }
        if (wrong || status < ARCHIVE_WARN)
                return refuse(u, wrong ? wrong : damage(u));
        answer(u, 'E', str_fmt(&u->own, "%td", u->left_out), str_of(u->left_first));
        return 0;
}

/* ---- The parent ---- */

struct piece {
        char sort;
        struct str first, second;
};

static bool next_piece(struct str *rest, struct piece *ret) {
        struct str line, sort, a, b;
        uint64_t first, second;

        if (!str_line(rest, &line) || line.len > PROTOCOL_MAX || !str_word(&line, &sort) || !str_word(&line, &a) || !str_word(&line, &b) ||
            !str_to_u64(a, &first) || !str_to_u64(b, &second) || sort.len != 1 || first > (uint64_t)rest->len ||
            second > (uint64_t)rest->len - first)
                return false;
        ret->sort = sort.p[0];
        ret->first = str_sub(*rest, 0, (ptrdiff_t)first);
        ret->second = str_sub(*rest, (ptrdiff_t)first, (ptrdiff_t)second);
        *rest = str_from(*rest, (ptrdiff_t)(first + second));
        return true;
}

static int unpack_in(struct archive_files *ret, struct arena *a, struct str bytes, const char *name, bool (*wants)(void *arg, struct str path),
                     void *arg, int seconds, struct diag *d) {
        struct unpacking u = { .wants = wants, .arg = arg, .name = name };
        struct str rest;
        struct piece p;
        uint64_t left_out = 0;

        *ret = (struct archive_files){ 0 };
        if (library_open(&library, &u.lib, str_fmt(a, "'%s' is an archive, which cannot be unpacked here%c", name, 0).p, d) < 0)
                return -1;
        if (confine(&(struct confinement){ .name = name, .work = unpack, .arg = &u, .seconds = seconds,
                                           .answer_max = ARCHIVE_ALL_MAX + ARCHIVE_FILES_MAX * (PROTOCOL_MAX + ARCHIVE_PATH_MAX) },
                    bytes, a, &rest, d) < 0)
                return -1;
        while (next_piece(&rest, &p)) {
                if (p.sort == 'F' && (p.first.len == 0 || archive_path_is_sound(p.first)))
                        *arena_append(a, ret) = (struct archive_file){ .path = p.first, .text = p.second };
                else if (p.sort == 'X')
                        return diag_fail_class(d, DIAG_INPUT, "cannot unpack '%s': %.*s", name, STR_ARG(p.first));
                else if (p.sort == 'E' && rest.len == 0 && str_to_u64(p.first, &left_out)) {
                        ret->left_out = (ptrdiff_t)left_out;
                        ret->left_first = p.second;
                        return 0;
                }
        }
        return diag_fail_class(d, DIAG_INPUT, "cannot unpack '%s': the reader's answer is not whole", name);
}

int archive_unpack(struct archive_files *ret, struct arena *a, struct str bytes, const char *name, bool (*wants)(void *arg, struct str path),
                 void *arg, struct diag *d) {
        return unpack_in(ret, a, bytes, name, wants, arg, ARCHIVE_SECONDS, d);
}

/* What the children that ended took. */
static int64_t used_up(void) {
        struct rusage r = { 0 };

        (void)getrusage(RUSAGE_CHILDREN, &r);
        return ((int64_t)r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000 + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1000;
}

int archive_unpack_within(struct archive_files *ret, struct arena *a, struct str bytes, const char *name,
                          const struct archive_order *order, struct diag *d) {
        int64_t seconds = (*order->milliseconds + 999) / 1000, before = used_up();
        int status;

        *ret = (struct archive_files){ 0 };
        if (seconds <= 0)
                return diag_fail_class(d, DIAG_INPUT, "'%s' is not unpacked: what stands before it in the same archive took all the time there is for it", name);
        status = unpack_in(ret, a, bytes, name, order->wants, order->arg, seconds < ARCHIVE_SECONDS ? (int)seconds : ARCHIVE_SECONDS, d);
        *order->milliseconds -= used_up() - before;
        return status;
}
