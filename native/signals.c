/* SPDX-License-Identifier: Apache-2.0 */
#include "signals.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void signals_default(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < _NSIG; number++)
        syscall(SYS_rt_sigaction, number, (const unsigned long[4]){0}, NULL, _NSIG / 8);
}

int signals_default_for_spawn(posix_spawnattr_t *attributes, short flags)
{
    sigset_t none, all;
    sigemptyset(&none);
    memset(&all, 0xff, sizeof all);
    int error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error)
        error = posix_spawnattr_setflags(attributes, (short)(flags | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    return error;
}
