#include "fleet/serve/alert.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "fleet/ask/changes.h"
#include "platform/files.h"

enum { HANGS_SECONDS = 300, WAITING_MAX = 16 << 20 };

/* ---- What became worse ---- */

struct turned {
        struct str tenant, example;
        int64_t old, new, hosts;
};

struct turns {
        struct turned *items;
        ptrdiff_t count, capacity;
};

/* By outcome: machines that changed in the same way are told together. */
static const char turns_now[] =
        "SELECT t.name, x.outcome, y.outcome, count(*), min(c.name) FROM changed c JOIN fingerprint x ON x.id = c.old"
        " JOIN fingerprint y ON y.id = c.new JOIN tenant t ON t.id = c.tenant WHERE x.outcome <> y.outcome"
        " GROUP BY t.name, x.outcome, y.outcome ORDER BY 4 DESC, 5";

static int read_turns(struct store *s, struct arena *a, struct turns *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(s->db, &r, turns_now, DB_NO_ARGS, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct turned){ .tenant = str_dup(a, db_text(&r, 0)), .old = db_number(&r, 1), .new = db_number(&r, 2),
                                                         .hosts = db_number(&r, 3), .example = str_dup(a, db_text(&r, 4)) };
        db_end(&r);
        return status;
}

static void write_turn(struct json *j, int64_t hosts, struct str example, const struct flaw_turn *f) {
        json_begin_object(j, NULL);
        json_str(j, "flaw", f->flaw);
        json_str(j, "before", f->before);
        json_str(j, "after", f->after);
        json_str(j, "reason", f->reason);
        json_i64(j, "hosts", hosts);
        json_str(j, "example", example);
        json_end_object(j);
}

/* `rules`: the data by which all was judged anew; empty: machines changed. */
static void begin_alert(struct json *j, struct str tenant, struct str rules, int64_t now) {
        json_begin_object(j, NULL);
        json_u64(j, "schema", 1);
        json_i64(j, "time", now);
        json_str(j, "tenant", tenant);
        if (rules.len)
                json_str(j, "rules", rules);
        json_begin_array(j, "worse");
}

static void end_alert(struct json *j) {
        json_end_array(j);
        json_end_object(j);
        out_char(j->out, '\n');
}

static void write_alert(struct alerts *a, const struct turned *t, const struct flaw_turns *flaws, int64_t now) {
        struct json j = { .out = &a->waiting };

        begin_alert(&j, t->tenant, S(""), now);
        for (ptrdiff_t i = 0; i < flaws->count; i++)
                if (flaws->items[i].worse)
                        write_turn(&j, t->hosts, t->example, &flaws->items[i]);
        end_alert(&j);
}

static int gather(struct alerts *a, struct store *s, struct arena *scratch, int64_t now, struct diag *d) {
        struct turns turns = { 0 };

        if (read_turns(s, scratch, &turns, d) < 0)
                return -1;
        for (ptrdiff_t i = 0; i < turns.count && a->waiting.len < WAITING_MAX; i++) {
                struct flaw_turns flaws = { 0 };
                bool worse = false;

                if (changes_of_outcomes(s, turns.items[i].old, turns.items[i].new, turns.items[i].hosts, scratch, &flaws, d) < 0)
                        return -1;
                for (ptrdiff_t f = 0; f < flaws.count; f++)
                        worse = worse || flaws.items[f].worse;
                if (worse)
                        write_alert(a, &turns.items[i], &flaws, now);
        }
        return db_run(s->db, "DELETE FROM changed", DB_NO_ARGS, d);
}

int alerts_gather(struct alerts *a, struct store *s, int64_t now, struct diag *d) {
        ARENA_AUTO struct arena scratch = { 0 };

        return a->program ? gather(a, s, &scratch, now, d) : 0;
}

/* ---- By newer data ---- */

/* What two catalogs say of the same evidence, by flaw. */
static const char by_rules[] =
        "WITH pairs AS (SELECT p.tenant, x.outcome AS old, y.outcome AS new, sum(p.hosts) AS hosts, min(p.id) AS kind FROM verdict x"
        "  JOIN verdict y ON y.fingerprint = x.fingerprint AND y.catalog = ?2 JOIN fingerprint p ON p.id = x.fingerprint"
        "  WHERE x.catalog = ?1 AND x.outcome <> y.outcome AND p.hosts > 0 GROUP BY p.tenant, x.outcome, y.outcome),"
        " turns AS (SELECT pairs.tenant, f.flaw, f.status AS before, g.status AS after, min(g.reason) AS reason,"
        "  CAST(sum(pairs.hosts) AS BIGINT) AS hosts, min(pairs.kind) AS kind FROM pairs JOIN outcome_finding a ON a.outcome = pairs.old"
        "  JOIN finding f ON f.id = a.finding JOIN outcome_finding b ON b.outcome = pairs.new JOIN finding g ON g.id = b.finding"
        "  AND g.flaw = f.flaw WHERE f.status <> g.status GROUP BY pairs.tenant, f.flaw, f.status, g.status)"
        " SELECT t.name, turns.flaw, turns.before, turns.after, turns.reason, turns.hosts,"
        " (SELECT min(h.name) FROM host h WHERE h.fingerprint = turns.kind), c.digest FROM turns JOIN tenant t ON t.id = turns.tenant"
        " JOIN catalog c ON c.id = ?2 ORDER BY t.name, turns.hosts DESC, turns.flaw, turns.before";

