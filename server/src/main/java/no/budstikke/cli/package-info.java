/// The command line: `serve`, `demo`, `token`, `trigger`, `listen`, `verify`. Knows every room through
/// the composition root; nobody knows it.
@NullMarked
package no.budstikke.cli;

import org.jspecify.annotations.NullMarked;
