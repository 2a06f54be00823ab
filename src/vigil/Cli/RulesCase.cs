using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>A log and what the rules must make of it.</summary>
/// <param name="Not">Rules that must not match, with their places.</param>
internal sealed record RulesCase(string Name, byte[] Log, ImmutableArray<ExpectedMatch> Expect, ImmutableArray<(string Rule, SourceSpan At)> Not);

/// <summary>A match that must come.</summary>
/// <param name="Fields">Those that count; there may be others.</param>
/// <param name="Line">A part of the line; null: any.</param>
/// <param name="Fires">The words of the actions, in order; null: whatever they are.</param>
internal sealed record ExpectedMatch(string Rule, SourceSpan At, ImmutableArray<(string Field, string Value)> Fields, string? Line, ImmutableArray<string>? Fires)
{
    /// <summary>What is otherwise in this match, in words.</summary>
    public IEnumerable<string> Differences(TriedMatch match)
    {
        if (Line is not null && !match.Line.Contains(Line, StringComparison.Ordinal)) yield return $"the line does not hold '{Line}'";
        foreach (var (field, value) in Fields)
            if (!match.Fields.TryGetValue(field, out var found)) yield return $"it has no field '{field}'";
            else if (found != value) yield return $"{field} is '{found}' and not '{value}'";
        if (Fires is { } wanted && match.Fires.Select(static a => a.Word).ToList() is var fires && !fires.SequenceEqual(wanted)) yield return $"it would fire {Words(fires)} and not {Words(wanted)}";
    }

    private static string Words(IEnumerable<string> words) => string.Join(", ", words) is { Length: > 0 } list ? list : "nothing";
}

/// <summary>Reads the cases of a fixture.</summary>
internal sealed class RulesCaseReader(RuleSet rules, string folder, DiagnosticBag report)
{
    private static readonly ImmutableArray<string> OfFixtures = ["rules", "cases"], OfCases = ["name", "log", "log_file", "expect", "not"], OfMatches = ["rule", "fields", "line", "fires"];

    public ImmutableArray<RulesCase> ReadAll(ConfigNode.Mapping fixture)
    {
        CheckKeys(fixture, OfFixtures);
        if (fixture["cases"] is ConfigNode.Sequence { Items: { IsEmpty: false } items }) return [.. items.Select(Read).OfType<RulesCase>()];
        Refuse(fixture["cases"]?.At ?? fixture.At, "'cases' must be a list of logs with what is expected of them");
        return [];
    }

    private RulesCase? Read(ConfigNode node, int index)
    {
        if (node is not ConfigNode.Mapping map)
        {
            Refuse(node.At, "a case is a mapping with 'log' or 'log_file', and 'expect' or 'not'");
            return null;
        }
        CheckKeys(map, OfCases);
        if (map["expect"] is null && map["not"] is null) Refuse(map.At, "a case expects something: it needs 'expect' or 'not'");
        return Log(map) is { } log ? new(Text(map, "name") ?? $"case {index + 1}", log, [.. List(map, "expect").Select(Expected).OfType<ExpectedMatch>()], [.. List(map, "not").Select(Rule).OfType<(string, SourceSpan)>()]) : null;
    }

    private byte[]? Log(ConfigNode.Mapping map)
    {
        switch (map["log"], map["log_file"])
        {
            case (ConfigNode.Scalar text, null): return Encoding.UTF8.GetBytes(text.Text);
            case (null, ConfigNode.Scalar name):
                try
                {
                    return File.ReadAllBytes(Path.GetFullPath(name.Text, folder));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    Refuse(name.At, $"the log cannot be read: {e.Message}");
                    return null;
                }
            default:
                Refuse(map.At, "a case needs either 'log', the lines themselves, or 'log_file', a path that begins at the fixture");
                return null;
        }
    }

    private ExpectedMatch? Expected(ConfigNode node)
    {
        if (node is not ConfigNode.Mapping map || map["rule"] is not { } named)
        {
            Refuse(node.At, "an expected match is a mapping with the key 'rule'");
            return null;
        }
        CheckKeys(map, OfMatches);
        if (Rule(named) is not var (rule, _)) return null;
        var fields = (map["fields"] as ConfigNode.Mapping)?.Entries.Where(static e => e.Value is ConfigNode.Scalar).Select(static e => (e.Key, PythonText.Of(ScalarValue.Of((ConfigNode.Scalar)e.Value))));
        if (map["fields"] is not (null or ConfigNode.Mapping)) Refuse(map["fields"]!.At, "'fields' must be a mapping of single values");
        return new(rule, map.At, [.. fields ?? []], Text(map, "line"), map["fires"] is null ? null : [.. List(map, "fires").Select(Action).OfType<string>()]);
    }

    private (string, SourceSpan)? Rule(ConfigNode node)
    {
        var names = rules.Rules.Select(static r => r.Name).ToList();
        if (node is ConfigNode.Scalar { Text: var name } && (names.Contains(name) || names.Count == 0)) return (name, node.At);
        Refuse(node.At, $"there is no rule '{(node as ConfigNode.Scalar)?.Text}'", Suggestion.Hint((node as ConfigNode.Scalar)?.Text ?? "", [.. names]));
        return null;
    }

    private string? Action(ConfigNode node)
    {
        if (node is ConfigNode.Scalar { Text: var word } && RuleAction.Names.Contains(word)) return word;
        Refuse(node.At, $"there is no action '{(node as ConfigNode.Scalar)?.Text}'", Suggestion.Hint((node as ConfigNode.Scalar)?.Text ?? "", RuleAction.Names));
        return null;
    }

    private ImmutableArray<ConfigNode> List(ConfigNode.Mapping map, string key)
    {
        if (map[key] is null or ConfigNode.Sequence) return (map[key] as ConfigNode.Sequence)?.Items ?? [];
        Refuse(map[key]!.At, $"'{key}' must be a list");
        return [];
    }

    private string? Text(ConfigNode.Mapping map, string key)
    {
        if (map[key] is not (null or ConfigNode.Scalar)) Refuse(map[key]!.At, $"'{key}' must be a single value");
        return (map[key] as ConfigNode.Scalar)?.Text;
    }

    private void CheckKeys(ConfigNode.Mapping map, ImmutableArray<string> known)
    {
        foreach (var entry in map.Entries)
            if (!known.Contains(entry.Key)) Refuse(entry.KeyAt, $"a fixture knows no key '{entry.Key}' here", Suggestion.Hint(entry.Key, known));
    }

    private void Refuse(SourceSpan at, string message, string? hint = null) => report.Error("RUN069", at, message, hint);
}
