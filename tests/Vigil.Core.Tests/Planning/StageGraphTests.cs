using System.Globalization;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class StageGraphTests
{
    /// <summary>The multi-stage example of the log symlink document, as it stands there.</summary>
    private const string Seed = """
        project: {base_output_dir: /logs}
        scheduler: slurm
        backend: {class_name: MegatronBackend, megatron: {lr: 1e-4, load: null}}
        sweep:
          type: product
          groups:
            - type: product
              params:
                backend.megatron.lr: [1e-4, 5e-4]

            - type: list
              configs:
                - stage: stable

                - stage: cooldown
                  backend.megatron.load: "{sibling.stable.output_dir}/checkpoint"
                  cancel_conditions:
                    - class_name: LogPatternCondition
                      log_path: "{sibling.stable.log_path_current}"  # Uses symlink!
                      pattern: "FATAL ERROR|OutOfMemoryError"
        """;

    [Fact]
    public void The_example_of_the_document_plans_as_it_is_printed_there()
    {
        var plan = Some.Good(Seed);
        Assert.Equal(["lr1e-4_stable", "lr1e-4_cooldown", "lr5e-4_stable", "lr5e-4_cooldown"], plan.Runs.Select(static r => r.Id.Value));
        Assert.All(plan.Runs, static r => Assert.Equal(($"/logs/{r.Id}/slurm-%j.out", $"/logs/{r.Id}/current.log"), (r.LogPath, r.LogPathCurrent)));
        Assert.Equal(["scripts/run_megatron.sh", "--lr", "1e-4", "--load", "/logs/lr1e-4_stable/checkpoint"], Assert.IsType<CommandTemplate.Words>(plan.Runs[1].Command).Items);
        Assert.Equal([new RunId("lr1e-4_stable")], plan.Runs[1].DependsOn);
        Assert.Equal([new RunId("lr1e-4_stable")], plan.Runs[1].Watches);
        Assert.Contains("  log_path: /logs/lr5e-4_stable/current.log\n", plan.Configs.Find(plan.Runs[3].Id)!.ResolvedYaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_shows_stages_as_boxes_in_their_order() => Assert.Equal("""
        e: 4 jobs in 2 stages
        ┌────────────────────────────────────────────┐
        │ stable · 2 jobs                            │
        │   lr1e-4_stable                            │
        │   lr5e-4_stable                            │
        │ starts at once                             │
        └────────────────────────────────────────────┘
                               ▼
        ┌────────────────────────────────────────────┐
        │ cooldown · 2 jobs                          │
        │   lr1e-4_cooldown                          │
        │   lr5e-4_cooldown                          │
        │ starts after stable                        │
        │ cancelled when LogPatternCondition         │
        │   log_path=/logs/lr1e-4_stable/current.log │
        │   pattern=FATAL ERROR|OutOfMemoryError     │
        │ watches stable                             │
        └────────────────────────────────────────────┘

        """.ReplaceLineEndings("\n"), StageGraph.Of(Some.Good(Seed)).Boxes(80));

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(500)]
    public void No_line_is_longer_than_the_terminal(int columns)
    {
        var plan = Some.Good("backend: {command: x}\nproject: {name: '训练_${k}'}\nsweep: {groups: [{params: {k: [" + new string('a', 90) + ", 大きい]}}, {configs: [{stage: s}, {stage: t, job.start_condition_cmd: \"test\\t-e x\"}]}]}");
        var lines = StageGraph.Of(plan).Boxes(columns).Split('\n');
        Assert.All(lines, l => Assert.InRange(l.Sum(static c => c > 0x2FFF ? 2 : 1), 0, Math.Clamp(columns, 24, 100)));
        Assert.All(lines.Where(static l => l.StartsWith('│')), l => Assert.Equal(lines[1].Length, l.Sum(static c => c > 0x2FFF ? 2 : 1)));
        Assert.Contains(lines, static l => l.Contains("starts when test -e", StringComparison.Ordinal));
    }

    [Fact]
    public void Many_jobs_are_the_first_ones_and_how_many_more()
    {
        var plan = Some.Good("backend: {command: x}\nsweep: {params: {k: [1, 2, 3, 4, 5, 6, 7]}}");
        Assert.Contains("│   … and 3 more", StageGraph.Of(plan).Boxes(80), StringComparison.Ordinal);
        Assert.DoesNotContain("more", StageGraph.Of(Some.Good("backend: {command: x}\nsweep: {params: {k: [1, 2, 3, 4, 5]}}")).Boxes(80), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_stands_after_what_it_waits_for_wherever_it_is_written()
    {
        var graph = StageGraph.Of(Some.Good("backend: {command: x}\nsweep: {configs: [{stage: c, job.depends_on: b}, {stage: b, job.depends_on: a}, {stage: a}]}"));
        Assert.Equal("a b c", string.Join(' ', graph.Stages.Select(static s => s.Name)));
    }

    [Fact]
    public void Mermaid_and_DOT_draw_both_kinds_of_edge()
    {
        var graph = StageGraph.Of(Some.Good(Seed));
        Assert.Equal("""
            flowchart TD
              s0["stable: 2 jobs<br/>lr1e-4_stable<br/>lr5e-4_stable"]
              s1["cooldown: 2 jobs<br/>lr1e-4_cooldown<br/>lr5e-4_cooldown"]
              s0 --> s1
              s0 -. watched by .-> s1

            """.ReplaceLineEndings("\n"), graph.Mermaid());
        Assert.Equal("""
            digraph "e" {
              node [shape=box];
              s0 [label="stable: 2 jobs\nlr1e-4_stable\nlr5e-4_stable"];
              s1 [label="cooldown: 2 jobs\nlr1e-4_cooldown\nlr5e-4_cooldown"];
              s0 -> s1;
              s0 -> s1 [style=dashed, label="watched by"];
            }

            """.ReplaceLineEndings("\n"), graph.Dot());
    }

    [Fact]
    public void Names_cannot_break_out_of_a_picture()
    {
        var graph = new StageGraph("e\"x\\", [new("a\"]<b>&#`", ["x\"\\n"], [], [], [], [])]);
        Assert.Contains("s0[\"a#quot;]#lt;b#gt;#amp;#35;#96;: 1 job<br/>x#quot;\\n\"]", graph.Mermaid(), StringComparison.Ordinal);
        Assert.Contains("digraph \"e\\\"x\\\\\" {", graph.Dot(), StringComparison.Ordinal);
        Assert.Contains("label=\"a\\\"]<b>&#`: 1 job\\nx\\\"\\\\n\"", graph.Dot(), StringComparison.Ordinal);
    }
}
