using Spectre.Console;

namespace Vigil.Cli;

/// <summary>Spectre consoles that colour only terminals: left to itself it colours pipes too.</summary>
internal static class Consoles
{
    private const int PipeWidth = 200;

    public static IAnsiConsole For(TextWriter output, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = isTerminal ? Math.Max(40, Console.WindowWidth) : PipeWidth;
        return console;
    }
}
