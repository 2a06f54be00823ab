using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>A value as it stands behind a key.</summary>
/// <param name="Key">As written, for messages.</param>
/// <param name="Text">What is meant.</param>
internal sealed record FieldValue(string Key, string Text, FieldWriting Writing, SourceSpan At)
{
    public static FieldValue Of(MarkdownItem item) => Of(item.Key ?? "", item.Value, item.ValueAt);

    public static FieldValue Of(string key, string raw, SourceSpan at) => new(key, DocumentText.Read(raw), DocumentText.IsQuoted(raw) || raw.StartsWith('`') ? FieldWriting.Marked : FieldWriting.Bare, at) { Raw = raw };

    /// <summary>As written, for a list whose parts have their own quotes.</summary>
    public string Raw { get; init; } = Text;

    /// <summary>Whether the document says here that there is nothing to say.</summary>
    public bool IsNothing => Writing is FieldWriting.Bare && DocumentText.IsNothing(Text);
}

/// <summary>A bare text may be a word with a meaning (<c>none</c>, <c>N/A</c>); one in quotes or back-ticks, or from YAML, is the text itself.</summary>
internal enum FieldWriting { Bare, Marked }

/// <summary>One key of a document and the property that it fills: readers and the writer share it.</summary>
/// <param name="Label">How the canonical form calls it.</param>
/// <param name="Keys">How documents call it, as <see cref="DocumentWords.Key"/> makes of it.</param>
/// <param name="Place">Where it was filled before; null while it was not.</param>
/// <param name="Set">The record with the value; a value that does not fit is reported and left out.</param>
/// <param name="Show">How it is written; null when there is nothing to write.</param>
internal sealed record DocumentField<T>(string Label, ImmutableArray<string> Keys, Func<T, SourceSpan?> Place, Func<T, FieldValue, DiagnosticBag, T> Set, Func<T, string?> Show);

/// <summary>Makes the fields of one record.</summary>
internal static class DocumentFields<T>
{
    public static DocumentField<T> Text(string label, Func<T, Written<string>?> get, Func<T, Written<string>, T> set, params string[] aliases) =>
        new(label, Keys(label, aliases), t => get(t)?.At, (t, v, _) => set(t, new(v.Text, v.At)), t => get(t) is { } text ? DocumentText.Write(text.Value) : null);

    /// <summary>A file or a folder.</summary>
    public static DocumentField<T> Path(string label, Func<T, Written<string>?> get, Func<T, Written<string>, T> set, params string[] aliases) =>
        Text(label, get, set, aliases) with { Show = t => get(t) is { } text ? DocumentText.Code(text.Value) : null };

    /// <summary>A prompt: always in quotes, because an empty one is one, too.</summary>
    public static DocumentField<T> Prompt(string label, Func<T, Written<string>?> get, Func<T, Written<string>, T> set, params string[] aliases) =>
        new(label, Keys(label, aliases), t => get(t)?.At, (t, v, _) => set(t, new(IsBlank(v) ? "" : v.Text, v.At)), t => get(t) is { } text ? DocumentText.Quote(text.Value) : null);

    public static DocumentField<T> Whole(string label, Func<T, Written<int>?> get, Func<T, Written<int>, T> set, int least, params string[] aliases) =>
        new(label, Keys(label, aliases), t => get(t)?.At, (t, v, report) => FieldNumbers.Whole(v, least, report) is { } number ? set(t, new(number, v.At)) : t, t => get(t)?.Value.ToString(CultureInfo.InvariantCulture));

    public static DocumentField<T> Number(string label, Func<T, Written<double>?> get, Func<T, Written<double>, T> set, params string[] aliases) =>
        new(label, Keys(label, aliases), t => get(t)?.At, (t, v, report) => FieldNumbers.Real(v, report) is { } number ? set(t, new(number, v.At)) : t, t => get(t)?.Value.ToString("R", CultureInfo.InvariantCulture));

    public static DocumentField<T> Flag(string label, Func<T, Written<bool>?> get, Func<T, Written<bool>, T> set, params string[] aliases) =>
        new(label, Keys(label, aliases), t => get(t)?.At, (t, v, report) => FieldNumbers.Flag(v, report) is { } flag ? set(t, new(flag, v.At)) : t, t => get(t) is { } flag ? flag.Value ? "yes" : "no" : null);

    /// <summary>A field with a form of its own.</summary>
    public static DocumentField<T> Own(string label, Func<T, SourceSpan?> place, Func<T, FieldValue, DiagnosticBag, T> set, Func<T, string?> show, params string[] aliases) => new(label, Keys(label, aliases), place, set, show);

    private static ImmutableArray<string> Keys(string label, string[] aliases) => [DocumentWords.Key(label), .. aliases];

    private static bool IsBlank(FieldValue value) => value.Writing is FieldWriting.Bare && DocumentWords.Key(value.Text) is "none" or "blank" or "empty";
}

/// <summary>Fills a record by its fields.</summary>
internal static class FieldFilling
{
    public static DocumentField<T>? Find<T>(this ImmutableArray<DocumentField<T>> fields, string key) => fields.FirstOrDefault(f => f.Keys.Contains(DocumentWords.Key(key)));

    /// <summary>A key that says nothing fills nothing; one that stands twice is a mistake.</summary>
    public static T Fill<T>(this DocumentField<T> field, T record, FieldValue value, DiagnosticBag report)
    {
        if (value.IsNothing) return record;
        if (field.Place(record) is not { } first) return field.Set(record, value, report);
        report.Error("DOC009", value.At, $"'{value.Key}' stands here for the second time{(first.Line > 0 ? $"; the first is at {first}" : "")}", "keep the one that is meant");
        return record;
    }
}
