package io.bactrian.camel;

import org.apache.camel.Processor;

/** A step that looks at the message only, and changes nothing but it: done twice, it does what once does. */
public interface MessageMapping extends Processor {}
