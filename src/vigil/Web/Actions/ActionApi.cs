using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vigil.Cli;
using Vigil.Platform;
using Vigil.Web.Runs;

namespace Vigil.Web.Actions;

/// <summary>What a page asks for.</summary>
/// <param name="Key">The same one twice acts once.</param>
/// <param name="Preview">Say what would happen, and do nothing.</param>
internal sealed record ActionRequest(string Action, ImmutableArray<string> Runs, string Key, bool Preview)
{
    /// <summary>Of <c>approve</c>: the answer is no.</summary>
    public bool Refuse { get; init; }

    /// <summary>Of <c>branch</c>: one of the run's.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Of <c>branch</c>: <c>KEY=VALUE</c>.</summary>
    public ImmutableArray<string> Overrides { get; init; } = [];
}

internal sealed record ActionDone(string Action, ImmutableArray<ActionOutcomeCell> Results);

internal sealed record ActionOutcomeCell(string Run, bool Accepted, string Text, string Command);

/// <summary>
/// Does what a page asks for by the very command that it shows: the same checks, the same wishes in the inbox, the same line in the journal. Words are handed over
/// as words, never to a shell.
/// </summary>
/// <param name="program">This very program, by its path.</param>
/// <param name="environment">What it sees as its environment; null: ours.</param>
internal sealed class ActionApi(CliContext context, RunApi runs, string program, IReadOnlyDictionary<string, string>? environment)
{
    private const int MostRuns = 10_000, MostKeys = 10_000, LongestKey = 100;

    /// <summary>A command that watches until a cancelled job is gone goes on while the page has its answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Limit = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, Task<ActionDone>> _done = new(StringComparer.Ordinal);

    public async Task ActAsync(HttpContext http)
    {
        if (await ReadAsync(http) is not { } asked) return;
        var action = asked is { Action: "approve", Refuse: true } ? "deny" : asked.Action;
        if (Mistake(asked, action) is var (field, problem)) await Answer.ProblemAsync(http, StatusCodes.Status400BadRequest, problem, field);
        else if (asked.Preview) await Answer.JsonAsync(http, Preview(asked, action), WebJson.Plain.ActionDone);
        else
        {
            if (_done.Count >= MostKeys) _done.Clear();
            await Answer.JsonAsync(http, await _done.GetOrAdd(asked.Key, _ => DoAsync(asked, action)), WebJson.Plain.ActionDone);
        }
    }

    private static async Task<ActionRequest?> ReadAsync(HttpContext http)
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync(http.Request.Body, WebJson.Plain.ActionRequest, http.RequestAborted) is { Action: not null, Key: not null } asked)
                return asked with { Runs = asked.Runs.IsDefault ? [] : asked.Runs, Overrides = asked.Overrides.IsDefault ? [] : asked.Overrides };
        }
        catch (JsonException)
        {
            // Answered below, as what has no action.
        }
        await Answer.ProblemAsync(http, StatusCodes.Status400BadRequest, "this is no action: {\"action\", \"runs\", \"key\", \"preview\"}");
        return null;
    }

    private static (string Field, string Problem)? Mistake(ActionRequest asked, string action) => asked switch
    {
        _ when !ActionOffers.All.Contains(action) => ("action", $"'{asked.Action}' is no action: {string.Join(", ", ActionOffers.All)}"),
        { Key.Length: 0 or > LongestKey } => ("key", $"a key has 1 to {LongestKey} characters"),
        { Runs.Length: 0 } => ("runs", "no run is named"),
        { Runs.Length: > MostRuns } => ("runs", $"{MostRuns} runs at a time"),
        { Runs.Length: > 1 } when action == "branch" => ("runs", "a branch begins at one run"),
        _ when asked.Checkpoint is ['-', ..] => ("checkpoint", "this is no checkpoint of the run"),
        _ when asked.Overrides.Any(static o => o.StartsWith('-') || !o.Contains('=', StringComparison.Ordinal)) => ("overrides", "an override is KEY=VALUE"),
        _ => null,
    };

    private ActionDone Preview(ActionRequest asked, string action) => new(asked.Action, [.. asked.Runs.Select(id => runs.Find(id) is { } found
        ? ActionOffers.Refusal(found.Experiment, found.Run, action) is { } why
            ? new ActionOutcomeCell(id, false, why, "")
            : new(id, true, $"{asked.Action} {found.Run.Id.Value}, which is {found.Row.State.Replace('_', ' ')}", ActionOffers.Command(found.Experiment, [found.Run.Id.Value], action, asked.Checkpoint, asked.Overrides))
        : new(id, false, "it is not here (any more)", ""))]);

    /// <summary>One command for all runs of an experiment.</summary>
    private async Task<ActionDone> DoAsync(ActionRequest asked, string action)
    {
        var preview = Preview(asked, action);
        var results = preview.Results.Where(static r => !r.Accepted).ToList();
        foreach (var group in preview.Results.Where(static r => r.Accepted).Select(r => (r.Run, Found: runs.Find(r.Run))).Where(static r => r.Found is not null).GroupBy(static r => r.Found!.Experiment.Row.Id))
        {
            var experiment = group.First().Found!.Experiment;
            ImmutableArray<string> names = [.. group.Select(static r => r.Found!.Run.Id.Value)];
            var said = await RunAsync(ActionOffers.Words(experiment, names, action, asked.Checkpoint, asked.Overrides));
            results.AddRange(group.Select(r => new ActionOutcomeCell(r.Run, said.Accepted, said.Text, ActionOffers.Command(experiment, names, action, asked.Checkpoint, asked.Overrides))));
        }
        return new(asked.Action, [.. results]);
    }

    private async Task<(bool Accepted, string Text)> RunAsync(ImmutableArray<string> words)
    {
        var runner = new ProcessRunner(context.Time) { MostOutput = 64 << 10, Folder = context.CurrentFolder, Environment = environment };
        var running = runner.RunAsync([program, .. words], Limit, CancellationToken.None);
        if (await Task.WhenAny(running, Task.Delay(Patience, context.Time)) != running) return (true, "it is under way, and takes longer than this page waits");
        var outcome = await running;
        var text = string.Join('\n', new[] { outcome.Output.Trim(), outcome.Errors.Trim() }.Where(static t => t.Length > 0));
        return (outcome.Succeeded, text.Length > 0 ? LogText.Safe(text.ReplaceLineEndings(" ")) : "done");
    }
}
