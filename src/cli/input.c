#include "cli/input.h"

#include "base/date.h"
#include "cli/data_store.h"
#include "cli/folder.h"
#include "cli/slips.h"
#include "cli/world.h"
#include "lib/here.h"
#include "platform/archive.h"

static bool has_option(const struct cli *c, const char *name) {
        for (const struct option *o = c->command->options; o && o->name; o++)
                if (strcmp(o->name, name) == 0)
                        return true;
        return false;
}

/* The value of an option that not every command has. */
static const char *value_if_any(const struct cli *c, const char *name) {
        return has_option(c, name) ? cli_value(c, name) : NULL;
}

/* What `sidelight data update` installed, when it is newer than what was built in. What cannot be used is told, and changes nothing. */
static const struct catalog *newest_catalog(struct cli *c) {
        /* The folder of `data`, which has no --data; the --store of `fleet` is another thing. */
        const char *store = has_option(c, "data") ? NULL : value_if_any(c, "store"), *place = store ? store : DATA_STORE_PLACE;
        struct catalog *own;
        struct stored_data data;
        struct str version;
        int status = data_store_read(&data, place, &c->arena, &c->diag);

        if (status == DATA_STORE_EMPTY)
                return &catalog_builtin;
        if (status == 0)
                status = data_store_version(&version, data.bundle, &c->diag);
        if (status == 0 && data_version_cmp(version, catalog_version(&catalog_builtin)) <= 0)
                return &catalog_builtin;
        own = arena_new(&c->arena, struct catalog);
        if (status == 0 && data_store_catalog(own, data.bundle, &c->arena, &c->diag) == 0) {
                c->data_from = place;
                return own;
        }
        c->diag.class = DIAG_FAILURE;
        (void)cli_complain(c);
        (void)diag_fail(&c->diag, "the data in '%s' is not used, but what was built in (data %.*s)", place,
                        STR_ARG(catalog_version(&catalog_builtin)));
        (void)cli_complain(c);
        return &catalog_builtin;
}

int input_catalog(struct cli *c, const struct catalog **ret) {
        const char *folder = value_if_any(c, "data");
        struct catalog *own;

        if (!folder) {
                *ret = c->catalog = newest_catalog(c);
                return 0;
        }
        own = arena_new(&c->arena, struct catalog);
        *ret = c->catalog = own;
        c->data_from = folder;
        return world_catalog(own, &c->arena, folder, &c->diag);
}

int input_collect(struct cli *c, const struct collect_options *o, const char *root, struct arena *a, struct evidence *ret) {
        if (here_collect(ret, a, root, o, &c->diag) < 0)
                return -1;
        if (root && !evidence_tells(ret, true))
                return diag_fail_class(&c->diag, DIAG_INPUT, "'%s' holds no system: nothing was found there that a verdict could rest on",
                                       root);
        return 0;
}

int input_live(struct cli *c, const struct catalog *k, const char *root, struct arena *a, struct evidence *ret) {
        return input_collect(c, &(struct collect_options){ .catalog = k, .for_verdicts = true }, root, root ? a : &c->seen, ret);
}

int input_whole(struct cli *c, const struct catalog *k, const char *root, struct arena *a, struct evidence *ret) {
        return input_collect(c, &(struct collect_options){ .catalog = k }, root, a, ret);
}

int input_windows(struct cli *c, struct arena *a, struct evidence *ret) {
        const char *root = cli_value(c, "windows-root"), **hives = arena_array(a, const char *, c->count + 1);
        int count = 0;

        for (ptrdiff_t i = 0; i < c->count; i++)
                if (strcmp(c->items[i].option->name, "hive") == 0)
                        hives[count++] = c->items[i].value;
        if (!root && count == 0)
                return INPUT_NOT_ASKED;
        if (root && count > 0)
                return diag_fail_class(&c->diag, DIAG_USAGE, "--windows-root and --hive cannot be given together");
        evidence_init(ret, a, str_of(root ? root : hives[0]));
        return root ? collect_windows_tree(ret, root, &c->diag) : collect_windows_hives(ret, hives, count, &c->diag);
}

struct str input_source(const char *path) {
        return strcmp(path, "-") == 0 ? S("standard input") : str_of(path);
}

static const struct catalog *catalog_of(const struct cli *c) {
        return c->catalog ? c->catalog : &catalog_builtin;
}

