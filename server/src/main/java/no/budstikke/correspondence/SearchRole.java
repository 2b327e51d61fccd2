package no.budstikke.correspondence;

/// As whom a party searches. Spec: correspondence §2.2 P6.
enum SearchRole implements WireEnum {
    RECIPIENT(0),
    SENDER(1),
    RECIPIENT_AND_SENDER(2);

    private final int number;

    SearchRole(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
