using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Documents;

/// <summary>Reads <c>experiment_summary.yaml</c>.</summary>
internal sealed class SummaryYamlReader(SourceFile file, DiagnosticBag report)
{
    private readonly NoteTaker _notes = new();

    /// <summary>Null when the file is no YAML, or has no runs.</summary>
    public PlanDocument? Read()
    {
        if (YamlReader.Read(file, report) is not { } tree || YamlSection.Of(tree, "", new(file.Name, 1, 1), report) is not { } root) return null;
        if (root.Node("runs") is null)
        {
            report.Error("DOC002", root.At, "this plan has no runs", "runs: [{name: rank8, type: fine-tuned, model: Llama-3.2-1B-Instruct, parameters: {lora_rank: 8}}]");
            return null;
        }
        var plan = ReadExperiment(root) with
        {
            Tools = ReadTools(root),
            Factors = Factors(root),
            Runs = [.. root.Sections("runs").Select(Run)],
            Models = Models(root),
            Data = Data(root),
            Output = Filled(root, "output", new OutputSettings(), PlanFields.Output, PlanSections.Output),
            Training = Training(root),
        };
        plan = new EvaluationYamlReader(_notes, report).Read(root, plan);
        root.Finish(PlanSections.Overview, _notes);
        if (plan.Runs.IsEmpty)
        {
            if (!report.HasErrors) report.Error("DOC002", root.Node("runs")!.At, "the list of runs is empty", "runs: [{name: rank8, type: fine-tuned, model: Llama-3.2-1B-Instruct, parameters: {lora_rank: 8}}]");
            return null;
        }
        return PlanOrder.Of(plan with { Notes = _notes.All });
    }

    private PlanDocument ReadExperiment(YamlSection root)
    {
        if (root.Section("experiment") is not { } experiment) return new(PlanDocumentKind.SummaryYaml, "", root.At);
        var name = experiment.Text("name");
        if (name is null or { Value.Length: 0 }) report.Error("DOC001", experiment.At, "this plan has no name", "experiment: {name: NAME, …}");
        return new(PlanDocumentKind.SummaryYaml, name?.Value ?? "", name?.At ?? experiment.At) { Overview = ReadOverview(experiment) };
    }

    private PlanOverview ReadOverview(YamlSection experiment)
    {
        var overview = new PlanOverview
        {
            Project = experiment.Needed(Severity.Warning, "project"),
            Question = experiment.Needed(Severity.Warning, "question"),
            Created = experiment.Needed(Severity.Warning, "date"),
            Directory = experiment.Needed(Severity.Warning, "dir", "directory"),
            Hypothesis = experiment.Text("hypothesis"),
            Purpose = experiment.Text("purpose"),
            Type = experiment.Text("type"),
            Task = experiment.Text("task"),
        };
        experiment.Finish(PlanSections.Overview, _notes);
        return overview;
    }

    private PlanTools ReadTools(YamlSection root)
    {
        if (root.Node("tools") is null) report.Warning("DOC021", root.At, "the plan has no 'tools'", "tools: {preparation: torchtune, evaluation: inspect-ai}");
        return Filled(root, "tools", new PlanTools(), PlanFields.Tools, PlanSections.Tools);
    }

    private static ImmutableArray<PlanFactor> Factors(YamlSection root)
    {
        if (root.Section("variables") is not { } || root.Node("variables") is not ConfigNode.Mapping variables) return [];
        return [.. variables.Entries.Select(static e => new PlanFactor(e.Key, e.Value is ConfigNode.Sequence levels ? [.. levels.Items.Select(YamlTexts.Of)] : [YamlTexts.Of(e.Value)], e.KeyAt))];
    }