static int write_rules(struct alerts *a, struct db_rows *r, int64_t now, struct diag *d) {
        OUT_AUTO struct out tenant = { 0 };
        struct json j = { .out = &a->waiting };
        bool open = false;
        int status;

        while ((status = db_next(r, d)) > 0) {
                const struct flaw_turn f = { .flaw = db_text(r, 1), .before = db_text(r, 2), .after = db_text(r, 3), .reason = db_text(r, 4) };

                if (!changes_is_worse(f.before, f.after))
                        continue;
                if (open && !str_eq(out_text(&tenant), db_text(r, 0))) {
                        end_alert(&j);
                        open = false;
                }
                if (!open) {
                        tenant.len = 0;
                        out_str(&tenant, db_text(r, 0));
                        j = (struct json){ .out = &a->waiting };
                        begin_alert(&j, out_text(&tenant), db_text(r, 7), now);
                        open = true;
                }
                write_turn(&j, db_number(r, 5), db_text(r, 6), &f);
        }
        if (open)
                end_alert(&j);
        return status;
}

/* Whoever turns the number tells what it stands for. */
static int claim(struct store *s, int64_t told, int64_t now, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        if (db_run(s->db, "UPDATE meta SET value = ?1 WHERE name = 'told' AND value = ?2",
                   DB_ARGS(DB_T(str_decimal(&a, (uint64_t)now)), DB_T(str_decimal(&a, (uint64_t)told))), d) < 0)
                return -1;
        return s->db->changed == 1;
}

static int tell_rules(struct alerts *a, struct store *s, int64_t told, int64_t catalog, int64_t now, struct diag *d) {
        ptrdiff_t before = a->waiting.len;
        struct db_rows r;
        int status = claim(s, told, catalog, d);

        if (status > 0) {
                status = db_query(s->db, &r, by_rules, DB_ARGS(DB_N(told), DB_N(catalog)), d);
                if (status == 0) {
                        status = write_rules(a, &r, now, d);
                        db_end(&r);
                }
        }
        if (status == 0)
                status = db_commit(s->db, d);
        if (status < 0)
                a->waiting.len = before;
        return status;
}

static int gather_rules(struct alerts *a, struct store *s, int64_t now, struct diag *d) {
        int64_t told, catalog;
        int status;

        if (db_one(s->db, &catalog, 0, "SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'catalog'", DB_NO_ARGS, d) < 0)
                return -1;
        if (catalog == 0)
                return 0;
        if (db_one(s->db, &told, 0, "SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'told'", DB_NO_ARGS, d) < 0)
                return -1;
        if (told == 0)
                return db_run(s->db, "INSERT INTO meta (name, value) SELECT 'told', value FROM meta WHERE name = 'catalog'"
                                     " ON CONFLICT (name) DO NOTHING", DB_NO_ARGS, d);
        if (told == catalog)
                return 0;
        if (db_begin(s->db, d) < 0)
                return -1;
        status = tell_rules(a, s, told, catalog, now, d);
        if (status < 0)
                db_rollback(s->db);
        return status;
}

int alerts_gather_rules(struct alerts *a, struct store *s, int64_t now, struct diag *d) {
        return a->program ? gather_rules(a, s, now, d) : 0;
}

/* ---- Telling it ---- */

/* All of it in a file without a name, so that a program that does not read hinders nobody. */
static FILE *as_file(const struct out *o, struct diag *d) {
        FILE *f = file_temporary();

        if (f && fwrite(o->p, 1, (size_t)o->len, f) == (size_t)o->len && fflush(f) == 0 && fseek(f, 0, SEEK_SET) == 0)
                return f;
        if (f)
                (void)fclose(f);
        (void)diag_fail(d, "cannot write an alert: %s", strerror(errno));
        return NULL;
}

static int start(const char *program, int input, pid_t *ret) {
        char *const argv[] = { (char *)(uintptr_t)program, NULL };
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none;
        int error;

        (void)sigemptyset(&none);
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawnattr_init(&attributes);
        (void)posix_spawn_file_actions_adddup2(&actions, input, 0);
        (void)posix_spawn_file_actions_adddup2(&actions, 2, 1);
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        error = posix_spawnp(ret, program, &actions, &attributes, argv, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
        (void)posix_spawnattr_destroy(&attributes);
        return error;
}

static int tell(struct alerts *a, int64_t now, struct diag *d) {
        FILE *f = as_file(&a->waiting, d);
        pid_t pid = 0;
        int error;

        if (!f)
                return -1;
        error = start(a->program, fileno(f), &pid);
        (void)fclose(f);
        if (error)
                return diag_fail(d, "cannot run '%s': %s", a->program, strerror(error));
        a->process = pid;
        a->since = now;
        a->waiting.len = 0;
        return 0;
}

/* True when none runs any more. */
static bool is_over(struct alerts *a, int64_t now) {
        if (!a->process || waitpid((pid_t)a->process, NULL, WNOHANG) != 0) {
                a->process = 0;
                return true;
        }
        if (now - a->since > HANGS_SECONDS)
                (void)kill((pid_t)a->process, SIGKILL);
        return false;
}

int alerts_tell(struct alerts *a, int64_t now, struct diag *d) {
        return is_over(a, now) && a->waiting.len > 0 ? tell(a, now, d) : 0;
}

void alerts_free(struct alerts *a) {
        struct diag ignored = { 0 };

        if (a->waiting.len > 0)
                (void)tell(a, 0, &ignored);
        out_free(&a->waiting);
}
