/* Reports handed in to a fleet's server (http.h): first the fingerprint, and the evidence only when the server does not have it.
 *
 * What the network or a busy server refuses is tried again, later each time; a report counts as sent when the server has said that it is
 * kept. */
#ifndef SIDELIGHT_FLEET_SEND_H
#define SIDELIGHT_FLEET_SEND_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"

struct send_options {
        const char *url;               /* "https://fleet.example:8484" */
        struct str token;              /* or empty */
        const char *ca, *certificate, *key; /* files; NULL: the system's authorities; no certificate */
        uint32_t tries;                /* of each request */
};

struct send_report {
        struct str host;               /* one line */
        struct str ident;              /* or empty */
        struct str fingerprint;        /* 64 hexadecimal digits */
        int64_t time;                  /* when it was captured; 0: the server's time counts */
        struct str evidence;           /* the evidence file */
        bool wanted;                   /* private */
};

struct send_counts {
        int64_t known;                 /* reports whose fingerprint was enough */
        int64_t sent;                  /* reports whose evidence was asked for */
        int64_t again;                 /* requests that had to be repeated */
        int64_t up, down;              /* bytes of requests and answers, with their headers, without TCP and TLS */
};

/* All of them, in a few requests. -1 and a message when one was refused, or nothing helps: what is counted was kept. */
int send_reports(const struct send_options *o, struct send_report *reports, ptrdiff_t count, struct send_counts *counts, struct diag *d);

#endif
