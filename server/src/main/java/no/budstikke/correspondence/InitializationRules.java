package no.budstikke.correspondence;

import static no.budstikke.correspondence.ReferenceType.DIALOGPORTEN_DIALOG_ID;
import static no.budstikke.correspondence.ReferenceType.DIALOGPORTEN_TRANSMISSION_TYPE;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.resource.Resource;

/// What a request to send must fulfil beyond being sound in itself, in the contract's order: the first
/// rule that is
/// broken is the answer. Spec: correspondence §4.1, steps 4 and 6 to 23.
///
/// Left out, because this service knows no such thing yet: roles of recipients of confidential letters
/// (step 9),
/// reservations (step 11: nobody is reserved), dialogs of others (1050, 1046, 1054 of step 16) and
/// attachments (steps 17
/// to 20: none exists, none can be brought along).
final class InitializationRules {

    private static final String CORRESPONDENCE_SERVICE = "CorrespondenceService";
    private static final String ALTINN_APP = "AltinnApp";
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}");
    private static final int LONGEST_REPLY_URL = 255;

    private InitializationRules() {}

    /// A broken rule, with details for people.
    record Broken(Refusal why, String detail) {

        static Optional<Broken> when(boolean broken, Refusal why) {
            return broken ? Optional.of(new Broken(why, why.text())) : Optional.empty();
        }
    }

    /// Step 4, which the contract puts before the question of who calls.
    static Optional<Broken> wrongType(Letter letter, Resource resource) {
        boolean right = resource.type().equalsIgnoreCase(CORRESPONDENCE_SERVICE)
                || (isApp(resource) && letter.isTransmission());
        return Broken.when(!right, Refusal.RESOURCE_TYPE);
    }

    /// Steps 6 to 23.
    ///
    /// @param isKnown whether the register knows a party
    static Optional<Broken> firstBroken(
            InitializeRequest request,
            Resource resource,
            ResourceTerms terms,
            Predicate<PartyIdentifier> isKnown,
            Instant now) {
        Letter letter = request.letter();
        return confidentiality(letter, resource, terms)
                .or(() -> Broken.when(
                        letter.flags().allowForwarding() && terms.minimumLevel() > 0, Refusal.FORWARDING_OF_PROTECTED))
                .or(() -> Broken.when(hasDuplicates(request.recipients()), Refusal.DUPLICATE_RECIPIENT))
                .or(() -> unknownRecipients(request.recipients(), isKnown))
                .or(() -> dates(letter, now))
                .or(() -> Broken.when(!PlainText.is(letter.content().title()), Refusal.TITLE_NOT_PLAIN))
                .or(() -> Broken.when(
                        letter.messageSender()
                                .filter(text -> !PlainText.is(text))
                                .isPresent(),
                        Refusal.MESSAGE_SENDER_NOT_PLAIN))
                .or(() -> references(letter, request.recipients().size()))
                .or(() -> Broken.when(!request.existingAttachments().isEmpty(), Refusal.ATTACHMENT_UNKNOWN))
                .or(() -> Broken.when(request.newAttachments() > 0, Refusal.ATTACHMENTS_WITHOUT_FILES))
                .or(() -> Broken.when(
                        letter.replyOptions().stream().anyMatch(option -> !isHttps(option.url())),
                        Refusal.REPLY_URL_INVALID))
                .or(() -> request.notification()
                        .flatMap(wanted -> NotificationRules.firstBroken(
                                wanted, request.recipients().size()))
                        .map(why -> new Broken(why, why.text())));
    }

    private static boolean isApp(Resource resource) {
        return resource.type().equalsIgnoreCase(ALTINN_APP);
    }

    private static Optional<Broken> confidentiality(Letter letter, Resource resource, ResourceTerms terms) {
        if (isApp(resource)) {
            return Optional.empty();
        }
        boolean confidential = letter.flags().confidential();
        return switch (terms.confidentiality()) {
            case REQUIRED -> Broken.when(!confidential, Refusal.CONFIDENTIAL_MISSING);
            case OPTIONAL -> Optional.empty();
            case NOT_ALLOWED -> Broken.when(confidential, Refusal.CONFIDENTIAL_NOT_ALLOWED);
        };
    }

    private static boolean hasDuplicates(List<Recipient> recipients) {
        return new HashSet<>(recipients).size() < recipients.size();
    }

    private static Optional<Broken> unknownRecipients(List<Recipient> recipients, Predicate<PartyIdentifier> isKnown) {
        List<String> unknown = recipients.stream()
                .filter(recipient -> recipient.party().filter(isKnown).isEmpty())
                .map(Recipient::urn)
                .toList();
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of(new Broken(
                        Refusal.RECIPIENT_UNKNOWN,
                        "These recipients are not known to the register: " + String.join(", ", unknown)));
    }

    private static Optional<Broken> dates(Letter letter, Instant now) {
        Optional<Instant> due = letter.dueDateTime();
        return Broken.when(letter.flags().confirmationNeeded() && due.isEmpty(), Refusal.CONFIRMATION_WITHOUT_DUE_TIME)
                .or(() -> Broken.when(due.filter(now::isAfter).isPresent(), Refusal.DUE_IN_THE_PAST))
                .or(() -> Broken.when(
                        due.filter(letter.requestedPublishTime()::isAfter).isPresent(), Refusal.DUE_BEFORE_PUBLISH));
    }

    private static Optional<Broken> references(Letter letter, int recipients) {
        int types = letter.references(DIALOGPORTEN_TRANSMISSION_TYPE).size();
        boolean answers = !letter.replyOptions().isEmpty() || letter.flags().confirmationNeeded();
        return Broken.when(types > 1, Refusal.TRANSMISSION_TYPES)
                .or(() -> Broken.when(types == 1 && !letter.isTransmission(), Refusal.TRANSMISSION_TYPE_WITHOUT_DIALOG))
                .or(() -> Broken.when(
                        letter.references(DIALOGPORTEN_DIALOG_ID).stream()
                                .anyMatch(dialog ->
                                        !UUID_TEXT.matcher(dialog.value()).matches()),
                        Refusal.DIALOG_ID_INVALID))
                .or(() -> Broken.when(letter.isTransmission() && recipients > 1, Refusal.TRANSMISSION_TO_MANY))
                .or(() -> Broken.when(letter.isTransmission() && answers, Refusal.TRANSMISSION_WITH_ANSWERS));
    }

    private static boolean isHttps(String url) {
        try {
            URI uri = new URI(url);
            return url.length() <= LONGEST_REPLY_URL
                    && "https".equalsIgnoreCase(uri.getScheme())
                    && uri.getRawAuthority() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
