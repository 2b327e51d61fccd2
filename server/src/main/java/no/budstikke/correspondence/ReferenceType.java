package no.budstikke.correspondence;

/// What an external reference points to. Spec: correspondence §1.2, §4.5.
enum ReferenceType implements WireEnum {
    GENERIC(0),
    ALTINN_APP_INSTANCE(1),
    ALTINN_BROKER_FILE_TRANSFER(2),
    DIALOGPORTEN_DIALOG_ID(3),
    DIALOGPORTEN_PROCESS_ID(4),
    DIALOGPORTEN_TRANSMISSION_ID(5),
    DIALOGPORTEN_TRANSMISSION_TYPE(6);

    private final int number;

    ReferenceType(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
