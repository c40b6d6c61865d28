/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames, fields and operations of protocol.def: codes, structs, a bounds-checked cursor to read them, a buffer to write
 * them. Nothing is copied on reading: strings and bytes point into the frame.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Largest payload of a frame, in bytes: a config.json of MAX_CONFIG_BYTES with room for what goes with it. */
#define MAX_FRAME_BYTES (64ul * 1024 * 1024)
/* fds that may go with one frame (the kernel's SCM_MAX_FD is 253). */
#define MAX_FRAME_FDS 250
#define FRAME_HEADER_BYTES 8
#define MAX_STRINGS (1024u * 1024)
/* Of a seccomp filter: BPF_MAXINSNS instructions. */
#define MAX_FILTER_BYTES (4096u * 8)
/* The kernel's largest errno: what stage or init tell as one is not above it. */
#define MAX_ERRNO 4095u
/* Operation flag: its failure is reported, and those that follow are executed all the same. */
#define MAY_FAIL 1u

enum sync_point {
    SYNC_USER_NAMESPACE = 1, /* the user namespace is made, its maps are wanted */
    SYNC_RUNTIME_HOOKS = 2,  /* mounts are made, pivot_root comes next: prestart and createRuntime hooks run */
    SYNC_LIMITS = 3,         /* the user change comes next: rlimits are set */
    SYNC_READY = 4,          /* waits for start, or for GO in exec */
    SYNC_EXECUTING = 5,      /* exec: execve comes next */
};

enum disposition {
    WRITE_EXISTING = 0,   /* ENOENT when missing; not truncated (cgroup and proc files) */
    WRITE_CREATE = 1,     /* made or truncated */
    WRITE_CREATE_NEW = 2, /* EEXIST */
    WRITE_REPLACE = 3,    /* temporary file and rename; what is no file is written to */
    WRITE_APPEND = 4,     /* made when missing */
};

enum process_status {
    PROCESS_STOPPED = 0,
    PROCESS_CREATED = 1, /* waits for start */
    PROCESS_RUNNING = 2,
    PROCESS_PAUSED = 3, /* its cgroup is frozen */
};

/* What WATCH has seen; several at once. */
enum watched {
    WATCH_BEAT = 1,
    WATCH_OOM = 2,
    WATCH_ENDED = 4,
};

enum pivot_method {
    PIVOT_PIVOT = 0,
    PIVOT_MOVE = 1,   /* --no-pivot: MS_MOVE and chroot */
    PIVOT_CHROOT = 2, /* without a mount namespace */
};

/* Bytes on the start fifos: start.fifo gets START_REQUEST. answer.fifo then gives START_EXECUTING and end of file (the
 * program runs); START_FAILED and a frame ERROR, also after START_EXECUTING; or nothing but end of file (init was killed). */
#define START_REQUEST 'S'
#define START_EXECUTING 'E'
#define START_FAILED 'F'

struct bytes {
    const uint8_t *data;
    uint32_t length;
};

/* An encoded list of STR: count strings in length bytes at data. */
struct strings {
    const uint8_t *data;
    uint32_t length;
    uint32_t count;
};

/* An encoded list of u32. */
struct numbers {
    const uint8_t *data;
    uint32_t count;
};

/* Reads forward and never beyond end. After a bad field, failed is set and all that follows is zero or empty. */
struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

/* Grows as needed; failed is set when memory or MAX_FRAME_BYTES is exhausted, and what follows is dropped. */
struct buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
    bool failed;
};

#define TYPE_BOOL bool
#define TYPE_U32 uint32_t
#define TYPE_U64 uint64_t
#define TYPE_I64 int64_t
#define TYPE_STR const char *
#define TYPE_BYTES struct bytes
#define TYPE_STRS struct strings
#define TYPE_U32S struct numbers
#define TYPE_OPS struct bytes

/* struct msg_call { struct strings args; … }; struct op_mount { const char *type; … }; */
#define F(type, name) TYPE_##type name;
#define MESSAGE(NAME, name, code, ...) \
    struct msg_##name {                \
        __VA_ARGS__                    \
    };
#define HOST_OP(NAME, name, code, ...) \
    struct op_##name {                 \
        __VA_ARGS__                    \
    };
