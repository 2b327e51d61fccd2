package no.budstikke.correspondence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.budstikke.correspondence.ShowCorrespondence.View;
import no.budstikke.correspondence.StatusHistory.Entry;
import org.jspecify.annotations.Nullable;

/// A correspondence as P3 and P4 show it. Spec: correspondence §2.2 P3.
record CorrespondenceOverviewExt(
        String resourceId,
        String sender,
        String sendersReference,
        String messageSender,
        CorrespondenceContentExt content,
        String requestedPublishTime,
        @Nullable String dueDateTime,
        List<ExternalReferenceExt> externalReferences,
        Map<String, String> propertyList,
        List<CorrespondenceReplyOptionExt> replyOptions,
        @Nullable String notification,
        boolean ignoreReservation,
        boolean isConfirmationNeeded,
        boolean isConfidential,
        boolean allowForwarding,
        String recipient,
        String correspondenceId,
        String created,
        String status,
        String statusText,
        String statusChanged,
        List<String> notifications,
        @Nullable Integer altinn2CorrespondenceId,
        @Nullable String published,
        @Nullable String read) {

    record CorrespondenceContentExt(
            String language, String messageTitle, String messageSummary, String messageBody, List<String> attachments) {

        /// What the sender sees after publication; the language is the contract's, too.
        static final CorrespondenceContentExt HIDDEN = new CorrespondenceContentExt("no", "", "", "", List.of());
    }

    record ExternalReferenceExt(String referenceValue, String referenceType) {}

    record CorrespondenceReplyOptionExt(
            String linkURL, @Nullable String linkText) {}

    /// As the overview has it, with reply options below the text.
    static CorrespondenceOverviewExt of(View view) {
        Letter letter = view.correspondence().letter();
        return of(
                view,
                MessageText.withReplyOptions(
                        letter.content().body(), letter.content().language(), letter.replyOptions()));
    }

    /// With this text as the body, if it is shown at all.
    static CorrespondenceOverviewExt of(View view, String body) {
        Correspondence correspondence = view.correspondence();
        Letter letter = correspondence.letter();
        Letter.Content content = letter.content();
        Entry current = correspondence.history().current();
        return new CorrespondenceOverviewExt(
                letter.resource(),
                correspondence.sender().urn(),
                letter.sendersReference(),
                letter.messageSender().orElse(""),
                view.showsContent()
                        ? new CorrespondenceContentExt(
                                content.language(), content.title(), content.summary(), body, List.of())
                        : CorrespondenceContentExt.HIDDEN,
                WireTime.write(letter.requestedPublishTime()),
                written(letter.dueDateTime()),
                letter.externalReferences().stream()
                        .map(reference -> new ExternalReferenceExt(
                                reference.value(), reference.type().wire()))
                        .toList(),
                letter.propertyList(),
                letter.replyOptions().stream()
                        .map(option -> new CorrespondenceReplyOptionExt(
                                option.url(), option.text().orElse(null)))
                        .toList(),
                null,
                letter.flags().ignoreReservation(),
                letter.flags().confirmationNeeded(),
                letter.flags().confidential(),
                letter.flags().allowForwarding(),
                correspondence.recipient().urn(),
                correspondence.id().toString(),
                WireTime.write(correspondence.created()),
                current.status().wire(),
                current.text(),
                WireTime.write(current.changed()),
                List.of(),
                null,
                written(correspondence.history().first(CorrespondenceStatus.PUBLISHED)),
                written(correspondence.history().first(CorrespondenceStatus.READ)));
    }

    private static @Nullable String written(Optional<Instant> time) {
        return time.map(WireTime::write).orElse(null);
    }
}
