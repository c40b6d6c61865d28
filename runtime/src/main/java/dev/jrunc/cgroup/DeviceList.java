// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.cgroup;

import dev.jrunc.error.Unsupported;
import java.util.ArrayList;
import java.util.List;

/**
 * Device rules as the devices controller of version 1 keeps them: everything is denied or allowed, but for a list of
 * exceptions. Version 1 takes an exception back only by its exact name, so the list is worked out here.
 */
final class DeviceList {

    private final DeviceRules.Rule total;
    private final List<DeviceRules.Rule> exceptions = new ArrayList<>();

    private DeviceList(DeviceRules.Rule total) {
        this.total = total;
    }

    /**
     * @param rules the first one is total
     * @throws Unsupported for a rule that takes back a part of what an earlier one said
     */
    static DeviceList of(List<DeviceRules.Rule> rules) {
        int last = 0;
        for (int i = 0; i < rules.size(); i++) {
            last = rules.get(i).isTotal() ? i : last;
        }
        DeviceList list = new DeviceList(rules.get(last)); // whatever is said before a total one is void
        for (DeviceRules.Rule rule : rules.subList(last + 1, rules.size())) {
            if (rule.kind() == 0) {
                list.add(ofKind(rule, DeviceRules.BLOCK));
                list.add(ofKind(rule, DeviceRules.CHARACTER));
            } else {
                list.add(rule);
            }
        }
        return list;
    }

    private static DeviceRules.Rule ofKind(DeviceRules.Rule rule, int kind) {
        return new DeviceRules.Rule(rule.origin(), rule.allow(), kind, rule.major(), rule.minor(), rule.rights());
    }

    private void add(DeviceRules.Rule rule) {
        if (rule.allow() != total.allow()) {
            exceptions.add(rule);
            return;
        }
        for (int i = exceptions.size() - 1; i >= 0; i--) {
            DeviceRules.Rule exception = exceptions.get(i);
            if ((exception.rights() & rule.rights()) == 0 || !rule.meets(exception)) {
                continue;
            }
            if (!rule.covers(exception)) {
                throw new Unsupported(
                        rule.origin().text(),
                        "cgroup v1 can't take back a part of what " + exception.origin() + " says");
            }
            int left = exception.rights() & ~rule.rights();
            if (left == 0) {
                exceptions.remove(i);
            } else {
                exceptions.set(i, exception.withRights(left));
            }
        }
    }

    /** The rule for all that isn't in the list. */
    DeviceRules.Rule total() {
        return total;
    }

    /** Each of one kind, and the opposite of the total one. */
    List<DeviceRules.Rule> exceptions() {
        return List.copyOf(exceptions);
    }

    /**
     * What is written to turn one list into the other while processes use it: first what is allowed beyond the old list, then
     * what is no longer. Where the total rule changes there is no way but over it.
     *
     * @param from as for {@link #of}
     * @param to as for {@link #of}
     */
    static List<DeviceRules.Rule> changes(List<DeviceRules.Rule> from, List<DeviceRules.Rule> to) {
        DeviceList old = of(from);
        DeviceList target = of(to);
        List<DeviceRules.Rule> changes = new ArrayList<>();
        if (old.total.allow() != target.total.allow()) {
            changes.add(target.total);
            changes.addAll(target.exceptions);
            return changes;
        }
        List<DeviceRules.Rule> added = without(target.exceptions, old.exceptions);
        List<DeviceRules.Rule> gone = new ArrayList<>();
        for (DeviceRules.Rule rule : without(old.exceptions, target.exceptions)) {
            gone.add(new DeviceRules.Rule(
                    rule.origin(), !rule.allow(), rule.kind(), rule.major(), rule.minor(), rule.rights()));
        }
        boolean allowsMore = !target.total.allow();
        changes.addAll(allowsMore ? added : gone);
        changes.addAll(allowsMore ? gone : added);
        return changes;
    }

    /** The rights of the first that the second doesn't have, device by device. */
    private static List<DeviceRules.Rule> without(List<DeviceRules.Rule> first, List<DeviceRules.Rule> second) {
        List<DeviceRules.Rule> left = new ArrayList<>();
        for (DeviceRules.Rule rule : first) {
            int rights = rule.rights();
            for (DeviceRules.Rule other : second) {
                rights &= rule.covers(other) && other.covers(rule) ? ~other.rights() : ~0;
            }
            if (rights != 0) {
                left.add(rule.withRights(rights));
            }
        }
        return left;
    }
}
