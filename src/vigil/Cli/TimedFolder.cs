using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Cli;

/// <summary>
/// An output folder with a time in its name (<c>${now:…}</c>, <c>${oc.timestring:}</c>): the same command again finds the newest unfinished
/// experiment of the same file and overrides, by the path with the time as <c>*</c>.
/// </summary>
internal static partial class TimedFolder
{
    // Two moments that no format writes alike: whatever differs between their paths is the time.
    private static readonly DateTimeOffset Early = new(1987, 6, 15, 21, 48, 37, 123, 456, TimeSpan.Zero), Late = new(2026, 12, 31, 9, 5, 54, 654, 321, TimeSpan.Zero);

    /// <summary>The experiment that the same command continues; null: there is none, or no time in its folder.</summary>
    public static (ExperimentFolder Folder, ExperimentState State)? Unfinished(PlanRequest request)
    {
        if (Pattern(request) is not { } pattern) return null;
        (ExperimentFolder Folder, ExperimentState State)? newest = null;
        foreach (var folder in Matching(pattern).Where(static f => f.HoldsAnExperiment))
        {
            var follower = new JournalFollower(folder);
            follower.Read();
            if (follower is { Damage: null, State: { AllFinished: false, Experiment: { Time: { } planned } there } state } && there.File == request.Experiment.FullPath
                && there.Overrides.AsSpan().SequenceEqual(request.Overrides.AsSpan()) && (newest is null || planned > newest.Value.State.Experiment!.Time))
                newest = (folder, state);
        }
        return newest;
    }

    /// <summary>The output folder with <c>*</c> for what a time puts there; null when it is the same at all times, or cannot be known.</summary>
    public static string? Pattern(PlanRequest request) => Dir(request, Early) is { } early && Dir(request, Late) is { } late && early != late ? Pattern(early, late) : null;

    public static string Pattern(string early, string late)
    {
        var (a, b) = (Pieces(early), Pieces(late));
        if (a.Count == b.Count && a.Zip(b).All(static p => IsWord(p.First) == IsWord(p.Second)))
            return string.Concat(a.Zip(b, static (x, y) => x == y ? Escape(x) : "*"));
        var start = early.AsSpan().CommonPrefixLength(late);
        var end = 0;
        while (end < Math.Min(early.Length, late.Length) - start && early[^(end + 1)] == late[^(end + 1)]) end++;
        return $"{Escape(early[..start])}*{Escape(early[^end..])}";
    }

    /// <summary>The folders that exist; a star stands for a part of one name.</summary>
    private static IEnumerable<ExperimentFolder> Matching(string pattern)
    {
        IEnumerable<string> found = ["/"];
        foreach (var name in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = found.SelectMany(above => name.Contains('*', StringComparison.Ordinal)
                ? Directory.EnumerateDirectories(above, "*", ConfigFolders.Visible).Where(d => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(d), ignoreCase: false))
                : Directory.Exists(Path.Combine(above, Plain(name))) ? [Path.Combine(above, Plain(name))] : (IEnumerable<string>)[]).ToList();
        return found.Select(static d => new ExperimentFolder(d));
    }

    private static string? Dir(PlanRequest request, DateTimeOffset at)
    {
        if (Planner.Compose(request with { World = request.World with { Now = at } }, Interpolations.Resolved) is not { Tree: { } tree }) return null;
        var text = Merging.Find(tree, ["project", "base_output_dir"]) is ConfigNode.Scalar dir && !ScalarValue.IsNull(dir) ? dir.Text
            : Merging.Find(tree, ["project", "name"]) is ConfigNode.Scalar name && !ScalarValue.IsNull(name) ? $"outputs/{name.Text}" : null;
        return text is { Length: > 0 } ? Path.GetFullPath(text, request.CurrentFolder) : null;
    }

    private static List<string> Pieces(string path) => [.. PieceForm.Matches(path).Select(static m => m.Value)];

    private static bool IsWord(string piece) => char.IsAsciiLetterOrDigit(piece[0]);

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);

    private static string Plain(string escaped) => Escaped.Replace(escaped, "${c}");

    [GeneratedRegex("[0-9]+|[A-Za-z]+|[^A-Za-z0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex PieceForm { get; }

    [GeneratedRegex(@"\\(?<c>.)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Escaped { get; }
}
