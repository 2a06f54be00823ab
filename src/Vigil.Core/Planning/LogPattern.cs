using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigil.Planning;

/// <summary>One piece of a log's path.</summary>
public abstract record LogPiece
{
    private LogPiece() { }

    /// <summary>Text as it is.</summary>
    public sealed record Literal(string Text) : LogPiece;

    /// <summary>What is filled for each job: <c>j</c>, <c>A</c>, <c>a</c>, <c>N</c>, <c>t</c>.</summary>
    public sealed record Code(char Letter) : LogPiece;
}

/// <summary>
/// A log's path with Slurm's patterns: <c>%j</c> the job's own id, <c>%A</c> the array's id (of a single job: its own), <c>%a</c> the task's number in the array
/// (of a single job: 0), <c>%N</c> the first node's short host name, <c>%t</c> the task within the job, which for a script is always 0; <c>%%</c> is a percent sign.
/// <c>%x</c>, the job's name, is filled when the run is planned. What a path means is told here alone.
/// </summary>
public static partial class LogPattern
{
    public static ImmutableArray<LogPiece> Parse(string path)
    {
        var pieces = ImmutableArray.CreateBuilder<LogPiece>();
        var literal = new StringBuilder();
        var at = 0;
        foreach (Match match in Form.Matches(path))
        {
            literal.Append(path, at, match.Index - at);
            at = match.Index + match.Length;
            if (match.ValueSpan[1] is '%') { literal.Append('%'); continue; }
            if (literal.Length > 0) pieces.Add(new LogPiece.Literal(literal.ToString()));
            literal.Clear();
            pieces.Add(new LogPiece.Code(match.ValueSpan[1]));
        }
        literal.Append(path, at, path.Length - at);
        if (literal.Length > 0) pieces.Add(new LogPiece.Literal(literal.ToString()));
        return pieces.DrainToImmutable();
    }

    /// <summary>Text that is to stand in a path as it is.</summary>
    public static string Escape(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    public static bool Has(string path, char letter) => Parse(path).Any(p => p is LogPiece.Code code && code.Letter == letter);

    /// <summary>The first pattern that is not one of these; null: there is none.</summary>
    public static string? Unknown(string path) => AnyForm.Matches(path).Select(static m => m.Value).FirstOrDefault(static v => !Form.IsMatch(v));

    /// <summary>The file of a job. Null where only the job itself can tell: an array's task does not bear its own id, and a node is not known before.</summary>
    /// <param name="node">The short host name of the node; null: not known.</param>
    public static string? Expand(string path, JobId job, string? node = null)
    {
        var cut = job.Value.IndexOf('_', StringComparison.Ordinal);
        var (array, task, own) = cut < 0 ? (job.Value, "0", job.Value) : (job.Value[..cut], job.Value[(cut + 1)..], null);
        var text = new StringBuilder();
        foreach (var piece in Parse(path))
        {
            var part = piece switch
            {
                LogPiece.Literal literal => literal.Text,
                LogPiece.Code { Letter: 'j' } => own,
                LogPiece.Code { Letter: 'A' } => array,
                LogPiece.Code { Letter: 'a' } => task,
                LogPiece.Code { Letter: 't' } => "0",
                _ => node,
            };
            if (part is null) return null;
            text.Append(part);
        }
        return text.ToString();
    }

    /// <summary>The path as a single job's <c>--output</c>: outside an array Slurm writes the number 4294967294 for <c>%a</c>.</summary>
    public static string OfSingleJob(string path) => string.Concat(Parse(path).Select(static piece => piece switch
    {
        LogPiece.Literal literal => Escape(literal.Text),
        LogPiece.Code { Letter: 'A' } => "%j",
        LogPiece.Code { Letter: 'a' } => "0",
        LogPiece.Code code => $"%{code.Letter}",
        _ => throw new System.Diagnostics.UnreachableException(),
    }));

    /// <summary>The folder of the log, which must be there before a job is submitted; Slurm makes none.</summary>
    public static string Folder(string path) => Path.GetDirectoryName(path) is { } folder ? folder.Replace("%%", "%", StringComparison.Ordinal) : "/";

    [GeneratedRegex("%%|%[0-9]*[a-zA-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex AnyForm { get; }

    [GeneratedRegex("%[%jAaNt]", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
