using System.CommandLine;

namespace Vigil.Cli;

/// <summary>The command line as a whole.</summary>
internal static class VigilCommand
{
    public static async Task<int> RunAsync(CliContext context, string[] words)
    {
        var root = new RootCommand("Turns one experiment file into training runs, and keeps watch over them until they are done.")
        {
            RunCommand.Create(context), PlanCommand.Create(context), ConfigCommand.Create(context), WatchCommand.Create(context), StatusCommand.Create(context),
            LogsCommand.Create(context), EventsCommand.Create(context), WishCommands.Cancel(context), WishCommands.Retry(context), DoctorCommand.Create(context), InitCommand.Create(context),
        };
        // An override may begin with '@' or any other character: files of arguments are not for this command line.
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) context.Talk.WriteLine($"error RUN000: {error.Message}");
            context.Talk.WriteLine($"To see what it takes: vigil {(parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ")}--help");
            return ExitCode.UserMistake;
        }
        // Signals are ours (see Stopping); a bug must show itself whole.
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = context.Out, Error = context.Talk, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }
}
