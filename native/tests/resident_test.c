/* SPDX-License-Identifier: Apache-2.0 */
/* Which engine a call is for, and who may be obeyed. */
#include "../resident.h"

#include "../scope.h"
#include "../sockets.h"
#include "front_fixture.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static struct resident chosen(const char *option, const char *variable, int wanted)
{
    struct resident resident;
    struct global_options options = {.engine = option};
    if (variable)
        setenv("JRUNC_ENGINE", variable, 1);
    else
        unsetenv("JRUNC_ENGINE");
    CHECK(resident_choose(&resident, &options) == wanted);
    return resident;
}

static void test_choice(void)
{
    CHECK(chosen(NULL, NULL, 0).choice == ENGINE_AUTO);
    CHECK(chosen(NULL, "", 0).choice == ENGINE_AUTO);
    CHECK(chosen(NULL, "cold", 0).choice == ENGINE_COLD);
    CHECK(chosen(NULL, "warm", 0).choice == ENGINE_WARM);
    CHECK(chosen("auto", "cold", 0).choice == ENGINE_AUTO);
    CHECK(chosen("cold", "warm", 0).choice == ENGINE_COLD);
    CHECK(chosen("nonsense", "cold", 0).choice == ENGINE_AUTO); /* the engine says so */
    chosen(NULL, "nonsense", -EINVAL);
    chosen(NULL, "coldly", -EINVAL);
    struct resident named = chosen("unix:/a/b.sock", NULL, 0);
    CHECK(named.choice == ENGINE_WARM);
    CHECK_TEXT(named.socket, "/a/b.sock");
    CHECK_TEXT(chosen(NULL, "unix:/c", 0).socket, "/c");
    CHECK_TEXT(chosen("cold", NULL, 0).socket, "");
}

static void test_default_place(void)
{
    setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
    if (geteuid() != 0)
        SKIP("this is not root");
    CHECK_TEXT(chosen(NULL, NULL, 0).socket, "/run/jrunc-engine/engine.sock");
    CHECK(seteuid(1234) == 0);
    CHECK_TEXT(chosen("warm", NULL, 0).socket, "/run/user/1/jrunc-engine/engine.sock");
    setenv("XDG_RUNTIME_DIR", "relative", 1);
    CHECK_TEXT(chosen("warm", NULL, 0).socket, "");
    unsetenv("XDG_RUNTIME_DIR");
    CHECK_TEXT(chosen(NULL, NULL, 0).socket, "");
    CHECK(seteuid(0) == 0);
}

static int try_connect(const char *path)
{
    struct resident resident = {.choice = ENGINE_WARM};
    struct engine engine;
    snprintf(resident.socket, sizeof resident.socket, "%s", path);
    int error = resident_connect(&resident, &engine, 1000);
    CHECK((error == 0) == (engine.channel >= 0) && engine.pid == 0);
    engine_end(&engine);
    return error;
}

static void test_connect(void)
{
    struct fixture fixture;
    fixture_begin(&fixture);
    CHECK(try_connect("") == -ENOENT);
    CHECK(try_connect(in_folder(&fixture, "none")) == -ENOENT);
    int ours = listen_unix(in_folder(&fixture, "ours"), 0);
    CHECK(ours >= 0);
    CHECK(try_connect(in_folder(&fixture, "ours")) == 0);
    int64_t began = now_millis();
    CHECK(try_connect(in_folder(&fixture, "ours")) == -EAGAIN); /* one waits already */
    CHECK(now_millis() - began < 2000);
    close(ours);
    CHECK(try_connect(in_folder(&fixture, "ours")) == -ECONNREFUSED);
    fixture_end(&fixture);
}

static void test_listener_of_another_user(void)
{
    if (geteuid() != 0)
        SKIP("this is not root");
    struct fixture fixture;
    fixture_begin(&fixture);
    CHECK(chown(fixture.folder, 1234, 1234) == 0 && seteuid(1234) == 0);
    scope_fd theirs = listen_unix(in_folder(&fixture, "theirs"), 8);
    CHECK(theirs >= 0);
    CHECK(try_connect(in_folder(&fixture, "theirs")) == 0); /* their own */
    CHECK(seteuid(0) == 0);
    CHECK(try_connect(in_folder(&fixture, "theirs")) == -EPERM);
    scope_fd root = listen_unix(in_folder(&fixture, "root"), 8);
    CHECK(root >= 0 && chmod(in_folder(&fixture, "root"), 0666) == 0 && seteuid(1234) == 0);
    CHECK(try_connect(in_folder(&fixture, "root")) == 0);
    CHECK(seteuid(0) == 0);
    fixture_end(&fixture);
}

