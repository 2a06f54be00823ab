using System.Collections.Immutable;

namespace Vigil.Tests.Docs;

/// <summary>A block of shell in a page.</summary>
/// <param name="Line">Where the block begins, from 1.</param>
/// <param name="Script">What a reader would type.</param>
/// <param name="Expected">The lines of a console block that show what is printed; <c>…</c> stands for anything.</param>
/// <param name="NotRun">The reason given in the comment before it; null when it is run.</param>
internal sealed record ShellBlock(int Line, string Script, ImmutableArray<string> Expected, string? NotRun)
{
    private const string Mark = "<!-- not run:";

    /// <summary>The blocks of a page fenced as <c>bash</c> or <c>console</c>, in order.</summary>
    public static ImmutableArray<ShellBlock> Of(string page)
    {
        var blocks = ImmutableArray.CreateBuilder<ShellBlock>();
        var lines = page.Split('\n');
        string? reason = null;
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at].Trim();
            if (line.StartsWith(Mark, StringComparison.Ordinal)) reason = line[Mark.Length..].Replace("-->", "", StringComparison.Ordinal).Trim();
            else if (line is ['`', '`', '`', .. var language])
            {
                var end = Array.FindIndex(lines, at + 1, l => l.Trim() == "```");
                if (end < 0) throw new FormatException($"the block of line {at + 1} has no end");
                var body = lines[(at + 1)..end];
                if (language == "bash") blocks.Add(new ShellBlock(at + 1, string.Join('\n', body), [], reason));
                if (language == "console") blocks.Add(Console(at + 1, body, reason));
                reason = null;
                at = end;
            }
            else if (line.Length > 0) reason = null;
        }
        return blocks.ToImmutable();
    }

    // A session as the reader sees it: what stands after "$ " is typed (lines ending in a backslash go on), the rest is printed.
    private static ShellBlock Console(int line, string[] body, string? reason)
    {
        var typed = new List<string>();
        var printed = ImmutableArray.CreateBuilder<string>();
        var goesOn = false;
        foreach (var text in body)
        {
            var command = text.StartsWith("$ ", StringComparison.Ordinal) ? text[2..] : goesOn ? text : null;
            if (command is null) printed.Add(text);
            else typed.Add(command);
            goesOn = command?.EndsWith('\\') == true;
        }
        return new ShellBlock(line, string.Join('\n', typed), printed.ToImmutable(), reason);
    }

    /// <summary>The first expected line that <paramref name="output"/> does not show in this order; null when all are there.</summary>
    public string? MissingFrom(string output)
    {
        var from = 0;
        var lines = output.Split('\n');
        foreach (var expected in Expected.Where(line => line.Trim().Length > 0))
        {
            var found = Array.FindIndex(lines, from, line => Shows(line, expected));
            if (found < 0) return expected;
            from = found + 1;
        }
        return null;
    }

    private static bool Shows(string line, string expected)
    {
        var parts = expected.Trim().Split('…');
        line = line.Trim();
        if (!line.StartsWith(parts[0], StringComparison.Ordinal) || !line.EndsWith(parts[^1], StringComparison.Ordinal)) return false;
        var at = 0;
        foreach (var part in parts)
        {
            at = line.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0) return false;
            at += part.Length;
        }
        return parts.Length > 1 || line.Length == parts[0].Length;
    }
}
