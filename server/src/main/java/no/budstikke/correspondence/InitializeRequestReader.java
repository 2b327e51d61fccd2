package no.budstikke.correspondence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import no.budstikke.correspondence.NotificationRequest.CustomRecipient;
import no.budstikke.correspondence.NotificationRequest.Reminder;
import no.budstikke.correspondence.NotificationRequest.Texts;
import no.budstikke.http.Json;
import no.budstikke.resource.Resource;

/// Reads the body of an initialise request by the rules of the contract's model; what can be checked only
/// by looking
/// around comes afterwards ([InitializationRules]). Spec: correspondence §2.0, §2.2 P1, §4.1.
final class InitializeRequestReader {

    private static final Pattern RESOURCE_ID = Pattern.compile("(?:" + Resource.URN_PREFIX + ")?[^:]{1,255}");
    private static final Set<String> LANGUAGES = Set.of("nb", "nn", "en");
    private static final UUID ALL_ZERO = new UUID(0, 0);
    private static final int ANY_LENGTH = Integer.MAX_VALUE;

    private final Instant now;

    private InitializeRequestReader(Instant now) {
        this.now = now;
    }

    /// The request, or what is wrong with it.
    sealed interface Read {

        record Sound(InitializeRequest request) implements Read {}

        record Unsound(ModelErrors errors) implements Read {}
    }

    static Read read(byte[] body, Instant now) {
        var errors = new ModelErrors();
        JsonNode root;
        try {
            root = Json.FULL.readTree(body);
        } catch (JsonProcessingException e) {
            errors.unreadable("$", "The body is not valid JSON: " + e.getOriginalMessage());
            return new Read.Unsound(errors);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory can't fail", e);
        }
        InitializeRequest request = new InitializeRequestReader(now).request(JsonMembers.root(root, errors));
        return errors.isEmpty() ? new Read.Sound(request) : new Read.Unsound(errors);
    }

    private InitializeRequest request(JsonMembers root) {
        Optional<JsonMembers> correspondence = root.requiredObject("correspondence");
        Optional<UUID> key = root.id("idempotentKey");
        if (key.filter(ALL_ZERO::equals).isPresent()) {
            root.broken("idempotentKey", "The idempotency key must not be the empty UUID.");
        }
        return new InitializeRequest(
                correspondence.map(this::letter).orElseGet(this::nothing),
                correspondence
                        .flatMap(members -> members.object("notification"))
                        .map(this::notification),
                recipients(root),
                correspondence
                        .flatMap(members -> members.object("content"))
                        .map(content -> content.objects("attachments").size())
                        .orElse(0),
                root.ids("existingAttachments"),
                key);
    }

