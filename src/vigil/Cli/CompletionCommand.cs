using System.CommandLine;

namespace Vigil.Cli;

/// <summary><c>vigil completion</c>: prints what a shell needs to complete commands, options, config names, groups and keys.</summary>
internal static class CompletionCommand
{
    public static Command Create(CliContext context)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong(CompletionScripts.Shells);
        var command = new Command("completion", "the completion script of a shell: source <(vigil completion bash)") { shell };
        command.SetAction(parsed =>
        {
            context.Out.Write(CompletionScripts.Of(parsed.GetValue(shell)!));
            return ExitCode.Done;
        });
        return command;
    }
}
