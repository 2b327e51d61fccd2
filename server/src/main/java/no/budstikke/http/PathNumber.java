package no.budstikke.http;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongFunction;

/// A number in the path, as the contract binds it: white space around it does no harm, and anything else
/// is a 400 that names the value. Spec: events §9.2.
public final class PathNumber {

    private PathNumber() {}

    /// Hands on a number of 32 bits.
    ///
    /// @param name of the path's parameter
    /// @param work what is answered when it is a number
    public static Reply integer(Request request, String name, IntFunction<Reply> work) {
        return read(request, name, Integer.MIN_VALUE, Integer.MAX_VALUE, number -> work.apply((int) number));
    }

    /// As [#integer], with 64 bits.
    public static Reply number(Request request, String name, LongFunction<Reply> work) {
        return read(request, name, Long.MIN_VALUE, Long.MAX_VALUE, work);
    }

    private static Reply read(Request request, String name, long least, long most, LongFunction<Reply> work) {
        String given = request.pathParameter(name);
        long number;
        try {
            number = Long.parseLong(given.strip());
        } catch (NumberFormatException _) {
            return invalid(request, name, given);
        }
        return number < least || number > most ? invalid(request, name, given) : work.apply(number);
    }

    private static Reply invalid(Request request, String name, String given) {
        return Problem.validation(request, Map.of(name, List.of("The value '" + given + "' is not valid.")));
    }
}
