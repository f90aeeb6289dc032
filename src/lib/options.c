/* sidelight_set: options by name, each a function from a text. */
#include "base/date.h"
#include "lib/handle.h"

static int yes_no(sidelight *s, const char *value, bool otherwise, bool *ret) {
        *ret = *value ? strcmp(value, "yes") == 0 : otherwise;
        return *ret || strcmp(value, "no") == 0 || !*value ? SIDELIGHT_OK : handle_fail(s, SIDELIGHT_BAD_USE, "expected yes or no, not", value);
}

static int set_boundary(sidelight *s, const char *value) {
        struct str rest = str_of(value), word;
        boundary_set wanted = 0;
        enum boundary b;

        while (rest.len && str_cut(&rest, ',', &word)) {
                if (!boundary_parse(str_trim(word), &b))
                        return handle_fail(s, SIDELIGHT_BAD_USE, "no such boundary:", value);
                wanted |= (boundary_set)(1 << b);
        }
        s->options.boundaries = wanted;
        return SIDELIGHT_OK;
}

static int set_only(sidelight *s, const char *value) {
        bool *among = arena_array(&s->settings, bool, s->catalog->flaw_count);
        struct str rest = str_of(value), word;

        while (rest.len && str_cut(&rest, ',', &word)) {
                const struct flaw *f = catalog_flaw(s->catalog, str_trim(word));

                if (!f)
                        return handle_fail(s, SIDELIGHT_BAD_USE, "no such flaw:", value);
                among[f - s->catalog->flaws] = true;
        }
        s->options.among = *value ? among : NULL;
        return SIDELIGHT_OK;
}

static int set_untrusted(sidelight *s, const char *value) {
        bool yes;

        if (yes_no(s, value, false, &yes) != SIDELIGHT_OK)
                return SIDELIGHT_BAD_USE;
        s->untrusted = (struct declared){ .name = S("untrusted"), .value = yes ? S("yes") : S("no") };
        s->options.facts.declared = &s->untrusted;
        s->options.facts.declared_count = *value ? 1 : 0;
        return SIDELIGHT_OK;
}

static int set_ignore_os_claims(sidelight *s, const char *value) {
        return yes_no(s, value, false, &s->options.facts.ignore_os_claims);
}

static int set_fingerprint(sidelight *s, const char *value) {
        return yes_no(s, value, false, &s->options.fingerprint);
}

static int set_collect(sidelight *s, const char *value) {
        s->needed = strcmp(value, "needed") == 0;
        return s->needed || !*value || strcmp(value, "all") == 0 ? SIDELIGHT_OK : handle_fail(s, SIDELIGHT_BAD_USE, "expected all or needed, not", value);
}

static int set_copy(sidelight *s, const char *value) {
        bool yes;
        int status = yes_no(s, value, true, &yes);

        s->borrow = !yes;
        return status;
}

static int set_texts(sidelight *s, const char *value) {
        bool yes;
        int status = yes_no(s, value, true, &yes);

        s->textless = !yes;
        return status;
}

bool handle_format(const char *word, enum report_format *ret) {
        static const struct str words[] = {
#define X(name, word, title) STR(word),
                REPORT_FORMATS(X)
#undef X
        };
        int i = 0;

        while (i < REPORT_FORMAT_COUNT && !str_eq(words[i], str_of(word)))
                i++;
        *ret = (enum report_format)i;
        return i < REPORT_FORMAT_COUNT;
}

static int set_format(sidelight *s, const char *value) {
        enum report_format format = REPORT_TEXT;

        if (*value && !handle_format(value, &format))
                return handle_fail(s, SIDELIGHT_BAD_USE, "no such format:", value);
        s->format = format;
        return SIDELIGHT_OK;
}

static int set_fail_on(sidelight *s, const char *value) {
        static const enum status statuses[] = { STATUS_UNKNOWN, STATUS_PARTIAL, STATUS_VULNERABLE };
        struct str rest = str_of(*value ? value : "unknown,partial,vulnerable"), word;
        status_set set = 0;

        while (rest.len && str_cut(&rest, ',', &word)) {
                size_t i = 0;

                while (i < 3 && !str_eq(status_word(statuses[i]), str_trim(word)))
                        i++;
                if (i == 3 && !str_eq(str_trim(word), S("never")))
                        return handle_fail(s, SIDELIGHT_BAD_USE, "expected vulnerable, partial, unknown or never, not", value);
                if (i < 3)
                        set |= (status_set)(1 << statuses[i]);
        }
        s->style.fail_on = set;
        return SIDELIGHT_OK;
}

static int set_now(sidelight *s, const char *value) {
        if (*value && (!date_is_moment(str_of(value)) || strlen(value) != 20))
                return handle_fail(s, SIDELIGHT_BAD_USE, "expected a moment such as 2026-11-26T18:00:00Z, not", value);
        s->style.now = str_dup(&s->settings, str_of(value));
        return SIDELIGHT_OK;
}

static int set_columns(sidelight *s, const char *value) {
        uint64_t columns = 80;

        if (*value && (!str_to_u64(str_of(value), &columns) || columns > 10000))
                return handle_fail(s, SIDELIGHT_BAD_USE, "expected a number of columns, not", value);
        s->style.columns = (int)columns;
        return SIDELIGHT_OK;
}

static int set_wide(sidelight *s, const char *value) {
        int r = yes_no(s, value, false, &s->style.wide);

        /* All that is known is also which machines are alike. */
        if (r == SIDELIGHT_OK && s->style.wide)
                s->options.fingerprint = true;
        return r;
}

static int set_colour(sidelight *s, const char *value) {
        return yes_no(s, value, false, &s->style.color);
}

static int set_ascii(sidelight *s, const char *value) {
        return yes_no(s, value, false, &s->style.ascii);
}

static const struct {
        const char *name;
        int (*set)(sidelight *s, const char *value);
} options[] = {
        { "untrusted", set_untrusted },
        { "boundary", set_boundary },
        { "only", set_only },
        { "ignore-os-claims", set_ignore_os_claims },
        { "fingerprint", set_fingerprint },
        { "collect", set_collect },
        { "copy", set_copy },
        { "texts", set_texts },
        { "format", set_format },
        { "fail-on", set_fail_on },
        { "now", set_now },
        { "columns", set_columns },
        { "wide", set_wide },
        { "colour", set_colour },
        { "ascii", set_ascii },
};

int handle_set(sidelight *s, void *arg) {
        const struct setting *o = arg;

        s->judged = false;
        if (!o->option || !o->value)
                return handle_fail(s, SIDELIGHT_BAD_USE, "an option and its value are needed", NULL);
        for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
                if (strcmp(options[i].name, o->option) == 0)
                        return options[i].set(s, o->value);
        return handle_fail(s, SIDELIGHT_BAD_USE, "no such option:", o->option);
}
