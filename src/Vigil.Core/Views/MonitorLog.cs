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
    /// <summary>Those that are not done: what is done is not spoken of again.</summary>
    private readonly Dictionary<string, ImmutableArray<RunId>> _effects = new(StringComparer.Ordinal);

    /// <summary>Those of which an action is not settled, with the number of such actions.</summary>
    private readonly Dictionary<string, (RunId Run, int Open)> _firings = new(StringComparer.Ordinal);

    /// <summary>Effects and firings that are remembered.</summary>
    internal int Remembered => _effects.Count + _firings.Count;

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
        RunEvent.EffectRequested requested => Each(Asked(requested.Id, requested.Effect.Runs()), e),
        RunEvent.SubmissionSplit split => Split(split),
        RunEvent.EffectCompleted { Result: EffectResult.Submitted submitted } done => Submitted(done, submitted),
        RunEvent.EffectCompleted { Id: var id } => Each(Done(id), e),
        RunEvent.EffectDeferred { Id: var id } => Each(_effects.GetValueOrDefault(id, []), e),
        RunEvent.RuleFired fired => Each([Fired(fired)], e),
        RunEvent.ActionAsked asked => OfFiring(asked.Firing, e),
        RunEvent.ActionSettled settled => Settled(settled),
        RunEvent.ActionReopened reopened => OfFiring(reopened.Firing, e),
        _ => EventRun.Of(e) is { } run ? Each([run], e) : [],
    };

    /// <summary>Of an array each run is told of its own task.</summary>
    private IEnumerable<(RunId Run, string Text)> Requested(RunEvent.EffectRequested requested, Effect.Submit submit)
    {
        Asked(requested.Id, submit.Runs());
        var array = submit.Array is { } name ? $", a task of array.{name}" : "";
        return submit.Attempts.Select(one => (one.Attempt.Run, EventText.Describe(requested with { Effect = submit with { Attempts = [one], Array = null } }) + array));
    }

    private IEnumerable<(RunId Run, string Text)> Split(RunEvent.SubmissionSplit split)
    {
        Done(split.Id);
        return split.Parts.SelectMany(part => Each(Asked(part.Id, part.Effect.Runs()), split));
    }

    private IEnumerable<(RunId Run, string Text)> Submitted(RunEvent.EffectCompleted done, EffectResult.Submitted submitted)
    {
        Done(done.Id);
        return submitted.Jobs.Select(job => (job.Attempt.Run, EventText.Describe(done with { Result = submitted with { Jobs = [job] } })));
    }

    private ImmutableArray<RunId> Asked(string id, ImmutableArray<RunId> runs) => _effects[id] = runs;

    private ImmutableArray<RunId> Done(string id) => _effects.Remove(id, out var runs) ? runs : [];

    private RunId Fired(RunEvent.RuleFired fired)
    {
        if (!fired.Actions.IsEmpty) _firings[fired.Firing] = (fired.Attempt.Run, fired.Actions.Length);
        return fired.Attempt.Run;
    }

    /// <summary>What needs a person may go on.</summary>
    private IEnumerable<(RunId Run, string Text)> Settled(RunEvent.ActionSettled settled)
    {
        if (!_firings.TryGetValue(settled.Firing, out var firing)) return [];
        if (settled.Outcome is ActionOutcome.Parked) { }
        else if (firing.Open > 1) _firings[settled.Firing] = firing with { Open = firing.Open - 1 };
        else _firings.Remove(settled.Firing);
        return Each([firing.Run], settled);
    }

    private IEnumerable<(RunId Run, string Text)> OfFiring(string firing, RunEvent e) => _firings.TryGetValue(firing, out var known) ? Each([known.Run], e) : [];

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
