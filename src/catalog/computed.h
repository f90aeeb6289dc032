/* Facts that need code: one row each. The catalog knows their names, the compiler declares them, src/facts computes them with the
 * function that the row names (facts/sources.h: source_…). */
#ifndef SIDELIGHT_CATALOG_COMPUTED_H
#define SIDELIGHT_CATALOG_COMPUTED_H

/* X(enum name, fact name, type, function, title) */
#define COMPUTED_FACTS(X)                                                                                                  \
        X(ARCH, "arch", TEXT, arch, "processor architecture")                                                              \
        X(SYSTEM, "system", TEXT, system_name, "operating system: 'linux' or 'windows'")                                   \
        X(OS_DISTRIBUTION, "os.distribution", TEXT, distribution, "Linux distribution, and those it is like (os-release)") \
        X(KERNEL_RELEASE, "kernel.release", TEXT, kernel_release, "running kernel, as uname tells it")                     \
        X(KERNEL_VERSION, "kernel.version", VERSION, kernel_release, "running kernel's version number")                    \
        X(KERNEL_UPSTREAM, "kernel.upstream", VERSION, kernel_upstream, "release of the kernel's own that the running one is built from") \
        X(KERNEL_DEBIAN, "kernel.debian", VERSION, kernel_debian, "Debian's package of the running kernel: its numbers")    \
        X(KERNEL_UBUNTU, "kernel.ubuntu", VERSION, kernel_ubuntu, "Ubuntu's package of the running kernel, of the line that is for all machines: its numbers") \
        X(KERNEL_REDHAT, "kernel.redhat", VERSION, kernel_redhat, "Red Hat's package of the running kernel: its numbers") \
        X(KERNEL_ANSWERS, "kernel.answers", BOOL, kernel_answers, "the kernel was asked about flaws, and its word counts") \
        X(LINE_SEEN, "line.seen", BOOL, line_seen, "the evidence holds the kernel's command line")                        \
        X(LINE_CHANGED, "line.changed", BOOL, line_changed, "the kernel's command line is supposed to be another (what-if)") \
        X(HYPERVISOR, "hypervisor", BOOL, hypervisor, "this machine is a guest: another system runs it")                 \
        X(WHERE_SEEN, "where.seen", BOOL, where_seen, "the evidence can tell whether this machine is a guest")             \
        X(HYPERVISOR_VENDOR, "hypervisor.vendor", TEXT, hypervisor_vendor, "which hypervisor")                             \
        X(HYPERVISOR_BIT, "hypervisor.bit", BOOL, hypervisor_bit, "the processor reports a hypervisor (CPUID.1:ECX[31])")  \
        X(HYPERVISOR_SIGNATURE, "hypervisor.signature", TEXT, hypervisor_signature, "the hypervisor's own name (CPUID 0x40000000)") \
        X(DMI_ORDINARY, "dmi.ordinary", BOOL, ordinary, "the firmware's names were read, and none is a hypervisor's or a cloud's") \
        X(DT_ORDINARY, "dt.ordinary", BOOL, ordinary, "the device tree was read, and shows no hypervisor")                 \
        X(CLOUD, "cloud", TEXT, cloud, "whose cloud")                                                                      \
        X(CONTAINER, "container", TEXT, container, "which container this was seen in")                                    \
        X(CPU_SEEN, "cpu.seen", BOOL, cpu_seen, "the processor was looked at: by the kernel's list or by CPUID")           \
        X(CPU_VENDOR, "cpu.vendor", TEXT, cpu_vendor, "processor vendor")                                                  \
        X(CPU_FAMILY, "cpu.family", INT, cpu_family, "processor family (Arm: implementer)")                                \
        X(CPU_MODEL, "cpu.model", INT, cpu_model, "processor model (Arm: part)")                                           \
        X(CPU_STEPPING, "cpu.stepping", INT, cpu_stepping, "processor stepping (Arm: variant and revision)")               \
        X(CPU_SIGNATURE, "cpu.signature", INT, cpu_signature, "processor signature (CPUID.1:EAX)")                         \
        X(CPU_PLATFORM, "cpu.platform", INT, cpu_platform, "Intel platform id (MSR 0x17[52:50])")                          \
        X(CPU_MICROCODE, "cpu.microcode", INT, cpu_microcode, "microcode revision that is loaded")                         \
        X(CPU_NAME, "cpu.name", TEXT, cpu_name, "processor's own name")                                                    \
        X(CPU_COUNT, "cpu.count", INT, cpu_count, "logical CPUs seen")                                                     \
        X(CPU_SAME, "cpu.same", BOOL, cpu_same, "all logical CPUs are alike")                                              \
        X(CPU_CORE_TYPE, "cpu.core-type", INT, cpu_core_type, "core type of a hybrid part (CPUID.0x1A:EAX[31:24])")        \
        X(SMT_ACTIVE, "smt.active", BOOL, smt_active, "two threads share a core right now")                                \
        X(SMT_POSSIBLE, "smt.possible", BOOL, smt_possible, "threads that share a core can be brought online")             \
        X(WINDOWS_DISK, "windows.disk", BOOL, windows_disk, "only the disk of a Windows was seen, which did not run")      \
        X(SMT_CONTROL, "smt.control", TEXT, smt_control, "the kernel's SMT switch")                                        \
        X(VECTOR_USER_KERNEL, "vector.user-kernel", BOOL, vector, "programs were not declared trusted towards the kernel") \
        X(VECTOR_USER_USER, "vector.user-user", BOOL, vector, "programs were not declared trusted towards each other")     \
        X(VECTOR_GUEST_HOST, "vector.guest-host", BOOL, vector, "guests were not declared trusted towards their host")     \
        X(VECTOR_GUEST_GUEST, "vector.guest-guest", BOOL, vector, "guests were not declared trusted towards each other")   \
        X(VECTOR_CROSS_THREAD, "vector.cross-thread", BOOL, vector, "sibling threads were not declared trusted")

enum computed_fact {
#define X(name, text, type, source, title) COMPUTED_##name,
        COMPUTED_FACTS(X)
#undef X
        COMPUTED_COUNT,
};

#endif
