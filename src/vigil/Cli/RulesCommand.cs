using System.CommandLine;

namespace Vigil.Cli;

/// <summary><c>vigil rules test</c>: what rules would have made of a log that is there. Nothing is done and nothing is written.</summary>
internal static class RulesCommand
{
    public static Command Create(CliContext context) => new("rules", "try rules on a log that is there: vigil rules test RULES --log FILE") { Test(context) };

    private static Command Test(CliContext context)
    {
        var words = new Argument<string[]>("RULES") { Description = "a file with log_events, state_events or rules; an experiment; a group's name such as megatron_basic; or a FILE.rules-test.yaml, or a folder of them", HelpName = "RULES [KEY=VALUE …]", Arity = ArgumentArity.ZeroOrMore };
        var log = new Option<string?>("--log") { Description = "the log; - is the standard input", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "one match a line" };
        var configDir = new Option<string?>("--config-dir", "-C") { Description = "where experiments and groups are looked up by name (default: config)", HelpName = "DIR" };
        var command = new Command("test", "what would have matched, been extracted, passed its gates and fired; nothing is done") { words, log, json, configDir };
        command.SetAction((parsed, stop) => Task.FromResult(Run(context, new(parsed.GetValue(words) ?? [], parsed.GetValue(configDir), null), parsed.GetValue(log), parsed.GetValue(json) ? RulesFormat.Json : RulesFormat.Text, stop)));
        return command;
    }

    private static int Run(CliContext context, ExperimentWords words, string? log, RulesFormat format, CancellationToken stop)
    {
        if (words.Words is [var first, ..] && RulesFixtures.Find(context, first) is { } fixtures) return RulesFixtures.Run(context, words, fixtures, log, format);
        var rules = RulesSource.Load(context, words);
        if (words.Words.Count == 0) rules.Report.Error("RUN065", Configuration.SourceSpan.None, "no rules were named", "vigil rules test RULES --log FILE");
        using var file = OpenLog(context, log, rules);
        rules.Print(context);
        if (rules.Report.HasErrors || rules.Tried is not { } tried || file is null) return ExitCode.UserMistake;
        if (tried.Note is { } note) context.Talk.WriteLine(note);
        var trial = tried.Trial(context);
        using IRulesOutput output = format is RulesFormat.Json ? new RulesJson(context) : new RulesReport(context);
        RulesScan.Run(file, trial, output, context.OutIsGone, stop);
        output.End(trial);
        return stop.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }

    private static Stream? OpenLog(CliContext context, string? log, RulesSource rules)
    {
        if (log is null)
        {
            rules.Report.Error("RUN066", Configuration.SourceSpan.None, "no log was named", "--log FILE, or --log - for the standard input");
            return null;
        }
        try
        {
            // What is read once from its beginning to its end needs no buffer of the stream's own.
            return log == "-" ? Console.OpenStandardInput() : new FileStream(context.FullPath(log), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            rules.Report.Error("RUN066", Configuration.SourceSpan.None, $"the log cannot be read: {e.Message}");
            return null;
        }
    }
}

/// <summary>How matches are written.</summary>
internal enum RulesFormat { Text, Json }
