using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;

namespace Vigil.Core.Tests.Configuration.Composing;

/// <summary>A file without <c>defaults:</c> stands on Vigil's own groups, and a frozen file takes group switches.</summary>
public sealed class UnderlyingGroupTests
{
    private static readonly string[] BuiltIn =
    [
        "scheduler/local.yaml", "type: local\nslots: 2\n",
        "scheduler/slurm.yaml", "type: slurm\nmax_jobs: 100\n",
        "monitoring/basic.yaml", "interval: 30\n",
        "monitoring/megatron_basic.yaml", "defaults: [basic, _self_]\nevents: [{name: oom}]\n",
        "preset/fast.yaml", "# @package _global_\nlr: 0.1\nscheduler: {max_jobs: 7}\n",
    ];

    private static readonly ComposeRules Rules = new()
    {
        Underneath = [new("scheduler", "local"), new("monitoring", "basic"), new("preset", null), new("not_shipped", "x")],
        IsKnown = static key => key is "project.name" or "scheduler.stagger_seconds",
        KnownKeys = static () => ["project.name", "scheduler.stagger_seconds"],
    };

    private static (Composed? Composed, IReadOnlyList<Diagnostic> Mistakes) Compose(string file, ComposeRules rules, params string[] overrides) =>
        Some.Compose(new([Some.Folder("mine", Some.Files("main.yaml", file, "model/tiny.yaml", "layers: 2\n")), Some.Folder("built in", Some.Files(BuiltIn))]), "main", rules, overrides);

