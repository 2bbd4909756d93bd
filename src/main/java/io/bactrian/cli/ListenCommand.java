package io.bactrian.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.bactrian.hook.SignatureVerifier;
import io.bactrian.hook.StandardWebhooks;
import io.bactrian.hook.WebhookSecret;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A receiver of hooks that prints and verifies what arrives. */
@Command(
        name = "listen",
        mixinStandardHelpOptions = true,
        description = "Receives hooks on a port of this machine, verifies them (Standard Webhooks) and prints each.",
        footer = {"", "Example:  ./bactrian listen 9999"})
final class ListenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigurationOption configuration;

    @Parameters(paramLabel = "PORT", description = "The port on 127.0.0.1; 0 takes a free one.")
    private int port;

    @Option(
            names = "--secret",
            paramLabel = "S",
            description = "The secret to verify with (whsec_…; default: the demo's, demo.hook.secret).")
    private @Nullable String secret;

    @Option(
            names = "--status",
            paramLabel = "N",
            defaultValue = "200",
            description =
                    "What a verified hook is answered with (default: 200; 500 shows what the platform then does).")
    private int status;

    @Option(names = "--json", description = "Prints each hook as one line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        // Without it each answer waits for the other side's delayed acknowledgement: 44 ms instead of 3.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        PrintWriter out = spec.commandLine().getOut();
        SignatureVerifier verifier = verifier();
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
            server.createContext("/", exchange -> receive(exchange, verifier, out));
            server.start();
            (json ? spec.commandLine().getErr() : out)
                    .println("Listening on http://127.0.0.1:"
                            + server.getAddress().getPort() + "/ (Ctrl-C ends it)");
            out.flush();
            new CountDownLatch(1).await();
            return 0;
        } catch (BindException e) {
            throw new CommandException("Port " + port + " is taken: choose another", e);
        } catch (IOException e) {
            throw new CommandException("Can't listen on port " + port + ": " + e.getMessage(), e);
        }
    }

    private SignatureVerifier verifier() {
        String chosen = secret != null ? secret : configuration.load().others().get("demo.hook.secret");
        if (chosen == null) {
            throw new CommandException("No secret to verify with: give --secret whsec_…");
        }
        try {
            return StandardWebhooks.verifier(WebhookSecret.parseAll(chosen), Clock.systemUTC());
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private void receive(HttpExchange exchange, SignatureVerifier verifier, PrintWriter out) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Map<String, List<String>> headers = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
            SignatureVerifier.Verdict verdict = verifier.verify(headers, body);
            synchronized (this) {
                out.println(json ? ReceivedHook.json(verdict, body) : ReceivedHook.describe(verdict, body));
                out.flush();
            }
            boolean accepted = verdict instanceof SignatureVerifier.Verdict.Accepted;
            exchange.sendResponseHeaders(accepted ? status : 401, -1);
        }
    }
}
