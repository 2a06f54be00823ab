using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Configuration;
using Vigil.Documents;
using Vigil.Planning;

namespace Vigil.Core.Tests.Documents;

/// <summary>What is written is what is read, for every plan.</summary>
public sealed class RunsPlanLaws
{
    private static readonly Gen<PlanDocument> Plans = Gen.Choose(0, int.MaxValue).Select(static seed => PlanOrder.Of(new Drawer(seed).Plan()));

    /// <summary>Draws plans full of texts that Markdown, tables and our own words could take for something else.</summary>
    private sealed class Drawer(int seed)
    {
        private static readonly string[] Texts =
        [
            "plain", "two words", "a|b", "a\\|b", "`code`", "x`y", "\"quoted\"", "\"", "- item", "-", "N/A", "n/a", "", " ", " edge ", "line\nbreak", "tab\there", "# heading", "ends #", "**bold**", "a**b", "key: value",
            "Path: /x", "{input}", "[0, 1]", "(remark)", "x (remark)", "x) y", "None", "none", "✓", "~20 min", "C:\\new\\table", "\\", "\\\\", "ends\\", "日本語", "e\u0301", "\u00a0nbsp", "line\u2028sep", "\u0001", "a, b", "`", "<!-- c -->", "```", "|", "||", "---",
            "Same as training", "same", "/abs/path", "$HOME/x", "1e-5", "0.0", "yes", "* star", "_under_", "+1", "Total Runs", "x\r\ny", "\uFEFFmark", "a -- b", "1. one", "😀",
        ];

        private static readonly string[] Names = ["Notes", "Run Name", "Label", "type", "model", "LoRA Rank", "Learning Rate", "lr", "compute.time", "parameters.x", "Est. Time", "a|b", "q\"t", "star*", "with: colon", "Run", "same", "#", "日", "status", "prompt", "x y", "epochs", "Batch Size", "-", "no"];

        private readonly SampleStream _draws = new("plans", seed);

        private int Draw(int bound) => (int)_draws.Below((ulong)bound);
        private bool Half => Draw(2) == 0;
        private string Text => Texts[Draw(Texts.Length)];
        private string Name(int i) => Draw(3) == 0 ? $"{Names[Draw(Names.Length)]}{i}" : Names[(Draw(3) + i) % Names.Length];
        private Written<string>? Maybe => Half ? new(Text, default) : null;
        private Written<int>? Number => Half ? new(1 + Draw(9), default) : null;
        private Written<bool>? Flag => Half ? new(Half, default) : null;
        private static Written<T> At<T>(T value) => new(value, default);
        private ImmutableArray<T> Many<T>(int most, Func<int, T> make) => [.. Enumerable.Range(0, Draw(most + 1)).Select(make)];

        private ImmutableArray<DocumentParameter> Settings => [.. Many(3, i => new DocumentParameter(Name(i), Text, default)).DistinctBy(static p => p.Name)];

        private EpochSelection Epochs => Draw(5) switch { 0 => EpochSelection.Last.Instance, 1 => EpochSelection.First.Instance, 2 => EpochSelection.All.Instance, 3 => EpochSelection.Best.Instance, _ => new EpochSelection.Listed([Draw(3), Draw(3)]) };

        public PlanDocument Plan()
        {
            var runs = Many(4, i => Run($"{Text}{i}{(Half ? "|" : "")}")).Add(Run("last one"));
            var tasks = Many(3, i => Task(Name(i))).DistinctBy(static t => t.Name).ToImmutableArray();
            return new(PlanDocumentKind.RunsPlan, $"{Text}x", default)
            {
                Overview = new() { Type = Maybe, Question = Maybe, Hypothesis = Maybe, Project = Maybe, Directory = Maybe, Created = Maybe },
                Tools = new() { Preparation = Maybe },
                Factors = Many(2, i => new PlanFactor(Name(i), [.. Many(3, _ => Text)], default)),
                Runs = runs,
                ModelFolder = Maybe,
                Models = Many(2, i => new BaseModel(Name(i), Maybe, Half ? Text : null, default)),
                Data = new() { Path = Maybe, Label = Maybe, Size = Maybe, Splits = Many(3, i => new DataSplit(Name(i), Draw(9000))) },
                Tasks = tasks,
                Matrix = tasks.IsEmpty ? [] : [.. runs.Select(run => Row(run, tasks))],
                Evaluation = new() { Epochs = Half ? At(Epochs) : null, SystemPrompt = Maybe, Temperature = Half ? At(Draw(100) / 7.0) : null, MaxTokens = Number, Scorers = Many(2, i => new DocumentScorer(Name(i), Settings, default)), Compute = Settings },
                Training = Training(),
                Output = new() { CheckpointFolder = Maybe, NamingPattern = Maybe },
                Notes = Many(4, i => new DocumentNote(Sections[Draw(Sections.Length)], Half ? "" : $"note.{Text}{i}", Text, default)),
                Sections = Many(2, i => new DocumentSection($"Kept {i}", "Prose with | pipes\n\n### Inner\n```\n# code\n```", default)),
            };
        }

        private static readonly string[] Sections = ["Overview", "Tools", "Variables", "All Runs", "Resources", "Models", "Dataset", "Evaluations", "Evaluation Configuration", "Evaluation Tasks", "Evaluation Matrix", "Configuration", "Output"];

