using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Schedulers;

namespace Vigil.Monitor;

/// <summary>How one effect went.</summary>
/// <param name="DidNotHappen">The world has certainly not taken it: the next try need not look first.</param>
internal readonly record struct EffectEnd(string Id, EffectResult Result, bool DidNotHappen = false);

/// <summary>Does what the journal asks for. Before it submits anything that an earlier try may have submitted, it looks.</summary>
internal sealed class EffectRunner(IScheduler scheduler, ProvenanceWriter provenance)
{
    /// <param name="mayHaveHappened">Whether an earlier try of this effect may have reached the world.</param>
    public async ValueTask<ImmutableArray<EffectEnd>> PerformAsync(
        ExperimentState state, IReadOnlyList<(string Id, Effect Effect)> effects, Func<string, bool> mayHaveHappened, CancellationToken stop)
    {
        var ends = ImmutableArray.CreateBuilder<EffectEnd>(effects.Count);
        List<Submission> fresh = [], doubtful = [];
        // All at once: a scheduler sends what it can in one command.
        List<(string Id, Task<EffectResult> Call)> calls = [];
        foreach (var (id, effect) in effects)
        {
            switch (effect)
            {
                case Effect.Submit submit: (mayHaveHappened(id) ? doubtful : fresh).Add(Submission(state, id, submit)); break;
                // Carried out twice it stops the job twice.
                case Effect.Change { To: JobChange.Requeue } when mayHaveHappened(id): ends.Add(new(id, new EffectResult.Refused("it is not known whether the job was queued again already", Retryable: false))); break;
                case Effect.Cancel cancel: calls.Add((id, scheduler.CancelAsync(Request(state, cancel.Attempt, cancel.Job), stop).AsTask())); break;
                case Effect.Change change: calls.Add((id, scheduler.ChangeAsync(Request(state, change.Attempt, change.Job), change.To, stop).AsTask())); break;
                default: throw new UnreachableException();
            }
        }
        foreach (var (id, call) in calls)
        {
            var result = await call;
            ends.Add(new(id, result, DidNotHappen: result is EffectResult.Refused));
        }
        ends.AddRange(await SubmitAsync(state, fresh, doubtful, stop));
        return ends.DrainToImmutable();
    }

    public static JobRequest Request(PlannedRun run, AttemptId attempt, JobId? job) => new(attempt, run, ExperimentFolder.Attempt(run, attempt), job);

    private static JobRequest Request(ExperimentState state, AttemptId attempt, JobId? job) => Request(state.Runs[attempt.Run.Value].Plan, attempt, job);

    public static Submission Submission(ExperimentState state, string id, Effect.Submit submit)
    {
        var dir = state.Experiment!.Dir;
        var members = submit.Attempts.Select(start => Request(state, start.Attempt, job: null)).ToImmutableArray();
        if (submit.Array is not { } name) return new(id, members, submit.Attempts, members[0].ScriptPath, members[0].Run.Id.Value, dir, null, submit.Dependency);
        var place = new ArrayPlace(name, new ExperimentFolder(new ExperimentFolder(dir).There(members[0].Run)).Array(name));
        return new(id, members, submit.Attempts, Path.Combine(place.Folder, "script.sbatch"), $"{state.Experiment.Name}.{name}", dir, place, submit.Dependency);
    }

