using Vigil.Configuration;
using Vigil.Documents;

namespace Vigil.Core.Tests.Documents;

/// <summary>The three forms a plan comes in say what they say.</summary>
public sealed class PlanDocumentTests
{
    [Fact]
    public void A_runs_plan_is_read_whole()
    {
        var (plan, told) = Some.Read(Some.RunsPlan);

        Assert.Empty(told);
        Assert.Equal("cap_8L_llama32_lora_comparison_2025-10-18", plan!.Name);
        Assert.Equal("2025-10-18 14:02:00", plan.Overview.Created?.Value);
        Assert.Equal(["Llama-3.2-1B-Instruct, Llama-3.2-3B-Instruct", "4, 64"], plan.Factors.Select(static f => string.Join(", ", f.Levels)));
        Assert.Equal(["5m", "5m", "2h", "1h30", "", ""], plan.Runs.Select(static r => r.Estimate switch { { Hours: 0, Minutes: var m } => $"{m}m", { Hours: var h, Minutes: 0 } => $"{h}h", { Hours: var h, Minutes: var m } => $"{h}h{m}", null => "" }));
        Assert.Equal(("LoRA Rank", "lora_rank", "4"), plan.Runs[0].Parameters is [var rank] ? (rank.Name, rank.Key, rank.Value) : default);
        Assert.Equal([true, true, true, true, false, false], plan.Runs.Select(static r => r.IsFineTuned));
        Assert.Equal(16, plan.Runs[0].BatchSize?.Value);
        Assert.Equal("/scratch/models", plan.ModelFolder?.Value);
        Assert.Equal(("Llama-3.2-1B-Instruct", "/scratch/models/Llama-3.2-1B-Instruct"), plan.Models is [var model] ? (model.Name, model.Path?.Value) : default);
        Assert.Equal([new DataSplit("train", 8000), new DataSplit("validation", 1000), new DataSplit("test", 1000)], plan.Data.Splits);
        Assert.IsType<EpochSelection.All>(plan.Evaluation.Epochs?.Value);
        Assert.Equal([new ModelBatchSize(16, "1B"), new ModelBatchSize(8, "3B")], plan.Training.BatchSizes);
        Assert.Equal("", plan.Training.SystemPrompt?.Value);
        Assert.Equal("8 / 128 (auto 2 × rank)", Assert.Single(plan.Training.Parameters).Value);
        Assert.True(plan.Training.Packed?.Value);
    }

