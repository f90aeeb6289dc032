#include "fleet/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/plain.h"
#include "fleet/store/schema.h"

struct column {
        struct str table, name;
};

struct columns {
        struct column *items;
        ptrdiff_t count, capacity;
};

/* Of all tables of a store in a file, which has its version's: there is no second list of them. */
static int read_columns(struct db *file, struct arena *a, struct columns *ret, struct diag *d) {
        struct db_rows r;
        int status;

        if (db_query(file, &r, "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
                               " AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid", DB_NO_ARGS, d) < 0)
                return -1;
        while ((status = db_next(&r, d)) > 0)
                *arena_append(a, ret) = (struct column){ str_dup(a, db_text(&r, 0)), str_dup(a, db_text(&r, 1)) };
        db_end(&r);
        return status;
}

/* ---- One table ---- */

struct copied {
        const char *table, *columns;
        int count;
        bool numbered; /* it gives its rows numbers */
};

enum { COLUMNS_MAX = 32 };

static int copy_rows(struct db_rows *r, struct db_load *l, int count, struct diag *d) {
        struct db_value row[COLUMNS_MAX];
        int status;

        while ((status = db_next(r, d)) > 0) {
                for (int i = 0; i < count; i++)
                        row[i] = r->db->engine->value(r, i);
                if (db_load_row(l, row, d) < 0)
                        return -1;
        }
        return status;
}

static int copy_table(struct db *from, struct db *to, const struct copied *c, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct db_rows r;
        struct db_load l;
        int status;

        if (db_query(from, &r, str_fmt(&a, "SELECT %s FROM %s%c", c->columns, c->table, 0).p, DB_NO_ARGS, d) < 0)
                return -1;
        status = db_load_begin(to, &l, c->table, c->columns, d);
        if (status == 0) {
                status = copy_rows(&r, &l, c->count, d);
                if (db_load_end(&l, status == 0, d) < 0)
                        status = -1;
        }
        db_end(&r);
        if (status == 0 && c->numbered && to->engine->numbers)
                status = db_exec(to, str_fmt(&a, to->engine->numbers, c->table, c->table, 0).p, d);
        return status;
}

/* ---- All of them ---- */

static int empty_table(struct db *to, const char *table, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        return db_exec(to, db_words(to, &a, str_fmt(&a, "$EMPTY %s%c", table, 0).p), d);
}

static int copy_tables(struct db *from, struct db *to, const struct columns *all, struct diag *d) {
        for (ptrdiff_t i = 0, end; i < all->count; i = end) {
                ARENA_AUTO struct arena a = { 0 };
                struct str names = S("");
                struct copied c = { .table = str_to_c(&a, all->items[i].table) };

                for (end = i; end < all->count && str_eq(all->items[end].table, all->items[i].table); end++) {
                        names = str_fmt(&a, "%.*s%s%.*s", STR_ARG(names), end > i ? ", " : "", STR_ARG(all->items[end].name));
                        c.numbered |= str_eq(all->items[end].name, S("id"));
                        c.count++;
                }
                c.columns = str_to_c(&a, names);
                if (c.count > COLUMNS_MAX)
                        return diag_fail(d, "the table '%s' has more than %d columns", c.table, COLUMNS_MAX);
                if (empty_table(to, c.table, d) < 0 || copy_table(from, to, &c, d) < 0)
                        return -1;
        }
        return 0;
}

/* ---- Into a file ---- */

static int write_file(struct db *from, struct db *file, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct columns all = { 0 };

        if (schema_upgrade(file, schema_version, d) < 0 || read_columns(file, &a, &all, d) < 0 || db_exec(from, from->engine->look, d) < 0)
                return -1;
        from->in_transaction = true;
        if (db_begin(file, d) < 0 || copy_tables(from, file, &all, d) < 0 || db_commit(file, d) < 0)
                return -1;
        return db_exec(file, "PRAGMA journal_mode = DELETE", d); /* one file, which can be moved */
}