    private async ValueTask<IEnumerable<EffectEnd>> SubmitAsync(ExperimentState state, List<Submission> fresh, List<Submission> doubtful, CancellationToken stop)
    {
        List<EffectEnd> ends = [];
        List<Submission> toSubmit = [];
        var found = doubtful.Count == 0 ? [] : await scheduler.FindAsync([.. doubtful], stop);
        for (var i = 0; i < doubtful.Count; i++)
            switch (found[i])
            {
                case Found.Jobs jobs: ends.Add(new(doubtful[i].Id, Submitted(doubtful[i], jobs.Ids, [.. doubtful[i].Members.Select(HashOf)], adopted: true))); break;
                case Found.Unknown unknown: ends.Add(new(doubtful[i].Id, new EffectResult.Refused(unknown.Reason, Retryable: true))); break;
                default: fresh.Add(doubtful[i]); break;
            }
        foreach (var submission in fresh)
            if (state.Wants(submission.Starts)) toSubmit.Add(submission);
            else ends.Add(new(submission.Id, new EffectResult.Done()));

        List<(Submission Submission, ImmutableArray<string> Hashes)> ready = [];
        foreach (var (submission, hashes, refused) in Prepare(toSubmit))
        {
            if (refused is null) ready.Add((submission, hashes));
            else ends.Add(new(submission.Id, refused, DidNotHappen: true));
        }
        if (ready.Count == 0) return ends;
        var outcomes = await scheduler.SubmitAsync([.. ready.Select(static r => r.Submission)], stop);
        ends.AddRange(ready.Zip(outcomes, (r, outcome) => outcome switch
        {
            SubmitOutcome.Accepted accepted => new EffectEnd(r.Submission.Id, Submitted(r.Submission, accepted.Jobs, r.Hashes, adopted: false)),
            SubmitOutcome.Refused refused => new(r.Submission.Id, refused.Answer, DidNotHappen: true),
            SubmitOutcome.InDoubt doubt => new(r.Submission.Id, new EffectResult.Refused(doubt.Reason, Retryable: true)),
            _ => throw new UnreachableException(),
        }));
        return ends;
    }

    /// <summary>Writes what the jobs need on disk; the world's refusal (a full disk) comes back as a value.</summary>
    private IEnumerable<(Submission Submission, ImmutableArray<string> Hashes, EffectResult.Refused? Refused)> Prepare(List<Submission> submissions)
    {
        // A dozen small files a run: with thousands of runs the file system is what is waited for, and it serves several at a time.
        var members = submissions.SelectMany(static s => Enumerable.Range(0, s.Members.Length).Select(at => (Submission: s, At: at))).ToArray();
        var written = new (string? Hash, EffectResult.Refused? Refused)[members.Length];
        Parallel.For(0, members.Length, i => written[i] = Prepare(members[i].Submission, members[i].At));
        var next = 0;
        foreach (var submission in submissions)
        {
            var own = written.AsSpan(next, submission.Members.Length).ToArray();
            next += own.Length;
            var refused = own.Select(static w => w.Refused).FirstOrDefault(static r => r is not null);
            if (refused is null && submission.Array is { } place) refused = ArrayFolder.Write(submission, place, new ExperimentFolder(submission.ExperimentDir).Array(place.Name));
            yield return (submission, refused is null ? [.. own.Select(static w => w.Hash!)] : [], refused);
        }
    }

    /// <summary>One run of a submission: the hash of its script, or why it cannot start.</summary>
    private (string? Hash, EffectResult.Refused? Refused) Prepare(Submission submission, int at)
    {
        var (member, start) = (submission.Members[at], submission.Starts[at]);
        var bytes = Encoding.UTF8.GetBytes(ScriptRenderer.Render(member.Run, start, member.Folder, submission.Array is null ? submission.Token : null));
        try
        {
            if (provenance.Freeze(member.Run) is { } refused) return (null, refused);
            PrivateFolder.Create(provenance.Here(member.Run, member.Folder));
            // Without the folder of its log a Slurm job fails and says nothing.
            PrivateFolder.Create(provenance.Here(member.Run, LogPattern.Folder(member.Run.LogPath)));
            AtomicFile.WriteUnannounced(provenance.Here(member.Run, member.ScriptPath), bytes);
            if (ScriptCopy.PathOf(member.Run) is { } copy) AtomicFile.WriteUnannounced(provenance.Here(member.Run, copy), bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new EffectResult.Refused($"cannot write {member.Folder}: {e.Message}", Retryable: true));
        }
        return (Hash(bytes), null);
    }

    private EffectResult.Submitted Submitted(Submission submission, ImmutableArray<JobId> jobs, ImmutableArray<string> hashes, bool adopted) =>
        new([.. submission.Members.Select((member, i) => new SubmittedJob(member.Attempt, jobs[i], submission.Array is null && member.LogPath(jobs[i]) is { } log ? provenance.Here(member.Run, log) : null, hashes[i], adopted))]);

    private string HashOf(JobRequest member) => provenance.Here(member.Run, member.ScriptPath) is var path && File.Exists(path) ? Hash(File.ReadAllBytes(path)) : "";
    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
