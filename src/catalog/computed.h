/* Facts that need code: one line each. The catalog knows their names, src/facts computes them. */
#ifndef SIDELIGHT_CATALOG_COMPUTED_H
#define SIDELIGHT_CATALOG_COMPUTED_H

/* X(enum name, fact name, type, title) */
#define COMPUTED_FACTS(X)                                                                                            \
        X(ARCH, "arch", TEXT, "processor architecture")                                                             \
        X(SYSTEM, "system", TEXT, "operating system: 'linux' or 'windows'")                                         \
        X(KERNEL_RELEASE, "kernel.release", TEXT, "running kernel, as uname tells it")                              \
        X(KERNEL_VERSION, "kernel.version", VERSION, "running kernel's version number")                             \
        X(KERNEL_ANSWERS, "kernel.answers", BOOL, "the kernel was asked about flaws, and its word counts")         \
        X(HYPERVISOR, "hypervisor", BOOL, "the processor says that a hypervisor is below (CPUID.1:ECX[31])")        \
        X(HYPERVISOR_VENDOR, "hypervisor.vendor", TEXT, "which hypervisor (CPUID 0x40000000)")                      \
        X(CPU_SEEN, "cpu.seen", BOOL, "the processor was looked at: by the kernel's list or by CPUID")              \
        X(CPU_VENDOR, "cpu.vendor", TEXT, "processor vendor")                                                       \
        X(CPU_FAMILY, "cpu.family", INT, "processor family (Arm: implementer)")                                     \
        X(CPU_MODEL, "cpu.model", INT, "processor model (Arm: part)")                                               \
        X(CPU_STEPPING, "cpu.stepping", INT, "processor stepping (Arm: variant and revision)")                      \
        X(CPU_SIGNATURE, "cpu.signature", INT, "processor signature (CPUID.1:EAX)")                                 \
        X(CPU_PLATFORM, "cpu.platform", INT, "Intel platform id (MSR 0x17[52:50])")                                 \
        X(CPU_MICROCODE, "cpu.microcode", INT, "microcode revision that is loaded")                                 \
        X(CPU_NAME, "cpu.name", TEXT, "processor's own name")                                                       \
        X(CPU_COUNT, "cpu.count", INT, "logical CPUs seen")                                                         \
        X(CPU_SAME, "cpu.same", BOOL, "all logical CPUs are alike")                                                 \
        X(CPU_CORE_TYPE, "cpu.core-type", INT, "core type of a hybrid part (CPUID.0x1A:EAX[31:24])")                \
        X(SMT_ACTIVE, "smt.active", BOOL, "two threads share a core right now")                                     \
        X(SMT_POSSIBLE, "smt.possible", BOOL, "threads that share a core can be brought online")                    \
        X(WINDOWS_DISK, "windows.disk", BOOL, "only the disk of a Windows was seen, which did not run")             \
        X(SMT_CONTROL, "smt.control", TEXT, "the kernel's SMT switch")                                              \
        X(VECTOR_USER_KERNEL, "vector.user-kernel", BOOL, "programs were not declared trusted towards the kernel")  \
        X(VECTOR_USER_USER, "vector.user-user", BOOL, "programs were not declared trusted towards each other")      \
        X(VECTOR_GUEST_HOST, "vector.guest-host", BOOL, "guests were not declared trusted towards their host")      \
        X(VECTOR_GUEST_GUEST, "vector.guest-guest", BOOL, "guests were not declared trusted towards each other")    \
        X(VECTOR_CROSS_THREAD, "vector.cross-thread", BOOL, "sibling threads were not declared trusted")

enum computed_fact {
#define X(name, text, type, title) COMPUTED_##name,
        COMPUTED_FACTS(X)
#undef X
        COMPUTED_COUNT,
};

#endif
