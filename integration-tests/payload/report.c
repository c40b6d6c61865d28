/* SPDX-License-Identifier: Apache-2.0 */
/* `report`: one JSON object, in one line, of all that a process can see of itself and of its container. */
#include "payload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

#define FDS_LOOKED_AT 1024
#define KEYCTL_DESCRIBE 6
#define KEY_SPEC_SESSION_KEYRING (-3)

char *read_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    char *text = read_fully(fd);
    close(fd);
    return text;
}

static void report_file(const char *key, const char *path)
{
    char *text = read_path(path);
    json_string(key, text);
    free(text);
}

static void report_link(const char *key, const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length >= 0)
        target[length] = '\0';
    json_string(key, length < 0 ? NULL : target);
}

static void report_ids(void)
{
    uid_t uid[3];
    gid_t gid[3];
    gid_t groups[64];
    getresuid(&uid[0], &uid[1], &uid[2]);
    getresgid(&gid[0], &gid[1], &gid[2]);
    json_open("uids", '[');
    for (int i = 0; i < 3; i++)
        json_number(NULL, uid[i]);
    json_close(']');
    json_open("gids", '[');
    for (int i = 0; i < 3; i++)
        json_number(NULL, gid[i]);
    json_close(']');
    int count = getgroups(64, groups);
    json_open("groups", '[');
    for (int i = 0; i < count; i++)
        json_number(NULL, groups[i]);
    json_close(']');
}

static void report_process(void)
{
    char cwd[PATH_MAX];
    struct utsname names;
    int death_signal = -1;
    uname(&names);
    prctl(PR_GET_PDEATHSIG, &death_signal);
    json_number("pid", getpid());
    json_number("ppid", getppid());
    json_number("session", getsid(0));
    json_number("processGroup", getpgrp());
    json_string("cwd", getcwd(cwd, sizeof cwd));
    json_string("hostname", names.nodename);
    json_string("domainname", names.domainname);
    json_string("machine", names.machine);
    json_boolean("noNewPrivs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    json_boolean("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1);
    json_number("parentDeathSignal", death_signal);
    mode_t mask = umask(0);
    umask(mask);
    json_number("umask", mask);
    report_link("exe", "/proc/self/exe");
}

static void report_arguments(void)
{
    extern char **environ;
    json_open("argv", '[');
    for (char **argument = program_arguments; *argument != NULL; argument++)
        json_string(NULL, *argument);
    json_close(']');
    json_open("env", '[');
    for (char **variable = environ; *variable != NULL; variable++)
        json_string(NULL, *variable);
    json_close(']');
}

static void report_keyring(void)
{
    char text[256];
    memset(text, 0, sizeof text);
    long got = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof text - 1);
    json_string("keyring", got < 0 ? NULL : text);
}

