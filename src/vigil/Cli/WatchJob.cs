using Vigil.Journaling;
using Vigil.Platform;
using Vigil.Schedulers.Slurm;

namespace Vigil.Cli;

/// <summary>A Slurm job that has been given a watch, as the queue shows it.</summary>
/// <param name="State">Slurm's word, such as <c>PENDING</c>.</param>
internal sealed record WatchJob(string Id, string State, string Reason)
{
    /// <summary>For <c>squeue -o</c>. The reason comes last: it may hold anything.</summary>
    public const string Format = "%i|%T|%r";

    public bool Runs => State is "RUNNING";

    public static WatchJob? Of(string row) => row.Split('|', 3, StringSplitOptions.TrimEntries) is [{ Length: > 0 } id, var state, var reason] ? new(id, state, reason) : null;

    /// <summary>Why no second one is submitted beside it, and what to do, a line each.</summary>
    public IEnumerable<string> Already(string name, ExperimentFolder folder)
    {
        var start = $"error RUN032: Slurm job {Id} ({name}) is the watch over {folder.Root} already";
        if (Runs)
        {
            yield return $"{start}. To end it: scancel {Id}";
            yield break;
        }
        yield return $"{start}, but does not run: it is {State}{(Reason is "None" or "" ? "" : $" ({Reason})")}";
        var outlook = State is not "PENDING" ? "" : StuckReasons.Has(Reason) ? "As it stands it never starts: somebody has to change the job or the cluster. " : "It begins when Slurm gets to it. ";
        yield return $"    {outlook}To remove it, and then ask for another: scancel {Id}";
    }
}

/// <summary>Which job was given the watch last, noted beside what is to be looked at, so that nobody need ask the cluster for it.</summary>
internal static class WatchJobNote
{
    private static string PathIn(ExperimentFolder folder) => Path.Combine(folder.Views, "watch.job");

    public static string OutputOf(ExperimentFolder folder, string job) => Path.Combine(folder.Views, $"watch-{job}.out");

    /// <summary>Best effort: without the note the job watches all the same.</summary>
    public static void Write(ExperimentFolder folder, string job)
    {
        try
        {
            PrivateFolder.Create(folder.Views);
            AtomicFile.Write(PathIn(folder), $"{job}\n");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>The queue has no such job any more.</summary>
    public static void Clear(ExperimentFolder folder)
    {
        try { File.Delete(PathIn(folder)); }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>What <c>status</c> says of the job where nobody watches; null: none was noted.</summary>
    public static string? Sentence(ExperimentFolder folder)
    {
        if (Read(folder) is not { } job) return null;
        return OutputOf(folder, job) is var output && File.Exists(output)
            ? $"Slurm job {job} had the watch; what it said: {output}"
            : $"Slurm job {job} is to watch it; squeue -j {job} tells whether it has started";
    }

    private static string? Read(ExperimentFolder folder)
    {
        try { return File.ReadAllText(PathIn(folder)).Trim() is { Length: > 0 and < 20 } job && job.All(char.IsAsciiDigit) ? job : null; }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return null; }
    }
}
