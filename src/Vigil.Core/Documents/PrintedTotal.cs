using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>What a printed number counts.</summary>
internal enum TotalKind { Runs, FineTunedRuns, Controls, EvalOnlyRuns, Evaluations, FineTunedEvaluations, OtherEvaluations, Epochs }

/// <summary>A number that a document prints, and that follows from its tables.</summary>
internal sealed partial record PrintedTotal(TotalKind Kind, int Number, SourceSpan At)
{
    /// <summary>Reads <c>6 (4 fine-tuned + 2 controls)</c> and <c>4 fine-tuned + 1 controls = 5 total</c>.</summary>
    public static IEnumerable<PrintedTotal> OfRuns(FieldValue value)
    {
        if (Found(FineTuned, value) is { } fineTuned) yield return new(TotalKind.FineTunedRuns, fineTuned, value.At);
        if (Found(Control, value) is { } controls) yield return new(TotalKind.Controls, controls, value.At);
        if (Found(EvalOnly, value) is { } evalOnly) yield return new(TotalKind.EvalOnlyRuns, evalOnly, value.At);
        if ((Found(Sum, value) ?? Found(Leading, value)) is { } all) yield return new(TotalKind.Runs, all, value.At);
    }

    /// <summary>Reads an item such as <c>Fine-tuned: 4 runs × 2 tasks × 2 epochs = 16 evaluations</c> with those below it.</summary>
    public static IEnumerable<PrintedTotal> OfEvaluations(MarkdownItem item)
    {
        var key = DocumentWords.Key(item.Key ?? "");
        var kind = key.StartsWith("fine_tuned", StringComparison.Ordinal) ? TotalKind.FineTunedEvaluations : key.StartsWith("base", StringComparison.Ordinal) || key.StartsWith("control", StringComparison.Ordinal) ? TotalKind.OtherEvaluations : TotalKind.Evaluations;
        var value = FieldValue.Of(item);
        if ((Found(Evaluations, value) ?? Found(Sum, value) ?? Found(Leading, value)) is { } number) yield return new(kind, number, item.ValueAt);
        foreach (var total in item.Children.SelectMany(OfEvaluations)) yield return total;
    }

    /// <summary>Reads the numbers behind <c>all epochs (0, 1)</c>.</summary>
    public static IEnumerable<PrintedTotal> OfEpochs(FieldValue value) =>
        EpochSelection.Parse(value.Text, out var counted) is not null && counted is not null ? [new(TotalKind.Epochs, counted.Numbers.Length, value.At)] : [];

    private static int? Found(Regex regex, FieldValue value) =>
        value.Text.Length < 1000 && regex.Match(value.Text) is { Success: true } match && int.TryParse(match.Groups["n"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"\b(?<n>[0-9]{1,9}) fine-?tuned", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FineTuned { get; }

    [GeneratedRegex(@"\b(?<n>[0-9]{1,9}) (?:base.model )?controls?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Control { get; }

    [GeneratedRegex(@"\b(?<n>[0-9]{1,9}) eval-only", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EvalOnly { get; }

    [GeneratedRegex(@"= ?(?<n>[0-9]{1,9})\b", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Sum { get; }

    [GeneratedRegex(@"^(?<n>[0-9]{1,9})\b(?! (?:fine|control|base|eval-only)| runs? [x×])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Leading { get; }

    [GeneratedRegex(@"\b(?<n>[0-9]{1,9}) (?:evaluations?|evals?)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Evaluations { get; }
}
