/* make_hive FILE [server|bare|software]: writes a small SYSTEM hive; that of a server whose registry asks for nothing; the same without the key
 * in which it would; its SOFTWARE hive. */
#include "../unit/hive_maker.h"

#include <string.h>

#define CURRENT_VERSION "Microsoft\\Windows NT\\CurrentVersion"
#define MEMORY "ControlSet001\\Control\\Session Manager\\Memory Management"

static const struct made_value small[] = {
        { .key = "Select", .name = "Current", .dword = 1 },
        { .key = MEMORY, .name = "FeatureSettingsOverride", .dword = 3 },
        { .key = MEMORY, .name = "FeatureSettingsOverrideMask", .dword = 3 },
        { .key = "ControlSet001\\Control\\ProductOptions", .name = "ProductType", .text = "ServerNT" },
        { 0 },
};

static const struct made_value server[] = {
        { .key = "Select", .name = "Current", .dword = 1 },
        { .key = "Select", .name = "Default", .dword = 1 },
        { .key = "ControlSet001\\Control\\ProductOptions", .name = "ProductType", .text = "ServerNT" },
        { .key = "ControlSet001\\Control\\Session Manager\\Environment", .name = "PROCESSOR_ARCHITECTURE", .text = "AMD64" },
        { .key = "ControlSet001\\Control\\Session Manager\\Environment", .name = "PROCESSOR_IDENTIFIER",
          .text = "Intel64 Family 6 Model 85 Stepping 4, GenuineIntel" },
        { .key = MEMORY, .name = "PagingFiles", .text = "?:\\pagefile.sys" },
        { .key = "ControlSet001\\Services\\long", .name = "Text", .text = "0123456789", .repeat = 2000 },
        { .key = "ControlSet002\\Control\\Session Manager\\Memory Management", .name = "FeatureSettingsOverride", .dword = 3 },
        { 0 },
};

static const struct made_value bare[] = {
        { .key = "Select", .name = "Current", .dword = 1 },
        { .key = "Select", .name = "Default", .dword = 1 },
        { .key = "ControlSet001\\Control\\ProductOptions", .name = "ProductType", .text = "ServerNT" },
        { .key = "ControlSet001\\Control\\Session Manager\\Environment", .name = "PROCESSOR_ARCHITECTURE", .text = "AMD64" },
        { .key = "ControlSet001\\Control\\Session Manager\\Environment", .name = "PROCESSOR_IDENTIFIER",
          .text = "Intel64 Family 6 Model 85 Stepping 4, GenuineIntel" },
        { .key = "ControlSet001\\Control\\Session Manager\\SubSystems" },
        { 0 },
};

static const struct made_value software[] = {
        { .key = CURRENT_VERSION, .name = "CurrentBuild", .text = "14393" },
        { .key = CURRENT_VERSION, .name = "CurrentVersion", .text = "6.3" },
        { .key = CURRENT_VERSION, .name = "CurrentMajorVersionNumber", .dword = 10 },
        { .key = CURRENT_VERSION, .name = "UBR", .dword = 5000 },
        { 0 },
};

int main(int argc, char **argv) {
        const char *what = argc == 3 ? argv[2] : "";

        if (argc < 2 || argc > 3)
                return 64;
        hive_make(argv[1], strcmp(what, "server") == 0 ? server : strcmp(what, "bare") == 0 ? bare : strcmp(what, "software") == 0 ? software : small);
        return 0;
}
