// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.it.harness.Await;
import dev.jrunc.it.harness.Browser;
import dev.jrunc.it.harness.Bundle;
import dev.jrunc.it.harness.IntegrationTest;
import dev.jrunc.it.harness.JruncOnly;
import dev.jrunc.it.harness.Json;
import dev.jrunc.it.harness.Lab;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code explain --format html}, in a browser. */
@IntegrationTest
@JruncOnly("newer feature of jrunc")
@Tag("slow")
class ExplainPageIT {

    private static final String HOSTILE =
            "</script><script>window.owned=1</script><img src=x onerror='window.owned=1'>\"'&";

    private static Bundle bundle(Lab lab) {
        Bundle bundle = lab.bundle().mount("tmpfs", "tmpfs", "/needle");
        bundle.config().put("hostname", HOSTILE);
        bundle.linux().set("sysctl", Json.quoted("{'net.ipv4.ip_forward':'1'}"));
        return bundle;
    }

    private static Browser open(Lab lab, Bundle bundle, String... options) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("explain", "-f", "html", "-b", bundle.write().folder().toString()));
        words.addAll(List.of(options));
        Path page = lab.newFile("html");
        Files.writeString(
                page, lab.call(words.toArray(String[]::new)).now().succeeded().stdout());
        return Browser.open(lab, page);
    }

    private static String shown(String selector) {
        return "Array.from(document.querySelectorAll('" + selector + "')).filter(e => e.checkVisibility()).length";
    }

    @Test
    void search(Lab lab) throws Exception {
        try (Browser browser = open(lab, bundle(lab))) {
            int all = browser.evaluate(shown("#plan li")).asInt();
            assertTrue(all > 40, all + " operations");

            browser.type("#search", "NEEDLE");
            assertEquals(1, browser.evaluate(shown("#plan li")).asInt());
            assertEquals("1 of " + all, browser.text("document.getElementById('found').textContent"));
            assertTrue(browser.text("document.querySelector('#plan li:not([hidden])').textContent")
                    .contains("target=/needle"));
            assertEquals(1, browser.evaluate(shown("#plan .subject")).asInt(), "groups without one are not shown");
            assertEquals("\"destination\": \"/needle\",", browser.text("document.querySelector('.hit').textContent"));

            browser.type("#search", "nonsense");
            assertEquals(0, browser.evaluate(shown("#plan li")).asInt());

            browser.type("#search", " ");
            assertEquals(all, browser.evaluate(shown("#plan li")).asInt());
            assertEquals("", browser.text("document.getElementById('found').textContent"));
            assertEquals(List.of(), browser.complaints());
        }
    }

    @Test
    void folding(Lab lab) throws Exception {
        try (Browser browser = open(lab, bundle(lab))) {
            browser.click("#plan .subject > summary");
            assertEquals("false", browser.text("document.querySelector('#plan .subject').open"));
            assertFalse(browser.evaluate("document.getElementById('o1').checkVisibility()")
                    .asBoolean());
            browser.click("#plan .subject > summary");
            assertTrue(browser.evaluate("document.getElementById('o1').checkVisibility()")
                    .asBoolean());

            browser.click("#fold");
            assertEquals(0, browser.evaluate(shown("#plan li")).asInt());
            assertEquals(1, browser.evaluate(shown("#config .value")).asInt());
            browser.type("#search", "needle");
            assertEquals(1, browser.evaluate(shown("#plan li")).asInt(), "what is found is unfolded");

            browser.click("#unfold");
            browser.type("#search", " ");
            assertTrue(browser.evaluate(shown("#plan li")).asInt() > 40);
        }
    }

    @Test
    void linksBothWays(Lab lab) throws Exception {
        Bundle bundle = bundle(lab);
        try (Browser browser = open(lab, bundle)) {
            String operation = browser.text("Array.from(document.querySelectorAll('#plan li'))"
                    + ".find(e => e.textContent.includes('/needle')).id");
            assertEquals(
                    bundle.lastMount(),
                    browser.text("document.querySelector('#" + operation + " a.origin').textContent"));
            browser.evaluate("for (const e of document.querySelectorAll('#config details')) e.open = false");
            browser.click("#" + operation + " a.origin");
            Await.until(
                    "the place", () -> browser.text("location.hash").startsWith("#c"), () -> browser.text("location"));
            Await.until(
                    "it to be unfolded",
                    () -> browser.text("document.querySelector(':target').parentElement.checkVisibility()")
                            .equals("true"),
                    () -> browser.text("document.querySelector(':target').outerHTML"));
            assertTrue(browser.text("document.querySelector(':target').textContent")
                    .contains("\"/needle\""));

            browser.click(":target a.to-plan");
            Await.until(
                    "the operation",
                    () -> browser.text("location.hash").equals("#" + operation),
                    () -> browser.text("location"));
            assertEquals(operation, browser.text("document.querySelector(':target').id"));
            assertEquals(
                    "0",
                    browser.text("Array.from(document.querySelectorAll('a')).filter("
                            + "a => !document.getElementById(a.getAttribute('href').slice(1))).length"),
                    "links that lead nowhere");
        }
    }

    @Test
    void whatIsInTheConfigIsTextOnly(Lab lab) throws Exception {
        try (Browser browser = open(lab, bundle(lab))) {
            assertEquals("undefined", browser.text("typeof window.owned"));
            assertEquals("1", browser.text("document.scripts.length"));
            assertEquals("0", browser.text("document.images.length"));
            String plan = browser.text("document.getElementById('plan').textContent");
            assertTrue(plan.contains("</script><script>window.owned=1</script>"), plan);
            assertEquals(List.of(), browser.complaints());
        }
    }

    /** Should something be escaped badly one day, no script and no request comes of it. */
    @Test
    void thePageForbidsOtherScriptsAndRequests(Lab lab) throws Exception {
        try (Browser browser = open(lab, bundle(lab));
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .configureBlocking(false);
            browser.evaluate("(() => { const s = document.createElement('script');"
                    + " s.textContent = 'window.owned = 1'; document.body.append(s); })()");
            browser.evaluate("(() => { const i = new Image(); i.src = 'http://127.0.0.1:"
                    + server.socket().getLocalPort() + "/x'; document.body.append(i); })()");
            Await.until(
                    "both complaints",
                    () -> complains(browser, "Executing inline script violates", "script-src")
                            && complains(browser, "Loading the image", "default-src 'none'"),
                    browser::complaints);
            assertEquals("undefined", browser.text("typeof window.owned"));
            assertNull(server.accept(), "a connection");
        }
    }

    private static boolean complains(Browser browser, String what, String why) {
        return browser.complaints().stream().anyMatch(text -> text.startsWith(what) && text.contains(why));
    }

    private static String all(Browser browser, String selector) {
        return browser.text(
                "Array.from(document.querySelectorAll('" + selector + "')).map(e => e.textContent).join('\\n')");
    }

    @Test
    void whatChanges(Lab lab) throws Exception {
        Bundle other = lab.bundle();
        other.config().put("hostname", "other");
        try (Browser browser =
                open(lab, bundle(lab), "--diff", other.write().folder().toString())) {
            String changed = all(browser, ".changed");
            assertTrue(changed.contains("HOSTNAME") && changed.contains("→ other"), changed);
            String removed = all(browser, ".removed");
            assertTrue(removed.contains("target=/needle"), removed);
            browser.type("#search", "hostname");
            assertEquals(1, browser.evaluate(shown("#plan li")).asInt());
            assertEquals("undefined", browser.text("typeof window.owned"));
            assertEquals(List.of(), browser.complaints());
        }
    }
}
