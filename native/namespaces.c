/* SPDX-License-Identifier: Apache-2.0 */
/* What is set inside new namespaces. */
#include "fail.h"
#include "operations.h"
#include "procfs.h"
#include "scope.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* KEY_USR_SEARCH, KEY_GRP_SEARCH and KEY_OTH_SEARCH of the kernel. */
#define SEARCH_FOR_OTHERS 0x00080808u

void op_sync_point(struct init *init, const struct op_sync_point *op)
{
    send_sync(init->channel, (enum sync_point)op->point);
    await_go(init->channel);
}

void op_unshare_cgroup(struct init *init, const struct op_unshare_cgroup *op)
{
    (void)init, (void)op;
    if (unshare(CLONE_NEWCGROUP) < 0)
        fail("make a new cgroup namespace");
}

void op_loopback_up(struct init *init, const struct op_loopback_up *op)
{
    (void)init, (void)op;
    scope_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo"};
    if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        fail("look at the loopback interface");
    request.ifr_flags |= IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        fail("set the loopback interface up");
}

void op_hostname(struct init *init, const struct op_hostname *op)
{
    (void)init;
    if (sethostname(op->name, strlen(op->name)) < 0)
        fail("set the host name to %s", op->name);
}

void op_domainname(struct init *init, const struct op_domainname *op)
{
    (void)init;
    if (setdomainname(op->name, strlen(op->name)) < 0)
        fail("set the domain name to %s", op->name);
}

void op_sysctl(struct init *init, const struct op_sysctl *op)
{
    (void)init;
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "sys/%s", op->key) >= (int)sizeof path)
        fail_with(ENAMETOOLONG, "set the sysctl %s", op->key);
    scope_fd procfs = procfs_of_own();
    procfs_write(procfs, path, op->value);
}

/*
 * CVE row "keyring per container": another one may have made a keyring of this name beforehand, to share what comes into it, and the
 * kernel would join that. It is found by name only where users, groups or others may search it, which a new one refuses.
 */
static bool is_new_keyring(void)
{
    char text[256] = "";
    long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof text - 1);
    if (length < 0)
        fail("look at the new session keyring");
    const char *at = text;
    for (int field = 0; field < 3 && at; field++) { /* type;uid;gid;permissions;name */
        at = strchr(at, ';');
        at = at ? at + 1 : NULL;
    }
    return at && !(strtoul(at, NULL, 16) & SEARCH_FOR_OTHERS);
}

/* A kernel without keyrings has nothing to leak either. */
void op_session_keyring(struct init *init, const struct op_session_keyring *op)
{
    (void)init;
    long joined = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, op->name, 0, 0, 0);
    if (joined < 0 && errno == ENOSYS)
        return;
    if (joined >= 0 && !is_new_keyring())
        joined = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0); /* without a name it is always new */
    if (joined < 0)
        fail("join the new session keyring %s (--no-new-keyring keeps the caller's)", op->name);
}
