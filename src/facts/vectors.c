/* Attack vectors: who was declared trusted with mitigations= (Linux Documentation/admin-guide/hw-vuln/attack_vector_controls.rst).
 * "off" trusts everybody; "auto,no_guest_host" trusts guests towards their host. */
#include "facts/computed.h"

/* The word that takes a vector out of the mitigations. */
static struct str word_of_vector(enum computed_fact which) {
        switch (which) {
        case COMPUTED_VECTOR_USER_KERNEL:
                return S("no_user_kernel");
        case COMPUTED_VECTOR_USER_USER:
                return S("no_user_user");
        case COMPUTED_VECTOR_GUEST_HOST:
                return S("no_guest_host");
        case COMPUTED_VECTOR_GUEST_GUEST:
                return S("no_guest_guest");
        default:
                return S("no_cross_thread");
        }
}

void vector_compute(struct facts *f, enum computed_fact which, struct fact *ret) {
        const struct fact *asked = facts_named(f, S("cmdline.mitigations"));
        struct str rest, word;
        bool guarded = true;

        if (!asked)
                return;
        ret->source = asked->source;
        ret->state = asked->state == FACT_ABSENT ? FACT_KNOWN : asked->state;
        rest = asked->state == FACT_KNOWN ? asked->text : (struct str){ 0 };
        while (rest.len > 0 && str_cut(&rest, ',', &word))
                guarded &= !str_eq(word, S("off")) && !str_eq(word, word_of_vector(which));
        ret->number = guarded;
}
