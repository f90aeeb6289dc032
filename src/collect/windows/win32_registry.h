/* The registry of the running Windows, as a source of values. */
#ifndef SIDELIGHT_COLLECT_WINDOWS_WIN32_REGISTRY_H
#define SIDELIGHT_COLLECT_WINDOWS_WIN32_REGISTRY_H

#include "collect/registry/registry.h"

extern const struct registry_source win32_registry;

#endif
