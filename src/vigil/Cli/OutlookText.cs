using System.Globalization;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary>How long the plan's trainings are, one line for all that are alike.</summary>
internal static class OutlookText
{
    private const int MostNames = 3;

    public static IEnumerable<string> Lines(Plan plan)
    {
        foreach (var same in plan.Trainings.Where(static t => t.Training.Data is not null).GroupBy(static t => (t.Steps, t.Unknown)))
            yield return same.Key switch
            {
                ({ } steps, _) => string.Create(CultureInfo.InvariantCulture, $"{Quantity.Of(steps.Samples, "sample")}, {Quantity.Of(steps.PerEpoch, "step")} an epoch, {steps.Total} in all: {Names([.. same.Select(static t => t.Training.Run)])}"),
                (_, var why) => $"steps unknown ({why}): {Names([.. same.Select(static t => t.Training.Run)])}",
            };
    }

    /// <summary>How long the runs will take and how much they will leave, with where that is known from, and the sum.</summary>
    public static IEnumerable<string> Estimates(Plan plan)
    {
        if (plan.Estimates.IsEmpty) yield break;
        foreach (var same in plan.Estimates.GroupBy(static e => (Time: e.Time is { } time ? Text(time) : null, e.Source, Memory: e.PeakMemory is { } peak ? string.Create(CultureInfo.InvariantCulture, $"{peak:0.#} GiB") : null)))
        {
            var names = Names([.. same.Select(static e => e.Run)]);
            yield return same.Key.Time is { } time ? $"about {time}{(same.Count() > 1 ? " each" : "")} ({same.Key.Source}{(same.Key.Memory is { } memory ? $"; peak memory {memory}" : "")}): {names}" : $"time unknown ({same.Key.Source}): {names}";
        }
        yield return $"estimated in all: {Sum([.. plan.Estimates])}";
        if (plan.EstimateNote is { } note) yield return note;
    }

    private static string Sum(List<RunEstimate> estimates)
    {
        var (timed, sized) = (estimates.Where(static e => e.Time is not null).ToList(), estimates.Where(static e => e.Bytes is not null).ToList());
        var time = timed.Count == 0 ? "time unknown" : string.Create(CultureInfo.InvariantCulture, $"{timed.Sum(static e => e.GpuHours ?? 0):0.##} GPU-hours in {Text(TimeSpan.FromSeconds(timed.Sum(static e => e.Time!.Value.TotalSeconds)))} of jobs{Without(estimates.Count - timed.Count)}");
        var disk = sized.Count == 0 ? "disk unknown" : $"{SizeText.Of(sized.Sum(static e => e.Bytes!.Value))} on disk{Without(estimates.Count - sized.Count)}";
        return $"{time}; {disk}";
    }

    /// <summary>Nothing takes no time.</summary>
    public static string Text(TimeSpan time) => RunCells.Duration(TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(time.TotalSeconds))));

    private static string Without(int unknown) => unknown == 0 ? "" : $" (without {Quantity.Of(unknown, "run")} of which it is unknown)";

    private static string Names(List<RunId> runs) => TextRules.Names([.. runs.Select(static r => r.Value)], MostNames);
}
