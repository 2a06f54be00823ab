using System.Globalization;
using Vigil.Evaluations;
using Vigil.Logs.Checkpoints;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Monitor;

/// <summary>Looks whether a run whose job completed has left what it was to leave: a scheduler's COMPLETED is only the word of a script.</summary>
/// <param name="checkpoints">Knows how the experiment's trainers call their checkpoints.</param>
internal sealed class ArtifactCheck(CheckpointScan checkpoints)
{
    /// <summary>Clocks of a cluster differ: so much older than its run a file may seem.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    /// <summary>What is missing, all of it in one sentence; null: nothing.</summary>
    public string? Missing(RunRecord run, DateTimeOffset now)
    {
        if (run.Plan.Artifacts is not { } artifacts) return null;
        var since = run.Attempts is [{ Submitted: { } first }, ..] ? first - Slack : DateTimeOffset.MinValue;
        var missing = artifacts.Select(a => Missing(a, since, now)).OfType<string>().ToList();
        return missing.Count == 0 ? null : string.Join("; ", missing);
    }

    private string? Missing(Artifact artifact, DateTimeOffset since, DateTimeOffset now) => artifact switch
    {
        Artifact.Weights { Path: var path } => OfCheckpoint(path, since, now),
        Artifact.Document { Path: var path } => OfFile(path, since),
        Artifact.Evaluation evaluation => OfEvaluation(evaluation, since),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private string? OfCheckpoint(string path, DateTimeOffset since, DateTimeOffset now)
    {
        if (checkpoints.LookAt(path, now, CheckpointWriters.Gone) is not { Bytes: > 0 } seen) return $"there is no checkpoint {path}";
        if (seen.Modified < since) return $"the checkpoint {path} is older than the run";
        return seen.Validity is CheckpointValidity.Valid ? null : $"the checkpoint {path} is not whole: {seen.Reason}";
    }

    private static string? OfFile(string path, DateTimeOffset since)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return $"there is no file {path}";
        if (file.Length == 0) return $"the file {path} is empty";
        return file.LastWriteTimeUtc < since ? $"the file {path} is older than the run" : null;
    }

    /// <summary>The newest log of the task that the run wrote speaks for it.</summary>
    private static string? OfEvaluation(Artifact.Evaluation wanted, DateTimeOffset since)
    {
        var name = wanted.Task is { } task ? $"the task {task}" : "an evaluation";
        var written = EvalLogFolder.Whole.Find(wanted.Folder, Zstd.Find(Zstd.Library)).Logs.Where(l => File.GetLastWriteTimeUtc(l.Path) >= since).ToList();
        var read = written.Where(l => l.Reading is EvalReading.Read { Log: var log } && (wanted.Task is null || IsOf(log, wanted.Task))).ToList();
        if (read is [.., { Reading: EvalReading.Read { Log: var newest }, Path: var path }]) return Fault(newest) is { } fault ? $"{Path.GetFileName(path)} {fault}" : null;
        // A log that only another machine can read is no reason to call the evaluation failed.
        if (written.Exists(static l => l.Reading is EvalReading.Refused { Trouble: EvalTrouble.ZstdMissing })) return null;
        return written is [.., { Reading: EvalReading.Refused { Trouble: var trouble }, Path: var broken }] ? $"{Path.GetFileName(broken)} {trouble.Text}" : $"there is no log of {name} in {wanted.Folder}";
    }

    /// <summary>Tasks are registered with a package's name before theirs.</summary>
    private static bool IsOf(EvalLog log, string task) => Plain(log.Task[(log.Task.LastIndexOf('/') + 1)..]) == Plain(task);

    private static string Plain(string name) => name.Replace('-', '_');

    private static string? Fault(EvalLog log) => log.Status switch
    {
        _ when log.Validity is EvalValidity.Invalidated => "was marked as not to be used",
        EvalStatus.Success => log is { TotalSamples: { } total, CompletedSamples: { } done } && done < total ? string.Create(CultureInfo.InvariantCulture, $"has only {done} of {total} samples") : null,
        EvalStatus.Failed { Message: var message } => $"says that the evaluation failed{(message is null ? "" : $": {message.Split('\n')[0]}")}",
        EvalStatus.Unfinished => "has no header, which is written last",
        EvalStatus.Cancelled => "says that the evaluation was cancelled",
        EvalStatus.Started => "says that the evaluation goes on",
        EvalStatus.Other { Word: var word } => $"has the status '{word}', which is not known here",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
