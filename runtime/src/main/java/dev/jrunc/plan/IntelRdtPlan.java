// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.plan;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code linux.intelRdt}, config-linux.md section "IntelRdt".
 *
 * @param group what is to be remembered of the container
 * @param steps what makes and sets the groups, before there is a process
 */
public record IntelRdtPlan(ResctrlGroup group, List<Step<HostOperation>> steps) {

    private static final String POINTER = "/linux/intelRdt";

    /** {@code closID}: the group that all processes are in, unless they are put into another one. */
    private static final String DEFAULT_GROUP = "/";

    private static final long FOLDER_MODE = 0755;

    public IntelRdtPlan {
        steps = List.copyOf(steps);
    }

    /**
     * What was found of the group.
     *
     * @param mount of the resctrl file system, absolute
     * @param exists the group is there
     * @param schemata the text of its schemata; empty where it isn't there
     * @param busy it has processes
     */
    public record Facts(String mount, boolean exists, String schemata, boolean busy) {}

    /** The folder of a container's control group. */
    public static String folder(String mount, String id, Spec.IntelRdt rdt) {
        String closID = rdt.closID();
        return DEFAULT_GROUP.equals(closID) ? mount : mount + "/" + (closID == null ? id : closID);
    }

    /** @throws InvalidSpec for a group that is not there, that is another container's, or that has other schemata */
    public static IntelRdtPlan plan(String id, Spec.IntelRdt rdt, Facts facts) {
        String folder = folder(facts.mount, id, rdt);
        boolean own = rdt.closID() == null;
        List<Step<HostOperation>> steps = new ArrayList<>();
        if (!own && facts.exists) {
            compare(rdt, facts.schemata);
        } else {
            checkNew(rdt, facts, folder);
            steps.add(Step.must(new HostOperation.MakeFolder(Origin.at(POINTER), folder, FOLDER_MODE)));
            addSchemata(rdt, folder, steps);
        }
        String monitoring = "";
        if (rdt.enableMonitoring()) {
            monitoring = folder + "/mon_groups/" + id;
            steps.add(Step.must(
                    new HostOperation.MakeFolder(Origin.at(POINTER + "/enableMonitoring"), monitoring, FOLDER_MODE)));
        }
        return new IntelRdtPlan(new ResctrlGroup(folder, own || !facts.exists, monitoring), steps);
    }

    private static void checkNew(Spec.IntelRdt rdt, Facts facts, String folder) {
        if (rdt.closID() == null && facts.busy) {
            throw new InvalidSpec(POINTER, "the group " + folder + " exists already, and has processes of others");
        }
        if (rdt.closID() != null && first(rdt).isEmpty() && rdt.schemata().isEmpty()) {
            throw new InvalidSpec(
                    POINTER + "/closID",
                    "there is no group " + folder
                            + ", and without schemata, l3CacheSchema and memBwSchema none is made");
        }
    }

    /** The lines of l3CacheSchema and memBwSchema, of which the second has the last word on MB. */
    private static List<String> first(Spec.IntelRdt rdt) {
        List<String> lines = new ArrayList<>();
        String cache = rdt.l3CacheSchema();
        String bandwidth = rdt.memBwSchema();
        if (cache != null) {
            for (String line : cache.split("\n", -1)) {
                if (!line.isEmpty() && (bandwidth == null || !line.startsWith("MB:"))) {
                    lines.add(line);
                }
            }
        }
        if (bandwidth != null) {
            lines.add(bandwidth);
        }
        return lines;
    }

    /** In two writes: the kernel takes no domain twice in one. */
    private static void addSchemata(Spec.IntelRdt rdt, String folder, List<Step<HostOperation>> steps) {
        List<String> lines = first(rdt);
        if (!lines.isEmpty()) {
            String member = rdt.l3CacheSchema() == null ? "/memBwSchema" : "/l3CacheSchema";
            steps.add(Step.must(writing(POINTER + member, folder, lines)));
        }
        if (!rdt.schemata().isEmpty()) {
            steps.add(Step.must(writing(POINTER + "/schemata", folder, rdt.schemata())));
        }
    }

    private static HostOperation writing(String pointer, String folder, List<String> lines) {
        return new HostOperation.WriteFile(
                Origin.at(pointer),
                folder + "/schemata",
                Bytes.utf8(String.join("\n", lines) + "\n"),
                0,
                ResctrlGroup.EXISTING);
    }

    /** A group that is there is shared: it is taken as it is, or not at all. */
    private static void compare(Spec.IntelRdt rdt, String schemata) {
        for (String line : first(rdt)) {
            compare(line, schemata, line.equals(rdt.memBwSchema()) ? "/memBwSchema" : "/l3CacheSchema");
        }
        for (int i = 0; i < rdt.schemata().size(); i++) {
            compare(rdt.schemata().get(i), schemata, "/schemata/" + i);
        }
    }

    private static void compare(String line, String schemata, String member) {
        if (!Schemata.has(schemata, line)) {
            String there = schemata.strip().replaceAll("\\s*\\n\\s*", " ");
            throw new InvalidSpec(
                    POINTER + member,
                    "the group exists already, and has not \"" + line.strip() + "\" but \"" + there + "\"");
        }
    }
}
