/* `sidelight data`: newer data without a newer program. */
#include "base/date.h"
#include "cli/data_store.h"
#include "cli/input.h"
#include "platform/fetch.h"

#ifndef SIDELIGHT_DATA_KEYS
#define SIDELIGHT_DATA_KEYS "" /* public keys, as in the second line of minisign's files, with blanks between */
#endif

#define SETTINGS "/etc/sidelight.conf"

enum { BUNDLE_FILE_MAX = 64 << 20, SETTINGS_MAX = 65536 };

static const struct option options[] = {
        { .name = "key", .arg = "FILE", .repeats = true, .brief = "the public key that must have signed it, as minisign writes it",
          .details = "Without it, a key that was built in or stands in " DATA_STORE_KEYS " (*.pub) must have." },
        { .name = "signature", .arg = "FILE", .brief = "the signature, when it is not beside the bundle as BUNDLE.minisig" },
        { .name = "url", .arg = "URL", .brief = "where `update` fetches the bundle from; its signature stands at URL.minisig",
          .details = "Without it, and without a file, the line `data-url = URL` of " SETTINGS " says where. Nothing is fetched unless one of them says so." },
        { .name = "format", .arg = "FORMAT", .values = "text|json|", .brief = "how to write what was found, or done" },
        { .name = "store", .arg = "DIR", .brief = "the folder that keeps the data", .hidden = true },
        { 0 },
};

static const struct example examples[] = {
        { "sidelight data show", "which data is used, and where it came from" },
        { "sidelight data verify sidelight-data-2026-11-26.bundle", "whether it would be taken; nothing changes" },
        { "sudo sidelight data update sidelight-data-2026-11-26.bundle", "use it from now on" },
        { 0 },
};

/* A bundle that was verified: what its signer says of it, and what it holds. */
struct offer {
        struct stored_data data;
        struct str version, expires, signer;
        struct catalog catalog;
};

static const char *store_of(const struct cli *c) {
        const char *store = cli_value(c, "store");

        return store ? store : DATA_STORE_PLACE;
}

/* ---- Keys ---- */

static int keys_given(struct cli *c, struct minisign_keys *ret) {
        struct str text = { 0 };

        for (ptrdiff_t i = 0; i < c->count; i++) {
                if (strcmp(c->items[i].option->name, "key") != 0)
                        continue;
                if (program_read_file(c->items[i].value, MINISIGN_TEXT_MAX, &c->arena, &text, &c->diag) < 0 ||
                    minisign_key(arena_append(&c->arena, ret), text, c->items[i].value, &c->diag) < 0)
                        return -1;
        }
        return 0;
}

static int keys_trusted(struct cli *c, struct minisign_keys *ret) {
        struct str rest = S(SIDELIGHT_DATA_KEYS), word;

        if (cli_given(c, "key"))
                return keys_given(c, ret);
        while (str_word(&rest, &word))
                if (minisign_key(arena_append(&c->arena, ret), word, "a key that was built in", &c->diag) < 0)
                        return -1;
        if (data_store_keys(ret, DATA_STORE_KEYS, &c->arena, &c->diag) < 0)
                return -1;
        if (ret->count == 0)
                return diag_fail_class(&c->diag, DIAG_USAGE, "no key is trusted here: give one with --key, or put it into " DATA_STORE_KEYS);
        return 0;
}

/* ---- A bundle ---- */

/* "sidelight-data version=2026-11-26 expires=2027-11-26": what the signer signed along with the bundle. */
static int read_comment(struct cli *c, struct str comment, struct offer *o) {
        struct str word;

        if (!str_word(&comment, &word) || !str_eq(word, S("sidelight-data")))
                return diag_fail_class(&c->diag, DIAG_INPUT, "the signature is not one of sidelight's data: it signs something else");
        while (str_word(&comment, &word))
                if (str_starts(word, S("version=")))
                        o->version = str_from(word, 8);
                else if (str_starts(word, S("expires=")))
                        o->expires = str_from(word, 8);
        if (!data_version_valid(o->version) || !date_valid(o->expires))
                return diag_fail_class(&c->diag, DIAG_INPUT, "the signature's comment lacks 'version=' or 'expires='");
        return 0;
}