int input_parse(struct cli *c, const char *path, struct str text, struct arena *a, struct evidence *ret) {
        struct str source = input_source(path);
        int status;

        if (evidence_looks_like(text) && !import_holds_several(text))
                return evidence_parse(ret, a, source, text, &c->diag);
        evidence_init(ret, a, source);
        status = import_text(ret, catalog_of(c), text, &c->diag);
        return status == IMPORT_UNKNOWN ? import_refuse(&c->diag, a, source, text) : status;
}

int input_machines(struct cli *c, const char *path, struct str text, struct arena *a, struct import_machines *ret) {
        struct str source = input_source(path);
        int status;

        if (evidence_looks_like(text) && !import_holds_several(text)) {
                *ret = (struct import_machines){ 0 };
                return evidence_parse(arena_append(a, ret), a, source, text, &c->diag);
        }
        status = import_machines(ret, a, source, catalog_of(c), text, &c->diag);
        return status == IMPORT_UNKNOWN ? import_refuse(&c->diag, a, source, text) : status;
}

/* A file's name without its ending, or a machine's address. */
static int no_such_name(struct cli *c, const char *path) {
        struct str whole = str_fmt(&c->arena, "%s.host", path), text, hint = slip_file(c, str_of(path));
        struct diag why = c->diag;

        if (hint.len == 0) {
                if (program_read_file(whole.p, INPUT_FILE_MAX, &c->arena, &text, &c->diag) == 0)
                        hint = str_fmt(&c->arena, "; did you mean '%.*s'?", STR_ARG(whole));
                c->diag = why;
        }
        if (hint.len == 0)
                return -1;
        c->diag = (struct diag){ 0 };
        return diag_fail_class(&c->diag, why.class, "no file is called '%s'%.*s", path, STR_ARG(hint));
}

/* A flaw or a command, where files stand: what was meant, behind what failed. */
static int no_such_file(struct cli *c, const char *path) {
        const struct flaw *flaw = catalog_flaw(catalog_of(c), str_of(path));

        if (c->diag.class != DIAG_NO_INPUT)
                return -1;
        if (!flaw && !cli_command(str_of(path)))
                return no_such_name(c, path);
        c->diag = (struct diag){ 0 };
        if (!flaw)
                return diag_fail_class(&c->diag, DIAG_USAGE, "no file is called '%s'; the command stands first: sidelight %s", path, path);
        return diag_fail_class(&c->diag, DIAG_USAGE, "no file is called '%s'; did you mean 'sidelight %s%.*s'?", path,
                               c->command == cli_commands[0] ? "check --only " : "explain ", STR_ARG(T(flaw->id)));
}

/* What the running kernel shows is read without being named. */
static int own_folder(struct cli *c, const char *path) {
        if (path[strspn(path, "/")] && !str_starts(str_of(path), S("/sys/")) && !str_starts(str_of(path), S("/proc")))
                return -1;
        c->diag = (struct diag){ 0 };
        return diag_fail_class(&c->diag, DIAG_USAGE, "'%s' is this machine's own: `sidelight check` reads it and the rest when no FILE is named", path);
}

/* Who types or pastes is told how it ends; a pipe is not. */
static void invite(struct cli *c, const char *path) {
        const char *end = strcmp(path, "-") == 0 ? program_typed_end() : NULL;
        struct str text = end ? str_fmt(&c->arena, "sidelight: paste what a tool printed, and end it with %s on a line of its own\n", end) : S("");
        int stream = 2;

        if (text.len)
                (void)program_write(&stream, text.p, text.len);
}

int input_read(struct cli *c, const char *path, struct arena *a, struct str *ret_text, struct evidence *ret, struct bundle *several) {
        int status;

        *ret_text = (struct str){ 0 };
        invite(c, path);
        if (program_read_file(path, INPUT_FILE_MAX, a, ret_text, &c->diag) == 0)
                return archive_looks_like(*ret_text) ? bundle_archive(ret, ret_text, several, a, catalog_of(c), input_source(path), &c->diag) : 0;
        if (!folder_is_one(path))
                return no_such_file(c, path);
        c->diag = (struct diag){ 0 };
        if (path[strspn(path, "/")] == '\0')
                return own_folder(c, path);
        status = folder_evidence(ret, several, a, catalog_of(c), path, &c->diag);
        return status < 0 ? own_folder(c, path) : status;
}

