/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAX_FDS 400
#define MAX_ALLOCATIONS 65536
#define LARGEST_ALLOCATION (16u << 20)
#define OWN_PID 4242
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

jmp_buf fuzz_end;

static struct answers *answers;
static unsigned calls;
static enum fd_kind fds[MAX_FDS];
static int64_t clock_millis;
static uint32_t netlink_sequence;
/* In the child of a clone that shares our memory: its execve or exit ends it. */
static jmp_buf child_end;
static bool in_child;

static struct {
    struct bytes data; /* what FD_SCRIPT says */
    size_t fds;
    bool goes_on;
} script;

/* A frame that a peer is about to say. */
static struct {
    uint8_t data[4096];
    size_t length;
    size_t said;
    size_t fds;
} peer;

static void object(const char *what, long about)
{
    fprintf(stderr, "kernel: %s (%ld)\n", what, about);
    abort();
}

/* ---------------------------------------------------------------- answers */

uint8_t take_byte(struct answers *from)
{
    return from->at < from->end ? *from->at++ : 0;
}

uint32_t take_number(struct answers *from, size_t width)
{
    uint32_t value = 0;
    for (size_t i = 0; i < width; i++)
        value |= (uint32_t)take_byte(from) << (8 * i);
    return value;
}

struct bytes take_bytes(struct answers *from, size_t limit)
{
    size_t left = (size_t)(from->end - from->at);
    struct bytes taken = {from->at, (uint32_t)(left < limit ? left : limit)};
    from->at += taken.length;
    return taken;
}

static void call(void)
{
    if (++calls > MAX_KERNEL_CALLS)
        longjmp(fuzz_end, KERNEL_GAVE_UP);
}

/* One call in eight that has a byte left fails. */
static bool refuses(void)
{
    static const int errors[] = {ENOENT, EPERM, EACCES, EINTR, EAGAIN, EINVAL, ENOSYS,     EEXIST,
                                 EBUSY,  ESRCH, ENODEV, EPIPE, ENOMEM, EBADF,  ECONNRESET, ENOTEMPTY};
    call();
    uint8_t choice = take_byte(answers);
    if (choice < 224)
        return false;
    errno = errors[choice % COUNT(errors)];
    return true;
}

static int yes(void)
{
    return refuses() ? -1 : 0;
}

static void writable(void *data, size_t length)
{
    if (length > 0 && __asan_region_is_poisoned(data, length))
        object("this memory isn't the caller's", (long)length);
}

static void readable(const void *data, size_t length)
{
    writable((void *)(uintptr_t)data, length);
}

static void path(const char *name)
{
    readable(name, strlen(name) + 1);
}

/* ---------------------------------------------------------------- memory */

static void *allocations[MAX_ALLOCATIONS];
static size_t allocation_count;

static void *note(void *memory)
{
    if (memory && allocation_count < MAX_ALLOCATIONS)
        allocations[allocation_count++] = memory;
    return memory;
}

static void forget(const void *memory)
{
    for (size_t i = allocation_count; i > 0; i--) {
        if (allocations[i - 1] == memory) {
            allocations[i - 1] = allocations[--allocation_count];
            return;
        }
    }
}

void *kernel_malloc(size_t size)
{
    return size > LARGEST_ALLOCATION ? NULL : note(malloc(size));
}

void *kernel_calloc(size_t count, size_t size)
{
    return count > LARGEST_ALLOCATION || count * size > LARGEST_ALLOCATION ? NULL : note(calloc(count, size));
}

void *kernel_realloc(void *memory, size_t size)
{
    if (size > LARGEST_ALLOCATION)
        return NULL;
    forget(memory);
    return note(realloc(memory, size));
}

void *kernel_reallocarray(void *memory, size_t count, size_t size)
{
    return kernel_realloc(memory, count * size);
}

void kernel_free(void *memory)
{
    forget(memory);
    free(memory);
}

char *kernel_strdup(const char *text)
{
    return note(strdup(text));
}

char *kernel_strndup(const char *text, size_t length)
{
    return note(strndup(text, length));
}

int kernel_asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(text, format, arguments);
    va_end(arguments);
    note(*text);
    return length;
}

void fuzz_free_all(bool complain)
{
    if (complain && allocation_count > 0)
        object("memory was never freed", (long)allocation_count);
    while (allocation_count > 0)
        free(allocations[--allocation_count]);
}

