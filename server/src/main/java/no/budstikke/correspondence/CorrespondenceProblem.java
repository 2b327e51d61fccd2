package no.budstikke.correspondence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.budstikke.http.Json;
import no.budstikke.http.Problem;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;

/// Problem documents as this contract writes them: its own members, in its own order. Spec:
/// correspondence §3.1.
final class CorrespondenceProblem {

    private CorrespondenceProblem() {}

    /// The document for a refusal.
    static Reply refused(Request request, Outcome.Refused<?> refused) {
        Refusal why = refused.why();
        var members = new LinkedHashMap<String, Object>();
        members.put("type", Problem.type(why.status()));
        members.put("title", Problem.title(why.status()));
        members.put("status", why.status());
        members.put("detail", refused.detail());
        members.put("code", "CORR-%05d".formatted(why.code()));
        members.put("traceId", request.traceId());
        members.put("statusDescription", Problem.title(why.status()));
        members.put("errorCode", why.code());
        refused.existing().ifPresent(id -> members.put("correspondenceId", id.toString()));
        return Reply.json(why.status(), Json.FULL, members);
    }

    /// The document for a request that is not sound in itself.
    static Reply unsound(Request request, ModelErrors errors) {
        var validationErrors = new ArrayList<Map<String, Object>>();
        errors.byPath()
                .forEach((path, messages) -> messages.forEach(message -> {
                    var error = new LinkedHashMap<String, Object>();
                    error.put("code", "CORR.VLD-00000");
                    error.put("title", message);
                    error.put("paths", List.of(path.replace('.', '/')));
                    validationErrors.add(error);
                }));
        var members = new LinkedHashMap<String, Object>();
        members.put("type", Problem.type(400));
        members.put("title", Problem.title(400));
        members.put("status", 400);
        members.put("code", "STD-00000");
        members.put("traceId", request.traceId());
        members.put("statusDescription", Problem.title(400));
        members.put("validationErrors", validationErrors);
        members.put("errors", errors.byPath());
        return Reply.json(400, Json.FULL, members);
    }
}
