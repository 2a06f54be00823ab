using System.CommandLine;
using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>vigil config</c>: the composed configuration. Writes nothing.</summary>
internal static class ConfigCommand
{
    /// <summary>How the configuration is written.</summary>
    private enum Format { Yaml, Json }

    /// <summary>What the configuration is composed by: with Vigil's own keys and groups underneath, or by Hydra's rules alone.</summary>
    private enum Rules { Vigil, Hydra }

    /// <summary>What is to be shown.</summary>
    /// <param name="Run">Null: the experiment before its sweep.</param>
    /// <param name="Explain">The key whose origin is told; null: the configuration is shown.</param>
    private sealed record Wanted(Interpolations Interpolations, Format Format, Rules Rules, string? Run, string? Explain);

    public static Command Create(CliContext context)
    {
        var words = ExperimentOptions.Create();
        var resolve = new Option<bool>("--resolve") { Description = "with every ${…} substituted" };
        var run = new Option<string?>("--run") { Description = "of one run of the sweep", HelpName = "RUN" };
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var bare = new Option<bool>("--bare") { Description = "by the rules of Hydra and OmegaConf alone, nothing built-in underneath" };
        var explain = new Option<string?>("--explain") { Description = "where the value of one key comes from: files, overrides, interpolations", HelpName = "KEY" };
        var command = new Command("config", "the composed configuration of an experiment") { words.Words, words.ConfigDir, words.ConfigName, resolve, run, json, explain, bare };
        command.SetAction(parsed => Run(context, words.Read(parsed), new(
            parsed.GetValue(resolve) ? Interpolations.Resolved : Interpolations.AsWritten, parsed.GetValue(json) ? Format.Json : Format.Yaml, parsed.GetValue(bare) ? Rules.Hydra : Rules.Vigil,
            parsed.GetValue(run), parsed.GetValue(explain))));
        return command;
    }

    private static int Run(CliContext context, ExperimentWords words, Wanted wanted)
    {
        var loaded = ExperimentLoader.Load(context, words);
        if (wanted.Run is not null && (wanted.Explain is not null || wanted.Rules is Rules.Hydra))
            loaded.Report.Error("RUN008", SourceSpan.None, $"--run does not go together with {(wanted.Explain is null ? "--bare" : "--explain")}",
                wanted.Explain is null ? "a run belongs to a plan, and --bare knows no plans" : "--explain tells of the configuration before its sweep; --run RUN shows what the sweep made of it");
        var text = loaded.Request is { } request && !loaded.Report.HasErrors ? TextOf(request, wanted, loaded.Report) : null;
        loaded.Print(context);
        if (text is null || loaded.Report.HasErrors) return ExitCode.UserMistake;
        context.Out.Write(text.EndsWith('\n') ? text : $"{text}\n");
        return ExitCode.Done;
    }

    /// <summary>Null when there is nothing to show, which is in the report.</summary>
    private static string? TextOf(PlanRequest request, Wanted wanted, DiagnosticBag report) =>
        wanted.Explain is { } key ? Explaining.Of(request, key, report)
        : wanted.Run is { } run ? OfRun(request, run, wanted, report)
        : Whole(request, wanted, report);

    private static string? Whole(PlanRequest request, Wanted wanted, DiagnosticBag report)
    {
        var composed = wanted.Rules is Rules.Hydra ? BareConfig.Of(request, wanted.Interpolations) : Planner.Compose(request, wanted.Interpolations);
        foreach (var diagnostic in composed.Diagnostics) report.Add(diagnostic);
        return composed.Tree is not { } tree ? null : wanted.Format is Format.Json ? JsonEmitter.Emit(tree) : new YamlEmitter().Emit(tree);
    }

    private static string? OfRun(PlanRequest request, string run, Wanted wanted, DiagnosticBag report)
    {
        var plan = Planner.Plan(request);
        foreach (var diagnostic in plan.Diagnostics) report.Add(diagnostic);
        if (plan.HasErrors) return null;
        if (plan.Configs.Find(new(run)) is { } config)
            return wanted.Format is Format.Json ? config.ResolvedJson : wanted.Interpolations is Interpolations.Resolved ? config.ResolvedYaml : config.UnresolvedYaml;
        report.Error("RUN004", SourceSpan.None, $"there is no run '{run}' in this plan", $"runs: {string.Join(", ", plan.Runs.Take(8).Select(static r => r.Id))}");
        return null;
    }
}
