/* make_hive FILE: writes a small SYSTEM hive. */
#include "../unit/hive_maker.h"

int main(int argc, char **argv) {
        static const struct made_value values[] = {
                { .key = "Select", .name = "Current", .dword = 1 },
                { .key = "ControlSet001\\Control\\Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 3 },
                { .key = "ControlSet001\\Control\\Session Manager\\Memory Management", .name = "FeatureSettingsOverrideMask", .dword = 3 },
                { .key = "ControlSet001\\Control\\ProductOptions", .name = "ProductType", .text = "ServerNT" },
                { 0 },
        };

        if (argc == 2)
                hive_make(argv[1], values);
        return argc == 2 ? 0 : 64;
}
