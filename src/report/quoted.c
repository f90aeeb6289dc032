#include "report/quoted.h"

void quoted_facts(struct json *j, const char *key, const struct quoted_fact *f, uint32_t count) {
        json_begin_array(j, key);
        for (uint32_t i = 0; i < count; i++) {
                json_begin_object(j, NULL);
                json_str(j, "fact", f[i].name);
                json_str(j, "value", f[i].value);
                json_str(j, "source", f[i].source);
                json_end_object(j);
        }
        json_end_array(j);
}
