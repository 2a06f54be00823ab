using Vigil.Tests.House;

namespace Vigil.Tests.Release;

/// <summary>The single file, made once for all tests here, and a login node to try it on: no .NET, no HOME, little address space.</summary>
public sealed class ReleaseBuild : IDisposable
{
    private readonly ScratchFolder _scratch = new("vigil-release-");

    public ReleaseBuild()
    {
        Directory.CreateDirectory(_scratch["bin"]);
        Directory.CreateDirectory(_scratch["tmp"]);
        foreach (var program in Directory.EnumerateFiles("/usr/bin").Concat(Directory.EnumerateFiles("/bin")))
        {
            var link = Path.Combine(_scratch["bin"], Path.GetFileName(program));
            if (Path.GetFileName(program) != "dotnet" && !File.Exists(link)) File.CreateSymbolicLink(link, program);
        }
        Made = Shell.Run(Repository.Root, Path.Combine(Repository.Root, "eng/release"), _scratch["release"]);
    }

    /// <summary>What <c>eng/release</c> said.</summary>
    internal ShellOutcome Made { get; }

    public string Folder => _scratch["release"];
    public string Program => Path.Combine(Folder, "vigil");

    /// <summary>Where the program would unpack itself if it did.</summary>
    public string TemporaryFolder => _scratch["tmp"];

    internal ScratchFolder Scratch => _scratch;

    internal ShellOutcome StartOnLoginNode(string folder, params string[] words) =>
        Shell.Run(folder, new Dictionary<string, string> { ["PATH"] = _scratch["bin"], ["TMPDIR"] = TemporaryFolder },
            ["/bin/bash", "-c", """ulimit -v 4000000; exec "$@" """, "vigil", Program, .. words]);

    /// <summary>The same for what goes on until it is ended; its output is there to be read.</summary>
    internal System.Diagnostics.Process Begin(string folder, params string[] words)
    {
        var start = new System.Diagnostics.ProcessStartInfo("/bin/bash", ["-c", """ulimit -v 4000000; exec "$@" """, "vigil", Program, .. words]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment.Clear();
        start.Environment["PATH"] = _scratch["bin"];
        start.Environment["TMPDIR"] = TemporaryFolder;
        return System.Diagnostics.Process.Start(start)!;
    }

    public void Dispose() => _scratch.Dispose();
}
