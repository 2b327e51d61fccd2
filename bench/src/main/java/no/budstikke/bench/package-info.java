/// Load generators and measurements; not shipped.
@NullMarked
package no.budstikke.bench;

import org.jspecify.annotations.NullMarked;
