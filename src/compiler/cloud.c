/* A cloud's offerings (data/azure/, data/clouds/): releases of the guest OS, and what resources are by their types. */
#include "base/date.h"
#include "compiler/builder.h"

static int add_name(struct builder *b, raw_text text, struct guest_os_name *ret) {
        return guest_os_parse(str_of(text), ret) ? 0 : builder_fail(b, str_of(text), "'%s' is not the name of a guest OS", text);
}

static int add_family(struct builder *b, const struct raw_family *r) {
        struct guest_os_family *ret = arena_append(b->a, &b->guest_os_families);
        enum kva_support kva;

        FAMILY_FIELDS(COPY_FIELD)
        if (!kva_support_parse(str_of(r->kva_shadow), &kva))
                return builder_fail(b, str_of(r->kva_shadow), "'%s' is not one of on, setting, unproved, none", r->kva_shadow);
        ret->kva_shadow = (uint8_t)kva;
        if (r->first_fix && add_name(b, r->first_fix, &ret->first_fix) < 0)
                return -1;
        if (r->first_fix && ret->first_fix.family != ret->family)
                return builder_fail(b, str_of(r->first_fix), "'%s' does not belong to family %u", r->first_fix, ret->family);
        return 0;
}

/* The order is checked, because "the newest" and "the last" are found by it. */
static int add_release(struct builder *b, const struct raw_release *r) {
        struct guest_os_release one = { 0 }, *ret = &one;
        const struct guest_os_release *before = b->guest_os_releases.count ? &b->guest_os_releases.items[b->guest_os_releases.count - 1] : NULL;

        RELEASE_FIELDS(COPY_FIELD)
        one.text = builder_copy(b, r->name);
        if (add_name(b, r->name, &one.name) < 0)
                return -1;
        if (before && (one.name.family < before->name.family ||
                       (one.name.family == before->name.family && guest_os_cmp(before->name, one.name) >= 0)))
                return builder_fail(b, T(one.text), "'%s' must be newer than '%.*s', which comes before it", r->name, STR_ARG(T(before->text)));
        if (!date_valid(T(one.released)) || (one.disabled.len && !date_valid(T(one.disabled))))
                return builder_fail(b, T(one.text), "'%s' needs the dates of its release, and of its end, as YYYY-MM-DD", r->name);
        *arena_append(b->a, &b->guest_os_releases) = one;
        return 0;
}

/* Types and publishers are compared with lower-cased ones. */
static int check_lower(struct builder *b, raw_text text) {
        for (const char *p = text; *p; p++)
                if (*p >= 'A' && *p <= 'Z')
                        return builder_fail(b, str_of(text), "'%s' must be in lower case", text);
        return 0;
}

static int parse_os(struct builder *b, raw_text word, uint8_t *ret) {
        enum resource_os os = OS_ANY;

        if (word && (word[0] == '\0' || !resource_os_parse(str_of(word), &os)))
                return builder_fail(b, str_of(word), "'%s' is not one of linux, windows, unknown", word);
        *ret = (uint8_t)os;
        return 0;
}

/* An offering of the guidance, or one of the two words for what has none. */
static bool is_offering(const struct builder *b, struct str id) {
        return guidance_offering(b->guidance, id) || str_eq(id, S("unknown")) || str_eq(id, S("no-machine"));
}

static int add_type(struct builder *b, const struct raw_resource_type *r) {
        struct resource_type *ret = arena_append(b->a, &b->resource_types);
        enum resource_sure sure = RESOURCE_CERTAIN;

        RESOURCE_TYPE_FIELDS(COPY_FIELD)
        if (check_lower(b, r->type) < 0 || parse_os(b, r->os, &ret->os) < 0)
                return -1;
        if (r->sure && (!resource_sure_parse(str_of(r->sure), &sure) || sure == RESOURCE_UNKNOWN))
                return builder_fail(b, str_of(r->sure), "'%s' is not one of certain, likely, possible", r->sure);
        ret->sure = (uint8_t)sure;
        if (!is_offering(b, T(ret->offering)))
                return builder_fail(b, T(ret->offering), "unknown offering '%.*s' (not in guidance/offerings.yaml)", STR_ARG(T(ret->offering)));
        return 0;
}

static int add_publisher(struct builder *b, const struct raw_publisher *r) {
        struct image_publisher *ret = arena_append(b->a, &b->image_publishers);

        PUBLISHER_FIELDS(COPY_FIELD)
        return check_lower(b, r->publisher) < 0 ? -1 : parse_os(b, r->os, &ret->os);
}

static int add_distribution_word(struct builder *b, const struct raw_distribution_word *r) {
        struct distribution_word *ret = arena_append(b->a, &b->distribution_words);

        DISTRIBUTION_WORD_FIELDS(COPY_FIELD)
        return check_lower(b, r->word);
}

static int add_guest_os(struct builder *b, const struct raw_guest_os *r) {
        for (unsigned i = 0; i < r->families_count; i++)
                if (add_family(b, &r->families[i]) < 0)
                        return -1;
        for (unsigned i = 0; i < r->releases_count; i++)
                if (add_release(b, &r->releases[i]) < 0)
                        return -1;
        return 0;
}

static int add_resource_types(struct builder *b, const struct raw_resource_types *r) {
        for (unsigned i = 0; i < r->types_count; i++)
                if (add_type(b, &r->types[i]) < 0)
                        return -1;
        for (unsigned i = 0; i < r->publishers_count; i++)
                if (add_publisher(b, &r->publishers[i]) < 0)
                        return -1;
        for (unsigned i = 0; i < r->distributions_count; i++)
                if (add_distribution_word(b, &r->distributions[i]) < 0)
                        return -1;
        return 0;
}

static int add_size(struct builder *b, const struct raw_cloud_size *r) {
        static const struct str vendors[] = { STR("intel"), STR("amd"), STR("arm") };
        struct cloud_size *ret = arena_append(b->a, &b->cloud_sizes);
        bool known = !r->vendor;

        CLOUD_SIZE_FIELDS(COPY_FIELD)
        for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
                known |= str_eq(T(ret->vendor), vendors[i]);
        if (!known || ret->threads > 8)
                return builder_fail(b, str_of(r->size), "'%s' needs a vendor of intel, amd, arm, and at most 8 threads", r->size);
        return check_lower(b, r->size);
}

static int add_sizes(struct builder *b, const struct raw_file *f) {
        for (unsigned i = 0; i < f->cloud_sizes_count; i++)
                if (add_size(b, &f->cloud_sizes[i]) < 0)
                        return -1;
        return 0;
}

int builder_cloud(struct builder *b) {
        for (ptrdiff_t i = 0; i < b->file_count; i++) {
                const struct raw_file *f = &b->files[i];

                b->file = f->file;
                b->cursor = 0;
                if ((f->guest_os && add_guest_os(b, f->guest_os) < 0) ||
                    (f->resource_types && add_resource_types(b, f->resource_types) < 0) || add_sizes(b, f) < 0)
                        return -1;
        }
        return 0;
}
