/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal: a pty of the container's own devpts, so that /dev/pts and ttyname agree in it. CVE-2025-52565: the bind of
 * /dev/console was raced to another target; both of its sides are fds here.
 */
#include "fail.h"
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static int open_master(struct init *init)
{
    struct statfs file_system;
    scope_fd pts = path_open(init->root, "/dev/pts", O_PATH | O_DIRECTORY);
    if (pts < 0)
        fail_with(-pts, "open the container's /dev/pts for its terminal");
    if (fstatfs(pts, &file_system) < 0 || file_system.f_type != DEVPTS_SUPER_MAGIC)
        fail_with(ENODEV, "a terminal needs a devpts at /dev/pts");
    /* In exec all of it is the container's: nothing that it has mounted on ptmx is opened. */
    struct open_how how = {.flags = O_RDWR | O_NOCTTY | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV};
    int master = (int)syscall(SYS_openat2, pts, "ptmx", &how, sizeof how);
    int unlocked = 0;
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) < 0)
        fail("open a terminal of the container's devpts");
    return master;
}

static void bind_console(struct init *init, int slave)
{
    if (!init->own_mounts)
        return;
    scope_fd target = path_make(init->root, "/dev/console", true);
    if (target >= 0)
        check_target(init, "the terminal", "/dev/console", target);
    scope_fd copy = target < 0 ? -1 : copy_tree(slave, "", false);
    int error = target < 0 ? target : copy < 0 ? copy : attach_mount(copy, target);
    if (error)
        fail_with(-error, "bind the terminal on /dev/console");
}

void op_console(struct init *init, const struct op_console *op)
{
    scope_fd master = open_master(init);
    scope_fd slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        fail("open the other side of the terminal");
    struct winsize size = {.ws_row = (unsigned short)op->rows, .ws_col = (unsigned short)op->columns};
    if ((op->rows || op->columns) && ioctl(master, TIOCSWINSZ, &size) < 0)
        fail("set the size of the terminal");
    if (fchown(slave, op->uid, (gid_t)-1) < 0)
        fail("give the terminal to user %u", op->uid);
    bind_console(init, slave);
    int fd = master;
    int error = send_frame(init->channel, FRAME_CONSOLE_MASTER, NULL, &fd, 1);
    if (error)
        fail_with(-error, "send the terminal");
    if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
        fail("make the terminal the controlling one");
    for (int i = 0; i <= 2; i++) {
        if (dup2(slave, i) < 0)
            fail("put the terminal on fd %d", i);
    }
}

void op_new_session(struct init *init, const struct op_new_session *op)
{
    (void)init, (void)op;
    if (setsid() < 0 && errno != EPERM) /* it leads one already */
        fail("begin a new session");
}