/* The signature first: nothing else of a bundle is looked at before. */
static int examine(struct cli *c, const char *name, struct offer *o) {
        struct minisign_keys keys = { 0 };
        const struct minisign_key *signer;
        struct str comment, version;

        if (keys_trusted(c, &keys) < 0 ||
            minisign_verify(&keys, o->data.bundle, o->data.signature, name, &comment, &signer, &c->diag) < 0 ||
            read_comment(c, comment, o) < 0 || data_store_version(&version, o->data.bundle, &c->diag) < 0)
                return -1;
        o->signer = minisign_id(&c->arena, signer);
        if (!str_eq(version, o->version))
                return diag_fail_class(&c->diag, DIAG_INPUT, "the signature is for data %.*s, and the bundle holds data %.*s",
                                       STR_ARG(o->version), STR_ARG(version));
        return data_store_catalog(&o->catalog, o->data.bundle, &c->arena, &c->diag);
}

/* Old bundles are not new for being offered again. */
static int check_expiry(struct cli *c, const struct offer *o) {
        char today[11], now[9];

        program_date(today, now);
        if (str_cmp(o->expires, str_of(today)) < 0)
                return diag_fail_class(&c->diag, DIAG_INPUT, "data %.*s expired on %.*s: ask for newer data", STR_ARG(o->version),
                                       STR_ARG(o->expires));
        return 0;
}

/* The value of `data-url = URL` in the settings; NULL when there is none. */
static const char *url_of_settings(struct cli *c) {
        struct str text = { 0 }, line, key;

        if (program_read_file(SETTINGS, SETTINGS_MAX, &c->arena, &text, &c->diag) < 0)
                c->diag = (struct diag){ 0 }; /* no file, no settings */
        while (str_line(&text, &line))
                if (str_cut(&line, '=', &key) && str_eq(str_trim(key), S("data-url")) && str_trim(line).len)
                        return str_to_c(&c->arena, str_trim(line));
        return NULL;
}

/* The signature is fetched first: a server that has none has nothing for us. */
static int fetch_offer(struct cli *c, struct offer *o) {
        const char *url = cli_given(c, "url") ? cli_value(c, "url") : url_of_settings(c), *signature;

        *o = (struct offer){ 0 };
        if (!url)
                return diag_fail_class(&c->diag, DIAG_USAGE, "name the bundle (sidelight data update FILE), or say where it is: --url, or data-url in " SETTINGS);
        signature = str_to_c(&c->arena, str_fmt(&c->arena, "%s.minisig", url));
        if (fetch(signature, MINISIGN_TEXT_MAX, &c->arena, &o->data.signature, &c->diag) < 0 ||
            fetch(url, BUNDLE_FILE_MAX, &c->arena, &o->data.bundle, &c->diag) < 0)
                return -1;
        return examine(c, signature, o) < 0 || check_expiry(c, o) < 0 ? -1 : 0;
}

static int read_offer(struct cli *c, const char *path, struct offer *o) {
        const char *given = cli_value(c, "signature");
        const char *signature = given ? given : str_to_c(&c->arena, str_fmt(&c->arena, "%s.minisig", path));

        *o = (struct offer){ 0 };
        if (program_read_file(path, BUNDLE_FILE_MAX, &c->arena, &o->data.bundle, &c->diag) < 0 ||
            program_read_file(signature, MINISIGN_TEXT_MAX, &c->arena, &o->data.signature, &c->diag) < 0)
                return -1;
        return examine(c, signature, o) < 0 || check_expiry(c, o) < 0 ? -1 : 0;
}

/* ---- What is there ---- */

/* 0, DATA_STORE_EMPTY, or -1. */
static int installed_version(struct cli *c, struct str *ret) {
        struct stored_data data;
        int status = data_store_read(&data, store_of(c), &c->arena, &c->diag);

        *ret = S("");
        return status != 0 ? status : data_store_version(ret, data.bundle, &c->diag);
}

static struct str count_of(struct cli *c, const struct catalog *k) {
        return str_fmt(&c->arena, "%u flaws", (unsigned)k->flaw_count);
}

/* docs/data.schema.json: what became of a bundle; `why`: why it is not, or would not be, taken. */
static void offer_json(struct cli *c, const struct offer *o, const char *done, struct str why) {
        struct json j = { .out = &c->out };

        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_c(&j, "done", done);
        json_str(&j, "version", o->version);
        json_str(&j, "expires", o->expires);
        json_str(&j, "key", o->signer);
        json_u64(&j, "flaws", o->catalog.flaw_count);
        json_begin_array(&j, "new");
        for (uint32_t i = 0; i < o->catalog.flaw_count; i++)
                if (!catalog_flaw(&catalog_builtin, T(o->catalog.flaws[i].id)))
                        json_str(&j, NULL, T(o->catalog.flaws[i].id));
        json_end_array(&j);
        json_c(&j, "why", why.len ? str_to_c(&c->arena, why) : NULL);
        json_end_object(&j);
        out_char(&c->out, '\n');
}

