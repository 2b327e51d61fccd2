package no.budstikke.correspondence;

/// What kind of transmission in a dialog a correspondence becomes. Spec: correspondence §1.2, §4.5.
enum TransmissionType implements WireEnum {
    INFORMATION(1),
    ACCEPTANCE(2),
    REJECTION(3),
    REQUEST(4),
    ALERT(5),
    DECISION(6),
    SUBMISSION(7),
    CORRECTION(8);

    private final int number;

    TransmissionType(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
