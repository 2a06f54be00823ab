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
    internal static FailureSign Of(SignatureMatch match) =>
        new(match.Signature.Name, LineText.Shortened(Secrets.MaskText(match.Line)), match.Signature.Advice, match.Signature.Action.Word);
}
