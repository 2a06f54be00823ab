using System.Globalization;
using System.Text.RegularExpressions;

namespace Vigil.Documents;

public abstract partial record EpochSelection
{
    private const int MaxEpochs = 100_000;

    /// <summary>Reads <c>last</c>, <c>first</c>, <c>all epochs (0, 1)</c>, <c>best</c>, <c>epochs 0, 1</c>, <c>[0, 1]</c>; null when it is none of them.</summary>
    /// <param name="counted">The numbers in brackets behind <c>all epochs</c>; null without any.</param>
    public static EpochSelection? Parse(string text, out Listed? counted)
    {
        counted = null;
        if (text.Length > 1000) return null;
        if (Word.Match(text) is { Success: true } word)
        {
            if (word.Groups["counted"] is { Success: true } numbers && (counted = ReadNumbers(numbers.Value)) is null) return null;
            return (EpochSelection?)(word.Groups["word"].Value.ToUpperInvariant() switch
            {
                "LAST" or "FINAL" => Last.Instance,
                "FIRST" => First.Instance,
                "ALL" or "EVERY" => All.Instance,
                _ => Best.Instance,
            });
        }
        return List.Match(text) is { Success: true } list ? ReadNumbers(list.Groups["list"].Value) : null;
    }

    private static Listed? ReadNumbers(string list)
    {
        var numbers = new List<int>();
        foreach (var part in list.Replace("and", ",", StringComparison.OrdinalIgnoreCase).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MaxEpochs) return null;
            numbers.Add(number);
        }
        return numbers.Count > 0 ? new Listed(numbers) : null;
    }

    [GeneratedRegex(@"^(?:the )?(?<word>last|final|first|all|every|best)(?: saved)?(?: epochs?)?(?: by validation(?: loss)?)?(?: ?\((?<counted>[0-9, ]+)\))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Word { get; }

    [GeneratedRegex(@"^(?:epochs? ?)?(?:\[(?<list>[0-9, ]+)\]|(?<list>[0-9]+(?: *(?:,|,? and) *[0-9]+)*))\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex List { get; }
}