void *kernel_mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    (void)at, (void)protection, (void)flags, (void)fd, (void)offset;
    void *memory = refuses() ? NULL : kernel_calloc(1, length);
    return memory ? memory : MAP_FAILED;
}

int kernel_munmap(void *memory, size_t length)
{
    (void)length;
    kernel_free(memory);
    return 0;
}

/* ---------------------------------------------------------------- fds */

void fuzz_begin(struct answers *from)
{
    answers = from;
    calls = 0;
    clock_millis = 1000;
    netlink_sequence = 0;
    in_child = false;
    memset(fds, 0, sizeof fds);
    fds[0] = fds[1] = fds[2] = FD_FILE;
    memset(&script, 0, sizeof script);
    peer.length = peer.said = 0;
}

int fuzz_open_fd(enum fd_kind kind)
{
    for (int fd = 3; fd < MAX_FDS; fd++) {
        if (fds[fd] == FD_CLOSED) {
            fds[fd] = kind;
            return fd;
        }
    }
    errno = EMFILE;
    return -1;
}

bool fuzz_is_open(int fd)
{
    return fd >= 0 && fd < MAX_FDS && fds[fd] != FD_CLOSED;
}

void fuzz_close_all(void)
{
    memset(fds, 0, sizeof fds);
}

void fuzz_script(const struct buffer *frames, size_t fd_count)
{
    script.data = (struct bytes){frames->data, (uint32_t)frames->length};
    script.fds = fd_count;
}

void fuzz_script_goes_on(void)
{
    script.goes_on = true;
}

static int new_fd(void)
{
    return refuses() ? -1 : fuzz_open_fd(FD_FILE);
}

static bool bad(int fd)
{
    if (fuzz_is_open(fd))
        return false;
    errno = EBADF;
    return true;
}

int kernel_close(int fd)
{
    if (!fuzz_is_open(fd) && !in_child)
        object("closes what isn't open", fd);
    if (fd <= 2 && !in_child)
        object("closes the caller's own", fd);
    if (fuzz_is_open(fd) && !in_child)
        fds[fd] = FD_CLOSED;
    return 0;
}

int kernel_open(const char *name, int flags, ...)
{
    (void)flags;
    path(name);
    return new_fd();
}

int kernel_openat(int folder, const char *name, int flags, ...)
{
    (void)flags;
    path(name);
    return folder != AT_FDCWD && *name != '/' && bad(folder) ? -1 : new_fd();
}

int kernel_dup2(int from, int to)
{
    return bad(from) || refuses() ? -1 : to;
}

int kernel_memfd_create(const char *name, unsigned flags)
{
    (void)flags;
    path(name);
    return new_fd();
}

int kernel_eventfd(unsigned count, int flags)
{
    (void)count, (void)flags;
    return new_fd();
}

int kernel_signalfd(int fd, const sigset_t *mask, int flags)
{
    (void)fd, (void)flags;
    readable(mask, sizeof *mask);
    return new_fd();
}

int kernel_socket(int domain, int type, int protocol)
{
    (void)type, (void)protocol;
    if (refuses())
        return -1;
    return fuzz_open_fd(domain == AF_NETLINK ? FD_NETLINK : FD_FILE);
}

static int pair(int ends[2], enum fd_kind kind)
{
    writable(ends, 2 * sizeof *ends);
    if (refuses())
        return -1;
    int first = fuzz_open_fd(kind), second = fuzz_open_fd(kind);
    if (second < 0) {
        if (first >= 0)
            fds[first] = FD_CLOSED;
        return -1;
    }
    ends[0] = first;
    ends[1] = second;
    return 0;
}

int kernel_socketpair(int domain, int type, int protocol, int ends[2])
{
    (void)domain, (void)type, (void)protocol;
    return pair(ends, FD_PEER);
}

int kernel_pipe2(int ends[2], int flags)
{
    (void)flags;
    return pair(ends, FD_FILE);
}

int kernel_fcntl(int fd, int command, ...)
{
    if (bad(fd) || refuses())
        return -1;
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? fuzz_open_fd(fds[fd]) : 0;
}

/* ---------------------------------------------------------------- reading and writing */

