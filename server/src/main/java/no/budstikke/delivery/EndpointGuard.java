package no.budstikke.delivery;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Which addresses we send to: not our own machine, not the network we stand in, so that a subscription
/// can't be used to reach what its owner
/// can't reach. The address that was checked is the one that is connected to. Design §4.3.
final class EndpointGuard {

    private final boolean loopbackAllowed;

    /// @param loopbackAllowed only in development
    EndpointGuard(boolean loopbackAllowed) {
        this.loopbackAllowed = loopbackAllowed;
    }

    /// The endpoint's address may not be used.
    static final class BarredAddress extends RuntimeException {

        private static final long serialVersionUID = 1;

        BarredAddress(String message) {
            super(message);
        }
    }

    /// Resolves a host name, or reads an address.
    ///
    /// @throws BarredAddress       when none of its addresses may be used
    /// @throws UnknownHostException when it has none
    InetAddress resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        return Arrays.stream(addresses).filter(this::permits).findFirst().orElseThrow(() -> {
            String all =
                    Arrays.stream(addresses).map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
            return new BarredAddress("webhooks are not sent to " + host + " (" + all + ")");
        });
    }

    boolean permits(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return loopbackAllowed;
        }
        return !(address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || (address instanceof Inet6Address
                        ? isInternal6(address.getAddress())
                        : isInternal4(address.getAddress())));
    }

    private static boolean isInternal4(byte[] octets) {
        int first = octets[0] & 0xff;
        int second = octets[1] & 0xff;
        int third = octets[2] & 0xff;
        return first == 0 // "this network"
                || first >= 240 // reserved, broadcast
                || (first == 100 && second >= 64 && second < 128) // shared by carriers, RFC 6598
                || (first == 198 && (second == 18 || second == 19)) // benchmarks, RFC 2544
                || (first == 192 && second == 0 && third == 0); // protocol assignments, RFC 6890
    }

    private boolean isInternal6(byte[] octets) {
        boolean uniqueLocal = (octets[0] & 0xfe) == 0xfc;
        // Addresses that carry an IPv4 address in them: NAT64 (64:ff9b::/96), 6to4 (2002::/16), IPv4-compatible
        // (::/96).
        boolean nat64 = octets[0] == 0 && octets[1] == 0x64 && (octets[2] & 0xff) == 0xff && (octets[3] & 0xff) == 0x9b;
        boolean sixToFour = octets[0] == 0x20 && octets[1] == 0x02;
        boolean compatible = allZero(octets, 0, 12);
        return uniqueLocal
                || ((nat64 || compatible) && !permitsEmbedded(octets, 12))
                || (sixToFour && !permitsEmbedded(octets, 2));
    }

    private boolean permitsEmbedded(byte[] octets, int at) {
        try {
            return permits(InetAddress.getByAddress(Arrays.copyOfRange(octets, at, at + 4)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    private static boolean allZero(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
