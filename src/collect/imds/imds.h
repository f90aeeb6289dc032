/* Azure's instance metadata service: what it says of the virtual machine that asks.
 *
 * One GET over plain HTTP with the header "Metadata: true", no proxy, to an address that only the machine itself reaches
 * (Azure documentation, instance-metadata-service). */
#ifndef SIDELIGHT_COLLECT_IMDS_IMDS_H
#define SIDELIGHT_COLLECT_IMDS_IMDS_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

enum { IMDS_ANSWER_MAX = 1 << 20, IMDS_SECONDS = 5 };

/* Where the facts of data/facts.yaml say that its leaves are. */
#define IMDS_ADDRESS "http://169.254.169.254/metadata/instance/"

/* The answer's JSON text. `url` is the service's address ("http://169.254.169.254"), or with a path that is then asked for as
 * it is. -1 and a message when the URL is not one, nobody answers in time, or the answer is not one. */
int imds_get(struct arena *a, const char *url, struct str *ret, struct diag *d);

/* Takes an HTTP answer apart: status 200, the whole body. Pure, for tests and fuzzers. */
int imds_answer(struct str text, struct str *ret_body, struct diag *d);

#endif