#define INIT_OP(NAME, name, code, ...) \
    struct op_##name {                 \
        __VA_ARGS__                    \
    };
#include "protocol.def"

enum code {
#define MESSAGE(NAME, name, code, ...) FRAME_##NAME = (code),
#define HOST_OP(NAME, name, code, ...) OP_##NAME = (code),
#define INIT_OP(NAME, name, code, ...) OP_##NAME = (code),
#define F(type, name)
#include "protocol.def"
};

/* False when bytes are missing, left over or wrong. */
#define F(type, name)
#define MESSAGE(NAME, name, code, ...) bool decode_msg_##name(struct bytes payload, struct msg_##name *out);
#define HOST_OP(NAME, name, code, ...) bool decode_op_##name(struct bytes body, struct op_##name *out);
#define INIT_OP(NAME, name, code, ...) bool decode_op_##name(struct bytes body, struct op_##name *out);
#include "protocol.def"

#define F(type, name)
#define MESSAGE(NAME, name, code, ...) void encode_msg_##name(struct buffer *buffer, const struct msg_##name *message);
#include "protocol.def"

uint32_t read_u32(struct cursor *cursor);
uint64_t read_u64(struct cursor *cursor);
/* The next string of a list; start with strings_cursor(). */
const char *read_str(struct cursor *cursor);
struct cursor strings_cursor(const struct strings *strings);
uint32_t number_at(const struct numbers *numbers, uint32_t index);
/* Fills array with pointers to the strings and a final NULL; array has room for strings->count + 1. */
void strings_fill(const struct strings *strings, char **array);
/* The same in memory of its own, or NULL: one free() for all. */
char **strings_array(const struct strings *strings);

void buffer_free(struct buffer *buffer);
void put_u32(struct buffer *buffer, uint32_t value);
void put_str(struct buffer *buffer, const char *string);
/* The strings that were put into a buffer with put_str, count of them. */
struct strings buffer_strings(const struct buffer *buffer, uint32_t count);
struct numbers buffer_numbers(const struct buffer *buffer);

#define scope_buffer __attribute__((cleanup(buffer_free))) struct buffer

struct operation {
    uint16_t code;
    uint16_t flags;
    const char *origin;
    struct bytes body;
};

struct cursor bytes_cursor(struct bytes bytes);
/* The next operation of a list; false at the end, and when it is malformed (cursor->failed). */
bool next_operation(struct cursor *cursor, struct operation *operation);
/* Are all operations well formed, down to their fields, known, and of that kind? */
bool host_operations_valid(struct bytes operations);
bool init_operations_valid(struct bytes operations);

/* "MOUNT"; "UNKNOWN" for a code that isn't in the table. */
const char *code_name(uint16_t code);
/* FNV-1a, 64 bits, over names, codes, fields and types of the whole table. */
uint64_t table_hash(void);
/* `jrunc --dump-protocol`: the table as JSON on stdout. */
int dump_protocol(void);

struct frame {
    uint16_t code;
    struct bytes payload;
    uint8_t *memory; /* free() it */
    int fds[MAX_FRAME_FDS];
    size_t fd_count;
};

/* Adds a frame to others that go together with send_frames(). */
void put_frame(struct buffer *frames, uint16_t code, const struct buffer *payload);
/* 0, or -errno; -E2BIG when one of them was too long. */
int send_frames(int channel, const struct buffer *frames);
/* 0 or -errno. The whole frame is sent, its fds with the first byte. payload may be NULL: empty. */
int send_frame(int channel, uint16_t code, const struct buffer *payload, const int *fds, size_t fd_count);
/* The same without fds, by write(2), which a seccomp filter has to allow: SIGPIPE where nobody reads any more. */
int write_frame(int channel, uint16_t code, const struct buffer *payload);
/* 0, or -errno; -ECONNRESET at end of file, -EPROTO for a frame that breaks the rules. Received fds are close-on-exec;
 * those that the caller doesn't take are closed by frame_free. */
int receive_frame(int channel, struct frame *frame);
void frame_free(struct frame *frame);
#define scope_frame __attribute__((cleanup(frame_free))) struct frame
