#include "report/sarif_log.h"

void sarif_log_begin(struct json *j) {
        json_begin_object(j, NULL);
        json_c(j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json_c(j, "version", "2.1.0");
        json_begin_array(j, "runs");
}

void sarif_log_end(struct json *j) {
        json_end_array(j);
        json_end_object(j);
        out_char(j->out, '\n');
}

void sarif_run_begin(struct json *j) {
        json_begin_object(j, NULL);
        json_begin_object(j, "tool");
        json_begin_object(j, "driver");
        json_c(j, "name", "sidelight");
        json_c(j, "version", SIDELIGHT_VERSION);
        json_begin_array(j, "rules");
}

void sarif_results_begin(struct json *j) {
        json_end_array(j);
        json_end_object(j);
        json_end_object(j);
        json_begin_array(j, "results");
}

void sarif_results_end(struct json *j) {
        json_end_array(j);
}

void sarif_run_end(struct json *j) {
        json_end_object(j);
}

void sarif_message(struct json *j, const char *key, struct str text) {
        json_begin_object(j, key);
        json_str(j, "text", text);
        json_end_object(j);
}

static void physical(struct json *j, struct str path, long line, long column) {
        OUT_AUTO struct out uri = { 0 };

        out_uri(&uri, path);
        json_begin_object(j, "physicalLocation");
        json_begin_object(j, "artifactLocation");
        json_str(j, "uri", out_text(&uri));
        json_end_object(j);
        if (line > 0) {
                json_begin_object(j, "region");
                json_i64(j, "startLine", line);
                json_i64(j, "startColumn", column);
                json_end_object(j);
        }
        json_end_object(j);
}

void sarif_location(struct json *j, struct str path, long line, long column, struct str element) {
        json_begin_array(j, "locations");
        json_begin_object(j, NULL);
        physical(j, path, line, column);
        if (element.len > 0) {
                json_begin_array(j, "logicalLocations");
                json_begin_object(j, NULL);
                json_str(j, "fullyQualifiedName", element);
                json_end_object(j);
                json_end_array(j);
        }
        json_end_object(j);
        json_end_array(j);
}