int store_backup(struct store *s, struct str file, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        const char *path = str_to_c(&a, file);
        struct db *to;
        int status, fd;

        if (s->db->engine->backup)
                return s->db->engine->backup(s->db, file, d);
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* ours, and no link's target */
        if (fd < 0)
                return errno == EEXIST ? diag_fail_class(d, DIAG_USAGE, "'%s' is there already: a backup does not replace a file", path)
                                       : diag_fail(d, "cannot write '%s': %s", path, strerror(errno));
        (void)close(fd);
        status = db_sqlite.open(&to, str_fmt(&a, "sqlite:%s", path), DB_CREATE, NULL, d);
        if (status == 0) {
                status = write_file(s->db, to, d);
                db_close(to);
                db_rollback(s->db);
        }
        if (status < 0)
                (void)unlink(path); /* half a backup is none */
        return status;
}

/* ---- And back ---- */

static int check_version(struct db *file, struct diag *d) {
        int version;

        if (schema_read_version(file, &version, d) < 0)
                return -1;
        if (version == schema_version)
                return 0;
        return diag_fail_class(d, DIAG_INPUT, "'%.*s' is a store of version %d, and this one is of version %d%s", STR_ARG(file->name), version,
                               schema_version, version < schema_version ? ": `sidelight fleet status --store FILE` upgrades a copy of it" : "");
}

/* What a restored store holds beyond the backup. */
struct restored {
        int64_t gone, restored; /* of the store that was there */
        int64_t now;
        struct str who, about;
};

static int count_on(struct db *db, const char *name, int64_t was, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };

        return db_run(db, "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name)"
                          " DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + CAST(excluded.value AS BIGINT) AS TEXT)",
                      DB_ARGS(DB_T(str_of(name)), DB_T(str_decimal(&a, (uint64_t)was + 1))), d);
}

/* Whoever uses the store now forgets what it knew of it (store_heed); and each tenant's audit log says that its data came from a backup. */
static int note_restored(struct db *db, const struct restored *r, struct diag *d) {
        if (count_on(db, "gone", r->gone, d) < 0 || count_on(db, "restored", r->restored, d) < 0)
                return -1;
        return db_run(db, "INSERT INTO audit (tenant, time, who, what, about) SELECT id, ?1, ?2, 'restore', ?3 FROM tenant",
                      DB_ARGS(DB_N(r->now), DB_T(r->who), DB_T(r->about)), d);
}

static int amend(struct db *copy, void *arg, struct diag *d) {
        int status = -1;

        if (schema_upgrade(copy, schema_version, d) < 0)
                return -1;
        if (db_begin(copy, d) == 0 && note_restored(copy, arg, d) == 0)
                status = db_commit(copy, d);
        db_rollback(copy);
        return status;
}

static int read_counts(struct db *db, struct restored *r, struct diag *d) {
        return db_one(db, &r->gone, 0, "SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'gone'", DB_NO_ARGS, d) < 0
                       ? -1
                       : db_one(db, &r->restored, 0, "SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'restored'", DB_NO_ARGS, d);
}

static int read_file(struct store *s, struct db *file, struct restored *r, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        struct columns all = { 0 };

        if (file->engine->check(file, d) < 0 || check_version(file, d) < 0 || read_columns(file, &a, &all, d) < 0 || db_begin(s->db, d) < 0 ||
            db_lock(s->db, d) < 0 || read_counts(s->db, r, d) < 0 || copy_tables(file, s->db, &all, d) < 0 || note_restored(s->db, r, d) < 0)
                return -1;
        return db_commit(s->db, d);
}

static int restore_rows(struct store *s, struct str file, struct restored *r, struct diag *d) {
        struct db *from;
        int status;

        if (db_sqlite.open(&from, file, DB_READ, NULL, d) < 0)
                return -1;
        status = read_file(s, from, r, d);
        db_rollback(s->db);
        db_close(from);
        return status;
}

int store_restore(struct store *s, struct str file, int64_t now, struct str who, struct diag *d) {
        ARENA_AUTO struct arena a = { 0 };
        ptrdiff_t base = file.len;
        struct restored r = { .now = now, .who = who };
        int status;

        while (base > 0 && file.p[base - 1] != '/') /* other tenants need not know where it lies */
                base--;
        r.about = str_fmt(&a, "what was in '%.*s'", STR_ARG(plain(&a, str_from(file, base))));
        if (s->db->engine->restore)
                status = read_counts(s->db, &r, d) < 0 ? -1 : s->db->engine->restore(s->db, file, amend, &r, d);
        else
                status = restore_rows(s, file, &r, d);
        return status < 0 || store_heed(s, d) < 0 ? -1 : 0;
}
