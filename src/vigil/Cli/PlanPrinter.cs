using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Cli;

/// <summary>A plan for people, and as JSON.</summary>
internal static class PlanPrinter
{
    public static int Print(CliContext context, Plan plan)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in (string[])["run", "after", "command"]) table.AddColumn(new TableColumn($"[bold]{column}[/]"));
        foreach (var run in plan.Runs)
            table.AddRow(Cell(run.Id.Value), Cell(string.Join(", ", run.DependsOn)), Cell(CommandPreview.Of(run)));
        context.Out.WriteLine($"{plan.Experiment.Name}: {Count(plan)} in {plan.Experiment.Dir}");
        Consoles.For(context.Out, context.IsTerminal).Write(table);
        context.Out.WriteLine(Policy(plan));
        if (plan.GpuHours > 0) context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"up to {plan.GpuHours:0.##} GPU-hours"));
        return ExitCode.Done;
    }

    public static int PrintJson(CliContext context, Plan plan)
    {
        var runs = plan.Runs.Select(static run => new PlanRun(
            run.Id.Value, run.Stage, run.Index, run.OutputDir, run.LogPath, run.LogPathCurrent, [.. run.DependsOn.Select(static d => d.Value)], [.. run.Watches.Select(static w => w.Value)],
            new OrderedDictionary<string, string>(run.Overrides.Select(static c => KeyValuePair.Create(c.Key, c.Value))), run.GpuHours, CommandPreview.Of(run)));
        var diagnostics = plan.Diagnostics.Select(static d => new PlanDiagnostic(
            d.Code, d.Severity.ToString().ToLowerInvariant(), d.At.File.Length > 0 ? d.At.File : null, d.At.Line > 0 ? d.At.Line : null, d.At.Column > 0 ? d.At.Column : null, d.Message, d.Hint));
        context.Out.WriteLine(JsonSerializer.Serialize(new PlanReport(1, plan.Experiment.Name, [.. runs], plan.GpuHours, [.. diagnostics]), ReportJson.Plain.PlanReport));
        return plan.HasErrors ? ExitCode.UserMistake : ExitCode.Done;
    }

    private static string Count(Plan plan) => plan.Runs.Length == 1 ? "1 run" : $"{plan.Runs.Length} runs";

    private static string Policy(Plan plan)
    {
        var policies = plan.Runs.Select(static r => (r.Restart.MaxAttempts, r.Restart.DelaySeconds, Causes: string.Join(", ", r.Restart.Causes.Select(Views.RunWords.Cause)))).Distinct().ToList();
        if (policies is not [var (attempts, delay, causes)]) return $"{policies.Count} different restart policies; vigil config EXPERIMENT --run RUN shows each";
        return causes.Length == 0 || attempts < 2
            ? "a failed run is not tried again"
            : string.Create(CultureInfo.InvariantCulture, $"a failed run is tried up to {attempts} times when the cause is {causes}, first after {delay:0.#} s, then after twice that");
    }

    private static Markup Cell(string text) => new(Markup.Escape(text));
}

/// <summary>What <c>plan --json</c> prints.</summary>
internal sealed record PlanReport(int Schema, string Experiment, ImmutableArray<PlanRun> Runs, double GpuHours, ImmutableArray<PlanDiagnostic> Diagnostics);

/// <param name="Command">As the first attempt runs it.</param>
internal sealed record PlanRun(
    string Name, string? Stage, int Index, string OutputDir, string LogPath, string? LogPathCurrent, ImmutableArray<string> DependsOn, ImmutableArray<string> Watches,
    IReadOnlyDictionary<string, string> Overrides, double GpuHours, string Command);

internal sealed record PlanDiagnostic(string Code, string Severity, string? File, int? Line, int? Column, string Message, string? Hint);
