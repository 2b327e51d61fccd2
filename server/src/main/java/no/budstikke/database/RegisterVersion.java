package no.budstikke.database;

/// How often a register has been changed, by whomever: its tables count that themselves, in the
/// transaction that changes them.
public enum RegisterVersion {
    PARTY,
    RESOURCE;

    /// No version that a register ever has.
    public static final long NONE = -1;

    private static final String READ = """
            select version
              from register_version
             where register = lower(:register)
            """;

    /// The version that the transaction sees. Whoever asks for it before reading the register may read
    /// something newer, never something older. One statement, of one row.
    public long read(Transaction tx) {
        return tx.handle()
                .createQuery(READ)
                .bind("register", name())
                .mapTo(Long.class)
                .one();
    }
}
