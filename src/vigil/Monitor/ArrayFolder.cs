using System.Collections.Immutable;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm;

namespace Vigil.Monitor;

/// <summary>Writes <c>arrays/B</c>: the script, which task is which run, and the links through which Slurm writes into the runs' folders.</summary>
internal static class ArrayFolder
{
    /// <summary>Null when everything is there; else the disk's refusal.</summary>
    /// <param name="here">Absolute: the folder to write. It may be carried over to another machine: what it says is as its jobs find it.</param>
    public static EffectResult.Refused? Write(Submission submission, ArrayPlace place, string here)
    {
        ImmutableArray<ArrayMember> members = [.. submission.Members.Zip(submission.Starts, static (member, start) => new ArrayMember(member.Run, start, member.Folder))];
        var files = ArrayScript.Render(members, place.Folder, submission.JobName, submission.Token, SubmissionWords.Extras(submission));
        try
        {
            PrivateFolder.Create(here);
            AtomicFile.Write(Path.Combine(here, "index.json"), files.Index);
            AtomicFile.Write(Path.Combine(here, "folders"), files.Folders);
            foreach (var link in files.Links) Link(Path.Combine(here, link.Name), Path.GetRelativePath(place.Folder, link.Target));
            AtomicFile.Write(Path.Combine(here, Path.GetFileName(submission.ScriptPath)), files.Script);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new EffectResult.Refused($"cannot write {here}: {e.Message}", Retryable: true);
        }
    }

    // The same array always has the same links, so one that is there already was made by an earlier try.
    private static void Link(string path, string target)
    {
        if (Libc.Symlink(target, path) < 0 && new FileInfo(path).LinkTarget != target) throw Libc.LastError("link", path);
    }
}
