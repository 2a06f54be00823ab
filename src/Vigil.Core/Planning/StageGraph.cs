using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>The runs of one stage in a picture of the plan.</summary>
/// <param name="Jobs">The names of all its runs.</param>
/// <param name="After">Names of the stages that must complete first.</param>
/// <param name="Watches">Names of the stages that its conditions look at.</param>
/// <param name="StartConditions">As its first run has them, each a kind and its settings on lines of their own.</param>
/// <param name="CancelConditions">Likewise.</param>
public sealed record StageBox(
    string Name, ImmutableArray<string> Jobs, ImmutableArray<string> After, ImmutableArray<string> Watches, ImmutableArray<string> StartConditions, ImmutableArray<string> CancelConditions);

/// <summary>A plan as a picture of its stages: for a terminal, and as Mermaid and DOT for documents.</summary>
/// <param name="Stages">Each after those it waits for.</param>
public sealed record StageGraph(string Experiment, ImmutableArray<StageBox> Stages)
{
    private const int ShownJobs = 4;

    public static StageGraph Of(Plan plan)
    {
        var stageOf = plan.Runs.ToDictionary(static r => r.Id, r => r.Stage ?? plan.Experiment.Name);
        var stages = plan.Runs.GroupBy(r => stageOf[r.Id]).Select(g => Box(g.Key, [.. g], stageOf, plan)).ToList();
        return new(plan.Experiment.Name, InOrder(stages));
    }

    /// <summary>Boxes below one another, no line longer than the terminal.</summary>
    public string Boxes(int columns) => new StageBoxes(this, columns).Draw();

    /// <summary>A Mermaid flowchart; a dashed arrow leads from a stage to one that watches it.</summary>
    public string Mermaid()
    {
        var text = new StringBuilder("flowchart TD\n");
        for (var i = 0; i < Stages.Length; i++) text.Append($"  s{i}[\"{string.Join("<br/>", Lines(Stages[i]).Select(ForMermaid))}\"]\n");
        foreach (var (from, to, isWatched) in Arrows()) text.Append($"  s{from} {(isWatched ? "-. watched by .->" : "-->")} s{to}\n");
        return text.ToString();
    }

    /// <summary>A directed graph for Graphviz; a dashed arrow leads from a stage to one that watches it.</summary>
    public string Dot()
    {
        var text = new StringBuilder($"digraph \"{ForDot(Experiment)}\" {{\n  node [shape=box];\n");
        for (var i = 0; i < Stages.Length; i++) text.Append($"  s{i} [label=\"{string.Join("\\n", Lines(Stages[i]).Select(ForDot))}\"];\n");
        foreach (var (from, to, isWatched) in Arrows()) text.Append($"  s{from} -> s{to}{(isWatched ? " [style=dashed, label=\"watched by\"]" : "")};\n");
        return text.Append("}\n").ToString();
    }

    public int JobCount => Stages.Sum(static s => s.Jobs.Length);

    internal static string Count(int jobs) => jobs == 1 ? "1 job" : $"{jobs} jobs";

    /// <summary>The first names of a stage, and how many more there are. One left out would take the place of saying so.</summary>
    internal static IEnumerable<string> Shown(StageBox stage) =>
        stage.Jobs.Length <= ShownJobs + 1 ? stage.Jobs : [.. stage.Jobs.Take(ShownJobs), $"… and {stage.Jobs.Length - ShownJobs} more"];

    private static IEnumerable<string> Lines(StageBox stage) => [$"{stage.Name}: {Count(stage.Jobs.Length)}", .. Shown(stage).Where(j => stage.Jobs.Length > 1 || j != stage.Name)];

    private IEnumerable<(int From, int To, bool IsWatched)> Arrows()
    {
        var places = Stages.Select(static (s, i) => (s.Name, i)).ToDictionary(static p => p.Name, static p => p.i);
        for (var i = 0; i < Stages.Length; i++)
        {
            foreach (var before in Stages[i].After) yield return (places[before], i, false);
            foreach (var watched in Stages[i].Watches) yield return (places[watched], i, true);
        }
    }

    private static StageBox Box(string name, ImmutableArray<PlannedRun> runs, Dictionary<RunId, string> stageOf, Plan plan)
    {
        ImmutableArray<string> StagesOf(Func<PlannedRun, ImmutableArray<RunId>> edges) => [.. runs.SelectMany(r => edges(r)).Where(stageOf.ContainsKey).Select(r => stageOf[r]).Where(s => s != name).Distinct()];
        var tree = plan.Configs.Resolved(runs[0].Id);
        return new(name, [.. runs.Select(static r => r.Id.Value)], StagesOf(static r => r.DependsOn), StagesOf(static r => r.Watches),
            Describe(tree, Conditions.StartKeys), Describe(tree, Conditions.CancelKeys));
    }

    private static ImmutableArray<string> Describe(ConfigNode.Mapping? tree, string[] keys) =>
        tree is null ? [] : [.. Conditions.Of(tree, keys).SelectMany(static c => c.Given is ConfigNode.Sequence list ? list.Items : [c.Given]).Select(Describe)];

    private static string Describe(ConfigNode condition) => condition switch
    {
        ConfigNode.Mapping map => string.Join('\n', map.Entries.Select(static e => e.Key == "class_name" && e.Value is ConfigNode.Scalar name ? name.Text : $"{e.Key}={SweepSetting.Text(e.Value)}")),
        _ => SweepSetting.Text(condition),
    };

    /// <summary>Stages in the plan's order, but none before what it waits for.</summary>
    private static ImmutableArray<StageBox> InOrder(List<StageBox> stages)
    {
        var ordered = ImmutableArray.CreateBuilder<StageBox>(stages.Count);
        var done = new HashSet<string>();
        while (stages.Count > 0)
        {
            // Runs of two stages may come after each other crosswise: then the first stage goes first.
            var next = Math.Max(0, stages.FindIndex(s => s.After.All(done.Contains)));
            ordered.Add(stages[next]);
            done.Add(stages[next].Name);
            stages.RemoveAt(next);
        }
        return ordered.MoveToImmutable();
    }

    private static string ForMermaid(string text)
    {
        var safe = new StringBuilder();
        foreach (var c in text)
            safe.Append(c switch { '"' => "#quot;", '<' => "#lt;", '>' => "#gt;", '&' => "#amp;", '#' => "#35;", '`' => "#96;", _ when char.IsControl(c) => " ", _ => c.ToString() });
        return safe.ToString();
    }

    private static string ForDot(string text)
    {
        var safe = new StringBuilder();
        foreach (var c in text) _ = c is '"' or '\\' ? safe.Append('\\').Append(c) : safe.Append(char.IsControl(c) ? ' ' : c);
        return safe.ToString();
    }
}
