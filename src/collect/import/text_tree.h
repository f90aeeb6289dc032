/* Trees that machines print as text (YAML in block style, facter's, salt's), as the values that JSON would be. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_TEXT_TREE_H
#define SIDELIGHT_COLLECT_IMPORT_TEXT_TREE_H

#include "collect/import/parts.h"

/* False when the text is none. What is not understood, and what stands behind it, is left out. Lives in `a` and in the text. */
bool text_tree_read(struct arena *a, struct str text, struct json_value *ret);

#endif
