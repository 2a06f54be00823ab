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

/// <summary>Does what the journal asks for. Before it submits anything that an earlier process may have submitted, it looks.</summary>
internal sealed class EffectRunner(IScheduler scheduler, ProvenanceWriter provenance)
{
    /// <param name="mayHaveHappened">Whether an earlier try of this effect may have reached the world.</param>
    public async ValueTask<ImmutableArray<(string Id, EffectResult Result)>> PerformAsync(
        ExperimentState state, IReadOnlyList<(string Id, Effect Effect)> effects, Func<string, bool> mayHaveHappened, CancellationToken stop)
    {
        var results = ImmutableArray.CreateBuilder<(string, EffectResult)>(effects.Count);
        List<Submission> submissions = [];
        foreach (var (id, effect) in effects)
        {
            switch (effect)
            {
                case Effect.Submit submit when submit.Attempts is [var start] && state.Runs.TryGetValue(start.Attempt.Run.Value, out var run):
                    submissions.Add(new Submission(id, start, Request(run.Plan, start.Attempt, job: null), mayHaveHappened(id)));
                    break;
                case Effect.Cancel cancel when state.Runs.TryGetValue(cancel.Attempt.Run.Value, out var run):
                    results.Add((id, await scheduler.CancelAsync(Request(run.Plan, cancel.Attempt, cancel.Job), stop)));
                    break;
                default:
                    throw new UnreachableException($"effect {id} names a run that was never planned");
            }
        }
        results.AddRange(await SubmitAsync(submissions, stop));
        return results.DrainToImmutable();
    }

    public static JobRequest Request(PlannedRun run, AttemptId attempt, JobId? job) => new(attempt, run, ExperimentFolder.Attempt(run, attempt), job);

    private async ValueTask<IEnumerable<(string, EffectResult)>> SubmitAsync(List<Submission> submissions, CancellationToken stop)
    {
        List<(string, EffectResult)> results = [];
        List<Submission> toSubmit = [.. submissions.Where(static s => !s.MayHaveHappened)];
        ImmutableArray<Submission> doubtful = [.. submissions.Where(static s => s.MayHaveHappened)];
        var found = doubtful.IsEmpty ? [] : await scheduler.FindAsync([.. doubtful.Select(static s => s.Request)], stop);
        for (var i = 0; i < doubtful.Length; i++)
        {
            if (found[i] is { } job) results.Add((doubtful[i].Id, Submitted(doubtful[i], job, HashOf(doubtful[i].Request.ScriptPath), adopted: true)));
            else toSubmit.Add(doubtful[i]);
        }

        List<(Submission Submission, string Hash)> ready = [];
        foreach (var submission in toSubmit)
        {
            var (hash, refused) = Prepare(submission);
            if (refused is null) ready.Add((submission, hash));
            else results.Add((submission.Id, refused));
        }
        if (ready.Count == 0) return results;
        var outcomes = await scheduler.SubmitAsync([.. ready.Select(static r => r.Submission.Request)], stop);
        for (var i = 0; i < ready.Count; i++)
            results.Add((ready[i].Submission.Id, outcomes[i] is { Job: { } job } ? Submitted(ready[i].Submission, job, ready[i].Hash, adopted: false) : outcomes[i].Refused!));
        return results;
    }

    /// <summary>Writes what the job needs on disk; the world's refusal (a full disk) comes back as a value.</summary>
    private (string Hash, EffectResult.Refused? Refused) Prepare(Submission submission)
    {
        var script = ScriptRenderer.Render(submission.Request.Run, submission.Start, submission.Request.Folder);
        var bytes = Encoding.UTF8.GetBytes(script);
        try
        {
            if (provenance.Freeze(submission.Request.Run) is { } refused) return ("", refused);
            PrivateFolder.Create(submission.Request.Folder);
            AtomicFile.Write(submission.Request.ScriptPath, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ("", new EffectResult.Refused($"cannot write {submission.Request.Folder}: {e.Message}", Retryable: true));
        }
        return (Hash(bytes), null);
    }

    private static EffectResult.Submitted Submitted(Submission submission, JobId job, string hash, bool adopted) =>
        new([new SubmittedJob(submission.Start.Attempt, job, submission.Request.LogPath(job), hash, adopted)]);

    private static string HashOf(string path) => File.Exists(path) ? Hash(File.ReadAllBytes(path)) : "";
    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private sealed record Submission(string Id, AttemptStart Start, JobRequest Request, bool MayHaveHappened);
}
