package io.bactrian.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete our command lines. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script by which a shell completes commands and options.",
        footer = {
            "",
            "bash, in ~/.bashrc:  source <(/path/to/bactrian completion bash)",
            "zsh, in ~/.zshrc:    source <(/path/to/bactrian completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** The shells. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell;

    CompletionCommand() {
        shell = Shell.bash;
    }

    @Override
    public Integer call() {
        String script = AutoComplete.bash("bactrian", spec.root().commandLine());
        if (shell == Shell.zsh) {
            // The script loads bashcompinit by itself; that needs compinit before.
            script = "autoload -U +X compinit && compinit\n" + script;
        }
        spec.commandLine().getOut().print(script);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
