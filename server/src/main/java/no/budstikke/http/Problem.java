package no.budstikke.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A problem document (RFC 9457), as the contracts write it. Spec: events §9.2; correspondence §3.1
/// builds on the
/// same
/// members.
public final class Problem {

    private static final String RFC9110 = "https://tools.ietf.org/html/rfc9110#section-";

    private Problem() {}

    /// `{type, title, status, detail?, traceId}` as `application/problem+json`.
    public static Reply reply(Request request, int status, @Nullable String detail) {
        return reply(request, status, title(status), detail, Map.of());
    }

    /// The document for a body or parameter that can't be read: `errors` names each by its key.
    public static Reply validation(Request request, Map<String, List<String>> errors) {
        return reply(request, 400, "One or more validation errors occurred.", null, Map.of("errors", errors));
    }

    /// With a title and further members of the caller's choice.
    public static Reply reply(
            Request request, int status, String title, @Nullable String detail, Map<String, ?> extensions) {
        var members = new LinkedHashMap<String, Object>();
        members.put("type", type(status));
        members.put("title", title);
        members.put("status", status);
        if (detail != null) {
            members.put("detail", detail);
        }
        members.put("traceId", request.traceId());
        members.putAll(extensions);
        Reply json = Reply.json(status, Json.SPARSE, members);
        return Reply.bytes(status, Reply.PROBLEM, json.body());
    }

    /// The link that names the status code's meaning.
    public static String type(int status) {
        return switch (status) {
            case 400 -> RFC9110 + "15.5.1";
            case 401 -> RFC9110 + "15.5.2";
            case 403 -> RFC9110 + "15.5.4";
            case 404 -> RFC9110 + "15.5.5";
            case 405 -> RFC9110 + "15.5.6";
            case 406 -> RFC9110 + "15.5.7";
            case 408 -> RFC9110 + "15.5.9";
            case 409 -> RFC9110 + "15.5.10";
            case 413 -> RFC9110 + "15.5.14";
            case 415 -> RFC9110 + "15.5.16";
            case 422 -> RFC9110 + "15.5.21";
            case 451 -> "https://tools.ietf.org/html/rfc7725#section-3";
            case 502 -> RFC9110 + "15.6.3";
            case 503 -> RFC9110 + "15.6.4";
            default -> RFC9110 + "15.6.1";
        };
    }

    /// The reason phrase; for 500 the sentence that the contract uses.
    public static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Entity";
            case 451 -> "Unavailable For Legal Reasons";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            default -> "An error occurred while processing your request.";
        };
    }
}
