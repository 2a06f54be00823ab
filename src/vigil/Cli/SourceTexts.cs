using System.Collections.Concurrent;
using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Monitor;

namespace Vigil.Cli;

/// <summary>The texts that one command read, so that a diagnostic can show the line it is about. For several threads.</summary>
internal sealed class SourceTexts
{
    private readonly ConcurrentDictionary<string, string[]> _lines = new(StringComparer.Ordinal);

    /// <summary>The words that change the experiment, as typed.</summary>
    public ImmutableArray<string> Overrides { get; init; } = [];

    /// <summary>Whether anything that was read asks for the time.</summary>
    public bool AskForTheTime => Overrides.Concat(_lines.Values.SelectMany(static l => l)).Any(static l => l.Contains("now:", StringComparison.Ordinal) || l.Contains("timestring", StringComparison.Ordinal));

    public SourceFile Keep(SourceFile file)
    {
        var text = file.Text.TrimStart('\uFEFF');
        _lines[file.Name] = [.. text.Split('\n').Select(static l => l.EndsWith('\r') ? l[..^1] : l)];
        return file;
    }

    /// <summary>What another command's reading has read.</summary>
    public void Take(SourceTexts other)
    {
        foreach (var (name, lines) in other._lines) _lines[name] = lines;
    }

    /// <summary>The line and what in it is meant; null where there is no text to show.</summary>
    public (string Line, OffendingText.Found At)? Find(Diagnostic said)
    {
        if (said.At.Line <= 0) return null;
        var (lines, line) = said.At.File == Override.File ? ([OverrideOf(said) ?? ""], 0) : (_lines.GetValueOrDefault(said.At.File, []), said.At.Line - 1);
        if (line >= lines.Length || lines[line].Length == 0) return null;
        var found = OffendingText.In(lines, line, Math.Max(0, said.At.Column - 1), said.Message);
        return (lines[found.Line], found);
    }

    /// <summary>Overrides have no lines: the one that the message quotes is meant, or its key, or the only one.</summary>
    private string? OverrideOf(Diagnostic said) =>
        Overrides.FirstOrDefault(o => said.Message.Contains($"'{o}'", StringComparison.Ordinal))
        ?? Overrides.FirstOrDefault(o => said.Message.Contains($"'{OverrideText.KeyOf(o)}'", StringComparison.Ordinal))
        ?? (Overrides.Length == 1 ? Overrides[0] : said.At.Line > 1 ? Overrides.ElementAtOrDefault(said.At.Line - 1) : null);
}
