package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointGuardTest {

    /// Names as a name server would answer them; everything else as Java reads it, which reads an
    /// address without asking anybody.
    private static final Map<String, String> NAMES = Map.of(
            "metadata.google.internal", "169.254.169.254",
            "127.0.0.1.nip.example", "127.0.0.1",
            "localtest.example", "127.0.0.1",
            "xn--lcalhost-54a.example", "127.0.0.1",
            "ten.example.", "10.0.0.7",
            "six.example", "fd00:ec2::254",
            "outside.example", "93.184.215.14");

    private final HostNames names = new HostNames(EndpointGuardTest::lookUp);
    private final EndpointGuard production = new EndpointGuard(false, names);
    private final EndpointGuard development = new EndpointGuard(true, names);

    private static InetAddress[] lookUp(String host) throws UnknownHostException {
        return InetAddress.getAllByName(Optional.ofNullable(NAMES.get(host)).orElse(host));
    }

    private static InetAddress resolve(EndpointGuard guard, String host) throws UnknownHostException {
        return guard.resolve(host, Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        names.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.0.0.0                                  | this network
            0.1.2.3                                  | this network
            10.0.0.1                                 | private
            10.255.255.255                           | private
            100.64.0.1                               | carrier
            100.127.255.254                          | carrier
            127.0.0.1                                | loopback
            127.255.255.254                          | loopback
            169.254.0.1                              | link-local
            169.254.169.254                          | metadata
            169.254.170.2                            | metadata of containers
            172.16.0.1                               | private
            172.31.255.255                           | private
            192.0.0.1                                | protocol assignments
            192.0.0.192                              | metadata of another cloud
            192.0.2.1                                | documentation
            192.88.99.1                              | 6to4 relay
            192.168.0.1                              | private
            198.18.0.1                               | benchmarks
            198.19.255.255                           | benchmarks
            198.51.100.7                             | documentation
            203.0.113.9                              | documentation
            224.0.0.1                                | multicast
            239.255.255.255                          | multicast
            240.0.0.1                                | reserved
            255.255.255.255                          | broadcast
            ::                                       | unspecified
            ::1                                      | loopback
            0:0:0:0:0:0:0:1                          | loopback, written out
            ::ffff:127.0.0.1                         | IPv4-mapped
            ::ffff:7f00:1                            | IPv4-mapped in hexadecimal
            ::ffff:10.0.0.1                          | IPv4-mapped
            ::FFFF:169.254.169.254                   | IPv4-mapped in capitals
            ::ffff:0:127.0.0.1                       | IPv4-translated
            ::127.0.0.1                              | IPv4-compatible
            ::8.8.8.8                                | IPv4-compatible, given up
            fe80::1                                  | link-local
            febf::1                                  | link-local
            fec0::1                                  | site-local
            fc00::1                                  | unique local
            fd12:3456:789a::1                        | unique local
            fd00:ec2::254                            | metadata
            fd20:ce::254                             | metadata of another cloud
            ff02::1                                  | multicast
            64:ff9b::7f00:1                          | NAT64 of loopback
            64:ff9b::a9fe:a9fe                       | NAT64 of metadata
            64:ff9b::c0a8:1                          | NAT64 of private
            64:ff9b:1::808:808                       | NAT64, local use
            2002:7f00:1::                            | 6to4 of loopback
            2002:a00:1::1                            | 6to4 of private
            2002:a9fe:a9fe::                         | 6to4 of metadata
            2001::1                                  | Teredo
            2001:0:4136:e378:8000:63bf:3fff:fdd2     | Teredo
            2001:20::1                               | ORCHID
            2001:db8::1                              | documentation
            3fff::1                                  | documentation
            100::1                                   | discard
            5f00::1                                  | segment routing
            4000::1                                  | not given out
            [::1]                                    | loopback in brackets
            127.1                                    | short form of loopback
            2130706433                               | loopback as one number
            localhost                                | this machine
            LOCALHOST                                | this machine in capitals
            metadata.google.internal                 | a name that leads inside
            127.0.0.1.nip.example                    | a name that leads inside
            localtest.example                        | a name that leads inside
            xn--lcalhost-54a.example                 | a name in other letters
            ten.example.                             | a name with its last dot
            six.example                              | a name with an IPv6 address
            """)
    void addresses_inside_are_barred(String host, String why) {
        assertThatThrownBy(() -> resolve(production, host)).as(why).isInstanceOf(EndpointGuard.BarredAddress.class);
    }

    /// What other programs read as another address must not get to any: Java takes octets as decimal, or
    /// does not take them at all.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0177.0.0.1",
                "0x7f.0.0.1",
                "0x7f000001",
                "017700000001",
                "127.0.0.1.",
                "localhost.",
                "127.0.0.256",
                "1.2.3.4.5",
                "①②⑦.⓪.⓪.①",
                "::ffff:127.0.0.1%eth0",
                "user@127.0.0.1",
                "127.0.0.1:80",
                ""
            })
    void odd_spellings_lead_to_nothing_inside(String host) {
        try {
            assertThat(resolve(production, host).getAddress()).isNotEqualTo(new byte[] {127, 0, 0, 1});
            assertThat(production.permits(resolve(production, host))).isTrue();
        } catch (UnknownHostException | EndpointGuard.BarredAddress e) {
            assertThat(e).hasMessageContaining(host);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.1",
                "172.15.255.255",
                "172.32.0.1",
                "192.0.1.1",
                "193.0.0.1",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450::1",
                "2001:200::1",
                "64:ff9b::808:808",
                "2002:808:808::1",
                "::ffff:8.8.8.8",
                "outside.example"
            })
    void addresses_outside_are_not(String host) throws UnknownHostException {
        assertThat(production.permits(resolve(production, host))).isTrue();
    }

    @Test
    void development_adds_the_own_machine_and_nothing_else() throws UnknownHostException {
        assertThat(resolve(development, "127.0.0.1").isLoopbackAddress()).isTrue();
        assertThat(resolve(development, "[::1]").isLoopbackAddress()).isTrue();
        assertThatThrownBy(() -> resolve(development, "169.254.169.254"))
                .isInstanceOf(EndpointGuard.BarredAddress.class);
        assertThatThrownBy(() -> resolve(development, "10.0.0.1")).isInstanceOf(EndpointGuard.BarredAddress.class);
        assertThatThrownBy(() -> resolve(development, "64:ff9b::7f00:1"))
                .isInstanceOf(EndpointGuard.BarredAddress.class);
    }

    @Test
    void of_several_addresses_one_that_is_permitted_is_taken() throws UnknownHostException {
        var mixed = new HostNames(_ -> new InetAddress[] {
            InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("8.8.8.8"), InetAddress.ofLiteral("127.0.0.1")
        });
        try (mixed) {
            assertThat(resolve(new EndpointGuard(false, mixed), "both.example").getHostAddress())
                    .isEqualTo("8.8.8.8");
        }
    }

    @Test
    void an_address_goes_by_the_name_that_was_asked_for() throws UnknownHostException {
        assertThat(resolve(production, "outside.example").getHostName()).isEqualTo("outside.example");
        assertThat(resolve(production, "8.8.8.8").getHostName()).isEqualTo("8.8.8.8");
        assertThat(resolve(production, "[2606:4700::1111]").getHostName()).isEqualTo("2606:4700::1111");
    }

    @Test
    void a_barred_host_is_named_with_its_addresses() {
        assertThatThrownBy(() -> resolve(production, "localhost"))
                .isInstanceOf(EndpointGuard.BarredAddress.class)
                .hasMessageContaining("localhost")
                .hasMessageContaining("127.0.0.1");
    }
}
