package no.budstikke.correspondence;

/// What the body of a notification's e-mail is written in. Spec: correspondence §1.2.
enum EmailContentType implements WireEnum {
    PLAIN(0),
    HTML(1);

    private final int number;

    EmailContentType(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
