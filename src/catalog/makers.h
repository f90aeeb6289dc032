/* Makers of processors that sidelight tells apart: by what CPUID or /proc/cpuinfo calls them, and by the word that data uses
 * (`vendor:` of cpus.yaml, the fact cpu.vendor). A closed list: a processor of a maker that no source names could never match. */
#ifndef SIDELIGHT_CATALOG_MAKERS_H
#define SIDELIGHT_CATALOG_MAKERS_H

#define CPU_MAKERS(X)             \
        X("GenuineIntel", "intel")   \
        X("AuthenticAMD", "amd")     \
        X("HygonGenuine", "hygon")   \
        X("CentaurHauls", "centaur") \
        X("  Shanghai  ", "zhaoxin") \
        X("Shanghai", "zhaoxin")     \
        X("ARM", "arm")              \
        X("Geode by NSC", "nsc")     \
        X("Vortex86 SoC", "vortex")

#endif