static bool as_json(const struct cli *c) {
        return cli_word(c, "format", 0) != 0;
}

static void tell_new_flaws(struct cli *c, const struct catalog *before, const struct catalog *after) {
        int count = 0;

        for (uint32_t i = 0; i < after->flaw_count; i++)
                if (!catalog_flaw(before, T(after->flaws[i].id)))
                        out_fmt(&c->out, "%s%.*s", count++ ? ", " : "new: ", STR_ARG(T(after->flaws[i].id)));
        if (count)
                out_c(&c->out, "\n");
}

/* ---- The commands ---- */

/* One version is one content: who forgot to count on would be told that all is well, and nobody would get the data. */
static int check_same(struct cli *c, const struct offer *o) {
        if (data_version_cmp(o->version, catalog_version(&catalog_builtin)) != 0 || str_eq(T(o->catalog.hash), T(catalog_builtin.hash)))
                return 0;
        return diag_fail_class(&c->diag, DIAG_INPUT,
                               "data %.*s is built in already, and is not what this bundle holds (%.*s, not %.*s): it needs a newer version",
                               STR_ARG(o->version), STR_ARG(T(catalog_builtin.hash)), STR_ARG(T(o->catalog.hash)));
}

static int nothing_newer(struct cli *c, const struct offer *o, struct str there, const char *where) {
        int order = data_version_cmp(o->version, there);

        if (order < 0)
                return diag_fail_class(&c->diag, DIAG_INPUT, "data %.*s is older than what is %s (%.*s): nothing was changed",
                                       STR_ARG(o->version), where, STR_ARG(there));
        if (order == 0 && as_json(c))
                offer_json(c, o, "nothing", str_fmt(&c->arena, "data %.*s is %s already", STR_ARG(o->version), where));
        else if (order == 0)
                out_fmt(&c->out, "data %.*s is %s already: nothing was changed\n", STR_ARG(o->version), where);
        return order == 0;
}

/* Under the lock. What is kept and was damaged does not stand in the way of what is whole. */
static int replace_data(struct cli *c, const struct offer *o) {
        struct stored_data there = { 0 };
        struct str version;
        int status = data_store_read(&there, store_of(c), &c->arena, &c->diag), same = 0;

        if (status == 0)
                status = data_store_version(&version, there.bundle, &c->diag);
        if (status < 0 && c->diag.class == DIAG_FAILURE)
                return -1; /* it may be whole, and newer */
        if (status < 0)
                (void)cli_complain(c);
        if (status == 0 && (data_version_cmp(version, o->version) != 0 || str_eq(there.bundle, o->data.bundle)))
                same = nothing_newer(c, o, version, "installed");
        if (same != 0)
                return same < 0 ? -1 : 0;
        if (data_store_write(store_of(c), &o->data, &c->arena, &c->diag) < 0)
                return -1;
        if (as_json(c)) {
                offer_json(c, o, "installed", S(""));
                return 0;
        }
        out_fmt(&c->out, "data %.*s is installed, signed with the key %.*s: %.*s\n", STR_ARG(o->version), STR_ARG(o->signer),
                STR_ARG(count_of(c, &o->catalog)));
        tell_new_flaws(c, &catalog_builtin, &o->catalog);
        return 0;
}

static int update(struct cli *c, const char *path) {
        struct offer o;
        int lock, status;

        if (path && cli_given(c, "url"))
                return diag_fail_class(&c->diag, DIAG_USAGE, "a file and --url cannot be given together");
        if ((path ? read_offer(c, path, &o) : fetch_offer(c, &o)) < 0)
                return -1;
        status = check_same(c, &o) < 0 ? -1 : nothing_newer(c, &o, catalog_version(&catalog_builtin), "built in");
        if (status != 0)
                return status < 0 ? -1 : 0;
        if (data_store_lock(store_of(c), &c->arena, &lock, &c->diag) < 0)
                return -1;
        status = replace_data(c, &o);
        data_store_unlock(lock);
        return status;
}

/* Why `update` would not take it, or the program does not use it; empty: it would, or does. */
static int why_not(struct cli *c, const struct offer *o, bool is_installed, struct str *ret) {
        struct str there, built_in = catalog_version(&catalog_builtin);

        *ret = S("");
        if (data_version_cmp(o->version, built_in) <= 0) {
                *ret = str_fmt(&c->arena, "it %s: data %.*s is built in", is_installed ? "is not used" : "would not be taken", STR_ARG(built_in));
                return 0;
        }
        if (is_installed)
                return 0;
        if (installed_version(c, &there) < 0)
                return -1;
        if (there.len && data_version_cmp(o->version, there) <= 0)
                *ret = str_fmt(&c->arena, "it would not be taken: data %.*s is installed", STR_ARG(there));
        return 0;
}

