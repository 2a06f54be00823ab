using System.CommandLine;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>vigil config</c>: the composed configuration. Writes nothing.</summary>
internal static class ConfigCommand
{
    public static Command Create(CliContext context)
    {
        var words = ExperimentOptions.Create();
        var resolve = new Option<bool>("--resolve") { Description = "with every ${…} substituted" };
        var run = new Option<string?>("--run") { Description = "of one run of the sweep", HelpName = "RUN" };
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var bare = new Option<bool>("--bare") { Description = "by the rules of Hydra and OmegaConf alone, nothing built-in underneath" };
        var explain = new Option<string?>("--explain") { Description = "where the value of one key comes from: files, overrides, interpolations", HelpName = "KEY" };
        var command = new Command("config", "the composed configuration of an experiment") { words.Words, words.ConfigDir, words.ConfigName, resolve, run, json, explain, bare };
        command.SetAction(parsed => Run(context, words.Read(parsed), parsed.GetValue(resolve), parsed.GetValue(run), parsed.GetValue(json), parsed.GetValue(explain), parsed.GetValue(bare)));
        return command;
    }

    private static int Run(CliContext context, ExperimentWords words, bool resolve, string? run, bool json, string? explain, bool bare)
    {
        var loaded = ExperimentLoader.Load(context, words);
        var text = loaded.Request is not { } request ? null
            : explain is not null ? Explaining.Of(request, explain, loaded.Report)
            : run is null ? Whole(request, resolve, json, bare, loaded.Report) : OfRun(request, resolve, run, json, loaded.Report);
        loaded.Print(context);
        if (text is null || loaded.Report.HasErrors) return ExitCode.UserMistake;
        context.Out.Write(text.EndsWith('\n') ? text : $"{text}\n");
        return ExitCode.Done;
    }

    private static string? Whole(PlanRequest request, bool resolve, bool json, bool bare, DiagnosticBag report)
    {
        var interpolations = resolve ? Interpolations.Resolved : Interpolations.AsWritten;
        var composed = bare ? BareConfig.Of(request, interpolations) : Planner.Compose(request, interpolations);
        foreach (var diagnostic in composed.Diagnostics) report.Add(diagnostic);
        return composed.Tree is not { } tree ? null : json ? JsonEmitter.Emit(tree) : new YamlEmitter().Emit(tree);
    }

    private static string? OfRun(PlanRequest request, bool resolve, string run, bool json, DiagnosticBag report)
    {
        var plan = Planner.Plan(request);
        foreach (var diagnostic in plan.Diagnostics) report.Add(diagnostic);
        if (plan.HasErrors) return null;
        if (plan.Configs.Find(new(run)) is { } config) return json ? config.ResolvedJson : resolve ? config.ResolvedYaml : config.UnresolvedYaml;
        report.Error("RUN004", SourceSpan.None, $"there is no run '{run}' in this plan", $"runs: {string.Join(", ", plan.Runs.Take(8).Select(static r => r.Id))}");
        return null;
    }
}
