/* SPDX-License-Identifier: Apache-2.0 */
#include "payload.h"

#include <stdio.h>

static int first = 1;

static void print_quoted(const char *text)
{
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            printf("\\%c", *c);
        else if (*c < 0x20 || *c >= 0x7f)
            printf("\\u%04x", *c);
        else
            putchar(*c);
    }
    putchar('"');
}

static void json_key(const char *key)
{
    if (!first)
        putchar(',');
    first = 0;
    if (key != NULL) {
        print_quoted(key);
        putchar(':');
    }
}

void json_open(const char *key, char bracket)
{
    json_key(key);
    putchar(bracket);
    first = 1;
}

void json_close(char bracket)
{
    putchar(bracket);
    first = 0;
}

void json_string(const char *key, const char *value)
{
    json_key(key);
    if (value == NULL)
        printf("null");
    else
        print_quoted(value);
}

void json_number(const char *key, long long value)
{
    json_key(key);
    printf("%lld", value);
}

void json_boolean(const char *key, int value)
{
    json_key(key);
    printf(value ? "true" : "false");
}

void json_finish(void)
{
    putchar('\n');
    fflush(stdout);
    first = 1;
}