/* What files of this program's world look like; the fuzzer changes their bytes after that. */
static size_t file_content(uint8_t *data, size_t length)
{
    static const char *const contents[] = {
        "",
        "4242 (jrunc:[init]) S 1 4242 4242 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 77 0 0\n",
        "4242 (a) b) (c Z 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 77",
        "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n",
        "#!/bin/sh -e\n",
        "#! \t",
        "1\n2\n3\n",
        "1\n",
        "THAWED\n",
        "FROZEN\n",
        "populated 1\nfrozen 1\n",
        "low 0\noom 3\noom_kill 2\n",
        "22 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n",
        "4:memory:/a\n0::/b\n",
        "cpuset cpu io memory pids\n",
        "S",
        "E",
        "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0\1\0\0\0\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0",
    };
    uint8_t choice = take_byte(answers);
    size_t count = 0;
    if (choice < 128) {
        const char *content = contents[choice % COUNT(contents)];
        size_t whole = choice % COUNT(contents) == COUNT(contents) - 1 ? 40 : strlen(content);
        count = whole < length ? whole : length;
        memcpy(data, content, count);
        uint8_t change = take_byte(answers);
        if (change > 200 && count > 0)
            data[take_byte(answers) % count] = take_byte(answers);
    } else if (choice < 250) {
        struct bytes taken = take_bytes(answers, length < choice - 128u ? length : choice - 128u);
        count = taken.length;
        memcpy(data, taken.data, count);
    } else {
        count = length;
        memset(data, choice == 250 ? 0 : choice == 251 ? '\n' : '7', count);
    }
    return count;
}

/* What stage and init, or the engine, say: any message. */
static void make_frame(void)
{
    static const uint16_t codes[] = {
        FRAME_SYNC,  FRAME_ERROR, FRAME_SPAWNED, FRAME_CONSOLE_MASTER, FRAME_SECCOMP_LISTENER,
        FRAME_TIMES, FRAME_GO,    FRAME_PLAN};
    struct buffer payload = {0};
    uint8_t choice = take_byte(answers);
    uint16_t code = choice < 128 ? FRAME_SYNC : codes[choice % COUNT(codes)];
    bool fd = code == FRAME_SPAWNED || code == FRAME_CONSOLE_MASTER || code == FRAME_SECCOMP_LISTENER;
    if (choice < 240)
        make_message(answers, code, &payload);
    peer.said = 0;
    peer.fds = fd != (choice >= 224);
    size_t length = payload.length < sizeof peer.data - FRAME_HEADER_BYTES ? payload.length : 0;
    uint8_t header[FRAME_HEADER_BYTES] = {(uint8_t)length, (uint8_t)(length >> 8), 0, 0,
                                          (uint8_t)code,   (uint8_t)(code >> 8)};
    if (choice == 255)
        header[take_byte(answers) % sizeof header] = take_byte(answers);
    memcpy(peer.data, header, sizeof header);
    if (length)
        memcpy(peer.data + sizeof header, payload.data, length);
    peer.length = sizeof header + length;
    free(payload.data);
}

static size_t peer_says(uint8_t *data, size_t length, size_t *with_fds)
{
    *with_fds = 0;
    if (peer.said == peer.length) {
        if (answers->at == answers->end)
            return 0;
        make_frame();
        *with_fds = peer.fds;
    }
    size_t left = peer.length - peer.said;
    size_t count = left < length ? left : length;
    memcpy(data, peer.data + peer.said, count);
    peer.said += count;
    return count;
}

static size_t script_says(uint8_t *data, size_t length, size_t *with_fds)
{
    *with_fds = script.fds;
    script.fds = 0;
    size_t count = script.data.length < length ? script.data.length : length;
    if (count == 0 && script.goes_on)
        return peer_says(data, length, with_fds);
    if (count)
        memcpy(data, script.data.data, count);
    script.data.data += count;
    script.data.length -= (uint32_t)count;
    return count;
}

static size_t netlink_says(uint8_t *data, size_t length)
{
    struct bytes taken = take_bytes(answers, length < 400 ? length : 400);
    memcpy(data, taken.data, taken.length);
    if (taken.length >= sizeof(struct nlmsghdr)) {
        struct nlmsghdr *header = (struct nlmsghdr *)data;
        if (take_byte(answers) < 224)
            header->nlmsg_seq = netlink_sequence;
        if (take_byte(answers) < 128)
            header->nlmsg_len = taken.length;
    }
    return taken.length;
}