int input_evidence(struct cli *c, const char *path, struct arena *a, struct evidence *ret) {
        struct str text;

        if (input_read(c, path, a, &text, ret, NULL) < 0)
                return -1;
        return text.p ? input_parse(c, path, text, a, ret) : 0;
}

int input_machine(struct cli *c, const char *path, struct arena *a, struct evidence *ret) {
        if (input_evidence(c, path, a, ret) < 0)
                return -1;
        return evidence_tells(ret, false) ? 0 : diag_fail_class(&c->diag, DIAG_INPUT, EVIDENCE_NOTHING, STR_ARG(input_source(path)));
}

int input_options(struct cli *c, struct verdict_options *ret) {
        const char *host = cli_value(c, "host-evidence"), *untrusted = cli_value(c, "untrusted");

        *ret = (struct verdict_options){
                .today = str_sub(input_now(c), 0, 10),
                .facts.ignore_os_claims = cli_given(c, "ignore-os-claims"),
                .boundaries = (boundary_set)cli_words(c, "boundary", 0),
        };
        if (host) {
                struct evidence *e = arena_new(&c->arena, struct evidence);

                if (input_machine(c, host, &c->arena, e) < 0)
                        return -1;
                ret->host = e;
        }
        if (untrusted) {
                struct declared *declared = arena_new(&c->arena, struct declared);

                *declared = (struct declared){ .name = S("untrusted"), .value = str_of(untrusted) };
                ret->facts.declared = declared;
                ret->facts.declared_count = 1;
        }
        return 0;
}

int input_flaw(struct cli *c, const struct catalog *catalog, struct str name, const struct flaw **ret) {
        struct str words = S("");

        *ret = catalog_flaw(catalog, name);
        if (*ret)
                return 0;
        if (str_eq(name, S("all")))
                return diag_fail_class(&c->diag, DIAG_USAGE, "no flaw is called 'all'; all are meant where none is named");
        for (uint32_t i = 0; i < catalog->flaw_count; i++)
                words = str_fmt(&c->arena, "%.*s%.*s|", STR_ARG(words), STR_ARG(T(catalog->flaws[i].id)));
        return cli_no_such(c, "flaw", name, words, "`sidelight list` has them all");
}

int input_only(struct cli *c, const struct catalog *catalog, struct verdict_options *o) {
        bool *among = arena_array(&c->arena, bool, catalog->flaw_count);
        const struct flaw *flaw;
        struct str name;

        if (!cli_given(c, "only"))
                return 0;
        for (ptrdiff_t at = 0; cli_next(c, "only", &at, &name);) {
                if (input_flaw(c, catalog, name, &flaw) < 0)
                        return -1;
                among[flaw - catalog->flaws] = true;
        }
        o->among = among;
        return 0;
}

static bool speaks_utf8(struct arena *a) {
        static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                struct str value = str_of(program_environment(a, names[i]));

                if (value.len > 0)
                        return str_find(value, S("UTF-8")) >= 0 || str_find(value, S("utf8")) >= 0;
        }
        return false;
}

struct str input_now(struct cli *c) {
        struct str told = str_of(program_environment(&c->arena, "SOURCE_DATE_EPOCH"));
        char date[11], time[9], moment[21];
        uint64_t seconds;

        if (str_to_u64(told, &seconds) && seconds < INT64_MAX) {
                date_of_seconds((int64_t)seconds, moment);
                return str_dup(&c->arena, str_of(moment));
        }
        program_date(date, time);
        return str_fmt(&c->arena, "%sT%sZ", date, time);
}

void input_style(struct cli *c, struct report_style *ret) {
        struct str no_color = str_of(program_environment(&c->arena, "NO_COLOR"));
        uint64_t columns = 0;

        if (!str_to_u64(str_of(program_environment(&c->arena, "COLUMNS")), &columns) || columns > 10000)
                columns = (uint64_t)c->terminal.columns;
        *ret = (struct report_style){
                .columns = columns ? (int)columns : 80,
                .color = c->terminal.colour && no_color.len == 0 && !cli_given(c, "no-color"),
                .ascii = !speaks_utf8(&c->arena),
                .now = input_now(c),
        };
}
