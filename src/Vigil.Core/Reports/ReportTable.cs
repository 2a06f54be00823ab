using System.Collections.Immutable;

namespace Vigil.Reports;

/// <summary>A part of the report below a heading; writers give it the form of Markdown or HTML.</summary>
/// <param name="Lines">Sentences before the table.</param>
/// <param name="Table">Null: there is none.</param>
internal sealed record ReportSection(string Title, ImmutableArray<ImmutableArray<ReportCell>> Lines, ReportTable? Table)
{
    /// <summary>What stands below, each under a heading of its own.</summary>
    public ImmutableArray<ReportExcerpt> Excerpts { get; init; } = [];

    /// <summary>2 for a part, 3 for what belongs to the part before.</summary>
    public int Level { get; init; } = 2;

    /// <summary>The task that it shows, for the plots beside it; null: none.</summary>
    public string? Task { get; init; }
}

internal sealed record ReportTable(ImmutableArray<ReportColumn> Columns, ImmutableArray<ImmutableArray<ReportCell>> Rows);

internal readonly record struct ReportColumn(string Name, bool IsNumber)
{
    public static ReportColumn Text(string name) => new(name, IsNumber: false);

    public static ReportColumn Number(string name) => new(name, IsNumber: true);
}

/// <param name="Source">Where a number comes from; null: the row says it, or it is none.</param>
internal readonly record struct ReportCell(string Text, CellForm Form, string? Source = null)
{
    public static ReportCell Plain(string text) => new(text, CellForm.Plain);

    public static ReportCell Name(string text) => new(text, CellForm.Name);

    public static ReportCell Of(Figure? figure, string text) => new(text, CellForm.Plain, figure is null ? null : $"{figure.Name}: {figure.Source}");
}

internal enum CellForm
{
    Plain,

    /// <summary>A name or a path.</summary>
    Name,

    /// <summary>The best of its column.</summary>
    Best,

    Good,
    Bad,
}

/// <summary>Lines of a log, shown as they are.</summary>
internal sealed record ReportExcerpt(ImmutableArray<ReportCell> Title, ImmutableArray<string> Lines);
