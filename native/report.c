/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "scope.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Of a JSON or logfmt string: both escape alike what an error line can have in it. */
static void put_escaped(FILE *stream, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(stream, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", stream);
        else if (c == '\t')
            fputs("\\t", stream);
        else if (c < 0x20 || c == 0x7f)
            fprintf(stream, "\\u%04x", c);
        else if (c > 0x7f)
            fputc('?', stream); /* the line has to stay UTF-8 whatever is in a path */
        else
            fputc(c, stream);
    }
}

void log_line(FILE *stream, const char *log_format, const char *time, const char *message)
{
    if (log_format && strcmp(log_format, "json") == 0) {
        fputs("{\"level\":\"error\",\"msg\":\"", stream);
        put_escaped(stream, message);
        fprintf(stream, "\",\"time\":\"%s\"}\n", time);
        return;
    }
    fprintf(stream, "time=\"%s\" level=error msg=\"", time);
    put_escaped(stream, message);
    fputs("\"\n", stream);
}

static bool engines_own(const char *log)
{
    return strncmp(log, "syslog:", 7) == 0 || strncmp(log, "journald:", 9) == 0;
}

static void append_line(const char *path, const char *line, size_t length)
{
    scope_fd fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
    if (fd < 0 || write(fd, line, length) < 0)
        dprintf(STDERR_FILENO, "jrunc: can't write the log %s: %s\n", path, strerror(errno));
}

void report_error(const struct global_options *options, const char *format, ...)
{
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    dprintf(STDERR_FILENO, "jrunc: %s\n", message);
    if (!options->log || !options->log[0] || engines_own(options->log))
        return;
    char time_text[32];
    time_t now = time(NULL);
    struct tm broken;
    strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &broken));
    char *line = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&line, &length);
    if (stream) {
        log_line(stream, options->log_format, time_text, message);
        fclose(stream);
        append_line(options->log, line, length);
    }
    free(line);
}
