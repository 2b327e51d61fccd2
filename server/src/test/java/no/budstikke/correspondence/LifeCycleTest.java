package no.budstikke.correspondence;

import static no.budstikke.correspondence.CorrespondenceStatus.ATTACHMENTS_DOWNLOADED;
import static no.budstikke.correspondence.CorrespondenceStatus.CONFIRMED;
import static no.budstikke.correspondence.CorrespondenceStatus.FAILED;
import static no.budstikke.correspondence.CorrespondenceStatus.FETCHED;
import static no.budstikke.correspondence.CorrespondenceStatus.FORWARDED;
import static no.budstikke.correspondence.CorrespondenceStatus.INITIALIZED;
import static no.budstikke.correspondence.CorrespondenceStatus.PUBLISHED;
import static no.budstikke.correspondence.CorrespondenceStatus.PURGED_BY_ALTINN;
import static no.budstikke.correspondence.CorrespondenceStatus.PURGED_BY_RECIPIENT;
import static no.budstikke.correspondence.CorrespondenceStatus.READ;
import static no.budstikke.correspondence.CorrespondenceStatus.READY_FOR_PUBLISH;
import static no.budstikke.correspondence.CorrespondenceStatus.RESERVED;
import static no.budstikke.correspondence.LifeCycle.Omission.NEVER_CONFIRMED;
import static no.budstikke.correspondence.LifeCycle.Omission.NEVER_READ;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import no.budstikke.correspondence.LifeCycle.Action;
import no.budstikke.correspondence.LifeCycle.Verdict;
import no.budstikke.correspondence.StatusHistory.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifeCycleTest {

    private static final Action PUBLISH = new Action.Publish(Optional.empty());
    private static final Action FAIL = new Action.Publish(Optional.of("no such party"));
    private static final Action RECIPIENT_PURGES = new Action.PurgeAsRecipient(false);
    private static final Action RECIPIENT_PURGES_CONFIRMED = new Action.PurgeAsRecipient(true);

    private static final List<Action> ACTIONS = List.of(
            PUBLISH,
            FAIL,
            new Action.Fetch(),
            new Action.ReadContent(),
            new Action.MarkAsRead(),
            new Action.Confirm(),
            new Action.PurgeAsSender(),
            RECIPIENT_PURGES,
            RECIPIENT_PURGES_CONFIRMED);

    @Test
    void a_new_correspondence_is_hidden_from_its_recipient() {
        StatusHistory past = history(INITIALIZED, READY_FOR_PUBLISH);
        assertRefused(past, new Action.Fetch(), Refusal.CORRESPONDENCE_NOT_FOUND);
        assertRefused(past, new Action.ReadContent(), Refusal.CORRESPONDENCE_NOT_FOUND);
        assertRefused(past, new Action.MarkAsRead(), Refusal.CORRESPONDENCE_NOT_FOUND);
        assertRefused(past, new Action.Confirm(), Refusal.CORRESPONDENCE_NOT_FOUND);
        assertRefused(past, RECIPIENT_PURGES, Refusal.CORRESPONDENCE_NOT_FOUND);
        assertGranted(past, PUBLISH, PUBLISHED);
    }

    @Test
    void reading_and_confirming_need_a_fetch_and_happen_once() {
        StatusHistory published = history(INITIALIZED, READY_FOR_PUBLISH, PUBLISHED);
        assertRefused(published, new Action.MarkAsRead(), Refusal.READ_BEFORE_FETCHED);
        assertRefused(published, new Action.Confirm(), Refusal.CONFIRM_BEFORE_FETCHED);
        StatusHistory fetched = history(INITIALIZED, READY_FOR_PUBLISH, PUBLISHED, FETCHED);
        assertGranted(fetched, new Action.MarkAsRead(), READ);
        assertGranted(fetched, new Action.Confirm(), CONFIRMED);
        StatusHistory done = history(INITIALIZED, READY_FOR_PUBLISH, PUBLISHED, FETCHED, READ, CONFIRMED);
        assertRefused(done, new Action.MarkAsRead(), Refusal.ALREADY_READ);
        assertRefused(done, new Action.Confirm(), Refusal.ALREADY_CONFIRMED);
        assertThat(LifeCycle.of(done, new Action.ReadContent())).isEqualTo(new Verdict.Unchanged());
    }

    @Test
    void a_download_hides_a_later_confirmation_but_does_not_undo_it() {
        StatusHistory past = history(INITIALIZED, PUBLISHED, FETCHED, ATTACHMENTS_DOWNLOADED, CONFIRMED);
        assertThat(past.current().status()).isEqualTo(ATTACHMENTS_DOWNLOADED);
        assertRefused(past, new Action.Confirm(), Refusal.ALREADY_CONFIRMED);
        assertGranted(past, RECIPIENT_PURGES_CONFIRMED, PURGED_BY_RECIPIENT);
    }

    @Test
    void what_was_purged_stays_hidden_whatever_has_the_highest_number() {
        StatusHistory past = history(INITIALIZED, PUBLISHED, FORWARDED, PURGED_BY_RECIPIENT);
        assertThat(past.current().status()).isEqualTo(FORWARDED);
        assertThat(past.isAvailableToRecipient()).isFalse();
        assertRefused(past, RECIPIENT_PURGES, Refusal.ALREADY_PURGED);
        assertRefused(past, new Action.PurgeAsSender(), Refusal.ALREADY_PURGED);
    }

    @Test
    void a_purged_correspondence_is_not_published_afterwards() {
        StatusHistory past = history(INITIALIZED, READY_FOR_PUBLISH, PURGED_BY_ALTINN);
        assertThat(LifeCycle.of(past, PUBLISH)).isEqualTo(new Verdict.Unchanged());
        assertThat(LifeCycle.of(past, FAIL)).isEqualTo(new Verdict.Unchanged());
    }

    @Test
    void the_sender_purges_before_publication_or_after_a_failure() {
        assertGranted(history(INITIALIZED), new Action.PurgeAsSender(), PURGED_BY_ALTINN);
        assertGranted(history(INITIALIZED, READY_FOR_PUBLISH, FAILED), new Action.PurgeAsSender(), PURGED_BY_ALTINN);
        assertRefused(
                history(INITIALIZED, READY_FOR_PUBLISH, PUBLISHED),
                new Action.PurgeAsSender(),
                Refusal.PURGE_AFTER_PUBLISH);
    }

    @Test
    void the_recipient_confirms_before_purging_where_the_sender_asks_for_it() {
        StatusHistory past = history(INITIALIZED, READY_FOR_PUBLISH, PUBLISHED, FETCHED);
        assertRefused(past, RECIPIENT_PURGES_CONFIRMED, Refusal.PURGE_BEFORE_CONFIRMED);
        assertGranted(past, RECIPIENT_PURGES, PURGED_BY_RECIPIENT);
    }

    @Test
    void a_reserved_correspondence_is_never_published() {
        assertThat(LifeCycle.of(history(INITIALIZED, RESERVED), PUBLISH)).isEqualTo(new Verdict.Unchanged());
    }

    @Test
    void a_failure_tells_its_reason() {
        assertThat(LifeCycle.of(history(INITIALIZED, READY_FOR_PUBLISH), FAIL))
                .isEqualTo(new Verdict.Granted(FAILED, "no such party"));
    }

    @Test
    void what_is_left_undone_is_told_once_published_and_not_purged() {
        assertThat(LifeCycle.overdue(history(INITIALIZED, READY_FOR_PUBLISH), true))
                .isEmpty();
        assertThat(LifeCycle.overdue(history(INITIALIZED, READY_FOR_PUBLISH, FAILED), true))
                .isEmpty();
        assertThat(LifeCycle.overdue(history(INITIALIZED, PUBLISHED), false)).containsExactly(NEVER_READ);
        assertThat(LifeCycle.overdue(history(INITIALIZED, PUBLISHED), true))
                .containsExactly(NEVER_READ, NEVER_CONFIRMED);
        assertThat(LifeCycle.overdue(history(INITIALIZED, PUBLISHED, FETCHED, READ), true))
                .containsExactly(NEVER_CONFIRMED);
        assertThat(LifeCycle.overdue(history(INITIALIZED, PUBLISHED, PURGED_BY_RECIPIENT), false))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void no_step_but_a_fetch_is_granted_twice_and_none_after_a_purge(long seed) {
        var random = new SplittableRandom(seed);
        for (int life = 0; life < 2_000; life++) {
            StatusHistory past = randomLife(random);
            for (Action action : ACTIONS) {
                if (LifeCycle.of(past, action) instanceof Verdict.Granted(CorrespondenceStatus step, String _)) {
                    assertThat(past.hasBeenPurged())
                            .as("seed %d: %s after %s", seed, action, past)
                            .isFalse();
                    if (step != FETCHED) {
                        assertThat(past.hasBeen(step))
                                .as("seed %d: %s after %s", seed, action, past)
                                .isFalse();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void nothing_of_the_recipients_comes_before_publication_and_publishing_and_failing_exclude_each_other(long seed) {
        var random = new SplittableRandom(seed);
        for (int life = 0; life < 2_000; life++) {
            StatusHistory past = randomLife(random);
            List<CorrespondenceStatus> steps =
                    past.entries().stream().map(Entry::status).toList();
            for (CorrespondenceStatus recipients : List.of(FETCHED, READ, CONFIRMED, PURGED_BY_RECIPIENT)) {
                if (steps.contains(recipients)) {
                    assertThat(steps.indexOf(PUBLISHED))
                            .as("seed %d: %s", seed, steps)
                            .isBetween(0, steps.indexOf(recipients));
                }
            }
            assertThat(steps.contains(PUBLISHED) && steps.contains(FAILED))
                    .as("seed %d: %s", seed, steps)
                    .isFalse();
        }
    }

    private static StatusHistory randomLife(SplittableRandom random) {
        var entries = new ArrayList<>(history(INITIALIZED, READY_FOR_PUBLISH).entries());
        int asked = random.nextInt(20);
        for (int i = 0; i < asked; i++) {
            Action action = ACTIONS.get(random.nextInt(ACTIONS.size()));
            if (LifeCycle.of(new StatusHistory(entries), action) instanceof Verdict.Granted granted) {
                entries.add(new Entry(granted.step(), granted.text(), Instant.EPOCH.plusSeconds(entries.size())));
            }
        }
        return new StatusHistory(entries);
    }

    private static StatusHistory history(CorrespondenceStatus... steps) {
        var entries = new ArrayList<Entry>();
        for (CorrespondenceStatus step : steps) {
            entries.add(new Entry(step, step.wire(), Instant.EPOCH.plusSeconds(entries.size())));
        }
        return new StatusHistory(entries);
    }

    private static void assertGranted(StatusHistory past, Action asked, CorrespondenceStatus step) {
        assertThat(LifeCycle.of(past, asked)).isEqualTo(new Verdict.Granted(step, step.wire()));
    }

    private static void assertRefused(StatusHistory past, Action asked, Refusal why) {
        assertThat(LifeCycle.of(past, asked)).isEqualTo(new Verdict.Refused(why));
    }
}
