using System.Collections.Immutable;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Vigil.Views;

/// <summary>What a filter may ask of a run: a text and, where it is one, a number. Null: the run has nothing of that name.</summary>
public readonly record struct FilterFacts(string Words, Func<string, string?> Value);

/// <summary>
/// The filter of the page: words that stand in the names, <c>key:value</c> (<c>*</c> stands for anything), <c>key&gt;number</c>, <c>/regex/</c> over the names;
/// <c>-</c> before one turns it round. All must hold.
/// </summary>
public sealed partial class RunFilter
{
    private const int LongestPattern = 512;
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    private readonly ImmutableArray<Term> _terms;

    private RunFilter(ImmutableArray<Term> terms) => _terms = terms;

    /// <param name="Is">Whether it holds; before it is turned round.</param>
    private readonly record struct Term(bool IsTurned, Func<FilterFacts, bool> Is);

    /// <summary>Null, with the sentence and the column from 0, for text that is no filter.</summary>
    public static RunFilter? TryParse(string text, out (string Text, int At)? problem)
    {
        problem = null;
        var terms = ImmutableArray.CreateBuilder<Term>();
        foreach (Match word in Words.Matches(text))
        {
            var turned = word.Value is ['-', _, ..];
            var (said, at) = turned ? (word.Value[1..], word.Index + 1) : (word.Value, word.Index);
            if (Of(said, out var mistake) is { } holds) terms.Add(new(turned, holds));
            else
            {
                problem = (mistake, at);
                return null;
            }
        }
        return new(terms.DrainToImmutable());
    }

    public bool Matches(FilterFacts run)
    {
        foreach (var term in _terms)
            if (term.Is(run) == term.IsTurned) return false;
        return true;
    }

    private static Func<FilterFacts, bool>? Of(string said, out string mistake)
    {
        mistake = "";
        if (said is ['/', .. var inner]) return Pattern(inner.EndsWith('/') ? inner[..^1] : inner, out mistake);
        if (Comparison.Match(said) is not { Success: true } compared)
        {
            var word = Unquoted(said);
            return run => run.Words.Contains(word, StringComparison.OrdinalIgnoreCase);
        }
        var (key, sign, value) = (compared.Groups["key"].Value, compared.Groups["op"].Value, Unquoted(compared.Groups["value"].Value));
        if (value.Length == 0)
        {
            mistake = $"'{said}' compares with nothing: write {key}{sign}VALUE";
            return null;
        }
        if (sign is ":" or "=") return run => run.Value(key) is { } text && IsLike(text, value);
        if (Number(value) is not { } right)
        {
            mistake = $"'{value}' is no number: {key}{sign}0.5, {key}{sign}1e-3 or {key}{sign}2h";
            return null;
        }
        return run => run.Value(key) is { } text && Number(text) is { } left && sign switch { "<" => left < right, "<=" => left <= right, ">" => left > right, _ => left >= right };
    }

    private static Func<FilterFacts, bool>? Pattern(string text, out string mistake)
    {
        mistake = text.Length == 0 ? "there is nothing between the slashes" : text.Length > LongestPattern ? $"a pattern may have {LongestPattern} characters" : "";
        if (mistake.Length > 0) return null;
        try
        {
            var pattern = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, RegexLimit);
            return run => pattern.IsMatch(run.Words);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            mistake = $"this is no pattern that can be used here: {e.Message}";
            return null;
        }
    }

    private static bool IsLike(string text, string value) =>
        value.Contains('*', StringComparison.Ordinal) ? FileSystemName.MatchesSimpleExpression(value, text, ignoreCase: true)
        : string.Equals(text, value, StringComparison.OrdinalIgnoreCase) || Number(text) is { } a && Number(value) is { } b && a == b;

    private static string Unquoted(string text) => text is ['"', .. var inner, '"'] ? inner : text;

    /// <summary>A duration is its seconds.</summary>
    private static double? Number(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        return text is [.. var amount, 's' or 'm' or 'h' or 'd'] && double.TryParse(amount, NumberStyles.Float, CultureInfo.InvariantCulture, out var count)
            ? count * text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 86_400 } : null;
    }

    [GeneratedRegex("""-?/(?:[^/\\]|\\.)*/?|(?:[^\s"]|"[^"]*"?)+""", RegexOptions.CultureInvariant)]
    private static partial Regex Words { get; }

    [GeneratedRegex("""^(?<key>[A-Za-z_][A-Za-z0-9_.\-/]*?)(?<op><=|>=|<|>|:|=)(?<value>.*)\z""", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Comparison { get; }
}
