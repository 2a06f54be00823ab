using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

/// <summary>What is recorded while a plan is made is all that it takes to make it again.</summary>
public sealed class PlanInputTests
{
    private readonly Dictionary<string, string> _files = new() { ["model/small.yaml"] = "width: ${lr}\n", ["model/large.yaml"] = "width: 9\n", ["model/unread.yaml"] = "width: 0\n" };
    private readonly Dictionary<string, string> _environment = new() { ["WHO"] = "ada", ["MY_TOKEN"] = "geheim", ["UNREAD"] = "x" };

    [Fact]
    public void The_inputs_of_a_plan_give_the_same_plan_when_the_world_is_another()
    {
        var (plan, inputs) = Recorded("sweep: {params: {lr: [1, 2], model: [small, large]}}");
        _files.Clear();
        _environment.Clear();

        var again = Planner.Plan(inputs.Request(static name => name == "MY_TOKEN" ? "geheim" : null));

        Assert.Empty(again.Diagnostics);
        Assert.Equal(4, plan.Runs.Length);
        Assert.True(PlanComparison.Of(plan.Runs, again.Runs) is { Vanished.IsEmpty: true, Changed.IsEmpty: true, Added.IsEmpty: true });
        Assert.Equal(plan.Runs.Select(static r => r.ConfigHash), again.Runs.Select(static r => r.ConfigHash));
        Assert.Equal(plan.Experiment.Dir, again.Experiment.Dir);
    }

    [Fact]
    public void Only_what_was_read_is_kept_and_no_secret()
    {
        var (_, inputs) = Recorded("sweep: {params: {model: [small, large]}}");

        Assert.Equal(["model/large.yaml", "model/small.yaml"], inputs.Folders[0].Files.Select(static f => f.Path));
        Assert.Equal([new("ABSENT", null), new("WHO", "ada")], inputs.Environment);
        Assert.Equal(["MY_TOKEN"], inputs.Secrets);
        Assert.DoesNotContain("geheim", string.Concat(inputs.Environment), StringComparison.Ordinal);
        Assert.True(inputs.AreWhole);
    }

    [Fact]
    public void A_changed_secret_changes_the_plan()
    {
        var (plan, inputs) = Recorded("");

        var again = Planner.Plan(inputs.Request(static _ => "another"));

        Assert.NotEmpty(PlanComparison.Of(plan.Runs, again.Runs).Changed);
    }

    [Fact]
    public void Texts_and_folders_that_the_configuration_reads_are_kept()
    {
        var request = new PlanRequest(new("e.yaml", "/home/u/e.yaml", "{}"), [], "/home/u", Some.World with { ReadText = static p => p == "/a" ? "text" : null, ListFolder = static p => p == "/d" ? ["x", "y"] : [] });
        var recording = new PlanRecording(request);
        Assert.Equal("text", recording.Request.World.ReadText("/a"));
        Assert.Null(recording.Request.World.ReadText("/b"));
        Assert.Equal(["x", "y"], recording.Request.World.ListFolder("/d"));
        Assert.Empty(recording.Request.World.ListFolder("/none"));

        var world = recording.Inputs.Request(static _ => null).World;

        Assert.Equal(("text", null, null), (world.ReadText("/a"), world.ReadText("/b"), world.ReadText("/never")));
        Assert.Equal(["x", "y"], world.ListFolder("/d"));
        Assert.Empty(world.ListFolder("/none"));
    }

    private (Plan Plan, PlanInputs Inputs) Recorded(string sweep)
    {
        const string Top = "project: {base_output_dir: 'out/${oc.timestring:}'}\nbackend: {command: 'echo ${lr} ${model.width} ${oc.env:WHO} ${oc.env:MY_TOKEN} ${oc.env:ABSENT,none}'}\nmodel: small\nlr: 1\n";
        var folder = new ConfigFolder("config", "/home/u/config", path => _files.TryGetValue(path, out var text) ? new(path, $"/home/u/config/{path}", text) : null,
            below => [.. _files.Keys.Where(f => below is "model" or "" && f.Length > 0).Select(f => below.Length == 0 ? "model/" : f["model/".Length..]).Distinct().Order(StringComparer.Ordinal)]);
        var world = Some.World with { Environment = name => _environment.GetValueOrDefault(name) };
        var recording = new PlanRecording(new(new("e.yaml", "/home/u/e.yaml", Top + sweep), [], "/home/u", world) { Library = new([folder]) });
        var plan = Planner.Plan(recording.Request);
        Assert.Empty(plan.Diagnostics);
        return (plan, recording.Inputs);
    }
}
