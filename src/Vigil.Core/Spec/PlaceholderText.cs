using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Vigil.Spec;

/// <summary>A piece of a text with <c>{placeholders}</c>.</summary>
public abstract record TextPart
{
    private TextPart() { }

    public sealed record Literal(string Text) : TextPart;

    /// <param name="Name">The dotted identifier between the braces.</param>
    /// <param name="Offset">Where its opening brace stands in the text, from 0.</param>
    public sealed record Placeholder(string Name, int Offset) : TextPart;
}

/// <summary>
/// Reads the placeholders of a text: <c>{dotted.identifier}</c> not preceded by <c>$</c> or <c>\</c>; <c>{{x}}</c> is read as <c>{x}</c>,
/// and <c>\{x}</c> is the plain text <c>{x}</c>. Any other brace (<c>{1..3}</c>, JSON, awk) is left alone, so every text can be read.
/// </summary>
public static partial class PlaceholderText
{
    public static ImmutableArray<TextPart> Parse(string text)
    {
        var parts = ImmutableArray.CreateBuilder<TextPart>();
        var from = 0;
        void Add(string literal)
        {
            if (literal.Length == 0) return;
            if (parts is [.., TextPart.Literal last]) parts[^1] = new TextPart.Literal(last.Text + literal);
            else parts.Add(new TextPart.Literal(literal));
        }
        foreach (var match in Braces.EnumerateMatches(text))
        {
            var found = text.AsSpan(match.Index, match.Length);
            var escaped = found[0] is '\\';
            Add(text[from..match.Index]);
            from = match.Index + match.Length;
            if (escaped) Add(found[1..].ToString());
            else if (found[0] is '$') Add(found.ToString());
            else parts.Add(new TextPart.Placeholder(found.Trim("{}").ToString(), match.Index));
        }
        Add(text[from..]);
        return parts.ToImmutable();
    }

    /// <summary>The names in a text, in order.</summary>
    public static IEnumerable<string> Names(string text) => Parse(text).OfType<TextPart.Placeholder>().Select(static p => p.Name);

    /// <summary>The text with the names that <paramref name="value"/> knows filled in; everything else stays written as it was, escapes too.</summary>
    public static string Fill(string text, Func<string, string?> value) => !text.Contains('{', StringComparison.Ordinal)
        ? text
        : Braces.Replace(text, match => match.ValueSpan[0] is '\\' or '$' ? match.Value : value(match.Value.Trim('{', '}')) ?? match.Value);

    [GeneratedRegex(@"[\\$]\{(?:[A-Za-z_][\w-]*(?:\.[\w-]+)*|\{[A-Za-z_][\w-]*(?:\.[\w-]+)*\})\}|\{\{[A-Za-z_][\w-]*(?:\.[\w-]+)*\}\}|\{[A-Za-z_][\w-]*(?:\.[\w-]+)*\}", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex Braces { get; }
}
