#include "base/plain.h"
#include "report/steps.h"

#include "report/layout.h"

struct str steps_title(struct arena *a, const struct step *s) {
        struct str who = doer_said(s->who);

        return who.len ? str_fmt(a, "%.*s (%.*s)", STR_ARG(s->title), STR_ARG(who)) : s->title;
}

struct str steps_flaws(struct arena *a, const struct step *s, ptrdiff_t most) {
        struct str text = S("");

        for (ptrdiff_t i = 0; i < s->resolves.count && i < most; i++)
                if (str_find(s->title, T(s->resolves.items[i]->name)) < 0)
                        text = str_fmt(a, "%.*s%s%.*s", STR_ARG(text), text.len ? "; " : "", STR_ARG(T(s->resolves.items[i]->name)));
        if (text.len && s->resolves.count > most)
                text = str_fmt(a, "%.*s; and %td more", STR_ARG(text), s->resolves.count - most);
        return text;
}

struct str steps_instruction(struct arena *a, const struct instruction *i, bool marked) {
        static const char *const marks[] = { [INSTRUCTION_PROSE] = "* ", [INSTRUCTION_COMMAND] = "run: ", [INSTRUCTION_CHANGE] = "change: " };

        return str_fmt(a, "%s%.*s%s%.*s", marked ? marks[i->kind] : "", STR_ARG(i->on), i->on.len ? ": " : "", STR_ARG(i->text));
}

const struct instruction *steps_command(const struct step *s) {
        const struct instruction *found = NULL;

        if (s->who != DOER_YOU || s->changes.count || s->ask.len || str_eq(s->id, S("read-as-root"))) /* its title says how */
                return NULL;
        for (ptrdiff_t i = 0; i < s->instructions.count; i++) {
                if (s->instructions.items[i].kind != INSTRUCTION_COMMAND)
                        continue;
                if (found)
                        return NULL;
                found = &s->instructions.items[i];
        }
        return found;
}

void steps_line(const struct instruction *i, struct arena *a, int indent, int columns, struct out *o) {
        struct str text = steps_instruction(a, i, true);

        out_repeat(o, ' ', indent);
        if (i->kind != INSTRUCTION_COMMAND) {
                layout_wrap(o, text, indent, indent, columns);
                return;
        }
        out_plain(o, text);
        out_char(o, '\n');
}

static bool sets_registry(const struct step *s) {
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                if (s->changes.items[i].target.kind != TARGET_REGISTRY_VALUE || s->changes.items[i].edit != EDIT_SET)
                        return false;
        return s->changes.count > 0;
}

struct str steps_change(struct arena *a, const struct step *s) {
        struct str text = S("");

        if (s->changes.count == 1 && !sets_registry(s))
                return str_fmt(a, ": %.*s", STR_ARG(change_text(a, &s->changes.items[0])));
        for (ptrdiff_t i = 0; sets_registry(s) && i < s->changes.count; i++)
                text = str_fmt(a, "%.*s%s%.*s to %.*s", STR_ARG(text), i ? ", " : ": ", STR_ARG(s->changes.items[i].target.key),
                               STR_ARG(s->changes.items[i].new));
        return text;
}

bool steps_is_in_ticket(const struct step *s) {
        return step_is_for_provider(s) && step_is_for(s, NULL);
}

int steps_in_ticket(const struct plan *p) {
        int count = 0;

        for (ptrdiff_t i = 0; i < p->count; i++)
                count += steps_is_in_ticket(&p->items[i]);
        return count;
}

static void str_or_null(struct json *j, const char *key, struct str s, bool there) {
        if (there)
                json_str(j, key, s);
        else
                json_put_null(j, key);
}

static void target(struct json *j, const struct target *t) {
        json_begin_object(j, "target");
        json_str(j, "kind", target_word(t->kind));
        str_or_null(j, "place", t->place, t->place.len > 0);
        str_or_null(j, "key", t->key, t->key.len > 0);
        json_end_object(j);
}

static void change(struct json *j, const struct change *c) {
        struct change undo;

        json_begin_object(j, NULL);
        target(j, &c->target);
        json_str(j, "edit", edit_word(c->edit));
        json_c(j, "was", fact_state_word((enum fact_state)c->was));
        str_or_null(j, "old", c->old, c->was == FACT_KNOWN);
        str_or_null(j, "new", c->new, c->edit != EDIT_REMOVE && c->edit != EDIT_REMOVE_WORD);
        json_bool(j, "reversible", change_undo(&undo, c));
        json_end_object(j);
}

void steps_json(struct json *j, const struct step *s) {
        json_str(j, "phase", phase_word(s->phase));
        target(j, &s->target);
        json_str(j, "owner", layer_word(s->owner));
        json_bool(j, "restart", s->restart);
        json_begin_array(j, "instructions");
        for (ptrdiff_t i = 0; i < s->instructions.count; i++) {
                const struct instruction *one = &s->instructions.items[i];

                json_begin_object(j, NULL);
                json_str(j, "kind", instruction_word(one->kind));
                str_or_null(j, "on", one->on, one->on.len > 0);
                json_str(j, "text", one->text);
                json_end_object(j);
        }
        json_end_array(j);
        json_begin_array(j, "changes");
        for (ptrdiff_t i = 0; i < s->changes.count; i++)
                change(j, &s->changes.items[i]);
        json_end_array(j);
}
