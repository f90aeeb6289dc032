#include "base/base64.h"
#include "base/json.h"
#include "plan/edit/registry.h"
#include "report/emit_parts.h"

static void put_string(struct out *o, struct str s) {
        struct json j = { .out = o };

        json_str(&j, NULL, s);
}

/* The script runs once an instance, at its first start; where the machine has to be started anew, it is. */
void emit_cloud_init(struct out *o, const struct emission *e) {
        OUT_AUTO struct out script = { 0 }, path = { 0 };

        emit_shell(&script, e);
        out_fmt(&path, "/var/lib/sidelight/fix-%.*s.sh", STR_ARG(e->id));
        out_c(o, "#cloud-config\nwrite_files:\n  - path: ");
        put_string(o, out_text(&path));
        out_c(o, "\n    permissions: \"0700\"\n    encoding: b64\n    content: ");
        base64_put(o, out_text(&script));
        out_c(o, "\nruncmd:\n  - [sh, ");
        put_string(o, out_text(&path));
        out_c(o, "]\n");
        if (e->restart)
                out_c(o, "power_state:\n  mode: reboot\n  message: \"sidelight: what was changed takes effect with this restart\"\n"
                         "  condition: \"test -e /run/sidelight-restart\"\n");
}

/* The reply does not hold the script's exit code: the last line tells that it came to its end. */
int emit_azure(struct out *o, struct arena *a, const struct emission *e, struct diag *d) {
        OUT_AUTO struct out script = { 0 };
        struct json j = { .out = o, .indent = 2 };
        struct str rest, line;

        if (!e->registry || e->registry->count == 0)
                emit_shell(&script, e);
        else if (registry_powershell(&script, a, e->registry, e->undo, d) < 0)
                return -1;
        else
                out_c(&script, "'sidelight: done'\n");
        json_begin_object(&j, NULL);
        json_c(&j, "commandId", e->registry && e->registry->count ? "RunPowerShellScript" : "RunShellScript");
        json_begin_array(&j, "script");
        rest = out_text(&script);
        while (str_cut(&rest, '\n', &line))
                json_str(&j, NULL, line);
        json_end_array(&j);
        json_end_object(&j);
        out_char(o, '\n');
        return 0;
}
