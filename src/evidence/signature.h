/* CPUID.1:EAX taken apart (Intel SDM volume 2A, CPUID, figure 3-6; AMD APM volume 3, section E.3.2). */
#ifndef SIDELIGHT_EVIDENCE_SIGNATURE_H
#define SIDELIGHT_EVIDENCE_SIGNATURE_H

#include <stdint.h>

static inline uint32_t signature_family(uint32_t eax) {
        uint32_t family = eax >> 8 & 15;

        return family == 15 ? family + (eax >> 20 & 255) : family;
}

static inline uint32_t signature_model(uint32_t eax) {
        uint32_t family = eax >> 8 & 15;

        return (eax >> 4 & 15) | (family == 6 || family == 15 ? (eax >> 16 & 15) << 4 : 0);
}

static inline uint32_t signature_stepping(uint32_t eax) {
        return eax & 15;
}

#endif
