#include "cli/slips.h"

#include "catalog/catalog.h"

#define FIX_DRY "sidelight fix' alone: nothing is changed without '--apply"
#define REMOTE "ssh MACHINE sidelight collect | sidelight check -"
#define COLUMNS "COLUMNS=100 sidelight"

/* What other programs call so; `needs`: the option that the command must have for it; or NULL. The first that fits counts. */
static const struct {
        const char *slip, *needs, *meant;
} options[] = {
        { "?", NULL, "--help" },
        { "V", NULL, "sidelight --version" },
        { "v", NULL, "sidelight --version" },
        { "ver", NULL, "sidelight --version" },
        { "version", NULL, "sidelight --version" },
        /* what is judged */
        { "all", "wide", "--wide" },
        { "chroot", "root", "--root" },
        { "cve", "only", "--only" },
        { "cve", "why-not", "sidelight explain ID" },
        { "file", "files-from", "sidelight check FILE" },
        { "flaw", "only", "--only" },
        { "host", "host-evidence", "--host-evidence" },
        { "hw-only", "ignore-os-claims", "--ignore-os-claims" },
        { "i", "files-from", "sidelight check FILE" },
        { "iL", "files-from", "--files-from" },
        { "image", "root", "--root" },
        { "input", "files-from", "sidelight check FILE" },
        { "live", "files-from", "sidelight check" },
        { "no-sysfs", "ignore-os-claims", "--ignore-os-claims" },
        { "paranoid", "untrusted", "--untrusted yes" },
        { "remote", "files-from", REMOTE },
        { "s", "root", "--root" },
        { "ssh", "files-from", REMOTE },
        { "sysroot", "root", "--root" },
        { "target", "files-from", REMOTE },
        { "variant", "only", "--only" },
        { "vmm", "boundary", "--boundary guest-host" },
        /* how it is told */
        { "J", "format", "--format json" },
        { "batch", "files-from", "--format smc-json" },
        { "columns", "no-color", COLUMNS },
        { "debug", "wide", "--wide" },
        { "details", "wide", "--wide" },
        { "exit-code", "fail-on", "--fail-on" },
        { "f", "format", "--format" },
        { "file", "output", "-o" },
        { "fmt", "format", "--format" },
        { "full", "wide", "--wide" },
        { "j", "format", "--format json" },
        { "long", "wide", "--wide" },
        { "oA", "output", "--format FORMAT -o FILE" },
        { "oG", "format", "--format csv -o FILE" },
        { "oJ", "format", "--format json -o FILE" },
        { "oN", "format", "--format text -o FILE" },
        { "oX", "fail-on", "--format junit -o FILE" },
        { "out", "output", "-o" },
        { "output-format", "format", "--format" },
        { "parse", "fail-on", "--format csv" },
        { "p", "fail-on", "--format csv" },
        { "q", "output", "-o /dev/null" },
        { "quiet", "output", "-o /dev/null" },
        { "level", "fail-on", "--fail-on" },
        { "min-severity", "fail-on", "--fail-on" },
        { "severity", "fail-on", "--fail-on" },
        { "threshold", "fail-on", "--fail-on" },
        { "verbose", "wide", "--wide" },
        { "width", "no-color", COLUMNS },
        { "yaml", "format", "--format json" },
        /* another command's */
        { "cmdline", "set", "--set cmdline.mitigations=off" },
        { "mitigations", "set", "--set cmdline.mitigations=off" },
        { "no-smt", "set", "--smt off" },
        { "nosmt", "set", "--smt off" },
        { "dump-mock-data", "files-from", "sidelight collect" },
        { "kernel", "files-from", "sidelight what-if --kernel" },
        { "microcode", "files-from", "sidelight what-if --microcode" },
        { "set", "files-from", "sidelight what-if --set" },
        { "smt", "files-from", "sidelight what-if --smt" },
        { "update-builtin-fwdb", NULL, "sidelight data update" },
        { "update-db", NULL, "sidelight data update" },
        { "update-fwdb", NULL, "sidelight data update" },
        /* fix */
        { "all", "rollback", FIX_DRY },
        { "auto", "rollback", "--apply --yes" },
        { "check", "rollback", FIX_DRY },
        { "cve", "rollback", "--for" },
        { "dry-run", "rollback", FIX_DRY },
        { "dryrun", "rollback", FIX_DRY },
        { "flaw", "rollback", "--for" },
        { "force", "rollback", "--apply --yes" },
        { "history", "rollback", "--status" },
        { "list", "rollback", "--status" },
        { "n", "rollback", FIX_DRY },
        { "only", "rollback", "--for" },
        { "preview", "rollback", FIX_DRY },
        { "level", "rollback", "--for" },
        { "min-severity", "rollback", "--for" },
        { "restore", "rollback", "--rollback" },
        { "revert", "rollback", "--rollback" },
        { "severity", "rollback", "--for" },
        { "simulate", "rollback", FIX_DRY },
        { "undo", "rollback", "--rollback" },
        { "y", "rollback", "--apply --yes" },
};

