using System.Text;
using Vigil.Planning;

namespace Vigil.Rendering;

/// <summary>Options as <c>#SBATCH</c> lines. Their quoting is sbatch's own, not the shell's: double quotes group, a backslash takes the next letter as it is, and <c>#</c> begins a comment.</summary>
internal static class SbatchLines
{
    public static string Of(IEnumerable<SlurmOption> options)
    {
        var lines = new StringBuilder();
        foreach (var option in options)
        {
            lines.Append("#SBATCH --").Append(option.Name);
            if (option.Value is { } value) lines.Append('=').Append(Quote(value));
            lines.Append('\n');
        }
        return lines.ToString();
    }

    /// <summary>A value as one argument. What holds a line break cannot be one: the planner has refused it.</summary>
    public static string Quote(string value)
    {
        if (value.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0) throw new ArgumentException("a #SBATCH line ends at the end of its line", nameof(value));
        return value.Length > 0 && value.AsSpan().IndexOfAnyExcept(PlainLetters) < 0 ? value : $"\"{Escape(value)}\"";
    }

    /// <summary>A value inside double quotes.</summary>
    public static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static readonly System.Buffers.SearchValues<char> PlainLetters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+./:,%@=[]*&|()!<>~^");
}
