/* SPDX-License-Identifier: Apache-2.0 */
#include "call.h"

#include "files.h"
#include "scope.h"
#include "waits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MAX_FACT_BYTES (256ul * 1024)

uint32_t count_inherited_fds(void)
{
    int fd = 3;
    while (fcntl(fd, F_GETFD) >= 0)
        fd++;
    return (uint32_t)(fd - 3);
}

static struct strings put_array(struct buffer *buffer, char **array)
{
    uint32_t count = 0;
    for (; array[count]; count++)
        put_str(buffer, array[count]);
    return buffer_strings(buffer, count);
}

/* A fact that can't be read is empty: the engine asks for it only where it matters. */
static struct bytes read_fact(struct buffer *buffer, const char *path)
{
    if (read_text(AT_FDCWD, path, MAX_FACT_BYTES, buffer) < 0)
        return (struct bytes){(const uint8_t *)"", 0};
    return (struct bytes){buffer->data, (uint32_t)buffer->length};
}

static int put_groups(struct buffer *buffer)
{
    int count = getgroups(0, NULL);
    if (count < 0)
        return -errno;
    scope_free gid_t *groups = calloc((size_t)count + 1, sizeof *groups);
    if (!groups)
        return -ENOMEM;
    count = getgroups(count, groups);
    for (int i = 0; i < count; i++)
        put_u32(buffer, groups[i]);
    return count < 0 ? -errno : 0;
}

static void read_capabilities(struct msg_call *call)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}, {0}};
    if (syscall(SYS_capget, &header, data) == 0)
        call->effectiveCapabilities = data[0].effective | (uint64_t)data[1].effective << 32;
}

static void read_terminals(struct msg_call *call)
{
    for (int fd = 0; fd <= 2; fd++) {
        struct winsize size;
        if (ioctl(fd, TIOCGWINSZ, &size) < 0)
            continue;
        if (call->terminals == 0) {
            call->rows = size.ws_row;
            call->columns = size.ws_col;
        }
        call->terminals |= 1u << fd;
    }
}

int encode_call(struct buffer *payload, char **args, char **environment, uint32_t inherited_fds, uint64_t began)
{
    scope_buffer encoded_args = {0}, encoded_environment = {0}, groups = {0};
    scope_buffer cgroups = {0}, uid_map = {0}, label = {0};
    scope_free char *cwd = getcwd(NULL, 0);
    struct utsname system;
    int error = put_groups(&groups);
    if (error || uname(&system) < 0)
        return error ? error : -errno;
    struct msg_call call = {
        .args = put_array(&encoded_args, args),
        .environment = put_array(&encoded_environment, environment),
        .cwd = cwd ? cwd : "",
        .pid = (uint32_t)getpid(),
        .uid = getuid(),
        .euid = geteuid(),
        .gid = getgid(),
        .egid = getegid(),
        .groups = buffer_numbers(&groups),
        .cgroups = read_fact(&cgroups, "/proc/self/cgroup"),
        .uidMap = read_fact(&uid_map, "/proc/self/uid_map"),
        .label = read_fact(&label, "/proc/self/attr/current"),
        .inheritedFds = inherited_fds,
        .release = system.release,
        .machine = system.machine,
        .began = began,
        .realtimeOffset = realtime_offset(),
    };
    read_capabilities(&call);
    read_terminals(&call);
    encode_msg_call(payload, &call);
    bool failed = payload->failed || encoded_args.failed || encoded_environment.failed || groups.failed;
    return failed ? -E2BIG : 0;
}
