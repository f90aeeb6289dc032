/* reports PORT CONNECTIONS SECONDS LINES [TOKEN]: many machines that did not change, over connections that stay: each posts a line of the file LINES
 * to /v1/seen, waits for the answer, and posts the next. Prints reports, refusals, seconds, the median and the 99th percentile in microseconds. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FROM_ONE_ADDRESS = 150, REQUEST = 1024, ANSWER = 4096, SAMPLES = 1 << 20 };

struct client {
        char answer[ANSWER];
        size_t length;
        double sent;
};

static char *lines;
static long line_at, kept, refused;
static unsigned samples[SAMPLES];
static const char *token;

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

static void post(int fd, struct client *c) {
        char request[REQUEST];
        char *line = lines + line_at, *end = strchr(line, '\n');
        int length = (int)(end - line) + 1;
        int n = snprintf(request, sizeof(request), "POST /v1/seen HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%sContent-Length: %d\r\n\r\n%.*s",
                         token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "", length, length, line);

        line_at = end[1] ? end + 1 - lines : 0;
        c->sent = now();
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
        post(fd, c);
}

static int by_size(const void *a, const void *b) {
        unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

        return x < y ? -1 : x > y;
}

static void tell(double took) {
        long n = kept + refused < SAMPLES ? kept + refused : SAMPLES;

        qsort(samples, (size_t)n, sizeof(*samples), by_size);
        (void)printf("%ld %ld %.3f %u %u\n", kept, refused, took, samples[n / 2], samples[n * 99 / 100]);
}

static void run(unsigned port, long count, double seconds) {
        struct pollfd *polled = calloc((size_t)count, sizeof(*polled));
        struct client *clients = calloc((size_t)count, sizeof(*clients));
        double begun;

        if (!polled || !clients)
                exit(70);
        for (long i = 0; i < count; i++)
                polled[i] = (struct pollfd){ .fd = dial(port, i), .events = POLLIN };
        begun = now();
        for (long i = 0; i < count; i++)
                post(polled[i].fd, &clients[i]);
        while (now() - begun < seconds) {
                if (poll(polled, (nfds_t)count, 1000) < 0)
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
        token = argc > 5 ? argv[5] : NULL;
        run((unsigned)strtoul(argv[1], NULL, 10), strtol(argv[2], NULL, 10), strtod(argv[3], NULL));
        return 0;
}
