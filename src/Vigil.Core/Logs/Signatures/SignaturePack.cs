using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Logs.Signatures;

/// <summary>Signatures of failures as data: a file of <c>config/signatures/</c>, or several taken together.</summary>
/// <param name="Signatures">The most severe first.</param>
/// <param name="Healthy">Lines of healthy runs, which no signature of the pack may match.</param>
public sealed record SignaturePack(ImmutableArray<Signature> Signatures, ImmutableArray<SampleLine> Healthy)
{
    /// <summary>The version of the form that is read here.</summary>
    public const int Version = 1;

    private const string Folder = "config/signatures/";

    private static readonly Lazy<SignaturePack> Embedded = new(ReadBuiltIn);

    public static SignaturePack Empty { get; } = new([], []);

    /// <summary>The packs that come with the program, read once and not before one is needed.</summary>
    public static SignaturePack BuiltIn => Embedded.Value;

    /// <summary>The file's signatures, as far as they can be read; what is wrong with it becomes diagnostics.</summary>
    public static SignaturePack Read(SourceFile file, DiagnosticBag report) =>
        YamlReader.Read(file, report) is { } tree ? Read(tree, report) : Empty;

    /// <summary>The same of a tree that was read already.</summary>
    public static SignaturePack Read(ConfigNode tree, DiagnosticBag report) => SignatureReader.Read(tree, report);

    /// <summary>Both together; of two signatures of one name the other pack's is taken.</summary>
    public SignaturePack With(SignaturePack other) =>
        new(InOrder(Signatures.Where(s => !other.Signatures.Any(o => o.Name == s.Name)).Concat(other.Signatures)), [.. Healthy, .. other.Healthy]);

    /// <summary>The most severe failure in these lines and the first line that proves it; null: none is known.</summary>
    public SignatureMatch? Classify(IReadOnlyList<string> lines)
    {
        SignatureMatch? found = null;
        for (var i = 0; i < lines.Count; i++)
        {
            if (PrintedRules.Holds(lines[i])) continue;
            foreach (var signature in Signatures)
            {
                if (found is not null && signature.Severity <= found.Signature.Severity) break;
                if (signature.MatchesText(lines[i])) found = new(signature, lines[i], i);
            }
        }
        return found;
    }

    /// <summary>Runs the pack against its own sample lines; what does not hold becomes a diagnostic.</summary>
    public void Check(DiagnosticBag report) => SignatureCheck.Run(this, report);

    internal static ImmutableArray<Signature> InOrder(IEnumerable<Signature> signatures) => [.. signatures.OrderByDescending(static s => s.Severity)];

    private static SignaturePack ReadBuiltIn()
    {
        var report = new DiagnosticBag();
        var pack = Empty;
        var assembly = typeof(SignaturePack).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(static n => n.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var text = new StreamReader(stream, Encoding.UTF8);
            pack = pack.With(Read(new SourceFile(name, name, text.ReadToEnd()), report));
        }
        return report.HasErrors ? throw new InvalidOperationException($"a built-in pack is wrong: {report.All[0]}") : pack;
    }
}
