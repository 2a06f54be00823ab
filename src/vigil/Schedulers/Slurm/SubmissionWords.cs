using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Schedulers.Slurm;

/// <summary>A submission → the words of its <c>sbatch</c>.</summary>
internal static class SubmissionWords
{
    public static ImmutableArray<string> Of(Submission submission)
    {
        var run = submission.Members[0].Run;
        var job = run.Slurm ?? throw new ArgumentException($"{run.Id} is no job of Slurm", nameof(submission));
        var output = submission.Array is { } array ? ArrayScript.Output(array.Folder, run) : LogPattern.OfSingleJob(run.LogPath);
        return SbatchWords.Of(job, submission.JobName, submission.Token, output, Extras(submission), run.WorkDir, submission.ScriptPath);
    }

    /// <summary>What a submission adds to what its runs ask for.</summary>
    public static SbatchExtras Extras(Submission submission)
    {
        var excluded = string.Join(',', submission.Starts.Select(static start => start.ExcludedNodes).OfType<string>().Distinct());
        return SbatchExtras.Of(submission.Starts[0]) with
        {
            Array = submission.Array is null ? null : new ArrayRange(submission.Members.Length, submission.Members[0].Run.Slurm?.ArrayAtOnce),
            Dependency = submission.Dependency is { } dependency ? Text(dependency) : null,
            ExcludedNodes = excluded.Length == 0 ? null : excluded,
        };
    }

    private static string Text(JobDependency dependency) => $"{dependency.Kind}:{string.Join(':', dependency.Jobs)}";
}
