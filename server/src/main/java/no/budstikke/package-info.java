/// The composition root: every part of the server is made here, by hand, and handed what it needs.
@NullMarked
package no.budstikke;

import org.jspecify.annotations.NullMarked;
