/* SPDX-License-Identifier: Apache-2.0 */
/* cgroups(7), "Cgroups delegation": whoever owns these files may divide the cgroup, and can't lift its limits. */
#include "cgroups.h"
#include "files.h"
#include "front.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NAMES_FILE "/sys/kernel/cgroup/delegate"
#define MAX_NAMES_BYTES 4096

/* A controller that the cgroup hasn't got has no files there. */
static int give_files(int folder, char *names, const struct op_cgroup_delegate *request)
{
    char *rest = names;
    for (const char *name = strsep(&rest, "\n"); name; name = strsep(&rest, "\n")) {
        if (*name && fchownat(folder, name, request->uid, request->gid, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
            return -errno;
    }
    return 0;
}

void host_cgroup_delegate(struct front *front, const struct op_cgroup_delegate *request, struct result *result)
{
    (void)front;
    scope_buffer names = {0};
    scope_fd folder = open_cgroup(AT_FDCWD, request->folder);
    int error = folder < 0 ? folder : read_text(AT_FDCWD, NAMES_FILE, MAX_NAMES_BYTES, &names);
    if (!error && fchown(folder, request->uid, request->gid) < 0)
        error = -errno;
    if (!error)
        error = give_files(folder, (char *)names.data, request);
    if (error)
        result_fail(result, -error, "give cgroup %s to user %u", request->folder, request->uid);
}
