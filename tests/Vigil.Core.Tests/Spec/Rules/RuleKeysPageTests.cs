using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Vigil.Spec;

namespace Vigil.Core.Tests.Spec.Rules;

/// <summary>The tables of docs/rules.md name exactly the keys that are read.</summary>
public sealed partial class RuleKeysPageTests
{
    private const string Unknown = "zzzzzzzzzzzzzzzzzzzz";

    private static readonly string[] OfEveryCondition = ["message", "note", "persistent_pass", "persistent_fail"];

    public static TheoryData<string, string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string, string>();
            foreach (Match row in Row.Matches(Page())) rows.Add(row.Groups["suffix"].Value, row.Groups["word"].Value, row.Groups["class"].Value, string.Join(' ', Key.Matches(Allowed.Replace(row.Groups["keys"].Value, "")).Select(static k => k.Groups[1].Value)));
            return rows;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void The_page_names_the_keys_that_are_read(string kind, string word, string name, string keys)
    {
        var written = $"{{{(word is "all" or "any" or "not" ? $"class_name: {name}" : $"{word}: {{{Unknown}: 1}}")}{(word is "all" or "any" or "not" ? $", {Unknown}: 1" : "")}}}";
        var rule = kind == "Action" ? $"do: {written}" : $"if: {written}, do: cancel";
        var said = Planning.Some.Plan($"project: {{name: a}}\nbackend: {{command: train}}\nmonitoring: {{rules: [{{when: x, {rule}}}]}}\n").Diagnostics.Single(static d => d.Code == "RUL006");

        Assert.StartsWith($"{name} knows no key", said.Message, StringComparison.Ordinal);
        string[] expected = [.. keys.Split(' '), .. kind == "Action" ? [] : OfEveryCondition];
        Assert.Equal(expected.Order(StringComparer.Ordinal), said.Hint!["known here: ".Length..].Split(", ").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_names_every_action_and_condition()
    {
        var rows = Row.Matches(Page());
        Assert.Equal(ActionReader.Words, Words("Action"));
        Assert.Equal(ConditionReader.Words, Words("Condition"));

        IEnumerable<string> Words(string kind) => rows.Where(r => r.Groups["suffix"].Value == kind).Select(static r => r.Groups["word"].Value).Order(StringComparer.Ordinal);
    }

    private static string Page([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../../docs/rules.md"));

    [GeneratedRegex(@"^\| `(?<word>\w+)` \| `(?<class>\w+(?<suffix>Action|Condition))` \| (?<keys>.*) \|$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Row { get; }

    [GeneratedRegex(@"`(\w+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Key { get; }

    [GeneratedRegex(@" \([^)]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Allowed { get; }
}
