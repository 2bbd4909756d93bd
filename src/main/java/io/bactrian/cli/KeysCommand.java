package io.bactrian.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes, lists and revokes API keys. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Makes, lists and revokes API keys.")
final class KeysCommand implements Runnable {
    /** Of what the API lists. */
    static final List<String> COLUMNS = List.of("id", "party", "scopes", "createdAt");

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Makes a key for a party and shows it, once: only its hash is kept.")
    int create(
            @Mixin PlatformCommand platform,
            @Parameters(paramLabel = "PARTY", description = "Whom the key is for: the origin of what it writes.")
                    String party) {
        JsonNode made = platform.call(
                "POST", "/api/keys", JsonNodeFactory.instance.objectNode().put("party", party));
        if (made != null) {
            platform.show(made, made.path("key").asText());
        }
        return 0;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists the keys (never the keys themselves).")
    int list(@Mixin PlatformCommand platform) {
        platform.list("/api/keys?limit=1000", COLUMNS);
        return 0;
    }

    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Revokes a key at once.")
    int revoke(
            @Mixin PlatformCommand platform,
            @Parameters(paramLabel = "ID", description = "The key's id, as list shows it.") String id) {
        platform.call("DELETE", "/api/keys/" + id, null);
        platform.say("Key " + id + " is revoked");
        return 0;
    }
}
