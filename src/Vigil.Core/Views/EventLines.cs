using System.Globalization;
using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary>The journal in lines for people. What one rule sees again and again, while what it asked for is under way, is one line.</summary>
public sealed class EventLines
{
    private (string Attempt, string Rule)? _last;
    private JournalEntry? _repeated;
    private int _times;

    /// <summary>The lines that are complete with this entry, in order.</summary>
    public IEnumerable<string> Add(JournalEntry entry)
    {
        var fired = entry.Events is [RunEvent.RuleFired rule, ..] ? (rule.Attempt.ToString(), rule.Rule) : ((string, string)?)null;
        if (entry.Events is [RunEvent.RuleFired { LastOf: null }, ..] && fired == _last && entry.Events.Skip(1).All(static e => e is RunEvent.ActionSettled { Outcome: ActionOutcome.Superseded or ActionOutcome.Limited }))
        {
            _repeated = entry;
            _times++;
            yield break;
        }
        foreach (var line in Flush()) yield return line;
        _last = fired;
        yield return Line(entry, EventText.Describe(entry));
    }

    /// <summary>What was held back, when nothing more comes for now.</summary>
    public IEnumerable<string> Flush()
    {
        if (_repeated is { } entry && entry.Events[0] is RunEvent.RuleFired last)
            yield return Line(entry, _times == 1 ? EventText.Describe(entry)
                : string.Create(CultureInfo.InvariantCulture, $"{last.Attempt}: rule {last.Rule} fired {_times} times more{(last.Evidence.Offset is { } at ? $", the last at byte {at}" : "")}: superseded"));
        (_repeated, _times, _last) = (null, 0, null);
    }

    private static string Line(JournalEntry entry, string text) =>
        $"{entry.Seq,5}  {entry.At:yyyy-MM-dd HH:mm:ss}  {entry.By,-12} {text.ReplaceLineEndings(" ")}";
}
