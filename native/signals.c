/* SPDX-License-Identifier: Apache-2.0 */
#include "signals.h"

#include <signal.h>
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
