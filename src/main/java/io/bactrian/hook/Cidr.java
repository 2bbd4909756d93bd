package io.bactrian.hook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/** A block of addresses in CIDR notation (RFC 4632, RFC 4291), such as {@code 10.0.0.0/8} or {@code fd00::/8}. */
public final class Cidr {
    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /**
     * @throws IllegalArgumentException quoting the text
     */
    public static Cidr parse(String text) {
        String trimmed = text.trim();
        int slash = trimmed.indexOf('/');
        String address = slash < 0 ? trimmed : trimmed.substring(0, slash);
        // Only literals: a name would be looked up, and may change what it means.
        if (address.isEmpty()
                || !(address.indexOf(':') >= 0
                        || address.chars().filter(c -> c == '.').count() == 3)
                || !address.chars().allMatch(Cidr::isOfLiteral)) {
            throw invalid(text);
        }
        try {
            byte[] network = InetAddress.getByName(address).getAddress();
            int bits = slash < 0 ? network.length * 8 : Integer.parseInt(trimmed.substring(slash + 1));
            if (bits < 0 || bits > network.length * 8) {
                throw invalid(text);
            }
            return new Cidr(network, bits);
        } catch (UnknownHostException | NumberFormatException e) {
            throw invalid(text);
        }
    }

    /** Blocks separated by commas; none for a blank text. */
    public static List<Cidr> parseAll(String texts) {
        return Stream.of(texts.split(",", -1))
                .filter(text -> !text.isBlank())
                .map(Cidr::parse)
                .toList();
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != network[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || (bytes[whole] & 0xff) >> (8 - rest) == (network[whole] & 0xff) >> (8 - rest);
    }

    private static boolean isOfLiteral(int c) {
        return Character.digit(c, 16) >= 0 && c < 128 || c == '.' || c == ':';
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not a block of addresses such as 10.0.0.0/8, 192.168.1.7/32 or fd00::/8");
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + '/' + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An address of " + network.length + " bytes", e);
        }
    }

    static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }
}
