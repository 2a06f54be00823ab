using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Documents;

namespace Vigil.Spec;

/// <summary>One piece of a text with <c>{placeholders}</c>.</summary>
public abstract record PlaceholderPart
{
    private PlaceholderPart() { }

    /// <summary>Text to be taken as it is.</summary>
    public sealed record Literal(string Text) : PlaceholderPart;

    /// <summary><c>{name}</c>: a dotted identifier to be filled in.</summary>
    public sealed record Name(string Key) : PlaceholderPart;
}

/// <summary>
/// A text with <c>{placeholders}</c> taken apart once, so that nothing that is filled in is ever read as a placeholder.
/// <c>{dotted.identifier}</c> is one unless <c>$</c> or <c>\</c> stands before it; <c>{{x}}</c> is read as <c>{x}</c>, <c>\{x}</c> is the
/// literal <c>{x}</c>, and any other brace text is left alone.
/// </summary>
public sealed partial record PlaceholderText(ImmutableArray<PlaceholderPart> Parts)
{
    /// <summary>Whether there is nothing to be filled in.</summary>
    public bool IsLiteral => Parts.All(static p => p is PlaceholderPart.Literal);

    /// <summary>The text that is to be taken as it is, without its escapes; placeholders are left out.</summary>
    public string Literal => string.Concat(Parts.OfType<PlaceholderPart.Literal>().Select(static p => p.Text));

    public IEnumerable<string> Names => Parts.OfType<PlaceholderPart.Name>().Select(static n => n.Key);

    public static PlaceholderText Parse(string text)
    {
        if (!text.Contains('{', StringComparison.Ordinal)) return new([new PlaceholderPart.Literal(text)]);
        var parts = ImmutableArray.CreateBuilder<PlaceholderPart>();
        var literal = new StringBuilder();
        var at = 0;
        foreach (Match match in Form.Matches(text))
        {
            literal.Append(text, at, match.Index - at);
            at = match.Index + match.Length;
            if (match.Groups["name"] is not { Success: true } name) { literal.Append(match.ValueSpan[0] is '\\' ? match.ValueSpan[1..] : match.ValueSpan); continue; }
            if (literal.Length > 0) parts.Add(new PlaceholderPart.Literal(literal.ToString()));
            literal.Clear();
            parts.Add(new PlaceholderPart.Name(name.Value));
        }
        literal.Append(text, at, text.Length - at);
        if (literal.Length > 0) parts.Add(new PlaceholderPart.Literal(literal.ToString()));
        return new(parts.DrainToImmutable());
    }

    /// <summary>The text as it is meant: names filled in, escapes gone. What nobody knows stays as it was written.</summary>
    public string Filled(Func<string, string?> value) => string.Concat(Parts.Select(part => part is PlaceholderPart.Name { Key: var name } ? value(name) ?? $"{{{name}}}" : ((PlaceholderPart.Literal)part).Text));

    /// <summary>A text in which nothing reads as a placeholder.</summary>
    public static string Escaped(string text) => TreeBuilding.Escaped(text);

    /// <summary>The text with the names that <paramref name="value"/> knows filled in; the others stay written as they were.</summary>
    public static string Fill(string text, Func<string, string?> value)
    {
        if (!text.Contains('{', StringComparison.Ordinal)) return text;
        return Form.Replace(text, match => match.Groups["name"] is { Success: true } name ? value(name.Value) ?? match.Value : match.Value);
    }

    // First alternative: an escaped or '$'-led brace is text. The rest: a name in one or two pairs of braces.
    [GeneratedRegex(@"[\\$]\{(?:[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*|\{[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*\})\}|\{\{(?<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)\}\}|\{(?<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
