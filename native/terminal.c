/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int apply_raw(const struct terminal *terminal)
{
    struct termios raw = terminal->before;
    cfmakeraw(&raw);
    return tcsetattr(terminal->fd, TCSANOW, &raw) < 0 ? -errno : 0;
}

int terminal_raw(struct terminal *terminal)
{
    *terminal = (struct terminal){.fd = -1};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && terminal->fd < 0; fd++) {
        if (tcgetattr(fd, &terminal->before) == 0)
            terminal->fd = fd;
    }
    if (terminal->fd < 0)
        return 0;
    terminal->raw = true;
    return apply_raw(terminal);
}

void terminal_raw_again(const struct terminal *terminal)
{
    if (terminal->raw)
        apply_raw(terminal);
}

void terminal_restore(struct terminal *terminal)
{
    if (terminal->raw)
        tcsetattr(terminal->fd, TCSANOW, &terminal->before);
    terminal->raw = false;
}

void terminal_copy_size(const struct terminal *terminal, int master)
{
    struct winsize size;
    if (terminal->fd >= 0 && ioctl(terminal->fd, TIOCGWINSZ, &size) == 0)
        ioctl(master, TIOCSWINSZ, &size);
}

void terminal_plain_lines(int master)
{
    struct termios modes;
    if (isatty(STDOUT_FILENO) || tcgetattr(master, &modes) < 0)
        return;
    modes.c_oflag &= ~(tcflag_t)ONLCR;
    tcsetattr(master, TCSANOW, &modes);
}
