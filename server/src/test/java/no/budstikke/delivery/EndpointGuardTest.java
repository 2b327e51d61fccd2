package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointGuardTest {

    private final EndpointGuard production = new EndpointGuard(false);
    private final EndpointGuard development = new EndpointGuard(true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3",
                "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.0.1", "198.18.0.1",
                        "198.19.255.255",
                "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
                "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fec0::1", "fc00::1", "fd12:3456:789a::1",
                        "ff02::1",
                "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "::127.0.0.1"
            })
    void addresses_inside_are_barred(String address) throws UnknownHostException {
        assertThat(production.permits(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.1",
                "172.32.0.1",
                "193.0.0.1",
                "2606:4700::1111",
                "64:ff9b::808:808"
            })
    void addresses_outside_are_not(String address) throws UnknownHostException {
        assertThat(production.permits(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void development_adds_the_own_machine_and_nothing_else() throws UnknownHostException {
        assertThat(development.resolve("127.0.0.1").isLoopbackAddress()).isTrue();
        assertThat(development.permits(InetAddress.getByName("169.254.169.254")))
                .isFalse();
        assertThat(development.permits(InetAddress.getByName("10.0.0.1"))).isFalse();
    }

    @Test
    void a_barred_host_is_named_with_its_addresses() {
        assertThatThrownBy(() -> production.resolve("localhost"))
                .isInstanceOf(EndpointGuard.BarredAddress.class)
                .hasMessageContaining("localhost")
                .hasMessageContaining("127.0.0.1");
    }
}
