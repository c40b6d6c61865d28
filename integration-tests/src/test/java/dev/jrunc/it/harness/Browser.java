// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A headless Chromium that shows one page, and is used as a person would: by its DevTools protocol, which the JDK's own client of
 * WebSockets is enough for.
 */
public final class Browser implements AutoCloseable {
    private static final String PORT_FILE = "DevToolsActivePort";

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final WebSocket devtools;
    private final List<String> complaints = new ArrayList<>();
    private int calls;

    private Browser(Process process, Path profile) throws IOException, InterruptedException {
        this.process = process;
        Path port = profile.resolve(PORT_FILE);
        Await.until("Chromium's port", () -> lines(port).size() > 1, () -> lines(profile.resolve("log")));
        String address = "127.0.0.1:" + lines(port).getFirst();
        HttpRequest list = HttpRequest.newBuilder(URI.create("http://" + address + "/json/list"))
                .build();
        Await.until("Chromium's page", () -> !target(list).isEmpty(), () -> lines(profile.resolve("log")));
        devtools = http.newWebSocketBuilder()
                .buildAsync(URI.create(target(list)), new Messages(messages))
                .join();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** Starts it on a page; all of its own files are in the lab's folder. */
    public static Browser open(Lab lab, Path page) throws IOException, InterruptedException {
        Machine.needsProgram("chromium");
        Path profile = lab.newFolder("chromium");
        Process process = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--window-size=1200,900",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log").toFile())
                .start();
        try {
            Browser browser = new Browser(process, profile);
            browser.call("Page.navigate", Map.of("url", page.toUri().toString()));
            Await.until(
                    "the page " + page,
                    () -> browser.text("location.protocol + document.readyState")
                            .equals("file:complete"),
                    () -> browser.text("location.href"));
            return browser;
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            end(process);
            throw e;
        }
    }

    /** None while it isn't there. */
    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its address; empty while there is none. */
    private String target(HttpRequest list) {
        try {
            String answer =
                    http.send(list, HttpResponse.BodyHandlers.ofString()).body();
            for (JsonNode target : Json.parse(answer)) {
                if (target.path("type").asString().equals("page")) {
                    return target.path("webSocketDebuggerUrl").asString();
                }
            }
            return "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for Chromium", e);
        }
    }

    /** Whole messages, as they come. */
    private static final class Messages implements WebSocket.Listener {
        private final BlockingQueue<String> queue;
        private final StringBuilder part = new StringBuilder();

        Messages(BlockingQueue<String> queue) {
            this.queue = queue;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                queue.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    /** A method of the protocol, and its result. Events that come before it are looked at, too. */
    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = ++calls;
        CompletableFuture<WebSocket> sent = devtools.sendText(
                Json.of(Map.of("id", id, "method", method, "params", parameters))
                        .toString(),
                true);
        sent.join();
        while (true) {
            JsonNode message = next(method);
            if (message.path("id").asInt(0) != id) {
                note(message);
                continue;
            }
            if (message.has("error")) {
                throw new AssertionError(method + ": " + message.path("error"));
            }
            return message.path("result");
        }
    }

    private JsonNode next(String waitingFor) {
        try {
            String message = messages.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("waited for Chromium's answer to " + waitingFor);
            }
            return Json.parse(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for Chromium", e);
        }
    }

    private void note(JsonNode event) {
        switch (event.path("method").asString()) {
            case "Log.entryAdded" ->
                complaints.add(event.at("/params/entry/text").asString());
            case "Runtime.exceptionThrown" ->
                complaints.add(event.at("/params/exceptionDetails").toString());
            case "Network.requestWillBeSent" -> {
                String url = event.at("/params/request/url").asString();
                if (!url.startsWith("file:")) {
                    complaints.add("asks for " + url);
                }
            }
            default -> {}
        }
    }

    /** The value of an expression of the page; its own policy doesn't hold for it. */
    public JsonNode evaluate(String expression) {
        JsonNode result = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.path("exceptionDetails"));
        }
        return result.at("/result/value");
    }

    /** The same as text. */
    public String text(String expression) {
        return evaluate("String(" + expression + ")").asString();
    }

    /** Clicks into the middle of an element, where a person would. */
    public void click(String selector) {
        JsonNode place = evaluate("(() => { const e = document.querySelector(" + Json.of(selector)
                + "); e.scrollIntoView({block: 'center'}); const r = e.getClientRects()[0];"
                + " return {x: r.x + Math.min(r.width, 40) / 2, y: r.y + r.height / 2}; })()");
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "button",
                            "left",
                            "clickCount",
                            1,
                            "x",
                            place.path("x"),
                            "y",
                            place.path("y")));
        }
    }

    /** Clicks into a field, and types in place of what is in it. */
    public void type(String selector, String text) {
        click(selector);
        evaluate("document.querySelector(" + Json.of(selector) + ").select()");
        call("Input.insertText", Map.of("text", text));
    }

    /** What the browser has complained of: errors of scripts, what the policy forbids, what was asked of others than this page. */
    public List<String> complaints() {
        evaluate("0");
        return List.copyOf(complaints);
    }

    @Override
    public void close() {
        devtools.abort();
        http.close();
        end(process);
    }

    private static void end(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until("the end of Chromium", () -> all.stream().noneMatch(ProcessHandle::isAlive), () -> all);
    }
}
