package io.bactrian;

import io.bactrian.config.Configuration;

final class Platform {
    private Platform() {}

    static void run(Configuration configuration) {
        throw new UnsupportedOperationException();
    }
}
