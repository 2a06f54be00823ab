using System.Collections.Immutable;
using Vigil.Logs;

namespace Vigil.Web.Logs;

/// <summary>A line of a log as the page shows it.</summary>
/// <param name="Offset">Of its first byte in the file.</param>
/// <param name="Length">Bytes, its line end included.</param>
/// <param name="Text">Of a progress bar the newest state.</param>
/// <param name="Cut">Characters that are left out at its end.</param>
/// <param name="States">States of a progress bar in it; 1: it is none.</param>
internal sealed record ShownLine(long Offset, long Length, string Text, long Cut, string Severity, int States)
{
    private const int MostCharacters = 4096;

    /// <summary>Not known: no reader stood by when it was written.</summary>
    public DateTimeOffset? At { get; init; }

    /// <param name="bytes">The whole line, or the last part of one too long to be held.</param>
    /// <param name="length">Of the line in the file.</param>
    /// <param name="otherStates">States in what is not among the bytes.</param>
    public static ShownLine Of(long offset, ReadOnlySpan<byte> bytes, long length, int otherStates = 0)
    {
        var line = bytes.TrimEnd("\r\n"u8);
        var states = otherStates;
        var newest = line;
        foreach (var range in line.Split((byte)'\r'))
            if (line[range] is { IsEmpty: false } state)
            {
                states++;
                newest = state;
            }
        var text = ShownText.Of(newest[..ShownText.WholeCharacters(newest)]);
        var shown = text.Length <= MostCharacters ? text : text[..(char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)];
        return new(offset, length, shown, text.Length - shown.Length, Word(shown), Math.Max(1, states));
    }

    private static string Word(string text) => LineSeverity.IsError(text) ? "error" : LineSeverity.IsWarning(text) ? "warning" : "none";
}

/// <summary>Lines that follow one another.</summary>
/// <param name="From">Of their first byte.</param>
/// <param name="To">Just after their last.</param>
internal readonly record struct LineRun(long From, long To, ImmutableArray<ShownLine> Lines);
