/* What the forms of Microsoft's module share: its properties, gathered machine by machine. Private to import/. */
#ifndef SIDELIGHT_COLLECT_IMPORT_MODULE_H
#define SIDELIGHT_COLLECT_IMPORT_MODULE_H

#include "collect/import/parts.h"

struct properties {
        struct import_property *items;
        ptrdiff_t count, capacity;
};

/* Machines by their names, in the order in which they are told of. */
struct module_machines {
        struct module_machine {
                struct str name;
                struct properties properties;
                int cut; /* columns whose names cannot be told, the first of which is */
                struct str first_cut;
        } *items;
        ptrdiff_t count, capacity;
};

/* A name of the module's own. */
bool module_is_property(const struct catalog *c, struct str name);
/* What is told twice counts once; told differently, it is not read. */
void module_add_once(struct import *im, struct properties *all, const struct import_property *p);

/* Format-Table: the line below the head of the first table from that line on that has a property of the module; -1: there is none. */
ptrdiff_t module_table_at(struct import *im, const struct lines *l, ptrdiff_t from);
/* Its rows, each a machine's; `ret` may know some of them from another table. */
void module_read_table(struct import *im, struct lines *l, ptrdiff_t ruler, struct module_machines *ret);

#endif