static int verify(struct cli *c, const char *path) {
        struct offer o = { 0 };
        struct str why;
        int status;

        if (path)
                status = read_offer(c, path, &o);
        else
                status = data_store_read(&o.data, store_of(c), &c->arena, &c->diag);
        if (status == DATA_STORE_EMPTY)
                return diag_fail_class(&c->diag, DIAG_NO_INPUT, "no data is installed in '%s'", store_of(c));
        if (status < 0 || (!path && (examine(c, store_of(c), &o) < 0 || check_expiry(c, &o) < 0)) || check_same(c, &o) < 0 ||
            why_not(c, &o, !path, &why) < 0)
                return -1;
        if (as_json(c)) {
                offer_json(c, &o, "verified", why);
                return 0;
        }
        out_fmt(&c->out, "good: data %.*s, signed with the key %.*s, to be renewed by %.*s: %.*s\n", STR_ARG(o.version),
                STR_ARG(o.signer), STR_ARG(o.expires), STR_ARG(count_of(c, &o.catalog)));
        tell_new_flaws(c, &catalog_builtin, &o.catalog);
        if (why.len)
                out_fmt(&c->out, "%.*s\n", STR_ARG(why));
        return 0;
}

static int show(struct cli *c) {
        const struct catalog *used;
        struct str installed;
        struct json j = { .out = &c->out };
        int status;

        if (input_catalog(c, &used) < 0)
                return -1;
        status = installed_version(c, &installed);
        if (status < 0 && c->diag.class == DIAG_FAILURE)
                return -1; /* "none" would be wrong */
        if (status < 0)
                c->diag = (struct diag){ 0 }; /* input_catalog told it */
        if (!as_json(c)) {
                out_fmt(&c->out, "used:       data %.*s, %s, %.*s\nbuilt in:   data %.*s\ninstalled:  ", STR_ARG(catalog_version(used)),
                        c->data_from ? c->data_from : "built in", STR_ARG(count_of(c, used)), STR_ARG(catalog_version(&catalog_builtin)));
                out_fmt(&c->out, installed.len ? "data %.*s\n" : "none%.*s\n", STR_ARG(installed));
                return 0;
        }
        json_begin_object(&j, NULL);
        json_u64(&j, "schema", 1);
        json_str(&j, "version", catalog_version(used));
        json_c(&j, "from", c->data_from ? c->data_from : "built in");
        json_u64(&j, "flaws", used->flaw_count);
        json_str(&j, "built_in", catalog_version(&catalog_builtin));
        json_c(&j, "installed", installed.len ? str_to_c(&c->arena, installed) : NULL);
        json_end_object(&j);
        out_char(&c->out, '\n');
        return 0;
}

static int run(struct cli *c) {
        const char *what = c->operands[0], *path = c->operand_count > 1 ? c->operands[1] : NULL;

        if (cli_takes(c, strcmp(what, "update") == 0 ? S("key|signature|url|store|") : strcmp(what, "verify") == 0 ? S("key|signature|store|") : S("store|")) < 0)
                return -1;
        if (strcmp(what, "update") == 0)
                return update(c, path);
        if (strcmp(what, "verify") == 0)
                return verify(c, path);
        if (path)
                return diag_fail_class(&c->diag, DIAG_USAGE, "data show does not know what to do with '%s'", path);
        return show(c);
}

const struct command cmd_data = {
        .name = "data",
        .operands = "update|verify|show [BUNDLE]",
        .operands_min = 1,
        .operands_max = 2,
        .words = "update|verify|show|",
        .summary = "take newer data without a newer program",
        .description =
                "What sidelight knows about flaws, processors and kernels is data that is built in. A newer version of that data comes "
                "as a bundle, a file, with a signature beside it. `update` takes it: from then on all commands use it, as long as it is "
                "newer than what is built in. `verify` tells whether it would be taken, or, without a name, checks what is installed. "
                "`show` tells which data is used.\n\n"
                "Before a bundle is taken, its signature is checked (minisign's format), its version must be newer than what is "
                "there, it must not have expired, and it must compile. When any of that fails, nothing changes. Nothing is "
                "asked of the network unless `update` is told a URL.\n\n"
                "Installed data is kept in " DATA_STORE_PLACE ". To go back to what was built in, remove that folder.",
        .options = options,
        .examples = examples,
        .run = run,
};