    [Fact]
    public void What_has_no_meaning_is_kept()
    {
        var plan = Some.Plan(Some.RunsPlan);

        Assert.Contains(plan.Notes, static n => n is { Section: "Overview", Key: "Contact", Text: "ada" });
        Assert.Equal(["Directory Structure", "Compute Estimates", "Notes"], plan.Sections.Select(static s => s.Title));
        Assert.Contains("# a comment that is no heading", plan.Sections[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("### Training Time Estimates", plan.Sections[1].Text, StringComparison.Ordinal);
        Assert.Contains(Some.Plan(Some.SummaryText, "experiment_summary.md").Notes, static n => n is { Section: "Models", Key: "Llama-3.2-1B-Instruct / Verified", Text: "✓ (2025-11-11)" });
    }

    [Fact]
    public void An_experiment_summary_is_read_whole()
    {
        var (plan, told) = Some.Read(Some.SummaryText, "experiment_summary.md");

        Assert.Empty(told);
        Assert.Equal((PlanDocumentKind.SummaryText, "cap_lora_lr_2025-11-11"), (plan!.Kind, plan.Name));
        Assert.Equal("Does LoRA rank interact with learning rate?", plan.Overview.Question?.Value);
        Assert.Equal(("torchtune", "inspect-ai"), (plan.Tools.Preparation?.Value, plan.Tools.Evaluation?.Value));
        Assert.Equal(["lora_rank=8", "lr=1e-5"], plan.Runs[0].Parameters.Select(static p => $"{p.Key}={p.Value}"));
        Assert.Equal(TaskDataset.Same.Instance, plan.Tasks[0].Dataset);
        Assert.Equal("/data/reasoning.json", (plan.Tasks[1].Dataset as TaskDataset.AtPath)?.Path);
        Assert.Equal("epoch 0,1|epoch 0,1|last|all epochs|first|best|epoch 1||", string.Join('|', plan.Matrix.SelectMany(static r => r.Cells).Select(static c => c.Epochs?.Text)));
        Assert.Equal(0.0, plan.Evaluation.Temperature?.Value);
        Assert.Equal("exact_match", Assert.Single(plan.Evaluation.Scorers).Name);
        Assert.Equal("ck-out-{run_name}/epoch_{N}", plan.Output.NamingPattern?.Value);
    }

    [Fact]
    public void The_YAML_form_is_read_whole()
    {
        var (plan, told) = Some.Read(Some.SummaryYaml, "experiment_summary.yaml");

        Assert.Empty(told);
        Assert.Equal("cap_lora_lr_2026-03-16", plan!.Name);
        Assert.Equal(["8, 16", "1.0e-5, 5.0e-5"], plan.Factors.Select(static f => string.Join(", ", f.Levels)));
        Assert.Equal("Capitalize the given word: {input}\n", plan.Training.Prompt?.Value);
        Assert.Equal(["lora_rank=8", "lr=1.0e-5"], plan.Runs[0].Parameters.Select(static p => $"{p.Key}={p.Value}"));
        Assert.Equal(("match", "location=end"), plan.Evaluation.Scorers is [var scorer] ? (scorer.Name, $"{scorer.Parameters[0].Name}={scorer.Parameters[0].Value}") : default);
        Assert.Equal(("2.5 GB", "61KB", "capitalization"), (plan.Models[0].Size, plan.Data.Size?.Value, plan.Output.WandbProject?.Value));
        Assert.Equal("r8_1e-5", plan.Matrix[0].Label);
    }

    [Theory]
    [InlineData(Some.RunsPlan, "runs_plan.md", 4, 16, 3)]
    [InlineData(Some.SummaryText, "experiment_summary.md", 4, 10, 2)]
    [InlineData(Some.SummaryYaml, "experiment_summary.yaml", 4, 16, 2)]
    public void The_jobs_are_those_of_the_tables(string text, string name, int trainings, int evaluations, int others)
    {
        var jobs = DocumentJobs.Of(Some.Plan(text, name));

        Assert.Equal(trainings, jobs.OfType<DocumentJob.FineTune>().Count());
        Assert.Equal(evaluations, jobs.OfType<DocumentJob.Evaluate>().Count(static e => e.Run.IsFineTuned));
        Assert.Equal(others, jobs.OfType<DocumentJob.Evaluate>().Count(static e => e.Epoch is EvaluatedEpoch.None));
    }

    [Fact]
    public void Jobs_come_run_by_run_with_keys_of_their_own() =>
        Assert.Equal("train a, a: cap_epoch_0, a: cap_epoch_1, b: cap", string.Join(", ", DocumentJobs.Of(Some.Plan(Some.Small)).Select(static j => j is DocumentJob.Evaluate e ? $"{e.Run.Name}: {e.Key}" : $"train {j.Run.Name}")));

    [Fact]
    public void Every_file_is_listed_with_its_place()
    {
        var files = Some.Plan(Some.RunsPlan).Files;

        Assert.Equal(["/home/u/words_8L_80P_10000.json", "/scratch/models/Llama-3.2-1B-Instruct", "tasks/capitalization/eval.py", "tasks/reasoning/eval.py", "tasks/reasoning/test.json"], files.Select(static f => f.Path));
        Assert.Equal(new SourceSpan("runs_plan.md", 50, 23), files[2].At);
    }

    [Fact]
    public void The_earlier_table_numbers_its_runs_and_they_are_named_after_model_and_rank()
    {
        var plan = Some.Plan(Some.Small.Replace("| Run Name | Model | LoRA Rank | Type | Est. Time |", "| # | Model | LoRA Rank | Type | Est. Time |", StringComparison.Ordinal)
            .Replace("| a | 1B", "| 1 | 1B", StringComparison.Ordinal).Replace("| b | 1B", "| 2 | 1B", StringComparison.Ordinal).Replace("| a | ✓", "| 1B_rank4 | ✓", StringComparison.Ordinal).Replace("| b | ✓", "| 1B_base | ✓", StringComparison.Ordinal));

        Assert.Equal(["1B_rank4", "1B_base"], plan.Runs.Select(static r => r.Name));
    }

    [Fact]
    public void Columns_are_known_by_their_headers_and_a_table_of_controls_may_stand_apart()
    {
        var plan = Some.Plan("""
            # p
            ## All Runs
            | Est. Time | Batch Size | Train Dataset | **Model** | LoRA Rank | Run Name |
            |:--|:-:|--:|---|---|---|
            | ~45 minutes | 16 | words\|8L | 1B | 4 | `a` |
            ### Control Runs
            | Run Name | Model |
            |---|---|
            | b | 1B |
            ## Evaluations
            All runs will be evaluated on cap, reasoning
            at epochs 0, 1.
            ### Evaluation Tasks
            | Task Name | Script |
            |---|---|
            | cap | cap.py |
            | reasoning | r.py |
            ## Configuration
            - **Epochs**: 2
            """);

        Assert.Equal(["a", "b"], plan.Runs.Select(static r => r.Name));
        Assert.Equal([TimeSpan.FromMinutes(45), null], plan.Runs.Select(static r => r.Estimate));
        Assert.Equal(["Train Dataset=words|8L", "LoRA Rank=4"], plan.Runs[0].Parameters.Select(static p => $"{p.Name}={p.Value}"));
        Assert.IsType<DocumentRunKind.Control>(plan.Runs[1].Kind);
        Assert.Equal(4 + 2, DocumentJobs.Of(plan).OfType<DocumentJob.Evaluate>().Count());
    }

    [Fact]
    public void A_run_that_only_evaluates_names_its_checkpoint()
    {
        var plan = Some.Plan(Some.Small.Replace("| Type | Est. Time |\n|---|", "| Type | Est. Time | Checkpoint Path |\n|---|---|", StringComparison.Ordinal).Replace("20 min |", "20 min | - |", StringComparison.Ordinal).Replace("Control | eval only |", "Eval-only | eval only | `/old/epoch_1` |", StringComparison.Ordinal));

        Assert.Equal("/old/epoch_1", plan.Runs[1].Kind is DocumentRunKind.EvalOnly only ? only.Checkpoint?.Value : null);
        Assert.Contains(plan.Files, static f => f is { Role: DocumentFileRole.Checkpoint, Path: "/old/epoch_1", Owner: "b" });
    }

    [Fact]
    public void A_batch_size_is_the_runs_own_else_its_models()
    {
        var plan = Some.Plan(Some.RunsPlan);

        Assert.Equal(8, plan.BatchSizeOf(plan.Runs[2] with { BatchSize = null }));
        Assert.Equal(2, plan.BatchSizeOf(plan.Runs[2] with { BatchSize = new(2, default) }));
        Assert.Null(plan.BatchSizeOf(new DocumentRun("x", "Llama-3.1-13B", DocumentRunKind.FineTuned.Instance, default)));
    }
}
