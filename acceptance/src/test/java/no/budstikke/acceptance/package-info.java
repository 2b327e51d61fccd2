/// The product seen from outside: HTTP through the testkit, nothing else. Tests share a server, unless
/// they do something to it; they keep apart by random names and types, and by resources of their own.
/// What is wanted stands in the contract; each class names its part of it.
@NullMarked
package no.budstikke.acceptance;

import org.jspecify.annotations.NullMarked;