struct word {
        const char *slip, *meant;
};

/* Commands of other programs, and of other minds. */
static const struct word commands[] = {
        { "accept", "sidelight fleet accept" },
        { "agent", "sidelight fleet send" },
        { "analyze", "sidelight check" },
        { "apply", "sidelight fix --apply" },
        { "assess", "sidelight check" },
        { "audit", "sidelight check" },
        { "azure", "sidelight advise' or 'sidelight inventory" },
        { "capture", "sidelight collect" },
        { "compare", "sidelight diff" },
        { "completion", "sidelight help --completion bash" },
        { "convert", "sidelight check --format FORMAT FILE" },
        { "cves", "sidelight list" },
        { "daemon", "sidelight fleet serve" },
        { "db", "sidelight data" },
        { "describe", "sidelight explain" },
        { "detect", "sidelight check" },
        { "doctor", "sidelight check" },
        { "dump", "sidelight collect" },
        { "export", "sidelight collect' or 'sidelight fleet export" },
        { "filesystem", "sidelight check --root" },
        { "flaws", "sidelight list" },
        { "fs", "sidelight check --root" },
        { "get-speculationcontrolsettings", "sidelight check --format speculationcontrol" },
        { "harden", "sidelight fix" },
        { "history", "sidelight fleet history" },
        { "hosts", "sidelight fleet hosts" },
        { "ignore", "sidelight fleet accept" },
        { "image", "sidelight check --root" },
        { "import", "sidelight fleet import" },
        { "info", "sidelight explain" },
        { "inspect", "sidelight check" },
        { "inspectre", "sidelight check" },
        { "judge", "sidelight check" },
        { "lint", "sidelight cloud-service lint" },
        { "lscpu", "lscpu | sidelight check -" },
        { "man", "sidelight help" },
        { "mdstool", "sidelight check" },
        { "mitigate", "sidelight fix" },
        { "monitor", "sidelight fleet serve" },
        { "patch", "sidelight fix" },
        { "plan", "sidelight fix" },
        { "predict", "sidelight what-if" },
        { "query", "sidelight fleet hosts" },
        { "recommend", "sidelight advise" },
        { "record", "sidelight collect" },
        { "remediate", "sidelight fix" },
        { "repair", "sidelight fix" },
        { "report", "sidelight check" },
        { "revert", "sidelight fix --rollback" },
        { "rollback", "sidelight fix --rollback" },
        { "rootfs", "sidelight check --root" },
        { "run", "sidelight check" },
        { "sbom", "sidelight check --format cyclonedx" },
        { "scan", "sidelight check" },
        { "select", "sidelight fleet hosts" },
        { "send", "sidelight fleet send" },
        { "serve", "sidelight fleet serve" },
        { "server", "sidelight fleet serve" },
        { "show", "sidelight explain" },
        { "simulate", "sidelight what-if" },
        { "snapshot", "sidelight collect" },
        { "spectre", "sidelight explain spectre-v1' or 'sidelight explain spectre-v2" },
        { "start", "sidelight fleet serve" },
        { "status", "sidelight', 'sidelight fix --status' or 'sidelight fleet status" },
        { "test", "sidelight check" },
        { "ticket", "sidelight advise --ticket" },
        { "undo", "sidelight fix --rollback" },
        { "update", "sidelight data update" },
        { "upgrade", "sidelight data update" },
        { "usage", "sidelight help" },
        { "verify", "sidelight fix --verify' or 'sidelight data verify" },
        { "vex", "sidelight check --format openvex" },
        { "watch", "sidelight fleet serve" },
        { "why", "sidelight explain" },
};

