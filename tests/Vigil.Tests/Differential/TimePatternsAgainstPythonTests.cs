using System.Globalization;
using System.Text.Json;
using Vigil.Configuration.Functions;
using Vigil.Tests.House;

namespace Vigil.Tests.Differential;

/// <summary>A time's text must be the one that Python gives it.</summary>
public sealed class TimePatternsAgainstPythonTests
{
    private static readonly string[] Patterns =
    [
        "%Y-%m-%d", "%H-%M-%S", "%a %A %b %B %h", "%w %u", "%d %e %-d %_d", "%m %-m %_m", "%y %C %G %g", "%j %-j", "%U %W %V", "%I %l %k %p %P %-I", "%c|%x|%X|%r|%R|%T|%D|%F", "%z %Z", "%^a %^B %#p", "%%%n%t.", "run_%Y%m%d", "no pattern", "",
    ];

    private const string Python = """
        import datetime, json, sys
        for line in open(sys.argv[1], encoding='utf-8'):
            moment, pattern = json.loads(line)
            print(json.dumps(datetime.datetime.fromisoformat(moment).strftime(pattern)))
        """;

    [Fact]
    public void Every_directive_gives_what_Python_gives()
    {
        var random = new Random(3);
        var cases = Enumerable.Range(0, 120).Select(_ => new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.NextInt64(60L * 366 * 86400)))
            .SelectMany(static now => Patterns.Select(pattern => (Now: now, Pattern: pattern))).ToArray();
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder["cases"], cases.Select(static c => JsonSerializer.Serialize(new[] { c.Now.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture), c.Pattern })));

        var outcome = Shell.Run(folder.Path, new Dictionary<string, string> { ["LC_ALL"] = "C", ["PATH"] = "/usr/bin:/bin" }, "/usr/bin/python3", "-c", Python, folder["cases"]);
        var answers = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonSerializer.Deserialize<string>(line)!).ToArray();

        Assert.True(outcome.ExitCode == 0 && answers.Length == cases.Length && answers.Length > 1000, outcome.ToString());
        Assert.All(cases.Zip(answers), static pair => Assert.Equal((pair.First.Pattern, pair.Second), (pair.First.Pattern, TimePattern.Fill(pair.First.Pattern, pair.First.Now, out _))));
    }
}
