/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program: looked up while create can still say what is wrong with it, then executed when start asks for it. After
 * WAIT_START nothing is needed but read, write and execve (and what hooks need).
 */
#include "fail.h"
#include "operations.h"
#include "paths.h"
#include "program_facts.h"
#include "programs.h"
#include "scope.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_PASSWD_BYTES (1024l * 1024)
#define HEAD_BYTES 256
#define MAX_PROGRAM_HEADERS 64

/* 0 when this user may execute it; else -errno. */
static int executable(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

/* The interpreter of "#! /bin/sh -x"; false where there is none. A carriage return is a part of its name, to the kernel. */
static bool script_interpreter(const char *head, char *interpreter)
{
    if (head[0] != '#' || head[1] != '!')
        return false;
    const char *start = head + 2 + strspn(head + 2, " \t");
    snprintf(interpreter, HEAD_BYTES, "%.*s", (int)strcspn(start, " \t\n"), start);
    return *interpreter != 0;
}

/* PT_INTERP of a 64-bit program. */
static bool elf_interpreter(int fd, const char *head, char *interpreter)
{
    Elf64_Ehdr header;
    memcpy(&header, head, sizeof header);
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_phnum > MAX_PROGRAM_HEADERS)
        return false;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr program;
        off_t at = (off_t)(header.e_phoff + (uint64_t)i * sizeof program);
        if (pread(fd, &program, sizeof program, at) != (ssize_t)sizeof program)
            return false;
        if (program.p_type != PT_INTERP || program.p_filesz == 0 || program.p_filesz >= HEAD_BYTES)
            continue;
        ssize_t got = pread(fd, interpreter, program.p_filesz, (off_t)program.p_offset);
        interpreter[got > 0 ? got : 0] = 0;
        return got > 0;
    }
    return false;
}

/* Words that callers look for. */
static const char *reason(int error)
{
    switch (error) {
    case -ENOENT:
        return "no such file or directory";
    case -ENOTDIR:
        return "not a directory";
    case -EACCES:
    case -EPERM:
        return "permission denied";
    case -EISDIR:
        return "is a directory: permission denied";
    case -ENOEXEC:
        return "exec format error";
    default:
        return "can't be executed";
    }
}

/* A line that ends with a carriage return as well is seen by nobody in an error, and moves the cursor. */
static _Noreturn void fail_interpreter(int error, const char *path, char *interpreter)
{
    size_t length = strlen(interpreter);
    bool carriage_return = length > 0 && interpreter[length - 1] == '\r';
    if (carriage_return)
        interpreter[length - 1] = 0;
    fail_with(-error, "exec: \"%s\": its interpreter %s%s: %s", path, interpreter,
              carriage_return ? ", with a carriage return after it" : "", reason(error));
}

/* ENOENT of execve may mean the interpreter: then say which. What ENOEXEC would mean is noted: it comes when no file can be
 * read any more. */
static void check_interpreter(struct init *init, const char *path)
{
    char head[HEAD_BYTES] = "", interpreter[HEAD_BYTES] = "";
    scope_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got = fd < 0 ? -1 : pread(fd, head, sizeof head - 1, 0);
    if (got < 0)
        return; /* it can be executed all the same */
    program_format(head, (size_t)got, init->format, sizeof init->format);
    if (!script_interpreter(head, interpreter) &&
        (got < (ssize_t)sizeof(Elf64_Ehdr) || !elf_interpreter(fd, head, interpreter)))
        return;
    int error = executable(interpreter);
    if (error)
        fail_interpreter(error, path, interpreter);
}

static _Noreturn void fail_program(int error, const char *path, const char *file)
{
    char denied[32] = "";
    if (error == -EACCES || error == -EPERM)
        program_denied(path, denied, sizeof denied);
    if (error == -EACCES || error == -EPERM || error == -EISDIR)
        fail_with(EACCES, "exec: \"%s\": %s%s", file, reason(error), denied);
    fail_with(-error, "exec: \"%s\": stat %s: %s", file, file, reason(error));
}

/* One folder of PATH; an empty one is the working directory. 0 when it was found there. */
static int try_folder(struct init *init, const char *folder, size_t length, const char *file)
{
    int written = length == 0 ? snprintf(init->program, sizeof init->program, "./%s", file)
                              : snprintf(init->program, sizeof init->program, "%.*s/%s", (int)length, folder, file);
    if (written >= (int)sizeof init->program)
        return -ENAMETOOLONG;
    return executable(init->program);
}

static void search(struct init *init, const char *file, const char *folders)
{
    char denied[PATH_MAX] = "";
    for (const char *at = folders; *folders;) {
        size_t length = strcspn(at, ":");
        int error = try_folder(init, at, length, file);
        if (!error)
            return;
        if (error == -EACCES && !*denied)
            memcpy(denied, init->program, sizeof denied);
        if (!at[length])
            break;
        at += length + 1;
    }
    if (*denied)
        fail_program(-EACCES, denied, file);
    fail_with(ENOENT, "exec: \"%s\": executable file not found in $PATH", file);
}

