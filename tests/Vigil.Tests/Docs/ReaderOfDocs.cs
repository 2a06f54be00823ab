using System.Globalization;
using Vigil.Tests.House;

namespace Vigil.Tests.Docs;

/// <summary>Follows a page as a reader would: in a fresh copy of the checkout, with <c>vigil</c> on PATH and a home of their own, block after block.</summary>
internal sealed class ReaderOfDocs : IDisposable
{
    /// <summary>The only reasons for not running a block.</summary>
    public static readonly string[] ReasonsNotToRun = ["installs packages", "runs these tests", "needs another machine"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly ScratchFolder _scratch = new("vigil-docs-");

    public ReaderOfDocs()
    {
        Directory.CreateDirectory(_scratch["home"]);
        Directory.CreateDirectory(_scratch["bin"]);
        foreach (var file in Repository.Files)
        {
            var copy = Path.Combine(Copy, Repository.Relative(file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        // The copy starts this checkout's build: the fresh clone's own first build is the launcher's test, not the docs'.
        var launcher = Path.Combine(Repository.Root, "vigil");
        File.Delete(Path.Combine(Copy, "vigil"));
        File.CreateSymbolicLink(Path.Combine(Copy, "vigil"), launcher);
        File.CreateSymbolicLink(_scratch["bin/vigil"], launcher);
    }

    public string Copy => _scratch["vigil"];

    /// <summary>What the reader has in their environment beside the usual.</summary>
    public Dictionary<string, string> Extra { get; } = [];

    /// <summary>Null when every block ended well and printed what the page shows; else what went wrong and where.</summary>
    public string? Follow(string name, string page)
    {
        foreach (var block in ShellBlock.Of(page))
        {
            if (block.NotRun is { } reason)
            {
                if (!ReasonsNotToRun.Any(known => reason.StartsWith(known, StringComparison.Ordinal))) return $"{name}:{block.Line}: '{reason}' is no reason not to run a block";
                continue;
            }
            var outcome = Shell.Run(Copy, Environment(), ["timeout", Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture), "bash", "-euo", "pipefail", "-c", block.Script]);
            if (outcome.ExitCode != 0) return $"{name}:{block.Line}: {outcome}";
            if (block.MissingFrom(outcome.Output + outcome.Errors) is { } missing) return $"{name}:{block.Line}: '{missing}' was not printed: {outcome}";
        }
        return null;
    }

    private Dictionary<string, string> Environment() => new(Extra)
    {
        ["PATH"] = $"{_scratch["bin"]}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["HOME"] = _scratch["home"],
        ["LANG"] = "C.UTF-8",
        // Other tests start jobs at the same time; a reader has the machine for themselves.
        ["VIGIL_RUN_DIR"] = _scratch["run"],
    };

    public void Dispose() => _scratch.Dispose();
}
