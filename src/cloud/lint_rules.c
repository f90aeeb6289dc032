#include "cloud/lint_rules.h"

#define NOTE REMARK_NOTE
#define WARNING REMARK_WARNING
#define ERROR REMARK_ERROR

const struct remark_rule lint_rules[LINT_RULE_COUNT] = {
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
