/* SPDX-License-Identifier: Apache-2.0 */
#include "program_facts.h"

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#endif

/* As uname(2) has them. */
static const struct {
    uint16_t machine;
    const char *name;
} machines[] = {
    {EM_X86_64, "x86_64"}, {EM_AARCH64, "aarch64"}, {EM_386, "i386"},    {EM_ARM, "arm"},
    {EM_PPC64, "ppc64"},   {EM_S390, "s390x"},      {EM_RISCV, "riscv"}, {EM_MIPS, "mips"},
    {EM_PPC, "ppc"},       {EM_SPARCV9, "sparc64"}, {258, "loongarch"}, /* EM_LOONGARCH, which older headers lack */
};

static const char *machine_name(uint16_t machine)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        if (machines[i].machine == machine)
            return machines[i].name;
    }
    return "another machine";
}

void program_denied(const char *path, char *text, size_t size)
{
    struct stat status;
    struct statvfs mount;
    text[0] = 0;
    if (statvfs(path, &mount) == 0 && (mount.f_flag & ST_NOEXEC))
        snprintf(text, size, " (mounted noexec)");
    else if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
        snprintf(text, size, " (mode %04o)", status.st_mode & 07777);
}

void program_format(const char *head, size_t length, char *text, size_t size)
{
    text[0] = 0;
    if (length == 0) {
        snprintf(text, size, "it is empty");
    } else if (length < sizeof(Elf64_Ehdr) || memcmp(head, ELFMAG, SELFMAG) != 0) {
        if (memcmp(head, "#!", length < 2 ? length : 2) != 0 || length < 2)
            snprintf(text, size, "it is neither an ELF program nor a script that begins with #!");
    } else {
        const uint8_t *machine = (const uint8_t *)head + offsetof(Elf64_Ehdr, e_machine);
        bool little = head[EI_DATA] == ELFDATA2LSB;
        uint16_t found = (uint16_t)(little ? machine[0] | machine[1] << 8 : machine[1] | machine[0] << 8);
        if (found != OWN_MACHINE)
            snprintf(text, size, "it is built for %s, and this machine is %s", machine_name(found),
                     machine_name(OWN_MACHINE));
    }
}