static ssize_t say(int fd, void *data, size_t length, size_t *with_fds)
{
    *with_fds = 0;
    writable(data, length);
    if (bad(fd))
        return -1;
    call();
    if (fds[fd] == FD_SCRIPT)
        return (ssize_t)script_says(data, length, with_fds);
    if (refuses())
        return -1;
    if (fds[fd] == FD_PEER)
        return (ssize_t)peer_says(data, length, with_fds);
    return (ssize_t)(fds[fd] == FD_NETLINK ? netlink_says(data, length) : file_content(data, length));
}

ssize_t kernel_read(int fd, void *data, size_t length)
{
    size_t none;
    return say(fd, data, length, &none);
}

ssize_t kernel_pread(int fd, void *data, size_t length, off_t offset)
{
    (void)offset;
    return kernel_read(fd, data, length);
}

ssize_t kernel_recv(int fd, void *data, size_t length, int flags)
{
    (void)flags;
    return kernel_read(fd, data, length);
}

ssize_t kernel_recvmsg(int fd, struct msghdr *message, int flags)
{
    (void)flags;
    size_t count;
    ssize_t got = say(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len, &count);
    writable(message->msg_control, message->msg_controllen);
    if (got <= 0 || count == 0 || message->msg_controllen < CMSG_SPACE(count * sizeof(int))) {
        message->msg_controllen = 0;
        return got;
    }
    struct cmsghdr *control = message->msg_control;
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(count * sizeof(int));
    message->msg_controllen = CMSG_SPACE(count * sizeof(int));
    for (size_t i = 0; i < count; i++)
        ((int *)(void *)CMSG_DATA(control))[i] = fuzz_open_fd(FD_FILE);
    return got;
}

static ssize_t accept_bytes(int fd, const void *data, size_t length)
{
    readable(data, length);
    if (bad(fd) || refuses())
        return -1;
    if (fds[fd] == FD_NETLINK && length >= sizeof(struct nlmsghdr))
        netlink_sequence = ((const struct nlmsghdr *)data)->nlmsg_seq;
    uint8_t less = take_byte(answers);
    return less > 230 && length > 1 ? (ssize_t)(1 + less % (length - 1)) : (ssize_t)length;
}

ssize_t kernel_write(int fd, const void *data, size_t length)
{
    return accept_bytes(fd, data, length);
}

ssize_t kernel_send(int fd, const void *data, size_t length, int flags)
{
    (void)flags;
    return accept_bytes(fd, data, length);
}

ssize_t kernel_sendmsg(int fd, const struct msghdr *message, int flags)
{
    (void)flags;
    ssize_t whole = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        readable(message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
        whole += (ssize_t)message->msg_iov[i].iov_len;
    }
    if (message->msg_control && message->msg_controllen >= CMSG_LEN(0)) {
        const struct cmsghdr *control = message->msg_control;
        const int *sent = (const int *)(const void *)CMSG_DATA(control);
        for (size_t i = 0; i < (control->cmsg_len - CMSG_LEN(0)) / sizeof *sent; i++) {
            if (bad(sent[i]))
                return -1;
        }
    }
    return bad(fd) || refuses() ? -1 : whole;
}

ssize_t kernel_sendfile(int to, int from, off_t *offset, size_t length)
{
    (void)offset, (void)length;
    return bad(to) || bad(from) || refuses() ? -1 : take_byte(answers);
}

off_t kernel_lseek(int fd, off_t offset, int whence)
{
    (void)whence;
    return bad(fd) || refuses() ? -1 : offset;
}

int kernel_dprintf(int fd, const char *format, ...)
{
    (void)fd, (void)format;
    return 0;
}

int kernel_poll(struct pollfd *polled, nfds_t count, int timeout)
{
    writable(polled, count * sizeof *polled);
    if (refuses())
        return -1;
    clock_millis += timeout > 0 ? timeout / 2 + 1 : 1;
    int ready = 0;
    uint8_t which = take_byte(answers);
    for (nfds_t i = 0; i < count; i++) {
        bool now = polled[i].fd >= 0 && !(which >> (i % 8) & 1) && fuzz_is_open(polled[i].fd);
        polled[i].revents = now ? (short)(polled[i].events | (which & 0x80 ? POLLHUP : 0)) : 0;
        ready += now;
    }
    return ready;
}

/* ---------------------------------------------------------------- files */

