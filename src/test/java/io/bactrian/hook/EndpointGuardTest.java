package io.bactrian.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointGuardTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.8.8.8",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fdff::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "2130706433",
                "127.1"
            })
    void privateAndSpecialAddressesAreRefusedWithTheRemedy(String address) {
        String message = assertThrows(
                        EndpointGuard.EndpointRefused.class, () -> guard("").checked(address, 443))
                .getMessage();
        assertTrue(message.contains("bactrian.hooks.allow-cidr"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
                "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
                "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1",
                "2003::1", "::ffff:1.1.1.1"
            })
    void publicAddressesPass(String address) throws Exception {
        assertEquals(1, guard("").checked(address, 443).size());
    }

    @Test
    void anAllowedBlockOpensThatBlockAlone() throws Exception {
        EndpointGuard guard = guard("10.1.0.0/16, 127.0.0.1/32, fd00::/8");
        for (String open : List.of("10.1.2.3", "127.0.0.1", "::ffff:10.1.9.9", "fd12::1")) {
            assertEquals(1, guard.checked(open, 80).size());
        }
        for (String closed : List.of("10.2.0.1", "127.0.0.2", "fc00::1", "169.254.169.254")) {
            assertThrows(EndpointGuard.EndpointRefused.class, () -> guard.checked(closed, 80));
        }
    }

    @Test
    void ourOwnListenersAreNeverReachedThoughTheirBlockIsAllowed() throws Exception {
        EndpointGuard guard =
                new EndpointGuard(Cidr.parseAll("0.0.0.0/0"), port -> port == 8080, SystemDefaultDnsResolver.INSTANCE);
        for (String ours : List.of("127.0.0.1", "0.0.0.0", "127.3.2.1")) {
            String message = assertThrows(EndpointGuard.EndpointRefused.class, () -> guard.checked(ours, 8080))
                    .getMessage();
            assertTrue(message.contains("listener of this platform"), message);
        }
        assertEquals(1, guard.checked("127.0.0.1", 8081).size());
        assertEquals(1, guard.checked("1.1.1.1", 8080).size());
    }

    @Test
    void ofANamesAddressesOnlyThoseThatPassAreHandedOut() throws Exception {
        DnsResolver names = names(Map.of("mixed.example", List.of("10.0.0.1", "1.1.1.1", "::1")));
        EndpointGuard guard = new EndpointGuard(List.of(), port -> false, names);

        List<InetSocketAddress> checked = guard.checked("mixed.example", 443);

        assertEquals(1, checked.size());
        assertEquals("1.1.1.1", checked.get(0).getAddress().getHostAddress());
        assertEquals("mixed.example", checked.get(0).getHostString());
    }

    @Test
    void anUnknownHostIsNotARefusal() {
        EndpointGuard guard = new EndpointGuard(List.of(), port -> false, names(Map.of()));
        Exception failure = assertThrows(UnknownHostException.class, () -> guard.checked("nowhere.example", 443));
        assertEquals(UnknownHostException.class, failure.getClass());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "localhost/32", "x", "/8", "::/129", "10.0.0.0/x"})
    void aBlockThatIsNoneIsNamedWithItsKey(String block) {
        String message = assertThrows(IllegalArgumentException.class, () -> HookSettings.of(block))
                .getMessage();
        assertTrue(message.contains("bactrian.hooks.allow-cidr") && message.contains(block), message);
    }

    static EndpointGuard guard(String allowed) {
        return new EndpointGuard(Cidr.parseAll(allowed), port -> false, SystemDefaultDnsResolver.INSTANCE);
    }

    static DnsResolver names(Map<String, List<String>> addresses) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                if (!addresses.containsKey(host)) {
                    throw new UnknownHostException(host);
                }
                InetAddress[] found = new InetAddress[addresses.get(host).size()];
                for (int i = 0; i < found.length; i++) {
                    found[i] = InetAddress.getByName(addresses.get(host).get(i));
                }
                return found;
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }
}
