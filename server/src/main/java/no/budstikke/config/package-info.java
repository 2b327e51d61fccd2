/// Settings: one tree of records, read once at the start from a file, the environment and the command line.
///
/// In come texts, out go values whose rules hold, or an [InvalidSettings] that names the key. No other room is known
/// here; each is handed the branch of the tree that it needs.
@NullMarked
package no.budstikke.config;

import org.jspecify.annotations.NullMarked;