/* Behind a command that takes a word of its own; the first of those that the command has counts. */
static const struct word words[] = {
        { "add", "import" },      { "agent", "send" },     { "check", "verify" },  { "check", "lint" },       { "check", "rejudge" }, { "compare", "diff" },
        { "create", "add" },      { "daemon", "serve" },   { "delete", "revoke" }, { "delete", "prune" },     { "describe", "show" }, { "dump", "export" },
        { "fetch", "update" },    { "fix", "startup-task" }, { "get", "show" },    { "ignore", "accept" },    { "info", "show" },     { "install", "update" },
        { "judge", "rejudge" },   { "list", "hosts" },     { "load", "import" },   { "log", "audit" },        { "logs", "audit" },    { "ls", "hosts" },
        { "ls", "list" },         { "machines", "hosts" }, { "nodes", "hosts" },   { "push", "send" },        { "query", "hosts" },   { "remove", "prune" },
        { "report", "status" },   { "rm", "prune" },       { "run", "serve" },     { "server", "serve" },     { "start", "serve" },   { "status", "show" },
        { "summary", "status" },  { "task", "startup-task" }, { "trend", "history" }, { "upgrade", "update" }, { "version", "show" },
        { "vulnerabilities", "flaws" }, { "waive", "accept" },
};

static const struct word values[] = {
        { "table", "text" },           { "plain", "text" },       { "human", "text" }, { "pretty", "text" },   { "yaml", "json" },    { "yml", "json" },
        { "ndjson", "json" },          { "jsonl", "json" },       { "xml", "junit" },  { "md", "markdown" },   { "vex", "openvex" },  { "sbom", "cyclonedx" },
        { "cyclonedx-vex", "cyclonedx" }, { "nrpe", "nagios" },   { "icinga", "nagios" }, { "openmetrics", "prometheus" }, { "prom", "prometheus" },
        { "pdf", "html" },             { "excel", "csv" },        { "high", "vulnerable" }, { "critical", "vulnerable" }, { "none", "never" },
};

static struct str meant(struct cli *c, const char *what) {
        return str_fmt(&c->arena, "; did you mean '%s'?", what);
}

struct str slip_near(struct cli *c, struct str word, struct str among, const char *dashes) {
        struct str near = cli_nearest(word, among, &c->arena);

        return near.len ? str_fmt(&c->arena, "; did you mean '%s%.*s'?", dashes, STR_ARG(near)) : S("");
}

/* --explain, --fix, --update, --meltdown: a command, a word or a flaw, written as an option. */
static struct str named_as_option(struct cli *c, struct str name) {
        if (c->command->words && cli_number_of(c->command->words, name) >= 0)
                return str_fmt(&c->arena, "; did you mean 'sidelight %s %.*s'?", c->command->name, STR_ARG(name));
        if (name.len > 1 && catalog_flaw(&catalog_builtin, name))
                return str_fmt(&c->arena, "; did you mean '%s %.*s'?", cli_option(c->command, S("only"), 0) ? "--only" : "sidelight explain",
                               STR_ARG(name));
        if (name.len > 1 && cli_number_of(cli_command_words(&c->arena).p, name) >= 0)
                return str_fmt(&c->arena, "; did you mean 'sidelight %.*s'?", STR_ARG(name));
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
                if (str_eq(name, str_of(commands[i].slip)))
                        return meant(c, commands[i].meant);
        return S("");
}

