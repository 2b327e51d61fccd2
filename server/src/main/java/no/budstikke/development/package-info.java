/// What only the development profile offers: moving the clock. Knows `time` and `http`.
@NullMarked
package no.budstikke.development;

import org.jspecify.annotations.NullMarked;
