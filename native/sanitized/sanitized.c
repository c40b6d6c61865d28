/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The build of `make sanitize`: ASan and UBSan in front, stage and init. They have no environment to be told their options in, and
 * init soon reaches no file of the host: so the options are compiled in, and all report to one file, JRUNC_REPORTS, that the front
 * opens and hands on. It stands where the faults of native/faults.h do, which come at the same places: where a process begins, and where
 * it executes the sealed copy. See docs/decisions/sanitizers.md.
 */
#include "../faults.h"

#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where nobody else's are, and below the lowest limit of open files that a test sets. */
#define REPORTS_FD 250

/* Found by their names. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* The process ends, so that the call fails as well: not by abort, which process 1 of a pid namespace survives. Leaks: a front that ends
 * leaves all it has, and init and stage end without looking back; the unit tests look for them. Symbols are in a file that init can't
 * reach: sanitize.sh puts them in. */
const char *__asan_default_options(void)
{
    return "exitcode=86:halt_on_error=1:detect_leaks=0:symbolize=0:strict_string_checks=1:allocator_may_return_null=1";
}

const char *__ubsan_default_options(void)
{
    return "exitcode=86:halt_on_error=1:print_stacktrace=1:symbolize=0";
}

#ifdef JRUNC_PLANTED
/* To see that it is heard of: JRUNC_PLANTED is a process, and what goes wrong as it begins. */
static void go_wrong(const char *process)
{
    const char *planted = JRUNC_PLANTED, *kind = strchr(planted, '-') + 1;
    if (strncmp(planted, process, (size_t)(kind - planted - 1)) != 0)
        return;
    volatile int last = 3;
    if (strcmp(kind, "undefined") == 0) {
        last += INT32_MAX;
        return;
    }
    char *volatile memory = malloc(3);
    if (memory)
        memory[last] = 1;
    free(memory);
}
#else
static void go_wrong(const char *process)
{
    (void)process;
}
#endif

void fault_process(const char *process)
{
    if (strcmp(process, "front") == 0) {
        int fd = open(JRUNC_REPORTS, O_WRONLY | O_APPEND | O_CLOEXEC);
        if (fd < 0 || dup3(fd, REPORTS_FD, O_CLOEXEC) < 0)
            abort();
        close(fd);
    }
    /* Else nobody would hear of anything. */
    if (fcntl(REPORTS_FD, F_SETFD, FD_CLOEXEC) < 0)
        abort();
    __sanitizer_set_report_fd((void *)(uintptr_t)REPORTS_FD);
    go_wrong(process);
}

int fault_at(const char *what, uint16_t code, bool may_fail)
{
    (void)what, (void)code, (void)may_fail;
    return 0;
}

void fault_forward(void)
{
    fcntl(REPORTS_FD, F_SETFD, 0);
}

char *fault_variable(void)
{
    return NULL;
}
