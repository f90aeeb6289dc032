/* The chassis asset tag in a raw SMBIOS table (DMTF DSP0134, 7.4 System Enclosure or Chassis): clouds sign their machines there. */
#ifndef SIDELIGHT_COLLECT_WINDOWS_SMBIOS_H
#define SIDELIGHT_COLLECT_WINDOWS_SMBIOS_H

#include "base/str.h"

/* `table` is the structure table as it stands in memory, from anyone; empty when it has no such text. */
struct str smbios_chassis_asset_tag(struct str table);

#endif
