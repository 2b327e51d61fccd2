package no.budstikke.correspondence;

/// Which texts a notification has. Spec: correspondence §1.2, §4.8.
enum NotificationTemplate implements WireEnum {
    CUSTOM_MESSAGE(0),
    GENERIC_ALTINN_MESSAGE(1);

    private final int number;

    NotificationTemplate(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
