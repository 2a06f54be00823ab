using System.Collections.Immutable;
using System.Diagnostics;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>
/// What the world said of a run, without the values of the run's own secrets: so none of them gets into the journal by way of a log or a program's complaint, nor into
/// anything that is made of the journal.
/// </summary>
internal static class SeenSecrets
{
    /// <summary>The same observation where nothing is to be hidden. The end of an ended job's log is left as it is, to be judged by.</summary>
    public static Observation Hide(ExperimentState state, Observation seen) => seen switch
    {
        Observation.LineSeen { Attempt.Run: var run } line => state.SecretsOf(run) is { IsEmpty: false } secrets ? Hide(secrets, line) : line,
        Observation.JobReported { Report: { Attempt.Run: var run } and ({ State.IsTerminal: true } or { Stuck: not null } or { Before: not null }) } told => state.SecretsOf(run) is { IsEmpty: false } secrets ? told with { Report = Hide(secrets, told.Report) } : told,
        Observation.Looked looked => state.SecretsOf(RunOf(state, looked)) is { IsEmpty: false } secrets ? looked with { Answers = [.. looked.Answers.Select(a => Hide(secrets, a))] } : looked,
        Observation.EffectSettled settled => settled.Result is EffectResult.Done { Note: not null } or EffectResult.Refused && SecretsOf(state, settled.Effect) is { IsEmpty: false } secrets ? settled with { Result = Hide(secrets, settled.Result) } : settled,
        // They bring no text of a program or a log.
        Observation.JobReported or Observation.Ticked or Observation.PlanAccepted or Observation.WishRead or Observation.QuietSeen or Observation.CheckpointsLookedAt => seen,
        _ => throw new UnreachableException(),
    };

    private static Observation.LineSeen Hide(SecretValues secrets, Observation.LineSeen line) => line with
    {
        Text = secrets.Hide(line.Text),
        Hits = [.. line.Hits.Select(h => h with { Fields = h.Fields.ToImmutableSortedDictionary(static f => f.Key, f => secrets.Hide(f.Value), h.Fields.KeyComparer) })],
    };

    private static JobReport Hide(SecretValues secrets, JobReport report) => report with
    {
        Reason = report.Reason is { } reason ? secrets.Hide(reason) : null,
        Stuck = report.Stuck is { } stuck ? secrets.Hide(stuck) : null,
        Missing = report.Missing is { } missing ? secrets.Hide(missing) : null,
        Before = report.Before is { } before ? before with { Reason = secrets.Hide(before.Reason) } : null,
    };

    private static ProbeAnswer Hide(SecretValues secrets, ProbeAnswer answer) => answer switch
    {
        ProbeAnswer.CheckpointFound found => found with { Why = secrets.Hide(found.Why) },
        ProbeAnswer.Matched matched => matched with { Line = secrets.Hide(matched.Line) },
        ProbeAnswer.Exited exited => exited with { Output = secrets.Hide(exited.Output) },
        ProbeAnswer.Unknown unknown => unknown with { Why = secrets.Hide(unknown.Why) },
        ProbeAnswer.Found or ProbeAnswer.Absent or ProbeAnswer.Count or ProbeAnswer.Unmatched => answer,
        _ => throw new UnreachableException(),
    };

    private static EffectResult Hide(SecretValues secrets, EffectResult result) => result switch
    {
        EffectResult.Done { Note: { } note } done => done with { Note = secrets.Hide(note) },
        EffectResult.Refused refused => refused with { Reason = secrets.Hide(refused.Reason) },
        EffectResult.Done or EffectResult.Submitted or EffectResult.Planned => result,
        _ => throw new UnreachableException(),
    };

    private static SecretValues SecretsOf(ExperimentState state, string effect) =>
        state.Outbox.TryGetValue(effect, out var pending) ? SecretValues.Together(pending.Effect.Runs().Select(state.SecretsOf)) : SecretValues.None;

    /// <summary><c>gate:FIRING#0</c> is about the run of the firing, <c>start:RUN</c> names it.</summary>
    private static RunId RunOf(ExperimentState state, Observation.Looked looked)
    {
        var about = looked.Id[(looked.Id.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var firing = about.LastIndexOf('#') is > 0 and var at ? about[..at] : about;
        return state.Firings.TryGetValue(firing, out var fired) ? fired.Attempt.Run : new(about);
    }
}
