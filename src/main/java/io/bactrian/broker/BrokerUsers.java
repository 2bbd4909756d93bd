package io.bactrian.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the embedded broker (invariant 17): the platform itself, by a password made at each start, and the
 * configured users, who may send, receive and browse. Nobody manages the broker from outside or deletes a queue with
 * what is in it, and nobody is anonymous.
 */
final class BrokerUsers implements ActiveMQSecurityManager5 {
    static final String PLATFORM = "bactrian";

    private static final Set<CheckType> ALLOWED = Set.of(
            CheckType.SEND,
            CheckType.CONSUME,
            CheckType.BROWSE,
            CheckType.CREATE_ADDRESS,
            CheckType.CREATE_DURABLE_QUEUE,
            CheckType.CREATE_NON_DURABLE_QUEUE,
            CheckType.DELETE_NON_DURABLE_QUEUE);

    private final Map<String, String> passwords;
    private final String ours = random();

    BrokerUsers(Map<String, String> passwords) {
        Map<String, String> all = new TreeMap<>(passwords);
        all.put(PLATFORM, ours);
        this.passwords = Map.copyOf(all);
    }

    /** The platform's own password, known to this process alone. */
    String platformPassword() {
        return ours;
    }

    static String random() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public @Nullable Subject authenticate(
            @Nullable String user,
            @Nullable String password,
            @Nullable RemotingConnection connection,
            @Nullable String securityDomain) {
        if (!validateUser(user, password)) {
            return null;
        }
        Subject subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal(String.valueOf(user)));
        return subject;
    }

    @Override
    public boolean authorize(Subject subject, Set<Role> roles, CheckType check, String address) {
        return subject.getPrincipals(UserPrincipal.class).stream().anyMatch(user -> may(user.getName(), check));
    }

    @Override
    public boolean validateUser(@Nullable String user, @Nullable String password) {
        String expected = user == null ? null : passwords.get(user);
        return expected != null
                && password != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean validateUserAndRole(
            @Nullable String user, @Nullable String password, Set<Role> roles, CheckType check) {
        return validateUser(user, password) && may(String.valueOf(user), check);
    }

    private static boolean may(String user, CheckType check) {
        return user.equals(PLATFORM) || ALLOWED.contains(check);
    }
}
