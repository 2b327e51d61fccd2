package no.budstikke.correspondence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an initialise request is answered with. Spec: correspondence §2.2 P1.
record InitializeCorrespondencesResponseExt(
        List<InitializedCorrespondencesExt> correspondences, List<String> attachmentIds) {

    /// @param notifications always null
    record InitializedCorrespondencesExt(
            String correspondenceId,
            String status,
            String recipient,
            @Nullable List<String> notifications) {}

    static InitializeCorrespondencesResponseExt of(List<InitializeCorrespondences.Initialized> initialized) {
        return new InitializeCorrespondencesResponseExt(
                initialized.stream()
                        .map(one -> new InitializedCorrespondencesExt(
                                one.id().toString(),
                                CorrespondenceStatus.READY_FOR_PUBLISH.wire(),
                                one.recipient().urn(),
                                null))
                        .toList(),
                List.of());
    }
}
