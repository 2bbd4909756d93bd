package io.bactrian.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "Bactrian " + number() + " (Java " + Runtime.version().feature() + ")"
        };
    }

    static String number() {
        try (InputStream in = Version.class.getResourceAsStream("/bactrian-version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new IllegalStateException("The version can't be read", e);
        }
    }
}
