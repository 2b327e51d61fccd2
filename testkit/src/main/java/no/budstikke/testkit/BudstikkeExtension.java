package no.budstikke.testkit;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Hands a running server to tests, as parameters of constructors and methods: [Budstikke], [Api] (no
/// token) and [Tokens] of the one server that all tests of this JVM share, and a [Webhook] of the test's
/// own. The server is [Budstikke#shared()]; it is started when it is first asked for, and ended with the
/// JVM.
public final class BudstikkeExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(BudstikkeExtension.class);

    private static final Set<Class<?>> TYPES = Set.of(Budstikke.class, Api.class, Tokens.class, Webhook.class);

    private static @Nullable Budstikke shared;

    /// So that a constructor's webhook lives as long as its test, and is the one that the test's method
    /// gets too.
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == Webhook.class) {
            // The store closes it when the test has ended.
            return context.getStore(NAMESPACE).computeIfAbsent(Webhook.class, _ -> Webhook.start(), Webhook.class);
        }
        Budstikke server = server();
        if (type == Api.class) {
            return server.api();
        }
        return type == Tokens.class ? server.tokens() : server;
    }

    private static synchronized Budstikke server() {
        Budstikke known = shared;
        if (known == null) {
            known = Budstikke.shared();
            shared = known;
        }
        return known;
    }
}