    [Theory]
    [InlineData("lr: 1", "", """{"scheduler":{"type":"local","slots":2},"monitoring":{"interval":30},"lr":1}""")]
    [InlineData("scheduler: slurm", "", """{"scheduler":{"type":"slurm","max_jobs":100},"monitoring":{"interval":30}}""")]
    [InlineData("scheduler: {slots: 8}", "", """{"scheduler":{"type":"local","slots":8},"monitoring":{"interval":30}}""")]
    [InlineData("scheduler: {type: slurm}", "", """{"scheduler":{"type":"slurm","slots":2},"monitoring":{"interval":30}}""")]
    [InlineData("monitoring: null", "", """{"scheduler":{"type":"local","slots":2},"monitoring":null}""")]
    [InlineData("model: tiny", "", """{"scheduler":{"type":"local","slots":2},"monitoring":{"interval":30},"model":{"layers":2}}""")]
    [InlineData("model: gpt2", "", """{"scheduler":{"type":"local","slots":2},"monitoring":{"interval":30},"model":"gpt2"}""")]
    [InlineData("model: gpt2", "model=gpt3", """{"scheduler":{"type":"local","slots":2},"monitoring":{"interval":30},"model":"gpt3"}""")]
    [InlineData("model: gpt2", "model=tiny", """{"scheduler":{"type":"local","slots":2},"monitoring":{"interval":30},"model":{"layers":2}}""")]
    [InlineData("lr: 1", "scheduler=slurm scheduler.max_jobs=5", """{"monitoring":{"interval":30},"lr":1,"scheduler":{"type":"slurm","max_jobs":5}}""")]
    [InlineData("scheduler: slurm", "scheduler=local", """{"monitoring":{"interval":30},"scheduler":{"type":"local","slots":2}}""")]
    [InlineData("scheduler: {type: slurm, max_jobs: 3}", "scheduler=local", """{"monitoring":{"interval":30},"scheduler":{"type":"local","slots":2}}""")]
    [InlineData("lr: 1", "preset=fast", """{"scheduler":{"type":"local","slots":2,"max_jobs":7},"monitoring":{"interval":30},"lr":0.1}""")]
    [InlineData("lr: 1", "~monitoring", """{"scheduler":{"type":"local","slots":2},"lr":1}""")]
    [InlineData("lr: 1\nmonitoring: {interval: 5}", "~monitoring", """{"scheduler":{"type":"local","slots":2},"lr":1}""")]
    [InlineData("lr: 1", "project.name=x scheduler.stagger_seconds=3", """{"scheduler":{"type":"local","slots":2,"stagger_seconds":3},"monitoring":{"interval":30},"lr":1,"project":{"name":"x"}}""")]
    [InlineData("defaults: [_self_]\nscheduler: slurm", "", """{"scheduler":"slurm"}""")]
    [InlineData("defaults: [{scheduler: slurm}, _self_]\nlr: 1", "scheduler=local", """{"scheduler":{"type":"local","slots":2},"lr":1}""")]
    public void A_file_without_defaults_stands_on_the_built_in_groups(string file, string overrides, string json)
    {
        var (composed, mistakes) = Compose(file, Rules, overrides.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(mistakes);
        Assert.Equal(json, Some.Json(composed!.Tree));
    }

    [Theory]
    [InlineData("scheduler: slrum", "", "CFG062", "did you mean 'slurm'?")]
    [InlineData("lr: 1", "scheduler=slrum", "CFG062", "did you mean 'slurm'?")]
    [InlineData("lr: 1", "monitoring=none", "CFG062", "Options: basic, megatron_basic")]
    [InlineData("lr: 1", "projct.name=x", "CFG031", "did you mean 'project.name'?")]
    [InlineData("lr: 1", "model=huge", "CFG062", "Options: tiny")]
    public void A_group_that_is_mistyped_is_told_with_its_options(string file, string overrides, string code, string remedy)
    {
        var (_, mistakes) = Compose(file, Rules, overrides.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var mistake = Assert.Single(mistakes);
        Assert.Equal(code, mistake.Code);
        Assert.Contains(remedy, mistake.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Bare_rules_give_a_file_nothing_that_it_does_not_list()
    {
        var (composed, mistakes) = Compose("scheduler: slurm\nlr: 1", ComposeRules.Bare);
        Assert.Empty(mistakes);
        Assert.Equal("""{"scheduler":"slurm","lr":1}""", Some.Json(composed!.Tree));
        Assert.Equal("CFG031", Assert.Single(Compose("lr: 1", ComposeRules.Bare, "project.name=x").Mistakes).Code);
    }

    [Fact]
    public void A_group_chosen_on_a_frozen_file_replaces_that_subtree_and_values_apply_to_it()
    {
        const string Frozen = "scheduler: {type: slurm, max_jobs: 9}\nmonitoring: {interval: 1, events: [{name: a}, {name: b}]}\nlr: 1\n";
        var rules = Rules with { Underneath = [] };
        var (same, _) = Compose(Frozen, rules);
        Assert.Equal("""{"scheduler":{"type":"slurm","max_jobs":9},"monitoring":{"interval":1,"events":[{"name":"a"},{"name":"b"}]},"lr":1}""", Some.Json(same!.Tree));
        var (switched, mistakes) = Compose(Frozen, rules, "monitoring=megatron_basic", "monitoring.events.0.name=z", "lr=2");
        Assert.Empty(mistakes);
        Assert.Equal("""{"scheduler":{"type":"slurm","max_jobs":9},"lr":2,"monitoring":{"interval":30,"events":[{"name":"z"}]}}""", Some.Json(switched!.Tree));
    }

    [Fact]
    public void A_chosen_group_may_lie_under_the_file_instead()
    {
        var (composed, mistakes) = Compose("scheduler: {max_jobs: 3}", Rules with { Switch = GroupSwitch.LiesUnder }, "scheduler=slurm");
        Assert.Empty(mistakes);
        Assert.Equal("""{"scheduler":{"type":"slurm","max_jobs":3},"monitoring":{"interval":30}}""", Some.Json(composed!.Tree));
    }

    [Fact]
    public void A_group_is_an_axis_and_composing_again_with_each_choice_gives_each_tree()
    {
        var files = new List<string>();
        var folder = Some.Folder("built in", Some.Files([.. BuiltIn, "main.yaml", "lr: 1\n"]));
        var library = new ConfigLibrary([folder with { Read = path => { files.Add(path); return folder.Read(path); } }]);
        var composer = new Composer(library);
        var report = new DiagnosticBag();
        var primary = library.Find("main")!;
        ImmutableArray<string> texts = ["scheduler=glob(*)", "lr=choice(1,2)", "monitoring.interval=5"];
        var overrides = texts.Select(o => Override.Parse(o, report)!).ToImmutableArray();
        var composed = composer.Compose(primary, "main", overrides, Rules with { Sweeps = Sweeps.AsAxes }, report)!;
        Assert.Equal(["scheduler=glob(*)", "lr=choice(1,2)"], composed.SweepOverrides.Select(static o => o.Text));
        var trees = composed.SweepOverrides[0].Expand(library.Options("scheduler")).Values.Select(value =>
        {
            var chosen = composed.Overrides.Where(static o => !o.IsSweep).Append(composed.SweepOverrides[0].With(value)).ToImmutableArray();
            return Some.Json(composer.Compose(primary, "main", chosen, Rules, report)!.Tree);
        });
        Assert.Equal(["""{"monitoring":{"interval":5},"lr":1,"scheduler":{"type":"local","slots":2}}""", """{"monitoring":{"interval":5},"lr":1,"scheduler":{"type":"slurm","max_jobs":100}}"""], trees);
        Assert.Empty(report.All);
        Assert.Equal(files.Count, files.Distinct().Count());
    }

    [Fact]
    public void An_option_left_open_is_told_only_when_no_axis_gives_it()
    {
        var library = Some.Library("main.yaml", "defaults: [{db: ???}]", "db/pg.yaml", "x: 1\n");
        var (open, mistakes) = Some.Compose(library, "main", new() { Sweeps = Sweeps.AsAxes }, "db=pg,pg");
        Assert.Empty(mistakes);
        Assert.Equal(("db", "CFG070"), (Assert.Single(open!.OpenGroups).Key, open.OpenGroups[0].Mistake.Code));
    }
}
