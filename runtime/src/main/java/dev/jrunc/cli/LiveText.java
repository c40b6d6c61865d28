// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cli;

import dev.jrunc.json.LiveContainer;
import dev.jrunc.plan.Names;
import dev.jrunc.text.Printable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A container as it is now, for a terminal. What comes from the container is printable here, whatever it was. */
final class LiveText {

    private final Colours colours;
    private final StringBuilder text = new StringBuilder();

    private LiveText(Colours colours) {
        this.colours = colours;
    }

    static String of(LiveContainer container, Colours colours) {
        LiveText live = new LiveText(colours);
        live.text
                .append(colours.heading("container " + Printable.of(container.id())))
                .append(": ")
                .append(container.status());
        live.text.append(container.pid() == 0 ? "" : ", process " + container.pid());
        live.text.append(", bundle ").append(Printable.of(container.bundle())).append('\n');
        live.namespaces(container);
        live.cgroups(container);
        live.mounts(container);
        live.confinement(container.confinement());
        live.processes(container);
        return live.text.toString();
    }

    private void heading(String title) {
        text.append(colours.subject(title + ":")).append('\n');
    }

    private void table(Table table) {
        table.toString()
                .lines()
                .forEach(line -> text.append("  ").append(line.stripTrailing()).append('\n'));
    }

    private void namespaces(LiveContainer container) {
        if (container.namespaces().isEmpty()) {
            return;
        }
        heading("namespaces");
        Table table = new Table("TYPE", "INODE", "ASKED", "SHARED WITH");
        for (LiveContainer.Namespace namespace : container.namespaces()) {
            StringBuilder with = new StringBuilder(namespace.withCaller() ? "the caller" : "");
            for (String other : namespace.with()) {
                with.append(with.isEmpty() ? "" : ", ").append(Printable.of(other));
            }
            table.row(
                    namespace.type(),
                    Long.toUnsignedString(namespace.inode()),
                    Printable.of(namespace.asked()),
                    with.toString());
        }
        table(table);
    }

    private void cgroups(LiveContainer container) {
        if (container.cgroups().isEmpty()) {
            return;
        }
        heading("cgroups");
        Table table = new Table("FILE", "ASKED", "NOW", "ORIGIN");
        for (LiveContainer.CgroupValue value : container.cgroups()) {
            String now = value.now();
            table.row(
                    Printable.of(value.file()),
                    Printable.of(value.asked()),
                    now == null ? "can't be read" : Printable.of(now),
                    Printable.of(value.origin()));
        }
        table(table);
    }

    private void mounts(LiveContainer container) {
        if (container.mounts().isEmpty()) {
            return;
        }
        heading("mounts");
        for (LiveContainer.Mount mount : container.mounts()) {
            text.append("  ").append(Printable.of(mount.path())).append("  ");
            text.append(mount.now().isEmpty() ? colours.bad("not mounted") : Printable.of(mount.now()));
            text.append(mount.origin().isEmpty() ? "" : " " + colours.origin("[" + mount.origin() + "]"));
            text.append('\n');
            if (!mount.asked().isEmpty()) {
                text.append("    asked: ").append(Printable.of(mount.asked())).append('\n');
            }
        }
    }

    private void confinement(LiveContainer.@Nullable Confinement held) {
        if (held == null) {
            return;
        }
        heading("confinement");
        for (LiveContainer.CapabilitySet set : held.capabilities()) {
            text.append("  ").append(set.name()).append(": ").append(names(set.now()));
            text.append(set.now().equals(sorted(set)) ? "" : "; asked: " + names(set.asked()));
            text.append('\n');
        }
        text.append("  no_new_privs: ").append(held.noNewPrivileges() ? "on" : "off");
        text.append(held.noNewPrivilegesAsked() == held.noNewPrivileges() ? "" : ", not as asked")
                .append('\n');
        text.append("  seccomp: ").append(held.seccomp());
        text.append(held.filters() == null ? "" : ", " + held.filters() + " filters");
        text.append(held.seccompAsked() ? ", asked" : ", not asked").append('\n');
        text.append("  label: ").append(held.label().isEmpty() ? "none" : Printable.of(held.label()));
        text.append(held.labelAsked().isEmpty() ? "" : "; asked: " + Printable.of(held.labelAsked()))
                .append('\n');
    }

    /** Those that were asked for, in the order in which the kernel has them. */
    private static List<String> sorted(LiveContainer.CapabilitySet set) {
        return Names.CAPABILITIES.stream().filter(set.asked()::contains).toList();
    }

    private static String names(List<String> names) {
        return names.isEmpty() ? "none" : Printable.of(String.join(" ", names));
    }

    private void processes(LiveContainer container) {
        if (container.processes().isEmpty()) {
            return;
        }
        heading("processes");
        Table table = new Table("PID", "NAME", "ARGUMENTS");
        for (LiveContainer.Process process : container.processes()) {
            table.row(
                    Long.toString(process.pid()),
                    Printable.of(process.name()),
                    Printable.of(String.join(" ", process.arguments())));
        }
        table(table);
    }
}
