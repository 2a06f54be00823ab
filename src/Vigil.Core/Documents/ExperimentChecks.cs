using System.Collections.Immutable;
using System.Globalization;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>What a plan may say and nobody can run, told before hours of training find out.</summary>
internal sealed class ExperimentChecks(PlanDocument plan, DiagnosticBag report)
{
    /// <summary>More is a slip of the pen, and a plan of all of them would take minutes.</summary>
    private const int MostEpochs = 1000;

    private static ImmutableArray<string> Known { get; } =
    [
        .. PlanFields.Training.Select(static f => f.Label), .. PlanFields.Evaluation.Select(static f => f.Label), .. PlanFields.Data.Select(static f => f.Label), .. PlanFields.Output.Select(static f => f.Label), .. PlanFields.TrainerKeys,
        "Learning Rate", "LoRA Rank", "LoRA Alpha", "LoRA Dropout", "Weight Decay",
    ];

    /// <param name="models">The models whose training is known.</param>
    public bool Pass(IReadOnlyCollection<string> models)
    {
        var before = report.All.Count(static d => d.Severity is Severity.Error);
        CheckTools();
        CheckModels(models);
        CheckEpochs();
        CheckPaths();
        CheckTexts();
        foreach (var parameter in plan.Training.Parameters.Concat(plan.Runs.SelectMany(static r => r.Parameters))) CheckValue(parameter);
        if (plan.Kind is not PlanDocumentKind.SummaryYaml) CheckNotes();
        return report.All.Count(static d => d.Severity is Severity.Error) == before;
    }

    private void CheckTools()
    {
        if (plan.Tools.Preparation is { } trainer && DocumentWords.Key(trainer.Value) is not "torchtune")
            report.Error("DOC031", trainer.At, $"a plan document's trainings are made for torchtune, not for '{trainer.Value}'", "an experiment file with backend: hf, torchtitan, kohya, … trains with others");
        if (plan.Tools.Evaluation is { } evaluator && DocumentWords.Key(evaluator.Value) is not ("inspect" or "inspect_ai"))
            report.Error("DOC031", evaluator.At, $"a plan document's evaluations are made for inspect-ai, not for '{evaluator.Value}'", "an experiment file with backend: lm_eval evaluates with the other harness");
    }

    private void CheckModels(IReadOnlyCollection<string> models)
    {
        foreach (var run in plan.Runs.Where(static r => r.IsFineTuned).DistinctBy(static r => r.Model))
            if ((plan.ModelOf(run)?.Name ?? run.Model) is var name && !models.Contains(name))
                report.Error("DOC034", run.At, $"nobody knows how torchtune trains the model '{name}' of '{run.Name}'",
                    (Suggestion.Nearest(name, models) is { } near ? $"did you mean '{near}'? " : "") + $"A file torchtune_model/{name}.yaml beside the document says it; known are {string.Join(", ", models)}");
    }

    /// <summary>Which epoch is the best one, the losses on validation data say.</summary>
    private void CheckEpochs()
    {
        foreach (var run in plan.Runs)
            if (plan.EpochsOf(run) is { Value: > MostEpochs } epochs) report.Error("DOC008", epochs.At, string.Create(CultureInfo.InvariantCulture, $"{epochs.Value} epochs of '{run.Name}' are more than {MostEpochs}"), "epochs count passes over the data, not steps");
        if (report.HasErrors) return;
        foreach (var job in DocumentJobs.Of(plan).OfType<DocumentJob.Evaluate>().Where(static j => j.Epoch is EvaluatedEpoch.Best).DistinctBy(static j => j.Run.Name))
            if (!Validates(job.Run)) report.Warning("DOC033", plan.Matrix.First(r => r.Run == job.Run.Name).At, $"'{job.Run.Name}' is to be evaluated at its best epoch, and the document does not ask for validation, which tells which one that is", "- **Validation during training**: yes");
    }

    private bool Validates(DocumentRun run) => plan.Training.Validation is { Value: true } || plan.Training.Parameters.Concat(run.Parameters).Any(static p => p.Key == "run_val_every_n_steps");

    private void CheckPaths()
    {
        Written<string>?[] folders = [plan.Output.CheckpointFolder, plan.ModelFolder];
        foreach (var (path, at) in plan.Files.Select(static f => (f.Path, f.At)).Concat(folders.OfType<Written<string>>().Select(static f => (Path: f.Value, f.At))))
        {
            if (path is ['~', ..]) report.Error("DOC032", at, $"nobody spells out the '~' of '{path}' where the jobs run", "write the whole path");
            CheckFilled(path, at);
        }
    }

    private void CheckTexts()
    {
        foreach (var (name, at) in plan.Runs.Select(static r => (r.Name, r.At)).Concat(plan.Tasks.Select(static t => (t.Name, t.At))))
            if (name.AsSpan().ContainsAny('{', '}', '/')) report.Error("DOC036", at, $"the name '{TextRules.Shorten(name, 80)}' holds a brace or a slash, and it names folders and files", "letters, digits, '.', '_' and '-'");
        Written<string>?[] prompts = [plan.Training.SystemPrompt, plan.Training.Prompt, plan.Evaluation.SystemPrompt, .. plan.Runs.Select(static r => r.Prompt), .. plan.Tasks.SelectMany(static t => new[] { t.Prompt, t.SystemPrompt })];
        foreach (var prompt in prompts.OfType<Written<string>>()) CheckFilled(prompt.Value, prompt.At);
    }

    /// <summary>torchtune reads its config with OmegaConf, which would put a value of the environment there.</summary>
    private void CheckFilled(string text, SourceSpan at)
    {
        if (text.Contains("${", StringComparison.Ordinal)) report.Error("DOC035", at, $"'{TextRules.Shorten(text, 80)}' holds '${{', which torchtune would fill in when it reads its config", "write the text itself");
    }

    private void CheckValue(DocumentParameter parameter)
    {
        if (TrainingValues.Unfit(parameter.Key, parameter.Value) is var (what, example))
            report.Error("DOC008", parameter.At, $"'{parameter.Name}' must be {what}, not '{TextRules.Shorten(parameter.Value, 60)}'", example);
    }

    /// <summary>A line that means nothing here and looks like one that would.</summary>
    private void CheckNotes()
    {
        foreach (var note in plan.Notes)
            if (note.Key.Length > 3 && Suggestion.Nearest(DocumentWords.Key(note.Key), Known.Select(DocumentWords.Key)) is { } near)
                report.Warning("DOC020", note.At, $"'{note.Key}' is kept as a note and changes nothing", $"did you mean '{Known.First(k => DocumentWords.Key(k) == near)}'?");
    }
}
