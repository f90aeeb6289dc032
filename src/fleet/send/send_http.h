/* A client of HTTP, by libcurl, which is opened when it is used. Private to send*.c. */
#ifndef SIDELIGHT_FLEET_SEND_HTTP_H
#define SIDELIGHT_FLEET_SEND_HTTP_H

#include "base/out.h"
#include "fleet/send/send.h"

enum { SEND_ANSWER_MAX = 4 << 20 };

struct send_answer {
        long status;        /* of HTTP */
        long retry_after;   /* seconds; 0: not told */
        struct out text;
        int64_t up, down;
};

struct send_client;

int send_client_open(struct send_client **ret, const struct send_options *o, struct diag *d);
void send_client_close(struct send_client *c);

/* One POST. 0 with an answer of any status; 1 when the network failed, `d` says how, and it may be tried again; -1. */
enum { SEND_AGAIN = 1 };
int send_post(struct send_client *c, struct str path, struct str type, struct str body, struct send_answer *ret, struct diag *d);

#endif
