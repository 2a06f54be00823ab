using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Monitoring;

/// <summary>One message of an experiment to one channel.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Dir">Its folder.</param>
public sealed record NotifyMessage(string Experiment, string Dir, ImmutableArray<NotifyItem> Items)
{
    private const int MostNames = 8;
    private const int LongestText = 12_000;
    private const int LongestTitle = 150;

    /// <summary>Follows from what it tells: a repeat has the same.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Items.Select(static i => i.EventId)))))[..16];

    /// <summary>One line: whose message it is, and how much is in it.</summary>
    public string Title
    {
        get
        {
            var rules = Items.Select(static i => i.Rule).Distinct(StringComparer.Ordinal).Count();
            var title = Items is [var only] ? $"{Experiment}: {only.Run}: {(only.Rule.Length > 0 ? only.Rule : only.Message)}"
                : rules == 1 ? string.Create(CultureInfo.InvariantCulture, $"{Experiment}: {Runs(Items)}: {Items[0].Rule}")
                : string.Create(CultureInfo.InvariantCulture, $"{Experiment}: {Items.Length} messages of {rules} rules");
            title = SafeText.Line(title);
            return title.Length <= LongestTitle ? title : $"{title.AsSpan(0, char.IsHighSurrogate(title[LongestTitle - 1]) ? LongestTitle - 1 : LongestTitle)}…";
        }
    }

    /// <summary>For people to read. What one rule says of many runs is one paragraph.</summary>
    /// <param name="form">How lines of a log are set off.</param>
    public string Text(TextForm form)
    {
        var text = new StringBuilder();
        foreach (var rule in Items.GroupBy(static i => i.Rule, StringComparer.Ordinal))
        {
            if (text.Length > LongestText)
            {
                text.Append("\n… and more: vigil events\n");
                break;
            }
            if (text.Length > 0) text.Append('\n');
            Paragraph(text, [.. rule], form);
        }
        return text.Append(CultureInfo.InvariantCulture, $"\n{form.Escape(Dir)}\nmessage {Id}\n").ToString();
    }

    private static void Paragraph(StringBuilder text, ImmutableArray<NotifyItem> items, TextForm form)
    {
        var first = items[0];
        var say = items.All(i => i.Message == first.Message) || items.Length == 1 ? first.Message : first.Evidence;
        text.Append(form.Escape(items.Length == 1 ? $"{first.Run}: {first.Rule}: {say}" : $"{Runs(items)}: {first.Rule}: {say}")).Append('\n');
        if (items.Length > 1) text.Append(form.Escape(Names(items))).Append('\n');
        if (first.Evidence.Length > 0 && first.Evidence != say && !say.Contains(first.Evidence, StringComparison.Ordinal)) text.Append(form.Escape(first.Evidence)).Append('\n');
        if (!first.Excerpt.IsEmpty) text.Append(form.Quote(first.Excerpt));
        text.Append(CultureInfo.InvariantCulture, $"{first.At:yyyy-MM-dd HH:mm:ss zzz}, event {form.Escape(first.EventId)}{(items.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {items.Length - 1} more") : "")}\n");
    }

    private static string Runs(ImmutableArray<NotifyItem> items)
    {
        var runs = items.Select(static i => i.Run).Distinct(StringComparer.Ordinal).ToArray();
        return runs is [var only] ? string.Create(CultureInfo.InvariantCulture, $"{only}, {items.Length} times") : string.Create(CultureInfo.InvariantCulture, $"{runs.Length} runs");
    }

    private static string Names(ImmutableArray<NotifyItem> items) => TextRules.Names([.. items.Select(static i => i.Run).Distinct(StringComparer.Ordinal)], MostNames);
}
