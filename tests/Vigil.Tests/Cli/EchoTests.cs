using Vigil.Tests.House;

namespace Vigil.Tests.Cli;

/// <summary>A job that prints the file it was started from, as the user wrote it.</summary>
public sealed class EchoTests : IDisposable
{
    private const string Rules = """
        rules:
          - {name: dry, when: 'BOOM-DRY', do: {log: "dry fired"}}
          - name: nan
            when: {substring: "loss is nan"}
            do: {log: "nan fired"}
        """;

    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    [Theory]
    [InlineData("cat {0}", "")]
    [InlineData("sed 's/^/2026-11-22 10:00:00 INFO config: /' {0}", "")]
    [InlineData("cat {0}; echo 'ERROR loss is nan'; echo 'then BOOM-DRY came'", "nan dry")]
    public void A_printed_configuration_fires_nothing_and_a_real_line_does(string command, string fired)
    {
        _vigil.Write("exp.yaml", $"project: {{name: exp}}\nfile: {_vigil["exp.yaml"]}\nbackend: {{command: \"{string.Format(System.Globalization.CultureInfo.InvariantCulture, command, "${file}")}\"}}\nmonitoring:\n  {Rules.ReplaceLineEndings("\n  ")}\n");

        Assert.Equal(0, _vigil.Run("run", "exp.yaml").ExitCode);

        var events = _vigil.Run("events", "outputs/exp").Output;
        Assert.Equal(fired.Split(' ', StringSplitOptions.RemoveEmptyEntries), ((string[])["nan", "dry"]).Where(name => events.Contains($"{name} fired", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_trial_of_the_rules_takes_the_same_lines_for_echoes()
    {
        _vigil.Write("rules.yaml", Rules);
        _vigil.Write("log.txt", "  - {name: dry, when: 'BOOM-DRY', do: {log: \"dry fired\"}}\n10:00 INFO cfg:     when: {substring: \"loss is nan\"}\nstep 7: loss is nan\n");

        var shown = _vigil.Run("rules", "test", "rules.yaml", "--log", "log.txt", "--json");

        Assert.True(shown.ExitCode == 0, shown.ToString());
        Assert.Equal(["echo", "echo", "would_act"], shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .Where(static m => m.TryGetProperty("actions", out _)).Select(static m => m.GetProperty("actions")[0].GetProperty("outcome").GetString()));
    }
}
