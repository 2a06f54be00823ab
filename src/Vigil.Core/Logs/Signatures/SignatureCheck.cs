using Vigil.Configuration;

namespace Vigil.Logs.Signatures;

/// <summary>The tests that a pack carries in itself.</summary>
internal static class SignatureCheck
{
    /// <summary>What stands in every log; a pattern that takes one of these takes nearly everything.</summary>
    private static readonly string[] Anything = ["", " ", "0", "a", "error", "Error", "warning", "training", "INFO", "failed", "timeout", "NCCL", "CUDA", "loss"];

    public static void Run(SignaturePack pack, DiagnosticBag report)
    {
        foreach (var signature in pack.Signatures)
        {
            CheckPatterns(signature, report);
            if (signature.Samples.IsEmpty) report.Error("RUL079", signature.At, $"the signature '{signature.Name}' has no sample", "samples: one real line for each of its patterns, at least");
            foreach (var sample in signature.Samples)
                if (!signature.Matches(sample.Text)) report.Error("RUL076", sample.At, $"'{signature.Name}' does not match its own sample");
            foreach (var line in signature.Not)
                if (signature.Matches(line.Text)) report.Error("RUL077", line.At, $"'{signature.Name}' matches a line that it must not match");
        }
        foreach (var line in pack.Healthy)
            if (pack.Classify([line.Text]) is { } wrong) report.Error("RUL080", line.At, $"'{wrong.Signature.Name}' matches a line of a healthy run");
    }

    private static void CheckPatterns(Signature signature, DiagnosticBag report)
    {
        foreach (var pattern in signature.Patterns)
        {
            if (Anything.FirstOrDefault(pattern.Matches) is { } word)
                report.Error("RUL075", pattern.At, word.Trim().Length == 0 ? "this pattern matches an empty line" : $"this pattern matches the mere word '{word}'", "a signature names what only this failure prints");
            else if (!signature.Samples.IsEmpty && !signature.Samples.Any(s => pattern.Matches(s.Text)))
                report.Error("RUL079", pattern.At, $"no sample of '{signature.Name}' shows this pattern", "add a real line that it matches");
        }
    }
}
