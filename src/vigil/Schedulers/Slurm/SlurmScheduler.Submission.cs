using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Schedulers.Slurm;

/// <content>Submitting.</content>
internal sealed partial class SlurmScheduler
{
    /// <summary>More at a time only make the controller slower.</summary>
    private const int AtOnce = 4;

    /// <summary>So long one call goes on starting submissions: its caller has other things to do, such as saying that it lives.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(15);

    public async ValueTask<ImmutableArray<SubmitOutcome>> SubmitAsync(ImmutableArray<Submission> submissions, CancellationToken stop)
    {
        var outcomes = new SubmitOutcome[submissions.Length];
        var queue = new Queue<int>(Enumerable.Range(0, submissions.Length).OrderByDescending(i => submissions[i].Members.Max(static m => m.Run.Priority)));
        var began = time.GetTimestamp();
        var halt = WhyDown is { } down ? Later(down) : null;
        async Task SubmitNextAsync()
        {
            while (true)
            {
                int at;
                lock (queue)
                {
                    if (!queue.TryDequeue(out at)) return;
                    if (halt is null && time.GetElapsedTime(began) > LongestCall) halt = Later("its turn has not come: slurm.requests_per_second says how often Slurm is asked");
                    outcomes[at] = halt!;
                    if (halt is not null) continue;
                }
                var outcome = await SubmitOneAsync(submissions[at], stop);
                lock (queue) (outcomes[at], halt) = (outcome, halt ?? Halts(outcome));
            }
        }
        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, submissions.Length)).Select(_ => SubmitNextAsync()));
        foreach (var (submission, outcome) in submissions.Zip(outcomes)) Note(submission, outcome);
        Hurry();
        // What was handed over just now waits in the queue: the first look at it has time.
        _polled ??= time.GetTimestamp();
        return [.. outcomes];
    }

    private async Task<SubmitOutcome> SubmitOneAsync(Submission submission, CancellationToken stop)
    {
        var outcome = await _commands.SubmitAsync(words(submission), stop);
        if (outcome.ExitCode is 0) return Accepted(submission, outcome);
        if (outcome.ExitCode is null) return IsUnstarted(outcome) ? Down($"{outcome.Errors}: run this on a login node, or load the cluster's environment first") : new SubmitOutcome.InDoubt(outcome.Errors);
        // A site's own wrapper may fail after the real sbatch has not.
        if (JobOf(outcome.Output) is not null) return new SubmitOutcome.InDoubt($"sbatch named a job and exited {outcome.ExitCode}: {outcome.Output.Trim()} {outcome.Errors.Trim()}");
        var rule = Refusals.Of(outcome.ExitCode, outcome.Errors);
        // Older versions do not say which limit: with jobs of ours in the queue it is taken for one that their ends lift.
        if (rule.Text == Refusals.SomeLimit && WatchesAny && !outcome.Errors.Trim().Contains('\n')) rule = rule with { Kind = Refusal.QueueLimit };
        var sentence = Refusals.Sentence(outcome.Errors, rule);
        return rule.Kind switch
        {
            Refusal.InDoubt => new SubmitOutcome.InDoubt(outcome.Errors.Trim() is { Length: > 0 } said ? $"sbatch gave no answer: {SlurmText.LastLine(said)}" : $"sbatch exited {outcome.ExitCode} without a word"),
            Refusal.ControllerDown => Down(sentence),
            Refusal.Temporary or Refusal.RateLimit => Later(sentence),
            Refusal.QueueLimit => Refused(sentence, RefusedFor.QueueLimit),
            Refusal.ArraySize when submission.Members.Length > 1 => Refused(sentence, RefusedFor.ArraySize),
            _ => new SubmitOutcome.Refused(new EffectResult.Refused(sentence, Retryable: false)),
        };
    }

    private static SubmitOutcome Accepted(Submission submission, ProcessOutcome outcome) =>
        JobOf(outcome.Output) is { } id
            ? new SubmitOutcome.Accepted(JobsOf(submission, id))
            : new SubmitOutcome.InDoubt($"sbatch named no job: {(outcome.Output + outcome.Errors).Trim()}");

    /// <summary>The one line that is an id, whatever a site prints around it.</summary>
    private static string? JobOf(string output)
    {
        string? found = null;
        foreach (var line in output.Split('\n'))
            if (SlurmIds.OfSubmission(line) is { } id) found = id;
        return found;
    }

    private static ImmutableArray<JobId> JobsOf(Submission submission, string id) =>
        submission.Array is null ? [new(id)] : [.. submission.Members.Select((_, task) => new JobId(SlurmIds.Task(id, task)))];

    private void Note(Submission submission, SubmitOutcome outcome)
    {
        if (outcome is SubmitOutcome.Accepted accepted) _tokens[SlurmIds.Base(accepted.Jobs[0].Value)] = submission.Token;
        if (outcome is SubmitOutcome.InDoubt) _doubts[submission.Token] = time.GetTimestamp();
    }

    /// <summary>What makes it useless to try the next one now; null: nothing.</summary>
    private static SubmitOutcome.Refused? Halts(SubmitOutcome outcome) => outcome switch
    {
        // Only what was refused itself is halved: an array that was not tried may be taken whole when its turn comes.
        SubmitOutcome.Refused { Answer: { Retryable: true, For: not RefusedFor.ArraySize } refused } => new(refused with { For = null }),
        SubmitOutcome.InDoubt doubt => Later($"not tried: the submission before it is in doubt ({doubt.Reason})"),
        _ => null,
    };

    private static bool IsUnstarted(ProcessOutcome outcome) => outcome.Errors.Contains(ProcessRunner.NotStarted, StringComparison.Ordinal);

    private SubmitOutcome.Refused Down(string reason)
    {
        IsDown(reason);
        return Later(reason);
    }

    private static SubmitOutcome.Refused Later(string reason) => new(new EffectResult.Refused(reason, Retryable: true));
    private static SubmitOutcome.Refused Refused(string reason, RefusedFor what) => new(new EffectResult.Refused(reason, Retryable: true) { For = what });
}
