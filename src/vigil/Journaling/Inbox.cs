using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Journaling;

/// <summary>Wishes of people, one file each. Files of other users, links and oversized files are not wishes; they are said once and left alone.</summary>
internal sealed class Inbox(ExperimentFolder folder, Action<string> say)
{
    /// <summary>A plan of ten thousand runs fits.</summary>
    private const long LargestWish = 64 << 20;

    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>Drops a wish for the monitor to find.</summary>
    public static void Drop(ExperimentFolder folder, Wish wish) =>
        AtomicFile.Write(Path.Combine(folder.Inbox, $"{wish.Id}.json"), JsonSerializer.SerializeToUtf8Bytes(wish, JournalJson.Plain.Wish));

    /// <summary>A new wish id: sortable by time, unique among processes.</summary>
    public static string NewId(DateTimeOffset at) => $"{at.UtcDateTime:yyyyMMdd-HHmmss-fff}-{Environment.ProcessId:x}-{Guid.NewGuid().ToString("n")[..6]}";

    /// <summary>Wishes not granted yet, oldest first.</summary>
    public IEnumerable<Wish> Read(ExperimentState state)
    {
        foreach (var path in Files())
        {
            var id = Path.GetFileNameWithoutExtension(path);
            if (state.Wishes.Contains(id) || _refused.Contains(path)) continue;
            if (TryRead(path, id) is { } wish) yield return wish;
        }
    }

    /// <summary>Removes the files of wishes that the journal holds for certain.</summary>
    public void Forget(ExperimentState state)
    {
        foreach (var path in Files())
            if (state.Wishes.Contains(Path.GetFileNameWithoutExtension(path))) Delete(path);
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays where it is; the journal knows that the wish was granted.
        }
    }

    private IEnumerable<string> Files()
    {
        try
        {
            return Directory.GetFileSystemEntries(folder.Inbox, "*.json").Order(StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];   // not there, or not readable just now: the next turn looks again
        }
    }

    private Wish? TryRead(string path, string id)
    {
        try
        {
            if (FileStatus.Of(path) is not { IsRegular: true, IsMine: true, Size: <= LargestWish }) return Refuse(path, "it is no small regular file of this user");
            return JsonSerializer.Deserialize(ReadFile(path), JournalJson.Plain.Wish) is { } wish && wish.Id == id ? wish : Refuse(path, "its id is not its name");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)   // the second: a wish of no type
        {
            return Refuse(path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // gone again, or not readable just now: the next turn looks again
        }
    }

    /// <summary>Another file may have taken the name since it was looked at: a link is not followed, and a pipe does not make us wait.</summary>
    private static byte[] ReadFile(string path)
    {
        const int nonBlocking = 0x800;
        var descriptor = Libc.Check(Libc.Open(path, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.OpenCloseOnExec | nonBlocking, 0), "open", path);
        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
        var bytes = new byte[Math.Min(RandomAccess.GetLength(file), LargestWish)];
        return bytes[..RandomAccess.Read(file, bytes, 0)];
    }

    private Wish? Refuse(string path, string why)
    {
        if (_refused.Add(path)) say($"{path} was not read: {why}");
        return null;
    }
}
