#include "cloud/resource_types.h"

struct str resource_os_word(enum resource_os os) {
        static const struct str words[] = {
#define X(name, word) [OS_##name] = STR(word),
                RESOURCE_OSES(X)
#undef X
        };
        return words[os];
}

struct str resource_sure_word(enum resource_sure sure) {
        static const struct str words[] = {
#define X(name, word) [RESOURCE_##name] = STR(word),
                RESOURCE_SURE(X)
#undef X
        };
        return words[sure];
}
