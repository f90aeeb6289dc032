#include "cloud/guest_os.h"

const struct guest_os_family *guest_os_family(const struct catalog *c, uint32_t family) {
        for (uint32_t i = 0; i < c->guest_os_family_count; i++)
                if (c->guest_os_families[i].family == family)
                        return &c->guest_os_families[i];
        return NULL;
}

const struct guest_os_release *guest_os_release(const struct catalog *c, struct guest_os_name name) {
        for (uint32_t i = 0; i < c->guest_os_release_count; i++) {
                const struct guest_os_release *r = &c->guest_os_releases[i];

                if (r->name.family == name.family && r->name.month == name.month && guest_os_cmp(r->name, name) == 0)
                        return r;
        }
        return NULL;
}

const struct guest_os_release *guest_os_newest(const struct catalog *c, uint32_t family, struct str date) {
        const struct guest_os_release *newest = NULL;

        for (uint32_t i = 0; i < c->guest_os_release_count; i++)
                if (c->guest_os_releases[i].name.family == family && str_cmp(T(c->guest_os_releases[i].released), date) <= 0)
                        newest = &c->guest_os_releases[i];
        return newest;
}

const struct guest_os_release *guest_os_last(const struct catalog *c, uint32_t family) {
        return guest_os_newest(c, family, S("9999"));
}

bool guest_os_retired(const struct guest_os_family *f, struct str date) {
        return f->retired.len > 0 && str_cmp(T(f->retired), date) <= 0;
}

bool guest_os_lacks_kva(const struct guest_os_family *f, struct guest_os_name name) {
        switch ((enum kva_support)f->kva_shadow) {
        case KVA_NONE:
                return true;
        case KVA_UNPROVED:
                return name.month <= f->lacking;
        case KVA_SETTING:
        case KVA_ON:
        case KVA_COUNT:
                break;
        }
        return guest_os_cmp(name, f->first_fix) < 0;
}
