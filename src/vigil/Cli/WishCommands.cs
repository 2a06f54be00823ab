using System.Collections.Immutable;
using System.CommandLine;
using System.Text.RegularExpressions;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Spec;
using Vigil.Views;

namespace Vigil.Cli;

/// <summary><c>vigil cancel</c>, <c>retry</c>, <c>hold</c>, <c>release</c>, <c>requeue</c> and <c>update</c>: wishes to the monitor; where none lives, the command becomes the monitor until the wish is done.</summary>
internal static partial class WishCommands
{
    public static Command Cancel(CliContext context) => Create(context, "cancel", "end runs, and keep them from starting",
        static run => run.State is RunState.Finished ? Fit.Needless : Fit.Applies, static runs => new WishContent.Cancel(runs));

    public static Command Retry(CliContext context) => Create(context, "retry", "start ended runs again, with a fresh budget of attempts",
        static run => run.State is RunState.Finished { Outcome: not Outcome.Completed } ? Fit.Applies : Fit.Needless, static runs => new WishContent.Retry(runs));

    public static Command Hold(CliContext context) => Create(context, "hold", "keep runs that wait from starting, until 'vigil release'",
        static run => run switch
        {
            { State: RunState.Finished } or { HeldBy: not null } => Fit.Needless,
            { State: RunState.Running } => Fit.Not("a job that runs cannot be held; 'vigil cancel' ends it"),
            _ => Fit.Applies,
        }, static runs => new WishContent.Change(runs, new JobChange.Hold()));

    public static Command Release(CliContext context) => Create(context, "release", "let held runs start",
        // Of a queued Slurm job nobody here knows whether scontrol or the cluster holds it.
        static run => run is { HeldBy: not null, State: not RunState.Finished } or { State: RunState.Queued, Plan.Slurm: not null } ? Fit.Applies : Fit.Needless, static runs => new WishContent.Change(runs, new JobChange.Release()));

    public static Command Requeue(CliContext context) => Create(context, "requeue", "stop running Slurm jobs and queue them again, under the same job id",
        static run => run switch
        {
            { State: RunState.Finished } => Fit.Not("its job is over; 'vigil retry' starts it again"),
            { Plan.Slurm: null } => Fit.Not("the local scheduler knows no requeue; 'vigil cancel', then 'vigil retry' starts it again"),
            { State: RunState.Running, Plan.Slurm: var job } when !job.Has("requeue") => Fit.Not("its job was submitted with --no-requeue, as jobs are unless the experiment says slurm.sbatch.requeue=true; 'vigil cancel', then 'vigil retry' starts it again"),
            { State: RunState.Running } => Fit.Applies,
            _ => Fit.Not("only a job that runs can be queued again"),
        }, static runs => new WishContent.Change(runs, new JobChange.Requeue()));

    public static Command Update(CliContext context)
    {
        var (dir, selector) = Arguments();
        var time = new Option<string?>("--time") { Description = $"a new time limit: {WallTime.Forms}", HelpName = "TIME" };
        var exclude = new Option<string?>("--exclude") { Description = "nodes that jobs which still wait are not to use: n3 or n1,n[4-7]; it takes the place of the list before", HelpName = "NODES" };
        var command = new Command("update", "change the time limit or the excluded nodes of Slurm jobs") { dir, selector, time, exclude };
        command.SetAction((parsed, _) =>
        {
            var (limit, nodes) = (parsed.GetValue(time), parsed.GetValue(exclude));
            if (Mistake(limit, nodes) is { } mistake) return Task.FromResult(WatchCommand.Problem(context, mistake));
            List<JobChange> changes = [];
            if (limit is not null && WallTime.TryParse(limit, out var span)) changes.Add(new JobChange.TimeLimit(span));
            if (nodes is not null) changes.Add(new JobChange.ExcludeNodes(nodes));
            var what = string.Join(" and ", changes.Select(ChangeText.Wish));
            return new Wishing(context, "update", what, (_, run) => nodes is null ? TimeFits(run) : NodesFit(run), [.. changes.Select(static to => (Func<ImmutableArray<RunId>, WishContent>)(runs => new WishContent.Change(runs, to)))])
                .RunAsync(parsed.GetValue(dir)!, parsed.GetValue(selector) ?? []);
        });
        return command;
    }

    private static string? Mistake(string? time, string? nodes) => (time, nodes) switch
    {
        (null, null) => "there is nothing to change: give --time, --exclude or both",
        ({ } limit, _) when !WallTime.TryParse(limit, out _) => $"--time {limit} is no time limit above zero; forms: {WallTime.Forms}",
        (_, { } list) when !NodeList.IsMatch(list) => $"--exclude '{list}' is no list of nodes as Slurm writes it: n3 or n1,n[4-7]",
        _ => null,
    };

    private static Fit NodesFit(RunRecord run) => run.State is RunState.Running ? Fit.Not("it runs on its node already; --exclude is for jobs that wait") : TimeFits(run);

    private static Fit TimeFits(RunRecord run) => run switch
    {
        { State: RunState.Finished } => Fit.Not("its job is over"),
        { Plan.Slurm: null } => Fit.Not("a job of the local scheduler cannot be changed; change the experiment file, then 'vigil run' with --changed retry"),
        { State: RunState.Running or RunState.Queued } => Fit.Applies,
        _ => Fit.Not("it has no job yet; change the experiment file instead"),
    };

    private static Command Create(CliContext context, string name, string description, Func<RunRecord, Fit> fits, Func<ImmutableArray<RunId>, WishContent> wish)
    {
        var (dir, selector) = Arguments();
        var command = new Command(name, description) { dir, selector };
        command.SetAction((parsed, _) => new Wishing(context, name, name, (_, run) => fits(run), [wish]).RunAsync(parsed.GetValue(dir)!, parsed.GetValue(selector) ?? []));
        return command;
    }

    private static (Argument<string> Dir, Argument<string[]> Selector) Arguments() => (
        new("DIR") { Description = "the experiment's folder" },
        new("SELECTOR") { Description = "names of runs ('*' stands for anything), or filters such as state=failed, lr<1e-3, name~seed0", Arity = ArgumentArity.OneOrMore });

    // A word that begins with '-' would be an option of scontrol.
    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.,\[\]-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NodeList { get; }
}

/// <summary>Whether a wish has something to do with a run.</summary>
/// <param name="Why">Why it cannot be done; null: it can, or there is nothing to do.</param>
internal readonly record struct Fit(Fit.Kind Is, string? Why)
{
    internal enum Kind { Applies, Needless, Impossible }

    public static Fit Applies { get; } = new(Kind.Applies, null);
    public static Fit Needless { get; } = new(Kind.Needless, null);
    public static Fit Not(string why) => new(Kind.Impossible, why);
}
