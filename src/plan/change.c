#include "plan/change.h"

bool change_undo(struct change *ret, const struct change *c) {
        *ret = *c;
        ret->was = FACT_KNOWN;
        ret->old = c->new;
        ret->new = c->old;
        switch (c->edit) {
        case EDIT_ADD_WORD:
                ret->edit = EDIT_REMOVE_WORD;
                return true;
        case EDIT_REMOVE_WORD:
                ret->edit = EDIT_ADD_WORD;
                ret->was = FACT_ABSENT;
                return true;
        case EDIT_REMOVE:
                ret->edit = EDIT_SET;
                ret->was = FACT_ABSENT;
                return c->was == FACT_KNOWN;
        case EDIT_SET:
        case EDIT_WRITE_FILE:
                if (c->was == FACT_ABSENT)
                        ret->edit = EDIT_REMOVE;
                return c->was == FACT_KNOWN || c->was == FACT_ABSENT;
        case EDIT_COUNT:
                break;
        }
        return false;
}

/* What is touched, in words. */
static struct str place_text(struct arena *a, const struct target *t) {
        switch (t->kind) {
        case TARGET_COMMAND_LINE:
                return target_title(t->kind);
        case TARGET_SYSCTL:
                return str_fmt(a, "the sysctl %.*s", STR_ARG(t->key));
        case TARGET_MODULE_OPTION:
                return str_fmt(a, "the option %.*s of the module %.*s", STR_ARG(t->key), STR_ARG(t->place));
        case TARGET_REGISTRY_VALUE:
                return str_fmt(a, "the registry value %.*s\\%.*s", STR_ARG(t->place), STR_ARG(t->key));
        case TARGET_SERVICE_FILE:
                return t->place;
        default:
                return t->key.len ? t->key : target_title(t->kind);
        }
}

struct str change_text(struct arena *a, const struct change *c) {
        struct str where = place_text(a, &c->target);

        switch (c->edit) {
        case EDIT_ADD_WORD:
                return str_fmt(a, "add %.*s to %.*s", STR_ARG(c->new), STR_ARG(where));
        case EDIT_REMOVE_WORD:
                return str_fmt(a, "remove %.*s from %.*s", STR_ARG(c->old), STR_ARG(where));
        case EDIT_REMOVE:
                return str_fmt(a, "remove %.*s", STR_ARG(where));
        case EDIT_SET:
                if (c->was == FACT_KNOWN)
                        return str_fmt(a, "set %.*s to %.*s (now %.*s)", STR_ARG(where), STR_ARG(c->new), STR_ARG(c->old));
                return str_fmt(a, "set %.*s to %.*s%s", STR_ARG(where), STR_ARG(c->new),
                               c->was == FACT_ABSENT ? " (now not there)" : "");
        case EDIT_WRITE_FILE:
        case EDIT_COUNT:
                break;
        }
        return str_fmt(a, "%s %.*s", c->was == FACT_ABSENT ? "write" : "rewrite", STR_ARG(where));
}

/* ---- Old values ---- */

/* A whole registry value as a fact, whose number is written as people write it; -1 when the catalog has none. */
static int32_t registry_fact(struct arena *a, const struct catalog *k, const struct target *t) {
        struct str text = str_fmt(a, "%.*s|%.*s", STR_ARG(t->place), STR_ARG(t->key));

        for (uint32_t i = 0; i < k->fact_count; i++)
                if (k->facts[i].kind == FACT_KIND_REGISTRY && k->facts[i].type != VALUE_BOOL && str_eq_nocase(T(k->facts[i].text), text))
                        return (int32_t)i;
        return -1;
}

/* The file that shows it; empty for what no file shows. */
static struct str path_of(struct arena *a, const struct target *t) {
        char *path = arena_bytes(a, t->key.len + 1);

        switch (t->kind) {
        case TARGET_SETTING:
                return t->key;
        case TARGET_MODULE_OPTION:
                return str_fmt(a, "/sys/module/%.*s/parameters/%.*s", STR_ARG(t->place), STR_ARG(t->key));
        case TARGET_SYSCTL:
                for (ptrdiff_t i = 0; i < t->key.len; i++)
                        path[i] = t->key.p[i] == '.' ? '/' : t->key.p[i];
                return str_fmt(a, "/proc/sys/%.*s", STR_ARG(str_n(path, t->key.len)));
        default:
                return S("");
        }
}

void change_look(struct change *c, struct arena *a, struct facts *f) {
        int32_t fact = f && c->target.kind == TARGET_REGISTRY_VALUE ? registry_fact(a, f->catalog, &c->target) : -1;
        struct str path = path_of(a, &c->target);
        const struct record *r = f && path.len ? evidence_file(f->evidence, path) : NULL;
        const struct fact *v = fact < 0 ? NULL : facts_get(f, (uint32_t)fact);

        c->was = v ? v->state : r ? (uint8_t)r->state : FACT_UNREAD;
        if (c->was == FACT_KNOWN)
                c->old = v ? fact_text(a, &f->catalog->facts[fact], v) : str_trim(r->text);
}

/* ---- The commands that make it ---- */

static bool is_number(struct str s) {
        uint64_t n;

        return str_to_u64(s, &n);
}

static void add_command(struct instructions *ret, struct arena *a, struct str text) {
        *arena_append(a, ret) = (struct instruction){ .kind = INSTRUCTION_COMMAND, .text = text };
}

static void registry_command(struct instructions *ret, struct arena *a, const struct change *c) {
        const struct target *t = &c->target;

        if (c->edit == EDIT_REMOVE)
                add_command(ret, a, str_fmt(a, "reg delete \"%.*s\" /v %.*s /f", STR_ARG(t->place), STR_ARG(t->key)));
        else
                add_command(ret, a, str_fmt(a, "reg add \"%.*s\" /v %.*s /t %s /d %.*s /f", STR_ARG(t->place), STR_ARG(t->key),
                                            is_number(c->new) ? "REG_DWORD" : "REG_SZ", STR_ARG(c->new)));
}

void change_commands(struct instructions *ret, struct arena *a, const struct change *c) {
        const struct target *t = &c->target;

        switch (t->kind) {
        case TARGET_REGISTRY_VALUE:
                registry_command(ret, a, c);
                break;
        case TARGET_SETTING:
                add_command(ret, a, str_fmt(a, "echo %.*s > %.*s", STR_ARG(c->new), STR_ARG(t->key)));
                break;
        case TARGET_SYSCTL:
                add_command(ret, a, str_fmt(a, "sysctl -w %.*s=%.*s", STR_ARG(t->key), STR_ARG(c->new)));
                add_command(ret, a, str_fmt(a, "echo %.*s=%.*s > /etc/sysctl.d/90-%.*s.conf", STR_ARG(t->key), STR_ARG(c->new),
                                            STR_ARG(t->key)));
                break;
        case TARGET_MODULE_OPTION:
                add_command(ret, a, str_fmt(a, "echo 'options %.*s %.*s=%.*s' > /etc/modprobe.d/%.*s-%.*s.conf", STR_ARG(t->place),
                                            STR_ARG(t->key), STR_ARG(c->new), STR_ARG(t->place), STR_ARG(t->key)));
                break;
        default:
                break; /* how a command line is kept depends on the boot loader: fixes.yaml has the words */
        }
}
