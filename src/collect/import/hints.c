/* Texts that are recognised and cannot carry a verdict: what they lack, and what to give instead. */
#include "collect/import/kernel_log.h"
#include "collect/import/parts.h"

enum { MARKS = 2 };

/* Both marks stand in the text, letters' case ignored. */
static const struct row {
        struct str marks[MARKS];
        struct import_hint hint;
} rows[] = {
        { { STR("> STATUS:"), STR("CVE-20") },
          { "the screen of spectre-meltdown-checker", "which calls nothing vulnerable, and whose other verdicts are its own",
            "give the output of `spectre-meltdown-checker --batch json`, or of `grep . /sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("STATUS: "), STR("CVE-20") },
          { "the screen of spectre-meltdown-checker", "which calls nothing vulnerable, and whose other verdicts are its own",
            "give the output of `spectre-meltdown-checker --batch json`, or of `grep . /sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("\"field\":"), STR("\"Architecture:\"") },
          { "lscpu's JSON, cut off", "whose end is missing", "give all of what `lscpu -J` prints, or what `lscpu` prints" } },
        { { STR("host doesn't support requested feature"), STR("CPUID") },
          { "QEMU's warnings", "which say what a guest cannot be shown, and not what its kernel does", "run `lscpu` in the guest, or on the host" } },
        { { STR("SMC_MOCK_"), STR("=") },
          { "what spectre-meltdown-checker writes for its makers", "which is not read", "give the output of `lscpu`, or of `grep . "
            "/sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("[Capable]"), STR("[Missing]") },
          { "CoreFreq's list of features", "which is not read, and does not speak about the kernel", "run `lscpu`, or `sidelight collect` there" } },
        { { STR("QEMU: Checking"), STR(": PASS") },
          { "virt-host-validate's list", "which tells whether virtual machines can run, and not what the kernel does", "run `lscpu`, or `sidelight collect` there" } },
        { { STR("ALL-SIZE"), STR("PHY-LINE") },
          { "lscpu's table of caches", "which names neither the processor nor a flaw", "run `lscpu` without -C" } },
        { { STR("Gst: "), STR("Hst: ") },
          { "VirtualBox' log", "which says what a guest is shown, and not what its kernel does", "run `lscpu` in the guest, or on the host" } },
        { { STR("= guest (host)"), STR("Mnemonic") },
          { "VirtualBox' log", "which says what a guest is shown, and not what its kernel does", "run `lscpu` in the guest, or on the host" } },
        { { STR("query-cpu-model-expansion"), STR("\"props\"") },
          { "QEMU's model of a processor", "which says what a guest can be shown, and not what the host does", "run `lscpu` on the host" } },
        { { STR("<domainCapabilities>"), STR("<cpu") },
          { "libvirt's capabilities of guests", "which say what a guest can be shown, and not what the host does", "run `sidelight collect` on the host" } },
        { { STR("<cpu mode="), STR("<model") },
          { "a virtual machine's definition", "which says what its host shows it, and not what it runs", "run `sidelight collect` in the machine" } },
        { { STR("[ro.product."), STR("]: [") },
          { "an Android's properties", "which do not tell what its kernel does", "run `cat /proc/cpuinfo`, and `grep . /sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("[ro.board.platform]"), STR("]: [") },
          { "an Android's properties", "which do not tell what its kernel does", "run `cat /proc/cpuinfo`, and `grep . /sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("Kernel Version:"), STR("OS Image:") },
          { "kubectl's description of a node", "which is not read in that form", "run `kubectl get nodes -o json`" } },
        { { STR("Julia Version"), STR("Platform Info") },
          { "Julia's versioninfo()", "which does not tell the processor's numbers or what the kernel does", "run `lscpu`" } },
        { { STR("File /sys/devices/system/cpu/vulnerabilities/"), STR("expected") },
          { "InSpec's verdict", "which does not tell what the kernel says", "run `grep . /sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("PyTorch version"), STR("Python platform") },
          { "PyTorch's report of the environment", "whose part about the processor, which `lscpu` prints, is missing", "run `lscpu`" } },
        { { STR("openat("), STR("vulnerabilities/") },
          { "a trace of system calls", "which is not read", "run `grep . /sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("specex_vuln_status"), STR("cve=") },
          { "metrics of spectre-meltdown-checker", "which are its own verdicts", "give node_exporter's `node_cpu_vulnerabilities_info`" } },
        { { STR("smc_vulnerability_status"), STR("cve=") },
          { "metrics of spectre-meltdown-checker", "which are its own verdicts", "give node_exporter's `node_cpu_vulnerabilities_info`" } },
        { { STR("BTIWindowsSupport"), STR("</") },
          { "the SpeculationControl module's object as XML", "which is not read in that form", "give it as JSON: `Get-SpeculationControlSettings | ConvertTo-Json`" } },
        { { STR("Vulnerable to Meltdown"), STR("Vulnerable to Spectre") },
          { "InSpectre's report", "whose verdicts are its own", "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("Variant #3 (Meltdown)"), STR("Detected CPU vendor") },
          { "Red Hat's script of 2018", "which calls nothing vulnerable, and whose other verdicts are its own",
            "run `grep . /sys/devices/system/cpu/vulnerabilities/*`, or `sidelight collect` there" } },
        { { STR("InSpectre"), STR("protected") },
          { "InSpectre's report", "whose verdicts are its own", "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("System is Meltdown"), STR("System is Spectre") },
          { "InSpectre's report", "whose verdicts are its own", "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("Kernel VA Shadowing Enabled"), STR("Branch Prediction") },
          { "SpecuCheck's screen", "which does not tell the flaws after 2018", "run Get-SpeculationControlSettings, or `sidelight collect` there" } },
        { { STR("kva_shadow_enabled"), STR("bp_mitigations") },
          { "osquery's kva_speculative_info", "in which a 0 may mean that Windows was not asked, and one column is always empty",
            "run Get-SpeculationControlSettings, or `sidelight collect` there" } },
        { { STR("WindowsProductName"), STR("OsHardwareAbstractionLayer") },
          { "some of Get-ComputerInfo's properties", "which show neither the build nor the processor",
            "run `systeminfo`, or Get-SpeculationControlSettings, or `sidelight collect` there" } },
        { { STR("WindowsBuildLabEx"), STR("WindowsCurrentVersion") },
          { "the beginning of Get-ComputerInfo's properties", "which shows neither the version nor the processor",
            "run `systeminfo`, or Get-SpeculationControlSettings, or `sidelight collect` there" } },
        { { STR("Security:"), STR("__user pointer sanitization") },
          { "the Phoronix Test Suite's Security field of before May 2019", "which does not tell which flaw each word is about",
            "run `grep . /sys/devices/system/cpu/vulnerabilities/*`" } },
        { { STR("HotFixID"), STR("KB") },
          { "a list of updates", "which holds only what is still registered, and proves nothing", "run `sidelight collect` there, or `systeminfo`" } },
        { { STR("SMBIOS"), STR("Processor Information") },
          { "dmidecode's output", "which a hypervisor may have made up, and which does not speak about the kernel",
            "run `sidelight collect` there, or `lscpu`" } },
        { { STR("Processor Information"), STR("Socket Designation") },
          { "dmidecode's output", "which a hypervisor may have made up, and which does not speak about the kernel",
            "run `sidelight collect` there, or `lscpu`" } },
        { { STR("<capabilities>"), STR("<cpu>") },
          { "libvirt's capabilities", "which list only the features beyond a named model", "run `sidelight collect` on the host" } },
        { { STR("<domain"), STR("<vcpu") },
          { "a virtual machine's definition", "which says what its host shows it, and not what it runs", "run `sidelight collect` in the machine" } },
        { { STR("(family synth)"), STR("version information") },
          { "a piece of the readable output of `cpuid`", "which does not hold the processor's numbers", "run `cpuid -r`" } },
        { { STR("INTERNAL-IP"), STR("KERNEL-VERSION") },
          { "kubectl's table of nodes", "which does not show their processors", "run `kubectl get nodes -o json`" } },
        { { STR("System Info:"), STR("Kernel Version:") },
          { "kubectl's description of a node", "which is not read in that form", "run `kubectl get nodes -o json`" } },
        { { STR("class=\"processor\""), STR("<node") },
          { "lshw's list of hardware", "which does not speak about the kernel", "run `sidelight collect` there, or `lscpu`" } },
        { { STR("#Type\""), STR("#Vulnerabilities\"") },
          { "inxi's JSON", "which is not read in that form", "run `inxi -Fxxxaz`" } },
        { { STR("<inxi"), STR("Vulnerabilities") },
          { "inxi's XML", "which is not read in that form", "run `inxi -Fxxxaz`" } },
        { { STR("H/W path"), STR("processor") },
          { "lshw's short list", "which shows the processor's name alone", "run `lshw -C cpu`, or better `lscpu`" } },
        { { STR("cpu:"), STR("Hz, ") },
          { "hwinfo's short list", "which shows the processor's name alone", "run `hwinfo --cpu`, or better `lscpu`" } },
        { { STR("FeatureSettingsOverride"), STR("REG_DWORD") },
          { "advice about the registry", "which says what should be set, and not what a machine has",
            "run `reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\"` there" } },
        { { STR("x86info v"), STR("Found") },
          { "x86info's summary", "which is not read in that form", "run `x86info -r`, or `cpuid -r`" } },
        { { STR("Kernel: "), STR("Uptime: ") },
          { "a summary by neofetch, fastfetch or screenfetch", "which shows neither the processor's numbers nor a flaw", "run `lscpu`" } },
        { { STR("Kernel: "), STR("Packages: ") },
          { "a summary by neofetch, fastfetch or screenfetch", "which shows neither the processor's numbers nor a flaw", "run `lscpu`" } },
        { { STR("\"type\": \"Kernel\""), STR("\"result\"") },
          { "fastfetch's JSON", "which shows neither the processor's numbers nor a flaw", "run `lscpu -J`" } },
        { { STR("OS: "), STR("\nKernel: ") },
          { "a summary by neofetch, fastfetch or screenfetch", "which shows neither the processor's numbers nor a flaw", "run `lscpu`" } },
        { { STR("node_cpu_vulnerabilities_info"), STR("gauge=") },
          { "node_exporter's metrics in InfluxDB's line protocol", "which are not read in that form", "give Prometheus' JSON, or what node_exporter prints" } },
        { { STR("node_cpu_vulnerabilities_info,"), STR(",") },
          { "node_exporter's metrics as CSV", "which are not read in that form", "give Prometheus' JSON, or what node_exporter prints" } },
        { { STR("codename"), STR("mitigation,") },
          { "node_exporter's metrics as CSV", "which are not read in that form", "give Prometheus' JSON, or what node_exporter prints" } },
        { { STR("--[ AIDA64"), STR(" ]--") },
          { "AIDA64's report without its page of the processor", "which does not tell what Windows does",
            "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("HWiNFO64 Version"), STR("CPU") },
          { "HWiNFO's report", "which does not tell what Windows does", "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("HWiNFO32 Version"), STR("CPU") },
          { "HWiNFO's report", "which does not tell what Windows does", "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("Date,Time,"), STR(" [V]") },
          { "a log of HWiNFO's sensors", "which tells nothing of a flaw", "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("Validated Dump by"), STR("CPU") },
          { "a page of CPU-Z's validator", "which shows neither the microcode nor what Windows does",
            "save CPU-Z's own report as text, or run `sidelight collect` there" } },
        { { STR("virtualHW.version"), STR("=") },
          { "a virtual machine's definition", "which says what its host shows it, and not what it runs", "run `sidelight collect` in the machine" } },
        { { STR("<VirtualBox"), STR("<Machine ") },
          { "a virtual machine's definition", "which says what its host shows it, and not what it runs", "run `sidelight collect` in the machine" } },
        { { STR("Envelope"), STR("VirtualHardwareSection") },
          { "a virtual machine's definition", "which says what its host shows it, and not what it runs", "run `sidelight collect` in the machine" } },
        { { STR("Geekbench"), STR("-Core Score") },
          { "Geekbench's description of a machine", "which does not tell what its kernel does", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("CPU stepping:"), STR("Thread Topology") },
          { "likwid-topology's list", "which tells neither the processor's model number nor what the kernel does", "run `lscpu`" } },
        { { STR("PU L#0"), STR("Machine (") }, { "lstopo's list", "which does not tell what the kernel does", "run `lscpu`" } },
        { { STR("<topology"), STR("<object type=\"Machine\"") }, { "lstopo's list", "which does not tell what the kernel does", "run `lscpu`" } },
        { { STR("<CPUS>"), STR("<CONTENT>") },
          { "an inventory by OCS, GLPI's agent or FusionInventory", "which does not tell what the kernel does", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("\"cpus\""), STR("\"familynumber\"") },
          { "an inventory by OCS, GLPI's agent or FusionInventory", "which does not tell what the kernel does", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("system.uname"), STR("Linux ") },
          { "items of Zabbix", "which tell the kernel's version alone", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("system.uname"), STR("Windows ") },
          { "items of Zabbix", "which tell the version alone", "run `sidelight collect` there, or Get-SpeculationControlSettings" } },
        { { STR("system.hw.cpu"), STR("Hz") },
          { "items of Zabbix", "which show the processor's name alone", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("cpu,cpu=cpu"), STR("usage_") },
          { "telegraf's metrics", "which tell how busy a machine is, and nothing of a flaw", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("system,host="), STR("n_cpus=") },
          { "telegraf's metrics", "which tell how busy a machine is, and nothing of a flaw", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("kernel,host="), STR("boot_time=") },
          { "telegraf's metrics", "which tell how busy a machine is, and nothing of a flaw", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("\"kernel_version\""), STR("\"cores_total\"") },
          { "netdata's description of a machine", "which shows neither the processor's numbers nor a flaw", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("\"cpus\""), STR("\"socket\"") },
          { "lscpu's table of logical CPUs", "which names neither the processor nor a flaw", "run `lscpu -J` without -e" } },
        { { STR("CPU NODE SOCKET"), STR("ONLINE") },
          { "lscpu's table of logical CPUs", "which names neither the processor nor a flaw", "run `lscpu` without -e" } },
        { { STR("# CPU,Core,Socket"), STR("parsable format") },
          { "lscpu's table of logical CPUs", "which names neither the processor nor a flaw", "run `lscpu` without -p" } },
        { { STR("<MsInfo>"), STR("System Summary") },
          { "msinfo32's own file", "which is not read in that form", "export it as text (`msinfo32 /report FILE`), or run `sidelight collect` there" } },
        { { STR("output_register"), STR("output_bit") },
          { "osquery's cpuid", "which shows few of the processor's bits", "run `sidelight collect` there, or `lscpu`" } },
        { { STR("Win32_Processor"), STR("CimClass") },
          { "an object of Get-CimInstance as JSON", "which is not read in that form",
            "give the list that Get-CimInstance prints, or run `sidelight collect` there" } },
        { { STR("\"Caption\""), STR(" Stepping ") },
          { "an object of Get-CimInstance as JSON", "which is not read in that form",
            "give the list that Get-CimInstance prints, or run `sidelight collect` there" } },
        { { STR("Identifier "), STR("Topology ") },
          { "Geekbench's description of a machine", "which does not tell what its kernel does", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("hyperthreadingMitigation"), STR("Configured") },
          { "a setting of ESXi", "which is not judged: only Linux and Windows are", "its guests are judged by `sidelight check` in each" } },
        { { STR("ypervisor"), STR("mitigations for CVE-20") },
          { "an event of Hyper-V", "which speaks about some flaws of 2018 and 2019 alone", "run Get-SpeculationControlSettings there, or `sidelight collect`" } },
        { { STR("family:model:stepping"), STR("CPUID(") },
          { "turbostat's head", "which is not read", "run `lscpu`, or `cpuid -r`" } },
        { { STR("# cpudesc :"), STR("# os release :") },
          { "the head of perf's report", "which is not read", "run `lscpu` there" } },
        { { STR("CPUModelNumber="), STR("CPUVendor=") },
          { "lstopo's list", "which does not tell what the kernel does", "run `lscpu`" } },
        { { STR("NEEDRESTART-"), STR("KCUR") },
          { "needrestart's list", "which names waiting restarts alone", "run `sidelight check` there, or `lscpu`" } },
        { { STR("Storage Driver:"), STR("Kernel Version:") },
          { "`docker info`", "which shows neither the processor nor a flaw", "run `lscpu` on the host" } },
        { { STR("iucode_tool:"), STR("signature 0x") },
          { "iucode_tool's list of microcode", "which tells what could be loaded, and not what is", "run `grep microcode /proc/cpuinfo`, or `lscpu`" } },
        { { STR("Welcome to "), STR("(GNU/Linux ") },
          { "a greeting at login", "which tells the kernel's version alone", "run `lscpu` there, or `sidelight check`" } },
        { { STR("qemu-system"), STR(" -cpu ") },
          { "QEMU's command line", "which says what a guest is shown, and not what its kernel does", "run `lscpu` in the guest, or on the host" } },
        { { STR("ostype: "), STR("memory: ") },
          { "a guest's configuration in Proxmox", "which says what it is shown, and not what its kernel does", "run `lscpu` in the guest, or on the host" } },
        { { STR("\"ceph_version\""), STR("\"kernel_version\"") },
          { "Ceph's list of daemons", "which shows neither the processor's numbers nor a flaw", "run `lscpu` there" } },
        { { STR("\"dbsync_"), STR("\"checksum\"") },
          { "Wazuh's inventory", "which shows neither the processor's numbers nor a flaw", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("vendor_id_raw"), STR("brand_raw") },
          { "py-cpuinfo's description of a processor", "which does not tell what the kernel does", "run `lscpu`" } },
        { { STR("sysDescr"), STR("Linux ") },
          { "what a machine says of itself by SNMP", "which tells the kernel's version alone", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("linux-image-"), STR("ii  ") },
          { "a list of packages", "which tells what is installed, and not what runs", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("PRETTY_NAME="), STR("VERSION_ID=") },
          { "a distribution's name and version", "which tell neither the processor nor what the kernel does", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("Distributor ID:"), STR("Codename:") },
          { "a distribution's name and version", "which tell neither the processor nor what the kernel does", "run `lscpu` there, or `sidelight collect`" } },
        { { STR("%PDF-"), STR("obj") }, { "a PDF", "whose text is not read", "copy the text out of it" } },
        { { STR("<html"), STR("<body") }, { "a web page", "whose text is not read", "copy the text out of it" } },
};

static bool has_marks(struct str text, const struct row *row) {
        for (int i = 0; i < MARKS; i++)
                if (str_find_nocase(text, row->marks[i]) < 0)
                        return false;
        return true;
}

/* A kernel's sentences without the names of their files: `cat` over the folder. */
static bool is_nameless(const struct catalog *c, struct str text) {
        ptrdiff_t sentences = 0, others = 0;
        struct str line;

        (void)c;
        while (str_line(&text, &line)) {
                line = str_trim(line);
                sentences += import_is_sentence(line);
                others += line.len > 0 && !import_is_sentence(line);
        }
        return sentences > 1 && others <= sentences;
}

/* `uname -r` alone: one word that begins with a number of two pieces and more. */
static bool is_release(struct str text) {
        struct str word, rest = str_trim(text);
        ptrdiff_t dots = 0, n = 0;

        if (!str_word(&rest, &word) || str_trim(rest).len > 0 || word.len > 64)
                return false;
        for (; n < word.len && ((word.p[n] >= '0' && word.p[n] <= '9') || word.p[n] == '.'); n++)
                dots += word.p[n] == '.';
        return dots >= 2 && (n == word.len || word.p[n] == '-' || word.p[n] == '+' || word.p[n] == '_');
}

/* `rdmsr` prints numbers alone. */
static bool is_numbers(struct str text) {
        ptrdiff_t numbers = 0;
        struct str line;
        uint64_t n;

        while (str_line(&text, &line)) {
                line = str_trim(line);
                if (line.len > 0 && !str_hex_to_u64(line, &n))
                        return false;
                numbers += line.len > 0;
        }
        return numbers > 0;
}

/* "CVE-2017-5715 CVE-2018-3639", of spectre-meltdown-checker's `--batch short`, or of anybody who lists numbers. */
static bool is_numbers_of_cves(struct str text) {
        struct str word;
        int count = 0;

        for (; str_word(&text, &word); count++)
                if (!str_starts(word, S("CVE-")) || word.len < 12 || word.len > 18)
                        return false;
        return count > 0;
}

/* Lines of a kernel's log that tell of none of the things that it says first. */
static bool is_rest_of_log(struct str text) {
        ptrdiff_t own = 0, all = 0;
        struct str line;

        while (str_line(&text, &line)) {
                all += str_trim(line).len > 0;
                own += log_shows_kernel(str_trim(line)) || log_is_stamp(str_trim(line));
        }
        return own > 1 && 2 * own > all;
}

static bool is_hive(struct str text) {
        return str_starts(text, S("regf")) || str_starts(text, S("HvLE"));
}

static bool is_picture(struct str text) {
        return str_starts(text, S("\x89PNG")) || str_starts(text, S("\xff\xd8\xff")) || str_starts(text, S("GIF8"));
}

enum { LOOKED_AT_MAX = 1 << 20 };

const struct import_hint *import_case_lost(struct str text) {
        static const struct import_hint hint = { "text whose letters were all made small, or all capital",
                                                 "in which names and words can no longer be told for certain", "give it as it was printed" };
        /* What no tool prints without a capital, or without a small letter. */
        static const struct str names[] = { STR("genuineintel"), STR("authenticamd"), STR("hygongenuine"), STR("linux version "),
                                            STR("vulnerability meltdown"), STR("vendor id:"), STR(":mitigation: "), STR(": mitigation: "), STR(":not affected") };
        bool small = false, capital = false;

        text = str_sub(text, 0, LOOKED_AT_MAX);
        for (ptrdiff_t i = 0; i < text.len && !(small && capital); i++) {
                small |= text.p[i] >= 'a' && text.p[i] <= 'z';
                capital |= text.p[i] >= 'A' && text.p[i] <= 'Z';
        }
        for (size_t i = 0; small != capital && i < sizeof(names) / sizeof(names[0]); i++)
                if (str_find_nocase(text, names[i]) >= 0)
                        return &hint;
        return NULL;
}

const struct import_hint *import_hint(const struct catalog *c, struct str text) {
        static const struct import_hint nameless = { "the text of kernel files without their names", "which do not tell which flaw each is about",
                                                     "run `grep . /sys/devices/system/cpu/vulnerabilities/*`" };
        static const struct import_hint numbers = { "numbers alone", "which do not tell what they are of",
                                                    "run `sidelight collect`, which reads registers with their names" };
        static const struct import_hint release = { "a kernel's version alone", "which does not tell what the processor is or what the kernel does",
                                                    "run `lscpu`, or `sidelight collect` there" };
        static const struct import_hint cves = { "a list of CVE numbers", "which does not tell what it says of them",
                                                 "give the output of `spectre-meltdown-checker --batch json`, or of `grep . "
                                                 "/sys/devices/system/cpu/vulnerabilities/*`" };
        static const struct import_hint rest_of_log = { "a piece of a kernel's log without its beginning",
                                                        "where the kernel names the processor, its command line and what it does about flaws",
                                                        "run `journalctl -k -b`, or look into /var/log/dmesg; or run `lscpu`" };
        static const struct import_hint picture = { "a picture", "which is not read", "copy the text instead" };

        static const struct import_hint hive = { "a registry hive, or its log", "which this option does not read",
                                                 "run `sidelight check --hive FILE`, or `sidelight check --windows-root DIR` on the disk" };

        text = str_sub(text, 0, LOOKED_AT_MAX);
        if (is_hive(text))
                return &hive;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (has_marks(text, &rows[i]))
                        return &rows[i].hint;
        if (is_rest_of_log(text))
                return &rest_of_log;
        return is_picture(text) ? &picture : is_numbers_of_cves(text) ? &cves : is_nameless(c, text) ? &nameless : is_release(text) ? &release : is_numbers(text) ? &numbers : NULL;
}
