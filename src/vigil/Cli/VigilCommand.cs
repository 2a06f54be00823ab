using System.CommandLine;
using System.CommandLine.Parsing;
using Vigil.Configuration;

namespace Vigil.Cli;

/// <summary>The command line as a whole.</summary>
internal static class VigilCommand
{
    public static async Task<int> RunAsync(CliContext context, string[] words)
    {
        context = context with { Words = words };
        if (words is [CompletionScripts.Door, .. var typed])
        {
            CompletionScripts.Answer(context, typed);
            return ExitCode.Done;
        }
        words = GraphOption.Spelled(words);
        var root = Create(context);
        if (words.Length == 0)
        {
            new HelpText(context.Talk).Print(root);
            return ExitCode.UserMistake;
        }
        // An override may begin with '@' or any other character: files of arguments are not for this command line.
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (Mistakes(parsed, words) is { Count: > 0 } mistakes)
        {
            foreach (var mistake in mistakes) context.Talk.WriteLine($"error RUN000: {mistake}");
            context.Talk.WriteLine($"    To see what it takes: vigil {HelpText.NameOf(parsed.CommandResult.Command)}--help");
            return ExitCode.UserMistake;
        }
        try
        {
            // Signals are ours (see Stopping); a bug must show itself (see Program).
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = context.Out, Error = context.Talk, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;    // asked to leave before there was anything to leave
        }
    }

    public static RootCommand Create(CliContext context)
    {
        var root = new RootCommand("Turns one experiment file into training runs, and keeps watch over them until they are done.")
        {
            RunCommand.Create(context), PlanCommand.Create(context), ConfigCommand.Create(context), WatchCommand.Create(context), StatusCommand.Create(context),
            LogsCommand.Create(context), EventsCommand.Create(context), WishCommands.Cancel(context), WishCommands.Retry(context),
            WishCommands.Hold(context), WishCommands.Release(context), WishCommands.Requeue(context), WishCommands.Update(context),
            RulesCommand.Create(context), ApproveCommand.Create(context), BranchCommand.Create(context), ReportCommand.Create(context), ServeCommand.Create(context), DoctorCommand.Create(context), InitCommand.Create(context),
            SchemaCommand.Create(context), CompletionCommand.Create(context),
        };
        HelpText.Use(root, context.Out);
        return root;
    }

    private static List<string> Mistakes(ParseResult parsed, string[] words)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand && parsed.Errors.Count > 0 && !words[0].StartsWith('-'))
            return [$"there is no command '{words[0]}'{Nearest(words[0], command.Subcommands.Select(static c => c.Name))}"];
        if (command is not RootCommand && command.Subcommands.Count > 0 && parsed.Action is not HelpText)
            return [$"'vigil {command.Name}' is followed by one of: {string.Join(", ", command.Subcommands.Select(static c => c.Name))}{(words.Skip(1).FirstOrDefault() is { } word ? Nearest(word, command.Subcommands.Select(static c => c.Name)) : "")}"];
        var unknown = Unknown(parsed).ToList();
        if (unknown.Count > 0)
            return [.. unknown.Select(word => $"'vigil {HelpText.NameOf(command).TrimEnd()}' knows no option '{word}'{Nearest(word.Split('=')[0], command.Options.Select(static o => o.Name))}")];
        return [.. parsed.Errors.Select(static e => e.Message).Distinct()];
    }

    /// <summary>What looks like an option and was taken for a word. Nothing that a command takes begins with a dash.</summary>
    private static IEnumerable<string> Unknown(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(static a => a.Tokens).Select(static t => t.Value)
            .Concat(parsed.UnmatchedTokens).Where(static word => word.Length > 1 && word[0] == '-').Distinct();

    private static string Nearest(string word, IEnumerable<string> known) => Suggestion.Nearest(word, known) is { } near ? $"; did you mean '{near}'?" : "";
}
