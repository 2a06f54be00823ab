using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Platform;
using Vigil.Schedulers.Local;

namespace Vigil.Cli;

/// <summary>Looks at what Vigil needs of this machine, one line each. The only thing it writes is a file that it removes again.</summary>
internal static class Checkup
{
    public static async Task<int> RunAsync(CliContext context, string? dir, bool json, CancellationToken stop)
    {
        List<CheckLine> lines = [Program(context, "bash", "install bash 4.4 or newer"), Program(context, "python3", "only the examples need it: apt-get install python3"), LocalRunFolder(context)];
        lines.Add(Cpus());
        lines.Add(await GpusAsync(context, stop));
        lines.Add(Clock(context));
        dir = dir is null ? null : ExperimentDirs.Follow(context, new ExperimentFolder(context.FullPath(dir))).Root;
        lines.AddRange(await SlurmCheckup.OfAsync(context, dir is null ? null : new ExperimentFolder(context.FullPath(dir)), stop));
        if (dir is not null) lines.AddRange(await SshCheckup.OfAsync(context, new ExperimentFolder(context.FullPath(dir)), stop));
        if (dir is not null) lines.AddRange(Folder(context, context.FullPath(dir)));
        if (json) context.Out.WriteLine(JsonSerializer.Serialize(new DoctorReport(1, [.. lines]), ReportJson.Plain.DoctorReport));
        else
            foreach (var line in lines) Print(context, line);
        return lines.Exists(static l => l.Verdict == "bad") ? ExitCode.RunsFailed : ExitCode.Done;
    }

    private static void Print(CliContext context, CheckLine line)
    {
        context.Out.WriteLine($"{line.Verdict,-5} {line.What,-12} {line.Found}");
        if (line.Remedy is { } remedy) context.Out.WriteLine($"{"",-18} → {remedy}");
    }

    private static CheckLine Program(CliContext context, string name, string remedy)
    {
        var place = Place(context, name);
        return place is null ? new(name == "bash" ? "bad" : "note", name, "not on PATH", remedy) : new("ok", name, place, null);
    }

    private static string? Place(CliContext context, string program) =>
        (context.Environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    private static CheckLine LocalRunFolder(CliContext context)
    {
        using var folder = RunFolder.Open(RunFolder.DefaultPath(context.Environment), context.Time, out var refusal);
        return folder is null ? new("bad", "run folder", refusal!, null) : new("ok", "run folder", $"{folder.Path} (slots, locks and job ids of this user's local jobs)", null);
    }

    private static CheckLine Cpus() => new("ok", "CPUs", $"{Environment.ProcessorCount} slots for local jobs", null);

    private static async Task<CheckLine> GpusAsync(CliContext context, CancellationToken stop)
    {
        if (Place(context, "nvidia-smi") is null) return new("note", "GPUs", "none: there is no nvidia-smi on PATH", null);
        var outcome = await new ProcessRunner(context.Time).RunAsync(["nvidia-smi", "--query-gpu=index,name", "--format=csv,noheader"], TimeSpan.FromSeconds(10), stop);
        return outcome.Succeeded
            ? new("ok", "GPUs", outcome.Output.Trim().ReplaceLineEndings("; "), null)
            : new("note", "GPUs", "none: nvidia-smi does not answer", outcome.Errors.Length > 0 ? outcome.Errors.Trim() : null);
    }

    private static CheckLine Clock(CliContext context)
    {
        var now = context.Time.GetLocalNow();
        return now.Year < 2026 ? new("bad", "clock", $"it says {now:yyyy-MM-dd HH:mm}", "set the machine's clock; times in logs and journals would mislead") : new("ok", "clock", now.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture), null);
    }

    private static IEnumerable<CheckLine> Folder(CliContext context, string path)
    {
        yield return Disk(context, path);
        var folder = new ExperimentFolder(path);
        if (!folder.HoldsAnExperiment)
        {
            yield return new("note", "journal", "no experiment in this folder yet", null);
            yield break;
        }
        var follower = new JournalFollower(folder);
        follower.Read();
        yield return follower.Damage is { } damage
            ? new("bad", "journal", damage.ToString(), $"vigil doctor --recover {path}")
            : new("ok", "journal", $"{follower.State.Seq} entries, all whole{(follower.TornBytes > 0 ? $"; the last {follower.TornBytes} bytes are an interrupted write and will be cut off by the next watch" : "")}", null);
        foreach (var remark in follower.Remarks) yield return new("note", "journal", remark, null);
        foreach (var reason in Preflight.UnwritableLogs(path, follower.State.Runs.Values.Where(static r => r.State is not Monitoring.RunState.Finished).Select(static r => r.Plan)))
            yield return new("bad", "logs", reason, Preflight.LogRemedy);
    }

    /// <summary>What the journal needs: rename, link and fsync, and how long an fsync takes.</summary>
    private static CheckLine Disk(CliContext context, string path)
    {
        if (!Directory.Exists(path)) return new("bad", "folder", $"{path} does not exist", null);
        var probe = Path.Combine(path, $".vigil-doctor-{Environment.ProcessId}");
        try
        {
            var began = context.Time.GetTimestamp();
            var created = ExclusiveFile.TryCreateDurable(probe, "probe"u8);
            var took = context.Time.GetElapsedTime(began);
            return created && !ExclusiveFile.TryCreateDurable(probe, "probe"u8)
                ? new("ok", "folder", string.Create(CultureInfo.InvariantCulture, $"{path}: writable, names are exclusive, a durable file takes {took.TotalMilliseconds:0.0} ms"), null)
                : new("bad", "folder", $"{path}: two processes could create the same file", "choose a folder on a file system with hard links (local disk, NFS, Lustre, GPFS)");
        }
        catch (IOException refusal)
        {
            return new("bad", "folder", refusal.Message, "make room or get permission, or choose another project.base_output_dir");
        }
        finally
        {
            _ = Libc.Unlink(probe);
        }
    }
}

/// <param name="Verdict"><c>ok</c>, <c>note</c> or <c>bad</c>.</param>
internal sealed record CheckLine(string Verdict, string What, string Found, string? Remedy);

internal sealed record DoctorReport(int Schema, ImmutableArray<CheckLine> Checks);
