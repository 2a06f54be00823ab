using System.Text;

namespace Vigil.Cli;

/// <summary>Standard output and error. A terminal that went away, or a pipe whose reader left, swallows what is written: the watch matters more.</summary>
internal static class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether standard output is a terminal that understands cursor movement.</summary>
    public static bool IsCapable => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>As https://no-color.org asks.</summary>
    public static bool HasColour => IsCapable && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    /// <summary>The columns of the terminal that standard error is; null where it is none. Asked only when something is said there.</summary>
    public static int? TalkWidth => Console.IsErrorRedirected || Console.IsOutputRedirected ? null : Console.WindowWidth;

    public static bool TalkHasColour => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb") && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    public static PatientStream OutputStream() => new(Console.OpenStandardOutput());

    public static TextWriter Output(PatientStream stream) => TextWriter.Synchronized(new StreamWriter(stream, Utf8) { AutoFlush = !Console.IsOutputRedirected });

    /// <param name="output">Written out first, so that both in one file keep their order.</param>
    public static TextWriter Talk(TextWriter output) => TextWriter.Synchronized(new StreamWriter(new PatientStream(Console.OpenStandardError(), output.Flush), Utf8) { AutoFlush = true });
}
