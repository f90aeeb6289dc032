/* `sidelight cloud-service`: the files of Azure Cloud Services, judged; and the start-up task they need. */
#include "cli/cloud_files.h"
#include "cli/input.h"
#include "plan/summary.h"
#include "report/lint_report.h"
#include "plan/startup_task.h"
#include "platform/replace.h"

#define SUBCOMMANDS(X) X(LINT, "lint") X(STARTUP_TASK, "startup-task") X(RULES, "rules")
#define WORD(name, word) word "|"

enum subcommand {
#define X(name, word) SUBCOMMAND_##name,
        SUBCOMMANDS(X)
#undef X
};

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF }; /* the words of --format */

static const struct option options[] = {
        { .name = "format", .arg = "FORMAT", .values = "text|json|sarif|", .brief = "how to write what was found, or done" },
        { .name = "as-of", .arg = "DATE", .date = true, .brief = "judge for this day (2018-01-12) instead of today" },
        { .name = "untrusted",
          .arg = "WHO",
          .values = "yes|no|",
          .brief = "whether the roles run code you do not trust",
          .details = "Undeclared, what would matter then is told as notes." },
        { .name = "exit-zero", .brief = "lint exits with 0 whatever it finds" },
        OPTION_DATA,
        { .name = "write",
          .arg = "CSDEF",
          .brief = "startup-task adds the task to this definition",
          .details =
                  "Every other byte stays as it is. The script is written into the folder of each role that gets the task, or "
                  "beside the definition when there is no such folder, or into --out. A second time changes nothing." },
        { .name = "role", .arg = "NAME", .brief = "only this role gets the task" },
        { .name = "out",
          .arg = "DIR",
          .brief = "where startup-task writes the script (and, without --write, the XML)" },
        { .name = "override",
          .arg = "NUMBER",
          .brief = "FeatureSettingsOverride, 0 by default",
          .details =
                  "KB4072698 lists values that turn more on, such as 0x48. Bits 0 and 1 must be clear: they turn mitigations off." },
        { .name = "mask", .arg = "NUMBER", .brief = "FeatureSettingsOverrideMask, 3 by default" },
        { 0 },
};

static const struct example examples[] = {
        { "sidelight cloud-service lint MyService/", "all configurations and definitions in a folder" },
        { "sidelight cloud-service lint --as-of 2018-01-12 --untrusted yes a.cscfg a.csdef", "as on that day" },
        { "sidelight cloud-service startup-task --write ServiceDefinition.csdef",
          "turn KVA shadowing on in each role" },
        { "sidelight cloud-service startup-task", "look at the script and the XML first" },
        { "sidelight cloud-service rules", "everything that lint looks for" },
        { 0 },
};

static const struct exit_text exits[] = {
        { EXIT_CLEAN, "nothing wrong was found, or the task was written" },
        { EXIT_OPEN, "lint found an error" },
        { EXIT_UNKNOWN, "lint found a warning" },
        { 0 },
};

/* The day that was asked for, or today. */
static struct str day(struct cli *c) {
        return cli_given(c, "as-of") ? cli_text(c, "as-of") : str_sub(input_now(c), 0, 10);
}

static int lint(struct cli *c) {
        static const enum tri answers[] = { TRI_TRUE, TRI_FALSE };
        struct cloud_files files = { .cli = c };
        struct lint_options o = { .read = cloud_files_script, .read_arg = &files, .untrusted = TRI_UNKNOWN };
        struct remarks found = { 0 };
        int status;

        if (cli_given(c, "untrusted"))
                o.untrusted = answers[cli_word(c, "untrusted", 0)];
        if (c->operand_count < 2)
                return diag_fail_class(&c->diag, DIAG_USAGE,
                                       "lint needs a .cscfg, a .csdef, or a folder that holds them");
        if (input_catalog(c, &o.catalog) < 0)
                return -1;
        o.as_of = day(c);
        status = cloud_files_read(&files, c->operands + 1);
        if (status != 0)
                return status;
        lint_services(&found, &c->arena, &files.input, &o);
        if (cli_word(c, "format", FORMAT_TEXT) == FORMAT_JSON)
                lint_write_json(&c->out, &found, &files.input, &o);
        else if (cli_word(c, "format", FORMAT_TEXT) == FORMAT_SARIF)
                lint_write_sarif(&c->out, &found, &o);
        else
                lint_write_text(&c->out, &found, &files.input, &o);
        return cli_given(c, "exit-zero") ? EXIT_CLEAN : (int)remarks_exit(&found);
}

static int take_number(struct cli *c, const char *option, uint32_t otherwise, uint32_t *ret) {
        uint64_t v = otherwise;

        if (cli_given(c, option) && (!str_to_u64(cli_text(c, option), &v) || v > UINT32_MAX))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--%s takes a number of 32 bits, not '%s'", option,
                                       cli_value(c, option));
        *ret = (uint32_t)v;
        return 0;
}

