package no.budstikke.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import no.budstikke.testkit.Parties;

/// A whole `POST` of an event, rendered once; only its number and its time are written anew for each. An
/// event has the shape of the seed's, and a small `data` with the time at which it was meant to be sent.
/// One thread; [#copy()] gives another thread one of the same run.
final class EventRequest {

    /// Of 24 characters and the twelve digits of a sequence number an id is made, in the form of a UUID.
    static final int RUN_LENGTH = 24;

    static final int SEQUENCE_DIGITS = 12;
    static final int TIME_DIGITS = 16;

    private static final String NO_SEQUENCE = "0".repeat(SEQUENCE_DIGITS);
    /// The organisation that all events are about, unless told otherwise.
    private static final String ANY_PARTY = "123456789";

    /// Of [#amongParties].
    static final int FIRST_PARTY = 310_000_000;

    private static final String NO_TIME = "0".repeat(TIME_DIGITS);

    private final URI target;
    private final String run;
    private final byte[] bytes;
    private final int bodyStart;
    private final int idAt;
    private final int instanceAt;
    private final int timeAt;
    private final int partyAt;
    private final int parties;

    private EventRequest(
            URI target,
            String run,
            byte[] bytes,
            int bodyStart,
            int idAt,
            int instanceAt,
            int timeAt,
            int partyAt,
            int parties) {
        this.target = target;
        this.run = run;
        this.bytes = bytes;
        this.bodyStart = bodyStart;
        this.idAt = idAt;
        this.instanceAt = instanceAt;
        this.timeAt = timeAt;
        this.partyAt = partyAt;
        this.parties = parties;
    }

    /// A new run: ids that no other run has.
    static EventRequest to(URI target, Optional<String> token) {
        String run = "%08x-%04x-4%03x-8%03x-".formatted(random(), random() >>> 16, random() >>> 20, random() >>> 20);
        String instance =
                "%08x-%04x-4%03x-8%03x-".formatted(random(), random() >>> 16, random() >>> 20, random() >>> 20);
        String event = event(run + NO_SEQUENCE, instance + NO_SEQUENCE);
        String head =
                "POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/cloudevents+json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(
                                target.getRawPath(),
                                target.getAuthority(),
                                token.map(text -> "Authorization: Bearer " + text + "\r\n")
                                        .orElse(""),
                                event.length());
        String request = head + event;
        return new EventRequest(
                target,
                run,
                request.getBytes(ISO_8859_1),
                head.length(),
                request.indexOf(run) + RUN_LENGTH,
                request.indexOf(instance) + RUN_LENGTH,
                request.indexOf(NO_TIME, request.indexOf("\"sent\"")),
                request.indexOf(ANY_PARTY, head.length()),
                1);
    }

    private static String event(String id, String instance) {
        return """
                {"id":"%s","resource":"%s","resourceinstance":"%s",\
                "source":"https://platform.tt02.altinn.no/correspondence/api/v1/correspondence","specversion":"1.0",\
                "type":"no.altinn.correspondence.Published","subject":"/party/50015641",\
                "alternativesubject":"/organisation/%s","time":"2024-04-19T07:22:19.438039Z",\
                "data":{"sent":"%s","note":"some data"}}""".formatted(id, Parties.resourceUrn(1), instance, ANY_PARTY, NO_TIME);
    }

    private static int random() {
        return ThreadLocalRandom.current().nextInt();
    }

    EventRequest copy() {
        return new EventRequest(target, run, bytes.clone(), bodyStart, idAt, instanceAt, timeAt, partyAt, parties);
    }

    /// The same run, its events about `parties` organisations in turns: [#FIRST_PARTY] and those that
    /// follow.
    EventRequest amongParties(int number) {
        return new EventRequest(target, run, bytes.clone(), bodyStart, idAt, instanceAt, timeAt, partyAt, number);
    }

    URI target() {
        return target;
    }

    /// The first 24 characters of all ids of this run.
    String run() {
        return run;
    }

    /// The request with this number and time; the next call changes the same bytes.
    ///
    /// @param micros since 1970, when the request should leave
    byte[] numbered(int sequence, long micros) {
        write(sequence, idAt, SEQUENCE_DIGITS);
        write(sequence, instanceAt, SEQUENCE_DIGITS);
        write(micros, timeAt, TIME_DIGITS);
        if (parties > 1) {
            write(FIRST_PARTY + sequence % parties, partyAt, ANY_PARTY.length());
        }
        return bytes;
    }

    /// The body alone, as [#numbered] has it.
    byte[] body(int sequence, long micros) {
        byte[] all = numbered(sequence, micros);
        return Arrays.copyOfRange(all, bodyStart, all.length);
    }

    private void write(long number, int at, int digits) {
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
