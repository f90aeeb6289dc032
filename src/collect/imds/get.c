#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/out.h"
#include "collect/imds/imds.h"

struct address {
        struct str host, port, path;
};

static int take_apart(struct str url, struct address *ret, struct diag *d) {
        struct str rest, place;
        ptrdiff_t slash, colon;

        if (!str_starts(url, S("http://")) || str_find_char(url, ' ') >= 0 || str_find_char(url, '\n') >= 0)
                return diag_fail_class(d, DIAG_USAGE, "the metadata service's address begins with http://, not '%.*s'",
                                       STR_ARG(url));
        rest = str_from(url, 7);
        slash = str_find_char(rest, '/');
        place = slash < 0 ? rest : str_sub(rest, 0, slash);
        colon = str_find_char(place, ':');
        *ret = (struct address){
                .host = colon < 0 ? place : str_sub(place, 0, colon),
                .port = colon < 0 ? S("80") : str_from(place, colon + 1),
                .path = slash < 0 || rest.len - slash == 1 ? S("/metadata/instance?api-version=2021-02-01") : str_from(rest, slash),
        };
        return ret->host.len ? 0 : diag_fail_class(d, DIAG_USAGE, "'%.*s' names no host", STR_ARG(url));
}

static long long milliseconds(void) {
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Waits until the socket is ready; false when the time is over (ETIMEDOUT), or when this cannot be waited for. */
static bool wait_for(int fd, short what, long long until) {
        struct pollfd p = { .fd = fd, .events = what };

        for (;;) {
                long long left = until - milliseconds();
                int ready = left > 0 ? poll(&p, 1, (int)left) : 0;

                if (ready > 0)
                        return true;
                if (ready == 0)
                        errno = ETIMEDOUT;
                if (errno != EINTR)
                        return false;
        }
}

/* What is wanting is this program's to have, and nothing is said of the service. */
static bool is_ours(int error) {
        return error == ENOMEM || error == ENOBUFS || error == EMFILE || error == ENFILE;
}

/* A socket, or the error's number below zero. */
static int reach(const struct addrinfo *where, long long until) {
        int error = 0, fd = socket(where->ai_family, where->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, where->ai_protocol);
        socklen_t size = sizeof(error);

        if (fd < 0)
                return -errno;
        if (connect(fd, where->ai_addr, where->ai_addrlen) == 0)
                return fd;
        if (errno != EINPROGRESS || !wait_for(fd, POLLOUT, until) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
                error = errno;
        if (error == 0)
                return fd;
        (void)close(fd);
        return -error;
}

static int open_socket(struct arena *a, const struct address *to, long long until, struct diag *d) {
        struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
        int fd = -ENOENT, error = getaddrinfo(str_to_c(a, to->host), str_to_c(a, to->port), &hints, &found);

        if (error == EAI_MEMORY || (error == EAI_SYSTEM && errno == ENOMEM))
                return diag_fail(d, "out of memory while looking up '%.*s'", STR_ARG(to->host));
        if (error != 0)
                return diag_fail_class(d, DIAG_NO_INPUT, "there is no host '%.*s'", STR_ARG(to->host));
        for (const struct addrinfo *i = found; i && fd < 0; i = i->ai_next)
                fd = reach(i, until);
        freeaddrinfo(found);
        if (is_ours(-fd))
                return diag_fail(d, "the metadata service cannot be asked: %s", strerror(-fd));
        return fd >= 0 ? fd : diag_fail_class(d, DIAG_NO_INPUT, "no metadata service answers at '%.*s:%.*s'",
                                              STR_ARG(to->host), STR_ARG(to->port));
}

static bool write_all(int fd, struct str text, long long until) {
        while (text.len > 0 && wait_for(fd, POLLOUT, until)) {
                ssize_t n = send(fd, text.p, (size_t)text.len, MSG_NOSIGNAL);

                if (n < 0 && errno != EAGAIN && errno != EINTR)
                        return false;
                text = str_from(text, n < 0 ? 0 : n);
        }
        return text.len == 0;
}

/* To the end of the answer; false when it is too long, breaks off, or takes too long. */
static bool read_all(int fd, struct out *all, long long until) {
        while (all->len <= IMDS_ANSWER_MAX && wait_for(fd, POLLIN, until)) {
                ssize_t n = recv(fd, out_room(all, 4096), 4096, 0);

                if (n == 0)
                        return true;
                if (n < 0 && errno != EAGAIN && errno != EINTR)
                        return false;
                all->len += n < 0 ? 0 : n;
        }
        return false;
}

int imds_get(struct arena *a, const char *url, struct str *ret, struct diag *d) {
        long long until = milliseconds() + IMDS_SECONDS * 1000LL;
        OUT_AUTO struct out all = { 0 };
        struct address to = { 0 };
        struct str request, body;
        bool ok;
        int fd, error;

        if (take_apart(str_of(url), &to, d) < 0)
                return -1;
        request = str_fmt(a, "GET %.*s HTTP/1.0\r\nHost: %.*s\r\nMetadata: true\r\n\r\n", STR_ARG(to.path), STR_ARG(to.host));
        fd = open_socket(a, &to, until, d);
        if (fd < 0)
                return -1;
        errno = 0;
        ok = write_all(fd, request, until) && read_all(fd, &all, until);
        error = errno;
        (void)close(fd);
        if (!ok && is_ours(error))
                return diag_fail(d, "the metadata service cannot be asked: %s", strerror(error));
        if (!ok)
                return diag_fail_class(d, DIAG_NO_INPUT, "the metadata service at '%s' does not answer properly", url);
        if (imds_answer(out_text(&all), &body, d) < 0)
                return -1;
        *ret = str_dup(a, body);
        return 0;
}