static int take_settings(struct cli *c, struct startup_settings *ret) {
        if (take_number(c, "override", 0, &ret->override) < 0 || take_number(c, "mask", 3, &ret->mask) < 0)
                return -1;
        if ((ret->override & 3) != 0 || (ret->mask & 3) != 3)
                return diag_fail_class(&c->diag, DIAG_USAGE,
                                       "--override 0x%x --mask 0x%x would turn mitigations off: bits 0 and 1 must "
                                       "be clear in the override and set in the mask",
                                       ret->override, ret->mask);
        return 0;
}

static bool as_json(const struct cli *c) {
        return cli_word(c, "format", FORMAT_TEXT) == FORMAT_JSON;
}

/* Writes a file and says so. */
static int write_out(struct cli *c, struct json *j, struct str path, struct str text) {
        if (replace_file(str_to_c(&c->arena, path), text, &c->arena, &c->diag) < 0)
                return -1;
        if (as_json(c))
                json_str(j, NULL, path);
        else
                out_fmt(&c->out, "wrote %.*s\n", STR_ARG(path));
        return 0;
}

/* docs/startup-task.schema.json: the script and the XML, then the files that are written. */
static void begin_task_json(struct cli *c, struct json *j, const struct startup_settings *settings) {
        OUT_AUTO struct out script = { 0 };
        OUT_AUTO struct out element = { 0 };

        if (!as_json(c))
                return;
        startup_task_script(&script, settings);
        startup_task_element(&element);
        *j = (struct json){ .out = &c->out };
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
        summary_json_program(j, &catalog_builtin);
        json_u64(j, "override", settings->override);
        json_u64(j, "mask", settings->mask);
        json_c(j, "file", STARTUP_TASK_FILE);
        json_str(j, "script", out_text(&script));
        json_str(j, "element", out_text(&element));
        json_begin_array(j, "written");
}

static void end_task_json(struct cli *c, struct json *j, const struct step *s) {
        if (!as_json(c))
                return;
        json_end_array(j);
        json_bool(j, "had_it", s && s->status == ACTION_DONE);
        json_begin_array(j, "to_do");
        for (ptrdiff_t i = 0; s && i < s->instructions.count; i++)
                if (s->instructions.items[i].kind == INSTRUCTION_PROSE)
                        json_str(j, NULL, s->instructions.items[i].text);
        json_end_array(j);
        json_end_object(j);
        out_char(&c->out, '\n');
}

static struct str in_folder(struct cli *c, struct str folder, const char *name) {
        const char *slash = folder.len == 0 || str_ends(folder, S("/")) ? "" : "/";

        return str_fmt(&c->arena, "%.*s%s%s", STR_ARG(folder), slash, name);
}

/* Where each role's script is to stand: in --out, or where the role keeps its files. NULL when that could not be seen. */
static const struct str *script_paths(struct cli *c, const struct csdef *d) {
        struct str *paths = arena_array(&c->arena, struct str, d->role_count + 1);

        for (ptrdiff_t i = 0; i < d->role_count; i++) {
                struct str folder;

                if (cli_given(c, "out"))
                        folder = cli_text(c, "out");
                else if (cloud_files_role_folder(c, d, &d->roles[i], &folder) < 0)
                        return NULL;
                paths[i] = in_folder(c, folder, STARTUP_TASK_FILE);
        }
        return paths;
}

