#include "base/json_value.h"
#include "plan/edit/words.h"

/* Pop!_OS: /etc/kernelstub/configuration, a JSON text whose user.kernel_options is a list of words (or, in old files, one string). Texts
 * without escapes stay where they are in what was read: that is where they are changed. */

struct job {
        struct arena *a;
        struct str text;
        const struct word_changes *changes;
        struct patches patches;
        bool *held;
};

static ptrdiff_t offset(const struct job *j, struct str s) {
        return s.p && s.p >= j->text.p && s.p + s.len <= j->text.p + j->text.len ? s.p - j->text.p : -1;
}

/* What an item that stays means for what is to be added. */
static void keep(struct job *j, struct str item) {
        for (ptrdiff_t i = 0; i < j->changes->count; i++) {
                struct str add = j->changes->items[i].add;
                ptrdiff_t n = str_find_char(add, '=');

                if (add.len && words_hold(j->a, item, WORDS_KERNEL, n < 0 ? add : str_sub(add, 0, n)))
                        j->held[i] = words_hold(j->a, item, WORDS_KERNEL, add);
        }
}

/* The words of one item: 1 all go, 0 none or some, with patches; -1 with a refusal. */
static int edit_item(struct job *j, struct str item, struct edited *ret) {
        ptrdiff_t from = offset(j, item);
        struct words_edit w = { .arena = j->a, .text = j->text, .changes = j->changes };

        words_part(&w, from, from + item.len);
        if (w.refusal.reason.len) {
                *ret = w.refusal;
                return -1;
        }
        if (w.bare && w.patches.count)
                return 1;
        for (ptrdiff_t i = 0; i < w.patches.count; i++)
                patch_add(&j->patches, j->a, w.patches.items[i].from, w.patches.items[i].to, S(""));
        keep(j, item);
        return 0;
}

/* Takes items out, with the comma and the blanks in front, or behind where the list begins with them. */
static void take_items(struct job *j, const struct json_value *list, const bool *goes) {
        ptrdiff_t last = -1; /* the last item that stays */

        for (ptrdiff_t i = 0; i < list->count; i++) {
                ptrdiff_t from = offset(j, list->items[i].text) - 1, to = from + list->items[i].text.len + 2;

                if (!goes[i]) {
                        last = i;
                        continue;
                }
                if (last >= 0 || i + 1 == list->count) {
                        if (i > 0)
                                from = offset(j, list->items[i - 1].text) + list->items[i - 1].text.len + 1;
                        if (last < 0 && i > 0) /* none stays: the comma went with the item before */
                                from = to - list->items[i].text.len - 2;
                } else {
                        to = offset(j, list->items[i + 1].text) - 1;
                }
                patch_add(&j->patches, j->a, from, to, S(""));
        }
}

/* Behind the last item that stays, in the way in which the items stand. */
static struct edited add_items(struct job *j, struct str key, const struct json_value *list, const bool *goes) {
        struct str between = S(" "), with = S("");
        ptrdiff_t at, last = list->count - 1;
        bool any = false;

        while (last >= 0 && goes[last])
                last--;
        if (list->count > 1) {
                ptrdiff_t from = offset(j, list->items[0].text) + list->items[0].text.len + 1;

                between = str_span(j->text, from, offset(j, list->items[1].text) - 1);
                between = str_from(between, str_find_char(between, ',') + 1);
        }
        at = last >= 0 ? offset(j, list->items[last].text) + list->items[last].text.len + 1
             : list->count ? offset(j, list->items[0].text) - 1
                       : offset(j, key) + key.len + str_find_char(str_from(j->text, offset(j, key) + key.len), '[') + 1;
        for (ptrdiff_t i = 0; i < j->changes->count; i++) {
                struct str add = j->changes->items[i].add;

                if (!add.len || j->held[i])
                        continue;
                if (!word_is_plain(add))
                        return refused(j->a, 0, "%.*s cannot be written without quotes", STR_ARG(add));
                with = last < 0 && !any ? str_fmt(j->a, "\"%.*s\"", STR_ARG(add))
                                        : str_fmt(j->a, "%.*s,%.*s\"%.*s\"", STR_ARG(with), STR_ARG(between), STR_ARG(add));
                any = true;
        }
        if (any)
                patch_add(&j->patches, j->a, at, at, with);
        return patched(j->a, j->text, &j->patches);
}

static struct edited edit_list(struct job *j, struct str key, const struct json_value *list) {
        bool *goes = arena_array(j->a, bool, list->count + 1);
        struct edited ret;

        for (ptrdiff_t i = 0; i < list->count; i++) {
                const struct json_value *item = &list->items[i];
                int status;

                if (item->type != JSON_STRING || offset(j, item->text) < 0)
                        return refused(j->a, 0, "kernel_options holds more than plain words");
                status = edit_item(j, item->text, &ret);
                if (status < 0)
                        return ret;
                goes[i] = status > 0;
        }
        take_items(j, list, goes);
        return add_items(j, key, list, goes);
}

static struct edited edit_string(struct job *j, struct str value) {
        struct words_edit w = { .arena = j->a, .text = j->text, .changes = j->changes };
        ptrdiff_t from = offset(j, value);

        if (from < 0)
                return refused(j->a, 0, "kernel_options holds more than plain words");
        words_part(&w, from, from + value.len);
        return words_done(&w);
}

struct edited edit_kernelstub(struct arena *a, struct str text, const struct word_changes *changes) {
        struct job j = { .a = a, .text = text, .changes = changes, .held = arena_array(a, bool, changes->count + 1) };
        struct json_value root;
        const struct json_value *user, *options;
        struct diag d = { 0 };

        if (json_read(a, "configuration", text, &root, &d) < 0)
                return refused(a, 0, "this is not valid JSON");
        user = json_member(&root, S("user"));
        options = json_member(user, S("kernel_options"));
        if (!options)
                return refused(a, 0, "there is no user.kernel_options here");
        if (options->type == JSON_STRING)
                return edit_string(&j, options->text);
        if (options->type != JSON_ARRAY)
                return refused(a, 0, "kernel_options is no list");
        for (ptrdiff_t i = 0; i < user->count; i++)
                if (&user->members[i].value == options)
                        return edit_list(&j, user->members[i].key, options);
        return refused(a, 0, "kernel_options is no list");
}
