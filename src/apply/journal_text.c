#include "apply/journal_text.h"

#include "base/json.h"
#include "base/json_value.h"

static const struct str states[] = {
#define X(name, word) [ENTRY_##name] = STR(word),
        ENTRY_STATES(X)
#undef X
};

struct str entry_state_word(enum entry_state s) {
        return states[s];
}

/* ---- Writing ---- */

static void write_changes(struct json *j, const struct changes *all) {
        json_begin_array(j, "changes");
        for (ptrdiff_t i = 0; i < all->count; i++) {
                const struct change *c = &all->items[i];

                json_begin_object(j, NULL);
                json_str(j, "kind", target_word(c->target.kind));
                json_str(j, "place", c->target.place);
                json_str(j, "key", c->target.key);
                json_str(j, "edit", edit_word(c->edit));
                json_u64(j, "was", c->was);
                json_str(j, "old", c->old);
                json_str(j, "new", c->new);
                json_end_object(j);
        }
        json_end_array(j);
}

static void write_strings(struct json *j, const char *key, const struct str_list *l) {
        json_begin_array(j, key);
        for (uint32_t i = 0; i < l->count; i++)
                json_str(j, NULL, l->items[i]);
        json_end_array(j);
}

static void write_was(struct json *j, const struct tree_file *was) {
        json_bool(j, "exists", was->exists);
        json_u64(j, "mode", was->mode);
        json_u64(j, "uid", was->uid);
        json_u64(j, "gid", was->gid);
        json_i64(j, "seconds", was->seconds);
        json_u64(j, "nanoseconds", was->nanoseconds);
}

static void write_deed(struct json *j, const struct deed *d) {
        json_begin_object(j, NULL);
        json_str(j, "kind", deed_word(d->kind));
        json_i64(j, "step", d->step);
        json_str(j, "path", d->path);
        write_was(j, &d->was);
        json_str(j, "old", str_of(d->old_hash));
        json_str(j, "new", str_of(d->new_hash));
        if (!deed_is_file(d)) {
                json_str(j, "old_value", d->old);
                json_str(j, "new_value", d->new);
        }
        json_end_object(j);
}

static void write_step(struct json *j, const struct entry_step *s) {
        json_begin_object(j, NULL);
        json_str(j, "id", s->id);
        json_str(j, "title", s->title);
        json_bool(j, "restart", s->restart);
        write_changes(j, &s->changes);
        write_strings(j, "resolves", &s->resolves);
        json_end_object(j);
}

static void write_command(struct json *j, const struct errand *c) {
        json_begin_object(j, NULL);
        json_i64(j, "step", c->step);
        write_strings(j, "argv", &c->argv);
        json_str(j, "result", c->result);
        json_bool(j, "package", c->package);
        write_strings(j, "undo", &c->undo);
        json_end_object(j);
}

static void write_folder(struct json *j, const struct entry_folder *f) {
        json_begin_object(j, NULL);
        json_str(j, "path", f->path);
        write_was(j, &f->was);
        json_end_object(j);
}

