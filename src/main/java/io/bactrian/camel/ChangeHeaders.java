package io.bactrian.camel;

/** A message that makes its headers of a change only where a step asks for them. */
public interface ChangeHeaders {
    /** Whether no step has asked yet: no other headers are there than the change's, and making them can be spared. */
    boolean untouched();
}
