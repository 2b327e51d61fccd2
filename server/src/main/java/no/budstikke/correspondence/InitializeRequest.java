package no.budstikke.correspondence;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A request to send a letter, sound in itself. Spec: correspondence §2.2 P1.
///
/// @param newAttachments how many files the request says it brings along
record InitializeRequest(
        Letter letter,
        Optional<NotificationRequest> notification,
        List<Recipient> recipients,
        int newAttachments,
        List<UUID> existingAttachments,
        Optional<UUID> idempotentKey) {

    InitializeRequest {
        recipients = List.copyOf(recipients);
        existingAttachments = List.copyOf(existingAttachments);
    }
}
