package io.bactrian.cli;

/** What the commands do without the running platform, by parts that {@code Main} gives. */
public record DirectParts(PlatformStarter starter, CaptureOpener capture, RouteChecker routes, Examiner examiner) {}
