/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "names.h"
#include "scope.h"

#include <fcntl.h>
#include <inttypes.h>
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

/* By hand: gmtime and strftime would bring time zones and scanf into a static program of under 1 MiB. */
void format_time(time_t seconds, char text[64])
{
    int64_t day = seconds / 86400, second = seconds % 86400;
    /* Years that begin in March end with the leap day. 146097 days are 400 years. */
    int64_t shifted = day + 719468, of_era = shifted % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* from March */
    int64_t year = shifted / 146097 * 400 + year_of_era + (month >= 10);
    snprintf(text, 64, "%04" PRId64 "-%02" PRId64 "-%02" PRId64 "T%02" PRId64 ":%02" PRId64 ":%02" PRId64 "Z", year,
             month < 10 ? month + 3 : month - 9, day_of_year - (153 * month + 2) / 5 + 1, second / 3600,
             second / 60 % 60, second % 60);
}

static bool engines_own(const char *log)
{
    return strncmp(log, "syslog:", 7) == 0 || strncmp(log, "journald:", 9) == 0;
}

static void append_line(const char *path, const char *line, size_t length)
{
    scope_fd fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
    if (fd < 0 || write(fd, line, length) < 0)
        dprintf(STDERR_FILENO, "jrunc: can't write the log %s: %s\n", path, errno_text(errno));
}

void report_error(const struct global_options *options, const char *format, ...)
{
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    bool logged = options->log && options->log[0];
    /* As the engine does: a caller that asked for a form of the log or for more of it, and for no file, reads it here. */
    bool to_stderr = !logged && (options->log_format || options->debug);
    char *line = NULL;
    size_t length = 0;
    FILE *stream = to_stderr || (logged && !engines_own(options->log)) ? open_memstream(&line, &length) : NULL;
    if (stream) {
        char time_text[64];
        format_time(time(NULL), time_text);
        log_line(stream, options->log_format, time_text, message);
        fclose(stream);
    }
    if (to_stderr && line)
        dprintf(STDERR_FILENO, "%s", line);
    else
        dprintf(STDERR_FILENO, "jrunc: %s\n", message);
    if (logged && line)
        append_line(options->log, line, length);
    free(line);
}

void report_lost(const struct front *front, const char *error)
{
    const char *command = front->options.command < front->argc ? front->argv[front->options.command] : NULL;
    const char *id = front->state.id;
    report_error(&front->options, "%.64s%s%s%s%s%s", command ? command : "", command ? " failed: " : "",
                 *id ? "container " : "", id, *id ? ": " : "", error);
}
