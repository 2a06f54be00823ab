using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>The scripts that were agreed on, as they lie in the repository.</summary>
internal static class GoldenScripts
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests/Vigil.Core.Tests/Rendering/golden-slurm");

    public static IEnumerable<string> Files => Directory.GetFiles(Folder, "*.sbatch").Order(StringComparer.Ordinal);
}

/// <summary>What a careful reader of shell would say of them.</summary>
public sealed class GoldenScriptTests
{
    [Fact]
    public void Shellcheck_has_nothing_to_say_of_any_script()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/shellcheck"), "shellcheck is not installed");
        var outcome = Shell.Run(GoldenScripts.Folder, onlyEnvironment: null, ["shellcheck", .. GoldenScripts.Files]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
    }
}
