using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Schedulers.Slurm;

/// <summary>The words of <c>sbatch</c> for one submission.</summary>
internal static class SubmissionWords
{
    /// <param name="atOnce">Most tasks of an array that run at a time; null: as many as fit.</param>
    public static ImmutableArray<string> Of(Submission submission, int? atOnce = null)
    {
        var (run, start) = (submission.Members[0].Run, submission.Starts[0]);
        var single = submission.Array is null;
        // Through the links of the tasks, so that what Slurm itself writes at the end lands in the run's own log.
        var output = single ? LogPattern.OfSingleJob(run.LogPath) : $"{LogPattern.Escape(submission.Array!.Folder)}/%a/{Path.GetFileName(run.LogPath)}";
        var excluded = string.Join(',', submission.Starts.Select(static s => s.ExcludedNodes).OfType<string>().Distinct());
        var extras = new SbatchExtras(single ? null : new ArrayRange(submission.Members.Length, atOnce), Dependency(submission.Dependency), excluded.Length == 0 ? null : excluded, start.TimeLimit);
        var words = SbatchWords.Of(run.Slurm!, submission.JobName, submission.Token, output, extras, run.WorkDir, submission.ScriptPath);
        // What can never start any more is ended by Slurm, instead of waiting for ever.
        return submission.Dependency is null ? words : [.. words[..^1], "--kill-on-invalid-dep=yes", words[^1]];
    }

    private static string? Dependency(JobDependency? on) => on is null ? null : $"{on.Kind}:{string.Join(':', on.Jobs.Select(static job => job.Value))}";
}