static int put_text(char *data, size_t length)
{
    writable(data, length);
    static const char *const names[] = {"/memfd:jrunc (deleted)", "/", "/a/b", "/sys/fs/cgroup/memory", "x"};
    uint8_t choice = take_byte(answers);
    size_t count;
    if (choice < 128) {
        const char *name = names[choice % COUNT(names)];
        count = strlen(name) < length ? strlen(name) : length;
        memcpy(data, name, count);
    } else {
        count = choice > 250 ? length : take_bytes(answers, length < 40 ? length : 40).length;
        memset(data, '/', count);
    }
    return (int)count;
}

ssize_t kernel_readlink(const char *name, char *data, size_t length)
{
    path(name);
    return refuses() ? -1 : put_text(data, length);
}

ssize_t kernel_readlinkat(int folder, const char *name, char *data, size_t length)
{
    return folder != AT_FDCWD && bad(folder) ? -1 : kernel_readlink(name, data, length);
}

char *kernel_getcwd(char *data, size_t length)
{
    if (refuses())
        return NULL;
    data[put_text(data, length - 1)] = 0;
    return data;
}

char *kernel_realpath(const char *name, char *none)
{
    (void)none;
    path(name);
    char *real = refuses() ? NULL : kernel_malloc(PATH_MAX);
    if (real)
        real[put_text(real, PATH_MAX - 1)] = 0;
    return real;
}

static int look(struct stat *status)
{
    static const mode_t kinds[] = {S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR, S_IFIFO, S_IFSOCK, S_IFBLK, 0};
    writable(status, sizeof *status);
    if (refuses())
        return -1;
    memset(status, 0, sizeof *status);
    uint8_t choice = take_byte(answers);
    status->st_mode = kinds[choice % COUNT(kinds)] | (choice & 0x10 ? 0700 : 0755);
    status->st_uid = choice & 0x20 ? 1000 : 0;
    status->st_ino = choice & 0x40 ? 2 : 1;
    status->st_rdev = choice & 0x80 ? 0x103 : 0x105;
    status->st_size = take_byte(answers);
    status->st_nlink = 1;
    return 0;
}

int kernel_stat(const char *name, struct stat *status)
{
    path(name);
    return look(status);
}

int kernel_fstat(int fd, struct stat *status)
{
    return bad(fd) ? -1 : look(status);
}

int kernel_fstatat(int folder, const char *name, struct stat *status, int flags)
{
    (void)flags;
    path(name);
    return folder != AT_FDCWD && bad(folder) ? -1 : look(status);
}

int kernel_fstatfs(int fd, struct statfs *status)
{
    static const long types[] = {PROC_SUPER_MAGIC,   0x6e736673 /* nsfs */, CGROUP2_SUPER_MAGIC,
                                 CGROUP_SUPER_MAGIC, DEVPTS_SUPER_MAGIC,    TMPFS_MAGIC};
    if (bad(fd) || refuses())
        return -1;
    writable(status, sizeof *status);
    memset(status, 0, sizeof *status);
    status->f_type = types[take_byte(answers) % COUNT(types)];
    return 0;
}

int kernel_fstatvfs(int fd, struct statvfs *status)
{
    if (bad(fd) || refuses())
        return -1;
    memset(status, 0, sizeof *status);
    status->f_flag = take_byte(answers);
    return 0;
}

int kernel_statvfs(const char *name, struct statvfs *status)
{
    path(name);
    memset(status, 0, sizeof *status);
    status->f_flag = take_byte(answers);
    return yes();
}

/* A folder's own fd, as DIR *. */
static int folders[MAX_FDS];
static struct dirent entry;

DIR *kernel_fdopendir(int fd)
{
    if (bad(fd) || refuses())
        return NULL;
    folders[fd] = fd;
    return (DIR *)&folders[fd];
}

DIR *kernel_opendir(const char *name)
{
    path(name);
    int fd = new_fd();
    return fd < 0 ? NULL : kernel_fdopendir(fd);
}

struct dirent *kernel_readdir(DIR *folder)
{
    static const char *const names[] = {".", "..", "a", "b", "1", "4242", "cgroup.procs", "x.jrunc"};
    (void)folder;
    if (refuses())
        return NULL;
    uint8_t choice = take_byte(answers);
    if (choice < 64)
        return NULL;
    memset(&entry, 0, sizeof entry);
    entry.d_type = choice & 1 ? DT_DIR : choice & 2 ? DT_REG : DT_UNKNOWN;
    if (choice > 250)
        memset(entry.d_name, 'n', 255);
    else
        strcpy(entry.d_name, names[choice / 4 % COUNT(names)]);
    return &entry;
}

