/* What every SARIF 2.1.0 log (OASIS) of ours shares: the frame, messages and locations. Private to report/. */
#ifndef SIDELIGHT_REPORT_SARIF_LOG_H
#define SIDELIGHT_REPORT_SARIF_LOG_H

#include "base/json.h"

/* In this order: the log; for each run its tool with rules (objects, added between), then its results, and what else the run has. */
void sarif_log_begin(struct json *j);
void sarif_run_begin(struct json *j);
void sarif_results_begin(struct json *j);
void sarif_results_end(struct json *j);
void sarif_run_end(struct json *j);
void sarif_log_end(struct json *j);

/* A message or multiformatMessageString (sections 3.11, 3.12). */
void sarif_message(struct json *j, const char *key, struct str text);

/* "locations" with one physicalLocation (3.29): a path and, unless `line` is 0, its region; and the element as logicalLocation (3.33),
 * unless it is empty. */
void sarif_location(struct json *j, struct str path, long line, long column, struct str element);

#endif
