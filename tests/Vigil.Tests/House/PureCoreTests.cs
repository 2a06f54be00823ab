using System.Xml.Linq;

namespace Vigil.Tests.House;

/// <summary>The core's purity is a build error; this holds the fence itself in place.</summary>
public sealed class PureCoreTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "src/Vigil.Core");

    // At least one way to each part of the world.
    private static readonly string[] MustBeBanned =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow", "T:System.TimeProvider", "T:System.Diagnostics.Stopwatch",
        "M:System.Guid.NewGuid", "T:System.Random", "T:System.Security.Cryptography.RandomNumberGenerator",
        "T:System.IO.File", "T:System.IO.Directory", "T:System.IO.FileStream", "M:System.IO.Path.GetFullPath(System.String)", "M:System.IO.Path.GetTempPath",
        "N:System.Net", "N:System.Net.Http", "N:System.Net.Sockets", "T:System.Diagnostics.Process", "T:System.Environment", "T:System.Console",
        "T:System.Threading.Tasks.Task", "T:System.Threading.Tasks.ValueTask", "T:System.Threading.Thread", "T:System.Threading.Timer",
    ];

    [Fact]
    public void Clock_disk_network_environment_randomness_and_async_are_banned_with_a_reason()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "BannedSymbols.txt")).Where(line => line.Length > 0).Select(line => line.Split(';', 2)).ToArray();

        Assert.Empty(MustBeBanned.Except(lines.Select(line => line[0])));
        Assert.All(lines, line => Assert.True(line is [_, { Length: > 10 }], $"{line[0]} has no reason"));
    }

    [Fact]
    public void The_list_is_handed_to_its_analyzer_and_a_hit_breaks_the_build()
    {
        var project = XDocument.Load(Path.Combine(Folder, "Vigil.Core.csproj"));
        var shared = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));

        Assert.Contains(project.Descendants("PackageReference"), item => (string?)item.Attribute("Include") == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        Assert.Contains(project.Descendants("AdditionalFiles"), item => (string?)item.Attribute("Include") == "BannedSymbols.txt");
        Assert.Equal("true", shared.Descendants("TreatWarningsAsErrors").Single().Value);
    }

    [Fact]
    public void No_file_of_the_core_or_the_shell_switches_a_warning_off()
    {
        // In pieces, so that this file does not hold what it looks for.
        string[] silencers = ["#pragma " + "warning disable", "Suppress" + "Message(", "RS" + "0030"];
        var found = from file in Repository.Files
                    where file.Contains("/src/", StringComparison.Ordinal) || Path.GetFileName(file) is ".editorconfig" or "Directory.Build.props"
                    let text = File.ReadAllText(file)
                    from word in silencers
                    where text.Contains(word, StringComparison.Ordinal)
                    select $"{Repository.Relative(file)}: {word}";

        Assert.Empty(found);
    }
}
