#include "cloud/lint_rules.h"

#define NOTE FINDING_NOTE
#define WARNING FINDING_WARNING
#define ERROR FINDING_ERROR

const struct finding_rule lint_rules[LINT_RULE_COUNT] = {
#define X(name, rule_id, rule_level, rule_title, rule_why, rule_fix, rule_statements, rule_source) \
        [LINT_##name] = {                                                                          \
                .id = (rule_id),                                                                   \
                .level = (rule_level),                                                             \
                .title = (rule_title),                                                             \
                .why = (rule_why),                                                                 \
                .fix = (rule_fix),                                                                 \
                .statements = (rule_statements),                                                   \
                .source = (rule_source),                                                           \
        },
        LINT_RULES(X)
#undef X
};
