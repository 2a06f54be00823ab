using System.Text;
using Vigil.Configuration;

namespace Vigil.Cli;

/// <summary>Reads the files that users wrote. What cannot be read is a diagnostic with its place.</summary>
internal static class TextFile
{
    public static SourceFile? Read(string name, string path, SourceTexts sources, DiagnosticBag report)
    {
        try
        {
            return sources.Keep(new SourceFile(name, path, StrictText.Read(path)));
        }
        catch (DecoderFallbackException e)
        {
            sources.Keep(new SourceFile(name, path, File.ReadAllText(path)));   // to show the line, its wrong bytes replaced
            report.Error("RUN005", StrictText.PlaceOf(path, e.Index) with { File = name }, "is not UTF-8 here", "save the file as UTF-8; a byte that is guessed could name another file");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Error("RUN001", new SourceSpan(path, 0, 0), $"cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>The text of a file that a configuration asks for; null when it cannot be read.</summary>
    public static string? Try(string path)
    {
        try
        {
            return File.Exists(path) ? StrictText.Read(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return null;
        }
    }
}