/* CVE-2016-3697, CVE-2026-30892: a number is compared with a number, and never looked up as a name. name:password:uid:gid:gecos:home */
static bool home_of_line(char *line, uint32_t uid, char *home, size_t size)
{
    char *field = line;
    for (int i = 0; i < 6; i++) {
        char *value = strsep(&field, ":");
        if (!field && i < 5)
            return false;
        if (i == 2) {
            char *end;
            errno = 0;
            unsigned long number = strtoul(value, &end, 10);
            if (errno || *end || end == value || *value == '-' || *value == '+' || number != uid)
                return false;
        }
        if (i == 5 && *value)
            snprintf(home, size, "HOME=%s", value);
    }
    return home[0] != 0;
}

static void find_home(struct init *init, uint32_t uid)
{
    scope_fd fd = path_open(init->root, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    snprintf(init->home, sizeof init->home, "HOME=/");
    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > MAX_PASSWD_BYTES)
        return;
    scope_free char *text = calloc(1, (size_t)status.st_size + 1);
    if (!text || read(fd, text, (size_t)status.st_size) < 0)
        return;
    char found[sizeof init->home] = "";
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (home_of_line(line, uid, found, sizeof found)) {
            memcpy(init->home, found, sizeof found);
            return;
        }
    }
}

/* CVE-2024-21626, CVE-2019-5736: not by way of a fd of ours, nor of our own program, under whatever name. */
static void refuse_magic_links(const char *program, const char *file)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
    scope_fd fd = (int)syscall(SYS_openat2, AT_FDCWD, program, &how, sizeof how);
    if (fd < 0 && errno == ELOOP)
        fail_with(ELOOP, "exec: \"%s\": permission denied: it leads through a magic link of procfs", file);
}

void op_resolve_program(struct init *init, const struct op_resolve_program *op)
{
    fail_stage("jrunc:[program]");
    if (strchr(op->file, '/')) {
        if (snprintf(init->program, sizeof init->program, "%s", op->file) >= (int)sizeof init->program)
            fail_with(ENAMETOOLONG, "exec: \"%s\"", op->file);
        int error = executable(init->program);
        if (error)
            fail_program(error, init->program, op->file);
    } else {
        search(init, op->file, op->searchPath);
    }
    refuse_magic_links(init->program, op->file);
    check_interpreter(init, init->program);
    if (op->home)
        find_home(init, op->uid);
}

/* Process 1 of a pid namespace gets no signal that it has no handler for; a container that waits can be ended. */
static void end_by_signal(int number)
{
    _exit(128 + number);
}

static void outlive_signal(int number)
{
    (void)number;
}

/* What means something to the program alone ends no container that waits for it, whose init may be another process than that one.
 * By a handler: execve takes it back. */
static void handle_signals(void)
{
    static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    static const int outlived[] = {SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGVTALRM,
                                   SIGPROF, SIGXCPU, SIGXFSZ, SIGIO,   SIGPWR};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
        signal(ending[i], end_by_signal);
    for (size_t i = 0; i < sizeof outlived / sizeof outlived[0]; i++)
        signal(outlived[i], outlive_signal);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        signal(number, outlive_signal);
}

void op_detach(struct init *init, const struct op_detach *op)
{
    (void)init;
    fail_stage("jrunc:[created]");
    fds_close_on_exec((int)(3 + op->preserveFds)); /* CVE-2024-21626: no other fd survives execve */
    handle_signals();
    if (prctl(PR_SET_PDEATHSIG, 0) < 0)
        fail("outlive the front");
}

void op_wait_start(struct init *init, const struct op_wait_start *op)
{
    (void)op;
    send_sync(init->channel, SYNC_READY);
    fail_to_answer(init->answer_fifo);
    char request = 0;
    ssize_t got;
    do {
        got = read(init->start_fifo, &request, 1);
    } while (got < 0 && errno == EINTR);
    if (got != 1 || request != START_REQUEST)
        fail_with(EPROTO, "wait for start");
}

/* After a seccomp filter: by read and write alone, and GO has no payload. */
void op_ready(struct init *init, const struct op_ready *op)
{
    (void)op;
    uint8_t go[FRAME_HEADER_BYTES];
    size_t length = 0;
    send_sync(init->channel, SYNC_READY);
    while (length < sizeof go) {
        ssize_t got = read(init->channel, go + length, sizeof go - length);
        if (got == 0) /* the front is gone */
            _exit(1);
        if (got < 0 && errno != EINTR)
            fail("wait for the front");
        length += got > 0 ? (size_t)got : 0;
    }
}

void op_execve(struct init *init, const struct op_execve *op)
{
    (void)op;
    const char executing = START_EXECUTING;
    if (init->home[0]) {
        char **end = init->environment;
        while (*end)
            end++;
        *end = init->home;
    }
    if (init->answer_fifo < 0)
        send_sync(init->channel, SYNC_EXECUTING);
    else if (write(init->answer_fifo, &executing, 1) != 1)
        fail("answer start");
    execve(init->program, init->args, init->environment);
    const char *format = errno == ENOEXEC ? init->format : "";
    fail("exec: \"%s\": %s%s%s", init->program, reason(-errno), *format ? ": " : "", format);
}
