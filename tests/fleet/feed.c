/* What a server does, as fast as it can: feed STORE BUS|- FIRST COUNT KINDS BATCH [TIME] makes reports of COUNT hosts (host-FIRST and so on) of KINDS
 * kinds and hands them in BATCH at a time, over the bus, or into the store where BUS is "-". For each batch that was acknowledged it prints
 * "FIRST COUNT", for one that was not "failed: WHY", and hands that in again. At the end it tells what it cost. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "fleet/store/body.h"
#include "fleet/bus/bus_store.h"

struct kind {
        char fingerprint[65];
        struct str body;
        int64_t size;
};

static void make_kind(struct kind *ret, struct arena *a, long number) {
        struct str text = str_fmt(a, "# sidelight evidence 1\n-- uname Linux 6.1.%ld x86_64\n-- cpuid 0 00000000.0 0000000d 756e6547 6c65746e 49656e69\n"
                                     "-- cpuid 0 00000001.0 00050654 00000000 00000000 00000000\n-- file /proc/cmdline\nro quiet kind=%ld\n"
                                     "-- file /sys/devices/system/cpu/vulnerabilities/meltdown\n%s\n",
                                  number, number, number % 3 ? "Mitigation: PTI" : "Vulnerable");
        struct evidence e;
        struct diag d = { 0 };
        struct body body;

        if (evidence_parse(&e, a, S("feed"), text, &d) < 0)
                exit(70);
        body_make(&body, a, &e);
        memcpy(ret->fingerprint, body.fingerprint, sizeof(ret->fingerprint));
        ret->body = body_pack(a, body.text);
        ret->size = body.text.len;
}

/* All of one batch, or -1. */
static int put(struct store *s, const struct kind *kinds, long kind_count, long first, long count, int64_t now, struct diag *d) {
        struct str *asked = calloc((size_t)count, sizeof(*asked));
        char name[32];
        int status;

        if (!asked)
                exit(70);
        for (long i = 0; i < count; i++)
                asked[i] = str_n(kinds[(first + i) % kind_count].fingerprint, 64);
        status = store_ask(s, 1, asked, count, d);
        free(asked);
        if (status < 0)
                return -1;
        for (long i = first; i < first + count; i++) {
                const struct kind *k = &kinds[i % kind_count];
                struct store_report r = { .tenant = 1, .time = now, .fingerprint = str_n(k->fingerprint, 64), .ident = S(""), .origin = S("feed"),
                                          .size = k->size };

                (void)snprintf(name, sizeof(name), "host-%ld", i);
                r.host = str_of(name);
                for (status = STORE_UNKNOWN; status != 0; r.body = k->body)
                        if ((status = store_put(s, &r, d)) < 0)
                                return -1;
        }
        return 0;
}

static void hand_in(struct store *s, struct bus *bus, const struct kind *kinds, long kind_count, long first, long count, int64_t now) {
        for (;;) {
                struct diag d = { 0 };

                store_forget(s);
                if (put(s, kinds, kind_count, first, count, now, &d) == 0 && (bus ? bus_commit(bus, s, &d) : store_commit(s, &d)) == 0) {
                        printf("%ld %ld\n", first, count);
                        (void)fflush(stdout);
                        return;
                }
                printf("failed: %s\n", d.text);
                (void)fflush(stdout);
                (void)nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
        }
}

/* On standard error: milliseconds from the first batch to the last acknowledgement, and the program's peak memory in KiB. */
static void tell_cost(const struct timespec *begun) {
        struct timespec now;
        struct rusage usage;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        (void)getrusage(RUSAGE_SELF, &usage);
        (void)fprintf(stderr, "%ld %ld\n", (now.tv_sec - begun->tv_sec) * 1000 + (now.tv_nsec - begun->tv_nsec) / 1000000, usage.ru_maxrss);
}

static long number(const char *text) {
        return strtol(text, NULL, 10);
}

int main(int argc, char **argv) {
        ARENA_AUTO struct arena a = { 0 };
        struct diag d = { 0 };
        struct bus *bus = NULL;
        struct timespec begun;
        struct kind *kinds;
        struct store s;
        int64_t now = argc > 7 ? number(argv[7]) : (int64_t)time(NULL);

        if (argc < 7)
                return 64;
        if (store_open(&s, argv[1], DB_CREATE, &d) < 0 || (strcmp(argv[2], "-") != 0 && bus_open(&bus, argv[2], &d) < 0)) {
                (void)fprintf(stderr, "%s\n", d.text);
                return 70;
        }
        kinds = arena_array(&a, struct kind, number(argv[5]));
        for (long i = 0; i < number(argv[5]); i++)
                make_kind(&kinds[i], &a, i);
        (void)clock_gettime(CLOCK_MONOTONIC, &begun);
        for (long i = 0; i < number(argv[4]); i += number(argv[6])) {
                long rest = number(argv[4]) - i;

                hand_in(&s, bus, kinds, number(argv[5]), number(argv[3]) + i, rest < number(argv[6]) ? rest : number(argv[6]), now);
        }
        tell_cost(&begun);
        bus_close(bus);
        store_close(&s);
        return 0;
}
