using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Planning;

namespace Vigil.Tracking;

/// <summary>How evaluations have been called in files and by jobs.</summary>
internal static partial class EvaluationNames
{
    /// <summary>One spelling for all keys of an evaluation.</summary>
    public static string Canonical(string key) => EpochForm.Match(key) switch
    {
        { Success: true } match => $"{match.Groups["task"].Value}_epoch_{match.Groups["epoch"].Value}",
        _ when key.EndsWith("_base", StringComparison.Ordinal) => key[..^"_base".Length],
        _ => key,
    };

    /// <summary>What a key says of its evaluation, where no plan does.</summary>
    public static PlannedEvaluation Parse(string key, string run) => EpochForm.Match(key) is { Success: true } match
        ? new(match.Groups["task"].Value, new RunId(run), int.TryParse(match.Groups["epoch"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : null)
        : new(Canonical(key), null, null);

    /// <summary>Names of jobs that mean one evaluation of a run.</summary>
    public static IEnumerable<string> Jobs(string run, PlannedEvaluation evaluation)
    {
        yield return $"{run}/{evaluation.Subject()}";
        yield return $"{run}_{evaluation.Folder()}";
        yield return $"{run}_{evaluation.Key()}";
        yield return $"eval-{evaluation.Task}-{run}";
        yield return $"eval-{evaluation.Folder()}-{run}";
        yield return $"eval-{evaluation.Key()}-{run}";
        if (evaluation.Epoch is { } epoch) yield return string.Create(CultureInfo.InvariantCulture, $"eval-{evaluation.Task}-{run}-ep{epoch}");
    }

    /// <summary>The epoch that a job's name speaks of; null: of none.</summary>
    public static int? Epoch(string name) => JobEpochForm.Match(name) is { Success: true, Groups: var groups } && int.TryParse(groups["epoch"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : null;

    [GeneratedRegex(@"^(?<task>.+)_epoch_?(?<epoch>[0-9]{1,9}|best)\z", RegexOptions.CultureInvariant)]
    private static partial Regex EpochForm { get; }

    [GeneratedRegex(@"(?<![A-Za-z0-9])ep(?:och)?[_-]?(?<epoch>[0-9]{1,9})(?![A-Za-z0-9])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex JobEpochForm { get; }
}
