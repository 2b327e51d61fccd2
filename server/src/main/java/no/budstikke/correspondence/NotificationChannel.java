package no.budstikke.correspondence;

/// How a recipient is told of a correspondence. Spec: correspondence §1.2, §4.8.
enum NotificationChannel implements WireEnum {
    EMAIL(0),
    SMS(1),
    EMAIL_PREFERRED(2),
    SMS_PREFERRED(3),
    EMAIL_AND_SMS(4);

    private final int number;

    NotificationChannel(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
