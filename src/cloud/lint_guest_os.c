/* Which guest OS a configuration asks for, and whether that is good enough. */
#include "cloud/lint.h"

/* What the configuration asks for. */
struct wish {
        const struct guest_os_family *family; /* NULL: not known */
        bool pinned;                          /* osVersion is the name of a guest OS */
        struct guest_os_name name;            /* what runs: the pinned one, or the family's newest on that day */
        bool name_known;
};

static void check_family(struct lint *l, const struct cscfg *c, struct wish *w) {
        const struct xml_node *root = c->doc.root;
        uint64_t number = 0;

        if (!c->has_family || c->os_family.len == 0) {
                lint_add(l, LINT_FAMILY_MISSING, &c->doc, root, "osFamily is missing");
                return;
        }
        if (str_to_u64(c->os_family, &number) && number < 1000)
                w->family = guest_os_family(l->o->catalog, (uint32_t)number);
        if (!w->family)
                lint_add(l, LINT_FAMILY_UNKNOWN, &c->doc, root, "osFamily=\"%.*s\" is not a family that is known here",
                         STR_ARG(c->os_family));
        else if (guest_os_retired(w->family, l->o->as_of))
                lint_add(l, LINT_FAMILY_RETIRED, &c->doc, root, "osFamily=\"%.*s\" (%.*s) has been retired since %.*s",
                         STR_ARG(c->os_family), STR_ARG(T(w->family->windows)), STR_ARG(T(w->family->retired)));
}

static void check_pin(struct lint *l, const struct cscfg *c, struct wish *w) {
        const struct xml_node *root = c->doc.root;

        if (!c->has_version || c->os_version.len == 0 || str_eq(c->os_version, S("*")))
                return;
        if (!guest_os_parse(c->os_version, &w->name)) {
                lint_add(l, LINT_GUEST_OS_NAME, &c->doc, root, "osVersion=\"%.*s\" is not the name of a guest OS",
                         STR_ARG(c->os_version));
                return;
        }
        w->pinned = w->name_known = true;
        if (w->family && w->family->family != w->name.family)
                lint_add(l, LINT_GUEST_OS_FAMILY, &c->doc, root,
                         "osVersion=\"%.*s\" is of family %u, but osFamily=\"%.*s\"", STR_ARG(c->os_version),
                         w->name.family, STR_ARG(c->os_family));
        w->family = guest_os_family(l->o->catalog, w->name.family); /* the pinned image is what runs, or nothing does */
        lint_add(l, LINT_GUEST_OS_PINNED, &c->doc, root, "osVersion=\"%.*s\" is pinned: no automatic updates",
                 STR_ARG(c->os_version));
}

static void check_fixed(struct lint *l, const struct cscfg *c, const struct wish *w) {
        const struct xml_node *root = c->doc.root;
        const struct guest_os_family *f = w->family;

        if (f->kva_shadow == KVA_NONE) {
                lint_add(l, LINT_GUEST_OS_UNFIXED, &c->doc, root,
                         "%.*s: no guest OS of family %u (%.*s) was ever fixed", STR_ARG(c->os_version), f->family,
                         STR_ARG(T(f->windows)));
        } else if (f->first_fix.family && guest_os_cmp(w->name, f->first_fix) < 0) {
                lint_add(l, LINT_GUEST_OS_UNFIXED, &c->doc, root,
                         "%.*s is older than %.*s, the first of its family with the fixes", STR_ARG(c->os_version),
                         STR_ARG(T(guest_os_release(l->o->catalog, f->first_fix)->text)));
        } else if (!f->first_fix.family && w->name.month <= f->lacking) {
                lint_add(l, LINT_GUEST_OS_UNFIXED, &c->doc, root,
                         "%.*s: %.*s had no fix for Meltdown in the updates of %u-%02u", STR_ARG(c->os_version),
                         STR_ARG(T(f->windows)), f->lacking / 100, f->lacking % 100);
        } else if (!f->first_fix.family) {
                lint_add(l, LINT_GUEST_OS_UNPROVED, &c->doc, root,
                         "%.*s: which release of family %u was the first with the "
                         "fixes is not published",
                         STR_ARG(c->os_version), f->family);
        }
}

/* A name that is not in the table: made up, or newer than the table, which is no fault. */
static void check_unlisted(struct lint *l, const struct cscfg *c, const struct wish *w) {
        const struct guest_os_release *last = guest_os_last(l->o->catalog, w->name.family);
        bool newer = last && guest_os_cmp(w->name, last->name) > 0;

        if (newer)
                lint_add(l, LINT_GUEST_OS_LIST, &c->doc, c->doc.root, "%.*s is newer than the newest release known here", STR_ARG(c->os_version));
        else
                lint_add(l, LINT_GUEST_OS_UNLISTED, &c->doc, c->doc.root, "%.*s is not a published release", STR_ARG(c->os_version));
}

enum { MONTHS_MAX = 3 };

