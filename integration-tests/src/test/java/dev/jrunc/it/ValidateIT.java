// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.Call;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Lab;
import dev.jrunc.it.harness.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code validate}: a config.json by itself, and against this host. */
@IntegrationTest
@JruncOnly("a command of ours")
class ValidateIT {

    private static Call validate(Lab lab, Bundle bundle, String... options) {
        bundle.write();
        List<String> words =
                new ArrayList<>(List.of("validate", "--bundle", bundle.folder().toString()));
        words.addAll(List.of(options));
        return lab.call(words.toArray(String[]::new));
    }

    private static Bundle withAnUnknownFileSystem(Lab lab) {
        return lab.bundle().mount("nosuchfs", "nothing", "/x");
    }

    @Test
    void aGoodOne(Lab lab) {
        Bundle bundle = lab.bundle();

        assertEquals(
                List.of("config.json: valid, and this host can do it"),
                validate(lab, bundle).now().succeeded().lines());
        lab.create(bundle);
    }

    @Test
    void oneThatIsWrong(Lab lab) {
        Bundle bundle = lab.bundle();
        bundle.config().put("hostname", 3);

        assertEquals(
                List.of(
                        "config.json: error: /hostname: expected a string, found 3 (Host name, for a new UTS namespace)"),
                validate(lab, bundle).now().exited(1).lines());
    }

    @Test
    void whatThisHostDoesNotKnow(Lab lab) {
        Result result = validate(lab, withAnUnknownFileSystem(lab)).now().succeeded();

        assertTrue(result.stdout().startsWith("config.json: warning: /mounts/"), result::toString);
        assertTrue(result.stdout().contains("this kernel doesn't know the file system nosuchfs"), result::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--format", "-f"})
    void asJson(String option, Lab lab) {
        Result result = validate(lab, withAnUnknownFileSystem(lab), option, "json")
                .now()
                .succeeded();

        assertTrue(result.json().path("valid").asBoolean(), result::toString);
        assertEquals("warning", result.json().at("/findings/0/severity").asString(), result::toString);
    }
}
