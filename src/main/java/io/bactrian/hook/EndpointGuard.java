package io.bactrian.hook;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Keeps outbound hooks away from private networks, metadata services and our own listeners (SSRF).
 *
 * <p>It resolves a name, checks every address and hands out only what it checked; whoever dials must dial that and not
 * look the name up again, or a name that changes in between would lead past the guard. Thread-safe.
 */
public final class EndpointGuard {
    /** What the special-purpose registries of IANA hold (RFC 6890 and its successors), and what each is. */
    private static final Map<Cidr, String> DENIED = denied(
            "0.0.0.0/8 this network",
            "10.0.0.0/8 a private network",
            "100.64.0.0/10 a carrier's network",
            "127.0.0.0/8 this machine",
            "169.254.0.0/16 link-local, where clouds keep their metadata",
            "172.16.0.0/12 a private network",
            "192.0.0.0/24 reserved for protocols",
            "192.0.2.0/24 documentation",
            "192.88.99.0/24 6to4 relays",
            "192.168.0.0/16 a private network",
            "198.18.0.0/15 benchmarking",
            "198.51.100.0/24 documentation",
            "203.0.113.0/24 documentation",
            "224.0.0.0/4 multicast",
            "240.0.0.0/4 reserved, broadcast",
            // Covers ::, ::1 and the IPv4-compatible addresses.
            "::/96 this machine, or an IPv4 address in disguise",
            "64:ff9b::/96 NAT64",
            "64:ff9b:1::/48 NAT64",
            "100::/64 discarded",
            "2001::/32 Teredo",
            "2001:2::/48 benchmarking",
            "2001:10::/28 ORCHID",
            "2001:20::/28 ORCHID",
            "2001:db8::/32 documentation",
            "2002::/16 6to4",
            "3fff::/20 documentation",
            "5f00::/16 segment routing",
            "fc00::/7 a private network",
            "fe80::/10 link-local",
            "fec0::/10 a private network",
            "ff00::/8 multicast");

    private final List<Cidr> allowed;
    private final IntPredicate ownPort;
    private final DnsResolver names;

    /**
     * @param allowed blocks that hooks may reach although they are private
     * @param ownPort whether this process listens on a port; asked at each connect
     * @param names looks names up
     */
    public EndpointGuard(List<Cidr> allowed, IntPredicate ownPort, DnsResolver names) {
        this.allowed = List.copyOf(allowed);
        this.ownPort = ownPort;
        this.names = names;
    }

    /**
     * The addresses of a host that passed the check, at least one. May block on the name service.
     *
     * @throws EndpointRefused where all of them are off limits
     */
    List<InetSocketAddress> checked(String host, int port) throws UnknownHostException {
        InetAddress @Nullable [] addresses = names.resolve(host);
        if (addresses == null || addresses.length == 0) {
            throw new UnknownHostException(host);
        }
        List<InetSocketAddress> checked = new ArrayList<>(addresses.length);
        @Nullable String reason = null;
        for (InetAddress each : addresses) {
            // The name stays with the address: TLS checks the certificate against it.
            InetAddress address = InetAddress.getByAddress(host, unwrapped(each.getAddress()));
            Optional<String> refusal = refusal(address, port);
            if (refusal.isEmpty()) {
                checked.add(new InetSocketAddress(address, port));
            } else if (reason == null) {
                reason = refusal.get();
            }
        }
        if (checked.isEmpty()) {
            throw new EndpointRefused(host + ':' + port + " is refused: " + reason);
        }
        return checked;
    }

    /** Why no address of a host may be dialled, with the remedy; empty where one may. May block on the name service. */
    public Optional<String> refusal(String host, int port) {
        try {
            checked(host, port);
            return Optional.empty();
        } catch (EndpointRefused e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (UnknownHostException e) {
            return Optional.of(host + " is not known to the name service");
        }
    }

    /** Why an address may not be dialled, with the remedy; empty where it may. */
    public Optional<String> refusal(InetAddress address, int port) {
        if (ownPort.test(port) && isOfThisMachine(address)) {
            return Optional.of("it is a listener of this platform, and a hook to ourselves would never end");
        }
        for (Map.Entry<Cidr, String> block : DENIED.entrySet()) {
            if (block.getKey().contains(address)) {
                return allowed.stream().anyMatch(cidr -> cidr.contains(address))
                        ? Optional.empty()
                        : Optional.of(reason(address, block.getValue()));
            }
        }
        return Optional.empty();
    }

    private static String reason(InetAddress address, String what) {
        String literal = address.getHostAddress();
        return literal + " is " + what + ". If hooks shall reach it, add " + literal + '/'
                + (Cidr.isIpv4(address) ? 32 : 128) + " to bactrian.hooks.allow-cidr";
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            // Better one refusal too many than a loop.
            return true;
        }
    }

    /** The IPv4 address inside an IPv4-mapped IPv6 address; Java does the same, but not wherever bytes come from. */
    private static byte[] unwrapped(byte[] address) {
        if (address.length != 16 || address[10] != -1 || address[11] != -1) {
            return address;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return address;
            }
        }
        return Arrays.copyOfRange(address, 12, 16);
    }

    private static Map<Cidr, String> denied(String... lines) {
        Map<Cidr, String> denied = new LinkedHashMap<>();
        for (String line : lines) {
            int blank = line.indexOf(' ');
            denied.put(Cidr.parse(line.substring(0, blank)), line.substring(blank + 1));
        }
        return denied;
    }

    /** An address that hooks may not reach. A kind of unknown host, for that is what a dialler may be told. */
    static final class EndpointRefused extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        EndpointRefused(String message) {
            super(message);
        }
    }
}
