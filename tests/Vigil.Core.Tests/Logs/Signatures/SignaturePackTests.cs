using Vigil.Configuration;
using Vigil.Logs.Signatures;

namespace Vigil.Core.Tests.Logs.Signatures;

/// <summary>A pack that somebody wrote themselves.</summary>
public sealed class SignaturePackTests
{
    private const string Own = """
        version: 1
        signatures:
          - name: licence
            cause: infrastructure
            severity: 70
            says: No licence was free.
            advice: Wait.
            action: restart
            patterns:
              - 'licence server \S+ refused'
              - substring: "NO (MORE) SEATS"
            samples:
              - 'E: licence server lic01 refused'
              - 'NO (MORE) SEATS'
            not:
              - 'licence server: lic01'
        healthy:
          - 'checked out a licence from lic01'
        """;

    [Fact]
    public void A_pack_is_read_with_its_places_and_stands_its_own_test()
    {
        var report = new DiagnosticBag();
        var pack = SignaturePack.Read(File(Own), report);
        pack.Check(report);

        Assert.Empty(report.All);
        var signature = Assert.Single(pack.Signatures);
        Assert.Equal(("licence", SuggestedAction.Restart, 3), (signature.Name, signature.Action, signature.At.Line));
        Assert.True(signature.Matches("12: licence server lic02 refused"));
        Assert.False(signature.Matches("no (more) seats"));
    }

    [Theory]
    [InlineData("RUL070", "version: 1\n", "version: 2\n")]
    [InlineData("RUL070", "version: 1\n", "")]
    [InlineData("RUL071", "advice: Wait.", "advise: Wait.")]
    [InlineData("RUL071", "severity: 70", "severity: 101")]
    [InlineData("RUL071", "severity: 70", "severity: high")]
    [InlineData("RUL071", "substring:", "glob:")]
    [InlineData("RUL071", "- 'licence server: lic01'", "- {a: b}")]
    [InlineData("RUL072", "cause: infrastructure", "cause: infrastrcture")]
    [InlineData("RUL073", "action: restart", "action: reboot")]
    [InlineData("RUL074", @"licence server \S+ refused", "licence server (")]
    [InlineData("RUL074", @"licence server \S+ refused", "licence(?= server)")]
    [InlineData("RUL075", @"licence server \S+ refused", ".*")]
    [InlineData("RUL075", @"licence server \S+ refused", "(?i)error|licence")]
    [InlineData("RUL076", "- 'E: licence server lic01 refused'", "- 'E: licence server lic01 refused'\n      - 'unrelated'")]
    [InlineData("RUL077", "'licence server: lic01'", "'licence server lic01 refused'")]
    [InlineData("RUL079", "      - 'NO (MORE) SEATS'\n", "")]
    [InlineData("RUL080", "'checked out a licence from lic01'", "'licence server lic01 refused'")]
    public void A_mistake_in_a_pack_is_told_with_its_place(string code, string written, string instead)
    {
        var report = new DiagnosticBag();
        var text = Own.Replace(written, instead, StringComparison.Ordinal);
        Assert.NotEqual(Own, text);
        SignaturePack.Read(File(text), report).Check(report);

        Assert.Contains(report.All, d => d.Code == code && d.At.File == "own.yaml" && d.At.Line > 0);
    }

    [Fact]
    public void Two_signatures_of_one_name_are_a_mistake()
    {
        var report = new DiagnosticBag();
        var twice = Own.Replace("healthy:", Own[Own.IndexOf("  - name", StringComparison.Ordinal)..Own.IndexOf("healthy:", StringComparison.Ordinal)] + "healthy:", StringComparison.Ordinal);

        Assert.Single(SignaturePack.Read(File(twice), report).Signatures);
        Assert.Contains(report.All, static d => d.Code == "RUL078");
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var report = new DiagnosticBag();
        SignaturePack.Read(File(Own.Replace("infrastructure", "x", StringComparison.Ordinal).Replace("70", "0", StringComparison.Ordinal).Replace("says", "say", StringComparison.Ordinal)), report);

        Assert.Superset(new HashSet<string> { "RUL071", "RUL072" }, report.All.Select(static d => d.Code).ToHashSet());
        Assert.True(report.All.Count >= 4);
    }

    [Fact]
    public void A_persons_own_signature_takes_the_place_of_the_built_in_one_of_its_name()
    {
        var report = new DiagnosticBag();
        var own = SignaturePack.Read(File(Own.Replace("name: licence", "name: cuda_oom", StringComparison.Ordinal)), report);
        var both = SignaturePack.BuiltIn.With(own);

        Assert.Equal(SignaturePack.BuiltIn.Signatures.Length, both.Signatures.Length);
        Assert.Null(both.Classify(["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB."]));
        Assert.Equal("cuda_oom", both.Classify(["NO (MORE) SEATS"])!.Signature.Name);
    }

    [Fact]
    public void What_is_no_mapping_is_told_and_read_as_an_empty_pack()
    {
        var report = new DiagnosticBag();

        Assert.Empty(SignaturePack.Read(File("- a\n- b\n"), report).Signatures);
        Assert.Equal("RUL070", Assert.Single(report.All).Code);
    }

    private static SourceFile File(string text) => new("own.yaml", "/exp/own.yaml", text);
}