#define WRITE_LIST(name, write)                              \
        json_begin_array(&j, #name);                         \
        for (ptrdiff_t i = 0; i < e->name.count; i++)        \
                write(&j, &e->name.items[i]);                \
        json_end_array(&j)

void entry_write(const struct entry *e, struct out *o) {
        struct json j = { .out = o, .indent = 2 };

        json_begin_object(&j, NULL);
        json_u64(&j, "sidelight", 1);
        json_u64(&j, "id", e->id);
        json_str(&j, "state", states[e->state]);
        json_str(&j, "plan", e->plan);
        json_str(&j, "when", e->when);
        json_str(&j, "boot", e->boot);
        json_str(&j, "kernels", e->kernels);
        json_bool(&j, "commands_wait", e->commands_wait);
        WRITE_LIST(steps, write_step);
        WRITE_LIST(files, write_deed);
        WRITE_LIST(results, write_deed);
        WRITE_LIST(commands, write_command);
        WRITE_LIST(folders, write_folder);
        if (e->keys.count) {
                struct str_list keys = { .items = e->keys.items, .count = (uint32_t)e->keys.count };

                write_strings(&j, "keys", &keys);
        }
        json_end_object(&j);
        out_char(o, '\n');
}

/* ---- Reading ---- */

static uint64_t number(const struct json_value *v, const char *key) {
        uint64_t n = 0;

        (void)json_to_u64(json_member(v, str_of(key)), &n);
        return n;
}

static int64_t whole(const struct json_value *v, const char *key) {
        int64_t n = 0;

        (void)json_to_i64(json_member(v, str_of(key)), &n);
        return n;
}

static bool yes(const struct json_value *v, const char *key) {
        const struct json_value *m = json_member(v, str_of(key));

        return m && m->type == JSON_TRUE;
}

/* The number of a word among `count`; 0 for one that is none of them. */
static int word_among(const struct json_value *v, const char *key, struct str (*word)(int), int count) {
        struct str text = json_member_text(v, str_of(key));

        for (int i = 0; i < count; i++)
                if (str_eq(word(i), text))
                        return i;
        return 0;
}

static struct str nth_state(int i) { return states[i]; }
static struct str nth_deed(int i) { return deed_word((enum deed_kind)i); }
static struct str nth_edit(int i) { return edit_word((enum edit_kind)i); }
static struct str nth_target(int i) { return target_word((enum target_kind)i); }

static struct str_list read_strings(struct arena *a, const struct json_value *v, const char *key) {
        const struct json_value *list = json_member(v, str_of(key));
        struct str *items = arena_array(a, struct str, json_count(list) + 1);
        struct str_list ret = { .items = items, .count = (uint32_t)json_count(list) };

        for (ptrdiff_t i = 0; i < json_count(list); i++)
                items[i] = json_item(list, i)->text;
        return ret;
}

static struct tree_file read_was(const struct json_value *v) {
        return (struct tree_file){ .exists = yes(v, "exists"), .mode = (uint32_t)number(v, "mode"), .uid = (uint32_t)number(v, "uid"),
                                   .gid = (uint32_t)number(v, "gid"), .seconds = whole(v, "seconds"),
                                   .nanoseconds = (uint32_t)number(v, "nanoseconds") };
}

static void read_hash(const struct json_value *v, const char *key, char ret[65]) {
        struct str text = json_member_text(v, str_of(key));

        if (text.len == 64)
                memcpy(ret, text.p, 64);
}

static struct deed read_deed(const struct json_value *v) {
        struct deed d = { .kind = (enum deed_kind)word_among(v, "kind", nth_deed, DEED_COUNT), .step = whole(v, "step"),
                          .path = json_member_text(v, S("path")), .was = read_was(v), .old = json_member_text(v, S("old_value")),
                          .new = json_member_text(v, S("new_value")) };

        read_hash(v, "old", d.old_hash);
        read_hash(v, "new", d.new_hash);
        return d;
}

static struct change read_change(const struct json_value *v) {
        return (struct change){
                .target = { .kind = (enum target_kind)word_among(v, "kind", nth_target, TARGET_COUNT),
                            .place = json_member_text(v, S("place")), .key = json_member_text(v, S("key")) },
                .edit = (enum edit_kind)word_among(v, "edit", nth_edit, EDIT_COUNT),
                .was = (uint8_t)number(v, "was"),
                .old = json_member_text(v, S("old")),
                .new = json_member_text(v, S("new")),
        };
}

static struct entry_step read_step(struct arena *a, const struct json_value *v) {
        const struct json_value *changes = json_member(v, S("changes"));
        struct entry_step s = { .id = json_member_text(v, S("id")), .title = json_member_text(v, S("title")),
                                .restart = yes(v, "restart"), .resolves = read_strings(a, v, "resolves") };

        for (ptrdiff_t i = 0; i < json_count(changes); i++)
                *arena_append(a, &s.changes) = read_change(json_item(changes, i));
        return s;
}

static struct errand read_command(struct arena *a, const struct json_value *v) {
        return (struct errand){ .step = whole(v, "step"), .argv = read_strings(a, v, "argv"),
                                 .result = json_member_text(v, S("result")), .package = yes(v, "package"),
                                .undo = read_strings(a, v, "undo") };
}

static struct entry_folder read_folder(const struct json_value *v) {
        return (struct entry_folder){ .path = json_member_text(v, S("path")), .was = read_was(v) };
}

static void read_lists(struct entry *ret, struct arena *a, const struct json_value *v) {
        const struct json_value *steps = json_member(v, S("steps")), *files = json_member(v, S("files")),
                                *results = json_member(v, S("results")), *commands = json_member(v, S("commands")),
                                *folders = json_member(v, S("folders")), *keys = json_member(v, S("keys"));

        for (ptrdiff_t i = 0; i < json_count(steps); i++)
                *arena_append(a, &ret->steps) = read_step(a, json_item(steps, i));
        for (ptrdiff_t i = 0; i < json_count(files); i++)
                *arena_append(a, &ret->files) = read_deed(json_item(files, i));
        for (ptrdiff_t i = 0; i < json_count(results); i++)
                *arena_append(a, &ret->results) = read_deed(json_item(results, i));
        for (ptrdiff_t i = 0; i < json_count(commands); i++)
                *arena_append(a, &ret->commands) = read_command(a, json_item(commands, i));
        for (ptrdiff_t i = 0; i < json_count(folders); i++)
                *arena_append(a, &ret->folders) = read_folder(json_item(folders, i));
        for (ptrdiff_t i = 0; i < json_count(keys); i++)
                *arena_append(a, &ret->keys) = json_item(keys, i)->text;
}

int entry_parse(struct entry *ret, struct arena *a, const char *file, struct str text, struct diag *d) {
        struct json_value v;

        if (json_read(a, file, text, &v, d) < 0)
                return -1;
        if (number(&v, "sidelight") != 1 || number(&v, "id") == 0)
                return diag_fail_class(d, DIAG_INPUT, "'%s' is no record of a fix that this version knows", file);
        *ret = (struct entry){ .id = number(&v, "id"), .state = (enum entry_state)word_among(&v, "state", nth_state, ENTRY_STATE_COUNT),
                               .plan = json_member_text(&v, S("plan")), .when = json_member_text(&v, S("when")),
                               .boot = json_member_text(&v, S("boot")), .kernels = json_member_text(&v, S("kernels")),
                               .commands_wait = yes(&v, "commands_wait") };
        read_lists(ret, a, &v);
        return 0;
}
