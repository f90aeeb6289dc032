#include "plan/policy.h"

#include "base/date.h"
#include "base/json_value.h"

static int read_one(struct policy *ret, struct arena *a, const struct catalog *c, const char *file, const struct json_value *v,
                    struct str today, struct diag *d) {
        struct accepted one = { .reason = json_member_text(v, S("reason")), .who = json_member_text(v, S("who")),
                                .until = json_member_text(v, S("until")) };
        struct str name = json_member_text(v, S("flaw"));

        if (!name.len || !str_trim(one.reason).len || !str_trim(one.who).len)
                return diag_fail_class(d, DIAG_INPUT, "%s: an accepted risk needs flaw, reason, who and until, each a text", file);
        if (!date_valid(one.until))
                return diag_fail_class(d, DIAG_INPUT, "%s: 'until' of %.*s is a day such as 2027-01-31, not '%.*s'", file, STR_ARG(name),
                                       STR_ARG(one.until));
        one.flaw = catalog_flaw(c, name);
        if (!one.flaw)
                return diag_fail_class(d, DIAG_INPUT, "%s: no flaw is called '%.*s'", file, STR_ARG(name));
        one.expired = str_cmp(one.until, today) < 0;
        *arena_append(a, ret) = one;
        return 0;
}

int policy_read(struct policy *ret, struct arena *a, const struct catalog *c, const char *file, struct str text, struct str today,
                struct diag *d) {
        const struct json_value *list;
        struct json_value v;

        *ret = (struct policy){ 0 };
        if (json_read(a, file, text, &v, d) < 0)
                return -1;
        list = json_member(&v, S("accept"));
        if (!list || list->type != JSON_ARRAY || json_count(&v) != 1)
                return diag_fail_class(d, DIAG_INPUT, "%s: a policy is {\"accept\": [{\"flaw\": …, \"reason\": …, \"who\": …, \"until\": \"2027-01-31\"}, …]}", file);
        for (ptrdiff_t i = 0; i < list->count; i++)
                if (read_one(ret, a, c, file, &list->items[i], today, d) < 0)
                        return -1;
        return 0;
}

const struct accepted *policy_accepts(const struct policy *p, const struct flaw *f) {
        for (ptrdiff_t i = 0; p && i < p->count; i++)
                if (p->items[i].flaw == f && !p->items[i].expired)
                        return &p->items[i];
        return NULL;
}