long kernel_telldir(DIR *folder)
{
    (void)folder;
    return 1;
}

void kernel_seekdir(DIR *folder, long at)
{
    (void)folder, (void)at;
}

void kernel_rewinddir(DIR *folder)
{
    (void)folder;
}

int kernel_closedir(DIR *folder)
{
    return kernel_close(*(int *)folder);
}

#define OF_PATH(name, ...)                                         \
    int kernel_##name(const char *file __VA_OPT__(, ) __VA_ARGS__) \
    {                                                              \
        path(file);                                                \
        return yes();                                              \
    }
#define OF_FOLDER(name, ...)                                                   \
    int kernel_##name(int folder, const char *file __VA_OPT__(, ) __VA_ARGS__) \
    {                                                                          \
        path(file);                                                            \
        return folder != AT_FDCWD && bad(folder) ? -1 : yes();                 \
    }
#pragma clang diagnostic ignored "-Wunused-parameter"
OF_PATH(chdir)
OF_PATH(chroot)
OF_PATH(mkdir, mode_t mode)
OF_PATH(rmdir)
OF_PATH(umount2, int flags)
OF_FOLDER(mkdirat, mode_t mode)
OF_FOLDER(mkfifoat, mode_t mode)
OF_FOLDER(mknodat, mode_t mode, dev_t device)
OF_FOLDER(unlinkat, int flags)
OF_FOLDER(faccessat, int mode, int flags)
OF_FOLDER(fchownat, uid_t uid, gid_t gid, int flags)

int kernel_symlinkat(const char *content, int folder, const char *name)
{
    path(content);
    path(name);
    return bad(folder) ? -1 : yes();
}

int kernel_renameat(int from, const char *old, int to, const char *name)
{
    path(old);
    path(name);
    return bad(from) || bad(to) ? -1 : yes();
}

int kernel_mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
    path(target);
    return yes();
}

#define OF_FD(name, ...)                                 \
    int kernel_##name(int fd __VA_OPT__(, ) __VA_ARGS__) \
    {                                                    \
        return bad(fd) ? -1 : yes();                     \
    }
OF_FD(fchdir)
OF_FD(fchmod, mode_t mode)
OF_FD(fchown, uid_t uid, gid_t gid)
OF_FD(flock, int operation)
OF_FD(listen, int backlog)
OF_FD(setns, int kind)
OF_FD(bind, const struct sockaddr *address, socklen_t length)
OF_FD(connect, const struct sockaddr *address, socklen_t length)
OF_FD(setsockopt, int level, int option, const void *value, socklen_t length)
OF_FD(tcsetattr, int actions, const struct termios *settings)

int kernel_tcgetattr(int fd, struct termios *settings)
{
    memset(settings, 0, sizeof *settings);
    return bad(fd) ? -1 : yes();
}

int kernel_isatty(int fd)
{
    return fuzz_is_open(fd) && take_byte(answers) & 1;
}

int kernel_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    writable(value, *length);
    memset(value, 0, *length);
    if (*length >= sizeof(int))
        *(int *)value = fd > 2 && take_byte(answers) & 1; /* no socket was passed */
    return bad(fd) ? -1 : yes();
}

int kernel_ioctl(int fd, unsigned long request, ...)
{
    static const int kinds[] = {CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWUTS, 0};
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (bad(fd) || refuses())
        return -1;
    switch (request) {
    case TIOCGPTPEER:
        return fuzz_open_fd(FD_FILE);
    case TIOCGPTN:
        *(unsigned *)argument = take_byte(answers);
        return 0;
    case TIOCGWINSZ:
        writable(argument, sizeof(struct winsize));
        memset(argument, take_byte(answers), sizeof(struct winsize));
        return 0;
    case 0xb703: /* NS_GET_NSTYPE */
        return kinds[take_byte(answers) % COUNT(kinds)];
    default:
        return 0;
    }
}

/* ---------------------------------------------------------------- mounts */

int kernel_fsopen(const char *type, unsigned flags)
{
    path(type);
    return new_fd();
}

