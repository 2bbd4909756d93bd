package io.bactrian.hook;

import java.util.List;

/**
 * What the operator decides about outbound hooks.
 *
 * @param allowCidr private blocks that hooks may reach ({@code bactrian.hooks.allow-cidr})
 * @param connectionsPerEndpoint how many deliveries to one endpoint may be under way at once
 */
public record HookSettings(List<Cidr> allowCidr, int connectionsPerEndpoint) {
    public static final int DEFAULT_CONNECTIONS = 64;

    public HookSettings {
        allowCidr = List.copyOf(allowCidr);
        if (connectionsPerEndpoint < 1) {
            throw new IllegalArgumentException("connectionsPerEndpoint is at least 1: " + connectionsPerEndpoint);
        }
    }

    /**
     * @param allowCidr blocks separated by commas, or blank
     * @throws IllegalArgumentException naming the key and the block that isn't one
     */
    public static HookSettings of(String allowCidr) {
        try {
            return new HookSettings(Cidr.parseAll(allowCidr), DEFAULT_CONNECTIONS);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bactrian.hooks.allow-cidr: " + e.getMessage(), e);
        }
    }
}