static void report_limits(void)
{
    static const struct {
        const char *name;
        int resource;
    } limits[] = {
        {"RLIMIT_AS", RLIMIT_AS},
        {"RLIMIT_CORE", RLIMIT_CORE},
        {"RLIMIT_CPU", RLIMIT_CPU},
        {"RLIMIT_DATA", RLIMIT_DATA},
        {"RLIMIT_FSIZE", RLIMIT_FSIZE},
        {"RLIMIT_LOCKS", RLIMIT_LOCKS},
        {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
        {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
        {"RLIMIT_NICE", RLIMIT_NICE},
        {"RLIMIT_NOFILE", RLIMIT_NOFILE},
        {"RLIMIT_NPROC", RLIMIT_NPROC},
        {"RLIMIT_RSS", RLIMIT_RSS},
        {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
        {"RLIMIT_RTTIME", RLIMIT_RTTIME},
        {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
        {"RLIMIT_STACK", RLIMIT_STACK},
    };
    json_open("rlimits", '{');
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rlimit limit;
        prlimit(0, (enum __rlimit_resource)limits[i].resource, NULL, &limit);
        json_open(limits[i].name, '[');
        json_number(NULL, (long long)limit.rlim_cur);
        json_number(NULL, (long long)limit.rlim_max);
        json_close(']');
    }
    json_close('}');
}

static void report_namespaces(void)
{
    static const char *kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
    json_open("namespaces", '{');
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char path[64];
        struct stat status;
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
        if (stat(path, &status) == 0)
            json_number(kinds[i], (long long)status.st_ino);
    }
    json_close('}');
}

static void report_fds(void)
{
    json_open("fds", '{');
    for (int fd = 0; fd < FDS_LOOKED_AT; fd++) {
        char key[16], path[32];
        if (fcntl(fd, F_GETFD) < 0)
            continue;
        snprintf(key, sizeof key, "%d", fd);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        report_link(key, path);
    }
    json_close('}');
}

static void report_terminal(void)
{
    json_open("tty", '[');
    for (int fd = 0; fd < 3; fd++)
        json_boolean(NULL, isatty(fd));
    json_close(']');
    struct winsize size = {0};
    if (ioctl(0, TIOCGWINSZ, &size) == 0) {
        json_number("rows", size.ws_row);
        json_number("columns", size.ws_col);
    }
    struct stat status;
    if (isatty(0) && fstat(0, &status) == 0) {
        json_number("ttyUid", status.st_uid);
        json_number("ttyGid", status.st_gid);
        json_number("ttyMode", status.st_mode & 07777);
        json_number("ttySession", tcgetsid(0));
        json_number("ttyForeground", tcgetpgrp(0));
    }
    int controlling = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    json_boolean("controllingTerminal", controlling >= 0);
    if (controlling >= 0)
        close(controlling);
}

static void report_interfaces(void)
{
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) != 0)
        return;
    json_open("interfaces", '{');
    for (struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
        if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_PACKET)
            continue;
        json_open(one->ifa_name, '{');
        json_boolean("up", (one->ifa_flags & IFF_UP) != 0);
        json_open("addresses", '[');
        for (struct ifaddrs *other = all; other != NULL; other = other->ifa_next) {
            char host[NI_MAXHOST];
            if (other->ifa_addr == NULL || other->ifa_addr->sa_family != AF_INET ||
                strcmp(other->ifa_name, one->ifa_name) != 0)
                continue;
            if (getnameinfo(other->ifa_addr, sizeof(struct sockaddr_in), host, sizeof host, NULL, 0, NI_NUMERICHOST) ==
                0)
                json_string(NULL, host);
        }
        json_close(']');
        json_close('}');
    }
    json_close('}');
    freeifaddrs(all);
}

static const char *type_name(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "folder";
    case S_IFLNK:
        return "link";
    case S_IFCHR:
        return "char";
    case S_IFBLK:
        return "block";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default:
        return "unknown";
    }
}

static void report_entry(const char *key, const char *path)
{
    struct stat status;
    json_open(key, '{');
    if (lstat(path, &status) != 0) {
        json_string("error", strerrorname_np(errno));
        json_close('}');
        return;
    }
    json_string("type", type_name(status.st_mode));
    json_number("mode", status.st_mode & 07777);
    json_number("uid", status.st_uid);
    json_number("gid", status.st_gid);
    json_number("size", status.st_size);
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
        json_number("major", major(status.st_rdev));
        json_number("minor", minor(status.st_rdev));
    }
    if (S_ISLNK(status.st_mode))
        report_link("link", path);
    json_close('}');
}

static void report_folder(const char *key, const char *folder)
{
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return;
    json_open(key, '{');
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        char path[PATH_MAX];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        report_entry(entry->d_name, path);
    }
    json_close('}');
    closedir(entries);
}

int report_command(const struct words *words)
{
    (void)words;
    json_open(NULL, '{');
    report_fds();
    report_process();
    report_ids();
    report_arguments();
    report_keyring();
    report_limits();
    report_namespaces();
    report_terminal();
    report_interfaces();
    report_folder("dev", "/dev");
    report_folder("root", "/");
    report_file("status", "/proc/self/status");
    report_file("mountinfo", "/proc/self/mountinfo");
    report_file("cgroup", "/proc/self/cgroup");
    report_file("uidMap", "/proc/self/uid_map");
    report_file("gidMap", "/proc/self/gid_map");
    report_file("setgroups", "/proc/self/setgroups");
    report_file("oomScoreAdj", "/proc/self/oom_score_adj");
    json_close('}');
    json_finish();
    return NEXT;
}

int stat_command(const struct words *words)
{
    json_open(NULL, '{');
    for (int i = 0; i < words->count; i++)
        report_entry(words->word[i], words->word[i]);
    json_close('}');
    json_finish();
    return NEXT;
}

int list_command(const struct words *words)
{
    json_open(NULL, '{');
    for (int i = 0; i < words->count; i++)
        report_folder(words->word[i], words->word[i]);
    json_close('}');
    json_finish();
    return NEXT;
}

int cat_command(const struct words *words)
{
    for (int i = 0; i < words->count; i++) {
        char *text = read_path(words->word[i]);
        if (text == NULL) {
            print_outcome("cat", words->word[i], errno);
            continue;
        }
        fflush(stdout);
        write_fully(STDOUT_FILENO, text, strlen(text));
        free(text);
    }
    return NEXT;
}
