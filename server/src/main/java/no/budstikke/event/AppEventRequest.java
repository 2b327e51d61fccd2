package no.budstikke.event;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.Charset;

/// The body of `POST /app`. Members are empty when they were not given; `id`, `time`, `data` and
/// whatever else comes is ignored. Spec: events §2.2.
record AppEventRequest(String source, String specversion, String type, String subject, String alternativeSubject) {

    static AppEventRequest read(byte[] body, Charset charset) throws JsonBody.Unreadable {
        JsonBody json = JsonBody.read(body, charset);
        var request = new AppEventRequest(
                json.text("source"),
                json.text("specversion"),
                json.text("type"),
                json.text("subject"),
                json.text("alternativesubject"));
        if (!request.source.isEmpty() && !isAbsolute(request.source)) {
            throw JsonBody.unfit("source", "an absolute URI");
        }
        return request;
    }

    private static boolean isAbsolute(String source) {
        try {
            return new URI(source).isAbsolute();
        } catch (URISyntaxException _) {
            return false;
        }
    }

    boolean isComplete() {
        return !source.isEmpty() && !specversion.isEmpty() && !type.isEmpty() && !subject.isEmpty();
    }
}
