using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Cli;

/// <summary>A plan for people, and as JSON.</summary>
internal static class PlanPrinter
{
    public static int Print(CliContext context, Plan plan)
    {
        context.Out.WriteLine($"{plan.Experiment.Name}: {Quantity.Of(plan.Runs.Length, "run")} in {plan.Experiment.Dir}");
        foreach (var run in plan.Runs)
        {
            context.Out.WriteLine();
            context.Out.WriteLine(run.DependsOn.IsEmpty ? run.Id.Value : $"{run.Id}  after {string.Join(", ", run.DependsOn)}");
            foreach (var line in CommandPreview.Of(run).Split('\n', StringSplitOptions.RemoveEmptyEntries)) context.Out.WriteLine($"    {LogText.Safe(line).TrimEnd()}");
        }
        context.Out.WriteLine();
        context.Out.WriteLine(Policy(plan));
        if (plan.GpuHours > 0) context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"up to {plan.GpuHours:0.##} GPU-hours"));
        return ExitCode.Done;
    }

    /// <param name="plan">Null: it has errors, and they are the document.</param>
    public static void PrintJson(CliContext context, Plan? plan, string? experiment, IEnumerable<Diagnostic> said)
    {
        var runs = (plan?.Runs ?? []).Select(static run => new PlanRun(
            run.Id.Value, run.Stage, run.Index, run.OutputDir, run.LogPath, run.LogPathCurrent, [.. run.DependsOn.Select(static d => d.Value)], [.. run.Watches.Select(static w => w.Value)],
            new OrderedDictionary<string, string>(run.Overrides.Select(static c => KeyValuePair.Create(c.Key, c.Value))), run.GpuHours, CommandPreview.Of(run)));
        var diagnostics = said.Select(static d => new PlanDiagnostic(
            d.Code, d.Severity.ToString().ToLowerInvariant(), d.At.File.Length > 0 ? d.At.File : null, d.At.Line > 0 ? d.At.Line : null, d.At.Column > 0 ? d.At.Column : null, d.Message, d.Hint));
        context.Out.WriteLine(JsonSerializer.Serialize(new PlanReport(1, experiment, [.. runs], plan?.GpuHours ?? 0, [.. diagnostics]), ReportJson.Plain.PlanReport));
    }

    private static string Policy(Plan plan)
    {
        var policies = plan.Runs.Select(static r => (r.Restart.MaxAttempts, r.Restart.DelaySeconds, Causes: string.Join(", ", r.Restart.Causes.Select(Views.RunWords.Cause)))).Distinct().ToList();
        if (policies is not [var (attempts, delay, causes)]) return $"{policies.Count} different restart policies; vigil config EXPERIMENT --run RUN shows each";
        return causes.Length == 0 || attempts < 2
            ? "a failed run is not tried again"
            : string.Create(CultureInfo.InvariantCulture, $"a failed run is tried up to {attempts} times when the cause is {causes}, first after {delay:0.#} s, then after twice that");
    }
}

/// <summary>What <c>plan --json</c> prints.</summary>
/// <param name="Experiment">Null when there was none to read.</param>
internal sealed record PlanReport(int Schema, string? Experiment, ImmutableArray<PlanRun> Runs, double GpuHours, ImmutableArray<PlanDiagnostic> Diagnostics);

/// <param name="Command">As the first attempt runs it.</param>
internal sealed record PlanRun(
    string Name, string? Stage, int Index, string OutputDir, string LogPath, string? LogPathCurrent, ImmutableArray<string> DependsOn, ImmutableArray<string> Watches,
    IReadOnlyDictionary<string, string> Overrides, double GpuHours, string Command);

internal sealed record PlanDiagnostic(string Code, string Severity, string? File, int? Line, int? Column, string Message, string? Hint);
