package no.budstikke.development;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import no.budstikke.http.Json;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;
import no.budstikke.time.MovableClock;

/// Lets an integrator move the server's clock forward, to see due dates pass and retries come without
/// waiting. Design §5.
public final class ClockApi {

    private final MovableClock clock;

    public ClockApi(MovableClock clock) {
        this.clock = clock;
    }

    /// `GET /development/clock` tells the time; `POST` with `{"advance": "PT2H"}` moves it.
    public void addRoutes(Routes routes) {
        routes.add("GET", "/development/clock", _ -> now(clock.instant()));
        routes.add("POST", "/development/clock", this::advance);
    }

    private Reply advance(Request request) {
        try {
            JsonNode body = Json.SPARSE.readTree(request.body());
            Duration step = Duration.parse(body.path("advance").asText());
            return step.isNegative()
                    ? Problem.reply(request, 400, "The clock can't go back.")
                    : now(clock.advance(step));
        } catch (IOException | DateTimeParseException e) {
            return Problem.reply(
                    request,
                    400,
                    "Expected {\"advance\": \"PT2H\"}: an ISO 8601 duration of days, hours, minutes, seconds.");
        }
    }

    private static Reply now(Instant now) {
        return Reply.json(200, Json.SPARSE, Map.of("now", now.toString()));
    }
}