/* Months from 201801 to the day, "2018-04-02": 3. */
static int64_t months_between(uint32_t month, struct str day) {
        uint64_t year = 0, of_year = 0;

        if (!str_to_u64(str_sub(day, 0, 4), &year) || !str_to_u64(str_sub(day, 5, 2), &of_year))
                return 0;
        return (int64_t)(year * 12 + of_year) - (int64_t)(month / 100 * 12 + month % 100);
}

/* Releases go on, whether the list knows them or not: one whose updates are older than three months is not the newest. */
static void check_months(struct lint *l, const struct cscfg *c, const struct wish *w) {
        if (months_between(w->name.month, l->o->as_of) > MONTHS_MAX && !guest_os_retired(w->family, l->o->as_of))
                lint_add(l, LINT_GUEST_OS_OLD, &c->doc, c->doc.root, "%.*s holds the updates of %u-%02u, more than three months before %.*s",
                         STR_ARG(c->os_version), w->name.month / 100, w->name.month % 100, STR_ARG(l->o->as_of));
}

/* What is said of a listed release hangs on the list. */
static void check_list(struct lint *l, const struct cscfg *c, const struct wish *w) {
        const struct dated_file *list = catalog_stale(l->o->catalog, S("azure/guest-os.yaml"), l->o->as_of);

        if (list && guest_os_release(l->o->catalog, w->name))
                lint_add(l, LINT_GUEST_OS_LIST, &c->doc, c->doc.root, "releases are known here up to %.*s", STR_ARG(T(list->date)));
}

static void check_age(struct lint *l, const struct cscfg *c, const struct wish *w) {
        const struct guest_os_release *r = guest_os_release(l->o->catalog, w->name),
                                      *newest = guest_os_newest(l->o->catalog, w->name.family, l->o->as_of);
        const struct xml_node *root = c->doc.root;

        if (!r)
                check_unlisted(l, c, w);
        else if (str_cmp(T(r->released), l->o->as_of) > 0)
                lint_add(l, LINT_GUEST_OS_EARLY, &c->doc, root, "%.*s came out on %.*s", STR_ARG(T(r->text)),
                         STR_ARG(T(r->released)));
        else if (r->disabled.len > 0 && str_cmp(T(r->disabled), l->o->as_of) <= 0)
                lint_add(l, LINT_GUEST_OS_DISABLED, &c->doc, root, "%.*s was withdrawn on %.*s", STR_ARG(T(r->text)),
                         STR_ARG(T(r->disabled)));
        if (newest && guest_os_cmp(w->name, newest->name) < 0)
                lint_add(l, LINT_GUEST_OS_OLD, &c->doc, root, "%.*s is not the newest: %.*s has been out since %.*s",
                         STR_ARG(c->os_version), STR_ARG(T(newest->text)), STR_ARG(T(newest->released)));
        else
                check_months(l, c, w);
        check_list(l, c, w);
}

/* Some family's newest release of that day has KVA shadowing: to move there helps. */
static bool can_be_had(const struct lint *l) {
        const struct catalog *k = l->o->catalog;

        for (uint32_t i = 0; i < k->guest_os_family_count; i++) {
                const struct guest_os_release *newest = guest_os_newest(k, k->guest_os_families[i].family, l->o->as_of);

                if (newest && !guest_os_lacks_kva(&k->guest_os_families[i], newest->name))
                        return true;
        }
        return false;
}

/* What only matters to who runs untrusted code: can KVA shadowing be had at all? */
static void check_kva(struct lint *l, const struct cscfg *c, const struct wish *w) {
        const struct guest_os_family *f = w->family;
        struct str which = c->os_version.len > 0 && w->pinned ? c->os_version : S("the newest guest OS");

        if ((!w->name_known && f->kva_shadow != KVA_NONE) || (w->pinned && f->kva_shadow >= KVA_SETTING)) /* the pin was judged: check_fixed */
                return;
        if (guest_os_lacks_kva(f, w->name))
                lint_add_untrusted(l, can_be_had(l) ? LINT_KVA_IMPOSSIBLE : LINT_KVA_NOT_YET, &c->doc, c->doc.root,
                                   "%.*s of family %u (%.*s) has no KVA shadowing", STR_ARG(which), f->family,
                                   STR_ARG(T(f->windows)));
        else if (f->kva_shadow == KVA_UNPROVED && !w->pinned)
                lint_add_untrusted(l, LINT_GUEST_OS_UNPROVED, &c->doc, c->doc.root,
                                   "which release of family %u (%.*s) was the "
                                   "first with KVA shadowing is not published",
                                   f->family, STR_ARG(T(f->windows)));
}

void lint_guest_os(struct lint *l, const struct cscfg *c) {
        struct wish w = { 0 };

        check_family(l, c, &w);
        check_pin(l, c, &w);
        if (!w.family)
                return;
        if (w.pinned) {
                check_fixed(l, c, &w);
                check_age(l, c, &w);
        } else if (guest_os_newest(l->o->catalog, w.family->family, l->o->as_of)) {
                w.name = guest_os_newest(l->o->catalog, w.family->family, l->o->as_of)->name;
                w.name_known = true;
        }
        check_kva(l, c, &w);
}
