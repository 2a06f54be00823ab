using System.Text.RegularExpressions;

namespace Vigil.Tests.Docs;

/// <summary>The targets of a page's links, those inside the page itself left out.</summary>
internal static partial class MarkdownLinks
{
    public static IEnumerable<string> Of(string page) => Link.Matches(page).Select(match => match.Groups["target"].Value).Where(target => !target.StartsWith('#'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link { get; }
}
