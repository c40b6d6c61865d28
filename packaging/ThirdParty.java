// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * ThirdParty.java BOM ALLOWED: who made what the distribution has on its class path, and under which licence, from a CycloneDX
 * bill of materials. A component of which no licence is on the list (one SPDX identifier a line) is an error.
 */
public final class ThirdParty {

    private ThirdParty() {}

    public static void main(String[] args) throws IOException {
        JsonNode bom = JsonMapper.shared().readTree(Files.readAllBytes(Path.of(args[0])));
        Set<String> allowed = new TreeSet<>(Files.readAllLines(Path.of(args[1])));
        Set<String> lines = new TreeSet<>();
        for (JsonNode component : bom.get("components")) {
            String name = component.path("group").asString() + ":" + component.path("name").asString() + ":"
                    + component.path("version").asString();
            Set<String> licences = licences(component);
            licences.retainAll(allowed);
            if (licences.isEmpty()) {
                System.err.println(name + ": its licence is none of " + args[1] + ": " + component.path("licenses"));
                System.exit(1);
            }
            lines.add(name + "  " + String.join(" or ", licences) + "  " + component.path("publisher").asString());
        }
        if (lines.isEmpty()) {
            System.err.println(args[0] + " names nothing");
            System.exit(1);
        }
        System.out.println("In lib/jrunc/app, with their licences:\n");
        lines.forEach(line -> System.out.println(line.strip()));
        System.out.println("\nIn bin/jrunc: musl, MIT. In lib/jrunc/native: libjffi, Apache-2.0.");
        System.out.println("lib/jrunc/runtime: OpenJDK, GPL-2.0 with the Classpath exception; see its folder legal.");
    }

    private static Set<String> licences(JsonNode component) {
        Set<String> licences = new TreeSet<>();
        for (JsonNode choice : component.path("licenses")) {
            licences.add(choice.path("license").path("id").asString());
            licences.add(choice.path("license").path("name").asString());
            licences.addAll(List.of(choice.path("expression").asString().split(" OR ")));
        }
        return licences;
    }
}
