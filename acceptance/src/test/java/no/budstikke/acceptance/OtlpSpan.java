package no.budstikke.acceptance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;

/// A span as a collector gets it: OTLP's `ExportTraceServiceRequest`, read as far as a test needs it.
///
/// @param attributes as text, in the order of the message
record OtlpSpan(String trace, String id, String parent, String name, List<String> attributes) {

    static List<OtlpSpan> in(byte[] request) {
        var spans = new ArrayList<OtlpSpan>();
        // resource_spans = 1, scope_spans = 2, spans = 2
        each(request, 1, resource -> each(resource, 2, scope -> each(scope, 2, span -> spans.add(read(span)))));
        return spans;
    }

    private static OtlpSpan read(byte[] span) {
        var parts = new String[] {"", "", "", ""};
        var attributes = new ArrayList<String>();
        fields(span, (number, value) -> {
            switch (number) {
                case 1 -> parts[0] = HexFormat.of().formatHex(value);
                case 2 -> parts[1] = HexFormat.of().formatHex(value);
                case 4 -> parts[2] = HexFormat.of().formatHex(value);
                case 5 -> parts[3] = new String(value, StandardCharsets.UTF_8);
                case 9 -> attributes.add(new String(value, StandardCharsets.UTF_8));
                default -> {}
            }
        });
        return new OtlpSpan(parts[0], parts[1], parts[2], parts[3], List.copyOf(attributes));
    }

    private static void each(byte[] message, int field, java.util.function.Consumer<byte[]> consumer) {
        fields(message, (number, value) -> {
            if (number == field) {
                consumer.accept(value);
            }
        });
    }

    /// The fields of a protobuf message that have a length; others are passed over.
    private static void fields(byte[] message, BiConsumer<Integer, byte[]> consumer) {
        ByteBuffer in = ByteBuffer.wrap(message);
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag & 7) {
                case 0 -> varint(in);
                case 1 -> in.position(in.position() + 8);
                case 2 -> {
                    var value = new byte[(int) varint(in)];
                    in.get(value);
                    consumer.accept(tag >>> 3, value);
                }
                case 5 -> in.position(in.position() + 4);
                default -> throw new AssertionError("not protobuf: tag " + tag);
            }
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