int kernel_fsconfig(int fd, unsigned command, const char *key, const void *value, int number)
{
    if (key)
        path(key);
    if (value)
        path(value);
    return bad(fd) ? -1 : yes();
}

int kernel_fsmount(int fd, unsigned flags, unsigned attributes)
{
    return bad(fd) ? -1 : new_fd();
}

int kernel_open_tree(int folder, const char *name, unsigned flags)
{
    path(name);
    return folder != AT_FDCWD && *name != '/' && bad(folder) ? -1 : new_fd();
}

int kernel_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
    path(from_path);
    path(to_path);
    return from != AT_FDCWD && bad(from) ? -1 : yes();
}

int kernel_mount_setattr(int folder, const char *name, unsigned flags, struct mount_attr *attributes, size_t size)
{
    readable(attributes, size);
    return yes();
}

/* ---------------------------------------------------------------- processes */

static pid_t new_pid(void)
{
    return refuses() ? -1 : 100 + take_byte(answers);
}

void kernel__exit(int status)
{
    (void)status;
    if (in_child)
        longjmp(child_end, 1);
    longjmp(fuzz_end, KERNEL_EXITED);
}

static int execute(char *const *args, char *const *environment)
{
    while (*args)
        path(*args++);
    while (*environment)
        path(*environment++);
    if (refuses())
        return -1;
    longjmp(in_child ? child_end : fuzz_end, KERNEL_EXECUTED);
}

int kernel_execve(const char *name, char *const *args, char *const *environment)
{
    path(name);
    return execute(args, environment);
}

int kernel_execvpe(const char *name, char *const *args, char *const *environment)
{
    path(name);
    return execute(args, environment);
}

/* One that shares our memory runs at once. */
int kernel_clone(int (*function)(void *), void *stack, int flags, void *argument, ...)
{
    readable((const uint8_t *)stack - 64, 64);
    pid_t pid = new_pid();
    if (pid < 0 || !(flags & CLONE_VM))
        return pid;
    bool before = in_child;
    in_child = true;
    if (setjmp(child_end) == 0)
        function(argument);
    in_child = before;
    return pid;
}

int kernel_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *),
                          void *argument)
{
    memset(thread, 0, sizeof *thread);
    if (refuses())
        return EAGAIN;
    bool before = in_child;
    in_child = true;
    if (setjmp(child_end) == 0)
        function(argument);
    in_child = before;
    return 0;
}

pid_t kernel_fork(void)
{
    return new_pid();
}

int kernel_kill(pid_t pid, int signal)
{
    if (pid == 0 || pid == -1 || pid == 1 || pid == OWN_PID)
        object("signals whoever is there", pid);
    return yes();
}

pid_t kernel_waitpid(pid_t pid, int *status, int options)
{
    if (refuses())
        return -1;
    if (status) {
        writable(status, sizeof *status);
        *status = (int)take_number(answers, 2);
    }
    return options & WNOHANG && take_byte(answers) > 200 ? 0 : pid;
}

int kernel_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    if (refuses())
        return -1;
    memset(info, 0, sizeof *info);
    uint8_t choice = take_byte(answers);
    if (choice > 200)
        return 0;
    info->si_pid = 100 + choice;
    info->si_code = choice & 1 ? CLD_EXITED : choice & 2 ? CLD_KILLED : CLD_DUMPED;
    info->si_status = take_byte(answers);
    return 0;
}

int kernel_pause(void)
{
    longjmp(fuzz_end, KERNEL_GAVE_UP);
}

int kernel_prctl(int option, ...)
{
    return yes();
}

#define ALWAYS(type, name, value, ...) \
    type kernel_##name(__VA_ARGS__)    \
    {                                  \
        call();                        \
        return value;                  \
    }
