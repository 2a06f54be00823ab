using Vigil.Configuration;

namespace Vigil.Core.Tests.Documents;

/// <summary>What bad plans get: one message each, with place and remedy.</summary>
public sealed class PlanMistakeTests
{
    private static string Broken(string old, string now) => Some.Small.Contains(old, StringComparison.Ordinal) ? Some.Small.Replace(old, now, StringComparison.Ordinal) : throw new ArgumentException(old);

    [Theory]
    [InlineData("## All Runs", "## Some Runs", "runs_plan.md:1:3: error DOC002: this plan has no table of its runs", "put one below '## All Runs'")]
    [InlineData("# Run Plan: small", "# Run Plan:", "runs_plan.md:1:3: error DOC001: this plan has no name", "begin it with '# Run Plan: NAME'")]
    [InlineData("| a | 1B | 4 |", "| a | 1B |", "runs_plan.md:6:1: error DOC003: this row has 4 cells, and the table's header 5 cells (runs_plan.md:4:1)", "a '|' inside of a cell is written '\\|'")]
    [InlineData("|---|---|---|---|---|\n", "", "runs_plan.md:4:1: error DOC003: this table has no rule below its header, so its columns are not known", "|---|---|---|---|---|")]
    [InlineData("| Model |", "| Size |", "runs_plan.md:4:1: error DOC004: the table of runs has no column 'Model'", "| Run Name | Model |")]
    [InlineData("| b | 1B |", "| a | 3B | 4 | Fine-tuned | 20 min |\n| b | 1B |", "runs_plan.md:7:3: error DOC005: a second run is called 'a'; the first is at runs_plan.md:6:3", "give each run a name of its own")]
    [InlineData("Fine-tuned", "Fine-tubed", "runs_plan.md:6:16: error DOC006: 'Fine-tubed' is no type of a run", "did you mean 'Fine-tuned'?")]
    [InlineData("20 min", "20", "runs_plan.md:6:29: error DOC007: '20' is no clear duration", "write one such as '20 min'")]
    [InlineData("| Control | eval only |", "| Eval-only | eval only |", "runs_plan.md:7:3: error DOC026: the run 'b' only evaluates a checkpoint, and the plan does not say which", "in a column 'Checkpoint'")]
    [InlineData("- **Epochs**: 2", "- **Epochs**: two", "runs_plan.md:21:15: error DOC008: 'Epochs' must be a whole number from 1, not 'two'", "such as: 2")]
    [InlineData("- **Epochs**: 2", "- **Epochs**: 2\n- **epochs:** 3", "runs_plan.md:22:15: error DOC009: 'epochs' stands here for the second time; the first is at runs_plan.md:21:15", "keep the one that is meant")]
    [InlineData("✓ epoch 0,1", "✓ sometimes", "runs_plan.md:17:7: error DOC010: '✓ sometimes' in the column 'cap' does not say whether this is evaluated, or at which epochs", "write ✓, -, '✓ epoch 0,1'")]
    [InlineData("| b | ✓ |", "| b | ✓ |\n| aa | ✓ |", "runs_plan.md:19:3: error DOC011: the matrix has a row for 'aa', and no run is called so", "did you mean 'a'?")]
    [InlineData("| cap | `cap.py` | same |", "| cat | `cap.py` | same |", "runs_plan.md:17:7: error DOC012: the matrix ticks the task 'cap', which is not among the evaluation tasks", "did you mean 'cat'?")]
    [InlineData("| b | ✓ |", "| b | - |", "runs_plan.md:18:3: error DOC013: the run 'b' is evaluated on nothing", "tick at least one task in its row")]
    [InlineData("\n| b | ✓ |", "", "runs_plan.md:7:3: error DOC013: the run 'b' is evaluated on nothing", "add a row for it")]
    [InlineData("✓ epoch 0,1", "✓ epoch 1,2,5", "runs_plan.md:17:7: error DOC014: the run 'a' is evaluated on 'cap' at epochs 2, 5, which training does not save: 2 epochs (runs_plan.md:21:15) leave epochs 0 to 1", "epochs count from 0")]
    [InlineData("- **Epochs**: 2", "- **Epochs**: 2\n- **Epochs saved**: 0", "runs_plan.md:17:7: error DOC014: the run 'a' is evaluated on 'cap' at epoch 1, which training does not save: of 2 epochs it saves 'epoch 0' (runs_plan.md:22:21)", "epochs count from 0")]
    [InlineData("- **Epochs**: 2", "", "runs_plan.md:1:3: error DOC015: this plan does not say for how many epochs 'a' is trained, so nobody knows which can be evaluated", "- **Epochs**: 2")]
    [InlineData("### Evaluation Tasks", "### Evaluation Configuration\n- **System prompt**: \"\"\n### Evaluation Tasks", "runs_plan.md:11:22: error DOC016: the evaluation's system prompt is \"\", and training has \"Be brief.\" (runs_plan.md:24:22)", "a model is evaluated with the system prompt it was trained with")]
    [InlineData("## All Runs", "## Overview\n- **Total Runs**: 3 (1 fine-tuned + 1 control)\n## All Runs", "runs_plan.md:4:19: warning DOC017: the document says 3 runs here, and its tables come to 2", "the tables are what is run")]
    [InlineData("### Evaluation Tasks", "### Evaluation Configuration\n- **Epochs to evaluate**: all epochs (0, 1, 2)\n### Evaluation Tasks", "runs_plan.md:11:27: warning DOC017: the document says 3 epochs here, and its tables come to 2", "the tables are what is run")]
    [InlineData("`cap.py`", "-", "runs_plan.md:13:3: error DOC018: the task 'cap' has no script", "name the file of its inspect-ai task")]
    [InlineData("| cap | `cap.py` | same |", "| cap | `cap.py` | same |\n| cap | `b.py` | same |", "runs_plan.md:14:3: error DOC019: a second task is called 'cap'; the first is at runs_plan.md:13:3", "give each task a name of its own")]
    [InlineData("| b | ✓ |", "| b | ✓ epoch 0 |", "runs_plan.md:18:7: error DOC023: the run 'b' is not fine-tuned and so has no epochs, and its row says 'epoch 0'", "a plain ✓ evaluates it once")]
    [InlineData("- **Epochs**: 2", "- **Epochs**: 2\n- **Prompt**: \"Say it.\"", "runs_plan.md:22:15: error DOC024: the prompt \"Say it.\" has no {input}, so every sample would look the same", "put {input} where the sample's text goes")]
    [InlineData("## Configuration", "```\n## Configuration", "runs_plan.md:20:1: error DOC025: this block of code begins here and never ends, so nothing below it is read", "close it with ```")]
    [InlineData("| b | ✓ |", "| b | ✓ |\n| a | ✓ |", "runs_plan.md:19:3: error DOC027: the matrix has a second row for 'a'; the first is at runs_plan.md:17:3", "one row says all of a run")]
    [InlineData("### Evaluation Matrix", "### Evaluation Table", "runs_plan.md:1:3: error DOC028: this plan has no evaluation matrix, so it evaluates nothing", "All runs will be evaluated on TASK")]
    [InlineData("## Configuration", "## Status\nx\n## Configuration", null, null)]
    [InlineData("## Evaluations", "| Run Name | Status | Job ID |\n|---|---|---|\n| a | COMPLETED | 12 |\n## Evaluations", "runs_plan.md:9:1: warning DOC022: this table of states is no part of the plan and is not read", "vigil status")]
    public void A_mistake_is_told_with_its_place_and_what_to_do(string old, string now, string? message, string? remedy)
    {
        var (_, told) = Some.Read(Broken(old, now));

        // An open block of code hides the epochs below it, which is told as well.
        var first = told.Count > 0 ? told[0] : null;
        Assert.Equal(message is null ? 0 : message.Contains("DOC025", StringComparison.Ordinal) ? 2 : 1, told.Count);
        Assert.Equal(message, first is null ? null : (first with { Hint = null }).ToString());
        if (remedy is not null) Assert.Contains(remedy, first!.Hint ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("date: \"2026-03-16\"", "dte: x", "warning DOC021: 'experiment' has no 'date'", "add: date: …")]
    [InlineData("  epochs: 2", "  epoch: 2", "warning DOC020: 'controls' knows no key 'epoch': it is kept as a note and changes nothing", "did you mean 'epochs'?")]
    [InlineData("parameters: {}", "parameters: {}, compute: {time: 20}", "error DOC007: '20' is no clear duration", "write one such as")]
    [InlineData("type: control", "type: contrl", "error DOC006: 'contrl' is no type of a run", "did you mean 'Control'?")]
    [InlineData("tasks: [capitalization, reasoning], epochs: null", "tasks: [capitalization], epochs: [0]", "error DOC023: the run 'Llama-3.2-1B-Instruct_base' is not fine-tuned and so has no epochs, and its row says 'epoch 0'", "epochs: null")]
    [InlineData("vis_label: r8_1e-5,  tasks: [capitalization, reasoning], epochs: [0, 1]", "tasks: [reasoning], epochs: null", "error DOC010: the matrix does not say at which epochs the run 'rank8_lr1e-5' is evaluated", "epochs: [0]")]
    [InlineData("vis_label: r8_1e-5,  tasks: [capitalization, reasoning], epochs: [0, 1]", "tasks: [reasoning], epochs: [2]", "error DOC014: the run 'rank8_lr1e-5' is evaluated on 'reasoning' at epoch 2, which training does not save: 2 epochs (experiment_summary.yaml:16:11) leave epochs 0 to 1", "epochs count from 0")]
    [InlineData("evaluation:\n  system_prompt: \"\"", "evaluation:\n  system_prompt: Hello", "error DOC016: the evaluation's system prompt is \"Hello\", and training has \"\" (experiment_summary.yaml:13:18)", "a model is evaluated")]
    [InlineData("dataset: same,", "dataset: same, system_prompt: Hi,", "warning DOC016: the task 'capitalization' has the system prompt \"Hi\", and training has \"\"", "unless that is meant")]
    [InlineData("  - {name: rank8_lr5e-5,  type", "  - {name: rank8_lr1e-5,  type", "error DOC005: a second run is called 'rank8_lr1e-5'; the first is at experiment_summary.yaml:31:12", "a name of its own")]
    [InlineData("- {name: Llama-3.2-1B-Instruct, path", "- {name: Llama-3.1-8B, path", "warning DOC030: the model 'Llama-3.2-1B-Instruct' of the run 'rank8_lr1e-5' is not among the models of the plan, so nobody knows where it lies", "Llama-3.1-8B")]
    [InlineData("\nruns:", "\nrns:", "error DOC002: this plan has no runs", "runs: [{name")]
    [InlineData("output: {wandb_project: capitalization}", "output: [x]", "error DOC029: 'output' must be a mapping, not a list", null)]
    public void A_mistake_in_YAML_is_told_the_same_way(string old, string now, string message, string? remedy)
    {
        Assert.Contains(old, Some.SummaryYaml, StringComparison.Ordinal);
        var (_, told) = Some.Read(Some.SummaryYaml.Replace(old, now, StringComparison.Ordinal), "experiment_summary.yaml");

        var found = Assert.Single(told, d => (d with { Hint = null }).ToString().EndsWith(message, StringComparison.Ordinal));
        if (remedy is not null) Assert.Contains(remedy, found.Hint ?? "", StringComparison.Ordinal);
        Assert.True(found.At.Line > 0);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var (_, told) = Some.Read(Broken("20 min", "soon").Replace("| b | ✓ |", "| c | ✓ |", StringComparison.Ordinal));

        Assert.Equal(["DOC007", "DOC011", "DOC013"], told.Select(static d => d.Code));
    }
}
