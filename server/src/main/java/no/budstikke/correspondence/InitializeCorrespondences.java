package no.budstikke.correspondence;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import no.budstikke.access.Access;
import no.budstikke.correspondence.CorrespondenceStore.Addressed;
import no.budstikke.correspondence.InitializationRules.Broken;
import no.budstikke.correspondence.Letter.ExternalReference;
import no.budstikke.correspondence.StatusHistory.Entry;
import no.budstikke.database.Database;
import no.budstikke.database.Transaction;
import no.budstikke.event.CorrespondenceEventType;
import no.budstikke.event.EventLog;
import no.budstikke.identity.Caller;
import no.budstikke.party.Party;
import no.budstikke.party.PartyIdentifier;
import no.budstikke.party.PartyRegister;
import no.budstikke.resource.Resource;
import no.budstikke.resource.ResourceRegistry;
import no.budstikke.schedule.Timers;
import no.budstikke.time.Ids;

/// Sends a letter: one correspondence for each recipient, all of them or none, with their events and
/// timers in the same
/// transaction. Spec: correspondence §2.2 P1, §4.1.
final class InitializeCorrespondences {

    private final Database database;
    private final CorrespondenceStore correspondences;
    private final ResourceRegistry resources;
    private final PartyRegister parties;
    private final Access access;
    private final Timers timers;
    private final CorrespondenceEvents events;
    private final EventLog log;
    private final Ids ids;

    InitializeCorrespondences(
            CorrespondenceRoom.Neighbours next, CorrespondenceStore correspondences, CorrespondenceEvents events) {
        this.database = next.database();
        this.correspondences = correspondences;
        this.resources = next.resources();
        this.parties = next.parties();
        this.access = next.access();
        this.timers = next.timers();
        this.events = events;
        this.log = next.log();
        this.ids = next.ids();
    }

    /// One of the correspondences that were made.
    record Initialized(UUID id, PartyIdentifier recipient) {}

    Outcome<List<Initialized>> initialize(Caller caller, InitializeRequest request, Instant now) {
        if (request.idempotentKey().isPresent() && request.recipients().size() > 1) {
            return Outcome.refused(Refusal.KEY_WITH_MANY_RECIPIENTS);
        }
        Optional<Resource> found = resources.find(request.letter().resource());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.RESOURCE_UNKNOWN);
        }
        Resource resource = found.get();
        boolean permitted = access.permits(caller, Set.of("write"), resource, resource.owner(), Optional.empty());
        Optional<UUID> existing = request.idempotentKey()
                .flatMap(key -> database.inTransaction(tx -> correspondences.withKey(tx, resource.owner(), key)));
        if (existing.isPresent()) {
            return keyUsed(existing.filter(_ -> permitted));
        }
        if (!permitted) {
            return Outcome.refused(Refusal.NO_ACCESS);
        }
        return InitializationRules.wrongType(request.letter(), resource)
                .<Outcome<List<Initialized>>>map(InitializeCorrespondences::refused)
                .orElseGet(() -> switch (CallerParty.of(caller, parties)) {
                    case CallerParty.Undetermined _ -> Outcome.refused(Refusal.CALLER_UNDETERMINED);
                    case CallerParty.Unknown _ -> Outcome.refused(Refusal.CALLER_UNKNOWN);
                    case CallerParty.Known by -> checkAndStore(request, resource, by.party(), now);
                });
    }

    private Outcome<List<Initialized>> checkAndStore(
            InitializeRequest request, Resource resource, Party by, Instant now) {
        ResourceTerms terms = resources
                .policy(resource.id())
                .map(ResourceTerms::of)
                .orElseThrow(() -> new IllegalStateException("a resource without a policy: " + resource.id()));
        Optional<Broken> broken = InitializationRules.firstBroken(
                request, resource, terms, party -> parties.find(party).isPresent(), now);
        return broken.isPresent()
                ? refused(broken.get())
                : database.inTransaction(tx -> store(tx, request, resource, by, now));
    }

    private Outcome<List<Initialized>> store(
            Transaction tx, InitializeRequest request, Resource resource, Party by, Instant now) {
        List<Addressed> addressed =
                request.recipients().stream().map(this::addressed).toList();
        Optional<UUID> key = request.idempotentKey();
        if (key.isPresent()
                && !correspondences.claimKey(
                        tx, resource.owner(), key.get(), addressed.getFirst().id())) {
            return keyUsed(correspondences.withKey(tx, resource.owner(), key.get()));
        }
        Letter letter = request.letter();
        correspondences.insertAll(
                tx,
                letter,
                resource.owner(),
                addressed,
                addressed.stream().map(one -> dialog(letter, one.id())).toList(),
                now,
                by.uuid());
        log.append(
                tx,
                addressed.stream()
                        .map(one -> begun(one, letter, resource, now))
                        .flatMap(one -> events.of(CorrespondenceEventType.INITIALIZED, one, now).stream())
                        .toList());
        List<String> timed = addressed.stream().map(one -> one.id().toString()).toList();
        letter.dueDateTime().ifPresent(due -> timers.setAll(tx, CheckDueDate.TIMER, timed, due));
        timers.setAll(tx, PublishCorrespondence.TIMER, timed, later(letter.requestedPublishTime(), now));
        return new Outcome.Done<>(addressed.stream()
                .map(one -> new Initialized(one.id(), one.recipient()))
                .toList());
    }

    private Addressed addressed(Recipient recipient) {
        PartyIdentifier identifier = recipient.party().orElseThrow();
        Party party = parties.find(identifier).orElseThrow();
        return new Addressed(ids.timeOrdered(), identifier, titleCase(party.name()));
    }

    private static Correspondence begun(Addressed one, Letter letter, Resource resource, Instant now) {
        var initialized = CorrespondenceStatus.INITIALIZED;
        return new Correspondence(
                one.id(),
                resource.owner(),
                one.recipient(),
                letter,
                now,
                new StatusHistory(List.of(new Entry(initialized, initialized.wire(), now))));
    }

    /// There is no Dialogporten here, but clients look for its ids: each correspondence has one, always
    /// the same. Spec:
    /// correspondence §14.3.
    private static ExternalReference dialog(Letter letter, UUID id) {
        return new ExternalReference(
                letter.isTransmission()
                        ? ReferenceType.DIALOGPORTEN_TRANSMISSION_ID
                        : ReferenceType.DIALOGPORTEN_DIALOG_ID,
                Ids.derived("dialog", id.toString()).toString());
    }

    /// Names stand in capitals in the register, and not in letters. Spec: correspondence §4.6.
    static String titleCase(String name) {
        return Arrays.stream(name.split("(?<=[\\s-])|(?=[\\s-])", -1))
                .map(word -> word.isEmpty()
                        ? word
                        : word.substring(0, 1).toUpperCase(Locale.ROOT)
                                + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Outcome<List<Initialized>> keyUsed(Optional<UUID> existing) {
        return new Outcome.Refused<>(Refusal.KEY_USED, Refusal.KEY_USED.text(), existing);
    }

    private static Outcome<List<Initialized>> refused(Broken broken) {
        return new Outcome.Refused<>(broken.why(), broken.detail(), Optional.empty());
    }
}
