using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Core.Tests.Spec;

/// <summary>What is allowed and hardly meant is a warning, each with its place; what Slurm would misread is an error.</summary>
public sealed class LintTests
{
    private static List<string> Lint(string yaml)
    {
        var report = new DiagnosticBag();
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("a.yaml", "/a.yaml", yaml), report)!;
        Lints.Check(tree, report);
        foreach (var section in (string[])["slurm", "job", "local"])
            if (tree[section] is { } node) NumberTraps.Report(node, section, report);
        return [.. report.All.Select(static d => $"{d.Severity} {d.Code} {d.At.Line}:{d.At.Column}")];
    }

    [Theory]
    [InlineData("slurm: {sbatch: {requeue: yes}}", "Warning CFG121 1:27")]
    [InlineData("job: {env: {DEBUG: on}}", "Warning CFG121 1:20")]
    [InlineData("backend: {env: {DEBUG: Off}}", "Warning CFG121 1:24")]
    [InlineData("stage: no", "Warning CFG121 1:8")]
    [InlineData("job:\n  on: x", "Warning CFG123 2:3")]
    [InlineData("project: {name: 1.10}", "Warning CFG122 1:17")]
    [InlineData("slurm: {sbatch: {job-name: 3.5}}", "Warning CFG122 1:28")]
    [InlineData("slurm: {sbatch: {time: 1:30:00}}", "Error CFG055 1:24")]
    [InlineData("slurm: {time: 1:30}", "Error CFG055 1:15")]
    [InlineData("slurm: {sbatch: {account: 017}}", "Error CFG055 1:27")]
    [InlineData("slurm: {sbatch: {mem: 0100}}", "Error CFG055 1:23")]
    [InlineData("slurm: {sbatch: {mem: 64_000}}", "Error CFG055 1:23")]
    [InlineData("slurm: {sbatch: {nodelist: 12e4}}", "Error CFG055 1:28")]
    [InlineData("slurm: {sbatch: {nodelist: [n1, 12e4]}}", "Error CFG055 1:33")]
    [InlineData("slurm: {partition: 0x10}", "Error CFG055 1:20")]
    [InlineData("local: {time: 2:00:00}", "Error CFG055 1:15")]
    [InlineData("job: {env: {BUILD: 0755}}", "Error CFG055 1:20")]
    public void A_trap_is_found_where_it_is(string yaml, string said) => Assert.Equal(said, string.Join(' ', Lint(yaml)));

    [Theory]
    [InlineData("slurm: {sbatch: {requeue: \"yes\", time: \"1:30:00\", account: \"017\", nodes: 4, mem: 64000, exclusive: true}}")]
    [InlineData("project: {name: v1.10}")]
    [InlineData("project: {name: \"1.10\"}")]
    [InlineData("use_amp: on")]
    [InlineData("start: 1:30:00")]
    [InlineData("monitoring: {log_events: []}")]
    [InlineData("\"on\": x")]
    [InlineData("job: {env: {DEBUG: true}}")]
    [InlineData("slurm: {sbatch: {time: 90}}")]
    [InlineData("model: {text_key: content, revision: 0123456789abcdef0123456789abcdef01234567}")]
    [InlineData("hub: {token: \"${oc.env:HF_TOKEN}\"}")]
    public void What_is_meant_as_it_stands_is_left_in_peace(string yaml) => Assert.Empty(Lint(yaml));

    [Fact]
    public void A_secret_in_the_open_is_a_warning() => Assert.Equal(["Warning CFG124 2:10"], Lint("hub:\n  token: " + "hf" + "_abcdefghijklmnopqrstuvwx"));
}
