/* SPDX-License-Identifier: Apache-2.0 */
/* For plain test programs: CHECK what should hold, SKIP with a reason, end main with `return test_end();`. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int test_passed, test_failed;

static inline bool test_check(bool holds, const char *file, int line, const char *text)
{
    if (holds)
        test_passed++;
    else {
        test_failed++;
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
    }
    return holds;
}

static inline bool test_equal(const char *found, const char *wanted, const char *file, int line)
{
    bool equal = strcmp(found, wanted) == 0;
    if (!test_check(equal, file, line, "texts are equal"))
        fprintf(stderr, "  found:  %s\n  wanted: %s\n", found, wanted);
    return equal;
}

#define CHECK(condition) test_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_TEXT(found, wanted) test_equal((found), (wanted), __FILE__, __LINE__)

/* With JRUNC_MUST_WORK=1 (in CI) a test that this machine should be able to run may not be skipped. */
#define SKIP(reason)                                           \
    do {                                                       \
        const char *must = getenv("JRUNC_MUST_WORK");          \
        fprintf(stderr, "skipped %s: %s\n", __func__, reason); \
        if (must && strcmp(must, "1") == 0)                    \
            test_failed++;                                     \
        return;                                                \
    } while (0)

static inline int test_end(void)
{
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed ? 1 : 0;
}
