using System.Collections.Immutable;
using Vigil.Monitoring;
using Vigil.Rendering;
using Vigil.Spec;
using Vigil.Web.Runs;

namespace Vigil.Web.Actions;

/// <summary>What may be done with a run now, each with the command that does the same.</summary>
internal static class ActionOffers
{
    public static readonly ImmutableArray<string> All = ["cancel", "retry", "hold", "release", "approve", "deny", "branch"];

    public static ImmutableArray<ActionOffer> Of(ExperimentSight experiment, RunRecord run) =>
        [.. All.Where(static a => a is not "deny" and not "branch").Select(name => new ActionOffer(name, Refusal(experiment, run, name), Command(experiment, [run.Id.Value], name)))];

    /// <summary>Null: it can be done.</summary>
    public static string? Refusal(ExperimentSight experiment, RunRecord run, string action) => (action, run) switch
    {
        ("cancel", { State: RunState.Finished }) => "it is over already",
        ("cancel", { CancelledBy: not null }) => "it is being cancelled already",
        ("retry", { State: RunState.Finished { Outcome: Outcome.Completed } }) => "it has completed",
        ("retry", { State: not RunState.Finished }) => "it is not over yet",
        ("hold", { State: RunState.Finished }) => "it is over already",
        ("hold", { HeldBy: not null }) => "it is held already",
        ("hold", { State: RunState.Running }) => "a job that runs cannot be held; cancel ends it",
        ("release", { HeldBy: null, State: not RunState.Queued }) => "nobody holds it",
        ("approve" or "deny", _) when !Views.ActionStatus.Of(experiment.State).Any(a => a.Run == run.Id.Value) => "no action of a rule waits for a person",
        ("branch", { Attempts.IsEmpty: true }) => "it has made no checkpoint yet",
        _ => null,
    };

    public static ImmutableArray<string> Words(ExperimentSight experiment, IEnumerable<string> runs, string action, string? checkpoint = null, IEnumerable<string>? overrides = null) => action switch
    {
        "branch" => ["branch", experiment.Folder.Root, .. runs.Take(1), "--from", checkpoint ?? "last", "--yes", .. overrides ?? []],
        "deny" => ["approve", experiment.Folder.Root, .. runs, "--deny"],
        _ => [action, experiment.Folder.Root, .. runs],
    };

    public static string Command(ExperimentSight experiment, IEnumerable<string> runs, string action, string? checkpoint = null, IEnumerable<string>? overrides = null) =>
        $"vigil {string.Join(' ', Words(experiment, runs, action, checkpoint, overrides).Select(Bash.Quote))}";
}
