package no.budstikke.event;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The types of event that correspondences cause, in all their spellings. Spec: correspondence §6.3,
/// design §1.
public enum CorrespondenceEventType {
    ATTACHMENT_INITIALIZED("AttachmentInitialized", "attachmentinitialized"),
    ATTACHMENT_PUBLISHED("AttachmentPublished", "attachmentpublished"),
    ATTACHMENT_UPLOAD_FAILED("AttachmentUploadFailed", "attachmentuploadfailed"),
    ATTACHMENT_EXPIRED("AttachmentExpired", "attachmentexpired"),
    INITIALIZED("Initialized", "correspondenceinitialized"),
    PUBLISHED("Published", "correspondencepublished"),
    PUBLISH_FAILED("PublishFailed", "correspondencepublishfailed"),
    RECEIVER_READ("ReceiverRead", "correspondencereceiverread"),
    RECEIVER_CONFIRMED("ReceiverConfirmed", "correspondencereceiverconfirmed"),
    PURGED("Purged", "correspondencepurged"),
    RECEIVER_NEVER_READ("ReceiverNeverRead", "correspondencereceiverneverread"),
    RECEIVER_NEVER_CONFIRMED("ReceiverNeverConfirmed", "correspondencereceiverneverconfirmed"),
    NOTIFICATION_CREATED("NotificationCreated", "notificationcreated"),
    NOTIFICATION_CREATION_FAILED("NotificationCreationFailed", "correspondencenotificationcreationfailed"),
    NOTIFICATION_FAILED("NotificationFailed", "correspondencenotificationfailed"),
    NOTIFICATION_ALL_FAILED("NotificationAllFailed", "correspondencenotificationallfailed"),
    NOTIFICATION_DELIVERED("NotificationDelivered", "correspondencenotificationdelivered"),
    NOTIFICATION_REMINDER_DELIVERED("NotificationReminderDelivered", "correspondencenotificationreminderdelivered");

    /// Before every name of a type.
    public static final String PREFIX = "no.altinn.correspondence.";

    private static final Map<String, CorrespondenceEventType> BY_NAME = byName();

    private final String camelCase;
    private final String lowerCase;

    CorrespondenceEventType(String camelCase, String lowerCase) {
        this.camelCase = camelCase;
        this.lowerCase = lowerCase;
    }

    private static Map<String, CorrespondenceEventType> byName() {
        var byName = new HashMap<String, CorrespondenceEventType>();
        Arrays.stream(values()).forEach(type -> {
            byName.put(type.lowerCase, type);
            byName.put(type.camelCase.toLowerCase(Locale.ROOT), type);
        });
        return Map.copyOf(byName);
    }

    /// The `type` attribute in that notation.
    public String in(Notation notation) {
        return PREFIX
                + switch (notation) {
                    case PARTY -> camelCase;
                    case URN -> lowerCase;
                };
    }

    /// Reads either spelling, in any case; empty for what is not a type of correspondence event.
    public static Optional<CorrespondenceEventType> parse(String type) {
        return type.regionMatches(true, 0, PREFIX, 0, PREFIX.length())
                ? Optional.ofNullable(
                        BY_NAME.get(type.substring(PREFIX.length()).toLowerCase(Locale.ROOT)))
                : Optional.empty();
    }
}
