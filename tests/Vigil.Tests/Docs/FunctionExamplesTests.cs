using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vigil.Configuration.Functions;
using Vigil.Tests.Cli;
using Vigil.Tests.House;

namespace Vigil.Tests.Docs;

/// <summary>The guide's table of functions says what the functions really answer.</summary>
public sealed partial class FunctionExamplesTests : IDisposable
{
    private readonly CommandLine _vigil = new();

    private static string Page { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void Every_example_gives_what_stands_beside_it()
    {
        var rows = Row.Matches(Page).Select(static m => (Example: m.Groups["example"].Value, Gives: m.Groups["gives"].Value)).ToList();
        _vigil.Write("table.yaml", "a: 6\nd: {x: 10, y: 20}\nrows:\n" + string.Concat(rows.Select(static r => $"- '{r.Example.Replace("'", "''", StringComparison.Ordinal)}'\n")));

        var said = _vigil.Run("config", "--bare", "--resolve", "--json", "table.yaml");

        Assert.True(said.ExitCode == 0, said.ToString());
        var answers = JsonNode.Parse(said.Output)!["rows"]!.AsArray();
        Assert.Equal(40, rows.Count);
        Assert.Equal(rows.Select(static r => $"{r.Example} → {r.Gives}"), rows.Zip(answers, static (r, answer) => $"{r.Example} → {Shown(answer)}"));
    }

    [Fact]
    public void Every_function_stands_in_the_table()
    {
        var table = Page[Page.IndexOf("## Functions", StringComparison.Ordinal)..];

        // What can never be answered here is in the page on compatibility.
        Assert.All(FunctionTable.Names.Except(["python_version"]), name => Assert.Contains($"`{name}", table, StringComparison.Ordinal));
    }

    /// <summary>JSON on one line, with spaces as the page has them.</summary>
    private static string Shown(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray list => $"[{string.Join(", ", list.Select(Shown))}]",
        JsonObject map => $"{{{string.Join(", ", map.Select(static e => $"\"{e.Key}\": {Shown(e.Value)}"))}}}",
        _ => node.ToJsonString(),
    };

    [GeneratedRegex(@"^\| .*\| `(?<example>\$\{.*)` \| `(?<gives>.*)` \|$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Row { get; }
}
