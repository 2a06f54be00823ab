using System.Text.RegularExpressions;
using Vigil.Tests.House;

namespace Vigil.Tests.Web;

/// <summary>The guide's table of addresses is the program's.</summary>
public sealed partial class ApiPageTests
{
    [Fact]
    public void Every_address_stands_in_the_guide_and_the_guide_names_no_other()
    {
        var code = File.ReadAllText(Path.Combine(Repository.Root, "src/vigil/Web/WebApi.cs"));
        var mapped = Mapped.Matches(code).Select(static m => $"{m.Groups["verb"].Value.ToUpperInvariant()} {m.Groups["path"].Value.Replace("{Run}", Run, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)}")
            .Where(static a => !a.Contains("**", StringComparison.Ordinal)).Append($"GET {Run}").Order(StringComparer.Ordinal);
        var told = Told.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/api.md"))).Select(static m => m.Groups["address"].Value).Order(StringComparer.Ordinal);

        Assert.Equal(mapped, told);
    }

    private const string Run = "/api/runs/{experiment}/{run}";

    [GeneratedRegex("""at\.Map(?<verb>Get|Post)\(\$?"(?<path>[^"]+)",""", RegexOptions.CultureInvariant)]
    private static partial Regex Mapped { get; }

    [GeneratedRegex(@"^\| `(?<address>(?:GET|POST) [^`]+)` \|", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Told { get; }
}
