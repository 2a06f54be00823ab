using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary><c>config --explain KEY</c>: where a value comes from, one step a line.</summary>
internal static class Explaining
{
    /// <summary>Null when there is no such key; that is in the report.</summary>
    public static string? Of(PlanRequest request, string key, DiagnosticBag report) =>
        KeyOrigins.Of(request, key, report) is { IsEmpty: false } origins ? string.Concat(Lines(origins)) : null;

    private static IEnumerable<string> Lines(IEnumerable<Origin> origins)
    {
        var all = origins.Select(static o => (Left: new string(' ', 2 * o.Depth + (o.At.File.Length > 0 ? 2 : 0)) + (o.At.File.Length > 0 ? Place(o.At) : LogText.Safe(o.Text)), Right: o.At.File.Length > 0 ? LogText.Safe(o.Text) : "", o.Because)).ToList();
        var width = Math.Min(48, all.Where(static l => l.Right.Length > 0).Select(static l => l.Left.Length).DefaultIfEmpty().Max());
        return all.Select(l => $"{(l.Right.Length > 0 ? l.Left.PadRight(width) + "  " + l.Right : l.Left)}{(l.Because is { } why ? $"   ({why})" : "")}\n");
    }

    private static string Place(SourceSpan at) => at.File == Override.File ? at.File : at.ToString();
}