ALWAYS(pid_t, getpid, OWN_PID, void)
ALWAYS(pid_t, getppid, 1, void)
ALWAYS(uid_t, getuid, take_byte(answers) & 1 ? 1000 : 0, void)
ALWAYS(uid_t, geteuid, take_byte(answers) & 1 ? 1000 : 0, void)
ALWAYS(gid_t, getgid, 0, void)
ALWAYS(gid_t, getegid, 0, void)
ALWAYS(mode_t, umask, 022, mode_t mask)
ALWAYS(long, sysconf, 64, int name)
ALWAYS(time_t, time, 1000000, time_t *when)
ALWAYS(char *, getenv, NULL, const char *name)
ALWAYS(unsigned, if_nametoindex, yes() ? 0 : take_byte(answers), const char *name)
ALWAYS(int, setsid, yes(), void)
ALWAYS(int, setpgid, yes(), pid_t pid, pid_t group)
ALWAYS(int, unshare, yes(), int flags)
ALWAYS(int, personality, yes(), unsigned long persona)
ALWAYS(int, sethostname, (readable(name, length), yes()), const char *name, size_t length)
ALWAYS(int, setdomainname, (readable(name, length), yes()), const char *name, size_t length)
ALWAYS(int, setgroups, (readable(groups, count * sizeof *groups), yes()), size_t count, const gid_t *groups)
ALWAYS(int, setresuid, yes(), uid_t real, uid_t effective, uid_t saved)
ALWAYS(int, setresgid, yes(), gid_t real, gid_t effective, gid_t saved)
ALWAYS(int, setrlimit, yes(), int resource, const struct rlimit *limit)
ALWAYS(int, sched_setaffinity, (readable(cpus, size), yes()), pid_t pid, size_t size, const cpu_set_t *cpus)
ALWAYS(int, sigprocmask, 0, int how, const sigset_t *set, sigset_t *before)
ALWAYS(sighandler_t, signal, SIG_DFL, int number, sighandler_t handler)

int kernel_sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    if (before)
        memset(before, 0, sizeof *before);
    return yes();
}

int kernel_getrlimit(int resource, struct rlimit *limit)
{
    *limit = (struct rlimit){64, 64};
    return yes();
}

int kernel_getgroups(int count, gid_t *groups)
{
    int has = take_byte(answers);
    for (int i = 0; i < count && i < has; i++)
        groups[i] = 7;
    return has;
}

int kernel_uname(struct utsname *name)
{
    memset(name, 0, sizeof *name);
    return yes();
}

int kernel_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    clock_millis += 1;
    call();
    *now = (struct timespec){.tv_sec = clock_millis / 1000, .tv_nsec = clock_millis % 1000 * 1000000};
    return 0;
}

static long clone_process(int *pidfd)
{
    pid_t pid = new_pid();
    if (pid > 0 && pidfd)
        *pidfd = fuzz_open_fd(FD_FILE);
    return pid;
}

struct clone3_arguments {
    uint64_t flags;
    uint64_t pidfd;
};

/* Takes six arguments, of which the caller may have given fewer. */
__attribute__((no_sanitize("address"))) long kernel_syscall(long number, ...)
{
    long a[6];
    va_list arguments;
    va_start(arguments, number);
    for (size_t i = 0; i < COUNT(a); i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    switch (number) {
    case SYS_clone3:
        readable((const void *)a[0], (size_t)a[1]);
        return clone_process((int *)(uintptr_t)((const struct clone3_arguments *)a[0])->pidfd);
    case SYS_clone:
        return clone_process(a[0] & CLONE_PIDFD ? (int *)a[2] : NULL);
    case SYS_close_range:
        return 0;
    case SYS_pidfd_open:
        if ((int)a[0] <= 0) {
            errno = EINVAL;
            return -1;
        }
        return new_fd();
    case SYS_openat2:
        path((const char *)a[1]);
        return (int)a[0] != AT_FDCWD && bad((int)a[0]) ? -1 : new_fd();
    case SYS_open_tree:
    case SYS_fsopen:
    case SYS_fsmount:
        return new_fd();
    case SYS_bpf:
        readable((const void *)a[1], (size_t)(int)a[2]);
        return a[0] == 5 || a[0] == 13 /* BPF_PROG_LOAD, BPF_PROG_GET_FD_BY_ID */ ? new_fd() : yes();
    case SYS_seccomp:
        return a[1] & 8 /* NEW_LISTENER */ ? new_fd() : yes();
    case SYS_pidfd_send_signal:
        return bad((int)a[0]) ? -1 : yes();
    case SYS_capget:
        if (a[1])
            memset((void *)a[1], take_byte(answers), 24);
        return yes();
    case SYS_getcwd:
        return kernel_getcwd((char *)a[0], (size_t)a[1]) ? (long)strlen((const char *)a[0]) + 1 : -1;
    case SYS_set_mempolicy:
        readable((const void *)a[1], (size_t)a[2] / 8);
        return yes();
    default:
        return yes();
    }
}
