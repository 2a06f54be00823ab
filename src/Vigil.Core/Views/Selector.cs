using System.Collections.Immutable;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Views;

/// <summary>A small filter over runs: <c>state=failed</c>, <c>stage=cooldown lr&lt;1e-3</c>, <c>name~lr3e-4</c>, or names, where <c>*</c> stands for anything. All filters must hold, and one of the names.</summary>
public sealed partial class Selector
{
    private readonly ImmutableArray<Term> _terms;

    private Selector(ImmutableArray<Term> terms) => _terms = terms;

    private readonly record struct Term(string Key, string Operator, string Value);

    /// <summary>Null, with the reason, for text that is no selector.</summary>
    public static Selector? TryParse(IEnumerable<string> words, out string? problem)
    {
        problem = null;
        var terms = ImmutableArray.CreateBuilder<Term>();
        foreach (var word in words.SelectMany(static w => w.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            var match = Comparison.Match(word);
            if (!match.Success) terms.Add(new Term("", "=", word));
            else if (match.Groups["key"].Length == 0) problem = $"'{word}' compares nothing: write KEY{match.Groups["op"].Value}VALUE";
            else terms.Add(new Term(match.Groups["key"].Value, match.Groups["op"].Value, match.Groups["value"].Value));
        }
        if (terms.Count == 0) problem ??= "name a run, or a filter such as state=failed";
        return problem is null ? new Selector(terms.ToImmutable()) : null;
    }

    public bool Matches(RunRecord run) => Matches(run.Plan, run);

    /// <summary>For a run that is planned and nothing more: what has to do with its state matches nothing.</summary>
    public bool Matches(PlannedRun plan) => Matches(plan, run: null);

    private bool Matches(PlannedRun plan, RunRecord? run) =>
        _terms.All(term => term.Key.Length == 0 || Matches(term, plan, run))
        && (_terms.All(static term => term.Key.Length > 0) || _terms.Any(term => term.Key.Length == 0 && (IsCalled(plan.Id.Value, term.Value) || IsCalled(plan.Point, term.Value))));

    private static bool IsCalled(string name, string pattern) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static bool Matches(Term term, PlannedRun plan, RunRecord? run)
    {
        return Value(term.Key, plan, run) is { } value && term.Operator switch
        {
            "=" => Same(value, term.Value),
            "!=" => !Same(value, term.Value),
            "~" => value.Contains(term.Value, StringComparison.Ordinal),
            var order => Number(value) is { } left && Number(term.Value) is { } right && order switch
            {
                "<" => left < right,
                "<=" => left <= right,
                ">" => left > right,
                _ => left >= right,
            },
        };
    }

    private static string? Value(string key, PlannedRun plan, RunRecord? run) => key switch
    {
        "name" => plan.Id.Value,
        "stage" => plan.Stage ?? "",
        "state" => run is null ? null : RunWords.State(run),
        "reason" => run is null ? null : RunWords.Reason(run),
        "attempt" => run?.Attempts.Length.ToString(CultureInfo.InvariantCulture),
        _ => plan.Overrides.Where(c => c.Key == key || c.Key.EndsWith($".{key}", StringComparison.Ordinal)).Select(static c => c.Value).FirstOrDefault(),
    };

    /// <summary>1e-3 and 0.001 are the same number.</summary>
    private static bool Same(string left, string right) => left == right || (Number(left) is { } a && Number(right) is { } b && a == b);

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^(?<key>[A-Za-z0-9_.\-]*?)(?<op>!=|<=|>=|=|<|>|~)(?<value>.*)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Comparison { get; }
}
