using Spectre.Console;

namespace Vigil.Cli;

/// <summary>Renders with Spectre. Left to itself it colours pipes and pads lines, so it renders aside and what is not wanted is left out.</summary>
internal static class Consoles
{
    /// <summary>Wide enough for whatever a name may be: nothing is wrapped where it goes to a file.</summary>
    private const int Unlimited = 4000;

    /// <summary>Writes a table where <c>Out</c> goes.</summary>
    public static void Write(CliContext context, RunTable table)
    {
        var width = context.IsTerminal ? Math.Max(20, Console.WindowWidth) : Unlimited;
        foreach (var line in Lines(table.Fit(width), width, context.HasColour)) context.Out.WriteLine(line);
    }

    public static IEnumerable<string> Lines(Spectre.Console.Rendering.IRenderable what, int width, bool colour)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Write(what);
        return text.ToString().Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0);
    }
}
