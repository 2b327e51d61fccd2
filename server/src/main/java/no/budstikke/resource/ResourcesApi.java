package no.budstikke.resource;

import no.budstikke.http.Json;
import no.budstikke.http.Reply;
import no.budstikke.http.Request;
import no.budstikke.http.Routes;

/// Reads from the resource registry, for anybody. Spec: authorization §14.1.
public final class ResourcesApi {

    private static final String PATH = "/resourceregistry/api/v1/resource/{id}";
    private static final String XML = "text/xml; charset=utf-8";

    private final ResourceRegistry resources;

    public ResourcesApi(ResourceRegistry resources) {
        this.resources = resources;
    }

    public void addTo(Routes routes) {
        routes.add("GET", PATH, this::resource);
        routes.add("GET", PATH + "/policy", this::policy);
    }

    private Reply resource(Request request) {
        return resources
                .document(request.pathParameter("id"))
                .map(document -> Reply.json(200, Json.FULL, document))
                .orElseGet(() -> Reply.empty(404));
    }

    private Reply policy(Request request) {
        return resources
                .policy(request.pathParameter("id"))
                .map(policy -> Reply.text(200, XML, policy))
                .orElseGet(() -> Reply.empty(404));
    }
}
