using System.Text;
using System.Xml.Linq;

namespace Vigil.Tests.House;

/// <summary>What holds for the checkout as a whole.</summary>
public sealed class RepositoryTests
{
    // In pieces, so that this file does not hold what it looks for.
    private static readonly string[] ForbiddenWords =
    [
        "nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org", "security.debian" + ".org", "pypi" + ".org",
        "/work" + "/", "." + "library/", ".." + "/shared", "farm" + "-bench", "farm" + "-studio", "/tmp/" + "bash_jobs",
    ];

    [Fact]
    public void No_file_names_a_registry_a_path_of_one_machine_or_a_tool_of_one_workplace()
    {
        var found = from file in Repository.Files
                    let text = File.ReadAllText(file, Encoding.Latin1)
                    from word in ForbiddenWords
                    where text.Contains(word, StringComparison.OrdinalIgnoreCase) || Repository.Relative(file).Contains(word, StringComparison.OrdinalIgnoreCase)
                    select $"{Repository.Relative(file)}: {word}";

        Assert.NotEmpty(Repository.Files);
        Assert.Empty(found);
    }

    [Fact]
    public void The_package_configuration_names_no_source()
    {
        var configuration = XDocument.Load(Path.Combine(Repository.Root, "nuget.config"));

        Assert.Empty(configuration.Descendants("add"));
        Assert.Empty(configuration.Descendants("packageSources"));
    }

    [Fact]
    public void Every_project_has_a_lock_file_and_no_version_of_its_own()
    {
        foreach (var project in Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), $"{project} has no lock file");
            Assert.DoesNotContain(XDocument.Load(project).Descendants("PackageReference"), reference => reference.Attribute("Version") is not null);
        }
    }

    [Fact]
    public void Shell_scripts_are_executable_and_shellcheck_finds_nothing()
    {
        // Scripts that tests compare with are judged by those tests.
        var scripts = Repository.Files.Where(file => !Repository.Relative(file).StartsWith("tests/", StringComparison.Ordinal) && File.ReadLines(file, Encoding.Latin1).FirstOrDefault() is "#!/usr/bin/env bash" or "#!/bin/bash" or "#!/bin/sh").ToArray();

        Assert.Contains(Path.Combine(Repository.Root, "vigil"), scripts);
        Assert.All(scripts, script => Assert.True(File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute), $"{script} is not executable"));
        var outcome = Shell.Run(Repository.Root, ["shellcheck", .. scripts]);
        Assert.True(outcome.ExitCode == 0, outcome.Output);
    }
}
