using System.Text;
using System.Text.RegularExpressions;

namespace Vigil.Cli;

/// <summary>Prints one log that is there already, in bounded memory.</summary>
internal static class LogPrinter
{
    public static void Print(TextWriter output, string log, LogChoices choices, Regex? pattern, string prefix)
    {
        if (choices.Raw) PrintRaw(log);
        else if (pattern is not null)
            foreach (var line in AllLines(log).Where(l => pattern.IsMatch(l))) output.WriteLine($"{prefix}{LogText.Safe(line)}");
        else
            foreach (var line in choices.Lines > 0 ? LogText.LastLines(log, choices.Lines) : AllLines(log).Select(LogText.Safe)) output.WriteLine(line);
    }

    private static void PrintRaw(string log)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var terminal = Console.OpenStandardOutput();
        file.CopyTo(terminal);
    }

    private static IEnumerable<string> AllLines(string log)
    {
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0) yield return line;
    }
}
