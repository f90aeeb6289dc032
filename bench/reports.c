/* reports PORT CONNECTIONS SECONDS LINES [TOKEN|- [RATE]]: many machines that did not change, over connections that stay: each posts a line of the file
 * LINES to /v1/seen, waits for the answer, and posts the next: at once, or so that all together post RATE a second. Prints reports, refusals, seconds,
 * the median and the 99th percentile in microseconds; with a RATE these for each half minute, too, and a report counts from when it was due. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FROM_ONE_ADDRESS = 150, REQUEST = 1024, ANSWER = 4096, SAMPLES = 1 << 20, HALF_MINUTE = 30 };

struct client {
        char answer[ANSWER];
        size_t length;
        double sent;
        bool waits; /* for its turn */
};

static char *lines;
static long line_at, kept, refused;
static unsigned samples[SAMPLES];
static const char *token;
static double rate; /* 0: as fast as it goes */

static double now(void) {
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what) {
        perror(what);
        exit(70);
}

/* Loopback has many addresses: a server lets so many connections of each in. */
static int dial(unsigned port, long number) {
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (unsigned)(number / FROM_ONE_ADDRESS)) };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
                die("cannot connect");
        return fd;
}

static void post(int fd, struct client *c, double due) {
        char request[REQUEST];
        char *line = lines + line_at, *end = strchr(line, '\n');
        int length = (int)(end - line) + 1;
        int n = snprintf(request, sizeof(request), "POST /v1/seen HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%sContent-Length: %d\r\n\r\n%.*s",
                         token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "", length, length, line);

        line_at = end[1] ? end + 1 - lines : 0;
        c->sent = due;
        c->waits = false;
        c->length = 0;
        if (write(fd, request, (size_t)n) != n)
                die("cannot send");
}

/* True when the answer is whole: its head, and what Content-Length says. */
static int is_whole(struct client *c) {
        char *body, *length;

        c->answer[c->length] = '\0';
        body = strstr(c->answer, "\r\n\r\n");
        length = strstr(c->answer, "Content-Length: ");
        return body && (!length || length > body || c->length >= (size_t)(body + 4 - c->answer) + strtoul(length + 16, NULL, 10));
}

static void take(int fd, struct client *c) {
        ssize_t n = read(fd, c->answer + c->length, sizeof(c->answer) - 1 - c->length);
        long all;

        if (n <= 0)
                die("the server went away");
        c->length += (size_t)n;
        if (!is_whole(c))
                return;
        if (strncmp(c->answer, "HTTP/1.1 204", 12) == 0)
                kept++;
        else
                refused++;
        all = kept + refused;
        samples[all % SAMPLES] = (unsigned)((now() - c->sent) * 1e6);
        if (rate > 0)
                c->waits = true;
        else
                post(fd, c, now());
}

static int by_size(const void *a, const void *b) {
        unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

        return x < y ? -1 : x > y;
}

static void tell(double took) {
        static unsigned sorted[SAMPLES];
        long n = kept + refused < SAMPLES ? kept + refused : SAMPLES;

        memcpy(sorted, samples, sizeof(sorted));
        qsort(sorted, (size_t)n, sizeof(*sorted), by_size);
        (void)printf("%ld %ld %.3f %u %u\n", kept, refused, took, sorted[n / 2], sorted[n * 99 / 100]);
        (void)fflush(stdout);
}

/* Whoever waits posts what is due. What nobody was free for stays due. */
static void post_due(struct pollfd *polled, struct client *clients, long count, double begun, long *posted) {
        static long turn; /* a connection that is never used is closed by the server */
        double t = now();

        for (long n = 0; n < count && begun + (double)*posted / rate <= t; n++) {
                long i = turn++ % count;

                if (clients[i].waits)
                        post(polled[i].fd, &clients[i], begun + (double)(*posted)++ / rate);
        }
}

static void run(unsigned port, long count, double seconds) {
        struct pollfd *polled = calloc((size_t)count, sizeof(*polled));
        struct client *clients = calloc((size_t)count, sizeof(*clients));
        double begun, told;
        long posted = 0;

        if (!polled || !clients)
                exit(70);
        for (long i = 0; i < count; i++)
                polled[i] = (struct pollfd){ .fd = dial(port, i), .events = POLLIN };
        begun = told = now();
        for (long i = 0; i < count; i++) {
                clients[i].waits = rate > 0;
                if (rate <= 0)
                        post(polled[i].fd, &clients[i], begun);
        }
        while (now() - begun < seconds) {
                if (rate > 0) {
                        post_due(polled, clients, count, begun, &posted);
                        if (now() - told >= HALF_MINUTE)
                                tell((told = now()) - begun);
                }
                if (poll(polled, (nfds_t)count, rate > 0 ? 1 : 1000) < 0)
                        die("poll");
                for (long i = 0; i < count; i++)
                        if (polled[i].revents)
                                take(polled[i].fd, &clients[i]);
        }
        tell(now() - begun);
        free(polled);
        free(clients);
}

int main(int argc, char **argv) {
        size_t size;
        FILE *f;

        if (argc < 5)
                return 64;
        f = fopen(argv[4], "re");
        if (!f)
                die(argv[4]);
        (void)fseek(f, 0, SEEK_END);
        size = (size_t)ftell(f);
        rewind(f);
        lines = calloc(size + 1, 1);
        if (!lines || fread(lines, 1, size, f) != size || size == 0)
                die(argv[4]);
        (void)fclose(f);
        token = argc > 5 && strcmp(argv[5], "-") != 0 ? argv[5] : NULL;
        rate = argc > 6 ? strtod(argv[6], NULL) : 0;
        run((unsigned)strtoul(argv[1], NULL, 10), strtol(argv[2], NULL, 10), strtod(argv[3], NULL));
        return 0;
}
