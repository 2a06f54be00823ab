using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>A person's decision to cut a damaged journal: what would be lost is shown, everything is copied first.</summary>
internal static class Recovery
{
    public static int Run(CliContext context, string? dir, bool yes)
    {
        if (ExperimentDirs.Find(context, dir is null ? [] : [dir], out var problem) is not { } found) return WatchCommand.Problem(context, problem!);
        if (found.Count > 1) return WatchCommand.Problem(context, $"there are {found.Count} experiments here; name the folder of one: vigil doctor --recover {found[0].Root}");
        var folder = found[0];
        var follower = new JournalFollower(folder);
        follower.Read();
        if (follower.Damage is not { } damage)
        {
            context.Out.WriteLine($"The journal of {folder.Root} is whole: {follower.State.Seq} entries.");
            return ExitCode.Done;
        }
        if (Lease.Judge(Lease.Read(folder), follower.Header, ThisProcess.Writer, ThisProcess.Lives) is Standing.Held held) return Talk.Held(context, folder, held.Writer);
        Show(context, folder, damage, follower.State);
        context.Out.Flush();     // what would be lost stands above the question
        if (!yes && !Talk.Ask(context, "Cut the journal there, after copying it?")) return ExitCode.UserMistake;
        try
        {
            context.Out.WriteLine($"Copied to {Copy(folder, context.Time)}.");
            Cut(folder, damage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Talk.Unwritable(context, folder, e.Message);
        }
        context.Out.WriteLine($"Cut. {follower.State.Seq} entries remain. Jobs that were submitted after them are looked for before anything is submitted again: vigil watch {folder.Root}");
        return ExitCode.Done;
    }

    private static void Show(CliContext context, ExperimentFolder folder, JournalDamage damage, ExperimentState kept)
    {
        context.Out.WriteLine(damage.ToString());
        context.Out.WriteLine($"Whole before it: {kept.Seq} entries, {LiveScreen.Counts(kept)}.");
        context.Out.WriteLine("What would be lost, as far as it can still be read:");
        var lost = 0;
        foreach (var line in ReadableAfter(folder, damage))
        {
            if (lost++ < 20) context.Out.WriteLine($"  {line}");
        }
        context.Out.WriteLine(lost switch { 0 => "  nothing that can be read", > 20 => $"  … and {lost - 20} more entries", _ => $"  ({lost} entries)" });
    }

    private static IEnumerable<string> ReadableAfter(ExperimentFolder folder, JournalDamage damage)
    {
        foreach (var path in Segments(folder).SkipWhile(p => p != damage.File))
        {
            var bytes = File.ReadAllBytes(path);
            var start = path == damage.File ? (int)damage.Byte : 0;
            for (int end; start < bytes.Length && (end = Array.IndexOf(bytes, (byte)'\n', start)) >= 0; start = end + 1)
                if (Entry(bytes.AsSpan(start, end - start)) is { } entry) yield return $"{entry.Seq}  {LogText.Safe(EventText.Describe(entry))}";
        }
    }

    private static JournalEntry? Entry(ReadOnlySpan<byte> line)
    {
        if (!JournalLine.TryRead(line, out var json, out _)) return null;
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(json, JournalJson.Plain.JournalEntry);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;    // a segment's header, or something of another version
        }
    }

    private static string Copy(ExperimentFolder folder, TimeProvider time)
    {
        var copy = Path.Combine(folder.Root, $"journal.damaged-{time.GetLocalNow():yyyyMMdd-HHmmss}");
        PrivateFolder.Create(copy);
        foreach (var path in Segments(folder).Append(folder.RunLog).Where(File.Exists)) File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
        return copy;
    }

    /// <summary>The damaged segment ends before the damage; the ones after it go. A cut at a segment's first byte leaves no segment.</summary>
    private static void Cut(ExperimentFolder folder, JournalDamage damage)
    {
        File.Delete(folder.Snapshot);
        foreach (var path in Segments(folder).SkipWhile(p => p != damage.File).Skip(damage.Byte == 0 ? 0 : 1).Reverse()) File.Delete(path);
        if (File.Exists(folder.RunLog)) File.Delete(folder.RunLog);     // copied; the next watch writes it anew from what the journal holds
        if (damage.Byte == 0) return;
        using var file = File.OpenHandle(damage.File, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, damage.Byte);
        RandomAccess.FlushToDisk(file);
    }

    private static IEnumerable<string> Segments(ExperimentFolder folder) => JournalFollower.Epochs(folder).Select(folder.Segment);
}
