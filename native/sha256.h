/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, FIPS 180-4. */
#pragma once

#include "protocol.h"

#define SHA256_BYTES 32

/* Of the parts, one behind the other. */
void sha256(const struct bytes *parts, size_t count, uint8_t digest[SHA256_BYTES]);