    private DocumentRun Run(YamlSection section)
    {
        var name = section.Needed(Severity.Error, "name");
        var model = section.Needed(Severity.Error, "model");
        var type = section.Needed(Severity.Error, "type");
        var parameters = section.Settings("parameters").ToList();
        Written<string>? Own(string key)
        {
            if (parameters.Find(p => p.Name == key) is not { } own) return null;
            parameters.Remove(own);
            return new(own.Value, own.At);
        }
        var checkpoint = Own("checkpoint_path") ?? section.Text("checkpoint_path");
        var run = new DocumentRun(name?.Value ?? "", model?.Value ?? "", Kind(type, checkpoint), name?.At ?? section.At)
        {
            BatchSize = Whole("batch_size", Own("batch_size")),
            Epochs = Whole("epochs", Own("epochs")),
            Prompt = Own("prompt") ?? section.Text("prompt"),
            Parameters = [.. parameters],
            TrainingCondition = section.Text("training_condition"),
            Compute = section.Settings("compute"),
            SlurmOverrides = section.Settings("slurm_overrides"),
        };
        YamlTimes.Check(run.Compute, report);
        section.Finish(PlanSections.Runs, _notes);
        return run;
    }

    private DocumentRunKind Kind(Written<string>? type, Written<string>? checkpoint) =>
        type is null ? DocumentRunKind.FineTuned.Instance : RunKinds.Read(new("type", type.Value, FieldWriting.Marked, type.At), checkpoint, report) ?? DocumentRunKind.FineTuned.Instance;

    private Written<int>? Whole(string key, Written<string>? text) =>
        text is not null && FieldNumbers.Whole(new(key, text.Value, FieldWriting.Marked, text.At), 1, report) is { } number ? new(number, text.At) : null;

    private ImmutableArray<BaseModel> Models(YamlSection root)
    {
        if (root.Section("models") is not { } section) return [];
        var models = ImmutableArray.CreateBuilder<BaseModel>();
        foreach (var model in section.Sections("base"))
        {
            var name = model.Needed(Severity.Error, "name");
            models.Add(new(name?.Value ?? "", model.Text("path"), model.Text("size_gb") is { } size ? $"{size.Value} GB" : model.Text("size")?.Value, model.At));
            model.Finish(PlanSections.Models, _notes);
        }
        section.Finish(PlanSections.Models, _notes);
        return models.ToImmutable();
    }

    private TrainingData Data(YamlSection root)
    {
        if (root.Section("data") is not { } section) return new();
        section.Keep("data_generation", PlanSections.Data, _notes);
        var data = new TrainingData();
        if (section.Section("training") is { } training)
        {
            if (training.Text("size_kb") is { } size) data = data with { Size = new($"{size.Value}KB", size.At) };
            data = training.Fill(data, PlanFields.Data);
            training.Finish(PlanSections.Data, _notes, PlanFields.Data.SelectMany(static f => f.Keys));
        }
        section.Finish(PlanSections.Data, _notes);
        return data;
    }

    private TrainingSettings Training(YamlSection root)
    {
        if (root.Section("controls") is not { } controls) return new();
        foreach (var key in (ReadOnlySpan<string>)["system_prompt", "dataset_type"])
            if (!controls.Has(key)) report.Warning("DOC021", controls.At, $"'controls' has no '{key}'", key == "system_prompt" ? "say it even when it is empty: system_prompt: \"\"" : "dataset_type: chat_completion, or text_completion");
        var training = new TrainingSettings { Parameters = [.. controls.Settings([.. PlanFields.TrainerKeys])] };
        training = controls.Fill(training, PlanFields.Training);
        controls.Finish(PlanSections.Configuration, _notes, PlanFields.Training.SelectMany(static f => f.Keys).Concat(PlanFields.TrainerKeys));
        return training;
    }

    private T Filled<T>(YamlSection root, string key, T record, ImmutableArray<DocumentField<T>> fields, string noteSection)
    {
        if (root.Section(key) is not { } section) return record;
        record = section.Fill(record, fields);
        section.Finish(noteSection, _notes, fields.SelectMany(static f => f.Keys));
        return record;
    }
}
