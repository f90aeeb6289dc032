/* A data folder small enough to read, for the tests of the catalog's compiler and of the judge. */
#ifndef SIDELIGHT_TESTS_UNIT_LITTLE_DATA_H
#define SIDELIGHT_TESTS_UNIT_LITTLE_DATA_H

#include "compiler/compile.h"

#define LITTLE_REGISTERS                                                                                        \
        "- {name: arch_capabilities, leaf: 0x7, reg: edx, bits: \"29\", flag: arch_capabilities}\n"             \
        "- {name: rdcl_no, msr: 0x10a, bits: \"0\", if: \"cap.arch_capabilities\"}\n"                           \
        "- {name: rtm, leaf: 0x7, reg: ebx, bits: \"11\", flag: rtm}\n"
#define LITTLE_CPUS                                                            \
        "- {name: skylake-x, vendor: intel, family: 6, models: \"0x55\"}\n"    \
        "- {name: amd-19h, vendor: amd, family: 0x19}\n"
#define LITTLE_FIXES "- {id: update-kernel, title: \"Update the kernel\", owner: kernel}\n"
#define LITTLE_PARAMETERS "- {name: pti, values: [\"on\", \"off\"]}\n"
#define LITTLE_CONFIG "- {name: retpoline, options: [MITIGATION_RETPOLINE, RETPOLINE]}\n"
#define LITTLE_DERIVED "- {name: guest, is: \"hypervisor\"}\n"
#define LITTLE_RULESETS                                                                                         \
        "- name: kernel-says\n"                                                                                 \
        "  rules:\n"                                                                                            \
        "  - {id: kernel-says-mitigated, when: \"os.status == 'mitigated'\", status: mitigated, owner: kernel,\n" \
        "     reason: \"{os.means}\"}\n"                                                                        \
        "  - {id: kernel-says-partial, when: \"os.status == 'partial'\", status: partial, owner: kernel,\n"      \
        "     reason: \"{os.means}\"}\n"                                                                        \
        "  - {id: kernel-says-vulnerable, when: \"os.status == 'vulnerable'\", status: vulnerable,\n"            \
        "     owner: kernel, reason: \"{os.means}\", fixes: [update-kernel]}\n"                                 \
        "  - {id: no-answer, when: \"true\", status: unknown, owner: kernel, reason: \"nobody says\"}\n"
#define LITTLE_FLAW                                                                                             \
        "id: leak\n"                                                                                            \
        "name: Leak\n"                                                                                          \
        "cves: [CVE-2000-1]\n"                                                                                  \
        "aliases: [\"old leak\"]\n"                                                                             \
        "summary: \"x\"\n"                                                                                      \
        "boundaries: [user-kernel, cross-thread]\n"                                                             \
        "arches: [x86_64]\n"                                                                                    \
        "sysfs: {file: leak}\n"                                                                                 \
        "affected: \"not (cpu in {amd-19h, skylake-x:6-0xf} or cap.rdcl_no)\"\n"                                \
        "parameters: [pti]\n"                                                                                   \
        "sentences:\n"                                                                                          \
        "- {says: \"Not affected\", is: not-affected, status: not-affected}\n"                                  \
        "- {says: \"Mitigation: Walls\", is: walls, status: mitigated, means: \"there are walls\"}\n"           \
        "- {says: \"Mitigation: Walls, half\", is: half-walls, status: partial, means: \"half of the walls\"}\n" \
        "- {says: \"Vulnerable\", is: vulnerable, status: vulnerable, means: \"no walls\"}\n"                   \
        "- {says: \"SMT vulnerable\", part: smt, is: vulnerable, status: partial, means: \"the sibling sees\",\n" \
        "   boundaries: [cross-thread]}\n"                                                                      \
        "- {says: \"SMT disabled\", part: smt, is: disabled, status: mitigated}\n"                              \
        "rules:\n"                                                                                              \
        "- {id: immune, when: \"not affected\", status: not-affected, owner: hardware, reason: \"immune\"}\n"   \
        "- {use: kernel-says}\n"                                                                                \
        "fixes: [update-kernel]\n"                                                                              \
        "contradictions:\n"                                                                                     \
        "- {when: \"cmdline.pti == 'off' and os == 'walls'\", says: \"off, and yet: {os.text}\"}\n"

/* The files above, of which one text may be replaced (path NULL: none). */
#define LITTLE_COUNT 8
static inline void little_data(struct data_file files[LITTLE_COUNT], const char *path, struct str text) {
        const struct data_file all[LITTLE_COUNT] = {
                { STR("registers.yaml"), STR(LITTLE_REGISTERS) },   { STR("cpus.yaml"), STR(LITTLE_CPUS) },
                { STR("fixes.yaml"), STR(LITTLE_FIXES) },           { STR("parameters.yaml"), STR(LITTLE_PARAMETERS) },
                { STR("config.yaml"), STR(LITTLE_CONFIG) },         { STR("derived.yaml"), STR(LITTLE_DERIVED) },
                { STR("rulesets.yaml"), STR(LITTLE_RULESETS) },     { STR("vulns/leak.yaml"), STR(LITTLE_FLAW) },
        };

        for (int i = 0; i < LITTLE_COUNT; i++) {
                files[i] = all[i];
                if (path && str_eq(files[i].path, str_of(path)))
                        files[i].text = text;
        }
}

#endif
