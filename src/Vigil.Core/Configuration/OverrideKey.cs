using System.Text.RegularExpressions;

namespace Vigil.Configuration;

/// <summary>The left side of an override: a dotted key or a config group, and the package behind <c>@</c>.</summary>
internal static partial class OverrideKey
{
    /// <summary>Null when the text is none. An empty key is the root; Hydra reads it too.</summary>
    public static (string Key, string? Package)? Read(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var key = at < 0 ? text : text[..at];
        var package = at < 0 ? null : text[(at + 1)..];
        return (PackageForm.IsMatch(key) || GroupForm.IsMatch(key)) && (package is null || PackageForm.IsMatch(package)) ? (key, package) : null;
    }

    public static string Remedy(string text) => text switch
    {
        _ when text.Contains('[', StringComparison.Ordinal) => "an element of a list is named by its number: list.0",
        _ when text.Contains(':', StringComparison.Ordinal) && text.Contains('@', StringComparison.Ordinal) => "a package cannot be renamed: delete the entry with ~group@old and add it with +group@new=option",
        _ when text.Contains('/', StringComparison.Ordinal) => "a config group is words joined by '/', such as server/db, with an optional @package",
        _ when text.Contains(' ', StringComparison.Ordinal) => "no blanks around the '='",
        _ => "a key is words joined by dots, such as backend.args.lr",
    };

    [GeneratedRegex(@"^(?:[A-Za-z_$][A-Za-z0-9_$-]*|(?:[A-Za-z_$][A-Za-z0-9_$-]*|0|[1-9](?:_?[0-9])*)(?:\.(?:[A-Za-z_$][A-Za-z0-9_$-]*|0|[1-9](?:_?[0-9])*))+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PackageForm { get; }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_-]*(?:/[A-Za-z_][A-Za-z0-9_-]*)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex GroupForm { get; }
}
