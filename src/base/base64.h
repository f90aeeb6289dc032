/* Base64 (RFC 4648, section 4): bytes as letters, without line breaks. */
#ifndef SIDELIGHT_BASE_BASE64_H
#define SIDELIGHT_BASE_BASE64_H

#include "base/out.h"

void base64_put(struct out *o, struct str bytes);

#endif
