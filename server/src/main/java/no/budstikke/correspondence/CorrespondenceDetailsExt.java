package no.budstikke.correspondence;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import no.budstikke.correspondence.ShowDetails.Details;

/// A correspondence with its history, as P4 shows it. Spec: correspondence §2.2 P4.
record CorrespondenceDetailsExt(
        @JsonUnwrapped CorrespondenceOverviewExt overview,
        List<CorrespondenceStatusEventExt> statusHistory,
        String systemLabel) {

    /// The label of a correspondence on which nobody has put another.
    private static final String NO_LABEL = "Default";

    record CorrespondenceStatusEventExt(String status, String statusText, String statusChanged) {}

    static CorrespondenceDetailsExt of(Details details) {
        return new CorrespondenceDetailsExt(
                CorrespondenceOverviewExt.of(
                        details.view(),
                        details.view().correspondence().letter().content().body()),
                details.history().stream()
                        .map(entry -> new CorrespondenceStatusEventExt(
                                entry.status().wire(), entry.text(), WireTime.write(entry.changed())))
                        .toList(),
                NO_LABEL);
    }
}
