package no.budstikke.correspondence;

/// Every lawful no of this room, in the contract's order. Clients look at status and code; the text is
/// free. Spec:
/// correspondence §3.2.
enum Refusal {
    CORRESPONDENCE_NOT_FOUND(1001, 404, "The correspondence does not exist, or is not available."),
    TITLE_NOT_PLAIN(1002, 400, "The title must be plain text, without HTML and markdown."),
    ATTACHMENTS_WITHOUT_FILES(1005, 400, "There must be exactly one uploaded file for each new attachment."),
    DUPLICATE_RECIPIENT(1006, 400, "The same recipient is named more than once."),
    ATTACHMENT_UNKNOWN(1007, 400, "An existing attachment is not known."),
    DUE_IN_THE_PAST(1008, 400, "The due time lies in the past."),
    DUE_BEFORE_PUBLISH(1009, 400, "The due time lies before the publish time."),
    PURGE_AFTER_PUBLISH(1013, 400, "The sender can't delete a correspondence that has been published."),
    ALREADY_PURGED(1014, 400, "The correspondence has been deleted already."),
    CONFIRMATION_WITHOUT_DUE_TIME(1016, 400, "A correspondence that needs confirmation must have a due time."),
    READ_BEFORE_FETCHED(1024, 400, "The correspondence must be fetched before it can be marked as read."),
    CONFIRM_BEFORE_FETCHED(1025, 400, "The correspondence must be fetched before it can be confirmed."),
    PURGE_BEFORE_CONFIRMED(1026, 400, "The correspondence must be confirmed before the recipient can delete it."),
    FROM_AFTER_TO(1027, 400, "The time `from` lies after `to`."),
    RECIPIENT_UNKNOWN(1029, 404, "Not every recipient is known to the register."),
    KEY_USED(1034, 409, "A correspondence with this idempotency key exists already."),
    REPLY_URL_INVALID(1035, 400, "A reply option's URL must be an absolute https address of at most 255 characters."),
    RESOURCE_UNKNOWN(1036, 400, "The resource is not known."),
    MESSAGE_SENDER_NOT_PLAIN(1039, 400, "The message sender must be plain text, without HTML and markdown."),
    ALREADY_READ(1040, 400, "The correspondence has been read already."),
    ALREADY_CONFIRMED(1041, 400, "The correspondence has been confirmed already."),
    PURGE_OF_TRANSMISSION(1043, 400, "A correspondence that is a transmission in a dialog can't be deleted."),
    TRANSMISSION_TO_MANY(1045, 400, "A transmission in a dialog has exactly one recipient."),
    KEY_WITH_MANY_RECIPIENTS(1047, 400, "An idempotency key can't be used with several recipients."),
    DIALOG_ID_INVALID(1048, 400, "The dialog's id is not a UUID."),
    TRANSMISSION_WITH_ANSWERS(1051, 400, "A transmission in a dialog can't have reply options or need confirmation."),
    TRANSMISSION_TYPES(1052, 400, "There may be only one transmission type."),
    TRANSMISSION_TYPE_WITHOUT_DIALOG(1053, 400, "A transmission type needs a dialog id."),
    CONFIDENTIAL_MISSING(1060, 400, "The resource is confidential: isConfidential must be set."),
    CONFIDENTIAL_NOT_ALLOWED(1061, 400, "The resource is not confidential: isConfidential must not be set."),
    FORWARDING_OF_PROTECTED(
            1068, 400, "Forwarding can't be allowed on a resource that demands an authentication level."),
    EMAIL_TEXT_MISSING(3002, 400, "Notification by e-mail needs a subject and a body."),
    REMINDER_EMAIL_TEXT_MISSING(3003, 400, "A reminder by e-mail needs a subject and a body."),
    SMS_TEXT_MISSING(3004, 400, "Notification by SMS needs a text."),
    REMINDER_SMS_TEXT_MISSING(3005, 400, "A reminder by SMS needs a text."),
    PREFERRED_TEXT_MISSING(3006, 400, "A preferred channel needs an e-mail subject, an e-mail body and an SMS text."),
    REMINDER_PREFERRED_TEXT_MISSING(
            3007, 400, "A reminder's preferred channel needs an e-mail subject, body and SMS text."),
    EMAIL_MALFORMED(3011, 400, "An e-mail address is malformed."),
    MOBILE_MALFORMED(3012, 400, "A mobile number is malformed; it begins with + or 00 and a country code."),
    RECIPIENT_NAME_NOT_KNOWN(3015, 400, "$recipientName$ can't be used for a custom e-mail address or mobile number."),
    CUSTOM_RECIPIENTS_OF_MANY(3017, 400, "Custom recipients can't be used with several recipients."),
    CUSTOM_RECIPIENT_AMBIGUOUS(3018, 400, "A custom recipient has more than one identifier."),
    CUSTOM_RECIPIENT_EMPTY(3019, 400, "A custom recipient has no identifier."),
    OVERRIDE_WITHOUT_RECIPIENTS(
            3022, 400, "Registered contact information can be overridden only with custom recipients."),
    TEMPLATE_UNKNOWN(3023, 400, "The notification template is not known."),
    BOTH_TEXTS_MISSING(3024, 400, "E-mail and SMS together need an e-mail subject, an e-mail body and an SMS text."),
    REMINDER_BOTH_TEXTS_MISSING(3025, 400, "A reminder by e-mail and SMS needs an e-mail subject, body and SMS text."),
    NO_ACCESS(4001, 401, "You don't have access to this resource for this party."),
    CALLER_UNKNOWN(4002, 400, "The caller is not known to the register."),
    CALLER_UNDETERMINED(4006, 401, "The token does not say for whom the caller acts."),
    RESOURCE_TYPE(4010, 400, "Correspondences can't be sent on a resource of this type.");

    private final int code;
    private final int status;
    private final String text;

    Refusal(int code, int status, String text) {
        this.code = code;
        this.status = status;
        this.text = text;
    }

    int code() {
        return code;
    }

    /// Of HTTP.
    int status() {
        return status;
    }

    String text() {
        return text;
    }
}
