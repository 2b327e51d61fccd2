package no.budstikke.delivery;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import no.budstikke.database.Transaction;
import org.jspecify.annotations.Nullable;

/// One statement over any number of rows, which it is handed as one array for each column (`unnest`).
final class BatchStatement {

    private BatchStatement() {}

    /// Turns a list of values into the arrays that `unnest` takes, one for each column. Arrays of
    /// primitives and of texts go over the wire in binary form.
    static final class Columns<V> {

        private final Connection connection;
        private final List<V> values;

        Columns(Connection connection, List<V> values) {
            this.connection = connection;
            this.values = values;
        }

        Array ints(ToIntFunction<V> column) {
            return array("int4", values.stream().map(column::applyAsInt).toArray(Integer[]::new));
        }

        Array longs(ToLongFunction<V> column) {
            return array("int8", values.stream().map(column::applyAsLong).toArray(Long[]::new));
        }

        Array texts(Function<V, @Nullable String> column) {
            return array("text", values.stream().map(column).toArray(String[]::new));
        }

        Array times(Function<V, Instant> column) {
            return texts(value -> utc(column.apply(value)).toString());
        }

        private Array array(String type, @Nullable Object[] elements) {
            try {
                return connection.createArrayOf(type, elements);
            } catch (SQLException e) {
                throw new DeliveryFailed("can't make an array of " + type, e);
            }
        }
    }

    /// Runs one statement over all `values`, unless there are none.
    static <V> void update(Transaction tx, String sql, List<V> values, Function<Columns<V>, List<Array>> columns) {
        if (values.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = prepare(tx, sql, values, columns)) {
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new DeliveryFailed("can't settle " + values.size() + " deliveries", e);
        }
    }

    /// Runs one statement over all `values`, unless there are none.
    ///
    /// @return the distinct numbers that it returned
    static <V> Set<Integer> updateReturning(
            Transaction tx, String sql, List<V> values, Function<Columns<V>, List<Array>> columns) {
        var returned = new HashSet<Integer>();
        if (values.isEmpty()) {
            return returned;
        }
        try (PreparedStatement statement = prepare(tx, sql, values, columns);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                returned.add(rows.getInt(1));
            }
            return returned;
        } catch (SQLException e) {
            throw new DeliveryFailed("can't settle " + values.size() + " deliveries", e);
        }
    }

    private static <V> PreparedStatement prepare(
            Transaction tx, String sql, List<V> values, Function<Columns<V>, List<Array>> columns) throws SQLException {
        PreparedStatement statement = tx.connection().prepareStatement(sql);
        int position = 1;
        for (Array column : columns.apply(new Columns<>(tx.connection(), values))) {
            statement.setArray(position++, column);
        }
        return statement;
    }

    static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
