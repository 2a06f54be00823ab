using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Cli;

/// <summary>What <c>plan --json</c> prints, written run by run: ten thousand of them are megabytes.</summary>
internal sealed class PlanJson : IDisposable
{
    private const int Piece = 1 << 16;

    private readonly TextWriter _output;
    private readonly ArrayBufferWriter<byte> _bytes = new(2 * Piece);
    private readonly Utf8JsonWriter _json;

    private PlanJson(TextWriter output)
    {
        _output = output;
        _json = new(_bytes, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <param name="plan">Null: it has errors, and they are the document.</param>
    /// <param name="against">Null: compared with nothing.</param>
    public static void Write(TextWriter output, Plan? plan, string? experiment, IEnumerable<Diagnostic> said, Against? against)
    {
        using var json = new PlanJson(output);
        json.Document(plan, experiment, said, against);
        output.WriteLine();
    }

    public void Dispose() => _json.Dispose();

    private void Document(Plan? plan, string? experiment, IEnumerable<Diagnostic> said, Against? against)
    {
        _json.WriteStartObject();
        _json.WriteNumber("schema", 1);
        _json.WriteString("experiment", experiment);
        _json.WriteStartArray("runs");
        var trainings = (plan?.Trainings ?? []).ToDictionary(static t => t.Training.Run);
        var estimates = (plan?.Estimates ?? []).ToDictionary(static e => e.Run);
        foreach (var run in plan?.Runs ?? []) Run(run, trainings.GetValueOrDefault(run.Id), estimates.GetValueOrDefault(run.Id));
        _json.WriteEndArray();
        _json.WriteNumber("gpu_hours", plan?.GpuHours ?? 0);
        if (plan is { Estimates: { IsEmpty: false } all }) Sum(all);
        against?.Write(_json);
        _json.WriteStartArray("diagnostics");
        foreach (var diagnostic in said) Diagnostic(diagnostic);
        _json.WriteEndArray();
        _json.WriteEndObject();
        Flush();
    }

    /// <param name="training">Null: its backend says nothing of how long it is.</param>
    /// <param name="estimate">The same.</param>
    private void Run(PlannedRun run, TrainingOutlook? training, RunEstimate? estimate)
    {
        _json.WriteStartObject();
        _json.WriteString("name", run.Id.Value);
        _json.WriteString("stage", run.Stage);
        _json.WriteNumber("index", run.Index);
        _json.WriteString("output_dir", run.OutputDir);
        _json.WriteString("log_path", run.LogPath);
        _json.WriteString("log_path_current", run.LogPathCurrent);
        _json.WriteStartArray("depends_on");
        foreach (var other in run.DependsOn) _json.WriteStringValue(other.Value);
        _json.WriteEndArray();
        _json.WriteStartArray("watches");
        foreach (var other in run.Watches) _json.WriteStringValue(other.Value);
        _json.WriteEndArray();
        _json.WriteStartObject("overrides");
        foreach (var coordinate in run.Overrides) _json.WriteString(coordinate.Key, coordinate.Value);
        _json.WriteEndObject();
        _json.WriteNumber("gpu_hours", run.GpuHours);
        if (training is { Training.Data: not null }) Steps(training);
        if (estimate is not null) Estimate(estimate);
        _json.WriteString("command", CommandPreview.Of(run));
        _json.WriteEndObject();
        if (_bytes.WrittenCount + _json.BytesPending > Piece) Flush();
    }

    private void Steps(TrainingOutlook training)
    {
        _json.WriteStartObject("training");
        Count("samples", training.Steps?.Samples);
        Count("steps_per_epoch", training.Steps?.PerEpoch);
        Count("steps", training.Steps?.Total);
        _json.WriteString("unknown", training.Unknown);
        _json.WriteEndObject();
    }

    private void Estimate(RunEstimate estimate)
    {
        _json.WriteStartObject("estimate");
        _json.WriteString("kind", estimate.Kind switch { EstimateKind.Measured => "measured", EstimateKind.Document => "document", _ => "unknown" });
        _json.WriteString("source", estimate.Source);
        Number("seconds", estimate.Time?.TotalSeconds);
        Number("gpu_hours", estimate.GpuHours);
        Count("disk_bytes", estimate.Bytes);
        Number("peak_memory_gib", estimate.PeakMemory);
        _json.WriteEndObject();
    }

    /// <summary>Of the runs that are known; how many are not stands beside it.</summary>
    private void Sum(ImmutableArray<RunEstimate> estimates)
    {
        _json.WriteStartObject("estimate");
        Number("seconds", estimates.Sum(static e => e.Time?.TotalSeconds ?? 0));
        Number("gpu_hours", estimates.Sum(static e => e.GpuHours ?? 0));
        Count("disk_bytes", estimates.Sum(static e => e.Bytes ?? 0));
        Count("runs_of_unknown_time", estimates.Count(static e => e.Time is null));
        Count("runs_of_unknown_disk", estimates.Count(static e => e.Bytes is null));
        _json.WriteEndObject();
    }

    private void Number(string name, double? value)
    {
        if (value is { } number) _json.WriteNumber(name, Math.Round(number, 3));
        else _json.WriteNull(name);
    }

    private void Count(string name, long? value)
    {
        if (value is { } number) _json.WriteNumber(name, number);
        else _json.WriteNull(name);
    }

    private void Diagnostic(Diagnostic diagnostic)
    {
        _json.WriteStartObject();
        _json.WriteString("code", diagnostic.Code);
        _json.WriteString("severity", diagnostic.Severity is Severity.Error ? "error" : "warning");
        _json.WriteString("file", diagnostic.At.File.Length > 0 ? diagnostic.At.File : null);
        Place("line", diagnostic.At.Line);
        Place("column", diagnostic.At.Column);
        _json.WriteString("message", diagnostic.Message);
        _json.WriteString("hint", diagnostic.Hint);
        _json.WriteEndObject();
    }

    private void Place(string name, int value)
    {
        if (value > 0) _json.WriteNumber(name, value);
        else _json.WriteNull(name);
    }

    private void Flush()
    {
        _json.Flush();
        _output.Write(Encoding.UTF8.GetString(_bytes.WrittenSpan));
        _bytes.ResetWrittenCount();
    }
}
