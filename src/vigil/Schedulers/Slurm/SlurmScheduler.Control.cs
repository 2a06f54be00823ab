using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm;

/// <content>Stopping and changing jobs.</content>
internal sealed partial class SlurmScheduler
{
    /// <summary>Slurm's words for a job that is gone already: what was wanted.</summary>
    private static readonly string[] Gone = ["Invalid job id", "already completing or completed", "already finished"];

    private readonly Lock _asking = new();
    private Task<(Dictionary<string, QueueRow>? Rows, string? Trouble)>? _look;

    public async ValueTask<EffectResult> CancelAsync(JobRequest job, CancellationToken stop)
    {
        if (WhyDown is { } down) return new EffectResult.Refused(down, Retryable: true);
        if (await ShownAsync(job, stop) is { } answer) return answer;
        var outcome = await _commands.Cancels.AddAsync(job.Job!.Value.Value, stop);
        Hurry();
        if (_jobs.TryGetValue(job.Attempt, out var watched)) watched.CancelledAt = time.GetTimestamp();
        // The exit code proves nothing: 0 for a job that nobody knows, an error's number for one that has just ended.
        return outcome.ExitCode is 0 || Says(outcome, Gone) ? new EffectResult.Done() : Refused("scancel", job, outcome);
    }

    public async ValueTask<EffectResult> ChangeAsync(JobRequest job, JobChange change, CancellationToken stop)
    {
        if (WhyDown is { } down) return new EffectResult.Refused(down, Retryable: true);
        if (await ShownAsync(job, stop) is { } answer) return answer;
        var id = job.Job!.Value.Value;
        var outcome = change switch
        {
            JobChange.Hold => await _commands.Holds.AddAsync(id, stop),
            JobChange.Release => await _commands.Releases.AddAsync(id, stop),
            JobChange.Requeue => await _commands.Requeues.AddAsync(id, stop),
            JobChange.TimeLimit limit => await _commands.UpdateAsync(id, $"TimeLimit={Limit(limit.Limit)}", stop),
            JobChange.ExcludeNodes nodes => await _commands.UpdateAsync(id, $"ExcNodeList={nodes.Nodes}", stop),
            _ => throw new UnreachableException(),
        };
        Hurry();
        var end = outcome.ExitCode is 0 ? (EffectResult)new EffectResult.Done() : Refused("scontrol", job, outcome);
        // Carried out twice, a requeue stops the job twice.
        return change is JobChange.Requeue && end is EffectResult.Refused && MayHaveArrived(outcome) ? new EffectResult.Refused($"it is not known whether job {job.Job} was queued again: {SlurmCommands.Trouble("scontrol", outcome)}", Retryable: false) : end;
    }

    /// <summary>No job is stopped or changed by its number alone: the last row with that number must be ours. Null: it is; else what to answer.</summary>
    private async ValueTask<EffectResult?> ShownAsync(JobRequest request, CancellationToken stop)
    {
        var watched = _jobs.TryGetValue(request.Attempt, out var known) && known.Job == request.Job ? known : new WatchedJob(request);
        if (watched.End is not null) return new EffectResult.Done();
        if (watched is { Row: { } seen, Queue: not QueueSays.Absent } && IsOurs(watched, seen)) return null;
        var (rows, trouble) = await LookNowAsync(stop);
        if (rows is null) return new EffectResult.Refused($"squeue does not answer: {trouble}", Retryable: true);
        if (rows.GetValueOrDefault(watched.Job.Value) is not { } row) return await UnseenAsync(watched, stop);
        if (!watched.IsProved) watched.Read((await site.MarksAsync([request.Folder], stop))?[0]);
        // Another's job bears the number by now: ours is long gone.
        return IsOurs(watched, row) ? null : new EffectResult.Done();
    }

    /// <summary>Who comes while the question is on its way shares its answer: a successor that stops a thousand jobs asks once.</summary>
    private Task<(Dictionary<string, QueueRow>? Rows, string? Trouble)> LookNowAsync(CancellationToken stop)
    {
        lock (_asking) return _look is { IsCompleted: false } look ? look : _look = AskAsync();

        async Task<(Dictionary<string, QueueRow>?, string?)> AskAsync()
        {
            var answer = await _commands.QueueAsync(QueueText.Format, wanted: null, stop);
            Heard("squeue", answer.At, answer.Trouble);
            if (answer.Value is { } queue) return (QueueText.ById(queue.Rows), null);
            IsDown(answer.Trouble!);
            return (null, answer.Trouble);
        }
    }

    /// <summary>One answer without the job may be a mistake, and what is called done is not asked for again.</summary>
    private async ValueTask<EffectResult?> UnseenAsync(WatchedJob job, CancellationToken stop)
    {
        var accounting = await _commands.AccountingAsync(AccountingText.Format, [job.Job.Value], place.Since - Slack, SlurmCommands.AccountingAtOnce, stop);
        Heard("sacct", accounting.At, accounting.Trouble);
        var last = accounting.Value?.Rows.LastOrDefault(row => IsOurs(job, row));
        if (last is not null && SlurmStates.Of(last.State).IsOver || job.Evidence(time).Absence > Absence.Once) return new EffectResult.Done();
        return new EffectResult.Refused($"squeue does not show job {job.Job} just now, and nothing says that it has ended", Retryable: true);
    }

    private EffectResult.Refused Refused(string program, JobRequest job, ProcessOutcome outcome)
    {
        var said = SlurmCommands.Trouble(program, outcome) ?? SlurmText.LastLine(outcome.Errors);
        var rule = Refusals.Of(1, outcome.Errors);
        var passes = outcome.ExitCode is null or 127 || rule is { Text.Length: > 0, Kind: Refusal.InDoubt or Refusal.ControllerDown or Refusal.Temporary or Refusal.RateLimit };
        if (rule.Kind is Refusal.ControllerDown || outcome.ExitCode is null) IsDown(said);
        return new($"{program} refused for job {job.Job}: {said}", Retryable: passes);
    }

    private static bool MayHaveArrived(ProcessOutcome outcome) => outcome.ExitCode is null || Refusals.Of(1, outcome.Errors) is { Text.Length: > 0, Kind: Refusal.InDoubt };

    private static bool Says(ProcessOutcome outcome, string[] texts) => Array.Exists(texts, text => outcome.Errors.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Slurm counts in minutes; a limit is never cut.</summary>
    private static string Limit(TimeSpan limit) => Math.Ceiling(limit.TotalMinutes).ToString(CultureInfo.InvariantCulture);
}
