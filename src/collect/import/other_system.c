/* Logs and reports of systems that are not judged, by words that they alone write. */
#include "collect/import/parts.h"

const char *import_other_system(struct str text) {
        static const struct {
                struct str word;
                const char *name;
        } rows[] = {
                { STR("FreeBSD is a registered trademark"), "FreeBSD" },
                { STR("\nFreeBSD"), "FreeBSD" },
                { STR("Kernel is FreeBSD "), "FreeBSD" },
                { STR("Structured Extended Features="), "FreeBSD" },
                { STR("Origin = \"GenuineIntel\"  Id = 0x"), "FreeBSD" },
                { STR("Origin = \"AuthenticAMD\"  Id = 0x"), "FreeBSD" },
                { STR("Origin=\"GenuineIntel\"  Id=0x"), "FreeBSD" },
                { STR("Origin=\"AuthenticAMD\"  Id=0x"), "FreeBSD" },
                { STR("Structured Extended Features3="), "FreeBSD" },
                { STR("AMD Features2=0x"), "FreeBSD" },
                { STR("vm.pmap.pti"), "FreeBSD" },
                { STR("hw.mds_disable"), "FreeBSD" },
                { STR("hw.ibrs_active"), "FreeBSD" },
                { STR("machdep.mitigations."), "FreeBSD" },
                { STR("kern.version=OpenBSD"), "OpenBSD" },
                { STR("OpenBSD/amd64"), "OpenBSD" },
                { STR("cpu0 at mainbus0: apid"), "OpenBSD" },
                { STR("cpu0 at mainbus0 apid"), "NetBSD" },
                { STR("cpuctl identify"), "NetBSD" },
                { STR("cpu0: highest basic info"), "NetBSD" },
                { STR("\nOpenBSD "), "OpenBSD" },
                { STR("\nNetBSD "), "NetBSD" },
                { STR("Kernel is NetBSD "), "NetBSD" },
                { STR("Kernel is DragonFly "), "DragonFly" },
                { STR("Darwin Kernel Version"), "macOS" },
                { STR("\nDarwin "), "macOS" },
                { STR("machdep.cpu."), "macOS" },
                { STR("Model Identifier: Mac"), "macOS" },
                { STR("Model Identifier: iMac"), "macOS" },
                { STR("\"SPHardwareDataType\""), "macOS" },
                { STR("SMC Version (system):"), "macOS" },
                { STR("System Firmware Version:"), "macOS" },
                { STR("Boot ROM Version:"), "macOS" },
                { STR("hw.cpufamily"), "macOS" },
                { STR("ProductName:\tmacOS"), "macOS" },
                { STR("\n(XEN) "), "Xen itself" },
                { STR("\nxen_commandline "), "Xen itself" },
                { STR("\nSunOS "), "SunOS" },
                { STR("x86 (chipid 0x"), "SunOS" },
                { STR("x86 (GenuineIntel "), "SunOS" },
                { STR("x86 (AuthenticAMD "), "SunOS" },
                { STR("The physical processor has "), "SunOS" },
                { STR("psrinfo -"), "SunOS" },
                { STR("isainfo -"), "SunOS" },
                { STR("VMkernel"), "ESXi" },
                { STR("Product: VMware ESXi"), "ESXi" },
                { STR("VMware ESXi "), "ESXi" },
                { STR("Package Id: "), "ESXi" },
                { STR("HV Support: "), "ESXi" },
                { STR("esxcli hardware"), "ESXi" },
                { STR("\nAIX "), "AIX" },
                { STR("Processor Implementation Mode:"), "AIX" },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (str_find(text, rows[i].word) >= 0 || (rows[i].word.p[0] == '\n' && str_starts(text, str_from(rows[i].word, 1))))
                        return rows[i].name;
        return NULL;
}
