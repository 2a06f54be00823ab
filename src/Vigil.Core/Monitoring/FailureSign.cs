using Vigil.Logs.Signatures;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>The line of a log that told why its attempt failed, and what is known of such failures.</summary>
/// <param name="Signature">Its name.</param>
/// <param name="Line">Shortened, and its secrets masked.</param>
/// <param name="Advice">What a person does now.</param>
/// <param name="Action">The word of what a rule would best do.</param>
public sealed record FailureSign(string Signature, string Line, string Advice, string Action)
{
    private const string Traceback = "Traceback (most recent call last):";

    /// <param name="lines">Those in which it was found.</param>
    internal static FailureSign Of(SignatureMatch match, IReadOnlyList<string> lines, SecretValues secrets) =>
        new(match.Signature.Name, LineText.Shortened(Secrets.MaskText(secrets.Hide(Telling(match, lines)))), match.Signature.Advice, match.Signature.Action.Word);

    /// <summary>Of a traceback the error below it tells more than its first line: the next one that is not indented, behind what a launcher puts before each.</summary>
    private static string Telling(SignatureMatch match, IReadOnlyList<string> lines)
    {
        if (match.Line.IndexOf(Traceback, StringComparison.Ordinal) is not (>= 0 and var cut)) return match.Line;
        return lines.Skip(match.Index + 1).FirstOrDefault(l => l.Length > cut && l.AsSpan(0, cut).SequenceEqual(match.Line.AsSpan(0, cut)) && !char.IsWhiteSpace(l[cut])) ?? match.Line;
    }
}
