using System.Collections.Immutable;
using System.Numerics;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Logs.Signatures;

/// <summary>Reads a pack's tree. A signature with a mistake is left out, after all its mistakes are told.</summary>
internal static class SignatureReader
{
    private static readonly ImmutableArray<string> PackKeys = ["version", "signatures", "healthy"];
    private static readonly ImmutableArray<string> Keys = ["name", "cause", "severity", "says", "advice", "action", "patterns", "samples", "not"];

    private static readonly ImmutableArray<(string Word, FailureCause Cause)> Causes =
    [
        ("infrastructure", FailureCause.Infrastructure), ("timeout", FailureCause.Timeout), ("hang", FailureCause.Hang),
        ("numeric", FailureCause.Numeric), ("crash", FailureCause.Crash), ("user_error", FailureCause.UserError),
    ];

    public static SignaturePack Read(ConfigNode tree, DiagnosticBag report)
    {
        if (tree is not ConfigNode.Mapping map)
        {
            report.Error("RUL070", tree.At, $"a pack of signatures is a mapping with 'version' and 'signatures', not {Binder.Describe(tree)}");
            return SignaturePack.Empty;
        }
        foreach (var entry in map.Entries) CheckKey(entry, PackKeys, "a pack of signatures", report);
        if (!IsOfThisVersion(map, report)) return SignaturePack.Empty;
        var signatures = ImmutableArray.CreateBuilder<Signature>();
        foreach (var item in Items(map, "signatures", report))
        {
            if (Signature(item, report) is not { } signature) continue;
            if (signatures.Any(s => s.Name == signature.Name)) report.Error("RUL078", item.At, $"there is another signature '{signature.Name}' in this pack", "each signature has its own name");
            else signatures.Add(signature);
        }
        return new(SignaturePack.InOrder(signatures), Lines(map, "healthy", report));
    }

    private static bool IsOfThisVersion(ConfigNode.Mapping map, DiagnosticBag report)
    {
        if (map["version"] is ConfigNode.Scalar { Value: ScalarValue.Whole { Value: var version } } && version == SignaturePack.Version) return true;
        var at = map["version"]?.At ?? map.At;
        report.Error("RUL070", at, map["version"] is null ? "this pack does not say its version" : "this version of packs is not known here", $"version: {SignaturePack.Version}");
        return false;
    }

    private static Signature? Signature(ConfigNode node, DiagnosticBag report)
    {
        if (node is not ConfigNode.Mapping map)
        {
            report.Error("RUL071", node.At, $"a signature is a mapping with name, cause and patterns, not {Binder.Describe(node)}");
            return null;
        }
        foreach (var entry in map.Entries) CheckKey(entry, Keys, "a signature", report);
        var (name, says, advice) = (Text(map, "name", report), Text(map, "says", report), Text(map, "advice", report));
        var (cause, severity, action) = (Cause(map, report), Severity(map, report), Action(map, report));
        var patterns = Patterns(map, report);
        var (samples, not) = (Lines(map, "samples", report), Lines(map, "not", report));
        return name is null || says is null || advice is null || cause is null || severity is null || action is null || patterns.IsEmpty
            ? null
            : new(name, cause.Value, severity.Value, says, advice, action.Value, patterns, samples, not, map.At);
    }

    private static FailureCause? Cause(ConfigNode.Mapping map, DiagnosticBag report)
    {
        if (Text(map, "cause", report) is not { } word) return null;
        foreach (var known in Causes)
            if (known.Word == word) return known.Cause;
        report.Error("RUL072", map["cause"]!.At, $"'{word}' is no cause of a failure", Suggestion.Hint(word, [.. Causes.Select(static c => c.Word)]));
        return null;
    }

    private static SuggestedAction? Action(ConfigNode.Mapping map, DiagnosticBag report)
    {
        if (Text(map, "action", report) is not { } word) return null;
        if (SuggestedActions.Of(word) is { } action) return action;
        report.Error("RUL073", map["action"]!.At, $"'{word}' is no action that a signature suggests", Suggestion.Hint(word, SuggestedActions.All));
        return null;
    }

    private static int? Severity(ConfigNode.Mapping map, DiagnosticBag report)
    {
        if (map["severity"] is ConfigNode.Scalar { Value: ScalarValue.Whole { Value: var number } } && number >= BigInteger.One && number <= 100) return (int)number;
        report.Error("RUL071", map["severity"]?.At ?? map.At, "'severity' must be a whole number from 1 to 100", "what names its cause is more severe than what is general");
        return null;
    }

    private static ImmutableArray<SignaturePattern> Patterns(ConfigNode.Mapping map, DiagnosticBag report)
    {
        var patterns = ImmutableArray.CreateBuilder<SignaturePattern>();
        var items = Items(map, "patterns", report);
        foreach (var item in items)
            if (Pattern(item, report) is { } pattern) patterns.Add(pattern);
        return patterns.Count == items.Length ? patterns.ToImmutable() : [];
    }

    /// <summary>A text is a regex; <c>substring: TEXT</c> is looked for as it stands.</summary>
    private static SignaturePattern? Pattern(ConfigNode node, DiagnosticBag report)
    {
        var (kind, value) = node switch
        {
            ConfigNode.Scalar text => ("regex", text),
            ConfigNode.Mapping { Entries: [{ Key: "regex" or "substring", Value: ConfigNode.Scalar text } entry] } => (entry.Key, text),
            _ => ("", null),
        };
        if (value is { Text.Length: > 0 }) return kind == "regex" ? SignaturePattern.Expression.Compile(value.Text, value.At, report) : new SignaturePattern.Substring(value.Text, value.At);
        report.Error("RUL071", node.At, "a pattern is a regular expression, or 'substring: TEXT'");
        return null;
    }

    private static ImmutableArray<SampleLine> Lines(ConfigNode.Mapping map, string key, DiagnosticBag report)
    {
        var lines = ImmutableArray.CreateBuilder<SampleLine>();
        if (map[key] is not { } node) return [];
        if (node is not ConfigNode.Sequence list)
        {
            report.Error("RUL071", node.At, $"'{key}' must be a list of lines, not {Binder.Describe(node)}");
            return [];
        }
        foreach (var item in list.Items)
        {
            if (item is ConfigNode.Scalar line) lines.Add(new(line.Text, line.At));
            else report.Error("RUL071", item.At, $"a line of '{key}' must be a text, not {Binder.Describe(item)}", "put it in quotes");
        }
        return lines.ToImmutable();
    }

    private static ImmutableArray<ConfigNode> Items(ConfigNode.Mapping map, string key, DiagnosticBag report)
    {
        if (map[key] is ConfigNode.Sequence { Items: { Length: > 0 } items }) return items;
        report.Error("RUL071", map[key]?.At ?? map.At, $"'{key}' must be a list with at least one entry");
        return [];
    }

    private static string? Text(ConfigNode.Mapping map, string key, DiagnosticBag report)
    {
        if (map[key] is ConfigNode.Scalar { Text: { Length: > 0 } text }) return text;
        report.Error("RUL071", map[key]?.At ?? map.At, map[key] is null ? $"this signature has no '{key}'" : $"'{key}' must be a text");
        return null;
    }

    private static void CheckKey(ConfigEntry entry, ImmutableArray<string> known, string of, DiagnosticBag report)
    {
        if (!known.Contains(entry.Key)) report.Error("RUL071", entry.KeyAt, $"'{entry.Key}' is no key of {of}", Suggestion.Hint(entry.Key, known));
    }
}
