package io.bactrian.testing;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kafka.Kafka;
import kafka.tools.StorageTool;

/** One KRaft broker and controller as a process: formats its folder at the first start. */
final class KafkaNode {
    private KafkaNode() {}

    /** @param arguments the folder, the port for clients, the controller's port, the port for clients with a password */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Path properties = folder.resolve("server.properties");
        if (!Files.exists(properties)) {
            Files.createDirectories(folder);
            Files.write(
                    properties,
                    List.of(
                            "process.roles=broker,controller",
                            "node.id=1",
                            "controller.quorum.voters=1@127.0.0.1:" + arguments[2],
                            "listeners=PLAINTEXT://127.0.0.1:" + arguments[1] + ",CONTROLLER://127.0.0.1:"
                                    + arguments[2] + ",LOGIN://127.0.0.1:" + arguments[3],
                            "advertised.listeners=PLAINTEXT://127.0.0.1:" + arguments[1] + ",LOGIN://127.0.0.1:"
                                    + arguments[3],
                            "controller.listener.names=CONTROLLER",
                            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,"
                                    + "LOGIN:SASL_PLAINTEXT",
                            "listener.name.login.sasl.enabled.mechanisms=PLAIN",
                            "listener.name.login.plain.sasl.jaas.config="
                                    + "org.apache.kafka.common.security.plain.PlainLoginModule required"
                                    + " user_shop=\"shop-password\";",
                            "log.dirs=" + folder.resolve("data"),
                            "offsets.topic.replication.factor=1",
                            "offsets.topic.num.partitions=1",
                            "transaction.state.log.replication.factor=1",
                            "transaction.state.log.min.isr=1",
                            "share.coordinator.state.topic.replication.factor=1",
                            "share.coordinator.state.topic.min.isr=1",
                            "group.initial.rebalance.delay.ms=0",
                            "num.network.threads=2",
                            "num.io.threads=2",
                            "log.cleaner.enable=false"));
            String[] format = {
                "format",
                "--cluster-id",
                "AAAAAAAAAAAAAAAAAAAAAQ",
                "--config",
                properties.toString(),
                "--ignore-formatted"
            };
            int exit = StorageTool.execute(format, new PrintStream(System.out, true, StandardCharsets.UTF_8));
            if (exit != 0) {
                System.exit(exit);
            }
        }
        Kafka.main(new String[] {properties.toString()});
    }
}
