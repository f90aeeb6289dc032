/* Answers as JSON, the same on the command line and over HTTP: docs/fleet.schema.json describes them. */
#ifndef SIDELIGHT_FLEET_ASK_JSON_H
#define SIDELIGHT_FLEET_ASK_JSON_H

#include "base/json.h"
#include "fleet/ask/accept.h"
#include "fleet/ask/changes.h"
#include "fleet/store/audit.h"

/* Each writes one object; `a` is for temporaries. */
void ask_json_status(struct json *j, struct arena *a, const struct ask_status *s, const struct accepted_risks *accepted);
void ask_json_hosts(struct json *j, struct arena *a, const struct ask_hosts *hosts, bool more);
void ask_json_flaws(struct json *j, const struct ask_findings *findings);
void ask_json_history(struct json *j, const struct history *h);
void ask_json_accepted(struct json *j, struct arena *a, const char *key, const struct accepted_risks *accepted);
void ask_json_audit(struct json *j, struct arena *a, const struct audit *audit);
/* `judged` kinds, of which `turned` came out otherwise than before. */
void ask_json_rejudged(struct json *j, int64_t judged, int64_t turned, const struct flaw_turns *turns);

/* A member of the object at hand: one host, without its findings. */
void ask_json_host(struct json *j, struct arena *a, const struct ask_host *h);
void ask_json_runs(struct json *j, struct arena *a, const char *key, const struct ask_runs *runs);
void ask_json_finding(struct json *j, const struct ask_finding *f);

#endif
