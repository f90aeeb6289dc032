#include "collect/linux/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/encoding.h"
#include "evidence/places.h"

enum {
        SYSLOG_ACTION_READ_ALL = 3, /* syslog(2) */
        SYSLOG_ACTION_SIZE_BUFFER = 10,
        LOG_LIMIT = 4 << 20,
        RECORD_LIMIT = 8192, /* Linux include/linux/printk.h: CONSOLE_EXT_LOG_MAX, more than PRINTK_MESSAGE_MAX of later kernels */
        ROOM = 16 << 10,     /* for what a PC's kernel tells before it starts the second processor */
        LOST_LIMIT = 100,    /* a kernel that writes faster than it can be read is asked for all at once */
        KMSG_MAJOR = 1,      /* Linux Documentation/admin-guide/devices.txt */
        KMSG_MINOR = 11,
};

/* "\x0a": the byte; -1 for other text. */
static int escaped_byte(struct str s) {
        int high, low;

        if (s.len < 4 || !str_starts(s, S("\\x")))
                return -1;
        high = encoding_hex(s.p[2]);
        low = encoding_hex(s.p[3]);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
}

void log_message_of(struct str record, struct out *o) {
        ptrdiff_t start = str_find_char(record, ';'), at;
        struct str text, line;

        if (start < 0)
                return;
        text = str_from(record, start + 1);
        (void)str_line(&text, &line);
        while ((at = str_find_char(line, '\\')) >= 0) {
                int byte = escaped_byte(str_from(line, at));

                out_str(o, str_sub(line, 0, byte < 0 ? at + 1 : at));
                if (byte >= 0)
                        out_char(o, (char)byte);
                line = str_from(line, byte < 0 ? at + 1 : at + 4);
        }
        out_str(o, line);
        out_char(o, '\n');
}

static int read_log(struct arena *a, struct str *ret) {
        int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0), n;
        char *p;

        if (size < 0)
                return errno;
        if (size > LOG_LIMIT)
                size = LOG_LIMIT;
        p = arena_bytes(a, size);
        n = klogctl(SYSLOG_ACTION_READ_ALL, p, size);
        if (n < 0)
                return errno;
        *ret = str_n(p, n);
        return 0;
}

/* What LXC and others put in its place may be a terminal, whose input is not ours to take. */
static bool is_kmsg(int fd) {
        struct stat s;

        return fstat(fd, &s) == 0 && S_ISCHR(s.st_mode) && s.st_rdev == makedev(KMSG_MAJOR, KMSG_MINOR);
}

/* Record by record, until the question is answered: for syslog(2) the kernel prints its whole log, and what is asked mostly stands at its
 * beginning. 0, or the error's number; `ret_more`: there are more. */
static int read_beginning(const struct evidence_question *q, struct out *ret, bool *ret_more) {
        int fd = open(PLACE_LOG_LIVE, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), error = fd < 0 ? errno : is_kmsg(fd) ? 0 : ENXIO;
        char record[RECORD_LIMIT];
        int lost = 0;

        *ret_more = false;
        (void)out_room(ret, ROOM);
        while (!error && !*ret_more && ret->len < LOG_LIMIT) {
                ssize_t n = read(fd, record, sizeof(record));
                ptrdiff_t before = ret->len;

                if (n < 0 && errno == EAGAIN)
                        break;
                if (n < 0 && errno == EPIPE && ++lost < LOST_LIMIT) /* the oldest were overwritten just now: it goes on behind them */
                        continue;
                if (n <= 0) {
                        error = n < 0 ? errno : EIO;
                        break;
                }
                log_message_of(str_n(record, n), ret);
                *ret_more = q->is_answered(str_from(out_text(ret), before), q->arg);
        }
        if (fd >= 0)
                (void)close(fd);
        return error;
}

/* False when all of it is to be read. It is recorded as it is: nobody is shown it, or saves it, without all of it being read. */
static bool collect_beginning(struct reader *r, const struct evidence_question *q) {
        OUT_AUTO struct out text = { 0 };
        bool more = false;

        if (!q || !r->tree->live || read_beginning(q, &text, &more) || !more)
                return false;
        evidence_add_beginning(r->e, S(PLACE_LOG_LIVE), str_dup(r->e->arena, out_text(&text)));
        return true;
}

void log_collect(struct reader *r, const struct evidence_question *q) {
        struct arena_mark mark = arena_mark(r->scratch);
        const char *path = r->tree->live ? PLACE_LOG_LIVE : PLACE_LOG_SAVED;
        struct log_words words;
        struct str text = { 0 };
        int error;

        if (collect_beginning(r, q))
                return;
        filter_log_words(&words, r->scratch, r->catalog);
        error = r->tree->live ? read_log(r->scratch, &text) : reader_peek(r, path, LOG_LIMIT, &text);
        if (error)
                reader_missing(r, path, error);
        else
                reader_record(r, path, filter_log(r->scratch, text, &words), redact_log);
        arena_release(r->scratch, mark);
}