static void report_and_end(int pipe, const char *path)
{
    pid_t listens = fork();
    if (listens == 0) {
        int fd = listen_unix(path, 8);
        if (fork() == 0)
            pause();
        _exit(fd < 0);
    }
    int status = 1;
    waitpid(listens, &status, 0);
    if (write(pipe, &status, sizeof status) != sizeof status)
        _exit(1);
    pause();
}

/* As a container does that ends the process that listens: the socket is open in another one. Returns the first of its namespace. */
static pid_t listen_in_another_namespace(const char *path)
{
    int pipes[2], status = 1;
    if (pipe(pipes) < 0)
        abort();
    pid_t first = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
    if (first == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        report_and_end(pipes[1], path);
        _exit(0);
    }
    CHECK(first > 0 && read(pipes[0], &status, sizeof status) == sizeof status && status == 0);
    close(pipes[0]);
    close(pipes[1]);
    return first;
}

static pid_t listener_of(const char *path)
{
    scope_fd fd = connect_unix(path, SOCK_STREAM);
    struct ucred peer = {0};
    socklen_t length = sizeof peer;
    CHECK(fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0);
    return peer.pid;
}

/* One of ours, with a pid that was another's. */
static pid_t take_pid(pid_t pid)
{
    struct clone_args args = {.exit_signal = SIGCHLD, .set_tid = (uint64_t)(uintptr_t)&pid, .set_tid_size = 1};
    pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pause();
        _exit(0);
    }
    return child;
}

static void end(pid_t pid)
{
    CHECK(pid > 0 && kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

/* SO_PEERCRED has a pid, which is a stranger's by now. */
static void test_listener_whose_pid_is_anothers(void)
{
    if (geteuid() != 0)
        SKIP("this is not root");
    struct fixture fixture;
    fixture_begin(&fixture);
    const char *path = in_folder(&fixture, "theirs");
    pid_t first = listen_in_another_namespace(path);
    pid_t listener = listener_of(path);
    CHECK(listener > 0 && kill(listener, 0) < 0);
    pid_t stranger = take_pid(listener);
    CHECK(stranger == listener && listener_of(path) == stranger);
    scope_fd ours = listen_unix(in_folder(&fixture, "ours"), 8);
    int option = 77, pidfd;
    socklen_t length = sizeof pidfd;
    if (getsockopt(ours, SOL_SOCKET, option, &pidfd, &length) < 0 && errno == ENOPROTOOPT)
        fprintf(stderr, "before Linux 6.5 a pid is all there is\n");
    else
        CHECK(try_connect(path) == -EPERM);
    end(stranger);
    end(first);
    fixture_end(&fixture);
}

static void test_inherited(void)
{
    int sockets[2], pipes[2];
    struct engine engine;
    CHECK(chosen(NULL, "fd:3", -EINVAL).fd == -1); /* the option's alone */
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0 && pipe(pipes) == 0);
    char option[16];
    snprintf(option, sizeof option, "fd:%d", sockets[0]);
    struct resident resident = chosen(option, "cold", 0);
    CHECK(resident.choice == ENGINE_INHERITED && resident.fd == sockets[0]);
    CHECK(resident_connect(&resident, &engine, 1000) == 0 && engine.channel == sockets[0]);
    engine_end(&engine);
    resident.fd = pipes[0];
    CHECK(resident_connect(&resident, &engine, 1000) == -ENOTSOCK);
    static const char *const wrong[] = {"fd:", "fd:2", "fd:-1", "fd:3x", "fd:99999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        resident = chosen(wrong[i], NULL, 0);
        CHECK(resident.choice == ENGINE_INHERITED && resident.fd == -1);
        CHECK(resident_connect(&resident, &engine, 1000) == -EBADF);
    }
    close(sockets[1]);
    close(pipes[1]);
}

static void test_inherited_of_another_user(void)
{
    int sockets[2];
    struct engine engine;
    if (geteuid() != 0)
        SKIP("this is not root");
    CHECK(seteuid(1234) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0);
    CHECK(seteuid(0) == 0);
    struct resident resident = {.choice = ENGINE_INHERITED, .fd = sockets[0], .socket = "fd"};
    CHECK(resident_connect(&resident, &engine, 1000) == -EPERM);
    close(sockets[1]);
}

int main(void)
{
    alarm(60);
    test_inherited();
    test_inherited_of_another_user();
    test_choice();
    test_default_place();
    test_connect();
    test_listener_of_another_user();
    test_listener_whose_pid_is_anothers();
    return test_end();
}
