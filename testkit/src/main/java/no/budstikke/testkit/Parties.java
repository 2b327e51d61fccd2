package no.budstikke.testkit;

/// The synthetic parties and resources that a server in development knows from its start. None of them
/// exists.
public final class Parties {

    /// An organisation.
    public record Organization(String number, int partyId, String name) {

        /// `urn:altinn:organization:identifier-no:…`
        public String urn() {
            return "urn:altinn:organization:identifier-no:" + number;
        }

        /// `/organisation/…`, as alternative subject and as consumer.
        public String path() {
            return "/organisation/" + number;
        }

        /// `/party/…`, as subject.
        public String party() {
            return "/party/" + partyId;
        }
    }

    /// A person.
    public record Person(String number) {

        /// `urn:altinn:person:identifier-no:…`
        public String urn() {
            return "urn:altinn:person:identifier-no:" + number;
        }

        /// `/person/…`, as alternative subject.
        public String path() {
            return "/person/" + number;
        }
    }

    public static final Organization RECIPIENT = new Organization("123456789", 50015641, "Eksempel Mottaker AS");
    public static final Organization TTD = new Organization("991825827", 50000001, "Testdepartementet");
    public static final Organization FIRST_OTHER = new Organization("310000018", 50000002, "310000018");
    public static final Organization SECOND_OTHER = new Organization("310000026", 50000003, "310000026");
    public static final Organization THIRD_OTHER = new Organization("310000034", 50000004, "310000034");

    /// The code of the service owner, [#TTD], that owns the resources.
    public static final String TTD_CODE = "ttd";

    /// How many resources there are; all have the same policy, so that tests can keep apart.
    public static final int RESOURCES = 5;

    /// The apps of [#TTD] that the server knows from its start; all have the same policy. Their
    /// resources are `urn:altinn:resource:app_ttd_…`.
    public static final String APP = "apps-test";

    public static final String SECOND_APP = "endring-av-navn-v2";

    private static final int[] FIRST_WEIGHTS = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    private static final int[] SECOND_WEIGHTS = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};

    private Parties() {}

    /// The id of one of the resources.
    ///
    /// @param n from 1 to [#RESOURCES]
    public static String resource(int n) {
        if (n < 1 || n > RESOURCES) {
            throw new IllegalArgumentException("There are resources 1 to " + RESOURCES + ", not " + n);
        }
        return "altinn-correspondence-test-resource-" + n;
    }

    /// The same as `urn:altinn:resource:…`.
    public static String resourceUrn(int n) {
        return "urn:altinn:resource:" + resource(n);
    }

    /// The n-th person, always the same: a valid national identity number of the synthetic series (month
    /// + 80), born on one of the first 28 days of a month between 1950 and 1999. Spec: authorization
    /// §11.3.
    ///
    /// @param n from 0
    public static Person syntheticPerson(int n) {
        int day = 1 + n % 28;
        int month = 81 + n / 28 % 12;
        int year = 50 + n / (28 * 12) % 50;
        int round = n / (28 * 12 * 50);
        int valid = 0;
        for (int individual = 0; individual < 500; individual++) {
            String start = "%02d%02d%02d%03d".formatted(day, month, year, individual);
            int first = control(start, FIRST_WEIGHTS);
            int second = control(start + first, SECOND_WEIGHTS);
            if (first < 10 && second < 10 && valid++ == round) {
                return new Person(start + first + second);
            }
        }
        throw new IllegalArgumentException("There are not so many synthetic persons: " + n);
    }

    /// 10 means that no number begins like this.
    private static int control(String digits, int[] weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * (digits.charAt(i) - '0');
        }
        return (11 - sum % 11) % 11;
    }
}
