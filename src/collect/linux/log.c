#include "collect/linux/log.h"

#include <errno.h>
#include <sys/klog.h>

enum {
        SYSLOG_ACTION_READ_ALL = 3, /* syslog(2) */
        SYSLOG_ACTION_SIZE_BUFFER = 10,
        LOG_LIMIT = 4 << 20,
};

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

void log_collect(struct reader *r) {
        struct arena_mark mark = arena_mark(r->scratch);
        const char *path = r->tree->live ? "/dev/kmsg" : "/var/log/dmesg";
        struct log_words words;
        struct str text = { 0 };
        int error;

        filter_log_words(&words, r->scratch, r->catalog);
        error = r->tree->live ? read_log(r->scratch, &text) : reader_peek(r, path, LOG_LIMIT, &text);

        if (error)
                reader_missing(r, path, error);
        else
                reader_record(r, path, filter_log(r->scratch, text, &words), redact_log);
        arena_release(r->scratch, mark);
}
