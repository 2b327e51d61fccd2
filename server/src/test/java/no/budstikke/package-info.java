@NullMarked
package no.budstikke;

import org.jspecify.annotations.NullMarked;