struct str slip_option(struct cli *c, struct str name) {
        const struct option *format = c->command ? cli_option(c->command, S("format"), 0) : NULL;

        for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
                if (str_eq(name, str_of(options[i].slip)) &&
                    (!options[i].needs || (c->command && cli_option(c->command, str_of(options[i].needs), 0))))
                        return meant(c, options[i].meant);
        if (format && name.len > 1 && cli_number_of(format->values, name) >= 0)
                return str_fmt(&c->arena, "; did you mean '--format %.*s'?", STR_ARG(name));
        return c->command ? named_as_option(c, name) : S("");
}

struct str slip_command(struct cli *c, struct str word) {
        const struct flaw *flaw = catalog_flaw(&catalog_builtin, word);

        if (cli_number_of(cli_option(cli_commands[0], S("format"), 0)->values, word) >= 0)
                return str_fmt(&c->arena, "; did you mean 'sidelight check --format %.*s'?", STR_ARG(word));
        if (str_eq(word, S("version")))
                return slip_option(c, word);
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
                if (str_eq_nocase(word, str_of(commands[i].slip)))
                        return meant(c, commands[i].meant);
        if (flaw)
                return str_fmt(&c->arena, "; did you mean 'sidelight explain %.*s'?", STR_ARG(T(flaw->id)));
        return slip_near(c, word, cli_command_words(&c->arena), "");
}

struct str slip_word(struct cli *c, struct str word, struct str among) {
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                if (str_eq(word, str_of(words[i].slip)) && cli_number_of(among.p, str_of(words[i].meant)) >= 0)
                        return meant(c, words[i].meant);
        return slip_near(c, word, among, "");
}

struct str slip_value(struct cli *c, const struct option *o, struct str word) {
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
                if (str_eq_nocase(word, str_of(values[i].slip)) && cli_number_of(o->values, str_of(values[i].meant)) >= 0)
                        return meant(c, values[i].meant);
        return slip_near(c, word, str_of(o->values), "");
}

/* A name that several flaws begin with: Spectre. */
static struct str family(struct cli *c, struct str word) {
        const bool judges = cli_option(c->command, S("only"), 0) != NULL;
        struct str all = S("");

        for (uint32_t i = 0; word.len > 2 && i < catalog_builtin.flaw_count; i++) {
                struct str id = T(catalog_builtin.flaws[i].id);

                if (id.len > word.len && id.p[word.len] == '-' && str_eq_nocase(str_sub(id, 0, word.len), word))
                        all = str_fmt(&c->arena, "%.*s%s%.*s", STR_ARG(all), all.len ? "," : "", STR_ARG(id));
        }
        return all.len && judges ? str_fmt(&c->arena, "; did you mean '--only %.*s'?", STR_ARG(all)) : S("");
}

struct str slip_file(struct cli *c, struct str path) {
        struct str host = str_find(path, S("://")) >= 0 ? str_from(path, str_find(path, S("://")) + 3) : path, ignored;
        bool remote = host.len < path.len || (str_find_char(path, '@') > 0 && str_find_char(path, '/') < 0);

        if (str_eq(path, S("localhost")) || str_eq(path, S("127.0.0.1")))
                return meant(c, "sidelight check");
        if (!remote)
                return family(c, path);
        (void)str_cut(&host, '/', &ignored);
        return str_fmt(&c->arena, "; did you mean 'ssh %.*s sidelight collect | sidelight check -'?", STR_ARG(ignored));
}