    /// Stands in for a letter that is missing, which is an error already.
    private Letter nothing() {
        return new Letter(
                "",
                "",
                Optional.empty(),
                new Letter.Content("nb", "", "", ""),
                now,
                Optional.empty(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                new Letter.Flags(false, false, false, false));
    }

    private static List<Recipient> recipients(JsonMembers root) {
        var recipients = new ArrayList<Recipient>();
        if (root.present("recipients").isEmpty()) {
            root.broken("recipients", "The Recipients field is required.");
            return recipients;
        }
        List<String> written = root.texts("recipients");
        if (written.isEmpty() || written.size() > 500) {
            root.broken("recipients", "There must be between 1 and 500 recipients.");
        }
        var wrong = new HashSet<String>();
        for (String recipient : written) {
            Optional<Recipient> known = Recipient.parse(recipient);
            known.ifPresent(recipients::add);
            if (known.isEmpty() && wrong.add(recipient)) {
                root.broken(
                        "recipients",
                        "'" + recipient + "' is neither an organisation (urn:altinn:organization:identifier-no:"
                                + "{9 digits}, 0192:{9 digits}) nor a person with valid control digits.");
            }
        }
        return recipients;
    }

    private Letter letter(JsonMembers members) {
        String resource = members.requiredText("resourceId", 255);
        if (!resource.isEmpty() && !RESOURCE_ID.matcher(resource).matches()) {
            members.broken("resourceId", "The ResourceId is neither a bare id nor urn:altinn:resource:{id}.");
        }
        return new Letter(
                resource.startsWith(Resource.URN_PREFIX) ? resource.substring(Resource.URN_PREFIX.length()) : resource,
                members.requiredText("sendersReference", 4096),
                members.text("messageSender", 255).filter(sender -> !sender.isEmpty()),
                members.requiredObject("content").map(this::content).orElse(new Letter.Content("nb", "", "", "")),
                members.time("requestedPublishTime").orElse(now),
                members.time("dueDateTime"),
                externalReferences(members),
                properties(members),
                members.nullableObjects("replyOptions").stream()
                        .map(option -> new Letter.ReplyOption(
                                option.requiredText("linkURL", ANY_LENGTH), option.text("linkText", ANY_LENGTH)))
                        .toList(),
                members.present("notification").map(JsonNode::toString),
                new Letter.Flags(
                        members.optionalFlag("ignoreReservation").orElse(false),
                        members.flag("isConfirmationNeeded"),
                        members.flag("isConfidential"),
                        members.flag("allowForwarding")));
    }

    private Letter.Content content(JsonMembers members) {
        String language = members.text("language", ANY_LENGTH)
                .filter(given -> !given.isBlank())
                .map(given -> given.toLowerCase(Locale.ROOT))
                .orElse("nb");
        if (!LANGUAGES.contains(language)) {
            members.broken("language", "The Language must be one of nb, nn, en.");
        }
        return new Letter.Content(
                language,
                members.requiredText("messageTitle", 255),
                members.text("messageSummary", 255).orElse(""),
                members.requiredText("messageBody", 30_000));
    }

    private static List<Letter.ExternalReference> externalReferences(JsonMembers members) {
        var references = new ArrayList<Letter.ExternalReference>();
        List<JsonMembers> given = members.nullableObjects("externalReferences");
        if (given.size() > 10) {
            members.broken("externalReferences", "There can't be more than 10 external references.");
        }
        for (JsonMembers reference : given) {
            String value = reference.requiredText("referenceValue", ANY_LENGTH);
            if (reference.present("referenceType").isEmpty()) {
                reference.broken("referenceType", "The ReferenceType field is required.");
            }
            reference.choice("referenceType", ReferenceType.class).ifPresent(type -> {
                if (type == ReferenceType.DIALOGPORTEN_TRANSMISSION_ID) {
                    reference.broken("referenceType", "A DialogportenTransmissionId is given by us alone.");
                }
                references.add(new Letter.ExternalReference(type, value));
            });
        }
        List<String> transmissions = references.stream()
                .filter(reference -> reference.type() == ReferenceType.DIALOGPORTEN_TRANSMISSION_TYPE)
                .map(Letter.ExternalReference::value)
                .toList();
        if (transmissions.size() == 1
                && WireEnum.parse(TransmissionType.class, transmissions.getFirst())
                        .isEmpty()) {
            members.broken("externalReferences", "'" + transmissions.getFirst() + "' is not a type of transmission.");
        }
        return references;
    }

    private static Map<String, String> properties(JsonMembers members) {
        var properties = members.dictionary("propertyList");
        if (properties.size() > 10) {
            members.broken("propertyList", "There can't be more than 10 properties.");
        }
        properties.forEach((key, value) -> {
            if (key.length() > 50) {
                members.broken("propertyList", "The key '" + key + "' is longer than 50 characters.");
            }
            if (value.length() > 300) {
                members.broken("propertyList", "The value of '" + key + "' is longer than 300 characters.");
            }
        });
        return properties;
    }

    private NotificationRequest notification(JsonMembers members) {
        var channel =
                members.choice("notificationChannel", NotificationChannel.class).orElse(NotificationChannel.EMAIL);
        members.choice("emailContentType", EmailContentType.class);
        members.choice("reminderEmailContentType", EmailContentType.class);
        var texts = new Texts(
                filled(members, "emailSubject", 512),
                filled(members, "emailBody", 10_000),
                filled(members, "smsBody", 2144));
        var reminder = new Reminder(
                members.choice("reminderNotificationChannel", NotificationChannel.class)
                        .orElse(channel),
                new Texts(
                        filled(members, "reminderEmailSubject", 512),
                        filled(members, "reminderEmailBody", 10_000),
                        filled(members, "reminderSmsBody", 2144)));
        return new NotificationRequest(
                members.number("notificationTemplate", NotificationTemplate.class)
                        .orElse(NotificationTemplate.CUSTOM_MESSAGE.number()),
                channel,
                texts,
                members.flag("sendReminder") ? Optional.of(reminder) : Optional.empty(),
                customRecipients(members),
                members.flag("overrideRegisteredContactInformation"));
    }

    /// The first of the contract's three generations of this member that is in use.
    private static List<CustomRecipient> customRecipients(JsonMembers members) {
        List<CustomRecipient> newest = members.nullableObjects("customRecipients").stream()
                .map(InitializeRequestReader::customRecipient)
                .toList();
        List<CustomRecipient> single = members.object("customRecipient").stream()
                .map(InitializeRequestReader::customRecipient)
                .toList();
        List<CustomRecipient> oldest = members.nullableObjects("customNotificationRecipients").stream()
                .limit(1)
                .flatMap(entry -> {
                    entry.requiredText("recipientToOverride", ANY_LENGTH);
                    return entry.objects("recipients").stream();
                })
                .map(InitializeRequestReader::customRecipient)
                .toList();
        if (!newest.isEmpty()) {
            return newest;
        }
        return single.isEmpty() ? oldest : single;
    }

    private static CustomRecipient customRecipient(JsonMembers members) {
        return new CustomRecipient(
                filled(members, "emailAddress", ANY_LENGTH),
                filled(members, "mobileNumber", ANY_LENGTH),
                filled(members, "organizationNumber", ANY_LENGTH),
                filled(members, "nationalIdentityNumber", ANY_LENGTH));
    }

    private static Optional<String> filled(JsonMembers members, String name, int maxLength) {
        return members.text(name, maxLength).filter(text -> !text.isBlank());
    }
}
