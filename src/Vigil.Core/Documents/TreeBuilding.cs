using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>The entries of one mapping of a configuration, each at its place in the document.</summary>
internal sealed partial class TreeBuilding(SourceSpan at)
{
    private readonly ImmutableArray<ConfigEntry>.Builder _entries = ImmutableArray.CreateBuilder<ConfigEntry>();

    public ConfigNode.Mapping Mapping => new(at, _entries.ToImmutable());

    public TreeBuilding Add(string key, ConfigNode value)
    {
        var known = _entries.FindIndex(e => e.Key == key);
        if (known < 0) _entries.Add(new(key, value.At, value));
        else _entries[known] = new(key, value.At, value);
        return this;
    }

    /// <summary>A text that is filled in nowhere: a name.</summary>
    public TreeBuilding Name(string key, string name, SourceSpan? place = null) => Add(key, ConfigNode.Scalar.Made(place ?? at, name));

    /// <summary>A text of the document: nothing in it is an interpolation or a placeholder.</summary>
    public TreeBuilding Text(string key, string text, SourceSpan? place = null) => Add(key, Literal(text, place ?? at));

    public TreeBuilding Text(string key, Written<string>? text) => text is null ? this : Text(key, text.Value, text.At);

    /// <summary>A value that means what YAML reads in it: a number, a flag, a text.</summary>
    public TreeBuilding Plain(string key, string text, SourceSpan? place = null) => Add(key, Value(text, place ?? at));

    public TreeBuilding Plain(string key, Written<int>? number) => number is null ? this : Plain(key, number.Value.ToString(CultureInfo.InvariantCulture), number.At);

    public TreeBuilding Plain(string key, Written<bool>? flag) => flag is null ? this : Plain(key, flag.Value ? "true" : "false", flag.At);

    public TreeBuilding Plain(string key, Written<double>? number) => number is null ? this : Plain(key, number.Value.ToString("R", CultureInfo.InvariantCulture), number.At);

    /// <summary>Another value of the configuration.</summary>
    public TreeBuilding Reference(string key, string path, SourceSpan? place = null) => Add(key, new ConfigNode.Scalar(place ?? at, $"${{{path}}}", ScalarStyle.Plain));

    public TreeBuilding List(string key, params ReadOnlySpan<ConfigNode> items) => Add(key, new ConfigNode.Sequence(at, [.. items]));

    public static ConfigNode.Scalar Literal(string text, SourceSpan place) => ConfigNode.Scalar.Made(place, Escaped(text));

    /// <summary>A text in which nothing reads as a placeholder.</summary>
    public static string Escaped(string text) => Brace.Replace(text, @"\$0");

    private static ConfigNode.Scalar Value(string text, SourceSpan place) =>
        text.Contains('{', StringComparison.Ordinal) ? Literal(text, place) : new(place, text, ScalarStyle.Plain);

    [GeneratedRegex(@"(?<![\\$])\{(?=[A-Za-z_])", RegexOptions.CultureInvariant)]
    private static partial Regex Brace { get; }
}

/// <summary>Looks for an entry of a list that is being made.</summary>
internal static class EntrySearch
{
    public static int FindIndex(this ImmutableArray<ConfigEntry>.Builder entries, Predicate<ConfigEntry> matches)
    {
        for (var i = 0; i < entries.Count; i++)
            if (matches(entries[i])) return i;
        return -1;
    }
}