        private TrainingSettings Training() => new()
        {
            Recipe = Maybe,
            Gpus = Number,
            Epochs = Number,
            SavedEpochs = Draw(3) switch { 0 => At(Epochs), 1 => At<EpochSelection>(new EpochSelection.Listed([])), _ => null },
            BatchSizes = Half ? [new(16, "1B"), new(8, "3B")] : Half ? [new(4, null)] : [],
            Packed = Flag,
            Validation = Flag,
            SystemPrompt = Maybe,
            Prompt = Maybe,
            Parameters = Half ? [new("LoRA alpha", Text is "" or " " ? "8" : "8 (2 × rank)", default)] : [],
        };

        private DocumentRun Run(string name) => new(name, Half ? "1B" : $"m{Text}", Draw(3) switch { 0 => DocumentRunKind.Control.Instance, 1 => new DocumentRunKind.EvalOnly(At(Text)), _ => DocumentRunKind.FineTuned.Instance }, default)
        {
            Parameters = Settings,
            BatchSize = Number,
            Epochs = Number,
            Estimate = Half ? TimeSpan.FromSeconds(1 + Draw(200_000)) : null,
            TrainingCondition = Maybe,
            Prompt = Maybe,
            Compute = Half ? [new("time", Text, default)] : [],
            SlurmOverrides = Half ? [new("partition", Text, default)] : [],
            Remark = Half ? Text : null,
        };

        private EvaluationTask Task(string name) => new(name, Maybe, Draw(4) switch { 0 => TaskDataset.Same.Instance, 1 => new TaskDataset.AtPath(Text, default), 2 => new TaskDataset.Condition(Text, default), _ => null }, default)
        {
            Description = Half ? Text : null,
            Prompt = Maybe,
            SystemPrompt = Maybe,
            AssistantPrefix = Maybe,
            Parameters = Half ? [new("Limit", Text, default)] : [],
        };

        private MatrixRow Row(DocumentRun run, ImmutableArray<EvaluationTask> tasks) =>
            new(run.Name, [.. tasks.Where(_ => Half).Select(t => new MatrixCell(t.Name, Half ? Epochs : null, default))], default) { Label = Half ? Text : null, Remark = Half ? Text : null };
    }

    private static PlanDocument Read(string text) => Some.Read(text).Plan!;

    [Fact]
    public void Reading_what_was_written_gives_the_same_plan() => Prop.ForAll(Plans.ToArbitrary(), static plan =>
    {
        var text = RunsPlanText.Write(plan);

        Assert.Equal(Some.Shape(plan), Some.Shape(Read(text)));
        Assert.Equal(text, RunsPlanText.Write(Read(text)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData(Some.RunsPlan, "runs_plan.md")]
    [InlineData(Some.SummaryText, "experiment_summary.md")]
    [InlineData(Some.SummaryYaml, "experiment_summary.yaml")]
    [InlineData(Some.Small, "runs_plan.md")]
    public void Every_form_is_the_same_plan_once_it_is_written_as_a_runs_plan(string document, string name)
    {
        var plan = Some.Plan(document, name);
        var text = RunsPlanText.Write(plan);
        var (again, told) = Some.Read(text);

        Assert.Empty(told);
        Assert.Equal(Some.Shape(plan), Some.Shape(again!));
        Assert.Equal(text, RunsPlanText.Write(again!));
    }

    [Fact]
    public void Any_text_is_read_to_an_end() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
    {
        var draws = new SampleStream("broken", seed);
        var text = Some.RunsPlan.ToList();
        for (var i = 0; i < 8; i++)
        {
            var at = (int)draws.Below((ulong)text.Count);
            if (draws.Below(3) == 0) text.RemoveRange(at, Math.Min((int)draws.Below(40), text.Count - at));
            else text.Insert(at, "|#`\"-*\n\\:( "[(int)draws.Below(11)]);
        }
        var report = new DiagnosticBag();
        PlanDocuments.Read(new SourceFile("runs_plan.md", "/runs_plan.md", new string([.. text])), report);

        Assert.All(report.All, static d => Assert.True(d.At.Line > 0 && d.At.Column > 0, d.ToString()));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void The_canonical_form_is_this() => Assert.Equal("""
        # Run Plan: small

        ## Overview
        - **Total Runs**: 2 (1 fine-tuned + 1 control)

        ## All Runs
        | Run Name | Model | LoRA Rank | Type | Est. Time |
        |---|---|---|---|---|
        | a | 1B | 4 | Fine-tuned | 20 min |
        | b | 1B | - | Control | eval only |

        ## Resources

        ## Evaluations

        ### Evaluation Configuration
        - **Total evaluation jobs**:
          - **Fine-tuned**: 2 evaluations
          - **Base models and checkpoints**: 1 evaluation
          - **Total**: 3 evaluations

        ### Evaluation Tasks
        | Task Name | Script | Dataset | Description |
        |---|---|---|---|
        | cap | `cap.py` | Same as training | - |

        ### Evaluation Matrix
        | Run Name | cap |
        |---|---|
        | a | ✓ epoch 0,1 |
        | b | ✓ |

        **Legend**: ✓ = will evaluate, - = skip

        ## Configuration
        - **Epochs**: 2
        - **System prompt**: "Be brief."

        """, RunsPlanText.Write(Some.Plan(Some.Small)));
}
