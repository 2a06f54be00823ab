using System.Collections.Immutable;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>
/// <c>monitor.log</c>: what the journal says of a single run, a line a fact, in the form of FluxGym's monitor. Made of the entries from the first one on: the same
/// entries give the same lines.
/// </summary>
public sealed class MonitorLog
{
    private readonly Dictionary<string, ImmutableArray<RunId>> _effects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunId> _firings = new(StringComparer.Ordinal);

    /// <summary>The lines of one entry, each with its run and its line break.</summary>
    public IEnumerable<(RunId Run, string Line)> Apply(JournalEntry entry)
    {
        foreach (var e in entry.Events)
            foreach (var (run, text) in Of(e))
                yield return (run, string.Create(CultureInfo.InvariantCulture, $"{entry.At:yyyy-MM-dd HH:mm:ss,fff} - {Level(e)} - {Line(text)}\n"));
    }

    private IEnumerable<(RunId Run, string Text)> Of(RunEvent e) => e switch
    {
        RunEvent.EffectRequested { Effect: Effect.Submit submit } requested => Requested(requested, submit),
        RunEvent.EffectRequested requested => Each(Asked(requested.Id, [RunOf(requested.Effect)]), e),
        RunEvent.SubmissionSplit split => split.Parts.SelectMany(part => Each(Asked(part.Id, [.. ((Effect.Submit)part.Effect).Attempts.Select(static a => a.Attempt.Run)]), e)),
        RunEvent.EffectCompleted { Result: EffectResult.Submitted submitted } done => submitted.Jobs.Select(job => (job.Attempt.Run, EventText.Describe(done with { Result = submitted with { Jobs = [job] } }))),
        RunEvent.EffectCompleted { Id: var id } => Each(_effects.GetValueOrDefault(id, []), e),
        RunEvent.EffectDeferred { Id: var id } => Each(_effects.GetValueOrDefault(id, []), e),
        RunEvent.RuleFired fired => Each([_firings[fired.Firing] = fired.Attempt.Run], e),
        RunEvent.ActionAsked asked => OfFiring(asked.Firing, e),
        RunEvent.ActionSettled settled => OfFiring(settled.Firing, e),
        RunEvent.ActionReopened reopened => OfFiring(reopened.Firing, e),
        RunEvent.RulesChanged changed => Each([changed.Run], e),
        _ => EventRun.Of(e) is { } run ? Each([run], e) : [],
    };

    /// <summary>Of an array each run is told of its own task.</summary>
    private IEnumerable<(RunId Run, string Text)> Requested(RunEvent.EffectRequested requested, Effect.Submit submit)
    {
        Asked(requested.Id, [.. submit.Attempts.Select(static a => a.Attempt.Run)]);
        var array = submit.Array is { } name ? $", a task of array.{name}" : "";
        return submit.Attempts.Select(one => (one.Attempt.Run, EventText.Describe(requested with { Effect = submit with { Attempts = [one], Array = null } }) + array));
    }

    private ImmutableArray<RunId> Asked(string id, ImmutableArray<RunId> runs) => _effects[id] = runs;

    private static RunId RunOf(Effect effect) => effect switch
    {
        Effect.Cancel cancel => cancel.Attempt.Run,
        Effect.Change change => change.Attempt.Run,
        Effect.OfAction action => action.Run,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private IEnumerable<(RunId Run, string Text)> OfFiring(string firing, RunEvent e) => _firings.TryGetValue(firing, out var run) ? Each([run], e) : [];

    private static IEnumerable<(RunId Run, string Text)> Each(ImmutableArray<RunId> runs, RunEvent e) => runs.Select(run => (run, EventText.Describe(e)));

    private static string Level(RunEvent e) => e switch
    {
        RunEvent.AttemptEnded { State: not (JobState.Completed or JobState.Cancelled) } => "ERROR",
        RunEvent.RunFinished { Outcome: Outcome.Failed or Outcome.Lost or Outcome.NeedsPerson } => "ERROR",
        RunEvent.EffectCompleted { Result: EffectResult.Refused } => "ERROR",
        RunEvent.EffectDeferred or RunEvent.JobStuck or RunEvent.RuleFired or RunEvent.RestartRequested or RunEvent.StopRequested or RunEvent.CheckpointDoubted or RunEvent.ActionAsked => "WARNING",
        _ => "INFO",
    };

    /// <summary>What others wrote stays on one line: a line break in it must not look like another line.</summary>
    private static string Line(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
    });
}
