using System.Globalization;
using System.Text;
using Vigil.Configuration;
using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary><c>runs_status.yaml</c>: one entry a sweep point, one group of keys a stage. A run that was started from another one is a point of its own.</summary>
public static class RunsStatus
{
    public static string Write(ExperimentState state)
    {
        var text = new StringBuilder();
        text.Append("# Run Status Tracker\n# Written by vigil from the journal; changes made here are overwritten\n");
        text.Append(CultureInfo.InvariantCulture, $"# Last updated: {Time(state.LastChange)}\n\n");
        text.Append("run_group: ").Append(Text(state.Experiment?.Name)).Append('\n');
        text.Append(state.Runs.IsEmpty ? "runs: {}\n" : "runs:\n");
        foreach (var point in state.InPlanOrder.GroupBy(static r => r.Plan.Lineage is null ? r.Plan.Point : r.Id.Value))
        {
            text.Append("  ").Append(Text(point.Key)).Append(":\n");
            foreach (var run in point) Stage(text, run);
            text.Append("    last_updated: \"").Append(Time(point.Max(static r => r.Changed))).Append("\"\n");
        }
        return text.ToString();
    }

    private static void Stage(StringBuilder text, RunRecord run)
    {
        var stage = run.Plan.Stage ?? "train";
        var status = RunWords.Tracker(run);
        Line(text, stage, "status", status);
        Line(text, stage, "job_id", run.LastAttempt?.Job is { } job ? Quoted(job.Value) : "null");
        Line(text, stage, "output", Text(status == "completed" ? run.Checkpoint?.Path ?? run.Plan.OutputDir : null));
        if (run.State is RunState.Finished { Reason: { } reason }) Line(text, stage, "reason", Text(reason));
    }

    private static void Line(StringBuilder text, string stage, string key, string value) =>
        text.Append("    ").Append(Text($"{stage}_{key}")).Append(": ").Append(value).Append('\n');

    private static string Text(string? text) => text is null ? "null" : YamlText.Of(new ScalarValue.Text(text));

    /// <summary>Job ids are text for every reader, leading zeros included.</summary>
    private static string Quoted(string job) => job.All(char.IsAsciiLetterOrDigit) ? $"\"{job}\"" : Text(job);

    private static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "never";
}
