/* What a list tells of a class of resources, as the guidance asks it. */
#ifndef SIDELIGHT_REPORT_INVENTORY_CLASS_H
#define SIDELIGHT_REPORT_INVENTORY_CLASS_H

#include "report/inventory_report.h"

/* Fills in the offering, what is known of the machines, and what their configuration does; and whether their Windows is patched. */
void inventory_class_request(struct advice_request *ret, struct arena *a, const struct catalog *k, struct advice_class *c);

#endif
