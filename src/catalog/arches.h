/* The architectures that Linux has had, as uname -m and other tools call them, and by the word that data uses (`arches:`, the fact arch);
 * behind them their kind: kernels of 32 bits run on processors of 64. A closed list: a word that is none of these, such as one that was
 * cut ("aar…"), names none, and no flaw is another architecture's then. */
#ifndef SIDELIGHT_CATALOG_ARCHES_H
#define SIDELIGHT_CATALOG_ARCHES_H

#define ARCHES(X)                                                                                                \
        X("x86_64", "x86_64", 'x') X("amd64", "x86_64", 'x') X("x64", "x86_64", 'x') X("i686", "i686", 'x')      \
        X("i586", "i686", 'x') X("i486", "i686", 'x') X("i386", "i686", 'x') X("aarch64", "aarch64", 'a')        \
        X("arm64", "aarch64", 'a') X("aarch64_be", "aarch64", 'a') X("arm", "arm", 'a') X("armv8l", "arm", 'a')  \
        X("armv8", "arm", 'a') X("armv7l", "arm", 'a') X("armv7", "arm", 'a') X("armv6l", "arm", 'a')            \
        X("armv5tel", "arm", 'a') X("armv5l", "arm", 'a') X("armv4tl", "arm", 'a') X("armv4l", "arm", 'a')       \
        X("armhf", "arm", 'a') X("armel", "arm", 'a') X("ppc64", "ppc64", 'p') X("ppc64le", "ppc64", 'p')        \
        X("ppc64el", "ppc64", 'p') X("ppc", "ppc", 'p') X("ppcle", "ppc", 'p') X("s390x", "s390x", 's')          \
        X("s390", "s390x", 's') X("riscv64", "riscv64", 'r') X("riscv32", "riscv32", 'r') X("mips", "mips", 'm') \
        X("mips64", "mips", 'm') X("mipsel", "mips", 'm') X("mips64el", "mips", 'm')                             \
        X("loongarch64", "loongarch64", 'l') X("loongarch32", "loongarch32", 'l') X("sparc64", "sparc64", 'c')   \
        X("sparc", "sparc", 'c') X("alpha", "alpha", 'h') X("ia64", "ia64", 'i') X("parisc", "parisc", 'q')      \
        X("parisc64", "parisc", 'q') X("hppa", "parisc", 'q') X("m68k", "m68k", '6') X("sh4", "sh4", 'S')        \
        X("sh4a", "sh4", 'S') X("arc", "arc", 'A') X("csky", "csky", 'C') X("e2k", "e2k", 'E')                   \
        X("hexagon", "hexagon", 'H') X("microblaze", "microblaze", 'M') X("nios2", "nios2", 'N')                 \
        X("openrisc", "openrisc", 'O') X("xtensa", "xtensa", 'X')

#endif
