package no.budstikke.delivery;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Which addresses we send to: not our own machine, not the network we stand in, nothing that is set
/// apart (IANA's registries of special-purpose addresses), so that a subscription can't be used to reach
/// what its owner can't reach. The address that was checked is the one that is connected to. Design
/// §4.3.
final class EndpointGuard {

    private final boolean loopbackAllowed;
    private final HostNames names;

    /// @param loopbackAllowed only in development
    EndpointGuard(boolean loopbackAllowed, HostNames names) {
        this.loopbackAllowed = loopbackAllowed;
        this.names = names;
    }

    /// The endpoint's address may not be used.
    static final class BarredAddress extends RuntimeException {

        private static final long serialVersionUID = 1;

        BarredAddress(String message) {
            super(message);
        }
    }

    /// Resolves a host name, or reads an address, once. What is returned is called by that name: nobody
    /// asks anew, neither for its address nor for the name of its address.
    ///
    /// @param patience for name servers
    /// @throws BarredAddress when none of its addresses may be used
    /// @throws UnknownHostException when it has none
    InetAddress resolve(String host, Duration patience) throws UnknownHostException {
        List<InetAddress> addresses = names.addresses(host, patience);
        InetAddress permitted = addresses.stream()
                .filter(this::permits)
                .findFirst()
                .orElseThrow(() -> {
                    String all =
                            addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
                    return new BarredAddress("webhooks are not sent to " + host + " (" + all + ")");
                });
        return InetAddress.getByAddress(withoutBrackets(host), permitted.getAddress());
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    boolean permits(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return loopbackAllowed;
        }
        return address instanceof Inet6Address ? isPublic6(address.getAddress()) : isPublic4(address.getAddress());
    }

    private static boolean isPublic4(byte[] octets) {
        int first = octets[0] & 0xff;
        int second = octets[1] & 0xff;
        int third = octets[2] & 0xff;
        return !(first == 0 // "this network"
                || first == 10 // private
                || first == 127 // this machine; also inside an IPv6 address
                || first >= 224 // multicast, reserved, broadcast
                || (first == 100 && second >= 64 && second < 128) // shared by carriers, RFC 6598
                || (first == 169 && second == 254) // link-local; where clouds keep their metadata
                || (first == 172 && second >= 16 && second < 32) // private
                || (first == 192 && second == 0 && third == 0) // protocol assignments, RFC 6890
                || (first == 192 && second == 0 && third == 2) // documentation
                || (first == 192 && second == 88 && third == 99) // 6to4 relays, given up
                || (first == 192 && second == 168) // private
                || (first == 198 && (second == 18 || second == 19)) // benchmarks, RFC 2544
                || (first == 198 && second == 51 && third == 100) // documentation
                || (first == 203 && second == 0 && third == 113)); // documentation
    }

    /// Only global unicast, 2000::/3, and NAT64, whose IPv4 address counts: so whatever else there is
    /// (loopback, mapped and compatible addresses, link-local, unique local, multicast) is barred
    /// without a name.
    private static boolean isPublic6(byte[] octets) {
        int first = word(octets, 0);
        int second = word(octets, 2);
        if (first == 0x0064 && second == 0xff9b) {
            return isZero(octets, 4, 12) && isPublic4(Arrays.copyOfRange(octets, 12, 16));
        }
        if (first == 0x2002) { // 6to4 carries an IPv4 address
            return isPublic4(Arrays.copyOfRange(octets, 2, 6));
        }
        return (first & 0xe000) == 0x2000
                && !(first == 0x2001 && second < 0x0200) // protocol assignments, Teredo among them
                && !(first == 0x2001 && second == 0x0db8) // documentation
                && !(first == 0x3fff && second < 0x1000); // documentation
    }

    private static int word(byte[] octets, int at) {
        return (octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff);
    }

    private static boolean isZero(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
