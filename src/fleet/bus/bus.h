/* Reports on their way into a store through NATS JetStream: servers put them onto a stream, workers take them off it. By libnats, which is
 * opened when a bus is named.
 *
 * The stream is made where there is none: on three nodes where the bus has as many, kept in files, refusing what is new when it is full (it
 * never drops what is old), and giving each message up only when a worker has acknowledged it. Subjects:
 *
 *         sidelight.reports           what servers took in (bus_message.h): many reports a message
 *         sidelight.evidence.TENANT   what an agent publishes by itself: one text, as `fleet import` reads it
 *
 * Each message has an id, by which the stream knows a resend. Functions return 0, or -1 after diag_fail once. */
#ifndef SIDELIGHT_FLEET_BUS_H
#define SIDELIGHT_FLEET_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/str.h"

#define BUS_REPORTS "sidelight.reports"
#define BUS_EVIDENCE "sidelight.evidence."
#define BUS_ALL "sidelight.>"

struct bus;

/* "nats://a:4222,nats://b": any node of a cluster tells of the others. Names and passwords may stand in the addresses; tls:// asks for TLS.
 * -1 (DIAG_NO_INPUT) when no node answers, or the stream can be neither found nor made. */
int bus_open(struct bus **ret, const char *addresses, struct diag *d);
void bus_close(struct bus *b); /* NULL is fine */
/* The longest message that the bus takes. */
ptrdiff_t bus_message_max(const struct bus *b);

struct bus_message {
        const char *subject;
        struct str bytes;
};

/* Returns 0 when the stream has acknowledged each of them: they are on the disks of most of its nodes. What is refused or not answered is sent
 * again, for half a minute. After -1 some may be there, and whoever sent them sends them again. */
int bus_publish(struct bus *b, const struct bus_message *messages, ptrdiff_t count, struct diag *d);

/* A message that was taken, and is this worker's until it is done, given back, or BUS_HOLD seconds have passed without a sign. */
struct bus_taken {
        struct str subject, bytes;
        int64_t time;   /* when the stream took it */
        uint64_t times; /* that it was given to a worker; 1: the first time */
        void *own;
};

enum { BUS_HOLD = 60 };

/* Up to `max` messages, waiting at most `wait_ms` for the first. How many; 0: there are none now, or the bus does not answer now. */
ptrdiff_t bus_take(struct bus *b, struct bus_taken *ret, ptrdiff_t max, int wait_ms);
/* It is in the store: the stream gives it up. An acknowledgement that is lost brings the message back, which changes nothing. */
void bus_done(struct bus *b, struct bus_taken *m);
/* Somebody takes it again, after so many seconds. */
void bus_later(struct bus *b, struct bus_taken *m, int seconds);
/* A sign: it is still being worked on. */
void bus_hold(struct bus *b, struct bus_taken *m);
/* Acknowledgements on their way are sent. */
void bus_flush(struct bus *b);

#endif
