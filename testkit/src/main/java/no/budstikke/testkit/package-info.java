/// Starts Budstikke in a process of its own and plays the people around it: senders, recipients, webhook
/// receivers that can misbehave.
@NullMarked
package no.budstikke.testkit;

import org.jspecify.annotations.NullMarked;