static int write_changes(struct cli *c, struct json *j, const struct step *s) {
        if (s->changes.count > 0 && cli_given(c, "out") && replace_folder(cli_value(c, "out"), &c->arena, &c->diag) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (write_out(c, j, s->changes.items[i].target.place, s->changes.items[i].new) < 0)
                        return -1;
        return 0;
}

/* The definition with the task in it is read once more before anything is written. */
static int check_definition(struct cli *c, const struct step *s) {
        const struct change *last = s->changes.count ? &s->changes.items[s->changes.count - 1] : NULL;
        struct csdef again;

        if (!last || !str_eq(last->target.place, s->target.place))
                return 0;
        return csdef_parse(&again, &c->arena, str_to_c(&c->arena, last->target.place), last->new, &c->diag);
}

static int edit(struct cli *c, const struct startup_settings *settings) {
        const char *file = cli_value(c, "write");
        struct startup_request request = { .role = cli_text(c, "role"), .settings = *settings };
        struct json j = { 0 };
        struct csdef d;
        struct step step;
        struct str text;

        if (program_read_file(file, XML_SIZE_MAX, &c->arena, &text, &c->diag) < 0 ||
            csdef_parse(&d, &c->arena, file, text, &c->diag) < 0)
                return -1;
        request.definition = &d;
        request.scripts = script_paths(c, &d);
        if (!request.scripts)
                return -1;
        if (startup_task_step(&step, &c->arena, &catalog_builtin, &request) != 0)
                return diag_fail_class(&c->diag, DIAG_USAGE, "%s has no role '%s'", file, cli_value(c, "role"));
        if (check_definition(c, &step) < 0)
                return -1;
        begin_task_json(c, &j, settings);
        if (write_changes(c, &j, &step) < 0)
                return -1;
        end_task_json(c, &j, &step);
        if (as_json(c))
                return 0;
        if (step.status == ACTION_DONE)
                out_fmt(&c->out, "%s has the task already\n", file);
        for (ptrdiff_t i = 0; i < step.instructions.count; i++)
                if (step.instructions.items[i].kind == INSTRUCTION_PROSE)
                        out_fmt(&c->out, "%.*s\n", STR_ARG(step.instructions.items[i].text));
        return 0;
}

/* The script and the XML to look at, or in a folder. */
static int write_task(struct cli *c, const struct startup_settings *settings) {
        OUT_AUTO struct out script = { 0 };
        OUT_AUTO struct out element = { 0 };
        struct str folder = cli_text(c, "out");
        struct json j = { 0 };

        startup_task_script(&script, settings);
        startup_task_element(&element);
        begin_task_json(c, &j, settings);
        if (cli_given(c, "out") && (replace_folder(cli_value(c, "out"), &c->arena, &c->diag) < 0 ||
                                    write_out(c, &j, in_folder(c, folder, STARTUP_TASK_FILE), out_text(&script)) < 0 ||
                                    write_out(c, &j, in_folder(c, folder, "Startup.xml"), out_text(&element)) < 0))
                return -1;
        end_task_json(c, &j, NULL);
        if (cli_given(c, "out") || as_json(c))
                return 0;
        out_fmt(&c->out, "<!-- Into each WebRole and WorkerRole of the .csdef, before Contents: -->\n%.*s\n",
                STR_ARG(out_text(&element)));
        out_fmt(&c->out, "rem %s, beside the role's program:\r\n%.*s", STARTUP_TASK_FILE, STR_ARG(out_text(&script)));
        return 0;
}

static int startup_task(struct cli *c) {
        struct startup_settings settings;

        if (cli_given(c, "role") && !cli_given(c, "write"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "--role names a role of the definition that is edited: it goes with --write");
        if (c->operand_count > 1)
                return diag_fail_class(&c->diag, DIAG_USAGE,
                                       "startup-task does not know what to do with '%s'; to edit a definition: "
                                       "--write %s",
                                       c->operands[1], c->operands[1]);
        if (take_settings(c, &settings) < 0)
                return -1;
        return cli_given(c, "write") ? edit(c, &settings) : write_task(c, &settings);
}

/* What each word takes beside --format. */
static int check_options(struct cli *c, struct str word) {
        static const struct {
                struct str word, options;
        } rows[] = {
                { STR("lint"), STR("as-of|untrusted|exit-zero|data|") },
                { STR("startup-task"), STR("write|role|out|override|mask|") },
                { STR("rules"), STR("data|") },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_eq(word, rows[i].word))
                        return cli_takes(c, rows[i].options);
        return 0;
}

static int rules(struct cli *c) {
        const struct catalog *k;

        if (input_catalog(c, &k) < 0)
                return -1;
        if (as_json(c))
                lint_write_rules_json(&c->out, k);
        else
                lint_write_rules(&c->out);
        return 0;
}

static int run(struct cli *c) {
        struct str word = str_of(c->operands[0]);

        if (check_options(c, word) < 0)
                return -1;
        if (str_eq(word, cli_nth(SUBCOMMANDS(WORD), SUBCOMMAND_LINT)))
                return lint(c);
        if (cli_word(c, "format", FORMAT_TEXT) == FORMAT_SARIF)
                return diag_fail_class(&c->diag, DIAG_USAGE, "SARIF is for what lint finds: cloud-service %s is written as text or json", c->operands[0]);
        return str_eq(word, cli_nth(SUBCOMMANDS(WORD), SUBCOMMAND_RULES)) ? rules(c) : startup_task(c);
}

const struct command cmd_cloud_service = {
        .name = "cloud-service",
        .operands = "lint FILE... | startup-task | rules",
        .operands_min = 1,
        .operands_max = -1,
        .words = SUBCOMMANDS(WORD),
        .summary = "judge the files of Azure Cloud Services, and write the start-up task they need",
        .description =
                "lint reads service configurations (.cscfg) and definitions (.csdef), given as files or folders, "
                "finds which belong together, and judges the guest OS that they request and the start-up tasks "
                "of each role, for a day (--as-of) and for whether the roles run code you do not trust "
                "(--untrusted). It looks for scripts where Visual Studio keeps them and below the folders that "
                "you give. A file that is not well-formed is named, and nothing is judged.\n\n"
                "startup-task writes the script that turns on KVA shadowing and the branch target injection "
                "mitigation in a role (KB4072698), and the XML that runs it. The script changes only what "
                "differs and restarts the machine once; the role waits for that restart.\n\n"
                "rules shows what lint looks for, as a Markdown table.",
        .options = options,
        .examples = examples,
        .exits = exits,
        .run = run,
};
