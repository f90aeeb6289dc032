/* A store: what many machines reported, in a database (db.h, schema.h).
 *
 * A report is a host, a time and a fingerprint; evidence is kept once by fingerprint, and is judged once (judge.h). Coming in:
 *
 *         store_put(s, &report, d)      gathers it in memory; STORE_UNKNOWN: send the body, too
 *         store_commit(s, d)            all that was gathered, in one transaction: when it returns 0 it is durable
 *
 * Coming in is idempotent: the same report again changes nothing, whatever came in between. A report that is older than what is known of its
 * host is kept in the host's past and does not turn its present back; of two reports of one host with the same time the one that comes
 * in later counts.
 *
 * Which machine it is: its name, and where evidence has one its `ident` (a machine id). Two reports with one name and different idents are
 * two hosts; with one name and no ident, or the same, they are one. */
#ifndef SIDELIGHT_FLEET_STORE_H
#define SIDELIGHT_FLEET_STORE_H

#include "base/seen.h"
#include "fleet/store/db.h"

enum {
        STORE_UNKNOWN = 1,           /* the store does not have this fingerprint, and no body came along */
        STORE_BATCH = 20000,         /* commit when so many reports were gathered … */
        STORE_BATCH_BYTES = 64 << 20, /* … or so many bytes */
        STORE_NAME_MAX = 512,        /* bytes of a name; a longer one is kept as its beginning and its hash */
};

struct store_report {
        int64_t tenant;         /* store_tenant() */
        struct str host;        /* its name: never empty */
        struct str ident;       /* or empty */
        struct str fingerprint; /* 64 hexadecimal digits: evidence_fingerprint() of what `body` holds */
        int64_t time;           /* when it was captured, or when it came in */
        struct str body;        /* body_pack(); empty: the store has it, or it is to be made of `text` */
        int64_t size;           /* of the body before that */
        struct str text;        /* in place of a body: what it is made of, which is not worth it where the store has it */
        struct str tags;        /* "web prod", blanks between; no pointer: as they were */
        struct str origin;      /* where it came from: a file's name, "http", …; may be empty */
        bool redacted;          /* what names the machine was left out by who collected it */
};

/* What could not be read, with the reason; or without one: it could be read now, and goes if it was kept. */
struct store_aside {
        int64_t tenant;
        struct str name;        /* where it came from: with the same bytes it is kept once */
        struct str reason;
        struct str bytes;       /* as they came; empty: there are none (a file that cannot be opened) */
        int64_t time;
};

/* A resource of a cloud inventory, classified (cloud/resource.h): what has no evidence of its own. */
struct store_resource {
        int64_t tenant;
        struct str name, title, type, offering, provider, os;
        int64_t time;
};

struct store_gathered {
        struct store_report *items;
        ptrdiff_t count, capacity;
};

struct store {
        struct db *db;
        struct arena arena;             /* of what was gathered */
        struct store_gathered reports;  /* those with a body, too: their evidence comes first */
        struct store_asides { struct store_aside *items; ptrdiff_t count, capacity; } asides;
        struct store_resources { struct store_resource *items; ptrdiff_t count, capacity; } resources;
        ptrdiff_t bytes;                /* in the arena, about */
        struct seen known;              /* fingerprints that the store has, by tenant */
        struct seen fresh;              /* whose bodies are in `reports` */
        struct seen missing;            /* that the store did not have when store_ask() asked, since the last commit */
        struct seen aside;              /* names of what is kept aside, by tenant, when it was first asked for */
        bool aside_read;
        int64_t gone, restored;         /* store_heed() */
        bool keep_changes;              /* the temporary table `changed` (tenant, name, old, new: fingerprints) gets a row for each host that
                                         * showed something else than before; whoever reads it empties it */
        /* Of the last commit. */
        int64_t new_hosts, changed_hosts, new_fingerprints, new_asides;
};

/* Opens the store, upgraded to this program's version; DB_CREATE makes it where there is none. */
int store_open(struct store *ret, const char *address, enum db_mode mode, struct diag *d);
/* The same by a program that may be told to end meanwhile (db_open_ending). */
int store_open_ending(struct store *ret, const char *address, enum db_mode mode, const atomic_bool *ending, struct diag *d);
/* What was not committed is lost. { 0 } is fine. */
void store_close(struct store *s);

/* The number of a tenant by its name ("default" is always there). DB_EXISTING: -1 (DIAG_USAGE) when there is none. */
int store_tenant(struct store *s, struct str name, enum db_mode mode, int64_t *ret, struct diag *d);

/* Asks about many fingerprints at once, where the engine is a network away: store_knows() and store_put() then need not ask about each. */
int store_ask(struct store *s, int64_t tenant, const struct str *fingerprints, ptrdiff_t count, struct diag *d);
/* Whether the store has this fingerprint's evidence: 1, 0, or -1. */
int store_knows(struct store *s, int64_t tenant, struct str fingerprint, struct diag *d);
/* Texts are copied. 0, STORE_UNKNOWN (nothing was gathered), or -1. */
int store_put(struct store *s, const struct store_report *r, struct diag *d);
int store_put_aside(struct store *s, const struct store_aside *a, struct diag *d);
/* What came in well from there: had it been kept aside, with these bytes or as a file that could not be opened, it is no more. */
int store_put_well(struct store *s, int64_t tenant, struct str name, struct str bytes, struct diag *d);
int store_put_resource(struct store *s, const struct store_resource *r, struct diag *d);
/* True when it is time to commit. */
bool store_is_full(const struct store *s);
/* Texts become bodies, of which the store has none: store_commit() does it, whoever takes the reports elsewhere does it before. */
int store_settle(struct store *s, struct diag *d);
/* All or nothing. After a failure what was gathered is still there, and the commit may be tried again (s->db->try_again tells when that
 * helps), or store_forget() gives it up. */
int store_commit(struct store *s, struct diag *d);
void store_forget(struct store *s);

/* Evidence that the store holds damaged goes from it: the bytes are kept aside with the reason, its machines count as not judged, and whoever reports
 * it is asked for it again. Within a transaction of the caller's. */
int store_give_up_body(struct store *s, int64_t fingerprint, const struct store_aside *a, struct diag *d);
/* Evidence went: other programs that knew of it are told by this, within the transaction; and hear it by that, now and then. 1: another store
 * was put in place of this one (store_restore), where tenants may have other numbers: what was asked before counts no more. */
int store_note_gone(struct store *s, struct diag *d);
int store_heed(struct store *s, struct diag *d);
/* Within a transaction that writes by numbers of tenants: a failure when that happened and was not heeded yet. */
int store_is_same(struct store *s, struct diag *d);

/* A line in the audit log; within a transaction of the caller's, or by itself. */
int store_audit(struct store *s, int64_t tenant, int64_t time, struct str who, const char *what, struct str about, struct diag *d);

#endif
