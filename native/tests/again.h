/* SPDX-License-Identifier: Apache-2.0 */
/* For the test and the fuzzer of the protocol. */
#pragma once

#include "../protocol.h"

/* Decodes a message of any kind and encodes it again. */
static inline bool again(uint16_t code, struct bytes payload, struct buffer *encoded)
{
    switch (code) {
#define F(type, name)
#define MESSAGE(NAME, name, code_, ...)                    \
    case FRAME_##NAME: {                                   \
        struct msg_##name message;                         \
        bool valid = decode_msg_##name(payload, &message); \
        if (valid)                                         \
            encode_msg_##name(encoded, &message);          \
        return valid;                                      \
    }
#include "../protocol.def"
    default:
        return false;
    }
}
