using System.Collections.Immutable;

namespace Vigil.Monitoring;

/// <summary>How a message is written where it is read.</summary>
/// <param name="Escape">Makes a text mean itself.</param>
/// <param name="Quote">Sets lines of a log off, with an end of line behind them.</param>
public sealed record TextForm(Func<string, string> Escape, Func<ImmutableArray<string>, string> Quote)
{
    /// <summary>For mails and terminals.</summary>
    public static TextForm Plain { get; } = new(static text => text, static lines => string.Concat(lines.Select(static line => $"    {line}\n")));

    /// <summary>Slack's: three characters are grammar there, which also makes mentions and links; in a quoted block, its end.</summary>
    public static TextForm Slack { get; } = new(Mean, static lines => $"```\n{string.Join('\n', lines.Select(static line => Mean(line.Replace("```", "'''", StringComparison.Ordinal))))}\n```\n");

    private static string Mean(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
