package no.budstikke.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderGateTest {

    private static final long KEY = 7;

    private final OrderGate<String> gate = new OrderGate<>(false);

    @Test
    void the_first_goes_and_the_others_wait_until_it_is_over() {
        assertThat(gate.admit(KEY, "a", true)).isEqualTo(OrderGate.Verdict.GO);
        assertThat(gate.admit(KEY, "b", true)).isEqualTo(OrderGate.Verdict.WAIT);
        assertThat(gate.admit(8, "other", true)).isEqualTo(OrderGate.Verdict.GO);
        assertThat(gate.over(KEY)).isEqualTo("b");
        assertThat(gate.over(KEY)).isNull();
        assertThat(gate.admit(KEY, "c", true)).isEqualTo(OrderGate.Verdict.GO);
    }

    @Test
    void what_waits_behind_a_failed_one_follows_it_and_so_does_what_comes_later_until_the_store_is_known_to_be_clear() {
        gate.admit(KEY, "a", true);
        gate.admit(KEY, "b", true);
        assertThat(gate.putBack(KEY, 1)).containsExactly("b");
        assertThat(gate.admit(KEY, "c", true)).isEqualTo(OrderGate.Verdict.STORE);
        assertThat(gate.admit(8, "other", true)).isEqualTo(OrderGate.Verdict.GO);
        gate.written(KEY);
        gate.written(KEY);
        gate.countBegins();
        gate.written(KEY);
        gate.counted(List.of(), true);
        assertThat(gate.admit(KEY, "d", true)).as("c was written meanwhile").isEqualTo(OrderGate.Verdict.STORE);
        gate.written(KEY);
        gate.countBegins();
        gate.counted(List.of(), true);
        assertThat(gate.admit(KEY, "e", true)).isEqualTo(OrderGate.Verdict.GO);
    }

    @Test
    void a_row_that_was_read_before_its_instance_was_put_back_stays_where_it_is() {
        gate.lookBegins();
        gate.admit(KEY, "a", true);
        gate.putBack(KEY, 1);
        gate.written(KEY);
        assertThat(gate.resume(KEY, "read before")).isEqualTo(OrderGate.Verdict.STORE);
        gate.lookBegins();
        assertThat(gate.resume(KEY, "read again")).isEqualTo(OrderGate.Verdict.GO);
    }

    /// A model of the lane, the settlement, the backlog and the pump, whose steps interleave at random:
    /// items fail at random, memory is short, writes come late and looks are old when they are used.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void in_every_interleaving_each_key_succeeds_in_order_and_everything_gets_through(long seed) {
        new Walk(seed).walk();
    }

    private record Item(long key, int number) {}

    private static final class Walk {

        private static final int KEYS = 5;
        private static final int ITEMS = 3_000;

        private final long seed;
        private final SplittableRandom random;
        private final OrderGate<Item> gate = new OrderGate<>(false);
        private final Queue<Item> ready = new ArrayDeque<>();
        private final List<Item> underWay = new ArrayList<>();
        private final Set<Item> held = new HashSet<>();
        /// Handed in and not yet written: put (true) or removed (false).
        private final Queue<Map.Entry<Item, Boolean>> handedIn = new ArrayDeque<>();

        private final TreeMap<Integer, Item> store = new TreeMap<>();
        private List<Item> seen = List.of();
        private final Set<Item> heldAtLook = new HashSet<>();
        private boolean counting;
        private Set<Long> count = Set.of();
        private final Map<Long, List<Integer>> succeeded = new LinkedHashMap<>();
        private int published;

        Walk(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
        }

        void walk() {
            int steps = 0;
            while (done() < ITEMS) {
                assertThat(steps++).as("seed %d: stuck", seed).isLessThan(2_000_000);
                switch (random.nextInt(8)) {
                    case 0 -> publish();
                    case 1, 2 -> take();
                    case 3 -> end();
                    case 4 -> write();
                    case 5 -> look();
                    case 6 -> resume();
                    default -> count();
                }
            }
            succeeded.forEach((key, numbers) -> assertThat(numbers)
                    .as("seed %d, key %d", seed, key)
                    .isSortedAccordingTo(Comparator.naturalOrder())
                    .doesNotHaveDuplicates());
        }

        private int done() {
            return succeeded.values().stream().mapToInt(List::size).sum();
        }

        private void publish() {
            if (published == ITEMS) {
                return;
            }
            var item = new Item(random.nextInt(1, KEYS + 1), published++);
            switch (gate.admit(item.key(), item, gate.waiting() + ready.size() < 10)) {
                case GO -> ready.add(item);
                case WAIT -> {}
                case STORE -> handedIn.add(Map.entry(item, true));
            }
        }

        private void take() {
            Item next = ready.poll();
            if (next != null) {
                assertThat(underWay.stream().filter(other -> other.key() == next.key()))
                        .as("seed %d: at once with %s", seed, next)
                        .isEmpty();
                underWay.add(next);
            }
        }

        private void end() {
            if (underWay.isEmpty()) {
                return;
            }
            Item item = underWay.remove(random.nextInt(underWay.size()));
            if (random.nextInt(5) == 0) {
                handedIn.add(Map.entry(item, true));
                gate.putBack(item.key(), 1).forEach(follower -> handedIn.add(Map.entry(follower, true)));
            } else {
                succeeded.computeIfAbsent(item.key(), _ -> new ArrayList<>()).add(item.number());
                handedIn.add(Map.entry(item, false));
                Item next = gate.over(item.key());
                if (next != null) {
                    ready.add(next);
                }
            }
        }

        private void write() {
            for (int i = random.nextInt(4); i > 0 && !handedIn.isEmpty(); i--) {
                var next = handedIn.remove();
                Item item = next.getKey();
                held.remove(item);
                if (next.getValue()) {
                    store.put(item.number(), item);
                    gate.written(item.key());
                } else {
                    store.remove(item.number());
                }
            }
        }

        /// Of each key the first, and perhaps those that follow it.
        private void look() {
            gate.lookBegins();
            heldAtLook.clear();
            heldAtLook.addAll(held);
            boolean followers = random.nextBoolean();
            Map<Long, List<Item>> byKey = new HashMap<>();
            store.values()
                    .forEach(item -> byKey.computeIfAbsent(item.key(), _ -> new ArrayList<>())
                            .add(item));
            seen = byKey.values().stream()
                    .filter(items -> !heldAtLook.contains(items.getFirst()))
                    .flatMap(items -> items.stream().limit(followers ? 3 : 1))
                    .sorted(Comparator.comparingInt(Item::number))
                    .toList();
        }

        private void resume() {
            for (Item item : seen) {
                if (heldAtLook.contains(item) || held.contains(item)) {
                    continue;
                }
                switch (gate.resume(item.key(), item)) {
                    case GO -> {
                        held.add(item);
                        ready.add(item);
                    }
                    case WAIT -> held.add(item);
                    case STORE -> {}
                }
            }
            seen = List.of();
        }

        private void count() {
            if (!counting) {
                gate.countBegins();
                count = new HashSet<>();
                store.values().forEach(item -> count.add(item.key()));
            } else {
                gate.counted(count, random.nextInt(10) > 0);
            }
            counting = !counting;
        }
    }
}
